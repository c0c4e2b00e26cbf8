//! What other services are to be told, until they have answered.

use sea_orm::{ActiveValue::Set, Condition, QueryOrder as _, QuerySelect as _, entity::prelude::*};

use super::{read_json, rows::telling, write_json};
use crate::{
    domain::telling::{Content, NOTHING_MOVES, Telling},
    error::Error,
};

/// Writes what is to be told of a dispute.
pub(crate) async fn insert_tellings(
    tx: &impl ConnectionTrait,
    dispute: &str,
    tellings: &[Telling],
) -> Result<(), Error> {
    for one in tellings {
        let row = telling::ActiveModel {
            dispute: Set(dispute.to_owned()),
            seq: Set(one.seq),
            content: Set(write_json(&one.content, "telling.content")?),
            outcome: Set(String::new()),
        };
        telling::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// What was not yet told, after a dispute and a number in it, with the name of its dispute; of one
/// dispute in order. On behalf of the service, which tells it.
pub(crate) async fn untold(
    conn: &impl ConnectionTrait,
    after: Option<&(String, i32)>,
    limit: u64,
) -> Result<Vec<(String, Telling)>, Error> {
    let mut query = telling::Entity::find()
        .filter(telling::Column::Outcome.eq(""))
        .order_by_asc(telling::Column::Dispute)
        .order_by_asc(telling::Column::Seq)
        .limit(limit);
    if let Some((dispute, seq)) = after {
        let same = Condition::all()
            .add(telling::Column::Dispute.eq(dispute))
            .add(telling::Column::Seq.gt(*seq));
        query = query.filter(Condition::any().add(telling::Column::Dispute.gt(dispute)).add(same));
    }
    let found = query.all(conn).await?;
    let read = found.into_iter().map(|row| {
        let content = read_json(&row.content, "telling.content")?;
        Ok((row.dispute, Telling { seq: row.seq, content }))
    });
    read.collect()
}

/// What the evidence service said of each giver, in one text; empty until it has said it of all.
pub(super) async fn evidence_outcome(
    tx: &impl ConnectionTrait,
    dispute: &str,
) -> Result<String, Error> {
    let told = telling::Entity::find()
        .filter(telling::Column::Dispute.eq(dispute))
        .order_by_asc(telling::Column::Seq)
        .all(tx)
        .await?;
    let mut outcomes = Vec::new();
    for row in told {
        let Content::Evidence { giver, .. } = read_json(&row.content, "telling.content")? else {
            continue;
        };
        if row.outcome.is_empty() {
            return Ok(String::new());
        }
        match row.outcome.strip_prefix("REFUSED") {
            Some(_) => outcomes.push(format!("{giver} {}", row.outcome)),
            None if row.outcome != NOTHING_MOVES => outcomes.push(row.outcome),
            None => {}
        }
    }
    Ok(if outcomes.is_empty() { NOTHING_MOVES.to_owned() } else { outcomes.join(", ") })
}

/// Writes what a service said; stale when another replica already did.
pub(crate) async fn save_told(
    tx: &impl ConnectionTrait,
    dispute: &str,
    seq: i32,
    outcome: &str,
) -> Result<(), Error> {
    let done = telling::Entity::update_many()
        .col_expr(telling::Column::Outcome, Expr::value(outcome))
        .filter(telling::Column::Dispute.eq(dispute))
        .filter(telling::Column::Seq.eq(seq))
        .filter(telling::Column::Outcome.eq(""))
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}
