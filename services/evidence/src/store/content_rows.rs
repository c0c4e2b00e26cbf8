//! The tables of uploads and contents as sea-orm sees them. Row types never leave `store`.

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod upload {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "upload")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub agency: String,
        pub officer: String,
        pub parent: String,
        pub dossier: String,
        pub file_name: String,
        pub role: i32,
        pub media_type: String,
        pub size: i64,
        pub with_sm3: bool,
        pub state: String,
        pub pile: String,
        pub stored: i64,
        pub segments: i32,
        pub sha256_state: Vec<u8>,
        pub sm3_state: Vec<u8>,
        pub key_id: String,
        pub wrapped_key: Vec<u8>,
        pub content: String,
        pub moved_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod segment {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "segment")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub object: String,
        pub pile: String,
        pub number: i32,
        pub begins_at: i64,
        pub length: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod dropped_object {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "dropped_object")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub object: String,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod blob {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "blob")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub sha256: String,
        pub sm3: String,
        pub size: i64,
        pub pile: String,
        pub key_id: String,
        pub wrapped_key: Vec<u8>,
        pub created_at: DateTimeUtc,
        pub read_at: DateTimeUtc,
        pub fault: String,
        pub fault_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod content {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "content")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub parent: String,
        pub dossier: String,
        pub sha256: String,
        pub sm3: String,
        pub file_name: String,
        pub role: i32,
        pub media_type: String,
        pub size: i64,
        pub agency: String,
        pub officer: String,
        pub committed_at: DateTimeUtc,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
