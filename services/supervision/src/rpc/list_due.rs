//! What is due, first things first: a body what it is a party to, an overseer what it oversees.

use chrono::{DateTime, Utc};
use proto::supervision::v1 as pb;

use super::{
    Call, convert, filter,
    overseen::{self, Look},
    paged,
};
use crate::{
    Supervision,
    domain::due::{Form, Item, Rung},
    error::Error,
    store::{self, After, DueFilter},
};

pub(super) async fn list_due(
    service: &Supervision,
    call: Call,
    request: pb::ListDueRequest,
) -> Result<pb::ListDueResponse, Error> {
    let now = service.clock.now();
    let mut fields = server::Fields::default();
    let page = paged::page(&mut fields, request.page_size, &request.page_token, &request.filter);
    let wanted = parse(&request.filter).unwrap_or_else(|fault| {
        fields.fault("filter", fault);
        DueFilter::default()
    });
    let after = page.cursor.as_deref().and_then(read_cursor);
    let read = page.cursor.is_none() || after.is_some();
    fields.check(read, "page_token", "does not belong to this list");
    fields.done()?;

    let scope = service.settings.oversight.scope(&call.agency);
    let reader = overseen::reader(&call, &scope);
    let place = (after.as_ref(), page.want());
    let mut found = store::list_due(service.db.reader(), &reader, &wanted, place, now).await?;
    let next_page_token = page.cut(&mut found, cursor);
    let items: Result<Vec<_>, Error> =
        found.iter().map(|item| convert::due(item, &service.rules, now)).collect();
    let response = pb::ListDueResponse { items: items?, next_page_token };
    if scope.is_some() {
        let own = call.agency.as_str();
        let others = found.iter().filter(|item| !item.seers().contains(&own));
        let bodies = others.map(|item| item.holder.clone()).collect();
        let look = Look { method: "ListDue", subject: request.filter, bodies, ..Look::default() };
        overseen::keep(service, call, look, &response).await?;
    }
    Ok(response)
}

fn parse(text: &str) -> Result<DueFilter, String> {
    let mut wanted = DueFilter::default();
    for (field, value) in filter::pairs(text)? {
        match field {
            "agency" => wanted.agency = Some(value.to_owned()),
            "rung" => wanted.rung = filter::word(value, Rung::parse)?,
            "form" => wanted.form = filter::word(value, Form::parse)?,
            "kind" => wanted.kind = Some(value.to_owned()),
            "service" => wanted.service = Some(value.to_owned()),
            "docket" => wanted.docket = Some(value.to_owned()),
            other => {
                return Err(format!(
                    "{other:?} is none of agency, rung, form, kind, service, docket"
                ));
            }
        }
    }
    Ok(wanted)
}

fn cursor(item: &Item) -> String {
    format!("{} {}", item.due_at.timestamp_micros(), item.key())
}

fn read_cursor(text: &str) -> Option<After> {
    let (micros, key) = text.split_once(' ')?;
    let due_at = DateTime::<Utc>::from_timestamp_micros(micros.parse().ok()?)?;
    Some(After { due_at, key: key.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_fields_of_the_board_only() {
        let wanted = parse("agency = \"PSB\" AND rung = \"OVERDUE\"").unwrap();
        assert_eq!((wanted.agency.as_deref(), wanted.rung), (Some("PSB"), Some(Rung::Overdue)));
        assert!(parse("rung = \"LATE\"").unwrap_err().contains("LATE"));
        assert!(parse("body = x").unwrap_err().contains("body"));
    }
}
