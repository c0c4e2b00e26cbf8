//! The receiver confirms that it has a notice; late is taken and marked.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Change, Deed, Known, change},
    shown,
};
use crate::{
    Referral,
    domain::{linkage::NOTICE, notice::Notice},
    error::Error,
    events::linkage as events,
};

pub(super) async fn acknowledge_notice(
    service: &Referral,
    call: Call,
    request: pb::AcknowledgeNoticeRequest,
) -> Result<pb::AcknowledgeNoticeResponse, Error> {
    let asked = Change {
        request_id: request.request_id,
        method: "AcknowledgeNotice",
        name: request.name,
        etag: request.etag,
        officer: request.officer,
    };
    let mut fields = server::Fields::default();
    asked.check(&mut fields);
    fields.done()?;
    let decide = move |one: &mut Notice, known: &Known| {
        one.acknowledge(&known.by, known.now)?;
        let late = if one.late { ", after its term" } else { "" };
        Ok(Deed {
            kind: "NOTICE_ACKNOWLEDGED",
            law: NOTICE,
            summary: format!("{} acknowledged the notice of {}{late}", one.to, one.from),
            exchanges: vec![events::notice(one, known.now)],
        })
    };
    let answer =
        |one: &Notice, _: &_| pb::AcknowledgeNoticeResponse { notice: Some(shown::notice(one)) };
    change(service, call, asked, decide, answer).await
}
