//! The chain of custody of an item: events that are only added, each bound to the one before it.

pub mod rule;

use std::fmt;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};
use types::AgencyCode;

use super::{item::Custody, refusal::Law, word::CustodyKind};

/// SHA-256.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Digest(pub [u8; 32]);

/// What somebody says happened; the rest of an event follows from the item.
#[derive(Clone, Debug)]
pub struct Said {
    /// What happened.
    pub kind: CustodyKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub agency: AgencyCode,
    /// For whom: certificate number.
    pub officer: String,
    /// Where.
    pub place: String,
    /// Why.
    pub reason: String,
    /// Certificate number of who approved it; empty when nobody had to.
    pub approved_by: String,
    /// The hand-over; empty when none.
    pub hand_over: String,
    /// Contents that show it.
    pub contents: Vec<String>,
    /// The rule that asks for something, when one does.
    pub law: Option<Law>,
    /// The defect that is cured; empty otherwise.
    pub defect: String,
    /// To whom it was returned; empty otherwise.
    pub recipient: String,
}

impl Said {
    /// The least that is said of every event.
    pub fn new(kind: CustodyKind, at: DateTime<Utc>, agency: &AgencyCode, officer: &str) -> Self {
        Self {
            kind,
            at,
            agency: agency.clone(),
            officer: officer.to_owned(),
            place: String::new(),
            reason: String::new(),
            approved_by: String::new(),
            hand_over: String::new(),
            contents: Vec::new(),
            law: None,
            defect: String::new(),
            recipient: String::new(),
        }
    }
}

/// One link of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustodyEvent {
    /// Its number, from 1.
    pub sequence: i32,
    /// What happened.
    pub kind: CustodyKind,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub agency: AgencyCode,
    /// For whom.
    pub officer: String,
    /// Where.
    pub place: String,
    /// Why.
    pub reason: String,
    /// Who approved it.
    pub approved_by: String,
    /// Who holds the item after it.
    pub holder: AgencyCode,
    /// Who keeps it there after it.
    pub custodian: String,
    /// The body that keeps it for the holder after it; empty when the holder does.
    pub kept_by: String,
    /// Where it is after it.
    pub storage_place: String,
    /// The seal on it after it.
    pub seal_no: String,
    /// The hand-over.
    pub hand_over: String,
    /// Contents that show it.
    pub contents: Vec<String>,
    /// Id of the rule that asks for something; empty when none does.
    pub rule: String,
    /// Its article.
    pub basis: String,
    /// The defect that is cured.
    pub defect: String,
    /// To whom the item was returned.
    pub recipient: String,
    /// SHA-256 over the digest before it and [`CustodyEvent::canonical`].
    pub digest: Digest,
}

impl CustodyEvent {
    /// The event that follows on a chain that stands as `custody` says.
    pub(super) fn after(item: &str, custody: &Custody, said: Said) -> Self {
        let law = said.law.map_or((String::new(), String::new()), |law| {
            (law.rule.to_owned(), law.basis.to_owned())
        });
        let mut event = Self {
            sequence: custody.events + 1,
            kind: said.kind,
            at: if custody.events == 0 { said.at } else { said.at.max(custody.last_at) },
            agency: said.agency,
            officer: said.officer,
            place: said.place,
            reason: said.reason,
            approved_by: said.approved_by,
            holder: custody.holder.clone(),
            custodian: custody.custodian.clone(),
            kept_by: custody.kept_by.as_ref().map(ToString::to_string).unwrap_or_default(),
            storage_place: custody.storage_place.clone(),
            seal_no: custody.seal_no.clone(),
            hand_over: said.hand_over,
            contents: said.contents,
            rule: law.0,
            basis: law.1,
            defect: said.defect,
            recipient: said.recipient,
            digest: Digest::START,
        };
        let before = if custody.events == 0 { Digest::of_start(item) } else { custody.last_digest };
        event.digest = event.digest_after(before);
        event
    }

    /// What is hashed of an event: each field as the number of its bytes (8 bytes, big-endian) and
    /// its bytes, in the order below. Numbers are decimal, the time is microseconds since 1970, the
    /// kind is its word, and the contents are preceded by their number.
    pub fn canonical(&self) -> Vec<u8> {
        let (sequence, at) = (self.sequence.to_string(), self.at.timestamp_micros().to_string());
        let count = self.contents.len().to_string();
        let head: [&str; 17] = [
            &sequence,
            self.kind.as_str(),
            &at,
            self.agency.as_str(),
            &self.officer,
            &self.place,
            &self.reason,
            &self.approved_by,
            self.holder.as_str(),
            &self.custodian,
            &self.kept_by,
            &self.storage_place,
            &self.seal_no,
            &self.hand_over,
            &self.rule,
            &self.basis,
            &self.defect,
        ];
        let tail = [self.recipient.as_str(), &count];
        let contents = self.contents.iter().map(String::as_str);
        let mut bytes = Vec::new();
        for field in head.into_iter().chain(tail).chain(contents) {
            bytes.extend((field.len() as u64).to_be_bytes());
            bytes.extend(field.as_bytes());
        }
        bytes
    }

    fn digest_after(&self, before: Digest) -> Digest {
        let hash = Sha256::new().chain_update(before.0).chain_update(self.canonical());
        Digest(hash.finalize().into())
    }
}

/// Checks a whole chain of the item called `item`, oldest first, against what the item says of it.
///
/// # Errors
/// The number of the first event that is altered, missing or out of place.
pub fn verify_chain(item: &str, custody: &Custody, events: &[CustodyEvent]) -> Result<(), i32> {
    let (mut before, mut at) = (Digest::of_start(item), None);
    for (number, event) in (1..).zip(events) {
        let ordered = at.is_none_or(|last| last <= event.at);
        if event.sequence != number || !ordered || event.digest != event.digest_after(before) {
            return Err(number);
        }
        (before, at) = (event.digest, Some(event.at));
    }
    let length = i32::try_from(events.len()).unwrap_or(i32::MAX);
    let last = events.last().map(|event| (&event.holder, &event.custodian, &event.seal_no));
    let now = (&custody.holder, &custody.custodian, &custody.seal_no);
    if length == custody.events && before == custody.last_digest && last == Some(now) {
        Ok(())
    } else {
        Err(length + 1)
    }
}

impl Digest {
    /// Stands where no digest is yet.
    pub const START: Self = Self([0; 32]);

    /// What the first event of an item is bound to: SHA-256 of the item's name, so that a chain
    /// cannot be given to another item.
    fn of_start(item: &str) -> Self {
        Self(Sha256::digest(item.as_bytes()).into())
    }

    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 || digits.iter().any(|d| !matches!(d, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

/// 64 hexadecimal digits.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
