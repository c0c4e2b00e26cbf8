//! Reads a dossier.

use proto::evidence::v1 as pb;

use super::{Call, convert};
use crate::{Evidence, error::Error, store};

pub(super) async fn get_dossier(
    service: &Evidence,
    call: Call,
    request: pb::GetDossierRequest,
) -> Result<pb::GetDossierResponse, Error> {
    let dossier = store::dossier(service.db.reader(), &call.agency, &request.name).await?;
    Ok(pb::GetDossierResponse { dossier: Some(convert::dossier(&dossier)) })
}
