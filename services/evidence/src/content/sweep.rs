//! Gives up what was abandoned, and deletes the objects that nothing needs.

use chrono::{DateTime, Utc};
use db::journal;
use prost::Message as _;
use server::Stop;
use tokio::time::sleep;
use uuid::Uuid;

use super::model::{Upload, UploadState};
use crate::{Evidence, error::Error, store};

/// How many uploads, objects or blobs one look takes.
const BATCH: u64 = 200;

impl Evidence {
    /// Starts the loops that give up, delete and read again. They end with `stop`, after the segments
    /// that are being written.
    pub fn keep_content(&self, stop: &Stop) {
        let (service, signal) = (self.clone(), stop.clone());
        stop.spawn("evidence content sweep", async move {
            let mut shelf = 0;
            loop {
                if let Err(error) = service.sweep(shelf).await {
                    tracing::warn!(%error, "sweeping the object store");
                }
                shelf = shelf.wrapping_add(1);
                tokio::select! {
                    () = signal.signalled() => break,
                    () = sleep(service.vault.sweep_pause()) => {}
                }
            }
            service.vault.finish().await;
            Ok(())
        });
        let (service, signal) = (self.clone(), stop.clone());
        stop.spawn("evidence content scrubber", async move {
            loop {
                tokio::select! {
                    () = signal.signalled() => return Ok(()),
                    () = service.scrub_due() => {}
                }
            }
        });
    }

    /// One look: what was abandoned, what was dropped, and one of 256 shelves for what nobody knows.
    pub(crate) async fn sweep(&self, shelf: u8) -> Result<(), Error> {
        self.vault.keys().reload();
        let now = self.vault.wire().now();
        let long_ago = now.checked_sub_signed(self.vault.kept_for()).unwrap_or(now);
        while self.give_up(long_ago).await? == BATCH {}
        while self.delete_dropped().await? == BATCH {}
        self.drop_unknown(shelf, long_ago).await
    }

    /// Gives up uploads to which nothing came since `before`; returns how many it looked at.
    async fn give_up(&self, before: DateTime<Utc>) -> Result<u64, Error> {
        let abandoned = store::abandoned(self.db.reader(), before, BATCH).await?;
        let looked = u64::try_from(abandoned.len()).unwrap_or(u64::MAX);
        for upload in abandoned {
            let entry = self.abandoned(&upload);
            let given_up = self
                .db
                .write(move |tx| {
                    Box::pin(async move {
                        store::end_upload(tx, &upload, UploadState::Abandoned, "").await?;
                        store::drop_pile(tx, &upload.pile).await?;
                        journal::append(tx, entry).await?;
                        Ok::<(), Error>(())
                    })
                })
                .await;
            match given_up {
                // Something came in the last moment.
                Ok(()) | Err(Error::Stale) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(looked)
    }

    fn abandoned(&self, upload: &Upload) -> journal::Entry {
        let told = Upload { state: UploadState::Abandoned, ..upload.clone() };
        journal::Entry {
            at: self.clock.now(),
            kind: "evidence.upload_abandoned.v1",
            resource: upload.name.clone(),
            docket: upload.about.dossier.clone(),
            agency: String::new(),
            officer: String::new(),
            step: String::new(),
            payload: told.message(self.vault.kept()).encode_to_vec(),
            request_id: String::new(),
            attestation: None,
            marks: Vec::new(),
        }
    }

    async fn delete_dropped(&self) -> Result<u64, Error> {
        let dropped = store::dropped_objects(self.db.reader(), BATCH).await?;
        for object in &dropped {
            self.vault.place().delete(*object).await?;
        }
        let deleted = u64::try_from(dropped.len()).unwrap_or(u64::MAX);
        if deleted > 0 {
            self.db
                .write(move |tx| Box::pin(async move { store::forget_dropped(tx, &dropped).await }))
                .await?;
        }
        Ok(deleted)
    }

    /// Objects that were written and never became part of an upload, because somebody stopped
    /// between the two.
    async fn drop_unknown(&self, shelf: u8, before: DateTime<Utc>) -> Result<(), Error> {
        let place = self.vault.place();
        place.check().await?;
        place.delete_staged(shelf, before).await?;
        let page = usize::try_from(BATCH).unwrap_or(usize::MAX);
        let mut after = None;
        loop {
            let found = place.list(shelf, after, page).await?;
            after = found.last().copied();
            let full = found.len() == page;
            let old: Vec<Uuid> =
                found.into_iter().filter(|object| made_before(*object, before)).collect();
            let known = store::known_objects(self.db.reader(), &old).await?;
            let unknown: Vec<Uuid> =
                old.into_iter().filter(|object| !known.contains(object)).collect();
            if !unknown.is_empty() {
                tracing::info!(objects = unknown.len(), "deleting objects that nothing knows");
                self.db
                    .write(move |tx| {
                        Box::pin(async move { store::drop_objects(tx, &unknown).await })
                    })
                    .await?;
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// Reads again what was not read for longest; then waits.
    async fn scrub_due(&self) {
        let options = self.vault.options();
        let pace = Some(options.scrub_bytes_per_second);
        let now = self.vault.wire().now();
        let every = i64::try_from(options.scrub_every_ms).unwrap_or(i64::MAX);
        let every = chrono::Duration::try_milliseconds(every).unwrap_or(chrono::Duration::MAX);
        let before = now.checked_sub_signed(every).unwrap_or(DateTime::UNIX_EPOCH);
        let due = store::unread_blobs(self.db.reader(), before, BATCH).await;
        let scrubbed = async {
            for blob in due? {
                self.scrub(&blob, pace).await?;
            }
            Ok::<(), Error>(())
        };
        if let Err(error) = scrubbed.await {
            tracing::warn!(%error, "the scrubber waits");
        }
        sleep(self.vault.sweep_pause()).await;
    }
}

/// Whether an object was made before `at`: its name has its time.
fn made_before(object: Uuid, at: DateTime<Utc>) -> bool {
    let made = object.get_timestamp().map(|stamp| stamp.to_unix().0);
    made.and_then(|seconds| i64::try_from(seconds).ok()).is_some_and(|made| made < at.timestamp())
}

#[cfg(test)]
mod tests {
    use types::Id;

    use super::*;

    #[test]
    fn an_object_tells_when_it_was_made() {
        let at = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let object = Id::<()>::new(at).uuid();
        assert!(made_before(object, at + chrono::Duration::seconds(1)));
        assert!(!made_before(object, at));
        assert!(!made_before(Uuid::from_u128(1), at), "no time: not ours to delete");
    }
}
