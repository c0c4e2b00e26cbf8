//! A real database for each test: a `SQLite` file, or a copy of a migrated PostgreSQL template.
//!
//! Set `XIEZHI_TEST_POSTGRES` to the URL of a server, without a database, to test on PostgreSQL.

use std::{
    collections::BTreeSet,
    fmt::Display,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    ops::Deref,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sea_orm_migration::MigratorTrait;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tempfile::TempDir;
use tokio::sync::Mutex;

use crate::Db;

/// A database of a test's own. The file goes with it; a PostgreSQL database stays behind for
/// inspection, in a server that is only for tests.
#[derive(Debug)]
pub struct Fresh {
    db: Db,
    url: String,
    _directory: Option<TempDir>,
}

impl Fresh {
    /// The URL, to open it a second time as another process would.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Deref for Fresh {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

/// Connections of a test's pool; tests run side by side on one server.
const CONNECTIONS: u32 = 4;

/// Makes a fresh database with the schema of `service`.
///
/// # Panics
/// When it cannot: the test has failed.
#[expect(clippy::disallowed_methods, reason = "tests find their server in the environment")]
pub async fn database<M: MigratorTrait>(service: &str) -> Fresh {
    let (url, directory) = match std::env::var("XIEZHI_TEST_POSTGRES") {
        Ok(server) => (copy::<M>(server.trim_end_matches('/'), service).await, None),
        Err(_) => {
            let directory = or_fail(tempfile::tempdir());
            let file = directory.path().join(format!("{service}.db"));
            (format!("sqlite://{}?mode=rwc", file.display()), Some(directory))
        }
    };
    let db = or_fail(Db::connect::<M>(&url, CONNECTIONS).await);
    Fresh { db, url, _directory: directory }
}

/// Copies the service's template, which the first call in a process migrates.
async fn copy<M: MigratorTrait>(server: &str, service: &str) -> String {
    static TEMPLATES: Mutex<BTreeSet<String>> = Mutex::const_new(BTreeSet::new());
    static NEXT: AtomicU32 = AtomicU32::new(0);
    // Random, not the process number: numbers come again, and would find an old schema.
    static PROCESS: LazyLock<u64> = LazyLock::new(|| RandomState::new().build_hasher().finish());

    let template = format!("test_{service}_{:016x}", *PROCESS);
    let mut admin = or_fail(PgConnection::connect(&format!("{server}/postgres")).await);
    // A template must not be in use while it is copied: one copy at a time.
    let mut templates = TEMPLATES.lock().await;
    if !templates.contains(&template) {
        create(&mut admin, &format!("CREATE DATABASE \"{template}\"")).await;
        or_fail(Db::connect::<M>(&format!("{server}/{template}"), 1).await).close().await;
        templates.insert(template.clone());
    }
    let name = format!("{template}_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    create(&mut admin, &format!("CREATE DATABASE \"{name}\" TEMPLATE \"{template}\"")).await;
    format!("{server}/{name}")
}

async fn create(admin: &mut PgConnection, sql: &str) {
    or_fail(admin.execute(AssertSqlSafe(sql)).await);
}

#[expect(clippy::panic, reason = "a test fails by panicking")]
#[track_caller]
fn or_fail<T>(result: Result<T, impl Display>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("no test database: {error}"),
    }
}
