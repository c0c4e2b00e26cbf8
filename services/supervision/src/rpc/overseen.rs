//! A look of an overseer at what is others' is itself a row of the journal, which those see whom it
//! looked at: without that row there is no answer.

use std::collections::BTreeSet;

use db::journal;
use prost::Message;
use types::Id;

use super::Call;
use crate::{
    Supervision,
    domain::{law::SUPERVISION, settings::Scope},
    error::Error,
    events::{Doer, Happened},
    store::{self, Oversight, Reader},
};

/// Who reads, and what it oversees.
pub(super) fn reader<'a>(call: &'a Call, scope: &'a Option<Scope>) -> Reader<'a> {
    Reader { agency: call.agency.as_str(), scope: scope.as_ref() }
}

/// What a call looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    /// The RPC.
    pub method: &'static str,
    /// What was asked for: a docket or a filter; empty when there was none.
    pub subject: String,
    /// The docket; empty when it was not about one.
    pub docket: String,
    /// Codes of the bodies whose rows were seen.
    pub bodies: BTreeSet<String>,
}

/// Keeps a look, unless it saw nothing but the caller's own.
pub(super) async fn keep(
    service: &Supervision,
    call: Call,
    mut look: Look,
    response: &impl Message,
) -> Result<(), Error> {
    let overseer = call.agency.clone();
    look.bodies.remove(overseer.as_str());
    look.bodies.remove("");
    if look.bodies.is_empty() {
        return Ok(());
    }
    let now = service.clock.now();
    let command = call.command(String::new(), look.method, now);
    let attestation = command.attested(&response.encode_to_vec())?;
    let id = Id::<Oversight>::new(now).to_string();
    let overseen: Vec<String> = look.bodies.into_iter().collect();
    let summary =
        format!("{overseer} looked at what is of {}: {}", overseen.join(", "), look.method);
    let entry = Happened {
        docket: look.docket,
        bodies: overseen.clone(),
        ..Happened::new("OVERSEEN", &format!("oversights/{id}"), summary)
            .under(SUPERVISION.rule, SUPERVISION.basis)
    };
    let entry = journal::Entry {
        attestation: Some(attestation),
        ..entry.by(&Doer::new(&overseer, ""), now)
    };
    let (method, subject) = (look.method.to_owned(), look.subject);
    let kept = service.db.write(move |tx| {
        Box::pin(async move {
            let row_id = journal::append(tx, entry).await?;
            let overseer = overseer.as_str().to_owned();
            let look = Oversight { id, row_id, at: now, overseer, method, subject, overseen };
            store::insert_oversight(tx, &look).await
        })
    });
    kept.await
}
