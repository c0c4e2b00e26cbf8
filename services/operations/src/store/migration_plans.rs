//! Plans, the checks that come of them, and the visits they are merged into.

use sea_orm_migration::{
    prelude::*,
    schema::{boolean, text, text_null, timestamp_with_time_zone_null},
};

use super::migration::{index, kept};

pub(super) struct Plans;

impl MigrationName for Plans {
    fn name(&self) -> &str {
        "m0002_plans"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Plans {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut plan = kept("plan");
        plan.col(text("agency")).col(text("state"));
        manager.create_table(plan).await?;
        let mut check = kept("subject_check");
        check
            .col(text("agency"))
            .col(text("subject"))
            .col(text("source"))
            .col(text("window_start"))
            .col(text("window_end"))
            .col(text_null("visit"));
        manager.create_table(check).await?;
        let mut visit = kept("visit");
        visit
            .col(text("subject"))
            .col(text("state"))
            .col(text_null("day"))
            .col(text("first_day"))
            .col(text("last_day"))
            .col(text_null("operation"))
            .col(text_null("schedule"))
            .col(boolean("provisional"))
            .col(timestamp_with_time_zone_null("next_rung_at"));
        manager.create_table(visit).await?;
        for one in [
            index("check_by_window", "subject_check", &["visit", "window_start"]),
            index("check_by_source", "subject_check", &["source"]),
            index("visit_by_state", "visit", &["state", "first_day"]),
            index("visit_by_subject", "visit", &["subject", "state"]),
            index("visit_by_day", "visit", &["day"]),
            index("visit_by_schedule", "visit", &["schedule"]),
            index("visit_by_rung", "visit", &["next_rung_at"]),
        ] {
            manager.create_index(one).await?;
        }
        Ok(())
    }
}
