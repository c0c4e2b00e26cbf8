//! A database without room: told as such, nothing half-written, usable again afterwards.

use db::Db;
use sea_orm::{ConnectionTrait as _, DatabaseTransaction, DbErr};

use crate::{in_a_file, insert, names};

/// Lets the file grow by some pages only.
async fn limit(db: &Db) {
    db.write::<_, DbErr, _>(|tx| {
        Box::pin(async move {
            let sql = "PRAGMA page_count";
            let statement = sea_orm::Statement::from_string(tx.get_database_backend(), sql);
            let row = tx.query_one_raw(statement).await?.unwrap();
            let pages: i64 = row.try_get_by_index(0)?;
            tx.execute_unprepared(&format!("PRAGMA max_page_count = {}", pages + 4)).await
        })
    })
    .await
    .unwrap();
}

/// More than [`limit`] allows.
async fn too_much(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    insert(tx, "large", &"x".repeat(1 << 20)).await
}

#[tokio::test]
async fn a_full_database_says_so_and_goes_on_when_there_is_room() {
    let (db, _directory) = in_a_file().await;
    db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "before", ""))).await.unwrap();
    limit(&db).await;

    let first = db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "neighbour", "")));
    let second = db.write::<_, DbErr, _>(|tx| {
        Box::pin(async move {
            insert(tx, "half", "").await?;
            too_much(tx).await
        })
    });
    let third = db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "after", "")));
    let (first, second, third) = tokio::join!(first, second, third);

    assert!(db::is_full(&second.unwrap_err()));
    let mut expected = vec!["before".to_owned()];
    for (name, write) in [("neighbour", first), ("after", third)] {
        match write {
            Ok(()) => expected.push(name.to_owned()),
            Err(error) => assert!(db::is_transient(&error), "{name}: {error}"),
        }
    }
    expected.sort();
    assert_eq!(names(db.reader()).await, expected, "what was acknowledged, and only that");

    // The limit went with the connection that hit it.
    db.write::<_, DbErr, _>(|tx| Box::pin(too_much(tx))).await.unwrap();
}

#[tokio::test]
async fn a_job_that_goes_on_in_a_full_database_writes_nothing() {
    let (db, _directory) = in_a_file().await;
    limit(&db).await;
    let outcome = db
        .write::<_, DbErr, _>(|tx| {
            Box::pin(async move {
                insert(tx, "half", "").await?;
                too_much(tx).await.unwrap_err();
                // SQLite has ended the transaction: this would commit on its own.
                insert(tx, "stray", "").await.ok();
                Ok(())
            })
        })
        .await;
    let names = names(db.reader()).await;
    assert!(outcome.is_err(), "{names:?}");
    assert!(names.is_empty(), "{names:?}");
    db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "next", ""))).await.unwrap();
}
