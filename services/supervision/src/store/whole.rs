//! Records kept whole in their row, and the lists of them, scoped to who reads.

use sea_orm::{ConnectionTrait, QueryResult, Value};
use serde::de::DeserializeOwned;
use types::AgencyCode;

use super::query_all;
use crate::error::Error;

/// Who reads: a body its own, an overseer all.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Whose<'a> {
    pub agency: &'a AgencyCode,
    pub overseer: bool,
}

impl Whose<'_> {
    pub(super) fn sees(self, agency: &AgencyCode) -> bool {
        self.overseer || self.agency == agency
    }
}

/// The conditions of a list, scoped to its reader.
pub(super) struct List {
    conditions: String,
    values: Vec<Value>,
}

impl List {
    pub(super) fn new(whose: Whose<'_>, agency: Option<&AgencyCode>, before: Option<&str>) -> Self {
        let mut list = Self { conditions: "1 = 1".to_owned(), values: Vec::new() };
        if !whose.overseer {
            list.equal("agency", Some(whose.agency.as_str()));
        }
        list.equal("agency", agency.map(AgencyCode::as_str));
        if let Some(before) = before {
            list.and("name < $", before.into());
        }
        list
    }

    pub(super) fn equal(&mut self, column: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.and(&format!("{column} = $"), value.into());
        }
    }

    /// `$` in the condition is the place of the value.
    pub(super) fn and(&mut self, condition: &str, value: Value) {
        self.values.push(value);
        let place = format!("${}", self.values.len());
        self.conditions.push_str(" AND ");
        self.conditions.push_str(&condition.replace('$', &place));
    }

    pub(super) async fn read<T: DeserializeOwned>(
        mut self,
        conn: &impl ConnectionTrait,
        table: &str,
        limit: u64,
    ) -> Result<Vec<T>, Error> {
        self.values.push(most(limit));
        let sql = format!(
            "SELECT whole FROM {table} WHERE {} ORDER BY name DESC LIMIT ${}",
            self.conditions,
            self.values.len()
        );
        query_all(conn, &sql, self.values).await?.iter().map(read).collect()
    }
}

/// A record as its row has it.
pub(super) fn whole(one: &impl serde::Serialize) -> Result<Value, Error> {
    let text = serde_json::to_string(one).map_err(|_| Error::Corrupt("a record on its way in"))?;
    Ok(text.into())
}

/// The record of a row.
pub(super) fn read<T: DeserializeOwned>(row: &QueryResult) -> Result<T, Error> {
    let text: String = row.try_get("", "whole")?;
    serde_json::from_str(&text).map_err(|_| Error::Corrupt("whole"))
}

/// A number of rows, as a value.
pub(super) fn most(limit: u64) -> Value {
    i64::try_from(limit).unwrap_or(i64::MAX).into()
}
