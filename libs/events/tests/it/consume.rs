//! One effect, however often the event comes.

use db::Db;
use events::consume;
use sea_orm::{ConnectionTrait as _, DbErr, Statement};

use crate::{event, fresh};

/// The effect of these tests: the saved place of a reader, counted up.
async fn count_up(db: &Db, id: &str, fail: bool) -> Result<Option<()>, DbErr> {
    consume(db, "counter", &event(id), move |tx| {
        Box::pin(async move {
            let sql = "INSERT INTO relay (name, cursor) VALUES ('effect', '0.1') ON CONFLICT (name) \
                       DO UPDATE SET cursor = relay.cursor || '1'";
            tx.execute_raw(Statement::from_string(tx.get_database_backend(), sql)).await?;
            if fail { Err(DbErr::Custom("no".into())) } else { Ok(()) }
        })
    })
    .await
}

/// How often the effect took place.
async fn effects(db: &Db) -> i64 {
    db::journal::position(db.reader(), "effect")
        .await
        .unwrap()
        .id
        .to_string()
        .len()
        .try_into()
        .unwrap()
}

#[tokio::test]
async fn an_event_delivered_again_has_no_second_effect() {
    let db = fresh().await;
    assert_eq!(count_up(&db, "referral/1.1", false).await, Ok(Some(())));
    assert_eq!(count_up(&db, "referral/1.1", false).await, Ok(None));
    assert_eq!(effects(&db).await, 1);
    assert_eq!(count_up(&db, "referral/1.2", false).await, Ok(Some(())));
    assert_eq!(effects(&db).await, 2);
}

#[tokio::test]
async fn an_event_delivered_to_two_replicas_at_once_has_one_effect() {
    let db = fresh().await;
    let deliver = || count_up(&db, "referral/1.1", false);
    let (one, two, three) = tokio::join!(deliver(), deliver(), deliver());
    let first = [one, two, three].into_iter().filter(|done| done.as_ref().unwrap().is_some());
    assert_eq!(first.count(), 1);
    assert_eq!(effects(&db).await, 1);
}

#[tokio::test]
async fn an_event_whose_effect_failed_may_come_again() {
    let db = fresh().await;
    assert!(count_up(&db, "referral/1.1", true).await.is_err());
    assert_eq!(count_up(&db, "referral/1.1", false).await, Ok(Some(())));
    assert_eq!(effects(&db).await, 1);
}
