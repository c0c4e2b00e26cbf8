//! Compares facts with the criminal thresholds, and keeps nothing.

use proto::referral::v1 as pb;

use super::{convert, open_docket::check_facts};
use crate::{domain::screening, error::Error};

pub(super) fn screen_facts(
    request: &pb::ScreenFactsRequest,
) -> Result<pb::ScreenFactsResponse, Error> {
    let mut fields = server::Fields::default();
    check_facts(&mut fields, &request.facts);
    let suggestions = screening::screen(&request.facts).unwrap_or_else(|faults| {
        faults.into_iter().for_each(|(field, fault)| fields.fault(field, fault));
        Vec::new()
    });
    fields.done()?;
    let suggestions = suggestions.iter().map(convert::suggestion).collect();
    Ok(pb::ScreenFactsResponse { suggestions })
}
