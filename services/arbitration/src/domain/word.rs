//! The fixed words of the domain, each an enum whose text is what the wire and the tables hold.

/// Declares an enum whose variants have one stable word each.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$doc])* $variant),* }

        impl $name {
            /// Every one, in the order of its declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }

            /// Reads the word.
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let word = <String as serde::Deserialize>::deserialize(from)?;
                Self::parse(&word).ok_or_else(|| serde::de::Error::custom("an unknown word"))
            }
        }
    };
}

words! {
    /// How sure we are of a rule (LAW.md 0.1).
    Mark {
        /// Primary text read.
        V = "V",
        /// Seen as a quotation.
        S = "S",
        /// From memory.
        M = "M",
        /// Design, not law.
        D = "D",
        /// Stated by the seed document.
        Seed = "SEED",
    }
}

words! {
    /// Whether bodies claim a matter or refuse it.
    Kind {
        /// 积极争议: each says that it is competent.
        Positive = "POSITIVE",
        /// 消极争议: each says that it is not.
        Negative = "NEGATIVE",
    }
}

words! {
    /// What a body says of its own competence.
    Stance {
        /// It is competent.
        Claims = "CLAIMS",
        /// It is not.
        Refuses = "REFUSES",
    }
}

words! {
    /// Where on the ladder a dispute is.
    State {
        /// The bodies negotiate.
        Negotiating = "NEGOTIATING",
        /// It was brought before the forum, which has not yet taken it.
        Applied = "APPLIED",
        /// The guidance office coordinates.
        Coordinating = "COORDINATING",
        /// The three bodies consult.
        Consulting = "CONSULTING",
        /// Before the head of the one agency whose units disagree.
        BeforeHead = "BEFORE_HEAD",
        /// Before the common superior.
        BeforeSuperior = "BEFORE_SUPERIOR",
        /// The parties agreed in writing.
        Settled = "SETTLED",
        /// A forum decided.
        Decided = "DECIDED",
        /// The forum did not take it.
        Rejected = "REJECTED",
        /// The applicant took it back.
        Withdrawn = "WITHDRAWN",
    }
}

words! {
    /// Kinds of forum (LAW.md 5, decision table).
    ForumKind {
        /// The head of the one agency.
        Head = "HEAD",
        /// The guidance office.
        Coordination = "COORDINATION",
        /// Guidance office, justice bureau, establishment office.
        ThreeBodies = "THREE_BODIES",
        /// The county government or another common superior.
        Superior = "SUPERIOR",
    }
}

words! {
    /// What ends a dispute on a rung.
    Need {
        /// The parties agree.
        Agreement = "AGREEMENT",
        /// The members agree with each other.
        Unanimity = "UNANIMITY",
        /// The one member decides.
        Decision = "DECISION",
    }
}

words! {
    /// How a decision came about.
    Manner {
        /// The parties settled.
        Settlement = "SETTLEMENT",
        /// All agreed to what the coordinating body proposed.
        Coordination = "COORDINATION",
        /// The three bodies voted alike.
        Consultation = "CONSULTATION",
        /// 指定管辖: the superior, or the head, named the body.
        Designation = "DESIGNATION",
    }
}

words! {
    /// Who a body is in a dispute.
    Actor {
        /// Any of the bodies that disagree.
        Party = "PARTY",
        /// The party that opened the dispute.
        Applicant = "APPLICANT",
        /// The first body of the rung it is on: the guidance office, the head, the superior.
        Convener = "CONVENER",
        /// Any body of the rung it is on.
        Member = "MEMBER",
        /// The body of the last rung.
        Superior = "SUPERIOR",
    }
}

words! {
    /// Who owes what a term asks for.
    Holder {
        /// The applicant.
        Applicant = "APPLICANT",
        /// Every party but the applicant, each for itself.
        OtherParties = "OTHER_PARTIES",
        /// Every party, each for itself.
        Parties = "PARTIES",
        /// The first body of the rung it is on.
        Convener = "CONVENER",
        /// The body of the last rung.
        Superior = "SUPERIOR",
    }
}

words! {
    /// What an officer must be to take a step.
    Rank {
        /// Any officer with a valid certificate.
        Officer = "OFFICER",
        /// 正职负责人 or 主持工作的负责人.
        Head = "PRINCIPAL_HEAD",
    }
}

words! {
    /// How a term stands.
    TermState {
        /// Not yet due, not yet done.
        Running = "RUNNING",
        /// Done in time.
        Kept = "KEPT",
        /// Not done in time.
        Missed = "MISSED",
        /// Ended without being kept or missed.
        Lapsed = "LAPSED",
    }
}

words! {
    /// The warnings on the way of a term.
    Warning {
        /// Half of it has passed.
        Half = "HALF",
        /// It is near its end.
        Near = "NEAR",
        /// It is over.
        Overdue = "OVERDUE",
    }
}

words! {
    /// Which service must be told something.
    Told {
        /// Referral: a dispute over a docket is open, or has ended.
        Referral = "REFERRAL",
        /// The catalogue: the boundary a decision draws.
        Catalogue = "CATALOGUE",
        /// Evidence: it moves from one body to another.
        Evidence = "EVIDENCE",
    }
}

words! {
    /// The steps, named as in the wire contract.
    StepKind {
        /// J-09: a position, in the forum a reply.
        StatePosition = "STATE_POSITION",
        /// J-02: a settlement is offered.
        OfferSettlement = "OFFER_SETTLEMENT",
        /// J-02: and signed.
        SignSettlement = "SIGN_SETTLEMENT",
        /// J-02, J-06, J-07, J-08: brought before the forum.
        Apply = "APPLY",
        /// J-09: taken.
        Accept = "ACCEPT",
        /// J-09: not taken.
        Reject = "REJECT",
        /// J-09: passed on to the other parties.
        Forward = "FORWARD",
        /// J-03: a joint session and its minutes.
        RecordSession = "RECORD_SESSION",
        /// J-04: a vote of the three bodies.
        Vote = "VOTE",
        /// J-10: who leads meanwhile.
        OrderInterim = "ORDER_INTERIM",
        /// J-03: an outcome is proposed.
        ProposeOutcome = "PROPOSE_OUTCOME",
        /// J-03: and answered.
        AnswerOutcome = "ANSWER_OUTCOME",
        /// J-02, J-04: on to the superior.
        Escalate = "ESCALATE",
        /// J-02: the superior designates.
        Decide = "DECIDE",
        /// The applicant takes it back.
        Withdraw = "WITHDRAW",
        /// A party has the decision.
        AcknowledgeDecision = "ACKNOWLEDGE_DECISION",
    }
}

impl State {
    /// Whether a dispute in this state has ended.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Settled | Self::Decided | Self::Rejected | Self::Withdrawn)
    }
}
