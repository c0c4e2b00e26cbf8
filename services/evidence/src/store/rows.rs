//! The tables of dossiers and items as sea-orm sees them. Row types never leave `store`.

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod dossier {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "dossier")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub agency: String,
        pub title: String,
        pub case_no: String,
        pub docket: String,
        pub investigators: String,
        pub items: i32,
        pub created_at: DateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod item {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "item")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub dossier: String,
        pub number: i32,
        pub code: String,
        pub facts: String,
        pub measure: Option<String>,
        pub holder: String,
        pub custodian: String,
        pub kept_by: Option<String>,
        pub state: String,
        pub seal_no: String,
        pub storage_place: String,
        pub hand_over: String,
        pub events: i32,
        pub last_digest: String,
        pub last_at: DateTimeUtc,
        pub review: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub version: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod custody {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "custody")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub item: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub sequence: i32,
        pub kind: String,
        pub at_us: i64,
        pub agency: String,
        pub officer: String,
        pub place: String,
        pub reason: String,
        pub approved_by: String,
        pub holder: String,
        pub custodian: String,
        pub kept_by: String,
        pub storage_place: String,
        pub seal_no: String,
        pub hand_over: String,
        pub contents: String,
        pub rule: String,
        pub basis: String,
        pub defect: String,
        pub recipient: String,
        pub digest: String,
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
        pub resource: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
