//! A body commits to its nonce.

use proto::operations::v1 as pb;

use super::{
    Call,
    convert::draw::draw as message,
    once::{Written, once},
};
use crate::{
    Operations,
    domain::{
        draw::{Draw, is_commitment},
        law,
    },
    error::Error,
    events::{Doer, Happened},
    store,
};

pub(super) async fn commit_nonce(
    service: &Operations,
    call: Call,
    request: pb::CommitNonceRequest,
) -> Result<pb::CommitNonceResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let fits = is_commitment(&request.commitment);
    fields.check(fits, "commitment", "is not 64 hexadecimal digits");
    fields.done()?;
    let certified = service.bodies.certified(&call.agency, &request.officer, now).await;

    let doer = Doer::new(&call.agency, &request.officer);
    let agency = call.agency.clone();
    let command = call.command(request.request_id, "CommitNonce", now);
    let (name, commitment) = (request.name, request.commitment);
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let draw = store::public::<Draw>(tx, &name).await?.ok_or(Error::NotFound("draw"))?;
            let draw = draw
                .commit(&agency, &commitment, now)
                .map_err(|refusal| Error::refused(refusal, &name))?;
            store::update(tx, &draw).await?;
            let summary = format!("{agency} committed to a nonce");
            let happened = Happened::new("DRAW_COMMITTED", &name, summary)
                .under(law::O_08)
                .with(vec![format!("commitment:{commitment}")]);
            Ok(Written {
                response: pb::CommitNonceResponse { draw: Some(message(&draw)) },
                entries: vec![happened.by(&doer, now)],
                shown: Vec::new(),
            })
        })
    })
    .await
}
