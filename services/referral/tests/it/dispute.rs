//! What the arbitration service tells of a dispute over a docket, and what that changes: no party of it
//! passes the case on, nobody closes the docket, and nothing else.

use proto::referral::v1::{self as pb, step::Kind};
use tonic::{Code, Status};

use crate::{
    case::{Case, docket, file},
    journal,
    world::{Client, Party, World, assert_told, fields, id, local, rule},
};

/// What a dispute over the docket of the case is told to be.
fn told(case: &Case, dispute: &str, open: bool, acting: &str) -> pb::RecordDisputeRequest {
    pb::RecordDisputeRequest {
        request_id: id(),
        docket: case.docket.clone(),
        dispute: dispute.to_owned(),
        open,
        acting: acting.to_owned(),
        parties: vec!["MKT".to_owned(), "ECO".to_owned()],
    }
}

/// The same, between other bodies.
fn between(parties: [&str; 2], told: pb::RecordDisputeRequest) -> pb::RecordDisputeRequest {
    pb::RecordDisputeRequest { parties: parties.map(str::to_owned).to_vec(), ..told }
}

async fn arbitration(world: &World) -> Client {
    world.caller(&world.referral, World::service("arbitration")).await
}

async fn tell(client: &Client, request: pb::RecordDisputeRequest) -> Result<bool, Status> {
    Ok(client.clone().record_dispute(request).await?.into_inner().known)
}

async fn read(by: &Party, name: &str) -> pb::Docket {
    let request = pb::GetDocketRequest { name: name.to_owned() };
    by.client.clone().get_docket(request).await.unwrap().into_inner().docket.unwrap()
}

async fn timeline(by: &Party, docket: &str) -> Vec<pb::Event> {
    let request = pb::GetTimelineRequest {
        docket: docket.to_owned(),
        page_size: 1000,
        page_token: String::new(),
    };
    let events = by.client.clone().get_timeline(request).await.unwrap().into_inner().events;
    events.into_iter().filter(|event| event.kind.starts_with("DISPUTE")).collect()
}

fn redirect() -> Kind {
    Kind::Redirect(pb::Redirect {
        competent_authority: "某市市场监督管理局".to_owned(),
        reason: "不属于公安机关管辖".to_owned(),
    })
}

fn forward() -> Kind {
    Kind::Forward(pb::Forward {
        competent_organ: "PSB-ECO".to_owned(),
        reason: "由经侦部门管辖".to_owned(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn while_a_dispute_is_open_a_receiver_that_is_a_party_does_not_pass_the_case_on() {
    let case = Case::new().await.accepted().await;
    let (client, dispute) = (arbitration(&case.world).await, format!("disputes/{}", id()));
    let opening = between(["MKT", "PSB"], told(&case, &dispute, true, "MKT"));
    assert!(tell(&client, opening).await.unwrap());
    for step in [forward(), redirect()] {
        let refusal = case.psb.refused(&case.name, step, |_| {}).await;
        assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
        assert_eq!(rule(&refusal).0, "J-07");
        assert!(refusal.message().contains(&dispute), "{}", refusal.message());
    }
    let open = case.psb.get(&case.name).await.unwrap().open_steps;
    assert!(open.iter().all(|one| one.step != "FORWARD" && one.step != "REDIRECT"));
    assert!(open.iter().any(|one| one.step == "FILE"), "all else goes on");

    tell(&client, told(&case, &dispute, false, "MKT")).await.unwrap();
    case.psb.take(&case.name, redirect()).await;
    assert_eq!(case.psb.state(&case.name).await, "REDIRECTED");
}

#[tokio::test(flavor = "multi_thread")]
async fn public_security_that_is_no_party_forwards_the_case_within_its_24_hours() {
    let case = Case::new().await.accepted().await;
    let (client, dispute) = (arbitration(&case.world).await, format!("disputes/{}", id()));
    assert!(tell(&client, told(&case, &dispute, true, "MKT")).await.unwrap());
    let open = case.psb.get(&case.name).await.unwrap().open_steps;
    assert!(open.iter().any(|one| one.step == "FORWARD"));
    case.psb.take(&case.name, forward()).await;
    assert_eq!(case.psb.state(&case.name).await, "FORWARDED");
    let term = case.mkt.term(&case.name, "T-11").await;
    assert_eq!(term.state(), pb::TermState::Kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_closes_the_docket_while_a_dispute_over_it_is_open() {
    let case = Case::new().await;
    let (client, dispute) = (arbitration(&case.world).await, format!("disputes/{}", id()));
    let facts = [("mineral_value".to_owned(), "28222".to_owned())].into();
    let request = pb::OpenDocketRequest { facts, ..docket(&case.mkt, "矿山") };
    let opened = case.mkt.client.clone().open_docket(request).await.unwrap().into_inner();
    let name = opened.docket.unwrap().name;
    let over = |open| pb::RecordDisputeRequest {
        docket: name.clone(),
        ..told(&case, &dispute, open, "MKT")
    };
    let close = async || {
        let request = pb::CloseDocketRequest {
            request_id: id(),
            name: name.clone(),
            etag: read(&case.mkt, &name).await.etag,
            reason: "未达到追诉标准".to_owned(),
            officer: case.mkt.officer("01"),
        };
        case.mkt.client.clone().close_docket(request).await
    };
    assert!(tell(&client, over(true)).await.unwrap());
    let refusal = close().await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "J-05");
    assert!(refusal.message().contains(&dispute), "{}", refusal.message());
    tell(&client, over(false)).await.unwrap();
    let closed = close().await.unwrap().into_inner().docket.unwrap();
    assert_eq!(closed.state(), pb::DocketState::Closed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_of_bodies_that_do_not_see_the_docket_changes_nothing_in_it() {
    let case = Case::new().await.accepted().await;
    let (client, dispute) = (arbitration(&case.world).await, format!("disputes/{}", id()));
    let etag = read(&case.mkt, &case.docket).await.etag;
    for open in [true, false] {
        let strange = between(["ECO", "CAE"], told(&case, &dispute, open, "ECO"));
        assert!(!tell(&client, strange).await.unwrap());
    }
    let nobody = pb::RecordDisputeRequest { parties: vec![], ..told(&case, &dispute, true, "MKT") };
    assert!(!tell(&client, nobody).await.unwrap());
    let seen = read(&case.mkt, &case.docket).await;
    assert_eq!((seen.dispute, seen.etag), (None, etag));
    assert_eq!(timeline(&case.mkt, &case.docket).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timeline_says_who_was_found_competent_or_that_nobody_was() {
    let case = Case::new().await.accepted().await;
    let client = arbitration(&case.world).await;
    for (end, said) in [("ECO", "ECO is found competent"), ("", "nobody was found competent")] {
        let dispute = format!("disputes/{}", id());
        tell(&client, told(&case, &dispute, true, "MKT")).await.unwrap();
        tell(&client, told(&case, &dispute, false, end)).await.unwrap();
        let last = timeline(&case.mkt, &case.docket).await.pop().unwrap();
        assert_eq!(last.kind, "DISPUTE_ENDED");
        assert_eq!(last.summary, format!("{dispute} has ended: {said}"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_term_changes_by_a_dispute_that_opens_runs_and_ends() {
    let (quiet, disputed) =
        (Case::new().await.accepted().await, Case::new().await.accepted().await);
    let (client, dispute) = (arbitration(&disputed.world).await, format!("disputes/{}", id()));
    let terms = async |case: &Case| {
        let terms = case.psb.get(&case.name).await.unwrap().terms;
        let term = |one: pb::Term| (one.rule, one.due_time, one.state, one.end_time, one.rungs);
        terms.into_iter().map(term).collect::<Vec<_>>()
    };
    let before = terms(&disputed).await;
    tell(&client, told(&disputed, &dispute, true, "MKT")).await.unwrap();
    assert_eq!(terms(&disputed).await, before);
    for case in [&quiet, &disputed] {
        case.world.clock.set(local("2026-03-04 09:00"));
    }
    tell(&client, told(&disputed, &dispute, true, "ECO")).await.unwrap();
    for case in [&quiet, &disputed] {
        case.psb.take(&case.name, file()).await;
        case.world.clock.set(local("2026-03-12 09:00"));
    }
    tell(&client, told(&disputed, &dispute, false, "ECO")).await.unwrap();
    assert_eq!(terms(&disputed).await, terms(&quiet).await, "as if there had been none");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_the_docket_sees_the_dispute_and_nobody_else_learns_of_it() {
    let case = Case::new().await.accepted().await;
    let (client, dispute) = (arbitration(&case.world).await, format!("disputes/{}", id()));
    let etag = read(&case.mkt, &case.docket).await.etag;
    tell(&client, told(&case, &dispute, true, "MKT")).await.unwrap();
    let seen = read(&case.mkt, &case.docket).await;
    assert_ne!(seen.etag, etag);
    let open = seen.dispute.unwrap();
    assert_eq!((open.dispute.as_str(), open.acting.as_str()), (dispute.as_str(), "MKT"));
    tell(&client, told(&case, &dispute, true, "ECO")).await.unwrap();
    assert_eq!(read(&case.psb, &case.docket).await.dispute.unwrap().acting, "ECO");
    tell(&client, told(&case, &dispute, false, "MKT")).await.unwrap();
    assert_eq!(read(&case.mkt, &case.docket).await.dispute, None);

    for party in [&case.mkt, &case.psb] {
        let events = timeline(party, &case.docket).await;
        let kinds: Vec<_> = events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["DISPUTE_OPENED", "DISPUTE_ACTING", "DISPUTE_ENDED"]);
        assert!(events.iter().all(|event| event.summary.contains(&dispute)));
        assert!(events.iter().all(|event| event.agency.is_empty() && event.rule == "J-05"));
        assert!(events[0].summary.contains("MKT, ECO"), "{}", events[0].summary);
    }
    // A party of the dispute is not thereby a party of the case.
    let eco = case.world.agency("ECO").await;
    let request = pb::GetDocketRequest { name: case.docket.clone() };
    let refusal = eco.client.clone().get_docket(request).await.unwrap_err();
    assert_eq!(refusal.code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_told_twice_or_late_is_noted_once() {
    let case = Case::new().await.accepted().await;
    let (client, dispute) = (arbitration(&case.world).await, format!("disputes/{}", id()));
    let opening = told(&case, &dispute, true, "MKT");
    for _ in 0..2 {
        assert!(tell(&client, opening.clone()).await.unwrap());
    }
    let other = pb::RecordDisputeRequest { open: false, ..opening };
    let refusal = tell(&client, other).await.unwrap_err();
    assert_told(&refusal, Code::AlreadyExists, "REQUEST_ID_REUSED");
    assert!(tell(&client, told(&case, &dispute, false, "MKT")).await.unwrap());
    assert!(tell(&client, told(&case, &dispute, true, "ECO")).await.unwrap(), "it has ended");
    assert_eq!(read(&case.mkt, &case.docket).await.dispute, None);
    assert_eq!(timeline(&case.mkt, &case.docket).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_docket_that_is_not_here_is_answered_too() {
    let case = Case::new().await;
    let client = arbitration(&case.world).await;
    let docket = format!("dockets/{}", id());
    let dispute = format!("disputes/{}", id());
    let unknown = pb::RecordDisputeRequest { docket, ..told(&case, &dispute, true, "MKT") };
    assert!(!tell(&client, unknown.clone()).await.unwrap());
    assert!(!tell(&client, unknown).await.unwrap());
    assert_eq!(timeline(&case.mkt, &case.docket).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_row_is_proven_by_the_service_that_told_it() {
    let case = Case::new().await;
    let (client, dispute) = (arbitration(&case.world).await, format!("disputes/{}", id()));
    let request = told(&case, &dispute, true, "MKT");
    tell(&client, request.clone()).await.unwrap();
    let mut log = case.world.caller(&case.world.referral, World::service("supervision")).await;
    let (rows, _) = journal::read(&mut log, 3, 0).await;
    let row = rows.iter().find(|row| row.kind == "DISPUTE_OPENED").unwrap();
    assert_eq!((row.request_id.as_str(), row.agency.as_str()), (request.request_id.as_str(), ""));
    let parties = journal::parties(&case.world, row.attestation.as_ref().unwrap());
    assert!(parties.caller.is_service("arbitration"));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_arbitration_tells_it_and_every_fault_is_named() {
    let case = Case::new().await;
    let empty = pb::RecordDisputeRequest {
        open: true,
        parties: vec!["MKT".to_owned(), "x".to_owned()],
        ..pb::RecordDisputeRequest::default()
    };
    let refusal = tell(&arbitration(&case.world).await, empty).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    let all = ["request_id", "docket", "dispute", "acting", "parties[1]"];
    assert_eq!(fields(&refusal), all);
    let request = told(&case, &format!("disputes/{}", id()), true, "MKT");
    let refusal = tell(&case.mkt.client, request).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PermissionDenied);
}
