//! What a dispute opens with, and which disputes are none.

use std::time::Duration;

use proto::arbitration::v1 as pb;
use tokio::task::JoinSet;
use tonic::Code;

use crate::{
    case::{Case, decide, opening},
    worker::{finish, start},
    world::{World, assert_broken, assert_told, fields, id, local, reason},
};

fn subject(request: &mut pb::OpenDisputeRequest) -> &mut pb::Subject {
    request.subject.as_mut().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_names_its_forum_and_who_acts_from_the_first_instant() {
    let world = World::new().await;
    world.book.name("NAT");
    let agr = world.agency("AGR").await;
    let opened = agr.open(opening(&agr, &["NAT"])).await.unwrap();
    assert_eq!((opened.state.as_str(), opened.acting.as_str()), ("NEGOTIATING", "NAT"));
    assert_eq!(opened.acting_reason, "The catalogue names NAT.");
    assert_eq!((opened.acting_spans.len(), opened.positions.len()), (1, 1));
    let forum = opened.forum.unwrap();
    let kinds: Vec<_> = forum.rungs.iter().map(pb::Rung::kind).collect();
    assert_eq!(kinds, [pb::ForumKind::Coordination, pb::ForumKind::Superior]);
    let texts: Vec<_> = forum.reasons.iter().map(|one| one.text.as_str()).collect();
    assert!(texts.contains(&"NAT: it holds M046"), "the catalogue's word: {texts:?}");
    let terms = agr.get(&opened.name).await.unwrap().terms;
    assert_eq!((terms.len(), terms[0].length.as_str()), (1, "5 WORKING_DAY"));
    assert_eq!(terms[0].due_time.unwrap().seconds, local("2026-03-10 00:00").timestamp());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_that_is_away_does_not_keep_a_dispute_from_opening() {
    let world = World::new().await;
    world.book.name("NAT");
    world.book.away(&["catalogue", "referral", "evidence"]);
    let agr = world.agency("AGR").await;
    let opened = agr.open(opening(&agr, &["NAT"])).await.unwrap();
    assert_eq!(opened.acting, "AGR", "nobody else is named");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_filed_received_or_transferred_first_acts() {
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    let open = async |spoil: fn(&mut pb::OpenDisputeRequest)| {
        let mut request = opening(&agr, &["NAT"]);
        subject(&mut request).matter = String::new();
        spoil(&mut request);
        let opened = agr.open(request).await.unwrap();
        (opened.acting, opened.acting_spans[0].rule.clone(), opened.name)
    };
    let filed = open(|r| {
        (r.filed_first_by, r.filed_first_on) = ("NAT".into(), "2026-02-27".into());
    });
    let (acting, rule, _) = filed.await;
    assert_eq!((acting.as_str(), rule.as_str()), ("NAT", "J-01"));
    let (acting, rule, _) = open(|r| r.received_first_by = "NAT".into()).await;
    assert_eq!((acting.as_str(), rule.as_str()), ("NAT", "J-05"));
    let (acting, rule, name) = open(|r| r.transfer_received_on = "2026-02-27".into()).await;
    assert_eq!((acting.as_str(), rule.as_str()), ("AGR", "J-07"));
    let terms = agr.get(&name).await.unwrap().terms;
    let term = terms.iter().find(|term| term.rule == "J-07").unwrap();
    assert_eq!(term.due_time.unwrap().seconds, local("2026-03-03 00:00").timestamp());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_at_fault_is_named_at_once() {
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    let mut request = opening(&agr, &["nat"]);
    (request.request_id, request.officer, request.kind) = ("x".into(), String::new(), 0);
    request.filed_first_by = "NAT".into();
    request.transfer_received_on = "2026-03-03".into();
    let about = subject(&mut request);
    (about.title, about.place, about.docket) = (String::new(), "33".into(), "dockets/x".into());
    about.act_date = "2026-2-1".into();
    request.position = None;
    let refusal = agr.open(request).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    let wanted = [
        "request_id",
        "officer",
        "kind",
        "others[0]",
        "subject.title",
        "subject.place",
        "subject.docket",
        "subject.act_date",
        "position",
        "transfer_received_on",
        "filed_first_on",
    ];
    assert_eq!(fields(&refusal), wanted);
    let nobody = pb::OpenDisputeRequest::default();
    assert_eq!(agr.open(nobody).await.unwrap_err().code(), Code::InvalidArgument);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_party_itself_or_a_body_nobody_knows_is_no_dispute() {
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    for (others, field) in [
        (vec![], "others[0]"),
        (vec!["AGR"], "others[0]"),
        (vec!["NAT", "NAT"], "others[1]"),
        (vec!["NAT", "XYZ"], "others[1]"),
    ] {
        let refusal = agr.open(opening(&agr, &others)).await.unwrap_err();
        assert_broken(&refusal, Code::InvalidArgument, "FIELDS", "J-02");
        assert_eq!(fields(&refusal), [field], "{others:?}");
    }
    let mut request = opening(&agr, &["NAT"]);
    request.received_first_by = "MKT".into();
    let refusal = agr.open(request).await.unwrap_err();
    assert_eq!(fields(&refusal), ["received_first_by"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn crime_or_no_crime_is_no_dispute_of_this_kind() {
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    let refusal = agr.open(opening(&agr, &["PSB"])).await.unwrap_err();
    assert_broken(&refusal, Code::FailedPrecondition, "NO_FORUM", "T-16");
    let refusal = agr.open(opening(&agr, &["OEO"])).await.unwrap_err();
    assert_broken(&refusal, Code::FailedPrecondition, "NO_FORUM", "J-02");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_does_not_hold_opens_nothing() {
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    let mut request = opening(&agr, &["NAT"]);
    request.officer = "NAT-01".into();
    let refusal = agr.open(request).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["officer"]);
    assert!(agr.list("").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_settled_is_not_opened_again_and_the_precedent_is_named() {
    let case = Case::new().await.before_forum().await;
    case.gov.take(&case.name, decide("NAT", "2026-03-20")).await;
    let again = opening(&case.two, &["AGR"]);
    let refusal = case.two.open(again).await.unwrap_err();
    assert_broken(&refusal, Code::FailedPrecondition, "RES_JUDICATA", "J-02");
    assert!(refusal.message().contains(&case.name), "{}", refusal.message());
    // Another township, another matter, another body that was not heard.
    let mut elsewhere = opening(&case.one, &["NAT"]);
    subject(&mut elsewhere).place = "330999006".into();
    case.one.open(elsewhere).await.unwrap();
    let mut other = opening(&case.one, &["NAT"]);
    subject(&mut other).matter = "M045".into();
    case.one.open(other).await.unwrap();
    // A third body makes a new dispute only where it has something to do with the matter.
    let third = || opening(&case.one, &["NAT", "TG-T05"]);
    let refusal = case.one.open(third()).await.unwrap_err();
    assert_broken(&refusal, Code::FailedPrecondition, "RES_JUDICATA", "J-02");
    case.world.book.claim(&["TG-T05"]);
    case.one.open(third()).await.unwrap();
    // The decision for a township does not settle the county.
    let mut county = opening(&case.one, &["NAT"]);
    subject(&mut county).place = "330999".into();
    case.one.open(county).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_binds_no_more_once_the_catalogue_has_moved_the_power() {
    let case = Case::new().await.before_forum().await;
    case.world.book.name("NAT");
    case.gov.take(&case.name, decide("NAT", "")).await;
    let worker = start(&case.world.arbitration);
    let carried = |seen: &pb::Dispute| seen.decision.as_ref().unwrap().revision > 0;
    case.one.wait(&case.name, carried).await;
    finish(worker).await;
    case.world.book.name("AGR");
    let refusal = case.one.open(opening(&case.one, &["NAT"])).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "RES_JUDICATA");
    case.world.book.move_to("AGR");
    case.one.open(opening(&case.one, &["NAT"])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_matter_or_place_that_the_catalogue_could_never_carry_is_refused() {
    let world = World::new().await;
    let agr = world.agency("AGR").await;
    let refused = async |spoil: fn(&mut pb::Subject)| {
        let mut request = opening(&agr, &["NAT"]);
        spoil(subject(&mut request));
        let refusal = agr.open(request).await.unwrap_err();
        assert_told(&refusal, Code::InvalidArgument, "FIELDS");
        fields(&refusal)
    };
    assert_eq!(refused(|one| one.place = "330999000".into()).await, ["subject.place"]);
    assert_eq!(refused(|one| one.place = "000999005".into()).await, ["subject.place"]);
    assert_eq!(refused(|one| one.place = "330998005".into()).await, ["subject.place"]);
    assert_eq!(refused(|one| one.place = "330900".into()).await, ["subject.place"]);
    assert_eq!(refused(|one| one.matter = "M999".into()).await, ["subject.matter"]);
    world.book.away(&["catalogue"]);
    agr.open(opening(&agr, &["NAT"])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_third_body_does_not_make_a_second_dispute_while_the_first_is_open() {
    let case = Case::new().await;
    let three = opening(&case.two, &["WAT", "AGR"]);
    let refusal = case.two.open(three).await.unwrap_err();
    assert_broken(&refusal, Code::AlreadyExists, "ALREADY_OPEN", "J-05");
    case.two.open(opening(&case.two, &["WAT"])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_opened_while_the_same_is_decided_is_never_opened() {
    for _ in 0..6 {
        let case = Case::new().await.before_forum().await;
        let mut trying = JoinSet::new();
        for _ in 0..8 {
            let party = case.one.clone();
            trying.spawn(async move {
                // Until it is settled: some try at the very moment of the decision.
                loop {
                    let word = match party.open(opening(&party, &["NAT"])).await {
                        Ok(opened) => return opened.name,
                        Err(refusal) => reason(&refusal),
                    };
                    if word != "ALREADY_OPEN" {
                        return word;
                    }
                }
            });
        }
        case.gov.take(&case.name, decide("NAT", "")).await;
        let tried = tokio::time::timeout(Duration::from_secs(60), trying.join_all()).await;
        assert_eq!(tried.unwrap(), ["RES_JUDICATA"; 8]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_dispute_over_the_same_is_refused() {
    let case = Case::new().await;
    let second = opening(&case.two, &["AGR"]);
    let refusal = case.two.open(second).await.unwrap_err();
    assert_broken(&refusal, Code::AlreadyExists, "ALREADY_OPEN", "J-05");
    assert!(refusal.message().contains(&case.name), "a party knows it already");
    // The same docket: the other dispute is not for strangers to know.
    let mkt = case.world.agency("MKT").await;
    let mut over = opening(&mkt, &["CAE"]);
    let about = subject(&mut over);
    (about.docket, about.matter) = (case.docket.clone(), "M033".into());
    let refusal = mkt.open(over).await.unwrap_err();
    assert_broken(&refusal, Code::AlreadyExists, "ALREADY_OPEN", "J-05");
    assert!(!refusal.message().contains("disputes/"), "{}", refusal.message());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_disputes_over_one_docket_opened_at_once_one_is_opened() {
    let world = World::new().await;
    let docket = format!("dockets/{}", id());
    let mut opening_both = JoinSet::new();
    for (one, two) in [("AGR", "NAT"), ("NAT", "AGR")] {
        let party = world.agency(one).await;
        let mut request = opening(&party, &[two]);
        subject(&mut request).docket = docket.clone();
        opening_both.spawn(async move { party.open(request).await });
    }
    let (won, lost): (Vec<_>, Vec<_>) =
        opening_both.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!((won.len(), lost.len()), (1, 1));
    let refusal = lost.into_iter().next().unwrap().unwrap_err();
    assert_told(&refusal, Code::AlreadyExists, "ALREADY_OPEN");
}
