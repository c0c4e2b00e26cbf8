//! What a database error means for the caller, on both engines.
//!
//! Engines report the same fact in different words; only this file knows them.

use sea_orm::{DbErr, RuntimeErr, SqlErr};
use sqlx::{Error, sqlite::SqliteError};

/// Whether a row with this unique key exists already: another call was first.
pub fn is_unique_violation(error: &DbErr) -> bool {
    const CONSTRAINT_ROWID: u32 = 2579;
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
        || matches!(code(error), Some(Code::Sqlite(CONSTRAINT_ROWID)))
}

/// Whether the database has no room left: nothing was written, and writing again helps only once
/// someone has made room.
///
/// `SQLite`: `SQLITE_FULL`; and, because it does not tell `EFBIG` (a limit on file size) and
/// `EDQUOT` (a quota) from other failures to write, `SQLITE_IOERR_WRITE` and
/// `SQLITE_IOERR_SHMSIZE`. PostgreSQL: `disk_full`.
pub fn is_full(error: &DbErr) -> bool {
    const FULL: u32 = 13;
    const IOERR_WRITE: u32 = 778;
    const IOERR_SHMSIZE: u32 = 4874;
    match code(error) {
        Some(Code::Sqlite(code)) => {
            code & 0xff == FULL || code == IOERR_WRITE || code == IOERR_SHMSIZE
        }
        Some(Code::Postgres(state)) => state == "53100",
        None => false,
    }
}

/// Whether the same call may succeed if it is made again: the connection was lost or not to be
/// had in time, the database was busy, or PostgreSQL chose this transaction to end a conflict.
///
/// After a lost connection the write may have happened: repeat it under the same request id.
pub fn is_transient(error: &DbErr) -> bool {
    const BUSY: u32 = 5;
    const LOCKED: u32 = 6;
    if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) {
        return true;
    }
    match code(error) {
        Some(Code::Sqlite(code)) => matches!(code & 0xff, BUSY | LOCKED),
        // Serialization failure, deadlock, lock timeout, statement timeout, a session ended by
        // the server; class 08 is the connection, 53300 is too many of them.
        Some(Code::Postgres(state)) => {
            let known = ["40001", "40P01", "55P03", "57014", "25P03", "53300"];
            known.contains(&state.as_str()) || state.starts_with("08") || state.starts_with("57P")
        }
        None => matches!(
            driver(error),
            Some(
                Error::Io(_)
                    | Error::Tls(_)
                    | Error::PoolTimedOut
                    | Error::PoolClosed
                    | Error::WorkerCrashed
            )
        ),
    }
}

enum Code {
    Sqlite(u32),
    Postgres(String),
}

fn driver(error: &DbErr) -> Option<&Error> {
    if let DbErr::Conn(cause) | DbErr::Exec(cause) | DbErr::Query(cause) = error
        && let RuntimeErr::SqlxError(cause) = cause
    {
        return Some(cause);
    }
    None
}

fn code(error: &DbErr) -> Option<Code> {
    let Error::Database(cause) = driver(error)? else { return None };
    let code = cause.code()?;
    if cause.try_downcast_ref::<SqliteError>().is_some() {
        return code.parse().ok().map(Code::Sqlite);
    }
    Some(Code::Postgres(code.into_owned()))
}
