//! What happened after a cursor: returns at once if there is something, else waits for it.

use std::time::Duration;

use db::journal::Cursor;
use proto::referral::v1 as pb;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::Call;
use crate::{Referral, error::Error, events, store};

/// The most events one stream delivers.
const BATCH: u64 = 500;
/// How often to look for commits of other replicas.
const POLL: Duration = Duration::from_millis(500);

pub(super) async fn watch_referrals(
    service: &Referral,
    call: &Call,
    request: &pb::WatchReferralsRequest,
) -> Result<Vec<pb::Event>, Error> {
    let mut fields = server::Fields::default();
    let cursor = match request.cursor.as_str() {
        "" => Some(Cursor::START),
        cursor => cursor.parse().ok(),
    };
    let cursor = fields.need(cursor, "cursor", "is not a cursor of this service");
    let wait = u64::try_from(request.wait_seconds).ok().filter(|wait| *wait <= 30);
    let wait = fields.need(wait, "wait_seconds", "is not between 0 and 30");
    fields.done()?;
    let until = Instant::now() + Duration::from_secs(wait.unwrap_or_default());
    let tail = store::Tail { after: cursor.unwrap_or(Cursor::START), limit: BATCH };
    loop {
        // Asked before the read, so that no commit between the two goes unseen.
        let committed = service.db.committed();
        let rows = store::watch(&service.db, &call.agency, tail).await?;
        if !rows.is_empty() || Instant::now() >= until {
            return rows.iter().map(events::read).collect();
        }
        let poll = (Instant::now() + POLL).min(until);
        if timeout_at(poll, committed).await.is_err() {
            sleep_until(poll).await;
        }
    }
}
