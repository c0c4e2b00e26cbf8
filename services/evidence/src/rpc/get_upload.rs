//! How far an upload is.

use proto::evidence::v1 as pb;

use super::Call;
use crate::{Evidence, error::Error, store};

pub(super) async fn get_upload(
    service: &Evidence,
    call: Call,
    request: pb::GetUploadRequest,
) -> Result<pb::GetUploadResponse, Error> {
    let upload = store::upload(service.db.reader(), &call.agency, &request.name).await?;
    // A stream that broke off may still be on its way to the disk.
    service.vault.streams().settled(&upload.name).await;
    let upload = store::upload(service.db.reader(), &call.agency, &request.name).await?;
    Ok(pb::GetUploadResponse { upload: Some(upload.message(service.vault.kept())) })
}
