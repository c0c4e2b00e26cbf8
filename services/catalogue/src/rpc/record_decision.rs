//! Publishes what a dispute settled, as a revision; told again, by whatever request, it is the same.

use auth::Attestation;
use chrono::{DateTime, Utc};
use command::{Command, Written, once};
use proto::catalogue::v1 as pb;
use types::AgencyCode;

use super::{
    examine::{Draft, digest, examine},
    publish_revision::{count, look_again, writes},
};
use crate::{
    Catalogue,
    domain::{refusal::Refusal, revision::Revision},
    error::Error,
    events, store,
};

/// Who tells it, as the idempotency records name it.
const CALLER: &str = "service/arbitration";
/// How often a decision is made anew because another revision was faster.
const TRIES: usize = 10;

/// What was decided, as a set of changes.
#[derive(Clone, Debug)]
struct Decision {
    dispute: String,
    act: String,
    agency: AgencyCode,
    officer: String,
    changes: pb::Changes,
}

pub(super) async fn record_decision(
    service: &Catalogue,
    attestation: Attestation,
    request: pb::RecordDecisionRequest,
) -> Result<pb::RecordDecisionResponse, Error> {
    let now = service.clock.now();
    let (request_id, method) = (request.request_id.clone(), "RecordDecision");
    let decision = parse(request)?;
    let caller = CALLER.to_owned();
    let command = Command { caller, attestation, request_id, method, now };
    let mut tries = 0;
    loop {
        let answer = record(service, command.clone(), decision.clone(), now).await;
        tries += 1;
        match answer {
            // Another revision was faster: the boundary is put on top of it.
            Err(Error::Stale) if tries < TRIES => {}
            Ok(response) => {
                look_again(service).await;
                return Ok(response);
            }
            Err(error) => return Err(error),
        }
    }
}

fn parse(request: pb::RecordDecisionRequest) -> Result<Decision, Error> {
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.check(request.officer.len() <= 64, "officer", "is longer than 64 bytes");
    let agency = AgencyCode::parse(&request.agency);
    let agency = fields.need(agency, "agency", "is no agency code");
    let boundary = fields.need(request.boundary, "boundary", "is missing");
    let name = boundary.as_ref().map(|boundary| (boundary.dispute.clone(), boundary.act.clone()));
    let entry = boundary.map(|boundary| pb::Entry {
        entry: Some(pb::entry::Entry::Boundary(boundary)),
        ..pb::Entry::default()
    });
    for fault in entry.iter().filter_map(|entry| crate::read::entry(entry).err()).flatten() {
        let (field, fault) = fault.split_once(' ').unwrap_or((&fault, ""));
        fields.fault(format!("boundary.{field}"), fault);
    }
    fields.done()?;
    let (Some(agency), Some(entry), Some((dispute, act))) = (agency, entry, name) else {
        return Err(Error::Corrupt("decision"));
    };
    let changes = pb::Changes { put: vec![entry], remove: Vec::new() };
    Ok(Decision { dispute, act, agency, officer: request.officer, changes })
}

async fn record(
    service: &Catalogue,
    command: Command,
    decision: Decision,
    now: DateTime<Utc>,
) -> Result<pb::RecordDecisionResponse, Error> {
    let draft = prepare(service, &decision).await;
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            if let Some(known) = store::of_dispute(tx, &decision.dispute).await? {
                let response =
                    pb::RecordDecisionResponse { revision: Some(events::message(&known)) };
                return Ok(Written { response, entries: Vec::new() });
            }
            let draft = draft?;
            let (put, remove) = writes(&draft);
            let revision = Revision {
                number: draft.snapshot.revision() + 1,
                title: format!("the decision of {}", decision.dispute),
                announcement: decision.act,
                agency: decision.agency.to_string(),
                officer: decision.officer,
                published_at: now,
                puts: count(put.len()),
                removes: count(remove.len()),
                changes_sha256: digest(&decision.changes),
                dispute: Some(decision.dispute),
            };
            store::insert_revision(tx, &revision).await?;
            store::write(tx, revision.number, &put, remove).await?;
            let response =
                pb::RecordDecisionResponse { revision: Some(events::message(&revision)) };
            Ok(Written { response, entries: vec![events::published(&revision)] })
        })
    })
    .await
}

/// The revision the decision would be, if nothing is wrong with it.
async fn prepare(service: &Catalogue, decision: &Decision) -> Result<Draft, Error> {
    let draft = examine(service, &decision.changes, true).await?;
    if draft.examined.faults.is_empty() {
        return Ok(draft);
    }
    let refusal = Refusal::Faulty { faults: draft.examined.faults };
    Err(Error::refused(refusal, decision.dispute.clone()))
}
