//! `JUDICIAL_ADVICE`: a court or the procuratorate writes to a body (LAW.md 3.2 C-06, C-06b, C-09; 3.1 P-09).
//!
//! Sender: the court, or the procuratorate where it wants a referral. Receiver: the addressee.

use clock::Unit;

use super::{
    Close::Done,
    Effect, Guard,
    Overdue::Breach,
    PLAIN, Procedure, Row, Say, Start,
    TermLength::{BySector, Fixed},
    TermRule, law, required, term,
};
use crate::domain::{
    step::StepKind as Step,
    word::{
        Actor::{Receiver, ReceiverSuperior, Sender},
        Ground, Mark, ProcedureCode, Rank,
        State::*,
    },
};

/// The procedure.
pub static JUDICIAL_ADVICE: Procedure = Procedure {
    code: ProcedureCode::JudicialAdvice,
    title: "司法建议、检察意见 judicial advice, opinion to refer, and a crime found in court",
    starts: &[
        Start {
            on: Some(Ground::Governance),
            law: law("C-06", "法释〔2023〕11号 art. 1", Mark::V),
            state: AdviceDrafted,
            opens: &[],
            shows: &[Sender],
        },
        Start {
            on: Some(Ground::ReferralWanted),
            law: law("P-09", "检规 art. 557(3)", Mark::V),
            state: AdviceDrafted,
            opens: &[],
            shows: &[Sender],
        },
        Start {
            on: Some(Ground::CrimeFound),
            law: law("C-09", "Administrative Litigation Law art. 66", Mark::V),
            state: CrimeFound,
            opens: &[],
            shows: &[Sender],
        },
    ],
    secret: false,
    finals: &[AdviceReplied, TransferAcknowledged],
    rows: ROWS,
    terms: TERMS,
};

const GOVERNANCE: Guard = Guard::Ground(&[Ground::Governance]);
const REFERRAL_WANTED: Guard = Guard::Ground(&[Ground::ReferralWanted]);

const ROWS: &[Row] = &[
    Row {
        law: law("C-06", "法释〔2023〕11号 art. 1-8", Mark::V),
        from: &[AdviceDrafted],
        step: Step::SendAdvice,
        officer: Rank::Head,
        papers: &[required("JUDICIAL_ADVICE")],
        guards: &[GOVERNANCE],
        to: Some(AdviceSent),
        opens: &["C-06b"],
        effects: &[Effect::Show(Receiver)],
        ..PLAIN
    },
    Row {
        law: law("C-06b", "法释〔2023〕11号 art. 8", Mark::V),
        from: &[AdviceSent],
        step: Step::ReplyToAdvice,
        actor: Receiver,
        says: &[Say::Answer],
        guards: &[GOVERNANCE],
        to: Some(AdviceReplied),
        closes: &[("C-06b", Done)],
        ..PLAIN
    },
    Row {
        law: law("C-06b", "法释〔2023〕11号 art. 9", Mark::V),
        from: &[AdviceSent],
        step: Step::CopyToSuperior,
        says: &[Say::Reason],
        guards: &[GOVERNANCE, Guard::Overdue(&["C-06b"])],
        effects: &[Effect::Show(ReceiverSuperior)],
        ..PLAIN
    },
    Row {
        law: law("P-09", "检规 art. 557(3)", Mark::V),
        from: &[AdviceDrafted],
        step: Step::SendAdvice,
        officer: Rank::ChiefProcurator,
        papers: &[required("PROCURATORIAL_OPINION_REFER")],
        guards: &[REFERRAL_WANTED],
        to: Some(AdviceSent),
        opens: &["P-09b"],
        effects: &[Effect::Show(Receiver)],
        ..PLAIN
    },
    Row {
        law: law("P-09b", "环环监〔2017〕17号", Mark::S),
        from: &[AdviceSent],
        step: Step::ReplyToAdvice,
        actor: Receiver,
        says: &[Say::Answer],
        guards: &[REFERRAL_WANTED],
        to: Some(AdviceReplied),
        closes: &[("P-09b", Done)],
        ..PLAIN
    },
    Row {
        law: law("C-09", "Administrative Litigation Law art. 66", Mark::V),
        from: &[CrimeFound],
        step: Step::TransferCrime,
        says: &[Say::Reason],
        papers: &[required("TRANSFER_LETTER")],
        to: Some(CrimeTransferred),
        effects: &[Effect::Show(Receiver)],
        ..PLAIN
    },
    Row {
        law: law("C-09", "Administrative Litigation Law art. 66", Mark::V),
        from: &[CrimeTransferred],
        step: Step::AcknowledgeTransfer,
        actor: Receiver,
        to: Some(TransferAcknowledged),
        ..PLAIN
    },
];

const TERMS: &[TermRule] = &[
    term(
        "C-06b",
        law("C-06b", "法释〔2023〕11号 art. 8", Mark::V),
        "reply to the advice in writing",
        Receiver,
        Fixed(2, Unit::Month),
        Breach("the court may copy the advice to the superior (art. 9)"),
    ),
    term(
        "P-09b",
        law("P-09b", "环环监〔2017〕17号", Mark::S),
        "refer the case, and reply to the procuratorate",
        Receiver,
        BySector(3, Unit::Day),
        Breach("filing supervision, and notice to public security (P-09)"),
    ),
];
