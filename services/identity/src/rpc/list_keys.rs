//! Lists the keys enrolled for a workload: for the operator, or that workload.

use proto::identity::v1::{ListKeysRequest, ListKeysResponse};
use types::Workload;

use super::{Ask, page::Page, trace, wire};
use crate::{Identity, error::Error, store};

pub(super) async fn list_keys(
    service: &Identity,
    ask: Ask<ListKeysRequest>,
) -> Result<ListKeysResponse, Error> {
    let request = ask.message;
    let workload = Workload::parse(&request.workload)
        .ok_or_else(|| Error::field("workload", "is not a workload identifier"))?;
    let page = Page::of(format!("keys {workload}"), request.page_size, &request.page_token)?;

    if trace::reach(&ask.caller).is_some_and(|own| *own != workload) {
        return Err(Error::NotFound);
    }
    let keys =
        store::key::list(service.db.reader(), &workload, page.after.as_deref(), page.limit());
    let (keys, next_page_token) = page.cut(keys.await?, |key| &key.thumbprint);
    Ok(ListKeysResponse { keys: keys.into_iter().map(wire::key_out).collect(), next_page_token })
}
