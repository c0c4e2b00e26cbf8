//! What a revision would change, what that means, and everything that is wrong with it at once.

mod alone;
mod together;

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{
    body::Bodies,
    changes::Changes,
    content::Content,
    diff::{self, Change},
    entry::{Kind, Name},
    fault::{Fault, Wrong},
    holding::Timeline,
    moves::{self, Move},
    region::Region,
};

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
    /// The power at fault, if cases were.
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
    for entry in &put {
        alone::check(entry, &after, ground, &mut faults);
    }
    let names: BTreeSet<Name> =
        put.iter().map(|entry| entry.name()).chain(changes.remove.iter().cloned()).collect();
    let matters = changes.matters(before);
    together::check(
        &together::Revised { before, after: &after, names: &names, matters: &matters },
        ground,
        &mut faults,
    );
    let told = diff::changes(before, &after, &names);
    if told.is_empty() && faults.is_empty() {
        let (key, kind) = (String::new(), None);
        let text = "nothing would change".to_owned();
        let text_zh = "没有任何变更".to_owned();
        faults.push(Fault { wrong: Wrong::NoChange, kind, key, text, text_zh });
    }
    Examined {
        changes: told,
        moves: moves::moves(before, &after, &matters, ground.exclusive),
        faults,
        reaches: reaches(before, &after, &matters, ground),
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

/// For each matter, the first day in the past that would have other holders than it had.
fn reaches(
    before: &Content,
    after: &Content,
    matters: &BTreeSet<String>,
    ground: &Ground<'_>,
) -> Vec<Reach> {
    let mut found = Vec::new();
    for matter in matters {
        let (was, is) = (before.powers(matter), after.powers(matter));
        let places: BTreeSet<Region> = was.iter().chain(&is).map(|power| power.territory).collect();
        let first = places.into_iter().filter_map(|place| {
            let line = |powers| Timeline::of(powers, place, ground.exclusive);
            let since = line(&was).rewritten(&line(&is), ground.today)?;
            Some((since, place))
        });
        if let Some((since, place)) = first.min() {
            let blamed = is.iter().chain(&was).find(|power| {
                power.territory.covers(place)
                    && (power.span.from == since || power.span.after() == Some(since))
            });
            let key = blamed.map_or(matter.clone(), |power| {
                super::entry::Entry::Power(std::sync::Arc::clone(power)).key()
            });
            found.push(Reach { name: (Kind::Power, key), matter: matter.clone(), since });
        }
    }
    found
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
