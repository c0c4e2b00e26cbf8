//! Supervision over the wire: two cases that act on each other, each with its own readers.

use proto::referral::v1::{self as pb, step::Kind};
use tonic::Code;

use crate::{
    case::{Case, docket, file, not_file, notice, receipt, referral},
    world::{assert_told, fields, id, local, rule},
};

fn accept() -> Kind {
    Kind::AcceptSuggestion(pb::AcceptSuggestion {})
}

fn filed_as_ordered() -> Kind {
    Kind::FileAsOrdered(pb::FileAsOrdered { filing_no: "云公立字〔2026〕2号".to_owned() })
}

/// Not filed, reconsidered, upheld, and before the procuratorate; with the supervision's name.
async fn suggested() -> (Case, String) {
    let case = Case::new().await.accepted().await;
    case.psb.take(&case.name, not_file()).await;
    case.psb.take(&case.name, notice()).await;
    let ask = Kind::RequestReconsideration(pb::RequestReconsideration {});
    case.mkt.take(&case.name, ask).await;
    let uphold = Kind::UpholdNotFiling(pb::UpholdNotFiling { reason: "维持".to_owned() });
    case.psb.take(&case.name, uphold).await;
    let suggest = Kind::SuggestSupervision(pb::SuggestSupervision {});
    let opened = case.mkt.took(&case.name, suggest).await;
    assert_eq!(opened.referral.unwrap().state, "SUPERVISION_SUGGESTED");
    (case, opened.opened_referral)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suggestion_opens_a_supervision_whose_order_files_the_case() {
    let (case, name) = suggested().await;
    let seen = case.pro.get(&name).await.unwrap();
    let leg = seen.referral.unwrap();
    assert_eq!((leg.procedure.as_str(), leg.parent), ("FILING_SUPERVISION", case.name.clone()));
    assert_eq!((leg.respondent.as_str(), leg.from_agency.as_str()), ("PSB", "MKT"));
    assert_eq!(seen.documents[0].code, "SUPERVISION_SUGGESTION");
    assert_eq!(case.mkt.state(&name).await, "SUGGESTED");
    let hidden = case.psb.get(&name).await.unwrap_err();
    assert_told(&hidden, Code::NotFound, "NOT_FOUND");

    case.pro.take(&name, accept()).await;
    case.pro.take(&name, Kind::DemandReasons(pb::DemandReasons {})).await;
    case.psb.take(&name, Kind::StateReasons(pb::StateReasons {})).await;
    case.pro.take(&name, Kind::OrderToFile(pb::OrderToFile {})).await;
    assert_eq!(case.psb.take(&name, filed_as_ordered()).await.state, "FILED_AS_ORDERED");
    assert_eq!(case.mkt.state(&case.name).await, "FILED");

    let events = case.mkt.watch_until(|e| e.iter().any(|e| e.step == "FILE")).await;
    let last: Vec<_> = events[events.len() - 2..].iter().map(|e| e.step.as_str()).collect();
    assert_eq!(last, ["FILE_AS_ORDERED", "FILE"], "in one transaction");
    assert!(events.iter().any(|e| e.kind == "REFERRAL_OPENED" && e.resource == name));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_filed_before_the_order_arrived_can_still_answer_it() {
    let (case, name) = suggested().await;
    case.pro.take(&name, accept()).await;
    case.pro.take(&name, Kind::OrderToFile(pb::OrderToFile {})).await;
    case.psb.take(&case.name, file()).await;
    let before = case.psb.get(&case.name).await.unwrap().referral.unwrap();
    assert_eq!(case.psb.take(&name, filed_as_ordered()).await.state, "FILED_AS_ORDERED");
    let after = case.psb.get(&case.name).await.unwrap().referral.unwrap();
    assert_eq!(before, after, "not filed twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_decision_is_reported_once_and_the_answer_ends_it() {
    let case = Case::new().await.accepted().await;
    case.world.clock.set(local("2026-03-06 09:00"));
    let late = || Kind::ReportLate(pb::ReportLate { reason: "逾期未决定".to_owned() });
    let opened = case.mkt.took(&case.name, late()).await.opened_referral;
    let refusal = case.mkt.refused(&case.name, late(), |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "P-05");
    case.pro.take(&opened, accept()).await;
    let pass_on = Kind::PassOn(pb::PassOn { answer: "尚未逾期".to_owned() });
    let refusal = case.pro.refused(&opened, pass_on, |_| {}).await;
    assert_eq!(rule(&refusal).0, "P-05", "it is overdue");
    case.pro.take(&opened, Kind::DemandReasons(pb::DemandReasons {})).await;
    let conclude = || Kind::Conclude(pb::Conclude { reason: "已经立案".to_owned() });
    let refusal = case.pro.refused(&opened, conclude(), |_| {}).await;
    assert_eq!(rule(&refusal).0, "P-05", "nothing was decided");
    case.psb.take(&case.name, file()).await;
    assert_eq!(case.pro.take(&opened, conclude()).await.state, "CONCLUDED");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_procuratorate_orders_the_withdrawal_of_a_wrong_filing() {
    let case = Case::new().await.accepted().await;
    let against = |parent: &str| pb::OpenReferralRequest {
        procedure: "FILING_SUPERVISION".to_owned(),
        parent: parent.to_owned(),
        reason: "不应当立案".to_owned(),
        ..referral(&case.pro, "")
    };
    let refusal = case.pro.client.clone().open_referral(against(&case.name)).await.unwrap_err();
    assert_eq!((fields(&refusal), rule(&refusal).0.as_str()), (vec!["parent".into()], "P-08"));
    case.psb.take(&case.name, file()).await;
    let opened = case.pro.client.clone().open_referral(against(&case.name)).await.unwrap();
    let leg = opened.into_inner().referral.unwrap();
    assert_eq!((leg.from_agency.as_str(), leg.respondent.as_str()), ("PRO", "PSB"));
    let name = leg.name;
    case.pro.take(&name, accept()).await;
    let order = Kind::OrderToWithdraw(pb::OrderToWithdraw { reason: "无犯罪事实".to_owned() });
    case.pro.take(&name, order).await;
    case.psb.take(&name, Kind::WithdrawAsOrdered(pb::WithdrawAsOrdered {})).await;
    assert_eq!(case.mkt.state(&case.name).await, "WITHDRAWN");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agency_that_does_not_refer_answers_with_a_referral_that_was_delivered() {
    let case = Case::new().await;
    let jus = case.world.agency("JUS").await;
    let opening = docket(&jus, "举报");
    let reported = jus.client.clone().open_docket(opening).await.unwrap().into_inner();
    let report = pb::OpenReferralRequest {
        procedure: "FILING_SUPERVISION".to_owned(),
        respondent: "MKT".to_owned(),
        reason: "涉嫌犯罪不移送".to_owned(),
        ..referral(&jus, &reported.docket.unwrap().name)
    };
    let opened = jus.client.clone().open_referral(report).await.unwrap().into_inner();
    let name = opened.referral.unwrap().name;
    case.pro.take(&name, accept()).await;
    let opinion = Kind::IssueReferralOpinion(pb::IssueReferralOpinion {});
    case.pro.take(&name, opinion).await;

    let answer = |referral: &str| {
        Kind::AnswerOpinion(pb::AnswerOpinion {
            referral: referral.to_owned(),
            reason: String::new(),
        })
    };
    let nothing = format!("referrals/{}", id());
    for named in [case.name.as_str(), &name, &nothing, ""] {
        let refusal = case.mkt.refused(&name, answer(named), |_| {}).await;
        assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
        assert_eq!(rule(&refusal).0, "P-09b", "{named}");
    }
    let case = case.delivered().await;
    let answered = case.mkt.take(&name, answer(&case.name)).await;
    assert_eq!(answered.state, "OPINION_ANSWERED");
}

#[tokio::test(flavor = "multi_thread")]
async fn superiors_order_and_what_they_order_has_a_term() {
    let case = Case::new().await;
    let gov = case.world.agency("GOV-C").await;
    let refer = Kind::OrderToRefer(pb::OrderToRefer {
        within_days: 5,
        reason: "涉嫌犯罪应当移送".to_owned(),
    });
    gov.take(&case.name, refer).await;
    assert_eq!(case.mkt.term(&case.name, "T-27").await.length, "5 DAY");
    let case = case.delivered().await;
    let correct = Kind::OrderToCorrect(pb::OrderToCorrect {
        within_days: 2,
        reason: "拒不受理".to_owned(),
    });
    gov.take(&case.name, correct).await;
    let term = case.psb.term(&case.name, "T-28").await;
    assert_eq!((term.holder.as_str(), term.length.as_str()), ("PSB", "2 DAY"));
    case.psb.take(&case.name, receipt()).await;
    let kept = case.psb.term(&case.name, "T-28").await;
    assert_eq!(kept.state(), pb::TermState::Kept);
}
