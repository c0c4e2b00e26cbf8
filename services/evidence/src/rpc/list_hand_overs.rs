//! Pages of the hand-overs that the caller gives or receives, newest first, without their lines.

use proto::evidence::v1 as pb;
use types::page;

use super::Call;
use crate::{
    Evidence,
    domain::word::HandOverState,
    error::Error,
    sheet,
    store::{self, HandOverFilter},
};

/// How many are on a page, when the caller does not say and at most.
const USUAL: usize = 20;
const MOST: usize = 100;

pub(super) async fn list_hand_overs(
    service: &Evidence,
    call: Call,
    request: pb::ListHandOversRequest,
) -> Result<pb::ListHandOversResponse, Error> {
    let mut fields = server::Fields::default();
    let size = usize::try_from(request.page_size).ok();
    let size = fields.need(size, "page_size", "is negative");
    let filter = parse(&request.filter).unwrap_or_else(|fault| {
        fields.fault("filter", fault);
        HandOverFilter::default()
    });
    let mut before = None;
    if !request.page_token.is_empty() {
        before = page::Token::decode(&request.filter, &request.page_token);
        fields.check(before.is_some(), "page_token", "does not belong to this list");
    }
    fields.done()?;
    let size = match size {
        None | Some(0) => USUAL,
        Some(size) => size.min(MOST),
    };
    // One more than asked says whether there is a next page.
    let want = u64::try_from(size + 1).unwrap_or(u64::MAX);
    let (reader, before) = (service.db.reader(), before.as_deref());
    let mut found = store::hand_overs(reader, &call.agency, &filter, before, want).await?;
    let more = found.len() > size;
    found.truncate(size);
    let last = found.last().filter(|_| more);
    let next = last.map(|last| page::Token::encode(&request.filter, &last.name()));
    Ok(pb::ListHandOversResponse {
        hand_overs: found.iter().map(sheet::without_lines).collect(),
        next_page_token: next.unwrap_or_default(),
    })
}

/// Reads the subset of AIP-160 that the list knows: `field = value` joined by AND.
fn parse(text: &str) -> Result<HandOverFilter, String> {
    let mut filter = HandOverFilter::default();
    if text.len() > 1000 {
        return Err("is longer than 1000 bytes".into());
    }
    for part in text.split(" AND ").map(str::trim).filter(|part| !part.is_empty()) {
        let (field, value) =
            part.split_once('=').ok_or(format!("{part:?} is not field = value"))?;
        let value = value.trim().trim_matches('"');
        match field.trim() {
            "state" => {
                let state =
                    HandOverState::parse(value).ok_or("state is no state of a hand-over")?;
                filter.state = Some(state);
            }
            "dossier" => filter.dossier = Some(value.to_owned()),
            "referral" => filter.referral = Some(value.to_owned()),
            other => return Err(format!("{other:?} is none of state, dossier, referral")),
        }
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_fields_of_the_list_only() {
        let filter = parse("state = \"COUNTED\" AND dossier=\"dossiers/x\"").unwrap();
        assert_eq!(filter.state, Some(HandOverState::Counted));
        assert_eq!(filter.dossier.as_deref(), Some("dossiers/x"));
        assert_eq!(parse(""), Ok(HandOverFilter::default()));
        assert!(parse("state = \"SOLD\"").is_err());
        assert!(parse("giver = \"MKT\"").unwrap_err().contains("\"giver\""));
        assert!(parse("nonsense").is_err());
    }
}
