//! Receipts: for who made the call, of what is in the journal now, or none.

use auth::{Kept, verify_kept};
use prost::Message as _;
use proto::{journal::v1::Row, supervision::v1 as pb};
use tlog::Receipt;
use tonic::Code;

use crate::world::{Client, World, assert_told, fields, hashes, id, tamper};

fn of_call(request_id: &str) -> pb::GetReceiptRequest {
    let (service, request_id) = ("identity".to_owned(), request_id.to_owned());
    pb::GetReceiptRequest { service, request_id, wait_ms: 10_000 }
}

async fn receipt(client: &mut Client, request_id: &str) -> Receipt {
    let answer = client.get_receipt(of_call(request_id)).await.unwrap().into_inner();
    let receipt = answer.receipt.unwrap();
    Receipt {
        row: receipt.row,
        service: receipt.service,
        row_id: receipt.row_id,
        leaf_index: u64::try_from(receipt.leaf_index).unwrap(),
        inclusion: hashes(receipt.inclusion),
        checkpoint: receipt.checkpoint,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_proves_the_call_to_whoever_has_the_keys() {
    let world = World::new().await;
    world.write(300).await;
    let request_id = world.call("MKT").await;
    let receipt = receipt(&mut world.agency("MKT"), &request_id).await;
    receipt.verify(&[world.key.verifier().clone()]).unwrap();
    let row = Row::decode(receipt.row.as_slice()).unwrap();
    assert_eq!((row.service.as_str(), row.id), ("identity", receipt.row_id));
    assert_eq!((row.agency.as_str(), row.request_id), ("MKT", request_id));
    let proof = row.attestation.unwrap();
    let parties = verify_kept(
        &world.trust,
        &Kept {
            caller_wit: &proof.wit,
            caller_wpt: &proof.wpt,
            request_digest: &proof.request_digest,
            answer_wit: &proof.answer_wit,
            answer_wpt: &proof.answer_wpt,
            response_digest: &proof.response_digest,
            status: proof.status,
        },
    )
    .unwrap();
    assert_eq!(parties.caller.to_string(), "wimse://county.example/agency/MKT");
    assert!(parties.answerer.is_service("identity"));
    assert_eq!(parties.method, "/xiezhi.identity.v1.IdentityService/RevokeKey");
    // Any byte of it counts.
    let mut altered = receipt.clone();
    altered.row[20] ^= 1;
    altered.verify(&[world.key.verifier().clone()]).unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_does_not_learn_that_there_was_a_call() {
    let world = World::new().await;
    let request_id = world.call("MKT").await;
    receipt(&mut world.agency("MKT"), &request_id).await;
    let asked = pb::GetReceiptRequest { wait_ms: 0, ..of_call(&request_id) };
    let stranger = world.agency("ECO").get_receipt(asked).await.unwrap_err();
    let none = pb::GetReceiptRequest { wait_ms: 0, ..of_call(&id()) };
    let never = world.agency("ECO").get_receipt(none).await.unwrap_err();
    for refusal in [&stranger, &never] {
        assert_told(refusal, Code::NotFound, "NOT_FOUND");
    }
    assert_eq!(stranger.message(), never.message());
    let refusal = world.auditor.clone().get_receipt(of_call(&request_id)).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PermissionDenied);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_altered_behind_our_back_gets_no_receipt_and_is_an_alarm() {
    let world = World::new().await;
    let request_id = world.call("MKT").await;
    let mut mkt = world.agency("MKT");
    let row_id = receipt(&mut mkt, &request_id).await.row_id;
    let sql = format!("UPDATE journal SET resource = 'keys/another' WHERE id = {row_id}");
    tamper(&world.identity_db, &sql).await;
    let refusal = mkt.get_receipt(of_call(&request_id)).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "LOG_MISMATCH");
    assert!(refusal.message().contains(&format!("row {row_id} of identity")), "{refusal:?}");
    let fault = world.status().await.journals[0].fault.clone();
    assert!(fault.contains("ALARM: 1 ") && fault.contains(&row_id.to_string()), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_deleted_behind_our_back_gets_no_receipt_and_is_an_alarm() {
    let world = World::new().await;
    let request_id = world.call("MKT").await;
    let mut mkt = world.agency("MKT");
    let row_id = receipt(&mut mkt, &request_id).await.row_id;
    tamper(&world.identity_db, &format!("DELETE FROM journal WHERE id = {row_id}")).await;
    let refusal = mkt.get_receipt(of_call(&request_id)).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "LOG_MISMATCH");
    assert!(world.status().await.journals[0].fault.contains("ALARM"));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_service_is_away_a_receipt_must_be_asked_for_again() {
    let world = World::new().await;
    let request_id = world.call("MKT").await;
    receipt(&mut world.agency("MKT"), &request_id).await;
    let alone = world.with_absent(&["identity"]).await;
    let mut mkt = world.caller(&alone, "wimse://county.example/agency/MKT");
    let refusal = mkt.get_receipt(of_call(&request_id)).await.unwrap_err();
    assert_told(&refusal, Code::Unavailable, "JOURNAL_UNAVAILABLE");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_question_is_told_all_at_once() {
    let world = World::new().await;
    let wrong = pb::GetReceiptRequest {
        service: "gateway".into(),
        request_id: "x".repeat(65),
        wait_ms: -1,
    };
    let refusal = world.agency("MKT").get_receipt(wrong).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["service", "request_id", "wait_ms"]);
}
