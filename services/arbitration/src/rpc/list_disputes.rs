//! Pages of the disputes visible to the caller, newest first.

use proto::arbitration::v1 as pb;

use super::{Call, page};
use crate::{
    Arbitration,
    error::Error,
    message,
    store::{self, Filter},
};

pub(super) async fn list_disputes(
    service: &Arbitration,
    call: &Call,
    request: pb::ListDisputesRequest,
) -> Result<pb::ListDisputesResponse, Error> {
    let mut fields = server::Fields::default();
    let size = page::size(&mut fields, request.page_size);
    let filter = parse(&request.filter).unwrap_or_else(|fault| {
        fields.fault("filter", fault);
        Filter::default()
    });
    let (list, token) = (&request.filter, &request.page_token);
    let before = page::start(&mut fields, list, token, |name| Some(name.to_owned()));
    fields.done()?;
    let (reader, want) = (service.db.reader(), page::want(size));
    let found = store::list(reader, &call.agency, &filter, before.as_deref(), want).await?;
    let now = service.clock.now();
    let mut disputes: Vec<_> =
        found.into_iter().map(|one| message::in_list(&one.as_of(now))).collect();
    let (_, more) = page::cut(&mut disputes, size);
    let last = disputes.last().filter(|_| more).map(|dispute| dispute.name.clone());
    Ok(pb::ListDisputesResponse { disputes, next_page_token: page::token(list, last) })
}

/// Reads the subset of AIP-160 that the list knows: `field = value` joined by AND.
fn parse(text: &str) -> Result<Filter, String> {
    let mut filter = Filter::default();
    if text.len() > 1000 {
        return Err("is longer than 1000 bytes".into());
    }
    for part in text.split(" AND ").map(str::trim).filter(|part| !part.is_empty()) {
        let (field, value) =
            part.split_once('=').ok_or(format!("{part:?} is not field = value"))?;
        let value = value.trim().trim_matches('"').to_owned();
        match field.trim() {
            "state" => filter.state = Some(value),
            "matter" => filter.matter = Some(value),
            "docket" => filter.docket = Some(value),
            "late" => {
                let late = value.parse().map_err(|_| "late is true or false".to_owned())?;
                filter.late = Some(late);
            }
            other => return Err(format!("{other:?} is none of state, matter, docket, late")),
        }
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_fields_of_the_list_only() {
        let filter = parse("state = \"DECIDED\" AND late=true").unwrap();
        assert_eq!((filter.state.as_deref(), filter.late), (Some("DECIDED"), Some(true)));
        assert_eq!(parse(""), Ok(Filter::default()));
        assert!(parse("party = \"AGR\"").unwrap_err().contains("\"party\""));
        assert!(parse("late = maybe").is_err());
        assert!(parse("nonsense").is_err());
    }
}
