//! Pages of the referrals visible to the caller, newest first.

use proto::referral::v1 as pb;
use types::page;

use super::{Call, convert};
use crate::{
    Referral,
    error::Error,
    store::{self, Filter},
};

pub(super) async fn list_referrals(
    service: &Referral,
    call: &Call,
    request: pb::ListReferralsRequest,
) -> Result<pb::ListReferralsResponse, Error> {
    let mut fields = server::Fields::default();
    let size = page::Size::of(request.page_size).ok();
    let size = fields.need(size, "page_size", "is negative");
    let filter = parse(&request.filter).unwrap_or_else(|fault| {
        fields.fault("filter", fault);
        Filter::default()
    });
    let mut before = None;
    if !request.page_token.is_empty() {
        before = page::Token::decode(&request.filter, &request.page_token);
        fields.check(before.is_some(), "page_token", "does not belong to this list");
    }
    fields.done()?;
    let size = size.unwrap_or(1);
    // One more than asked says whether there is a next page.
    let want = u64::try_from(size + 1).unwrap_or(u64::MAX);
    let reader = service.db.reader();
    let mut legs = store::list(reader, &call.agency, &filter, before.as_deref(), want).await?;
    let more = legs.len() > size;
    legs.truncate(size);
    let last = legs.last().filter(|_| more).map(|leg| store::leg_name(leg.id));
    Ok(pb::ListReferralsResponse {
        referrals: legs.iter().map(convert::leg).collect(),
        next_page_token: last
            .map(|last| page::Token::encode(&request.filter, &last))
            .unwrap_or_default(),
    })
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
        if value.chars().any(char::is_control) {
            // Not every engine reads a zero in a text.
            return Err(format!("{} has a control character", field.trim()));
        }
        match field.trim() {
            "state" => filter.state = Some(value),
            "procedure" => filter.procedure = Some(value),
            "from_agency" => filter.from_agency = Some(value),
            "to_agency" => filter.to_agency = Some(value),
            "late" => {
                let late = value.parse().map_err(|_| "late is true or false".to_owned())?;
                filter.late = Some(late);
            }
            other => {
                return Err(format!(
                    "{other:?} is none of state, procedure, from_agency, to_agency, late"
                ));
            }
        }
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_fields_of_the_list_only() {
        let filter = parse("state = \"FILED\" AND late=true").unwrap();
        assert_eq!((filter.state.as_deref(), filter.late), (Some("FILED"), Some(true)));
        assert_eq!(parse(""), Ok(Filter::default()));
        assert!(parse("team = \"x\"").unwrap_err().contains("\"team\""));
        assert!(parse("state = \0").unwrap_err().contains("control character"));
        assert!(parse("late = maybe").is_err());
        assert!(parse("nonsense").is_err());
    }
}
