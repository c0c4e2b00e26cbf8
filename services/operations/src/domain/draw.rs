//! The public draw (双随机): who may do what when, so that nobody can choose who is drawn.

mod list;
#[cfg(test)]
mod tests;

use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use types::AgencyCode;

use super::{law, refusal::Refusal, word::DrawState};

pub use list::{Listed, Rated, drawn, list, passed_over};

/// The source whose value this service reads itself: the root of the log's checkpoint.
pub const LOG: &str = "TRANSPARENCY_LOG";

/// A draw. The office's nonce and the seed are not in it before it is opened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// draws/{uuid}.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// The coordinating office.
    pub office: AgencyCode,
    /// Its commitment.
    pub office_commitment: String,
    /// The bodies that take part, in the order of their codes.
    pub parts: Vec<Part>,
    /// Names of the plans.
    pub plans: Vec<String>,
    /// Where it is.
    pub state: DrawState,
    /// SHA-256 or SM3.
    pub algorithm: String,
    /// Merkle root of the subjects.
    pub subjects_root: String,
    /// How many there are.
    pub subject_count: u64,
    /// Merkle root of the officers.
    pub officers_root: String,
    /// How many there are.
    pub officer_count: u64,
    /// Hash of the rules.
    pub rules_hash: String,
    /// Until when bodies commit.
    pub commit_deadline: DateTime<Utc>,
    /// Until when they reveal.
    pub reveal_deadline: DateTime<Utc>,
    /// Which public value is taken.
    pub public_source: String,
    /// When it appears.
    pub public_at: DateTime<Utc>,
    /// The value; empty until the draw is run.
    pub public_value: String,
    /// How many won.
    pub winner_count: u64,
    /// Why it is void.
    pub void_reason: String,
    /// Whose fault that is.
    pub void_by: String,
    /// When the lists were frozen.
    pub created_at: DateTime<Utc>,
    /// The office's nonce; empty until the draw is opened.
    pub office_nonce: String,
    /// The seed; empty until then.
    pub seed: String,
    /// Counts the changes, from 1.
    pub version: i32,
}

/// One body's part in the randomness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The body.
    pub agency: AgencyCode,
    /// Hash of its nonce; empty until it commits.
    pub commitment: String,
    /// Its nonce; empty until it reveals.
    pub nonce: String,
    /// When it committed.
    pub committed_at: Option<DateTime<Utc>>,
    /// When it revealed.
    pub revealed_at: Option<DateTime<Utc>>,
    /// Left out of the seed, and named.
    pub dropped: bool,
}

impl Part {
    /// A body that has done nothing yet.
    pub fn of(agency: AgencyCode) -> Self {
        Self {
            agency,
            commitment: String::new(),
            nonce: String::new(),
            committed_at: None,
            revealed_at: None,
            dropped: false,
        }
    }
}

/// Whether a text can be a nonce: enough of it, and nothing that could forge a record.
pub fn is_nonce(text: &str) -> bool {
    (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Whether a text can be a commitment: a digest in lower-case hexadecimal digits.
pub fn is_commitment(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

impl Draw {
    fn wrong_state(&self, act: &'static str) -> Refusal {
        Refusal::WrongState { act, state: self.state.as_str(), law: law::O_08 }
    }

    /// The position of a body's part.
    fn part(&self, agency: &AgencyCode, act: &'static str) -> Result<usize, Refusal> {
        let at = self.parts.iter().position(|part| part.agency == *agency);
        let whose = || "the bodies that take part".to_owned();
        at.ok_or_else(|| Refusal::NotYours { act, whose: whose(), law: law::O_08 })
    }

    /// A body commits to its nonce.
    ///
    /// # Errors
    /// It does not take part, has committed already, or is late.
    pub fn commit(
        mut self,
        agency: &AgencyCode,
        commitment: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let act = "committing to a nonce";
        if self.state != DrawState::Frozen {
            return Err(self.wrong_state(act));
        }
        let at = self.part(agency, act)?;
        if now >= self.commit_deadline {
            let what = format!("commitments were due by {}", self.commit_deadline.to_rfc3339());
            return Err(Refusal::broken(law::O_08, what, "承诺期限已过"));
        }
        if self.parts[at].committed_at.is_some() {
            let what = format!("{agency} has committed: a commitment is not replaced");
            return Err(Refusal::broken(law::O_08, what, "承诺不得更换"));
        }
        // Two equal commitments cannot come of two bodies: the code of the body is hashed with it.
        commitment.clone_into(&mut self.parts[at].commitment);
        self.parts[at].committed_at = Some(now);
        if self.parts.iter().all(|part| part.committed_at.is_some()) {
            self.state = DrawState::Revealing;
        }
        self.version += 1;
        Ok(self)
    }

    /// A body reveals its nonce. One that does not match its commitment makes the draw void.
    ///
    /// # Errors
    /// Others may still commit, it has not committed or has revealed, or is late.
    pub fn reveal(
        mut self,
        agency: &AgencyCode,
        nonce: &str,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let act = "revealing a nonce";
        let begun = match self.state {
            DrawState::Revealing => true,
            DrawState::Frozen => now >= self.commit_deadline,
            DrawState::Drawn | DrawState::Opened | DrawState::Void => false,
        };
        if !begun {
            return Err(self.wrong_state(act));
        }
        let at = self.part(agency, act)?;
        if now >= self.reveal_deadline {
            let what = format!("nonces were due by {}", self.reveal_deadline.to_rfc3339());
            return Err(Refusal::broken(law::O_08, what, "揭示期限已过"));
        }
        if self.parts[at].committed_at.is_none() {
            let what = format!("{agency} has not committed to a nonce");
            return Err(Refusal::broken(law::O_08, what, "该机关未作承诺"));
        }
        if self.parts[at].revealed_at.is_some() {
            let what = format!("{agency} has revealed its nonce");
            return Err(Refusal::broken(law::O_08, what, "该机关已经揭示"));
        }
        if self.commitment_of(agency.as_str(), nonce) != self.parts[at].commitment {
            let why = format!("{agency} revealed a nonce that does not match its commitment");
            return Ok(self.void(why, agency.as_str()));
        }
        nonce.clone_into(&mut self.parts[at].nonce);
        self.parts[at].revealed_at = Some(now);
        self.state = DrawState::Revealing;
        self.version += 1;
        Ok(self)
    }

    /// That the draw can be run now: the public value has appeared, and nobody can still reveal.
    ///
    /// # Errors
    /// It is too early, or the draw is over.
    pub fn runnable(&self, now: DateTime<Utc>) -> Result<(), Refusal> {
        match self.state {
            DrawState::Frozen | DrawState::Revealing => {}
            DrawState::Drawn | DrawState::Opened | DrawState::Void => {
                return Err(self.wrong_state("running the draw"));
            }
        }
        let early = [
            (self.reveal_deadline, "bodies may reveal until"),
            (self.public_at, "the public value appears at"),
        ];
        match early.into_iter().find(|(at, _)| now < *at) {
            None => Ok(()),
            Some((at, what)) => {
                let what = format!("{what} {}", at.to_rfc3339());
                Err(Refusal::broken(law::O_08, what, "公开值尚未产生，不得抽取"))
            }
        }
    }

    /// What `body` committed to if its nonce is this one.
    pub fn commitment_of(&self, body: &str, nonce: &str) -> String {
        ::draw::commitment(self.algorithm(), body, nonce)
    }

    /// The hash it uses.
    pub fn algorithm(&self) -> ::draw::Algorithm {
        ::draw::Algorithm::parse(&self.algorithm).unwrap_or(::draw::Algorithm::Sha256)
    }

    /// Drops the bodies that did not reveal, and gives what was revealed.
    pub fn close_parts(&mut self, public_value: &str, office_nonce: &str) -> ::draw::Revealed {
        let mut parts = Vec::new();
        for part in &mut self.parts {
            let body = part.agency.as_str().to_owned();
            part.dropped = part.revealed_at.is_none();
            parts.push(if part.dropped {
                let why =
                    if part.committed_at.is_none() { "NOT_COMMITTED" } else { "NOT_REVEALED" };
                ::draw::Part::Dropped { body, why: why.to_owned() }
            } else {
                let (commitment, nonce) = (part.commitment.clone(), part.nonce.clone());
                ::draw::Part::Revealed { body, commitment, nonce }
            });
        }
        ::draw::Revealed {
            parts,
            public_value: public_value.to_owned(),
            office_nonce: office_nonce.to_owned(),
        }
    }

    /// Makes the draw void.
    #[must_use]
    pub fn void(mut self, why: String, by: &str) -> Self {
        self.state = DrawState::Void;
        self.void_reason = why;
        by.clone_into(&mut self.void_by);
        self.version += 1;
        self
    }

    /// That `agency` may make the draw void at `now` by the fault of `by`: nobody was drawn yet. The office
    /// may; and a body that takes part, when the office has not run the draw for `run_hours` after the
    /// public value was known.
    ///
    /// # Errors
    /// It was drawn, or is void; it is another body's to say, or too early; or somebody else is blamed for
    /// a draw that the office could have run.
    pub fn voidable(
        &self,
        (agency, by): (&AgencyCode, &AgencyCode),
        run_hours: u32,
        now: DateTime<Utc>,
    ) -> Result<(), Refusal> {
        let act = "making the draw void";
        let overdue = now >= self.public_at + Duration::hours(i64::from(run_hours));
        if *agency != self.office && !(overdue && self.part(agency, act).is_ok()) {
            let whose = format!(
                "the office {}, or a body of the draw {run_hours} hours after its public value",
                self.office
            );
            return Err(Refusal::NotYours { act, whose, law: law::O_08 });
        }
        match self.state {
            DrawState::Frozen | DrawState::Revealing => {}
            DrawState::Drawn | DrawState::Opened | DrawState::Void => {
                return Err(self.wrong_state(act));
            }
        }
        // Who knows the public value and the office's nonce can compute who would be drawn, and withhold
        // the nonce for it: then it is missing by the fault of the office, whoever says so.
        if now >= self.public_at && *by != self.office {
            let what = format!(
                "the public value is known, and {} has not run the draw: it is void by its fault",
                self.office
            );
            return Err(Refusal::broken(
                law::O_08,
                what,
                "公开值已经产生而未抽取的，由组织机关负责",
            ));
        }
        Ok(())
    }

    /// Opens the draw: from now on anybody can replay it. `ahead` counts its checks that may still
    /// lead to a visit.
    ///
    /// # Errors
    /// It is not drawn, or enterprises would learn that they will be inspected.
    pub fn open(mut self, (nonce, seed): (String, String), ahead: u64) -> Result<Self, Refusal> {
        if self.state != DrawState::Drawn {
            return Err(self.wrong_state("opening the draw"));
        }
        if ahead > 0 {
            let what = format!("{ahead} checks of the draw are not done yet");
            return Err(Refusal::broken(law::O_08, what, "检查尚未完成，不得公开"));
        }
        self.state = DrawState::Opened;
        self.office_nonce = nonce;
        self.seed = seed;
        self.version += 1;
        Ok(self)
    }
}
