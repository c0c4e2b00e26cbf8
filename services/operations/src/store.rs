//! Where all of it is kept; the only module that knows the tables. A record is one row: the columns
//! that queries look for, and the whole of it as JSON. What is not for everybody is read through
//! `party`.

mod assistance;
mod check;
mod draw;
mod kept;
mod migration;
mod migration_assistance;
mod migration_draws;
mod migration_operations;
mod migration_plans;
mod migration_schedules;
mod migration_subjects;
mod operation;
mod party;
mod plan;
mod resource;
mod schedule;
mod subject;
mod visit;

pub use migration::Migrations;

pub(crate) use assistance::{AssistanceFilter, due, mine, of_addressees, provisional, save_rung};
pub(crate) use check::{ahead, drawn_before, insert_drawn, join_visits, leave_visit, unmerged};
pub(crate) use draw::{
    WinnerRow, changed_since, drop_secret, freeze_row, insert_text, insert_winners, part_of_text,
    secret, set_secret, text_bytes, winners,
};
pub(crate) use kept::{insert, insert_many, public, public_page, read, seen_page, update, upsert};
pub(crate) use party::{show, show_like};
pub(crate) use plan::plans_of;
pub(crate) use resource::{kits, officers, officers_page, profiles};
pub(crate) use schedule::{
    Print, RunPart, drop_run_parts, keep_draft, keep_roads, notice_numbers, print, put_run_part,
    run_part, running,
};
pub(crate) use subject::{
    SubjectFilter, count_inspection, counts, counts_of, rated, subjects_named, subjects_page,
};
pub(crate) use visit::{
    VisitFilter, dispatched, due_visits, missed_visits, planned_visits, provisional_visits, taken,
    to_schedule, visits_named, visits_of, visits_of_operation, visits_page,
};

use crate::error::Error;

fn read_word<T>(word: Option<T>, column: &'static str) -> Result<T, Error> {
    word.ok_or(Error::Corrupt(column))
}

fn read_json<T: serde::de::DeserializeOwned>(text: &str, column: &'static str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|_| Error::Corrupt(column))
}

fn write_json<T: serde::Serialize>(value: &T, column: &'static str) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|_| Error::Corrupt(column))
}
