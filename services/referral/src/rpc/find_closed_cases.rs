//! Cases of some matters that were closed on or after a day.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use proto::referral::v1 as pb;

use crate::{Referral, error::Error, events, store};

/// The most cases that are told.
const CASES_MAX: u64 = 100;
/// The most matters that are asked for at once, and the most bytes of a code.
const MATTERS_MAX: usize = 1000;
const MATTER_BYTES_MAX: usize = 40;

pub(super) async fn find_closed_cases(
    service: &Referral,
    request: pb::FindClosedCasesRequest,
) -> Result<pb::FindClosedCasesResponse, Error> {
    let mut fields = server::Fields::default();
    fields.check(!request.matters.is_empty(), "matters", "are missing");
    fields.check(request.matters.len() <= MATTERS_MAX, "matters", "are more than 1000");
    for (at, matter) in request.matters.iter().take(MATTERS_MAX).enumerate() {
        let ok = (1..=MATTER_BYTES_MAX).contains(&matter.len());
        fields.check(ok, format!("matters[{at}]"), "is not 1 to 40 bytes long");
    }
    let since = day(&request.closed_since);
    let since = fields.need(since, "closed_since", "is not a date (YYYY-MM-DD)");
    fields.done()?;
    let since = since.ok_or(Error::Corrupt("closed_since"))?;
    let reader = service.db.reader();
    let cases = store::closed_cases(reader, &request.matters, since, CASES_MAX).await?;
    Ok(pb::FindClosedCasesResponse { cases: cases.into_iter().map(told).collect() })
}

/// The beginning of a day by the clocks of the law.
fn day(text: &str) -> Option<DateTime<Utc>> {
    let day = text.parse::<NaiveDate>().ok().filter(|day| day.to_string() == text)?;
    let begins = day.and_time(NaiveTime::MIN).and_local_timezone(clock::SHANGHAI).single()?;
    Some(begins.to_utc())
}

fn told(case: store::ClosedCase) -> pb::ClosedCase {
    pb::ClosedCase {
        docket: case.docket,
        matter: case.matter,
        agency: case.agency.to_string(),
        close_time: Some(events::timestamp(case.at)),
    }
}
