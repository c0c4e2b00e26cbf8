//! Gives an upload up.

use command::{Command, Written, check_request_id, once};
use proto::evidence::v1 as pb;

use super::{Call, content_said as said};
use crate::{
    Evidence,
    content::{
        fault::Fault,
        model::{Upload, UploadState},
    },
    error::Error,
    store,
};

pub(super) async fn abort_upload(
    service: &Evidence,
    call: Call,
    request: pb::AbortUploadRequest,
) -> Result<pb::AbortUploadResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    check_request_id(&mut fields, &request.request_id);
    fields.text(&request.name, 128, "name");
    fields.done()?;

    let (agency, kept) = (call.agency, service.vault.kept());
    let command = Command {
        caller: agency.to_string(),
        attestation: call.attestation,
        request_id: request.request_id,
        method: "AbortUpload",
        now,
    };
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            let upload = store::upload_to_change(tx, &agency, &request.name).await?;
            if upload.state != UploadState::Open {
                return Err(Fault::NotOpen(upload.state.as_str().to_owned()).into());
            }
            store::end_upload(tx, &upload, UploadState::Aborted, "").await?;
            store::drop_pile(tx, &upload.pile).await?;
            let upload = Upload { state: UploadState::Aborted, ..upload };
            let message = upload.message(kept);
            let entries = vec![said::entry("evidence.upload_aborted.v1", &upload, &message, now)];
            Ok(Written { response: pb::AbortUploadResponse { upload: Some(message) }, entries })
        })
    })
    .await
}
