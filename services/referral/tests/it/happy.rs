//! One case from discovery to hand-over, as the county lives it.

use proto::referral::v1::{self as pb, TermState, step::Kind};

use crate::{
    case::{Case, deliver, docket, file, notice, receipt, referral, team},
    hand_over,
    world::{World, local},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_case_goes_from_discovery_to_hand_over() {
    let world = World::new().await;
    let (mkt, psb) = (world.agency("MKT").await, world.agency("PSB").await);
    let opened = mkt.client.clone().open_docket(docket(&mkt, "糖果")).await.unwrap().into_inner();
    let opened = opened.docket.unwrap();
    let reached: Vec<_> = opened.suggestions.iter().map(|one| one.threshold.as_str()).collect();
    assert_eq!(reached, ["TH-FOOD-01"]);
    assert_eq!(opened.state(), pb::DocketState::Open);

    let request = referral(&mkt, &opened.name);
    let leg = mkt.client.clone().open_referral(request).await.unwrap().into_inner();
    let leg = leg.referral.unwrap();
    assert_eq!((leg.state.as_str(), leg.to_agency.as_str()), ("SUSPECTED", "PSB"));
    let name = leg.name.as_str();

    let reports = Kind::SubmitReport(pb::SubmitReport {});
    for (kind, state) in [
        (team(&mkt), "TEAM_ASSIGNED"),
        (reports, "AWAITING_HEAD"),
        (Kind::Approve(pb::Approve {}), "APPROVED"),
        (deliver(), "DELIVERED"),
    ] {
        world.clock.advance(chrono::Duration::hours(1));
        let after = mkt.take(name, kind).await;
        assert_eq!(after.state, state);
        assert!(after.missing_documents.is_empty());
    }
    for (kind, state) in [(receipt(), "ACCEPTED"), (file(), "FILED"), (notice(), "FILED")] {
        world.clock.advance(chrono::Duration::hours(1));
        assert_eq!(psb.take(name, kind).await.state, state);
    }
    let signed = pb::RecordHandOverRequest {
        property_under_measure: true,
        party_told_on: "2026-03-02".to_owned(),
        ..hand_over::signed(&world, name, ("MKT", "PSB"))
    };
    let evidence = hand_over::evidence(&world).await;
    let recorded = evidence.clone().record_hand_over(signed).await.unwrap().into_inner();
    assert_eq!(
        (recorded.step.as_str(), recorded.state.as_str()),
        ("HAND_OVER", "MATERIAL_HANDED_OVER")
    );

    let seen = mkt.get(name).await.unwrap();
    assert_eq!(seen.referral.unwrap().etag, "\"9\"", "one version for each step");
    let kept = ["T-03", "T-04", "T-05", "T-10", "T-14", "T-15", "T-21"];
    for rule in kept {
        let term = seen.terms.iter().find(|term| term.rule == rule).unwrap();
        assert_eq!(term.state(), TermState::Kept, "{rule}");
        assert!(term.end_time.is_some() && !term.basis.is_empty() && !term.duty.is_empty());
    }
    let codes: Vec<_> = seen.documents.iter().map(|document| document.code.as_str()).collect();
    assert_eq!(
        codes,
        [
            "REFERRAL_REPORT",
            "REFERRAL_LETTER",
            "INVESTIGATION_REPORT",
            "INVOLVED_ITEM_LIST",
            "RECEIPT",
            "FILING_NOTICE",
            "HAND_OVER_SHEET"
        ],
        "in the order they came"
    );
    assert_eq!(seen.next_actors, ["PRO", "PSB"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_referral_says_what_is_owed_by_whom_until_when() {
    let case = Case::new().await.accepted().await;
    let term = case.psb.term(&case.name, "T-14").await;
    assert_eq!((term.holder.as_str(), term.length.as_str()), ("PSB", "3 DAY"));
    assert_eq!(term.due_time.unwrap().seconds, local("2026-03-06 00:00").timestamp());
    assert_eq!((term.verified.as_str(), term.provisional), ("V", false));
    assert!(!term.service_target);
    assert!(case.mkt.term(&case.name, "T-10").await.service_target, "at once is no number");

    let steps = |seen: pb::GetReferralResponse| -> Vec<String> {
        seen.open_steps.into_iter().map(|open| open.step).collect()
    };
    let police = steps(case.psb.get(&case.name).await.unwrap());
    assert!(police.contains(&"FILE".to_owned()) && police.contains(&"NOT_FILE".to_owned()));
    let agency = steps(case.mkt.get(&case.name).await.unwrap());
    assert_eq!(agency, ["REPORT_LATE", "RECORD_PENALTY"]);
    assert!(steps(case.pro.get(&case.name).await.unwrap()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_timeline_tells_everything_with_its_rule_and_its_papers() {
    let case = Case::new().await.delivered().await;
    let all = case.mkt.watch_until(|events| events.len() >= 6).await;
    let request = pb::GetTimelineRequest { docket: case.docket.clone(), ..Default::default() };
    let told = case.mkt.client.clone().get_timeline(request).await.unwrap().into_inner();
    assert_eq!(told.events, all, "one docket: the watch and the timeline say the same");
    assert!(told.next_page_token.is_empty());
    let kinds: Vec<_> = all.iter().map(|e| (e.kind.as_str(), e.step.as_str())).collect();
    assert_eq!(
        kinds,
        [
            ("DOCKET_OPENED", ""),
            ("REFERRAL_OPENED", ""),
            ("STEP_TAKEN", "APPOINT_TEAM"),
            ("STEP_TAKEN", "SUBMIT_REPORT"),
            ("STEP_TAKEN", "APPROVE"),
            ("STEP_TAKEN", "DELIVER"),
        ]
    );
    let last = &all[5];
    assert_eq!((last.agency.as_str(), last.officer.as_str()), ("MKT", "MKT-01"));
    assert_eq!((last.from_state.as_str(), last.to_state.as_str()), ("APPROVED", "DELIVERED"));
    assert_eq!(last.rule, "T-05");
    assert!(last.basis.contains("Decree 310 art. 5(2)"));
    assert_eq!(last.documents.len(), 3);
    let (code, digest) = last.documents[0].split_once(':').unwrap();
    assert_eq!((code, digest.len()), ("REFERRAL_LETTER", 64));
    assert_eq!(last.time.unwrap().seconds, local(crate::world::MONDAY).timestamp());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_docket_whose_facts_reach_no_threshold_is_closed_with_a_reason() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let mut request = docket(&mkt, "无证经营");
    let crime = mkt.client.clone().open_docket(request.clone()).await.unwrap().into_inner();
    request.request_id = crate::world::id();
    request.facts.clear();
    let plain = mkt.client.clone().open_docket(request).await.unwrap().into_inner();
    let close = |docket: &pb::Docket| pb::CloseDocketRequest {
        request_id: crate::world::id(),
        name: docket.name.clone(),
        etag: docket.etag.clone(),
        reason: "没有犯罪事实".to_owned(),
        officer: mkt.officer("01"),
    };
    let (crime, plain) = (crime.docket.unwrap(), plain.docket.unwrap());
    let refusal = mkt.client.clone().close_docket(close(&crime)).await.unwrap_err();
    crate::world::assert_told(&refusal, tonic::Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(crate::world::rule(&refusal).0, "T-02");
    let closed = mkt.client.clone().close_docket(close(&plain)).await.unwrap().into_inner();
    let closed = closed.docket.unwrap();
    assert_eq!(closed.state(), pb::DocketState::Closed);
    let refusal = mkt.client.clone().close_docket(close(&plain)).await.unwrap_err();
    crate::world::assert_told(&refusal, tonic::Code::Aborted, "STALE");
    let request = referral(&mkt, &plain.name);
    let refusal = mkt.client.clone().open_referral(request).await.unwrap_err();
    assert_eq!(crate::world::fields(&refusal), ["docket"]);
}
