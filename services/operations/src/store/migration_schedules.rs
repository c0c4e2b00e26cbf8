//! Runs of the solver, schedules, and the numbers of inspection notices.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, integer, text},
};

use super::migration::{index, kept};

pub(super) struct Schedules;

impl MigrationName for Schedules {
    fn name(&self) -> &str {
        "m0006_schedules"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Schedules {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut schedule = kept("schedule");
        schedule.col(text("state"));
        manager.create_table(schedule).await?;
        let mut run = kept("solve_run");
        run.col(text("state"));
        manager.create_table(run).await?;
        let mut part = Table::create();
        part.table("run_part").col(text("run")).col(text("part")).col(text("content"));
        part.primary_key(Index::create().col("run").col("part"));
        manager.create_table(part).await?;
        let mut number = Table::create();
        number.table("notice_number").col(integer("year").primary_key()).col(big_integer("last"));
        manager.create_table(number).await?;
        manager.create_index(index("run_by_state", "solve_run", &["state"])).await
    }
}
