//! What the calls beside the referrals have in common: a new record, a change of one, a page of them.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{DateTime, Utc};
use command::marks::Exchange;
use prost::Message;
use server::Fields;
use types::{AgencyCode, page};

use super::{
    Call, convert,
    once::{Written, once},
};
use crate::{
    Referral,
    domain::{
        body::Directory,
        duty::{Count, Duty},
        procedure::Law,
        refusal::Refusal,
        settings::Settings,
    },
    error::Error,
    events::{
        Doer,
        linkage::{self as events, Happened},
    },
    store::{self, Kept, KeptFilter},
};

/// Bytes of a text of some sentences.
pub(super) const TEXT_MAX: usize = 8192;
/// Bytes of a page: a message has 4 MiB at most.
const PAGE_BYTES: usize = 1 << 20;
/// How many records one look into the store takes.
const AT_ONCE: usize = 50;

/// What every decision knows.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Who calls.
    pub by: AgencyCode,
    /// When.
    pub now: DateTime<Utc>,
    /// The bodies.
    pub bodies: Arc<Directory>,
    /// The open points of the law.
    pub settings: Arc<Settings>,
    calendar: Arc<clock::Calendar>,
}

impl Known {
    pub(super) fn of(service: &Referral, call: &Call, now: DateTime<Utc>) -> Self {
        Self {
            by: call.agency.clone(),
            now,
            bodies: service.identity.bodies(),
            settings: Arc::clone(&service.settings),
            calendar: service.calendar.table(),
        }
    }

    /// How terms are counted.
    pub(super) fn count(&self) -> Count<'_> {
        Count { near_percent: self.settings.near_percent, calendar: &self.calendar }
    }
}

/// Whether the officer holds a certificate today, and whether the directory with `others` in it is here:
/// asked before the write, told in it.
pub(super) async fn certified(
    service: &Referral,
    call: &Call,
    officer: &str,
    others: &[AgencyCode],
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let bodies = service.identity.bodies();
    // It may have been imported a moment ago: one look tells of all of them.
    if let Some(unknown) = others.iter().find(|body| bodies.get(body).is_none()) {
        service.identity.know(unknown).await?;
    }
    let officer = [("officer".to_owned(), officer.to_owned())];
    service.identity.positions(&call.agency, clock::legal_date(now), &officer).await.map(drop)
}

/// What was done to a record, for the journal.
#[derive(Debug)]
pub(super) struct Deed {
    /// e.g. `NOTICE_ACKNOWLEDGED`.
    pub kind: &'static str,
    /// The rule.
    pub law: Law,
    /// One sentence, without what officers wrote freely.
    pub summary: String,
    /// What is on its way, or came to rest with it.
    pub exchanges: Vec<Exchange>,
}

/// A new record and what goes with it.
#[derive(Debug)]
pub(super) struct New<K> {
    /// The record.
    pub record: K,
    /// What was done.
    pub deed: Deed,
    /// Who sees it from now on.
    pub seen_by: Vec<AgencyCode>,
    /// Rows about other resources.
    pub beside: Vec<db::journal::Entry>,
}

/// Writes a new record.
pub(super) async fn add<K: Kept, R>(
    tx: &sea_orm::DatabaseTransaction,
    new: New<K>,
    (doer, now): (&Doer, DateTime<Utc>),
    answer: impl FnOnce(&K) -> R,
) -> Result<Written<R>, Error> {
    let New { mut record, deed, seen_by, beside } = new;
    store::insert_kept(tx, &mut record).await?;
    let mut entries = vec![row(&record, deed, ("", &[]), (doer, now))];
    entries.extend(beside);
    let shown = seen_by.into_iter().map(|body| (body, record.name().to_owned()));
    Ok(Written { response: answer(&record), entries, shown: shown.collect() })
}

/// What a change is asked with.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub request_id: String,
    pub method: &'static str,
    pub name: String,
    pub etag: String,
    pub officer: String,
}

impl Change {
    /// Notes what is wrong with the fields that every change has.
    pub(super) fn check(&self, fields: &mut Fields) {
        command::check_request_id(fields, &self.request_id);
        fields.text(&self.officer, 64, "officer");
        let version = convert::version(&self.etag);
        fields.check(version.is_some(), "etag", "is missing or malformed");
    }
}

/// Changes a record: read as its caller sees it, raised to now, decided, written if it is as it was read.
/// `answer` gets it with the dockets of it that the caller sees.
pub(super) async fn change<K, R, D, A>(
    service: &Referral,
    call: Call,
    change: Change,
    decide: D,
    answer: A,
) -> Result<R, Error>
where
    K: Kept,
    R: Message + Default + Send + 'static,
    D: FnOnce(&mut K, &Known) -> Result<Deed, Refusal> + Send + 'static,
    A: FnOnce(&K, &BTreeSet<String>) -> R + Send + 'static,
{
    let now = service.clock.now();
    let certified = certified(service, &call, &change.officer, &[], now).await;
    let known = Known::of(service, &call, now);
    let doer = Doer::new(&call.agency, &change.officer);
    let version = convert::version(&change.etag);
    let command = call.command(change.request_id, change.method, now);
    let name = change.name;
    once(service, command, move |tx| {
        Box::pin(async move {
            certified?;
            let mut record: K = store::kept(tx, &known.by, &name).await?;
            if Some(*record.version()) != version {
                return Err(Error::Stale);
            }
            let raised = record.raise(now);
            let (before, duties) = (record.state(), record.duties().to_vec());
            let deed = decide(&mut record, &known).map_err(|one| Error::refused(one, &name))?;
            *record.version() += 1;
            store::update_kept(tx, &mut record).await?;
            let dockets = store::seen(tx, &known.by, &record.dockets()).await?;
            let of = (record.name(), record.docket());
            let mut entries: Vec<_> =
                raised.iter().map(|(duty, rung)| events::duty_rung(of, duty, *rung, now)).collect();
            entries.push(row(&record, deed, (before, &duties), (&doer, now)));
            Ok(Written { response: answer(&record, &dockets), entries, shown: Vec::new() })
        })
    })
    .await
}

fn row<K: Kept>(
    record: &K,
    deed: Deed,
    (before, duties): (&'static str, &[Duty]),
    (doer, now): (&Doer, DateTime<Utc>),
) -> db::journal::Entry {
    let Deed { kind, law, summary, exchanges } = deed;
    let (resource, docket) = (record.name(), record.docket());
    let states = (before, record.state());
    // A term is told when it stands otherwise than before (decision 0016).
    let after = record.duties().iter();
    let changed: Vec<Duty> = after.filter(|duty| !duties.contains(duty)).cloned().collect();
    let what = Happened { kind, resource, docket, law, states, now };
    events::happened(what, summary, doer, &changed, exchanges)
}

/// What a list is asked with.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub page_size: i32,
    pub page_token: String,
    pub filter: String,
}

/// The fields a filter may name, each with its column; and whether `open` and `late` are among them.
pub(super) type Columns = &'static [(&'static str, &'static str)];

/// A page of the records that the caller may see, newest first, and the token of the next. It ends early
/// rather than being too long for one message. `show` gets a record with the dockets of it that the caller
/// sees.
pub(super) async fn list<K: Kept, M: Message>(
    service: &Referral,
    call: &Call,
    listing: &Listing,
    columns: Columns,
    show: impl Fn(&K, &BTreeSet<String>) -> M,
) -> Result<(Vec<M>, String), Error> {
    let mut fields = Fields::default();
    let size = page::Size::of(listing.page_size).ok();
    let size = fields.need(size, "page_size", "is negative");
    let filter = parse(&listing.filter, columns, service.clock.now()).unwrap_or_else(|fault| {
        fields.fault("filter", fault);
        KeptFilter::default()
    });
    let mut before = None;
    if !listing.page_token.is_empty() {
        before = page::Token::decode(&listing.filter, &listing.page_token).filter(|at| plain(at));
        fields.check(before.is_some(), "page_token", "does not belong to this list");
    }
    fields.done()?;
    let (reader, by, size) = (service.db.reader(), &call.agency, size.unwrap_or(1));
    let (mut page, mut bytes) = (Vec::new(), 0);
    let next = |last: Option<String>| {
        last.map_or_else(String::new, |last| page::Token::encode(&listing.filter, &last))
    };
    loop {
        let take = (size - page.len()).min(AT_ONCE);
        // One more than wanted says whether there is a next page.
        let want = u64::try_from(take + 1).unwrap_or(u64::MAX);
        let found: Vec<K> = store::list_kept(reader, by, &filter, before.as_deref(), want).await?;
        let dockets: Vec<&str> = found.iter().flat_map(Kept::dockets).collect();
        let dockets = store::seen(reader, by, &dockets).await?;
        for one in found.iter().take(take) {
            let shown = show(one, &dockets);
            bytes += shown.encoded_len();
            if bytes > PAGE_BYTES && !page.is_empty() {
                return Ok((page, next(before)));
            }
            page.push(shown);
            before = Some(one.name().to_owned());
        }
        if found.len() <= take {
            return Ok((page, String::new()));
        }
        if page.len() == size {
            return Ok((page, next(before)));
        }
    }
}

/// Whether every engine can compare the text: one cannot read a zero.
fn plain(text: &str) -> bool {
    !text.chars().any(char::is_control)
}

/// Reads the subset of AIP-160 that the lists know: `field = value` joined by AND.
fn parse(text: &str, columns: Columns, now: DateTime<Utc>) -> Result<KeptFilter, String> {
    let mut filter = KeptFilter::default();
    if text.len() > 1000 {
        return Err("is longer than 1000 bytes".to_owned());
    }
    for part in text.split(" AND ").map(str::trim).filter(|part| !part.is_empty()) {
        let (field, value) =
            part.split_once('=').ok_or(format!("{part:?} is not field = value"))?;
        let (field, value) = (field.trim(), value.trim().trim_matches('"'));
        let yes = || value.parse().map_err(|_| format!("{field} is true or false"));
        if !plain(value) {
            return Err(format!("{field} has a control character"));
        }
        let Some((_, column)) = columns.iter().find(|(known, _)| *known == field) else {
            let known: Vec<&str> = columns.iter().map(|(known, _)| *known).collect();
            return Err(format!("{field:?} is none of {}", known.join(", ")));
        };
        match *column {
            "late" => filter.late = Some((yes()?, now)),
            "overdue" => filter.overdue = Some((yes()?, now)),
            "open" => filter.open = Some(yes()?),
            // What is at rest, by the name of the field that says so.
            "!open" => filter.open = Some(!yes()?),
            "below" => filter.below = Some(value.to_owned()),
            column => filter.equal.push((column, value.to_owned())),
        }
    }
    Ok(filter)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns =
        &[("state", "state"), ("acknowledged", "!open"), ("late", "late"), ("asker", "sender")];

    #[test]
    fn a_filter_names_fields_of_its_list_only() {
        let now = "2026-03-02T04:00:00Z".parse().unwrap();
        let read = |text| parse(text, COLUMNS, now);
        let filter = read("asker = \"MKT\" AND acknowledged=false AND late = true").unwrap();
        assert_eq!(filter.equal, [("sender", "MKT".to_owned())]);
        assert_eq!((filter.open, filter.late), (Some(true), Some((true, now))));
        assert_eq!(read(""), Ok(KeptFilter::default()));
        assert!(read("body = \"x\"").unwrap_err().contains("state, acknowledged, late, asker"));
        assert!(read("asker = M\0T").unwrap_err().contains("control character"));
        assert!(read("late = maybe").is_err() && read("nonsense").is_err());
    }
}
