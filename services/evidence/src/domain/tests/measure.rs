//! How long a measure lasts, and what may be done with it.

use super::*;
use crate::domain::{
    measure::{Measure, Step, TESTING_DAYS},
    word::MeasureChange,
};

fn table() -> &'static Calendar {
    Calendar::embedded()
}

/// A step with what it needs.
fn step(change: MeasureChange, days: u32) -> Step {
    let (extends, seizes) = (change == MeasureChange::Extend, change == MeasureChange::Seize);
    Step {
        change,
        days,
        reason: "案情复杂".to_owned(),
        officer: "MKT-01".to_owned(),
        approved_by: if extends || seizes { "MKT-03".to_owned() } else { String::new() },
        decision_no: if seizes { "扣2".to_owned() } else { String::new() },
        at: monday(),
    }
}

fn extend(days: u32) -> Step {
    step(MeasureChange::Extend, days)
}

fn exclude(days: u32) -> Step {
    step(MeasureChange::ExcludeTesting, days)
}

fn release() -> Step {
    step(MeasureChange::Release, 0)
}

fn seize() -> Step {
    step(MeasureChange::Seize, 0)
}

#[track_caller]
fn refused(measure: &Measure, step: Step, on: &str) -> (&'static str, String) {
    told(&measure.change(step, day(on), table()).unwrap_err())
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
    let longer = one.change(extend(30), day("2026-03-31"), table()).unwrap();
    assert_eq!(longer.last_day(table()).0, day("2026-04-30"));
    assert_eq!(longer.state_on(day("2026-04-30"), table()), MeasureState::Running);
    assert_eq!(longer.state_on(day("2026-05-01"), table()), MeasureState::Expired);
    let (rule, sentence) = refused(&longer, extend(1), "2026-04-01");
    assert!(rule == "E-05" && sentence.contains("once only"), "{sentence}");
    let shorter = one.change(extend(5), day("2026-03-10"), table()).unwrap();
    assert_eq!(shorter.last_day(table()).0, day("2026-04-05"), "a Sunday: a hard end");
}

#[test]
fn the_time_of_testing_does_not_count() {
    let one = measure(MeasureKind::Seizure, "2026-03-01");
    let tested = one.change(exclude(10), day("2026-03-20"), table()).unwrap();
    let tested = tested.change(exclude(5), day("2026-04-05"), table()).unwrap();
    assert_eq!(tested.last_day(table()).0, day("2026-04-15"));
    let (_, sentence) = refused(&tested, exclude(TESTING_DAYS), "2026-04-05");
    assert!(sentence.contains("365"), "{sentence}");
}

#[test]
fn a_registration_is_not_made_longer() {
    let one = measure(MeasureKind::PriorRegistration, "2026-03-02");
    for change in [extend(7), exclude(1)] {
        let (rule, sentence) = refused(&one, change, "2026-03-03");
        assert!(rule == "E-04" && sentence.contains("7 working days"), "{sentence}");
    }
}

#[test]
fn what_has_expired_can_only_be_released() {
    let one = measure(MeasureKind::Seizure, "2026-03-01");
    for change in [extend(30), exclude(1)] {
        let (rule, sentence) = refused(&one, change, "2026-04-01");
        assert!(rule == "E-05" && sentence.contains("only be released"), "{sentence}");
    }
    let over = one.change(release(), day("2026-04-01"), table()).unwrap();
    assert_eq!(over.state_on(day("2026-06-01"), table()), MeasureState::Released);
}

#[test]
fn what_is_over_stays_over() {
    let one = measure(MeasureKind::Seizure, "2026-03-01");
    let released = one.change(release(), day("2026-03-05"), table()).unwrap();
    let handed = one.clone().handed_over();
    assert_eq!(handed.state, MeasureState::HandedOver);
    assert_eq!(released.clone().handed_over().state, MeasureState::Released);
    let disposed = one.clone().disposed();
    assert_eq!(disposed.state, MeasureState::Disposed);
    for over in [released, handed, disposed] {
        for change in [extend(1), exclude(1), release()] {
            let (_, sentence) = refused(&over, change, "2026-03-06");
            assert!(sentence.contains("already"), "{sentence}");
        }
        assert!(!over.is_open());
    }
}

#[test]
fn each_step_is_kept_with_who_approved_it_and_why() {
    let one = measure(MeasureKind::Seizure, "2026-03-01");
    let longer = one.change(extend(30), day("2026-03-10"), table()).unwrap();
    let tested = longer.change(exclude(5), day("2026-03-11"), table()).unwrap();
    let over = tested.change(release(), day("2026-03-12"), table()).unwrap();
    assert_eq!(over.steps, [extend(30), exclude(5), release()]);
    assert_eq!(over.steps[0].approved_by, "MKT-03");
    let before = r#"{"kind":"SEIZURE","start":"2026-03-01","decision_no":"1","approved_by":"MKT-04",
        "extension_days":0,"testing_days":0,"state":"RUNNING"}"#;
    let before: Measure = serde_json::from_str(before).unwrap();
    assert_eq!(before, one, "a measure of before has no steps");
}

#[test]
fn a_registration_becomes_a_seizure_within_its_seven_days() {
    let one = measure(MeasureKind::PriorRegistration, "2026-03-02");
    let seized = one.change(seize(), day("2026-03-11"), table()).unwrap();
    assert_eq!((seized.kind, seized.start), (MeasureKind::Seizure, day("2026-03-11")));
    assert_eq!((seized.decision_no.as_str(), seized.approved_by.as_str()), ("扣2", "MKT-03"));
    assert_eq!(seized.last_day(table()).0, day("2026-04-10"));
    assert_eq!(seized.steps, [seize()]);
    let (rule, sentence) = refused(&one, seize(), "2026-03-12");
    assert!(rule == "E-04" && sentence.contains("only be released"), "{sentence}");
    let (rule, sentence) = refused(&seized, seize(), "2026-03-12");
    assert!(rule == "E-05" && sentence.contains("a seizure already"), "{sentence}");
}
