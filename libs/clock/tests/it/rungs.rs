//! The warnings on the way to a due date.

use chrono::Duration;
use clock::{Rungs, rungs};
use proptest::prelude::*;

use crate::at;

#[test]
fn a_day_warns_after_half_of_it_after_the_share_and_at_its_end() {
    let start = at("2026-11-20 09:00:00");
    assert_eq!(
        rungs(start, at("2026-11-21 09:00:00"), 75),
        Rungs {
            half_at: at("2026-11-20 21:00:00"),
            near_at: at("2026-11-21 03:00:00"),
            overdue_at: at("2026-11-21 09:00:00"),
        }
    );
}

#[test]
fn a_term_without_time_warns_of_everything_at_its_end() {
    let due = at("2026-11-20 09:00:00");
    for start in [due, due + Duration::days(3)] {
        let rungs = rungs(start, due, 80);
        assert_eq!((rungs.half_at, rungs.near_at, rungs.overdue_at), (due, due, due));
    }
}

#[test]
fn all_the_time_of_chrono_does_not_overflow() {
    use chrono::{DateTime, Utc};
    let rungs = rungs(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, 80);
    assert!(rungs.half_at < rungs.near_at && rungs.near_at < rungs.overdue_at);
}

proptest! {
    #[test]
    fn warnings_are_in_order_and_within_the_term(millis in 0_i64..40_000_000_000, percent: u8) {
        let start = at("2026-11-20 09:00:00");
        let due = start + Duration::milliseconds(millis);
        let rungs = rungs(start, due, percent);
        prop_assert!(start <= rungs.half_at && rungs.half_at <= rungs.near_at);
        prop_assert!(rungs.near_at <= rungs.overdue_at && rungs.overdue_at == due);
        prop_assert!(percent < 100 || rungs.near_at == due);
        prop_assert!(percent > 50 || rungs.near_at == rungs.half_at);
    }
}
