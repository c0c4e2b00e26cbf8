//! Subjects with their tiers, officers, kits and caps: who may write and see what.

use proto::operations::v1 as pb;
use tonic::Code;

use crate::{
    make::{officer, subject, subject_name, uscc},
    world::{World, assert_told, fields, local, reason, rule},
};

async fn get(world: &World, n: usize) -> pb::GetSubjectResponse {
    let anyone = world.agency("CAE").await;
    let request = pb::GetSubjectRequest { name: subject_name(n) };
    anyone.client.clone().get_subject(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_subject_is_replaced_and_its_tiers_are_remembered() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let made = mkt.put_subjects(vec![subject(1, pb::Tier::B), subject(2, pb::Tier::A)]).await;
    assert_eq!(made.unwrap(), pb::PutSubjectsResponse { created: 2, replaced: 0 });
    world.clock.set(local("2026-04-01 10:00"));
    let worse = pb::TierChange {
        tier: pb::Tier::D.into(),
        since: "2026-04-01".to_owned(),
        reason: "rotten meat".to_owned(),
        agency: String::new(),
    };
    let again = pb::Subject { tier_history: vec![worse], ..subject(1, pb::Tier::D) };
    let made = world.agency("ECO").await.put_subjects(vec![again, subject(3, pb::Tier::A)]).await;
    assert_eq!(made.unwrap(), pb::PutSubjectsResponse { created: 1, replaced: 1 });

    let found = get(&world, 1).await.subject.unwrap();
    let told: Vec<_> = found
        .tier_history
        .iter()
        .map(|one| (one.tier(), one.since.as_str(), one.agency.as_str(), one.reason.as_str()))
        .collect();
    assert_eq!(
        told,
        [(pb::Tier::B, "2026-03-02", "MKT", ""), (pb::Tier::D, "2026-04-01", "ECO", "rotten meat"),]
    );
    let filter = "sector = \"FOOD\" AND tier = \"A\"".to_owned();
    let request =
        pb::ListSubjectsRequest { filter, page_size: 1, ..pb::ListSubjectsRequest::default() };
    let page = mkt.client.clone().list_subjects(request.clone()).await.unwrap().into_inner();
    assert_eq!((page.subjects.len(), page.next_page_token.is_empty()), (1, false));
    let request = pb::ListSubjectsRequest { page_token: page.next_page_token, ..request };
    let next = mkt.client.clone().list_subjects(request).await.unwrap().into_inner();
    assert_eq!((next.subjects.len(), next.next_page_token.as_str()), (1, ""));
    assert_ne!(next.subjects[0].name, page.subjects[0].name);
}

#[tokio::test]
async fn every_wrong_field_of_a_subject_is_told_at_once() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let mut wrong_check = uscc(1);
    let last = if wrong_check.ends_with('1') { '2' } else { '1' };
    wrong_check.pop();
    wrong_check.push(last);
    let faulty = pb::Subject {
        uscc: wrong_check,
        region: "33".to_owned(),
        latitude_e6: 91_000_000,
        tier: 0,
        ..subject(1, pb::Tier::A)
    };
    let twice = vec![faulty, subject(2, pb::Tier::A), subject(2, pb::Tier::A)];
    let told = mkt.put_subjects(twice).await.unwrap_err();
    assert_told(&told, Code::InvalidArgument, "FIELDS");
    assert_eq!(
        fields(&told),
        [
            "subjects[0].uscc",
            "subjects[0].region",
            "subjects[0].latitude_e6",
            "subjects[0].tier",
            "subjects[2].uscc"
        ]
    );
    let told = mkt.put_subjects(vec![subject(1, pb::Tier::A); 1001]).await.unwrap_err();
    assert!(fields(&told).contains(&"subjects".to_owned()), "{told:?}");
}

#[tokio::test]
async fn who_neither_inspects_nor_coordinates_rates_nobody() {
    let world = World::new().await;
    let court = world.agency("CRT").await;
    let told = court.put_subjects(vec![subject(1, pb::Tier::A)]).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "RULE_BROKEN");
    assert_eq!(rule(&told).0, "I-01");
    let office = world.agency("GDO").await;
    office.put_subjects(vec![subject(1, pb::Tier::A)]).await.unwrap();
}

#[tokio::test]
async fn a_body_lists_its_own_certified_officers_only() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let officers = vec![
        officer("MKT-01"),
        officer("MKT-08"),
        officer("ECO-01"),
        pb::OfficerProfile { shift_end: 500, agency: "ECO".to_owned(), ..officer("MKT-02") },
    ];
    let request = pb::PutResourcesRequest { officers, ..pb::PutResourcesRequest::default() };
    let told = mkt.put_resources(request.clone()).await.unwrap_err();
    assert_eq!(fields(&told), ["officers[3].agency", "officers[3].shift_end"]);
    let officers = request.officers[..3].to_vec();
    let request = pb::PutResourcesRequest { officers, ..request };
    let told = mkt.put_resources(request).await.unwrap_err();
    // One has lapsed, one is another body's.
    assert_eq!(fields(&told), ["officers[1].certificate_no", "officers[2].certificate_no"]);

    let cap = pb::Cap {
        yearly_by_tier: vec![1, 2, 4, 12],
        published_on: "2026-01-01".to_owned(),
        ..pb::Cap::default()
    };
    let kit =
        pb::Kit { code: "MKT-GAS-1".into(), kind: "GAS_DETECTION".into(), ..pb::Kit::default() };
    let request = pb::PutResourcesRequest {
        officers: vec![officer("MKT-01"), officer("MKT-02")],
        kits: vec![kit.clone()],
        cap: Some(cap),
        ..pb::PutResourcesRequest::default()
    };
    mkt.put_resources(request).await.unwrap();
    let list = |agency: &str| pb::ListResourcesRequest {
        agency: agency.to_owned(),
        ..pb::ListResourcesRequest::default()
    };
    let own = mkt.client.clone().list_resources(list("")).await.unwrap().into_inner();
    assert_eq!((own.officers.len(), own.kits.len()), (2, 1));
    assert_eq!(own.cap.unwrap().yearly_by_tier, [1, 2, 4, 12]);
    let office = world.agency("GDO").await;
    let seen = office.client.clone().list_resources(list("MKT")).await.unwrap().into_inner();
    assert_eq!(seen.officers.len(), 2);
    let eco = world.agency("ECO").await;
    let told = eco.client.clone().list_resources(list("MKT")).await.unwrap_err();
    assert_told(&told, Code::NotFound, "NOT_FOUND");
    let kits = vec![kit];
    let request = pb::PutResourcesRequest { kits, ..pb::PutResourcesRequest::default() };
    let told = eco.put_resources(request).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    let told = office.with_officers_refused().await;
    assert_eq!((reason(&told).as_str(), rule(&told).0.as_str()), ("RULE_BROKEN", "I-01"));
}

impl crate::world::Party {
    async fn with_officers_refused(&self) -> tonic::Status {
        let officers = vec![officer(&self.officer("01"))];
        let request = pb::PutResourcesRequest { officers, ..pb::PutResourcesRequest::default() };
        self.put_resources(request).await.unwrap_err()
    }
}
