//! What is due, kept as rows tell of it: in the transaction that makes the rows leaves.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Value};

use super::{execute, places, signed};
use crate::{
    domain::{
        Told,
        due::{Item, Rung},
    },
    error::Error,
};

/// The most items written with one statement: `SQLite` takes 32,766 values.
const ITEMS: usize = 500;

/// The columns an item is written with.
const COLUMNS: [&str; 27] = [
    "key",
    "service",
    "id",
    "form",
    "kind",
    "rule",
    "basis",
    "verified",
    "service_target",
    "duty",
    "holder",
    "sender",
    "owed_to",
    "docket",
    "resource",
    "length",
    "start_at",
    "due_at",
    "half_at",
    "near_at",
    "provisional",
    "state",
    "open",
    "end_at",
    "digest",
    "row_id",
    "leaf",
];

/// Keeps the items that rows tell of, oldest first. Returns the keys of those at rest.
pub(crate) async fn apply(
    tx: &impl ConnectionTrait,
    rows: &[Told],
    minutes: u32,
) -> Result<Vec<String>, Error> {
    // The last of each: one statement must not write a row twice.
    let mut items: BTreeMap<String, Item> = BTreeMap::new();
    for told in rows {
        let terms = told.marks.terms.iter().map(|term| Item::of_term(told, term));
        let sent = told.marks.exchanges.iter();
        let sent = sent.map(|exchange| Item::of_exchange(told, exchange, minutes));
        for mut item in terms.chain(sent) {
            let before = items.get(&item.key()).map(|before| before.digest.clone());
            // What was sent is told when it is sent.
            if item.digest.is_empty() {
                item.digest = before.unwrap_or_default();
            }
            items.insert(item.key(), item);
        }
    }
    let items: Vec<(String, Item)> = items.into_iter().collect();
    for some in items.chunks(ITEMS) {
        upsert(tx, some).await?;
        show(tx, some).await?;
    }
    Ok(items.into_iter().filter(|(_, item)| !item.open).map(|(key, _)| key).collect())
}

async fn upsert(tx: &impl ConnectionTrait, items: &[(String, Item)]) -> Result<(), Error> {
    let mut values: Vec<Value> = Vec::with_capacity(items.len() * (COLUMNS.len() + 2));
    for (key, item) in items {
        values.extend(row(key, item)?);
        values.extend([Rung::Running.as_str().into(), item.first_rung_at().into()]);
    }
    let others = COLUMNS.iter().skip(1).filter(|name| **name != "digest");
    let set: Vec<String> = others.map(|name| format!("{name} = excluded.{name}")).collect();
    // As long as it is due when it was, and runs as it ran, its rungs are not raised again.
    let same = "due.due_at = excluded.due_at AND due.open = excluded.open AND \
                (due.state = 'SUSPENDED') = (excluded.state = 'SUSPENDED')";
    let sql = format!(
        "INSERT INTO due ({}, rung, next_rung_at) VALUES {} ON CONFLICT (key) DO UPDATE SET {}, \
         digest = CASE WHEN excluded.digest = '' THEN due.digest ELSE excluded.digest END, \
         rung = CASE WHEN {same} THEN due.rung ELSE excluded.rung END, \
         next_rung_at = CASE WHEN {same} THEN due.next_rung_at ELSE excluded.next_rung_at END",
        COLUMNS.join(", "),
        places(items.len(), COLUMNS.len() + 2),
        set.join(", "),
    );
    execute(tx, &sql, values).await?;
    Ok(())
}

fn row(key: &str, item: &Item) -> Result<[Value; 27], Error> {
    Ok([
        key.into(),
        item.service.as_str().into(),
        item.id.as_str().into(),
        item.form.as_str().into(),
        item.kind.as_str().into(),
        item.rule.as_str().into(),
        item.basis.as_str().into(),
        item.verified.as_str().into(),
        item.service_target.into(),
        item.duty.as_str().into(),
        item.holder.as_str().into(),
        item.sender().into(),
        item.owed_to.join(",").into(),
        item.docket.as_str().into(),
        item.resource.as_str().into(),
        item.length.as_str().into(),
        item.start_at.into(),
        item.due_at.into(),
        item.half_at.into(),
        item.near_at.into(),
        item.provisional.into(),
        item.state.as_str().into(),
        item.open.into(),
        item.end_at.into(),
        item.digest.as_str().into(),
        item.row_id.into(),
        signed(item.leaf)?.into(),
    ])
}

/// Who sees what is still open.
async fn show(tx: &impl ConnectionTrait, items: &[(String, Item)]) -> Result<(), Error> {
    let keys: Vec<Value> = items.iter().map(|(key, _)| key.as_str().into()).collect();
    let sql = format!("DELETE FROM due_for WHERE key IN {}", places(1, keys.len()));
    execute(tx, &sql, keys).await?;
    let mut values: Vec<Value> = Vec::new();
    for (key, item) in items.iter().filter(|(_, item)| item.open) {
        for agency in item.seers() {
            values.extend([agency.into(), item.due_at.into(), key.as_str().into()]);
        }
    }
    for some in values.chunks(3 * ITEMS) {
        let sql = format!(
            "INSERT INTO due_for (agency, due_at, key) VALUES {}",
            places(some.len() / 3, 3)
        );
        execute(tx, &sql, some.to_vec()).await?;
    }
    Ok(())
}
