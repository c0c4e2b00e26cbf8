//! Pages of the plans the caller may see, newest first.

use proto::operations::v1 as pb;

use super::{Call, asked, convert};
use crate::{Operations, domain::plan::Plan, error::Error, store};

pub(super) async fn list_plans(
    service: &Operations,
    call: &Call,
    request: pb::ListPlansRequest,
) -> Result<pb::ListPlansResponse, Error> {
    let mut fields = server::Fields::default();
    let page = asked::page(&mut fields, request.page_size, &request.page_token, "");
    fields.done()?;
    let reader = service.db.reader();
    let before = page.cursor.as_deref();
    let mut plans: Vec<Plan> = store::seen_page(reader, &call.agency, before, page.want()).await?;
    let next_page_token = page.cut(&mut plans, |one| one.name.clone());
    let plans = plans.iter().map(convert::plan::plan).collect();
    Ok(pb::ListPlansResponse { plans, next_page_token })
}
