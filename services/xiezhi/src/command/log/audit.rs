//! The log against the journals: which rows are not what was sequenced. It asks nobody; `fsck`
//! brings it the leaves, then the rows.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry as MapEntry},
    fmt,
};

use prost::Message as _;
use proto::journal::v1::Row;
use serde::Serialize;
use tlog::Entry;

/// So many altered rows are compared with one another, to see whether two were exchanged.
const COMPARED: usize = 200;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub(super) enum Finding {
    /// The checkpoint is not signed by a log that is trusted.
    Signature { why: String },
    /// The entries do not give the root that was signed.
    Root { tree_size: u64 },
    /// The log is another one than that of the checkpoint which was kept.
    Exchanged { origin: String, kept: String },
    /// The log has fewer leaves than it had when the checkpoint was kept.
    TurnedBack { tree_size: u64, kept_size: u64 },
    /// The leaves that the log had then are not those it has now.
    Rewritten { kept_size: u64 },
    /// A tile is not what the entries make of it.
    Tile { path: String },
    /// A row has two leaves.
    Twice { service: String, row_id: i64, leaf_index: u64 },
    /// The log has rows of a service whose journal it does not follow.
    Unknown { service: String },
    /// The row is not what was sequenced.
    Altered { service: String, row_id: i64, leaf_index: u64 },
    /// The row has the content that another had when it was sequenced.
    Swapped { service: String, row_id: i64, with_row_id: i64 },
    /// The row is not in the order in which it was sequenced.
    OutOfOrder { service: String, row_id: i64, leaf_index: u64 },
    /// The row was sequenced, and the journal has it no more.
    Missing { service: String, row_id: i64, leaf_index: u64 },
    /// The journal has the row before one that was sequenced, and the log has it not.
    LeftOut { service: String, row_id: i64 },
    /// The journal gave what is no row of its own.
    Foreign { service: String, row_id: i64 },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature { why } => write!(f, "checkpoint: {why}"),
            Self::Root { tree_size } => {
                write!(f, "root: the {tree_size} entries do not give the signed root")
            }
            Self::Exchanged { origin, kept } => {
                write!(f, "exchanged: this is {origin}, and the checkpoint kept is of {kept}")
            }
            Self::TurnedBack { tree_size, kept_size } => {
                write!(f, "turned back: the log has {tree_size} leaves, and had {kept_size} before")
            }
            Self::Rewritten { kept_size } => write!(
                f,
                "rewritten: the first {kept_size} leaves are not those of the checkpoint kept"
            ),
            Self::Tile { path } => write!(f, "damaged tile: {path} is not what its entries make"),
            Self::Twice { service, row_id, leaf_index } => {
                write!(f, "twice: {service} row {row_id} is leaf {leaf_index}, and an earlier one")
            }
            Self::Unknown { service } => write!(f, "unknown journal: {service} is not followed"),
            Self::Altered { service, row_id, leaf_index } => {
                write!(f, "altered: {service} row {row_id} is not what leaf {leaf_index} has of it")
            }
            Self::Swapped { service, row_id, with_row_id } => {
                write!(f, "swapped: {service} row {row_id} has what row {with_row_id} had")
            }
            Self::OutOfOrder { service, row_id, leaf_index } => write!(
                f,
                "out of order: {service} row {row_id} (leaf {leaf_index}) comes after a later leaf"
            ),
            Self::Missing { service, row_id, leaf_index } => {
                write!(f, "missing: {service} row {row_id} is leaf {leaf_index}, and is gone")
            }
            Self::LeftOut { service, row_id } => {
                write!(f, "left out: {service} row {row_id} is older than a sequenced one")
            }
            Self::Foreign { service, row_id } => {
                write!(f, "foreign: {service} gave row {row_id}, which is none of its own")
            }
        }
    }
}

/// What the log has of one row.
struct Known {
    index: u64,
    digest: [u8; 32],
    seen: bool,
}

/// An audit under way: first every leaf, then every journal.
#[derive(Default)]
pub(super) struct Audit {
    journals: BTreeMap<String, BTreeMap<i64, Known>>,
    size: u64,
    /// What was found.
    pub(super) findings: Vec<Finding>,
    /// Rows that were compared.
    pub(super) rows: u64,
    /// Rows behind the last sequenced one: they wait for their turn.
    pub(super) waiting: u64,
}

impl Audit {
    /// The next leaf of the log.
    pub(super) fn leaf(&mut self, entry: &Entry) {
        let (index, row_id) = (self.size, entry.row());
        self.size += 1;
        let journal = self.journals.entry(entry.service().to_owned()).or_default();
        match journal.entry(row_id) {
            MapEntry::Occupied(_) => {
                let (service, leaf_index) = (entry.service().to_owned(), index);
                self.findings.push(Finding::Twice { service, row_id, leaf_index });
            }
            MapEntry::Vacant(free) => {
                free.insert(Known { index, digest: *entry.digest(), seen: false });
            }
        }
    }

    /// The services that the log has rows of.
    pub(super) fn services(&self) -> BTreeSet<String> {
        self.journals.keys().cloned().collect()
    }

    /// Begins with the journal of a service.
    pub(super) fn journal(&mut self, service: &str) -> Journal<'_> {
        let known = self.journals.remove(service).unwrap_or_default();
        let service = service.to_owned();
        let (latest, unsequenced, altered) = (None, Vec::new(), Vec::new());
        Journal { audit: self, service, known, latest, unsequenced, altered }
    }
}

/// One journal, compared row by row in its order.
pub(super) struct Journal<'a> {
    audit: &'a mut Audit,
    service: String,
    known: BTreeMap<i64, Known>,
    /// The highest leaf among the rows so far.
    latest: Option<u64>,
    /// Rows since the last one that the log has.
    unsequenced: Vec<i64>,
    altered: Vec<Row>,
}

impl Journal<'_> {
    /// The next row.
    pub(super) fn row(&mut self, row: &Row) {
        self.audit.rows += 1;
        let (service, row_id) = (self.service.clone(), row.id);
        let Some(entry) = entry(row).filter(|entry| entry.service() == service) else {
            return self.audit.findings.push(Finding::Foreign { service, row_id });
        };
        let Some(known) = self.known.get_mut(&row_id) else {
            return self.unsequenced.push(row_id);
        };
        let leaf_index = known.index;
        known.seen = true;
        for row_id in self.unsequenced.drain(..) {
            let service = self.service.clone();
            self.audit.findings.push(Finding::LeftOut { service, row_id });
        }
        if self.latest.is_some_and(|latest| leaf_index < latest) {
            let service = self.service.clone();
            self.audit.findings.push(Finding::OutOfOrder { service, row_id, leaf_index });
        }
        self.latest = self.latest.max(Some(leaf_index));
        if known.digest != *entry.digest() {
            self.audit.findings.push(Finding::Altered { service, row_id, leaf_index });
            self.altered.push(row.clone());
        }
    }

    /// The journal has no more rows.
    pub(super) fn end(self) {
        let waiting = u64::try_from(self.unsequenced.len()).unwrap_or(u64::MAX);
        self.audit.waiting += waiting;
        for (row_id, known) in self.known.iter().filter(|(_, known)| !known.seen) {
            let (service, row_id, leaf_index) = (self.service.clone(), *row_id, known.index);
            self.audit.findings.push(Finding::Missing { service, row_id, leaf_index });
        }
        // A row that was exchanged with another has that one's content under its own number.
        let compared = &self.altered[..self.altered.len().min(COMPARED)];
        for row in compared {
            for other in compared.iter().filter(|other| other.id != row.id) {
                let moved = entry(&Row { id: other.id, ..row.clone() });
                let before = self.known.get(&other.id).map(|known| known.digest);
                if moved.is_some_and(|moved| Some(*moved.digest()) == before) {
                    let (service, row_id, with_row_id) = (self.service.clone(), row.id, other.id);
                    self.audit.findings.push(Finding::Swapped { service, row_id, with_row_id });
                }
            }
        }
    }
}

fn entry(row: &Row) -> Option<Entry> {
    Entry::of_row(row.service.as_str(), row.id, &row.encode_to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, kind: &str) -> Row {
        Row { service: "referral".into(), id, kind: kind.into(), ..Row::default() }
    }

    fn journal() -> Vec<Row> {
        ["a", "b", "c", "d"].into_iter().zip(1..).map(|(kind, id)| row(id, kind)).collect()
    }

    /// What is found when the log has `leaves` and the journal is now `rows`.
    fn found(leaves: &[Row], rows: &[Row]) -> (Vec<String>, u64) {
        let mut audit = Audit::default();
        leaves.iter().for_each(|row| audit.leaf(&entry(row).unwrap()));
        let mut journal = audit.journal("referral");
        rows.iter().for_each(|row| journal.row(row));
        journal.end();
        let told = audit.findings.iter().map(|finding| {
            let json = serde_json::to_value(finding).unwrap();
            format!("{} {}", json["finding"].as_str().unwrap(), json["row_id"])
        });
        (told.collect(), audit.waiting)
    }

    #[test]
    fn a_journal_as_it_was_sequenced_is_in_order_and_new_rows_may_wait() {
        assert_eq!(found(&journal(), &journal()), (vec![], 0));
        assert_eq!(found(&journal()[..2], &journal()), (vec![], 2));
    }

    #[test]
    fn an_altered_row_is_named() {
        let mut rows = journal();
        rows[2].kind = "x".into();
        assert_eq!(found(&journal(), &rows), (vec!["altered 3".into()], 0));
    }

    #[test]
    fn a_missing_row_is_named_the_last_one_too() {
        for gone in [1, 3] {
            let mut rows = journal();
            rows.remove(gone);
            let named = vec![format!("missing {}", gone + 1)];
            assert_eq!(found(&journal(), &rows), (named, 0));
        }
    }

    #[test]
    fn a_row_left_out_or_slipped_in_is_named() {
        let mut leaves = journal();
        leaves.remove(1);
        assert_eq!(found(&leaves, &journal()), (vec!["left_out 2".into()], 0));
    }

    #[test]
    fn two_rows_that_exchanged_their_contents_are_named_as_such() {
        let mut rows = journal();
        (rows[1].kind, rows[3].kind) = (rows[3].kind.clone(), rows[1].kind.clone());
        let named = ["altered 2", "altered 4", "swapped 2", "swapped 4"].map(str::to_owned);
        assert_eq!(found(&journal(), &rows), (named.to_vec(), 0));
    }

    #[test]
    fn rows_in_another_order_are_named() {
        let mut rows = journal();
        rows.swap(1, 2);
        assert_eq!(found(&journal(), &rows), (vec!["out_of_order 2".into()], 0));
    }

    #[test]
    fn a_row_with_two_leaves_is_named() {
        let leaves = [journal(), vec![row(2, "b")]].concat();
        assert_eq!(found(&leaves, &journal()), (vec!["twice 2".into()], 0));
    }

    #[test]
    fn a_row_of_another_service_is_foreign() {
        let foreign = Row { service: "identity".into(), ..row(5, "e") };
        let rows = [journal(), vec![foreign]].concat();
        assert_eq!(found(&journal(), &rows), (vec!["foreign 5".into()], 0));
    }
}
