//! The forum of any bodies, for anyone who asks.

use proto::arbitration::v1 as pb;
use tonic::{Code, Status};

use crate::{
    case::Case,
    world::{Client, World, assert_broken, fields},
};

async fn forum(client: &mut Client, parties: &[&str]) -> Result<pb::Forum, Status> {
    let parties = parties.iter().map(|one| (*one).to_owned()).collect();
    let request = pb::ComputeForumRequest { parties, subject: None };
    Ok(client.compute_forum(request).await?.into_inner().forum.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_forum_of_the_example_county_is_computed_and_kept_nowhere() {
    let world = World::new().await;
    let mut client = world.caller(&world.arbitration, World::service("gateway")).await;
    let table: &[(&[&str], &[&[&str]])] = &[
        (&["MKT", "AGR", "NAT", "HLT", "EMG", "TRA"], &[&["GDO"], &["GOV-C"]]),
        (&["CAE", "NAT"], &[&["GDO", "JUS", "OEO"], &["GOV-C"]]),
        (&["TG-T05", "AGR"], &[&["GDO"], &["GOV-C"]]),
        (&["ECO", "CAE"], &[&["GDO"], &["GOV-M"]]),
        (&["TOB", "MKT"], &[&["GDO"], &["GOV-P"]]),
        (&["PSB-ECO", "PSB-PUB"], &[&["PSB"]]),
    ];
    for (parties, wanted) in table {
        let forum = forum(&mut client, parties).await.unwrap();
        let members: Vec<_> = forum.rungs.iter().map(|rung| rung.members.clone()).collect();
        assert_eq!(members, *wanted, "{parties:?}");
        let said = |one: &pb::ForumReason| !one.text_zh.is_empty() && !one.basis.is_empty();
        assert!(forum.reasons.iter().all(said), "{forum:?}");
    }
    let refusal = forum(&mut client, &["AGR"]).await.unwrap_err();
    assert_broken(&refusal, Code::InvalidArgument, "FIELDS", "J-02");
    assert_eq!(fields(&refusal), ["parties[1]"]);
    let refusal = forum(&mut client, &["AGR", "CRT"]).await.unwrap_err();
    assert_broken(&refusal, Code::FailedPrecondition, "NO_FORUM", "J-02");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guidance_office_and_the_justice_bureau_have_no_say_in_their_own_disputes() {
    let world = World::new().await;
    let mut client = world.caller(&world.arbitration, World::service("gateway")).await;
    for parties in [["GDO", "AGR"], ["JUS", "CAE"], ["CAE", "GDO"]] {
        let forum = forum(&mut client, &parties).await.unwrap();
        assert_eq!(forum.rungs.len(), 1, "{parties:?}");
        assert_eq!(forum.rungs[0].members, ["GOV-C"]);
    }
    let case = Case::of(world, "JUS", "CAE").await;
    case.one.take(&case.name, crate::case::apply()).await;
    assert!(case.gdo.get(&case.name).await.is_err(), "it does not even see it");
    let taken = case.gov.take(&case.name, crate::case::accept()).await;
    assert_eq!(taken.state, "BEFORE_SUPERIOR");
}
