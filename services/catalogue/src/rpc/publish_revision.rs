//! Publishes a revision: one signed act of the head of a publisher.

use command::{Command, Written, once};
use proto::{catalogue::v1 as pb, identity::v1::Position};
use types::AgencyCode;

use super::{
    Call,
    examine::{CHANGES, Draft, digest, examine},
};
use crate::{
    Catalogue,
    domain::{entry::Entry, refusal::Refusal, revision::Revision},
    error::Error,
    events, store,
};

pub(super) async fn publish_revision(
    service: &Catalogue,
    call: Call,
    request: pb::PublishRevisionRequest,
) -> Result<pb::PublishRevisionResponse, Error> {
    let now = service.clock.now();
    let changes = parse(&request)?;
    // What may fail fails in the job: a request that was answered is answered again.
    let draft = prepare(service, &call.agency, &changes, &request).await;

    let (caller, request_id) = (call.agency.to_string(), request.request_id.clone());
    let method = "PublishRevision";
    let command = Command { caller, attestation: call.attestation, request_id, method, now };
    let response = once(&service.db, command, move |tx| {
        Box::pin(async move {
            let draft = draft?;
            let (put, remove) = writes(&draft);
            let revision = Revision {
                number: draft.snapshot.revision() + 1,
                title: request.title.trim().to_owned(),
                announcement: request.announcement.trim().to_owned(),
                agency: call.agency.to_string(),
                officer: request.officer,
                published_at: now,
                puts: count(put.len()),
                removes: count(remove.len()),
                changes_sha256: request.preview_sha256,
                dispute: None,
            };
            store::insert_revision(tx, &revision).await?;
            store::write(tx, revision.number, &put, remove).await?;
            let response =
                pb::PublishRevisionResponse { revision: Some(events::message(&revision)) };
            Ok::<_, Error>(Written { response, entries: vec![events::published(&revision)] })
        })
    })
    .await?;
    look_again(service).await;
    Ok(response)
}

fn parse(request: &pb::PublishRevisionRequest) -> Result<pb::Changes, Error> {
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.title, 500, "title");
    fields.text(&request.announcement, 500, "announcement");
    fields.text(&request.officer, 64, "officer");
    fields.check(request.base_revision >= 0, "base_revision", "is negative");
    let hex = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    let digest = request.preview_sha256.len() == 64 && request.preview_sha256.bytes().all(hex);
    fields.check(digest, "preview_sha256", "is not 64 hexadecimal digits");
    let changes = fields.need(request.changes.clone(), "changes", "are missing");
    let many = changes.as_ref().is_some_and(|sent| sent.put.len() + sent.remove.len() > CHANGES);
    fields.check(!many, "changes", "are more than 10000");
    fields.done()?;
    changes.ok_or(Error::Corrupt("changes"))
}

/// The revision, if this officer of this body may publish it as it was previewed.
async fn prepare(
    service: &Catalogue,
    agency: &AgencyCode,
    changes: &pb::Changes,
    request: &pb::PublishRevisionRequest,
) -> Result<Draft, Error> {
    let subject = store::revision_name(request.base_revision.saturating_add(1));
    let refused = |refusal| Err(Error::refused(refusal, subject.clone()));
    let publishers = &service.settings.publishers;
    if !publishers.contains(agency) {
        let (agency, publishers) = (agency.clone(), publishers.clone());
        return refused(Refusal::NotAPublisher { agency, publishers });
    }
    let today = clock::legal_date(service.clock.now());
    let officer = [("officer".to_owned(), request.officer.clone())];
    let positions = service.directory.positions(agency, today, &officer).await?;
    let head =
        |position: &Position| matches!(position, Position::PrincipalHead | Position::ActingHead);
    if !positions.iter().any(head) {
        return refused(Refusal::NotTheHead);
    }
    let made = digest(changes);
    if made != request.preview_sha256 {
        let sent = request.preview_sha256.clone();
        return refused(Refusal::NotAsPreviewed { sent, made });
    }
    let draft = examine(service, changes, false).await?;
    if draft.snapshot.revision() != request.base_revision {
        return Err(Error::Stale);
    }
    if !draft.examined.faults.is_empty() {
        return refused(Refusal::Faulty { faults: draft.examined.faults });
    }
    Ok(draft)
}

/// What a draft writes: the entries that differ, and those that go.
pub(super) fn writes(draft: &Draft) -> (Vec<Entry>, &[crate::domain::entry::Name]) {
    let put = draft.changes.real_puts(&draft.snapshot.content).cloned().collect();
    (put, &draft.changes.remove)
}

pub(super) fn count(entries: usize) -> i32 {
    i32::try_from(entries).unwrap_or(i32::MAX)
}

/// Reads what was just written, so that the publisher's next question finds it. If that fails, the
/// loop reads it a moment later.
pub(super) async fn look_again(service: &Catalogue) {
    if let Err(error) = service.snapshots.follow(&service.db).await {
        tracing::warn!(%error, "reading the revision just published");
    }
}
