//! To what a file may be attached, and by whom.

use sea_orm::{ConnectionTrait, Statement, Value};
use types::AgencyCode;

use crate::{
    domain::refusal::{Law, Refusal},
    error::Error,
};

/// The dossier of an item that `agency` holds or whose dossier is its own, or of a hand-over that it
/// is a party of. What it does not see does not exist.
pub(crate) async fn parent(
    conn: &impl ConnectionTrait,
    agency: &AgencyCode,
    name: &str,
) -> Result<String, Error> {
    let sql = match name.split_once('/').map(|(collection, _)| collection) {
        Some("items") => {
            "SELECT i.dossier AS dossier, (i.holder = $1 OR d.agency = $1) AS may FROM item AS i \
             JOIN dossier AS d ON d.name = i.dossier \
             JOIN viewer AS v ON v.resource = i.name AND v.agency = $1 WHERE i.name = $2"
        }
        Some("handOvers") => {
            "SELECT h.dossier AS dossier, (h.giver = $1 OR h.receiver = $1) AS may \
             FROM hand_over AS h \
             JOIN viewer AS v ON v.resource = h.name AND v.agency = $1 WHERE h.name = $2"
        }
        _ => return Err(Error::NotFound("parent")),
    };
    let values: [Value; 2] = [agency.as_str().into(), name.into()];
    let statement = Statement::from_sql_and_values(conn.get_database_backend(), sql, values);
    let row = conn.query_one_raw(statement).await?.ok_or(Error::NotFound("parent"))?;
    if row.try_get("", "may")? {
        return Ok(row.try_get("", "dossier")?);
    }
    let what =
        "only the body that holds it, or whose dossier it is in, adds files to it".to_owned();
    let law = Law { rule: "E-10", basis: "MPS procedure art. 230, 235", verified: "D" };
    Err(Error::refused(Refusal::NotYours { what, law }, name))
}
