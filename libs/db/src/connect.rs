//! Opening a database: the options of each engine, then the schema, brought up to date.
//!
//! A schema newer than this program is refused: it might mean what this program does not know.

use std::time::Duration;

use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DatabaseTransaction, DbErr,
    Statement, TransactionTrait as _,
};
use sea_orm_migration::MigratorTrait;
use sqlx::{
    Connection as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    Engine,
    writer::{self, Gate},
};

/// How long a call waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(5);
/// How long `SQLite` waits for another process that writes to the same file.
const BUSY: Duration = Duration::from_secs(5);
/// How long one PostgreSQL statement may take.
const STATEMENT: Duration = Duration::from_secs(30);
/// Limits on what an abandoned transaction may hold up, the journal's horizon included.
const LIMITS: [(&str, &str); 2] =
    [("idle_in_transaction_session_timeout", "60s"), ("lock_timeout", "10s")];
/// The advisory lock held while migrating: "xiezhi" in ASCII.
const MIGRATION_LOCK: i64 = 0x78_69_65_7a_68_69;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL names neither engine, or a database that would not outlive its connection.
    #[error(
        "the database URL must be sqlite:///path/file.db?mode=rwc or postgres://host/database \
         (an in-memory SQLite database cannot be used)"
    )]
    Url,
    /// The server did not answer, refused the login, or the file cannot be opened.
    #[error("cannot reach the {engine} database: {source}")]
    Unreachable {
        /// The engine.
        engine: Engine,
        /// What the driver says.
        source: DbErr,
    },
    /// A newer version of this program has migrated the database.
    #[error(
        "the database was migrated by a newer version (it has `{found}`, unknown to this one): \
         start that version or a later one"
    )]
    NewerSchema {
        /// The migration this program does not know.
        found: String,
    },
    /// The journal holds transaction numbers this server has not reached: it was copied from
    /// another one, and rows written now would sort before rows already read, and be skipped.
    #[error(
        "the journal was written by another server, up to transaction {written}, and this one is \
         at {server}: restore a physical backup, or raise this server's counter with \
         pg_resetwal --next-transaction-id"
    )]
    Rewound {
        /// The highest transaction number in the journal.
        written: i64,
        /// The server's next one.
        server: i64,
    },
    /// The schema could not be brought up to date; it is as it was.
    #[error("the {engine} schema could not be brought up to date: {source}")]
    Migration {
        /// The engine.
        engine: Engine,
        /// What the driver says.
        source: DbErr,
    },
}

impl Engine {
    /// The engine a URL names.
    pub(crate) fn of(url: &str) -> Result<Self, ConnectError> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Ok(Self::Postgres)
        } else if url.starts_with("sqlite:")
            && !url.contains(":memory:")
            && !url.contains("mode=memory")
        {
            Ok(Self::Sqlite)
        } else {
            Err(ConnectError::Url)
        }
    }
}

fn options(url: &str, max_connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(max_connections.max(1))
        .acquire_timeout(ACQUIRE)
        .connect_timeout(ACQUIRE)
        .sqlx_logging(false)
        // Asking a connection each time whether it lives would cost a round trip per write.
        .test_before_acquire_if_idle_for(Duration::from_secs(10));
    options
}

/// A migrated PostgreSQL database.
pub(crate) async fn postgres<M: MigratorTrait>(
    url: &str,
    max_connections: u32,
) -> Result<DatabaseConnection, ConnectError> {
    let engine = Engine::Postgres;
    let mut options = options(url, max_connections);
    options
        .set_application_name("xiezhi")
        .statement_timeout(STATEMENT)
        .map_sqlx_postgres_opts(|options| options.options(LIMITS));
    let connection = Database::connect(options)
        .await
        .map_err(|source| ConnectError::Unreachable { engine, source })?;
    let failed = |source| ConnectError::Migration { engine, source };
    let tx = connection.begin().await.map_err(failed)?;
    // Replicas that start together migrate one after the other; an index on a large table may
    // take its time.
    let prepare = format!(
        "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
         SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
    );
    tx.execute_unprepared(&prepare).await.map_err(failed)?;
    migrate::<M>(&tx, engine).await?;
    same_server(&tx).await?;
    tx.commit().await.map_err(failed)?;
    Ok(connection)
}

/// Refuses a journal whose order this server cannot continue (see [`crate::journal`]).
async fn same_server(tx: &DatabaseTransaction) -> Result<(), ConnectError> {
    let read = async {
        let sql = "SELECT max(txid) AS written, pg_current_xact_id()::text::bigint AS server \
                   FROM journal";
        let statement = Statement::from_string(tx.get_database_backend(), sql);
        let row = tx.query_one_raw(statement).await?.ok_or(DbErr::RecordNotFound(sql.into()))?;
        Ok((row.try_get::<Option<i64>>("", "written")?, row.try_get::<i64>("", "server")?))
    };
    let failed = |source| ConnectError::Migration { engine: Engine::Postgres, source };
    match read.await.map_err(failed)? {
        (Some(written), server) if written > server => {
            Err(ConnectError::Rewound { written, server })
        }
        _ => Ok(()),
    }
}

/// A migrated `SQLite` file: the writer's connection with its gate, and the readers.
pub(crate) async fn sqlite<M: MigratorTrait>(
    url: &str,
    readers: u32,
) -> Result<(DatabaseConnection, Gate, DatabaseConnection), ConnectError> {
    let engine = Engine::Sqlite;
    let gate = Gate::default();
    let mut writing = options(url, 1);
    let pool_gate = gate.clone();
    writing
        .map_sqlx_sqlite_opts(durable)
        .map_sqlx_sqlite_pool_opts(move |pool| guarded(pool, pool_gate.clone()))
        .idle_timeout(None)
        .max_lifetime(None);
    let writer = Database::connect(writing)
        .await
        .map_err(|source| ConnectError::Unreachable { engine, source })?;
    let failed = |source| ConnectError::Migration { engine, source };
    let tx = writer::begin(&writer).await.map_err(failed)?;
    migrate::<M>(&tx, engine).await?;
    gate.commit(tx).await.map_err(failed)?;

    let mut reading = options(url, readers);
    reading.map_sqlx_sqlite_opts(|options| durable(options).pragma("query_only", "ON"));
    let reader = Database::connect(reading)
        .await
        .map_err(|source| ConnectError::Unreachable { engine, source })?;
    Ok((writer, gate, reader))
}

fn durable(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY)
        .foreign_keys(true)
}

fn guarded(pool: SqlitePoolOptions, gate: Gate) -> SqlitePoolOptions {
    pool.after_connect(move |connection, _| {
        let gate = gate.clone();
        Box::pin(async move {
            connection.lock_handle().await?.set_commit_hook(move || gate.is_open());
            Ok(())
        })
    })
    // After a broken transaction sqlx and SQLite may disagree on whether there still is one: only
    // a connection that both know to be outside is used again.
    .after_release(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
}

async fn migrate<M: MigratorTrait>(
    tx: &DatabaseTransaction,
    engine: Engine,
) -> Result<(), ConnectError> {
    let failed = |source| ConnectError::Migration { engine, source };
    let known = M::migrations();
    let applied = M::get_migration_models(tx).await.map_err(failed)?;
    for model in applied {
        if !known.iter().any(|migration| migration.name() == model.version) {
            return Err(ConnectError::NewerSchema { found: model.version });
        }
    }
    M::up(tx, None).await.map_err(failed)
}
