//! Verifies a record: reads what was frozen and revealed, draws again, and compares every line.

use std::{collections::BTreeMap, str::Lines, sync::Arc};

use crate::{
    hash::{Algorithm, commitment, hex},
    select::{Outcome, run},
    text::{Frozen, Officer, Part, Pool, Revealed, Roots, Subject, results},
};

/// What a record proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Name of the draw.
    pub draw: String,
    /// To be compared with what was published at the freeze.
    pub roots: Roots,
    /// How many subjects there were.
    pub subjects: usize,
    /// How many officers there were.
    pub officers: usize,
    /// Bodies that were dropped, each with why.
    pub dropped: Vec<(String, String)>,
    /// The draw, made again.
    pub outcome: Outcome,
}

/// What is wrong with a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It cannot be read.
    #[error("line {line}: expected {expected}")]
    Malformed {
        /// Counted from 1.
        line: usize,
        /// What should be there.
        expected: &'static str,
    },
    /// A nonce is not the one that was committed to.
    #[error("the nonce of {body} does not match its commitment")]
    Commitment {
        /// Whose fault it is.
        body: String,
    },
    /// A body is neither revealed nor dropped, or both.
    #[error("the parts are not those of the bodies, in their order")]
    Parts,
    /// The same lists, rules and nonces give something else.
    #[error("line {line}: is {found:?}, and should be {expected:?}")]
    Differs {
        /// Counted from 1.
        line: usize,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
}

/// Replays a draw from its record.
///
/// # Errors
/// The first thing that is wrong, in the order of reading, commitments, lines.
pub fn verify(text: &str) -> Result<Verified, Fault> {
    let mut reader = Reader::new(text);
    let frozen = frozen(&mut reader)?;
    reader.take("frozen", 3)?;
    let revealed = revealed(&mut reader)?;
    check_parts(&frozen, &revealed)?;

    let roots = frozen.roots();
    let outcome = run(&frozen, &roots, &revealed);
    let mut again = frozen.text(&roots);
    again.push_str(&results(&frozen, &revealed, &outcome));
    differs(&again, text)?;
    let dropped = revealed.parts.into_iter().filter_map(|part| match part {
        Part::Dropped { body, why } => Some((body, why)),
        Part::Revealed { .. } => None,
    });
    let (subjects, officers) = (frozen.subjects.len(), frozen.officers.len());
    Ok(Verified {
        draw: frozen.draw,
        roots,
        subjects,
        officers,
        dropped: dropped.collect(),
        outcome,
    })
}

fn check_parts(frozen: &Frozen, revealed: &Revealed) -> Result<(), Fault> {
    let (office, committed) = &frozen.office;
    if commitment(frozen.algorithm, office, &revealed.office_nonce) != *committed {
        return Err(Fault::Commitment { body: office.clone() });
    }
    let mut bodies = Vec::new();
    for part in &revealed.parts {
        match part {
            Part::Revealed { body, commitment: committed, nonce } => {
                if commitment(frozen.algorithm, body, nonce) != *committed {
                    return Err(Fault::Commitment { body: body.clone() });
                }
                bodies.push(body);
            }
            Part::Dropped { body, .. } => bodies.push(body),
        }
    }
    if frozen.bodies.iter().eq(bodies) { Ok(()) } else { Err(Fault::Parts) }
}

fn differs(again: &str, text: &str) -> Result<(), Fault> {
    if again == text {
        return Ok(());
    }
    let (mut expected, mut found) = (again.lines(), text.lines());
    for line in 1.. {
        let pair = (expected.next(), found.next());
        if pair.0 != pair.1 || pair.0.is_none() {
            let [expected, found] =
                [pair.0, pair.1].map(|line| line.unwrap_or_default().chars().take(200).collect());
            return Err(Fault::Differs { line, expected, found });
        }
    }
    Ok(())
}

fn frozen(reader: &mut Reader<'_>) -> Result<Frozen, Fault> {
    let head = reader.take("xiezhi-draw", 1)?;
    if head[0] != "1" {
        return Err(reader.fault("version 1"));
    }
    let draw = reader.take("draw", 1)?[0].to_owned();
    let word = reader.take("algorithm", 1)?[0];
    let algorithm = Algorithm::parse(word).ok_or_else(|| reader.fault("SHA-256 or SM3"))?;
    let office = reader.take("office", 2)?;
    let office = (office[0].to_owned(), office[1].to_owned());
    let mut bodies = Vec::new();
    while reader.is("body") {
        bodies.push(reader.take("body", 1)?[0].to_owned());
    }
    let deadlines = reader.take("deadlines", 2)?;
    let deadlines = (deadlines[0].to_owned(), deadlines[1].to_owned());
    let public = reader.take("public-source", 2)?;
    let public = (public[0].to_owned(), public[1].to_owned());
    let mut pools = Vec::new();
    while reader.is("pool") {
        let parts = reader.take("pool", 5)?;
        let winners = parts[4].parse().map_err(|_| reader.fault("how many win"))?;
        let [body, item, matter] = [parts[1], parts[2], parts[3]].map(str::to_owned);
        pools.push(Pool { body, item, matter, winners });
    }
    let (subjects, officers) = lists(reader)?;
    Ok(Frozen { draw, algorithm, office, bodies, deadlines, public, pools, subjects, officers })
}

fn lists(reader: &mut Reader<'_>) -> Result<(Vec<Subject>, Vec<Officer>), Fault> {
    let mut sets: BTreeMap<&str, Arc<[usize]>> = BTreeMap::new();
    let mut subjects = Vec::new();
    while reader.is("subject") {
        let parts = reader.take("subject", 3)?;
        let weight = parts[1].parse().ok().filter(|weight| *weight <= 64);
        let weight = weight.ok_or_else(|| reader.fault("a weight of at most 64"))?;
        let pools = match sets.get(parts[2]) {
            Some(pools) => Arc::clone(pools),
            None => {
                let numbers = parts[2].split(',').filter(|text| !text.is_empty());
                let pools: Result<Arc<[usize]>, _> = numbers.map(str::parse).collect();
                let pools = pools.map_err(|_| reader.fault("positions of pools"))?;
                sets.insert(parts[2], Arc::clone(&pools));
                pools
            }
        };
        subjects.push(Subject { id: parts[0].to_owned(), weight, pools });
    }
    let mut officers = Vec::new();
    while reader.is("officer") {
        let parts = reader.take("officer", 2)?;
        let [body, certificate_no] = [parts[0], parts[1]].map(str::to_owned);
        officers.push(Officer { body, certificate_no });
    }
    Ok((subjects, officers))
}

fn revealed(reader: &mut Reader<'_>) -> Result<Revealed, Fault> {
    let mut parts = Vec::new();
    loop {
        if reader.is("revealed") {
            let found = reader.take("revealed", 3)?;
            let [body, commitment, nonce] = [found[0], found[1], found[2]].map(str::to_owned);
            parts.push(Part::Revealed { body, commitment, nonce });
        } else if reader.is("dropped") {
            let found = reader.take("dropped", 2)?;
            let [body, why] = [found[0], found[1]].map(str::to_owned);
            parts.push(Part::Dropped { body, why });
        } else {
            break;
        }
    }
    let public_value = reader.take("public", 1)?[0].to_owned();
    let office_nonce = reader.take("office-nonce", 1)?[0].to_owned();
    Ok(Revealed { parts, public_value, office_nonce })
}

/// Lines with their parts.
struct Reader<'a> {
    lines: Lines<'a>,
    next: Option<&'a str>,
    /// Of `next`, counted from 1.
    line: usize,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        let mut lines = text.lines();
        let next = lines.next();
        Self { lines, next, line: 1 }
    }

    /// Whether the next line is of this kind.
    fn is(&self, kind: &str) -> bool {
        self.next.and_then(|line| line.split('\t').next()) == Some(kind)
    }

    /// The parts of the next line, which must be of this kind and have so many.
    fn take(&mut self, kind: &'static str, parts: usize) -> Result<Vec<&'a str>, Fault> {
        let malformed = Fault::Malformed { line: self.line, expected: kind };
        let mut found = self.next.ok_or_else(|| malformed.clone())?.split('\t');
        if found.next() != Some(kind) {
            return Err(malformed);
        }
        let found: Vec<&str> = found.collect();
        if found.len() != parts {
            return Err(malformed);
        }
        self.next = self.lines.next();
        self.line += 1;
        Ok(found)
    }

    /// What is wrong with the line that was taken last.
    fn fault(&self, expected: &'static str) -> Fault {
        Fault::Malformed { line: self.line - 1, expected }
    }
}

impl Verified {
    /// The roots as they were published: subjects, officers, rules.
    pub fn published(&self) -> [String; 3] {
        [&self.roots.subjects, &self.roots.officers, &self.roots.rules].map(hex)
    }
}
