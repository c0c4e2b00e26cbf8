//! Pages of the schedules the caller may see, newest first.

use proto::operations::v1 as pb;

use super::{Call, asked, convert};
use crate::{Operations, domain::schedule::Schedule, error::Error, store};

pub(super) async fn list_schedules(
    service: &Operations,
    call: &Call,
    request: pb::ListSchedulesRequest,
) -> Result<pb::ListSchedulesResponse, Error> {
    let mut fields = server::Fields::default();
    let page = asked::page(&mut fields, request.page_size, &request.page_token, "");
    fields.done()?;
    let (reader, before) = (service.db.reader(), page.cursor.as_deref());
    let mut found: Vec<Schedule> =
        store::seen_page(reader, &call.agency, before, page.want()).await?;
    let next_page_token = page.cut(&mut found, |one| one.name.clone());
    let schedules = found.iter().map(convert::schedule::schedule).collect();
    Ok(pb::ListSchedulesResponse { schedules, next_page_token })
}
