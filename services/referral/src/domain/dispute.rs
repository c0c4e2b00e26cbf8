//! A dispute over who is competent, as far as a case must know of it: while it is open nobody passes
//! the case on (J-07), and every duty and every term goes on as if there were none (J-05).

use chrono::{DateTime, Utc};
use types::AgencyCode;

use super::{procedure::Law, step::StepKind, word::Mark};

/// What a receiver must not do while a dispute is open.
pub const J_07: Law =
    Law {
        rule: "J-07", basis: "Xiangshan County 行政执法争议协调办法 2021", mark: Mark::S
    };

/// The steps with which a receiver passes a case on: only for these a case must know of a dispute.
pub const PASSES_ON: [StepKind; 3] =
    [StepKind::Forward, StepKind::Redirect, StepKind::TransferJurisdiction];

/// A dispute over one docket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// `disputes/{uuid}` of the arbitration service.
    pub name: String,
    /// The body that acts meanwhile; once it has ended, the body found competent.
    pub acting: AgencyCode,
    /// When this service heard of it.
    pub opened_at: DateTime<Utc>,
    /// When this service heard of its end; `None` while it is open.
    pub ended_at: Option<DateTime<Utc>>,
}

/// What the arbitration service tells.
#[derive(Clone, Debug)]
pub struct Told {
    /// `disputes/{uuid}`.
    pub name: String,
    /// Whether it is open.
    pub open: bool,
    /// Who acts.
    pub acting: AgencyCode,
    /// When it is told.
    pub now: DateTime<Utc>,
}

/// What is new in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It was opened.
    Opened,
    /// Another body acts meanwhile.
    Acting,
    /// It has ended.
    Ended,
}

/// The dispute after what was told, and what is new; `None`: nothing is.
///
/// What was told late changes nothing: a dispute that has ended is not opened again.
pub fn hear(known: Option<&Dispute>, told: Told) -> Option<(Dispute, Change)> {
    let Told { name, open, acting, now } = told;
    let ended_at = (!open).then_some(now);
    let Some(known) = known else {
        let change = if open { Change::Opened } else { Change::Ended };
        return Some((Dispute { name, acting, opened_at: now, ended_at }, change));
    };
    if known.ended_at.is_some() || (open && known.acting == acting) {
        return None;
    }
    let change = if open { Change::Acting } else { Change::Ended };
    Some((Dispute { acting, ended_at, ..known.clone() }, change))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        procedure::{Guard, Procedure},
        word::ProcedureCode,
    };

    fn told(open: bool, acting: &str, hour: u32) -> Told {
        Told {
            name: "disputes/1".to_owned(),
            open,
            acting: AgencyCode::parse(acting).unwrap(),
            now: format!("2026-03-02T{hour:02}:00:00Z").parse().unwrap(),
        }
    }

    #[test]
    fn a_dispute_opens_changes_who_acts_and_ends_each_once() {
        let (opened, change) = hear(None, told(true, "MKT", 1)).unwrap();
        assert_eq!((change, opened.ended_at), (Change::Opened, None));
        assert_eq!(hear(Some(&opened), told(true, "MKT", 2)), None, "told again");
        let (other, change) = hear(Some(&opened), told(true, "ECO", 3)).unwrap();
        assert_eq!((change, other.acting.as_str()), (Change::Acting, "ECO"));
        assert_eq!(other.opened_at, opened.opened_at);
        let (ended, change) = hear(Some(&other), told(false, "ECO", 4)).unwrap();
        assert_eq!((change, ended.ended_at), (Change::Ended, Some(told(false, "ECO", 4).now)));
        for late in [told(true, "MKT", 5), told(false, "MKT", 6)] {
            assert_eq!(hear(Some(&ended), late), None, "it has ended");
        }
        let (unheard, change) = hear(None, told(false, "MKT", 7)).unwrap();
        assert_eq!((change, unheard.ended_at.is_some()), (Change::Ended, true));
    }

    #[test]
    fn the_rows_that_ask_for_a_dispute_are_those_that_pass_a_case_on() {
        for code in ProcedureCode::ALL {
            for row in Procedure::of(*code).rows {
                let asks = row.guards.contains(&Guard::NoDispute);
                assert_eq!(asks, PASSES_ON.contains(&row.step), "{code} {}", row.step);
            }
        }
    }
}
