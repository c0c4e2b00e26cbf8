//! Before the court: judgment, set-off, the items that an agency keeps, the notice, the way back.

use proto::referral::v1::{self as pb, TermState, step::Kind};
use tonic::Code;

use crate::{
    case::Case,
    prosecution::{prosecute, sent, whole},
    world::{Party, assert_told, fields, local, rule},
};

fn judgment(verdict: &str, fine_fen: i64, set_off_fen: i64) -> Kind {
    let verdict = verdict.to_owned();
    Kind::PronounceJudgment(pb::PronounceJudgment { verdict, fine_fen, set_off_fen })
}

fn effective(kept_by: &str) -> Kind {
    Kind::TakeEffect(pb::TakeEffect { kept_by: kept_by.to_owned() })
}

/// Accepted by the court: the case, the trial, the court.
async fn on_trial() -> (Case, String, Party) {
    brought(Case::new().await).await
}

/// Takes a referral that was just opened through all its steps to the court.
async fn brought(case: Case) -> (Case, String, Party) {
    let (case, review) = sent(case).await;
    let trial = case.pro.took(&review, prosecute()).await.opened_referral;
    let crt = case.world.agency("CRT").await;
    let accept = pb::AcceptIndictment { case_no: "(2026)云刑初1号".to_owned() };
    crt.take(&trial, Kind::AcceptIndictment(accept)).await;
    (case, trial, crt)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_judgment_goes_to_who_keeps_the_items_and_the_slip_comes_back() {
    let (case, trial, crt) = on_trial().await;
    crt.take(&trial, judgment("CONVICTED", 0, 0)).await;
    crt.take(&trial, effective("MKT")).await;
    let conclude = || Kind::ConcludeTrial(pb::ConcludeTrial {});
    let refusal = crt.refused(&trial, conclude(), |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "C-04");
    let sent = crt.take(&trial, Kind::SendJudgment(pb::SendJudgment {})).await;
    assert_eq!(sent.kept_by, "MKT");
    let slip = case.mkt.term(&trial, "C-04").await;
    assert_eq!((slip.holder.as_str(), slip.length.as_str()), ("MKT", "1 MONTH"));
    case.mkt.take(&trial, Kind::ReturnSlip(pb::ReturnSlip {})).await;
    crt.take(&trial, Kind::NotifyJudgment(pb::NotifyJudgment {})).await;
    let papers = case.mkt.get(&trial).await.unwrap().documents;
    let codes: Vec<_> = papers.iter().map(|paper| paper.code.as_str()).collect();
    assert_eq!(codes, ["JUDGMENT_NOTICE"], "of the court's papers, what is addressed to agencies");
    assert_eq!(crt.take(&trial, conclude()).await.state, "TRIAL_CONCLUDED");
    let kept = crt.get(&trial).await.unwrap().terms;
    for rule in ["C-02", "C-04", "C-10"] {
        let mut terms = kept.iter().filter(|term| term.rule == rule);
        assert!(terms.all(|term| term.state() == TermState::Kept), "{rule}");
    }
    let branches = whole(&case, "MKT").await.branches.unwrap();
    assert_eq!((branches.criminal.as_str(), branches.outcome.as_str()), ("ENDED", "CONVICTED"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fine_paid_before_is_shown_to_the_court_set_off_and_no_fine_follows() {
    let case = Case::new().await;
    let mut opening = crate::case::docket(&case.mkt, "已罚款");
    opening.earlier_penalties = vec![pb::Penalty {
        kind: pb::PenaltyKind::Fine.into(),
        decision_no: "云市监罚〔2026〕9号".to_owned(),
        amount_fen: 30_000,
        decided_on: "2026-02-20".to_owned(),
    }];
    let docket = case.mkt.client.clone().open_docket(opening).await.unwrap().into_inner();
    let docket = docket.docket.unwrap().name;
    let ask = pb::OpenReferralRequest {
        documents: vec![crate::case::paper("PENALTY_DECISION")],
        ..crate::case::referral(&case.mkt, &docket)
    };
    let opened = case.mkt.client.clone().open_referral(ask).await.unwrap().into_inner();
    let case = Case { name: opened.referral.unwrap().name, docket, ..case };
    let (case, trial, crt) = brought(case).await;

    let seen = crt.get(&trial).await.unwrap();
    assert_eq!(seen.penalties.len(), 1);
    assert_eq!(
        (seen.penalties[0].kind(), seen.penalties[0].amount_fen),
        (pb::PenaltyKind::Fine, 30_000)
    );
    let refusal = crt.refused(&trial, judgment("CONVICTED", 100_000, 0), |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "C-05");
    let judged = crt.take(&trial, judgment("CONVICTED", 100_000, 30_000)).await;
    assert_eq!((judged.court_fine_fen, judged.set_off_fen), (100_000, 30_000));
    crt.take(&trial, effective("")).await;
    let branches = whole(&case, "PRO").await.branches.unwrap();
    assert_eq!((branches.fines_fen, branches.court_fine_fen), (30_000, 100_000));
    let fine = Kind::RecordPenalty(pb::RecordPenalty {
        penalty: "FINE".to_owned(),
        decision_no: "云市监罚〔2026〕10号".to_owned(),
        amount_fen: 1,
    });
    let refusal = case.mkt.refused(&case.name, fine, |_| {}).await;
    assert_eq!(rule(&refusal).0, "T-20");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_of_a_judgment_is_named_at_once() {
    let (_case, trial, crt) = on_trial().await;
    let refusal = crt
        .refused(&trial, judgment("ACQUITTED", 5, 6), |request| {
            request.documents[0].fields.remove("property_disposal");
        })
        .await;
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    let wrong = ["step.fine_fen", "step.set_off_fen", "documents[0].fields.property_disposal"];
    assert_eq!(
        (fields(&refusal), rule(&refusal).0),
        (wrong.map(String::from).to_vec(), "C-03".into())
    );
    let refusal = crt.refused(&trial, judgment("CONVICTED", -1, 0), |_| {}).await;
    assert_eq!(fields(&refusal), ["step.fine_fen"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_appeal_is_decided_by_the_court_above_which_sees_the_case_from_then_on() {
    let (case, trial, crt) = on_trial().await;
    crt.take(&trial, judgment("CONVICTED", 0, 0)).await;
    let above = case.world.agency("CRT-M").await;
    assert_told(&above.get(&trial).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
    let appeal = Kind::RecordAppeal(pb::RecordAppeal { reason: "上诉".to_owned() });
    crt.take(&trial, appeal).await;
    let remand = Kind::RemandCase(pb::RemandCase { reason: "事实不清".to_owned() });
    assert_eq!(above.take(&trial, remand).await.state, "ON_TRIAL");
    crt.take(&trial, judgment("CONVICTED", 0, 0)).await;
    let appeal = Kind::RecordAppeal(pb::RecordAppeal { reason: "上诉".to_owned() });
    crt.take(&trial, appeal).await;
    let decide = Kind::DecideAppeal(pb::DecideAppeal {
        verdict: "EXEMPTED".to_owned(),
        ..pb::DecideAppeal::default()
    });
    let decided = above.take(&trial, decide).await;
    assert_eq!(
        (decided.state.as_str(), decided.verdict.as_str()),
        ("JUDGMENT_EFFECTIVE", "EXEMPTED")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_exempted_from_punishment_is_sent_back_to_the_agency_which_reports_the_result() {
    let (case, trial, crt) = on_trial().await;
    crt.take(&trial, judgment("EXEMPTED", 0, 0)).await;
    crt.take(&trial, effective("")).await;
    let transfer = |authority: &str| {
        Kind::TransferForPenalty(pb::TransferForPenalty {
            competent_authority: authority.to_owned(),
            reason: "免予刑事处罚，需要给予行政处罚".to_owned(),
        })
    };
    let refusal = crt.refused(&trial, transfer("JUS"), |_| {}).await;
    assert_eq!(rule(&refusal).0, "C-07");
    let back = crt.took(&trial, transfer("")).await.opened_referral;
    let seen = case.mkt.get(&back).await.unwrap();
    let leg = seen.referral.unwrap();
    assert_eq!((leg.ground.as_str(), leg.state.as_str()), ("EXEMPTED", "TRANSFERRED_TO_AGENCY"));
    assert_eq!(seen.documents[0].code, "TRANSFER_LETTER");
    let fine = Kind::RecordPenalty(pb::RecordPenalty {
        penalty: "FINE".to_owned(),
        decision_no: "云市监罚〔2026〕11号".to_owned(),
        amount_fen: 8_000,
    });
    case.mkt.take(&back, fine).await;
    let report = Kind::ReportResult(pb::ReportResult { answer: "已经罚款".to_owned() });
    assert_eq!(case.mkt.take(&back, report).await.state, "RESULT_REPORTED");
    crt.take(&trial, Kind::ConcludeTrial(pb::ConcludeTrial {})).await;
    let seen = whole(&case, "MKT").await;
    let mut ways: Vec<_> = seen.referrals.iter().map(|leg| leg.procedure.as_str()).collect();
    ways.sort_unstable();
    assert_eq!(
        ways,
        ["CRIMINAL_REFERRAL", "PROSECUTION_REVIEW", "PUBLIC_PROSECUTION", "REVERSE_REFERRAL"],
        "forward and back"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_that_takes_longer_than_three_months_is_late() {
    let (case, trial, crt) = on_trial().await;
    case.world.clock.set(local("2026-06-03 09:00"));
    crt.take(&trial, judgment("CONVICTED", 0, 0)).await;
    let terms = crt.get(&trial).await.unwrap().terms;
    let states: Vec<_> =
        terms.iter().filter(|term| term.rule == "C-02").map(pb::Term::state).collect();
    assert_eq!(states, [TermState::Lapsed, TermState::Missed]);
}
