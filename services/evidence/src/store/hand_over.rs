//! Hand-overs. Each is one row, with its list in it.

use sea_orm::{
    ActiveValue::{NotSet, Set},
    Iterable as _, QueryOrder as _, QuerySelect as _,
    entity::prelude::*,
};
use types::AgencyCode;

use self::row::{ActiveModel, Column, Entity, Model};
use super::{dossier_name, parse_name, read_json, read_word, viewer, write_json};
use crate::{
    domain::{
        custody::Digest,
        hand_over::{HandOver, Line},
        word::{HandOverState, Purpose},
    },
    error::Error,
};

/// What a caller asks for beside what it may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HandOverFilter {
    /// Only in this state.
    pub state: Option<HandOverState>,
    /// Only of this dossier.
    pub dossier: Option<String>,
    /// Only for this referral.
    pub referral: Option<String>,
}

/// Writes a new hand-over. Its sides see it: see [`super::show`].
pub(crate) async fn insert_hand_over(
    tx: &impl ConnectionTrait,
    new: &HandOver,
) -> Result<(), Error> {
    Entity::insert(to_row(new)?).exec_without_returning(tx).await?;
    Ok(())
}

/// Reads a hand-over that `reader` may see.
pub(crate) async fn hand_over(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<HandOver, Error> {
    let found = seen(reader, name).one(conn).await?;
    from_row(found.ok_or(Error::NotFound("hand-over"))?)
}

/// The same, to change it: whoever else wants to waits until this transaction is over.
pub(crate) async fn hand_over_to_change(
    tx: &impl ConnectionTrait,
    reader: &AgencyCode,
    name: &str,
) -> Result<HandOver, Error> {
    // SQLite has one writer, and no such lock.
    let found = seen(reader, name).lock_exclusive().one(tx).await?;
    from_row(found.ok_or(Error::NotFound("hand-over"))?)
}

/// Saves a hand-over that is still as it was read.
pub(crate) async fn update_hand_over(
    tx: &impl ConnectionTrait,
    before: &HandOver,
    after: &HandOver,
) -> Result<(), Error> {
    let mut row = ActiveModel { name: NotSet, ..to_row(after)? };
    if before.lines == after.lines {
        row.lines = NotSet;
    }
    let done = Entity::update_many()
        .set(row)
        .filter(Column::Name.eq(before.name()))
        .filter(Column::Version.eq(before.version))
        .exec(tx)
        .await?;
    if done.rows_affected == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// The page of `size` hand-overs before the name `before` that `reader` gives or receives, newest
/// first, without their lines.
pub(crate) async fn hand_overs(
    conn: &impl ConnectionTrait,
    reader: &AgencyCode,
    filter: &HandOverFilter,
    before: Option<&str>,
    size: u64,
) -> Result<Vec<HandOver>, Error> {
    let mut query = Entity::find()
        .select_only()
        .columns(Column::iter().filter(|column| !matches!(column, Column::Lines)))
        .expr_as(Expr::value("[]"), "lines")
        .filter(viewer::seen_by(reader, (Entity, Column::Name)))
        .order_by_desc(Column::Name)
        .limit(size);
    if let Some(before) = before {
        query = query.filter(Column::Name.lt(before));
    }
    if let Some(state) = filter.state {
        query = query.filter(Column::State.eq(state.as_str()));
    }
    if let Some(dossier) = &filter.dossier {
        query = query.filter(Column::Dossier.eq(dossier));
    }
    if let Some(referral) = &filter.referral {
        query = query.filter(Column::Referral.eq(referral));
    }
    query.all(conn).await?.into_iter().map(from_row).collect()
}

/// The hand-overs for the same referral and between the same sides that were completed, in the
/// order of their completion. For who has read `one`.
pub(crate) async fn completed_before(
    conn: &impl ConnectionTrait,
    one: &HandOver,
) -> Result<Vec<HandOver>, Error> {
    let found = Entity::find()
        .filter(Column::Referral.eq(&one.referral))
        .filter(Column::State.eq(HandOverState::Completed.as_str()))
        .filter(Column::Giver.eq(one.giver.as_str()))
        .filter(Column::Receiver.eq(one.receiver.as_str()))
        .filter(Column::Name.ne(one.name()))
        .order_by_asc(Column::CompletedAt)
        .order_by_asc(Column::Name)
        .all(conn)
        .await?;
    found.into_iter().map(from_row).collect()
}

/// The names of the hand-overs between two bodies that the decision of a dispute orders. On behalf of
/// the arbitration service, which orders them.
pub(crate) async fn ordered(
    conn: &impl ConnectionTrait,
    dispute: &str,
    (giver, receiver): (&AgencyCode, &AgencyCode),
) -> Result<Vec<String>, Error> {
    let found = Entity::find()
        .select_only()
        .column(Column::Name)
        .filter(Column::Dispute.eq(dispute))
        .filter(Column::Giver.eq(giver.as_str()))
        .filter(Column::Receiver.eq(receiver.as_str()))
        .order_by_asc(Column::Name)
        .into_tuple()
        .all(conn)
        .await?;
    Ok(found)
}

/// Completed hand-overs after the name `after` of which referral has not been told. On behalf of
/// the service, which tells it.
pub(crate) async fn untold(
    conn: &impl ConnectionTrait,
    after: &str,
    limit: u64,
) -> Result<Vec<HandOver>, Error> {
    let found = Entity::find()
        .filter(Column::Outcome.eq(""))
        .filter(Column::Purpose.eq(Purpose::Referral.as_str()))
        .filter(Column::State.eq(HandOverState::Completed.as_str()))
        .filter(Column::Name.gt(after))
        .order_by_asc(Column::Name)
        .limit(limit)
        .all(conn)
        .await?;
    found.into_iter().map(from_row).collect()
}

fn seen(reader: &AgencyCode, name: &str) -> Select<Entity> {
    Entity::find_by_id(name).filter(viewer::seen_by(reader, (Entity, Column::Name)))
}

fn to_row(of: &HandOver) -> Result<ActiveModel, Error> {
    Ok(ActiveModel {
        name: Set(of.name()),
        dossier: Set(dossier_name(of.dossier)),
        giver: Set(of.giver.as_str().to_owned()),
        receiver: Set(of.receiver.as_str().to_owned()),
        purpose: Set(of.purpose.as_str().to_owned()),
        referral: Set(of.referral.clone()),
        state: Set(of.state.as_str().to_owned()),
        place: Set(of.place.clone()),
        lines: Set(write_json(&of.lines, "hand_over.lines")?),
        under_measure: Set(of.under_measure),
        party_told_on: Set(of.party_told_on.map(|day| day.to_string()).unwrap_or_default()),
        completes: Set(of.completes),
        fulfils: Set(of.fulfils),
        giver_officer: Set(of.giver_officer.clone()),
        receiver_officer: Set(of.receiver_officer.clone()),
        custodian: Set(of.custodian.clone()),
        investigators: Set(write_json(&of.investigators, "hand_over.investigators")?),
        list_sha256: Set(of.list.as_ref().map(ToString::to_string).unwrap_or_default()),
        signatures: Set(write_json(&of.signatures, "hand_over.signatures")?),
        reason: Set(of.reason.clone()),
        created_at: Set(of.created_at),
        completed_at: Set(of.completed_at),
        outcome: Set(of.outcome.clone()),
        version: Set(of.version),
        dispute: Set(of.dispute.clone()),
    })
}

fn from_row(row: Model) -> Result<HandOver, Error> {
    let lines: Vec<Line> = read_json(&row.lines, "hand_over.lines")?;
    let told_on = (!row.party_told_on.is_empty())
        .then(|| read_word(row.party_told_on.parse().ok(), "hand_over.party_told_on"))
        .transpose()?;
    let list = (!row.list_sha256.is_empty())
        .then(|| read_word(Digest::parse(&row.list_sha256), "hand_over.list_sha256"))
        .transpose()?;
    Ok(HandOver {
        id: read_word(parse_name(&row.name, "handOvers"), "hand_over.name")?,
        dossier: read_word(parse_name(&row.dossier, "dossiers"), "hand_over.dossier")?,
        giver: read_word(AgencyCode::parse(&row.giver), "hand_over.giver")?,
        receiver: read_word(AgencyCode::parse(&row.receiver), "hand_over.receiver")?,
        purpose: read_word(Purpose::parse(&row.purpose), "hand_over.purpose")?,
        referral: row.referral,
        dispute: row.dispute,
        state: read_word(HandOverState::parse(&row.state), "hand_over.state")?,
        place: row.place,
        lines,
        under_measure: row.under_measure,
        party_told_on: told_on,
        completes: row.completes,
        fulfils: row.fulfils,
        giver_officer: row.giver_officer,
        receiver_officer: row.receiver_officer,
        custodian: row.custodian,
        investigators: read_json(&row.investigators, "hand_over.investigators")?,
        list,
        signatures: read_json(&row.signatures, "hand_over.signatures")?,
        reason: row.reason,
        created_at: row.created_at,
        completed_at: row.completed_at,
        outcome: row.outcome,
        version: row.version,
    })
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
mod row {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "hand_over")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub dossier: String,
        pub giver: String,
        pub receiver: String,
        pub purpose: String,
        pub referral: String,
        pub state: String,
        pub place: String,
        pub lines: String,
        pub under_measure: bool,
        pub party_told_on: String,
        pub completes: bool,
        pub fulfils: bool,
        pub giver_officer: String,
        pub receiver_officer: String,
        pub custodian: String,
        pub investigators: String,
        pub list_sha256: String,
        pub signatures: String,
        pub reason: String,
        pub created_at: DateTimeUtc,
        pub completed_at: Option<DateTimeUtc>,
        pub outcome: String,
        pub version: i32,
        pub dispute: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
