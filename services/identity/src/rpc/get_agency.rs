//! Reads one body.

use proto::identity::v1::{GetAgencyRequest, GetAgencyResponse};

use super::wire;
use crate::{Identity, error::Error, store};

pub(super) async fn get_agency(
    service: &Identity,
    request: GetAgencyRequest,
) -> Result<GetAgencyResponse, Error> {
    let code = wire::agency_in(&request.name, "name")?;
    let agency = store::agency::get(service.db.reader(), &code).await?.ok_or(Error::NotFound)?;
    Ok(GetAgencyResponse { agency: Some(wire::agency_out(agency)) })
}
