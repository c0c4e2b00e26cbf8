//! Signs the counted list. With the second signature custody moves, in the same transaction.

use chrono::{DateTime, Utc};
use clock::Calendar;
use command::{
    Written,
    marks::{Marks, Term},
    once,
};
use proto::evidence::v1 as pb;
use sea_orm::DatabaseTransaction;

use super::{Call, hand_over_said as said};
use crate::{
    Evidence,
    domain::{
        custody::Digest,
        hand_over::{HandOver, moving::Moved},
        item::Item,
        word::{HandOverState, Purpose},
    },
    error::Error,
    marks, sheet, store,
};

pub(super) async fn sign_hand_over(
    service: &Evidence,
    call: Call,
    request: pb::SignHandOverRequest,
) -> Result<pb::SignHandOverResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    command::check_request_id(&mut fields, &request.request_id);
    fields.text(&request.officer, 64, "officer");
    let list = Digest::parse(&request.list_sha256);
    let list = fields.need(list, "list_sha256", "is not 64 hexadecimal digits in lower case");
    fields.done()?;
    let Some(list) = list else { return Err(Error::Corrupt("list_sha256")) };
    let certified = said::certified(service, &call, &[("officer", &request.officer)], now).await;

    let side = call.agency.clone();
    let command = call.command(request.request_id, "SignHandOver", now);
    let (name, officer, calendar) = (request.name, request.officer, service.calendar.table());
    once(&service.db, command, move |tx| {
        Box::pin(async move {
            let before = store::hand_over_to_change(tx, &side, &name).await?;
            let mut after = before
                .sign(&side, &officer, list, now)
                .map_err(|refusal| Error::refused(refusal, &name))?;
            certified?;
            let doer = (&side, officer.as_str());
            let signed = sheet::without_lines(&after);
            let kind = "evidence.hand_over_signed.v1";
            let mut entries = vec![said::entry(kind, &after, doer, now, &signed)];
            if after.state == HandOverState::Completed {
                after = fulfilled(tx, after).await?;
                let (moved, ended) = complete(tx, &after, (now, &calendar)).await?;
                let (kind, message) =
                    ("evidence.hand_over_completed.v1", sheet::completed(&after, &moved));
                let mut entry = said::entry(kind, &after, doer, now, &message);
                entry.marks.extend(Marks::new().terms(ended).encode());
                entries.push(entry);
            }
            store::update_hand_over(tx, &before, &after).await?;
            let message = sheet::message(&after);
            Ok(Written { response: pb::SignHandOverResponse { hand_over: Some(message) }, entries })
        })
    })
    .await
}

/// Whether the duty of the referral ends with it.
async fn fulfilled(tx: &DatabaseTransaction, after: HandOver) -> Result<HandOver, Error> {
    match after.purpose {
        Purpose::Referral => {
            // Of two lists that are completed at once, the later one sees the other.
            store::lock(tx, &after.referral).await?;
            let before = store::completed_before(tx, &after).await?;
            let left = after.left_out(&before);
            let held = store::is_any_held_elsewhere(tx, &left, &after.receiver).await?;
            Ok(after.fulfil(held))
        }
        Purpose::OtherAgency | Purpose::Custody | Purpose::Return | Purpose::Dispute => Ok(after),
    }
}

/// Moves what was accepted; the measures that end with it are returned too.
async fn complete(
    tx: &DatabaseTransaction,
    hand_over: &HandOver,
    (now, calendar): (DateTime<Utc>, &Calendar),
) -> Result<(Moved, Vec<Term>), Error> {
    let items = said::items_of_list(tx, &hand_over.receiver, &hand_over.items()).await?;
    let moved = hand_over.moves(&items, now);
    said::save(tx, &items, &moved.items).await?;
    store::append_custody(tx, &moved.events).await?;
    // Who keeps an item for the receiver sees it, and the dossier it is of.
    let kept = moved.items.iter().filter_map(|item| Some((item.custody.kept_by.clone()?, item)));
    let dossier = store::dossier_name(hand_over.dossier);
    let mut shown: Vec<_> = kept
        .flat_map(|(body, item)| [(body.clone(), item.name()), (body, dossier.clone())])
        .collect();
    shown.sort();
    shown.dedup();
    store::show(tx, &shown).await?;
    said::hide_unaccepted(tx, hand_over).await?;
    let (receiver, named) = (&hand_over.receiver, &hand_over.investigators);
    store::add_investigators(tx, &dossier, receiver, named).await?;
    let owner = store::dossier(tx, receiver, &dossier).await?.agency;
    let before = |after: &Item| items.iter().find(|item| item.id == after.id);
    let ended = moved
        .items
        .iter()
        .filter_map(|item| marks::measure(Some(before(item)?), item, &owner, (now, calendar)));
    let ended = ended.collect();
    Ok((moved, ended))
}
