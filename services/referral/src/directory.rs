//! What this service knows of identity: the bodies, and whether an officer's certificate holds.
//!
//! Both are copies that age by seconds at most; identity decides.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use auth::Signed;
use chrono::NaiveDate;
use proto::identity::v1::{
    self as pb, OfficerStanding, Position as PbPosition,
    identity_service_client::IdentityServiceClient,
};
use quick_cache::sync::Cache;
use server::Violations;
use types::AgencyCode;

use crate::{
    domain::{
        act::Position,
        body::{Body, Directory},
    },
    error::Error,
};

/// How long an answer about a certificate is believed; a revoked one ends within it.
const BELIEVED: Duration = Duration::from_secs(4);
/// The most certificates remembered.
const REMEMBERED: usize = 10_000;

/// Whose officer, on which day, by which certificate.
type Question = (AgencyCode, NaiveDate, String);

/// The service's view of identity.
#[derive(Clone)]
pub(crate) struct Identity {
    client: IdentityServiceClient<Signed>,
    bodies: Arc<RwLock<Arc<Directory>>>,
    officers: Arc<Cache<Question, (Instant, Position)>>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

impl Identity {
    pub(crate) fn new(client: IdentityServiceClient<Signed>) -> Self {
        Self { client, bodies: Arc::default(), officers: Arc::new(Cache::new(REMEMBERED)) }
    }

    /// The bodies as last fetched.
    pub(crate) fn bodies(&self) -> Arc<Directory> {
        Arc::clone(&self.bodies.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Fetches the bodies if `body` is not among them: it may have been imported a moment ago.
    pub(crate) async fn know(&self, body: &AgencyCode) -> Result<(), Error> {
        match self.bodies().get(body) {
            Some(_) => Ok(()),
            None => self.refresh().await,
        }
    }

    /// Fetches the bodies.
    pub(crate) async fn refresh(&self) -> Result<(), Error> {
        let (mut directory, mut page_token) = (Directory::default(), String::new());
        loop {
            let request = pb::ListAgenciesRequest { page_size: 1000, page_token };
            let page = self.client.clone().list_agencies(request).await.map_err(away)?;
            let page = page.into_inner();
            let rows = page.agencies.into_iter().filter_map(|agency| {
                let code = AgencyCode::parse(&agency.code)?;
                let body = Body {
                    kind: agency.kind,
                    superior: AgencyCode::parse(&agency.superior),
                    region: agency.region_code,
                    penalty_power: agency.has_penalty_power,
                    justice_role: agency.justice_role,
                };
                Some((code, body))
            });
            directory.0.extend(rows);
            if page.next_page_token.is_empty() {
                break;
            }
            page_token = page.next_page_token;
        }
        *self.bodies.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
        Ok(())
    }

    /// What each officer is; every certificate that does not hold that day is named, under `field`.
    pub(crate) async fn positions(
        &self,
        agency: &AgencyCode,
        day: NaiveDate,
        officers: &[(String, String)],
    ) -> Result<Vec<Position>, Error> {
        // Identity would refuse the whole question for one number that cannot be one.
        let mut fields = server::Fields::default();
        for (field, certificate) in officers {
            fields.check(is_number(certificate), field, "is no certificate number");
        }
        fields.done()?;
        let known = |certificate: &str| {
            let (since, position) =
                self.officers.get(&(agency.clone(), day, certificate.to_owned()))?;
            (since.elapsed() < BELIEVED).then_some(position)
        };
        let all: Option<Vec<Position>> =
            officers.iter().map(|(_, certificate)| known(certificate)).collect();
        if let Some(positions) = all {
            return Ok(positions);
        }
        let request = pb::CheckOfficersRequest {
            agency: agency.as_str().to_owned(),
            on_date: day.to_string(),
            certificate_nos: officers.iter().map(|(_, certificate)| certificate.clone()).collect(),
        };
        let answer = self.client.clone().check_officers(request).await.map_err(away)?;
        let mut positions = Vec::new();
        let mut fields = server::Fields::default();
        for ((field, certificate), check) in officers.iter().zip(answer.into_inner().checks) {
            match standing(&check) {
                Ok(position) => {
                    let key = (agency.clone(), day, certificate.clone());
                    self.officers.insert(key, (Instant::now(), position));
                    positions.push(position);
                }
                Err(fault) => fields.fault(field, format!("{certificate} {fault}")),
            }
        }
        fields.done()?;
        if positions.len() == officers.len() {
            Ok(positions)
        } else {
            Err(Error::Fields(Violations::of("officer", "identity did not answer for each")))
        }
    }
}

fn is_number(certificate: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '/';
    (1..=64).contains(&certificate.len()) && certificate.chars().all(plain)
}

fn standing(check: &pb::OfficerCheck) -> Result<Position, &'static str> {
    match check.standing() {
        OfficerStanding::Valid => {}
        OfficerStanding::OutOfDate => return Err("is a certificate not valid on that day"),
        OfficerStanding::Unknown | OfficerStanding::Unspecified => {
            return Err("is no certificate of this agency");
        }
    }
    match check.position() {
        PbPosition::EnforcementOfficer => Ok(Position::EnforcementOfficer),
        PbPosition::DeputyHead => Ok(Position::DeputyHead),
        PbPosition::PrincipalHead => Ok(Position::PrincipalHead),
        PbPosition::ActingHead => Ok(Position::ActingHead),
        PbPosition::ChiefProcurator => Ok(Position::ChiefProcurator),
        PbPosition::Unspecified => Err("has no position"),
    }
}

fn away(status: tonic::Status) -> Error {
    Error::Directory(Box::new(status))
}
