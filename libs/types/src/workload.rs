//! Workload Identifiers (draft-ietf-wimse-workload-creds): who speaks, in one trust domain.

use std::fmt;

use crate::AgencyCode;

/// A trust domain, such as `county.example`: who vouches for the workloads named in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrustDomain(String);

impl TrustDomain {
    /// Reads a lower-case DNS-like name: labels of 1 to 63 of `a-z`, `0-9` and `-` (not first or
    /// last), separated by dots, 253 characters at most (RFC 1035 section 2.3).
    pub fn parse(name: &str) -> Option<Self> {
        (name.len() <= 253 && name.split('.').all(is_label)).then(|| Self(name.to_owned()))
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TrustDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a workload is, and so the first step of its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A service of the mesh, or a role such as `operator`.
    Service,
    /// The system of an agency.
    Agency,
}

impl Kind {
    /// The step of the path: `service` or `agency`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Agency => "agency",
        }
    }
}

/// One workload; written `wimse://<trust-domain>/<kind>/<name>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Workload {
    /// Who vouches for it.
    pub domain: TrustDomain,
    /// What it is.
    pub kind: Kind,
    /// The name of the service, or the code of the agency.
    pub name: String,
}

impl Workload {
    /// A service, named in the text of the program: the name is not checked here. What comes from
    /// outside is read by [`Workload::parse`].
    pub fn service(domain: &TrustDomain, name: &str) -> Self {
        Self { domain: domain.clone(), kind: Kind::Service, name: name.to_owned() }
    }

    /// The system of an agency.
    pub fn agency(domain: &TrustDomain, code: &AgencyCode) -> Self {
        Self { domain: domain.clone(), kind: Kind::Agency, name: code.as_str().to_owned() }
    }

    /// Reads an identifier. There is one spelling: no port, query, fragment, escape or last slash.
    pub fn parse(uri: &str) -> Option<Self> {
        let (domain, path) = uri.strip_prefix("wimse://")?.split_once('/')?;
        let domain = TrustDomain::parse(domain)?;
        match path.split_once('/')? {
            ("service", name) if is_label(name) => Some(Self::service(&domain, name)),
            ("agency", code) => Some(Self::agency(&domain, &AgencyCode::parse(code)?)),
            _ => None,
        }
    }

    /// The agency, when the workload is the system of one.
    pub fn agency_code(&self) -> Option<AgencyCode> {
        match self.kind {
            Kind::Agency => AgencyCode::parse(&self.name),
            Kind::Service => None,
        }
    }

    /// Whether it is the service of that name.
    pub fn is_service(&self, name: &str) -> bool {
        self.kind == Kind::Service && self.name == name
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "wimse://{}/{}/{}", self.domain, self.kind.as_str(), self.name)
    }
}

/// One label of a host name: 1 to 63 of `a-z`, `0-9` and `-`, with no dash at either end.
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}
