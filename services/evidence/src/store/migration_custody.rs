//! Which custody events a hand-over made: asked for each row of it in a trace.

use sea_orm_migration::prelude::*;

pub(super) struct CustodyByHandOver;

impl MigrationName for CustodyByHandOver {
    fn name(&self) -> &str {
        "m0004_custody_by_hand_over"
    }
}

#[async_trait::async_trait]
#[expect(
    elided_lifetimes_in_paths,
    reason = "as the trait, whose macro cannot take it spelled out"
)]
impl MigrationTrait for CustodyByHandOver {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut index = Index::create().name("custody_by_hand_over").table("custody").take();
        manager.create_index(index.col("hand_over").col("item").take()).await
    }
}
