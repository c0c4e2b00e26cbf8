//! One revision in memory, laid out for the question who is competent.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono::NaiveDate;

use super::{
    content::Content,
    entry::{Area, Benchmark, Boundary, Entry, Kind, Matter, MinorViolation, Name, Posting},
    holding::Powers,
    refusal::Refusal,
    region::Region,
};

/// One revision, by matter, by township, by officer. What two revisions have in common they share.
#[derive(Clone, Debug, Default)]
pub struct Index {
    pub(super) revision: i64,
    pub(super) exclusive: bool,
    pub(super) counties: BTreeSet<Region>,
    pub(super) matters: HashMap<String, Arc<OfMatter>>,
    pub(super) areas: Arc<HashMap<Region, Vec<Arc<Area>>>>,
    pub(super) postings: Arc<HashMap<String, Vec<Arc<Posting>>>>,
}

/// Everything about one matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfMatter {
    /// The matter.
    pub matter: Arc<Matter>,
    /// Who holds it, where and when.
    pub powers: Powers,
    /// What decisions settled.
    pub boundaries: Vec<Arc<Boundary>>,
    /// The grades of its benchmark.
    pub benchmarks: Vec<Arc<Benchmark>>,
    /// Its minor routes.
    pub routes: Vec<Arc<MinorViolation>>,
}

/// What a revision touched.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Codes of matters.
    pub matters: BTreeSet<String>,
    /// Names of boundaries.
    pub boundaries: BTreeSet<Name>,
    /// Whether areas.
    pub areas: bool,
    /// Whether postings.
    pub postings: bool,
}

impl Touched {
    /// Notes an entry that was put or taken away.
    pub fn note(&mut self, entry: &Entry) {
        if entry.kind() == Kind::Boundary {
            self.boundaries.insert(entry.name());
        }
        match entry.kind() {
            Kind::Area => self.areas = true,
            Kind::Posting => self.postings = true,
            Kind::Matter
            | Kind::Power
            | Kind::Benchmark
            | Kind::MinorViolation
            | Kind::Boundary => {
                self.matters.insert(entry.matter().to_owned());
            }
        }
    }
}

impl Index {
    /// Lays out the content of a revision. `exclusive`: empowerment excludes the county's holder.
    pub fn of(revision: i64, content: &Content, exclusive: bool) -> Self {
        let mut touched = Touched::default();
        content.iter().for_each(|(_, held)| touched.note(&held.entry));
        Self { exclusive, ..Self::default() }.renewed(revision, content, &touched)
    }

    /// The index of a later revision, of which only `touched` differs.
    pub fn renewed(&self, revision: i64, content: &Content, touched: &Touched) -> Self {
        let mut next = Self { revision, ..self.clone() };
        let put = touched.boundaries.iter().filter_map(|name| content.get(name));
        let put = put.filter_map(|held| match &held.entry {
            Entry::Boundary(boundary) => Some((boundary.matter.clone(), Arc::clone(boundary))),
            Entry::Matter(_)
            | Entry::Power(_)
            | Entry::Area(_)
            | Entry::Posting(_)
            | Entry::Benchmark(_)
            | Entry::MinorViolation(_) => None,
        });
        let mut put = grouped(put);
        for code in &touched.matters {
            // Keys of boundaries do not begin with a matter: those that stay are taken over.
            let old = self.matters.get(code).map(|of| of.boundaries.as_slice()).unwrap_or_default();
            let stays = |one: &&Arc<Boundary>| {
                !touched.boundaries.contains(&Entry::Boundary(Arc::clone(one)).name())
            };
            let mut settled: Vec<_> = old.iter().filter(stays).cloned().collect();
            settled.extend(put.remove(code).unwrap_or_default());
            settled.sort_by(|one, two| one.dispute.cmp(&two.dispute));
            match of_matter(content, code, settled) {
                Some(of) => next.matters.insert(code.clone(), Arc::new(of)),
                None => next.matters.remove(code),
            };
        }
        if touched.areas {
            next.areas = Arc::new(grouped(
                content
                    .of(Kind::Area)
                    .filter_map(|entry| entry.area().map(|area| (area.region, Arc::clone(area)))),
            ));
        }
        if touched.postings {
            next.postings = Arc::new(grouped(content.of(Kind::Posting).filter_map(posting)));
        }
        next.counties = next.areas.keys().map(|region| region.county()).collect();
        let powers = next.matters.values().flat_map(|of| &of.powers);
        next.counties.extend(powers.map(|power| power.territory.county()).collect::<BTreeSet<_>>());
        next
    }

    /// Its revision; 0 before the first.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// Codes of its matters, in no order.
    pub fn codes(&self) -> impl Iterator<Item = &str> {
        self.matters.keys().map(String::as_str)
    }

    /// Everything about a matter.
    ///
    /// # Errors
    /// [`Refusal::UnknownMatter`].
    pub fn matter(&self, code: &str) -> Result<&OfMatter, Refusal> {
        let of = self.matters.get(code).map(AsRef::as_ref);
        of.ok_or_else(|| Refusal::UnknownMatter {
            matter: code.to_owned(),
            revision: self.revision,
        })
    }

    /// The area of a township on `day`.
    pub fn area(&self, place: Region, day: NaiveDate) -> Option<&Arc<Area>> {
        self.areas.get(&place)?.iter().find(|area| area.span.holds(day))
    }

    /// The areas of a county on `day`, by region.
    pub fn areas_in(&self, county: Region, day: NaiveDate) -> Vec<&Arc<Area>> {
        let all = self.areas.values().flatten();
        let mut there: Vec<_> =
            all.filter(|area| county.covers(area.region) && area.span.holds(day)).collect();
        there.sort_by_key(|area| area.region);
        there
    }

    /// Where an officer is posted on `day`.
    pub fn posting(&self, certificate_no: &str, day: NaiveDate) -> Option<&Arc<Posting>> {
        self.postings.get(certificate_no)?.iter().find(|posting| posting.span.holds(day))
    }
}

fn of_matter(content: &Content, code: &str, boundaries: Vec<Arc<Boundary>>) -> Option<OfMatter> {
    let held = content.get(&(Kind::Matter, code.to_owned()))?;
    let Entry::Matter(matter) = &held.entry else { return None };
    let grade = |entry: &Entry| {
        if let Entry::Benchmark(grade) = entry { Some(Arc::clone(grade)) } else { None }
    };
    let route = |entry: &Entry| {
        if let Entry::MinorViolation(route) = entry { Some(Arc::clone(route)) } else { None }
    };
    let mut powers = content.powers(code);
    powers.sort_by_key(|power| power.span.from);
    Some(OfMatter {
        matter: Arc::clone(matter),
        powers,
        boundaries,
        benchmarks: content.about(Kind::Benchmark, code).filter_map(grade).collect(),
        routes: content.about(Kind::MinorViolation, code).filter_map(route).collect(),
    })
}

fn posting(entry: &Entry) -> Option<(String, Arc<Posting>)> {
    if let Entry::Posting(posting) = entry {
        Some((posting.certificate_no.clone(), Arc::clone(posting)))
    } else {
        None
    }
}

fn grouped<K: std::hash::Hash + Eq, V>(rows: impl Iterator<Item = (K, V)>) -> HashMap<K, Vec<V>> {
    let mut groups = HashMap::<K, Vec<V>>::new();
    rows.for_each(|(key, value)| groups.entry(key).or_default().push(value));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        changes::Changes,
        entry::testing::{boundary, entries, power},
    };

    #[test]
    fn a_renewed_index_is_the_index_of_the_new_content() {
        let mut content = Content::default();
        entries().into_iter().for_each(|entry| content.put(entry, 1));
        let first = Index::of(1, &content, true);
        let gone = entries()[4].clone();
        let put = vec![
            Entry::Power(power("TG-T04", "330999004", "2026-04-01", "")),
            Entry::Boundary(boundary("CAE", &["HOU"], "2026-04-01")),
        ];
        let mut touched = Touched::default();
        put.iter().chain([&gone]).for_each(|entry| touched.note(entry));
        let after = Changes { put, remove: vec![gone.name()] }.made(&content, 2);
        let (renewed, fresh) = (first.renewed(2, &after, &touched), Index::of(2, &after, true));
        assert_eq!(renewed.matters, fresh.matters);
        assert_eq!((&renewed.areas, &renewed.counties), (&fresh.areas, &fresh.counties));
        assert_eq!((first.revision(), renewed.revision(), renewed.areas.len()), (1, 2, 1));
        assert_eq!(first.matter("M001").unwrap().boundaries.len(), 0, "the old one is as it was");
        // A boundary that no revision touched stays; one that it takes away goes.
        for remove in [Vec::new(), vec![Entry::Boundary(boundary("CAE", &[], "2026-04-01"))]] {
            let put = Entry::Power(power("NAT", "330999", "2027-01-01", ""));
            let mut touched = Touched::default();
            remove.iter().chain([&put]).for_each(|entry| touched.note(entry));
            let remove = remove.iter().map(Entry::name).collect();
            let last = Changes { put: vec![put], remove }.made(&after, 3);
            let again = renewed.renewed(3, &last, &touched);
            assert_eq!(again.matters, Index::of(3, &last, true).matters);
        }
    }
}
