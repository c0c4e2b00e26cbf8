//! The bodies and officers of identity, in the words of this service's rules.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, RwLock},
};

use chrono::{DateTime, NaiveDate, Utc};
use directory::{Agencies, Directory, Unknown};
use proto::identity::v1::Position;
use server::Violations;
use types::AgencyCode;

use crate::{
    domain::{
        body::{self, Body},
        law::Law,
        refusal::Refusal,
    },
    error::Error,
};

/// How many certificates identity answers about at once.
const AT_ONCE: usize = 100;

/// The service's view of identity.
#[derive(Clone, Debug)]
pub(crate) struct Bodies {
    directory: Directory,
    /// The bodies as the rules want them, and what they were made of.
    known: Arc<RwLock<(Arc<Agencies>, Arc<body::Bodies>)>>,
}

impl Bodies {
    pub(crate) fn new(directory: Directory) -> Self {
        Self { directory, known: Arc::default() }
    }

    /// The bodies as last fetched.
    pub(crate) fn all(&self) -> Arc<body::Bodies> {
        let agencies = self.directory.agencies();
        if let (made_of, bodies) = &*self.known.read().unwrap_or_else(PoisonError::into_inner)
            && Arc::ptr_eq(made_of, &agencies)
        {
            return Arc::clone(bodies);
        }
        let bodies = Arc::new(translated(&agencies));
        let made = (agencies, Arc::clone(&bodies));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = made;
        bodies
    }

    /// The bodies, fetched again if one of `codes` is not among them: it may have been imported a
    /// moment ago.
    pub(crate) async fn with(&self, codes: &[AgencyCode]) -> Result<Arc<body::Bodies>, Error> {
        for code in codes {
            self.directory.know(code).await?;
        }
        Ok(self.all())
    }

    /// Fetches the bodies.
    pub(crate) async fn refresh(&self) -> Result<(), Error> {
        Ok(self.directory.refresh().await?)
    }

    /// That `officer` holds a certificate of `agency` today.
    pub(crate) async fn certified(
        &self,
        agency: &AgencyCode,
        officer: &str,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let officer = [("officer".to_owned(), officer.to_owned())];
        self.directory.positions(agency, clock::legal_date(now), &officer).await?;
        Ok(())
    }

    /// That `officer` is the head of `agency`: a deputy does not approve.
    pub(crate) async fn head(
        &self,
        agency: &AgencyCode,
        officer: &str,
        (act, law, subject): (&'static str, Law, &str),
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let officer = [("officer".to_owned(), officer.to_owned())];
        let day = clock::legal_date(now);
        let positions = self.directory.positions(agency, day, &officer).await?;
        let is_head = |position: &Position| {
            matches!(position, Position::PrincipalHead | Position::ActingHead)
        };
        if positions.first().is_some_and(is_head) {
            return Ok(());
        }
        Err(Error::refused(Refusal::WrongOfficer { act, law }, subject))
    }

    /// That each of `officers`, pairs of field and certificate number, is certified today.
    pub(crate) async fn all_certified(
        &self,
        agency: &AgencyCode,
        officers: &[(String, String)],
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let day = clock::legal_date(now);
        let mut fields = server::Fields::default();
        for some in officers.chunks(AT_ONCE) {
            match self.directory.positions(agency, day, some).await {
                Ok(_) => {}
                Err(Unknown::Fields(violations)) => {
                    violations.iter().for_each(|(field, fault)| fields.fault(field, fault));
                }
                Err(Unknown::Away(status)) => return Err(Error::Directory(status)),
            }
        }
        Ok(fields.done()?)
    }
}

impl Bodies {
    /// On which of `days` each of some certificates of a body holds.
    pub(crate) async fn certified_days(
        &self,
        agency: &AgencyCode,
        certificates: &[String],
        days: &BTreeSet<NaiveDate>,
    ) -> Result<BTreeMap<String, BTreeSet<NaiveDate>>, Error> {
        let mut holds: BTreeMap<String, BTreeSet<NaiveDate>> = BTreeMap::new();
        for some in certificates.chunks(AT_ONCE) {
            let pairs: Vec<(String, String)> =
                some.iter().map(|one| (one.clone(), one.clone())).collect();
            for day in days {
                let without: BTreeSet<String> =
                    match self.directory.positions(agency, *day, &pairs).await {
                        Ok(_) => BTreeSet::new(),
                        Err(Unknown::Fields(faults)) => {
                            faults.iter().map(|(certificate, _)| certificate.to_owned()).collect()
                        }
                        Err(Unknown::Away(status)) => return Err(Error::Directory(status)),
                    };
                for one in some.iter().filter(|one| !without.contains(*one)) {
                    holds.entry(one.clone()).or_default().insert(*day);
                }
            }
        }
        Ok(holds)
    }
}

fn translated(agencies: &Agencies) -> body::Bodies {
    let bodies = agencies.iter().map(|(code, agency)| {
        let body = Body {
            kind: agency.kind.clone(),
            superior: AgencyCode::parse(&agency.superior),
            region: agency.region_code.clone(),
        };
        (code.clone(), body)
    });
    body::Bodies(bodies.collect())
}

impl From<Unknown> for Error {
    fn from(unknown: Unknown) -> Self {
        match unknown {
            Unknown::Fields(violations) => Self::Fields(violations),
            Unknown::Away(status) => Self::Directory(status),
        }
    }
}

/// A code of a body that identity knows, or what is wrong with it.
pub(crate) fn known(bodies: &body::Bodies, field: &str, code: &str) -> Result<AgencyCode, Error> {
    let fault = |fault: &str| Error::Fields(Violations::of(field, fault));
    let code = AgencyCode::parse(code).ok_or_else(|| fault("is no code of a body"))?;
    if bodies.get(&code).is_none() {
        return Err(fault("is a body that identity does not know"));
    }
    Ok(code)
}
