//! Through whom a body acts: certificates, positions, teams.

use proto::referral::v1::{self as pb, step::Kind};
use tonic::Code;

use crate::{
    case::{Case, docket, team},
    world::{World, assert_told, fields, rule},
};

fn approve() -> Kind {
    Kind::Approve(pb::Approve {})
}

async fn awaiting_head() -> Case {
    let case = Case::new().await;
    for kind in [team(&case.mkt), Kind::SubmitReport(pb::SubmitReport {})] {
        case.mkt.take(&case.name, kind).await;
    }
    case
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deputy_head_does_not_decide_and_the_acting_head_does() {
    let case = awaiting_head().await;
    for officer in ["MKT-03", "MKT-01"] {
        let spoil = |request: &mut pb::TakeStepRequest| request.officer = officer.to_owned();
        let refusal = case.mkt.refused(&case.name, approve(), spoil).await;
        assert_told(&refusal, Code::PermissionDenied, "WRONG_OFFICER");
        let (id, subject, basis) = rule(&refusal);
        assert_eq!((id.as_str(), basis.as_str()), ("T-04", "Decree 310 art. 5(2)"));
        assert_eq!(subject, case.name);
    }
    let seen = case.mkt.get(&case.name).await.unwrap().referral.unwrap();
    let mut request = crate::case::step(&case.mkt, &seen, approve());
    request.officer = "MKT-05".to_owned();
    assert_eq!(case.mkt.call(request).await.unwrap().referral.unwrap().state, "APPROVED");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_officer_is_no_team() {
    let case = Case::new().await;
    for officers in [vec![], vec!["MKT-01"], vec!["MKT-01", "MKT-01"]] {
        let officers = officers.into_iter().map(str::to_owned).collect();
        let one = Kind::AppointTeam(pb::AppointTeam { officers });
        let refusal = case.mkt.refused(&case.name, one, |_| {}).await;
        assert_told(&refusal, Code::InvalidArgument, "FIELDS");
        assert_eq!(fields(&refusal), ["step.officers"]);
        assert_eq!(rule(&refusal).0, "T-03");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_certificate_that_does_not_hold_is_named_by_its_field() {
    let case = Case::new().await;
    let officers = ["MKT-01", "MKT-08", "CAE-01", "MKT-99"].map(str::to_owned).to_vec();
    let team = Kind::AppointTeam(pb::AppointTeam { officers });
    let spoil = |request: &mut pb::TakeStepRequest| request.officer = "MKT-08".to_owned();
    let refusal = case.mkt.refused(&case.name, team, spoil).await;
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    let expected = ["officer", "step.officers[1]", "step.officers[2]", "step.officers[3]"];
    assert_eq!(fields(&refusal), expected);
    assert!(refusal.message().contains("MKT-08 is a certificate not valid on that day"));
    assert!(refusal.message().contains("CAE-01 is no certificate of this agency"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_a_certificate_is_the_callers_fault_and_named() {
    let case = Case::new().await;
    let long = "x".repeat(65);
    let officers = vec!["MKT-01".to_owned(), String::new(), "two words".to_owned(), long];
    let team = Kind::AppointTeam(pb::AppointTeam { officers });
    let refusal = case.mkt.refused(&case.name, team, |_| {}).await;
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    let expected = ["step.officers[1]", "step.officers[2]", "step.officers[3]"];
    assert_eq!(fields(&refusal), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_certificate_opens_nothing() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let request = pb::OpenDocketRequest { officer: "MKT-08".into(), ..docket(&mkt, "糖果") };
    let refusal = mkt.client.clone().open_docket(request.clone()).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["officer"]);
    world.clock.set(crate::world::local("2015-12-31 23:59"));
    mkt.client.clone().open_docket(request).await.unwrap();
}
