//! What a revision would change, what that means, and everything that is wrong with it at once.

mod alone;
mod reach;
mod together;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{
    body::Bodies,
    changes::Changes,
    content::Content,
    diff::{self, Change},
    entry::{Entry, Kind, Name, Source},
    fault::{Fault, Wrong},
    moves::{self, Move},
    region::Region,
};

/// The most faults that are told of one revision; looking for contradictions ends with them.
pub const FAULTS: usize = 200;
/// The most powers over one matter, and the most entries about one township, officer, grade or
/// route: each is compared with each.
pub const GROUP: usize = 500;

/// What a revision is examined against.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The bodies.
    pub bodies: &'a Bodies,
    /// The day of the publication.
    pub today: NaiveDate,
    /// The county of the publisher; none while identity does not know it.
    pub county: Option<Region>,
    /// Whether empowerment excludes the county's holder.
    pub exclusive: bool,
    /// Whether it records a decision: then it puts a boundary, else it must not.
    pub by_decision: bool,
}

/// A matter whose past the revision changes: it must not, if cases were closed since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// The entry at fault, if cases were.
    pub name: Name,
    /// Code of the matter.
    pub matter: String,
    /// The first day that is changed.
    pub since: NaiveDate,
}

/// What a revision would do.
#[derive(Clone, Debug)]
pub struct Examined {
    /// The entries that differ.
    pub changes: Vec<Change>,
    /// The powers that move.
    pub moves: Vec<Move>,
    /// What is wrong with it, but for closed cases.
    pub faults: Vec<Fault>,
    /// Where cases that are closed would be a fault.
    pub reaches: Vec<Reach>,
}

/// Examines `changes` as revision `number`.
pub fn examine(before: &Content, changes: &Changes, number: i64, ground: &Ground<'_>) -> Examined {
    let after = changes.made(before, number);
    let mut faults = forms(before, changes);
    let put: Vec<_> = changes.real_puts(before).collect();
    let many = together::too_many(&put, &after);
    if !many.is_empty() {
        faults.extend(many);
        return Examined { changes: Vec::new(), moves: Vec::new(), faults, reaches: Vec::new() };
    }
    let around = alone::Around { before, after: &after };
    for entry in &put {
        alone::check(entry, around, ground, &mut faults);
    }
    let names: BTreeSet<Name> =
        put.iter().map(|entry| entry.name()).chain(changes.remove.iter().cloned()).collect();
    let matters = changes.matters(before);
    together::check(
        &together::Revised { before, after: &after, names: &names, matters: &matters },
        ground,
        &mut faults,
    );
    for power in standing(&after, &names, ground) {
        alone::check_empowerment(&power, around, ground, &mut faults);
    }
    boundaries_taken(changes, around, ground, &mut faults);
    let told = diff::changes(before, &after, &names);
    if told.is_empty() && faults.is_empty() {
        let (key, kind) = (String::new(), None);
        let text = "nothing would change".to_owned();
        let text_zh = "没有任何变更".to_owned();
        faults.push(Fault { wrong: Wrong::NoChange, kind, key, text, text_zh });
    }
    // Who holds what from when means nothing while powers contradict each other.
    let sound = faults.iter().all(|fault| fault.wrong != Wrong::Overlap) && faults.len() < FAULTS;
    if !sound {
        return Examined { changes: told, moves: Vec::new(), faults, reaches: Vec::new() };
    }
    Examined {
        changes: told,
        moves: moves::moves(before, &after, &matters, ground.exclusive),
        faults,
        reaches: reach::reaches(before, &after, (&matters, &names), ground),
    }
}

/// The empowerments that the revision does not name and yet decides on: it says otherwise of the
/// matter, or of the area of the township.
fn standing(after: &Content, names: &BTreeSet<Name>, ground: &Ground<'_>) -> Vec<Entry> {
    let of = |kind| names.iter().filter(move |name| name.0 == kind).map(|name| name.1.as_str());
    let matters: BTreeSet<&str> = of(Kind::Matter).collect();
    let regions: BTreeSet<Region> =
        of(Kind::Area).filter_map(|key| Region::parse(key.split_once('/')?.0)).collect();
    if matters.is_empty() && regions.is_empty() {
        return Vec::new();
    }
    let decided = |entry: &&Entry| {
        entry.power().is_some_and(|power| {
            let about = matters.contains(power.matter.as_str());
            let there = about || regions.contains(&power.territory);
            there && power.source == Source::Empowerment && !power.span.is_over(ground.today)
        })
    };
    let found = after.of(Kind::Power).filter(decided);
    found.filter(|entry| !names.contains(&entry.name())).cloned().collect()
}

/// A boundary goes as it came, by a decision; or with its matter.
fn boundaries_taken(
    changes: &Changes,
    around: alone::Around<'_>,
    ground: &Ground<'_>,
    faults: &mut Vec<Fault>,
) {
    for name in changes.remove.iter().filter(|name| name.0 == Kind::Boundary) {
        let held = around.before.get(name);
        let stays = held.is_some_and(|held| around.after.matter(held.entry.matter()).is_some());
        if stays && !ground.by_decision {
            let text = "what a decision settled is taken away by a decision only".to_owned();
            let text_zh = "争议决定形成的职责边界不得由目录调整删除".to_owned();
            faults.push(Fault::new(Wrong::ByDecisionOnly, name, text, text_zh));
        }
    }
}

/// The same entry twice, and entries to take away that are not there.
fn forms(before: &Content, changes: &Changes) -> Vec<Fault> {
    let (mut faults, mut seen) = (Vec::new(), BTreeSet::new());
    let put = changes.put.iter().map(super::entry::Entry::name);
    for name in put.chain(changes.remove.iter().cloned()) {
        if !seen.insert(name.clone()) {
            let text = format!("{} {} is named twice", name.0.as_str(), name.1);
            let text_zh = format!("条目 {} 重复", name.1);
            faults.push(Fault::new(Wrong::Twice, &name, text, text_zh));
        }
    }
    for name in changes.remove.iter().filter(|name| before.get(name).is_none()) {
        let text = format!("there is no {} {} to take away", name.0.as_str(), name.1);
        let text_zh = format!("没有可以删除的条目 {}", name.1);
        faults.push(Fault::new(Wrong::Absent, name, text, text_zh));
    }
    faults
}

/// The fault of a reach over cases that were closed: `docket` is the newest of them.
pub fn retroactive(reach: &Reach, docket: &str, agency: &str, closed_on: NaiveDate) -> Fault {
    let (matter, since) = (&reach.matter, reach.since);
    let text = format!(
        "{matter} would have another holder from {since} on, and {agency} closed {docket} on \
         {closed_on}: what is closed stays as it was"
    );
    let text_zh = format!(
        "{matter}自{since}起变更，而{agency}已于{closed_on}办结{docket}，不得溯及已办结案件"
    );
    Fault::new(Wrong::Retroactive, &reach.name, text, text_zh)
}

#[cfg(test)]
mod tests;
