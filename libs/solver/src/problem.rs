//! What is to be scheduled: people and kits with their shifts, visits with the crews they need, and
//! the rules between them. Plain data; `Model::build` checks it and says everything that is wrong.

use serde::{Deserialize, Serialize};

/// A planning period. Indices are positions in the lists; times are minutes of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// How many days the period has, at most [`crate::limits::DAYS`].
    pub days: u32,
    /// The bodies' officers and the classes of kits; a resource is in exactly one pool.
    pub pools: Vec<Pool>,
    /// Officers, vehicles and instruments.
    pub resources: Vec<Resource>,
    /// What is to be done, each at one place.
    pub visits: Vec<Visit>,
    /// Pairs of visits that need days between them: the same subject twice.
    pub spacings: Vec<Spacing>,
    /// How many of a set of visits may take place: the yearly cap per body and subject (I-04).
    pub caps: Vec<Cap>,
    /// Minutes between places.
    pub travel: Travel,
    /// What the score counts.
    pub objective: Objective,
}

/// Whose resources these are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pool {
    /// Officers of one body. Its longest load counts in the score.
    Body,
    /// Vehicles or instruments of one class. Their load does not tire anyone.
    Kits,
}

/// One officer or kit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// Its pool.
    pub pool: u32,
    /// The place where each shift starts and ends.
    pub base: u32,
    /// What it is qualified for, beyond being of its pool.
    pub qualifications: Vec<Qualification>,
    /// The days on which the certificate is valid (O-05); `None` for what needs no certificate.
    pub certified: Option<Days>,
    /// When it works; shifts of one day do not overlap.
    pub shifts: Vec<Shift>,
}

/// A qualification and the days on which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualification {
    /// Its number, the caller's.
    pub id: u32,
    /// When it holds.
    pub valid: Days,
}

/// Days of the period, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Days {
    /// The first.
    pub first: u32,
    /// The last.
    pub last: u32,
}

impl Days {
    /// Every day there can be.
    pub const ALL: Self = Self { first: 0, last: u32::MAX };

    /// Whether a day is one of them.
    #[must_use]
    pub const fn contains(self, day: u32) -> bool {
        self.first <= day && day <= self.last
    }
}

/// A stretch of work, from leaving the base until being back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// The day.
    pub day: u32,
    /// Its start, in minutes of the day.
    pub from: i32,
    /// Its end, in minutes of the day.
    pub to: i32,
}

/// One inspection at one place, by one or several bodies at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// The place.
    pub place: u32,
    /// Its length, in minutes.
    pub minutes: i32,
    /// What leaving it out costs, at least 1: urgent complaint 10, high risk 4, and so on.
    pub weight: u32,
    /// Who is needed, all of them for the whole length.
    pub groups: Vec<Group>,
    /// When it may take place: wholly within one of them.
    pub windows: Vec<Shift>,
    /// Resources that may not take part (recusal, O-07).
    pub recused: Vec<u32>,
}

/// Some people or kits of one pool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The pool.
    pub pool: u32,
    /// What each of them must be qualified for; `None` for anyone of the pool.
    pub qualification: Option<u32>,
    /// How many.
    pub count: u32,
    /// Only these, when the public draw named a panel.
    pub panel: Option<Vec<u32>>,
}

/// Two visits that may not be close to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spacing {
    /// One visit.
    pub one: u32,
    /// The other.
    pub other: u32,
    /// The least difference of their days.
    pub days: u32,
}

/// A set of visits of which only so many may take place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// The set.
    pub visits: Vec<u32>,
    /// How many of them; 0 when the cap is already reached.
    pub at_most: u32,
}

/// Travel times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Travel {
    /// Minutes from each place (row) to each place (column).
    Matrix(Vec<Vec<i32>>),
    /// From coordinates, with a road factor.
    Coordinates(Coordinates),
}

/// Places in the plane, and how one gets from one to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coordinates {
    /// East and north of each place, in metres.
    pub points: Vec<(i64, i64)>,
    /// The length of the road over the straight line, in thousandths: 1300 is the usual value.
    pub road_permille: u32,
    /// Speed, in metres per minute: 583 is 35 km/h.
    pub metres_per_minute: u32,
    /// Minutes to set off and to park, for each drive between two different points.
    pub start_minutes: u32,
}

/// The score: `left_out * weight + travel * minutes + longest_load * minutes`, summed. Lower is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objective {
    /// For each unit of weight left out.
    pub left_out: u32,
    /// For each minute that a resource travels.
    pub travel: u32,
    /// For each minute of the longest load of a body's officers.
    pub longest_load: u32,
}

impl Default for Objective {
    fn default() -> Self {
        Self { left_out: 1000, travel: 1, longest_load: 1 }
    }
}
