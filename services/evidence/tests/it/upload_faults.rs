//! Uploads that something is wrong with: another digest, SM3, a store that goes away meanwhile, bytes
//! that are kept already and are not there, many at once.

use proto::evidence::v1 as pb;
use tokio::sync::mpsc;
use tonic::Code;

use crate::{
    case::data,
    office::{
        Office, SEGMENT, beside, bytes, chunks, commit, offset, read, send, sha256, stored, until,
    },
    world::{assert_told, fields, id},
};

#[tokio::test]
async fn what_has_another_sha256_than_the_caller_read_begins_anew() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let mut sent = bytes(SEGMENT + 10);
    let upload = office.begin(&client, sent.len(), false).await.name;
    let meant = sent.clone();
    sent[SEGMENT] ^= 1;
    send(&streaming, chunks(&upload, &sent, 0, 40_000)).await.unwrap();
    let status = client.clone().commit_upload(commit(&upload, &meant)).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "CONTENT_MISMATCH");
    for told in ["SHA-256", &sha256(&sent), &sha256(&meant)] {
        assert!(status.message().contains(told), "{told}: {status:?}");
    }
    assert_eq!(office.count("SELECT count(*) AS n FROM content").await, 0);
    assert_eq!(offset(&client, &upload).await, 0);
    send(&streaming, chunks(&upload, &meant, 0, 40_000)).await.unwrap();
    let content = client.clone().commit_upload(commit(&upload, &meant)).await.unwrap().into_inner();
    assert_eq!(read(&client, &content.content.unwrap().name, 0, 0).await.unwrap(), meant);
}

#[tokio::test]
async fn the_original_of_data_that_is_listed_by_sm3_has_one_whoever_asks() {
    use sm3::Digest as _;
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let party = office.world.agency("MKT").await;
    let original = bytes(100);
    let hex: String = sm3::Sm3::digest(&original).iter().map(|one| format!("{one:02x}")).collect();
    let mut said = data("SM3");
    let list = said.electronic_data.as_mut().unwrap();
    (list.check_algorithm, list.check_value) = ("SM3".to_owned(), hex.clone());
    list.size = 100;
    let item = party.add(&office.dossier, said).await.name;
    let begin = |role: pb::ContentRole| pb::BeginUploadRequest {
        request_id: id(),
        parent: item.clone(),
        role: role.into(),
        ..office.announced(original.len())
    };
    let begun = client.clone().begin_upload(begin(pb::ContentRole::Photo)).await.unwrap();
    assert!(!begun.into_inner().upload.unwrap().with_sm3, "a photograph is no original");
    let begun = client.clone().begin_upload(begin(pb::ContentRole::Original)).await.unwrap();
    let upload = begun.into_inner().upload.unwrap();
    assert!(upload.with_sm3);
    send(&streaming, chunks(&upload.name, &original, 0, 100)).await.unwrap();
    let status = client.clone().commit_upload(commit(&upload.name, &original)).await.unwrap_err();
    assert_eq!(fields(&status), ["sm3"]);
    let request = pb::CommitUploadRequest { sm3: hex.clone(), ..commit(&upload.name, &original) };
    let content = client.clone().commit_upload(request).await.unwrap().into_inner().content;
    assert_eq!(content.unwrap().sm3, hex);
    let codes = async || {
        let assessed = party.assess(&office.dossier, pb::Use::Trial).await.unwrap();
        let one = assessed.into_iter().find(|one| one.item == item).unwrap();
        one.defects.into_iter().map(|defect| defect.code).collect::<Vec<_>>()
    };
    assert!(codes().await.is_empty());
    // As a file of before has it: nothing can be compared, so nothing is verified (E-08).
    office.sql("UPDATE content SET sm3 = ''").await;
    assert_eq!(codes().await, ["NO_CHECK_VALUE"]);
}

#[tokio::test]
async fn a_store_that_goes_away_during_a_stream_loses_nothing_that_was_stored() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let data = bytes(4 * SEGMENT);
    let upload = office.begin(&client, data.len(), false).await.name;
    let (sender, receiver) = mpsc::channel(1);
    let call = beside(&streaming, receiver);
    let mut messages = chunks(&upload, &data, 0, SEGMENT).into_iter();
    sender.send(messages.next().unwrap()).await.unwrap();
    until(|| async { offset(&client, &upload).await == i64::try_from(SEGMENT).unwrap() }).await;
    let (folder, aside) =
        (office.world.home.path().join("content"), office.world.home.path().join("aside"));
    std::fs::rename(&folder, &aside).unwrap();
    for message in messages {
        // The service may have ended the stream already.
        let _ = sender.send(message).await;
    }
    drop(sender);
    let status = call.await.unwrap().unwrap_err();
    assert_told(&status, Code::Unavailable, "OBJECT_STORE_UNAVAILABLE");
    assert!(!folder.exists(), "nothing is written where the disk should be");
    std::fs::rename(&aside, &folder).unwrap();
    assert_eq!(offset(&client, &upload).await, i64::try_from(SEGMENT).unwrap());
    send(&streaming, chunks(&upload, &data, SEGMENT, 40_000)).await.unwrap();
    let content = client.clone().commit_upload(commit(&upload, &data)).await.unwrap().into_inner();
    assert_eq!(read(&client, &content.content.unwrap().name, 0, 0).await.unwrap(), data);
}

#[tokio::test]
async fn bytes_that_are_kept_already_are_trusted_only_when_they_are_there() {
    let office = Office::new().await;
    let client = office.agency("MKT").await;
    let data = bytes(2 * SEGMENT + 5);
    // Gone, or cut short, and nobody has noticed yet.
    let spoil: [&dyn Fn(&std::path::Path); 2] =
        [&|object| std::fs::remove_file(object).unwrap(), &|object| {
            let bytes = std::fs::read(object).unwrap();
            std::fs::write(object, &bytes[..bytes.len() - 1]).unwrap();
        }];
    let first = stored(&office, &data).await;
    for spoil in spoil {
        let before = office.objects();
        spoil(&before[1]);
        let again = stored(&office, &data).await;
        for content in [&first, &again] {
            assert_eq!(read(&client, &content.name, 0, 0).await.unwrap(), data);
        }
        let healthy = "SELECT count(*) AS n FROM blob WHERE fault = ''";
        assert_eq!(office.count(healthy).await, 1);
        office.sql("DELETE FROM dropped_object").await;
        for object in before.iter().filter(|object| object.exists()) {
            std::fs::remove_file(object).unwrap();
        }
    }
    let found = "SELECT count(*) AS n FROM journal WHERE kind = 'evidence.content_fault_found.v1'";
    assert!(office.count(found).await >= 2, "what was found is told");
    // What is there is kept, and what came again is dropped.
    let before = office.objects();
    stored(&office, &data).await;
    assert_eq!(office.count("SELECT count(*) AS n FROM dropped_object").await, 3);
    assert!(before.iter().all(|object| object.exists()));
}

#[tokio::test]
async fn uploads_begun_at_once_are_not_more_than_may_be_open() {
    let office = Office::with(|options| options.open_uploads = 5).await;
    let client = office.agency("MKT").await;
    let begin = |_| {
        let (mut client, request) = (client.clone(), office.announced(5));
        async move { client.begin_upload(request).await }
    };
    let begun = futures_util::future::join_all((0..20).map(begin)).await;
    assert_eq!(begun.iter().filter(|one| one.is_ok()).count(), 5);
    for status in begun.into_iter().filter_map(Result::err) {
        assert_told(&status, Code::ResourceExhausted, "TOO_MANY_UPLOADS");
    }
}
