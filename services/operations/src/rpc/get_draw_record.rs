//! The record of a draw that was opened, in parts of at most 1 MiB.

use proto::operations::v1 as pb;

use super::Call;
use crate::{
    Operations,
    domain::{draw::Draw, law, refusal::Refusal, word::DrawState},
    error::Error,
    store,
};

pub(super) async fn get_draw_record(
    service: &Operations,
    _: &Call,
    request: pb::GetDrawRecordRequest,
) -> Result<pb::GetDrawRecordResponse, Error> {
    let reader = service.db.reader();
    let draw = store::public::<Draw>(reader, &request.name).await?;
    let draw = draw.ok_or(Error::NotFound("draw"))?;
    if draw.state != DrawState::Opened {
        let (act, state) = ("replaying the draw", draw.state.as_str());
        let refusal = Refusal::WrongState { act, state, law: law::O_08 };
        return Err(Error::refused(refusal, &request.name));
    }
    let fault = || server::Violations::of("offset", "is not a place in the record");
    let total_bytes = store::text_bytes(reader, &draw.name).await?;
    if request.offset < 0 || request.offset > total_bytes {
        return Err(fault().into());
    }
    let found = store::part_of_text(reader, &draw.name, request.offset).await?;
    let (start, content) = found.ok_or(Error::Corrupt("draw_text"))?;
    let from = usize::try_from(request.offset - start).unwrap_or(usize::MAX);
    let part = content.get(from..).ok_or_else(fault)?.to_owned();
    Ok(pb::GetDrawRecordResponse { part, total_bytes })
}
