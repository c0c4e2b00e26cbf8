//! Who asks whom, for how long, and what an answer, a question back and a withdrawal do to the term.

use chrono::Duration;
use clock::Calendar;

use super::*;
use crate::domain::{body::testing::county, duty::DutyState, settings, word::Rung};

fn code(text: &str) -> AgencyCode {
    AgencyCode::parse(text).unwrap()
}

fn monday() -> DateTime<Utc> {
    "2026-03-02T02:00:00Z".parse().unwrap()
}

fn count() -> Count<'static> {
    Count { near_percent: 80, calendar: Calendar::embedded() }
}

fn settings() -> Settings {
    settings::Settings::defaults().linkage
}

fn asked(asker: &str, asked: &str) -> Result<Consultation, Refusal> {
    asked_under(&settings(), asker, asked)
}

fn asked_under(settings: &Settings, asker: &str, asked: &str) -> Result<Consultation, Refusal> {
    let question = Question {
        name: "consultations/1".to_owned(),
        asker: code(asker),
        asked: code(asked),
        docket: String::new(),
        question: "是否构成犯罪".to_owned(),
        attachments: Vec::new(),
        now: monday(),
    };
    let mut bodies = county();
    let office = bodies.get(&code("JUS")).unwrap().clone();
    let office = crate::domain::body::Body { kind: "PARTY_OFFICE".to_owned(), ..office };
    bodies.0.insert(code("OEO"), office);
    ask(question, (&bodies, settings), count())
}

fn between_agency_and_procuratorate() -> Consultation {
    asked("MKT", "PRO").unwrap()
}

#[test]
fn it_goes_between_enforcement_and_justice_both_ways() {
    for (asker, other, rule) in [
        ("MKT", "PRO", "P-14"),
        ("MKT", "PSB", "SEED-14"),
        ("TG-T01", "PSB", "SEED-14"),
        ("PSB", "MKT", "SEED-14"),
        ("PRO", "TG-T01", "SEED-14"),
    ] {
        let one = asked(asker, other).unwrap();
        assert_eq!(one.duties[0].rule, rule, "{asker} {other}");
        assert_eq!(one.duties[0].holder.as_str(), other);
        assert_eq!(one.duties[0].length.as_deref(), Some("7 DAY"));
    }
}

#[test]
fn who_is_no_side_of_it_neither_asks_nor_is_asked() {
    for (asker, other, rule) in [
        ("MKT", "TG-T01", "SEED-14"),
        ("PSB", "PRO", "SEED-14"),
        ("MKT", "MKT", "SEED-14"),
        ("BR-T01", "PSB", "SEED-14"),
        ("GOV-C", "PSB", "SEED-14"),
        ("OEO", "PRO", "13.10"),
        ("MKT", "OEO", "13.10"),
    ] {
        let refusal = asked(asker, other).unwrap_err();
        assert!(matches!(refusal, Refusal::Broken { .. }), "{refusal:?}");
        assert_eq!(refusal.law().rule, rule, "{asker} {other}");
    }
    assert!(matches!(asked("MKT", "XYZ").unwrap_err(), Refusal::Fields { .. }));
}

#[test]
fn material_is_asked_back_for_once_and_the_term_stands_still() {
    let mut one = between_agency_and_procuratorate();
    let due = one.duties[0].due_at;
    let (wednesday, friday) = (monday() + Duration::days(2), monday() + Duration::days(4));
    let refusal =
        one.request_material(&code("MKT"), "检验报告".to_owned(), (wednesday, &settings()));
    assert!(matches!(refusal, Err(Refusal::NotFor { .. })));
    one.request_material(&code("PRO"), "检验报告".to_owned(), (wednesday, &settings())).unwrap();
    assert_eq!(one.duties[0].state, DutyState::Suspended);
    assert!(one.raise(monday() + Duration::days(30)).is_empty());
    let supplied = ("附后".to_owned(), Vec::new());
    one.supply_material(&code("MKT"), supplied, (friday, count())).unwrap();
    assert_eq!(one.duties[0].due_at, due + Duration::days(2));
    let again =
        one.request_material(&code("PRO"), "还有".to_owned(), (friday, &settings())).unwrap_err();
    assert!(matches!(again, Refusal::Broken { .. }), "{again:?}");
}

#[test]
fn more_papers_than_there_may_be_are_refused_and_nothing_runs_on() {
    let mut one = between_agency_and_procuratorate();
    one.request_material(&code("PRO"), "检验报告".to_owned(), (monday(), &settings())).unwrap();
    let paper = Attachment { title: "a".into(), text: "b".into(), sha256: String::new() };
    let papers = ("附后".to_owned(), vec![paper; ATTACHMENTS_MAX + 1]);
    let refusal = one.supply_material(&code("MKT"), papers, (monday(), count())).unwrap_err();
    assert!(matches!(refusal, Refusal::Fields { .. }));
    assert_eq!(one.state, ConsultationState::MaterialRequested);
}

#[test]
fn an_answer_in_time_keeps_the_term_and_a_late_one_is_taken_and_marked() {
    let said = || ("构成".to_owned(), "刑法第144条".to_owned());
    let mut kept = between_agency_and_procuratorate();
    let last = kept.duties[0].due_at - Duration::milliseconds(1);
    kept.raise(last);
    kept.answer(&code("PRO"), said(), (last, count())).unwrap();
    assert_eq!((kept.late, kept.duties[0].state), (false, DutyState::Kept));

    let mut late = between_agency_and_procuratorate();
    let due = late.duties[0].due_at;
    let rungs: Vec<Rung> = late.raise(due).into_iter().map(|(_, rung)| rung).collect();
    assert_eq!(rungs, [Rung::Half, Rung::Near, Rung::Overdue]);
    late.answer(&code("PRO"), said(), (due, count())).unwrap();
    assert_eq!((late.late, late.duties[0].state), (true, DutyState::Missed));
    let again = late.answer(&code("PRO"), said(), (due, count())).unwrap_err();
    assert!(matches!(again, Refusal::NotNow { .. }));
}

#[test]
fn who_is_asked_may_answer_without_waiting_for_material_any_longer() {
    let mut one = between_agency_and_procuratorate();
    one.request_material(&code("PRO"), "检验报告".to_owned(), (monday(), &settings())).unwrap();
    let later = monday() + Duration::days(60);
    one.answer(&code("PRO"), ("a".into(), "b".into()), (later, count())).unwrap();
    assert_eq!((one.late, one.duties[0].state), (false, DutyState::Kept));
}

#[test]
fn only_the_asker_takes_its_question_back_and_only_before_the_answer() {
    let mut one = between_agency_and_procuratorate();
    assert!(one.withdraw(&code("PRO"), "x".into(), monday()).is_err());
    one.withdraw(&code("MKT"), "另案处理".into(), monday()).unwrap();
    assert_eq!(one.duties[0].state, DutyState::Lapsed);
    let answer = one.answer(&code("PRO"), ("a".into(), "b".into()), (monday(), count()));
    assert!(matches!(answer, Err(Refusal::NotNow { .. })));
}

#[test]
fn how_often_one_asks_back_is_set_and_what_was_wanted_before_is_kept() {
    let twice = Settings { ask_back_times: 2, ..settings() };
    let mut one = between_agency_and_procuratorate();
    for wanted in ["检验报告", "抽样笔录"] {
        one.request_material(&code("PRO"), wanted.to_owned(), (monday(), &twice)).unwrap();
        let supplied = (format!("{wanted}附后"), Vec::new());
        one.supply_material(&code("MKT"), supplied, (monday(), count())).unwrap();
    }
    let wanted: Vec<_> = one.asked_back.iter().map(|one| one.wanted.as_str()).collect();
    assert_eq!(wanted, ["检验报告", "抽样笔录"]);
    let third = one.request_material(&code("PRO"), "x".to_owned(), (monday(), &twice));
    assert!(third.unwrap_err().to_string().contains("2 times at most"));
    let never = Settings { ask_back_times: 0, ..settings() };
    let mut other = between_agency_and_procuratorate();
    assert!(other.request_material(&code("PRO"), "x".to_owned(), (monday(), &never)).is_err());
    assert!(Settings { ask_back_times: 11, ..settings() }.faults()[0].contains("ask_back_times"));
}

#[test]
fn a_term_that_was_missed_does_not_stand_still_for_material() {
    let mut one = between_agency_and_procuratorate();
    let due = one.duties[0].due_at;
    one.raise(due);
    one.request_material(&code("PRO"), "检验报告".to_owned(), (due, &settings())).unwrap();
    assert!(!one.stands_still());
    assert_eq!(one.duties[0].state, DutyState::Missed);
}

#[test]
fn who_may_ask_whom_is_set() {
    let pair = |asker: &str, asked: &str| linkage::AsksOf {
        askers: vec![asker.to_owned()],
        asked: vec![asked.to_owned()],
    };
    let set = Settings { consultations: vec![pair("PARTY_OFFICE", "PROCURATORATE")], ..settings() };
    assert!(asked_under(&set, "OEO", "PRO").is_ok());
    assert!(asked_under(&set, "MKT", "PSB").is_err());
}
