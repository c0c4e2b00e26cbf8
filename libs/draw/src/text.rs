//! The record of a draw as text: what is frozen first, then what came of it. One fact a line, its
//! parts separated by tabs.

use std::{fmt::Write as _, sync::Arc};

use crate::{
    hash::{Algorithm, Hash, hex, merkle_root},
    select::Outcome,
};

/// Everything that is fixed before the seed can exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// Name of the draw.
    pub draw: String,
    /// The hash it uses.
    pub algorithm: Algorithm,
    /// The coordinating office, and its commitment.
    pub office: (String, String),
    /// The bodies that may commit to a nonce, in their order.
    pub bodies: Vec<String>,
    /// Until when they commit, and reveal; as text, RFC 3339.
    pub deadlines: (String, String),
    /// Which public value is taken, and when it appears.
    pub public: (String, String),
    /// What is drawn.
    pub pools: Vec<Pool>,
    /// Who may be drawn, by id.
    pub subjects: Vec<Subject>,
    /// Who may be sent, by body and certificate.
    pub officers: Vec<Officer>,
}

/// Some subjects of which a number is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The body that inspects.
    pub body: String,
    /// What it is drawn for: the item of a plan, with the tiers.
    pub item: String,
    /// The matter.
    pub matter: String,
    /// How many win.
    pub winners: usize,
}

/// One that may be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its id.
    pub id: String,
    /// How many hashes it has.
    pub weight: u32,
    /// Positions of the pools it is in, ascending. Subjects of a kind share them.
    pub pools: Arc<[usize]>,
}

/// One that may be sent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Officer {
    /// The body.
    pub body: String,
    /// The certificate.
    pub certificate_no: String,
}

/// What is published at the freeze.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roots {
    /// Merkle root of the subjects.
    pub subjects: Hash,
    /// Merkle root of the officers.
    pub officers: Hash,
    /// Hash of the rules.
    pub rules: Hash,
}

/// What was revealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revealed {
    /// Each body's part, in the order of the bodies.
    pub parts: Vec<Part>,
    /// The public value.
    pub public_value: String,
    /// The office's nonce.
    pub office_nonce: String,
}

/// One body's part in the seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// It revealed what it had committed to.
    Revealed {
        /// The body.
        body: String,
        /// Its commitment.
        commitment: String,
        /// Its nonce.
        nonce: String,
    },
    /// It did not, or too late.
    Dropped {
        /// The body.
        body: String,
        /// `NOT_COMMITTED` or `NOT_REVEALED`.
        why: String,
    },
}

/// Whether a text may stand in a record: no control character, so that no part can forge another.
pub fn is_plain(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}

impl Subject {
    fn line(&self) -> String {
        let pools: Vec<String> = self.pools.iter().map(usize::to_string).collect();
        format!("{}\t{}\t{}", self.id, self.weight, pools.join(","))
    }
}

impl Officer {
    fn line(&self) -> String {
        format!("{}\t{}", self.body, self.certificate_no)
    }
}

impl Frozen {
    /// Puts subjects, officers and bodies into the order of the record.
    pub fn sort(&mut self) {
        self.subjects.sort_unstable_by(|one, other| one.id.cmp(&other.id));
        self.officers.sort_unstable();
        self.bodies.sort_unstable();
    }

    /// The rules in their canonical form.
    pub fn rules(&self) -> String {
        let mut text = format!(
            "draw\t{}\nalgorithm\t{}\noffice\t{}\t{}\n",
            self.draw,
            self.algorithm.as_str(),
            self.office.0,
            self.office.1
        );
        for body in &self.bodies {
            line(&mut text, &["body", body]);
        }
        line(&mut text, &["deadlines", &self.deadlines.0, &self.deadlines.1]);
        line(&mut text, &["public-source", &self.public.0, &self.public.1]);
        for (at, pool) in self.pools.iter().enumerate() {
            let (at, winners) = (at.to_string(), pool.winners.to_string());
            line(&mut text, &["pool", &at, &pool.body, &pool.item, &pool.matter, &winners]);
        }
        text
    }

    /// What is published: the roots of the lists and the hash of the rules.
    pub fn roots(&self) -> Roots {
        Roots {
            subjects: merkle_root(self.algorithm, self.subjects.iter().map(Subject::line)),
            officers: merkle_root(self.algorithm, self.officers.iter().map(Officer::line)),
            rules: self.algorithm.hash(self.rules().as_bytes()),
        }
    }

    /// The first part of the record.
    pub fn text(&self, roots: &Roots) -> String {
        let mut text = String::from("xiezhi-draw\t1\n");
        text.push_str(&self.rules());
        for subject in &self.subjects {
            line(&mut text, &["subject", &subject.line()]);
        }
        for officer in &self.officers {
            line(&mut text, &["officer", &officer.line()]);
        }
        let Roots { subjects, officers, rules } = roots;
        line(&mut text, &["frozen", &hex(subjects), &hex(officers), &hex(rules)]);
        text
    }
}

/// The second part of the record: what was revealed and what came of it.
pub fn results(frozen: &Frozen, revealed: &Revealed, outcome: &Outcome) -> String {
    let mut text = String::new();
    for part in &revealed.parts {
        match part {
            Part::Revealed { body, commitment, nonce } => {
                line(&mut text, &["revealed", body, commitment, nonce]);
            }
            Part::Dropped { body, why } => line(&mut text, &["dropped", body, why]),
        }
    }
    line(&mut text, &["public", &revealed.public_value]);
    line(&mut text, &["office-nonce", &revealed.office_nonce]);
    line(&mut text, &["seed", &hex(&outcome.seed)]);
    for winner in &outcome.winners {
        let id = frozen.subjects.get(winner.subject).map_or("", |subject| subject.id.as_str());
        line(&mut text, &["winner", &winner.pool.to_string(), id]);
    }
    for ranking in &outcome.rankings {
        let officers = ranking.officers.join(",");
        line(&mut text, &["ranking", &ranking.subject, &ranking.body, &officers]);
    }
    text.push_str("end\n");
    text
}

fn line(text: &mut String, parts: &[&str]) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{}", parts.join("\t"));
}
