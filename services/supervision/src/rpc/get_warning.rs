//! One warning, for who may see it.

use proto::supervision::v1 as pb;

use super::{
    Call, convert,
    overseen::{self, Look},
};
use crate::{Supervision, error::Error, store};

pub(super) async fn get_warning(
    service: &Supervision,
    call: Call,
    request: pb::GetWarningRequest,
) -> Result<pb::GetWarningResponse, Error> {
    let mut fields = server::Fields::default();
    fields.text(&request.name, 64, "name");
    fields.done()?;

    let scope = service.settings.oversight.scope(&call.agency);
    let reader = overseen::reader(&call, &scope);
    let found = store::warning(service.db.reader(), &reader, &request.name).await?;
    let response = pb::GetWarningResponse { warning: Some(convert::warning(&found)) };
    let own = call.agency.to_string();
    if scope.is_some() && !found.escalated_to.contains(&own) {
        let bodies = [found.found.owner].into();
        let docket = found.found.docket;
        let look = Look { method: "GetWarning", subject: request.name, docket, bodies };
        overseen::keep(service, call, look, &response).await?;
    }
    Ok(response)
}
