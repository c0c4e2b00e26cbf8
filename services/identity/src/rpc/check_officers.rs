//! Says for each certificate whether it is valid for that agency on that day.

use std::collections::HashMap;

use proto::identity::v1::{CheckOfficersRequest, CheckOfficersResponse, OfficerCheck, Position};
use server::Fields;
use types::AgencyCode;

use super::wire;
use crate::{
    Identity,
    domain::{
        directory::{certificate_fits, day},
        officer::standing,
    },
    error::Error,
    store,
};

/// How many certificates one call may ask about.
const MAX_CERTIFICATES: usize = 100;

pub(super) async fn check_officers(
    service: &Identity,
    request: CheckOfficersRequest,
) -> Result<CheckOfficersResponse, Error> {
    let mut fields = Fields::default();
    let agency = AgencyCode::parse(&request.agency);
    let agency = fields.need(agency, "agency", "is not an agency code");
    let on = fields.need(day(&request.on_date), "on_date", "is not a date YYYY-MM-DD");
    let asked = request.certificate_nos;
    fields.check(!asked.is_empty(), "certificate_nos", "is missing");
    fields.check(asked.len() <= MAX_CERTIFICATES, "certificate_nos", "has more than 100");
    for (i, number) in asked.iter().take(MAX_CERTIFICATES).enumerate() {
        let field = format!("certificate_nos[{i}]");
        fields.check(certificate_fits(number), field, "is not a certificate number");
    }
    fields.done()?;
    let (Some(agency), Some(on)) = (agency, on) else { return Err(Error::Corrupt("request")) };

    let found = store::officer::find(service.db.reader(), &agency, &asked).await?;
    let found: HashMap<_, _> =
        found.iter().map(|officer| (officer.certificate_no.as_str(), officer)).collect();
    let check = |number: &String| {
        let officer = found.get(number.as_str()).copied();
        let position = officer.map_or(Position::Unspecified, |o| wire::position_out(o.position));
        OfficerCheck {
            certificate_no: number.clone(),
            standing: wire::standing_out(standing(officer, &agency, on)).into(),
            position: position.into(),
        }
    };
    Ok(CheckOfficersResponse { checks: asked.iter().map(check).collect() })
}
