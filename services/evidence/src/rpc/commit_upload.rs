//! Binds the digest to the item with the caller's signature: from then on the content is kept.

use chrono::{DateTime, Utc};
use command::{Command, Written, check_request_id, once};
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;
use types::{AgencyCode, Id};

use super::{Call, content_said as said};
use crate::{
    Evidence,
    content::{
        fault::Fault,
        hashes::{Digests, Hashes},
        model::{About, Blob, Content, Upload, UploadState},
    },
    error::Error,
    store,
};

/// The most contents that one item or hand-over has.
const CONTENTS_MAX: u64 = 1000;

pub(super) async fn commit_upload(
    service: &Evidence,
    call: Call,
    request: pb::CommitUploadRequest,
) -> Result<pb::CommitUploadResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    check_request_id(&mut fields, &request.request_id);
    fields.text(&request.name, 128, "name");
    fields.text(&request.officer, 64, "officer");
    let sha256 = said::digest(&mut fields, &request.sha256, "sha256");
    let sm3 = match request.sm3.as_str() {
        "" => String::new(),
        sm3 => said::digest(&mut fields, sm3, "sm3"),
    };
    fields.done()?;
    let certified = said::certified(service, &call, &request.officer, now).await;
    service.vault.streams().settled(&request.name).await;

    let (agency, name) = (call.agency.clone(), request.name.clone());
    let command = Command {
        caller: agency.to_string(),
        attestation: call.attestation,
        request_id: request.request_id,
        method: "CommitUpload",
        now,
    };
    let looked = look(service, &agency, &name, &sha256).await;
    let committing = Committing {
        agency: agency.clone(),
        name: name.clone(),
        officer: request.officer,
        said: Digests { sha256, sm3 },
        law: now,
        wire: service.vault.wire().now(),
    };
    let outcome = once(&service.db, command, move |tx| {
        Box::pin(async move {
            certified?;
            looked?;
            committing.write(tx).await
        })
    })
    .await;
    if let Err(Error::Content(Fault::Mismatch { .. })) = &outcome {
        begin_anew(service, &agency, &name).await?;
    }
    outcome
}

/// Looks whether the bytes that are there already, if any are, are still whole: what came is dropped
/// for them.
async fn look(
    service: &Evidence,
    agency: &AgencyCode,
    name: &str,
    sha256: &str,
) -> Result<(), Error> {
    match store::upload(service.db.reader(), agency, name).await {
        Ok(upload) if upload.state == UploadState::Open && upload.stored == upload.about.size => {
            service.look(sha256).await
        }
        // What is wrong with it is for the job to say.
        Ok(_) | Err(_) => Ok(()),
    }
}

/// A commit that is under way.
struct Committing {
    agency: AgencyCode,
    name: String,
    officer: String,
    said: Digests,
    law: DateTime<Utc>,
    wire: DateTime<Utc>,
}

impl Committing {
    async fn write(
        self,
        tx: &DatabaseTransaction,
    ) -> Result<Written<pb::CommitUploadResponse>, Error> {
        let upload = store::upload_to_change(tx, &self.agency, &self.name).await?;
        let computed = self.check(&upload)?;
        // The item may have gone to another body meanwhile.
        store::parent(tx, &self.agency, &upload.about.parent).await?;
        store::lock(tx, &upload.about.parent).await?;
        if store::count_contents(tx, &upload.about.parent).await? >= CONTENTS_MAX {
            return Err(Fault::TooManyContents(CONTENTS_MAX).into());
        }
        self.keep(tx, &upload, &computed).await?;
        let content = Content {
            name: format!("contents/{}", Id::<Content>::new(self.law)),
            about: About { officer: self.officer.clone(), ..upload.about.clone() },
            sha256: computed.sha256,
            sm3: computed.sm3,
            committed_at: self.law,
            fault: String::new(),
        };
        store::insert_content(tx, &content).await?;
        store::end_upload(tx, &upload, UploadState::Committed, &content.name).await?;
        let message = content.message();
        let mut entry = said::entry("evidence.content_committed.v1", &upload, &message, self.law);
        entry.resource.clone_from(&content.name);
        entry.officer.clone_from(&self.officer);
        let response = pb::CommitUploadResponse { content: Some(message) };
        Ok(Written { response, entries: vec![entry] })
    }

    /// That the upload is whole, and is what the caller read.
    fn check(&self, upload: &Upload) -> Result<Digests, Error> {
        if upload.state != UploadState::Open {
            return Err(Fault::NotOpen(upload.state.as_str().to_owned()).into());
        }
        let (stored, declared) = (upload.stored, upload.about.size);
        if stored != declared {
            return Err(Fault::Incomplete { stored, declared }.into());
        }
        let mut fields = server::Fields::default();
        let fault = "is missing: it was asked for when the upload began";
        fields.check(!upload.with_sm3 || !self.said.sm3.is_empty(), "sm3", fault);
        let fault = "was not asked for when the upload began, and so not computed";
        fields.check(upload.with_sm3 || self.said.sm3.is_empty(), "sm3", fault);
        fields.done()?;
        let halfway = upload.halfway.as_ref().and_then(Hashes::from);
        let computed = halfway.ok_or(Error::Corrupt("upload.sha256_state"))?.finish();
        let (said, pair) = (&self.said, |one: &str| one.to_owned());
        for (algorithm, computed, said) in
            [("SHA-256", &computed.sha256, &said.sha256), ("SM3", &computed.sm3, &said.sm3)]
        {
            if computed != said {
                let (computed, said) = (pair(computed), pair(said));
                return Err(Fault::Mismatch { algorithm, computed, said }.into());
            }
        }
        Ok(computed)
    }

    /// Keeps the bytes: those that came, or those that are there already and whole.
    async fn keep(
        &self,
        tx: &DatabaseTransaction,
        upload: &Upload,
        computed: &Digests,
    ) -> Result<(), Error> {
        let new = Blob {
            sha256: computed.sha256.clone(),
            sm3: computed.sm3.clone(),
            size: upload.about.size,
            pile: upload.pile.clone(),
            key: upload.key.clone(),
            created_at: self.law,
            read_at: self.wire,
            fault: String::new(),
            fault_at: None,
        };
        if store::insert_blob(tx, &new).await? {
            return Ok(());
        }
        let old = store::blob(tx, &new.sha256).await?.ok_or(Error::Stale)?;
        if !old.fault.is_empty() {
            // What came heals what is damaged.
            let sm3 = if new.sm3.is_empty() { old.sm3.clone() } else { new.sm3.clone() };
            store::replace_blob(tx, &old, &Blob { sm3, ..new }).await?;
            return store::drop_pile(tx, &old.pile).await;
        }
        if old.sm3.is_empty() && !new.sm3.is_empty() {
            store::add_sm3(tx, &new.sha256, &new.sm3).await?;
        }
        store::drop_pile(tx, &upload.pile).await
    }
}

/// Bytes were changed on the way, nobody knows which: all of them are to be sent again.
async fn begin_anew(service: &Evidence, agency: &AgencyCode, name: &str) -> Result<(), Error> {
    let at = service.vault.wire().now();
    let (agency, name, pile) = (agency.clone(), name.to_owned(), Id::<Upload>::new(at).to_string());
    service
        .db
        .write(move |tx| {
            Box::pin(async move {
                let upload = store::upload(tx, &agency, &name).await?;
                store::begin_anew(tx, &upload, &pile, at).await
            })
        })
        .await
}
