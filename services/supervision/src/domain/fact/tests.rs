//! Each row is counted as what it is, once, and where it belongs.

use super::*;
use crate::domain::{Case, Marks};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn row(leaf: u64, kind: &str) -> Told {
    Told {
        leaf,
        service: "referral".into(),
        row_id: 1,
        at: at("2026-03-02T02:00:00Z"),
        kind: kind.into(),
        resource: "referrals/1".into(),
        docket: "dockets/1".into(),
        agency: "MKT".into(),
        officer: String::new(),
        step: String::new(),
        request_id: String::new(),
        marks: Marks::default(),
    }
}

fn value(name: &str, text: &str) -> (String, String) {
    (name.to_owned(), text.to_owned())
}

fn leg(leaf: u64, procedure: &str, state: &str) -> Told {
    let case = Case {
        matter: "M032".into(),
        place: "330999".into(),
        procedure: procedure.into(),
        state: state.into(),
        from_agency: "MKT".into(),
        to_agency: "PSB".into(),
        ..Case::default()
    };
    Told { marks: Marks { case, ..Marks::default() }, ..row(leaf, "STEP_TAKEN") }
}

fn term(id: &str, rule: &str, state: TermState, service_target: bool) -> Term {
    let now = at("2026-03-02T02:00:00Z");
    Term {
        id: id.into(),
        rule: rule.into(),
        basis: String::new(),
        duty: String::new(),
        holder: "PSB".into(),
        owed_to: Vec::new(),
        length: "3 DAY".into(),
        start_at: now,
        due_at: now,
        half_at: None,
        near_at: None,
        provisional: false,
        state,
        end_at: None,
        verified: "V".into(),
        service_target,
    }
}

fn exchange(kind: &str, receiver: &str, state: ExchangeState) -> Exchange {
    Exchange {
        id: "7".into(),
        kind: kind.into(),
        sender: "GDO".into(),
        receiver: receiver.into(),
        state,
        send_at: at("2026-03-02T02:00:00Z"),
        end_at: None,
        digest: String::new(),
        title: String::new(),
    }
}

fn with_terms(leaf: u64, terms: Vec<Term>) -> Told {
    Told { marks: Marks { terms, ..Marks::default() }, ..row(leaf, "STEP_TAKEN") }
}

/// What counts of these rows, one after the other.
fn counted(rows: &[Told]) -> Vec<(Measure, String)> {
    let mut known = BTreeMap::new();
    let facts = rows.iter().flat_map(|told| facts(told).into_iter().map(move |f| (told, f)));
    let counted = settle(facts.collect(), &mut known).counted;
    counted.into_iter().map(|one| (one.fact.measure, one.fact.cell.body)).collect()
}

fn of(measure: Measure, body: &str) -> (Measure, String) {
    (measure, body.to_owned())
}

#[test]
fn a_term_counts_once_for_its_holder_when_it_is_kept_or_seen_to_be_missed() {
    let rows = [
        with_terms(0, vec![term("1", "T-14", TermState::Running, false)]),
        with_terms(1, vec![term("1", "T-14", TermState::Missed, false)]),
        // Done late, and told again.
        with_terms(2, vec![term("1", "T-14", TermState::Missed, false)]),
        with_terms(3, vec![term("2", "T-14", TermState::Kept, false)]),
        with_terms(4, vec![term("3", "T-14", TermState::Lapsed, false)]),
    ];
    assert_eq!(counted(&rows), [of(TermMissed, "PSB"), of(TermKept, "PSB")]);
}

#[test]
fn a_duty_done_in_time_and_told_late_is_kept_after_all() {
    let missed = with_terms(0, vec![term("1", "S-01", TermState::Missed, false)]);
    let kept = with_terms(1, vec![term("1", "S-01", TermState::Kept, false)]);
    let both = [missed.clone(), kept.clone()];
    assert_eq!(counted(&both), [of(TermKept, "PSB"), of(PublicationKept, "PSB")]);
    // Told in another batch, what was counted before is withdrawn.
    let mut known = BTreeMap::new();
    let alone = |told| facts(told).into_iter().map(move |fact| (told, fact)).collect();
    settle(alone(&missed), &mut known);
    let settled = settle(alone(&kept), &mut known);
    assert_eq!(settled.counted.len(), 2);
    let withdrawn: Vec<Measure> = settled.withdrawn.values().map(|(one, _)| *one).collect();
    assert_eq!(withdrawn, [PublicationMissed, TermMissed]);
    assert_eq!(settle(alone(&kept), &mut known), Settled::default());
}

#[test]
fn a_service_target_is_no_statutory_term() {
    let rows = [with_terms(0, vec![term("1", "T-10", TermState::Missed, true)])];
    assert_eq!(counted(&rows), [of(TargetMissed, "PSB")]);
}

#[test]
fn answers_and_publications_are_told_apart_by_their_rule() {
    let rows = [with_terms(
        0,
        vec![
            term("1", "P-14", TermState::Kept, false),
            term("2", "S-02", TermState::Missed, false),
        ],
    )];
    let all = [
        of(TermKept, "PSB"),
        of(AnswerKept, "PSB"),
        of(TermMissed, "PSB"),
        of(PublicationMissed, "PSB"),
    ];
    assert_eq!(counted(&rows), all);
}

#[test]
fn a_referral_counts_only_where_a_threshold_was_reached_and_in_the_month_of_the_docket() {
    let mut docket = row(0, "DOCKET_OPENED");
    docket.marks.values = vec![value("suggests", "2")];
    docket.marks.case.matter = "M032".into();
    let mut delivered = leg(1, "CRIMINAL_REFERRAL", "DELIVERED");
    delivered.at = at("2026-04-02T02:00:00Z");
    let mut known = BTreeMap::new();
    let both = [&docket, &delivered].into_iter();
    let all = both.flat_map(|told| facts(told).into_iter().map(move |fact| (told, fact)));
    let settled = settle(all.collect(), &mut known).counted;
    let referred = &settled[1];
    assert_eq!(referred.fact.measure, DocketReferred);
    assert_eq!((referred.fact.cell.month.as_str(), referred.leaf), ("2026-03", 1));
    // Nothing was reached: the referral is no part of the share.
    assert_eq!(counted(&[delivered]), []);
}

#[test]
fn a_docket_below_every_threshold_does_not_count() {
    let mut docket = row(0, "DOCKET_OPENED");
    docket.marks.values = vec![value("suggests", "0")];
    assert_eq!(counted(&[docket]), []);
}

#[test]
fn filing_is_a_share_of_what_was_accepted() {
    let rows = [
        leg(0, "CRIMINAL_REFERRAL", "ACCEPTED"),
        leg(1, "CRIMINAL_REFERRAL", "FILED"),
        leg(2, "CRIMINAL_REFERRAL", "FILED"),
    ];
    assert_eq!(counted(&rows), [of(ReferralAccepted, "MKT"), of(ReferralFiled, "MKT")]);
}

#[test]
fn a_supervision_of_filing_counts_with_its_outcomes() {
    let rows = [
        leg(0, "FILING_SUPERVISION", "SUGGESTED"),
        leg(1, "FILING_SUPERVISION", "ORDERED_TO_FILE"),
        leg(2, "FILING_SUPERVISION", "FILED_AS_ORDERED"),
    ];
    let all = [SupervisionAsked, FilingOrdered, SupervisionEnded].map(|measure| of(measure, "MKT"));
    assert_eq!(counted(&rows), all);
}

#[test]
fn a_request_is_the_figure_of_the_body_that_was_asked() {
    let request = |leaf, state| {
        let exchanges = vec![exchange("ASSISTANCE", "ECO", state)];
        Told { marks: Marks { exchanges, ..Marks::default() }, ..row(leaf, "X") }
    };
    let rows = [request(0, ExchangeState::Sent), request(1, ExchangeState::Acknowledged)];
    assert_eq!(counted(&rows), [of(RequestReceived, "ECO"), of(RequestAnswered, "ECO")]);
    let rows = [request(0, ExchangeState::Sent), request(1, ExchangeState::Withdrawn)];
    assert_eq!(counted(&rows), [of(RequestReceived, "ECO"), of(RequestWithdrawn, "ECO")]);
}

#[test]
fn a_subject_is_covered_once_a_year_and_every_further_inspection_is_a_repeat() {
    let visit = |leaf, kind: &str, values: &[(&str, &str)]| {
        let mut told = row(leaf, kind);
        told.resource = format!("visits/{leaf}");
        told.marks.values = values.iter().map(|(name, text)| value(name, text)).collect();
        told
    };
    let subject = ("subject", "91330999MA00000000");
    let dispatched = |leaf| {
        let mut told = visit(leaf, "VISIT_DISPATCHED", &[subject]);
        // The office sends the notice; the body that goes receives it.
        told.agency = "GDO".into();
        told.marks.exchanges = vec![exchange("VISIT", "MKT", ExchangeState::Sent)];
        told
    };
    let held = |leaf, count| {
        visit(leaf, "VISIT_CHECKED_IN", &[subject, ("inspections_of_year", count), ("cap", "2")])
    };
    let rows = [dispatched(0), held(1, "1"), dispatched(2), held(3, "3")];
    let all = [
        SubjectPlanned,
        InspectionHeld,
        SubjectInspected,
        InspectionHeld,
        InspectionRepeated,
        InspectionOverCap,
    ];
    assert_eq!(counted(&rows), all.map(|measure| of(measure, "MKT")));
}

#[test]
fn defects_count_when_their_item_is_assessed() {
    let mut recorded = row(0, "evidence.defect_recorded.v1");
    recorded.marks.values = vec![value("defect", "CURABLE"), value("defect_code", "E-10")];
    let mut assessed = row(1, "evidence.item_recognized.v2");
    assessed.marks.values = vec![
        value("assessed", "1"),
        value("defect", "CURABLE"),
        value("defect_code", "E-10"),
        value("defect", "EXCLUDE"),
        value("defect_code", "E-12"),
    ];
    let all = [ItemAssessed, DefectCurable, DefectExcluding].map(|measure| of(measure, "MKT"));
    assert_eq!(counted(&[recorded, assessed.clone()]), all);
    assert_eq!(facts(&assessed)[2].detail, "E-12");
}

#[test]
fn an_officer_has_one_month_however_much_was_done_in_it() {
    let acted = |leaf| Told { officer: "MKT-01".into(), ..row(leaf, "STEP_TAKEN") };
    let all = [Act, OfficerMonth, Act].map(|measure| of(measure, "MKT"));
    assert_eq!(counted(&[acted(0), acted(1)]), all);
}

#[test]
fn a_month_is_that_of_shanghai() {
    assert_eq!(month(at("2026-02-28T16:00:00Z")), "2026-03");
}

#[test]
fn the_facts_of_a_row_are_numbered_from_nought() {
    let acted = |leaf| Told { officer: "MKT-01".into(), ..row(leaf, "STEP_TAKEN") };
    let (first, second) = (acted(0), acted(1));
    let mut known = BTreeMap::new();
    let all = [&first, &second].into_iter();
    let all = all.flat_map(|told| facts(told).into_iter().map(move |fact| (told, fact)));
    let places: Vec<(u64, i32)> =
        settle(all.collect(), &mut known).counted.iter().map(|one| (one.leaf, one.nth)).collect();
    assert_eq!(places, [(0, 0), (0, 1), (1, 0)]);
}
