//! Who sees what: a stranger nothing, the procuratorate what happens from delivery on.

use proto::referral::v1::{self as pb, step::Kind};
use tonic::{Code, Status};

use crate::{
    case::{Case, file, referral, step, team},
    world::{Party, World, assert_told, id},
};

/// Everything `party` is told about a case, when it asks in every way there is.
async fn asked(party: &Party, case: &Case, seen: &pb::Referral) -> Vec<(&'static str, Status)> {
    let mut client = party.client.clone();
    let docket = pb::GetDocketRequest { name: case.docket.clone() };
    let timeline = pb::GetTimelineRequest { docket: case.docket.clone(), ..Default::default() };
    let close = pb::CloseDocketRequest {
        request_id: id(),
        name: case.docket.clone(),
        etag: "\"1\"".to_owned(),
        reason: "无".to_owned(),
        officer: party.officer("01"),
    };
    let supervise = pb::OpenReferralRequest {
        parent: seen.name.clone(),
        procedure: "FILING_SUPERVISION".to_owned(),
        reason: "不应当立案".to_owned(),
        ..referral(party, &case.docket)
    };
    let steps = [team(party), file(), Kind::SendReminder(pb::SendReminder {})];
    let mut told = vec![
        ("get", party.get(&seen.name).await.unwrap_err()),
        ("docket", client.get_docket(docket).await.unwrap_err()),
        ("timeline", client.get_timeline(timeline).await.unwrap_err()),
        ("close", client.close_docket(close).await.unwrap_err()),
        ("refer", client.open_referral(referral(party, &case.docket)).await.unwrap_err()),
        ("supervise", client.open_referral(supervise).await.unwrap_err()),
    ];
    for kind in steps {
        told.push(("step", party.call(step(party, seen, kind)).await.unwrap_err()));
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_does_not_learn_that_a_case_exists() {
    let case = Case::new().await.accepted().await;
    let seen = case.mkt.get(&case.name).await.unwrap().referral.unwrap();
    case.mkt.watch_until(|events| events.len() >= 7).await;
    let nowhere = Case {
        name: format!("referrals/{}", id()),
        docket: format!("dockets/{}", id()),
        ..Case::of(World::new().await).await
    };
    let absent = pb::Referral { name: nowhere.name.clone(), ..seen.clone() };
    for code in ["CAE", "PSB-ECO", "CRT", "PRO-M"] {
        let stranger = case.world.agency(code).await;
        let hidden = asked(&stranger, &case, &seen).await;
        let nothing = asked(&stranger, &nowhere, &absent).await;
        for ((call, hidden), (_, nothing)) in hidden.iter().zip(&nothing) {
            assert_told(hidden, Code::NotFound, "NOT_FOUND");
            let (one, two) =
                ((hidden.message(), hidden.details()), (nothing.message(), nothing.details()));
            assert_eq!(one, two, "{code} {call}: as if it were not there");
        }
        assert!(stranger.list("").await.is_empty());
        assert!(stranger.watch("", 0).await.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_procuratorate_sees_nothing_before_delivery_and_everything_from_it_on() {
    let case = Case::new().await.approved().await;
    let seen = case.mkt.get(&case.name).await.unwrap().referral.unwrap();
    for party in [&case.pro, &case.psb] {
        for (_, status) in asked(party, &case, &seen).await {
            assert_told(&status, Code::NotFound, "NOT_FOUND");
        }
        assert!(party.list("").await.is_empty());
        assert!(party.watch("", 0).await.is_empty());
    }
    case.mkt.take(&case.name, crate::case::deliver()).await;
    case.psb.take(&case.name, crate::case::receipt()).await;
    case.psb.take(&case.name, file()).await;

    for party in [&case.pro, &case.psb] {
        let events = party.watch_until(|events| events.len() >= 3).await;
        let steps: Vec<_> = events.iter().map(|event| event.step.as_str()).collect();
        assert_eq!(steps, ["DELIVER", "SIGN_RECEIPT", "FILE"], "and not what was before");
        let timeline = pb::GetTimelineRequest { docket: case.docket.clone(), ..Default::default() };
        let told = party.client.clone().get_timeline(timeline).await.unwrap().into_inner();
        assert_eq!(told.events, events);
        assert_eq!(party.list("").await.len(), 1);
        let request = pb::GetDocketRequest { name: case.docket.clone() };
        let docket = party.client.clone().get_docket(request).await.unwrap().into_inner();
        assert_eq!(docket.referrals.len(), 1);
        assert_eq!(party.state(&case.name).await, "FILED");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_sees_a_case_takes_only_its_own_steps() {
    let case = Case::new().await.accepted().await;
    let refusal = case.pro.refused(&case.name, file(), |_| {}).await;
    assert_told(&refusal, Code::PermissionDenied, "NOT_YOUR_STEP");
    let refusal = case.mkt.refused(&case.name, file(), |_| {}).await;
    assert_told(&refusal, Code::PermissionDenied, "NOT_YOUR_STEP");
    assert_eq!(case.psb.state(&case.name).await, "ACCEPTED");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_organ_a_case_is_forwarded_to_sees_it_from_then_on() {
    let case = Case::new().await.accepted().await;
    let eco = case.world.agency("PSB-ECO").await;
    assert!(eco.list("").await.is_empty());
    let forward = Kind::Forward(pb::Forward {
        competent_organ: "PSB-ECO".to_owned(),
        reason: "属经济犯罪侦查部门管辖".to_owned(),
    });
    case.psb.take(&case.name, forward).await;
    let events = eco.watch_until(|events| !events.is_empty()).await;
    assert_eq!(events[0].step, "FORWARD");
    assert_eq!(eco.take(&case.name, crate::case::receipt()).await.to_agency, "PSB-ECO");
    assert_eq!(case.psb.state(&case.name).await, "ACCEPTED", "who saw it goes on seeing it");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_bodies_call_and_services_do_not() {
    let world = World::new().await;
    let mut gateway = world.caller(&world.referral, World::service("gateway")).await;
    let list = pb::ListReferralsRequest::default();
    let refusal = gateway.list_referrals(list).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PermissionDenied);
    let tables = gateway.list_procedures(pb::ListProceduresRequest {}).await.unwrap().into_inner();
    let codes: Vec<_> = tables.procedures.iter().map(|table| table.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "CRIMINAL_REFERRAL",
            "FILING_SUPERVISION",
            "PROSECUTION_REVIEW",
            "PUBLIC_PROSECUTION",
            "REVERSE_REFERRAL",
            "COURT_ENFORCEMENT",
            "DUTY_CRIME_LEAD",
            "JUDICIAL_ADVICE"
        ]
    );
}
