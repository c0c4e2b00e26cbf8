//! The entries of a revision, by kind and key.

use std::collections::BTreeMap;

use super::{
    entry::{Area, Entry, Kind, Matter, Name, Power},
    holding::Powers,
};

/// An entry, and the revision that put it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The entry.
    pub entry: Entry,
    /// The revision that put it there.
    pub since: i64,
}

/// The entries that are alive in one revision.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content(BTreeMap<Name, Held>);

impl Content {
    /// The entry of this kind and key.
    pub fn get(&self, name: &Name) -> Option<&Held> {
        self.0.get(name)
    }

    /// Every entry, by kind and key.
    pub fn iter(&self) -> impl Iterator<Item = (&Name, &Held)> {
        self.0.iter()
    }

    /// Puts an entry in the place of the one with its key.
    pub fn put(&mut self, entry: Entry, since: i64) {
        self.0.insert((entry.kind(), entry.key()), Held { entry, since });
    }

    /// Takes an entry away; whether it was there.
    pub fn remove(&mut self, name: &Name) -> bool {
        self.0.remove(name).is_some()
    }

    /// Every entry of one kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Entry> {
        let from = (kind, String::new());
        self.0
            .range(from..)
            .take_while(move |(name, _)| name.0 == kind)
            .map(|(_, held)| &held.entry)
    }

    /// The matter with this code.
    pub fn matter(&self, code: &str) -> Option<&Matter> {
        match &self.0.get(&(Kind::Matter, code.to_owned()))?.entry {
            Entry::Matter(matter) => Some(matter),
            Entry::Power(_)
            | Entry::Area(_)
            | Entry::Posting(_)
            | Entry::Benchmark(_)
            | Entry::MinorViolation(_)
            | Entry::Boundary(_) => None,
        }
    }

    /// Every entry of one kind whose key begins with what it is about: a matter, or a township.
    pub fn about(&self, kind: Kind, about: &str) -> impl Iterator<Item = &Entry> + use<'_> {
        let prefix = format!("{about}/");
        let mine = self.0.range((kind, prefix.clone())..);
        let mine = mine.take_while(move |(name, _)| name.0 == kind && name.1.starts_with(&prefix));
        mine.map(|(_, held)| &held.entry)
    }

    /// The powers over one matter.
    pub fn powers(&self, matter: &str) -> Powers {
        self.about(Kind::Power, matter).filter_map(|entry| entry.power().cloned()).collect()
    }

    /// The areas.
    pub fn areas(&self) -> impl Iterator<Item = &Area> {
        self.of(Kind::Area).filter_map(|entry| entry.area().map(AsRef::as_ref))
    }

    /// The powers of every matter, those of one matter together.
    pub fn all_powers(&self) -> impl Iterator<Item = &Power> {
        self.of(Kind::Power).filter_map(|entry| entry.power().map(AsRef::as_ref))
    }
}
