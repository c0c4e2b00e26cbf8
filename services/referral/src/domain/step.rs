//! The steps of the procedures, and what each may say.

use chrono::NaiveDate;

use super::word::words;

words! {
    /// The steps, named as in the wire contract.
    StepKind {
        /// T-03.
        AppointTeam = "APPOINT_TEAM",
        /// T-03.
        SubmitReport = "SUBMIT_REPORT",
        /// T-04.
        Approve = "APPROVE",
        /// T-06.
        Decline = "DECLINE",
        /// T-09b.
        RequestEarlyIntervention = "REQUEST_EARLY_INTERVENTION",
        /// T-09b.
        AnswerEarlyIntervention = "ANSWER_EARLY_INTERVENTION",
        /// T-05.
        Deliver = "DELIVER",
        /// T-13b.
        SupplySupplement = "SUPPLY_SUPPLEMENT",
        /// T-16.
        RequestReconsideration = "REQUEST_RECONSIDERATION",
        /// T-16, T-18.
        SuggestSupervision = "SUGGEST_SUPERVISION",
        /// P-05, T-28.
        ReportLate = "REPORT_LATE",
        /// T-21.
        HandOver = "HAND_OVER",
        /// T-19.
        ResumeAdministrativeCase = "RESUME_ADMINISTRATIVE_CASE",
        /// T-20.
        RecordPenalty = "RECORD_PENALTY",
        /// T-10.
        SignReceipt = "SIGN_RECEIPT",
        /// T-28.
        RefuseAcceptance = "REFUSE_ACCEPTANCE",
        /// T-13.
        RequestSupplement = "REQUEST_SUPPLEMENT",
        /// T-11.
        Forward = "FORWARD",
        /// T-12.
        Redirect = "REDIRECT",
        /// T-14b, T-14c.
        ExtendReview = "EXTEND_REVIEW",
        /// T-14.
        File = "FILE",
        /// T-14.
        NotFile = "NOT_FILE",
        /// T-15.
        ServeNotice = "SERVE_NOTICE",
        /// T-17.
        UpholdNotFiling = "UPHOLD_NOT_FILING",
        /// T-22b.
        AskToKeep = "ASK_TO_KEEP",
        /// T-21.
        BeginInvestigation = "BEGIN_INVESTIGATION",
        /// T-26.
        TransferJurisdiction = "TRANSFER_JURISDICTION",
        /// T-26.
        CompleteTransfer = "COMPLETE_TRANSFER",
        /// LAW.md 1.1.
        SendForProsecution = "SEND_FOR_PROSECUTION",
        /// T-25.
        Withdraw = "WITHDRAW",
        /// T-25.
        ReturnFile = "RETURN_FILE",
        /// P-07.
        SendReminder = "SEND_REMINDER",
        /// T-27.
        OrderToRefer = "ORDER_TO_REFER",
        /// T-28.
        OrderToCorrect = "ORDER_TO_CORRECT",
        /// P-01.
        AcceptSuggestion = "ACCEPT_SUGGESTION",
        /// P-02, P-05.
        DemandReasons = "DEMAND_REASONS",
        /// P-02.
        StateReasons = "STATE_REASONS",
        /// P-04.
        AcceptReasons = "ACCEPT_REASONS",
        /// P-04.
        TellAgency = "TELL_AGENCY",
        /// P-03.
        OrderToFile = "ORDER_TO_FILE",
        /// P-03.
        FileAsOrdered = "FILE_AS_ORDERED",
        /// P-06.
        IssueCorrection = "ISSUE_CORRECTION",
        /// P-06.
        ReportUp = "REPORT_UP",
        /// P-05.
        PassOn = "PASS_ON",
        /// P-05.
        IssueCorrectiveOpinion = "ISSUE_CORRECTIVE_OPINION",
        /// The supervision ends.
        Conclude = "CONCLUDE",
        /// P-08.
        OrderToWithdraw = "ORDER_TO_WITHDRAW",
        /// P-08.
        WithdrawAsOrdered = "WITHDRAW_AS_ORDERED",
        /// P-08.
        ChallengeOrder = "CHALLENGE_ORDER",
        /// P-08.
        MaintainOrder = "MAINTAIN_ORDER",
        /// P-08.
        RevokeOrder = "REVOKE_ORDER",
        /// P-08.
        RequestUpperReview = "REQUEST_UPPER_REVIEW",
        /// P-09.
        IssueReferralOpinion = "ISSUE_REFERRAL_OPINION",
        /// P-09b.
        AnswerOpinion = "ANSWER_OPINION",
        /// P-09.
        NotifyPublicSecurity = "NOTIFY_PUBLIC_SECURITY",
        /// P-16.
        ExtendProsecutionReview = "EXTEND_PROSECUTION_REVIEW",
        /// P-16.
        ApplyFastTrack = "APPLY_FAST_TRACK",
        /// P-17.
        ReturnForInvestigation = "RETURN_FOR_INVESTIGATION",
        /// P-17.
        Resubmit = "RESUBMIT",
        /// P-16.
        Prosecute = "PROSECUTE",
        /// P-10.
        NotProsecute = "NOT_PROSECUTE",
        /// C-02.
        AcceptIndictment = "ACCEPT_INDICTMENT",
        /// C-02.
        ExtendTrial = "EXTEND_TRIAL",
        /// C-02, C-03, C-05.
        PronounceJudgment = "PRONOUNCE_JUDGMENT",
        /// C-03.
        RecordAppeal = "RECORD_APPEAL",
        /// C-03.
        DecideAppeal = "DECIDE_APPEAL",
        /// C-03.
        RemandCase = "REMAND_CASE",
        /// C-04.
        TakeEffect = "TAKE_EFFECT",
        /// C-04.
        SendJudgment = "SEND_JUDGMENT",
        /// C-04.
        ReturnSlip = "RETURN_SLIP",
        /// C-10.
        NotifyJudgment = "NOTIFY_JUDGMENT",
        /// C-07.
        TransferForPenalty = "TRANSFER_FOR_PENALTY",
        /// C-03.
        ConcludeTrial = "CONCLUDE_TRIAL",
        /// P-11.
        PassToAdministrativeDepartment = "PASS_TO_ADMINISTRATIVE_DEPARTMENT",
        /// P-11c.
        SuspendReview = "SUSPEND_REVIEW",
        /// P-11c.
        ResumeReview = "RESUME_REVIEW",
        /// P-11c.
        RevokeNonProsecution = "REVOKE_NON_PROSECUTION",
        /// P-11b.
        ConsultLocalProcuratorate = "CONSULT_LOCAL_PROCURATORATE",
        /// P-11b.
        RecordConsultation = "RECORD_CONSULTATION",
        /// P-10, P-10b.
        DeliverOpinion = "DELIVER_OPINION",
        /// P-11b.
        FindNoPenaltyDue = "FIND_NO_PENALTY_DUE",
        /// P-12.
        ReplyToOpinion = "REPLY_TO_OPINION",
        /// P-13.
        InformJusticeBureau = "INFORM_JUSTICE_BUREAU",
        /// P-13.
        AskUpperProcuratorate = "ASK_UPPER_PROCURATORATE",
        /// T-24.
        TransferToAgency = "TRANSFER_TO_AGENCY",
        /// T-24, T-25, C-07.
        ReportResult = "REPORT_RESULT",
        /// C-08.
        RemindParty = "REMIND_PARTY",
        /// C-08.
        ApplyForEnforcement = "APPLY_FOR_ENFORCEMENT",
        /// C-08b.
        AcceptApplication = "ACCEPT_APPLICATION",
        /// C-08b.
        RejectApplication = "REJECT_APPLICATION",
        /// C-08b.
        HearParties = "HEAR_PARTIES",
        /// C-08b.
        GrantEnforcement = "GRANT_ENFORCEMENT",
        /// C-08b.
        RefuseEnforcement = "REFUSE_ENFORCEMENT",
        /// C-08b.
        ServeRuling = "SERVE_RULING",
        /// C-08.
        RecordPerformance = "RECORD_PERFORMANCE",
        /// T-23.
        TransferLead = "TRANSFER_LEAD",
        /// T-23.
        AcknowledgeLead = "ACKNOWLEDGE_LEAD",
        /// T-23.
        ReturnLead = "RETURN_LEAD",
        /// C-06, P-09.
        SendAdvice = "SEND_ADVICE",
        /// C-06b, P-09b.
        ReplyToAdvice = "REPLY_TO_ADVICE",
        /// C-06b.
        CopyToSuperior = "COPY_TO_SUPERIOR",
        /// C-09.
        TransferCrime = "TRANSFER_CRIME",
        /// C-09.
        AcknowledgeTransfer = "ACKNOWLEDGE_TRANSFER",
    }
}

words! {
    /// Kinds of penalty, as far as Decree 310 art. 11 distinguishes them.
    PenaltyKind {
        /// 警告.
        Warning = "WARNING",
        /// 罚款.
        Fine = "FINE",
        /// 没收.
        Confiscation = "CONFISCATION",
        /// 责令停产停业.
        StopProduction = "STOP_PRODUCTION",
        /// 暂扣许可证.
        SuspendLicence = "SUSPEND_LICENCE",
        /// 吊销许可证.
        RevokeLicence = "REVOKE_LICENCE",
        /// 行政拘留.
        Detention = "DETENTION",
    }
}

words! {
    /// Who approved a longer review (T-14b, T-14c).
    Approval {
        /// Nobody above the handlers: a lead that must be verified.
        None = "NONE",
        /// 县级以上公安机关负责人.
        CountyHead = "COUNTY_HEAD",
        /// 上一级公安机关.
        HigherOrgan = "HIGHER_ORGAN",
    }
}

/// A step and what it says. Fields a step does not have stay empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Reasons, or an explanation.
    pub reason: String,
    /// Certificate numbers of the team.
    pub team: Vec<String>,
    /// The competent organ or authority, or the body that keeps items.
    pub organ: String,
    /// Who approved.
    pub approved_by: String,
    /// 立案 number, or 案号 of the court.
    pub filing_no: String,
    /// Kind of penalty.
    pub penalty: String,
    /// Its decision.
    pub decision_no: String,
    /// Fines of the agency or of the court: fen.
    pub amount_fen: i64,
    /// What of a court's fine is set off: fen.
    pub set_off_fen: i64,
    /// What the court found.
    pub verdict: String,
    /// Why a case is not prosecuted.
    pub ground: String,
    /// Administrative liability is due.
    pub liable: bool,
    /// More than one year of imprisonment is possible.
    pub over_one_year: bool,
    /// When the period for reconsideration and lawsuit ended.
    pub period_ended_on: Option<NaiveDate>,
    /// A limit in days.
    pub within_days: i32,
    /// Refused because material is missing.
    pub for_incompleteness: bool,
    /// Property was sealed, seized or frozen.
    pub under_measure: bool,
    /// When the party was told in writing.
    pub party_told_on: Option<NaiveDate>,
    /// The hand-over both sides signed, where the step follows from one.
    pub hand_over: String,
    /// A referral named by an answer, as the caller wrote it.
    pub referral: String,
    /// Items to keep.
    pub items: String,
    /// Where.
    pub storage_place: String,
}
