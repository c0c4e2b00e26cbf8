//! What a journal kept of a call, checked years later: without the network, without a clock, and
//! without believing whoever kept it.

use std::fmt;

use chrono::{DateTime, Utc};
use types::Workload;

use crate::{
    Refusal, SKEW_SECONDS, Trust,
    proof::{Claims, LONGEST_SECONDS, Presented},
    says_digest,
    wit::Verified,
};

/// A unary call as it was kept: the tokens of both sides, and what they are about.
#[derive(Clone, Copy)]
pub struct Kept<'a> {
    /// The caller's Workload Identity Token ([`crate::Attestation::wit`]).
    pub caller_wit: &'a str,
    /// The request's Workload Proof Token ([`crate::Attestation::wpt`]).
    pub caller_wpt: &'a str,
    /// SHA-256 of the request's protobuf bytes.
    pub request_digest: &'a [u8],
    /// The answerer's Workload Identity Token ([`crate::Answer::wit`]).
    pub answer_wit: &'a str,
    /// The answer's Workload Proof Token ([`crate::Answer::wpt`]).
    pub answer_wpt: &'a str,
    /// SHA-256 of the answer's protobuf bytes; empty when there was no message, as in an error.
    pub response_digest: &'a [u8],
    /// The gRPC status of the answer; 0 is OK.
    pub status: i32,
}

/// Tokens stay out of logs.
impl fmt::Debug for Kept<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Who called whom, what, and when, as both of them signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeptParties {
    /// Who called.
    pub caller: Workload,
    /// Who answered.
    pub answerer: Workload,
    /// The full method, `/package.Service/Method`.
    pub method: String,
    /// `exp` of the request's proof: the call was admitted before it, and at most a minute before.
    pub request_expires_at: DateTime<Utc>,
    /// `exp` of the answer's proof: the answer was signed at most a minute before it.
    pub answer_expires_at: DateTime<Utc>,
}

/// Whose tokens a fault is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The request's: the caller made them.
    Caller,
    /// The answer's: the callee made them.
    Answer,
}

/// What was kept does not prove what it should; the first fault found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Broken {
    /// Whose tokens are at fault.
    pub side: Side,
    /// What is wrong with them.
    pub refusal: Refusal,
}

impl Broken {
    /// The stable word, with its side: `CALLER_WIT_SIGNATURE`, `ANSWER_DIGEST_MISMATCH`.
    pub fn word(self) -> String {
        let side = match self.side {
            Side::Caller => "CALLER",
            Side::Answer => "ANSWER",
        };
        format!("{side}_{}", self.refusal.word())
    }

    fn caller(refusal: Refusal) -> Self {
        Self { side: Side::Caller, refusal }
    }

    fn answer(refusal: Refusal) -> Self {
        Self { side: Side::Answer, refusal }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = match self.side {
            Side::Caller => "the request is not proven",
            Side::Answer => "the answer is not proven",
        };
        write!(f, "{side}: {}", self.refusal)
    }
}

/// Checks what was kept of one call. Everything is checked that was checked when it was made, but
/// for three things: now (the tokens have expired; each proof must instead be of the time of its
/// identity token), revocation (a key revoked since was good then) and a `txn-token` (not kept).
///
/// `trust` must hold the issuer's keys of that time, those since rotated away included.
///
/// # Errors
/// [`Broken`]: which side's tokens fail first, and why.
pub fn verify_kept(trust: &Trust, kept: &Kept<'_>) -> Result<KeptParties, Broken> {
    let request = Signed::read(trust, kept.caller_wit, kept.caller_wpt).map_err(Broken::caller)?;
    let asked = request.claims().map_err(Broken::caller)?;
    check_message(&asked, Some(kept.request_digest)).map_err(Broken::caller)?;
    let request_expires_at = request.expires_at(&asked).map_err(Broken::caller)?;
    let jti = asked.jti().map_err(Broken::caller)?;
    let method = asked.method.as_ref().ok_or(Refusal::WPT_METHOD).map_err(Broken::caller)?;

    let answer = Signed::read(trust, kept.answer_wit, kept.answer_wpt).map_err(Broken::answer)?;
    let answered = answer.claims().map_err(Broken::answer)?;
    answered.check_audience(&request.sender.subject).map_err(Broken::answer)?;
    if !answered.answers(jti) {
        return Err(Broken::answer(Refusal::REQUEST));
    }
    let response_digest = Some(kept.response_digest).filter(|digest| !digest.is_empty());
    check_message(&answered, response_digest).map_err(Broken::answer)?;
    if answered.status != Some(kept.status) {
        return Err(Broken::answer(Refusal::STATUS));
    }
    let answer_expires_at = answer.expires_at(&answered).map_err(Broken::answer)?;
    answered.jti().map_err(Broken::answer)?;

    asked.check_audience(&answer.sender.subject).map_err(Broken::caller)?;
    Ok(KeptParties {
        caller: request.sender.workload.clone(),
        answerer: answer.sender.workload.clone(),
        method: method.to_string(),
        request_expires_at,
        answer_expires_at,
    })
}

/// The two tokens of one side, their signatures verified.
struct Signed {
    sender: Verified,
    payload: Vec<u8>,
}

impl Signed {
    fn read(trust: &Trust, wit: &str, wpt: &str) -> Result<Self, Refusal> {
        let presented = Presented::of(wit.as_bytes(), wpt.as_bytes())?;
        let sender = trust.verify_past(presented.wit)?;
        let payload = presented.open(&sender)?;
        Ok(Self { sender, payload })
    }

    /// What the proof says; it belongs to this WIT.
    fn claims(&self) -> Result<Claims<'_>, Refusal> {
        let claims = Claims::read(&self.payload)?;
        claims.check_wit_hash(&self.sender)?;
        Ok(claims)
    }

    /// `exp`, if a guard or a client can have admitted it: a WIT up to the skew before and after its
    /// time, and then a proof that was not past and at most a minute ahead.
    fn expires_at(&self, claims: &Claims<'_>) -> Result<DateTime<Utc>, Refusal> {
        let exp = claims.exp.ok_or(Refusal::WPT_EXPIRY_MISSING)?;
        let earliest = self.sender.valid_from.saturating_sub(SKEW_SECONDS);
        let latest = self.sender.exp.saturating_add(SKEW_SECONDS + LONGEST_SECONDS);
        DateTime::from_timestamp(exp, 0)
            .filter(|_| (earliest..=latest).contains(&exp))
            .ok_or(Refusal::WPT_OUTSIDE_WIT)
    }
}

/// `xiezhi/dig` is this digest, of one message and not of a stream; or there is none of either.
fn check_message(claims: &Claims<'_>, actual: Option<&[u8]>) -> Result<(), Refusal> {
    match (&claims.digest, actual) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(Refusal::DIGEST_MISSING),
        (Some(claimed), Some(actual)) => match <&[u8; 32]>::try_from(actual) {
            Ok(actual) if claims.count.is_none() && says_digest(claimed.as_str(), actual) => Ok(()),
            Ok(_) | Err(_) => Err(Refusal::DIGEST_MISMATCH),
        },
        (Some(_), None) => Err(Refusal::DIGEST_MISMATCH),
    }
}
