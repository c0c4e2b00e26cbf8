//! `REVERSE_REFERRAL`: the case goes back to an agency, because a penalty may be due (LAW.md 1.3 T-24,
//! T-25; 3.1 P-10..P-13; 3.2 C-07).
//!
//! Sender: public security, procuratorate or court, by the ground. Receiver: the agency.

use clock::Unit;

use super::{
    Close::{Done, Moot},
    Effect, Guard,
    Overdue::Breach,
    PLAIN, Procedure, Row, Say, Start,
    TermLength::Set,
    TermRule, law, required, term,
};
use crate::domain::{
    step::StepKind as Step,
    word::{
        Actor::{Agency, Procuratorate, Receiver, ReceiverSuperior, Sender, UpperProcuratorate},
        Ground, Mark, ProcedureCode,
        State::*,
    },
};

/// The procedure.
pub static REVERSE_REFERRAL: Procedure = Procedure {
    code: ProcedureCode::ReverseReferral,
    title: "反向衔接 reverse referral to an administrative agency",
    starts: &[
        Start {
            on: Some(Ground::NotProsecuted),
            law: law("P-10", "CPL art. 177(3); 检规 art. 373-375", Mark::V),
            state: NonProsecution,
            opens: &["P-11", "P-10b"],
            shows: &[Sender],
        },
        Start {
            on: Some(Ground::NoCrime),
            law: law("T-24", "Decree 310 art. 13; Penalty Law art. 27(1)", Mark::V),
            state: LiabilityFound,
            opens: &["T-24"],
            shows: &[Sender],
        },
        Start {
            on: Some(Ground::Withdrawn),
            law: law("T-25", "公通字〔2016〕16号 art. 8", Mark::M),
            state: TransferredToAgency,
            opens: &[],
            shows: &[Sender, Receiver, Procuratorate],
        },
        Start {
            on: Some(Ground::Exempted),
            law: law("C-07", "Penalty Law art. 27(1); 法释〔2023〕7号 art. 12", Mark::V),
            state: TransferredToAgency,
            opens: &[],
            shows: &[Sender, Receiver, Procuratorate],
        },
    ],
    secret: false,
    finals: &[NoPenaltyDue, NonProsecutionRevoked, Concluded, ResultReported],
    rows: ROWS,
    terms: TERMS,
};

const ROWS: &[Row] = &[
    // Public security transfers.
    Row {
        law: law("T-24", "Decree 310 art. 13; MPS procedure art. 177", Mark::V),
        from: &[LiabilityFound],
        step: Step::TransferToAgency,
        says: &[Say::Reason],
        papers: &[required("TRANSFER_LETTER")],
        to: Some(TransferredToAgency),
        closes: &[("T-24", Done)],
        effects: &[Effect::Show(Receiver), Effect::Show(Procuratorate)],
        ..PLAIN
    },
    Row {
        law: law("T-24", "Decree 310 art. 13", Mark::V),
        from: &[TransferredToAgency],
        step: Step::ReportResult,
        actor: Receiver,
        says: &[Say::Answer],
        guards: &[Guard::Ground(&[Ground::NoCrime])],
        to: Some(ResultReported),
        ..PLAIN
    },
    Row {
        law: law("T-25", "公通字〔2016〕16号 art. 8", Mark::M),
        from: &[TransferredToAgency],
        step: Step::ReportResult,
        actor: Receiver,
        says: &[Say::Answer],
        guards: &[Guard::Ground(&[Ground::Withdrawn])],
        to: Some(ResultReported),
        ..PLAIN
    },
    Row {
        law: law("C-07", "Penalty Law art. 27(1)", Mark::V),
        from: &[TransferredToAgency],
        step: Step::ReportResult,
        actor: Receiver,
        says: &[Say::Answer],
        guards: &[Guard::Ground(&[Ground::Exempted])],
        to: Some(ResultReported),
        ..PLAIN
    },
    // The procuratorate reviews whether a penalty is due.
    Row {
        law: law("P-11", "行刑反向衔接工作指引 2024", Mark::S),
        from: &[NonProsecution],
        step: Step::PassToAdministrativeDepartment,
        to: Some(NecessityReview),
        opens: &["P-11b"],
        closes: &[("P-11", Done)],
        ..PLAIN
    },
    Row {
        law: law("P-11c", "行刑反向衔接工作指引 2024 art. 13", Mark::S),
        from: &[NecessityReview],
        step: Step::SuspendReview,
        says: &[Say::Reason],
        papers: &[required("SUSPENSION_DECISION")],
        to: Some(ReviewSuspended),
        effects: &[Effect::Suspend("P-11b"), Effect::Suspend("P-10b")],
        ..PLAIN
    },
    Row {
        law: law("P-11c", "行刑反向衔接工作指引 2024 art. 13", Mark::S),
        from: &[ReviewSuspended],
        step: Step::ResumeReview,
        says: &[Say::Reason],
        to: Some(NecessityReview),
        effects: &[Effect::Resume("P-11b"), Effect::Resume("P-10b")],
        ..PLAIN
    },
    Row {
        law: law("P-11c", "行刑反向衔接工作指引 2024 art. 13", Mark::S),
        from: &[ReviewSuspended],
        step: Step::RevokeNonProsecution,
        says: &[Say::Reason],
        to: Some(NonProsecutionRevoked),
        closes: &[("P-11b", Moot), ("P-10b", Moot)],
        effects: &[Effect::OpenNext(ProcedureCode::ProsecutionReview)],
        ..PLAIN
    },
    Row {
        law: law("P-11b", "行刑反向衔接工作指引 2024 art. 12", Mark::S),
        from: &[NecessityReview],
        step: Step::ConsultLocalProcuratorate,
        says: &[Say::CompetentOrgan, Say::Reason],
        guards: &[Guard::OtherProcuratorate],
        to: Some(LocalConsultation),
        effects: &[Effect::Suspend("P-11b"), Effect::Suspend("P-10b"), Effect::ShowOrgan],
        ..PLAIN
    },
    Row {
        law: law("P-11b", "行刑反向衔接工作指引 2024 art. 12", Mark::S),
        from: &[LocalConsultation],
        step: Step::RecordConsultation,
        says: &[Say::Answer],
        papers: &[required("CONSULTATION_REPLY")],
        to: Some(NecessityReview),
        effects: &[Effect::Resume("P-11b"), Effect::Resume("P-10b")],
        ..PLAIN
    },
    Row {
        law: law("P-11b", "行刑反向衔接工作指引 2024 art. 12", Mark::S),
        from: &[NecessityReview],
        step: Step::FindNoPenaltyDue,
        says: &[Say::Reason],
        to: Some(NoPenaltyDue),
        closes: &[("P-11b", Done), ("P-10b", Moot)],
        ..PLAIN
    },
    Row {
        law: law("P-10b", "CPL art. 177(3); 高检发释字〔2021〕4号 art. 8", Mark::M),
        from: &[NecessityReview],
        step: Step::DeliverOpinion,
        says: &[Say::AddresseeIfAny],
        papers: &[required("PROCURATORIAL_OPINION_PENALTY")],
        guards: &[Guard::Punishes, Guard::InCountyOrConsulted],
        to: Some(OpinionDelivered),
        opens: &["P-12"],
        closes: &[("P-11b", Done), ("P-10b", Done)],
        effects: &[
            Effect::Address,
            Effect::Show(Receiver),
            Effect::Show(Agency),
            Effect::CopyOpinion,
        ],
        ..PLAIN
    },
    // The agency replies, late or not.
    Row {
        law: law("P-12", "高检发释字〔2021〕4号 art. 9", Mark::S),
        from: &[OpinionDelivered, OpinionReplied],
        step: Step::ReplyToOpinion,
        actor: Receiver,
        papers: &[required("OPINION_REPLY")],
        to: Some(OpinionReplied),
        closes: &[("P-12", Done)],
        ..PLAIN
    },
    Row {
        law: law("P-13", "高检发释字〔2021〕4号 art. 11", Mark::M),
        from: &[OpinionDelivered],
        step: Step::InformJusticeBureau,
        says: &[Say::Reason],
        guards: &[Guard::Overdue(&["P-12"])],
        effects: &[Effect::TellJusticeBureau],
        ..PLAIN
    },
    Row {
        law: law("P-13", "高检发释字〔2021〕4号 art. 11", Mark::M),
        from: &[OpinionDelivered],
        step: Step::AskUpperProcuratorate,
        says: &[Say::Reason],
        guards: &[Guard::Overdue(&["P-12"])],
        effects: &[Effect::Show(UpperProcuratorate), Effect::Show(ReceiverSuperior)],
        ..PLAIN
    },
    Row {
        law: law("P-10", "CPL art. 177(3)", Mark::V),
        from: &[OpinionReplied],
        step: Step::Conclude,
        says: &[Say::Reason],
        to: Some(Concluded),
        ..PLAIN
    },
    Row {
        law: law("T-20", "Decree 310 art. 11; Penalty Law art. 27(1), 35", Mark::V),
        from: &[TransferredToAgency, OpinionDelivered, OpinionReplied],
        step: Step::RecordPenalty,
        actor: Receiver,
        says: &[Say::Penalty],
        guards: &[Guard::FineAllowed],
        effects: &[Effect::NotePenalty],
        ..PLAIN
    },
];

const TERMS: &[TermRule] = &[
    term(
        "T-24",
        law("T-24", "Decree 310 art. 13", Mark::D),
        "transfer the case to the agency without delay (及时)",
        Sender,
        Set(3, Unit::WorkingDay),
        Breach("a service target: the law says 及时"),
    ),
    term(
        "P-11",
        law("P-11", "行刑反向衔接工作指引 2024", Mark::S),
        "pass the case to the administrative-procuratorial department",
        Sender,
        Set(3, Unit::WorkingDay),
        Breach("internal overdue list"),
    ),
    term(
        "P-10b",
        law("P-10b", "高检发释字〔2021〕4号 art. 8", Mark::M),
        "deliver the opinion together with the decision not to prosecute",
        Sender,
        Set(3, Unit::Day),
        Breach("the opinion is late"),
    ),
    term(
        "P-11b",
        law("P-11b", "行刑反向衔接工作指引 2024 art. 12", Mark::S),
        "conclude the review of whether a penalty is due",
        Sender,
        Set(10, Unit::WorkingDay),
        Breach("the review is late"),
    ),
    term(
        "P-12",
        law("P-12", "高检发释字〔2021〕4号 art. 9", Mark::S),
        "reply to the opinion with the result or the state of handling",
        Receiver,
        Set(2, Unit::Month),
        Breach("the justice bureau is informed, or the upper procuratorate asked (P-13)"),
    ),
];
