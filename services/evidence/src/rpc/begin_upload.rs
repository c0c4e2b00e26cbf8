//! Announces content: what it will be, and how large.

use command::{Command, Written, check_request_id, once};
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;
use types::{AgencyCode, Id};

use super::{Call, content_said as said};
use crate::{
    Evidence,
    content::{
        crypto::ContentKey,
        fault::Fault,
        model::{About, Upload, UploadState},
    },
    error::Error,
    store,
};

pub(super) async fn begin_upload(
    service: &Evidence,
    call: Call,
    request: pb::BeginUploadRequest,
) -> Result<pb::BeginUploadResponse, Error> {
    let now = service.clock.now();
    let options = service.vault.options();
    let mut fields = server::Fields::default();
    check_request_id(&mut fields, &request.request_id);
    fields.text(&request.parent, 128, "parent");
    said::check_file_name(&mut fields, &request.file_name);
    said::check_media_type(&mut fields, &request.media_type);
    fields.text(&request.officer, 64, "officer");
    let role = said::role(&mut fields, request.role);
    let size = said::size(&mut fields, request.size, options.max_size_bytes);
    fields.done()?;
    let certified = said::certified(service, &call, &request.officer, now).await;

    let (wire, kept, most) =
        (service.vault.wire().now(), service.vault.kept(), options.open_uploads);
    let key = ContentKey::random().ok_or(Error::Corrupt("the source of randomness"))?;
    let vault = service.vault.clone();
    let agency = call.agency.clone();
    let about = About {
        parent: request.parent.clone(),
        dossier: String::new(),
        file_name: request.file_name,
        role,
        media_type: request.media_type,
        size,
        agency: agency.clone(),
        officer: request.officer.clone(),
    };
    let command = Command {
        caller: agency.to_string(),
        attestation: call.attestation,
        request_id: request.request_id,
        method: "BeginUpload",
        now,
    };
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            certified?;
            let dossier = store::parent(tx, &agency, &about.parent).await?;
            let with_sm3 = request.with_sm3 || is_listed_by_sm3(tx, &agency, &about).await?;
            store::lock(tx, &format!("uploads of {agency}")).await?;
            if store::open_uploads(tx, &agency).await? >= most {
                return Err(Fault::TooManyUploads(most).into());
            }
            // Another replica may have been given a new key: one that is on its way out wraps nothing.
            vault.keys().reload();
            let key = vault.keys().wrap(&key)?;
            let upload = Upload {
                name: format!("uploads/{}", Id::<Upload>::new(now)),
                about: About { dossier, ..about },
                with_sm3,
                state: UploadState::Open,
                pile: Id::<Upload>::new(wire).to_string(),
                stored: 0,
                halfway: None,
                key,
                content: String::new(),
                moved_at: wire,
            };
            store::insert_upload(tx, &upload).await?;
            let message = upload.message(kept);
            let entries = vec![said::entry("evidence.upload_begun.v1", &upload, &message, now)];
            Ok(Written { response: pb::BeginUploadResponse { upload: Some(message) }, entries })
        })
    })
    .await
}

/// Whether it is the original of data whose list gives an SM3 check value: without the file's own it
/// could not be compared (E-08).
async fn is_listed_by_sm3(
    tx: &DatabaseTransaction,
    agency: &AgencyCode,
    about: &About,
) -> Result<bool, Error> {
    if about.role != pb::ContentRole::Original || !about.parent.starts_with("items/") {
        return Ok(false);
    }
    let data = store::item(tx, agency, &about.parent).await?.facts.electronic_data;
    Ok(data.is_some_and(|data| data.check_algorithm == "SM3"))
}
