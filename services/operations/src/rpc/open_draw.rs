//! Reveals the office's nonce when the visits are done: from then on anybody can replay the draw.

use proto::operations::v1 as pb;

use super::{
    Call,
    convert::draw::draw as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{draw::Draw, law, refusal::Refusal, word::DrawState},
    error::Error,
    events::{Doer, Happened},
    store,
};

pub(super) async fn open_draw(
    service: &Operations,
    call: Call,
    request: pb::OpenDrawRequest,
) -> Result<pb::OpenDrawResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    fields.done()?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "OpenDraw", now);
    let (name, waits) = (request.name, service.settings.open_after_visits);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let draw = store::public::<Draw>(tx, &name).await?.ok_or(Error::NotFound("draw"))?;
            if draw.office != agency {
                let whose = format!("the office {}", draw.office);
                let refusal = Refusal::NotYours { act: "opening the draw", whose, law: law::O_08 };
                return Err(Error::refused(refusal, &name));
            }
            let secret = if draw.state == DrawState::Drawn {
                store::secret(tx, &name).await?
            } else {
                Default::default()
            };
            let ahead =
                if waits { store::ahead(tx, &name, clock::legal_date(now)).await? } else { 0 };
            let draw =
                draw.open(secret, ahead).map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &draw).await?;
            store::drop_secret(tx, &name).await?;
            let summary = format!("{agency} opened {}: anybody can replay it", draw.title);
            let evidence =
                vec![format!("office_nonce:{}", draw.office_nonce), format!("seed:{}", draw.seed)];
            let happened = Happened::new("DRAW_OPENED", &name, summary).under(law::O_08);
            Ok(Written {
                response: pb::OpenDrawResponse { draw: Some(message(&draw)) },
                entries: vec![happened.with(evidence).by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}
