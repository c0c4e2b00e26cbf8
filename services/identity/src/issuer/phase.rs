//! Which issuer key signs, and which are still needed: pure.

use chrono::{DateTime, Duration, Utc};

/// Clocks may differ by this much, on either side (`MUTUAL_JWT.md`, "What the callee checks").
const SKEW: Duration = Duration::seconds(30);

/// Places in the list of keys, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Phases {
    /// The first key still needed.
    pub(super) kept: usize,
    /// The key that signs.
    pub(super) signing: usize,
}

/// The phases of keys `made` at these instants, in order. The oldest signs from ever: there was
/// nothing before it. A key is kept until the last token it signed has expired everywhere.
pub(super) fn phases(
    made: &[DateTime<Utc>],
    now: DateTime<Utc>,
    publish_ahead: Duration,
    wit_lifetime: Duration,
) -> Phases {
    let signs_from = |at: &DateTime<Utc>| *at + publish_ahead;
    let later = made.iter().skip(1);
    let signing = later.clone().take_while(|at| signs_from(at) <= now).count();
    let kept = later.take_while(|at| signs_from(at) + wit_lifetime + SKEW <= now).count();
    Phases { kept, signing }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::seconds(seconds)
    }

    fn of(made: &[i64], now: i64) -> (usize, usize) {
        let made: Vec<_> = made.iter().map(|seconds| at(*seconds)).collect();
        let phases = phases(&made, at(now), Duration::seconds(120), Duration::seconds(3600));
        (phases.kept, phases.signing)
    }

    #[test]
    fn the_first_key_signs_at_once() {
        assert_eq!(of(&[1000], 1000), (0, 0));
    }

    #[test]
    fn a_new_key_is_published_before_it_signs_and_the_old_one_kept_after() {
        assert_eq!(of(&[0, 1000], 1119), (0, 0));
        assert_eq!(of(&[0, 1000], 1120), (0, 1));
        assert_eq!(of(&[0, 1000], 1120 + 3629), (0, 1));
        assert_eq!(of(&[0, 1000], 1120 + 3630), (1, 1));
    }

    #[test]
    fn the_signing_key_is_always_kept() {
        for now in 0..20_000 {
            let (kept, signing) = of(&[0, 1000, 3000, 9000], now);
            assert!(kept <= signing && signing < 4);
        }
    }
}
