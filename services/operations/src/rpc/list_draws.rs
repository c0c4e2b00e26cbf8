//! Pages of the draws, newest first.

use proto::operations::v1 as pb;

use super::{Call, asked, convert};
use crate::{Operations, domain::draw::Draw, error::Error, store};

pub(super) async fn list_draws(
    service: &Operations,
    _: &Call,
    request: pb::ListDrawsRequest,
) -> Result<pb::ListDrawsResponse, Error> {
    let mut fields = server::Fields::default();
    let page = asked::page(&mut fields, request.page_size, &request.page_token, "");
    fields.done()?;
    let reader = service.db.reader();
    let mut draws: Vec<Draw> =
        store::public_page(reader, page.cursor.as_deref(), page.want()).await?;
    let next_page_token = page.cut(&mut draws, |one| one.name.clone());
    let draws = draws.iter().map(convert::draw::draw).collect();
    Ok(pb::ListDrawsResponse { draws, next_page_token })
}
