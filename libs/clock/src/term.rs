//! How long a term is and how it is counted: the words a rule of law is written in.

use std::fmt;

/// What a term is counted in (LAW 0.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Hours without a break, through nights and rest days; never rolled over.
    Hour,
    /// Calendar days. The start day is not counted; a last day of rest rolls over
    /// (Criminal Procedure Law art. 105; Civil Code arts. 201, 203).
    Day,
    /// Days of the official calendar on which offices work, make-up days included
    /// (Administrative Penalty Law art. 85).
    WorkingDay,
    /// To the corresponding day of a later month, else its last; a last day of rest rolls over
    /// (Civil Code arts. 202, 203).
    Month,
}

impl Unit {
    /// Every unit.
    pub const ALL: [Self; 4] = [Self::Hour, Self::Day, Self::WorkingDay, Self::Month];

    /// The word in rules, on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "HOUR",
            Self::Day => "DAY",
            Self::WorkingDay => "WORKING_DAY",
            Self::Month => "MONTH",
        }
    }

    /// Reads the word of [`Unit::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|unit| unit.as_str() == word)
    }

    /// The most of a unit that is ever counted: a hundred years. What is longer is a mistake; its
    /// due date is that of a hundred years, and provisional.
    pub(crate) fn limit(self) -> u32 {
        match self {
            Self::Hour => 876_600,
            Self::Day | Self::WorkingDay => 36_525,
            Self::Month => 1_200,
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A length of time as the law gives it: `3 DAY`. There is no order among lengths: whether 30 days
/// or a month is longer depends on the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Length {
    /// How many.
    pub value: u32,
    /// Of what.
    pub unit: Unit,
}

impl Length {
    /// So many of that unit.
    pub const fn new(value: u32, unit: Unit) -> Self {
        Self { value, unit }
    }

    /// Reads what `Display` writes: `3 DAY`.
    pub fn parse(text: &str) -> Option<Self> {
        let (value, unit) = text.split_once(' ')?;
        // `u32` would read a sign.
        let digits = value.bytes().all(|b| b.is_ascii_digit());
        Some(Self { value: value.parse().ok().filter(|_| digits)?, unit: Unit::parse(unit)? })
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.value, self.unit)
    }
}

/// From when hours are counted; the other units do not ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HourStart {
    /// From the moment of the event (Civil Code art. 201(2)): agencies, and every warning.
    #[default]
    Exact,
    /// The hour in which the event happens is not counted (Criminal Procedure Law art. 105(2)):
    /// police and procuratorate. An event at 09:00:00 and 24 hours end at 10:00 the next day.
    NextFullHour,
}

impl HourStart {
    /// The word in rules and in the database: `EXACT` or `NEXT_FULL_HOUR`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Exact => "EXACT",
            Self::NextFullHour => "NEXT_FULL_HOUR",
        }
    }

    /// Reads the word of [`HourStart::as_str`].
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Exact, Self::NextFullHour].into_iter().find(|start| start.as_str() == word)
    }
}

/// A length and what else decides when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Counting {
    /// How long.
    pub length: Length,
    /// From when hours are counted.
    pub hour_start: HourStart,
    /// The suspect is in custody: a last day of rest does not roll over
    /// (Criminal Procedure Law art. 105(4)).
    pub in_custody: bool,
}

impl Counting {
    /// That length, hours from the moment of the event, nobody in custody.
    pub const fn new(length: Length) -> Self {
        Self { length, hour_start: HourStart::Exact, in_custody: false }
    }
}
