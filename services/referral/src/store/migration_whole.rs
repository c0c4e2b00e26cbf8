//! Legs on the way through prosecution and court, and back: whose case it is, who keeps its items, what
//! the court found; and terms that stand still or become longer.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer_null, text, text_null},
};

pub(super) struct Whole;

impl MigrationName for Whole {
    fn name(&self) -> &str {
        "m0004_whole"
    }
}

/// Whose case it is: that of the docket.
const AGENCY: &str = "UPDATE referral SET agency = \
     (SELECT docket.agency FROM docket WHERE docket.name = referral.docket)";

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Whole {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column a statement: SQLite takes no more.
        for column in [
            text("agency").default("").take(),
            text_null("keeper"),
            text_null("verdict"),
            big_integer_null("court_fine_fen"),
            big_integer_null("set_off_fen"),
        ] {
            let alter = Table::alter().table("referral").add_column(column).take();
            manager.alter_table(alter).await?;
        }
        for column in [text_null("suspensions"), text_null("extensions")] {
            let alter = Table::alter().table("term").add_column(column).take();
            manager.alter_table(alter).await?;
        }
        manager.get_connection().execute_unprepared(AGENCY).await?;
        Ok(())
    }
}
