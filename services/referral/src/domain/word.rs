//! The fixed words of the domain, each an enum whose text is what the wire and the tables hold.

/// Declares an enum whose variants have one stable word each.
macro_rules! words {
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
            Hash,
            serde::Serialize,
            serde::Deserialize,
        )]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant),* }

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

        /// The procuratorate reviews whether to prosecute.
        UnderProsecutionReview = "UNDER_PROSECUTION_REVIEW",
        /// 退回补充侦查: public security investigates again.
        SupplementaryInvestigation = "SUPPLEMENTARY_INVESTIGATION",
        /// 提起公诉.
        Prosecuted = "PROSECUTED",
        /// 不起诉.
        NotProsecuted = "NOT_PROSECUTED",

        /// The indictment is with the court.
        Indicted = "INDICTED",
        /// Accepted by the court.
        OnTrial = "ON_TRIAL",
        /// Judged in first instance, not yet effective.
        Judged = "JUDGED",
        /// Before the court one level up.
        OnAppeal = "ON_APPEAL",
        /// The judgment is effective.
        JudgmentEffective = "JUDGMENT_EFFECTIVE",
        /// The criminal case has ended.
        TrialConcluded = "TRIAL_CONCLUDED",

        /// No crime, but administrative liability: the case is to be transferred.
        LiabilityFound = "LIABILITY_FOUND",
        /// Not prosecuted: the case goes to the administrative-procuratorial department.
        NonProsecution = "NON_PROSECUTION",
        /// That department reviews whether a penalty is due.
        NecessityReview = "NECESSITY_REVIEW",
        /// 中止审查.
        ReviewSuspended = "REVIEW_SUSPENDED",
        /// The procuratorate of another place is consulted.
        LocalConsultation = "LOCAL_CONSULTATION",
        /// 检察意见 is with the competent authority.
        OpinionDelivered = "OPINION_DELIVERED",
        /// It replied.
        OpinionReplied = "OPINION_REPLIED",
        /// No penalty is due.
        NoPenaltyDue = "NO_PENALTY_DUE",
        /// The decision not to prosecute fell.
        NonProsecutionRevoked = "NON_PROSECUTION_REVOKED",
        /// The case is with the agency.
        TransferredToAgency = "TRANSFERRED_TO_AGENCY",
        /// The agency reported the result.
        ResultReported = "RESULT_REPORTED",

        /// The penalty decision was not obeyed.
        Unfulfilled = "UNFULFILLED",
        /// 催告 was served.
        Reminded = "REMINDED",
        /// The court was asked to enforce.
        EnforcementApplied = "ENFORCEMENT_APPLIED",
        /// The court examines.
        UnderExamination = "UNDER_EXAMINATION",
        /// It hears the parties: a defect shows.
        PartiesHeard = "PARTIES_HEARD",
        /// 不予受理.
        ApplicationRejected = "APPLICATION_REJECTED",
        /// 准予强制执行.
        EnforcementGranted = "ENFORCEMENT_GRANTED",
        /// 不予执行, not yet served.
        NonExecutionRuled = "NON_EXECUTION_RULED",
        /// 不予执行, served.
        NonExecutionServed = "NON_EXECUTION_SERVED",
        /// The party did what the decision asks for.
        Performed = "PERFORMED",

        /// A duty crime was discovered.
        LeadFound = "LEAD_FOUND",
        /// The lead is with the organ.
        LeadTransferred = "LEAD_TRANSFERRED",
        /// It has it.
        LeadAcknowledged = "LEAD_ACKNOWLEDGED",
        /// It is for another organ.
        LeadReturned = "LEAD_RETURNED",

        /// The advice is not sent yet.
        AdviceDrafted = "ADVICE_DRAFTED",
        /// The addressee has it.
        AdviceSent = "ADVICE_SENT",
        /// It replied.
        AdviceReplied = "ADVICE_REPLIED",
        /// A crime showed while an administrative case was heard.
        CrimeFound = "CRIME_FOUND",
        /// It was transferred.
        CrimeTransferred = "CRIME_TRANSFERRED",
        /// The receiver has it.
        TransferAcknowledged = "TRANSFER_ACKNOWLEDGED",
    }
}

words! {
    /// The procedures (DESIGN.md section 3).
    ProcedureCode {
        /// Decree 310: agency to public security.
        CriminalReferral = "CRIMINAL_REFERRAL",
        /// 检规 557-565: the procuratorate supervises filing.
        FilingSupervision = "FILING_SUPERVISION",
        /// CPL 172, 175: public security to the procuratorate.
        ProsecutionReview = "PROSECUTION_REVIEW",
        /// CPL 208: the procuratorate to the court.
        PublicProsecution = "PUBLIC_PROSECUTION",
        /// The way back to an agency.
        ReverseReferral = "REVERSE_REFERRAL",
        /// Administrative Compulsion Law 53-58: agency to court.
        CourtEnforcement = "COURT_ENFORCEMENT",
        /// Decree 310 art. 19: to the supervisory organ.
        DutyCrimeLead = "DUTY_CRIME_LEAD",
        /// 法释〔2023〕11号: court or procuratorate to any body.
        JudicialAdvice = "JUDICIAL_ADVICE",
    }
}

words! {
    /// Why a leg was opened, where its procedure knows several grounds.
    Ground {
        /// Public security decided not to file (T-16, T-18).
        NotFiled = "NOT_FILED",
        /// Public security refused to accept, or decides too late (T-28, P-05).
        Late = "LATE",
        /// Public security filed although it should not (P-08).
        WronglyFiled = "WRONGLY_FILED",
        /// An agency does not refer (T-29, P-09).
        NotReferred = "NOT_REFERRED",
        /// Public security finds no crime, or one that is not prosecuted, but liability (T-24).
        NoCrime = "NO_CRIME",
        /// Public security withdrew the case and suggests liability (T-25).
        Withdrawn = "WITHDRAWN",
        /// Not prosecuted, but a penalty may be due (P-10).
        NotProsecuted = "NOT_PROSECUTED",
        /// Exempted from punishment or acquitted, but a penalty is due (C-07).
        Exempted = "EXEMPTED",
        /// A problem of governance that a court found (C-06).
        Governance = "GOVERNANCE",
        /// The procuratorate finds that an agency should refer (P-09).
        ReferralWanted = "REFERRAL_WANTED",
        /// A court found a crime while it heard an administrative case (C-09).
        CrimeFound = "CRIME_FOUND",
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
        /// The agency whose case it is.
        Agency = "AGENCY",
        /// The agency that keeps items for the court.
        Keeper = "KEEPER",
    }
}

words! {
    /// What a court found.
    Verdict {
        /// 有罪判处刑罚.
        Convicted = "CONVICTED",
        /// 免予刑事处罚.
        Exempted = "EXEMPTED",
        /// 宣告无罪.
        Acquitted = "ACQUITTED",
    }
}

words! {
    /// Why a case is not prosecuted.
    NonProsecutionGround {
        /// 法定不起诉.
        Statutory = "STATUTORY",
        /// 酌定不起诉.
        Discretionary = "DISCRETIONARY",
        /// 存疑不起诉.
        InsufficientEvidence = "INSUFFICIENT_EVIDENCE",
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
        /// Standing still: that time does not count.
        Suspended = "SUSPENDED",
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
