//! Takes one step on the ladder.

use proto::arbitration::v1 as pb;
use sha2::{Digest as _, Sha256};

use super::{
    Call, know,
    once::{Written, once},
    open_dispute::hold,
    position, said,
};
use crate::{
    Arbitration,
    domain::{
        act::{Act, Said, World},
        engine,
        opening::Word,
        precedent::Precedent,
        word::StepKind,
    },
    error::Error,
    events::{self, Doer},
    message, store,
};

pub(super) async fn take_step(
    service: &Arbitration,
    call: Call,
    request: pb::TakeStepRequest,
) -> Result<pb::TakeStepResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let version = fields.need(message::version(&request.etag), "etag", "is missing or malformed");
    let said = said::read(request.step.and_then(|step| step.kind), &mut fields);
    fields.done()?;
    let Some((step, mut said)) = said else { return Err(Error::Corrupt("step")) };
    know(service, said.competent.as_slice()).await?;
    if step == StepKind::OfferSettlement {
        said.sha256 = settlement_sha256(&request.name, &said);
    }
    let position = position(service, &call.agency, &request.officer, now).await;

    let (by, officer) = (call.agency.clone(), request.officer.clone());
    let doer = Doer { agency: by.to_string(), officer: officer.clone() };
    let command = call.command(request.request_id, "TakeStep", now);
    let (again, name) = (service.clone(), request.name);
    once(service, command, move |tx| {
        Box::pin(async move {
            let act = Act { step, said, by, officer, position: position?, now };
            let before = store::dispute(tx, &act.by, &name).await?;
            if Some(before.version) != version {
                return Err(Error::Stale);
            }
            let (bodies, calendar) = (again.bodies(), again.calendar.table());
            let world = World { settings: &again.settings, calendar: &calendar, bodies: &bodies };
            let outcome = engine::take(&before, &act, world)
                .map_err(|refusal| Error::refused(refusal, name.clone()))?;
            let after = &outcome.dispute;
            // A rejected dispute goes on: what it is over may be another's by now, or settled.
            if before.state.is_final() && !after.state.is_final() {
                hold(tx, after, &act.by, &Word::default(), now).await?;
            }
            store::update_dispute(tx, &before, after).await?;
            store::insert_tellings(tx, &name, &outcome.tellings).await?;
            let rungs = outcome.rungs.iter();
            let mut entries: Vec<_> =
                rungs.map(|(term, warning)| events::rung(&before, term, *warning, now)).collect();
            entries.push(events::stepped(&before, &outcome, &act, &doer));
            let decided = before.file.decision.is_none().then(|| Precedent::of(after)).flatten();
            Ok(Written {
                response: pb::TakeStepResponse { dispute: Some(message::dispute(after)) },
                entries,
                shown: outcome.shown.iter().map(|code| (code.clone(), name.clone())).collect(),
                decided,
            })
        })
    })
    .await
}

/// What each party signs: SHA-256 over the dispute, the competent body, the first day and the text,
/// each on a line of its own.
fn settlement_sha256(name: &str, said: &Said) -> String {
    let competent = said.competent.as_ref().map(ToString::to_string).unwrap_or_default();
    let text = [name, &competent, &message::day(said.effective_from), &said.text].join("\n");
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
