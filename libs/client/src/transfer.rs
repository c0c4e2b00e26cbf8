//! Files to and from the evidence service: streamed, resumed where they stopped, and compared.

use std::{
    fs::File,
    io::{self, Read as _, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use bytes::Bytes;
use proto::evidence::v1 as pb;
use sha2::{Digest as _, Sha256};
use sm3::Sm3;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::{Error, Mesh, request_id};

/// Bytes sent in one message.
const CHUNK: usize = 512 * 1024;
/// Chunks read ahead of the network.
const AHEAD: usize = 4;
/// An upload that has moved no further after so many streams is given up.
const STUCK: u32 = 5;
/// How long to wait before the next stream.
const PAUSE: Duration = Duration::from_millis(500);
/// How often to say how far a stream is.
const TELL: Duration = Duration::from_millis(100);
/// Bytes read in one call.
const RANGE: i32 = 2 << 20;

/// Why a file did not come across.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// The file on this side.
    #[error("{0}")]
    File(PathBuf, #[source] io::Error),
    /// What the service said.
    #[error(transparent)]
    Refused(#[from] Error),
    /// The file is not the one of which the first part was sent.
    #[error("{0} has {1} bytes, the upload was announced with {2}")]
    Changed(PathBuf, u64, i64),
    /// What arrived is not what was committed.
    #[error("what arrived has the digest {arrived}, committed was {committed}")]
    Damaged {
        /// SHA-256 of what arrived.
        arrived: String,
        /// SHA-256 of what was committed.
        committed: String,
    },
}

/// Announces, sends and commits a file. `request` says what it is, and whether SM3 is asked for; its
/// id and size are filled in.
/// `progress` is told the bytes that were sent, and at the end of a stream those that the service
/// has. An upload that breaks off goes on by itself; one that is given up can be continued with
/// [`resume`].
pub async fn upload(
    mesh: &Mesh,
    request: pb::BeginUploadRequest,
    file: &Path,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<pb::Content, TransferError> {
    let size = std::fs::metadata(file).map_err(|error| at(file, error))?.len();
    let officer = request.officer.clone();
    let request = pb::BeginUploadRequest {
        request_id: request_id(),
        size: i64::try_from(size).unwrap_or(i64::MAX),
        ..request
    };
    let begun = mesh.evidence().begin_upload(request).await.map_err(Error::from)?.into_inner();
    resume(mesh, begun.upload.unwrap_or_default(), &officer, file, progress).await
}

/// Sends what is missing of an upload, and commits it.
pub async fn resume(
    mesh: &Mesh,
    mut upload: pb::Upload,
    officer: &str,
    file: &Path,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<pb::Content, TransferError> {
    let size = std::fs::metadata(file).map_err(|error| at(file, error))?.len();
    if i64::try_from(size) != Ok(upload.size) {
        return Err(TransferError::Changed(file.to_owned(), size, upload.size));
    }
    let mut digests = None;
    let mut stuck = 0;
    while upload.offset < upload.size || digests.is_none() {
        let before = upload.offset;
        let sent = stream(mesh, &upload, file, progress).await?;
        digests = sent.digests;
        let told = match sent.told {
            Ok(told) => told,
            Err(error) if !may_go_on(&error) => return Err(error.into()),
            Err(error) => {
                tracing::debug!(%error, "an upload broke off");
                tokio::time::sleep(PAUSE).await;
                let request = pb::GetUploadRequest { name: upload.name.clone() };
                let known = mesh.evidence().get_upload(request).await.map_err(Error::from)?;
                upload = known.into_inner().upload.unwrap_or_default();
                stuck = if upload.offset > before { 0 } else { stuck + 1 };
                if stuck >= STUCK {
                    return Err(error.into());
                }
                continue;
            }
        };
        upload = told;
    }
    let Digests { sha256, sm3 } = digests.unwrap_or_default();
    let request = pb::CommitUploadRequest {
        request_id: request_id(),
        name: upload.name,
        sha256,
        sm3,
        officer: officer.to_owned(),
    };
    let answer = mesh.evidence().commit_upload(request).await.map_err(Error::from)?;
    Ok(answer.into_inner().content.unwrap_or_default())
}

/// Whether the same bytes may find a way on a new stream.
fn may_go_on(error: &Error) -> bool {
    use tonic::Code;
    // The service may have stored more than the answer that was lost could tell.
    let behind = error.code == Code::Aborted && error.reason == "CHUNK_OUT_OF_ORDER";
    let lost = [Code::Unavailable, Code::Cancelled, Code::DeadlineExceeded, Code::Unknown];
    behind || lost.contains(&error.code)
}

/// How one stream ended.
struct Sent {
    /// The digests of the whole file, when it was read to its end.
    digests: Option<Digests>,
    told: Result<pb::Upload, Error>,
}

/// The digests of a file, in hexadecimal digits; SM3 is empty when it was not asked for.
#[derive(Default)]
struct Digests {
    sha256: String,
    sm3: String,
}

/// The same, on their way.
struct Hashing {
    sha256: Sha256,
    sm3: Option<Sm3>,
}

impl Hashing {
    fn new(with_sm3: bool) -> Self {
        Self { sha256: Sha256::new(), sm3: with_sm3.then(Sm3::new) }
    }

    fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        if let Some(sm3) = &mut self.sm3 {
            sm3.update(bytes);
        }
    }

    fn finish(self) -> Digests {
        let sm3 = self.sm3.map(|sm3| hex(&sm3.finalize())).unwrap_or_default();
        Digests { sha256: hex(&self.sha256.finalize()), sm3 }
    }
}

async fn stream(
    mesh: &Mesh,
    upload: &pb::Upload,
    file: &Path,
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<Sent, TransferError> {
    if upload.offset >= upload.size {
        // The service has it all: only the digest is missing, and a stream without a chunk is none.
        let (path, hash) = (file.to_owned(), Hashing::new(upload.with_sm3));
        let hashing = tokio::task::spawn_blocking(move || digest(&path, hash)).await;
        let hashed = hashing.map_err(|error| at(file, io::Error::other(error)))?;
        let digests = Some(hashed.map_err(|error| at(file, error))?);
        return Ok(Sent { digests, told: Ok(upload.clone()) });
    }
    let mut client = mesh.uploads().await?;
    let (chunks, received) = mpsc::channel(AHEAD);
    let (path, name) = (file.to_owned(), upload.name.clone());
    let offset = u64::try_from(upload.offset).unwrap_or_default();
    let handed_on = Arc::new(AtomicU64::new(offset));
    let at_work = Arc::clone(&handed_on);
    let hash = Hashing::new(upload.with_sm3);
    // The file is read and hashed on a thread of its own, beside what sends it.
    let reading =
        tokio::task::spawn_blocking(move || read(&path, &name, hash, (offset, &at_work), &chunks));
    let sending = client.upload_content(ReceiverStream::new(received));
    tokio::pin!(sending);
    let told = loop {
        tokio::select! {
            told = &mut sending => break told,
            () = tokio::time::sleep(TELL) => progress(handed_on.load(Relaxed)),
        }
    };
    let read = reading.await.map_err(|error| at(file, io::Error::other(error)))?;
    let digests = read.map_err(|error| at(file, error))?;
    let told = told.map_err(Error::from).map(|told| told.into_inner().upload.unwrap_or_default());
    if let Ok(upload) = &told {
        progress(u64::try_from(upload.offset).unwrap_or_default());
    }
    Ok(Sent { digests, told })
}

fn digest(path: &Path, mut hash: Hashing) -> io::Result<Digests> {
    let (mut file, mut buffer) = (File::open(path)?, vec![0; CHUNK]);
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hash.finish()),
            read => hash.update(&buffer[..read]),
        }
    }
}

/// Reads the file, hashes all of it, sends what lies after `offset` and notes how far it is. None when
/// nobody received the rest any more.
fn read(
    path: &Path,
    upload: &str,
    mut hash: Hashing,
    (offset, handed_on): (u64, &AtomicU64),
    chunks: &mpsc::Sender<pb::UploadContentRequest>,
) -> io::Result<Option<Digests>> {
    let (mut file, mut at) = (File::open(path)?, 0u64);
    let mut first = true;
    loop {
        let mut buffer = Vec::with_capacity(CHUNK);
        // Up to the offset, and from there: no chunk lies across it.
        let limit = if at < offset { (offset - at).min(CHUNK as u64) } else { CHUNK as u64 };
        (&mut file).take(limit).read_to_end(&mut buffer)?;
        if buffer.is_empty() {
            return Ok(Some(hash.finish()));
        }
        hash.update(&buffer);
        let start = at;
        at += buffer.len() as u64;
        if start < offset {
            continue;
        }
        let message = pb::UploadContentRequest {
            upload: if first { upload.to_owned() } else { String::new() },
            offset: i64::try_from(start).map_err(io::Error::other)?,
            data: Bytes::from(buffer),
        };
        first = false;
        if chunks.blocking_send(message).is_err() {
            return Ok(None);
        }
        handed_on.store(at, Relaxed);
    }
}

/// Reads a content into `to` and compares it with the digest that was committed. `to` is to be
/// believed only when this succeeds.
pub async fn download(
    mesh: &Mesh,
    content: &pb::Content,
    to: &mut (dyn Write + Send),
    progress: &(dyn Fn(u64) + Send + Sync),
) -> Result<(), TransferError> {
    let (mut hash, mut offset) = (Sha256::new(), 0i64);
    while offset < content.size {
        let request = pb::ReadContentRequest { name: content.name.clone(), offset, length: RANGE };
        let answer = mesh.evidence().read_content(request).await.map_err(Error::from)?;
        let data = answer.into_inner().data;
        if data.is_empty() {
            break;
        }
        hash.update(&data);
        to.write_all(&data).map_err(|error| at(Path::new(&content.file_name), error))?;
        offset += i64::try_from(data.len()).unwrap_or(i64::MAX);
        progress(offset.unsigned_abs());
    }
    let arrived = hex(&hash.finalize());
    if arrived == content.sha256 {
        return Ok(());
    }
    Err(TransferError::Damaged { arrived, committed: content.sha256.clone() })
}

fn at(file: &Path, error: io::Error) -> TransferError {
    TransferError::File(file.to_owned(), error)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
