//! Items: read one by one or a thousand at once, saved with the check that nobody was faster.

use sea_orm::{
    ActiveValue::Set, DbBackend, QueryOrder as _, QuerySelect as _, Statement, Value,
    entity::prelude::*, sea_query::Query,
};
use types::AgencyCode;

use super::{
    dossier_name, parse_name, read_json, read_word,
    rows::{dossier, item},
    viewer, write_json,
};
use crate::{
    domain::{
        custody::Digest,
        item::{Custody, Item},
        word::CustodyState,
    },
    error::Error,
};

/// So many rows fit one statement: `SQLite` takes 32,766 values.
const CHUNK: usize = 500;

/// What of an item changes, each column with its type on PostgreSQL; behind them the version
/// before.
const CHANGING: [(&str, &str); 13] = [
    ("name", "text"),
    ("measure", "text"),
    ("holder", "text"),
    ("custodian", "text"),
    ("kept_by", "text"),
    ("state", "text"),
    ("seal_no", "text"),
    ("storage_place", "text"),
    ("hand_over", "text"),
    ("events", "integer"),
    ("last_digest", "text"),
    ("review", "text"),
    ("version", "integer"),
];

/// Writes a new item. Its agency sees it: see [`super::show`].
pub(crate) async fn insert_item(tx: &impl ConnectionTrait, new: &Item) -> Result<(), Error> {
    let custody = &new.custody;
    let row = item::ActiveModel {
        name: Set(new.name()),
        dossier: Set(dossier_name(new.dossier)),
        number: Set(new.number),
        code: Set(new.facts.code.clone()),
        facts: Set(write_json(&new.facts, "item.facts")?),
        measure: Set(measure_text(new)?),
        holder: Set(custody.holder.as_str().to_owned()),
        custodian: Set(custody.custodian.clone()),
        kept_by: Set(custody.kept_by.as_ref().map(ToString::to_string)),
        state: Set(custody.state.as_str().to_owned()),
        seal_no: Set(custody.seal_no.clone()),
        storage_place: Set(custody.storage_place.clone()),
        hand_over: Set(custody.hand_over.clone()),
        events: Set(custody.events),
        last_digest: Set(custody.last_digest.to_string()),
        last_at: Set(custody.last_at),
        review: Set(write_json(&new.review, "item.review")?),
        created_at: Set(new.created_at),
        updated_at: Set(new.updated_at),
        version: Set(new.version),
    };
    item::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Whether a dossier has an item of this code.
pub(crate) async fn has_code(
    conn: &impl ConnectionTrait,
    dossier: &str,
    code: &str,
) -> Result<bool, Error> {
    let found = item::Entity::find()
        .filter(item::Column::Dossier.eq(dossier))
        .filter(item::Column::Code.eq(code))
        .one(conn)
        .await?;
    Ok(found.is_some())
}

/// Reads an item that `reader` may see.
pub(crate) async fn item(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<Item, Error> {
    let found = item::Entity::find_by_id(name)
        .filter(viewer::seen_by(reader, (item::Entity, item::Column::Name)))
        .one(conn)
        .await?;
    from_row(found.ok_or(Error::NotFound("item"))?)
}

/// The same, to change it: on PostgreSQL nobody else changes it until the transaction ends, so that
/// what is read of its chain and files afterwards is of the same item. `SQLite` has one writer.
pub(crate) async fn item_to_change(
    tx: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<Item, Error> {
    let found = item::Entity::find_by_id(name)
        .filter(viewer::seen_by(reader, (item::Entity, item::Column::Name)))
        .lock_exclusive()
        .one(tx)
        .await?;
    from_row(found.ok_or(Error::NotFound("item"))?)
}

/// Reads those of the items that `reader` may see, in the order of their numbers; what is missing,
/// it may not see.
pub(crate) async fn items(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    names: &[String],
) -> Result<Vec<Item>, Error> {
    let mut found = Vec::new();
    for chunk in names.chunks(CHUNK) {
        let rows = item::Entity::find()
            .filter(item::Column::Name.is_in(chunk))
            .filter(viewer::seen_by(reader, (item::Entity, item::Column::Name)))
            .all(conn)
            .await?;
        found.extend(rows);
    }
    found.sort_by(|a, b| (&a.dossier, a.number).cmp(&(&b.dossier, b.number)));
    found.into_iter().map(from_row).collect()
}

/// Whether another body than `receiver` still holds one of these items. For who has read the
/// hand-overs that list them.
pub(crate) async fn is_any_held_elsewhere(
    conn: &impl ConnectionTrait,
    names: &[String],
    receiver: &AgencyCode,
) -> Result<bool, Error> {
    for chunk in names.chunks(CHUNK) {
        let held = item::Entity::find()
            .filter(item::Column::Name.is_in(chunk))
            .filter(item::Column::State.eq(CustodyState::Held.as_str()))
            .filter(item::Column::Holder.ne(receiver.as_str()))
            .one(conn)
            .await?;
        if held.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The page of `size` items of a dossier after the number `after` that `reader` may see.
pub(crate) async fn items_of_dossier(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    dossier: &str,
    after: i32,
    size: u64,
) -> Result<Vec<Item>, Error> {
    let rows = item::Entity::find()
        .filter(item::Column::Dossier.eq(dossier))
        .filter(item::Column::Number.gt(after))
        .filter(viewer::seen_by(reader, (item::Entity, item::Column::Name)))
        .order_by_asc(item::Column::Number)
        .limit(size)
        .all(conn)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// The page of `size` items of a dossier after the number `after` that `holder` holds, and that are
/// in no open hand-over.
pub(crate) async fn free_items(
    tx: &impl ConnectionTrait,
    holder: &AgencyCode,
    dossier: &str,
    after: i32,
    size: u64,
) -> Result<Vec<Item>, Error> {
    let rows = item::Entity::find()
        .filter(item::Column::Dossier.eq(dossier))
        .filter(item::Column::Number.gt(after))
        .filter(item::Column::Holder.eq(holder.as_str()))
        .filter(item::Column::State.eq(CustodyState::Held.as_str()))
        .filter(item::Column::HandOver.eq(""))
        .order_by_asc(item::Column::Number)
        .limit(size)
        .all(tx)
        .await?;
    rows.into_iter().map(from_row).collect()
}

/// How many items of the dossiers about a docket a body holds that are in an open hand-over other than
/// those named. On behalf of the arbitration service.
pub(crate) async fn count_offered_elsewhere(
    tx: &impl ConnectionTrait,
    holder: &AgencyCode,
    docket: &str,
    hand_overs: &[String],
) -> Result<u64, Error> {
    let dossiers = Query::select()
        .column(dossier::Column::Name)
        .from(dossier::Entity)
        .and_where(dossier::Column::Docket.eq(docket))
        .take();
    let count = item::Entity::find()
        .filter(item::Column::Dossier.in_subquery(dossiers))
        .filter(item::Column::Holder.eq(holder.as_str()))
        .filter(item::Column::State.eq(CustodyState::Held.as_str()))
        .filter(item::Column::HandOver.ne(""))
        .filter(item::Column::HandOver.is_not_in(hand_overs))
        .count(tx)
        .await?;
    Ok(count)
}

/// Saves changed items, each as it was read and as it is now: see [`Item::next`].
///
/// # Errors
/// `Stale`, and nothing may be kept, when one of them changed meanwhile.
pub(crate) async fn save_items(
    tx: &impl ConnectionTrait,
    changed: &[(&Item, &Item)],
) -> Result<(), Error> {
    for chunk in changed.chunks(CHUNK) {
        let backend = tx.get_database_backend();
        let mut values: Vec<Value> = Vec::new();
        for (before, after) in chunk {
            values.extend(changing(after)?);
            values.extend([
                after.custody.last_at.into(),
                after.updated_at.into(),
                before.version.into(),
            ]);
        }
        let sql = update_sql(backend, chunk.len());
        let done = tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
        if usize::try_from(done.rows_affected()).ok() != Some(chunk.len()) {
            return Err(Error::Stale);
        }
    }
    Ok(())
}

fn changing(item: &Item) -> Result<[Value; 13], Error> {
    let custody = &item.custody;
    Ok([
        item.name().into(),
        measure_text(item)?.into(),
        custody.holder.as_str().into(),
        custody.custodian.as_str().into(),
        custody.kept_by.as_ref().map(AgencyCode::as_str).into(),
        custody.state.as_str().into(),
        custody.seal_no.as_str().into(),
        custody.storage_place.as_str().into(),
        custody.hand_over.as_str().into(),
        custody.events.into(),
        custody.last_digest.to_string().into(),
        write_json(&item.review, "item.review")?.into(),
        item.version.into(),
    ])
}

/// One statement for so many items. Both engines call the columns of VALUES `column1` and so on.
fn update_sql(backend: DbBackend, rows: usize) -> String {
    let mut columns = CHANGING.to_vec();
    columns.extend([("last_at", "timestamptz"), ("updated_at", "timestamptz")]);
    let set: Vec<String> = (1..)
        .zip(&columns)
        .skip(1)
        .map(|(at, (name, _))| format!("{name} = v.column{at}"))
        .collect();
    columns.push(("before", "integer"));
    let mut next = 0;
    let tuples: Vec<String> = (0..rows)
        .map(|_| {
            let places: Vec<String> = columns
                .iter()
                .map(|(_, kind)| {
                    next += 1;
                    // PostgreSQL cannot tell the type of a bare parameter in VALUES.
                    let cast = if backend == DbBackend::Postgres {
                        format!("::{kind}")
                    } else {
                        String::new()
                    };
                    format!("${next}{cast}")
                })
                .collect();
            format!("({})", places.join(", "))
        })
        .collect();
    format!(
        "UPDATE item SET {} FROM (VALUES {}) AS v WHERE item.name = v.column1 \
         AND item.version = v.column{}",
        set.join(", "),
        tuples.join(", "),
        columns.len()
    )
}

fn measure_text(item: &Item) -> Result<Option<String>, Error> {
    item.measure.as_ref().map(|one| write_json(one, "item.measure")).transpose()
}

fn from_row(row: item::Model) -> Result<Item, Error> {
    let measure = row.measure.map(|text| read_json(&text, "item.measure")).transpose()?;
    let kept_by =
        row.kept_by.map(|code| read_word(AgencyCode::parse(&code), "item.kept_by")).transpose()?;
    Ok(Item {
        id: read_word(parse_name(&row.name, "items"), "item.name")?,
        dossier: read_word(parse_name(&row.dossier, "dossiers"), "item.dossier")?,
        number: row.number,
        facts: read_json(&row.facts, "item.facts")?,
        measure,
        custody: Custody {
            holder: read_word(AgencyCode::parse(&row.holder), "item.holder")?,
            custodian: row.custodian,
            kept_by,
            state: read_word(CustodyState::parse(&row.state), "item.state")?,
            seal_no: row.seal_no,
            storage_place: row.storage_place,
            hand_over: row.hand_over,
            events: row.events,
            last_digest: read_word(Digest::parse(&row.last_digest), "item.last_digest")?,
            last_at: row.last_at,
        },
        review: read_json(&row.review, "item.review")?,
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row.version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{
            tests::{facts, registered},
            word::Kind,
        },
        store::{Migrations, show},
    };

    /// What a change leaves of an item.
    fn moved(item: &Item, place: &str) -> Item {
        let mut after = item.next(item.updated_at);
        place.clone_into(&mut after.custody.storage_place);
        after
    }

    #[tokio::test]
    async fn of_two_who_read_the_same_items_the_second_saves_none() {
        let db = db::testing::database::<Migrations>("evidence").await;
        let (mut all, dossier) = (Vec::new(), registered(facts(Kind::Physical)).0.dossier);
        for number in 1..=3 {
            let mut item = registered(facts(Kind::Physical)).0;
            (item.dossier, item.number) = (dossier, number);
            item.facts.code = number.to_string();
            all.push(item);
        }
        let (agency, names): (_, Vec<String>) =
            (all[0].custody.holder.clone(), all.iter().map(Item::name).collect());
        let seen: Vec<_> = names.iter().map(|name| (agency.clone(), name.clone())).collect();
        let new = all.clone();
        let inserted = db.write(move |tx| {
            Box::pin(async move {
                for item in &new {
                    insert_item(tx, item).await?;
                }
                show(tx, &seen).await
            })
        });
        inserted.await.unwrap();
        let save = async |before: &[Item], place: &str| {
            let before = before.to_vec();
            let after: Vec<Item> = before.iter().map(|item| moved(item, place)).collect();
            let write = db.write(move |tx| {
                Box::pin(async move {
                    let pairs: Vec<_> = before.iter().zip(&after).collect();
                    save_items(tx, &pairs).await
                })
            });
            write.await
        };
        save(&all[1..2], "first").await.unwrap();
        let late = save(&all, "late").await;
        assert!(matches!(late, Err(Error::Stale)), "{late:?}");
        let now = items(db.reader(), &agency, &names).await.unwrap();
        let places: Vec<_> = now.iter().map(|item| item.custody.storage_place.as_str()).collect();
        assert_eq!(places, ["A架", "first", "A架"], "all of them or none");
        save(&now, "again").await.unwrap();
        let again = items(db.reader(), &agency, &names).await.unwrap();
        assert!(again.iter().zip(&now).all(|(after, before)| *after == moved(before, "again")));
    }
}
