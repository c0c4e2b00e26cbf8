//! Pages of the dossiers visible to the caller, newest first.

use proto::evidence::v1 as pb;
use types::page;

use super::{Call, convert};
use crate::{
    Evidence,
    error::Error,
    store::{self, DossierFilter},
};

pub(super) async fn list_dossiers(
    service: &Evidence,
    call: Call,
    request: pb::ListDossiersRequest,
) -> Result<pb::ListDossiersResponse, Error> {
    let mut fields = server::Fields::default();
    let size = page::Size::of(request.page_size).ok();
    let size = fields.need(size, "page_size", "is negative").unwrap_or(1);
    let filter = parse(&request.filter).unwrap_or_else(|fault| {
        fields.fault("filter", fault);
        DossierFilter::default()
    });
    let mut before = None;
    if !request.page_token.is_empty() {
        before = page::Token::decode(&request.filter, &request.page_token);
        fields.check(before.is_some(), "page_token", "does not belong to this list");
    }
    fields.done()?;
    // One more than asked says whether there is a next page.
    let want = u64::try_from(size + 1).unwrap_or(u64::MAX);
    let reader = service.db.reader();
    let mut found = store::dossiers(reader, &call.agency, &filter, before.as_deref(), want).await?;
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().filter(|_| more).map(|one| store::dossier_name(one.id));
    Ok(pb::ListDossiersResponse {
        dossiers: found.iter().map(convert::dossier).collect(),
        next_page_token: last
            .map(|last| page::Token::encode(&request.filter, &last))
            .unwrap_or_default(),
    })
}

/// Reads the subset of AIP-160 that the list knows: `field = "value"` joined by AND.
fn parse(text: &str) -> Result<DossierFilter, String> {
    let mut filter = DossierFilter::default();
    if text.len() > 1000 {
        return Err("is longer than 1000 bytes".into());
    }
    for part in text.split(" AND ").map(str::trim).filter(|part| !part.is_empty()) {
        let (field, value) =
            part.split_once('=').ok_or(format!("{part:?} is not field = value"))?;
        let value = value.trim().trim_matches('"').to_owned();
        match field.trim() {
            "docket" => filter.docket = Some(value),
            "case_no" => filter.case_no = Some(value),
            other => return Err(format!("{other:?} is neither docket nor case_no")),
        }
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_fields_of_the_list_only() {
        let filter = parse("docket = \"dockets/1\" AND case_no=A-1").unwrap();
        let found = (filter.docket.as_deref(), filter.case_no.as_deref());
        assert_eq!(found, (Some("dockets/1"), Some("A-1")));
        assert_eq!(parse(""), Ok(DossierFilter::default()));
        assert!(parse("title = x").unwrap_err().contains("\"title\""));
        assert!(parse("nonsense").is_err());
        assert!(parse(&"x".repeat(1001)).is_err());
    }
}
