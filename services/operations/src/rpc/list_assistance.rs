//! Pages of the requests the caller sent or received, newest first.

use proto::operations::v1 as pb;

use super::{Call, asked, convert};
use crate::{
    Operations,
    domain::word::AssistanceState,
    error::Error,
    store::{self, AssistanceFilter},
};

pub(super) async fn list_assistance(
    service: &Operations,
    call: &Call,
    request: pb::ListAssistanceRequest,
) -> Result<pb::ListAssistanceResponse, Error> {
    let mut fields = server::Fields::default();
    let page = asked::page(&mut fields, request.page_size, &request.page_token, &request.filter);
    let mut filter = AssistanceFilter::default();
    asked::filter(&mut fields, &request.filter, "state, late", |field, value| {
        match field {
            "state" => {
                AssistanceState::parse(&value)
                    .ok_or("state is no state of a request".to_owned())?;
                filter.state = Some(value);
            }
            "late" => {
                let late = value.parse().map_err(|_| "late is true or false".to_owned())?;
                filter.late = Some(late);
            }
            _ => return Ok(false),
        }
        Ok(true)
    });
    fields.done()?;
    let (reader, before) = (service.db.reader(), page.cursor.as_deref());
    let mut found = store::mine(reader, &call.agency, &filter, before, page.want()).await?;
    let next_page_token = page.cut(&mut found, |one| one.name.clone());
    let assistance_requests = found.iter().map(convert::assistance::assistance).collect();
    Ok(pb::ListAssistanceResponse { assistance_requests, next_page_token })
}
