//! The bodies of the county, as far as the catalogue must know them.

use std::collections::BTreeMap;

use types::AgencyCode;

use super::region::Region;

/// One body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// `ADMIN_AGENCY`, `TOWNSHIP_GOVERNMENT`, `TOWNSHIP_BRIGADE`, GOVERNMENT, ...
    pub kind: String,
    /// Where it is; none for bodies above the county whose code is no county's.
    pub region: Option<Region>,
}

/// The bodies by code: a snapshot of what identity knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bodies(pub BTreeMap<AgencyCode, Body>);

impl Bodies {
    /// The body with this code.
    pub fn get(&self, code: &AgencyCode) -> Option<&Body> {
        self.0.get(code)
    }

    /// Whether `code` is a body of this kind.
    pub fn is(&self, code: &AgencyCode, kind: &str) -> bool {
        self.get(code).is_some_and(|body| body.kind == kind)
    }
}

impl Body {
    /// Whether such a body may hold a power of enforcement in its own name. Coordination bodies and
    /// party offices may not (I-01); a brigade acts in the name of others (LAW.md 12, D); public
    /// security is an administrative agency of its own.
    pub fn may_hold(&self) -> bool {
        matches!(self.kind.as_str(), "ADMIN_AGENCY" | "PUBLIC_SECURITY" | "TOWNSHIP_GOVERNMENT")
    }
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// A county of eleven bodies.
    pub(crate) fn county() -> Bodies {
        let rows = [
            ("GOV-C", "GOVERNMENT", "330999"),
            ("GDO", "COORDINATION_BODY", "330999"),
            ("OEO", "PARTY_OFFICE", "330999"),
            ("CAE", "ADMIN_AGENCY", "330999"),
            ("HOU", "ADMIN_AGENCY", "330999"),
            ("NAT", "ADMIN_AGENCY", "330999"),
            ("AGR", "ADMIN_AGENCY", "330999"),
            ("TG-T04", "TOWNSHIP_GOVERNMENT", "330999004"),
            ("TG-T05", "TOWNSHIP_GOVERNMENT", "330999005"),
            ("BR-T04", "TOWNSHIP_BRIGADE", "330999004"),
            ("BR-T05", "TOWNSHIP_BRIGADE", "330999005"),
        ];
        let rows = rows.into_iter().filter_map(|(code, kind, region)| {
            let body = Body { kind: kind.to_owned(), region: Region::parse(region) };
            Some((AgencyCode::parse(code)?, body))
        });
        Bodies(rows.collect())
    }
}
