//! From public security to the procuratorate: one case, sent on by a step, reviewed in a leg of its own.

use proto::referral::v1::{self as pb, TermState, step::Kind};
use tonic::Code;

use crate::{
    case::{Case, docket, file, notice, referral},
    hand_over,
    world::{World, assert_told, fields, local, rule},
};

pub(crate) fn returned() -> Kind {
    Kind::ReturnForInvestigation(pb::ReturnForInvestigation { reason: "证据不足".to_owned() })
}

pub(crate) fn prosecute() -> Kind {
    Kind::Prosecute(pb::Prosecute {})
}

pub(crate) fn not_prosecute(penalty_due: bool, authority: &str) -> Kind {
    Kind::NotProsecute(pb::NotProsecute {
        ground: "DISCRETIONARY".to_owned(),
        reason: "情节轻微".to_owned(),
        penalty_due,
        competent_authority: authority.to_owned(),
    })
}

/// Sent for prosecution: the case, and the leg before the procuratorate.
pub(crate) async fn sent(case: Case) -> (Case, String) {
    let case = case.accepted().await;
    case.psb.take(&case.name, file()).await;
    case.psb.take(&case.name, notice()).await;
    let evidence = hand_over::evidence(&case.world).await;
    let signed = hand_over::signed(&case.world, &case.name, ("MKT", "PSB"));
    evidence.clone().record_hand_over(signed).await.unwrap();
    case.psb.take(&case.name, Kind::BeginInvestigation(pb::BeginInvestigation {})).await;
    let send = Kind::SendForProsecution(pb::SendForProsecution {});
    let review = case.psb.took(&case.name, send).await.opened_referral;
    (case, review)
}

/// The docket with its legs, as a body sees it.
pub(crate) async fn whole(case: &Case, code: &str) -> pb::GetDocketResponse {
    let party = case.world.agency(code).await;
    let request = pb::GetDocketRequest { name: case.docket.clone() };
    party.client.clone().get_docket(request).await.unwrap().into_inner()
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_for_prosecution_opens_the_review_in_one_transaction() {
    let (case, review) = sent(Case::new().await).await;
    let seen = case.pro.get(&review).await.unwrap();
    let leg = seen.referral.unwrap();
    assert_eq!(
        (leg.procedure.as_str(), leg.state.as_str()),
        ("PROSECUTION_REVIEW", "UNDER_PROSECUTION_REVIEW")
    );
    assert_eq!(
        (leg.from_agency.as_str(), leg.to_agency.as_str(), leg.agency.as_str()),
        ("PSB", "PRO", "MKT")
    );
    assert_eq!(leg.parent, case.name);
    let term = case.pro.term(&review, "P-16").await;
    assert_eq!((term.holder.as_str(), term.length.as_str()), ("PRO", "1 MONTH"));
    let events = case.mkt.watch_until(|e| e.iter().any(|e| e.resource == review)).await;
    let last: Vec<_> = events[events.len() - 2..].iter().map(|e| e.step.as_str()).collect();
    assert_eq!(last, ["SEND_FOR_PROSECUTION", ""]);
    let opened = events.last().unwrap();
    assert_eq!((opened.kind.as_str(), opened.rule.as_str()), ("REFERRAL_OPENED", "P-16"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_agency_sees_how_its_case_stands_and_not_the_file() {
    let (case, review) = sent(Case::new().await).await;
    case.pro.take(&review, prosecute()).await;
    let agency = case.mkt.get(&review).await.unwrap();
    assert_eq!(agency.referral.unwrap().state, "PROSECUTED");
    assert!(agency.documents.is_empty(), "the indictment is no paper of the agency's");
    assert_eq!(case.psb.get(&review).await.unwrap().documents.len(), 1);
    let stranger = case.world.agency("CAE").await;
    assert_told(&stranger.get(&review).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_is_returned_twice_extended_and_decided_and_each_term_is_told() {
    let (case, review) = sent(Case::new().await).await;
    for _ in 0..2 {
        case.world.clock.advance(chrono::Duration::hours(1));
        case.pro.take(&review, returned()).await;
        let resubmit = Kind::Resubmit(pb::Resubmit {});
        let refusal = case.pro.refused(&review, resubmit.clone(), |_| {}).await;
        assert_told(&refusal, Code::PermissionDenied, "NOT_YOUR_STEP");
        case.psb.take(&review, resubmit).await;
    }
    let refusal = case.pro.refused(&review, returned(), |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "P-17");
    let extend = || {
        Kind::ExtendProsecutionReview(pb::ExtendProsecutionReview {
            reason: "案情复杂".to_owned()
        })
    };
    case.pro.take(&review, extend()).await;
    let term = case.pro.term(&review, "P-16").await;
    assert_eq!(term.length, "1 MONTH + 15 DAY");
    assert_eq!(term.due_time.unwrap().seconds, local("2026-04-18 00:00").timestamp());
    let refusal = case.pro.refused(&review, extend(), |_| {}).await;
    assert_eq!(rule(&refusal).0, "P-16");
    case.world.clock.set(local("2026-04-20 09:00"));
    case.pro.take(&review, prosecute()).await;
    let late = case.pro.term(&review, "P-16").await;
    assert_eq!(late.state(), TermState::Missed, "late, and decided all the same");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fast_track_leaves_ten_days() {
    let (case, review) = sent(Case::new().await).await;
    let fast = Kind::ApplyFastTrack(pb::ApplyFastTrack { may_exceed_one_year: false });
    case.pro.take(&review, fast).await;
    let term = case.psb.term(&review, "P-16").await;
    assert_eq!(term.length, "10 DAY");
    assert_eq!(term.due_time.unwrap().seconds, local("2026-03-13 00:00").timestamp());
}

#[tokio::test(flavor = "multi_thread")]
async fn public_security_sends_a_case_of_its_own_and_nobody_else_does() {
    let world = World::new().await;
    let (psb, mkt) = (world.agency("PSB").await, world.agency("MKT").await);
    let ask = |party: &crate::world::Party, docket: &str| pb::OpenReferralRequest {
        procedure: "PROSECUTION_REVIEW".to_owned(),
        ..referral(party, docket)
    };
    let own = psb.open_docket("网店售假").await;
    let opened = psb.client.clone().open_referral(ask(&psb, &own.name)).await.unwrap();
    let leg = opened.into_inner().referral.unwrap();
    assert_eq!((leg.state.as_str(), leg.agency.as_str()), ("UNDER_PROSECUTION_REVIEW", "PSB"));
    let other = mkt.open_docket("糖果").await;
    let refusal = mkt.client.clone().open_referral(ask(&mkt, &other.name)).await.unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal).0), (vec!["docket.agency".into()], "P-16".into()));
    let trial = pb::OpenReferralRequest {
        procedure: "PUBLIC_PROSECUTION".to_owned(),
        ..referral(&psb, &own.name)
    };
    let refusal = psb.client.clone().open_referral(trial).await.unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal).0), (vec!["procedure".into()], "P-16".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_never_prosecuted_is_not_not_prosecuted() {
    let case = Case::new().await.accepted().await;
    let refusal = case.psb.refused(&case.name, not_prosecute(true, ""), |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "WRONG_STATE");
    assert_eq!(rule(&refusal).0, "P-10");
    let back = pb::OpenReferralRequest {
        procedure: "REVERSE_REFERRAL".to_owned(),
        reason: "应当给予行政处罚".to_owned(),
        ..referral(&case.pro, &case.docket)
    };
    let refusal = case.pro.client.clone().open_referral(back).await.unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal).0), (vec!["parent".into()], "P-10".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fine_between_suspicion_and_the_end_of_the_criminal_branch_in_whatever_leg_it_is() {
    let (case, review) = sent(Case::new().await).await;
    let fine = || {
        Kind::RecordPenalty(pb::RecordPenalty {
            penalty: "FINE".to_owned(),
            decision_no: "云市监罚〔2026〕1号".to_owned(),
            amount_fen: 50_000,
        })
    };
    let refusal = case.mkt.refused(&case.name, fine(), |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "T-02");
    let branches = whole(&case, "MKT").await.branches.unwrap();
    assert_eq!((branches.criminal.as_str(), branches.administrative.as_str()), ("OPEN", "HELD"));
    case.pro.take(&review, not_prosecute(false, "")).await;
    case.mkt.take(&case.name, fine()).await;
    let seen = whole(&case, "MKT").await;
    let branches = seen.branches.unwrap();
    assert_eq!(
        (branches.criminal.as_str(), branches.outcome.as_str()),
        ("ENDED", "NOT_PROSECUTED")
    );
    assert_eq!((branches.administrative.as_str(), branches.fines_fen), ("OPEN", 50_000));
    assert_eq!(seen.docket.unwrap().earlier_penalties.len(), 1);
    assert_eq!(seen.referrals.len(), 2, "forward and on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_docket_is_closed_when_every_leg_has_ended() {
    let (case, review) = sent(Case::new().await).await;
    let close = |etag: String| pb::CloseDocketRequest {
        request_id: crate::world::id(),
        name: case.docket.clone(),
        etag,
        reason: "刑事程序终结".to_owned(),
        officer: case.mkt.officer("01"),
    };
    let etag = whole(&case, "MKT").await.docket.unwrap().etag;
    let refusal = case.mkt.client.clone().close_docket(close(etag.clone())).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert!(refusal.message().contains("1 of the 2 referrals"), "{}", refusal.message());
    case.pro.take(&review, not_prosecute(false, "")).await;
    let closed = case.mkt.client.clone().close_docket(close(etag)).await.unwrap().into_inner();
    assert_eq!(closed.docket.unwrap().state(), pb::DocketState::Closed);
    assert_eq!(whole(&case, "MKT").await.branches.unwrap().administrative, "ENDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_that_was_passed_on_is_no_way_round_the_referral() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let opened = mkt.client.clone().open_docket(docket(&mkt, "糖果")).await.unwrap().into_inner();
    let opened = opened.docket.unwrap();
    let lead = pb::OpenReferralRequest {
        procedure: "DUTY_CRIME_LEAD".to_owned(),
        ..referral(&mkt, &opened.name)
    };
    let lead = mkt.client.clone().open_referral(lead).await.unwrap().into_inner();
    let lead = lead.referral.unwrap().name;
    mkt.take(&lead, Kind::TransferLead(pb::TransferLead { reason: "涉嫌渎职".to_owned() })).await;
    let sup = world.agency("SUP").await;
    sup.take(&lead, Kind::AcknowledgeLead(pb::AcknowledgeLead {})).await;
    let close = pb::CloseDocketRequest {
        request_id: crate::world::id(),
        name: opened.name,
        etag: opened.etag,
        reason: "线索已经移送".to_owned(),
        officer: mkt.officer("01"),
    };
    let refusal = mkt.client.clone().close_docket(close).await.unwrap_err();
    assert_eq!(rule(&refusal).0, "T-02", "the facts reach a threshold");
}
