//! Files come in: in order, whole, once; and go on where they stopped.

use std::time::Duration;

use proto::evidence::v1 as pb;
use tokio::sync::mpsc;
use tonic::Code;

use crate::{
    office::{
        Office, SEGMENT, beside, bytes, chunks, commit, offset, read, send, sha256, stored, until,
    },
    world::{assert_told, fields, id, reason},
};

#[tokio::test]
async fn a_file_comes_in_in_segments_and_goes_out_as_it_was() {
    let office = Office::new().await;
    let data = bytes(3 * SEGMENT + 777);
    let (client, streaming) = office.both("MKT").await;
    let upload = office.begin(&client, data.len(), true).await;
    assert_eq!((upload.offset, upload.state()), (0, pb::UploadState::Open));
    let upload = send(&streaming, chunks(&upload.name, &data, 0, 50_000)).await.unwrap();
    assert_eq!(upload.offset, upload.size);
    assert_eq!(office.objects().len(), 4);
    let sm3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0".to_owned();
    let request = pb::CommitUploadRequest { sm3, ..commit(&upload.name, &data) };
    let status = client.clone().commit_upload(request).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "CONTENT_MISMATCH");
    assert!(status.message().contains("SM3"), "{status:?}");

    // It begins anew; what was sent before is let go.
    assert_eq!(offset(&client, &upload.name).await, 0);
    assert_eq!(office.count("SELECT count(*) AS n FROM dropped_object").await, 4);
    send(&streaming, chunks(&upload.name, &data, 0, 65_536)).await.unwrap();
    let sm3 = sm3_of(&data);
    let request = pb::CommitUploadRequest { sm3: sm3.clone(), ..commit(&upload.name, &data) };
    let content = client.clone().commit_upload(request).await.unwrap().into_inner();
    let content = content.content.unwrap();
    assert_eq!((content.sha256, content.sm3), (sha256(&data), sm3));
    assert_eq!((content.file_name.as_str(), content.officer.as_str()), ("现场照片.png", "MKT-01"));

    // Any range equals the slice, across frames and segments.
    for (from, length) in [(0, 1), (65_530, 20), (100, 150_000), (3 * SEGMENT + 700, 0)] {
        let got = read(&client, &content.name, i64::try_from(from).unwrap(), length).await.unwrap();
        let to = (from + usize::try_from(length).unwrap()).min(data.len());
        let to = if length == 0 { data.len() } else { to };
        assert_eq!(got, data[from..to], "{from} {length}");
    }
    // What is on the disk is not what was sent.
    let all: Vec<u8> = office.objects().iter().flat_map(|p| std::fs::read(p).unwrap()).collect();
    assert!(!all.windows(64).any(|window| window == &data[..64]));
}

fn sm3_of(data: &[u8]) -> String {
    use sm3::Digest as _;
    sm3::Sm3::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn chunks_come_in_order_and_not_beyond_the_declared_size() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let data = bytes(100_000);
    let upload = office.begin(&client, data.len(), false).await.name;

    let mut gap = chunks(&upload, &data, 0, 10_000);
    gap.remove(3);
    let status = send(&streaming, gap).await.unwrap_err();
    assert_told(&status, Code::InvalidArgument, "CHUNK_OUT_OF_ORDER");
    assert!(status.message().contains("expected offset 30000"), "{status:?}");
    assert_eq!(offset(&client, &upload).await, 30_000, "what came before is stored");

    let status = send(&streaming, chunks(&upload, &data, 0, 10_000)).await.unwrap_err();
    assert_told(&status, Code::Aborted, "CHUNK_OUT_OF_ORDER");
    assert!(status.message().contains("offset 30000"), "{status:?}");
    let mut back = chunks(&upload, &data, 30_000, 10_000);
    back[1].offset = -1;
    assert_told(
        &send(&streaming, back).await.unwrap_err(),
        Code::InvalidArgument,
        "CHUNK_OUT_OF_ORDER",
    );
    assert_eq!(offset(&client, &upload).await, 40_000);

    let mut long = data.clone();
    long.push(0);
    let status = send(&streaming, chunks(&upload, &long, 40_000, 10_000)).await.unwrap_err();
    assert_told(&status, Code::InvalidArgument, "TOO_LARGE");
    assert_eq!(offset(&client, &upload).await, 100_000, "the declared bytes are stored");
    client.clone().commit_upload(commit(&upload, &data)).await.unwrap();
}

#[tokio::test]
async fn a_stream_that_says_nothing_useful_is_refused() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let data = bytes(3 << 20);
    let upload = office.begin(&client, data.len(), false).await.name;
    let status = send(&streaming, Vec::new()).await.unwrap_err();
    assert_eq!(fields(&status), ["upload"]);
    let none = pb::UploadContentRequest { upload: upload.clone(), ..Default::default() };
    assert_eq!(fields(&send(&streaming, vec![none]).await.unwrap_err()), ["data"]);
    let large = chunks(&upload, &data, 0, (1 << 20) + 1);
    assert_eq!(fields(&send(&streaming, large).await.unwrap_err()), ["data"]);
    let mut other = chunks(&upload, &data, 0, 1 << 20);
    other[1].upload = "uploads/another".to_owned();
    assert_eq!(fields(&send(&streaming, other).await.unwrap_err()), ["upload"]);
    assert_eq!(offset(&client, &upload).await, 1 << 20);
    let lost = chunks("uploads/0", &data, 0, 1 << 20);
    assert_told(&send(&streaming, lost).await.unwrap_err(), Code::NotFound, "NOT_FOUND");
}

#[tokio::test]
async fn a_stream_that_breaks_off_goes_on_where_it_stopped() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let data = bytes(4 * SEGMENT);
    let upload = office.begin(&client, data.len(), false).await.name;
    let (sender, receiver) = mpsc::channel(1);
    let broken = beside(&streaming, receiver);
    for message in chunks(&upload, &data, 0, 30_000).into_iter().take(4) {
        sender.send(message).await.unwrap();
    }
    // The fourth is taken in when a fifth has its place.
    let fifth = sender.reserve().await.unwrap();
    until(|| async { office.objects().len() == 1 }).await;
    broken.abort();
    drop(fifth);
    assert!(broken.await.unwrap_err().is_cancelled());
    let stands = offset(&client, &upload).await;
    assert!(stands >= 90_000, "also what did not fill a segment is stored: {stands}");

    // Another process goes on, with what the database has of it.
    let replica = office.world.replica().await;
    let (client, streaming) = office.both_of(&replica, "MKT").await;
    let from = usize::try_from(stands).unwrap();
    send(&streaming, chunks(&upload, &data, from, 40_000)).await.unwrap();
    client.clone().commit_upload(commit(&upload, &data)).await.unwrap();
}

#[tokio::test]
async fn of_two_processes_that_write_one_upload_one_goes_on() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let data = bytes(100_000);
    let upload = office.begin(&client, data.len(), false).await.name;
    let (sender, receiver) = mpsc::channel(4);
    let slow = beside(&streaming, receiver);
    let mut messages = chunks(&upload, &data, 0, 25_000).into_iter();
    sender.send(messages.next().unwrap()).await.unwrap();
    until(|| async { offset(&client, &upload).await == 25_000 }).await;

    let replica = office.world.replica().await;
    let (other, faster) = office.both_of(&replica, "MKT").await;
    send(&faster, chunks(&upload, &data, 25_000, 25_000)).await.unwrap();
    for message in messages {
        sender.send(message).await.unwrap();
    }
    drop(sender);
    assert_told(&slow.await.unwrap().unwrap_err(), Code::Aborted, "UPLOAD_TAKEN_OVER");
    let content = other.clone().commit_upload(commit(&upload, &data)).await.unwrap().into_inner();
    assert_eq!(read(&client, &content.content.unwrap().name, 0, 0).await.unwrap(), data);
}

#[tokio::test]
async fn a_new_stream_takes_an_upload_over() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let data = bytes(100_000);
    let upload = office.begin(&client, data.len(), false).await.name;
    let (sender, receiver) = mpsc::channel(4);
    let old = beside(&streaming, receiver);
    sender.send(chunks(&upload, &data, 0, 25_000).remove(0)).await.unwrap();
    until(|| async { office.objects().len() == 1 }).await;
    let done = send(&streaming, chunks(&upload, &data, 25_000, 25_000)).await.unwrap();
    assert_eq!(done.offset, 100_000);
    assert_told(&old.await.unwrap().unwrap_err(), Code::Aborted, "UPLOAD_TAKEN_OVER");
}

#[tokio::test]
async fn a_silent_client_frees_its_memory_and_is_ended() {
    // Memory for one stream at a time.
    let office = Office::with(|options| {
        options.memory_bytes = 4 * (1 << 20) + 2 * 65_536;
        options.idle_ms = 1500;
    })
    .await;
    let (client, streaming) = office.both("MKT").await;
    let data = bytes(100_000);
    let mut silent = Vec::new();
    for _ in 0..3 {
        let upload = office.begin(&client, data.len(), false).await.name;
        let (sender, receiver) = mpsc::channel(4);
        sender.send(chunks(&upload, &data, 0, 10_000).remove(0)).await.unwrap();
        let call = beside(&streaming, receiver);
        silent.push((upload, sender, call));
    }
    let upload = office.begin(&client, data.len(), false).await.name;
    let others = send(&streaming, chunks(&upload, &data, 0, 10_000));
    tokio::time::timeout(Duration::from_secs(20), others).await.unwrap().unwrap();
    for (upload, sender, call) in silent {
        let status = call.await.unwrap().unwrap_err();
        assert_told(&status, Code::Unavailable, "UPLOAD_SILENT");
        assert_eq!(offset(&client, &upload).await, 10_000, "what came is stored");
        drop(sender);
    }
}

#[tokio::test]
async fn what_is_announced_is_checked_all_at_once() {
    let office = Office::new().await;
    let client = office.agency("MKT").await;
    let bad = pb::BeginUploadRequest {
        request_id: "x".to_owned(),
        parent: String::new(),
        file_name: "../../etc/passwd".to_owned(),
        role: 0,
        media_type: "png".to_owned(),
        size: 0,
        with_sm3: false,
        officer: String::new(),
    };
    let status = client.clone().begin_upload(bad).await.unwrap_err();
    let expected = ["request_id", "parent", "file_name", "media_type", "officer", "role", "size"];
    assert_eq!(fields(&status), expected);
    let huge = pb::BeginUploadRequest { size: (1 << 40) + 1, ..office.announced(1) };
    assert_eq!(fields(&client.clone().begin_upload(huge).await.unwrap_err()), ["size"]);
    let officer = pb::BeginUploadRequest { officer: "MKT-99".to_owned(), ..office.announced(1) };
    assert_eq!(fields(&client.clone().begin_upload(officer).await.unwrap_err()), ["officer"]);
}

#[tokio::test]
async fn only_who_holds_the_item_or_has_its_dossier_adds_files_and_strangers_do_not_know_it() {
    let office = Office::new().await;
    let (mkt, streaming) = office.both("MKT").await;
    let of = |code: &str, item: &String| pb::BeginUploadRequest {
        parent: item.clone(),
        officer: format!("{code}-06"),
        ..office.announced(5)
    };
    let (ours, theirs) = (&office.ours, &office.theirs);
    let psb = office.agency("PSB").await;
    let cae = office.agency("CAE").await;
    // The holder, and the dossier's body.
    psb.clone().begin_upload(of("PSB", theirs)).await.unwrap();
    mkt.clone().begin_upload(of("MKT", theirs)).await.unwrap();
    // One that sees it, and one that does not.
    let status = cae.clone().begin_upload(of("CAE", theirs)).await.unwrap_err();
    assert_told(&status, Code::PermissionDenied, "NOT_YOURS");
    let status = cae.clone().begin_upload(of("CAE", ours)).await.unwrap_err();
    assert_told(&status, Code::NotFound, "NOT_FOUND");
    let nowhere = pb::BeginUploadRequest { parent: office.dossier.clone(), ..office.announced(5) };
    let status = mkt.clone().begin_upload(nowhere).await.unwrap_err();
    assert_told(&status, Code::NotFound, "NOT_FOUND");

    // Nobody else sees, sends, commits or aborts it.
    let upload = office.begin(&mkt, 5, false).await.name;
    let (psb, others) = office.both("PSB").await;
    let sent = send(&others, chunks(&upload, b"12345", 0, 5)).await.unwrap_err();
    let get = psb.clone().get_upload(pb::GetUploadRequest { name: upload.clone() }).await;
    let request =
        pb::CommitUploadRequest { officer: "PSB-06".to_owned(), ..commit(&upload, b"12345") };
    let committed = psb.clone().commit_upload(request).await;
    let request = pb::AbortUploadRequest { request_id: id(), name: upload.clone() };
    let aborted = psb.clone().abort_upload(request).await;
    let told = [sent, get.unwrap_err(), committed.unwrap_err(), aborted.unwrap_err()];
    for status in told {
        assert_told(&status, Code::NotFound, "NOT_FOUND");
    }
    send(&streaming, chunks(&upload, b"12345", 0, 5)).await.unwrap();
}

#[tokio::test]
async fn a_commit_is_made_once_and_only_of_what_is_whole() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let data = bytes(70_000);
    let upload = office.begin(&client, data.len(), false).await.name;
    send(&streaming, chunks(&upload, &data[..10], 0, 10)).await.unwrap();
    let status = client.clone().commit_upload(commit(&upload, &data)).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "UPLOAD_INCOMPLETE");
    send(&streaming, chunks(&upload, &data, 10, 30_000)).await.unwrap();
    let bad = pb::CommitUploadRequest { sha256: "md5".to_owned(), ..commit(&upload, &data) };
    assert_eq!(fields(&client.clone().commit_upload(bad).await.unwrap_err()), ["sha256"]);
    let upper = pb::CommitUploadRequest {
        sha256: sha256(&data).to_ascii_uppercase(),
        ..commit(&upload, &data)
    };
    let first = client.clone().commit_upload(upper.clone()).await.unwrap().into_inner();
    let again = client.clone().commit_upload(upper).await.unwrap().into_inner();
    assert_eq!(first, again);
    let status = client.clone().commit_upload(commit(&upload, &data)).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "UPLOAD_NOT_OPEN");
    let status = send(&streaming, chunks(&upload, &data, 0, 70_000)).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "UPLOAD_NOT_OPEN");
    let journal = format!(
        "SELECT count(*) AS n FROM journal WHERE kind = 'evidence.content_committed.v1' \
         AND docket = '{}' AND wpt IS NOT NULL",
        office.dossier
    );
    assert_eq!(office.count(&journal).await, 1);
}

#[tokio::test]
async fn the_same_content_is_kept_once_but_always_sent() {
    let office = Office::new().await;
    let data = bytes(2 * SEGMENT);
    let one = stored(&office, &data).await;
    let two = stored(&office, &data).await;
    assert_ne!(one.name, two.name);
    assert_eq!(one.sha256, two.sha256);
    assert_eq!(office.count("SELECT count(*) AS n FROM blob").await, 1);
    assert_eq!(office.count("SELECT count(*) AS n FROM segment").await, 2);
    let stop = server::Stop::default();
    office.world.evidence.keep_content(&stop);
    until(|| async { office.objects().len() == 2 }).await;
    stop.now();
    stop.finished().await;
    let client = office.agency("MKT").await;
    for content in [one, two] {
        assert_eq!(read(&client, &content.name, 0, 0).await.unwrap(), data);
    }
}

#[tokio::test]
async fn an_aborted_upload_is_over_and_its_bytes_go() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let data = bytes(SEGMENT);
    let upload = office.begin(&client, data.len(), false).await.name;
    send(&streaming, chunks(&upload, &data[..100], 0, 100)).await.unwrap();
    let request = pb::AbortUploadRequest { request_id: id(), name: upload.clone() };
    let answer = client.clone().abort_upload(request.clone()).await.unwrap().into_inner();
    assert_eq!(answer.upload.as_ref().unwrap().state(), pb::UploadState::Aborted);
    assert_eq!(client.clone().abort_upload(request).await.unwrap().into_inner(), answer);
    let request = pb::AbortUploadRequest { request_id: id(), name: upload.clone() };
    let status = client.clone().abort_upload(request).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "UPLOAD_NOT_OPEN");
    let status = send(&streaming, chunks(&upload, &data, 100, 100)).await.unwrap_err();
    assert_told(&status, Code::FailedPrecondition, "UPLOAD_NOT_OPEN");
    assert_eq!(office.count("SELECT count(*) AS n FROM dropped_object").await, 1);
}

#[tokio::test]
async fn a_body_has_so_many_uploads_open_and_no_more() {
    let office = Office::with(|options| options.open_uploads = 2).await;
    let client = office.agency("MKT").await;
    let first = office.begin(&client, 1, false).await.name;
    office.begin(&client, 1, false).await;
    let status = client.clone().begin_upload(office.announced(1)).await.unwrap_err();
    assert_told(&status, Code::ResourceExhausted, "TOO_MANY_UPLOADS");
    let request = pb::AbortUploadRequest { request_id: id(), name: first };
    client.clone().abort_upload(request).await.unwrap();
    office.begin(&client, 1, false).await;
}

#[tokio::test]
async fn sixty_four_files_at_once_come_in_within_the_memory_of_a_few() {
    let office = Office::with(|options| options.memory_bytes = 8 * (1 << 20)).await;
    let (client, streaming) = office.both("MKT").await;
    let mut calls = tokio::task::JoinSet::new();
    for n in 0..64u8 {
        let (client, streaming) = (client.clone(), streaming.clone());
        let upload = office.begin(&client, 2 * SEGMENT, false).await;
        calls.spawn(async move {
            let mut data = bytes(2 * SEGMENT);
            data[0] = n;
            let upload = upload.name;
            send(&streaming, chunks(&upload, &data, 0, 40_000)).await.unwrap();
            client.clone().commit_upload(commit(&upload, &data)).await.unwrap();
        });
    }
    while let Some(done) = calls.join_next().await {
        done.unwrap();
    }
    assert_eq!(office.count("SELECT count(*) AS n FROM blob").await, 64);
}

#[tokio::test]
async fn an_upload_to_which_nothing_comes_is_abandoned_and_the_law_clock_does_not_count() {
    let office = Office::new().await;
    let (client, streaming) = office.both("MKT").await;
    let data = bytes(SEGMENT);
    let upload = office.begin(&client, data.len(), false).await.name;
    send(&streaming, chunks(&upload, &data[..100], 0, 100)).await.unwrap();
    let stop = server::Stop::default();
    office.world.evidence.keep_content(&stop);
    office.world.clock.advance(chrono::Duration::days(3000));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(offset(&client, &upload).await, 100);
    office.world.files.advance(chrono::Duration::hours(25));
    until(|| async { office.objects().is_empty() }).await;
    let request = pb::GetUploadRequest { name: upload.clone() };
    let left = client.clone().get_upload(request).await.unwrap().into_inner().upload.unwrap();
    assert_eq!(left.state(), pb::UploadState::Abandoned);
    let status = send(&streaming, chunks(&upload, &data, 100, 100)).await.unwrap_err();
    assert_eq!(reason(&status), "UPLOAD_NOT_OPEN");
    stop.now();
    stop.finished().await;
}

#[tokio::test]
async fn objects_that_nothing_knows_are_deleted_when_they_are_old() {
    let office = Office::new().await;
    let content = stored(&office, &bytes(SEGMENT)).await;
    let (known, orphan) = (office.objects().remove(0), uuid::Uuid::parse_str(&id()).unwrap());
    let shelf = office.world.home.path().join("content/segments").join(&orphan.to_string()[34..]);
    std::fs::create_dir_all(&shelf).unwrap();
    let (orphan, staged) = (shelf.join(orphan.to_string()), shelf.join(format!("{orphan}#1")));
    std::fs::write(&orphan, "a segment whose row was never written").unwrap();
    std::fs::write(&staged, "a write that was killed").unwrap();
    let stop = server::Stop::default();
    office.world.evidence.keep_content(&stop);
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(orphan.exists() && staged.exists(), "it may be on its way");
    office.world.files.advance(chrono::Duration::hours(25));
    until(|| async { !orphan.exists() && !staged.exists() }).await;
    assert!(known.exists());
    let client = office.agency("MKT").await;
    read(&client, &content.name, 0, 0).await.unwrap();
    stop.now();
    stop.finished().await;
}
