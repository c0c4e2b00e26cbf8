//! Rows of several tables, written together in one trip to the engine: on PostgreSQL as one
//! statement, on SQLite as a text of several. For the hot paths; everything else goes through sea-orm.

use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, Value};

use crate::{
    Db, Engine,
    journal::{self, Entry},
};

/// A table's columns, each with its type on PostgreSQL.
pub type Columns = &'static [(&'static str, &'static str)];

/// New rows of one table.
#[derive(Clone, Debug)]
struct Part {
    table: &'static str,
    columns: Columns,
    rows: Vec<Vec<Value>>,
    /// The column that gets the id of the journal row.
    journal_id: Option<&'static str>,
}

/// Rows that are written together with the journal entry that explains them.
#[derive(Clone, Debug)]
pub struct Together {
    entry: Entry,
    parts: Vec<Part>,
}

impl Together {
    /// Begins with the entry.
    pub fn new(entry: Entry) -> Self {
        Self { entry, parts: Vec::new() }
    }

    /// Adds rows of a table; each has a value for every column.
    #[must_use]
    pub fn rows(self, table: &'static str, columns: Columns, rows: Vec<Vec<Value>>) -> Self {
        self.part(Part { table, columns, rows, journal_id: None })
    }

    /// Adds rows whose column `journal_id` gets the id of the journal row. Rows that are there
    /// already stay as they are.
    #[must_use]
    pub fn rows_since(
        self,
        table: &'static str,
        columns: Columns,
        rows: Vec<Vec<Value>>,
        journal_id: &'static str,
    ) -> Self {
        self.part(Part { table, columns, rows, journal_id: Some(journal_id) })
    }

    fn part(mut self, part: Part) -> Self {
        if !part.rows.is_empty() {
            self.parts.push(part);
        }
        self
    }

    /// Writes everything, or nothing.
    ///
    /// # Errors
    /// The database's.
    pub async fn write(self, db: &Db) -> Result<(), DbErr> {
        match db.engine() {
            Engine::Sqlite => db.write(move |tx| Box::pin(self.one_by_one(tx))).await,
            Engine::Postgres => {
                let (sql, values) = self.one_statement();
                let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
                db.reader().execute_raw(statement).await?;
                db.announce_commit();
                Ok(())
            }
        }
    }

    /// One text of several statements, so that they go to SQLite's thread and back once.
    async fn one_by_one(self, tx: &DatabaseTransaction) -> Result<(), DbErr> {
        let (journal, mut values) = journal::insert(self.entry, DbBackend::Sqlite);
        // Numbered parameters would begin anew in each statement; these go on.
        let mut sql = unnumbered(&journal).replace(" RETURNING id", "");
        for part in self.parts {
            let mut names: Vec<&str> = part.columns.iter().map(|(name, _)| *name).collect();
            names.extend(part.journal_id);
            let mut tuples = Vec::new();
            for row in part.rows {
                let mut places = vec!["?"; row.len()];
                // There is one writer: the newest row is the one above.
                places.extend(part.journal_id.map(|_| "(SELECT max(id) FROM journal)"));
                tuples.push(format!("({})", places.join(", ")));
                values.extend(row);
            }
            let keep = if part.journal_id.is_some() { " ON CONFLICT DO NOTHING" } else { "" };
            sql.push_str(&format!(
                "; INSERT INTO {} ({}) VALUES {}{keep}",
                part.table,
                names.join(", "),
                tuples.join(", ")
            ));
        }
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
        tx.execute_raw(statement).await.map(drop)
    }

    fn one_statement(self) -> (String, Vec<Value>) {
        let (journal, mut values) = journal::insert(self.entry, DbBackend::Postgres);
        let mut sql = format!("WITH j AS ({journal})");
        for (at, part) in self.parts.into_iter().enumerate() {
            let names: Vec<&str> = part.columns.iter().map(|(name, _)| *name).collect();
            let tuples: Vec<String> = part
                .rows
                .into_iter()
                .map(|row| {
                    let first = values.len() + 1;
                    let typed = part.columns.iter().enumerate();
                    let row_sql: Vec<String> =
                        typed.map(|(n, (_, kind))| format!("${}::{kind}", first + n)).collect();
                    values.extend(row);
                    format!("({})", row_sql.join(", "))
                })
                .collect();
            let (names, tuples) = (names.join(", "), tuples.join(", "));
            let table = part.table;
            let insert = match part.journal_id {
                None => format!("INSERT INTO {table} ({names}) VALUES {tuples}"),
                Some(id) => format!(
                    "INSERT INTO {table} ({names}, {id}) SELECT v.*, j.id FROM j, \
                     (VALUES {tuples}) AS v ON CONFLICT DO NOTHING"
                ),
            };
            sql.push_str(&format!(", p{at} AS ({insert})"));
        }
        sql.push_str(" SELECT id FROM j");
        (sql, values)
    }
}

/// `$1, $2` as `?, ?`.
fn unnumbered(sql: &str) -> String {
    let mut parts = sql.split('$');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push('?');
        text.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    text
}
