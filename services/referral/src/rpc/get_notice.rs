//! Reads a notice that the caller sent or received.

use proto::referral::v1 as pb;

use super::{Call, shown};
use crate::{Referral, domain::notice::Notice, error::Error, store};

pub(super) async fn get_notice(
    service: &Referral,
    call: &Call,
    request: pb::GetNoticeRequest,
) -> Result<pb::GetNoticeResponse, Error> {
    let one: Notice = store::kept(service.db.reader(), &call.agency, &request.name).await?;
    Ok(pb::GetNoticeResponse { notice: Some(shown::notice(&one)) })
}
