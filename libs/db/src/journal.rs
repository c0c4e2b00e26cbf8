//! The journal of a service: append-only, written in the transaction that makes an entry true.
//!
//! It is the full trace, the outbox, and the leaf of the transparency log (DESIGN.md section 2).

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};

use crate::{Db, Engine};

/// What is written down.
#[derive(Clone, Debug)]
pub struct Entry {
    /// When it happened, by the service's clock.
    pub at: DateTime<Utc>,
    /// What happened, such as `referral.accepted.v1`.
    pub kind: &'static str,
    /// The name of the resource it happened to.
    pub resource: String,
    /// The docket it belongs to; empty when there is none.
    pub docket: String,
    /// The code of the agency that did it; empty when the service itself did.
    pub agency: String,
    /// The officer for whom it was done; empty when there is none.
    pub officer: String,
    /// The step of the procedure; empty when there is none.
    pub step: String,
    /// The event, an encoded protobuf message.
    pub payload: Vec<u8>,
    /// The idempotency key of the call; empty when no call caused it.
    pub request_id: String,
    /// The caller's proof; none when no call caused it.
    pub attestation: Option<Attested>,
    /// What it means to those who watch, an encoded `xiezhi.journal.v1.Marks`; empty when it means
    /// nothing to them.
    pub marks: Vec<u8>,
}

/// What proves, without trusting this service, who asked for what (`MUTUAL_JWT.md`, "What is
/// kept").
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    /// The caller's workload identity token, as received.
    pub wit: String,
    /// The caller's proof over the request, as received.
    pub wpt: String,
    /// SHA-256 of the request.
    pub request_digest: Vec<u8>,
    /// SHA-256 of the response.
    pub response_digest: Vec<u8>,
    /// The gRPC status of the response.
    pub status: i32,
    /// The service's workload identity token; empty in rows written before it was kept.
    pub answer_wit: String,
    /// The service's proof over the response; empty in rows written before it was kept.
    pub answer_wpt: String,
}

/// A place in the journal: everything up to and including one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor {
    /// The PostgreSQL transaction that wrote the row; 0 on `SQLite`.
    pub txid: i64,
    /// The row.
    pub id: i64,
}

impl Cursor {
    /// Before the first row.
    pub const START: Self = Self { txid: 0, id: 0 };
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.txid, self.id)
    }
}

/// The text is not a [`Cursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a journal cursor: expected two non-negative numbers joined by a dot")]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let number = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            if plain { digits.parse::<i64>().map_err(|_| NotACursor) } else { Err(NotACursor) }
        };
        let (txid, id) = text.split_once('.').ok_or(NotACursor)?;
        Ok(Self { txid: number(txid)?, id: number(id)? })
    }
}

/// A row as it was written; the fields are those of [`Entry`].
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `Entry`")]
pub struct Row {
    pub cursor: Cursor,
    pub at: DateTime<Utc>,
    pub kind: String,
    pub resource: String,
    pub docket: String,
    pub agency: String,
    pub officer: String,
    pub step: String,
    pub payload: Vec<u8>,
    pub request_id: String,
    pub attestation: Option<Attested>,
    pub marks: Vec<u8>,
}

/// The columns [`Row::read`] wants, for a service's own query over `journal AS j`.
pub const COLUMNS: &str = "j.id, j.txid, j.at, j.kind, j.resource, j.docket, j.agency, j.officer, \
     j.step, j.payload, j.request_id, j.wit, j.wpt, j.request_digest, j.response_digest, j.status, \
     j.answer_wit, j.answer_wpt, j.marks";

impl Row {
    /// Reads a row selected with [`COLUMNS`].
    pub fn read(row: &QueryResult) -> Result<Self, DbErr> {
        let attestation = match row.try_get::<Option<String>>("", "wit")? {
            None => None,
            Some(wit) => Some(Attested {
                wit,
                wpt: row.try_get("", "wpt")?,
                request_digest: row.try_get("", "request_digest")?,
                response_digest: row.try_get("", "response_digest")?,
                status: row.try_get("", "status")?,
                answer_wit: row.try_get::<Option<String>>("", "answer_wit")?.unwrap_or_default(),
                answer_wpt: row.try_get::<Option<String>>("", "answer_wpt")?.unwrap_or_default(),
            }),
        };
        Ok(Self {
            cursor: Cursor { txid: row.try_get("", "txid")?, id: row.try_get("", "id")? },
            at: row.try_get("", "at")?,
            kind: row.try_get("", "kind")?,
            resource: row.try_get("", "resource")?,
            docket: row.try_get("", "docket")?,
            agency: row.try_get("", "agency")?,
            officer: row.try_get("", "officer")?,
            step: row.try_get("", "step")?,
            payload: row.try_get("", "payload")?,
            request_id: row.try_get("", "request_id")?,
            attestation,
            marks: row.try_get::<Option<Vec<u8>>>("", "marks")?.unwrap_or_default(),
        })
    }
}

/// Appends `entry` and returns its id; `tx` must be the transaction that changes the state.
pub async fn append(tx: &impl ConnectionTrait, entry: Entry) -> Result<i64, DbErr> {
    let backend = tx.get_database_backend();
    let (sql, values) = insert(entry, backend);
    tx.query_one_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?
        .ok_or(DbErr::RecordNotInserted)?
        .try_get("", "id")
}

/// The most rows one statement appends: `SQLite` takes 32,766 values.
const AT_ONCE: usize = 500;

/// Appends many entries in their order; as [`append`] in all else.
///
/// # Errors
/// The database's.
pub async fn append_all(tx: &impl ConnectionTrait, entries: Vec<Entry>) -> Result<(), DbErr> {
    let backend = tx.get_database_backend();
    let mut entries = entries.into_iter().peekable();
    while entries.peek().is_some() {
        let mut rows = Vec::new();
        let mut values: Vec<Value> = Vec::new();
        for entry in entries.by_ref().take(AT_ONCE) {
            let first = values.len() + 1;
            values.extend(self::values(entry));
            rows.push(places(first, backend));
        }
        let sql = format!("INSERT INTO journal ({WRITTEN}) VALUES {}", rows.join(", "));
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, values)).await?;
    }
    Ok(())
}

/// The columns of [`places`].
const WRITTEN: &str = "txid, at, kind, resource, docket, agency, officer, step, payload, \
     request_id, wit, wpt, request_digest, response_digest, status, answer_wit, answer_wpt, marks";

/// The places of one row whose values are numbered from `first`.
fn places(first: usize, backend: DbBackend) -> String {
    // The transaction's number orders rows by who began first; SQLite has one writer, whose ids
    // are that order already.
    let txid =
        if backend == DbBackend::Postgres { "pg_current_xact_id()::text::bigint" } else { "0" };
    let places: Vec<String> = (first..first + 17).map(|place| format!("${place}")).collect();
    format!("({txid}, {})", places.join(", "))
}

/// The statement that appends `entry` and returns its id.
pub(crate) fn insert(entry: Entry, backend: DbBackend) -> (String, Vec<Value>) {
    let row = places(1, backend);
    let sql = format!("INSERT INTO journal ({WRITTEN}) VALUES {row} RETURNING id");
    (sql, values(entry).into())
}

fn values(entry: Entry) -> [Value; 17] {
    let proof = entry.attestation;
    let kept = |text: fn(&Attested) -> &str| proof.as_ref().map(|a| text(a).to_owned());
    let bytes = |of: fn(&Attested) -> &[u8]| proof.as_ref().map(|a| of(a).to_vec());
    [
        entry.at.into(),
        entry.kind.into(),
        entry.resource.into(),
        entry.docket.into(),
        entry.agency.into(),
        entry.officer.into(),
        entry.step.into(),
        entry.payload.into(),
        entry.request_id.into(),
        kept(|a| &a.wit).into(),
        kept(|a| &a.wpt).into(),
        bytes(|a| &a.request_digest).into(),
        bytes(|a| &a.response_digest).into(),
        proof.as_ref().map(|a| a.status).into(),
        kept(|a| &a.answer_wit).into(),
        kept(|a| &a.answer_wpt).into(),
        Some(entry.marks).filter(|marks| !marks.is_empty()).into(),
    ]
}

/// At most `limit` rows after `cursor`, in an order that never skips a row that committed late.
///
/// On PostgreSQL a row shows only when every transaction that began to write before its own has
/// ended, in any database of the server: until then a just committed row is held back.
pub async fn after(db: &Db, cursor: Cursor, limit: u64) -> Result<Vec<Row>, DbErr> {
    let sql = format!(
        "SELECT {COLUMNS} FROM journal AS j WHERE (j.txid, j.id) > ($1, $2) AND {} ORDER BY \
         j.txid, j.id LIMIT $3",
        horizon_sql(db.engine())
    );
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values: [Value; 3] = [cursor.txid.into(), cursor.id.into(), limit.into()];
    let reader = db.reader();
    let statement = Statement::from_sql_and_values(reader.get_database_backend(), sql, values);
    reader.query_all_raw(statement).await?.iter().map(Row::read).collect()
}

/// The row with this id, once a reader in order would have come to it.
pub async fn row(db: &Db, id: i64) -> Result<Option<Row>, DbErr> {
    let sql = format!(
        "SELECT {COLUMNS} FROM journal AS j WHERE j.id = $1 AND {}",
        horizon_sql(db.engine())
    );
    let reader = db.reader();
    let statement = Statement::from_sql_and_values(reader.get_database_backend(), sql, [id.into()]);
    reader.query_one_raw(statement).await?.as_ref().map(Row::read).transpose()
}

/// The condition a service adds to its own query over `journal AS j`, so that a reader who goes
/// on from the last cursor it saw, in the order `j.txid, j.id`, misses nothing.
pub fn horizon_sql(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "1 = 1",
        Engine::Postgres => "j.txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
    }
}

/// Where the reader called `name` stands; [`Cursor::START`] when it never saved.
pub async fn position(conn: &impl ConnectionTrait, name: &str) -> Result<Cursor, DbErr> {
    let sql = "SELECT cursor FROM relay WHERE name = $1";
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, [name.into()]);
    let Some(row) = conn.query_one_raw(statement).await? else { return Ok(Cursor::START) };
    let text: String = row.try_get("", "cursor")?;
    text.parse().map_err(|error: NotACursor| DbErr::Type(error.to_string()))
}

/// Saves where the reader called `name` stands.
pub async fn save_position(
    tx: &impl ConnectionTrait,
    name: &str,
    cursor: Cursor,
) -> Result<(), DbErr> {
    let sql = "INSERT INTO relay (name, cursor) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET cursor = excluded.cursor";
    let values: [Value; 2] = [name.into(), cursor.to_string().into()];
    tx.execute_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    Ok(())
}
