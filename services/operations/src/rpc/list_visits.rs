//! Pages of the visits the caller takes part in; the guidance office sees all. Newest first.

use proto::operations::v1 as pb;
use server::Fields;

use super::{Call, asked, convert};
use crate::{
    Operations,
    domain::word::VisitState,
    error::Error,
    store::{self, VisitFilter},
};

pub(super) async fn list_visits(
    service: &Operations,
    call: &Call,
    request: pb::ListVisitsRequest,
) -> Result<pb::ListVisitsResponse, Error> {
    let mut fields = Fields::default();
    let page = asked::page(&mut fields, request.page_size, &request.page_token, &request.filter);
    let mut filter = VisitFilter::default();
    let known = "day, state, operation, schedule";
    asked::filter(&mut fields, &request.filter, known, |field, value| {
        match field {
            "day" => {
                let mut day = Fields::default();
                asked::day(&mut day, &value, "day");
                day.done().map_err(|_| "day is not a date YYYY-MM-DD".to_owned())?;
                filter.day = Some(value);
            }
            "state" => {
                VisitState::parse(&value).ok_or("state is no state of a visit".to_owned())?;
                filter.state = Some(value);
            }
            "operation" => filter.operation = Some(value),
            "schedule" => filter.schedule = Some(value),
            _ => return Ok(false),
        }
        Ok(true)
    });
    fields.done()?;
    let (reader, before) = (service.db.reader(), page.cursor.as_deref());
    let mut found = store::visits_page(reader, &call.agency, &filter, before, page.want()).await?;
    let next_page_token = page.cut(&mut found, |one| one.name.clone());
    let visits = found.iter().map(convert::visit::visit).collect();
    Ok(pb::ListVisitsResponse { visits, next_page_token })
}
