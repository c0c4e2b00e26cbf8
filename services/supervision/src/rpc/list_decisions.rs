//! Pages of decisions, newest first: a body's own, or those of all bodies for who oversees them.

use proto::supervision::v1 as pb;
use types::AgencyCode;

use super::{
    Call, decision_told, filter,
    overseen::{self, Look},
    paged,
};
use crate::{
    Supervision,
    domain::word::{DecisionKind, DecisionState, PublicationState},
    error::Error,
    store::decision::{self, Filter},
};

pub(super) async fn list_decisions(
    service: &Supervision,
    call: Call,
    request: pb::ListDecisionsRequest,
) -> Result<pb::ListDecisionsResponse, Error> {
    let pb::ListDecisionsRequest { page_size, page_token, filter } = request;
    let mut fields = server::Fields::default();
    let page = paged::page(&mut fields, page_size, &page_token, &filter);
    let wanted = parse(&filter).unwrap_or_else(|fault| {
        fields.fault("filter", fault);
        Filter::default()
    });
    fields.done()?;

    let whose = decision_told::whose(service, &call.agency);
    let place = (page.cursor.as_deref(), service.clock.now());
    let mut found = decision::list(service.db.reader(), whose, &wanted, place, page.want()).await?;
    let next_page_token = page.cut(&mut found, |one| one.name.clone());
    let decisions = found.iter().map(decision_told::decision).collect();
    let response = pb::ListDecisionsResponse { decisions, next_page_token };
    let bodies = found.iter().map(|one| one.agency.to_string()).collect();
    let look = Look { method: "ListDecisions", subject: filter, bodies, ..Look::default() };
    overseen::keep(service, call, look, &response).await?;
    Ok(response)
}

fn parse(text: &str) -> Result<Filter, String> {
    let mut wanted = Filter::default();
    for (field, value) in filter::pairs(text)? {
        match field {
            "agency" => wanted.agency = filter::word(value, AgencyCode::parse)?,
            "kind" => wanted.kind = filter::word(value, DecisionKind::parse)?,
            "state" => wanted.state = filter::word(value, DecisionState::parse)?,
            "publication_state" => {
                wanted.publication_state = filter::word(value, PublicationState::parse)?;
            }
            "overdue" => wanted.overdue = filter::word(value, |text| text.parse().ok())?,
            other => {
                return Err(format!(
                    "{other:?} is none of agency, kind, state, publication_state, overdue"
                ));
            }
        }
    }
    Ok(wanted)
}
