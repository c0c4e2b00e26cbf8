//! What the catalogue says of a new docket: asked once, and never waited for long. It suggests; nothing
//! here depends on it.

use std::time::Duration;

use auth::Signed;
use chrono::NaiveDate;
use proto::catalogue::v1::{
    ResolveCompetenceRequest, catalogue_service_client::CatalogueServiceClient,
};
use types::AgencyCode;

use crate::domain::leg::Competence;

/// Who is competent for `matter` at `place` on `day`; `None` when the catalogue does not say so
/// within `wait`. A suspected crime is referred all the same (Decree 310 art. 3).
pub(crate) async fn competence(
    client: &CatalogueServiceClient<Signed>,
    (matter, place): (&str, &str),
    day: NaiveDate,
    wait: Duration,
) -> Option<Competence> {
    let asked = ResolveCompetenceRequest {
        matter: matter.to_owned(),
        place: place.to_owned(),
        act_date: day.to_string(),
        ..ResolveCompetenceRequest::default()
    };
    let mut client = client.clone();
    let told = match tokio::time::timeout(wait, client.resolve_competence(asked)).await {
        Ok(Ok(told)) => told.into_inner(),
        Ok(Err(status)) => {
            tracing::info!(code = ?status.code(), "the catalogue names no competent body");
            return None;
        }
        Err(_) => {
            tracing::warn!("the catalogue did not answer in time: the docket opens without it");
            return None;
        }
    };
    Some(Competence {
        revision: told.revision,
        competent: AgencyCode::parse(&told.competent),
        summary: told.summary,
        summary_zh: told.summary_zh,
    })
}
