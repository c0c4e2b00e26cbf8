//! The tables as sea-orm sees them. Row types never leave `store`.

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod dispute {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "dispute")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub kind: String,
        pub state: String,
        pub matter: String,
        pub docket: String,
        pub subject: String,
        pub file: String,
        pub switch_at: Option<DateTimeUtc>,
        pub revision: i64,
        pub evidence_outcome: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod viewer {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "viewer")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub agency: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub since: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod open_over {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "open_over")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub key: String,
        pub dispute: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod telling {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "telling")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub dispute: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub seq: i32,
        pub content: String,
        pub outcome: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod precedent {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "precedent")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub dispute: String,
        pub journal_id: i64,
        pub kind: String,
        pub parties: String,
        pub title: String,
        pub facts: String,
        pub matter: String,
        pub place: String,
        pub subject: String,
        pub competent: String,
        pub reason: String,
        pub basis: String,
        pub manner: String,
        pub effective_from: String,
        pub decided_by: String,
        pub decided_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod term {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "term")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub dispute: String,
        pub slot: String,
        pub holder: String,
        pub started_at: DateTimeUtc,
        pub length: String,
        pub due_at: DateTimeUtc,
        pub provisional: bool,
        pub state: String,
        pub ended_at: Option<DateTimeUtc>,
        pub half_at: DateTimeUtc,
        pub near_at: DateTimeUtc,
        pub half_raised_at: Option<DateTimeUtc>,
        pub near_raised_at: Option<DateTimeUtc>,
        pub overdue_raised_at: Option<DateTimeUtc>,
        pub next_rung_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
