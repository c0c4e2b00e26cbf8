//! What is wrong with a problem: where, and why.

use thiserror::Error;

/// The part of a problem that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The whole.
    Problem,
    /// A resource.
    Resource(u32),
    /// A visit.
    Visit(u32),
    /// A pair that needs days between.
    Spacing(u32),
    /// A cap.
    Cap(u32),
    /// The row of a place in the travel times.
    Travel(u32),
}

/// Why it is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Wrong {
    /// A list is too long.
    #[error("too many {what}: at most {most}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// An index names nothing.
    #[error("there is no such {0}")]
    NoSuch(&'static str),
    /// A time is before the day starts, after it ends, or ends before it begins.
    #[error("a {0} is not within one day, or ends before it begins")]
    NotADay(&'static str),
    /// Shifts of one day overlap.
    #[error("shifts overlap")]
    Overlap,
    /// Something that must be at least 1 is not.
    #[error("{0} must be at least 1")]
    NotPositive(&'static str),
    /// A number is too large.
    #[error("{what} is too large: at most {most}")]
    TooLarge {
        /// Of what.
        what: &'static str,
        /// The limit.
        most: i64,
    },
    /// Travel times are missing.
    #[error("travel times are missing: each place needs one to each place")]
    TravelMissing,
    /// A travel time is negative.
    #[error("a travel time is negative")]
    TravelNegative,
    /// Travel from a place to itself takes time.
    #[error("travel from a place to itself must take no time")]
    TravelToItself,
    /// A visit is paired with itself, or twice in a set.
    #[error("a visit stands twice in one rule")]
    Twice,
}

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{at:?}: {wrong}")]
pub struct Fault {
    /// Where.
    pub at: At,
    /// Why.
    pub wrong: Wrong,
}

/// Everything that is wrong with a problem, up to [`crate::limits::FAULTS`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the problem has {} faults, the first: {}", .0.len(), .0.first().map(ToString::to_string).unwrap_or_default())]
pub struct Faults(pub Vec<Fault>);
