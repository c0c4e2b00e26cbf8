//! Finds stored content that is not what was committed, and says so: once, and again when it is healed.

use db::journal;
use prost::Message as _;
use proto::evidence::v1 as pb;

use super::{
    fault::Fault,
    model::{Blob, time},
};
use crate::{Evidence, error::Error, store};

/// The most contents that one finding names.
const NAMED: u64 = 1000;

/// The word for what is wrong with stored content; none when it is something else that is wrong.
pub(crate) fn word(error: &Error) -> Option<&'static str> {
    let Error::Content(fault) = error else { return None };
    if *fault == Fault::Damaged {
        Some("DAMAGED")
    } else if *fault == Fault::Missing {
        Some("MISSING")
    } else {
        matches!(fault, Fault::KeyUnavailable(_)).then_some("KEY_UNAVAILABLE")
    }
}

impl Evidence {
    /// Reads a blob to its end and notes how it was found; the word of its fault, empty when it is
    /// whole.
    ///
    /// # Errors
    /// The object store or the database is away: nothing was found out.
    pub(crate) async fn scrub(
        &self,
        blob: &Blob,
        pace: Option<u64>,
    ) -> Result<&'static str, Error> {
        let found = match self.vault.examine(self.db.reader(), blob, pace).await {
            Ok(()) => "",
            Err(error) => word(&error).ok_or(error)?,
        };
        self.found(blob, found).await?;
        Ok(found)
    }

    /// Looks whether the bytes with this digest, if there are any, are still there, and notes it when
    /// they are not.
    ///
    /// # Errors
    /// The object store or the database is away: nothing was found out.
    pub(crate) async fn look(&self, sha256: &str) -> Result<(), Error> {
        let Some(blob) = store::blob(self.db.reader(), sha256).await? else { return Ok(()) };
        if !blob.fault.is_empty() {
            return Ok(());
        }
        match self.vault.look(self.db.reader(), &blob).await {
            Ok(()) => Ok(()),
            Err(error) => self.found(&blob, word(&error).ok_or(error)?).await,
        }
    }

    /// Notes how a blob was found.
    pub(crate) async fn found(&self, blob: &Blob, fault: &'static str) -> Result<(), Error> {
        let (blob, law, wire) = (blob.clone(), self.clock.now(), self.vault.wire().now());
        let news = self
            .db
            .write(move |tx| {
                Box::pin(async move {
                    let news = store::found_blob(tx, &blob, fault, (law, wire)).await?;
                    if news {
                        let contents = store::contents_with(tx, &blob.sha256, NAMED).await?;
                        for content in contents {
                            let told = pb::ContentFault {
                                sha256: blob.sha256.clone(),
                                fault: fault.to_owned(),
                                found_time: Some(time(law)),
                                items: vec![content.about.parent],
                            };
                            let entry = journal::Entry {
                                at: law,
                                kind: match fault {
                                    "" => "evidence.content_healed.v1",
                                    _ => "evidence.content_fault_found.v1",
                                },
                                resource: content.name,
                                docket: content.about.dossier,
                                agency: String::new(),
                                officer: String::new(),
                                step: String::new(),
                                payload: told.encode_to_vec(),
                                request_id: String::new(),
                                attestation: None,
                                marks: Vec::new(),
                            };
                            journal::append(tx, entry).await?;
                        }
                    }
                    Ok::<_, Error>(news.then_some(blob.sha256))
                })
            })
            .await?;
        match (news, fault) {
            (Some(sha256), "") => tracing::info!(content.sha256 = sha256, "content is whole again"),
            (Some(sha256), fault) => {
                tracing::error!(
                    content.sha256 = sha256,
                    content.fault = fault,
                    "content is not whole"
                )
            }
            (None, _) => {}
        }
        Ok(())
    }
}
