//! Counts the list line by line: the receiver's findings.

use command::{Written, once};
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;
use server::Fields;
use types::AgencyCode;

use super::{Call, convert, hand_over_said as said};
use crate::{
    Evidence,
    domain::hand_over::{Count, count::Counting},
    error::Error,
    sheet, store,
};

pub(super) async fn count_hand_over(
    service: &Evidence,
    call: Call,
    request: pb::CountHandOverRequest,
) -> Result<pb::CountHandOverResponse, Error> {
    let now = service.clock.now();
    let mut fields = Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    let version = fields.need(convert::version(&request.etag), "etag", "is missing or malformed");
    fields.text(&request.officer, 64, "officer");
    fields.text(&request.custodian, 64, "custodian");
    said::investigators(&mut fields, &request.investigators);
    let counts = said::counts(&mut fields, &call.agency, request.counts);
    fields.done()?;
    let counting = Counting {
        by: call.agency.clone(),
        officer: request.officer,
        custodian: request.custodian,
        investigators: request.investigators,
        counts,
    };
    let allowed = allowed(service, &call, &counting, now).await;

    let command = call.command(request.request_id, "CountHandOver", now);
    let name = request.name;
    once(&service.db, command, move |tx| {
        Box::pin(async move { write(tx, &name, version, (counting, allowed), now).await })
    })
    .await
}

async fn write(
    tx: &DatabaseTransaction,
    name: &str,
    version: Option<i32>,
    (counting, allowed): (Counting, Result<(), Error>),
    now: DateTime<Utc>,
) -> Result<Written<pb::CountHandOverResponse>, Error> {
    let by = counting.by.clone();
    let before = store::hand_over_to_change(tx, &by, name).await?;
    let dossier = store::dossier(tx, &by, &store::dossier_name(before.dossier)).await?;
    let items = said::items_of_list(tx, &by, &before.items()).await?;
    let photos = photographs(tx, name, &counting.counts).await;
    // Who counts twice is told so, and not that the etag is old.
    let mut after = before
        .count(counting, &dossier, &items)
        .map_err(|refusal| Error::refused(refusal, name))?;
    allowed?;
    photos?;
    if Some(before.version) != version {
        return Err(Error::Stale);
    }
    after.list = Some(sheet::digest(&after));
    said::check_length(&after)?;
    store::update_hand_over(tx, &before, &after).await?;
    let message = sheet::message(&after);
    let doer = (&by, after.receiver_officer.as_str());
    let kind = "evidence.hand_over_counted.v1";
    let entries = vec![said::entry(kind, &after, doer, now, &message)];
    Ok(Written { response: pb::CountHandOverResponse { hand_over: Some(message) }, entries })
}

/// Asks identity: the officers, and the bodies that are to keep something.
async fn allowed(
    service: &Evidence,
    call: &Call,
    counting: &Counting,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let investigators = counting.investigators.iter().enumerate();
    let mut officers: Vec<(String, String)> = investigators
        .map(|(at, certificate)| (format!("investigators[{at}]"), certificate.clone()))
        .collect();
    officers.push(("officer".to_owned(), counting.officer.clone()));
    officers.push(("custodian".to_owned(), counting.custodian.clone()));
    service.directory.positions(&call.agency, clock::legal_date(now), &officers).await?;
    let mut seen: BTreeSet<&AgencyCode> = BTreeSet::new();
    let mut keepers = BTreeSet::new();
    for (at, (_, count)) in counting.counts.iter().enumerate() {
        // Each body once, under the first line that names it.
        if let Some(body) = count.kept_by.as_ref().filter(|body| seen.insert(body)) {
            keepers.insert((format!("counts[{at}].kept_by"), body.clone()));
        }
    }
    said::known(service, &keepers).await
}

/// That the photographs are files of this hand-over.
async fn photographs(
    tx: &DatabaseTransaction,
    name: &str,
    counts: &[(i32, Count)],
) -> Result<(), Error> {
    if counts.iter().all(|(_, count)| count.photos.is_empty()) {
        return Ok(());
    }
    let known = store::contents_of(tx, &[name.to_owned()]).await?;
    let known: BTreeSet<String> = known.into_iter().map(|content| content.name).collect();
    let mut fields = Fields::default();
    for (at, (_, count)) in counts.iter().enumerate() {
        for (photo, content) in count.photos.iter().enumerate() {
            let here = format!("counts[{at}].photos[{photo}]");
            fields.check(known.contains(content), here, "is no content of this hand-over");
        }
    }
    Ok(fields.done()?)
}
