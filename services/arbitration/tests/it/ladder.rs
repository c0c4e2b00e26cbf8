//! Each way up the ladder, end to end.

use proto::arbitration::v1::{self as pb, step::Kind};
use tonic::Code;

use crate::{
    case::{
        Case, accept, acknowledge, answer, apply, decide, escalate, interim, opening, position,
        propose, session, step, vote, withdraw,
    },
    world::{World, assert_broken, assert_told, fields, local},
};

fn offer(competent: &str) -> Kind {
    Kind::OfferSettlement(pb::OfferSettlement {
        competent: competent.to_owned(),
        text: "由其办理，另一方协助".to_owned(),
        effective_from: String::new(),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_agree_settle_in_writing() {
    let case = Case::new().await;
    let offered = case.one.take(&case.name, offer("NAT")).await.settlement.unwrap();
    assert_eq!((offered.signed_by, offered.settlement_sha256.len()), (vec!["AGR".to_owned()], 64));
    let sign = |sha256: &str| {
        Kind::SignSettlement(pb::SignSettlement { settlement_sha256: sha256.to_owned() })
    };
    let refusal = case.two.refused(&case.name, sign(&"0".repeat(64))).await;
    assert_broken(&refusal, Code::FailedPrecondition, "RULE_BROKEN", "J-02");
    let settled = case.two.take(&case.name, sign(&offered.settlement_sha256)).await;
    assert_eq!((settled.state.as_str(), settled.acting.as_str()), ("SETTLED", "NAT"));
    let decision = settled.decision.unwrap();
    assert_eq!((decision.manner.as_str(), decision.competent.as_str()), ("SETTLEMENT", "NAT"));
    assert_eq!(decision.effective_from, "2026-03-02");
    assert_eq!(decision.acknowledged_by, ["AGR", "NAT"]);
    assert!(case.gdo.list("").await.is_empty(), "it never went before the forum");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guidance_office_brings_the_parties_to_agree() {
    let case = Case::new().await.before_forum().await;
    case.two.take(&case.name, Kind::StatePosition(position())).await;
    case.gdo.take(&case.name, session()).await;
    case.gdo.take(&case.name, propose("NAT")).await;
    case.one.take(&case.name, answer(true)).await;
    let decided = case.two.take(&case.name, answer(true)).await;
    assert_eq!((decided.state.as_str(), decided.sessions.len()), ("DECIDED", 1));
    let decision = decided.decision.unwrap();
    assert_eq!(
        (decision.manner.as_str(), decision.decided_by),
        ("COORDINATION", vec!["GDO".into()])
    );

    // Each party confirms that it has it: a service target, so that a late one shows.
    case.one.take(&case.name, acknowledge()).await;
    let seen = case.two.get(&case.name).await.unwrap();
    let targets: Vec<_> = seen.terms.iter().filter(|one| one.length == "24 HOUR").collect();
    let targets: Vec<_> =
        targets.iter().map(|one| (one.holder.as_str(), one.state.as_str())).collect();
    assert_eq!(targets, [("AGR", "KEPT"), ("NAT", "RUNNING")]);
    assert_eq!(seen.open_steps[0].step, "ACKNOWLEDGE_DECISION");
    let decided = case.two.take(&case.name, acknowledge()).await;
    assert_eq!(decided.decision.unwrap().acknowledged_by, ["AGR", "NAT"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_agreed_climbs_to_the_county_government() {
    let case = Case::new().await.before_forum().await;
    case.gdo.take(&case.name, propose("NAT")).await;
    case.one.take(&case.name, answer(false)).await;
    let up = case.gdo.take(&case.name, escalate()).await;
    assert_eq!((up.state.as_str(), up.forum.unwrap().rung), ("BEFORE_SUPERIOR", 1));
    let refusal = case.gdo.refused(&case.name, decide("NAT", "")).await;
    assert_broken(&refusal, Code::PermissionDenied, "NOT_YOUR_STEP", "J-02");
    let seen = case.gov.see(&case.name).await;
    let mut deputy = step(&case.gov, &seen, decide("NAT", ""));
    deputy.officer = case.gov.officer("03");
    let refusal = case.gov.call(deputy).await.unwrap_err();
    assert_broken(&refusal, Code::PermissionDenied, "WRONG_OFFICER", "J-02");
    let decided = case.gov.take(&case.name, decide("NAT", "2026-03-02")).await;
    let decision = decided.decision.unwrap();
    assert_eq!(
        (decision.manner.as_str(), decision.decided_by),
        ("DESIGNATION", vec!["GOV-C".into()])
    );
    assert_eq!(decision.decision_no, "云政争〔2026〕1号");
    assert_eq!(decided.acting, "NAT");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_township_against_the_county_bureau_goes_before_the_three_bodies() {
    let case = Case::between("TG-T05", "CAE").await.before_forum().await;
    for code in ["GDO", "JUS", "OEO"] {
        case.world.agency(code).await.take(&case.name, vote("CAE")).await;
    }
    let decided = case.one.see(&case.name).await;
    let decision = decided.decision.unwrap();
    assert_eq!(decision.decided_by, ["GDO", "JUS", "OEO"]);
    assert_eq!((decision.manner.as_str(), decided.acting.as_str()), ("CONSULTATION", "CAE"));
    assert_eq!(decided.ballots.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_vertically_managed_branch_goes_to_the_lowest_common_superior() {
    let case = Case::between("ECO", "AGR").await.before_forum().await;
    let city = case.world.agency("GOV-M").await;
    let refusal = case.gov.get(&case.name).await.unwrap_err();
    assert_told(&refusal, Code::NotFound, "NOT_FOUND");
    // The superior may designate directly.
    let decided = city.take(&case.name, decide("ECO", "2026-03-02")).await;
    assert_eq!(decided.decision.unwrap().decided_by, ["GOV-M"]);
    let rungs = decided.forum.unwrap().rungs;
    assert_eq!(rungs[1].members, ["GOV-M"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn units_of_one_agency_are_heard_by_its_head() {
    let world = World::new().await;
    let (one, head) = (world.agency("PSB-ECO").await, world.agency("PSB").await);
    let dispute = one.open(opening(&one, &["PSB-PUB"])).await.unwrap();
    one.take(&dispute.name, apply()).await;
    let taken = head.take(&dispute.name, accept()).await;
    assert_eq!(taken.state, "BEFORE_HEAD");
    let decided = head.take(&dispute.name, decide("PSB-ECO", "2026-03-02")).await;
    assert_eq!(decided.decision.unwrap().decided_by, ["PSB"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_dispute_goes_to_the_superior_unless_it_was_opened_anew() {
    let case = Case::new().await;
    let reject = || Kind::Reject(pb::Reject { reason: "不予受理".to_owned() });
    case.one.take(&case.name, apply()).await;
    case.gdo.take(&case.name, reject()).await;
    let anew = case.two.open(opening(&case.two, &["AGR"])).await.unwrap();
    let refusal = case.two.refused(&case.name, escalate()).await;
    assert_broken(&refusal, Code::AlreadyExists, "ALREADY_OPEN", "J-05");
    case.two.take(&anew.name, withdraw()).await;
    assert_eq!(case.two.take(&case.name, escalate()).await.state, "BEFORE_SUPERIOR");
    let refusal = case.two.open(opening(&case.two, &["AGR"])).await.unwrap_err();
    assert_told(&refusal, Code::AlreadyExists, "ALREADY_OPEN");
    let decided = case.gov.take(&case.name, decide("NAT", "")).await;
    assert_eq!(decided.decision.unwrap().competent, "NAT");
}

#[tokio::test(flavor = "multi_thread")]
async fn why_a_party_refuses_an_outcome_is_kept() {
    let case = Case::new().await.before_forum().await;
    case.gdo.take(&case.name, propose("NAT")).await;
    let why = pb::AnswerOutcome { agrees: false, reason: "不属于本机关职责".to_owned() };
    case.two.take(&case.name, Kind::AnswerOutcome(why)).await;
    case.gdo.take(&case.name, propose("AGR")).await;
    let events = case.one.timeline(&case.name).await;
    assert!(events.iter().any(|one| one.summary.contains("不属于本机关职责 (refuses)")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interim_order_changes_who_acts_and_every_instant_has_one() {
    let case = Case::new().await.before_forum().await;
    case.world.clock.set(local("2026-03-03 09:00"));
    let ordered = case.gdo.take(&case.name, interim("NAT")).await;
    assert_eq!(ordered.acting, "NAT");
    let refusal = case.gdo.refused(&case.name, interim("MKT")).await;
    assert_broken(&refusal, Code::InvalidArgument, "FIELDS", "J-10");
    assert_eq!(fields(&refusal), ["step.lead"]);
    case.world.clock.set(local("2026-03-04 09:00"));
    let decided = case.gov.take(&case.name, decide("AGR", "2026-03-10")).await;
    assert_eq!(decided.acting, "NAT", "until the day of the decision");
    case.world.clock.set(local("2026-03-11 09:00"));
    let spans = case.one.see(&case.name).await.acting_spans;
    let spans: Vec<_> = spans
        .iter()
        .map(|one| {
            let to = one.to_time.map(|to| to.seconds);
            (one.agency.as_str(), one.from_time.unwrap().seconds, to, one.rule.as_str())
        })
        .collect();
    let at = |text: &str| local(text).timestamp();
    assert_eq!(
        spans,
        [
            ("AGR", at("2026-03-02 10:00"), Some(at("2026-03-03 09:00")), "J-05"),
            ("NAT", at("2026-03-03 09:00"), Some(at("2026-03-10 00:00")), "J-10"),
            ("AGR", at("2026-03-10 00:00"), None, "J-02"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_forum_rejects_and_the_applicant_withdraws_and_both_may_be_tried_again() {
    let case = Case::new().await;
    case.one.take(&case.name, apply()).await;
    let reject = Kind::Reject(pb::Reject { reason: "材料不全".to_owned() });
    assert_eq!(case.gdo.take(&case.name, reject).await.state, "REJECTED");
    let again = pb::OpenDisputeRequest {
        subject: Some(pb::Subject {
            docket: case.docket.clone(),
            ..opening(&case.one, &["NAT"]).subject.unwrap()
        }),
        ..opening(&case.one, &["NAT"])
    };
    let again = case.one.open(again).await.unwrap();
    let refusal = case.two.refused(&again.name, withdraw()).await;
    assert_broken(&refusal, Code::PermissionDenied, "NOT_YOUR_STEP", "J-02");
    assert_eq!(case.one.take(&again.name, withdraw()).await.state, "WITHDRAWN");
    let told = case.one.timeline(&again.name).await;
    assert!(told.last().unwrap().summary.contains("已自行解决"), "the reason is kept");
    case.two.open(opening(&case.two, &["AGR"])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_open_are_those_that_can_be_taken() {
    let case = Case::new().await.before_forum().await;
    let steps = |seen: pb::GetDisputeResponse| -> Vec<String> {
        seen.open_steps.into_iter().map(|one| one.step).collect()
    };
    let open = steps(case.gdo.get(&case.name).await.unwrap());
    assert_eq!(open, ["RECORD_SESSION", "ORDER_INTERIM", "PROPOSE_OUTCOME"]);
    let open = steps(case.one.get(&case.name).await.unwrap());
    assert_eq!(open, ["STATE_POSITION", "OFFER_SETTLEMENT", "WITHDRAW"]);
    let seen = case.gov.get(&case.name).await.unwrap();
    assert_eq!(seen.open_steps[0].officer, "PRINCIPAL_HEAD");
    assert_eq!(seen.next_actors, ["NAT", "GDO"]);
    assert_eq!(steps(seen), ["DECIDE"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ladder_is_shown_as_it_is_applied() {
    let world = World::new().await;
    let mut gateway = world.caller(&world.arbitration, World::service("gateway")).await;
    let ladder = gateway.list_ladder(pb::ListLadderRequest {}).await.unwrap().into_inner();
    let accept = ladder.terms.iter().find(|term| term.slot == "ACCEPT").unwrap();
    assert_eq!((accept.length.as_str(), accept.rule.as_str()), ("3 WORKING_DAY", "J-09"));
    assert!(ladder.rows.iter().all(|row| !row.rule.is_empty() && !row.verified.is_empty()));
    assert!(ladder.rows.iter().any(|row| row.step == "DECIDE" && row.officer == "PRINCIPAL_HEAD"));
}
