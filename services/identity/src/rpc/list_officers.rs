//! Lists the officers of one agency: for that agency and the operator. To others it does not exist.

use proto::identity::v1::{ListOfficersRequest, ListOfficersResponse};

use super::{Ask, page::Page, wire};
use crate::{Identity, error::Error, store};

pub(super) async fn list_officers(
    service: &Identity,
    ask: Ask<ListOfficersRequest>,
) -> Result<ListOfficersResponse, Error> {
    let request = ask.message;
    let agency = wire::agency_in(&request.parent, "parent")?;
    let page = Page::of(format!("officers {agency}"), request.page_size, &request.page_token)?;

    if !ask.caller.is_operator() && ask.caller.agency().as_ref() != Some(&agency) {
        return Err(Error::NotFound);
    }
    let db = service.db.reader();
    store::agency::get(db, &agency).await?.ok_or(Error::NotFound)?;
    let rows = store::officer::list(db, &agency, page.after.as_deref(), page.limit()).await?;
    let (officers, next_page_token) = page.cut(rows, |officer| &officer.certificate_no);
    let officers = officers.into_iter().map(wire::officer_out).collect();
    Ok(ListOfficersResponse { officers, next_page_token })
}
