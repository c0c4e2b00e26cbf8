//! A set of changes, made against one revision.

use std::collections::BTreeSet;

use super::{
    content::Content,
    entry::{Entry, Name},
};

/// What to put, and what to take away.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Entries to put in the place of those with their keys.
    pub put: Vec<Entry>,
    /// Entries to take away.
    pub remove: Vec<Name>,
}

impl Changes {
    /// The content once they are made, as revision `number` has it. What is put as it was stays as
    /// old as it was.
    pub fn made(&self, before: &Content, number: i64) -> Content {
        let mut after = before.clone();
        for name in &self.remove {
            after.remove(name);
        }
        for entry in self.real_puts(before) {
            after.put(entry.clone(), number);
        }
        after
    }

    /// The entries to put that differ from what is there.
    pub fn real_puts<'a>(&'a self, before: &'a Content) -> impl Iterator<Item = &'a Entry> {
        self.put.iter().filter(|entry| {
            before.get(&(entry.kind(), entry.key())).is_none_or(|held| held.entry != **entry)
        })
    }

    /// Codes of the matters they are about.
    pub fn matters(&self, before: &Content) -> BTreeSet<String> {
        let put = self.put.iter().map(|entry| entry.matter().to_owned());
        let removed = self.remove.iter().filter_map(|name| before.get(name));
        let removed = removed.map(|held| held.entry.matter().to_owned());
        put.chain(removed).filter(|code| !code.is_empty()).collect()
    }
}
