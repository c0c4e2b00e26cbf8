//! `CRIMINAL_REFERRAL`: an agency refers a suspected crime to public security (LAW.md 1).
//!
//! Read it beside Decree 310 and MPS procedure 2020: one row for each thing somebody may do.

mod states;
mod terms;

use self::states::{AFTER_FILING, BEFORE_DELIVERY, OPEN, UNDECIDED};
use super::{
    Close::{Done, Moot},
    Effect, Guard, Need, PLAIN, Paper, Procedure, Row, Say, Start, law, optional, required,
};
use crate::domain::{
    step::StepKind as Step,
    word::{
        Actor::{Procuratorate, Receiver, ReceiverSuperior, Sender, SenderSuperior},
        Ground, Mark, ProcedureCode, Rank,
        State::*,
    },
};

/// The procedure.
pub static CRIMINAL_REFERRAL: Procedure = Procedure {
    code: ProcedureCode::CriminalReferral,
    title: "涉嫌犯罪案件移送 referral of a suspected crime to public security",
    starts: &[Start {
        on: None,
        law: law("T-02", "Decree 310 art. 3(1)", Mark::V),
        state: Suspected,
        opens: &["T-03"],
        shows: &[Sender, SenderSuperior],
    }],
    secret: false,
    finals: &[Redirected, SentForProsecution, ReturnedToAgency],
    rows: ROWS,
    terms: terms::TERMS,
};

const fn expected(code: &'static str, need: Need) -> Paper {
    Paper { code, need }
}

const ROWS: &[Row] = &[
    // The agency finds, verifies and decides.
    Row {
        law: law("T-03", "Decree 310 art. 5(1)", Mark::V),
        from: &[Suspected],
        step: Step::AppointTeam,
        says: &[Say::Team],
        to: Some(TeamAssigned),
        effects: &[Effect::KeepTeam],
        ..PLAIN
    },
    Row {
        law: law("T-03", "Decree 310 art. 5(1)", Mark::V),
        from: &[TeamAssigned],
        step: Step::SubmitReport,
        papers: &[required("REFERRAL_REPORT")],
        to: Some(AwaitingHead),
        opens: &["T-04"],
        closes: &[("T-03", Done)],
        ..PLAIN
    },
    Row {
        law: law("T-04", "Decree 310 art. 5(2)", Mark::V),
        from: &[AwaitingHead],
        step: Step::Approve,
        officer: Rank::Head,
        to: Some(Approved),
        opens: &["T-05"],
        closes: &[("T-04", Done)],
        ..PLAIN
    },
    Row {
        law: law("T-06", "Decree 310 art. 5(2)", Mark::V),
        from: &[AwaitingHead],
        step: Step::Decline,
        officer: Rank::Head,
        says: &[Say::Reason],
        to: Some(NotApproved),
        // An order to refer (T-27) stays open: this is not what it asked for.
        closes: &[("T-04", Done), ("T-09b", Moot)],
        effects: &[Effect::Show(Procuratorate)],
        ..PLAIN
    },
    // A decision not to refer may be taken back: by the head, after an order or an opinion.
    Row {
        law: law("T-27", "Decree 310 art. 16, 18; Penalty Law art. 82", Mark::V),
        from: &[NotApproved],
        step: Step::Approve,
        officer: Rank::Head,
        to: Some(Approved),
        opens: &["T-05"],
        ..PLAIN
    },
    Row {
        law: law("T-27", "Decree 310 art. 16, 18; Penalty Law art. 82", Mark::V),
        from: &[Suspected, TeamAssigned, AwaitingHead, Approved, NotApproved],
        step: Step::OrderToRefer,
        actor: SenderSuperior,
        says: &[Say::WithinDays, Say::Reason],
        opens: &["T-27"],
        ..PLAIN
    },
    Row {
        law: law("T-09b", "Sichuan NPC decision; practice", Mark::S),
        from: BEFORE_DELIVERY,
        step: Step::RequestEarlyIntervention,
        says: &[Say::Reason],
        opens: &["T-09b"],
        effects: &[Effect::Show(Receiver)],
        ..PLAIN
    },
    Row {
        law: law("T-09b", "Sichuan NPC decision; practice", Mark::S),
        from: BEFORE_DELIVERY,
        step: Step::AnswerEarlyIntervention,
        actor: Receiver,
        says: &[Say::Answer],
        closes: &[("T-09b", Done)],
        ..PLAIN
    },
    Row {
        law: law("T-05", "Decree 310 art. 5(2), 6; MPS 公通字〔2016〕16号 art. 2", Mark::V),
        from: &[Approved],
        step: Step::Deliver,
        papers: &[
            required("REFERRAL_LETTER"),
            expected("INVESTIGATION_REPORT", Need::Expected),
            expected("INVOLVED_ITEM_LIST", Need::Expected),
            expected("TEST_REPORT", Need::ExpectedIfTested),
            expected("PENALTY_DECISION", Need::RequiredIfPenalised),
            expected("HAND_OVER_SHEET", Need::RequiredIfGoodsTravel),
        ],
        to: Some(Delivered),
        opens: &["T-10"],
        closes: &[("T-05", Done), ("T-27", Done), ("T-09b", Moot)],
        effects: &[
            Effect::Show(Receiver),
            Effect::Show(Procuratorate),
            Effect::Show(ReceiverSuperior),
            Effect::ShowJusticeBureau,
        ],
        ..PLAIN
    },
    // Public security accepts, or does what it may not.
    Row {
        law: law("T-10", "Decree 310 art. 7", Mark::V),
        from: &[Delivered, RefusedByPolice, Forwarded],
        step: Step::SignReceipt,
        actor: Receiver,
        papers: &[required("RECEIPT")],
        to: Some(Accepted),
        opens: &["T-14", "T-13", "T-11"],
        closes: &[("T-10", Done), ("T-28", Done)],
        ..PLAIN
    },
    Row {
        law: law("T-28", "Decree 310 art. 17; MPS procedure art. 180(2)", Mark::V),
        from: &[Delivered, Forwarded],
        step: Step::RefuseAcceptance,
        actor: Receiver,
        says: &[Say::Reason],
        guards: &[Guard::NotForIncompleteness],
        to: Some(RefusedByPolice),
        closes: &[("T-10", Moot)],
        ..PLAIN
    },
    Row {
        law: law("T-13", "MPS procedure art. 180(2)", Mark::V),
        from: &[Accepted],
        step: Step::RequestSupplement,
        actor: Receiver,
        papers: &[required("SUPPLEMENT_NOTICE")],
        guards: &[Guard::Running("T-13")],
        to: Some(SupplementRequested),
        opens: &["T-13b"],
        closes: &[("T-13", Done)],
        ..PLAIN
    },
    Row {
        law: law("T-13b", "MPS procedure art. 180(2)", Mark::V),
        from: &[SupplementRequested],
        step: Step::SupplySupplement,
        papers: &[
            optional("INVESTIGATION_REPORT"),
            optional("INVOLVED_ITEM_LIST"),
            optional("TEST_REPORT"),
            optional("PENALTY_DECISION"),
        ],
        to: Some(Accepted),
        closes: &[("T-13b", Done)],
        effects: &[Effect::RestartReview],
        ..PLAIN
    },
    Row {
        law: law("T-11", "Decree 310 art. 7; MPS procedure art. 175", Mark::V),
        from: &[Accepted],
        step: Step::Forward,
        actor: Receiver,
        says: &[Say::CompetentOrgan, Say::Reason],
        papers: &[required("FORWARD_NOTICE")],
        guards: &[Guard::OtherPoliceOrgan, Guard::NotInDispute],
        to: Some(Forwarded),
        opens: &["T-10"],
        closes: &[("T-11", Done), ("T-13", Moot), ("T-14", Moot)],
        effects: &[Effect::PassToOrgan, Effect::Show(ReceiverSuperior)],
        ..PLAIN
    },
    Row {
        law: law("T-12", "MPS procedure art. 180(3)", Mark::V),
        from: &[Accepted],
        step: Step::Redirect,
        actor: Receiver,
        says: &[Say::CompetentAuthority, Say::Reason],
        guards: &[Guard::NotInDispute],
        to: Some(Redirected),
        closes: &[("T-14", Done), ("T-13", Moot), ("T-11", Moot)],
        ..PLAIN
    },
    Row {
        law: law("T-14b", "经济犯罪案件规定 2017 art. 16; 环环监〔2017〕17号 art. 9", Mark::S),
        from: &[Accepted, SupplementRequested],
        step: Step::ExtendReview,
        actor: Receiver,
        says: &[Say::ApprovedBy, Say::Reason],
        guards: &[Guard::Running("T-14"), Guard::LongerReview],
        effects: &[Effect::LengthenReview],
        ..PLAIN
    },
    // The decision, and its notice.
    Row {
        law: law("T-14", "Decree 310 art. 8; MPS procedure art. 180(1), 181", Mark::V),
        from: UNDECIDED,
        step: Step::File,
        actor: Receiver,
        says: &[Say::FilingNo],
        to: Some(Filed),
        opens: &["T-15", "P-07"],
        closes: &[
            ("T-14", Done),
            ("T-17", Done),
            ("T-28", Done),
            ("T-13", Moot),
            ("T-11", Moot),
            ("T-13b", Moot),
            ("T-15", Moot),
            ("T-16", Moot),
            ("T-18", Moot),
        ],
        ..PLAIN
    },
    Row {
        law: law("T-14", "Decree 310 art. 8; MPS procedure art. 180(1)", Mark::V),
        from: &[Accepted, SupplementRequested],
        step: Step::NotFile,
        actor: Receiver,
        says: &[Say::Reason],
        to: Some(NotFiled),
        opens: &["T-15"],
        closes: &[("T-14", Done), ("T-28", Done), ("T-13", Moot), ("T-11", Moot), ("T-13b", Moot)],
        ..PLAIN
    },
    Row {
        law: law("T-15", "应急〔2019〕54号; 公通字〔2016〕16号 art. 4", Mark::S),
        from: &[Filed],
        step: Step::ServeNotice,
        actor: Receiver,
        papers: &[required("FILING_NOTICE")],
        guards: &[Guard::NoticeDue],
        opens: &["T-21"],
        closes: &[("T-15", Done)],
        ..PLAIN
    },
    Row {
        law: law("T-15", "Decree 310 art. 8; 公通字〔2016〕16号 art. 4", Mark::S),
        from: &[NotFiled],
        step: Step::ServeNotice,
        actor: Receiver,
        papers: &[required("NON_FILING_NOTICE")],
        guards: &[Guard::NoticeDue],
        opens: &["T-16"],
        closes: &[("T-15", Done)],
        ..PLAIN
    },
    Row {
        law: law("T-15", "公通字〔2016〕16号 art. 4, 8", Mark::M),
        from: &[Withdrawn],
        step: Step::ServeNotice,
        actor: Receiver,
        guards: &[Guard::NoticeDue],
        closes: &[("T-15", Done)],
        ..PLAIN
    },
    // The agency disagrees.
    Row {
        law: law("T-16", "Decree 310 art. 9(1); MPS procedure art. 181", Mark::V),
        from: &[NotFiled],
        step: Step::RequestReconsideration,
        papers: &[required("RECONSIDERATION_REQUEST")],
        guards: &[Guard::NoticeServed, Guard::Running("T-16")],
        to: Some(Reconsideration),
        opens: &["T-17"],
        closes: &[("T-16", Done)],
        ..PLAIN
    },
    Row {
        law: law("T-17", "Decree 310 art. 9(2); MPS procedure art. 181", Mark::V),
        from: &[Reconsideration],
        step: Step::UpholdNotFiling,
        actor: Receiver,
        says: &[Say::Reason],
        papers: &[required("RECONSIDERATION_DECISION")],
        to: Some(Upheld),
        opens: &["T-18"],
        closes: &[("T-17", Done), ("T-28", Done)],
        ..PLAIN
    },
    Row {
        law: law("T-16", "Decree 310 art. 9(1); 检规 art. 557", Mark::V),
        from: &[NotFiled],
        step: Step::SuggestSupervision,
        papers: &[required("SUPERVISION_SUGGESTION")],
        guards: &[Guard::NoticeServed, Guard::SuggestionInTime],
        to: Some(SupervisionSuggested),
        closes: &[("T-16", Done)],
        effects: &[Effect::OpenSupervision(Ground::NotFiled)],
        ..PLAIN
    },
    Row {
        law: law("T-18", "Decree 310 art. 9(2)", Mark::V),
        from: &[Upheld],
        step: Step::SuggestSupervision,
        papers: &[required("SUPERVISION_SUGGESTION")],
        to: Some(SupervisionSuggested),
        closes: &[("T-18", Done)],
        effects: &[Effect::OpenSupervision(Ground::NotFiled)],
        ..PLAIN
    },
    Row {
        law: law("P-05", "检规 art. 562; Decree 310 art. 17", Mark::V),
        from: &[Accepted, SupplementRequested, Reconsideration],
        step: Step::ReportLate,
        says: &[Say::Reason],
        guards: &[Guard::NoSupervisionOpen],
        effects: &[Effect::OpenSupervision(Ground::Late)],
        ..PLAIN
    },
    Row {
        law: law("T-28", "Decree 310 art. 17", Mark::V),
        from: &[Delivered, RefusedByPolice, Forwarded],
        step: Step::ReportLate,
        says: &[Say::Reason],
        guards: &[Guard::NoSupervisionOpen],
        effects: &[Effect::OpenSupervision(Ground::Late)],
        ..PLAIN
    },
    Row {
        law: law("T-28", "Decree 310 art. 17", Mark::V),
        from: &[
            Delivered,
            RefusedByPolice,
            Forwarded,
            Accepted,
            SupplementRequested,
            Reconsideration,
        ],
        step: Step::OrderToCorrect,
        actor: ReceiverSuperior,
        says: &[Say::WithinDays, Say::Reason],
        opens: &["T-28"],
        ..PLAIN
    },
    Row {
        law: law("T-19", "Decree 310 art. 10", Mark::V),
        from: &[NotFiled, Upheld, SupervisionSuggested],
        step: Step::ResumeAdministrativeCase,
        says: &[Say::Reason],
        guards: &[Guard::NoticeServed, Guard::NoSupervisionOpen],
        to: Some(ReturnedToAgency),
        closes: &[("T-16", Moot), ("T-18", Moot)],
        ..PLAIN
    },
    // After filing: the material follows.
    Row {
        law: law("T-21", "Decree 310 art. 12; Administrative Compulsion Law art. 21", Mark::V),
        from: &[Filed],
        step: Step::HandOver,
        papers: &[required("HAND_OVER_SHEET")],
        guards: &[Guard::NoticeServed, Guard::PartyTold],
        to: Some(MaterialHandedOver),
        closes: &[("T-21", Done)],
        ..PLAIN
    },
    Row {
        law: law("T-22b", "公通字〔2016〕16号 art. 6; 环环监〔2017〕17号 art. 10", Mark::M),
        from: &[Filed, MaterialHandedOver],
        step: Step::AskToKeep,
        actor: Receiver,
        says: &[Say::Storage],
        ..PLAIN
    },
    Row {
        law: law("T-21", "Decree 310 art. 12", Mark::V),
        from: &[MaterialHandedOver],
        step: Step::BeginInvestigation,
        actor: Receiver,
        to: Some(Investigation),
        ..PLAIN
    },
    Row {
        law: law("T-26", "MPS procedure art. 184, 185", Mark::V),
        from: AFTER_FILING,
        step: Step::TransferJurisdiction,
        actor: Receiver,
        says: &[Say::CompetentOrgan, Say::Reason],
        guards: &[Guard::OtherPoliceOrgan, Guard::NotInDispute],
        opens: &["T-26"],
        effects: &[Effect::ShowOrgan],
        ..PLAIN
    },
    Row {
        law: law("T-26", "MPS procedure art. 185", Mark::V),
        from: AFTER_FILING,
        step: Step::CompleteTransfer,
        actor: Receiver,
        papers: &[required("HAND_OVER_SHEET")],
        guards: &[Guard::Open("T-26")],
        closes: &[("T-26", Done)],
        effects: &[Effect::PassToOrgan],
        ..PLAIN
    },
    Row {
        law: law("P-07", "检规 art. 564(3)", Mark::V),
        from: AFTER_FILING,
        step: Step::SendReminder,
        actor: Procuratorate,
        papers: &[required("REMINDER_LETTER")],
        guards: &[Guard::Overdue(&["P-07"])],
        closes: &[("P-07", Done)],
        opens: &["P-07"],
        ..PLAIN
    },
    Row {
        law: law("T-21", "MPS procedure; CPL art. 162", Mark::D),
        from: &[Investigation],
        step: Step::SendForProsecution,
        actor: Receiver,
        to: Some(SentForProsecution),
        closes: &[("P-07", Done), ("T-26", Moot)],
        effects: &[Effect::OpenNext(ProcedureCode::ProsecutionReview)],
        ..PLAIN
    },
    Row {
        law: law("T-25", "公通字〔2016〕16号 art. 8", Mark::M),
        from: AFTER_FILING,
        step: Step::Withdraw,
        actor: Receiver,
        says: &[Say::Reason],
        to: Some(Withdrawn),
        opens: &["T-15"],
        closes: &[("P-07", Done), ("T-15", Moot), ("T-21", Moot), ("T-26", Moot)],
        ..PLAIN
    },
    Row {
        law: law("T-25", "公通字〔2016〕16号 art. 8", Mark::M),
        from: &[Withdrawn],
        step: Step::ReturnFile,
        actor: Receiver,
        to: Some(ReturnedToAgency),
        closes: &[("T-15", Done)],
        effects: &[Effect::OpenReverse(Ground::Withdrawn)],
        ..PLAIN
    },
    Row {
        law: law("T-20", "Decree 310 art. 11; Penalty Law art. 8(2), 57(1)(4)", Mark::V),
        from: OPEN,
        step: Step::RecordPenalty,
        says: &[Say::Penalty],
        guards: &[Guard::NoFine],
        effects: &[Effect::NotePenalty],
        ..PLAIN
    },
    // The leg has ended; the criminal branch of the docket perhaps not.
    Row {
        law: law("T-20", "Decree 310 art. 11(3); Penalty Law art. 35", Mark::V),
        from: &[SentForProsecution, ReturnedToAgency],
        step: Step::RecordPenalty,
        says: &[Say::Penalty],
        guards: &[Guard::FineAllowed],
        effects: &[Effect::NotePenalty],
        ..PLAIN
    },
];
