//! The one write path: state, journal row and idempotency row in one transaction, once for ever
//! for each `request_id`.

use command::Command;
use db::{Job, journal::Entry};
use prost::Message;
use sea_orm::DatabaseTransaction;

use super::{Ask, trace::Note};
use crate::{Identity, error::Error};

/// Runs `work` and writes down what it did, unless this caller's `request_id` was used before:
/// then the first answer is given again, or the other request refused.
pub(super) async fn once<M, R, F>(
    service: &Identity,
    ask: &Ask<M>,
    method: &'static str,
    request_id: &str,
    work: F,
) -> Result<R, Error>
where
    R: Message + Default + 'static,
    F: for<'a> FnOnce(&'a DatabaseTransaction) -> Job<'a, (R, Note), Error> + Send + 'static,
{
    let agency = ask.caller.agency().map(|code| code.to_string()).unwrap_or_default();
    let command = Command {
        caller: ask.caller.workload.to_string(),
        attestation: ask.attestation.clone(),
        request_id: request_id.to_owned(),
        method,
        now: service.clock.now(),
    };
    let first = command.clone();
    let written = service.db.write(move |tx| {
        Box::pin(async move {
            if let Some(answer) = first.first_answer(tx).await? {
                return Ok(answer);
            }
            let (answer, note) = work(tx).await?;
            let entry = entry(&first, agency, note);
            first.keep(tx, vec![entry], &answer.encode_to_vec()).await?;
            Ok(answer)
        })
    });
    match written.await {
        Ok(answer) => Ok(answer),
        // Perhaps the same call was made twice at once, and this one lost to the other: on the
        // idempotency row, or on any rule that the other's effect now breaks.
        Err(error) => command.first_answer(service.db.reader()).await?.ok_or(error),
    }
}

fn entry(command: &Command, agency: String, note: Note) -> Entry {
    Entry {
        at: command.now,
        kind: note.kind,
        resource: note.resource,
        docket: String::new(),
        agency,
        officer: String::new(),
        step: String::new(),
        payload: note.payload,
        request_id: command.request_id.clone(),
        attestation: None,
        marks: Vec::new(),
    }
}
