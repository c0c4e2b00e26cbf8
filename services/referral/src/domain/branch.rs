//! How the criminal and the administrative branch of a docket stand, across all its legs: no fine while
//! the criminal branch is open, set-off afterwards (Decree 310 art. 11, LAW.md 1.1).

use super::{
    leg::{Docket, Leg},
    step::{PenaltyKind, StepKind},
    word::{ProcedureCode, State, words},
};

/// The steps for which the branches must be known.
pub const ASKED_BY: [StepKind; 3] =
    [StepKind::RecordPenalty, StepKind::PronounceJudgment, StepKind::DecideAppeal];

words! {
    /// How the criminal branch stands.
    Criminal {
        /// Nothing was referred, and nothing is before a criminal organ.
        Absent = "NONE",
        /// From the suspicion on.
        Open = "OPEN",
        /// The last criminal organ has decided.
        Ended = "ENDED",
    }
}

words! {
    /// How the administrative branch stands.
    Administrative {
        /// No fine may be decided (Decree 310 art. 11(1)).
        Held = "HELD",
        /// The agency goes on.
        Open = "OPEN",
        /// The docket is closed.
        Ended = "ENDED",
    }
}

/// Both branches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Branches {
    /// The criminal one.
    pub criminal: Criminal,
    /// How it ended, as a word of a state or a verdict; empty while it is open.
    pub outcome: &'static str,
    /// The administrative one.
    pub administrative: Administrative,
    /// Fines of agencies on the same facts: fen.
    pub fines_fen: i64,
    /// The fine of an effective judgment: fen.
    pub court_fine_fen: i64,
}

/// A docket in which nothing happened yet.
pub const NOTHING: Branches = Branches {
    criminal: Criminal::Absent,
    outcome: "",
    administrative: Administrative::Open,
    fines_fen: 0,
    court_fine_fen: 0,
};

/// The branches of a docket with all its legs, oldest first.
pub fn of(docket: &Docket, legs: &[Leg]) -> Branches {
    let fines = docket.penalties.iter().filter(|one| one.kind == PenaltyKind::Fine);
    let criminal: Vec<&Leg> = legs.iter().filter(|leg| is_criminal(leg)).collect();
    let open = criminal.iter().any(|leg| is_open(leg));
    // The furthest leg tells how the branch ended, the newest of its procedure.
    let last = criminal.iter().max_by_key(|leg| (leg.procedure, leg.updated_at));
    let effective = criminal.iter().filter(|leg| !is_open(leg)).filter_map(|leg| leg.judged);
    Branches {
        criminal: match last {
            None => Criminal::Absent,
            Some(_) if open => Criminal::Open,
            Some(_) => Criminal::Ended,
        },
        outcome: last.filter(|_| !open).map_or("", |leg| {
            leg.judged.map_or(leg.state.as_str(), |judged| judged.verdict.as_str())
        }),
        administrative: if docket.close_reason.is_some() {
            Administrative::Ended
        } else if open {
            Administrative::Held
        } else {
            Administrative::Open
        },
        fines_fen: fines.map(|one| one.amount_fen).fold(0, i64::saturating_add),
        court_fine_fen: effective.map(|judged| judged.fine_fen).fold(0, i64::saturating_add),
    }
}

/// Whether a leg is part of the criminal branch.
pub fn is_criminal(leg: &Leg) -> bool {
    match leg.procedure {
        ProcedureCode::CriminalReferral
        | ProcedureCode::ProsecutionReview
        | ProcedureCode::PublicProsecution => true,
        ProcedureCode::FilingSupervision
        | ProcedureCode::ReverseReferral
        | ProcedureCode::CourtEnforcement
        | ProcedureCode::DutyCrimeLead
        | ProcedureCode::JudicialAdvice => false,
    }
}

/// An effective judgment ends the branch, whatever formalities follow.
fn is_open(leg: &Leg) -> bool {
    !leg.is_final() && leg.state != State::JudgmentEffective
}
