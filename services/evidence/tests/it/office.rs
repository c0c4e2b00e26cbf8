//! One office for tests of files: two items in a dossier, small segments, callers that stream.

use std::{path::PathBuf, time::Duration};

use evidence::{Evidence, config};
use proto::evidence::v1 as pb;
use sha2::{Digest as _, Sha256};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_stream::{Stream, wrappers::ReceiverStream};
use tonic::Status;
use types::Workload;

use crate::{
    case::Case,
    world::{Client, World, id},
};

/// Bytes of content in one object, in these tests.
pub(crate) const SEGMENT: usize = 65_536;

pub(crate) struct Office {
    pub(crate) world: World,
    /// Name of the dossier, MKT's.
    pub(crate) dossier: String,
    /// Held by MKT, and nobody else sees it.
    pub(crate) ours: String,
    /// Held by PSB; CAE sees it as well.
    pub(crate) theirs: String,
}

impl Office {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut config::Content)) -> Self {
        let world = World::planned(|options| {
            options.content.segment_bytes = u32::try_from(SEGMENT).unwrap();
            options.content.sweep_ms = 20;
            change(&mut options.content);
        });
        let case = Case::of(world.await).await;
        let (ours, theirs) = (case.thing("1").await.name, case.thing("2").await.name);
        let office = Self { world: case.world, dossier: case.dossier, ours, theirs };
        // As a hand-over leaves it.
        let theirs = &office.theirs;
        office.sql(&format!("UPDATE item SET holder = 'PSB' WHERE name = '{theirs}'")).await;
        for agency in ["PSB", "CAE"] {
            office.sql(&format!("INSERT INTO viewer VALUES ('{agency}', '{theirs}')")).await;
        }
        office
    }

    pub(crate) async fn agency(&self, code: &str) -> Client {
        self.both(code).await.0
    }

    /// The same caller, unary and streaming.
    pub(crate) async fn both(&self, code: &str) -> (Client, Client) {
        self.both_of(&self.world.evidence, code).await
    }

    /// The same, calling another process.
    pub(crate) async fn both_of(&self, evidence: &Evidence, code: &str) -> (Client, Client) {
        let name = format!("wimse://county.example/agency/{code}");
        let signed = self.world.signed(evidence, Workload::parse(&name).unwrap()).await;
        (Client::new(signed.clone()), Client::new(signed.streaming()))
    }

    pub(crate) async fn operator(&self) -> Client {
        self.world.caller(&self.world.evidence, World::service("operator")).await
    }

    /// The files of the object store, without its mark.
    pub(crate) fn objects(&self) -> Vec<PathBuf> {
        fn walk(folder: PathBuf, found: &mut Vec<PathBuf>) {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() { walk(path, found) } else { found.push(path) }
            }
        }
        let mut found = Vec::new();
        walk(self.world.home.path().join("content/segments"), &mut found);
        found.sort();
        found
    }

    pub(crate) async fn sql(&self, sql: &str) {
        self.world.sql(sql).await;
    }

    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.world.count(sql).await
    }

    /// An upload for MKT's item that is announced, with SM3 when asked.
    pub(crate) async fn begin(&self, client: &Client, size: usize, with_sm3: bool) -> pb::Upload {
        let request = pb::BeginUploadRequest { with_sm3, ..self.announced(size) };
        client.clone().begin_upload(request).await.unwrap().into_inner().upload.unwrap()
    }

    pub(crate) fn announced(&self, size: usize) -> pb::BeginUploadRequest {
        pb::BeginUploadRequest {
            request_id: id(),
            parent: self.ours.clone(),
            file_name: "现场照片.png".to_owned(),
            role: pb::ContentRole::Photo.into(),
            media_type: "image/png".to_owned(),
            size: i64::try_from(size).unwrap(),
            with_sm3: false,
            officer: "MKT-01".to_owned(),
        }
    }
}

/// Bytes that look like nothing.
pub(crate) fn bytes(length: usize) -> Vec<u8> {
    (0..length).map(|n| u8::try_from(n * 31 % 251).unwrap()).collect()
}

pub(crate) fn sha256(data: &[u8]) -> String {
    Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The chunks of `data` from `from` on.
pub(crate) fn chunks(
    upload: &str,
    data: &[u8],
    from: usize,
    size: usize,
) -> Vec<pb::UploadContentRequest> {
    let mut messages = Vec::new();
    for (n, chunk) in data[from..].chunks(size).enumerate() {
        messages.push(pb::UploadContentRequest {
            upload: if n == 0 { upload.to_owned() } else { String::new() },
            offset: i64::try_from(from + n * size).unwrap(),
            data: chunk.to_vec().into(),
        });
    }
    messages
}

async fn stream(
    streaming: &Client,
    messages: impl Stream<Item = pb::UploadContentRequest> + Send + 'static,
) -> Result<pb::Upload, Status> {
    let answer = streaming.clone().upload_content(messages).await?;
    Ok(answer.into_inner().upload.unwrap())
}

pub(crate) async fn send(
    streaming: &Client,
    messages: Vec<pb::UploadContentRequest>,
) -> Result<pb::Upload, Status> {
    stream(streaming, tokio_stream::iter(messages)).await
}

pub(crate) async fn offset(client: &Client, upload: &str) -> i64 {
    let request = pb::GetUploadRequest { name: upload.to_owned() };
    client.clone().get_upload(request).await.unwrap().into_inner().upload.unwrap().offset
}

pub(crate) fn commit(upload: &str, data: &[u8]) -> pb::CommitUploadRequest {
    pb::CommitUploadRequest {
        request_id: id(),
        name: upload.to_owned(),
        sha256: sha256(data),
        sm3: String::new(),
        officer: "MKT-01".to_owned(),
    }
}

/// A file of MKT's first item, all the way.
pub(crate) async fn stored(office: &Office, data: &[u8]) -> pb::Content {
    let (client, streaming) = office.both("MKT").await;
    let upload = office.begin(&client, data.len(), false).await;
    send(&streaming, chunks(&upload.name, data, 0, 50_000)).await.unwrap();
    let request = commit(&upload.name, data);
    client.clone().commit_upload(request).await.unwrap().into_inner().content.unwrap()
}

pub(crate) async fn read(
    client: &Client,
    name: &str,
    offset: i64,
    length: i32,
) -> Result<Vec<u8>, Status> {
    let request = pb::ReadContentRequest { name: name.to_owned(), offset, length };
    Ok(client.clone().read_content(request).await?.into_inner().data.to_vec())
}

/// A stream that runs beside the test.
#[expect(clippy::disallowed_methods, reason = "the test waits for it, or breaks it off")]
pub(crate) fn beside(
    streaming: &Client,
    messages: mpsc::Receiver<pb::UploadContentRequest>,
) -> JoinHandle<Result<pb::Upload, Status>> {
    let streaming = streaming.clone();
    tokio::spawn(async move { stream(&streaming, ReceiverStream::new(messages)).await })
}

/// Waits until something holds that a loop of the service brings about.
pub(crate) async fn until<F: Future<Output = bool>>(mut holds: impl FnMut() -> F) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it did not happen within 10 seconds");
}
