//! Which powers take effect at a place: the most specific ones that hold on the day. And how that
//! changes from day to day.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::NaiveDate;

use super::{
    entry::{Area, Holder, Power},
    region::Region,
};

/// The powers over one matter.
pub type Powers = Vec<Arc<Power>>;

/// The powers that take effect at `place` on `day`. A township that holds one itself excludes the
/// county's holder there (Penalty Law art. 24; D), if `exclusive`.
pub fn effective(
    powers: &[Arc<Power>],
    place: Region,
    day: NaiveDate,
    exclusive: bool,
) -> Vec<&Arc<Power>> {
    let there = |power: &&Arc<Power>| power.territory.covers(place) && power.span.holds(day);
    let mut found: Vec<&Arc<Power>> = powers.iter().filter(there).collect();
    if exclusive && found.iter().any(|power| power.territory.is_township()) {
        found.retain(|power| power.territory.is_township());
    }
    found
}

/// How many powers of each holder stand at one moment of the walk.
#[derive(Default)]
struct Standing<'a>(BTreeMap<&'a Holder, usize>);

impl<'a> Standing<'a> {
    fn count(&mut self, holder: &'a Holder, comes: bool) {
        let count = self.0.entry(holder).or_default();
        *count = if comes { *count + 1 } else { count.saturating_sub(1) };
        if *count == 0 {
            self.0.remove(holder);
        }
    }
}

/// Who holds a matter at one place, from day to day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timeline(Vec<(NaiveDate, BTreeSet<Holder>)>);

impl Timeline {
    /// The timeline of one matter at `place`.
    pub fn of(powers: &[Arc<Power>], place: Region, exclusive: bool) -> Self {
        // Each power comes on its first day and goes after its last: one walk over these days.
        let mut cuts = BTreeMap::<NaiveDate, Vec<(&Power, bool)>>::new();
        for power in powers.iter().filter(|power| power.territory.covers(place)) {
            cuts.entry(power.span.from).or_default().push((power, true));
            if let Some(after) = power.span.after() {
                cuts.entry(after).or_default().push((power, false));
            }
        }
        let (mut county, mut township) = (Standing::default(), Standing::default());
        let mut steps = vec![(NaiveDate::MIN, BTreeSet::new())];
        for (cut, moved) in cuts {
            for (power, comes) in moved {
                let held = if power.territory.is_township() { &mut township } else { &mut county };
                held.count(&power.holder, comes);
            }
            let mut held: BTreeSet<&Holder> = township.0.keys().copied().collect();
            if !exclusive || held.is_empty() {
                held.extend(county.0.keys().copied());
            }
            let same = |last: &BTreeSet<Holder>| held.iter().copied().eq(last);
            if !steps.last().is_some_and(|(_, last)| same(last)) {
                steps.push((cut, held.into_iter().cloned().collect()));
            }
        }
        Self(steps)
    }

    /// The same with the government of the day in the place of "each township". `areas` are those of
    /// the place, in the order of their days, and do not overlap.
    pub fn by_government(&self, areas: &[&Area]) -> Self {
        let mut days: BTreeSet<NaiveDate> = self.0.iter().map(|(from, _)| *from).collect();
        days.extend(areas.iter().flat_map(|it| [Some(it.span.from), it.span.after()]).flatten());
        let named = |day: NaiveDate| {
            let begun = areas.partition_point(|area| area.span.from <= day);
            let area = areas[..begun].last().filter(|area| area.span.holds(day));
            let holders = self.on(day).iter().filter_map(|holder| match holder {
                Holder::Body(_) => Some(holder.clone()),
                Holder::Township => area.map(|area| Holder::Body(area.government.clone())),
            });
            (day, holders.collect())
        };
        Self(days.into_iter().map(named).collect())
    }

    /// Who holds it on `day`.
    pub fn on(&self, day: NaiveDate) -> &BTreeSet<Holder> {
        let next = self.0.partition_point(|(from, _)| *from <= day);
        // The first step begins before every day.
        &self.0[next.saturating_sub(1)].1
    }

    /// The days on which the holders change, with those before and those from that day on.
    pub fn turns(&self) -> impl Iterator<Item = (NaiveDate, &BTreeSet<Holder>, &BTreeSet<Holder>)> {
        self.0.windows(2).map(|pair| (pair[1].0, &pair[0].1, &pair[1].1))
    }

    /// The first day from `day` on without a holder.
    pub fn gap(&self, day: NaiveDate) -> Option<NaiveDate> {
        if self.on(day).is_empty() {
            return Some(day);
        }
        self.0.iter().find(|(from, held)| *from > day && held.is_empty()).map(|(from, _)| *from)
    }

    /// The first day before `today` for which there was a holder and `after` has others.
    pub fn rewritten(&self, after: &Self, today: NaiveDate) -> Option<NaiveDate> {
        let days: BTreeSet<NaiveDate> =
            self.0.iter().chain(&after.0).map(|(from, _)| *from).collect();
        let differs =
            |day: &NaiveDate| !self.on(*day).is_empty() && self.on(*day) != after.on(*day);
        days.into_iter().take_while(|day| *day < today).find(differs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        entry::testing::{body, power},
        span::day,
    };

    fn at(code: &str) -> Region {
        Region::parse(code).unwrap()
    }

    fn on(text: &str) -> NaiveDate {
        day(text).unwrap()
    }

    #[test]
    fn a_township_that_was_given_a_power_excludes_the_county_there_only() {
        let powers = [
            power("CAE", "330999", "2022-07-01", ""),
            power("TG-T04", "330999004", "2023-01-01", ""),
        ];
        let held = |place, day| {
            let found = effective(&powers, at(place), on(day), true);
            found.iter().map(|power| power.holder.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(held("330999004", "2022-12-31"), ["CAE"]);
        assert_eq!(held("330999004", "2023-01-01"), ["TG-T04"]);
        assert_eq!(held("330999005", "2023-01-01"), ["CAE"]);
        assert_eq!(held("330999", "2023-01-01"), ["CAE"]);
        let both = effective(&powers, at("330999004"), on("2023-01-01"), false);
        assert_eq!(both.len(), 2, "unless the setting says that both hold it");
    }

    #[test]
    fn a_timeline_names_the_days_on_which_holders_change() {
        let powers = [
            power("HOU", "330999", "2000-01-01", "2022-06-30"),
            power("CAE", "330999", "2022-07-01", ""),
        ];
        let line = Timeline::of(&powers, at("330999004"), true);
        let turns: Vec<NaiveDate> = line.turns().map(|(day, ..)| day).collect();
        assert_eq!(turns, [on("2000-01-01"), on("2022-07-01")]);
        assert_eq!(line.on(on("2022-06-30")), &BTreeSet::from([body("HOU")]));
        assert!(line.on(on("1999-12-31")).is_empty());
        assert_eq!(
            (line.gap(on("2000-01-01")), line.gap(on("1990-01-01"))),
            (None, Some(on("1990-01-01")))
        );
        let ends = Timeline::of(&powers[..1], at("330999"), true);
        assert_eq!(ends.gap(on("2020-01-01")), Some(on("2022-07-01")));
    }

    #[test]
    fn a_timeline_says_of_each_day_what_takes_effect_on_it() {
        let powers = [
            power("CAE", "330999", "2020-01-01", "2021-12-31"),
            power("CAE", "330999", "2021-06-01", "2022-06-30"),
            power("HOU", "330999", "2022-01-01", ""),
            power("TG-T04", "330999004", "2021-03-01", "2022-03-31"),
        ];
        for exclusive in [true, false] {
            let line = Timeline::of(&powers, at("330999004"), exclusive);
            for today in on("2019-12-01").iter_days().take(1200) {
                let found = effective(&powers, at("330999004"), today, exclusive);
                let held: BTreeSet<Holder> = found.iter().map(|one| one.holder.clone()).collect();
                assert_eq!(line.on(today), &held, "{today}");
            }
        }
    }

    #[test]
    fn the_past_is_rewritten_only_where_there_was_a_holder() {
        let hou = [power("HOU", "330999", "2000-01-01", "")];
        let moved = [
            power("HOU", "330999", "2000-01-01", "2022-06-30"),
            power("CAE", "330999", "2022-07-01", ""),
        ];
        let line = |powers: &[Arc<Power>]| Timeline::of(powers, at("330999"), true);
        let (before, after) = (line(&hou), line(&moved));
        assert_eq!(before.rewritten(&after, on("2026-01-01")), Some(on("2022-07-01")));
        assert_eq!(before.rewritten(&after, on("2022-07-01")), None, "a day to come may change");
        assert_eq!(line(&[]).rewritten(&after, on("2026-01-01")), None, "a new matter");
    }
}
