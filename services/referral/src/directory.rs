//! The bodies and officers of identity, in the words of this service's rules.

use std::sync::{Arc, PoisonError, RwLock};

use auth::Signed;
use chrono::NaiveDate;
use directory::{Agencies, Unknown};
use proto::identity::v1::{Position as PbPosition, identity_service_client::IdentityServiceClient};
use types::AgencyCode;

use crate::{
    domain::{
        act::Position,
        body::{Body, Directory},
    },
    error::Error,
};

/// The service's view of identity.
#[derive(Clone, Debug)]
pub(crate) struct Identity {
    directory: directory::Directory,
    /// The bodies as the rules want them, and what they were made of.
    bodies: Arc<RwLock<(Arc<Agencies>, Arc<Directory>)>>,
}

impl Identity {
    pub(crate) fn new(client: IdentityServiceClient<Signed>) -> Self {
        Self { directory: directory::Directory::new(client), bodies: Arc::default() }
    }

    /// The bodies as last fetched.
    pub(crate) fn bodies(&self) -> Arc<Directory> {
        let agencies = self.directory.agencies();
        if let (made_of, bodies) = &*self.bodies.read().unwrap_or_else(PoisonError::into_inner)
            && Arc::ptr_eq(made_of, &agencies)
        {
            return Arc::clone(bodies);
        }
        let bodies = Arc::new(translated(&agencies));
        let made = (agencies, Arc::clone(&bodies));
        *self.bodies.write().unwrap_or_else(PoisonError::into_inner) = made;
        bodies
    }

    /// Fetches the bodies if `body` is not among them: it may have been imported a moment ago.
    pub(crate) async fn know(&self, body: &AgencyCode) -> Result<(), Error> {
        Ok(self.directory.know(body).await?)
    }

    /// Fetches the bodies.
    pub(crate) async fn refresh(&self) -> Result<(), Error> {
        Ok(self.directory.refresh().await?)
    }

    /// What each officer is; every certificate that does not hold that day is named, under `field`.
    pub(crate) async fn positions(
        &self,
        agency: &AgencyCode,
        day: NaiveDate,
        officers: &[(String, String)],
    ) -> Result<Vec<Position>, Error> {
        let positions = self.directory.positions(agency, day, officers).await?;
        positions.into_iter().map(position).collect()
    }
}

fn translated(agencies: &Agencies) -> Directory {
    let bodies = agencies.iter().map(|(code, agency)| {
        let body = Body {
            kind: agency.kind.clone(),
            superior: AgencyCode::parse(&agency.superior),
            region: agency.region_code.clone(),
            penalty_power: agency.has_penalty_power,
            justice_role: agency.justice_role.clone(),
        };
        (code.clone(), body)
    });
    Directory(bodies.collect())
}

fn position(of: PbPosition) -> Result<Position, Error> {
    match of {
        PbPosition::EnforcementOfficer => Ok(Position::EnforcementOfficer),
        PbPosition::DeputyHead => Ok(Position::DeputyHead),
        PbPosition::PrincipalHead => Ok(Position::PrincipalHead),
        PbPosition::ActingHead => Ok(Position::ActingHead),
        PbPosition::ChiefProcurator => Ok(Position::ChiefProcurator),
        PbPosition::Unspecified => Err(Error::Corrupt("position")),
    }
}

impl From<Unknown> for Error {
    fn from(unknown: Unknown) -> Self {
        match unknown {
            Unknown::Fields(violations) => Self::Fields(violations),
            Unknown::Away(status) => Self::Directory(status),
        }
    }
}
