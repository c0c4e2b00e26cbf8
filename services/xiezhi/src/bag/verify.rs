//! Whether a bag proves what it says: the first thing that is wrong with it is named.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use auth::Trust;
use proto::{evidence::v1 as pb, journal::v1::Row};
use serde::Serialize;
use tlog::Vkey;

use super::{
    chain, hand_over, info, layout, measure,
    parts::Parts,
    printed,
    rows::{self, Prove, Rows, payload, to_micros},
    structure::Bag,
};
use crate::{command::verify::receipt, forms::Leaf};

/// What a bag proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Proven {
    /// dossiers/{uuid}.
    pub(crate) dossier: String,
    pub(crate) title: String,
    /// Code of the body whose dossier it is.
    pub(crate) agency: String,
    pub(crate) items: usize,
    pub(crate) contents: usize,
    pub(crate) custody_events: usize,
    pub(crate) hand_overs: usize,
    /// Journal rows, each in the log.
    pub(crate) rows: usize,
    /// The log, and how many leaves it had.
    pub(crate) log: String,
    pub(crate) tree_size: u64,
    /// What the bag says beside that, and no row proves.
    pub(crate) not_proven: Vec<String>,
}

/// What no row of the journal tells, in every bag.
const NOT_PROVEN: [&str; 7] = [
    "data/assessment.json: what the rules of the day made of the rows",
    "data/agencies.json: what the bodies are called, in the forms too",
    "referral_outcome of hand-overs: what the referral service answered",
    "update_time, etag and fault, and the number of items that the dossier has for others",
    "on which open list between other bodies an item is",
    "whether a measure that runs is past its last day, and the last day of a prior registration",
    "Bagging-Date and Bag-Software-Agent in bag-info.txt",
];

/// Checks a bag: its lists and files, the receipts of its rows, and everything it says against
/// these rows. Asks nobody; `trust` and `vkeys` come from the trust bundle.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn verify(folder: &Path, trust: &Trust, vkeys: &[Vkey]) -> Result<Proven, String> {
    verify_with(folder, &|bytes| receipt(bytes, trust, vkeys))
}

fn verify_with(folder: &Path, prove: Prove<'_>) -> Result<Proven, String> {
    let bag = Bag::open(folder)?;
    let ProvenRows { rows, leaves, unasked, log: (log, tree_size) } = proven_rows(&bag, prove)?;
    let parts = Parts::read(&bag, rows)?;
    let placed = files(&bag, &parts)?;
    let unbound = judge(&parts)?;
    info::check(&bag, &parts.dossier)?;
    let mut not_proven: Vec<String> = NOT_PROVEN.map(str::to_owned).to_vec();
    if unbound > 0 {
        not_proven.push(format!("the words of {unbound} events of custody, by old rows"));
    }
    not_proven.extend(unasked.iter().map(|name| format!("who ordered {name}")));
    for path in printed::check(&bag, &parts, &leaves)? {
        not_proven.push(format!("{path}: another version of this program printed it"));
    }
    Ok(Proven {
        dossier: parts.dossier.name,
        title: parts.dossier.title,
        agency: parts.dossier.agency,
        items: parts.items.len(),
        contents: placed,
        custody_events: parts.chains.iter().map(Vec::len).sum(),
        hand_overs: parts.hand_overs.len(),
        rows: parts.rows.len(),
        log,
        tree_size,
        not_proven,
    })
}

/// The rows of all receipts, all under one checkpoint.
struct ProvenRows {
    /// Oldest first.
    rows: Vec<Row>,
    /// Where each is in the log.
    leaves: BTreeMap<i64, Leaf>,
    /// Hand-overs of which nothing proves who ordered them.
    unasked: Vec<String>,
    /// The log, and how many leaves it had.
    log: (String, u64),
}

fn proven_rows(bag: &Bag, prove: Prove<'_>) -> Result<ProvenRows, String> {
    let note = bag.text(layout::CHECKPOINT)?;
    let mut found = Vec::new();
    for path in bag.payload.keys().filter(|path| path.starts_with(layout::RECEIPTS)) {
        let one = rows::included(&bag.text(path)?, &note, prove)
            .map_err(|error| format!("{path}: {error}"))?;
        if *path != layout::receipt(&one.row.service, one.row.id) {
            return Err(format!("{path}: the row is row {} of {}", one.row.id, one.row.service));
        }
        if one.row.service != layout::SERVICE {
            return Err(format!("{path}: the row is of {}", one.row.service));
        }
        found.push(one);
    }
    rows::asked_for(&found)?;
    found.sort_by_key(|one| one.row.id);
    let log = found.first().map(|one| one.log.clone()).ok_or("the bag has no receipt")?;
    let leaves = found.iter().map(|one| (one.row.id, one.leaf.clone())).collect();
    let unasked = rows::unasked_orders(&found);
    Ok(ProvenRows { rows: found.into_iter().map(|one| one.row).collect(), leaves, unasked, log })
}

/// That the payload has the files of this dossier and no others, and each content is the one that
/// was committed. Says how many.
fn files(bag: &Bag, parts: &Parts) -> Result<usize, String> {
    let photos = parts.photos()?;
    let placed = layout::contents(&parts.items, &photos);
    let mut known = parts.files();
    for (content, path) in &placed {
        let Some(digest) = bag.payload.get(path) else {
            return Err(format!("{path} ({}) is not in the bag", content.name));
        };
        if *digest != content.sha256 || i64::try_from(bag.size(path)?) != Ok(content.size) {
            return Err(format!("{path} is not the file that items.json and the journal name"));
        }
        if !known.insert(path.clone()) {
            return Err(format!("{path} is the place of two contents"));
        }
    }
    if let Some(path) = known.iter().find(|path| !bag.payload.contains_key(*path)) {
        return Err(format!("{path} is not in the bag"));
    }
    match bag.payload.keys().find(|path| !known.contains(*path)) {
        Some(path) => Err(format!("{path} belongs to nothing in this dossier")),
        None => Ok(placed.len()),
    }
}

/// Everything that the bag says, against its proven rows. Says how many custody events are not
/// bound word for word.
fn judge(parts: &Parts) -> Result<usize, String> {
    let dossier = &parts.dossier;
    each_once("item", parts.items.iter().map(|item| item.name.as_str()))?;
    each_once("hand-over", parts.hand_overs.iter().map(|one| one.name.as_str()))?;
    if let Some(row) = parts.rows.iter().find(|row| row.docket != dossier.name) {
        return Err(format!("row {} of {} is of another dossier", row.id, row.service));
    }
    let rows = Rows::of(&parts.rows);
    let opened: pb::Dossier = rows.first("evidence.dossier_opened.v1", &dossier.name)?;
    if lasting_dossier(opened) != lasting_dossier(dossier.clone()) {
        return Err(format!("{} differs from what was opened", layout::DOSSIER));
    }
    let mut unbound = 0;
    for (item, chain) in parts.items.iter().zip(&parts.chains) {
        registered(item, &rows)?;
        for content in &item.contents {
            committed(content, item, &rows)?;
        }
        let at = |what| format!("{}: item {}: {what}", layout::ITEMS, item.number);
        measure::check(item, &rows, &parts.rows).map_err(at)?;
        unbound += chain::check(item, chain, &parts.rows)?;
        open_list(item, &parts.hand_overs).map_err(at)?;
    }
    for (number, one) in (1..).zip(&parts.hand_overs) {
        hand_over::check(one, &rows).map_err(|what| format!("hand-over {number}: {what}"))?;
    }
    nothing_left_out(parts)?;
    Ok(unbound)
}

fn each_once<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let mut known = BTreeSet::new();
    for name in names {
        if !known.insert(name) {
            return Err(format!("the {what} {name} is in the bag twice"));
        }
    }
    Ok(())
}

/// That an item is said to be on the list of an open hand-over just when it is. What is on a list
/// between others is not told to all.
fn open_list(item: &pb::Item, hand_overs: &[pb::HandOver]) -> Result<(), String> {
    let is_open = |one: &&pb::HandOver| {
        use pb::HandOverState::{Counted, HalfSigned, Proposed};
        matches!(one.state(), Proposed | Counted | HalfSigned)
            && one.lines.iter().any(|line| line.item == item.name)
    };
    let open = hand_overs.iter().find(is_open).map(|one| one.name.as_str());
    let said = item.custody.as_ref().map_or("", |custody| custody.hand_over.as_str());
    let of_others = open.is_none() && hand_overs.iter().all(|one| one.name != said);
    if of_others || open == Some(said) {
        return Ok(());
    }
    Err(format!("its open hand-over is not {said:?}"))
}

/// That an item says what was registered.
fn registered(item: &pb::Item, rows: &Rows<'_>) -> Result<(), String> {
    let added: pb::Item = rows.first("evidence.item_added.v1", &item.name)?;
    if lasting_item(added) == lasting_item(item.clone()) {
        return Ok(());
    }
    Err(format!("{}: item {} differs from what was registered", layout::ITEMS, item.number))
}

/// That a content of an item is what was committed for this item.
fn committed(content: &pb::Content, item: &pb::Item, rows: &Rows<'_>) -> Result<(), String> {
    let said: pb::Content = rows.first("evidence.content_committed.v1", &content.name)?;
    let (mut said, mut told) = (said, content.clone());
    for one in [&mut said, &mut told] {
        one.fault.clear();
        one.commit_time = one.commit_time.map(to_micros);
    }
    if said != told || told.parent != item.name {
        let what = format!("{} of item {}", content.name, item.number);
        return Err(format!("{}: {what} differs from what was committed", layout::ITEMS));
    }
    Ok(())
}

/// That what the rows tell of is in the bag: items, contents and hand-overs.
fn nothing_left_out(parts: &Parts) -> Result<(), String> {
    let items = parts.items.iter().map(|item| item.name.as_str());
    let hand_overs = parts.hand_overs.iter().map(|one| one.name.as_str());
    let parents: Vec<&str> = items.chain(hand_overs).collect();
    let contents = parts.items.iter().flat_map(|item| &item.contents);
    let known: BTreeSet<&str> =
        contents.map(|content| content.name.as_str()).chain(parents).collect();
    for row in &parts.rows {
        let there = match row.kind.as_str() {
            "evidence.item_added.v1" | hand_over::PROPOSED | hand_over::ORDERED => {
                known.contains(row.resource.as_str())
            }
            "evidence.content_committed.v1" => {
                let content: pb::Content = payload(row)?;
                known.contains(row.resource.as_str())
                    || content.parent.starts_with("handOvers/")
                        && known.contains(content.parent.as_str())
            }
            _ => true,
        };
        if !there {
            return Err(format!("row {} tells of {}, which was left out", row.id, row.resource));
        }
    }
    Ok(())
}

/// What never changes of a dossier.
fn lasting_dossier(mut dossier: pb::Dossier) -> pb::Dossier {
    dossier.items = 0;
    dossier.etag.clear();
    dossier.create_time = dossier.create_time.map(to_micros);
    dossier
}

/// What never changes of an item.
fn lasting_item(mut item: pb::Item) -> pb::Item {
    item.contents.clear();
    item.custody = None;
    item.update_time = None;
    item.etag.clear();
    item.create_time = item.create_time.map(to_micros);
    if let Some(collection) = &mut item.collection {
        collection.time = collection.time.map(to_micros);
    }
    // It may be changed: see `measure`.
    item.measure = None;
    item
}
