//! `PROSECUTION_REVIEW`: the procuratorate reviews a case that public security sent for prosecution
//! (LAW.md 3.1 P-16, P-17, P-10).
//!
//! Sender: public security. Receiver: the procuratorate.

use clock::Unit;

use super::{
    Close::{Done, Moot},
    Effect, Guard,
    Overdue::Breach,
    PLAIN, Procedure, Row, Say, Start,
    TermLength::Fixed,
    TermRule, law, length, required, term,
};
use crate::domain::{
    step::StepKind as Step,
    word::{
        Actor::{Agency, Receiver, Sender},
        Ground, Mark, ProcedureCode,
        State::*,
    },
};

/// The procedure.
pub static PROSECUTION_REVIEW: Procedure = Procedure {
    code: ProcedureCode::ProsecutionReview,
    title: "审查起诉 review of a case sent for prosecution",
    starts: &[Start {
        on: None,
        law: law("P-16", "CPL art. 162, 172", Mark::V),
        state: UnderProsecutionReview,
        opens: &["P-16"],
        shows: &[Sender, Receiver, Agency],
    }],
    secret: true,
    finals: &[Prosecuted, NotProsecuted],
    rows: ROWS,
    terms: TERMS,
};

const ROWS: &[Row] = &[
    Row {
        law: law("P-16", "CPL art. 172(1)", Mark::V),
        from: &[UnderProsecutionReview],
        step: Step::ExtendProsecutionReview,
        actor: Receiver,
        says: &[Say::Reason],
        guards: &[Guard::Running("P-16"), Guard::NotExtended("P-16")],
        effects: &[Effect::Extend("P-16", length(15, Unit::Day))],
        ..PLAIN
    },
    Row {
        law: law("P-16", "CPL art. 172(1)", Mark::V),
        from: &[UnderProsecutionReview],
        step: Step::ApplyFastTrack,
        actor: Receiver,
        guards: &[Guard::Running("P-16"), Guard::NotExtended("P-16"), Guard::FastTrackInTime],
        effects: &[Effect::FastTrack],
        ..PLAIN
    },
    Row {
        law: law("P-17", "CPL art. 175(2), (3)", Mark::V),
        from: &[UnderProsecutionReview],
        step: Step::ReturnForInvestigation,
        actor: Receiver,
        says: &[Say::Reason],
        guards: &[Guard::Fewer("P-17", 2)],
        to: Some(SupplementaryInvestigation),
        opens: &["P-17"],
        closes: &[("P-16", Moot)],
        ..PLAIN
    },
    Row {
        law: law("P-17", "CPL art. 175(3); MPS procedure art. 295", Mark::V),
        from: &[SupplementaryInvestigation],
        step: Step::Resubmit,
        to: Some(UnderProsecutionReview),
        opens: &["P-16"],
        closes: &[("P-17", Done)],
        ..PLAIN
    },
    Row {
        law: law("P-16", "CPL art. 176", Mark::V),
        from: &[UnderProsecutionReview],
        step: Step::Prosecute,
        actor: Receiver,
        papers: &[required("INDICTMENT")],
        to: Some(Prosecuted),
        closes: &[("P-16", Done)],
        effects: &[Effect::OpenNext(ProcedureCode::PublicProsecution)],
        ..PLAIN
    },
    Row {
        law: law("P-10", "CPL art. 177; 检规 art. 373-375", Mark::V),
        from: &[UnderProsecutionReview],
        step: Step::NotProsecute,
        actor: Receiver,
        says: &[Say::NonProsecutionGround, Say::Reason, Say::AuthorityIfAny],
        papers: &[required("NON_PROSECUTION_DECISION")],
        to: Some(NotProsecuted),
        closes: &[("P-16", Done)],
        effects: &[Effect::OpenReverse(Ground::NotProsecuted)],
        ..PLAIN
    },
];

const TERMS: &[TermRule] = &[
    term(
        "P-16",
        law("P-16", "CPL art. 172", Mark::V),
        "decide whether to prosecute",
        Receiver,
        Fixed(1, Unit::Month),
        Breach("the decision is late; where the suspect is in custody the measure must change"),
    ),
    term(
        "P-17",
        law("P-17", "CPL art. 175(3); MPS procedure art. 295", Mark::V),
        "finish the supplementary investigation",
        Sender,
        Fixed(1, Unit::Month),
        Breach("the supplementary investigation is late"),
    ),
];
