//! Reads a hand-over with its lines.

use proto::evidence::v1 as pb;

use super::Call;
use crate::{Evidence, error::Error, sheet, store};

pub(super) async fn get_hand_over(
    service: &Evidence,
    call: Call,
    request: pb::GetHandOverRequest,
) -> Result<pb::GetHandOverResponse, Error> {
    let found = store::hand_over(service.db.reader(), &call.agency, &request.name).await?;
    Ok(pb::GetHandOverResponse { hand_over: Some(sheet::message(&found)) })
}
