//! Whether a bag proves what it says: the first thing that is wrong with it is named.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use auth::Trust;
use evidence::sheet::list_sha256;
use proto::{evidence::v1 as pb, journal::v1::Row};
use serde::Serialize;
use tlog::Vkey;

use super::{
    chain, layout,
    parts::Parts,
    rows::{self, Prove, payload},
    structure::Bag,
};
use crate::command::verify::receipt;

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
}

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
    let (rows, (log, tree_size)) = proven_rows(&bag, prove)?;
    let parts = Parts::read(&bag, rows)?;
    if bag.info("External-Identifier") != Some(&parts.dossier.name) {
        return Err(format!("bag-info.txt is not that of {}", parts.dossier.name));
    }
    let placed = files(&bag, &parts)?;
    judge(&parts)?;
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
    })
}

/// The rows of all receipts, oldest first, all under one checkpoint; and of which log that is.
fn proven_rows(bag: &Bag, prove: Prove<'_>) -> Result<(Vec<Row>, (String, u64)), String> {
    let note = bag.text(layout::CHECKPOINT)?;
    let mut found = Vec::new();
    for path in bag.payload.keys().filter(|path| path.starts_with(layout::RECEIPTS)) {
        let one = rows::included(&bag.text(path)?, &note, prove)
            .map_err(|error| format!("{path}: {error}"))?;
        if *path != layout::receipt(&one.row.service, one.row.id) {
            return Err(format!("{path}: the row is row {} of {}", one.row.id, one.row.service));
        }
        found.push(one);
    }
    rows::asked_for(&found)?;
    found.sort_by_key(|one| one.row.id);
    let log = found.first().map(|one| one.log.clone()).ok_or("the bag has no receipt")?;
    Ok((found.into_iter().map(|one| one.row).collect(), log))
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

/// Everything that the bag says, against its proven rows.
fn judge(parts: &Parts) -> Result<(), String> {
    let dossier = &parts.dossier;
    if let Some(row) = parts.rows.iter().find(|row| row.docket != dossier.name) {
        return Err(format!("row {} of {} is of another dossier", row.id, row.service));
    }
    let rows = Rows::of(&parts.rows);
    let opened: pb::Dossier = rows.first("evidence.dossier_opened.v1", &dossier.name)?;
    if lasting_dossier(opened) != lasting_dossier(dossier.clone()) {
        return Err(format!("{} differs from what was opened", layout::DOSSIER));
    }
    for (item, chain) in parts.items.iter().zip(&parts.chains) {
        registered(item, &rows)?;
        for content in &item.contents {
            committed(content, item, &rows)?;
        }
        chain::check(item, chain, &parts.rows)?;
    }
    for (number, hand_over) in (1..).zip(&parts.hand_overs) {
        listed(hand_over, &rows).map_err(|what| format!("hand-over {number}: {what}"))?;
    }
    nothing_left_out(parts)
}

/// The rows by kind and resource, oldest first.
struct Rows<'a>(BTreeMap<&'a str, BTreeMap<&'a str, Vec<&'a Row>>>);

impl<'a> Rows<'a> {
    fn of(rows: &'a [Row]) -> Self {
        let mut by: BTreeMap<_, BTreeMap<_, Vec<_>>> = BTreeMap::new();
        for row in rows {
            let of_kind = by.entry(row.kind.as_str()).or_default();
            of_kind.entry(row.resource.as_str()).or_default().push(row);
        }
        Self(by)
    }

    fn all(&self, kind: &str, resource: &str) -> &[&'a Row] {
        let rows = self.0.get(kind).and_then(|of_kind| of_kind.get(resource));
        rows.map_or(&[], Vec::as_slice)
    }

    /// What the first row of this kind about a resource says.
    fn first<M: prost::Message + Default>(&self, kind: &str, resource: &str) -> Result<M, String> {
        let row = self.all(kind, resource).first();
        payload(row.ok_or_else(|| format!("no row {kind} of {resource} is in the bag"))?)
    }

    /// What the last one says.
    fn last<M: prost::Message + Default>(&self, kind: &str, resource: &str) -> Result<M, String> {
        let row = self.all(kind, resource).last();
        payload(row.ok_or_else(|| format!("no row {kind} of {resource} is in the bag"))?)
    }
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

/// That a hand-over is the one that was proposed, counted and signed.
fn listed(hand_over: &pb::HandOver, rows: &Rows<'_>) -> Result<(), String> {
    let name = &hand_over.name;
    let digest = list_sha256(hand_over);
    let kind = match hand_over.list_sha256.as_str() {
        "" => "evidence.hand_over_proposed.v1",
        counted if counted == digest => "evidence.hand_over_counted.v1",
        _ => return Err("the list was altered: its digest is another".to_owned()),
    };
    let said: pb::HandOver = rows.last(kind, name)?;
    if list_sha256(&said) != digest || said.list_sha256 != hand_over.list_sha256 {
        return Err(format!("the list differs from that of {kind}"));
    }
    let mut signed = Vec::new();
    for row in rows.all("evidence.hand_over_signed.v1", name) {
        let said: pb::HandOver = payload(row)?;
        signed.extend(said.signatures.into_iter().filter(|one| one.agency == row.agency));
    }
    for one in &hand_over.signatures {
        if one.list_sha256 != digest || !signed.iter().any(|said| same_signature(said, one)) {
            return Err(format!("the signature of {} is not in the journal", one.agency));
        }
    }
    if hand_over.state() != pb::HandOverState::Completed {
        return Ok(());
    }
    for side in [&hand_over.giver, &hand_over.receiver] {
        if !hand_over.signatures.iter().any(|one| one.agency == *side) {
            return Err(format!("{side} has not signed, and it is said to be completed"));
        }
    }
    rows.first::<pb::HandOverCompleted>("evidence.hand_over_completed.v1", name).map(drop)
}

fn same_signature(one: &pb::HandOverSignature, other: &pb::HandOverSignature) -> bool {
    let text = |one: &pb::HandOverSignature| {
        (one.agency.clone(), one.officer.clone(), one.time.map(to_micros), one.list_sha256.clone())
    };
    text(one) == text(other)
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
            "evidence.item_added.v1" | "evidence.hand_over_proposed.v1" => {
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
    if let Some(measure) = &mut item.measure {
        measure.end_date.clear();
        measure.provisional = false;
        measure.extended = false;
        measure.testing_days = 0;
        measure.state = 0;
    }
    item
}

/// An instant as a database keeps it.
fn to_micros(at: prost_types::Timestamp) -> prost_types::Timestamp {
    prost_types::Timestamp { nanos: at.nanos / 1000 * 1000, ..at }
}
