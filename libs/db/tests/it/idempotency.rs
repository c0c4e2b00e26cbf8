//! The same request id: the same answer, a refusal, or one winner.

use db::{
    Db,
    idempotency::{self, Claim},
};
use sea_orm::DbErr;

use crate::{fresh, noon};

async fn record(db: &Db, response: &'static [u8]) -> Result<(), DbErr> {
    db.write(move |tx| {
        Box::pin(async move {
            idempotency::record(tx, "agency/MKT", "r-1", "Open", b"digest", response, noon()).await
        })
    })
    .await
}

#[tokio::test]
async fn the_same_request_gets_the_first_answer_and_another_is_told_apart() {
    let db = fresh().await;
    let claim = async |caller: &str, id: &str, method: &str, digest: &[u8]| {
        idempotency::lookup(db.reader(), caller, id, method, digest).await.unwrap()
    };
    assert_eq!(claim("agency/MKT", "r-1", "Open", b"digest").await, Claim::New);
    record(&db, b"answer").await.unwrap();

    let same = Claim::Same(b"answer".to_vec());
    assert_eq!(claim("agency/MKT", "r-1", "Open", b"digest").await, same);
    assert_eq!(claim("agency/MKT", "r-1", "Open", b"other").await, Claim::Different);
    assert_eq!(claim("agency/MKT", "r-1", "Close", b"digest").await, Claim::Different);
    assert_eq!(claim("agency/MKT", "r-2", "Open", b"digest").await, Claim::New);
    assert_eq!(claim("agency/PSB", "r-1", "Open", b"digest").await, Claim::New);
}

#[tokio::test]
async fn of_two_that_race_one_wins_and_the_other_can_tell() {
    let db = fresh().await;
    let (one, two) = tokio::join!(record(&db, b"one"), record(&db, b"two"));
    let (winner, lost) = match (one, two) {
        (Ok(()), Err(lost)) => (b"one", lost),
        (Err(lost), Ok(())) => (b"two", lost),
        both => panic!("one of them wins: {both:?}"),
    };
    assert!(db::is_unique_violation(&lost));
    let claim = idempotency::lookup(db.reader(), "agency/MKT", "r-1", "Open", b"digest").await;
    assert_eq!(claim.unwrap(), Claim::Same(winner.to_vec()));
}

#[tokio::test]
async fn an_inbox_lets_an_event_in_once_and_again_if_its_effect_was_undone() {
    let db = fresh().await;
    let once = async |fail: bool| {
        db.write::<_, DbErr, _>(move |tx| {
            Box::pin(async move {
                let first = db::inbox::once(tx, "warnings", "referral/1.1").await?;
                if fail { Err(DbErr::Custom("no".into())) } else { Ok(first) }
            })
        })
        .await
    };
    assert!(once(true).await.is_err());
    assert!(once(false).await.unwrap());
    assert!(!once(false).await.unwrap());
}
