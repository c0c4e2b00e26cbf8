//! Duties: counted by the official calendar, standing still, raised once, ended once.

use clock::Unit;

use super::*;
use crate::domain::linkage::P_14;

fn at(text: &str) -> DateTime<Utc> {
    let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    local.and_local_timezone(clock::SHANGHAI).unwrap().to_utc()
}

fn count() -> Count<'static> {
    Count { near_percent: 80, calendar: Calendar::embedded() }
}

fn owed(holder: &AgencyCode, now: DateTime<Utc>) -> Owed<'_> {
    Owed { law: P_14, what: "answer", holder, to: Vec::new(), now }
}

fn answer(from: &str) -> Duty {
    let holder = AgencyCode::parse("PRO").unwrap();
    Duty::lasting(owed(&holder, at(from)), Length::new(7, Unit::Day), count())
}

#[test]
fn seven_days_end_with_the_seventh_day_and_roll_over_to_a_workday() {
    assert_eq!(answer("2026-03-02 10:00").due_at, at("2026-03-10 00:00"));
    // The seventh day is a Sunday.
    assert_eq!(answer("2026-03-08 10:00").due_at, at("2026-03-17 00:00"));
    assert!(answer("2026-12-29 10:00").provisional);
}

#[test]
fn a_duty_that_ends_with_a_day_lasts_the_whole_day() {
    let holder = AgencyCode::parse("PRO").unwrap();
    let day = NaiveDate::from_ymd_opt(2026, 3, 8).unwrap();
    let duty = Duty::until(owed(&holder, at("2026-03-02 00:00")), day, count());
    assert_eq!(duty.due_at, at("2026-03-09 00:00"), "a day that was fixed does not roll over");
    assert_eq!(duty.half_at, at("2026-03-05 12:00"));
    assert!(!duty.is_late(at("2026-03-08 23:59")) && duty.is_late(duty.due_at));
}

#[test]
fn each_rung_is_raised_once_and_in_order() {
    let mut duty = answer("2026-03-02 10:00");
    assert!(duty.raise(duty.half_at - chrono::Duration::milliseconds(1)).is_empty());
    assert_eq!(duty.raise(duty.half_at), [Rung::Half]);
    assert_eq!(duty.raise(duty.due_at), [Rung::Near, Rung::Overdue]);
    assert_eq!((duty.state, duty.next_rung_at()), (DutyState::Missed, None));
    assert!(duty.raise(at("2026-04-01 00:00")).is_empty());
    duty.end(Ending::Done, at("2026-04-01 00:00"));
    assert_eq!(duty.state, DutyState::Missed, "done late is not kept");
}

#[test]
fn a_term_that_stands_still_raises_nothing_and_moves_by_the_days_it_stood() {
    let mut duty = answer("2026-03-02 10:00");
    duty.suspend(at("2026-03-04 10:00"));
    assert!(duty.raise(at("2026-03-20 10:00")).is_empty());
    assert!(!duty.is_late(at("2026-03-20 10:00")));
    let still = duty.clone();
    duty.count(count());
    assert_eq!(duty, still, "what stands still is not counted");
    duty.resume(at("2026-03-06 10:00"), count());
    assert_eq!((duty.state, duty.due_at), (DutyState::Running, at("2026-03-12 00:00")));
    assert!(duty.half_at > at("2026-03-06 10:00"), "the time it stood still is not half gone");
    duty.end(Ending::Done, at("2026-03-11 23:59"));
    assert_eq!(duty.state, DutyState::Kept);
}

#[test]
fn what_was_missed_is_not_suspended_and_what_has_ended_does_not_end_again() {
    let mut duty = answer("2026-03-02 10:00");
    duty.raise(duty.due_at);
    duty.suspend(duty.due_at);
    assert_eq!(duty.state, DutyState::Missed);
    let mut moot = answer("2026-03-02 10:00");
    moot.end(Ending::Moot, at("2026-03-03 10:00"));
    moot.end(Ending::Done, at("2026-03-04 10:00"));
    assert_eq!((moot.state, moot.ended_at), (DutyState::Lapsed, Some(at("2026-03-03 10:00"))));
}
