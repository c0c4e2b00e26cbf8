//! The fixed words of figures and decisions, each an enum whose text is what the wire and the
//! tables hold.

/// Declares an enum whose variants have one stable word each.
macro_rules! told {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$about])*
        #[derive(
            Clone,
            Copy,
            Debug,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            serde::Serialize,
            serde::Deserialize,
        )]
        pub(crate) enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),* }

        impl $name {
            /// The word.
            pub(crate) fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

/// The same of words that are also read.
macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        told! { $(#[$about])* $name { $($(#[$doc])* $variant = $word),* } }

        impl $name {
            /// Every one, in the order of its declaration.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Reads the word.
            pub(crate) fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.as_str() == word)
            }
        }
    };
}

words! {
    /// What journal rows are counted as.
    Measure {
        /// A statutory term was kept.
        TermKept = "term_kept",
        /// A statutory term was missed.
        TermMissed = "term_missed",
        /// A service target was kept.
        TargetKept = "target_kept",
        /// A service target was missed.
        TargetMissed = "target_missed",
        /// The term of an answer to another body was kept.
        AnswerKept = "answer_kept",
        /// The term of an answer to another body was missed.
        AnswerMissed = "answer_missed",
        /// A term to publish or withdraw was kept.
        PublicationKept = "publication_kept",
        /// A term to publish or withdraw was missed.
        PublicationMissed = "publication_missed",
        /// Another body asked for assistance or advice.
        RequestReceived = "request_received",
        /// The request was taken up, answered or refused with reasons.
        RequestAnswered = "request_answered",
        /// The request was withdrawn.
        RequestWithdrawn = "request_withdrawn",
        /// The facts of a docket reached a criminal threshold.
        DocketReached = "docket_reached",
        /// Such a docket was delivered to public security.
        DocketReferred = "docket_referred",
        /// Public security accepted a referral.
        ReferralAccepted = "referral_accepted",
        /// It filed the case.
        ReferralFiled = "referral_filed",
        /// The procuratorate was asked to supervise filing.
        SupervisionAsked = "supervision_asked",
        /// It ordered to file.
        FilingOrdered = "filing_ordered",
        /// It accepted the reasons for not filing.
        ReasonsAccepted = "reasons_accepted",
        /// The supervision ended.
        SupervisionEnded = "supervision_ended",
        /// An item of evidence was assessed.
        ItemAssessed = "item_assessed",
        /// A defect that excludes an item.
        DefectExcluding = "defect_excluding",
        /// A defect that can be cured.
        DefectCurable = "defect_curable",
        /// The first visit of the year to a subject was dispatched.
        SubjectPlanned = "subject_planned",
        /// A planned subject was inspected.
        SubjectInspected = "subject_inspected",
        /// An inspection took place.
        InspectionHeld = "inspection_held",
        /// It was not the body's first of the subject in the year.
        InspectionRepeated = "inspection_repeated",
        /// It went beyond the yearly cap.
        InspectionOverCap = "inspection_over_cap",
        /// An officer acted.
        Act = "act",
        /// An officer took part in a visit.
        Visit = "visit",
        /// An officer acted in the month.
        OfficerMonth = "officer_month",
    }
}

words! {
    /// By what figures are told apart.
    Dimension {
        /// The body whose figure it is.
        Body = "BODY",
        /// The region code.
        Area = "AREA",
        /// The enforcement matter.
        Matter = "MATTER",
        /// The month.
        Month = "MONTH",
    }
}

words! {
    /// Above or below the line.
    Part {
        /// Above.
        Numerator = "NUMERATOR",
        /// Below.
        Denominator = "DENOMINATOR",
    }
}

told! {
    /// What a figure is in.
    Unit {
        /// Of a hundred.
        Percent = "PERCENT",
        /// For each officer and month.
        PerOfficerMonth = "PER_OFFICER_MONTH",
        /// For each hundred cases.
        PerHundred = "PER_HUNDRED",
    }
}

told! {
    /// Whether more is better.
    Better {
        /// More is better.
        Higher = "HIGHER",
        /// Less is better.
        Lower = "LOWER",
        /// Neither: whoever is ranked by it is pressed to do wrong.
        Neither = "NEITHER",
    }
}

words! {
    /// What was decided.
    DecisionKind {
        /// 行政许可.
        Licence = "LICENCE",
        /// 行政处罚.
        Penalty = "PENALTY",
        /// 行政强制.
        Compulsion = "COMPULSION",
        /// 行政检查.
        Inspection = "INSPECTION",
        /// Another one.
        Other = "OTHER",
    }
}

words! {
    /// Where a decision stands.
    DecisionState {
        /// It was made.
        Recorded = "RECORDED",
        /// It was served.
        Served = "SERVED",
        /// It was carried out, and its whole process is on record.
        Closed = "CLOSED",
    }
}

words! {
    /// Whether the public knows of a decision.
    PublicationState {
        /// Not yet.
        NotPublished = "NOT_PUBLISHED",
        /// It does.
        Published = "PUBLISHED",
        /// What it knows is not true any more.
        Changed = "CHANGED",
        /// It was withdrawn, and explained.
        Withdrawn = "WITHDRAWN",
    }
}

words! {
    /// What became of a published decision (Penalty Law art. 48(2)).
    Change {
        /// 变更.
        Changed = "CHANGED",
        /// 撤销.
        Revoked = "REVOKED",
        /// 确认违法.
        Illegal = "ILLEGAL",
        /// 确认无效.
        Void = "VOID",
    }
}

words! {
    /// How a decision was served (Civil Procedure Law, ch. 7, by Penalty Law art. 61).
    Service {
        /// Handed over when it was announced.
        OnTheSpot = "ON_THE_SPOT",
        /// 直接送达.
        Direct = "DIRECT",
        /// 留置送达.
        Left = "LEFT",
        /// 委托送达.
        Entrusted = "ENTRUSTED",
        /// 邮寄送达.
        Post = "POST",
        /// 电子送达.
        Electronic = "ELECTRONIC",
        /// 公告送达.
        Announcement = "ANNOUNCEMENT",
    }
}

told! {
    /// When no decision may be made before legal review (Penalty Law art. 58).
    MajorGround {
        /// Major public interest.
        PublicInterest = "PUBLIC_INTEREST",
        /// Major rights, and a hearing was held.
        Hearing = "HEARING",
        /// Difficult and complex.
        Difficult = "DIFFICULT",
        /// Named by another law.
        Statutory = "STATUTORY",
    }
}

words! {
    /// Where a promise stands (LAW.md 7).
    PromiseState {
        /// The party was told.
        Offered = "OFFERED",
        /// It promised.
        Signed = "SIGNED",
        /// It kept its promise: no penalty.
        CheckedOk = "CHECKED_OK",
        /// It did not: the normal procedure.
        Broken = "BROKEN",
    }
}

told! {
    /// The terms of a decision, each by its rule in LAW.md.
    TermRule {
        /// To decide.
        Decide = "S-07",
        /// To serve.
        Serve = "S-09",
        /// To publish.
        Publish = "S-01",
        /// To withdraw and explain.
        Withdraw = "S-02",
    }
}

told! {
    /// A warning on the way of a term.
    Rung {
        /// Half of the time is gone.
        Half = "HALF",
        /// The end is near.
        Near = "NEAR",
        /// The term is over.
        Overdue = "OVERDUE",
    }
}
