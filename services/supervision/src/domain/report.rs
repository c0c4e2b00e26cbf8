//! The yearly evaluation (执法评议): each indicator of a body or of the county beside the year before,
//! and the place of the body where a ranking means something.

use std::collections::BTreeMap;

use super::{
    indicator::{INDICATORS, Indicator},
    word::{Measure, Part},
};

/// Whose measure, and whether of the year before.
type Key = (Measure, String, bool);

/// How much was counted of each measure, by body, in a year and in the one before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sums(BTreeMap<Key, i64>);

impl Sums {
    /// Adds what was counted, of the year before if `last`.
    pub(crate) fn add(&mut self, measure: Measure, body: String, last: bool, number: i64) {
        *self.0.entry((measure, body, last)).or_default() += number;
    }

    /// Of a body, or of all.
    fn of(&self, measures: &[Measure], body: Option<&str>, last: bool) -> i64 {
        let wanted = |key: &Key| {
            measures.contains(&key.0) && key.2 == last && body.is_none_or(|body| body == key.1)
        };
        self.0.iter().filter(|(key, _)| wanted(key)).map(|(_, number)| number).sum()
    }

    /// Above and below the line.
    fn figure(&self, indicator: &Indicator, body: Option<&str>, last: bool) -> (i64, i64) {
        let side = |part| self.of(indicator.part(part), body, last);
        (side(Part::Numerator), side(Part::Denominator))
    }

    fn bodies(&self) -> Vec<&str> {
        let mut bodies: Vec<&str> = self.0.keys().map(|(_, body, _)| body.as_str()).collect();
        bodies.sort_unstable();
        bodies.dedup();
        bodies
    }
}

/// One indicator of a report.
#[derive(Debug)]
pub(crate) struct Line {
    pub indicator: &'static Indicator,
    /// Above and below the line, this year and the year before.
    pub this: (i64, i64),
    pub last: (i64, i64),
    /// The place and among how many; none where that means nothing.
    pub rank: Option<(usize, usize)>,
}

/// The lines of a body, or of the county. A body is ranked with `least` cases below the line.
pub(crate) fn lines(sums: &Sums, body: Option<&str>, least: i64) -> Vec<Line> {
    let bodies = sums.bodies();
    let line = |indicator: &'static Indicator| {
        let this = sums.figure(indicator, body, false);
        let all = || bodies.iter().map(|one| sums.figure(indicator, Some(one), false)).collect();
        let rank = body.and_then(|_| {
            let all: Vec<(i64, i64)> = all();
            indicator.rank(this, &all, least)
        });
        Line { indicator, this, last: sums.figure(indicator, body, true), rank }
    };
    INDICATORS.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sums() -> Sums {
        let mut sums = Sums::default();
        for (body, last, kept, missed) in
            [("MKT", false, 9, 1), ("PSB", false, 5, 5), ("MKT", true, 6, 4), ("FIN", false, 1, 0)]
        {
            sums.add(Measure::TermKept, body.to_owned(), last, kept);
            sums.add(Measure::TermMissed, body.to_owned(), last, missed);
        }
        sums
    }

    fn timeliness(body: Option<&str>) -> Line {
        let mut lines = lines(&sums(), body, 5);
        lines.retain(|line| line.indicator.id == "timeliness");
        lines.remove(0)
    }

    #[test]
    fn a_body_stands_beside_its_year_before_and_among_those_with_enough_cases() {
        let line = timeliness(Some("MKT"));
        assert_eq!((line.this, line.last, line.rank), ((9, 10), (6, 10), Some((1, 2))));
        assert_eq!(timeliness(Some("PSB")).rank, Some((2, 2)));
        assert_eq!(timeliness(Some("FIN")).rank, None);
    }

    #[test]
    fn the_county_is_the_sum_and_has_no_place() {
        let line = timeliness(None);
        assert_eq!((line.this, line.last, line.rank), ((15, 21), (6, 10), None));
    }

    #[test]
    fn a_report_has_every_indicator() {
        assert_eq!(lines(&Sums::default(), None, 5).len(), INDICATORS.len());
    }
}
