//! What is known of a published revision beside its entries.

use chrono::{DateTime, Utc};

/// A published revision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// From 1, without gaps.
    pub number: i64,
    /// What it is called.
    pub title: String,
    /// The announcement (公告) with its number.
    pub announcement: String,
    /// Code of the body that published it, or whose decision it is.
    pub agency: String,
    /// Certificate number of its officer.
    pub officer: String,
    /// When, by the clock of the law.
    pub published_at: DateTime<Utc>,
    /// How many entries it put.
    pub puts: i32,
    /// How many entries it took away.
    pub removes: i32,
    /// SHA-256 of the changes, hexadecimal.
    pub changes_sha256: String,
    /// The dispute whose decision it is, if it is one's.
    pub dispute: Option<String>,
}
