//! `COURT_ENFORCEMENT`: an agency asks the court to enforce its penalty decision (LAW.md 3.2 C-08, C-08b).
//!
//! Sender: the agency. Receiver: the court. Periods of ten days and less are working days
//! (Administrative Compulsion Law art. 69).

use clock::Unit;

use super::{
    Close::Done,
    Effect, Guard,
    Overdue::{Breach, Lapse},
    PLAIN, Procedure, Row, Say, Start,
    TermLength::{Fixed, Since},
    TermRule, law, length, required, term,
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
pub static COURT_ENFORCEMENT: Procedure = Procedure {
    code: ProcedureCode::CourtEnforcement,
    title: "申请法院强制执行 enforcement of a penalty decision by the court",
    starts: &[Start {
        on: None,
        law: law("C-08", "Administrative Compulsion Law art. 53; Penalty Law art. 72", Mark::V),
        state: Unfulfilled,
        opens: &[],
        shows: &[Sender],
    }],
    secret: false,
    finals: &[Performed, Concluded, ApplicationRejected, EnforcementGranted, NonExecutionServed],
    rows: ROWS,
    terms: TERMS,
};

const ROWS: &[Row] = &[
    Row {
        law: law("C-08", "Administrative Compulsion Law art. 53, 54", Mark::V),
        from: &[Unfulfilled],
        step: Step::RemindParty,
        says: &[Say::PeriodEnd],
        papers: &[required("REMINDER_NOTICE")],
        to: Some(Reminded),
        opens: &["C-08-REMIND", "C-08"],
        ..PLAIN
    },
    Row {
        law: law("C-08", "Administrative Compulsion Law art. 53-55", Mark::V),
        from: &[Reminded],
        step: Step::ApplyForEnforcement,
        papers: &[required("EXECUTION_APPLICATION"), required("PENALTY_DECISION")],
        guards: &[Guard::Passed("C-08-REMIND"), Guard::Running("C-08")],
        to: Some(EnforcementApplied),
        opens: &["C-08b-ACCEPT"],
        closes: &[("C-08", Done)],
        effects: &[Effect::Show(Receiver)],
        ..PLAIN
    },
    Row {
        law: law("C-08", "Administrative Compulsion Law art. 54", Mark::V),
        from: &[Unfulfilled, Reminded, EnforcementApplied, UnderExamination, PartiesHeard],
        step: Step::RecordPerformance,
        says: &[Say::Reason],
        to: Some(Performed),
        ..PLAIN
    },
    // The right has lapsed, or the agency makes no use of it.
    Row {
        law: law("C-08", "Administrative Compulsion Law art. 53", Mark::V),
        from: &[Unfulfilled, Reminded],
        step: Step::Conclude,
        says: &[Say::Reason],
        to: Some(Concluded),
        ..PLAIN
    },
    Row {
        law: law("C-08b", "Administrative Compulsion Law art. 56", Mark::V),
        from: &[EnforcementApplied],
        step: Step::AcceptApplication,
        actor: Receiver,
        says: &[Say::CaseNo],
        to: Some(UnderExamination),
        opens: &["C-08b"],
        closes: &[("C-08b-ACCEPT", Done)],
        ..PLAIN
    },
    Row {
        law: law("C-08b", "Administrative Compulsion Law art. 56", Mark::V),
        from: &[EnforcementApplied],
        step: Step::RejectApplication,
        actor: Receiver,
        says: &[Say::Reason],
        to: Some(ApplicationRejected),
        closes: &[("C-08b-ACCEPT", Done)],
        ..PLAIN
    },
    Row {
        law: law("C-08b", "Administrative Compulsion Law art. 58", Mark::V),
        from: &[UnderExamination],
        step: Step::HearParties,
        actor: Receiver,
        says: &[Say::Reason],
        guards: &[Guard::Running("C-08b")],
        to: Some(PartiesHeard),
        effects: &[Effect::Relength("C-08b", length(30, Unit::Day))],
        ..PLAIN
    },
    Row {
        law: law("C-08b", "Administrative Compulsion Law art. 57, 58", Mark::V),
        from: &[UnderExamination, PartiesHeard],
        step: Step::GrantEnforcement,
        actor: Receiver,
        papers: &[required("EXECUTION_RULING")],
        to: Some(EnforcementGranted),
        closes: &[("C-08b", Done)],
        ..PLAIN
    },
    Row {
        law: law("C-08b", "Administrative Compulsion Law art. 58", Mark::V),
        from: &[UnderExamination, PartiesHeard],
        step: Step::RefuseEnforcement,
        actor: Receiver,
        says: &[Say::Reason],
        papers: &[required("EXECUTION_RULING")],
        to: Some(NonExecutionRuled),
        opens: &["C-08b-SERVE"],
        closes: &[("C-08b", Done)],
        ..PLAIN
    },
    Row {
        law: law("C-08b", "Administrative Compulsion Law art. 58", Mark::V),
        from: &[NonExecutionRuled],
        step: Step::ServeRuling,
        actor: Receiver,
        to: Some(NonExecutionServed),
        closes: &[("C-08b-SERVE", Done)],
        ..PLAIN
    },
];

const TERMS: &[TermRule] = &[
    term(
        "C-08-REMIND",
        law("C-08", "Administrative Compulsion Law art. 54, 69", Mark::V),
        "wait for the party, who was reminded",
        Sender,
        Fixed(10, Unit::WorkingDay),
        Lapse("the agency may apply to the court"),
    ),
    term(
        "C-08",
        law("C-08", "Administrative Compulsion Law art. 53", Mark::V),
        "apply to the court for enforcement",
        Sender,
        Since(3, Unit::Month),
        Lapse("the right to apply lapses"),
    ),
    term(
        "C-08b-ACCEPT",
        law("C-08b", "Administrative Compulsion Law art. 56, 69", Mark::V),
        "accept the application, or not",
        Receiver,
        Fixed(5, Unit::WorkingDay),
        Breach("the acceptance is late"),
    ),
    term(
        "C-08b",
        law("C-08b", "Administrative Compulsion Law art. 57, 58, 69", Mark::V),
        "rule on the enforcement",
        Receiver,
        Fixed(7, Unit::WorkingDay),
        Breach("the ruling is late"),
    ),
    term(
        "C-08b-SERVE",
        law("C-08b", "Administrative Compulsion Law art. 58, 69", Mark::V),
        "serve the ruling of non-execution on the agency",
        Receiver,
        Fixed(5, Unit::WorkingDay),
        Breach("the service is late"),
    ),
];
