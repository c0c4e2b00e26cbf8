//! Lists the revoked keys whose tokens may still be alive: bounded by their lifetime, not by pages.

use proto::identity::v1::ListRevocationsResponse;

use crate::{Identity, error::Error};

pub(super) async fn list_revocations(service: &Identity) -> Result<ListRevocationsResponse, Error> {
    Ok(ListRevocationsResponse { thumbprints: service.revoked().await? })
}
