//! Lists the bodies of the county, by code.

use proto::identity::v1::{ListAgenciesRequest, ListAgenciesResponse};

use super::{page::Page, wire};
use crate::{Identity, error::Error, store};

pub(super) async fn list_agencies(
    service: &Identity,
    request: ListAgenciesRequest,
) -> Result<ListAgenciesResponse, Error> {
    let page = Page::of("agencies".to_owned(), request.page_size, &request.page_token)?;
    let rows = store::agency::list(service.db.reader(), page.after.as_deref(), page.limit());
    let (agencies, next_page_token) = page.cut(rows.await?, |agency| agency.code.as_str());
    let agencies = agencies.into_iter().map(wire::agency_out).collect();
    Ok(ListAgenciesResponse { agencies, next_page_token })
}
