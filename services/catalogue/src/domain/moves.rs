//! What a revision means: powers that move from one body to another, with the day and what the old
//! holder keeps.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{content::Content, entry::Holder, holding::Timeline, region::Region};

/// The most moves that are told.
const MOVES: usize = 1000;

/// A power that moves.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Move {
    /// Code of the matter.
    pub matter: String,
    /// Where.
    pub territory: Region,
    /// Who has it before; several where it is shared.
    pub from: Vec<Holder>,
    /// Who has it from that day on.
    pub to: Vec<Holder>,
    /// First day of the new holder.
    pub on: NaiveDate,
}

impl Move {
    /// It in one sentence, with what the old holder keeps.
    pub fn summary(&self) -> String {
        let (matter, place, on) = (&self.matter, self.territory, self.on);
        match (self.from.is_empty(), self.to.is_empty()) {
            (true, _) => format!("from {on} {} has {matter} in {place}", all(&self.to, ", ")),
            (false, true) => format!("from {on} nobody has {matter} in {place}"),
            (false, false) => format!(
                "from {on} {} alone has {matter} in {place}, before it {}; cases filed before that \
                 day and not closed stay with who filed them (seed section 1.1)",
                all(&self.to, ", "),
                all(&self.from, ", "),
            ),
        }
    }

    /// The same in Chinese.
    pub fn summary_zh(&self) -> String {
        let (matter, place, on) = (&self.matter, self.territory, self.on);
        match (self.from.is_empty(), self.to.is_empty()) {
            (true, _) => format!("自{on}起，{place}的{matter}由{}行使", all(&self.to, "、")),
            (false, true) => format!("自{on}起，{place}的{matter}无人行使"),
            (false, false) => format!(
                "自{on}起，{place}的{matter}由{}行使，此前由{}行使；除此前已经立案但未结案的案件外，\
                 原机关不得再继续行使",
                all(&self.to, "、"),
                all(&self.from, "、"),
            ),
        }
    }
}

/// The moves over `matters` that `after` has and `before` had not, by matter, place and day. The
/// first holder of a new matter is no move. The first 1,000 are told.
pub fn moves(
    before: &Content,
    after: &Content,
    matters: &BTreeSet<String>,
    exclusive: bool,
) -> Vec<Move> {
    let all = matters.iter().flat_map(|matter| of_matter(before, after, matter, exclusive));
    all.take(MOVES).collect()
}

fn of_matter(before: &Content, after: &Content, matter: &str, exclusive: bool) -> Vec<Move> {
    let (was, is) = (before.powers(matter), after.powers(matter));
    let places: BTreeSet<Region> = was.iter().chain(&is).map(|power| power.territory).collect();
    let turns = |powers, place| -> Vec<Move> {
        let line = Timeline::of(powers, place, exclusive);
        let turn = |(on, from, to): (NaiveDate, &BTreeSet<Holder>, &BTreeSet<Holder>)| Move {
            matter: matter.to_owned(),
            territory: place,
            from: from.iter().cloned().collect(),
            to: to.iter().cloned().collect(),
            on,
        };
        line.turns().map(turn).collect()
    };
    let known = before.matter(matter).is_some();
    let (mut moved, mut of_counties) = (Vec::new(), BTreeSet::new());
    // A county comes before its townships: what is said of it is not repeated for them.
    for place in places {
        let earlier: BTreeSet<Move> = turns(&was, place).into_iter().collect();
        for turn in turns(&is, place) {
            let first = turn.from.is_empty() && !known;
            let of_county = Move { territory: place.county(), ..turn.clone() };
            if first || earlier.contains(&turn) || of_counties.contains(&of_county) {
                continue;
            }
            if !place.is_township() {
                of_counties.insert(of_county);
            }
            moved.push(turn);
        }
    }
    moved
}

fn all(holders: &[Holder], between: &str) -> String {
    holders.iter().map(ToString::to_string).collect::<Vec<_>>().join(between)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::entry::{
        Entry, Power,
        testing::{body, entries, matter, power},
    };

    fn content(powers: &[Arc<Power>]) -> Content {
        let mut content = Content::default();
        content.put(Entry::Matter(Arc::new(matter("M001"))), 1);
        powers.iter().for_each(|power| content.put(Entry::Power(Arc::clone(power)), 1));
        content
    }

    #[test]
    fn a_transfer_is_one_move_with_its_day_and_what_the_old_holder_keeps() {
        let before = content(&[power("HOU", "330999", "2000-01-01", "")]);
        let after = content(&[
            power("HOU", "330999", "2000-01-01", "2026-12-31"),
            power("CAE", "330999", "2027-01-01", ""),
        ]);
        let told = moves(&before, &after, &BTreeSet::from(["M001".to_owned()]), true);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((&told[0].from, &told[0].to), (&vec![body("HOU")], &vec![body("CAE")]));
        assert_eq!(told[0].on.to_string(), "2027-01-01");
        assert!(told[0].summary().contains("stay with who filed them"), "{}", told[0].summary());
        assert!(told[0].summary_zh().contains("已经立案但未结案"), "{}", told[0].summary_zh());
    }

    #[test]
    fn an_empowerment_moves_a_power_in_the_township_only() {
        let county = power("CAE", "330999", "2022-07-01", "");
        let before = content(&[Arc::clone(&county)]);
        let after = content(&[county, power("TG-T04", "330999004", "2023-01-01", "")]);
        let told = moves(&before, &after, &BTreeSet::from(["M001".to_owned()]), true);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!(told[0].territory.to_string(), "330999004");
        assert_eq!((&told[0].from, &told[0].to), (&vec![body("CAE")], &vec![body("TG-T04")]));
    }

    #[test]
    fn a_new_matter_moves_nothing_but_what_it_says_moved() {
        let mut after = Content::default();
        entries().into_iter().for_each(|entry| after.put(entry, 1));
        let told = moves(&Content::default(), &after, &BTreeSet::from(["M001".to_owned()]), true);
        assert_eq!(told.iter().map(|one| one.on.to_string()).collect::<Vec<_>>(), ["2022-07-01"]);
    }
}
