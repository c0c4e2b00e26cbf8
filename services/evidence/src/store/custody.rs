//! The chains of custody: rows that are added and never changed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use sea_orm::{ActiveValue::Set, QueryOrder as _, QuerySelect as _, entity::prelude::*};
use types::{AgencyCode, Id};

use super::{read_json, read_word, rows::custody, write_json};
use crate::{
    domain::{
        custody::{CustodyEvent, Digest},
        item::Item,
        word::CustodyKind,
    },
    error::Error,
};

/// So many rows fit one statement: `SQLite` takes 32,766 values.
const CHUNK: usize = 1_000;

/// Adds events to the chains of items.
pub(crate) async fn append_custody(
    tx: &impl ConnectionTrait,
    events: &[(Id<Item>, CustodyEvent)],
) -> Result<(), Error> {
    for chunk in events.chunks(CHUNK) {
        let rows = chunk.iter().map(|(item, event)| to_row(*item, event));
        let rows = rows.collect::<Result<Vec<_>, Error>>()?;
        custody::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The page of `size` events of an item after the number `after`, oldest first. The caller has
/// read the item, so it may see them.
pub(crate) async fn chain(
    conn: &impl ConnectionTrait,
    item: &str,
    after: i32,
    size: u64,
) -> Result<Vec<CustodyEvent>, Error> {
    let rows = custody::Entity::find()
        .filter(custody::Column::Item.eq(item))
        .filter(custody::Column::Sequence.gt(after))
        .order_by_asc(custody::Column::Sequence)
        .limit(size)
        .all(conn)
        .await?;
    rows.into_iter().map(|row| Ok(from_row(row)?.1)).collect()
}

/// The whole chains of items that the caller has read, by their names.
pub(crate) async fn chains(
    conn: &impl ConnectionTrait,
    items: &[String],
) -> Result<BTreeMap<String, Vec<CustodyEvent>>, Error> {
    let mut chains: BTreeMap<String, Vec<CustodyEvent>> = BTreeMap::new();
    for chunk in items.chunks(CHUNK) {
        let rows = custody::Entity::find()
            .filter(custody::Column::Item.is_in(chunk))
            .order_by_asc(custody::Column::Item)
            .order_by_asc(custody::Column::Sequence)
            .all(conn)
            .await?;
        for row in rows {
            let (item, event) = from_row(row)?;
            chains.entry(item).or_default().push(event);
        }
    }
    Ok(chains)
}

fn to_row(item: Id<Item>, event: &CustodyEvent) -> Result<custody::ActiveModel, Error> {
    Ok(custody::ActiveModel {
        item: Set(format!("items/{item}")),
        sequence: Set(event.sequence),
        kind: Set(event.kind.as_str().to_owned()),
        at_us: Set(event.at.timestamp_micros()),
        agency: Set(event.agency.as_str().to_owned()),
        officer: Set(event.officer.clone()),
        place: Set(event.place.clone()),
        reason: Set(event.reason.clone()),
        approved_by: Set(event.approved_by.clone()),
        holder: Set(event.holder.as_str().to_owned()),
        custodian: Set(event.custodian.clone()),
        kept_by: Set(event.kept_by.clone()),
        storage_place: Set(event.storage_place.clone()),
        seal_no: Set(event.seal_no.clone()),
        hand_over: Set(event.hand_over.clone()),
        contents: Set(write_json(&event.contents, "custody.contents")?),
        rule: Set(event.rule.clone()),
        basis: Set(event.basis.clone()),
        defect: Set(event.defect.clone()),
        recipient: Set(event.recipient.clone()),
        digest: Set(event.digest.to_string()),
    })
}

fn from_row(row: custody::Model) -> Result<(String, CustodyEvent), Error> {
    let at = DateTime::<Utc>::from_timestamp_micros(row.at_us);
    let event = CustodyEvent {
        sequence: row.sequence,
        kind: read_word(CustodyKind::parse(&row.kind), "custody.kind")?,
        at: read_word(at, "custody.at_us")?,
        agency: read_word(AgencyCode::parse(&row.agency), "custody.agency")?,
        officer: row.officer,
        place: row.place,
        reason: row.reason,
        approved_by: row.approved_by,
        holder: read_word(AgencyCode::parse(&row.holder), "custody.holder")?,
        custodian: row.custodian,
        kept_by: row.kept_by,
        storage_place: row.storage_place,
        seal_no: row.seal_no,
        hand_over: row.hand_over,
        contents: read_json(&row.contents, "custody.contents")?,
        rule: row.rule,
        basis: row.basis,
        defect: row.defect,
        recipient: row.recipient,
        digest: read_word(Digest::parse(&row.digest), "custody.digest")?,
    };
    Ok((row.item, event))
}
