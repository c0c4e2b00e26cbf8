//! Reads a consultation that the caller asked or is asked.

use proto::referral::v1 as pb;

use super::{Call, shown};
use crate::{Referral, domain::consultation::Consultation, error::Error, store};

pub(super) async fn get_consultation(
    service: &Referral,
    call: &Call,
    request: pb::GetConsultationRequest,
) -> Result<pb::GetConsultationResponse, Error> {
    let one: Consultation = store::kept(service.db.reader(), &call.agency, &request.name).await?;
    Ok(pb::GetConsultationResponse { consultation: Some(shown::consultation(&one)) })
}
