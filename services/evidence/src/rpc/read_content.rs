//! Reads a range of a content.

use proto::evidence::v1 as pb;

use super::Call;
use crate::{
    Evidence,
    content::{model::as_i64, scrub},
    error::Error,
    store,
};

/// Bytes in the largest range.
const RANGE: u64 = 2 << 20;

pub(super) async fn read_content(
    service: &Evidence,
    call: Call,
    request: pb::ReadContentRequest,
) -> Result<pb::ReadContentResponse, Error> {
    let conn = service.db.reader();
    let mut fields = server::Fields::default();
    fields.text(&request.name, 128, "name");
    let fault = "is not between 0 and 2097152";
    let length = u64::try_from(request.length).ok().filter(|length| *length <= RANGE);
    let length = fields.need(length, "length", fault).unwrap_or_default();
    let offset = u64::try_from(request.offset).ok();
    let offset = fields.need(offset, "offset", "is negative").unwrap_or_default();
    fields.done()?;

    let content = store::content(conn, &call.agency, &request.name).await?;
    let size = content.about.size;
    let mut fields = server::Fields::default();
    fields.check(offset <= size, "offset", format!("is beyond the end: it has {size} bytes"));
    fields.done()?;
    let blob = store::blob(conn, &content.sha256).await?.ok_or(Error::Corrupt("content.sha256"))?;
    let length = if length == 0 { RANGE } else { length };
    let range = offset..offset.saturating_add(length).min(size);
    match service.vault.read(conn, &blob, range).await {
        Ok(data) => Ok(pb::ReadContentResponse {
            data: data.into(),
            size: as_i64(size),
            sha256: content.sha256,
        }),
        Err(error) => {
            if let Some(fault) = scrub::word(&error) {
                service.found(&blob, fault).await?;
            }
            Err(error)
        }
    }
}
