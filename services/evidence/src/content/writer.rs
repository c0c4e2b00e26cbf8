//! Writes the segments of one stream: two at a time into the store, one after another into the upload.
//!
//! It runs beside the stream and outlives it: what was handed over is written even when the client
//! is gone.

use bytes::Bytes;
use db::Db;
use futures_util::{StreamExt as _, stream::FuturesOrdered};
use tokio::sync::mpsc;

use super::{
    gather::Segment,
    model::{Piece, Upload},
    streams::Ending,
    vault::Vault,
};
use crate::{
    error::Error,
    store::{self, Recorded},
};

/// Segments that go into the store at once. More would not be faster, and their memory is another's.
const AT_ONCE: usize = 2;

/// Where a stream's segments go.
pub(crate) struct Writer {
    pub(crate) vault: Vault,
    pub(crate) db: Db,
    pub(crate) upload: Upload,
    /// Dropped last: from then on another stream may go on.
    pub(crate) ending: Ending,
}

impl Writer {
    /// Writes what comes until nobody sends any more; returns how far the upload is then.
    pub(crate) async fn run(self, mut segments: mpsc::Receiver<Segment>) -> Result<u64, Error> {
        let written = self.write_all(&mut segments).await;
        if written.is_err() {
            // Whoever fills a segment now must not wait for a place.
            segments.close();
            while segments.recv().await.is_some() {}
        }
        drop(self.ending);
        written
    }

    async fn write_all(&self, segments: &mut mpsc::Receiver<Segment>) -> Result<u64, Error> {
        let mut stored = self.upload.stored;
        let mut putting = FuturesOrdered::new();
        let mut more = true;
        while more || !putting.is_empty() {
            tokio::select! {
                segment = segments.recv(), if more && putting.len() < AT_ONCE => match segment {
                    Some(segment) => putting.push_back(self.put(segment)),
                    None => more = false,
                },
                Some(put) = putting.next() => stored = self.record(put?).await?,
            }
        }
        Ok(stored)
    }

    async fn put(&self, segment: Segment) -> Result<Recorded, Error> {
        let Segment { object, begins_at, length, sealed, halfway, turn } = segment;
        // Its memory is free again before its turn is: the next one finds it.
        let put = self.vault.0.place.put(object, vec![Bytes::from_owner(sealed)]).await;
        drop(turn);
        put?;
        Ok(Recorded {
            upload: self.upload.name.clone(),
            pile: self.upload.pile.clone(),
            piece: Piece { object, begins_at, length },
            halfway,
            at: self.vault.wire().now(),
        })
    }

    async fn record(&self, recorded: Recorded) -> Result<u64, Error> {
        let end = recorded.piece.begins_at + recorded.piece.length;
        self.db
            .write(move |tx| Box::pin(async move { store::record_segment(tx, &recorded).await }))
            .await?;
        Ok(end)
    }
}
