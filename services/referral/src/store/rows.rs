//! The tables as sea-orm sees them. Row types never leave `store`.

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod docket {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "docket")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub agency: String,
        pub title: String,
        pub sector: String,
        pub matter: String,
        pub facts: String,
        pub penalties: String,
        pub close_reason: Option<String>,
        pub created_at: DateTimeUtc,
        pub version: i32,
        pub place: String,
        pub competence: Option<String>,
        pub closed_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod docket_dispute {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "docket_dispute")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub docket: String,
        #[sea_orm(primary_key, auto_increment = false)]
        pub dispute: String,
        pub parties: String,
        pub acting: String,
        pub opened_at: DateTimeUtc,
        pub ended_at: Option<DateTimeUtc>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod referral {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "referral")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
        pub docket: String,
        pub procedure: String,
        pub from_agency: String,
        pub to_agency: String,
        pub respondent: Option<String>,
        pub ground: Option<String>,
        pub parent: Option<String>,
        pub state: String,
        pub offence: String,
        pub title: String,
        pub sector: String,
        pub tested: bool,
        pub penalised: bool,
        pub team: String,
        pub next_organ: Option<String>,
        pub held: String,
        pub missing: String,
        pub created_at: DateTimeUtc,
        pub updated_at: DateTimeUtc,
        pub version: i32,
        pub agency: String,
        pub keeper: Option<String>,
        pub verdict: Option<String>,
        pub court_fine_fen: Option<i64>,
        pub set_off_fen: Option<i64>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}

#[expect(unreachable_pub, reason = "sea-orm derives for public rows only")]
pub(super) mod party {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party")]
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
pub(super) mod document {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "document")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub referral: String,
        pub code: String,
        pub version: i32,
        pub position: i32,
        pub content: Vec<u8>,
        pub agency: String,
        pub created_at: DateTimeUtc,
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
        pub referral: String,
        pub slot: String,
        pub rule: String,
        pub holder: String,
        pub started_at: DateTimeUtc,
        pub length: String,
        pub hour_start: String,
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
        pub suspensions: Option<String>,
        pub extensions: Option<String>,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
}
