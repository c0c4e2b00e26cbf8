//! An officer, known by an enforcement certificate (行政执法证件), and whether it holds.

use chrono::NaiveDate;
use types::AgencyCode;

/// A person with an enforcement certificate.
///
/// `Debug` shows the certificate and never the person's name.
#[derive(Clone, PartialEq, Eq)]
pub struct Officer {
    /// Number of the certificate.
    pub certificate_no: String,
    /// The agency the certificate is for.
    pub agency: AgencyCode,
    /// The person's name.
    pub display_name: String,
    /// What the person is in the agency.
    pub position: Position,
    /// First day of validity.
    pub valid_from: NaiveDate,
    /// Last day of validity.
    pub valid_to: NaiveDate,
}

impl std::fmt::Debug for Officer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Officer")
            .field("certificate_no", &self.certificate_no)
            .field("agency", &self.agency)
            .finish_non_exhaustive()
    }
}

/// What an officer is in the agency, as far as the law asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// 执法人员.
    EnforcementOfficer,
    /// 副职负责人.
    DeputyHead,
    /// 正职负责人.
    PrincipalHead,
    /// 主持工作的负责人.
    ActingHead,
    /// 检察长.
    ChiefProcurator,
}

impl Position {
    /// Every position.
    pub const ALL: [Self; 5] = [
        Self::EnforcementOfficer,
        Self::DeputyHead,
        Self::PrincipalHead,
        Self::ActingHead,
        Self::ChiefProcurator,
    ];

    /// The word for it, as kept in the database and in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EnforcementOfficer => "ENFORCEMENT_OFFICER",
            Self::DeputyHead => "DEPUTY_HEAD",
            Self::PrincipalHead => "PRINCIPAL_HEAD",
            Self::ActingHead => "ACTING_HEAD",
            Self::ChiefProcurator => "CHIEF_PROCURATOR",
        }
    }

    /// Reads the word back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|position| position.as_str() == word)
    }
}

/// Whether a certificate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It is the agency's, and valid on the day.
    Valid,
    /// The agency has no such certificate.
    Unknown,
    /// It is the agency's, but not valid on the day.
    OutOfDate,
}

/// How the certificate of `officer` (as found, if it was) stands for `agency` on the day `on`.
/// Both the first and the last day count as valid.
pub fn standing(officer: Option<&Officer>, agency: &AgencyCode, on: NaiveDate) -> Standing {
    match officer.filter(|o| o.agency == *agency) {
        None => Standing::Unknown,
        Some(o) if (o.valid_from..=o.valid_to).contains(&on) => Standing::Valid,
        Some(_) => Standing::OutOfDate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn example() -> Officer {
        Officer {
            certificate_no: "C-1".into(),
            agency: AgencyCode::parse("MKT").unwrap(),
            display_name: "Li Si".into(),
            position: Position::DeputyHead,
            valid_from: day("2026-01-01"),
            valid_to: day("2026-12-31"),
        }
    }

    #[test]
    fn a_certificate_holds_from_its_first_day_to_its_last() {
        let (officer, market) = (example(), AgencyCode::parse("MKT").unwrap());
        let on = |date| standing(Some(&officer), &market, day(date));
        assert_eq!(on("2025-12-31"), Standing::OutOfDate);
        assert_eq!(on("2026-01-01"), Standing::Valid);
        assert_eq!(on("2026-12-31"), Standing::Valid);
        assert_eq!(on("2027-01-01"), Standing::OutOfDate);
    }

    #[test]
    fn a_certificate_says_nothing_for_another_agency() {
        let other = AgencyCode::parse("ECO").unwrap();
        assert_eq!(standing(Some(&example()), &other, day("2026-06-01")), Standing::Unknown);
        assert_eq!(standing(None, &other, day("2026-06-01")), Standing::Unknown);
    }

    #[test]
    fn debug_never_shows_a_name() {
        assert!(!format!("{:?}", example()).contains("Li"));
    }

    #[test]
    fn every_position_reads_back() {
        for position in Position::ALL {
            assert_eq!(Position::parse(position.as_str()), Some(position));
        }
        assert_eq!(Position::parse("JANITOR"), None);
    }
}
