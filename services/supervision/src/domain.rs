//! What comes from journals and what becomes of it: which rows are new leaves, and which are rows
//! that somebody altered after they were sequenced.

pub(crate) mod decision;
pub mod due;
pub(crate) mod fact;
pub(crate) mod indicator;
pub(crate) mod law;
pub(crate) mod promise;
pub mod refusal;
pub(crate) mod report;
pub mod rule;
pub mod settings;
mod told;
pub(crate) mod warning;
pub(crate) mod watch;
pub(crate) mod word;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use told::{Case, Exchange, ExchangeState, Marks, Term, TermState, Told};

use tlog::{Entry, Hash};

/// A row as its journal gave it: its entry in the log, and by what its receipt is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    /// What the leaf commits to.
    pub entry: Entry,
    /// Code of the body that made the call; empty when none did.
    pub agency: String,
    /// The id of the call; empty when no call caused the row.
    pub request_id: String,
    /// Whether the row has the proof of the call: one row of each call does.
    pub attested: bool,
    /// What it tells; none when it belongs to no docket and means nothing to those who watch.
    pub told: Option<Told>,
}

/// A page of one journal.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Whose journal.
    pub service: String,
    /// Where it was read from.
    pub from: String,
    /// Where to go on.
    pub next: String,
    /// Oldest first.
    pub rows: Vec<Row>,
    /// Whether there is more for sure.
    pub full: bool,
}

/// A row that is not what it was when it was sequenced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Alarm {
    /// Whose journal.
    pub service: String,
    /// Which row.
    pub row_id: i64,
    /// What was sequenced.
    pub leaf: [u8; 32],
    /// What the journal gave afterwards; all zeros when it had no such row any more.
    pub found: [u8; 32],
}

/// How much of a journal is sequenced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Position {
    /// Where to read on.
    pub cursor: String,
    /// How many of its rows are leaves.
    pub rows: i64,
    /// The last of them.
    pub last_row_id: i64,
    /// The highest id of them: journals are in the order of transactions, not of ids.
    pub highest_row_id: i64,
}

/// The log's state: its size and its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// How many leaves.
    pub size: u64,
    /// The root of their tree.
    pub root: Hash,
}

impl std::fmt::Display for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.size.fmt(f)
    }
}

/// Where a row is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Leaf {
    /// Which leaf.
    pub index: u64,
    /// What it commits to.
    pub entry: Entry,
}

/// Parts the rows of a page: those that are new, and those that differ from what is `known` of
/// them. A row that came before and is the same is neither.
pub(crate) fn part(page: &Page, known: &BTreeMap<i64, [u8; 32]>) -> (Vec<Row>, Vec<Alarm>) {
    let (mut rows, mut alarms) = (Vec::new(), Vec::new());
    let mut fresh: BTreeMap<i64, [u8; 32]> = BTreeMap::new();
    let mut told = BTreeSet::new();
    for row in &page.rows {
        let (row_id, digest) = (row.entry.row(), *row.entry.digest());
        match known.get(&row_id).or_else(|| fresh.get(&row_id)).copied() {
            None => {
                fresh.insert(row_id, digest);
                rows.push(row.clone());
            }
            Some(leaf) if leaf != digest && told.insert((row_id, digest)) => {
                let service = page.service.clone();
                alarms.push(Alarm { service, row_id, leaf, found: digest });
            }
            Some(_) => {}
        }
    }
    (rows, alarms)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, bytes: &[u8]) -> Row {
        let entry = Entry::of_row("referral", id, bytes).unwrap();
        Row { entry, agency: String::new(), request_id: String::new(), attested: false, told: None }
    }

    fn page(rows: Vec<Row>) -> Page {
        let (service, from, next) = ("referral".into(), String::new(), "0.9".into());
        Page { service, from, next, rows, full: false }
    }

    #[test]
    fn new_rows_become_leaves_in_the_order_of_the_journal() {
        let page = page(vec![row(2, b"b"), row(1, b"a")]);
        assert_eq!(part(&page, &BTreeMap::new()), (page.rows.clone(), vec![]));
    }

    #[test]
    fn a_row_that_comes_again_is_no_second_leaf() {
        let known = BTreeMap::from([(1, *row(1, b"a").entry.digest())]);
        let page = page(vec![row(1, b"a"), row(2, b"b"), row(2, b"b")]);
        assert_eq!(part(&page, &known), (vec![row(2, b"b")], vec![]));
    }

    #[test]
    fn a_row_that_comes_again_altered_is_an_alarm_and_no_leaf() {
        let (before, after) = (row(1, b"a"), row(1, b"x"));
        let known = BTreeMap::from([(1, *before.entry.digest())]);
        let (rows, alarms) = part(&page(vec![after.clone(), after.clone()]), &known);
        let (leaf, found) = (*before.entry.digest(), *after.entry.digest());
        assert_eq!(rows, []);
        assert_eq!(alarms, [Alarm { service: "referral".into(), row_id: 1, leaf, found }]);
    }

    #[test]
    fn two_rows_of_one_id_in_one_page_are_an_alarm() {
        let (rows, alarms) = part(&page(vec![row(1, b"a"), row(1, b"x")]), &BTreeMap::new());
        assert_eq!((rows.len(), alarms.len()), (1, 1));
    }
}
