//! Draws: public but for their secret, the winners, and the record's second part.

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, Order, QueryResult, Value,
    sea_query::{Expr, ExprTrait as _, Query},
};
use types::AgencyCode;

use super::{kept::Kept, read_json, read_word, resource, subject, write_json};
use crate::{domain::draw::Draw, error::Error};

/// The most bytes of a part of a record, but for the rest of a character: below 1 MiB.
const PART_BYTES: usize = (1 << 20) - 4;

impl Kept for Draw {
    const TABLE: &'static str = "draw";
    const WHAT: &'static str = "draw";

    fn name(&self) -> &str {
        &self.name
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn columns(&self) -> Vec<(&'static str, Value)> {
        vec![("state", self.state.as_str().into())]
    }
}

/// Keeps the office's nonce and the seed until the draw is opened.
pub(crate) async fn set_secret(
    tx: &impl ConnectionTrait,
    draw: &str,
    (nonce, seed): (&str, &str),
) -> Result<(), Error> {
    let mut insert = Query::insert();
    insert.into_table("draw_secret").columns(["draw", "nonce", "seed"]).values_panic([
        draw.into(),
        nonce.into(),
        seed.into(),
    ]);
    tx.execute(&insert).await?;
    Ok(())
}

/// The office's nonce and the seed.
pub(crate) async fn secret(
    conn: &impl ConnectionTrait,
    draw: &str,
) -> Result<(String, String), Error> {
    let select = Query::select()
        .columns(["nonce", "seed"])
        .from("draw_secret")
        .and_where(Expr::col("draw").eq(draw))
        .take();
    let row = conn.query_one(&select).await?.ok_or(Error::Corrupt("draw_secret"))?;
    Ok((row.try_get("", "nonce")?, row.try_get("", "seed")?))
}

/// The secret of an opened draw is in the draw itself: nothing is kept twice.
pub(crate) async fn drop_secret(tx: &impl ConnectionTrait, draw: &str) -> Result<(), Error> {
    let delete =
        Query::delete().from_table("draw_secret").and_where(Expr::col("draw").eq(draw)).take();
    tx.execute(&delete).await?;
    Ok(())
}

/// Adds a text to a draw's record, in parts, from the byte `start` on.
pub(crate) async fn insert_text(
    tx: &impl ConnectionTrait,
    draw: &str,
    start: usize,
    text: &str,
) -> Result<(), Error> {
    let mut from = 0;
    while from < text.len() {
        let end = (text.len().min(from + PART_BYTES)..=text.len())
            .find(|end| text.is_char_boundary(*end))
            .unwrap_or(text.len());
        let part = text.get(from..end).unwrap_or_default();
        let mut insert = Query::insert();
        insert.into_table("draw_text").columns(["draw", "start", "bytes", "content"]).values_panic(
            [
                draw.into(),
                Expr::value(i64::try_from(start + from).unwrap_or(i64::MAX)),
                Expr::value(i64::try_from(part.len()).unwrap_or(i64::MAX)),
                part.into(),
            ],
        );
        tx.execute(&insert).await?;
        from = end;
    }
    Ok(())
}

/// How long the record of a draw is so far.
pub(crate) async fn text_bytes(conn: &impl ConnectionTrait, draw: &str) -> Result<i64, Error> {
    let select = Query::select()
        .columns(["start", "bytes"])
        .from("draw_text")
        .and_where(Expr::col("draw").eq(draw))
        .order_by("start", Order::Desc)
        .limit(1)
        .take();
    let Some(row) = conn.query_one(&select).await? else { return Ok(0) };
    Ok(row.try_get::<i64>("", "start")? + row.try_get::<i64>("", "bytes")?)
}

/// The part of a record in which a byte lies, and where the part starts.
pub(crate) async fn part_of_text(
    conn: &impl ConnectionTrait,
    draw: &str,
    at: i64,
) -> Result<Option<(i64, String)>, Error> {
    let select = Query::select()
        .columns(["start", "content"])
        .from("draw_text")
        .and_where(Expr::col("draw").eq(draw))
        .and_where(Expr::col("start").lte(at))
        .order_by("start", Order::Desc)
        .limit(1)
        .take();
    let row = conn.query_one(&select).await?;
    row.map(|row| Ok((row.try_get("", "start")?, row.try_get("", "content")?))).transpose()
}

/// Who won, for one body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WinnerRow {
    /// Counted from 1.
    pub place: i32,
    /// The body.
    pub agency: AgencyCode,
    /// Name of the subject.
    pub subject: String,
    /// Codes of the matters.
    pub matters: Vec<String>,
    /// Certificates in their order, each with why it was passed over.
    pub officers: Vec<(String, String)>,
    /// Name of the check.
    pub check: String,
}

/// Writes who won.
pub(crate) async fn insert_winners(
    tx: &impl ConnectionTrait,
    draw: &str,
    winners: &[WinnerRow],
) -> Result<(), Error> {
    for some in winners.chunks(500) {
        let mut insert = Query::insert();
        insert.into_table("draw_winner").columns([
            "draw",
            "place",
            "agency",
            "subject",
            "matters",
            "officers",
            "subject_check",
        ]);
        for one in some {
            insert.values_panic([
                draw.into(),
                one.place.into(),
                one.agency.as_str().into(),
                one.subject.as_str().into(),
                write_json(&one.matters, "draw_winner.matters")?.into(),
                write_json(&one.officers, "draw_winner.officers")?.into(),
                one.check.as_str().into(),
            ]);
        }
        tx.execute(&insert).await?;
    }
    Ok(())
}

/// Who won after a place, at most `size`; of one body, or of all.
pub(crate) async fn winners(
    conn: &impl ConnectionTrait,
    draw: &str,
    only: Option<&AgencyCode>,
    after: i32,
    size: u64,
) -> Result<Vec<WinnerRow>, Error> {
    let mut select = Query::select();
    select
        .columns(["place", "agency", "subject", "matters", "officers", "subject_check"])
        .from("draw_winner")
        .and_where(Expr::col("draw").eq(draw))
        .and_where(Expr::col("place").gt(after))
        .order_by("place", Order::Asc)
        .limit(size);
    if let Some(agency) = only {
        select.and_where(Expr::col("agency").eq(agency.as_str()));
    }
    conn.query_all(&select).await?.iter().map(winner_from).collect()
}

fn winner_from(row: &QueryResult) -> Result<WinnerRow, Error> {
    let agency: String = row.try_get("", "agency")?;
    Ok(WinnerRow {
        place: row.try_get("", "place")?,
        agency: read_word(AgencyCode::parse(&agency), "draw_winner.agency")?,
        subject: row.try_get("", "subject")?,
        matters: read_json(&row.try_get::<String>("", "matters")?, "draw_winner.matters")?,
        officers: read_json(&row.try_get::<String>("", "officers")?, "draw_winner.officers")?,
        check: row.try_get("", "subject_check")?,
    })
}

/// The bodies that changed a list after an instant.
pub(crate) async fn changed_since(
    conn: &impl ConnectionTrait,
    bodies: &[AgencyCode],
    since: DateTime<Utc>,
) -> Result<Vec<String>, Error> {
    let mut changed = subject::rated_since(conn, since).await?;
    changed.extend(resource::added_since(conn, bodies, since).await?);
    changed.sort_unstable();
    changed.dedup();
    Ok(changed)
}

/// The journal row in which the lists of a draw were frozen.
pub(crate) async fn freeze_row(
    conn: &impl ConnectionTrait,
    draw: &str,
) -> Result<Option<i64>, Error> {
    let select = Query::select()
        .column("id")
        .from("journal")
        .and_where(Expr::col("resource").eq(draw))
        .and_where(Expr::col("kind").eq("DRAW_FROZEN"))
        .take();
    let row = conn.query_one(&select).await?;
    row.map(|row| Ok(row.try_get("", "id")?)).transpose()
}
