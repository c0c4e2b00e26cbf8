//! What differs between two versions of an entry, and between two contents.

use super::{
    content::{Content, Held},
    entry::{Entry, Name},
};

/// One entry that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is known by.
    pub name: Name,
    /// As it was; none when it is new.
    pub before: Option<Held>,
    /// As it is; none when it is taken away.
    pub after: Option<Held>,
}

impl Change {
    /// Names of the fields that differ, when there is a before and an after.
    pub fn fields(&self) -> Vec<&'static str> {
        match (&self.before, &self.after) {
            (Some(before), Some(after)) => fields(&before.entry, &after.entry),
            _ => Vec::new(),
        }
    }
}

/// What becomes of the entries called `names`, of those that differ.
pub fn changes<'a>(
    before: &Content,
    after: &Content,
    names: impl IntoIterator<Item = &'a Name>,
) -> Vec<Change> {
    let change = |name: &Name| {
        let (was, is) = (before.get(name), after.get(name));
        let same = was.map(|held| &held.entry) == is.map(|held| &held.entry);
        let change = Change { name: name.clone(), before: was.cloned(), after: is.cloned() };
        (!same).then_some(change)
    };
    names.into_iter().filter_map(change).collect()
}

macro_rules! differing {
    ($one:expr, $two:expr, $($field:ident),+) => {
        [$((stringify!($field), $one.$field != $two.$field)),+]
            .into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name).collect()
    };
}

/// Entries of one key are of one kind: of two kinds nothing is compared.
fn fields(before: &Entry, after: &Entry) -> Vec<&'static str> {
    match before {
        Entry::Matter(a) => {
            let Entry::Matter(b) = after else { return Vec::new() };
            differing!(
                a,
                b,
                name_zh,
                name_en,
                domain,
                regime,
                township_empowerable,
                bases,
                penalty_summary,
                linked_offences,
                typical_evidence,
                note
            )
        }
        Entry::Power(a) => {
            let Entry::Power(b) = after else { return Vec::new() };
            with_span(differing!(a, b, source, shared, act), a.span.to != b.span.to)
        }
        Entry::Area(a) => {
            let Entry::Area(b) = after else { return Vec::new() };
            with_span(differing!(a, b, name_zh, government, brigade), a.span.to != b.span.to)
        }
        Entry::Posting(a) => {
            let Entry::Posting(b) = after else { return Vec::new() };
            with_span(differing!(a, b, home_agency, posted_to), a.span.to != b.span.to)
        }
        Entry::Benchmark(a) => {
            let Entry::Benchmark(b) = after else { return Vec::new() };
            let mut named: Vec<&'static str> =
                differing!(a, b, conditions, order, penalty, fine_min_fen, fine_max_fen, basis);
            named.extend((a.mark != b.mark).then_some("verified"));
            with_span(named, a.span.to != b.span.to)
        }
        Entry::MinorViolation(a) => {
            let Entry::MinorViolation(b) = after else { return Vec::new() };
            let mut named: Vec<&'static str> = differing!(a, b, conditions, basis);
            named.extend((a.mark != b.mark).then_some("verified"));
            with_span(named, a.span.to != b.span.to)
        }
        Entry::Boundary(a) => {
            let Entry::Boundary(b) = after else { return Vec::new() };
            let mut named: Vec<&'static str> =
                differing!(a, b, matter, territory, subject, competent, others, act);
            named.extend((a.from != b.from).then_some("valid_from"));
            named
        }
    }
}

/// The first day is part of the key: only the last one can differ.
fn with_span(mut named: Vec<&'static str>, ends_otherwise: bool) -> Vec<&'static str> {
    named.extend(ends_otherwise.then_some("valid_to"));
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        changes::Changes,
        entry::testing::{entries, power},
    };

    #[test]
    fn a_change_names_what_was_what_is_and_the_fields_that_differ() {
        let mut before = Content::default();
        entries().into_iter().for_each(|entry| before.put(entry, 1));
        let ended = Entry::Power(power("HOU", "330999", "2000-01-01", "2020-06-30"));
        let new = Entry::Power(power("NAT", "330999", "2020-07-01", ""));
        let gone = before.of(super::super::entry::Kind::Area).next().unwrap().name();
        let made = Changes { put: vec![ended.clone(), new.clone()], remove: vec![gone.clone()] };
        let after = made.made(&before, 2);
        let names = [ended.name(), new.name(), gone, entries()[0].name()];
        let told = changes(&before, &after, &names);
        assert_eq!(told.len(), 3, "what stays is no change");
        assert_eq!(told[0].fields(), ["valid_to"]);
        assert_eq!(
            (told[0].before.as_ref().unwrap().since, told[0].after.as_ref().unwrap().since),
            (1, 2)
        );
        assert!(told[1].before.is_none() && told[2].after.is_none());
    }
}
