//! Computes the forum of parties, and keeps nothing.

use proto::arbitration::v1 as pb;

use super::{know, subject_said};
use crate::{Arbitration, domain::forum, error::Error, message};

pub(super) async fn compute_forum(
    service: &Arbitration,
    request: pb::ComputeForumRequest,
) -> Result<pb::ComputeForumResponse, Error> {
    let mut fields = server::Fields::default();
    let parties = subject_said::codes(&mut fields, &request.parties, "parties");
    fields.done()?;
    know(service, &parties).await?;
    let field = |at: usize| format!("parties[{at}]");
    let forum = forum::compute(&parties, field, &service.bodies(), &service.settings)
        .map_err(|refusal| Error::refused(refusal, ""))?;
    Ok(pb::ComputeForumResponse { forum: Some(message::forum(&forum)) })
}
