//! What a service knows of identity: the bodies, and whether an officer's certificate holds.
//!
//! Both are copies that age by seconds at most; identity decides.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use auth::Signed;
use chrono::NaiveDate;
use proto::identity::v1::{
    self as pb, Agency, OfficerStanding, Position, identity_service_client::IdentityServiceClient,
};
use quick_cache::sync::Cache;
use server::Violations;
use types::AgencyCode;

/// How long an answer about a certificate is believed; a revoked one ends within it.
const BELIEVED: Duration = Duration::from_secs(4);
/// The most certificates remembered.
const REMEMBERED: usize = 10_000;

/// Whose officer, on which day, by which certificate.
type Question = (AgencyCode, NaiveDate, String);

/// The bodies by their codes.
pub type Agencies = BTreeMap<AgencyCode, Agency>;

/// Why identity's answer is not one to go on with.
#[derive(Debug, thiserror::Error)]
pub enum Unknown {
    /// Certificates that do not hold, each under its field.
    #[error(transparent)]
    Fields(#[from] Violations),
    /// Identity did not answer.
    #[error("the directory is not available")]
    Away(#[source] Box<tonic::Status>),
}

/// One service's view of identity. Clones share what was fetched.
#[derive(Clone)]
pub struct Directory {
    client: IdentityServiceClient<Signed>,
    agencies: Arc<RwLock<Arc<Agencies>>>,
    officers: Arc<Cache<Question, (Instant, Position)>>,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory").finish_non_exhaustive()
    }
}

impl Directory {
    /// A view that knows nothing yet: see [`Directory::refresh`].
    pub fn new(client: IdentityServiceClient<Signed>) -> Self {
        Self { client, agencies: Arc::default(), officers: Arc::new(Cache::new(REMEMBERED)) }
    }

    /// The bodies as last fetched.
    pub fn agencies(&self) -> Arc<Agencies> {
        Arc::clone(&self.agencies.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// A body as last fetched.
    pub fn agency(&self, code: &AgencyCode) -> Option<Agency> {
        self.agencies().get(code).cloned()
    }

    /// Fetches the bodies if `body` is not among them: it may have been imported a moment ago.
    ///
    /// # Errors
    /// [`Unknown::Away`].
    pub async fn know(&self, body: &AgencyCode) -> Result<(), Unknown> {
        if self.agencies().contains_key(body) { Ok(()) } else { self.refresh().await }
    }

    /// Fetches the bodies.
    ///
    /// # Errors
    /// [`Unknown::Away`].
    pub async fn refresh(&self) -> Result<(), Unknown> {
        let (mut agencies, mut page_token) = (Agencies::new(), String::new());
        loop {
            let request = pb::ListAgenciesRequest { page_size: 1000, page_token };
            let page = self.client.clone().list_agencies(request).await.map_err(away)?;
            let page = page.into_inner();
            let rows = page.agencies.into_iter();
            agencies.extend(rows.filter_map(|one| Some((AgencyCode::parse(&one.code)?, one))));
            if page.next_page_token.is_empty() {
                break;
            }
            page_token = page.next_page_token;
        }
        *self.agencies.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(agencies);
        Ok(())
    }

    /// What each officer is, in the order asked: pairs of the field and the certificate number.
    ///
    /// # Errors
    /// [`Unknown::Fields`] names every certificate that does not hold that day, under its field.
    pub async fn positions(
        &self,
        agency: &AgencyCode,
        day: NaiveDate,
        officers: &[(String, String)],
    ) -> Result<Vec<Position>, Unknown> {
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
            Err(Violations::of("officer", "identity did not answer for each").into())
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
    let position = check.position();
    if position == Position::Unspecified { Err("has no position") } else { Ok(position) }
}

fn away(status: tonic::Status) -> Unknown {
    Unknown::Away(Box::new(status))
}
