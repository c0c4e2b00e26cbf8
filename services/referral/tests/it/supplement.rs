//! Missing attachments: accepted, listed, asked for within 24 hours, and only then.

use proto::referral::v1::{self as pb, step::Kind};
use tonic::Code;

use crate::{
    case::{Case, deliver, paper, receipt, step},
    world::{assert_told, local, rule},
};

fn ask() -> Kind {
    Kind::RequestSupplement(pb::RequestSupplement {})
}

/// A case accepted without its investigation report, at 10:00 of a Monday.
async fn incomplete() -> Case {
    let case = Case::new().await.approved().await;
    let seen = case.mkt.get(&case.name).await.unwrap().referral.unwrap();
    let mut request = step(&case.mkt, &seen, deliver());
    request.documents.retain(|document| document.code != "INVESTIGATION_REPORT");
    let after = case.mkt.call(request).await.unwrap().referral.unwrap();
    assert_eq!(after.missing_documents, ["INVESTIGATION_REPORT"]);
    let refuse = Kind::RefuseAcceptance(pb::RefuseAcceptance {
        reason: "材料不全".to_owned(),
        for_incompleteness: true,
    });
    let refusal = case.psb.refused(&case.name, refuse, |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    let (id, _, basis) = rule(&refusal);
    assert_eq!((id.as_str(), basis.as_str()), ("T-13", "MPS procedure art. 180(2)"));
    case.psb.take(&case.name, receipt()).await;
    case
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_material_is_asked_for_within_24_hours_and_supplied() {
    let case = incomplete().await;
    case.world.clock.set(local("2026-03-03 10:59"));
    assert_eq!(case.psb.take(&case.name, ask()).await.state, "SUPPLEMENT_REQUESTED");
    let term = case.mkt.term(&case.name, "T-13b").await;
    assert_eq!(term.holder, "MKT");
    assert_eq!(term.due_time.unwrap().seconds, local("2026-03-07 00:00").timestamp());
    let seen = case.mkt.get(&case.name).await.unwrap().referral.unwrap();
    let mut supply = step(&case.mkt, &seen, Kind::SupplySupplement(pb::SupplySupplement {}));
    supply.documents = vec![paper("INVESTIGATION_REPORT")];
    let after = case.mkt.call(supply).await.unwrap().referral.unwrap();
    assert_eq!((after.state.as_str(), after.missing_documents.len()), ("ACCEPTED", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn after_24_hours_the_material_counts_as_complete() {
    let case = incomplete().await;
    case.world.clock.set(local("2026-03-03 11:00"));
    let refusal = case.psb.refused(&case.name, ask(), |_| {}).await;
    assert_told(&refusal, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&refusal).0, "T-13");
    let seen = case.psb.get(&case.name).await.unwrap();
    assert!(seen.open_steps.iter().all(|open| open.step != "REQUEST_SUPPLEMENT"));
    assert!(seen.open_steps.iter().any(|open| open.step == "FILE"));
}
