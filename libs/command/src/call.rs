//! Who calls, and what proves it: what every service asks of a request before anything else.

use auth::{Attestation, Caller};
use chrono::{DateTime, Utc};
use tonic::Request;
use types::AgencyCode;

use crate::Command;

/// A call of an agency.
#[derive(Clone, Debug)]
pub struct Call {
    /// The body that calls.
    pub agency: AgencyCode,
    /// Its proof.
    pub attestation: Attestation,
}

impl Call {
    /// The call that `request` is; `None` when no agency makes it, or none that is proven.
    pub fn of<T>(request: &Request<T>) -> Option<Self> {
        let agency = Caller::of(request)?.agency()?;
        Some(Self { agency, attestation: Attestation::of(request)?.clone() })
    }

    /// The call as a command: `method` is the RPC, `now` by the clock of the law.
    pub fn command(self, request_id: String, method: &'static str, now: DateTime<Utc>) -> Command {
        let caller = self.agency.as_str().to_owned();
        Command { caller, attestation: self.attestation, request_id, method, now }
    }
}
