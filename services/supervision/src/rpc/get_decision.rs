//! One decision, with its terms.

use proto::supervision::v1 as pb;

use super::{
    Call, decision_told,
    overseen::{self, Look},
};
use crate::{Supervision, error::Error, store};

pub(super) async fn get_decision(
    service: &Supervision,
    call: Call,
    request: pb::GetDecisionRequest,
) -> Result<pb::GetDecisionResponse, Error> {
    let mut fields = server::Fields::default();
    fields.text(&request.name, 64, "name");
    fields.done()?;
    let whose = decision_told::whose(service, &call.agency);
    let one = store::decision::get(service.db.reader(), whose, &request.name).await?;
    let response = pb::GetDecisionResponse { decision: Some(decision_told::decision(&one)) };
    let bodies = [one.agency.to_string()].into();
    let (subject, docket) = (one.name, one.content.docket);
    let look = Look { method: "GetDecision", subject, docket, bodies };
    overseen::keep(service, call, look, &response).await?;
    Ok(response)
}
