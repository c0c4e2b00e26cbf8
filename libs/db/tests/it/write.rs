//! One transaction per write, durable when it returns, alone in its failure.

use std::{panic::AssertUnwindSafe, time::Duration};

use db::{Db, Engine};
use futures_util::{FutureExt as _, future::join_all};
use sea_orm::{ConnectionTrait as _, DbErr, Statement, TransactionTrait as _};
use tokio::{
    sync::oneshot,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::{fresh, in_a_file, insert, names};

/// Keeps the writer busy until the returned sender is used: writes made meanwhile wait together.
async fn hold(db: &Db) -> (oneshot::Sender<()>, JoinSet<()>) {
    let (release, released) = oneshot::channel::<()>();
    let (begun, holding) = oneshot::channel::<()>();
    let mut tasks = JoinSet::new();
    let db = db.clone();
    tasks.spawn(async move {
        db.write::<_, DbErr, _>(move |_| {
            Box::pin(async move {
                begun.send(()).unwrap();
                released.await.unwrap();
                Ok(())
            })
        })
        .await
        .unwrap();
    });
    holding.await.unwrap();
    (release, tasks)
}

#[tokio::test]
async fn a_failing_write_leaves_its_neighbours_in_the_same_transaction() {
    let (db, _directory) = in_a_file().await;
    let (release, _held) = hold(&db).await;
    let good = db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "good", "")));
    let bad = db.write::<(), DbErr, _>(|tx| {
        Box::pin(async move {
            insert(tx, "bad", "").await?;
            Err(DbErr::Custom("no".into()))
        })
    });
    let own = db.clone();
    let last = db.write::<_, DbErr, _>(move |tx| {
        Box::pin(async move {
            insert(tx, "last", "").await?;
            Ok((names(tx).await, names(own.reader()).await))
        })
    });
    let releasing = async { release.send(()).unwrap() };
    let (good, bad, last, ()) = tokio::join!(good, bad, last, releasing);

    good.unwrap();
    assert_eq!(bad, Err(DbErr::Custom("no".into())));
    let (inside, outside) = last.unwrap();
    assert_eq!(inside, ["good", "last"], "the last shares a transaction with the good one");
    assert!(outside.is_empty(), "and that was not committed yet");
    assert_eq!(names(db.reader()).await, ["good", "last"]);
}

#[tokio::test]
async fn a_failing_write_leaves_nothing() {
    let db = fresh().await;
    let refused = db
        .write::<(), DbErr, _>(|tx| {
            Box::pin(async move {
                insert(tx, "a", "").await?;
                insert(tx, "a", "").await
            })
        })
        .await;
    assert!(db::is_unique_violation(&refused.unwrap_err()));
    assert!(names(db.reader()).await.is_empty());
}

#[tokio::test]
async fn a_panicking_write_reaches_its_caller_and_leaves_nothing() {
    let db = fresh().await;
    let write = db.write::<(), DbErr, _>(|tx| {
        Box::pin(async move {
            insert(tx, "a", "").await?;
            panic!("a defect in a job");
        })
    });
    assert!(AssertUnwindSafe(write).catch_unwind().await.is_err());
    db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "b", ""))).await.unwrap();
    assert_eq!(names(db.reader()).await, ["b"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_writers_lose_no_update() {
    let db = fresh().await;
    db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "counter", ""))).await.unwrap();
    let mut writers = JoinSet::new();
    for _ in 0..16 {
        let db = db.clone();
        writers.spawn(async move {
            for _ in 0..10 {
                let add = |tx: &sea_orm::DatabaseTransaction| {
                    let sql = "UPDATE note SET n = n + 1 WHERE name = 'counter'";
                    Statement::from_string(tx.get_database_backend(), sql)
                };
                db.write::<_, DbErr, _>(move |tx| {
                    Box::pin(async move { tx.execute_raw(add(tx)).await })
                })
                .await
                .unwrap();
            }
        });
    }
    writers.join_all().await;
    let sql = "SELECT n FROM note";
    let statement = Statement::from_string(db.reader().get_database_backend(), sql);
    let row = db.reader().query_one_raw(statement).await.unwrap().unwrap();
    assert_eq!(row.try_get::<i64>("", "n").unwrap(), 160);
}

#[tokio::test]
async fn more_writes_than_the_queue_holds_all_take_effect() {
    let (db, _directory) = in_a_file().await;
    let (release, _held) = hold(&db).await;
    let writes = join_all((0..1500).map(|i| {
        db.write::<_, DbErr, _>(move |tx| {
            Box::pin(async move { insert(tx, &format!("{i:04}"), "").await })
        })
    }));
    let (writes, ()) = tokio::join!(writes, async { release.send(()).unwrap() });
    assert!(writes.iter().all(Result::is_ok));
    assert_eq!(names(db.reader()).await.len(), 1500);
}

#[tokio::test]
async fn a_savepoint_of_a_job_is_its_own() {
    let db = fresh().await;
    db.write::<_, DbErr, _>(|tx| {
        Box::pin(async move {
            insert(tx, "kept", "").await?;
            let attempt = tx.begin().await?;
            insert(&attempt, "kept", "").await.unwrap_err();
            attempt.rollback().await?;
            let dropped = tx.begin().await?;
            insert(&dropped, "dropped", "").await?;
            drop(dropped);
            insert(tx, "too", "").await
        })
    })
    .await
    .unwrap();
    assert_eq!(names(db.reader()).await, ["kept", "too"]);
}

#[tokio::test]
async fn a_write_dropped_midway_leaves_nothing() {
    let db = fresh().await;
    if db.engine() == Engine::Sqlite {
        return; // There the writer finishes what it has begun.
    }
    for _ in 0..8 {
        let (begun, midway) = oneshot::channel::<()>();
        let write = db.write::<(), DbErr, _>(move |tx| {
            Box::pin(async move {
                insert(tx, "a", "").await?;
                begun.send(()).unwrap();
                std::future::pending().await
            })
        });
        tokio::select! {
            _ = write => unreachable!("it waits for ever"),
            _ = midway => {}
        }
    }
    // More were dropped than the pool has connections: none is lost, none holds the row's lock.
    db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "b", ""))).await.unwrap();
    db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "a", ""))).await.unwrap();
    assert_eq!(names(db.reader()).await, ["a", "b"]);
}

#[tokio::test]
async fn a_write_nobody_waits_for_any_more_is_not_begun() {
    let (db, _directory) = in_a_file().await;
    let (release, _held) = hold(&db).await;
    let mut write = Box::pin(db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "gone", ""))));
    assert!((&mut write).now_or_never().is_none());
    drop(write);
    release.send(()).unwrap();
    db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "next", ""))).await.unwrap();
    assert_eq!(names(db.reader()).await, ["next"]);
}

#[tokio::test]
async fn a_job_that_goes_on_after_an_error_is_not_called_a_success() {
    let db = fresh().await;
    let outcome = db
        .write::<_, DbErr, _>(|tx| {
            Box::pin(async move {
                insert(tx, "a", "").await?;
                insert(tx, "a", "").await.unwrap_err();
                Ok(())
            })
        })
        .await;
    // SQLite undoes the failed statement only, PostgreSQL has undone everything.
    let expected = usize::from(outcome.is_ok());
    assert_eq!(names(db.reader()).await.len(), expected);
    assert_eq!(outcome.is_ok(), db.engine() == Engine::Sqlite);
}

#[tokio::test]
async fn the_reader_of_a_file_cannot_write() {
    let (db, _directory) = in_a_file().await;
    let sql = "INSERT INTO note (name, n, body) VALUES ('a', 0, '')";
    assert!(db.reader().execute_unprepared(sql).await.is_err());
}

#[tokio::test]
async fn a_commit_wakes_who_asked_before_it() {
    let db = fresh().await;
    let mut committed = Box::pin(db.committed());
    assert!((&mut committed).now_or_never().is_none());
    db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "a", ""))).await.unwrap();
    timeout(Duration::from_secs(10), committed).await.unwrap();
}

#[tokio::test]
async fn closing_finishes_what_is_queued_and_refuses_the_rest() {
    let db = fresh().await;
    let writes = join_all((0..20).map(|i| {
        db.write::<_, DbErr, _>(move |tx| {
            Box::pin(async move { insert(tx, &format!("{i}"), "").await })
        })
    }));
    let closing = Db::clone(&db).close();
    let (writes, ()) = tokio::join!(writes, closing);
    let again = Db::connect::<crate::Notes>(db.url(), 1).await.unwrap();
    let acknowledged = writes.iter().filter(|write| write.is_ok()).count();
    assert_eq!(names(again.reader()).await.len(), acknowledged);

    let refused = db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "late", ""))).await;
    assert!(db::is_transient(&refused.unwrap_err()));
}

#[tokio::test]
async fn the_writer_ends_with_the_last_handle() {
    let (db, directory) = in_a_file().await;
    db.write::<_, DbErr, _>(|tx| Box::pin(insert(tx, "a", ""))).await.unwrap();
    // SQLite removes the log when the last connection closes.
    let log = directory.path().join("notes.db-wal");
    assert!(log.exists());
    db.reader().close_by_ref().await.unwrap();
    drop(db);
    let gone = async {
        while log.exists() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(20), gone).await.unwrap();
}
