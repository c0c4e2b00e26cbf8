//! One revision.

use proto::catalogue::v1 as pb;

use crate::{Catalogue, error::Error, events, store};

pub(super) async fn get_revision(
    service: &Catalogue,
    request: &pb::GetRevisionRequest,
) -> Result<pb::GetRevisionResponse, Error> {
    let reader = service.db.reader();
    let number = match request.name.as_str() {
        "revisions/latest" => store::newest(reader).await?,
        name => store::parse_name(name).ok_or(Error::NotFound("revision"))?,
    };
    let revision = store::revision(reader, number).await?;
    Ok(pb::GetRevisionResponse { revision: Some(events::message(&revision)) })
}
