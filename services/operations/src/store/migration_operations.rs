//! Joint operations.

use sea_orm_migration::{prelude::*, schema::text};

use super::migration::kept;

pub(super) struct Operations;

impl MigrationName for Operations {
    fn name(&self) -> &str {
        "m0004_operations"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for Operations {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut operation = kept("operation");
        operation.col(text("initiator")).col(text("state"));
        manager.create_table(operation).await
    }
}
