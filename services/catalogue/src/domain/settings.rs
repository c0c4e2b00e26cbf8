//! The open points of the law, as settings: none of them is a hidden constant.

use serde::Deserialize;
use types::AgencyCode;

/// The settings. Their meanings, defaults and marks stand in `config.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Who publishes revisions; the county is the region of the first.
    pub publishers: Vec<AgencyCode>,
    /// Whether a township that was given a power excludes the county's holder there.
    pub empowerment_excludes_county: bool,
    /// S-12: whether a suspected crime closes every minor route.
    pub suspected_crime_closes_minor_routes: bool,
}

impl Settings {
    /// Settings that contradict themselves: each with its fault.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.publishers.is_empty() {
            faults.push("publishers names nobody".to_owned());
        }
        faults
    }
}
