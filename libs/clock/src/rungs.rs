//! The warnings on the way to a due date.

use chrono::{DateTime, Duration, Utc};

/// When each warning of a term is raised: in order, though several may coincide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rungs {
    /// Half of the time is gone.
    pub half_at: DateTime<Utc>,
    /// The agreed share of the time is gone.
    pub near_at: DateTime<Utc>,
    /// The term is over.
    pub overdue_at: DateTime<Utc>,
}

/// The warnings of a term, to the millisecond.
///
/// `near_percent` is the share of the time gone when the end is near, such as 80; it is held
/// between 50 and 100, so that near never comes before half. A due date before the start warns of
/// everything at the due date.
pub fn rungs(started_at: DateTime<Utc>, due_at: DateTime<Utc>, near_percent: u8) -> Rungs {
    let span = due_at.signed_duration_since(started_at).num_milliseconds().max(0);
    let percent = i64::from(near_percent.clamp(50, 100));
    // Counted back from the end, so that 100 percent is the end to the nanosecond. A chrono span is
    // below 2^54 milliseconds: the product does not overflow.
    let before = |left: i64| due_at - Duration::milliseconds(span * left / 100);
    Rungs { half_at: before(50), near_at: before(100 - percent), overdue_at: due_at }
}
