//! Makes a draw void before anybody was drawn, and says whose fault it is. For the office; and for a body of
//! the draw when the office does not run it.

use proto::operations::v1 as pb;
use types::AgencyCode;

use super::{
    Call,
    convert::draw::draw as message,
    once::{Written, once},
    reveal_nonce::{release, void},
};
use crate::{Operations, domain::draw::Draw, error::Error, events::Doer, store};

pub(super) async fn void_draw(
    service: &Operations,
    call: Call,
    request: pb::VoidDrawRequest,
) -> Result<pb::VoidDrawResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.text(&request.reason, 1000, "reason");
    let by = AgencyCode::parse(&request.by_fault_of);
    let by = fields.need(by, "by_fault_of", "is no code of a body");
    fields.done()?;
    let by = by.ok_or(Error::Corrupt("request"))?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "VoidDraw", now);
    let (name, reason) = (request.name, request.reason);
    let run_hours = service.settings.draw_run_hours;
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let draw = store::public::<Draw>(tx, &name).await?.ok_or(Error::NotFound("draw"))?;
            if by != draw.office && draw.parts.iter().all(|part| part.agency != by) {
                let fault = "takes no part in the draw";
                return Err(server::Violations::of("by_fault_of", fault).into());
            }
            draw.voidable((&agency, &by), run_hours, now)
                .map_err(|refusal| Error::refused(refusal, &name))?;
            let draw = draw.void(reason.trim().to_owned(), by.as_str());
            store::update(tx, &draw).await?;
            release(tx, &draw).await?;
            Ok(Written {
                response: pb::VoidDrawResponse { draw: Some(message(&draw)) },
                entries: vec![void(&draw).by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}
