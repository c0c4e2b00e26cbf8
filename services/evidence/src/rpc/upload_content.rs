//! Receives the chunks of an upload. Whatever ends the stream, what came before is stored.

use std::time::Duration;

use proto::evidence::v1 as pb;
use server::Violations;
use tokio::{
    sync::{OwnedSemaphorePermit, mpsc},
    task::JoinHandle,
    time::{Instant, timeout},
};
use tonic::Streaming;
use types::{AgencyCode, Id};

use crate::{
    Evidence,
    content::{
        crypto::Altered,
        fault::Fault,
        gather::{Gathering, Room, Segment},
        hashes::Hashes,
        model::{Upload, UploadState},
        streams::Sender,
        vault::{CHUNK, Vault},
        writer::Writer,
    },
    error::Error,
    store,
};

/// A stream that is silent for so long gives its memory to others: the segment is written as it is.
const LULL: Duration = Duration::from_millis(500);
/// A segment that is not full after so long is written as it is, for the same reason; and a stream that
/// has been received for so long lets another be.
const TURN: Duration = Duration::from_secs(5);

pub(super) async fn upload_content(
    service: &Evidence,
    agency: AgencyCode,
    mut messages: Streaming<pb::UploadContentRequest>,
) -> Result<pb::UploadContentResponse, Error> {
    let vault = &service.vault;
    // Memory first, so that what is received has its place.
    let mut lane = Some(Lane::new(vault).await?);
    let mut spare = Some(vault.turn().await?);
    let idle = Duration::from_millis(vault.options().idle_ms);
    let mut first = receive(&mut messages, LULL).await;
    if matches!(first, Came::Lull) {
        (lane, spare) = (None, None);
        first = receive(&mut messages, idle).await;
    }
    let first = match first {
        Came::Message(first) => first,
        Came::End => return Err(Violations::of("upload", "no message came").into()),
        Came::Lull => return Err(Fault::Silent { seconds: idle.as_secs(), stored: 0 }.into()),
        Came::Broken(error) => return Err(error),
    };
    if first.upload.len() > 128 {
        return Err(Error::NotFound("upload"));
    }
    // Whose it is comes first: a stranger ends nobody's stream.
    let known = store::upload(service.db.reader(), &agency, &first.upload).await?;
    let (sender, ending) = vault.streams().take(&known.name).await?;
    let upload = store::upload(service.db.reader(), &agency, &first.upload).await?;
    if upload.state != UploadState::Open {
        return Err(Fault::NotOpen(upload.state.as_str().to_owned()).into());
    }
    let key = vault.keys().unwrap(&upload.key)?;
    let hashes = match &upload.halfway {
        Some(halfway) => Hashes::from(halfway).ok_or(Error::Corrupt("upload.sha256_state"))?,
        None => Hashes::new(upload.with_sm3),
    };

    let (queue, segments) = mpsc::channel(1);
    let (at, declared) = (upload.stored, upload.about.size);
    let (db, writer_vault, written) = (service.db.clone(), vault.clone(), upload.clone());
    let writer = Writer { vault: writer_vault, db, upload: written, ending };
    let writing = vault.spawn(writer.run(segments));
    let gathering = Gathering::new(key, hashes, at);
    let inflow = Inflow {
        vault,
        upload: &upload,
        sender,
        queue,
        lane,
        spare,
        left: 0,
        begun: Instant::now(),
        at,
        declared,
        work: Some(Work::Ready(Box::new(gathering))),
    };
    let received = inflow.run(first, messages, idle).await;
    // What was received is written now, and only then is it told.
    writing.await.map_err(|_| Error::Corrupt("the writer"))??;
    received?;
    let upload = store::upload(service.db.reader(), &agency, &upload.name).await?;
    Ok(pb::UploadContentResponse { upload: Some(upload.message(vault.kept())) })
}

/// What a wait for a message brought.
enum Came {
    Message(pb::UploadContentRequest),
    End,
    Lull,
    Broken(Error),
}

async fn receive(messages: &mut Streaming<pb::UploadContentRequest>, wait: Duration) -> Came {
    match timeout(wait, messages.message()).await {
        Err(_) => Came::Lull,
        Ok(Ok(Some(message))) => Came::Message(message),
        Ok(Ok(None)) => Came::End,
        Ok(Err(status)) if status.code() == tonic::Code::OutOfRange => {
            Came::Broken(Violations::of("data", TOO_LONG).into())
        }
        Ok(Err(_)) => Came::Broken(Fault::Broken.into()),
    }
}

const TOO_LONG: &str = "is longer than 1048576 bytes";

/// Where the gathering is: here, or with a thread that hashes and encrypts.
enum Work {
    Ready(Box<Gathering>),
    Running(JoinHandle<Result<Box<Gathering>, Altered>>),
}

impl Work {
    async fn ready(self) -> Result<Box<Gathering>, Error> {
        match self {
            Self::Ready(gathering) => Ok(gathering),
            Self::Running(thread) => {
                let done = thread.await.map_err(|_| Error::Corrupt("a segment"))?;
                done.map_err(|_| Error::Corrupt("a segment"))
            }
        }
    }
}

/// The right to be received, and since when.
struct Lane {
    _held: OwnedSemaphorePermit,
    since: Instant,
}

impl Lane {
    async fn new(vault: &Vault) -> Result<Self, Error> {
        Ok(Self { _held: vault.lane().await?, since: Instant::now() })
    }
}

/// One stream of an upload. While a thread works on one message, the next is received.
struct Inflow<'a> {
    vault: &'a Vault,
    upload: &'a Upload,
    sender: Sender,
    queue: mpsc::Sender<Segment>,
    /// None while it waits, and holds nothing.
    lane: Option<Lane>,
    /// Memory for the next segment, taken before its first message came.
    spare: Option<OwnedSemaphorePermit>,
    /// Bytes that the open segment still takes; 0 when none is open.
    left: usize,
    begun: Instant,
    /// How far it is, what is not written included.
    at: u64,
    declared: u64,
    work: Option<Work>,
}

impl Inflow<'_> {
    /// Takes in messages until the client ends, or something is wrong. When it returns, everything
    /// that came is with the writer, which has nothing more to wait for.
    async fn run(
        mut self,
        first: pb::UploadContentRequest,
        mut messages: Streaming<pb::UploadContentRequest>,
        idle: Duration,
    ) -> Result<(), Error> {
        let taken = self.take_all(first, &mut messages, idle).await;
        let finished = self.pause().await;
        taken.and(finished)
    }

    async fn take_all(
        &mut self,
        first: pb::UploadContentRequest,
        messages: &mut Streaming<pb::UploadContentRequest>,
        idle: Duration,
    ) -> Result<(), Error> {
        let expected = self.at;
        if u64::try_from(first.offset) != Ok(expected) {
            return Err(Fault::NotAtOffset { expected, got: first.offset }.into());
        }
        let mut message = first;
        loop {
            self.check(&message)?;
            self.take(message.data).await?;
            message = match self.next(messages, idle).await? {
                Some(message) => message,
                None => return Ok(()),
            };
        }
    }

    /// The next message; none when the client ended.
    async fn next(
        &mut self,
        messages: &mut Streaming<pb::UploadContentRequest>,
        idle: Duration,
    ) -> Result<Option<pb::UploadContentRequest>, Error> {
        let taken_over = self.sender.taken_over.clone();
        let receiving = async {
            if self.left == 0 && self.spare.is_none() && self.at < self.declared {
                self.spare = Some(self.turn().await?);
            }
            let mut came = receive(messages, LULL).await;
            if matches!(came, Came::Lull) {
                self.pause().await?;
                came = receive(messages, idle).await;
            }
            match came {
                Came::Message(message) => Ok(Some(message)),
                Came::End => Ok(None),
                Came::Lull => {
                    Err(Fault::Silent { seconds: idle.as_secs(), stored: self.at }.into())
                }
                Came::Broken(error) => Err(error),
            }
        };
        tokio::select! {
            () = taken_over.cancelled() => Err(Fault::TakenOver.into()),
            came = receiving => came,
        }
    }

    fn check(&self, message: &pb::UploadContentRequest) -> Result<(), Error> {
        let mut fields = server::Fields::default();
        let same = message.upload.is_empty() || message.upload == self.upload.name;
        fields.check(same, "upload", "is another upload than the first message named");
        fields.check(!message.data.is_empty(), "data", "is empty");
        fields.check(message.data.len() <= CHUNK, "data", TOO_LONG);
        fields.done()?;
        let (expected, declared) = (self.at, self.declared);
        if u64::try_from(message.offset) != Ok(expected) {
            return Err(Fault::OutOfOrder { expected, got: message.offset }.into());
        }
        let to = expected + message.data.len() as u64;
        if to > declared {
            return Err(Fault::TooLarge { declared, to }.into());
        }
        Ok(())
    }

    async fn take(&mut self, mut data: bytes::Bytes) -> Result<(), Error> {
        while !data.is_empty() {
            if self.left == 0 {
                self.begin().await?;
            }
            let part = data.split_to(data.len().min(self.left));
            self.left -= part.len();
            self.at += part.len() as u64;
            if self.begun.elapsed() > TURN || self.at == self.declared {
                self.left = 0;
            }
            let full = self.left == 0;
            let mut gathering = self.gathering().await?;
            self.work = Some(Work::Running(tokio::task::spawn_blocking(move || {
                gathering.take(&part)?;
                if full {
                    gathering.finish();
                }
                Ok(gathering)
            })));
        }
        Ok(())
    }

    /// Begins a segment, when there is memory for it and the writer has come far enough.
    async fn begin(&mut self) -> Result<(), Error> {
        let turn = match self.spare.take() {
            Some(turn) => turn,
            None => self.turn().await?,
        };
        // Closed: the writer failed, and says why.
        let slot = self.queue.clone().reserve_owned().await.map_err(|_| Fault::Broken)?;
        let object = Id::new(self.vault.wire().now());
        let memory = self.vault.sealing_memory();
        let mut gathering = self.gathering().await?;
        let begun = gathering.begin(Room { turn, slot, memory, object });
        self.work = Some(Work::Ready(gathering));
        begun.map_err(|_| Error::Corrupt("a segment"))?;
        self.begun = Instant::now();
        self.left = usize::try_from(self.vault.options().segment_bytes).unwrap_or(usize::MAX);
        Ok(())
    }

    /// Memory for the next segment. Whoever was received for long waits behind the others first.
    async fn turn(&mut self) -> Result<OwnedSemaphorePermit, Error> {
        if self.lane.as_ref().is_some_and(|lane| lane.since.elapsed() > TURN) {
            self.lane = None;
        }
        if self.lane.is_none() {
            self.lane = Some(Lane::new(self.vault).await?);
        }
        self.vault.turn().await
    }

    /// Hands over what there is, and keeps no memory.
    async fn pause(&mut self) -> Result<(), Error> {
        self.lane = None;
        self.spare = None;
        self.left = 0;
        let mut gathering = self.gathering().await?;
        gathering.finish();
        self.work = Some(Work::Ready(gathering));
        Ok(())
    }

    async fn gathering(&mut self) -> Result<Box<Gathering>, Error> {
        self.work.take().ok_or(Error::Corrupt("a segment"))?.ready().await
    }
}
