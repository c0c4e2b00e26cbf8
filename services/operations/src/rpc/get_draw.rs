//! One draw. It is public: what must stay secret is not in it.

use proto::operations::v1 as pb;

use super::{Call, convert};
use crate::{Operations, domain::draw::Draw, error::Error, store};

pub(super) async fn get_draw(
    service: &Operations,
    _: &Call,
    request: pb::GetDrawRequest,
) -> Result<pb::GetDrawResponse, Error> {
    let draw = store::public::<Draw>(service.db.reader(), &request.name).await?;
    let draw = draw.ok_or(Error::NotFound("draw"))?;
    Ok(pb::GetDrawResponse { draw: Some(convert::draw::draw(&draw)) })
}
