//! From journal to effect, on both engines: `SQLite` by default, PostgreSQL when
//! `XIEZHI_TEST_POSTGRES` is set.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod bus;
mod consume;
mod reading;
mod relay;

use chrono::{DateTime, Utc};
use db::{
    Db,
    journal::{self, Entry},
    testing::Fresh,
};
use events::Event;
use sea_orm_migration::prelude::*;

/// The schema of a service with no tables of its own.
struct Common;

impl MigratorTrait for Common {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![db::common_migration(), db::answers_migration(), db::marks_migration()]
    }
}

async fn fresh() -> Fresh {
    db::testing::database::<Common>("events").await
}

fn noon() -> DateTime<Utc> {
    "2026-03-02T04:00:00Z".parse().unwrap()
}

fn event(id: &str) -> Event {
    Event {
        id: id.into(),
        service: "referral",
        kind: "referral.accepted.v1".into(),
        resource: "referrals/1".into(),
        docket: "dockets/1".into(),
        at: noon(),
        payload: vec![1, 2, 3],
    }
}

fn entry(resource: String) -> Entry {
    Entry {
        at: noon(),
        kind: "referral.accepted.v1",
        resource,
        docket: "dockets/1".into(),
        agency: String::new(),
        officer: String::new(),
        step: String::new(),
        payload: vec![1, 2, 3],
        request_id: String::new(),
        attestation: None,
        marks: Vec::new(),
    }
}

async fn append(db: &Db, resource: &str) {
    let entry = entry(resource.to_owned());
    db.write::<_, DbErr, _>(|tx| Box::pin(async move { journal::append(tx, entry).await }))
        .await
        .unwrap();
}
