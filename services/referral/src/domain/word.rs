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
    }
}

words! {
    /// The states of all procedures (LAW.md 1.1).
    State {
        /// A suspected crime was found.
        Suspected = "SUSPECTED",
        /// 专案组 appointed.
        TeamAssigned = "TEAM_ASSIGNED",
        /// The report is before the head.
        AwaitingHead = "AWAITING_HEAD",
        /// The head decided to refer.
        Approved = "APPROVED",
        /// The head decided not to refer.
        NotApproved = "NOT_APPROVED",
        /// The case is with public security, unsigned.
        Delivered = "DELIVERED",
        /// Public security refused to accept, which it may not.
        RefusedByPolice = "REFUSED_BY_POLICE",
        /// The receipt is signed.
        Accepted = "ACCEPTED",
        /// Material was asked for.
        SupplementRequested = "SUPPLEMENT_REQUESTED",
        /// On its way to the competent police organ.
        Forwarded = "FORWARDED",
        /// Not a police matter.
        Redirected = "REDIRECTED",
        /// 立案.
        Filed = "FILED",
        /// 不予立案.
        NotFiled = "NOT_FILED",
        /// 复议 asked for.
        Reconsideration = "RECONSIDERATION",
        /// Not filed, also after reconsideration.
        Upheld = "UPHELD",
        /// The procuratorate was asked to supervise.
        SupervisionSuggested = "SUPERVISION_SUGGESTED",
        /// Items and materials are with public security.
        MaterialHandedOver = "MATERIAL_HANDED_OVER",
        /// Public security investigates.
        Investigation = "INVESTIGATION",
        /// With the procuratorate for prosecution.
        SentForProsecution = "SENT_FOR_PROSECUTION",
        /// 撤销案件.
        Withdrawn = "WITHDRAWN",
        /// The administrative case goes on.
        ReturnedToAgency = "RETURNED_TO_AGENCY",

        /// The procuratorate was asked.
        Suggested = "SUGGESTED",
        /// The procuratorate reviews.
        UnderReview = "UNDER_REVIEW",
        /// Public security must give reasons.
        ReasonsDemanded = "REASONS_DEMANDED",
        /// It gave them.
        ReasonsStated = "REASONS_STATED",
        /// They hold.
        ReasonsAccepted = "REASONS_ACCEPTED",
        /// 通知立案.
        OrderedToFile = "ORDERED_TO_FILE",
        /// Filed on order.
        FiledAsOrdered = "FILED_AS_ORDERED",
        /// 纠正违法通知书 issued.
        CorrectionIssued = "CORRECTION_ISSUED",
        /// With the procuratorate one level up.
        ReportedUp = "REPORTED_UP",
        /// 纠正意见 issued.
        OpinionOnDelay = "OPINION_ON_DELAY",
        /// The supervision has ended.
        Concluded = "CONCLUDED",
        /// Public security must withdraw.
        WithdrawalOrdered = "WITHDRAWAL_ORDERED",
        /// It asked to reconsider the order.
        OrderChallenged = "ORDER_CHALLENGED",
        /// The order was maintained.
        OrderMaintained = "ORDER_MAINTAINED",
        /// One level up reviews the order.
        UpperReview = "UPPER_REVIEW",
        /// Withdrawn on order.
        WithdrawnAsOrdered = "WITHDRAWN_AS_ORDERED",
        /// The order fell.
        OrderRevoked = "ORDER_REVOKED",
        /// 检察意见 requiring referral.
        OpinionIssued = "OPINION_ISSUED",
        /// The agency referred, or said why not.
        OpinionAnswered = "OPINION_ANSWERED",
        /// The agency did not follow it; public security knows.
        PublicSecurityNotified = "PUBLIC_SECURITY_NOTIFIED",
    }
}

words! {
    /// The procedures built so far (DESIGN.md section 3).
    ProcedureCode {
        /// Decree 310: agency to public security.
        CriminalReferral = "CRIMINAL_REFERRAL",
        /// 检规 557-565: the procuratorate supervises filing.
        FilingSupervision = "FILING_SUPERVISION",
    }
}

words! {
    /// Why the procuratorate is asked.
    Ground {
        /// Public security decided not to file (T-16, T-18).
        NotFiled = "NOT_FILED",
        /// Public security refused to accept, or decides too late (T-28, P-05).
        Late = "LATE",
        /// Public security filed although it should not (P-08).
        WronglyFiled = "WRONGLY_FILED",
        /// An agency does not refer (T-29, P-09).
        NotReferred = "NOT_REFERRED",
    }
}

words! {
    /// Who a body is in a leg.
    Actor {
        /// The body that refers.
        Sender = "SENDER",
        /// The body referred to.
        Receiver = "RECEIVER",
        /// The procuratorate of the same level.
        Procuratorate = "PROCURATORATE",
        /// The procuratorate one level up.
        UpperProcuratorate = "UPPER_PROCURATORATE",
        /// The body complained of.
        Respondent = "RESPONDENT",
        /// The body with command over the sender.
        SenderSuperior = "SENDER_SUPERIOR",
        /// The body with command over the receiver.
        ReceiverSuperior = "RECEIVER_SUPERIOR",
    }
}

words! {
    /// What an officer must be to take a step.
    Rank {
        /// Any officer with a valid certificate.
        Officer = "OFFICER",
        /// 正职负责人 or 主持工作的负责人: a deputy does not do (Decree 310 art. 5(2)).
        Head = "PRINCIPAL_HEAD",
        /// 检察长.
        ChiefProcurator = "CHIEF_PROCURATOR",
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
    Rung {
        /// Half of it has passed.
        Half = "HALF",
        /// It is near its end.
        Near = "NEAR",
        /// It is over.
        Overdue = "OVERDUE",
    }
}

pub(crate) use words;
