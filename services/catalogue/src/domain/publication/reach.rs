//! Where a revision changes who held a matter in the past: powers, and the governments of townships.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Ground, Reach};
use crate::domain::{
    content::Content,
    entry::{Area, Entry, Holder, Kind, Name},
    holding::{Powers, Timeline},
    region::Region,
};

/// For each matter, the first day in the past that would have other holders than it had. `touched`:
/// the matters, and the names of all entries that are put or taken away.
pub(super) fn reaches(
    before: &Content,
    after: &Content,
    touched: (&BTreeSet<String>, &BTreeSet<Name>),
    ground: &Ground<'_>,
) -> Vec<Reach> {
    let contents = (before, after);
    let by_power = touched.0.iter().filter_map(|matter| by_power(contents, matter, ground));
    let mut found: Vec<Reach> = by_power.collect();
    let regions: BTreeSet<Region> = touched
        .1
        .iter()
        .filter(|name| name.0 == Kind::Area)
        .filter_map(|name| Region::parse(name.1.split_once('/')?.0))
        .collect();
    if !regions.is_empty() {
        let matters = of_townships(before);
        found.extend(
            matters.iter().filter_map(|matter| by_area(contents, matter, &regions, ground)),
        );
    }
    found
}

/// By the powers over a matter.
fn by_power(
    (before, after): (&Content, &Content),
    matter: &str,
    ground: &Ground<'_>,
) -> Option<Reach> {
    let (was, is) = (before.powers(matter), after.powers(matter));
    let places: BTreeSet<Region> = was.iter().chain(&is).map(|power| power.territory).collect();
    let first = places.into_iter().filter_map(|place| {
        let line = |powers: &Powers| Timeline::of(powers, place, ground.exclusive);
        let since = line(&was).rewritten(&line(&is), ground.today)?;
        Some((since, place))
    });
    let (since, place) = first.min()?;
    let blamed = is.iter().chain(&was).find(|power| {
        power.territory.covers(place)
            && (power.span.from == since || power.span.after() == Some(since))
    });
    let key = blamed.map_or_else(
        || matter.to_owned(),
        |power| Entry::Power(std::sync::Arc::clone(power)).key(),
    );
    Some(Reach { name: (Kind::Power, key), matter: matter.to_owned(), since })
}

/// Codes of the matters that townships hold, or held.
fn of_townships(content: &Content) -> BTreeSet<String> {
    let powers = content.all_powers().filter(|power| power.holder == Holder::Township);
    powers.map(|power| power.matter.clone()).collect()
}

/// By the areas: where townships hold the matter, another government is another holder. The powers
/// are as they were: what becomes of them is seen by itself.
fn by_area(
    (before, after): (&Content, &Content),
    matter: &str,
    regions: &BTreeSet<Region>,
    ground: &Ground<'_>,
) -> Option<Reach> {
    let powers = before.powers(matter);
    let first = regions.iter().filter_map(|place| {
        let held = Timeline::of(&powers, *place, ground.exclusive);
        let (was, is) = (areas(before, *place), areas(after, *place));
        let since = held.by_government(&was).rewritten(&held.by_government(&is), ground.today)?;
        Some((since, *place))
    });
    let (since, place) = first.min()?;
    let name = (Kind::Area, blamed(&areas(after, place), &areas(before, place), place, since));
    Some(Reach { name, matter: matter.to_owned(), since })
}

/// The areas of one township, in the order of their days.
fn areas(content: &Content, place: Region) -> Vec<&Area> {
    let there = content.about(Kind::Area, &place.to_string());
    there.filter_map(|entry| entry.area().map(AsRef::as_ref)).collect()
}

/// Key of the area that says otherwise of the day: as it will be, or as it was.
fn blamed(is: &[&Area], was: &[&Area], place: Region, since: NaiveDate) -> String {
    let of_day = |area: &&&Area| area.span.holds(since);
    let found = is.iter().find(of_day).or_else(|| was.iter().find(of_day));
    found.map_or_else(|| place.to_string(), |area| format!("{place}/{}", area.span.from))
}
