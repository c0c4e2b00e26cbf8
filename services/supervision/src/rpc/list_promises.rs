//! One promise, and pages of them, newest first.

use proto::supervision::v1 as pb;
use types::AgencyCode;

use super::{
    Call, decision_told, filter,
    overseen::{self, Look},
    paged,
};
use crate::{
    Supervision,
    domain::word::PromiseState,
    error::Error,
    store::promise::{self, Filter},
};

pub(super) async fn get_promise(
    service: &Supervision,
    call: Call,
    request: pb::GetPromiseRequest,
) -> Result<pb::GetPromiseResponse, Error> {
    let mut fields = server::Fields::default();
    fields.text(&request.name, 64, "name");
    fields.done()?;
    let whose = decision_told::whose(service, &call.agency);
    let one = promise::get(service.db.reader(), whose, &request.name).await?;
    let response = pb::GetPromiseResponse { promise: Some(decision_told::promise(&one)) };
    let bodies = [one.agency.to_string()].into();
    let (subject, docket) = (one.name, one.docket);
    let look = Look { method: "GetPromise", subject, docket, bodies };
    overseen::keep(service, call, look, &response).await?;
    Ok(response)
}

pub(super) async fn list_promises(
    service: &Supervision,
    call: Call,
    request: pb::ListPromisesRequest,
) -> Result<pb::ListPromisesResponse, Error> {
    let pb::ListPromisesRequest { page_size, page_token, filter } = request;
    let mut fields = server::Fields::default();
    let page = paged::page(&mut fields, page_size, &page_token, &filter);
    let wanted = parse(&filter).unwrap_or_else(|fault| {
        fields.fault("filter", fault);
        Filter::default()
    });
    fields.done()?;

    let whose = decision_told::whose(service, &call.agency);
    let (reader, before) = (service.db.reader(), page.cursor.as_deref());
    let mut found = promise::list(reader, whose, &wanted, before, page.want()).await?;
    let next_page_token = page.cut(&mut found, |one| one.name.clone());
    let promises = found.iter().map(decision_told::promise).collect();
    let response = pb::ListPromisesResponse { promises, next_page_token };
    let bodies = found.iter().map(|one| one.agency.to_string()).collect();
    let look = Look { method: "ListPromises", subject: filter, bodies, ..Look::default() };
    overseen::keep(service, call, look, &response).await?;
    Ok(response)
}

fn parse(text: &str) -> Result<Filter, String> {
    let mut wanted = Filter::default();
    for (field, value) in filter::pairs(text)? {
        match field {
            "agency" => wanted.agency = filter::word(value, AgencyCode::parse)?,
            "state" => wanted.state = filter::word(value, PromiseState::parse)?,
            "subject" => wanted.subject = Some(value.to_owned()),
            other => return Err(format!("{other:?} is none of agency, state, subject")),
        }
    }
    Ok(wanted)
}
