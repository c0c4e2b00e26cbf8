//! The referral service, as far as its journal is read: a real journal on a real database, behind the
//! real guard, in which a test writes what happened.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use auth::{Allow, Policy, Rule, Shape};
use db::{Db, journal::Entry};
use proto::referral::v1::{ReadJournalRequest, ReadJournalResponse};
use sea_orm::DbErr;
use sea_orm_migration::{MigrationTrait, MigratorTrait};
use tonic::{
    Request, Response, Status,
    body::Body,
    codegen::{Service, http},
    server::NamedService,
};
use tonic_prost::ProstCodec;

/// Only supervision reads it.
pub(crate) const POLICY: Policy = Policy(&[Rule {
    method: "/xiezhi.referral.v1.ReferralService/ReadJournal",
    allow: Allow::Services(&["supervision"]),
    shape: Shape::Unary,
}]);

/// The tables every service has.
pub(crate) struct Tables;

impl MigratorTrait for Tables {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![db::common_migration(), db::answers_migration(), db::marks_migration()]
    }
}

/// Serves the journal.
#[derive(Clone, Debug)]
pub(crate) struct Desk(pub(crate) Db);

impl NamedService for Desk {
    const NAME: &'static str = "xiezhi.referral.v1.ReferralService";
}

impl Service<http::Request<Body>> for Desk {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let db = self.0.clone();
        Box::pin(async move {
            let codec: ProstCodec<ReadJournalResponse, ReadJournalRequest> = ProstCodec::default();
            let answer = move |request: Request<ReadJournalRequest>| {
                let (db, asked) = (db.clone(), request.into_inner());
                async move { read(&db, asked).await }
            };
            Ok(tonic::server::Grpc::new(codec).unary(tower::service_fn(answer), request).await)
        })
    }
}

async fn read(db: &Db, asked: ReadJournalRequest) -> Result<Response<ReadJournalResponse>, Status> {
    let ReadJournalRequest { cursor, page_size, wait_ms, row_id } = asked;
    let asked = events::Asked { cursor, page_size, wait_ms, row_id };
    let read = events::read_journal(db, "referral", &asked).await;
    let read = read.map_err(|error| Status::internal(error.to_string()))?;
    Ok(Response::new(ReadJournalResponse { rows: read.rows, next_cursor: read.next_cursor }))
}

/// Writes what happened, in one transaction.
pub(crate) async fn write(db: &Db, entries: Vec<Entry>) {
    let written =
        db.write(move |tx| Box::pin(async move { db::journal::append_all(tx, entries).await }));
    let written: Result<(), DbErr> = written.await;
    written.unwrap();
}
