//! The migrations of this service, for both engines. A released migration is never edited.

use sea_orm_migration::{
    prelude::*,
    schema::{integer, text},
};

use super::{
    migration_assistance::Assistance, migration_draws::Draws, migration_operations::Operations,
    migration_plans::Plans, migration_schedules::Schedules, migration_subjects::Subjects,
};

/// The migrations, in order.
#[derive(Debug)]
pub struct Migrations;

#[async_trait::async_trait]
impl MigratorTrait for Migrations {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            db::common_migration(),
            db::answers_migration(),
            db::marks_migration(),
            Box::new(Subjects),
            Box::new(Plans),
            Box::new(Draws),
            Box::new(Operations),
            Box::new(Assistance),
            Box::new(Schedules),
        ]
    }
}

/// A table of records: name, version and body, to which the columns for queries are added.
pub(super) fn kept(table: &'static str) -> TableCreateStatement {
    let name = ColumnDef::new("name").text().not_null().primary_key().take();
    Table::create().table(table).col(name).col(integer("version")).col(text("body")).take()
}

/// An index over some columns of a table.
pub(super) fn index(
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(*column);
    }
    index
}
