//! Who answers in time: of every body for the guidance office and the government, else the caller's own.

use std::collections::BTreeMap;

use proto::operations::v1 as pb;
use types::AgencyCode;

use super::{Call, asked, convert};
use crate::{
    Operations,
    domain::{
        assistance::{Assistance, statistics},
        law,
        refusal::Refusal,
    },
    error::Error,
    store,
};

/// The longest span counted, in days.
const DAYS_MAX: i64 = 400;
/// The most requests counted.
const REQUESTS_MAX: usize = 100_000;

pub(super) async fn get_assistance_statistics(
    service: &Operations,
    call: &Call,
    request: pb::GetAssistanceStatisticsRequest,
) -> Result<pb::GetAssistanceStatisticsResponse, Error> {
    let mut fields = server::Fields::default();
    let days = (request.from_day.as_str(), request.to_day.as_str());
    let period = asked::period(&mut fields, days, ("from_day", "to_day"));
    if let Some((from, to)) = period {
        let fits = to.signed_duration_since(from).num_days() < DAYS_MAX;
        fields.check(fits, "to_day", "is more than 400 days on");
    }
    fields.done()?;
    let (from, to) = period.ok_or(Error::Corrupt("request"))?;
    let start = from.pred_opt().map_or(chrono::DateTime::UNIX_EPOCH, clock::end_of_day);
    let settings = &service.settings;
    let above = [&settings.guidance_office, &settings.county_government].contains(&&call.agency);
    let only = (!above).then_some(&call.agency);
    let span = (start, clock::end_of_day(to));
    let limit = u64::try_from(REQUESTS_MAX + 1).unwrap_or(u64::MAX);
    let found = store::of_addressees(service.db.reader(), only, span, limit).await?;
    if found.len() > REQUESTS_MAX {
        let what = format!("more than {REQUESTS_MAX} requests: take a shorter span");
        let refusal = Refusal::broken(law::ASSISTANCE, what, "请求过多，请缩短期间");
        return Err(Error::refused(refusal, "assistanceRequests"));
    }
    let now = service.clock.now();
    let mut by: BTreeMap<AgencyCode, Vec<Assistance>> = BTreeMap::new();
    for one in found {
        by.entry(one.addressee.clone()).or_default().push(one);
    }
    let rows =
        by.iter().map(|(body, all)| convert::assistance::statistics(body, &statistics(all, now)));
    Ok(pb::GetAssistanceStatisticsResponse { statistics: rows.collect() })
}
