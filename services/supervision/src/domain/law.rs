//! The rules of LAW.md that this service itself holds, each with its article.

/// A rule and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Law {
    /// Its id in LAW.md.
    pub rule: &'static str,
    /// The article.
    pub basis: &'static str,
}

pub(crate) const fn law(rule: &'static str, basis: &'static str) -> Law {
    Law { rule, basis }
}

/// A warning has an owner who looks at it, and goes up when nobody does; who oversees is seen by those
/// overseen. The regulation stands in LAW.md 0.2 without an id of its own: its text was not read (S).
pub(crate) const SUPERVISION: Law = law("0.2", "行政执法监督条例 (in force 2026-02-01)");

/// Decisions are published. The number of days is a memory (M): a setting.
pub(crate) const S_01: Law = law("S-01", "国办发〔2018〕118号");
/// What is not true any more is withdrawn, and explained.
pub(crate) const S_02: Law = law("S-02", "Penalty Law art. 48(2), 85");
/// The whole process is on record.
pub(crate) const S_03: Law = law("S-03", "Penalty Law art. 47");
/// Legal review before major decisions.
pub(crate) const S_05: Law = law("S-05", "Penalty Law art. 58");
/// The heads decide together.
pub(crate) const S_06: Law = law("S-06", "Penalty Law art. 57(2)");
/// Ninety days from filing to decision.
pub(crate) const S_07: Law = law("S-07", "Penalty Law art. 60");
/// Decisions are served.
pub(crate) const S_09: Law = law("S-09", "Penalty Law art. 61, 85");
/// Discretion has a benchmark and reasons.
pub(crate) const S_10: Law =
    law("S-10", "Penalty Law art. 34; 国办发〔2022〕27号; seed section 12");
/// Minor violations.
pub(crate) const S_11: Law = law("S-11", "Penalty Law art. 33; seed section 12");
/// No minor route for what may be a crime (D).
pub(crate) const S_12: Law = law("S-12", "Penalty Law art. 27, 57(1)(4)");
