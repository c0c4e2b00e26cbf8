//! Everything a service's guard needs, and the checks of a request in the order of `MUTUAL_JWT.md`.

use std::sync::Arc;

use clock::Clock;
use http::HeaderMap;

use crate::{
    Credentials, Refusal, Replay, Revocations, Shape, Trust, from_base64url,
    proof::{Claims, Presented, txn_token},
    wit::Verified,
};

/// One's own credentials, whom one trusts, who is revoked, what was seen; a cheap handle. All
/// guards of one process share one, so that a proof is used once in all of them.
#[derive(Clone, Debug)]
pub struct Gate {
    pub(crate) credentials: Credentials,
    trust: Trust,
    revocations: Revocations,
    replay: Arc<Replay>,
    clock: Clock,
}

/// A request that passed checks 1 to 3.
pub(crate) struct Identified {
    pub(crate) sender: Arc<Verified>,
    pub(crate) wpt: String,
    pub(crate) jti: String,
    expires_at: i64,
    digest: Option<Vec<u8>>,
}

impl Gate {
    /// A gate with the default memory for replays.
    pub fn new(
        credentials: Credentials,
        trust: Trust,
        revocations: Revocations,
        clock: Clock,
    ) -> Self {
        Self { credentials, trust, revocations, replay: Arc::default(), clock }
    }

    /// The same gate with another memory for replays.
    #[must_use]
    pub fn with_replay(self, replay: Arc<Replay>) -> Self {
        Self { replay, ..self }
    }

    /// The memory of used proofs, also for the `jti` of assertions.
    pub fn replay(&self) -> &Replay {
        &self.replay
    }

    /// Unix seconds.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now().timestamp()
    }

    /// Checks 1, 2 and 3: the tokens, without the message.
    pub(crate) fn identify(
        &self,
        headers: &HeaderMap,
        method: &str,
        now: i64,
    ) -> Result<Identified, Refusal> {
        let presented = Presented::read(headers)?;

        let sender = self.trust.verify(presented.wit, now)?;
        if self.revocations.contains(&sender.thumbprint) {
            return Err(Refusal::WIT_REVOKED);
        }

        let payload = presented.open(&sender)?;
        let claims = Claims::read(&payload)?;
        let expires_at = claims.check(&sender, self.credentials.identifier(), now)?;
        claims.check_method(method)?;
        claims.check_txn_token(txn_token(headers)?)?;

        Ok(Identified {
            wpt: presented.wpt.to_owned(),
            jti: claims.jti()?.to_owned(),
            expires_at,
            digest: claims
                .digest
                .as_ref()
                .map(|claim| from_base64url(claim.as_str()).unwrap_or_default()),
            sender,
        })
    }

    /// Check 4: the proof was not used before.
    pub(crate) fn admit(&self, call: &Identified, now: i64) -> Result<(), Refusal> {
        self.replay.admit(&call.sender.subject, &call.jti, call.expires_at, now)
    }
}

impl Identified {
    /// The first half of check 5, which needs no message: what is one message is signed, what is a
    /// stream of them is not.
    pub(crate) fn check_digest_claimed(&self, shape: Shape) -> Result<(), Refusal> {
        match (shape, &self.digest) {
            (Shape::Unary | Shape::ServerStream, Some(_)) | (Shape::ClientStream, None) => Ok(()),
            (Shape::Unary | Shape::ServerStream, None) => Err(Refusal::DIGEST_MISSING),
            (Shape::ClientStream, Some(_)) => Err(Refusal::DIGEST_UNEXPECTED),
        }
    }

    /// Check 5: the message is the one that was signed.
    pub(crate) fn check_digest(&self, actual: &[u8; 32]) -> Result<(), Refusal> {
        let claimed = self.digest.as_deref().ok_or(Refusal::DIGEST_MISSING)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(claimed, actual)
            .map_err(|_| Refusal::DIGEST_MISMATCH)
    }
}
