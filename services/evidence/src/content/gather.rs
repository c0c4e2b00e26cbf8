//! Gathers what a stream brings into segments, hashed and sealed.
//!
//! A stream may end at any moment, and what runs for it is dropped then: so a gathering that is dropped
//! hands over what it has. The slot for that is taken before the first byte of a segment comes.

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use types::Id;
use uuid::Uuid;

use super::{
    crypto::{Altered, ContentKey, Sealer, SegmentKey},
    hashes::{Halfway, Hashes},
    memory::Memory,
};

/// The part of a turn that is for the messages which fill a segment: one that is being received, one
/// that is being encrypted.
pub(crate) const MESSAGES_KIB: usize = 2 * 1024;

/// A segment that is ready to be written.
pub(crate) struct Segment {
    /// The object that will hold it.
    pub(crate) object: Uuid,
    /// Where it begins in the content.
    pub(crate) begins_at: u64,
    /// Bytes of content.
    pub(crate) length: u64,
    /// The object.
    pub(crate) sealed: Memory,
    /// The digests at its end.
    pub(crate) halfway: Halfway,
    /// The memory it takes; given back when it is written.
    pub(crate) turn: OwnedSemaphorePermit,
}

/// What a segment needs before it begins: memory, and a place in the queue of the writer.
pub(crate) struct Room {
    pub(crate) turn: OwnedSemaphorePermit,
    pub(crate) slot: mpsc::OwnedPermit<Segment>,
    /// Where it is sealed.
    pub(crate) memory: Memory,
    /// The object that will hold it.
    pub(crate) object: Id<Segment>,
}

/// A stream's gathering.
pub(crate) struct Gathering {
    key: ContentKey,
    hashes: Hashes,
    /// How far it is, what is not written included.
    at: u64,
    open: Option<Open>,
}

struct Open {
    turn: OwnedSemaphorePermit,
    slot: mpsc::OwnedPermit<Segment>,
    object: Id<Segment>,
    begins_at: u64,
    sealer: Sealer,
}

impl Gathering {
    /// Goes on at `at`, where the digests are `hashes`.
    pub(crate) fn new(key: ContentKey, hashes: Hashes, at: u64) -> Self {
        Self { key, hashes, at, open: None }
    }

    /// Begins a segment.
    pub(crate) fn begin(&mut self, room: Room) -> Result<(), Altered> {
        self.finish();
        let Room { turn, slot, memory, object } = room;
        let key = SegmentKey::of(&self.key, object.uuid(), self.at)?;
        let sealer = Sealer::new(key, memory);
        self.open = Some(Open { turn, slot, object, begins_at: self.at, sealer });
        Ok(())
    }

    /// Takes more bytes into the segment that was begun.
    pub(crate) fn take(&mut self, data: &Bytes) -> Result<(), Altered> {
        let open = self.open.as_mut().ok_or(Altered)?;
        open.sealer.push(data)?;
        self.hashes.update(data);
        self.at += data.len() as u64;
        Ok(())
    }

    /// Hands the segment over, if there is anything in it.
    pub(crate) fn finish(&mut self) {
        let Some(Open { mut turn, slot, object, begins_at, sealer }) = self.open.take() else {
            return;
        };
        let length = self.at - begins_at;
        if length == 0 {
            return;
        }
        // The messages that filled it take no memory any more.
        drop(turn.split(MESSAGES_KIB));
        match sealer.finish() {
            Ok(sealed) => {
                let halfway = self.hashes.halfway();
                let object = object.uuid();
                slot.send(Segment { object, begins_at, length, sealed, halfway, turn });
            }
            // Never yet seen; the stored offset stays behind, and the bytes are sent again.
            Err(error) => tracing::error!(%error, "a segment could not be encrypted"),
        }
    }
}

impl Drop for Gathering {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use clock::Clock;
    use tokio::sync::Semaphore;

    use super::{super::memory::Pool, *};

    #[tokio::test]
    async fn a_gathering_that_is_dropped_hands_over_what_it_has() {
        let (queue, mut segments) = mpsc::channel(1);
        let memory = Arc::new(Semaphore::new(MESSAGES_KIB + 1));
        let all = u32::try_from(MESSAGES_KIB + 1).unwrap();
        let room = Room {
            turn: Arc::clone(&memory).acquire_many_owned(all).await.unwrap(),
            slot: queue.reserve_owned().await.unwrap(),
            memory: Pool::new(65_536).take(),
            object: Id::new(Clock::system().now()),
        };
        let mut gathering = Gathering::new([1; 32].into(), Hashes::new(false), 10);
        assert!(gathering.take(&Bytes::from_static(b"too early")).is_err());
        gathering.begin(room).unwrap();
        gathering.take(&Bytes::from_static(b"abc")).unwrap();
        drop(gathering);
        let segment = segments.recv().await.unwrap();
        assert_eq!((segment.begins_at, segment.length), (10, 3));
        assert_eq!(
            memory.available_permits(),
            MESSAGES_KIB,
            "its memory is in use until it is written"
        );
        drop(segment);
        assert_eq!(memory.available_permits(), MESSAGES_KIB + 1);
        assert!(segments.recv().await.is_none(), "nothing more comes");
    }
}
