//! What the catalogue says: whether a body holds a matter, so that it may inspect it (I-02).

use std::{collections::BTreeMap, time::Duration};

use chrono::NaiveDate;
use proto::catalogue::v1::{ResolveCompetenceRequest, Standing};
use tonic::{Code, Status};
use types::AgencyCode;

use crate::{
    Operations,
    domain::{law, refusal::Refusal},
    error::Error,
};

/// A matter that a body wants to inspect.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// Where the request names it.
    pub field: String,
    /// The body.
    pub agency: AgencyCode,
    /// Code of the matter.
    pub matter: String,
}

/// That each body holds each matter it wants, where it works, on `day`.
///
/// # Errors
/// I-02 names every matter that is not published or another's; the catalogue may be away.
pub(crate) async fn held(
    service: &Operations,
    wanted: &[Wanted],
    day: NaiveDate,
    subject: &str,
) -> Result<(), Error> {
    let bodies = service.bodies.all();
    let mut known: BTreeMap<(&AgencyCode, &str), bool> = BTreeMap::new();
    let mut faults = Vec::new();
    for Wanted { field, agency, matter } in wanted {
        let key = (agency, matter.as_str());
        let holds = match known.get(&key) {
            Some(holds) => *holds,
            None => {
                let place = bodies.get(agency).map_or("", |body| body.region.as_str());
                let holds = holds(service, agency, (matter, place), day).await?;
                known.insert(key, holds);
                holds
            }
        };
        if !holds {
            let fault = format!("{matter} is no published matter that {agency} holds");
            faults.push((field.clone(), fault));
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::refused(Refusal::Fields { faults, law: law::I_02 }, subject))
}

async fn holds(
    service: &Operations,
    agency: &AgencyCode,
    (matter, place): (&str, &str),
    day: NaiveDate,
) -> Result<bool, Error> {
    let asked = ResolveCompetenceRequest {
        matter: matter.to_owned(),
        place: place.to_owned(),
        act_date: day.to_string(),
        ..ResolveCompetenceRequest::default()
    };
    let mut client = service.catalogue.clone();
    let wait = Duration::from_millis(service.settings.peer_wait_ms.into());
    let told = match tokio::time::timeout(wait, client.resolve_competence(asked)).await {
        Ok(Ok(told)) => told.into_inner(),
        Ok(Err(status)) if matches!(status.code(), Code::NotFound | Code::InvalidArgument) => {
            return Ok(false);
        }
        Ok(Err(status)) => return Err(Error::Catalogue(Box::new(status))),
        Err(_) => {
            let late = Status::deadline_exceeded("the catalogue did not answer in time");
            return Err(Error::Catalogue(Box::new(late)));
        }
    };
    let code = agency.as_str();
    let claims = told.claims.iter().any(|claim| {
        claim.agency == code && matches!(claim.standing(), Standing::Competent | Standing::Claims)
    });
    // A brigade works in the name of the body that holds the matter there.
    Ok(told.competent == code || told.brigade == code || claims)
}
