//! Uploads, their segments, and the objects that nothing needs any more.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, ExprTrait as _, PaginatorTrait as _, QueryOrder as _,
    QuerySelect as _, Statement, entity::prelude::*, sea_query::OnConflict,
};
use types::AgencyCode;

use super::content_rows::{dropped_object, segment, upload};
use crate::{
    content::{
        fault::Fault,
        hashes::Halfway,
        keys::WrappedKey,
        model::{About, Piece, Upload, UploadState, as_i64, role},
    },
    error::Error,
};

/// A segment that has become durable.
#[derive(Clone, Debug)]
pub(crate) struct Recorded {
    /// The upload it belongs to, and the attempt.
    pub(crate) upload: String,
    pub(crate) pile: String,
    pub(crate) piece: Piece,
    /// The digests at its end.
    pub(crate) halfway: Halfway,
    /// Now, by the clock of the wire.
    pub(crate) at: DateTime<Utc>,
}

/// Writes a new upload.
pub(crate) async fn insert_upload(tx: &impl ConnectionTrait, new: &Upload) -> Result<(), Error> {
    let about = &new.about;
    let row = upload::ActiveModel {
        name: Set(new.name.clone()),
        agency: Set(about.agency.as_str().to_owned()),
        officer: Set(about.officer.clone()),
        parent: Set(about.parent.clone()),
        dossier: Set(about.dossier.clone()),
        file_name: Set(about.file_name.clone()),
        role: Set(about.role.into()),
        media_type: Set(about.media_type.clone()),
        size: Set(as_i64(about.size)),
        with_sm3: Set(new.with_sm3),
        state: Set(new.state.as_str().to_owned()),
        pile: Set(new.pile.clone()),
        stored: Set(as_i64(new.stored)),
        segments: Set(0),
        sha256_state: Set(Vec::new()),
        sm3_state: Set(Vec::new()),
        key_id: Set(new.key.key_id.clone()),
        wrapped_key: Set(new.key.wrapped.clone()),
        content: Set(new.content.clone()),
        moved_at: Set(new.moved_at),
    };
    upload::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Reads an upload of `agency`: nobody else sees it.
pub(crate) async fn upload(
    conn: &impl ConnectionTrait,
    agency: &AgencyCode,
    name: &str,
) -> Result<Upload, Error> {
    let found = upload::Entity::find_by_id(name)
        .filter(upload::Column::Agency.eq(agency.as_str()))
        .one(conn)
        .await?;
    from_row(found.ok_or(Error::NotFound("upload"))?)
}

/// The same, to end it: nobody sends to it or wraps its key again until this transaction is over.
pub(crate) async fn upload_to_change(
    tx: &impl ConnectionTrait,
    agency: &AgencyCode,
    name: &str,
) -> Result<Upload, Error> {
    let found = upload::Entity::find_by_id(name)
        .filter(upload::Column::Agency.eq(agency.as_str()))
        .lock_exclusive()
        .one(tx)
        .await?;
    from_row(found.ok_or(Error::NotFound("upload"))?)
}

/// How many uploads an agency has open.
pub(crate) async fn open_uploads(
    conn: &impl ConnectionTrait,
    agency: &AgencyCode,
) -> Result<u64, Error> {
    let open = upload::Entity::find()
        .filter(upload::Column::Agency.eq(agency.as_str()))
        .filter(upload::Column::State.eq(UploadState::Open.as_str()))
        .count(conn)
        .await?;
    Ok(open)
}

/// Makes a durable segment part of its upload. It must be the next of the attempt it was read for:
/// so of two streams, also of two replicas, one goes on.
pub(crate) async fn record_segment(tx: &impl ConnectionTrait, new: &Recorded) -> Result<(), Error> {
    let end = as_i64(new.piece.begins_at + new.piece.length);
    let updated = upload::Entity::update_many()
        .col_expr(upload::Column::Stored, Expr::value(end))
        .col_expr(upload::Column::Segments, Expr::col(upload::Column::Segments).add(1))
        .col_expr(upload::Column::Sha256State, Expr::value(new.halfway.sha256.clone()))
        .col_expr(upload::Column::Sm3State, Expr::value(new.halfway.sm3.clone()))
        .col_expr(upload::Column::MovedAt, Expr::value(new.at))
        .filter(upload::Column::Name.eq(&new.upload))
        .filter(upload::Column::Pile.eq(&new.pile))
        .filter(upload::Column::State.eq(UploadState::Open.as_str()))
        .filter(upload::Column::Stored.eq(as_i64(new.piece.begins_at)))
        .exec(tx)
        .await?;
    if updated.rows_affected != 1 {
        return Err(Fault::TakenOver.into());
    }
    let sql = "INSERT INTO segment (object, pile, number, begins_at, length) \
               SELECT CAST($1 AS text), pile, segments, CAST($2 AS bigint), CAST($3 AS bigint) \
               FROM upload WHERE name = $4";
    let values = [
        new.piece.object.to_string().into(),
        as_i64(new.piece.begins_at).into(),
        as_i64(new.piece.length).into(),
        new.upload.as_str().into(),
    ];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}

/// Begins an open upload anew, as another attempt.
pub(crate) async fn begin_anew(
    tx: &impl ConnectionTrait,
    old: &Upload,
    pile: &str,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let done = upload::Entity::update_many()
        .col_expr(upload::Column::Pile, Expr::value(pile))
        .col_expr(upload::Column::Stored, Expr::value(0i64))
        .col_expr(upload::Column::Segments, Expr::value(0))
        .col_expr(upload::Column::Sha256State, Expr::value(Vec::<u8>::new()))
        .col_expr(upload::Column::Sm3State, Expr::value(Vec::<u8>::new()))
        .col_expr(upload::Column::MovedAt, Expr::value(at))
        .filter(upload::Column::Name.eq(&old.name))
        .filter(upload::Column::Pile.eq(&old.pile))
        .filter(upload::Column::State.eq(UploadState::Open.as_str()))
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { drop_pile(tx, &old.pile).await } else { Ok(()) }
}

/// Ends an open upload that is still as it was read, its key's wrapping too.
pub(crate) async fn end_upload(
    tx: &impl ConnectionTrait,
    old: &Upload,
    state: UploadState,
    content: &str,
) -> Result<(), Error> {
    let done = upload::Entity::update_many()
        .col_expr(upload::Column::State, Expr::value(state.as_str()))
        .col_expr(upload::Column::Content, Expr::value(content))
        // What opens the bytes is kept with the content, or not at all.
        .col_expr(upload::Column::WrappedKey, Expr::value(Vec::<u8>::new()))
        .filter(upload::Column::Name.eq(&old.name))
        .filter(upload::Column::Pile.eq(&old.pile))
        .filter(upload::Column::Stored.eq(as_i64(old.stored)))
        .filter(upload::Column::KeyId.eq(&old.key.key_id))
        .filter(upload::Column::State.eq(UploadState::Open.as_str()))
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// Lets go of the segments of an attempt; their objects are deleted later.
pub(crate) async fn drop_pile(tx: &impl ConnectionTrait, pile: &str) -> Result<(), Error> {
    let backend = tx.get_database_backend();
    for sql in [
        "INSERT INTO dropped_object (object) SELECT object FROM segment WHERE pile = $1",
        "DELETE FROM segment WHERE pile = $1",
    ] {
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, [pile.into()])).await?;
    }
    Ok(())
}

/// Open uploads to which nothing came since `before`. On behalf of the clock, which sees them all.
pub(crate) async fn abandoned(
    conn: &impl ConnectionTrait,
    before: DateTime<Utc>,
    limit: u64,
) -> Result<Vec<Upload>, Error> {
    let found = upload::Entity::find()
        .filter(upload::Column::State.eq(UploadState::Open.as_str()))
        .filter(upload::Column::MovedAt.lt(before))
        .order_by_asc(upload::Column::MovedAt)
        .limit(limit)
        .all(conn)
        .await?;
    found.into_iter().map(from_row).collect()
}

/// Objects to delete.
pub(crate) async fn dropped_objects(
    conn: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<Uuid>, Error> {
    let found = dropped_object::Entity::find().limit(limit).all(conn).await?;
    found.iter().map(|row| object_id(&row.object)).collect()
}

/// Forgets objects that are deleted.
pub(crate) async fn forget_dropped(
    tx: &impl ConnectionTrait,
    objects: &[Uuid],
) -> Result<(), Error> {
    let names = objects.iter().map(Uuid::to_string);
    dropped_object::Entity::delete_many()
        .filter(dropped_object::Column::Object.is_in(names))
        .exec(tx)
        .await?;
    Ok(())
}

/// Notes objects that are to be deleted.
pub(crate) async fn drop_objects(tx: &impl ConnectionTrait, objects: &[Uuid]) -> Result<(), Error> {
    if objects.is_empty() {
        return Ok(());
    }
    let rows = objects
        .iter()
        .map(|object| dropped_object::ActiveModel { object: Set(object.to_string()) });
    let keep = OnConflict::column(dropped_object::Column::Object).do_nothing().to_owned();
    dropped_object::Entity::insert_many(rows).on_conflict(keep).exec_without_returning(tx).await?;
    Ok(())
}

/// Which of these objects are part of an upload or a content.
pub(crate) async fn known_objects(
    conn: &impl ConnectionTrait,
    objects: &[Uuid],
) -> Result<HashSet<Uuid>, Error> {
    let names = objects.iter().map(Uuid::to_string);
    let found: Vec<String> = segment::Entity::find()
        .select_only()
        .column(segment::Column::Object)
        .filter(segment::Column::Object.is_in(names))
        .into_tuple()
        .all(conn)
        .await?;
    found.iter().map(|object| object_id(object)).collect()
}

/// The segments of an attempt that hold the bytes `from..to`, in order.
pub(crate) async fn pieces(
    conn: &impl ConnectionTrait,
    pile: &str,
    range: std::ops::Range<u64>,
) -> Result<Vec<Piece>, Error> {
    let ends = Expr::col(segment::Column::BeginsAt).add(Expr::col(segment::Column::Length));
    let found = segment::Entity::find()
        .filter(segment::Column::Pile.eq(pile))
        .filter(segment::Column::BeginsAt.lt(as_i64(range.end)))
        .filter(ends.gt(as_i64(range.start)))
        .order_by_asc(segment::Column::Number)
        .all(conn)
        .await?;
    found
        .into_iter()
        .map(|row| {
            Ok(Piece {
                object: object_id(&row.object)?,
                begins_at: from_i64(row.begins_at, "segment.begins_at")?,
                length: from_i64(row.length, "segment.length")?,
            })
        })
        .collect()
}

fn object_id(text: &str) -> Result<Uuid, Error> {
    text.parse().map_err(|_| Error::Corrupt("segment.object"))
}

/// A size or an offset.
pub(super) fn from_i64(value: i64, column: &'static str) -> Result<u64, Error> {
    u64::try_from(value).map_err(|_| Error::Corrupt(column))
}

fn from_row(row: upload::Model) -> Result<Upload, Error> {
    let halfway = Halfway { sha256: row.sha256_state, sm3: row.sm3_state };
    let about = About {
        parent: row.parent,
        dossier: row.dossier,
        file_name: row.file_name,
        role: role(row.role).ok_or(Error::Corrupt("role"))?,
        media_type: row.media_type,
        size: from_i64(row.size, "upload.size")?,
        agency: AgencyCode::parse(&row.agency).ok_or(Error::Corrupt("upload.agency"))?,
        officer: row.officer,
    };
    Ok(Upload {
        name: row.name,
        about,
        with_sm3: row.with_sm3,
        state: UploadState::parse(&row.state).ok_or(Error::Corrupt("upload.state"))?,
        pile: row.pile,
        stored: from_i64(row.stored, "upload.stored")?,
        halfway: (!halfway.sha256.is_empty()).then_some(halfway),
        key: WrappedKey { key_id: row.key_id, wrapped: row.wrapped_key },
        content: row.content,
        moved_at: row.moved_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Migrations, count_old_keys, rewrap};

    fn upload(at: DateTime<Utc>) -> Upload {
        let about = About {
            parent: "items/1".to_owned(),
            dossier: "dossiers/1".to_owned(),
            file_name: "a".to_owned(),
            role: role(3).unwrap(),
            media_type: String::new(),
            size: 1,
            agency: AgencyCode::parse("MKT").unwrap(),
            officer: "MKT-01".to_owned(),
        };
        Upload {
            name: "uploads/1".to_owned(),
            about,
            with_sm3: false,
            state: UploadState::Open,
            pile: "1".to_owned(),
            stored: 0,
            halfway: None,
            key: WrappedKey { key_id: "old".to_owned(), wrapped: vec![1] },
            content: String::new(),
            moved_at: at,
        }
    }

    #[tokio::test]
    async fn an_upload_whose_key_was_wrapped_again_meanwhile_is_not_ended_with_the_old_wrapping() {
        let db = db::testing::database::<Migrations>("evidence").await;
        let read = upload(DateTime::from_timestamp(1_780_000_000, 0).unwrap());
        let written = read.clone();
        db.write(move |tx| Box::pin(async move { insert_upload(tx, &written).await }))
            .await
            .unwrap();
        let new = || WrappedKey { key_id: "new".to_owned(), wrapped: vec![2] };
        let old = (false, read.name.clone(), read.key.clone());
        db.write(move |tx| Box::pin(async move { rewrap(tx, &old, new()).await })).await.unwrap();
        assert_eq!(count_old_keys(db.reader(), "new").await.unwrap(), 0);
        let end = async |upload: &Upload| {
            let upload = upload.clone();
            let ended = db.write(move |tx| {
                Box::pin(async move { end_upload(tx, &upload, UploadState::Committed, "c").await })
            });
            ended.await
        };
        assert!(matches!(end(&read).await, Err(Error::Stale)));
        let now = super::upload(db.reader(), &read.about.agency, &read.name).await.unwrap();
        assert_eq!(now.key, new());
        end(&now).await.unwrap();
    }
}
