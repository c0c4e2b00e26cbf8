//! A body reveals its nonce. A wrong one makes the draw void, and says whose fault that is.

use proto::operations::v1 as pb;
use sea_orm::ConnectionTrait;

use super::{
    Call,
    convert::draw::draw as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{
        draw::{Draw, is_nonce},
        law,
        word::DrawState,
    },
    error::Error,
    events::{Doer, Happened},
    store,
};

pub(super) async fn reveal_nonce(
    service: &Operations,
    call: Call,
    request: pb::RevealNonceRequest,
) -> Result<pb::RevealNonceResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.check(is_nonce(&request.nonce), "nonce", "is not 16 to 128 visible ASCII characters");
    fields.done()?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "RevealNonce", now);
    let (name, nonce) = (request.name, request.nonce);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let draw = store::public::<Draw>(tx, &name).await?.ok_or(Error::NotFound("draw"))?;
            let draw = draw
                .reveal(&agency, &nonce, now)
                .map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &draw).await?;
            let happened = if draw.state == DrawState::Void {
                release(tx, &draw).await?;
                void(&draw)
            } else {
                let summary = format!("{agency} revealed its nonce");
                Happened::new("DRAW_REVEALED", &name, summary)
                    .under(law::O_08)
                    .with(vec![format!("nonce:{nonce}")])
            };
            Ok(Written {
                response: pb::RevealNonceResponse { draw: Some(message(&draw)) },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}

/// Lets other draws have the plans of one that is over.
pub(super) async fn release(tx: &impl ConnectionTrait, draw: &Draw) -> Result<(), Error> {
    for mut plan in store::plans_of(tx, &draw.plans).await? {
        if plan.drawing.as_ref() == Some(&draw.name) {
            plan.drawing = None;
            plan.version += 1;
            store::update(tx, &plan).await?;
        }
    }
    Ok(())
}

/// The row of a draw that became void.
pub(super) fn void(draw: &Draw) -> Happened {
    let summary = format!("the draw is void: {}", draw.void_reason);
    Happened::new("DRAW_VOID", &draw.name, summary)
        .under(law::O_08)
        .with(vec![format!("by:{}", draw.void_by)])
}
