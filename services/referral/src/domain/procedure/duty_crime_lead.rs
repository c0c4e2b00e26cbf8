//! `DUTY_CRIME_LEAD`: the lead of a duty crime goes to the supervisory organ, or to the procuratorate
//! (LAW.md 1.3 T-23).
//!
//! Only sender and receiver see it: a superior may be who it is about.

use super::{
    Close::Done, Effect, Overdue::Breach, PLAIN, Procedure, Row, Say, Start, TermLength::Target,
    TermRule, law, required, term,
};
use crate::domain::{
    step::StepKind as Step,
    word::{
        Actor::{Receiver, Sender},
        Mark, ProcedureCode,
        State::*,
    },
};

/// The procedure.
pub static DUTY_CRIME_LEAD: Procedure = Procedure {
    code: ProcedureCode::DutyCrimeLead,
    title: "职务犯罪线索移送 lead of a duty crime",
    starts: &[Start {
        on: None,
        law: law("T-23", "Decree 310 art. 19", Mark::V),
        state: LeadFound,
        opens: &["T-23"],
        shows: &[Sender],
    }],
    secret: false,
    finals: &[LeadAcknowledged, LeadReturned],
    rows: ROWS,
    terms: TERMS,
};

const ROWS: &[Row] = &[
    Row {
        law: law("T-23", "Decree 310 art. 19", Mark::V),
        from: &[LeadFound],
        step: Step::TransferLead,
        says: &[Say::Reason],
        papers: &[required("LEAD_LETTER")],
        to: Some(LeadTransferred),
        closes: &[("T-23", Done)],
        effects: &[Effect::Show(Receiver)],
        ..PLAIN
    },
    Row {
        law: law("T-23", "Decree 310 art. 19", Mark::V),
        from: &[LeadTransferred],
        step: Step::AcknowledgeLead,
        actor: Receiver,
        to: Some(LeadAcknowledged),
        ..PLAIN
    },
    Row {
        law: law("T-23", "Decree 310 art. 19", Mark::V),
        from: &[LeadTransferred],
        step: Step::ReturnLead,
        actor: Receiver,
        says: &[Say::CompetentOrgan, Say::Reason],
        to: Some(LeadReturned),
        ..PLAIN
    },
];

const TERMS: &[TermRule] = &[term(
    "T-23",
    law("T-23", "Decree 310 art. 19", Mark::D),
    "transfer the lead",
    Sender,
    Target,
    Breach("a service target: the text names no period"),
)];
