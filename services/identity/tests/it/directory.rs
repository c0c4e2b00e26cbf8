//! `ImportDirectory`, `GetAgency`, `ListAgencies`, `ListOfficers`, `CheckOfficers`.

use proto::identity::v1::{
    Agency, CheckOfficersRequest, GetAgencyRequest, ImportDirectoryRequest, ListAgenciesRequest,
    ListOfficersRequest, Officer, OfficerStanding, Position,
};
use tonic::Code;

use crate::world::{World, assert_told, example, fields, id};

fn body(code: &str, superior: &str) -> Agency {
    Agency {
        code: code.into(),
        display_name_zh: "某局".into(),
        kind: "ADMIN_AGENCY".into(),
        superior: superior.into(),
        region_code: "330999".into(),
        ..Agency::default()
    }
}

fn person(number: &str, agency: &str) -> Officer {
    Officer {
        certificate_no: number.into(),
        agency: agency.into(),
        display_name: "示例".into(),
        position: Position::DeputyHead.into(),
        valid_from: "2026-01-01".into(),
        valid_to: "2026-12-31".into(),
        ..Officer::default()
    }
}

fn import(agencies: Vec<Agency>, officers: Vec<Officer>) -> ImportDirectoryRequest {
    ImportDirectoryRequest { request_id: id(), agencies, officers }
}

fn officers_of(code: &str) -> ListOfficersRequest {
    ListOfficersRequest { parent: format!("agencies/{code}"), ..ListOfficersRequest::default() }
}

#[tokio::test]
async fn the_example_county_is_imported_and_read_back() {
    let mut world = World::empty().await;
    let request = example();
    let answer = world.operator.client.import_directory(request.clone()).await.unwrap();
    let answer = answer.into_inner();
    assert_eq!(answer.agencies, 84);
    assert_eq!(answer.officers, i32::try_from(request.officers.len()).unwrap());

    let call = GetAgencyRequest { name: "agencies/MKT".into() };
    let got = world.operator.client.get_agency(call).await.unwrap().into_inner().agency.unwrap();
    assert_eq!(Some(&got), request.agencies.iter().find(|agency| agency.code == "MKT"));

    let listed = world.operator.client.list_officers(officers_of("MKT")).await.unwrap();
    let mut expected: Vec<_> =
        request.officers.into_iter().filter(|officer| officer.agency == "MKT").collect();
    expected.sort_by(|a, b| a.certificate_no.cmp(&b.certificate_no));
    assert_eq!(listed.into_inner().officers, expected);
}

#[tokio::test]
async fn five_faults_are_five_fields_and_nothing_changes() {
    let mut world = World::new().await;
    let mut changed = body("MKT", "GOV-C");
    changed.display_name_zh = "改名".into();
    let mut odd = body("ODD", "NOBODY");
    odd.kind = "SHOP".into();
    odd.region_code = "33".into();
    let mut late = person("MKT-77", "MKT");
    late.valid_to = "2025-12-31".into();
    let request = import(vec![changed, odd], vec![late, person("MKT-78", "NOBODY")]);
    let refused = world.operator.client.import_directory(request).await.unwrap_err();
    assert_told(&refused, Code::InvalidArgument, "FIELD_INVALID");
    let expected = [
        "agencies[1].kind",
        "agencies[1].region_code",
        "agencies[1].superior",
        "officers[0].valid_to",
        "officers[1].agency",
    ];
    assert_eq!(fields(&refused), expected);

    let call = GetAgencyRequest { name: "agencies/MKT".into() };
    let kept = world.operator.client.get_agency(call).await.unwrap().into_inner().agency.unwrap();
    assert_ne!(kept.display_name_zh, "改名");
    let call = GetAgencyRequest { name: "agencies/ODD".into() };
    let absent = world.operator.client.get_agency(call).await.unwrap_err();
    assert_told(&absent, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn a_circle_of_superiors_through_known_bodies_is_refused() {
    let mut world = World::new().await;
    let request = import(vec![body("GOV-P", "MKT")], vec![]);
    let refused = world.operator.client.import_directory(request).await.unwrap_err();
    assert_eq!(fields(&refused), ["agencies[0].superior"]);
}

#[tokio::test]
async fn very_many_faults_still_make_an_answer() {
    let mut world = World::empty().await;
    let request = import((0..2000).map(|_| Agency::default()).collect(), vec![]);
    let refused = world.operator.client.import_directory(request).await.unwrap_err();
    assert_told(&refused, Code::InvalidArgument, "FIELD_INVALID");
    assert_eq!(fields(&refused).len(), 51);
}

#[tokio::test]
async fn an_import_replaces_what_it_names_and_leaves_the_rest() {
    let mut world = World::new().await;
    let mut officer = person("MKT-01", "MKT");
    officer.valid_to = "2030-06-30".into();
    let request = import(vec![body("NEW", "GOV-C")], vec![officer]);
    world.operator.client.import_directory(request).await.unwrap();
    let listed = world.operator.client.list_officers(officers_of("MKT")).await.unwrap();
    let listed = listed.into_inner().officers;
    assert!(listed.len() > 1);
    assert_eq!(listed[0].certificate_no, "MKT-01");
    assert_eq!(listed[0].valid_to, "2030-06-30");
    let call = GetAgencyRequest { name: "agencies/NEW".into() };
    world.operator.client.get_agency(call).await.unwrap();
}

#[tokio::test]
async fn the_same_import_gets_the_same_answer_and_another_under_its_id_is_refused() {
    let mut world = World::empty().await;
    let first = import(vec![body("AA", "")], vec![]);
    let answer = world.operator.client.import_directory(first.clone()).await.unwrap();
    // Changed meanwhile: the repeated call must not change it back.
    let mut renamed = body("AA", "");
    renamed.display_name_en = "renamed".into();
    world.operator.client.import_directory(import(vec![renamed], vec![])).await.unwrap();
    let again = world.operator.client.import_directory(first.clone()).await.unwrap();
    assert_eq!(again.into_inner(), answer.into_inner());
    let call = GetAgencyRequest { name: "agencies/AA".into() };
    let kept = world.operator.client.get_agency(call).await.unwrap().into_inner().agency.unwrap();
    assert_eq!(kept.display_name_en, "renamed");

    let other = ImportDirectoryRequest { agencies: vec![body("BB", "")], ..first };
    let refused = world.operator.client.import_directory(other).await.unwrap_err();
    assert_told(&refused, Code::AlreadyExists, "REQUEST_ID_REUSED");
}

#[tokio::test]
async fn an_import_without_a_request_id_is_refused() {
    let mut world = World::empty().await;
    let request = ImportDirectoryRequest { request_id: String::new(), ..example() };
    let refused = world.operator.client.import_directory(request).await.unwrap_err();
    assert_eq!(fields(&refused), ["request_id"]);
}

#[tokio::test]
async fn only_the_operator_imports() {
    let world = World::new().await;
    let mut party = world.agency("MKT").await;
    let refused = party.client.import_directory(example()).await.unwrap_err();
    assert_told(&refused, Code::PermissionDenied, "CALLER_NOT_ALLOWED");
    let refused = world.anyone().import_directory(example()).await.unwrap_err();
    assert_told(&refused, Code::Unauthenticated, "WIT_MISSING");
}

#[tokio::test]
async fn agencies_are_listed_page_by_page_each_once() {
    let world = World::new().await;
    let mut party = world.agency("MKT").await;
    let mut request = ListAgenciesRequest { page_size: 10, ..ListAgenciesRequest::default() };
    let mut codes = Vec::new();
    loop {
        let page = party.client.list_agencies(request.clone()).await.unwrap().into_inner();
        assert!(page.agencies.len() <= 10);
        codes.extend(page.agencies.into_iter().map(|agency| agency.code));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(codes.len(), 84);
    assert!(codes.is_sorted_by(|a, b| a < b));

    // A token of this list is none of another.
    let wrong = ListOfficersRequest { page_token: request.page_token, ..officers_of("MKT") };
    let refused = party.client.list_officers(wrong).await.unwrap_err();
    assert_eq!(fields(&refused), ["page_token"]);
}

#[tokio::test]
async fn a_name_that_is_none_is_refused() {
    let mut world = World::new().await;
    let call = GetAgencyRequest { name: "MKT".into() };
    let refused = world.operator.client.get_agency(call).await.unwrap_err();
    assert_eq!(fields(&refused), ["name"]);
    let call = ListOfficersRequest { parent: "agencies/mkt".into(), ..officers_of("MKT") };
    let refused = world.operator.client.list_officers(call).await.unwrap_err();
    assert_eq!(fields(&refused), ["parent"]);
}

#[tokio::test]
async fn officers_are_for_their_agency_and_the_operator_and_nobody_else() {
    let mut world = World::new().await;
    let mut own = world.agency("MKT").await;
    assert!(
        !own.client
            .list_officers(officers_of("MKT"))
            .await
            .unwrap()
            .into_inner()
            .officers
            .is_empty()
    );
    let (mut other, mut service) = (world.agency("ECO").await, world.service("referral").await);
    for stranger in [&mut other, &mut service] {
        for code in ["MKT", "NONE"] {
            let refused = stranger.client.list_officers(officers_of(code)).await.unwrap_err();
            assert_told(&refused, Code::NotFound, "NOT_FOUND");
        }
    }
    let refused = world.operator.client.list_officers(officers_of("NONE")).await.unwrap_err();
    assert_told(&refused, Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn a_service_learns_how_each_certificate_stands() {
    let world = World::new().await;
    let mut referral = world.service("referral").await;
    let request = CheckOfficersRequest {
        agency: "MKT".into(),
        on_date: "2026-11-23".into(),
        certificate_nos: ["MKT-03", "MKT-08", "ECO-01", "MKT-03"].map(Into::into).into(),
    };
    let answer = referral.client.check_officers(request).await.unwrap().into_inner();
    let told: Vec<_> = answer
        .checks
        .iter()
        .map(|check| (check.certificate_no.as_str(), check.standing(), check.position()))
        .collect();
    let deputy = ("MKT-03", OfficerStanding::Valid, Position::DeputyHead);
    assert_eq!(told[0], deputy);
    assert_eq!((told[1].0, told[1].1), ("MKT-08", OfficerStanding::OutOfDate));
    assert_ne!(told[1].2, Position::Unspecified);
    assert_eq!(told[2], ("ECO-01", OfficerStanding::Unknown, Position::Unspecified));
    assert_eq!(told[3], deputy);
}

#[tokio::test]
async fn a_check_names_every_field_at_fault() {
    let world = World::new().await;
    let mut referral = world.service("referral").await;
    let request = CheckOfficersRequest {
        agency: "mkt".into(),
        on_date: "23.11.2026".into(),
        certificate_nos: vec!["MKT-01".into(), " ".into()],
    };
    let refused = referral.client.check_officers(request).await.unwrap_err();
    assert_eq!(fields(&refused), ["agency", "on_date", "certificate_nos[1]"]);
    for count in [0, 101] {
        let request = CheckOfficersRequest {
            agency: "MKT".into(),
            on_date: "2026-11-23".into(),
            certificate_nos: (0..count).map(|i| format!("MKT-{i}")).collect(),
        };
        let refused = referral.client.check_officers(request).await.unwrap_err();
        assert_eq!(fields(&refused), ["certificate_nos"]);
    }
}

#[tokio::test]
async fn an_agency_does_not_check_officers() {
    let world = World::new().await;
    let mut party = world.agency("MKT").await;
    let refused = party.client.check_officers(CheckOfficersRequest::default()).await.unwrap_err();
    assert_told(&refused, Code::PermissionDenied, "CALLER_NOT_ALLOWED");
}
