//! The rules of LAW.md section 6 that this service holds, each with its article.

/// A rule and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Law {
    /// Its id in LAW.md.
    pub rule: &'static str,
    /// The article.
    pub basis: &'static str,
}

const fn law(rule: &'static str, basis: &'static str) -> Law {
    Law { rule, basis }
}

/// When a joint operation may be organised.
pub const O_01: Law = law("O-01", "条例 art. 13(2)");
/// Several inspections of one object take place at once.
pub const O_02: Law = law("O-02", "条例 art. 13(3)");
/// A work plan with the division of duties; participants cooperate.
pub const O_03: Law = law("O-03", "条例 art. 14, 36(2)");
/// The guidance office proposes, coordinates and allocates forces.
pub const O_04: Law = law("O-04", "条例 art. 12(4), 14; seed section 10");
/// Two certified officers.
pub const O_05: Law = law("O-05", "Penalty Law art. 42, 55; 条例 art. 28");
/// Officers with a valid certificate take part.
pub const O_06: Law = law("O-06", "条例 art. 29, 30");
/// Recusal.
pub const O_07: Law = law("O-07", "Penalty Law art. 43");
/// The random draw of objects and officers.
pub const O_08: Law = law("O-08", "条例 art. 21; 优化营商环境条例 art. 54");
/// Results are published.
pub const O_09: Law = law("O-09", "食品检查办法 2021 art. 39");
/// Key and general matters; plans are filed.
pub const O_10: Law = law("O-10", "国市监信〔2019〕38号");
/// Who may inspect at all.
pub const I_01: Law = law("I-01", "国办发〔2024〕54号");
/// Only published matters.
pub const I_02: Law = law("I-02", "国办发〔2024〕54号");
/// Approval in advance.
pub const I_03: Law = law("I-03", "国办发〔2024〕54号");
/// The yearly cap.
pub const I_04: Law = law("I-04", "国办发〔2024〕54号");
/// Certificates are shown or scanned on entering.
pub const I_06: Law = law("I-06", "国办发〔2024〕54号; 扫码入企、亮码检查");
/// The answer to a request for assistance.
pub const ASSISTANCE: Law = law("SEED-10", "seed section 10; Penalty Law art. 26");
