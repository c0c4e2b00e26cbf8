//! When to call again, how long to wait before, and how often in all.

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt as _};

/// Calls again at most so often.
pub(crate) const RETRIES: u32 = 3;
/// The wait before the first retry is up to this long; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// Verbs of methods that change nothing.
const READS: [&str; 8] = ["Get", "List", "Check", "Screen", "Watch", "Search", "Read", "Assess"];

/// The methods that may be called again with the same bytes: those that change nothing, and those
/// whose request has a `request_id`. Read off the contract, so that a new method needs no entry.
pub(crate) fn repeatable() -> HashSet<String> {
    let set = FileDescriptorSet::decode(proto::DESCRIPTORS).unwrap_or_default();
    let mut with_id = HashSet::new();
    for file in &set.file {
        for message in &file.message_type {
            if message.field.iter().any(|field| field.name() == "request_id") {
                with_id.insert(format!(".{}.{}", file.package(), message.name()));
            }
        }
    }
    let mut methods = HashSet::new();
    for file in &set.file {
        for service in &file.service {
            for method in &service.method {
                let reads = READS.iter().any(|verb| method.name().starts_with(verb));
                if reads || with_id.contains(method.input_type()) {
                    let service = service.name();
                    methods.insert(format!("/{}.{service}/{}", file.package(), method.name()));
                }
            }
        }
    }
    methods
}

/// How long a caller who was told `status` should wait at least before it calls again; `None`
/// when it should not. `ABORTED` is not here: the caller must read and decide again.
pub(crate) fn wait_told(status: &Status) -> Option<Duration> {
    let told = status.get_details_retry_info().and_then(|info| info.retry_delay);
    let code = status.code();
    let temporary =
        code == Code::Unavailable || (code == Code::ResourceExhausted && told.is_some());
    temporary.then(|| told.unwrap_or_default().min(LONGEST_WAIT))
}

/// Tells a connection that broke as what it is to the caller: the mesh is away, and nothing is known
/// of the call. tonic has several codes for it. Only for what did not come from the callee.
pub(crate) fn lost(status: Status) -> Status {
    let broke = matches!(status.code(), Code::Unknown | Code::Cancelled | Code::Internal);
    if !broke || status.get_details_error_info().is_some() {
        return status;
    }
    let sentence = format!("the connection was lost: {}", status.message());
    let details = ErrorDetails::with_error_info("CONNECTION_LOST", "client", []);
    Status::with_error_details(Code::Unavailable, sentence, details)
}

/// A random wait before the retry number `retry` (from 0): full jitter over a doubling bound.
pub(crate) fn jitter(retry: u32) -> Duration {
    let bound = FIRST_WAIT.saturating_mul(1 << retry.min(10)).min(LONGEST_WAIT);
    // Randomness without a crate: each `RandomState` hashes under another key.
    let random = RandomState::new().build_hasher().finish() % 1024;
    bound.mul_f64(f64::from(u32::try_from(random).unwrap_or(0)) / 1024.0)
}

/// One retry in ten calls, and ten in hand: a mesh in trouble is not made worse.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

const TENTHS_MAX: u32 = 100;
const TENTHS_OF_ONE: u32 = 10;

impl Default for Budget {
    fn default() -> Self {
        Self(AtomicU32::new(TENTHS_MAX))
    }
}

impl Budget {
    /// A call was made.
    pub(crate) fn earn(&self) {
        self.change(|tenths| Some((tenths + 1).min(TENTHS_MAX)));
    }

    /// Whether a retry may be made; if so, it is paid for.
    pub(crate) fn spend(&self) -> bool {
        self.change(|tenths| tenths.checked_sub(TENTHS_OF_ONE))
    }

    fn change(&self, how: impl Fn(u32) -> Option<u32>) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, how).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reads_and_commands_with_a_request_id_are_repeatable() {
        let methods = repeatable();
        for (method, may) in [
            ("/xiezhi.referral.v1.ReferralService/TakeStep", true),
            ("/xiezhi.referral.v1.ReferralService/GetReferral", true),
            ("/xiezhi.identity.v1.IdentityService/EnrolKey", true),
            ("/xiezhi.identity.v1.IdentityService/IssueWit", false),
            ("/xiezhi.identity.v1.IdentityService/RenewWit", false),
        ] {
            assert_eq!(methods.contains(method), may, "{method}");
        }
    }

    #[test]
    fn only_a_temporary_failure_is_worth_another_call() {
        let busy = ErrorDetails::with_retry_info(Some(Duration::from_millis(200)));
        let busy = Status::with_error_details(Code::ResourceExhausted, "", busy);
        assert_eq!(wait_told(&busy), Some(Duration::from_millis(200)));
        assert_eq!(wait_told(&Status::unavailable("")), Some(Duration::ZERO));
        for code in [Code::ResourceExhausted, Code::Aborted, Code::Internal, Code::DataLoss] {
            assert_eq!(wait_told(&Status::new(code, "")), None, "{code}");
        }
    }

    #[test]
    fn the_budget_gives_ten_retries_and_then_one_for_ten_calls() {
        let budget = Budget::default();
        assert_eq!((0..100).filter(|_| budget.spend()).count(), 10);
        (0..9).for_each(|_| budget.earn());
        assert!(!budget.spend());
        budget.earn();
        assert!(budget.spend());
        assert!(!budget.spend());
    }

    #[test]
    fn the_wait_is_random_and_bounded() {
        let waits: HashSet<_> = (0..64).map(|_| jitter(2)).collect();
        assert!(waits.len() > 32);
        assert!(waits.iter().all(|wait| *wait < FIRST_WAIT * 4));
        assert!(jitter(30) < LONGEST_WAIT);
    }
}
