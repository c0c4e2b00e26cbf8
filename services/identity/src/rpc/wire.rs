//! Between messages and domain types, both ways.

use chrono::{DateTime, Utc};
use prost_types::Timestamp;
use proto::identity::v1 as pb;
use server::Fields;
use types::AgencyCode;
use uuid::Uuid;

use crate::{
    domain::{
        directory::{Agency, AgencyDraft, OfficerDraft},
        key::Key,
        officer::{Officer, Position, Standing},
    },
    error::Error,
};

/// `agencies/{code}`.
pub(crate) fn agency_name(code: &str) -> String {
    format!("agencies/{code}")
}

/// `agencies/{code}/officers/{certificate_no}`.
pub(crate) fn officer_name(agency: &str, certificate_no: &str) -> String {
    format!("agencies/{agency}/officers/{certificate_no}")
}

/// Reads `agencies/{code}` in the field `field`.
pub(crate) fn agency_in(name: &str, field: &'static str) -> Result<AgencyCode, Error> {
    let code = name.strip_prefix("agencies/").and_then(AgencyCode::parse);
    code.ok_or_else(|| Error::field(field, "is not agencies/{code}"))
}

/// Notes a `request_id` that is not a UUID (AIP-155).
pub(crate) fn check_request_id(fields: &mut Fields, request_id: &str) {
    fields.check(Uuid::try_parse(request_id).is_ok(), "request_id", "is not a UUID");
}

/// A point in time.
pub(crate) fn time_out(at: DateTime<Utc>) -> Timestamp {
    // A leap second is written as 1,000,000,000 nanoseconds and more, which a Timestamp lacks.
    let nanos = at.timestamp_subsec_nanos().min(999_999_999);
    Timestamp { seconds: at.timestamp(), nanos: i32::try_from(nanos).unwrap_or_default() }
}

/// A body.
pub(crate) fn agency_out(agency: Agency) -> pb::Agency {
    pb::Agency {
        name: agency_name(agency.code.as_str()),
        code: agency.code.to_string(),
        display_name_zh: agency.display_name_zh,
        display_name_en: agency.display_name_en,
        kind: agency.kind,
        superior: agency.superior.map(|above| above.to_string()).unwrap_or_default(),
        region_code: agency.region_code,
        has_penalty_power: agency.has_penalty_power,
        vertically_managed: agency.vertically_managed,
        justice_role: agency.justice_role,
    }
}

/// An officer.
pub(crate) fn officer_out(officer: Officer) -> pb::Officer {
    pb::Officer {
        name: officer_name(officer.agency.as_str(), &officer.certificate_no),
        certificate_no: officer.certificate_no,
        agency: officer.agency.to_string(),
        display_name: officer.display_name,
        position: position_out(officer.position).into(),
        valid_from: officer.valid_from.to_string(),
        valid_to: officer.valid_to.to_string(),
    }
}

/// A key.
pub(crate) fn key_out(key: Key) -> pb::Key {
    pb::Key {
        thumbprint: key.thumbprint,
        workload: key.workload.to_string(),
        jwk: key.jwk,
        create_time: Some(time_out(key.created_at)),
        revoke_time: key.revoked_at.map(time_out),
    }
}

/// What an officer is.
pub(crate) fn position_out(position: Position) -> pb::Position {
    match position {
        Position::EnforcementOfficer => pb::Position::EnforcementOfficer,
        Position::DeputyHead => pb::Position::DeputyHead,
        Position::PrincipalHead => pb::Position::PrincipalHead,
        Position::ActingHead => pb::Position::ActingHead,
        Position::ChiefProcurator => pb::Position::ChiefProcurator,
    }
}

/// Whether a certificate holds.
pub(crate) fn standing_out(standing: Standing) -> pb::OfficerStanding {
    match standing {
        Standing::Valid => pb::OfficerStanding::Valid,
        Standing::Unknown => pb::OfficerStanding::Unknown,
        Standing::OutOfDate => pb::OfficerStanding::OutOfDate,
    }
}

/// The drafts of an import; output-only fields (`name`) are not read.
pub(crate) fn drafts(request: pb::ImportDirectoryRequest) -> (Vec<AgencyDraft>, Vec<OfficerDraft>) {
    let agencies = request.agencies.into_iter().map(|agency| AgencyDraft {
        code: agency.code,
        display_name_zh: agency.display_name_zh,
        display_name_en: agency.display_name_en,
        kind: agency.kind,
        superior: agency.superior,
        region_code: agency.region_code,
        has_penalty_power: agency.has_penalty_power,
        vertically_managed: agency.vertically_managed,
        justice_role: agency.justice_role,
    });
    let officers = request.officers.into_iter().map(|officer| OfficerDraft {
        position: position_in(officer.position()),
        certificate_no: officer.certificate_no,
        agency: officer.agency,
        display_name: officer.display_name,
        valid_from: officer.valid_from,
        valid_to: officer.valid_to,
    });
    (agencies.collect(), officers.collect())
}

fn position_in(position: pb::Position) -> Option<Position> {
    Position::ALL.into_iter().find(|known| position_out(*known) == position)
}
