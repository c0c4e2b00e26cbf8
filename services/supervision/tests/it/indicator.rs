//! Figures of evaluation: what is counted, who sees it, the rows behind it, the yearly report.

use chrono::Duration;
use command::marks::{Case, Marks};
use db::journal::Entry;
use proto::supervision::v1 as pb;
use tonic::Code;

use crate::{
    decision::{penalty, recording},
    story::{docket, monday, opens, referral, row, term},
    world::{Client, World, assert_told, fields},
};

/// A row on which a term of a body stands otherwise, in a matter and at a place.
fn ends(number: &str, holder: &str, state: &str, case: Case) -> Entry {
    let term = command::marks::Term { holder: holder.into(), state: state.into(), ..term(number) };
    Entry { officer: String::new(), ..row("STEP_TAKEN", Marks::new().case(case).term(term)) }
}

fn at(matter: &str, place: &str) -> Case {
    Case { matter: matter.into(), place: place.into(), ..Case::default() }
}

/// Six terms of PSB's and two of MKT's.
fn terms() -> Vec<Entry> {
    let april = |entry| Entry { at: monday() + Duration::days(40), ..entry };
    vec![
        ends("1", "PSB", "KEPT", at("M032", "330999")),
        ends("2", "PSB", "KEPT", at("M032", "330999")),
        ends("3", "PSB", "MISSED", at("M001", "330999001")),
        ends("4", "PSB", "KEPT", at("M001", "330999001")),
        april(ends("5", "PSB", "KEPT", at("M032", "330999"))),
        april(ends("6", "PSB", "KEPT", at("M032", "330999"))),
        ends("7", "MKT", "KEPT", at("M032", "330999")),
        ends("8", "MKT", "LAPSED", at("M032", "330999")),
        // It was told already.
        ends("1", "PSB", "KEPT", at("M032", "330999")),
    ]
}

fn asking(indicator: &str, group_by: &[&str]) -> pb::GetIndicatorRequest {
    pb::GetIndicatorRequest {
        name: format!("indicators/{indicator}"),
        filter: None,
        group_by: group_by.iter().map(|&word| word.to_owned()).collect(),
    }
}

/// What a figure is told apart by, joined by spaces, and the figure.
fn told(one: &pb::Figure) -> (String, i64, i64, String) {
    let key = [&*one.body, &one.area, &one.matter, &one.month].join(" ").trim().to_owned();
    (key, one.numerator, one.denominator, one.value.clone())
}

async fn figures(
    client: &mut Client,
    request: pb::GetIndicatorRequest,
) -> Vec<(String, i64, i64, String)> {
    client.get_indicator(request).await.unwrap().into_inner().figures.iter().map(told).collect()
}

fn figure(key: &str, above: i64, below: i64, value: &str) -> (String, i64, i64, String) {
    (key.to_owned(), above, below, value.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_indicator_is_published_with_its_formula_and_its_source() {
    let world = World::new().await;
    let answer = world.agency("ECO").list_indicators(pb::ListIndicatorsRequest {}).await.unwrap();
    let indicators = answer.into_inner().indicators;
    let timeliness = indicators.iter().find(|one| one.name == "indicators/timeliness").unwrap();
    assert_eq!(timeliness.formula, "term_kept / (term_kept + term_missed)");
    assert_eq!(timeliness.denominator.len(), 2);
    let whole = |one: &pb::Indicator| !one.source.is_empty() && !one.title_zh.is_empty();
    assert!(indicators.iter().all(whole));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_is_told_apart_by_body_area_matter_and_month() {
    let world = World::new().await;
    world.tell(terms()).await;
    let mut overseer = world.agency("JUS");
    let mut ask = async |by: &[&str]| figures(&mut overseer, asking("timeliness", by)).await;
    assert_eq!(ask(&[]).await, [figure("", 6, 7, "85.7")]);
    let by_body = [figure("MKT", 1, 1, "100.0"), figure("PSB", 5, 6, "83.3")];
    assert_eq!(ask(&["BODY"]).await, by_body);
    let by_both = [
        figure("330999  2026-03", 3, 3, "100.0"),
        figure("330999  2026-04", 2, 2, "100.0"),
        figure("330999001  2026-03", 1, 2, "50.0"),
    ];
    assert_eq!(ask(&["MONTH", "AREA"]).await, by_both);
    let filter = pb::FigureFilter {
        body: "PSB".into(),
        matter: "M032".into(),
        to_month: "2026-03".into(),
        ..Default::default()
    };
    let request = pb::GetIndicatorRequest { filter: Some(filter), ..asking("timeliness", &[]) };
    assert_eq!(figures(&mut overseer, request).await, [figure("", 2, 2, "100.0")]);
    let nothing = figures(&mut overseer, asking("coverage", &[])).await;
    assert_eq!(nothing, [figure("", 0, 0, "")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_sees_its_own_figures_and_those_of_the_county_alone() {
    let world = World::new().await;
    world.tell(terms()).await;
    let mut body = world.agency("MKT");
    assert_eq!(figures(&mut body, asking("timeliness", &[])).await, [figure("", 6, 7, "85.7")]);
    let own = figures(&mut body, asking("timeliness", &["BODY"])).await;
    assert_eq!(own, [figure("MKT", 1, 1, "100.0")]);
    let filter = || Some(pb::FigureFilter { body: "PSB".into(), ..Default::default() });
    let others = pb::GetIndicatorRequest { filter: filter(), ..asking("timeliness", &[]) };
    let hidden = body.get_indicator(others).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let rows = pb::ListFigureRowsRequest {
        name: "indicators/timeliness".into(),
        filter: filter(),
        part: "NUMERATOR".into(),
        ..Default::default()
    };
    assert_told(&body.list_figure_rows(rows).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
    let report = pb::GetEvaluationReportRequest { year: 2026, body: "PSB".into(), pdf: false };
    let hidden = body.get_evaluation_report(report).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rows_behind_a_figure_are_leaves_of_the_log_and_come_page_by_page() {
    let world = World::new().await;
    world.tell(terms()).await;
    let mut overseer = world.agency("JUS");
    let (mut details, mut rows, mut page_token) = (Vec::new(), Vec::new(), String::new());
    loop {
        let request = pb::ListFigureRowsRequest {
            name: "indicators/timeliness".into(),
            part: "DENOMINATOR".into(),
            page_size: 3,
            page_token,
            ..Default::default()
        };
        let page = overseer.list_figure_rows(request).await.unwrap().into_inner();
        assert!(page.rows.len() <= 3);
        details.extend(page.rows.iter().map(|one| format!("{} {}", one.measure, one.detail)));
        rows.extend(page.rows);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(details.len(), 7);
    assert_eq!(details.iter().filter(|one| *one == "term_missed T-14").count(), 1);
    assert!(rows.is_sorted_by(|one, next| one.leaf_index > next.leaf_index));
    let asked = pb::GetInclusionProofRequest {
        service: rows[0].service.clone(),
        row_id: rows[0].row_id,
        ..Default::default()
    };
    let proof = overseer.get_inclusion_proof(asked).await.unwrap().into_inner();
    assert_eq!(proof.leaf_index, rows[0].leaf_index);
    // A body sees the rows of its own figures; the procuratorate those of what it oversees.
    let request = || pb::ListFigureRowsRequest {
        name: "indicators/timeliness".into(),
        part: "DENOMINATOR".into(),
        ..Default::default()
    };
    let own = world.agency("MKT").list_figure_rows(request()).await.unwrap().into_inner().rows;
    assert_eq!(own.iter().map(|one| one.body.as_str()).collect::<Vec<_>>(), ["MKT"]);
    let seen = world.agency("PRO").list_figure_rows(request()).await.unwrap().into_inner().rows;
    assert_eq!(seen.len(), 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referral_is_counted_in_the_month_of_its_docket_and_only_where_a_threshold_was_reached() {
    let world = World::new().await;
    let later = |entry| Entry { at: monday() + Duration::days(40), ..entry };
    let mut all = Vec::new();
    for (name, suggests) in [("dockets/1", "1"), ("dockets/2", "2"), ("dockets/3", "0")] {
        all.push(docket(name, &[("suggests", suggests)]));
    }
    for (name, of) in [("referrals/1", "dockets/1"), ("referrals/3", "dockets/3")] {
        all.push(later(Entry { docket: of.into(), ..referral(name, "DELIVERED") }));
    }
    world.tell(all).await;
    let mut body = world.agency("MKT");
    let by_month = figures(&mut body, asking("referral-rate", &["MONTH"])).await;
    assert_eq!(by_month, [figure("2026-03", 1, 2, "50.0")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_are_counted_once_however_many_replicas_sequence_them() {
    let world = World::new().await;
    let replica = world.replica().await.unwrap();
    world.start_replica(&replica);
    for number in 0..20 {
        world.tell(vec![ends(&format!("t{number}"), "PSB", "KEPT", Case::default())]).await;
    }
    let mut overseer = world.agency("JUS");
    assert_eq!(
        figures(&mut overseer, asking("timeliness", &[])).await,
        [figure("", 20, 20, "100.0")]
    );
    assert_eq!(
        world.number("SELECT COUNT(*) AS rows FROM fact WHERE measure = 'term_kept'").await,
        20
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_of_this_service_are_counted_like_the_rows_of_all_others() {
    let world = World::watching().await;
    let mut body = world.agency("MKT");
    body.record_decision(recording(penalty("1"))).await.unwrap();
    world.pass(Duration::days(10));
    let counted = async {
        loop {
            let told = figures(&mut body, asking("publication", &["BODY"])).await;
            if !told.is_empty() {
                return told;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    let told = tokio::time::timeout(std::time::Duration::from_secs(60), counted).await.unwrap();
    assert_eq!(told, [figure("MKT", 0, 1, "0.0")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_done_in_time_and_told_late_is_kept_in_the_figure_and_in_its_rows() {
    let world = World::new().await;
    world.tell(vec![ends("1", "PSB", "MISSED", at("M001", "330999"))]).await;
    let mut body = world.agency("PSB");
    assert_eq!(
        figures(&mut body, asking("timeliness", &["MATTER"])).await,
        [figure("M001", 0, 1, "0.0")]
    );
    world.tell(vec![ends("1", "PSB", "KEPT", at("M032", "330999"))]).await;
    let kept = figures(&mut body, asking("timeliness", &["MATTER"])).await;
    assert_eq!(kept, [figure("M032", 1, 1, "100.0")]);
    let rows = pb::ListFigureRowsRequest {
        name: "indicators/timeliness".into(),
        part: "DENOMINATOR".into(),
        ..Default::default()
    };
    let rows = body.list_figure_rows(rows).await.unwrap().into_inner().rows;
    assert_eq!(rows.iter().map(|one| one.measure.as_str()).collect::<Vec<_>>(), ["term_kept"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_yearly_report_has_the_year_before_the_place_and_what_was_missed() {
    let world = World::new().await;
    let last_year = |entry| Entry { at: monday() - Duration::days(300), ..entry };
    let mut all = terms();
    for number in 0..6 {
        all.push(ends(&format!("m{number}"), "MKT", "KEPT", Case::default()));
        all.push(last_year(ends(&format!("l{number}"), "PSB", "MISSED", Case::default())));
    }
    world.tell(all).await;
    let mut overseer = world.agency("JUS");
    let asked = pb::GetEvaluationReportRequest { year: 2026, body: "PSB".into(), pdf: true };
    let answer = overseer.get_evaluation_report(asked).await.unwrap().into_inner();
    assert!(answer.pdf.starts_with(b"%PDF-"));
    let report = answer.report.unwrap();
    let line = report.lines.iter().find(|one| one.indicator == "indicators/timeliness").unwrap();
    let (this, last) = (line.this_year.clone().unwrap(), line.last_year.clone().unwrap());
    assert_eq!((this.value.as_str(), last.value.as_str()), ("83.3", "0.0"));
    assert_eq!((line.rank, line.ranked), (2, 2));
    assert_eq!(report.missed, [pb::MissedTerms { rule: "T-14".into(), count: 1 }]);
    let county = pb::GetEvaluationReportRequest { year: 2026, ..Default::default() };
    let answer = world.agency("ECO").get_evaluation_report(county).await.unwrap().into_inner();
    let line = &answer.report.unwrap().lines[0];
    assert_eq!((line.this_year.clone().unwrap().denominator, line.rank), (13, 0));
    assert!(answer.pdf.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_of_the_year_stand_in_the_report() {
    let world = World::watching().await;
    world.tell(vec![opens(term("t"))]).await;
    world.pass(Duration::days(4));
    world.warnings("PSB", 1).await;
    let asked = pb::GetEvaluationReportRequest { year: 2026, body: "PSB".into(), pdf: false };
    let report = world.agency("PSB").get_evaluation_report(asked).await.unwrap().into_inner();
    let warnings = report.report.unwrap().warnings;
    assert!(warnings.iter().any(|one| one.rule == "TERM_OVERDUE" && one.open == 1), "{warnings:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_question_is_told_at_once() {
    let world = World::new().await;
    let mut overseer = world.agency("JUS");
    let filter = pb::FigureFilter {
        body: "?".into(),
        area: "330999".into(),
        from_month: "2026-05".into(),
        to_month: "2026-04".into(),
        ..Default::default()
    };
    let request = pb::GetIndicatorRequest {
        filter: Some(filter),
        ..asking("workload", &["MATTER", "BODY", "BODY", "COLOUR"])
    };
    let refused = overseer.get_indicator(request).await.unwrap_err();
    let faults =
        ["filter.body", "filter.area", "filter.to_month", "group_by", "group_by", "group_by"];
    assert_eq!(fields(&refused), faults);
    let refused = overseer.get_indicator(asking("happiness", &[])).await.unwrap_err();
    assert_eq!(fields(&refused), ["name"]);
    let rows = pb::ListFigureRowsRequest {
        name: "indicators/timeliness".into(),
        page_token: "x".into(),
        ..Default::default()
    };
    let refused = overseer.list_figure_rows(rows).await.unwrap_err();
    assert_eq!(fields(&refused), ["part", "page_token"]);
    let report = pb::GetEvaluationReportRequest { year: 26, body: "?".into(), pdf: false };
    let refused = overseer.get_evaluation_report(report).await.unwrap_err();
    assert_eq!(fields(&refused), ["year", "body"]);
}
