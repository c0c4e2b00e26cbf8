//! The journal as other services read it: in order, from a cursor, in its canonical form.

use std::time::Duration;

use db::{
    Db,
    journal::{self, Cursor, Row},
};
use prost::{DecodeError, Message as _};
use proto::journal::v1 as pb;
use sea_orm::DbErr;
use tokio::time::{Instant, sleep_until, timeout_at};

/// The most rows one answer has.
const ROWS: i32 = 1000;
/// The most bytes one answer has: below the 4 MiB of a message.
const BYTES: usize = 3 << 20;
/// The longest wait, in milliseconds.
const WAIT_MS: i32 = 10_000;
/// How often to look for commits of other replicas.
const POLL: Duration = Duration::from_millis(250);

/// What a reader asks for; the fields are those of a `ReadJournalRequest`.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are those of `ReadJournalRequest`")]
pub struct Asked {
    pub cursor: String,
    pub page_size: i32,
    pub wait_ms: i32,
    pub row_id: i64,
}

/// What a reader gets.
#[derive(Clone, Debug)]
pub struct Read {
    /// Oldest first.
    pub rows: Vec<pb::Row>,
    /// Where to go on.
    pub next_cursor: String,
}

/// Why nothing was read.
#[derive(Debug, thiserror::Error)]
pub enum Unread {
    /// A field of the request, and what is wrong with it.
    #[error("{0} {1}")]
    Field(&'static str, &'static str),
    /// The marks of a row do not read back.
    #[error("the marks of a journal row are corrupt")]
    Corrupt(#[from] DecodeError),
    /// The database's fault.
    #[error("the journal cannot be read")]
    Storage(#[from] DbErr),
}

/// Reads the journal of `service`: one row, or what follows a cursor, waiting for it if asked to.
pub async fn read_journal(db: &Db, service: &str, asked: &Asked) -> Result<Read, Unread> {
    if asked.row_id != 0 {
        let row = journal::row(db, asked.row_id).await?;
        let rows = row.into_iter().map(|row| canonical(service, row)).collect::<Result<_, _>>()?;
        return Ok(Read { rows, next_cursor: String::new() });
    }
    let after = match asked.cursor.as_str() {
        "" => Cursor::START,
        text => {
            text.parse().map_err(|_| Unread::Field("cursor", "is no cursor of this journal"))?
        }
    };
    let limit = match asked.page_size {
        0 => ROWS,
        size if (1..=ROWS).contains(&size) => size,
        _ => return Err(Unread::Field("page_size", "is not between 0 and 1000")),
    };
    if !(0..=WAIT_MS).contains(&asked.wait_ms) {
        return Err(Unread::Field("wait_ms", "is not between 0 and 10000"));
    }
    let wait = Duration::from_millis(asked.wait_ms.unsigned_abs().into());
    let rows = rows(db, after, limit.unsigned_abs().into(), Instant::now() + wait).await?;
    Ok(cut(service, after, rows)?)
}

async fn rows(db: &Db, after: Cursor, limit: u64, until: Instant) -> Result<Vec<Row>, DbErr> {
    loop {
        // Asked before the read, so that no commit between the two goes unseen.
        let committed = db.committed();
        let rows = journal::after(db, after, limit).await?;
        if !rows.is_empty() || Instant::now() >= until {
            return Ok(rows);
        }
        let poll = (Instant::now() + POLL).min(until);
        if timeout_at(poll, committed).await.is_err() {
            sleep_until(poll).await;
        }
    }
}

/// As many of the rows as one message holds; the first one always.
fn cut(service: &str, after: Cursor, rows: Vec<Row>) -> Result<Read, DecodeError> {
    let (mut read, mut bytes, mut reached) = (Vec::new(), 0, after);
    for row in rows {
        let cursor = row.cursor;
        let row = canonical(service, row)?;
        bytes += row.encoded_len();
        if bytes > BYTES && !read.is_empty() {
            break;
        }
        reached = cursor;
        read.push(row);
    }
    Ok(Read { rows: read, next_cursor: reached.to_string() })
}

/// The form of a row whose bytes are hashed into the transparency log.
///
/// # Errors
/// The marks of the row do not read back.
pub fn canonical(service: &str, row: Row) -> Result<pb::Row, DecodeError> {
    // A row without marks has the bytes it had before there were any.
    let marks = match row.marks.as_slice() {
        [] => None,
        bytes => Some(pb::Marks::decode(bytes)?),
    };
    let time = prost_types::Timestamp {
        seconds: row.at.timestamp(),
        nanos: i32::try_from(row.at.timestamp_subsec_nanos()).unwrap_or_default(),
    };
    Ok(pb::Row {
        service: service.to_owned(),
        id: row.cursor.id,
        time: Some(time),
        kind: row.kind,
        resource: row.resource,
        docket: row.docket,
        agency: row.agency,
        officer: row.officer,
        step: row.step,
        payload: row.payload,
        request_id: row.request_id,
        attestation: row.attestation.map(|proof| pb::Attestation {
            wit: proof.wit,
            wpt: proof.wpt,
            request_digest: proof.request_digest,
            response_digest: proof.response_digest,
            status: proof.status,
            answer_wit: proof.answer_wit,
            answer_wpt: proof.answer_wpt,
        }),
        marks,
    })
}
