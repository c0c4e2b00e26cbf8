//! Pages of warnings, newest first: a body those it must look at, or waits for; an overseer those of
//! the services it oversees.

use proto::supervision::v1 as pb;

use super::{
    Call, convert, filter,
    overseen::{self, Look},
    paged,
};
use crate::{
    Supervision,
    domain::warning::WarningState,
    error::Error,
    store::{self, WarningFilter},
};

pub(super) async fn list_warnings(
    service: &Supervision,
    call: Call,
    request: pb::ListWarningsRequest,
) -> Result<pb::ListWarningsResponse, Error> {
    let mut fields = server::Fields::default();
    let page = paged::page(&mut fields, request.page_size, &request.page_token, &request.filter);
    let wanted = parse(&request.filter).unwrap_or_else(|fault| {
        fields.fault("filter", fault);
        WarningFilter::default()
    });
    fields.done()?;

    let scope = service.settings.oversight.scope(&call.agency);
    let reader = overseen::reader(&call, &scope);
    let before = page.cursor.as_deref();
    let mut found =
        store::list_warnings(service.db.reader(), &reader, &wanted, before, page.want()).await?;
    let next_page_token = page.cut(&mut found, |one| one.name.clone());
    let warnings = found.iter().map(convert::warning).collect();
    let response = pb::ListWarningsResponse { warnings, next_page_token };
    if scope.is_some() {
        let own = call.agency.to_string();
        let others = found.into_iter().filter(|one| !one.escalated_to.contains(&own));
        let bodies = others.map(|one| one.found.owner).collect();
        let look =
            Look { method: "ListWarnings", subject: request.filter, bodies, ..Look::default() };
        overseen::keep(service, call, look, &response).await?;
    }
    Ok(response)
}

fn parse(text: &str) -> Result<WarningFilter, String> {
    let mut wanted = WarningFilter::default();
    for (field, value) in filter::pairs(text)? {
        match field {
            "state" => wanted.state = filter::word(value, WarningState::parse)?,
            "rule" => wanted.rule = Some(value.to_owned()),
            "owner" => wanted.owner = Some(value.to_owned()),
            "docket" => wanted.docket = Some(value.to_owned()),
            "level" => wanted.level = filter::word(value, |text| text.parse().ok())?,
            other => {
                return Err(format!("{other:?} is none of state, rule, owner, docket, level"));
            }
        }
    }
    Ok(wanted)
}
