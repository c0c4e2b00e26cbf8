//! Back to an agency: the opinion of the procuratorate, its clocks, and who is told when nobody replies.

use proto::referral::v1::{self as pb, TermState, step::Kind};
use referral::domain::settings::SetTerm;
use tonic::Code;

use crate::{
    case::{Case, docket, referral},
    prosecution::{not_prosecute, prosecute, sent, whole},
    world::{Plan, World, assert_told, fields, id, local, rule},
};

fn pass() -> Kind {
    Kind::PassToAdministrativeDepartment(pb::PassToAdministrativeDepartment {})
}

fn opinion(to: &str) -> Kind {
    Kind::DeliverOpinion(pb::DeliverOpinion { to_agency: to.to_owned() })
}

fn reply() -> Kind {
    Kind::ReplyToOpinion(pb::ReplyToOpinion {})
}

/// Not prosecuted, and on its way back.
async fn not_prosecuted() -> (Case, String, String) {
    let (case, review) = sent(Case::new().await).await;
    let back = case.pro.took(&review, not_prosecute(true, "")).await.opened_referral;
    (case, review, back)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_opinion_is_delivered_replied_to_and_concluded() {
    let (case, review, back) = not_prosecuted().await;
    assert_told(&case.mkt.get(&back).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
    case.pro.take(&back, pass()).await;
    let delivered = case.pro.take(&back, opinion("")).await;
    assert_eq!((delivered.parent, delivered.to_agency.as_str()), (review, "MKT"));
    let jus = case.world.agency("JUS").await;
    assert_eq!(jus.state(&back).await, "OPINION_DELIVERED", "a copy, by setting");
    let term = case.mkt.term(&back, "P-12").await;
    assert_eq!((term.length.as_str(), term.verified.as_str()), ("2 MONTH", "S"));
    let fine = Kind::RecordPenalty(pb::RecordPenalty {
        penalty: "FINE".to_owned(),
        decision_no: "云市监罚〔2026〕3号".to_owned(),
        amount_fen: 100_000,
    });
    case.mkt.take(&back, fine).await;
    case.mkt.take(&back, reply()).await;
    let conclude = Kind::Conclude(pb::Conclude { reason: "已经处罚".to_owned() });
    assert_eq!(case.pro.take(&back, conclude).await.state, "CONCLUDED");
    for rule in ["P-11", "P-10b", "P-11b", "P-12"] {
        assert_eq!(case.pro.term(&back, rule).await.state(), TermState::Kept, "{rule}");
    }
    assert_eq!(whole(&case, "PRO").await.branches.unwrap().fines_fen, 100_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn clocks_of_two_rules_are_both_shown_and_the_earlier_makes_the_case_late() {
    let (case, _, back) = not_prosecuted().await;
    case.pro.take(&back, pass()).await;
    let terms = case.pro.get(&back).await.unwrap().terms;
    let due = |rule: &str| {
        let term = terms.iter().find(|term| term.rule == rule).unwrap();
        term.due_time.unwrap().seconds
    };
    assert_eq!(due("P-10b"), local("2026-03-06 00:00").timestamp());
    assert_eq!(due("P-11b"), local("2026-03-17 00:00").timestamp());
    case.world.clock.set(local("2026-03-06 09:00"));
    let consult = Kind::ConsultLocalProcuratorate(pb::ConsultLocalProcuratorate {
        competent_organ: "PRO-M".to_owned(),
        reason: "当事人在外地".to_owned(),
    });
    case.pro.take(&back, consult).await;
    assert_eq!(case.pro.term(&back, "P-10b").await.state(), TermState::Missed);
    assert_eq!(case.pro.term(&back, "P-11b").await.state(), TermState::Suspended);
    let late = case.pro.list("late = true").await;
    assert!(late.iter().any(|leg| leg.name == back));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_outside_the_county_gets_an_opinion_after_the_procuratorate_there_was_consulted() {
    let (case, _, back) = not_prosecuted().await;
    case.pro.take(&back, pass()).await;
    let refusal = case.pro.refused(&back, opinion("ECO-M"), |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "P-11b");
    let consult = Kind::ConsultLocalProcuratorate(pb::ConsultLocalProcuratorate {
        competent_organ: "PRO-M".to_owned(),
        reason: "违法行为发生地在外地".to_owned(),
    });
    case.pro.take(&back, consult).await;
    case.world.clock.set(local("2026-04-01 10:00"));
    let answer = pb::RecordConsultation { answer: "同意".to_owned() };
    case.pro.take(&back, Kind::RecordConsultation(answer)).await;
    let delivered = case.pro.take(&back, opinion("ECO-M")).await;
    assert_eq!(delivered.to_agency, "ECO-M");
    assert_eq!(
        case.pro.term(&back, "P-11b").await.state(),
        TermState::Kept,
        "that time is not counted"
    );
    let eco = case.world.agency("ECO-M").await;
    assert_eq!(eco.state(&back).await, "OPINION_DELIVERED");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_after_two_months_is_accepted_marked_late_and_escalated() {
    let (case, _, back) = not_prosecuted().await;
    case.pro.take(&back, pass()).await;
    case.pro.take(&back, opinion("")).await;
    let inform = || {
        Kind::InformJusticeBureau(pb::InformJusticeBureau { reason: "逾期未回复".to_owned() })
    };
    let refusal = case.pro.refused(&back, inform(), |_| {}).await;
    assert_eq!(rule(&refusal).0, "P-13");
    case.world.clock.set(local("2026-05-07 10:00"));
    case.pro.take(&back, inform()).await;
    let above = case.world.agency("PRO-M").await;
    assert_told(&above.get(&back).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
    let ask = pb::AskUpperProcuratorate { reason: "逾期未回复".to_owned() };
    case.pro.take(&back, Kind::AskUpperProcuratorate(ask)).await;
    assert_eq!(above.state(&back).await, "OPINION_DELIVERED");
    assert_eq!(case.mkt.take(&back, reply()).await.state, "OPINION_REPLIED");
    let term = case.mkt.term(&back, "P-12").await;
    assert_eq!(term.state(), TermState::Missed);
    assert!(term.rungs.iter().any(|rung| rung.rung == "OVERDUE") && term.end_time.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_review_is_suspended_resumed_and_falls_with_the_decision() {
    let (case, review, back) = not_prosecuted().await;
    case.pro.take(&back, pass()).await;
    let suspend =
        || Kind::SuspendReview(pb::SuspendReview { reason: "公安机关要求复议".to_owned() });
    let refusal = case.pro.refused(&back, suspend(), |request| request.documents.clear()).await;
    assert_eq!((fields(&refusal), rule(&refusal).0), (vec!["documents".into()], "P-11c".into()));
    case.pro.take(&back, suspend()).await;
    let resume = Kind::ResumeReview(pb::ResumeReview { reason: "维持".to_owned() });
    case.pro.take(&back, resume).await;
    assert_eq!(case.pro.term(&back, "P-11b").await.state(), TermState::Running);
    case.pro.take(&back, suspend()).await;
    let revoke =
        Kind::RevokeNonProsecution(pb::RevokeNonProsecution { reason: "撤销".to_owned() });
    let again = case.pro.took(&back, revoke).await.opened_referral;
    assert_ne!(again, review);
    let seen = case.pro.get(&again).await.unwrap().referral.unwrap();
    assert_eq!(
        (seen.from_agency.as_str(), seen.state.as_str()),
        ("PSB", "UNDER_PROSECUTION_REVIEW")
    );
    case.pro.take(&again, prosecute()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_keeps_the_rule_it_started_under() {
    let mut settings = Plan::default().settings;
    let amended = |length: &str, from: Option<&str>| SetTerm {
        slot: "T-24".to_owned(),
        length: length.to_owned(),
        from: from.map(|day| day.parse().unwrap()),
    };
    settings.terms =
        vec![amended("3 WORKING_DAY", None), amended("1 WORKING_DAY", Some("2026-03-03"))];
    let world = World::planned(Plan { settings, ..Plan::default() }).await;
    let psb = world.agency("PSB").await;
    let mut opened = Vec::new();
    for day in ["2026-03-02 11:00", "2026-03-03 11:00"] {
        world.clock.set(local(day));
        let own = psb.open_docket("情节轻微").await;
        let ask = pb::OpenReferralRequest {
            procedure: "REVERSE_REFERRAL".to_owned(),
            to_agency: "MKT".to_owned(),
            reason: "没有犯罪事实，需要追究行政责任".to_owned(),
            ..referral(&psb, &own.name)
        };
        let leg = psb.client.clone().open_referral(ask).await.unwrap().into_inner();
        opened.push(leg.referral.unwrap().name);
    }
    world.clock.set(local("2026-03-05 11:00"));
    let transfer = || Kind::TransferToAgency(pb::TransferToAgency { reason: "移送".to_owned() });
    for (name, length, state) in [
        (&opened[0], "3 WORKING_DAY", TermState::Kept),
        (&opened[1], "1 WORKING_DAY", TermState::Missed),
    ] {
        psb.take(name, transfer()).await;
        let term = psb.term(name, "T-24").await;
        assert_eq!((term.length.as_str(), term.state()), (length, state));
        assert!(term.service_target, "及时 is no number");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn public_security_sends_back_to_its_level_and_the_agency_reports() {
    let world = World::new().await;
    let (psb, mkt, pro) =
        (world.agency("PSB").await, world.agency("MKT").await, world.agency("PRO").await);
    let own = psb.client.clone().open_docket(docket(&psb, "情节轻微")).await.unwrap().into_inner();
    let own = own.docket.unwrap();
    let ask = |to: &str| pb::OpenReferralRequest {
        request_id: id(),
        procedure: "REVERSE_REFERRAL".to_owned(),
        to_agency: to.to_owned(),
        reason: "需要追究行政责任".to_owned(),
        ..referral(&psb, &own.name)
    };
    let refusal = psb.client.clone().open_referral(ask("ECO-M")).await.unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal).0), (vec!["to_agency".into()], "T-24".into()));
    let back = psb.client.clone().open_referral(ask("MKT")).await.unwrap().into_inner();
    let back = back.referral.unwrap().name;
    assert_told(&mkt.get(&back).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
    psb.take(&back, Kind::TransferToAgency(pb::TransferToAgency { reason: "移送".to_owned() }))
        .await;
    assert_eq!(pro.state(&back).await, "TRANSFERRED_TO_AGENCY", "the procuratorate sees it");
    let report = Kind::ReportResult(pb::ReportResult { answer: "已经警告".to_owned() });
    mkt.take(&back, report).await;
}
