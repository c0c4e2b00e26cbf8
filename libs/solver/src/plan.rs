//! A plan and its score.

use serde::{Deserialize, Serialize};

/// Which visits take place, by their index; those that are absent are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Placed visits, in the order of their index.
    pub visits: Vec<Placement>,
}

/// One visit, placed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placement {
    /// The visit.
    pub visit: u32,
    /// The day.
    pub day: u32,
    /// Its start, in minutes of the day.
    pub start: i32,
    /// The resources, in the order of the visit's groups.
    pub crew: Vec<u32>,
}

impl Plan {
    /// Where a visit takes place; `None` when it is left out.
    #[must_use]
    pub fn get(&self, visit: u32) -> Option<&Placement> {
        let at = self.visits.binary_search_by_key(&visit, |placed| placed.visit).ok()?;
        self.visits.get(at)
    }
}

/// What a plan costs. Lower is better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The weight left out.
    pub left_out: i64,
    /// Minutes of travel of all resources.
    pub travel: i64,
    /// Minutes of the longest load of each body, summed.
    pub longest_load: i64,
    /// The weighted sum, by the problem's objective.
    pub total: i64,
}
