//! What every state-changing call leaves behind.

use auth::{WorkloadKey, digest};
use db::journal::{self, Row};
use prost::Message;
use proto::identity::v1::{ImportDirectoryRequest, RotateIssuerKeyRequest};
use sea_orm::{ConnectionTrait as _, Statement};

use crate::world::{World, agency, example, id, revocation, start};

async fn journal(world: &World) -> Vec<Row> {
    // Not `journal::after`: on PostgreSQL it holds rows back while any test is in a transaction.
    let reader = world.db.reader();
    let sql = format!("SELECT {} FROM journal AS j ORDER BY j.id", journal::COLUMNS);
    let statement = Statement::from_string(reader.get_database_backend(), sql);
    let rows = reader.query_all_raw(statement).await.unwrap();
    rows.iter().map(|row| Row::read(row).unwrap()).collect()
}

#[track_caller]
fn attests(row: &Row, kind: &str, request: &impl Message, response: &impl Message) {
    assert_eq!(row.kind, kind);
    assert_eq!(row.at, start(), "the journal is dated by the clock of the law");
    let proof = row.attestation.as_ref().unwrap();
    assert_eq!(proof.request_digest, digest(&request.encode_to_vec()));
    assert_eq!(proof.response_digest, digest(&response.encode_to_vec()));
    assert_eq!(proof.status, 0);
    assert_eq!(proof.wit.split('.').count(), 3);
    assert_eq!(proof.wpt.split('.').count(), 3);
}

#[tokio::test]
async fn every_change_leaves_one_row_with_the_attestation_of_its_caller() {
    let world = World::empty().await;
    let client = &mut world.operator.client.clone();

    let import = example();
    let imported = client.import_directory(import.clone()).await.unwrap().into_inner();
    let enrol = world.enrolment(&WorkloadKey::generate().unwrap(), &agency("MKT"));
    let enrolled = client.enrol_key(enrol.clone()).await.unwrap().into_inner();
    let revoke = revocation(enrolled.key.as_ref().unwrap().thumbprint.clone());
    let revoked = client.revoke_key(revoke.clone()).await.unwrap().into_inner();
    let rotate = RotateIssuerKeyRequest { request_id: id() };
    let rotated = client.rotate_issuer_key(rotate.clone()).await.unwrap().into_inner();
    // Repeated and refused calls leave nothing.
    client.revoke_key(revoke.clone()).await.unwrap();
    client.import_directory(ImportDirectoryRequest::default()).await.unwrap_err();

    let rows = journal(&world).await;
    assert_eq!(rows.len(), 5, "{rows:?}");
    assert_eq!(rows[0].kind, "identity.key_enrolled.v1", "the operator's own, at start");
    assert_eq!(rows[0].attestation, None);
    attests(&rows[1], "identity.directory_imported.v1", &import, &imported);
    attests(&rows[2], "identity.key_enrolled.v1", &enrol, &enrolled);
    attests(&rows[3], "identity.key_revoked.v1", &revoke, &revoked);
    attests(&rows[4], "identity.issuer_rotated.v1", &rotate, &rotated);
    assert_eq!(rows[3].payload, revoke.encode_to_vec(), "the reason is kept");
    assert_eq!(rows[4].resource, format!("issuerKeys/{}", rotated.kid));
}

#[tokio::test]
async fn the_journal_names_the_agency_that_acted_and_no_person() {
    let world = World::new().await;
    let mut party = world.agency("MKT").await;
    let request = revocation(party.thumbprint());
    party.client.revoke_key(request.clone()).await.unwrap();
    let officers = example().officers;
    let rows = journal(&world).await;
    let last = rows.last().unwrap();
    assert_eq!((last.agency.as_str(), &last.request_id), ("MKT", &request.request_id));
    for row in &rows {
        let payload = String::from_utf8_lossy(&row.payload);
        assert!(officers.iter().all(|officer| !payload.contains(&officer.display_name)));
    }
}

#[tokio::test]
async fn a_key_made_at_start_is_enrolled_once() {
    let world = World::empty().await;
    let key = WorkloadKey::generate().unwrap().public_jwk().to_string();
    let referral = types::Workload::service(&crate::world::county(), "referral");
    world.service.bootstrap(referral.clone(), &key).await.unwrap();
    world.service.bootstrap(referral, &key).await.unwrap();
    assert_eq!(journal(&world).await.len(), 2);
    let other = types::Workload::service(&crate::world::county(), "evidence");
    let refused = world.service.bootstrap(other, &key).await.unwrap_err();
    assert_eq!(refused.to_string(), "the key is already enrolled");
    let stranger = world.service.bootstrap(agency("NONE"), &key).await.unwrap_err();
    assert!(stranger.to_string().contains("nobody imported"));
}
