//! An agency before the court, leads of duty crimes, and letters of courts and procuratorate.

use proto::referral::v1::{self as pb, TermState, step::Kind};
use tonic::Code;

use crate::{
    case::{docket, referral},
    world::{Party, World, assert_told, fields, local, rule},
};

/// A docket of `by` and a leg that it opens there.
async fn opened(
    by: &Party,
    procedure: &str,
    to: &str,
    ground: &str,
) -> Result<String, tonic::Status> {
    let own = by.client.clone().open_docket(docket(by, "案件")).await.unwrap().into_inner();
    let ask = pb::OpenReferralRequest {
        procedure: procedure.to_owned(),
        to_agency: to.to_owned(),
        ground: ground.to_owned(),
        ..referral(by, &own.docket.unwrap().name)
    };
    let leg = by.client.clone().open_referral(ask).await?.into_inner();
    Ok(leg.referral.unwrap().name)
}

fn remind(ended: &str) -> Kind {
    Kind::RemindParty(pb::RemindParty {
        decision_no: "云市监罚〔2025〕9号".to_owned(),
        period_ended_on: ended.to_owned(),
    })
}

fn apply() -> Kind {
    Kind::ApplyForEnforcement(pb::ApplyForEnforcement {})
}

fn accept() -> Kind {
    Kind::AcceptApplication(pb::AcceptApplication { case_no: "(2026)云行审1号".to_owned() })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_penalty_decision_is_enforced_after_the_party_was_reminded() {
    let world = World::new().await;
    let (mkt, crt) = (world.agency("MKT").await, world.agency("CRT").await);
    let leg = opened(&mkt, "COURT_ENFORCEMENT", "", "").await.unwrap();
    let refusal = mkt.refused(&leg, remind("soon"), |_| {}).await;
    assert_eq!(fields(&refusal), ["step.period_ended_on"]);
    let refusal = mkt.refused(&leg, remind("2026-03-03"), |_| {}).await;
    assert_eq!(
        (fields(&refusal), rule(&refusal).0),
        (vec!["step.period_ended_on".into()], "C-08".into())
    );
    mkt.take(&leg, remind("2026-02-02")).await;
    let refusal = mkt.refused(&leg, apply(), |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "C-08", "the party has ten working days");
    world.clock.set(local("2026-03-17 10:00"));
    assert_told(&crt.get(&leg).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
    mkt.take(&leg, apply()).await;
    let term = crt.term(&leg, "C-08b").await;
    assert_eq!((term.holder.as_str(), term.length.as_str()), ("CRT", "5 WORKING_DAY"));
    crt.take(&leg, accept()).await;
    let grant = Kind::GrantEnforcement(pb::GrantEnforcement {});
    assert_eq!(crt.take(&leg, grant).await.state, "ENFORCEMENT_GRANTED");
    let terms = mkt.get(&leg).await.unwrap().terms;
    assert!(terms.iter().filter(|t| t.rule == "C-08b").all(|t| t.state() == TermState::Kept));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_right_to_apply_lapses_three_months_after_the_period() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let leg = opened(&mkt, "COURT_ENFORCEMENT", "", "").await.unwrap();
    mkt.take(&leg, remind("2025-12-10")).await;
    world.clock.set(local("2026-03-17 10:00"));
    let refusal = mkt.refused(&leg, apply(), |_| {}).await;
    assert_eq!(rule(&refusal).0, "C-08");
    let conclude = Kind::Conclude(pb::Conclude { reason: "逾期，丧失申请权".to_owned() });
    assert_eq!(mkt.take(&leg, conclude).await.state, "CONCLUDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ruling_of_non_execution_may_take_thirty_days_and_is_served_in_five() {
    let world = World::new().await;
    let (mkt, crt) = (world.agency("MKT").await, world.agency("CRT").await);
    let leg = opened(&mkt, "COURT_ENFORCEMENT", "", "").await.unwrap();
    mkt.take(&leg, remind("2026-02-02")).await;
    world.clock.set(local("2026-03-17 10:00"));
    mkt.take(&leg, apply()).await;
    crt.take(&leg, accept()).await;
    let hear = Kind::HearParties(pb::HearParties { reason: "明显缺乏事实根据".to_owned() });
    crt.take(&leg, hear).await;
    let terms = crt.get(&leg).await.unwrap().terms;
    assert!(terms.iter().any(|term| term.length == "30 DAY"));
    let refuse = pb::RefuseEnforcement { reason: "缺乏事实根据".to_owned() };
    crt.take(&leg, Kind::RefuseEnforcement(refuse)).await;
    world.clock.set(local("2026-03-25 10:00"));
    crt.take(&leg, Kind::ServeRuling(pb::ServeRuling {})).await;
    let terms = mkt.get(&leg).await.unwrap().terms;
    let late: Vec<_> =
        terms.iter().filter(|t| t.state() == TermState::Missed).map(|t| t.duty.as_str()).collect();
    assert_eq!(late, ["serve the ruling of non-execution on the agency"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_punish_has_nothing_to_be_enforced() {
    let world = World::new().await;
    let jus = world.agency("JUS").await;
    let refusal = opened(&jus, "COURT_ENFORCEMENT", "", "").await.unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal).0), (vec!["docket.agency".into()], "C-08".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lead_of_a_duty_crime_is_seen_by_sender_and_receiver_only() {
    let world = World::new().await;
    let (mkt, sup) = (world.agency("MKT").await, world.agency("SUP").await);
    let refusal = opened(&mkt, "DUTY_CRIME_LEAD", "GOV-C", "").await.unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal).0), (vec!["to_agency".into()], "T-23".into()));
    let lead = opened(&mkt, "DUTY_CRIME_LEAD", "", "").await.unwrap();
    assert_told(&sup.get(&lead).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
    mkt.take(&lead, Kind::TransferLead(pb::TransferLead { reason: "涉嫌受贿".to_owned() })).await;
    for code in ["GOV-C", "PRO", "JUS"] {
        let other = world.agency(code).await;
        assert_told(&other.get(&lead).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
    }
    let acknowledged = sup.take(&lead, Kind::AcknowledgeLead(pb::AcknowledgeLead {})).await;
    assert_eq!(acknowledged.state, "LEAD_ACKNOWLEDGED");
    assert!(mkt.term(&lead, "T-23").await.service_target);
    let again = opened(&mkt, "DUTY_CRIME_LEAD", "PRO", "").await.unwrap();
    mkt.take(&again, Kind::TransferLead(pb::TransferLead { reason: "徇私舞弊".to_owned() })).await;
    let back = pb::ReturnLead {
        competent_organ: "SUP".to_owned(),
        reason: "属监察机关管辖".to_owned(),
    };
    let pro = world.agency("PRO").await;
    assert_eq!(pro.take(&again, Kind::ReturnLead(back)).await.state, "LEAD_RETURNED");
}

#[tokio::test(flavor = "multi_thread")]
async fn judicial_advice_is_answered_in_two_months_or_told_to_the_superior() {
    let world = World::new().await;
    let (crt, mkt) = (world.agency("CRT").await, world.agency("MKT").await);
    let refusal = opened(&mkt, "JUDICIAL_ADVICE", "ECO", "GOVERNANCE").await.unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal).0), (vec!["ground".into()], "C-06".into()));
    let refusal = opened(&crt, "JUDICIAL_ADVICE", "MKT", "GOSSIP").await.unwrap_err();
    assert_eq!(fields(&refusal), ["ground"]);
    let advice = opened(&crt, "JUDICIAL_ADVICE", "MKT", "GOVERNANCE").await.unwrap();
    let send = || Kind::SendAdvice(pb::SendAdvice {});
    let deputy = crt.refused(&advice, send(), |request| request.officer = crt.officer("03")).await;
    assert_told(&deputy, Code::PermissionDenied, "WRONG_OFFICER");
    assert_eq!(rule(&deputy).0, "C-06", "the president signs");
    crt.take(&advice, send()).await;
    let copy = || Kind::CopyToSuperior(pb::CopyToSuperior { reason: "逾期未回复".to_owned() });
    let refusal = crt.refused(&advice, copy(), |_| {}).await;
    assert_eq!(rule(&refusal).0, "C-06b");
    world.clock.set(local("2026-05-07 10:00"));
    crt.take(&advice, copy()).await;
    assert_eq!(world.agency("GOV-C").await.state(&advice).await, "ADVICE_SENT");
    let reply = Kind::ReplyToAdvice(pb::ReplyToAdvice { answer: "已经整改".to_owned() });
    assert_eq!(mkt.take(&advice, reply).await.state, "ADVICE_REPLIED");
    assert_eq!(mkt.term(&advice, "C-06b").await.state(), TermState::Missed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crime_that_shows_in_an_administrative_case_is_transferred() {
    let world = World::new().await;
    let (crt, psb) = (world.agency("CRT").await, world.agency("PSB").await);
    let refusal = opened(&crt, "JUDICIAL_ADVICE", "MKT", "CRIME_FOUND").await.unwrap_err();
    assert_eq!(fields(&refusal), ["to_agency"]);
    let found = opened(&crt, "JUDICIAL_ADVICE", "PSB", "CRIME_FOUND").await.unwrap();
    let transfer = pb::TransferCrime { reason: "审理中发现涉嫌犯罪".to_owned() };
    crt.take(&found, Kind::TransferCrime(transfer)).await;
    let done = psb.take(&found, Kind::AcknowledgeTransfer(pb::AcknowledgeTransfer {})).await;
    assert_eq!(done.state, "TRANSFER_ACKNOWLEDGED");
}
