//! Reads a county's directory from its two JSON files into an import request.
//!
//! Only the shape is checked here; what the fields say is checked by the import itself.

use proto::identity::v1 as pb;
use serde::Deserialize;

use crate::{domain::officer::Position, rpc::wire};

/// A directory file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The file of agencies is not JSON of the right shape.
    #[error("agencies: {0}")]
    Agencies(#[source] serde_json::Error),
    /// The file of officers is not JSON of the right shape. Its cause is not shown: it could quote
    /// a person's name.
    #[error("officers: does not parse at line {line}, column {column}")]
    Officers {
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1.
        column: usize,
    },
}

/// The example county, as shipped with the service: fictional bodies and people.
pub const EXAMPLE: (&str, &str) =
    (include_str!("../data/agencies.json"), include_str!("../data/officers.json"));

#[derive(Deserialize)]
struct Agencies {
    agencies: Vec<Agency>,
}

/// Further fields (notes, sources, the structure group) are for people.
#[derive(Deserialize)]
struct Agency {
    id: String,
    name_zh: String,
    #[serde(default)]
    name_en: Option<String>,
    kind: String,
    superior_id: Option<String>,
    region_code: String,
    #[serde(default)]
    has_penalty_power: bool,
    #[serde(default)]
    vertically_managed: bool,
    #[serde(default)]
    justice_role: Option<String>,
}

#[derive(Deserialize)]
struct Officers {
    officers: Vec<Officer>,
}

#[derive(Deserialize)]
struct Officer {
    certificate_no: String,
    agency: String,
    display_name: String,
    position: String,
    valid_from: String,
    valid_to: String,
}

/// Reads both files. The request's `request_id` is left empty, for the caller to choose.
///
/// # Errors
/// A file that is not JSON of the documented shape. An unknown position is left unset, so that the
/// import names it together with every other fault.
pub fn parse(
    agencies_json: &str,
    officers_json: &str,
) -> Result<pb::ImportDirectoryRequest, DirectoryError> {
    let Agencies { agencies } =
        serde_json::from_str(agencies_json).map_err(DirectoryError::Agencies)?;
    let Officers { officers } = serde_json::from_str(officers_json)
        .map_err(|error| DirectoryError::Officers { line: error.line(), column: error.column() })?;
    Ok(pb::ImportDirectoryRequest {
        request_id: String::new(),
        agencies: agencies.into_iter().map(agency).collect(),
        officers: officers.into_iter().map(officer).collect(),
    })
}

fn agency(from: Agency) -> pb::Agency {
    pb::Agency {
        name: wire::agency_name(&from.id),
        code: from.id,
        display_name_zh: from.name_zh,
        display_name_en: from.name_en.unwrap_or_default(),
        kind: from.kind,
        superior: from.superior_id.unwrap_or_default(),
        region_code: from.region_code,
        has_penalty_power: from.has_penalty_power,
        vertically_managed: from.vertically_managed,
        justice_role: from.justice_role.unwrap_or_default(),
    }
}

fn officer(from: Officer) -> pb::Officer {
    pb::Officer {
        name: wire::officer_name(&from.agency, &from.certificate_no),
        certificate_no: from.certificate_no,
        agency: from.agency,
        display_name: from.display_name,
        position: Position::parse(&from.position)
            .map_or(pb::Position::Unspecified, wire::position_out)
            .into(),
        valid_from: from.valid_from,
        valid_to: from.valid_to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::directory::{Known, check};

    #[test]
    fn the_example_county_holds_together() {
        let (agencies, officers) = EXAMPLE;
        let request = parse(agencies, officers).unwrap();
        let (agencies, officers) = wire::drafts(request);
        let directory = check(agencies, officers, &Known::new()).unwrap();
        assert_eq!(directory.agencies.len(), 84);
        assert!(directory.officers.len() > 100);
    }

    #[test]
    fn a_file_that_does_not_parse_never_shows_a_name() {
        let error = parse(r#"{"agencies":[]}"#, r#"{"officers":[{"position":"Li Si"}]}"#);
        let told = error.unwrap_err();
        assert!(!format!("{told} {told:?}").contains("Li Si"));
    }
}
