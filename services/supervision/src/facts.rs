//! What rows are counted as: facts, and the cells of figures that they add to.

use sea_orm::ConnectionTrait;

use crate::{
    domain::{
        Told,
        fact::{self, Fact},
    },
    error::Error,
    store,
};

/// Counts new rows, oldest first, in the transaction that makes them leaves.
pub(crate) async fn apply(tx: &impl ConnectionTrait, rows: &[Told]) -> Result<(), Error> {
    let facts: Vec<(&Told, Fact)> = rows
        .iter()
        .flat_map(|told| fact::facts(told).into_iter().map(move |fact| (told, fact)))
        .collect();
    if facts.is_empty() {
        return Ok(());
    }
    let keys = facts.iter().flat_map(|(_, fact)| fact.once.iter().chain(&fact.follows));
    let mut known = store::fact::known(tx, &keys.cloned().collect()).await?;
    store::fact::count(tx, &fact::settle(facts, &mut known)).await
}
