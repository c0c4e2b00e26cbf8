//! Remembers which proofs were used, for as long as they could be used again, and no longer.
//!
//! Bounded: when it is full it says so instead of forgetting. One process; replicas need a shared
//! one.

use std::{
    collections::{HashSet, hash_map::RandomState},
    fmt,
    hash::BuildHasher as _,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::{Refusal, SKEW_SECONDS};

/// Proofs remembered by default: a minute of 17,000 calls a second, about 25 bytes each.
const CAPACITY: usize = 1 << 20;
const SHARDS: usize = 16;
/// Seconds in the ring; more than the longest memory (60 s of life and the skew).
const RING_SLOTS: usize = 128;
const RING_SECONDS: i64 = 128;
const LONGEST_SECONDS: i64 = 60 + SKEW_SECONDS;

/// The used proofs. Each is kept as a 64-bit hash under a key that only this process knows: it can
/// never take a replay for new, and takes one new proof in 10^13 for a replay.
pub struct Replay {
    shards: [Mutex<Shard>; SHARDS],
    secret: RandomState,
    held: AtomicUsize,
    capacity: usize,
}

#[derive(Default)]
struct Shard {
    seen: HashSet<u64>,
    /// What to forget at each second, by second modulo the length.
    forget_at: Vec<Vec<u64>>,
    swept_until: i64,
}

impl Replay {
    /// A memory of at most `capacity` proofs.
    pub fn with_capacity(capacity: usize) -> Self {
        Self {
            shards: Default::default(),
            secret: RandomState::new(),
            held: AtomicUsize::new(0),
            capacity,
        }
    }

    /// Remembers (`sender`, `jti`) until `expires_at` and the skew have passed (Unix seconds).
    ///
    /// # Errors
    /// `WPT_REPLAYED` when it was seen before, `REPLAY_CACHE_FULL` when there is no room.
    pub fn admit(&self, sender: &str, jti: &str, expires_at: i64, now: i64) -> Result<(), Refusal> {
        let proof = self.secret.hash_one((sender, jti));
        let full = self.held.load(Ordering::Relaxed) >= self.capacity;
        if full && !self.sweep_all(now) {
            return Err(Refusal::REPLAY_CACHE_FULL);
        }
        let Some(shard) =
            usize::try_from(proof % SHARDS as u64).ok().and_then(|i| self.shards.get(i))
        else {
            return Err(Refusal::REPLAY_CACHE_FULL);
        };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        self.held.fetch_sub(shard.sweep(now), Ordering::Relaxed);
        if !shard.seen.insert(proof) {
            return Err(Refusal::WPT_REPLAYED);
        }
        self.held.fetch_add(1, Ordering::Relaxed);
        shard.remember(proof, (expires_at + SKEW_SECONDS).min(now + LONGEST_SECONDS));
        Ok(())
    }

    /// Forgets what may be forgotten everywhere; whether there is room now.
    fn sweep_all(&self, now: i64) -> bool {
        for shard in &self.shards {
            let swept = shard.lock().unwrap_or_else(PoisonError::into_inner).sweep(now);
            self.held.fetch_sub(swept, Ordering::Relaxed);
        }
        self.held.load(Ordering::Relaxed) < self.capacity
    }
}

impl Default for Replay {
    fn default() -> Self {
        Self::with_capacity(CAPACITY)
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("held", &self.held)
            .field("capacity", &self.capacity)
            .finish_non_exhaustive()
    }
}

impl Shard {
    /// Forgets everything due before `now`; how much that was.
    fn sweep(&mut self, now: i64) -> usize {
        if self.forget_at.is_empty() {
            self.forget_at.resize_with(RING_SLOTS, Vec::new);
            self.swept_until = now;
        }
        let mut swept = 0;
        // After a long pause every slot is visited once, not every second of the pause.
        let from = self.swept_until.max(now.saturating_sub(RING_SECONDS));
        for second in from..now {
            let due = self.forget_at.get_mut(slot(second)).map(std::mem::take).unwrap_or_default();
            swept += due.iter().filter(|proof| self.seen.remove(proof)).count();
        }
        self.swept_until = self.swept_until.max(now);
        swept
    }

    fn remember(&mut self, proof: u64, until: i64) {
        // If the clock was set back, the slots before `swept_until` are not visited again soon.
        let second = until.max(self.swept_until);
        if let Some(due) = self.forget_at.get_mut(slot(second)) {
            due.push(proof);
        }
    }
}

fn slot(second: i64) -> usize {
    usize::try_from(second.rem_euclid(RING_SECONDS)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_is_admitted_once_until_it_could_not_be_used_again() {
        let replay = Replay::default();
        assert_eq!(replay.admit("a", "1", 1060, 1000), Ok(()));
        assert_eq!(replay.admit("a", "1", 1060, 1000), Err(Refusal::WPT_REPLAYED));
        assert_eq!(replay.admit("b", "1", 1060, 1000), Ok(()), "another sender's jti");
        assert_eq!(replay.admit("a", "1", 1060, 1090), Err(Refusal::WPT_REPLAYED));
        assert_eq!(replay.admit("a", "1", 1150, 1091), Ok(()), "long expired");
    }

    #[test]
    fn a_full_memory_refuses_instead_of_forgetting() {
        let replay = Replay::with_capacity(2);
        assert_eq!(replay.admit("a", "1", 1060, 1000), Ok(()));
        assert_eq!(replay.admit("a", "2", 1060, 1000), Ok(()));
        assert_eq!(replay.admit("a", "3", 1060, 1000), Err(Refusal::REPLAY_CACHE_FULL));
        assert_eq!(replay.admit("a", "1", 1060, 1000), Err(Refusal::REPLAY_CACHE_FULL));
        assert_eq!(replay.admit("a", "3", 1151, 1091), Ok(()), "there is room again");
    }

    #[test]
    fn a_clock_set_back_or_far_ahead_neither_forgets_nor_keeps_for_ever() {
        let replay = Replay::with_capacity(3);
        assert_eq!(replay.admit("a", "1", 1030, 1000), Ok(()));
        assert_eq!(replay.admit("a", "2", 930, 900), Ok(()), "set back");
        assert_eq!(replay.admit("a", "2", 930, 900), Err(Refusal::WPT_REPLAYED));
        assert_eq!(replay.admit("a", "1", 1030, 1001), Err(Refusal::WPT_REPLAYED));
        for n in 0..3 {
            assert_eq!(replay.admit("a", &format!("later {n}"), 90_030, 90_000), Ok(()), "{n}");
        }
    }
}
