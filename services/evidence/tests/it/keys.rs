//! The keys that wrap: rotated, gone, put back.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use proto::evidence::v1 as pb;
use tonic::Code;

use crate::{
    office::{Office, SEGMENT, bytes, chunks, commit, read, send, stored},
    world::{assert_told, id},
};

fn rewrap(limit: i32) -> pb::RewrapKeysRequest {
    pb::RewrapKeysRequest { request_id: id(), limit }
}

#[tokio::test]
async fn keys_are_wrapped_again_in_batches_and_the_old_key_can_go() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let data: Vec<Vec<u8>> = (1..=3).map(|n| bytes(n * 1000)).collect();
    let mut contents = Vec::new();
    for data in &data {
        contents.push(stored(&office, data).await);
    }
    // An upload that is half in, too.
    let last = bytes(SEGMENT + 10);
    let upload = office.begin(&client, last.len(), false).await.name;
    send(&streaming, chunks(&upload, &last[..500], 0, 500)).await.unwrap();

    let keys = office.world.home.path().join("content-keys");
    let old = std::fs::read_dir(&keys).unwrap().next().unwrap().unwrap().path();
    std::fs::write(keys.join("9999.key"), STANDARD.encode([9; 32])).unwrap();
    let mut operator = office.operator().await;
    let first = rewrap(3);
    let answer = operator.rewrap_keys(first.clone()).await.unwrap().into_inner();
    assert_eq!((answer.rewrapped, answer.remaining), (3, 1));
    assert_eq!(answer.active_key, "9999");
    let again = operator.rewrap_keys(first).await.unwrap().into_inner();
    assert_eq!(again, answer, "the same request is made once");
    let answer = operator.rewrap_keys(rewrap(0)).await.unwrap().into_inner();
    assert_eq!((answer.rewrapped, answer.remaining), (1, 0));
    let journal = "SELECT count(*) AS n FROM journal WHERE kind = 'evidence.keys_rewrapped.v1' \
                   AND wpt IS NOT NULL";
    assert_eq!(office.count(journal).await, 2);

    std::fs::remove_file(old).unwrap();
    operator.rewrap_keys(rewrap(0)).await.unwrap();
    for (content, data) in contents.iter().zip(&data) {
        assert_eq!(read(&client, &content.name, 0, 0).await.unwrap(), *data);
    }
    send(&streaming, chunks(&upload, &last, 500, 30_000)).await.unwrap();
    client.clone().commit_upload(commit(&upload, &last)).await.unwrap();
}

#[tokio::test]
async fn a_replica_that_has_not_heard_of_the_new_key_wraps_nothing_with_the_old_one() {
    let office = Office::new().await;
    let replica = office.world.replica().await;
    let (client, streaming) = office.both_of(&replica, "MKT").await;
    let early = office.begin(&client, 10, false).await.name;
    let keys = office.world.home.path().join("content-keys");
    std::fs::write(keys.join("9999.key"), STANDARD.encode([9; 32])).unwrap();
    let answer = office.operator().await.rewrap_keys(rewrap(0)).await.unwrap().into_inner();
    assert_eq!((answer.rewrapped, answer.remaining), (1, 0));
    // The other process has looked at its folder before; its next upload looks again.
    office.begin(&client, 10, false).await;
    let old = "SELECT count(*) AS n FROM upload WHERE key_id <> '9999'";
    assert_eq!(office.count(old).await, 0);
    // What was wrapped again meanwhile is committed with its new wrapping.
    let data = bytes(10);
    send(&streaming, chunks(&early, &data, 0, 10)).await.unwrap();
    client.clone().commit_upload(commit(&early, &data)).await.unwrap();
    assert_eq!(office.count("SELECT count(*) AS n FROM blob WHERE key_id = '9999'").await, 1);
}

#[tokio::test]
async fn without_its_key_a_file_is_unavailable_and_not_lost() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let data = bytes(1000);
    let content = stored(&office, &data).await;
    let upload = office.begin(&client, data.len(), false).await.name;
    let keys = office.world.home.path().join("content-keys");
    let file = std::fs::read_dir(&keys).unwrap().next().unwrap().unwrap().path();
    let aside = office.world.home.path().join("aside");
    std::fs::rename(&file, &aside).unwrap();
    // Another key, and the operator has it looked for.
    std::fs::write(keys.join("other.key"), STANDARD.encode([9; 32])).unwrap();
    let mut operator = office.operator().await;
    let answer = operator.rewrap_keys(rewrap(0)).await.unwrap().into_inner();
    assert_eq!((answer.rewrapped, answer.remaining), (0, 2));

    let status = read(&client, &content.name, 0, 0).await.unwrap_err();
    assert_told(&status, Code::Unavailable, "KEY_UNAVAILABLE");
    let status = send(&streaming, chunks(&upload, &data, 0, 1000)).await.unwrap_err();
    assert_told(&status, Code::Unavailable, "KEY_UNAVAILABLE");
    let faults = operator.list_content_faults(pb::ListContentFaultsRequest::default()).await;
    assert_eq!(faults.unwrap().into_inner().faults[0].fault, "KEY_UNAVAILABLE");

    std::fs::rename(&aside, &file).unwrap();
    assert_eq!(read(&client, &content.name, 0, 0).await.unwrap(), data);
    send(&streaming, chunks(&upload, &data, 0, 1000)).await.unwrap();
    client.clone().commit_upload(commit(&upload, &data)).await.unwrap();
    let scrub = pb::ScrubContentRequest { sha256: content.sha256, limit: 0 };
    assert_eq!(operator.scrub_content(scrub).await.unwrap().into_inner().whole, 1);
}

#[tokio::test]
async fn only_the_operator_handles_keys_and_faults() {
    let office = Office::new().await;
    let client = office.agency("MKT").await;
    let rewrapped = client.clone().rewrap_keys(rewrap(0)).await.unwrap_err();
    let listed = client.clone().list_content_faults(pb::ListContentFaultsRequest::default()).await;
    let scrubbed = client.clone().scrub_content(pb::ScrubContentRequest::default()).await;
    for status in [rewrapped, listed.unwrap_err(), scrubbed.unwrap_err()] {
        assert_told(&status, Code::PermissionDenied, "CALLER_NOT_ALLOWED");
    }
    let mut operator = office.operator().await;
    let status = operator.begin_upload(office.announced(1)).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "CALLER_NOT_ALLOWED");
}
