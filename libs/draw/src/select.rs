//! The draw itself: the seed, the keys, the winners of each pool, the order of the officers.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap},
    io::Write as _,
};

use crate::{
    hash::{Algorithm, BETWEEN, Hash, hex},
    text::{Frozen, Part, Revealed, Roots},
};

/// How many officers of a body are ranked for a subject: more than anybody could need to pass over.
pub const RANKED: usize = 100;

/// What a draw gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The seed.
    pub seed: Hash,
    /// Who won, by pool, the largest key first.
    pub winners: Vec<Winner>,
    /// The officers for each winner and body, by subject and body.
    pub rankings: Vec<Ranking>,
}

/// A subject that won in a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Winner {
    /// Position of the pool.
    pub pool: usize,
    /// Position of the subject in the list.
    pub subject: usize,
}

/// The officers of a body in the order drawn for a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking {
    /// Id of the subject.
    pub subject: String,
    /// The body.
    pub body: String,
    /// Certificate numbers, the first first; at most [`RANKED`].
    pub officers: Vec<String>,
}

/// The seed: everything that was fixed before the public value, the public value, and the office's
/// nonce, which keeps it secret until the visits are done.
pub fn seed(algorithm: Algorithm, roots: &Roots, revealed: &Revealed) -> Hash {
    let (subjects, officers) = (hex(&roots.subjects), hex(&roots.officers));
    let rules = hex(&roots.rules);
    let nonces: Vec<String> = revealed
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Revealed { body, nonce, .. } => Some(format!("{body}={nonce}")),
            Part::Dropped { .. } => None,
        })
        .collect();
    let mut parts = vec!["xiezhi-draw-seed/1", &subjects, &officers, &rules];
    parts.extend(nonces.iter().map(String::as_str));
    parts.extend([revealed.public_value.as_str(), revealed.office_nonce.as_str()]);
    algorithm.joined(&parts)
}

/// A subject's key: the largest of `weight` hashes.
pub fn subject_key(algorithm: Algorithm, seed: &Hash, id: &str, weight: u32) -> Hash {
    key(algorithm, seed, (id, weight), &mut Vec::new())
}

/// The same in a buffer that is used again: a million keys are made in half a second.
fn key(algorithm: Algorithm, seed: &Hash, (id, weight): (&str, u32), bytes: &mut Vec<u8>) -> Hash {
    bytes.clear();
    bytes.extend(seed);
    bytes.push(BETWEEN);
    bytes.extend(id.as_bytes());
    bytes.push(BETWEEN);
    let start = bytes.len();
    let mut largest = Hash::default();
    for turn in 0..weight {
        bytes.truncate(start);
        // Writing to memory does not fail.
        let _ = write!(bytes, "{turn}");
        largest = largest.max(algorithm.hash(bytes));
    }
    largest
}

/// The officers of one body in the order drawn for a subject, at most [`RANKED`].
pub fn ranking(
    algorithm: Algorithm,
    seed: &Hash,
    (subject, body): (&str, &str),
    officers: &[&str],
) -> Vec<String> {
    let mut bytes = Vec::new();
    let mut keyed: Vec<(Hash, &str)> = officers
        .iter()
        .map(|officer| {
            bytes.clear();
            bytes.extend(seed);
            for part in ["officer", subject, body, officer] {
                bytes.push(BETWEEN);
                bytes.extend(part.as_bytes());
            }
            (algorithm.hash(&bytes), *officer)
        })
        .collect();
    keyed.sort_unstable_by(|one, other| other.cmp(one));
    keyed.into_iter().take(RANKED).map(|(_, officer)| officer.to_owned()).collect()
}

/// Draws. The same lists, rules and nonces give the same outcome, whatever the order of the lists.
pub fn run(frozen: &Frozen, roots: &Roots, revealed: &Revealed) -> Outcome {
    let algorithm = frozen.algorithm;
    let seed = seed(algorithm, roots, revealed);
    // For each pool the largest keys so far, the smallest of them on top.
    let mut best: Vec<BinaryHeap<Reverse<(Hash, usize)>>> =
        frozen.pools.iter().map(|_| BinaryHeap::new()).collect();
    let mut bytes = Vec::new();
    for (at, subject) in frozen.subjects.iter().enumerate() {
        if subject.pools.is_empty() {
            continue;
        }
        let key = key(algorithm, &seed, (&subject.id, subject.weight), &mut bytes);
        for pool in subject.pools.iter() {
            let (Some(heap), Some(rule)) = (best.get_mut(*pool), frozen.pools.get(*pool)) else {
                continue;
            };
            if heap.len() < rule.winners {
                heap.push(Reverse((key, at)));
            } else if let Some(mut least) = heap.peek_mut()
                && (key, at) > least.0
            {
                *least = Reverse((key, at));
            }
        }
    }
    let mut winners = Vec::new();
    let mut pairs = BTreeSet::new();
    for (pool, heap) in best.into_iter().enumerate() {
        for Reverse((_, subject)) in heap.into_sorted_vec() {
            winners.push(Winner { pool, subject });
            pairs.insert((&frozen.subjects[subject].id, &frozen.pools[pool].body));
        }
    }
    let mut of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for officer in &frozen.officers {
        of.entry(&officer.body).or_default().push(&officer.certificate_no);
    }
    let rankings = pairs.into_iter().map(|(subject, body)| {
        let officers = of.get(body.as_str()).map_or(&[][..], Vec::as_slice);
        let officers = ranking(algorithm, &seed, (subject, body), officers);
        Ranking { subject: subject.clone(), body: body.clone(), officers }
    });
    let rankings = rankings.collect();
    Outcome { seed, winners, rankings }
}
