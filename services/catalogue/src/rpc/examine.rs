//! What a revision would do, with everything that is asked of others for it: the bodies of identity,
//! and which cases are closed of referral.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use prost::Message as _;
use proto::{catalogue::v1 as pb, referral::v1 as referral};
use tokio::time::timeout;
use types::AgencyCode;

use crate::{
    Catalogue,
    domain::{
        body::{Bodies, Body},
        changes::Changes,
        entry::{Entry, Holder},
        fault::{Fault, Wrong},
        publication::{self, Examined, FAULTS, Ground, Reach},
        region::Region,
    },
    error::Error,
    read,
    snapshot::Snapshot,
};

/// How long referral may take to say which cases are closed.
const ANSWER: Duration = Duration::from_secs(3);
/// The most matters of one question to it.
const MATTERS: usize = 100;
/// The most entries a revision puts and takes away.
pub(super) const CHANGES: usize = 10_000;

/// A revision as it would be.
#[derive(Debug)]
pub(super) struct Draft {
    /// What it is made against.
    pub snapshot: Arc<Snapshot>,
    /// What it changes.
    pub changes: Changes,
    /// What that does.
    pub examined: Examined,
}

/// Examines changes against the newest revision; every fault is in the draft.
pub(super) async fn examine(
    service: &Catalogue,
    sent: &pb::Changes,
    by_decision: bool,
) -> Result<Draft, Error> {
    let (changes, malformed) = read::changes(sent);
    let snapshot = service.snapshots.follow(&service.db).await?;
    let bodies = bodies(service, &changes).await?;
    let seat = service.settings.publishers.first().and_then(|code| bodies.get(code));
    let county = seat.and_then(|body| body.region).map(Region::county);
    let today = clock::legal_date(service.clock.now());
    let exclusive = service.settings.empowerment_excludes_county;
    let against = Arc::clone(&snapshot);
    // Ten thousand entries are looked at against each other: not where other calls are waiting.
    let examining = tokio::task::spawn_blocking(move || {
        let ground = Ground { bodies: &bodies, today, county, exclusive, by_decision };
        let number = against.revision() + 1;
        let examined = publication::examine(&against.content, &changes, number, &ground);
        (changes, examined)
    });
    let examined = examining.await.map_err(|_| Error::Corrupt("the examination"));
    let (changes, mut examined) = examined?;
    if !malformed.is_empty() {
        // What does not read might have changed something.
        examined.faults.retain(|fault| fault.wrong != Wrong::NoChange);
        examined.faults.splice(..0, malformed);
    }
    let closed = retroactive(service, &examined.reaches).await?;
    examined.faults.extend(closed);
    examined.faults.truncate(FAULTS);
    Ok(Draft { snapshot, changes, examined })
}

/// SHA-256 of the changes as they were sent, without what only the catalogue says of an entry.
pub(super) fn digest(sent: &pb::Changes) -> String {
    let mut sent = sent.clone();
    for entry in &mut sent.put {
        (entry.since_revision, entry.until_revision) = (0, 0);
    }
    let bytes = auth::digest(&sent.encode_to_vec());
    let nibbles = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}

/// The bodies; fetched anew if one is named that is not known: it may have been imported just now.
async fn bodies(service: &Catalogue, changes: &Changes) -> Result<Bodies, Error> {
    let named: BTreeSet<&AgencyCode> = changes.put.iter().flat_map(codes).collect();
    let known = service.directory.agencies();
    if known.is_empty() || named.iter().any(|code| !known.contains_key(*code)) {
        service.directory.refresh().await?;
    }
    let known = service.directory.agencies();
    let bodies = known.iter().map(|(code, agency)| {
        let region = Region::parse(&agency.region_code);
        (code.clone(), Body { kind: agency.kind.clone(), region })
    });
    Ok(Bodies(bodies.collect()))
}

/// The bodies an entry names.
fn codes(entry: &Entry) -> Vec<&AgencyCode> {
    match entry {
        Entry::Matter(_) | Entry::Benchmark(_) | Entry::MinorViolation(_) => Vec::new(),
        Entry::Power(it) => match &it.holder {
            Holder::Body(code) => vec![code],
            Holder::Township => Vec::new(),
        },
        Entry::Area(it) => vec![&it.government, &it.brigade],
        Entry::Posting(it) => vec![&it.home_agency, &it.posted_to],
        Entry::Boundary(it) => vec![&it.competent],
    }
}

/// Where the past would change over cases that are closed. Referral is asked only if the past would
/// change; while it does not answer, nothing is published.
async fn retroactive(service: &Catalogue, reaches: &[Reach]) -> Result<Vec<Fault>, Error> {
    let mut by_day = BTreeMap::<_, Vec<&Reach>>::new();
    for reach in reaches {
        by_day.entry(reach.since).or_default().push(reach);
    }
    let mut faults = Vec::new();
    for (since, reaches) in by_day {
        for some in reaches.chunks(MATTERS) {
            let matters = some.iter().map(|reach| reach.matter.clone()).collect();
            let closed_since = since.to_string();
            let request = referral::FindClosedCasesRequest { matters, closed_since };
            let mut client = service.referral.clone();
            let answer = timeout(ANSWER, client.find_closed_cases(request)).await;
            let late = |_| tonic::Status::deadline_exceeded("referral did not answer in time");
            let answer = answer.map_err(late).and_then(|answer| answer);
            let cases = answer.map_err(|away| Error::Cases(Box::new(away)))?.into_inner().cases;
            // One case is enough for each matter: the newest is told.
            faults.extend(some.iter().filter_map(|reach| over(reach, &cases)));
        }
    }
    Ok(faults)
}

fn over(reach: &Reach, cases: &[referral::ClosedCase]) -> Option<Fault> {
    let case = cases.iter().find(|case| case.matter == reach.matter)?;
    let closed = case
        .close_time
        .as_ref()
        .and_then(|at| chrono::DateTime::from_timestamp(at.seconds, u32::try_from(at.nanos).ok()?));
    let closed = closed.map_or(reach.since, clock::legal_date);
    Some(publication::retroactive(reach, &case.docket, &case.agency, closed))
}
