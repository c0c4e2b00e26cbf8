//! Pages of the joint operations the caller may see, newest first.

use proto::operations::v1 as pb;

use super::{Call, asked, convert};
use crate::{Operations, domain::operation::Operation, error::Error, store};

pub(super) async fn list_operations(
    service: &Operations,
    call: &Call,
    request: pb::ListOperationsRequest,
) -> Result<pb::ListOperationsResponse, Error> {
    let mut fields = server::Fields::default();
    let page = asked::page(&mut fields, request.page_size, &request.page_token, "");
    fields.done()?;
    let reader = service.db.reader();
    let before = page.cursor.as_deref();
    let mut operations: Vec<Operation> =
        store::seen_page(reader, &call.agency, before, page.want()).await?;
    let next_page_token = page.cut(&mut operations, |one| one.name.clone());
    let operations = operations.iter().map(convert::operation::operation).collect();
    Ok(pb::ListOperationsResponse { operations, next_page_token })
}
