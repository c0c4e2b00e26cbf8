//! Decisions under the three systems, and promises for minor violations, through the real guard.

use chrono::Duration;
use proto::supervision::v1 as pb;
use tonic::Code;
use tonic_types::StatusExt as _;

use crate::{
    story::docket,
    world::{World, assert_told, fields, id},
};

fn digest(mark: &str) -> String {
    mark.repeat(64)
}

/// A penalty of MKT's, decided on Monday.
pub(crate) fn penalty(number: &str) -> pb::DecisionContent {
    pb::DecisionContent {
        decision_no: number.into(),
        kind: pb::DecisionKind::Penalty.into(),
        matter: "M032".into(),
        place: "330999".into(),
        case_no: "2026-1".into(),
        filed_on: "2026-01-12".into(),
        decided_on: "2026-03-02".into(),
        case_officer: "MKT-01".into(),
        process_record: Some(pb::ProcessRecord {
            start: digest("a"),
            evidence: digest("b"),
            review: digest("c"),
            decision: digest("d"),
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// The same after a hearing, reviewed by another officer.
fn major(number: &str) -> pb::DecisionContent {
    pb::DecisionContent {
        major_grounds: vec![pb::MajorGround::Hearing.into()],
        hearing_held: true,
        legal_review: Some(pb::LegalReview {
            reviewer: "MKT-02".into(),
            qualified: true,
            passed: true,
            reviewed_on: "2026-02-27".into(),
            ..Default::default()
        }),
        ..penalty(number)
    }
}

pub(crate) fn recording(content: pb::DecisionContent) -> pb::RecordDecisionRequest {
    let officer = "MKT-01".into();
    pb::RecordDecisionRequest { request_id: id(), content: Some(content), officer }
}

async fn record(world: &World, content: pb::DecisionContent) -> pb::Decision {
    let answer = world.agency("MKT").record_decision(recording(content)).await.unwrap();
    answer.into_inner().decision.unwrap()
}

fn serving(one: &pb::Decision, on: &str) -> pb::ServeDecisionRequest {
    pb::ServeDecisionRequest {
        request_id: id(),
        name: one.name.clone(),
        etag: one.etag.clone(),
        served_on: on.into(),
        served_by: "DIRECT".into(),
        record_digest: digest("e"),
        officer: "MKT-01".into(),
    }
}

fn publishing(one: &pb::Decision, on: &str) -> pb::PublishDecisionRequest {
    pb::PublishDecisionRequest {
        request_id: id(),
        name: one.name.clone(),
        etag: one.etag.clone(),
        published_on: on.into(),
        place: "https://county.example/decisions/1".into(),
        digest: digest("f"),
        officer: "MKT-01".into(),
    }
}

fn changing(one: &pb::Decision, on: &str) -> pb::ChangePublicationRequest {
    pb::ChangePublicationRequest {
        request_id: id(),
        name: one.name.clone(),
        etag: one.etag.clone(),
        change: "REVOKED".into(),
        changed_on: on.into(),
        reason: "revoked on reconsideration".into(),
        officer: "MKT-01".into(),
    }
}

/// The rule and the Chinese text that a refusal tells.
fn rule(status: &tonic::Status) -> (String, String) {
    let broken = status.get_details_precondition_failure().unwrap().violations.remove(0);
    (broken.r#type, status.get_details_localized_message().unwrap().message)
}

/// A term of a decision and where it stands.
fn term(one: &pb::Decision, rule: &str) -> String {
    one.terms.iter().find(|term| term.rule == rule).unwrap().state.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_recorded_served_published_changed_withdrawn_and_closed() {
    let world = World::new().await;
    let mut body = world.agency("MKT");
    let one = record(&world, major("1")).await;
    assert_eq!((one.state.as_str(), one.publication_state.as_str()), ("RECORDED", "NOT_PUBLISHED"));
    assert_eq!((term(&one, "S-07"), term(&one, "S-09")), ("KEPT".into(), "RUNNING".into()));

    let one = body.serve_decision(serving(&one, "2026-03-02")).await.unwrap().into_inner();
    let one = one.decision.unwrap();
    assert_eq!((term(&one, "S-09"), one.served_by.as_str()), ("KEPT".into(), "DIRECT"));
    let one = body.publish_decision(publishing(&one, "2026-03-02")).await.unwrap().into_inner();
    let one = one.decision.unwrap();
    assert_eq!((term(&one, "S-01"), one.publication_state.as_str()), ("KEPT".into(), "PUBLISHED"));
    let one = body.change_publication(changing(&one, "2026-03-02")).await.unwrap().into_inner();
    let one = one.decision.unwrap();
    assert_eq!((term(&one, "S-02"), one.publication_state.as_str()), ("RUNNING".into(), "CHANGED"));
    let withdraw = pb::WithdrawPublicationRequest {
        request_id: id(),
        name: one.name.clone(),
        etag: one.etag.clone(),
        withdrawn_on: "2026-03-02".into(),
        explanation: "the decision was revoked".into(),
        officer: "MKT-01".into(),
    };
    let one = body.withdraw_publication(withdraw).await.unwrap().into_inner().decision.unwrap();
    assert_eq!((term(&one, "S-02"), one.publication_state.as_str()), ("KEPT".into(), "WITHDRAWN"));
    let close = pb::CloseDecisionRequest {
        request_id: id(),
        name: one.name.clone(),
        etag: one.etag.clone(),
        execution_digest: digest("9"),
        officer: "MKT-01".into(),
    };
    let bare = pb::CloseDecisionRequest {
        request_id: id(),
        execution_digest: String::new(),
        ..close.clone()
    };
    let refused = body.close_decision(bare).await.unwrap_err();
    assert_eq!(rule(&refused).0, "S-03");
    let one = body.close_decision(close).await.unwrap().into_inner().decision.unwrap();
    let read = body.get_decision(pb::GetDecisionRequest { name: one.name.clone() }).await.unwrap();
    assert_eq!(read.into_inner().decision, Some(one.clone()));
    assert_eq!(one.state, "CLOSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_major_decision_without_review_is_refused_with_rule_and_article_in_both_languages() {
    let world = World::new().await;
    let mut body = world.agency("MKT");
    let bare = pb::DecisionContent { legal_review: None, ..major("1") };
    let refused = body.record_decision(recording(bare)).await.unwrap_err();
    assert_told(&refused, Code::FailedPrecondition, "RULE_BROKEN");
    let (rule, zh) = rule(&refused);
    assert_eq!(rule, "S-05");
    assert!(zh.contains("法制审核") && zh.contains("Penalty Law art. 58"), "{zh}");
    let mut own = major("1");
    own.legal_review.as_mut().unwrap().reviewer = "MKT-01".into();
    let refused = body.record_decision(recording(own)).await.unwrap_err();
    assert!(refused.message().contains("officer of the case"), "{}", refused.message());
    let listed = body.list_decisions(pb::ListDecisionsRequest::default()).await.unwrap();
    assert_eq!(listed.into_inner().decisions, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_at_fault_is_named_at_once() {
    let world = World::new().await;
    let content = pb::DecisionContent {
        decision_no: String::new(),
        place: "33".into(),
        case_no: String::new(),
        decided_on: "2026-03-03".into(),
        discretion: Some(pb::DiscretionCited { benchmark: "M032".into(), reasons: "x".into() }),
        process_record: Some(pb::ProcessRecord { start: "short".into(), ..Default::default() }),
        ..penalty("1")
    };
    let request = pb::RecordDecisionRequest { request_id: "1".into(), ..recording(content) };
    let refused = world.agency("MKT").record_decision(request).await.unwrap_err();
    let faults = [
        "request_id",
        "content.decision_no",
        "content.place",
        "content.case_no",
        "content.decided_on",
        "content.discretion.benchmark",
        "content.process_record.start",
    ];
    assert_eq!(fields(&refused), faults);
    let expired = pb::DecisionContent { case_officer: "MKT-08".into(), ..penalty("1") };
    let refused = world.agency("MKT").record_decision(recording(expired)).await.unwrap_err();
    assert_eq!(fields(&refused), ["content.case_officer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_recorded_once_however_often_it_is_asked_and_a_number_stands_once() {
    let world = World::new().await;
    let mut body = world.agency("MKT");
    let request = recording(penalty("1"));
    let first = body.record_decision(request.clone()).await.unwrap().into_inner();
    assert_eq!(body.record_decision(request.clone()).await.unwrap().into_inner(), first);
    let other = pb::RecordDecisionRequest { content: Some(penalty("2")), ..request };
    let reused = body.record_decision(other).await.unwrap_err();
    assert_told(&reused, Code::AlreadyExists, "REQUEST_ID_REUSED");
    let again = body.record_decision(recording(penalty("1"))).await.unwrap_err();
    assert_told(&again, Code::AlreadyExists, "EXISTS");
    let one = first.decision.unwrap();
    body.serve_decision(serving(&one, "2026-03-02")).await.unwrap();
    let stale = body.publish_decision(publishing(&one, "2026-03-02")).await.unwrap_err();
    assert_told(&stale, Code::Aborted, "STALE");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_does_not_learn_of_a_decision_and_a_look_of_an_overseer_is_seen() {
    let world = World::new().await;
    let one = record(&world, penalty("1")).await;
    let asked = || pb::GetDecisionRequest { name: one.name.clone() };
    let hidden = world.agency("ECO").get_decision(asked()).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    // The procuratorate oversees what becomes of suspected crimes, not the three systems.
    let hidden = world.agency("PRO").get_decision(asked()).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let seen = world.agency("JUS").get_decision(asked()).await.unwrap().into_inner();
    assert_eq!(seen.decision.as_ref().map(|one| one.agency.as_str()), Some("MKT"));
    let mut overseer = world.agency("JUS");
    let refused = overseer.serve_decision(serving(&one, "2026-03-02")).await.unwrap_err();
    assert_eq!(fields(&refused), ["officer"]);
    let looks = world.agency("MKT").list_oversight(pb::ListOversightRequest::default()).await;
    let looks = looks.unwrap().into_inner().oversights;
    assert_eq!((looks.len(), looks[0].method.as_str()), (1, "GetDecision"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_publication_service_and_change_holds() {
    let world = World::new().await;
    let mut body = world.agency("MKT");
    let one = record(&world, penalty("1")).await;
    let early = body.change_publication(changing(&one, "2026-03-02")).await.unwrap_err();
    assert_told(&early, Code::FailedPrecondition, "WRONG_STATE");
    assert_eq!(rule(&early).0, "S-02");
    let before = body.serve_decision(serving(&one, "2026-03-01")).await.unwrap_err();
    assert_eq!(fields(&before), ["served_on"]);
    let after = body.publish_decision(publishing(&one, "2026-03-03")).await.unwrap_err();
    assert_eq!(fields(&after), ["published_on"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn terms_of_decisions_raise_their_rungs_once_and_are_on_the_board_and_the_overdue_list() {
    let world = World::watching().await;
    let one = record(&world, penalty("1")).await;
    record(&world, pb::DecisionContent { kind: 5, ..penalty("2") }).await;
    // Eight working days later service is overdue, and so is the publication of the penalty.
    world.pass(Duration::days(10));
    let overdue = || pb::ListDecisionsRequest {
        filter: "overdue = true AND kind = \"PENALTY\"".into(),
        ..Default::default()
    };
    let mut body = world.agency("MKT");
    let rungs = "SELECT COUNT(*) AS rows FROM journal WHERE kind = 'DECISION_RUNG'";
    let raised = async {
        // Three of each term of the first, and of service of the second.
        while world.number(rungs).await < 9 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), raised).await.unwrap();
    let listed = body.list_decisions(overdue()).await.unwrap().into_inner().decisions;
    assert_eq!(listed.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), [one.name.as_str()]);
    assert_eq!(
        (term(&listed[0], "S-09"), term(&listed[0], "S-01")),
        ("MISSED".into(), "MISSED".into())
    );
    world.looked().await;
    assert_eq!(world.number(rungs).await, 9);
    let board =
        pb::ListDueRequest { filter: "service = \"supervision\"".into(), ..Default::default() };
    let due = world.agency("MKT").list_due(board).await.unwrap().into_inner().items;
    let mut rules: Vec<&str> = due.iter().map(|item| item.rule.as_str()).collect();
    rules.sort_unstable();
    assert_eq!(rules, ["S-01", "S-01", "S-09", "S-09"]);
}

fn offering(subject: &str) -> pb::OfferPromiseRequest {
    pb::OfferPromiseRequest {
        request_id: id(),
        matter: "M001".into(),
        place: "330999".into(),
        subject: subject.into(),
        text: "take the banner down".into(),
        screened: true,
        officer: "MKT-01".into(),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_that_is_kept_ends_without_penalty_and_the_route_is_open_once() {
    let world = World::new().await;
    let mut body = world.agency("MKT");
    let one = body.offer_promise(offering("A")).await.unwrap().into_inner().promise.unwrap();
    let sign = |by: &str| pb::SignPromiseRequest {
        request_id: id(),
        name: one.name.clone(),
        etag: one.etag.clone(),
        correct_by: by.into(),
        digest: digest("a"),
        officer: "MKT-01".into(),
    };
    let today = body.sign_promise(sign("2026-03-02")).await.unwrap_err();
    assert_eq!(fields(&today), ["correct_by"]);
    let signed = body.sign_promise(sign("2026-03-05")).await.unwrap().into_inner().promise.unwrap();
    let check = |corrected| pb::CheckPromiseRequest {
        request_id: id(),
        name: one.name.clone(),
        etag: signed.etag.clone(),
        corrected,
        found: "the banner is gone".into(),
        officer: "MKT-01".into(),
    };
    let early = body.check_promise(check(false)).await.unwrap_err();
    assert_eq!(rule(&early).0, "S-11");
    let kept = body.check_promise(check(true)).await.unwrap().into_inner().promise.unwrap();
    assert_eq!(kept.state, "CHECKED_OK");
    let again = body.offer_promise(offering("A")).await.unwrap_err();
    assert_eq!(rule(&again).0, "S-11");
    let asked =
        pb::ListPromisesRequest { filter: "state = \"CHECKED_OK\"".into(), ..Default::default() };
    let listed = body.list_promises(asked.clone()).await.unwrap().into_inner().promises;
    assert_eq!(listed, std::slice::from_ref(&kept));
    assert_eq!(world.agency("ECO").list_promises(asked).await.unwrap().into_inner().promises, []);
    let asked = pb::GetPromiseRequest { name: kept.name };
    let hidden = world.agency("ECO").get_promise(asked).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_may_be_a_crime_has_no_minor_route() {
    let world = World::new().await;
    let name = format!("dockets/{}", id());
    world.tell(vec![docket(&name, &[("suggests", "1")])]).await;
    let mut body = world.agency("MKT");
    let of_docket = pb::OfferPromiseRequest { docket: name, ..offering("A") };
    let positive =
        pb::OfferPromiseRequest { thresholds_reached: vec!["TH-ENV-01".into()], ..offering("A") };
    let unscreened = pb::OfferPromiseRequest { screened: false, ..offering("A") };
    for request in [of_docket, positive, unscreened] {
        let refused = body.offer_promise(request).await.unwrap_err();
        assert_told(&refused, Code::FailedPrecondition, "RULE_BROKEN");
        assert_eq!(rule(&refused).0, "S-12");
    }
    let risky = pb::OfferPromiseRequest { touches_safety: true, ..offering("A") };
    assert_eq!(rule(&body.offer_promise(risky).await.unwrap_err()).0, "S-11");
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_come_page_by_page_newest_first() {
    let world = World::new().await;
    for number in ["1", "2", "3"] {
        record(&world, penalty(number)).await;
        world.pass(Duration::seconds(1));
    }
    let mut body = world.agency("MKT");
    let (mut numbers, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = pb::ListDecisionsRequest { page_size: 2, page_token, ..Default::default() };
        let page = body.list_decisions(request).await.unwrap().into_inner();
        numbers.extend(page.decisions.into_iter().map(|one| one.content.unwrap().decision_no));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    assert_eq!(numbers, ["3", "2", "1"]);
    let unknown = pb::ListDecisionsRequest { filter: "colour = red".into(), ..Default::default() };
    let refused = body.list_decisions(unknown).await.unwrap_err();
    assert_eq!(fields(&refused), ["filter"]);
}
