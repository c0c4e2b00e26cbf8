//! A calendar that grows: what was provisional is counted again, once.

use std::path::PathBuf;

use db::journal::{self, Cursor};
use proto::referral::v1::Term;
use referral::Calendar;
use tempfile::TempDir;

use crate::{
    case::Case,
    worker::{finish, start},
    world::{Plan, World, local},
};

/// A calendar file that ends with 2026 until 2027 is published.
pub(crate) struct File(TempDir);

impl File {
    pub(crate) fn until_2026() -> Self {
        let file = Self(tempfile::tempdir().unwrap());
        file.write(&table());
        file
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("calendar.csv")
    }

    pub(crate) fn calendar(&self) -> Calendar {
        Calendar::open(self.path().to_str().unwrap()).unwrap()
    }

    /// New Year 2027, made up: Friday and Monday are rest days.
    pub(crate) fn publish_2027(&self) {
        let new =
            "2027-01-01,Fri,STATUTORY_REST_DAY,false\n2027-01-04,Mon,STATUTORY_REST_DAY,false\n";
        self.write(&format!("{}{new}", table()));
    }

    fn write(&self, text: &str) {
        let new = self.0.path().join("new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.path()).unwrap();
    }
}

fn table() -> String {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../libs/clock/data/calendar_exceptions.csv");
    let text = std::fs::read_to_string(path).unwrap();
    if text.ends_with('\n') { text } else { text + "\n" }
}

pub(crate) async fn world_with_file(at: &'static str) -> (File, World) {
    let file = File::until_2026();
    let plan = Plan { at, calendar: file.calendar(), ..Plan::default() };
    (file, World::planned(plan).await)
}

fn due(term: &Term) -> (i64, bool) {
    (term.due_time.unwrap().seconds, term.provisional)
}

async fn recounts(world: &World) -> usize {
    let rows = journal::after(&world.db, Cursor::START, 10_000).await.unwrap();
    rows.iter().filter(|row| row.kind == "TERM_RECOUNTED").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_beyond_the_calendar_is_provisional_until_the_next_year_is_published() {
    let (file, world) = world_with_file("2026-12-29 10:00").await;
    let case = Case::of(world).await.accepted().await;
    let term = case.psb.term(&case.name, "T-14").await;
    assert_eq!(due(&term), (local("2027-01-02 00:00").timestamp(), true));
    assert!(!case.psb.term(&case.name, "T-05").await.provisional);

    let second = case.world.replica(file.calendar()).await;
    let workers = [start(&case.world.referral), start(&second)];
    file.publish_2027();
    let events = case
        .mkt
        .watch_until(|events| events.iter().any(|event| event.kind == "TERM_RECOUNTED"))
        .await;
    for worker in workers {
        finish(worker).await;
    }
    let told = events.iter().find(|event| event.kind == "TERM_RECOUNTED").unwrap();
    assert_eq!(
        (told.rule.as_str(), told.summary.as_str()),
        ("T-14", "T-14 is now due at 2027-01-05 24:00")
    );
    let term = case.psb.term(&case.name, "T-14").await;
    assert_eq!(due(&term), (local("2027-01-06 00:00").timestamp(), false));
    assert_eq!(recounts(&case.world).await, 1, "by one of the two workers, once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_starts_with_a_new_calendar_counts_again_what_an_old_one_left() {
    let (file, world) = world_with_file("2026-12-29 10:00").await;
    let case = Case::of(world).await.accepted().await;
    file.publish_2027();
    let second = case.world.replica(file.calendar()).await;
    let worker = start(&second);
    case.mkt.watch_until(|events| events.iter().any(|event| event.kind == "TERM_RECOUNTED")).await;
    finish(worker).await;
    let term = case.psb.term(&case.name, "T-14").await;
    assert_eq!(due(&term), (local("2027-01-06 00:00").timestamp(), false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_with_faults_changes_nothing_and_its_correction_is_read() {
    let file = File::until_2026();
    let calendar = file.calendar();
    let covered = || calendar.table().coverage().1.to_string();
    file.write("date,weekday,kind,is_workday\n2027-01-01,Sun,HOLIDAY,maybe\n");
    assert!(calendar.reload().is_err());
    assert_eq!(covered(), "2026-12-31");
    file.publish_2027();
    assert!(calendar.reload().unwrap());
    assert_eq!(covered(), "2027-12-31");
    assert!(!calendar.reload().unwrap(), "not read again while it is the same");
}
