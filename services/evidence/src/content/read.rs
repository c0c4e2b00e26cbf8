//! Reads what is kept: any range of it, each frame authenticated, or all of it against its digest.

use std::{ops::Range, time::Duration};

use futures_util::{StreamExt as _, TryStreamExt as _};
use sea_orm::ConnectionTrait;

use super::{
    crypto::{self, FRAME, SegmentKey},
    fault::Fault,
    hashes::Hashes,
    model::{Blob, Piece},
    vault::Vault,
};
use crate::{error::Error, store};

/// Objects looked at together.
const AT_ONCE: usize = 16;
/// Bytes read at once when all is read.
const WINDOW: u64 = 1 << 20;

impl Vault {
    /// The bytes `range` of a blob, which must lie in it.
    pub(crate) async fn read(
        &self,
        conn: &impl ConnectionTrait,
        blob: &Blob,
        range: Range<u64>,
    ) -> Result<Vec<u8>, Error> {
        let key = self.0.keys.unwrap(&blob.key)?;
        // Sealed and plain, at the same time.
        let kib = (range.end - range.start).div_ceil(512) + 64;
        let _memory = self.memory(u32::try_from(kib).unwrap_or(u32::MAX)).await?;
        let mut plain = Vec::with_capacity(usize::try_from(range.end - range.start).unwrap_or(0));
        let mut at = range.start;
        for piece in store::pieces(conn, &blob.pile, range.clone()).await? {
            let Piece { object, begins_at, length } = piece;
            if at < begins_at || at >= begins_at + length {
                // A row is missing or is not what was written.
                return Err(Fault::Damaged.into());
            }
            let (from, to) = (at - begins_at, (range.end - begins_at).min(length));
            let (first, sealed) = crypto::frames(length, from, to);
            let sealed = self.0.place.get(object, sealed).await?;
            let key = SegmentKey::of(&key, object, begins_at).map_err(|_| Fault::Damaged)?;
            let frames = key.open(length, first, sealed.into()).map_err(|_| Fault::Damaged)?;
            let skipped = first * FRAME as u64;
            let wanted = slice(&frames, from - skipped..to - skipped).ok_or(Fault::Damaged)?;
            plain.extend_from_slice(wanted);
            at = begins_at + to;
        }
        if at == range.end { Ok(plain) } else { Err(Fault::Damaged.into()) }
    }

    /// That the key and every object of a blob are there, each as long as it was written; nothing of
    /// them is read. The faults are those of [`Vault::examine`].
    pub(crate) async fn look(&self, conn: &impl ConnectionTrait, blob: &Blob) -> Result<(), Error> {
        self.0.keys.unwrap(&blob.key)?;
        let pieces = store::pieces(conn, &blob.pile, 0..blob.size).await?;
        let length: u64 = pieces.iter().map(|piece| piece.length).sum();
        if length != blob.size {
            return Err(Fault::Damaged.into());
        }
        let looks: Vec<_> = pieces
            .iter()
            .map(|piece| {
                let sealed = crypto::frames(piece.length, 0, piece.length).1;
                self.0.place.look(piece.object, sealed.end)
            })
            .collect();
        futures_util::stream::iter(looks).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Reads all of a blob, at most `pace` bytes in a second, and compares it with its digests:
    /// [`Fault::Damaged`] and the other faults of content when it is not what was committed.
    pub(crate) async fn examine(
        &self,
        conn: &impl ConnectionTrait,
        blob: &Blob,
        pace: Option<u64>,
    ) -> Result<(), Error> {
        let mut hashes = Hashes::new(!blob.sm3.is_empty());
        let mut at = 0;
        while at < blob.size {
            let end = (at + WINDOW).min(blob.size);
            let plain = self.read(conn, blob, at..end).await?;
            let hashed = tokio::task::spawn_blocking(move || {
                hashes.update(&plain);
                hashes
            });
            hashes = hashed.await.map_err(|_| Error::Corrupt("a digest"))?;
            if let Some(pace) = pace {
                let nanos = (end - at).saturating_mul(1_000_000_000) / pace.max(1);
                tokio::time::sleep(Duration::from_nanos(nanos)).await;
            }
            at = end;
        }
        let digests = hashes.finish();
        if digests.sha256 == blob.sha256 && digests.sm3 == blob.sm3 {
            Ok(())
        } else {
            Err(Fault::Damaged.into())
        }
    }
}

fn slice(bytes: &[u8], range: Range<u64>) -> Option<&[u8]> {
    bytes.get(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?)
}
