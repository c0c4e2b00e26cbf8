//! Compares what the caller has of its exchanges with another body with what the mesh has of them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, Utc};
use proto::supervision::v1 as pb;
use types::AgencyCode;

use super::{Call, convert};
use crate::{
    Supervision,
    domain::due::{Form, Item},
    error::Error,
    store,
    told::instant,
};

/// The most exchanges compared at once, on either side.
const MOST: usize = 10_000;
/// The longest span.
const DAYS: i64 = 366;

pub(super) async fn reconcile_exchanges(
    service: &Supervision,
    call: &Call,
    request: pb::ReconcileExchangesRequest,
) -> Result<pb::ReconcileExchangesResponse, Error> {
    let now = service.clock.now();
    let own = call.agency.as_str();
    let mut fields = server::Fields::default();
    let other = AgencyCode::parse(&request.counterpart);
    let is_other = other.as_ref().is_some_and(|other| *other != call.agency);
    fields.check(is_other, "counterpart", "is not the code of another body");
    let at = |time: &Option<prost_types::Timestamp>| time.as_ref().and_then(instant);
    let from = fields.need(at(&request.from_time), "from_time", "is missing or out of range");
    let to = fields.need(at(&request.to_time), "to_time", "is missing or out of range");
    let (from, to) = (from.unwrap_or_default(), to.unwrap_or_default());
    let span = to.signed_duration_since(from);
    let fits = span > Duration::zero() && span <= Duration::days(DAYS);
    fields.check(fits, "to_time", format!("is not after from_time, by at most {DAYS} days"));
    check_held(&mut fields, &request.held);
    fields.done()?;

    let limit = u64::try_from(MOST + 1).unwrap_or(u64::MAX);
    let reader = service.db.reader();
    let ends = (own, request.counterpart.as_str());
    let known = store::exchanges(reader, ends, (from, to), limit).await?;
    let mut fields = server::Fields::default();
    let too_many = format!("holds more than {MOST} exchanges between the two: take a shorter span");
    fields.check(known.len() <= MOST, "to_time", too_many);
    fields.done()?;
    // What was sent outside the span is known all the same, if it is between these two.
    let inside: BTreeSet<String> = known.iter().map(Item::key).collect();
    let keys: Vec<String> =
        request.held.iter().map(key).filter(|key| !inside.contains(key)).collect();
    let mut outside = store::items(reader, &keys).await?;
    outside.retain(|item| {
        let ends = (item.sender(), item.holder.as_str());
        ends == (own, &request.counterpart) || ends == (&request.counterpart, own)
    });
    Ok(compare(request.held, &known, &outside, now))
}

fn check_held(fields: &mut server::Fields, held: &[pb::HeldExchange]) {
    fields.check(held.len() <= MOST, "held", format!("are more than {MOST}"));
    let mut seen = BTreeSet::new();
    for (at, one) in held.iter().enumerate().take(MOST) {
        let text = |text: &str, most| !text.is_empty() && text.len() <= most;
        let field = |name: &str| format!("held[{at}].{name}");
        fields.check(text(&one.service, 32), field("service"), "is no name of a service");
        fields.check(text(&one.id, 200), field("id"), "is missing or longer than 200 bytes");
        fields.check(one.digest.len() <= 64, field("digest"), "is no SHA-256 in hexadecimal");
        fields.check(seen.insert(key(one)), field("id"), "is there twice");
    }
}

fn key(held: &pb::HeldExchange) -> String {
    format!("{}/{}/{}", Form::Exchange.as_str(), held.service, held.id)
}

fn compare(
    held: Vec<pb::HeldExchange>,
    known: &[Item],
    outside: &[Item],
    now: chrono::DateTime<Utc>,
) -> pb::ReconcileExchangesResponse {
    let mut response = pb::ReconcileExchangesResponse::default();
    let all: BTreeMap<String, &Item> =
        known.iter().chain(outside).map(|item| (item.key(), item)).collect();
    let mut has = BTreeSet::new();
    for one in held {
        let key = key(&one);
        let Some(item) = all.get(&key) else {
            response.unknown.push(one);
            continue;
        };
        has.insert(key);
        let digests = [&one.digest, &item.digest];
        if digests.iter().all(|digest| !digest.is_empty())
            && !one.digest.eq_ignore_ascii_case(&item.digest)
        {
            response.differing.push(convert::exchange(item, now));
        } else {
            response.agreed += 1;
        }
    }
    let lacking = known.iter().filter(|item| !has.contains(&item.key()));
    response.lacking = lacking.map(|item| convert::exchange(item, now)).collect();
    let open = known.iter().filter(|item| item.open);
    response.unacknowledged = open.map(|item| convert::exchange(item, now)).collect();
    response
}
