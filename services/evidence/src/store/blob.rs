//! Contents and the blobs they point to: the same bytes are kept once.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, PaginatorTrait as _, QueryOrder as _, QuerySelect as _,
    Statement, Value, entity::prelude::*, sea_query::OnConflict,
};
use types::AgencyCode;

use super::{
    content_rows::{blob, content},
    upload::from_i64,
    viewer,
};
use crate::{
    content::{
        keys::WrappedKey,
        model::{About, Blob, Content, as_i64, role},
    },
    error::Error,
};

/// The id of the object store that this database belongs to.
pub(crate) async fn place(conn: &impl ConnectionTrait) -> Result<Option<String>, Error> {
    let backend = conn.get_database_backend();
    let statement = Statement::from_string(backend, "SELECT id FROM content_place WHERE one = 1");
    let found = conn.query_one_raw(statement).await?;
    Ok(found.map(|row| row.try_get("", "id")).transpose()?)
}

/// Notes the object store that this database belongs to, once.
pub(crate) async fn set_place(tx: &impl ConnectionTrait, id: &str) -> Result<(), Error> {
    let sql = "INSERT INTO content_place (one, id) VALUES (1, $1) ON CONFLICT DO NOTHING";
    let backend = tx.get_database_backend();
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, [id.into()])).await?;
    Ok(())
}

/// Writes a new blob; false when its digest is there already.
pub(crate) async fn insert_blob(tx: &impl ConnectionTrait, new: &Blob) -> Result<bool, Error> {
    let keep = OnConflict::column(blob::Column::Sha256).do_nothing().to_owned();
    let done =
        blob::Entity::insert(blob_row(new)).on_conflict(keep).exec_without_returning(tx).await;
    match done {
        Ok(rows) => Ok(rows == 1),
        Err(DbErr::RecordNotInserted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Puts new bytes in the place of those of `old`, which are damaged.
pub(crate) async fn replace_blob(
    tx: &impl ConnectionTrait,
    old: &Blob,
    new: &Blob,
) -> Result<(), Error> {
    let done = blob::Entity::update_many()
        .set(blob_row(new))
        .filter(blob::Column::Sha256.eq(&old.sha256))
        .filter(blob::Column::Pile.eq(&old.pile))
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Keeps the SM3 digest of a blob that had none.
pub(crate) async fn add_sm3(
    tx: &impl ConnectionTrait,
    sha256: &str,
    sm3: &str,
) -> Result<(), Error> {
    blob::Entity::update_many()
        .col_expr(blob::Column::Sm3, Expr::value(sm3))
        .filter(blob::Column::Sha256.eq(sha256))
        .exec(tx)
        .await?;
    Ok(())
}

/// The blob with this digest.
pub(crate) async fn blob(conn: &impl ConnectionTrait, sha256: &str) -> Result<Option<Blob>, Error> {
    blob::Entity::find_by_id(sha256).one(conn).await?.map(blob_from).transpose()
}

/// The blobs that were not read to their end since `before`, those that wait longest first.
pub(crate) async fn unread_blobs(
    conn: &impl ConnectionTrait,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Blob>, Error> {
    let found = blob::Entity::find()
        .filter(blob::Column::ReadAt.lt(before))
        .order_by_asc(blob::Column::ReadAt)
        .order_by_asc(blob::Column::Sha256)
        .limit(limit)
        .all(conn)
        .await?;
    found.into_iter().map(blob_from).collect()
}

/// The blobs with a fault, by digest.
pub(crate) async fn faulty_blobs(
    conn: &impl ConnectionTrait,
    after: &str,
    limit: u64,
) -> Result<Vec<Blob>, Error> {
    let found = blob::Entity::find()
        .filter(blob::Column::Fault.ne(""))
        .filter(blob::Column::Sha256.gt(after))
        .order_by_asc(blob::Column::Sha256)
        .limit(limit)
        .all(conn)
        .await?;
    found.into_iter().map(blob_from).collect()
}

/// Notes how a blob was found: whole when `fault` is empty. True when that is news, and when the
/// bytes are still those that were read.
pub(crate) async fn found_blob(
    tx: &impl ConnectionTrait,
    seen: &Blob,
    fault: &str,
    at: (DateTime<Utc>, DateTime<Utc>),
) -> Result<bool, Error> {
    let (law, wire) = at;
    let this = || {
        blob::Entity::update_many()
            .filter(blob::Column::Sha256.eq(&seen.sha256))
            .filter(blob::Column::Pile.eq(&seen.pile))
    };
    this().col_expr(blob::Column::ReadAt, Expr::value(wire)).exec(tx).await?;
    let news = this()
        .col_expr(blob::Column::Fault, Expr::value(fault))
        .col_expr(blob::Column::FaultAt, Expr::value((!fault.is_empty()).then_some(law)))
        .filter(blob::Column::Fault.ne(fault))
        .exec(tx)
        .await?;
    Ok(news.rows_affected == 1)
}

/// Keys of blobs and of open uploads that are wrapped with one of `known`, but not with `active`:
/// the table, the row's key, and the wrapped key.
pub(crate) async fn old_keys(
    conn: &impl ConnectionTrait,
    active: &str,
    known: &[String],
    limit: u64,
) -> Result<Vec<(bool, String, WrappedKey)>, Error> {
    let (mut found, limit) = (Vec::new(), usize::try_from(limit).unwrap_or(usize::MAX));
    for (is_blob, sql) in OLD_KEYS {
        let backend = conn.get_database_backend();
        for id in known.iter().filter(|id| *id != active) {
            let left = i64::try_from(limit.saturating_sub(found.len())).unwrap_or(i64::MAX);
            let values: [Value; 2] = [id.as_str().into(), left.into()];
            let rows =
                conn.query_all_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
            for row in rows {
                let wrapped = row.try_get("", "wrapped_key")?;
                let key = WrappedKey { key_id: id.clone(), wrapped };
                found.push((is_blob, row.try_get("", "name")?, key));
            }
        }
    }
    Ok(found)
}

const OLD_KEYS: [(bool, &str); 2] = [
    (true, "SELECT sha256 AS name, wrapped_key FROM blob WHERE key_id = $1 LIMIT $2"),
    (false, "SELECT name, wrapped_key FROM upload WHERE state = 'OPEN' AND key_id = $1 LIMIT $2"),
];

/// How many keys are wrapped with another key than `active`.
pub(crate) async fn count_old_keys(
    conn: &impl ConnectionTrait,
    active: &str,
) -> Result<i64, Error> {
    let sql = "SELECT (SELECT count(*) FROM blob WHERE key_id <> $1) + \
               (SELECT count(*) FROM upload WHERE state = 'OPEN' AND key_id <> $1) AS n";
    let backend = conn.get_database_backend();
    let statement = Statement::from_sql_and_values(backend, sql, [active.into()]);
    let row = conn.query_one_raw(statement).await?.ok_or(Error::Corrupt("a count"))?;
    Ok(row.try_get("", "n")?)
}

/// Keeps a key as it is wrapped now.
pub(crate) async fn rewrap(
    tx: &impl ConnectionTrait,
    (is_blob, name, old): &(bool, String, WrappedKey),
    new: WrappedKey,
) -> Result<(), Error> {
    let sql = match is_blob {
        true => "UPDATE blob SET key_id = $1, wrapped_key = $2 WHERE sha256 = $3 AND key_id = $4",
        false => {
            "UPDATE upload SET key_id = $1, wrapped_key = $2 WHERE name = $3 AND key_id = $4 AND \
             state = 'OPEN'"
        }
    };
    let values: [Value; 4] =
        [new.key_id.into(), new.wrapped.into(), name.as_str().into(), old.key_id.as_str().into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Attaches a content.
pub(crate) async fn insert_content(tx: &impl ConnectionTrait, new: &Content) -> Result<(), Error> {
    let about = &new.about;
    let row = content::ActiveModel {
        name: Set(new.name.clone()),
        parent: Set(about.parent.clone()),
        dossier: Set(about.dossier.clone()),
        sha256: Set(new.sha256.clone()),
        sm3: Set(new.sm3.clone()),
        file_name: Set(about.file_name.clone()),
        role: Set(about.role.into()),
        media_type: Set(about.media_type.clone()),
        size: Set(as_i64(about.size)),
        agency: Set(about.agency.as_str().to_owned()),
        officer: Set(about.officer.clone()),
        committed_at: Set(new.committed_at),
    };
    content::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// How many contents a parent has.
pub(crate) async fn count_contents(
    conn: &impl ConnectionTrait,
    parent: &str,
) -> Result<u64, Error> {
    Ok(content::Entity::find().filter(content::Column::Parent.eq(parent)).count(conn).await?)
}

/// The contents of these items or hand-overs, each parent's in the order of attachment. Whoever asks
/// has read the parents, and so may see them.
pub(crate) async fn contents_of(
    conn: &impl ConnectionTrait,
    parents: &[String],
) -> Result<Vec<Content>, Error> {
    let mut all = Vec::new();
    for some in parents.chunks(500) {
        let found = content::Entity::find()
            .filter(content::Column::Parent.is_in(some))
            .order_by_asc(content::Column::Parent)
            .order_by_asc(content::Column::Name)
            .all(conn)
            .await?;
        all.extend(found);
    }
    with_faults(conn, all).await
}

/// Reads a content whose parent `reader` may see.
pub(crate) async fn content(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<Content, Error> {
    let seen = viewer::seen_by(reader, (content::Entity, content::Column::Parent));
    let found = content::Entity::find_by_id(name).filter(seen).all(conn).await?;
    with_faults(conn, found).await?.pop().ok_or(Error::NotFound("content"))
}

/// The contents that point to a blob, at most `limit`. On behalf of the operator, who learns names.
pub(crate) async fn contents_with(
    conn: &impl ConnectionTrait,
    sha256: &str,
    limit: u64,
) -> Result<Vec<Content>, Error> {
    let found = content::Entity::find()
        .filter(content::Column::Sha256.eq(sha256))
        .order_by_asc(content::Column::Name)
        .limit(limit)
        .all(conn)
        .await?;
    with_faults(conn, found).await
}

/// Contents with what was last found wrong with their bytes.
async fn with_faults(
    conn: &impl ConnectionTrait,
    rows: Vec<content::Model>,
) -> Result<Vec<Content>, Error> {
    let mut faults = BTreeMap::new();
    let digests: BTreeSet<&String> = rows.iter().map(|row| &row.sha256).collect();
    for some in digests.into_iter().cloned().collect::<Vec<_>>().chunks(500) {
        let found: Vec<(String, String)> = blob::Entity::find()
            .select_only()
            .columns([blob::Column::Sha256, blob::Column::Fault])
            .filter(blob::Column::Sha256.is_in(some))
            .filter(blob::Column::Fault.ne(""))
            .into_tuple()
            .all(conn)
            .await?;
        faults.extend(found);
    }
    let whole = |row: content::Model| {
        let fault = faults.get(&row.sha256).cloned().unwrap_or_default();
        content_from(row, fault)
    };
    rows.into_iter().map(whole).collect()
}

fn content_from(row: content::Model, fault: String) -> Result<Content, Error> {
    let about = About {
        parent: row.parent,
        dossier: row.dossier,
        file_name: row.file_name,
        role: role(row.role).ok_or(Error::Corrupt("role"))?,
        media_type: row.media_type,
        size: from_i64(row.size, "content.size")?,
        agency: AgencyCode::parse(&row.agency).ok_or(Error::Corrupt("content.agency"))?,
        officer: row.officer,
    };
    let (name, sha256, sm3, committed_at) = (row.name, row.sha256, row.sm3, row.committed_at);
    Ok(Content { name, about, sha256, sm3, committed_at, fault })
}

fn blob_row(new: &Blob) -> blob::ActiveModel {
    blob::ActiveModel {
        sha256: Set(new.sha256.clone()),
        sm3: Set(new.sm3.clone()),
        size: Set(as_i64(new.size)),
        pile: Set(new.pile.clone()),
        key_id: Set(new.key.key_id.clone()),
        wrapped_key: Set(new.key.wrapped.clone()),
        created_at: Set(new.created_at),
        read_at: Set(new.read_at),
        fault: Set(new.fault.clone()),
        fault_at: Set(new.fault_at),
    }
}

fn blob_from(row: blob::Model) -> Result<Blob, Error> {
    Ok(Blob {
        sha256: row.sha256,
        sm3: row.sm3,
        size: from_i64(row.size, "blob.size")?,
        pile: row.pile,
        key: WrappedKey { key_id: row.key_id, wrapped: row.wrapped_key },
        created_at: row.created_at,
        read_at: row.read_at,
        fault: row.fault,
        fault_at: row.fault_at,
    })
}
