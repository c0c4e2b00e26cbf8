//! `FILING_SUPERVISION`: the procuratorate supervises whether a case is filed (LAW.md 3.1).
//!
//! Sender: who asks. Receiver: the procuratorate. Respondent: the body complained of.

use clock::Unit;

use super::{
    Close::{Done, Moot},
    Effect, Guard,
    Overdue::Breach,
    PLAIN, Procedure, Row, Say, Start,
    TermLength::{BySector, Fixed},
    TermRule, law, required, term,
};
use crate::domain::{
    step::StepKind as Step,
    word::{
        Actor::{Receiver, Respondent, Sender, SenderSuperior, UpperProcuratorate},
        Ground, Mark, ProcedureCode, Rank,
        State::*,
    },
};

/// The procedure.
pub static FILING_SUPERVISION: Procedure = Procedure {
    code: ProcedureCode::FilingSupervision,
    title: "立案监督 supervision of filing by the procuratorate",
    starts: &[Start {
        on: None,
        law: law("P-01", "检规 art. 557", Mark::V),
        state: Suggested,
        opens: &[],
        shows: &[Sender, SenderSuperior, Receiver],
    }],
    secret: false,
    finals: &[
        Concluded,
        FiledAsOrdered,
        ReportedUp,
        WithdrawnAsOrdered,
        OrderRevoked,
        PublicSecurityNotified,
    ],
    rows: ROWS,
    terms: TERMS,
};

const NOT_FILED: &[Guard] = &[Guard::Ground(&[Ground::NotFiled])];
const FILING: &[Guard] = &[Guard::Ground(&[Ground::NotFiled, Ground::Late])];
const NOT_REFERRED: &[Guard] = &[Guard::Ground(&[Ground::NotReferred])];

const ROWS: &[Row] = &[
    Row {
        law: law("P-01", "检规 art. 557(1); CPL art. 113", Mark::V),
        from: &[Suggested],
        step: Step::AcceptSuggestion,
        actor: Receiver,
        to: Some(UnderReview),
        effects: &[Effect::Show(Respondent)],
        ..PLAIN
    },
    // Public security did not file: reasons, and an order if they do not hold.
    Row {
        law: law("P-02", "检规 art. 560; MPS procedure art. 182(1)", Mark::V),
        from: &[UnderReview],
        step: Step::DemandReasons,
        actor: Receiver,
        papers: &[required("REASONS_DEMAND")],
        guards: NOT_FILED,
        to: Some(ReasonsDemanded),
        opens: &["P-02"],
        ..PLAIN
    },
    Row {
        law: law("P-05", "检规 art. 562", Mark::V),
        from: &[UnderReview],
        step: Step::DemandReasons,
        actor: Receiver,
        papers: &[required("REASONS_DEMAND")],
        guards: &[Guard::Ground(&[Ground::Late])],
        to: Some(ReasonsDemanded),
        opens: &["P-05"],
        ..PLAIN
    },
    Row {
        law: law("P-02", "检规 art. 560, 562; MPS procedure art. 182(1)", Mark::V),
        from: &[ReasonsDemanded, OpinionOnDelay],
        step: Step::StateReasons,
        actor: Respondent,
        papers: &[required("REASONS_STATEMENT")],
        to: Some(ReasonsStated),
        closes: &[("P-02", Done), ("P-05", Done)],
        ..PLAIN
    },
    Row {
        law: law("P-04", "检规 art. 561(2)", Mark::V),
        from: &[ReasonsStated],
        step: Step::AcceptReasons,
        actor: Receiver,
        says: &[Say::Reason],
        to: Some(ReasonsAccepted),
        opens: &["P-04"],
        ..PLAIN
    },
    Row {
        law: law("P-04", "检规 art. 561(2)", Mark::V),
        from: &[ReasonsAccepted],
        step: Step::TellAgency,
        actor: Receiver,
        says: &[Say::Reason],
        to: Some(Concluded),
        closes: &[("P-04", Done)],
        ..PLAIN
    },
    Row {
        law: law("P-03", "检规 art. 561(1), 563; CPL art. 113", Mark::V),
        from: &[UnderReview, ReasonsDemanded, ReasonsStated, OpinionOnDelay],
        step: Step::OrderToFile,
        actor: Receiver,
        papers: &[required("ORDER_TO_FILE")],
        guards: FILING,
        to: Some(OrderedToFile),
        opens: &["P-03"],
        closes: &[("P-02", Moot), ("P-05", Moot)],
        ..PLAIN
    },
    Row {
        law: law("P-03", "检规 art. 563; MPS procedure art. 182(2)", Mark::V),
        from: &[OrderedToFile, CorrectionIssued],
        step: Step::FileAsOrdered,
        actor: Respondent,
        says: &[Say::FilingNo],
        to: Some(FiledAsOrdered),
        closes: &[("P-03", Done)],
        effects: &[Effect::Parent(Step::File)],
        ..PLAIN
    },
    Row {
        law: law("P-06", "检规 art. 564(2)", Mark::V),
        from: &[OrderedToFile],
        step: Step::IssueCorrection,
        actor: Receiver,
        papers: &[required("CORRECTION_NOTICE")],
        guards: &[Guard::Overdue(&["P-03"])],
        to: Some(CorrectionIssued),
        ..PLAIN
    },
    Row {
        law: law("P-06", "检规 art. 564(2)", Mark::V),
        from: &[CorrectionIssued],
        step: Step::ReportUp,
        actor: Receiver,
        says: &[Say::Reason],
        to: Some(ReportedUp),
        closes: &[("P-03", Moot)],
        effects: &[Effect::Show(UpperProcuratorate)],
        ..PLAIN
    },
    // Public security is late, or refused.
    Row {
        law: law("P-05", "检规 art. 562", Mark::V),
        from: &[UnderReview],
        step: Step::PassOn,
        actor: Receiver,
        says: &[Say::Answer],
        guards: &[Guard::Ground(&[Ground::Late]), Guard::ParentNotOverdue],
        to: Some(Concluded),
        ..PLAIN
    },
    Row {
        law: law("P-05", "检规 art. 562", Mark::V),
        from: &[ReasonsDemanded],
        step: Step::IssueCorrectiveOpinion,
        actor: Receiver,
        says: &[Say::Reason],
        guards: &[Guard::Ground(&[Ground::Late]), Guard::Overdue(&["P-05"])],
        to: Some(OpinionOnDelay),
        ..PLAIN
    },
    Row {
        law: law("P-05", "检规 art. 562", Mark::V),
        from: &[Suggested, UnderReview, ReasonsDemanded, ReasonsStated, OpinionOnDelay],
        step: Step::Conclude,
        actor: Receiver,
        says: &[Say::Reason],
        guards: &[Guard::Ground(&[Ground::Late, Ground::NotFiled]), Guard::ParentDecided],
        to: Some(Concluded),
        closes: &[("P-02", Moot), ("P-05", Moot)],
        ..PLAIN
    },
    // Public security filed although it should not.
    Row {
        law: law("P-08", "检规 art. 559(2), 561", Mark::V),
        from: &[UnderReview],
        step: Step::OrderToWithdraw,
        actor: Receiver,
        says: &[Say::Reason],
        guards: &[Guard::Ground(&[Ground::WronglyFiled])],
        to: Some(WithdrawalOrdered),
        ..PLAIN
    },
    // The filing was right after all.
    Row {
        law: law("P-08", "检规 art. 559, 561", Mark::V),
        from: &[Suggested, UnderReview],
        step: Step::Conclude,
        actor: Receiver,
        says: &[Say::Reason],
        guards: &[Guard::Ground(&[Ground::WronglyFiled])],
        to: Some(Concluded),
        ..PLAIN
    },
    // The order has lost its object: the case was withdrawn otherwise, or is with the procuratorate.
    Row {
        law: law("P-08", "检规 art. 561, 565", Mark::D),
        from: &[WithdrawalOrdered, OrderChallenged, OrderMaintained, UpperReview],
        step: Step::Conclude,
        actor: Receiver,
        says: &[Say::Reason],
        guards: &[Guard::Ground(&[Ground::WronglyFiled]), Guard::ParentNotFiled],
        to: Some(Concluded),
        closes: &[("P-08", Moot), ("P-08-UPPER", Moot)],
        ..PLAIN
    },
    Row {
        law: law("P-08", "检规 art. 561, 565", Mark::V),
        from: &[WithdrawalOrdered, OrderMaintained, UpperReview],
        step: Step::WithdrawAsOrdered,
        actor: Respondent,
        to: Some(WithdrawnAsOrdered),
        closes: &[("P-08-UPPER", Moot)],
        effects: &[Effect::Parent(Step::Withdraw)],
        ..PLAIN
    },
    Row {
        law: law("P-08", "检规 art. 565", Mark::V),
        from: &[WithdrawalOrdered],
        step: Step::ChallengeOrder,
        actor: Respondent,
        says: &[Say::Reason],
        guards: &[Guard::Unused("P-08")],
        to: Some(OrderChallenged),
        opens: &["P-08"],
        ..PLAIN
    },
    Row {
        law: law("P-08", "检规 art. 565", Mark::V),
        from: &[OrderChallenged],
        step: Step::MaintainOrder,
        actor: Receiver,
        says: &[Say::Reason],
        to: Some(OrderMaintained),
        closes: &[("P-08", Done)],
        ..PLAIN
    },
    Row {
        law: law("P-08", "检规 art. 565", Mark::V),
        from: &[OrderChallenged],
        step: Step::RevokeOrder,
        actor: Receiver,
        says: &[Say::Reason],
        to: Some(OrderRevoked),
        closes: &[("P-08", Done)],
        ..PLAIN
    },
    Row {
        law: law("P-08", "检规 art. 565", Mark::V),
        from: &[OrderMaintained],
        step: Step::RequestUpperReview,
        actor: Respondent,
        says: &[Say::Reason],
        guards: &[Guard::Unused("P-08-UPPER")],
        to: Some(UpperReview),
        opens: &["P-08-UPPER"],
        effects: &[Effect::Show(UpperProcuratorate)],
        ..PLAIN
    },
    Row {
        law: law("P-08", "检规 art. 565", Mark::V),
        from: &[UpperReview],
        step: Step::MaintainOrder,
        actor: UpperProcuratorate,
        says: &[Say::Reason],
        to: Some(OrderMaintained),
        closes: &[("P-08-UPPER", Done)],
        ..PLAIN
    },
    Row {
        law: law("P-08", "检规 art. 565", Mark::V),
        from: &[UpperReview],
        step: Step::RevokeOrder,
        actor: UpperProcuratorate,
        says: &[Say::Reason],
        to: Some(OrderRevoked),
        closes: &[("P-08-UPPER", Done)],
        ..PLAIN
    },
    // An agency does not refer.
    Row {
        law: law("P-09", "检规 art. 557(3)", Mark::V),
        from: &[UnderReview],
        step: Step::IssueReferralOpinion,
        actor: Receiver,
        officer: Rank::ChiefProcurator,
        papers: &[required("PROCURATORIAL_OPINION_REFER")],
        guards: NOT_REFERRED,
        to: Some(OpinionIssued),
        opens: &["P-09b"],
        ..PLAIN
    },
    Row {
        law: law("P-09b", "环环监〔2017〕17号", Mark::S),
        from: &[OpinionIssued],
        step: Step::AnswerOpinion,
        actor: Respondent,
        guards: &[Guard::ReferralOrReason],
        to: Some(OpinionAnswered),
        closes: &[("P-09b", Done)],
        ..PLAIN
    },
    Row {
        law: law("P-09", "高检发释字〔2021〕4号 art. 6, 7", Mark::M),
        from: &[OpinionIssued, OpinionAnswered],
        step: Step::NotifyPublicSecurity,
        actor: Receiver,
        says: &[Say::Reason],
        to: Some(PublicSecurityNotified),
        closes: &[("P-09b", Moot)],
        effects: &[Effect::ShowPoliceOfRespondent],
        ..PLAIN
    },
    Row {
        law: law("P-09", "检规 art. 557(3)", Mark::V),
        from: &[Suggested, UnderReview, OpinionIssued, OpinionAnswered],
        step: Step::Conclude,
        actor: Receiver,
        says: &[Say::Reason],
        guards: NOT_REFERRED,
        to: Some(Concluded),
        closes: &[("P-09b", Moot)],
        ..PLAIN
    },
];

const TERMS: &[TermRule] = &[
    term(
        "P-02",
        law("P-02", "检规 art. 560; MPS procedure art. 182(1)", Mark::V),
        "state the reasons for not filing, with facts, basis and evidence",
        Respondent,
        Fixed(7, Unit::Day),
        Breach("the procuratorate decides without them"),
    ),
    term(
        "P-03",
        law("P-03", "检规 art. 563; MPS procedure art. 182(2)", Mark::V),
        "file the case and send the decision to the procuratorate",
        Respondent,
        Fixed(15, Unit::Day),
        Breach("notice to correct, then the procuratorate one level up (P-06)"),
    ),
    term(
        "P-04",
        law("P-04", "检规 art. 561(2)", Mark::V),
        "tell the agency the basis and reasons",
        Receiver,
        Fixed(10, Unit::Day),
        Breach("the agency waits for its answer"),
    ),
    term(
        "P-05",
        law("P-05", "检规 art. 562", Mark::V),
        "state the reasons for not deciding in time, or decide",
        Respondent,
        Fixed(7, Unit::Day),
        Breach("corrective opinion (纠正意见); order to file if the conditions are met"),
    ),
    term(
        "P-08",
        law("P-08", "检规 art. 565", Mark::V),
        "decide on the reconsideration of the order",
        Receiver,
        Fixed(7, Unit::Day),
        Breach("decision late"),
    ),
    term(
        "P-08-UPPER",
        law("P-08", "检规 art. 565", Mark::V),
        "decide on the review of the order",
        UpperProcuratorate,
        Fixed(15, Unit::Day),
        Breach("decision late"),
    ),
    term(
        "P-09b",
        law("P-09b", "环环监〔2017〕17号", Mark::S),
        "refer the case, and report to the procuratorate",
        Respondent,
        BySector(3, Unit::Day),
        Breach("the procuratorate notifies public security (P-09)"),
    ),
];
