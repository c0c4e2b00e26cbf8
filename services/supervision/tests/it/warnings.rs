//! Warnings: who must look, where they go when nobody does, and what each rule finds.

use chrono::Duration;
use command::marks::{Marks, Term};
use proto::supervision::v1 as pb;
use tonic::Code;

use crate::{
    story::{docket, opens, referral, row, sends, sent, term},
    world::{World, assert_told, fields, id},
};

fn acknowledge(one: &pb::Warning, officer: &str) -> pb::AcknowledgeWarningRequest {
    pb::AcknowledgeWarningRequest {
        request_id: id(),
        name: one.name.clone(),
        etag: one.etag.clone(),
        officer: officer.into(),
    }
}

/// A county in which a term of PSB's towards MKT is overdue, and the warning of it.
async fn late() -> (World, pb::Warning) {
    let world = World::watching().await;
    world.tell(vec![opens(term("t"))]).await;
    world.pass(Duration::days(4));
    let found = world.warnings("PSB", 1).await.remove(0);
    (world, found)
}

/// The rules by which warnings were raised that a body sees.
async fn rules(world: &World, body: &str, count: usize) -> Vec<String> {
    let found = world.warnings(body, count).await;
    found.into_iter().map(|one| one.rule).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_term_is_a_warning_of_its_holder_that_who_waits_for_it_sees() {
    let (world, one) = late().await;
    assert_eq!((one.rule.as_str(), one.owner.as_str()), ("TERM_OVERDUE", "PSB"));
    assert_eq!((one.law_rule.as_str(), one.verified.as_str()), ("T-14", "V"));
    assert_eq!((one.subject.as_str(), one.docket.as_str()), ("referrals/1", "dockets/1"));
    assert_eq!((one.level, one.state()), (0, pb::WarningState::Open));
    assert_eq!(world.warnings("MKT", 1).await[0].name, one.name);
    assert!(world.warnings("ECO", 0).await.is_empty());
    let asked = pb::GetWarningRequest { name: one.name };
    let hidden = world.agency("ECO").get_warning(asked).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_acknowledged_by_the_wrong_body_is_refused_and_the_right_one_named() {
    let (world, one) = late().await;
    let refused =
        world.agency("MKT").acknowledge_warning(acknowledge(&one, "MKT-01")).await.unwrap_err();
    assert_told(&refused, Code::PermissionDenied, "NOT_YOURS");
    assert!(refused.message().contains("is for PSB"), "{}", refused.message());
    let hidden =
        world.agency("ECO").acknowledge_warning(acknowledge(&one, "ECO-01")).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");
    let stranger =
        world.agency("PSB").acknowledge_warning(acknowledge(&one, "MKT-01")).await.unwrap_err();
    assert_told(&stranger, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&stranger), ["officer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_owner_acknowledges_a_warning_once_and_closes_it_with_what_was_done() {
    let (world, one) = late().await;
    let mut psb = world.agency("PSB");
    let asked = acknowledge(&one, "PSB-01");
    let first = psb.acknowledge_warning(asked.clone()).await.unwrap().into_inner();
    let again = psb.acknowledge_warning(asked).await.unwrap().into_inner();
    assert_eq!(first, again, "the same request, the same answer");
    let one = first.warning.unwrap();
    assert_eq!(
        (one.state(), one.acknowledged_by.as_str()),
        (pb::WarningState::Acknowledged, "PSB")
    );
    assert_eq!(one.due_time, None, "it goes no higher");
    let close = pb::CloseWarningRequest {
        request_id: id(),
        name: one.name.clone(),
        etag: one.etag.clone(),
        officer: "PSB-01".into(),
        outcome: "decided today".into(),
    };
    let stale = pb::CloseWarningRequest { etag: "\"1\"".into(), request_id: id(), ..close.clone() };
    assert_told(&psb.close_warning(stale).await.unwrap_err(), Code::Aborted, "STALE");
    let closed = psb.close_warning(close).await.unwrap().into_inner().warning.unwrap();
    assert_eq!(
        (closed.state(), closed.outcome.as_str()),
        (pb::WarningState::Closed, "decided today")
    );
    let twice = acknowledge(&closed, "PSB-01");
    let refused = psb.acknowledge_warning(twice).await.unwrap_err();
    assert_told(&refused, Code::FailedPrecondition, "WRONG_STATE");
    world.pass(Duration::days(30));
    world.looked().await;
    assert_eq!(world.warnings("JUS", 1).await.iter().filter(|one| one.level > 0).count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warning_nobody_acknowledges_goes_to_the_superior_and_then_to_the_justice_bureau_once_each()
 {
    let (world, one) = late().await;
    let asked = || pb::GetWarningRequest { name: one.name.clone() };
    for (level, to) in [(1, vec!["GOV-C"]), (2, vec!["GOV-C", "JUS"])] {
        world.pass(Duration::days(1));
        let up = async {
            loop {
                let now = world.agency("PSB").get_warning(asked()).await.unwrap().into_inner();
                let now = now.warning.unwrap();
                if now.level == level {
                    return now;
                }
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        let now = tokio::time::timeout(std::time::Duration::from_secs(60), up).await.unwrap();
        assert_eq!(
            (now.escalated_to, now.state),
            (to.into_iter().map(str::to_owned).collect(), pb::WarningState::Escalated.into())
        );
    }
    world.pass(Duration::days(9));
    world.looked().await;
    let told = "SELECT count(*) AS rows FROM journal WHERE kind = 'WARNING_ESCALATED' AND resource \
                = '$'";
    assert_eq!(world.number(&told.replace('$', &one.name)).await, 2);
    // Whom it went up to may look at it now.
    let now = world.agency("JUS").get_warning(asked()).await.unwrap().into_inner().warning.unwrap();
    world.agency("JUS").acknowledge_warning(acknowledge(&now, "JUS-01")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn thresholds_met_and_nothing_referred_is_a_warning_of_the_agency() {
    let world = World::watching().await;
    let (silent, sent_on) = ("dockets/1", "dockets/2");
    let mut leaves = docket("dockets/3", &[("suggests", "0")]);
    leaves.docket = "dockets/3".into();
    world
        .tell(vec![
            docket(silent, &[("suggests", "2")]),
            docket(sent_on, &[("suggests", "1"), ("penalty", "FINE")]),
            leaves,
        ])
        .await;
    let exchange = command::marks::Exchange { kind: "REFERRAL".into(), ..sent("leg", "PSB") };
    let case = command::marks::Case {
        procedure: "CRIMINAL_REFERRAL".into(),
        from_agency: "MKT".into(),
        ..Default::default()
    };
    let leg = row("STEP_TAKEN", Marks::new().exchange(exchange).case(case));
    world.tell(vec![db::journal::Entry { docket: sent_on.into(), ..leg }]).await;
    world.pass(Duration::days(5));
    let found = world.warnings("MKT", 2).await;
    let mine: Vec<&pb::Warning> = found.iter().filter(|one| one.owner == "MKT").collect();
    assert_eq!(mine.len(), 1, "{mine:?}");
    assert_eq!((mine[0].rule.as_str(), mine[0].subject.as_str()), ("NOT_REFERRED", silent));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fine_instead_of_a_referral_is_a_warning_and_another_penalty_is_not() {
    let world = World::watching().await;
    world
        .tell(vec![
            docket("dockets/1", &[("suggests", "1"), ("penalty", "FINE")]),
            docket("dockets/2", &[("suggests", "1"), ("penalty", "WARNING")]),
        ])
        .await;
    world.pass(Duration::days(1));
    world.warnings("MKT", 1).await;
    // The look itself leaves a warning of another body that MKT sees.
    world.looked().await;
    let mut found = world.warnings("MKT", 2).await;
    found.retain(|one| one.owner == "MKT");
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].rule.as_str(), found[0].subject.as_str()), ("FINED_INSTEAD", "dockets/1"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_third_referral_that_comes_back_in_a_span_is_a_warning_and_each_counts_once() {
    let world = World::new().await;
    world
        .tell(vec![
            referral("referrals/1", "NOT_FILED"),
            referral("referrals/1", "NOT_FILED"),
            referral("referrals/2", "RETURNED_TO_AGENCY"),
            referral("referrals/3", "FILED"),
        ])
        .await;
    assert!(world.warnings("MKT", 0).await.is_empty());
    world.tell(vec![referral("referrals/4", "REFUSED_BY_POLICE")]).await;
    assert_eq!(rules(&world, "MKT", 1).await, ["RETURNED_OFTEN"]);
    world.tell(vec![referral("referrals/5", "NOT_FILED")]).await;
    assert_eq!(rules(&world, "MKT", 1).await, ["RETURNED_OFTEN"], "once a month");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_officer_on_both_sides_and_a_gap_of_custody_are_warnings_at_once() {
    let world = World::new().await;
    let signed = |officer: &str| {
        let marks =
            Marks::new().value("giver_officer", "MKT-01").value("receiver_officer", officer);
        row("HAND_OVER_SIGNED", marks)
    };
    world.tell(vec![signed("PSB-01"), row("ITEM_RECORDED", Marks::new())]).await;
    assert!(world.warnings("MKT", 0).await.is_empty());
    world
        .tell(vec![signed("MKT-01"), row("CUSTODY", Marks::new().value("custody_gap", "3 days"))])
        .await;
    let mut found = rules(&world, "MKT", 2).await;
    found.sort();
    assert_eq!(found, ["CUSTODY_GAP", "SAME_OFFICER"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_inspected_above_the_cap_is_a_warning_once_a_year() {
    let world = World::new().await;
    let inspected = |count: &str| {
        let marks = Marks::new().value("counted_of_year", count).value("cap", "4");
        row("CHECKED_IN", marks)
    };
    world.tell(vec![inspected("4")]).await;
    assert!(world.warnings("MKT", 0).await.is_empty());
    world.tell(vec![inspected("5"), inspected("6")]).await;
    assert_eq!(rules(&world, "MKT", 1).await, ["INSPECTED_OFTEN"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_warnings_are_filtered_paged_and_bounded() {
    let world = World::watching().await;
    let terms = ["a", "b", "c"].map(|id| opens(Term { id: id.into(), ..term(id) }));
    let terms = terms.into_iter().chain([sends(sent("e", "PRO"))]).enumerate();
    let rows = terms
        .map(|(at, entry)| db::journal::Entry { resource: format!("referrals/{at}"), ..entry });
    world.tell(rows.collect()).await;
    world.pass(Duration::days(4));
    assert_eq!(world.warnings("MKT", 4).await.len(), 4);
    let mut mkt = world.agency("MKT");
    let filter = "owner = \"PSB\" AND state = \"OPEN\" AND level = \"0\"".to_owned();
    let asked =
        pb::ListWarningsRequest { page_size: 2, filter: filter.clone(), ..Default::default() };
    let page = mkt.list_warnings(asked).await.unwrap().into_inner();
    assert_eq!(page.warnings.len(), 2);
    let page_token = page.next_page_token;
    let asked = pb::ListWarningsRequest { page_size: 2, filter, page_token: page_token.clone() };
    assert_eq!(mkt.list_warnings(asked).await.unwrap().into_inner().warnings.len(), 1);
    let other = pb::ListWarningsRequest { page_token, ..Default::default() };
    let refused = mkt.list_warnings(other).await.unwrap_err();
    assert_eq!(fields(&refused), ["page_token"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_are_public_and_each_names_its_source() {
    let mut world = World::still().await;
    let rules = world.auditor.list_warning_rules(pb::ListWarningRulesRequest {}).await.unwrap();
    let rules = rules.into_inner().rules;
    assert!(rules.len() >= 9);
    for rule in rules {
        assert!(!rule.title_zh.is_empty() && !rule.verified.is_empty(), "{}", rule.id);
        let of_term = rule.matches.starts_with("TERM ");
        assert!(of_term || !(rule.law_rule.is_empty() || rule.basis.is_empty()), "{}", rule.id);
    }
}
