//! Who is competent for a new docket, and which cases were closed: with the catalogue, both ways.

use std::collections::BTreeMap;

use proto::referral::v1::{self as pb, step::Kind};
use tonic::Code;

use crate::{
    case::{Case, docket},
    catalogue::Says,
    world::{Client, Party, World, assert_told, fields, id, local},
};

async fn opened(by: &Party, request: pb::OpenDocketRequest) -> pb::Docket {
    by.client.clone().open_docket(request).await.unwrap().into_inner().docket.unwrap()
}

async fn read(by: &Party, name: &str) -> pb::Docket {
    let request = pb::GetDocketRequest { name: name.to_owned() };
    by.client.clone().get_docket(request).await.unwrap().into_inner().docket.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_docket_keeps_what_the_catalogue_said_when_it_was_opened() {
    let world = World::new().await;
    world.catalogue.say(Says::Competent("MKT"));
    let (mkt, township) = (world.agency("MKT").await, world.agency("TG-T01").await);
    let request = docket(&mkt, "糖果");
    let opening = opened(&mkt, request.clone()).await;
    let said = opening.competence.clone().unwrap();
    assert_eq!((said.revision, said.competent.as_str()), (7, "MKT"));
    assert_eq!((said.summary.as_str(), said.summary_zh.as_str()), ("it is so", "应当如此"));

    // Whatever it says later, the docket and the same request have the first answer.
    world.catalogue.say(Says::Competent(""));
    assert_eq!(opened(&mkt, request).await, opening);
    assert_eq!(read(&mkt, &opening.name).await.competence, opening.competence);
    let several = opened(&mkt, docket(&mkt, "several claim it")).await.competence.unwrap();
    assert_eq!(several.competent, "");

    let place = "330999001".to_owned();
    let elsewhere = opened(&mkt, pb::OpenDocketRequest { place, ..docket(&mkt, "b") }).await;
    assert_eq!(read(&mkt, &elsewhere.name).await.place, "330999001");
    opened(&township, docket(&township, "c")).await;
    let asked = world.catalogue.asked();
    let place = |at: usize| asked[at].place.as_str();
    assert_eq!(asked[0].matter, "M033");
    assert_eq!(asked[0].act_date, "2026-03-02");
    assert_eq!((place(0), place(3), place(4)), ("330999", "330999001", "330999001"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_docket_opens_whatever_the_catalogue_does() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    for says in [Says::Nothing, Says::Hangs] {
        world.catalogue.say(says);
        let opened = opened(&mkt, docket(&mkt, "糖果")).await;
        assert_eq!(read(&mkt, &opened.name).await.competence, None);
    }
    let asked = world.catalogue.asked().len();
    let without = pb::OpenDocketRequest { matter: String::new(), ..docket(&mkt, "no matter") };
    assert_eq!(opened(&mkt, without).await.competence, None);
    assert_eq!(world.catalogue.asked().len(), asked, "there was nothing to ask");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_is_a_county_or_a_township_of_one() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    for place in ["33", "330999-01", "000999", "3309990010", "云泽县"] {
        let request = pb::OpenDocketRequest { place: place.into(), ..docket(&mkt, "糖果") };
        let refusal = mkt.client.clone().open_docket(request).await.unwrap_err();
        assert_eq!(fields(&refusal), ["place"], "{place}");
    }
}

async fn catalogue(world: &World) -> Client {
    world.caller(&world.referral, World::service("catalogue")).await
}

async fn found(client: &Client, matters: &[&str], since: &str) -> Vec<pb::ClosedCase> {
    let request = pb::FindClosedCasesRequest {
        matters: matters.iter().map(ToString::to_string).collect(),
        closed_since: since.to_owned(),
    };
    client.clone().find_closed_cases(request).await.unwrap().into_inner().cases
}

/// A docket whose facts reach no threshold, closed without a referral.
async fn closed(mkt: &Party, matter: &str) -> String {
    let request = pb::OpenDocketRequest {
        matter: matter.to_owned(),
        facts: BTreeMap::new(),
        ..docket(mkt, "nothing in it")
    };
    let open = opened(mkt, request).await;
    let close = pb::CloseDocketRequest {
        request_id: id(),
        name: open.name.clone(),
        etag: open.etag,
        officer: mkt.officer("01"),
        reason: "查无实据".to_owned(),
    };
    mkt.client.clone().close_docket(close).await.unwrap();
    open.name
}

#[tokio::test(flavor = "multi_thread")]
async fn the_catalogue_finds_cases_that_were_closed_either_way() {
    let case = Case::new().await.accepted().await;
    let (world, mkt) = (&case.world, &case.mkt);
    let client = catalogue(world).await;
    let first = closed(mkt, "M033").await;
    closed(mkt, "M040").await;
    world.clock.set(local("2026-03-03 09:00"));
    assert_eq!(found(&client, &["M033"], "2026-03-01").await.len(), 1, "the referral runs");
    let elsewhere = pb::Redirect {
        competent_authority: "某市市场监督管理局".to_owned(),
        reason: "不属于公安机关管辖".to_owned(),
    };
    case.psb.take(&case.name, Kind::Redirect(elsewhere)).await;
    let all = found(&client, &["M033"], "2026-03-01").await;
    let names: Vec<_> = all.iter().map(|one| one.docket.clone()).collect();
    assert_eq!(names, [case.docket.clone(), first], "the newest first");
    assert!(all.iter().all(|one| one.matter == "M033" && one.agency == "MKT"));
    let at = all[0].close_time.unwrap().seconds;
    assert_eq!(at, local("2026-03-03 09:00").timestamp());
    let later = found(&client, &["M033", "M040"], "2026-03-03").await;
    assert_eq!(later.len(), 1, "by the day on which it was closed: {later:?}");
    assert_eq!(found(&client, &["M033"], "2026-03-04").await, []);
    assert_eq!(found(&client, &["M001"], "2026-03-01").await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_with_a_referral_that_still_runs_is_not_closed() {
    let case = Case::new().await.accepted().await;
    let again = crate::case::referral(&case.mkt, &case.docket);
    case.mkt.client.clone().open_referral(again).await.unwrap();
    let elsewhere = pb::Redirect {
        competent_authority: "某市市场监督管理局".to_owned(),
        reason: "不属于公安机关管辖".to_owned(),
    };
    case.psb.take(&case.name, Kind::Redirect(elsewhere)).await;
    assert_eq!(found(&catalogue(&case.world).await, &["M033"], "2026-03-01").await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_catalogue_asks_and_every_fault_is_told() {
    let world = World::new().await;
    let request = pb::FindClosedCasesRequest {
        matters: vec![String::new(), "x".repeat(41)],
        closed_since: "2026-3-1".to_owned(),
    };
    let refusal = catalogue(&world).await.find_closed_cases(request.clone()).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["matters[0]", "matters[1]", "closed_since"]);
    let none = pb::FindClosedCasesRequest::default();
    let refusal = catalogue(&world).await.find_closed_cases(none).await.unwrap_err();
    assert_eq!(fields(&refusal), ["matters", "closed_since"]);
    let mkt = world.agency("MKT").await;
    let refusal = mkt.client.clone().find_closed_cases(request).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PermissionDenied);
}
