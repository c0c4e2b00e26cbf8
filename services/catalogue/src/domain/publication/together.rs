//! What the entries of a revision must keep together: nothing said twice of the same days, no matter
//! without a holder, no township without an area, nothing about a matter that is gone.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{FAULTS, GROUP, Ground};
use crate::domain::{
    content::Content,
    entry::{Entry, Holder, Kind, Name, Power},
    fault::{Fault, Wrong},
    holding::Timeline,
    region::Region,
    span::Span,
};

/// The content before and after, and what the revision names.
pub(super) struct Revised<'a> {
    pub before: &'a Content,
    pub after: &'a Content,
    pub names: &'a BTreeSet<Name>,
    pub matters: &'a BTreeSet<String>,
}

impl Revised<'_> {
    fn touches(&self, kind: Kind) -> bool {
        self.names.iter().any(|name| name.0 == kind)
    }
}

pub(super) fn check(revised: &Revised<'_>, ground: &Ground<'_>, faults: &mut Vec<Fault>) {
    twice_said(revised, faults);
    left_behind(revised, faults);
    for matter in revised.matters.iter().filter(|code| revised.after.matter(code).is_some()) {
        without_holder(matter, revised, ground, faults);
    }
    without_area(revised, ground, faults);
}

/// What an entry is about, among those of its kind: of one thing only one may speak of a day.
fn about(entry: &Entry) -> Option<String> {
    match entry {
        Entry::Matter(_) | Entry::Boundary(_) => None,
        Entry::Power(power) => Some(power.matter.clone()),
        Entry::Area(_) | Entry::Posting(_) | Entry::Benchmark(_) | Entry::MinorViolation(_) => {
            // The key without its first day.
            entry.key().rsplit_once('/').map(|(about, _)| about.to_owned())
        }
    }
}

/// Groups that are too large to compare each entry with each, of those to which one is put.
pub(super) fn too_many(put: &[&Entry], after: &Content) -> Vec<Fault> {
    let grouped = |entry: &&Entry| Some((entry.kind(), about(entry)?));
    let groups: BTreeSet<Name> = put.iter().filter_map(grouped).collect();
    let mut faults = Vec::new();
    for name in groups {
        let count = after.about(name.0, &name.1).count();
        if count > GROUP {
            let text = format!("{} would have {count} entries: at most {GROUP}", name.1);
            let text_zh = format!("{}将有{count}个条目，最多{GROUP}个", name.1);
            faults.push(Fault::new(Wrong::TooMany, &name, text, text_zh));
        }
    }
    faults
}

/// Entries that say different things of the same days.
fn twice_said(revised: &Revised<'_>, faults: &mut Vec<Fault>) {
    let after = revised.after;
    for matter in revised.matters {
        let powers: Vec<Entry> = after.powers(matter).into_iter().map(Entry::Power).collect();
        pairs(&powers, revised, faults);
    }
    for kind in [Kind::Area, Kind::Posting, Kind::Benchmark, Kind::MinorViolation] {
        if revised.touches(kind) {
            let mut groups = std::collections::BTreeMap::<String, Vec<Entry>>::new();
            for entry in after.of(kind) {
                if let Some(about) = about(entry) {
                    groups.entry(about).or_default().push(entry.clone());
                }
            }
            groups.values().for_each(|group| pairs(group, revised, faults));
        }
    }
}

/// Those of one group that meet, if the revision puts one of them; no more than are told.
fn pairs(group: &[Entry], revised: &Revised<'_>, faults: &mut Vec<Fault>) {
    for (at, one) in group.iter().enumerate() {
        for other in &group[at + 1..] {
            if faults.len() >= FAULTS {
                return;
            }
            if !contradict(one, other) {
                continue;
            }
            let (new, old) = (one.name(), other.name());
            let (new, old) = if revised.names.contains(&new) { (new, old) } else { (old, new) };
            if revised.names.contains(&new) {
                let text = format!("{} and {} speak of the same days", new.1, old.1);
                let text_zh = format!("{}与{}在时间上重叠", new.1, old.1);
                faults.push(Fault::new(Wrong::Overlap, &new, text, text_zh));
            }
        }
    }
}

fn contradict(one: &Entry, other: &Entry) -> bool {
    let meet = span(one).zip(span(other)).is_some_and(|(a, b)| a.meets(&b));
    let (Some(a), Some(b)) = (one.power(), other.power()) else { return meet };
    let share = a.shared && b.shared && a.holder != b.holder;
    meet && a.territory == b.territory && !share
}

fn span(entry: &Entry) -> Option<Span> {
    match entry {
        Entry::Matter(_) | Entry::Boundary(_) => None,
        Entry::Power(it) => Some(it.span),
        Entry::Area(it) => Some(it.span),
        Entry::Posting(it) => Some(it.span),
        Entry::Benchmark(it) => Some(it.span),
        Entry::MinorViolation(it) => Some(it.span),
    }
}

/// Entries about a matter that the revision takes away.
fn left_behind(revised: &Revised<'_>, faults: &mut Vec<Fault>) {
    let gone = |code: &str| {
        revised.matters.contains(code)
            && revised.after.matter(code).is_none()
            && revised.before.matter(code).is_some()
    };
    if !revised.touches(Kind::Matter) {
        return;
    }
    for (name, held) in revised.after.iter().filter(|(_, held)| gone(held.entry.matter())) {
        // What the revision puts itself is told already, each by itself.
        if held.entry.kind() != Kind::Matter && !revised.names.contains(name) {
            let code = held.entry.matter();
            let text = format!("the matter {code} would be gone, and this is about it");
            let text_zh = format!("事项{code}将被删除，而本条目仍引用该事项");
            faults.push(Fault::new(Wrong::UnknownMatter, name, text, text_zh));
        }
    }
}

/// Somebody must hold each matter in the whole county on every day from the publication on.
fn without_holder(
    matter: &str,
    revised: &Revised<'_>,
    ground: &Ground<'_>,
    faults: &mut Vec<Fault>,
) {
    let Some(county) = ground.county else { return };
    let powers = revised.after.powers(matter);
    let line = Timeline::of(&powers, county, ground.exclusive);
    let name = (Kind::Matter, matter.to_owned());
    if let Some(day) = line.gap(ground.today) {
        let text = format!("nobody holds {matter} in {county} from {day} on");
        let text_zh = format!("自{day}起，{county}无机关行使{matter}");
        faults.push(Fault::new(Wrong::WithoutHolder, &name, text, text_zh));
    }
    let by_township = powers.iter().any(|power| power.holder == Holder::Township);
    if by_township && revised.after.areas().next().is_none() {
        let text = format!("{matter} is held by townships, and no area says which there are");
        let text_zh = format!("{matter}由乡镇行使，但目录中没有乡镇区域");
        faults.push(Fault::new(Wrong::WithoutHolder, &name, text, text_zh));
    }
}

/// Where townships hold a matter by law, a township that has an area must go on having one.
fn without_area(revised: &Revised<'_>, ground: &Ground<'_>, faults: &mut Vec<Fault>) {
    let still =
        |power: &Power| power.holder == Holder::Township && !power.span.is_over(ground.today);
    if !revised.touches(Kind::Area) || !revised.after.all_powers().any(still) {
        return;
    }
    let now: BTreeSet<Region> = revised
        .before
        .areas()
        .filter(|area| area.span.holds(ground.today))
        .map(|area| area.region)
        .collect();
    for region in now {
        let spans: Vec<Span> = revised
            .after
            .areas()
            .filter(|area| area.region == region)
            .map(|area| area.span)
            .collect();
        if let Some(day) = gap(&spans, ground.today) {
            let name = (Kind::Area, region.to_string());
            let text = format!(
                "{region} has no area from {day} on, and matters are held by townships; if it is \
                 merged, put an area with the government of its successor"
            );
            let text_zh = format!("自{day}起{region}没有对应的乡镇政府，而有事项由乡镇行使");
            faults.push(Fault::new(Wrong::WithoutHolder, &name, text, text_zh));
        }
    }
}

/// The first day from `day` on that no span has.
fn gap(spans: &[Span], day: NaiveDate) -> Option<NaiveDate> {
    let mut day = day;
    loop {
        let Some(span) = spans.iter().find(|span| span.holds(day)) else { return Some(day) };
        day = span.after()?;
    }
}
