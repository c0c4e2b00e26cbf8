//! The bodies of the county, as far as a procedure must know them.

use std::collections::BTreeMap;

use types::AgencyCode;

/// One body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// `ADMIN_AGENCY`, `PUBLIC_SECURITY`, PROCURATORATE, GOVERNMENT, ...
    pub kind: String,
    /// The body with command over it.
    pub superior: Option<AgencyCode>,
    /// GB/T 2260, 6 digits or 9 with the township.
    pub region: String,
    /// Whether it punishes in its own name.
    pub penalty_power: bool,
    /// POLICE, PROCURATORATE, ... for the bodies of justice.
    pub justice_role: String,
}

/// The bodies by code: a snapshot of what identity knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory(pub BTreeMap<AgencyCode, Body>);

impl Directory {
    /// The body with this code.
    pub fn get(&self, code: &AgencyCode) -> Option<&Body> {
        self.0.get(code)
    }

    /// The body with `role` of the same level as `code`: the county's, also for a township, which
    /// has none of its own (LAW.md 13 no. 9).
    pub fn same_level(&self, code: &AgencyCode, role: &str) -> Option<AgencyCode> {
        let county = county(&self.get(code)?.region);
        self.0
            .iter()
            .find(|(_, body)| body.justice_role == role && county_of(body) == county)
            .map(|(code, _)| code.clone())
    }

    /// The public security organ of the same level (Decree 310 art. 5(2)).
    pub fn police(&self, code: &AgencyCode) -> Option<AgencyCode> {
        self.same_level(code, "POLICE")
    }

    /// The procuratorate of the same level.
    pub fn procuratorate(&self, code: &AgencyCode) -> Option<AgencyCode> {
        self.same_level(code, "PROCURATORATE")
    }

    /// The body with command over `code`.
    pub fn superior(&self, code: &AgencyCode) -> Option<AgencyCode> {
        self.get(code)?.superior.clone()
    }

    /// The justice bureau of the same level.
    pub fn justice_bureau(&self, code: &AgencyCode) -> Option<AgencyCode> {
        let county = county(&self.get(code)?.region);
        self.0
            .iter()
            .find(|(_, body)| body.kind == "OVERSIGHT" && county_of(body) == county)
            .map(|(code, _)| code.clone())
    }

    /// The court of the same level.
    pub fn court(&self, code: &AgencyCode) -> Option<AgencyCode> {
        self.same_level(code, "COURT")
    }

    /// The supervisory organ (监察机关) of the same level.
    pub fn supervisory_organ(&self, code: &AgencyCode) -> Option<AgencyCode> {
        let county = county(&self.get(code)?.region);
        let mut organs = self.0.iter().filter(|(_, body)| body.kind == "SUPERVISION");
        organs.find(|(_, body)| county_of(body) == county).map(|(code, _)| code.clone())
    }

    /// Whether two bodies are of one county.
    pub fn same_county(&self, one: &AgencyCode, other: &AgencyCode) -> bool {
        let counties = (self.get(one).map(county_of), self.get(other).map(county_of));
        matches!(counties, (Some(one), Some(other)) if one == other)
    }

    /// Whether `code` is a procuratorate.
    pub fn is_procuratorate(&self, code: &AgencyCode) -> bool {
        self.get(code).is_some_and(|body| {
            matches!(body.justice_role.as_str(), "PROCURATORATE" | "PROCURATORATE_UPPER")
        })
    }

    /// Whether `code` is a court.
    pub fn is_court(&self, code: &AgencyCode) -> bool {
        self.get(code)
            .is_some_and(|body| matches!(body.justice_role.as_str(), "COURT" | "COURT_UPPER"))
    }

    /// Whether `code` is a police organ.
    pub fn is_police(&self, code: &AgencyCode) -> bool {
        self.get(code).is_some_and(|body| {
            matches!(body.justice_role.as_str(), "POLICE" | "POLICE_UPPER" | "POLICE_UNIT")
        })
    }
}

fn county(region: &str) -> &str {
    region.get(..6).unwrap_or(region)
}

fn county_of(body: &Body) -> &str {
    county(&body.region)
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A county of a dozen bodies.
    pub(crate) fn county() -> Directory {
        let row = |kind: &str, superior: &str, region: &str, penalty, role: &str| Body {
            kind: kind.into(),
            superior: AgencyCode::parse(superior),
            region: region.into(),
            penalty_power: penalty,
            justice_role: role.into(),
        };
        let rows = [
            ("GOV-C", row("GOVERNMENT", "", "330999", false, "")),
            ("JUS", row("OVERSIGHT", "GOV-C", "330999", false, "")),
            ("MKT", row("ADMIN_AGENCY", "GOV-C", "330999", true, "")),
            ("TG-T01", row("TOWNSHIP_GOVERNMENT", "GOV-C", "330999001", true, "")),
            ("BR-T01", row("TOWNSHIP_BRIGADE", "TG-T01", "330999001", false, "")),
            ("PSB", row("PUBLIC_SECURITY", "GOV-C", "330999", true, "POLICE")),
            ("PSB-ECO", row("POLICE_UNIT", "PSB", "330999", false, "POLICE_UNIT")),
            ("PSB-M", row("PUBLIC_SECURITY", "GOV-M", "330900", false, "POLICE_UPPER")),
            ("PRO", row("PROCURATORATE", "PRO-M", "330999", false, "PROCURATORATE")),
            ("PRO-M", row("PROCURATORATE", "", "330900", false, "PROCURATORATE_UPPER")),
            ("CRT", row("COURT", "CRT-M", "330999", false, "COURT")),
            ("CRT-M", row("COURT", "", "330900", false, "COURT_UPPER")),
            ("SUP", row("SUPERVISION", "", "330999", false, "")),
            ("ECO", row("ADMIN_AGENCY", "ECO-M", "330999", true, "")),
            ("ECO-M", row("ADMIN_AGENCY", "GOV-M", "330900", true, "")),
        ];
        let rows = rows.into_iter().filter_map(|(c, b)| Some((AgencyCode::parse(c)?, b)));
        Directory(rows.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_township_has_the_police_of_its_county() {
        let county = testing::county();
        let township = AgencyCode::parse("TG-T01").unwrap();
        assert_eq!(county.police(&township).unwrap().as_str(), "PSB");
        assert_eq!(county.procuratorate(&township).unwrap().as_str(), "PRO");
        assert_eq!(county.justice_bureau(&township).unwrap().as_str(), "JUS");
    }
}
