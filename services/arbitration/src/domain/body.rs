//! The bodies, as far as a dispute must know them: what they are, and who commands whom.

use std::collections::{BTreeMap, BTreeSet};

use types::AgencyCode;

/// One body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// `ADMIN_AGENCY`, `TOWNSHIP_GOVERNMENT`, `PARTY_OFFICE`, GOVERNMENT, ...
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

impl Body {
    /// The county it belongs to: the first six digits of its region.
    pub fn county(&self) -> &str {
        self.region.get(..6).unwrap_or(&self.region)
    }

    /// Whether it is a police organ or a unit of one.
    pub fn is_police(&self) -> bool {
        matches!(self.kind.as_str(), "PUBLIC_SECURITY" | "POLICE_UNIT")
    }

    /// Whether it belongs to a township.
    pub fn is_township(&self) -> bool {
        matches!(self.kind.as_str(), "TOWNSHIP_GOVERNMENT" | "TOWNSHIP_BRIGADE")
    }

    /// Whether it may hold a power of enforcement in its own name: what the catalogue takes as a holder.
    pub fn may_hold(&self) -> bool {
        matches!(self.kind.as_str(), "ADMIN_AGENCY" | "PUBLIC_SECURITY" | "TOWNSHIP_GOVERNMENT")
    }

    /// Whether it coordinates or consults, and holds no power to enforce (LAW.md 13 no. 10).
    pub fn never_enforces(&self) -> bool {
        matches!(self.kind.as_str(), "COORDINATION_BODY" | "PARTY_OFFICE")
    }
}

/// The bodies by code: a snapshot of what identity knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bodies(pub BTreeMap<AgencyCode, Body>);

impl Bodies {
    /// The body with this code.
    pub fn get(&self, code: &AgencyCode) -> Option<&Body> {
        self.0.get(code)
    }

    /// A body and everyone above it, itself first.
    ///
    /// # Errors
    /// The command tree has a cycle: the bodies on the way, the first of them again at the end.
    pub fn chain(&self, code: &AgencyCode) -> Result<Vec<AgencyCode>, Vec<AgencyCode>> {
        let (mut chain, mut seen) = (vec![code.clone()], BTreeSet::from([code.clone()]));
        let mut at = code;
        while let Some(above) = self.get(at).and_then(|body| body.superior.as_ref()) {
            if !seen.insert(above.clone()) {
                let from = chain.iter().position(|one| one == above).unwrap_or_default();
                let mut cycle = chain.split_off(from);
                cycle.push(above.clone());
                return Err(cycle);
            }
            chain.push(above.clone());
            at = above;
        }
        Ok(chain)
    }

    /// The kinds of some bodies, sorted and joined: two disputes between a township and a county
    /// agency have the same.
    pub fn kinds(&self, codes: &[AgencyCode]) -> String {
        let of = |code| self.get(code).map_or("UNKNOWN", |body| body.kind.as_str());
        let mut kinds: Vec<&str> = codes.iter().map(of).collect();
        kinds.sort_unstable();
        kinds.join("+")
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A code that is one.
    pub(crate) fn code(text: &str) -> AgencyCode {
        AgencyCode::parse(text).unwrap()
    }

    /// The example county, as far as disputes ask for it: code, kind, superior, region, penalty power.
    const ROWS: &[(&str, &str, &str, &str, bool)] = &[
        ("GOV-P", "GOVERNMENT", "", "330000", false),
        ("GOV-M", "GOVERNMENT", "GOV-P", "330900", false),
        ("GOV-C", "GOVERNMENT", "GOV-M", "330999", false),
        ("ECO-M", "ADMIN_AGENCY", "GOV-M", "330900", true),
        ("TOB-M", "ADMIN_AGENCY", "GOV-P", "330900", true),
        ("FIRE-M", "ADMIN_AGENCY", "GOV-M", "330900", true),
        ("GDO", "COORDINATION_BODY", "GOV-C", "330999", false),
        ("JUS", "OVERSIGHT", "GOV-C", "330999", false),
        ("OEO", "PARTY_OFFICE", "GOV-C", "330999", false),
        ("SUP", "SUPERVISION", "", "330999", false),
        ("CAE", "ADMIN_AGENCY", "GOV-C", "330999", true),
        ("AGR", "ADMIN_AGENCY", "GOV-C", "330999", true),
        ("NAT", "ADMIN_AGENCY", "GOV-C", "330999", true),
        ("WAT", "ADMIN_AGENCY", "GOV-C", "330999", false),
        ("MKT", "ADMIN_AGENCY", "GOV-C", "330999", true),
        ("MKT-2", "ADMIN_AGENCY", "GOV-C", "330999", true),
        ("ECO", "ADMIN_AGENCY", "ECO-M", "330999", true),
        ("ECO-2", "ADMIN_AGENCY", "ECO-M", "330998", true),
        ("FIR", "ADMIN_AGENCY", "FIRE-M", "330999", true),
        ("TOB", "ADMIN_AGENCY", "TOB-M", "330999", true),
        ("TG-T05", "TOWNSHIP_GOVERNMENT", "GOV-C", "330999005", true),
        ("TG-T06", "TOWNSHIP_GOVERNMENT", "GOV-C", "330999006", true),
        ("BR-T05", "TOWNSHIP_BRIGADE", "TG-T05", "330999005", false),
        ("PSB", "PUBLIC_SECURITY", "GOV-C", "330999", true),
        ("PSB-ECO", "POLICE_UNIT", "PSB", "330999", false),
        ("PSB-PUB", "POLICE_UNIT", "PSB", "330999", false),
        ("PRO", "PROCURATORATE", "", "330999", false),
        ("CRT", "COURT", "", "330999", false),
    ];

    /// The example county.
    pub(crate) fn county() -> Bodies {
        let row =
            |(code, kind, superior, region, penalty_power): &(&str, &str, &str, &str, bool)| {
                let body = Body {
                    kind: (*kind).to_owned(),
                    superior: AgencyCode::parse(superior),
                    region: (*region).to_owned(),
                    penalty_power: *penalty_power,
                    justice_role: String::new(),
                };
                Some((AgencyCode::parse(code)?, body))
            };
        Bodies(ROWS.iter().filter_map(row).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        testing::{code, county},
        *,
    };

    #[test]
    fn a_chain_goes_up_to_the_top() {
        let chain = county().chain(&code("ECO")).unwrap();
        let chain: Vec<_> = chain.iter().map(AgencyCode::as_str).collect();
        assert_eq!(chain, ["ECO", "ECO-M", "GOV-M", "GOV-P"]);
    }

    #[test]
    fn a_cycle_is_named() {
        let mut bodies = county();
        bodies.0.get_mut(&code("GOV-M")).unwrap().superior = Some(code("ECO"));
        let cycle = bodies.chain(&code("ECO")).unwrap_err();
        let cycle: Vec<_> = cycle.iter().map(AgencyCode::as_str).collect();
        assert_eq!(cycle, ["ECO", "ECO-M", "GOV-M", "ECO"]);
    }
}
