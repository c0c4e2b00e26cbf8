//! A dispute over who is competent, as far as a case must know of it: while it is open none of its
//! parties passes the case on (J-07), and every duty and every term goes on as if there were none (J-05).

use chrono::{DateTime, Utc};
use types::AgencyCode;

use super::{procedure::Law, step::StepKind, word::Mark};

/// What a receiver must not do while a dispute is open to which it is a party.
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
    /// Between whom.
    pub parties: Vec<AgencyCode>,
    /// The body that acts meanwhile; once it has ended, the body found competent, if there is one.
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
    /// Its parties.
    pub parties: Vec<AgencyCode>,
    /// Who acts; once it has ended, who was found competent, if anybody was.
    pub acting: Option<AgencyCode>,
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
    /// It has ended: a body was found competent.
    Ended,
    /// It has ended, and nobody was found competent.
    Dropped,
}

/// The dispute after what was told, and what is new; `None`: nothing is.
///
/// What was told late changes nothing: a dispute that has ended is not opened again.
pub fn hear(known: Option<&Dispute>, told: Told) -> Option<(Dispute, Change)> {
    let Told { name, open, parties, acting, now } = told;
    let ended_at = (!open).then_some(now);
    let Some(known) = known else {
        // Of a dispute that nobody heard of, and that found nobody competent, there is nothing to say.
        let acting = acting?;
        let change = if open { Change::Opened } else { Change::Ended };
        return Some((Dispute { name, parties, acting, opened_at: now, ended_at }, change));
    };
    if known.ended_at.is_some() || (open && acting.as_ref() == Some(&known.acting)) {
        return None;
    }
    let change = match (open, &acting) {
        (true, _) => Change::Acting,
        (false, Some(_)) => Change::Ended,
        (false, None) => Change::Dropped,
    };
    let acting = acting.unwrap_or_else(|| known.acting.clone());
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
            parties: ["MKT", "ECO"].map(|code| AgencyCode::parse(code).unwrap()).to_vec(),
            acting: AgencyCode::parse(acting),
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
    fn a_dispute_that_ends_without_a_competent_body_is_told_apart() {
        let (opened, _) = hear(None, told(true, "MKT", 1)).unwrap();
        let (dropped, change) = hear(Some(&opened), told(false, "", 2)).unwrap();
        assert_eq!((change, dropped.acting.as_str()), (Change::Dropped, "MKT"));
        assert!(dropped.ended_at.is_some());
        assert_eq!(hear(None, told(false, "", 3)), None, "nobody heard of it");
    }

    #[test]
    fn the_rows_that_ask_for_a_dispute_are_those_that_pass_a_case_on() {
        for code in ProcedureCode::ALL {
            for row in Procedure::of(*code).rows {
                let asks = row.guards.contains(&Guard::NotInDispute);
                assert_eq!(asks, PASSES_ON.contains(&row.step), "{code} {}", row.step);
            }
        }
    }
}
