//! How long a measure lasts, and what may be done with it.

use super::*;
use crate::domain::measure::{Change, Measure, TESTING_DAYS};

fn table() -> &'static Calendar {
    Calendar::embedded()
}

#[track_caller]
fn refused(measure: &Measure, change: Change, on: &str) -> (&'static str, String) {
    told(&measure.change(change, day(on), table()).unwrap_err())
}

#[test]
fn a_prior_registration_lasts_seven_working_days() {
    // Registered on a Monday: Tuesday is the first day; the weekend is not counted.
    let one = measure(MeasureKind::PriorRegistration, "2026-03-02");
    assert_eq!(one.last_day(table()), (day("2026-03-11"), false));
    assert_eq!(one.state_on(day("2026-03-11"), table()), MeasureState::Running);
    assert_eq!(one.state_on(day("2026-03-12"), table()), MeasureState::Expired);
    // Over the Spring Festival of 2026 (15 to 23 February, make-up days 14 and 28).
    let one = measure(MeasureKind::PriorRegistration, "2026-02-12");
    assert_eq!(one.last_day(table()), (day("2026-02-28"), false));
    let later = measure(MeasureKind::PriorRegistration, "2027-06-01");
    assert!(later.last_day(table()).1, "beyond the calendar it is provisional");
}

#[test]
fn a_seizure_lasts_thirty_days_and_its_extension_thirty_more() {
    let one = measure(MeasureKind::Seizure, "2026-03-01");
    assert_eq!(one.last_day(table()), (day("2026-03-31"), false));
    let longer = one.change(Change::Extend(30), day("2026-03-31"), table()).unwrap();
    assert_eq!(longer.last_day(table()).0, day("2026-04-30"));
    assert_eq!(longer.state_on(day("2026-04-30"), table()), MeasureState::Running);
    assert_eq!(longer.state_on(day("2026-05-01"), table()), MeasureState::Expired);
    let (rule, sentence) = refused(&longer, Change::Extend(1), "2026-04-01");
    assert!(rule == "E-05" && sentence.contains("once only"), "{sentence}");
    let shorter = one.change(Change::Extend(5), day("2026-03-10"), table()).unwrap();
    assert_eq!(shorter.last_day(table()).0, day("2026-04-05"), "a Sunday: a hard end");
}

#[test]
fn the_time_of_testing_does_not_count() {
    let one = measure(MeasureKind::Seizure, "2026-03-01");
    let tested = one.change(Change::ExcludeTesting(10), day("2026-03-20"), table()).unwrap();
    let tested = tested.change(Change::ExcludeTesting(5), day("2026-04-05"), table()).unwrap();
    assert_eq!(tested.last_day(table()).0, day("2026-04-15"));
    let (_, sentence) = refused(&tested, Change::ExcludeTesting(TESTING_DAYS), "2026-04-05");
    assert!(sentence.contains("365"), "{sentence}");
}

#[test]
fn a_registration_is_not_made_longer() {
    let one = measure(MeasureKind::PriorRegistration, "2026-03-02");
    for change in [Change::Extend(7), Change::ExcludeTesting(1)] {
        let (rule, sentence) = refused(&one, change, "2026-03-03");
        assert!(rule == "E-04" && sentence.contains("7 working days"), "{sentence}");
    }
}

#[test]
fn what_has_expired_can_only_be_released() {
    let one = measure(MeasureKind::Seizure, "2026-03-01");
    for change in [Change::Extend(30), Change::ExcludeTesting(1)] {
        let (rule, sentence) = refused(&one, change, "2026-04-01");
        assert!(rule == "E-05" && sentence.contains("only be released"), "{sentence}");
    }
    let over = one.change(Change::Release, day("2026-04-01"), table()).unwrap();
    assert_eq!(over.state_on(day("2026-06-01"), table()), MeasureState::Released);
}

#[test]
fn what_is_over_stays_over() {
    let one = measure(MeasureKind::Seizure, "2026-03-01");
    let released = one.change(Change::Release, day("2026-03-05"), table()).unwrap();
    let handed = one.clone().handed_over();
    assert_eq!(handed.state, MeasureState::HandedOver);
    assert_eq!(released.clone().handed_over().state, MeasureState::Released);
    for over in [released, handed] {
        for change in [Change::Extend(1), Change::ExcludeTesting(1), Change::Release] {
            let (_, sentence) = refused(&over, change, "2026-03-06");
            assert!(sentence.contains("already"), "{sentence}");
        }
        assert!(!over.is_open());
    }
}
