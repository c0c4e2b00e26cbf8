//! What several calls ask alike: a journal of this log, a wait that has an end, and a leaf.

use std::time::Duration;

use server::Fields;
use tlog::Hash;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::{
    Supervision,
    domain::Leaf,
    error::Error,
    store::{self, Sought},
};

/// The longest wait, in milliseconds.
const WAIT_MS: i32 = 10_000;
/// How often to look for what other replicas have sequenced.
const POLL: Duration = Duration::from_millis(250);

/// Notes whether the log follows a journal of that name.
pub(super) fn check_service(service: &Supervision, fields: &mut Fields, name: &str) {
    let followed = service.journals.get(name).is_some();
    fields.check(followed, "service", "has no journal in this log");
}

/// Reads a wait, or notes what is wrong with it.
pub(super) fn wait(fields: &mut Fields, wait_ms: i32) -> Duration {
    fields.check((0..=WAIT_MS).contains(&wait_ms), "wait_ms", "is not between 0 and 10000");
    Duration::from_millis(wait_ms.unsigned_abs().into())
}

/// Waits for a leaf. A leaf that is there has a checkpoint that covers it: they are one write.
pub(super) async fn leaf(
    service: &Supervision,
    sought: Sought<'_>,
    wait: Duration,
) -> Result<Option<Leaf>, Error> {
    let until = Instant::now() + wait;
    loop {
        // Asked before the read, so that no commit between the two goes unseen.
        let committed = service.db.committed();
        let leaf = store::leaf(service.db.reader(), sought).await?;
        if leaf.is_some() || Instant::now() >= until {
            return Ok(leaf);
        }
        let poll = (Instant::now() + POLL).min(until);
        if timeout_at(poll, committed).await.is_err() {
            sleep_until(poll).await;
        }
    }
}

/// A number of leaves, as the contract counts them.
pub(super) fn count(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::Corrupt("a number of leaves"))
}

/// Hashes, as the contract writes them.
pub(super) fn hashes(hashes: &[Hash]) -> Vec<Vec<u8>> {
    hashes.iter().map(|hash| hash.0.to_vec()).collect()
}
