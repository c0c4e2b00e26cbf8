//! Pages of the consultations visible to the caller, newest first.

use proto::referral::v1 as pb;

use super::{
    Call,
    record::{Columns, Listing, list},
    shown,
};
use crate::{Referral, domain::consultation::Consultation, error::Error};

const COLUMNS: Columns = &[
    ("state", "state"),
    ("asker", "sender"),
    ("asked", "receiver"),
    ("docket", "docket"),
    ("late", "late"),
];

pub(super) async fn list_consultations(
    service: &Referral,
    call: &Call,
    request: pb::ListConsultationsRequest,
) -> Result<pb::ListConsultationsResponse, Error> {
    let pb::ListConsultationsRequest { page_size, page_token, filter } = request;
    let listing = Listing { page_size, page_token, filter };
    let show = |one: &Consultation, _: &_| shown::consultation(one);
    let (consultations, next_page_token) = list(service, call, &listing, COLUMNS, show).await?;
    Ok(pb::ListConsultationsResponse { consultations, next_page_token })
}
