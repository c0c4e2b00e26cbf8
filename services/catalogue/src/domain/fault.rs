//! What can be wrong with a revision, each with the rule that says so.

use super::entry::{Kind, Mark, Name};

/// A rule of law or of LAW.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Law {
    /// Its id in LAW.md; `LAW-12` is section 12 (agencies and matters), `LAW-7` section 7.
    pub rule: &'static str,
    /// Act and article.
    pub basis: &'static str,
    /// How sure we are of it.
    pub mark: Mark,
}

/// The kinds of faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// A field is missing or does not parse.
    Malformed,
    /// The key said is not the one the entry's content has.
    KeyDiffers,
    /// The same entry twice among the changes.
    Twice,
    /// An entry to take away is not there.
    Absent,
    /// More entries of one thing than are examined together.
    TooMany,
    /// Nothing would change.
    NoChange,
    /// A body that identity does not know.
    UnknownBody,
    /// A body that cannot hold a power.
    NotAHolder,
    /// A matter that is not in the catalogue.
    UnknownMatter,
    /// A territory outside the county.
    OutsideCounty,
    /// A matter with a day on which nobody holds it.
    WithoutHolder,
    /// Two entries that say different things of the same days.
    Overlap,
    /// A matter that is not on the list of those which townships may be given.
    NotEmpowerable,
    /// It starts in the past over cases that are closed.
    Retroactive,
    /// A boundary is put, and taken away, by a decision only.
    ByDecisionOnly,
    /// An officer posted to the body that employs it.
    ToItself,
}

impl Wrong {
    /// Every kind.
    pub const ALL: [Self; 16] = [
        Self::Malformed,
        Self::KeyDiffers,
        Self::Twice,
        Self::Absent,
        Self::TooMany,
        Self::NoChange,
        Self::UnknownBody,
        Self::NotAHolder,
        Self::UnknownMatter,
        Self::OutsideCounty,
        Self::WithoutHolder,
        Self::Overlap,
        Self::NotEmpowerable,
        Self::Retroactive,
        Self::ByDecisionOnly,
        Self::ToItself,
    ];

    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "MALFORMED",
            Self::KeyDiffers => "KEY_DIFFERS",
            Self::Twice => "TWICE",
            Self::Absent => "ABSENT",
            Self::TooMany => "TOO_MANY",
            Self::NoChange => "NO_CHANGE",
            Self::UnknownBody => "UNKNOWN_BODY",
            Self::NotAHolder => "NOT_A_HOLDER",
            Self::UnknownMatter => "UNKNOWN_MATTER",
            Self::OutsideCounty => "OUTSIDE_COUNTY",
            Self::WithoutHolder => "WITHOUT_HOLDER",
            Self::Overlap => "OVERLAP",
            Self::NotEmpowerable => "NOT_EMPOWERABLE",
            Self::Retroactive => "RETROACTIVE",
            Self::ByDecisionOnly => "BY_DECISION_ONLY",
            Self::ToItself => "TO_ITSELF",
        }
    }

    /// The rule that says so.
    pub fn law(self) -> Law {
        let law = |rule, basis, mark| Law { rule, basis, mark };
        match self {
            Self::Malformed
            | Self::KeyDiffers
            | Self::Twice
            | Self::Absent
            | Self::TooMany
            | Self::NoChange => law("LAW-12", "the catalogue's own form", Mark::D),
            Self::UnknownBody => law("LAW-12", "Penalty Law art. 17", Mark::M),
            Self::NotAHolder => law("I-01", "Penalty Law art. 17, 18; 国办发〔2024〕54号", Mark::S),
            Self::UnknownMatter => law("LAW-12", "seed section 1.2 (执法事项清单)", Mark::D),
            Self::OutsideCounty => law("LAW-12", "Penalty Law art. 22, 23", Mark::V),
            Self::WithoutHolder => law("LAW-12", "Penalty Law art. 18; seed section 1.1", Mark::D),
            Self::Overlap => law("J-01", "Penalty Law art. 25(1)", Mark::V),
            Self::NotEmpowerable => law("LAW-12", "Penalty Law art. 24; seed section 1.3", Mark::V),
            Self::Retroactive => law("LAW-12", "Penalty Law art. 18; seed section 1.1", Mark::S),
            Self::ByDecisionOnly => law("J-02", "Penalty Law art. 25(2); 条例 art. 12", Mark::V),
            Self::ToItself => law("LAW-12", "seed section 2.7 (派驻)", Mark::D),
        }
    }
}

/// One fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Which kind.
    pub wrong: Wrong,
    /// Kind of the entry at fault; none when its kind is not known, or it is all of them.
    pub kind: Option<Kind>,
    /// Its key.
    pub key: String,
    /// One sentence.
    pub text: String,
    /// The same in Chinese.
    pub text_zh: String,
}

impl Fault {
    /// A fault of the entry `name`.
    pub fn new(wrong: Wrong, name: &Name, text: String, text_zh: String) -> Self {
        Self { wrong, kind: Some(name.0), key: name.1.clone(), text, text_zh }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_fault_has_its_own_word_and_a_rule() {
        let words: BTreeSet<_> = Wrong::ALL.iter().map(|wrong| wrong.as_str()).collect();
        assert_eq!(words.len(), Wrong::ALL.len());
        assert!(Wrong::ALL.iter().all(|wrong| !wrong.law().basis.is_empty()));
    }
}
