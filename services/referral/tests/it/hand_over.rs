//! What the evidence service asks and tells: who must hand over, and that both have signed.

use proto::referral::v1::{self as pb, TermState, step::Kind};
use tonic::Code;

use crate::{
    case::{Case, file, notice, paper},
    journal, worker,
    world::{Client, World, assert_told, fields, id, rule},
};

/// The evidence service, calling referral.
pub(crate) async fn evidence(world: &World) -> Client {
    world.caller(&world.referral, World::service("evidence")).await
}

/// A hand-over of everything, signed now by both.
pub(crate) fn signed(
    world: &World,
    referral: &str,
    (giver, receiver): (&str, &str),
) -> pb::RecordHandOverRequest {
    pb::RecordHandOverRequest {
        request_id: id(),
        referral: referral.to_owned(),
        hand_over: format!("handOvers/{}", id()),
        giver: giver.to_owned(),
        receiver: receiver.to_owned(),
        giver_officer: format!("{giver}-01"),
        receiver_officer: format!("{receiver}-01"),
        signed_time: Some(prost_types::Timestamp {
            seconds: world.clock.now().timestamp(),
            nanos: 0,
        }),
        sheet: Some(paper("HAND_OVER_SHEET")),
        property_under_measure: false,
        party_told_on: String::new(),
        completes: true,
    }
}

async fn filed() -> Case {
    let case = Case::new().await.accepted().await;
    case.psb.take(&case.name, file()).await;
    case.psb.take(&case.name, notice()).await;
    case
}

async fn t_21(case: &Case) -> TermState {
    let seen = case.mkt.get(&case.name).await.unwrap();
    seen.terms.iter().find(|term| term.rule == "T-21").unwrap().state()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_the_step_by_hand() {
    let case = filed().await;
    let by_hand = Kind::HandOver(pb::HandOver::default());
    let refusal = case.mkt.refused(&case.name, by_hand, |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "T-21");
    assert!(refusal.message().contains("evidence hand-over propose"), "{}", refusal.message());
    let transfer = Kind::CompleteTransfer(pb::CompleteTransfer {});
    let refusal = case.psb.refused(&case.name, transfer, |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "T-26");

    let seen = case.mkt.get(&case.name).await.unwrap();
    assert!(seen.open_steps.iter().all(|step| step.step != "HAND_OVER"));
    assert!(seen.next_actors.contains(&"MKT".to_owned()), "who owes it is still named");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_duty_names_both_sides_until_it_is_fulfilled() {
    let case = Case::new().await.accepted().await;
    let mut evidence = evidence(&case.world).await;
    let ask = |agency: &str| pb::GetHandOverDutyRequest {
        referral: case.name.clone(),
        agency: agency.to_owned(),
    };
    let duty = evidence.get_hand_over_duty(ask("MKT")).await.unwrap().into_inner();
    assert_eq!((duty.giver.as_str(), duty.state.as_str()), ("", "ACCEPTED"), "not filed yet");
    case.psb.take(&case.name, file()).await;
    case.psb.take(&case.name, notice()).await;
    let duty = evidence.get_hand_over_duty(ask("PSB")).await.unwrap().into_inner();
    assert_eq!((duty.giver.as_str(), duty.receiver.as_str()), ("MKT", "PSB"));
    assert!(duty.due_time.is_some());

    let stranger = evidence.get_hand_over_duty(ask("ECO")).await.unwrap_err();
    assert_eq!(stranger.code(), Code::NotFound);
    let agency = case.mkt.client.clone().get_hand_over_duty(ask("MKT")).await.unwrap_err();
    assert_eq!(agency.code(), Code::PermissionDenied, "only the evidence service asks");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hand_over_of_a_part_leaves_the_term_open() {
    let case = filed().await;
    let mut evidence = evidence(&case.world).await;
    let part = pb::RecordHandOverRequest {
        completes: false,
        ..signed(&case.world, &case.name, ("MKT", "PSB"))
    };
    let told = evidence.record_hand_over(part).await.unwrap().into_inner();
    assert_eq!((told.step.as_str(), told.state.as_str()), ("", "FILED"));
    assert_eq!(t_21(&case).await, TermState::Running);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_term_is_kept_by_the_day_of_the_signatures() {
    let case = filed().await;
    let mut evidence = evidence(&case.world).await;
    let request = signed(&case.world, &case.name, ("MKT", "PSB"));
    // The service hears of it when the term has long passed, and been called missed.
    case.world.clock.advance(chrono::Duration::days(9));
    let worker = worker::start(&case.world.referral);
    let overdue = |event: &pb::Event| event.rule == "T-21" && event.step == "OVERDUE";
    case.mkt.watch_until(|events| events.iter().any(overdue)).await;
    worker::finish(worker).await;
    assert_eq!(t_21(&case).await, TermState::Missed);
    let told = evidence.record_hand_over(request.clone()).await.unwrap().into_inner();
    assert_eq!(told.step, "HAND_OVER");
    assert_eq!(t_21(&case).await, TermState::Kept);
    let again = evidence.record_hand_over(request.clone()).await.unwrap().into_inner();
    assert_eq!(again, told, "told twice, taken once");
    let other = pb::RecordHandOverRequest { completes: false, ..request };
    let refusal = evidence.record_hand_over(other).await.unwrap_err();
    assert_told(&refusal, Code::AlreadyExists, "REQUEST_ID_REUSED");
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_after_the_term_do_not_keep_it() {
    let case = filed().await;
    case.world.clock.advance(chrono::Duration::days(9));
    let late = signed(&case.world, &case.name, ("MKT", "PSB"));
    evidence(&case.world).await.record_hand_over(late).await.unwrap();
    assert_eq!(t_21(&case).await, TermState::Missed);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_signed_is_in_the_case_under_the_givers_name() {
    let case = filed().await;
    let request = signed(&case.world, &case.name, ("MKT", "PSB"));
    evidence(&case.world).await.record_hand_over(request.clone()).await.unwrap();
    let events = case.psb.watch_until(|events| events.iter().any(|e| e.step == "HAND_OVER")).await;
    let taken = events.iter().find(|event| event.step == "HAND_OVER").unwrap();
    assert_eq!((taken.agency.as_str(), taken.officer.as_str()), ("MKT", "MKT-01"));
    assert!(taken.summary.contains(&request.hand_over), "{}", taken.summary);
    assert!(taken.documents[0].starts_with("HAND_OVER_SHEET:"));
    let documents = case.psb.get(&case.name).await.unwrap().documents;
    assert_eq!(documents.last(), request.sheet.as_ref());

    let mut log = case.world.caller(&case.world.referral, World::service("supervision")).await;
    let (rows, _) = journal::read(&mut log, 10, 0).await;
    let row = rows.iter().find(|row| row.step == "HAND_OVER").unwrap();
    assert_eq!((row.agency.as_str(), row.officer.as_str()), ("MKT", "MKT-01"));
    assert_eq!(row.request_id, request.request_id);
    let parties = journal::parties(&case.world, row.attestation.as_ref().unwrap());
    assert!(parties.caller.is_service("evidence"), "who told it is who proves it");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hand_overs_that_are_due_at_once_are_told_apart_by_their_parties() {
    let case = filed().await;
    let mut evidence = evidence(&case.world).await;
    let elsewhere = pb::TransferJurisdiction {
        competent_organ: "PSB-ECO".to_owned(),
        reason: "经济犯罪由经侦部门管辖".to_owned(),
    };
    case.psb.take(&case.name, Kind::TransferJurisdiction(elsewhere)).await;
    for (asks, giver, receiver) in
        [("MKT", "MKT", "PSB"), ("PSB", "PSB", "PSB-ECO"), ("PSB-ECO", "PSB", "PSB-ECO")]
    {
        let referral = case.name.clone();
        let ask = pb::GetHandOverDutyRequest { referral, agency: asks.to_owned() };
        let duty = evidence.get_hand_over_duty(ask).await.unwrap().into_inner();
        assert_eq!((duty.giver.as_str(), duty.receiver.as_str()), (giver, receiver), "{asks} asks");
    }
    for (parties, step, state) in [
        (("MKT", "PSB"), "HAND_OVER", "MATERIAL_HANDED_OVER"),
        (("PSB", "PSB-ECO"), "COMPLETE_TRANSFER", "MATERIAL_HANDED_OVER"),
    ] {
        let request = signed(&case.world, &case.name, parties);
        let told = evidence.record_hand_over(request).await.unwrap().into_inner();
        assert_eq!((told.step.as_str(), told.state.as_str()), (step, state));
    }
    assert_eq!(case.mkt.get(&case.name).await.unwrap().referral.unwrap().to_agency, "PSB-ECO");
    assert_eq!(case.psb.term(&case.name, "T-26").await.state(), TermState::Kept);
    let more = signed(&case.world, &case.name, ("MKT", "PSB"));
    let told = evidence.record_hand_over(more).await.unwrap().into_inner();
    assert_eq!((told.step.as_str(), told.state.as_str()), ("", "MATERIAL_HANDED_OVER"), "no more");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_at_fault_is_named() {
    let case = filed().await;
    let mut evidence = evidence(&case.world).await;
    let empty = pb::RecordHandOverRequest {
        party_told_on: "yesterday".to_owned(),
        ..pb::RecordHandOverRequest::default()
    };
    let refusal = evidence.record_hand_over(empty).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    let all = [
        "request_id",
        "hand_over",
        "giver_officer",
        "receiver_officer",
        "giver",
        "receiver",
        "signed_time",
        "party_told_on",
        "sheet",
    ];
    assert_eq!(fields(&refusal), all);
    let nobody = pb::RecordHandOverRequest {
        giver_officer: "PSB-01".to_owned(),
        ..signed(&case.world, &case.name, ("MKT", "PSB"))
    };
    let refusal = evidence.record_hand_over(nobody).await.unwrap_err();
    assert_eq!(fields(&refusal), ["giver_officer"], "an officer of another body");
    let unknown = format!("referrals/{}", id());
    let unknown = signed(&case.world, &unknown, ("MKT", "PSB"));
    assert_eq!(evidence.record_hand_over(unknown).await.unwrap_err().code(), Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_identity_it_is_told_again_later() {
    let case = filed().await;
    let alone = case.world.without_identity().await;
    let request = signed(&case.world, &case.name, ("MKT", "PSB"));
    let mut away = case.world.caller(&alone, World::service("evidence")).await;
    let refusal = away.record_hand_over(request.clone()).await.unwrap_err();
    assert_told(&refusal, Code::Unavailable, "DIRECTORY_UNAVAILABLE");
    let told = evidence(&case.world).await.record_hand_over(request).await.unwrap().into_inner();
    assert_eq!(told.step, "HAND_OVER");
}

#[tokio::test(flavor = "multi_thread")]
async fn others_than_those_who_owe_it_do_not_fulfil_it() {
    let case = filed().await;
    let mut evidence = evidence(&case.world).await;
    let wrong = signed(&case.world, &case.name, ("PSB", "MKT"));
    let refusal = evidence.record_hand_over(wrong).await.unwrap_err();
    assert_eq!(rule(&refusal).0, "T-21");
    assert!(refusal.message().contains("MKT must hand over to PSB"), "{}", refusal.message());
    let stranger = signed(&case.world, &case.name, ("ECO", "PSB"));
    assert_eq!(evidence.record_hand_over(stranger).await.unwrap_err().code(), Code::NotFound);
    let mkt = signed(&case.world, &case.name, ("MKT", "PSB"));
    let refusal = case.mkt.client.clone().record_hand_over(mkt).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PermissionDenied, "only the evidence service tells it");
    assert_eq!(t_21(&case).await, TermState::Running);
}
