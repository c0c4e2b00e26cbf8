//! The issuer: the keys that sign the tokens of a trust domain, and their rotation.
//!
//! Keys are files, never rows. What a key may do follows from its age alone: published at once,
//! signing after `publish_ahead`, kept a WIT lifetime after its successor signs: replicas agree.

mod files;
mod phase;

use std::{
    fmt, io,
    path::PathBuf,
    sync::{Arc, PoisonError, RwLock},
};

use auth::{PublicKey, Trust, WorkloadKey};
use chrono::{DateTime, Duration, SubsecRound as _, Utc};
use clock::Clock;
use serde_json::{Value, json};
use tlog::Vkey;
use types::{TrustDomain, Workload};

use self::phase::Phases;

/// What an issuer needs to know.
#[derive(Clone, Debug)]
pub struct Options {
    /// Directory of the private keys: one file each, mode 0600, and nothing else.
    pub key_dir: PathBuf,
    /// File to which the public keys (JWKS) are written, by rename. Its directory is not `key_dir`
    /// when others mount it.
    pub bundle_file: PathBuf,
    /// The trust domain vouched for.
    pub trust_domain: TrustDomain,
    /// How long a WIT lives; at most an hour.
    pub wit_lifetime: Duration,
    /// How long a new key is published before it signs, so that every copy of the bundle has it.
    pub publish_ahead: Duration,
    /// The transparency logs vouched for: written into the bundle beside the keys.
    pub log_keys: Vec<Vkey>,
}

/// Why the issuer failed.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// A file could not be read or written.
    #[error("{0} cannot be used")]
    File(PathBuf, #[source] io::Error),
    /// A key file holds no key, or a token could not be made.
    #[error("the issuer's {0}")]
    Key(&'static str, #[source] Box<dyn std::error::Error + Send + Sync>),
}

/// A token as issued.
#[derive(Clone)]
pub struct Wit {
    /// Compact JWS, typ `wit+jwt`.
    pub token: String,
    /// When it expires.
    pub expires_at: DateTime<Utc>,
}

impl fmt::Debug for Wit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wit").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// The issuer of one trust domain. Clones share it.
#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

struct Inner {
    options: Options,
    clock: Clock,
    name: Workload,
    trust: Trust,
    keys: RwLock<Vec<Dated>>,
}

/// A key and when it was made; kept in the order of making.
#[derive(Clone)]
struct Dated {
    made_at: DateTime<Utc>,
    key: WorkloadKey,
}

impl fmt::Debug for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuer").field("name", &self.0.name).finish_non_exhaustive()
    }
}

impl Issuer {
    /// Opens the keys in the directory, making the first one if there is none, and writes the
    /// bundle. `clock` is the one tokens live by.
    ///
    /// # Errors
    /// The directory or the bundle cannot be used, or a file in it is not a key.
    pub fn open(options: Options, clock: Clock) -> Result<Self, IssuerError> {
        files::make_private(&options.key_dir)?;
        let now = clock.now();
        let mut keys = files::read(&options.key_dir, Vec::new())?;
        if keys.is_empty() {
            keys.push(files::create(&options.key_dir, now)?);
        }
        let bundle = bundle(&keys, &options.log_keys);
        let name = Workload::service(&options.trust_domain, "identity");
        let trust = Trust::parse(&options.trust_domain, &bundle)
            .map_err(|error| IssuerError::Key("bundle does not parse", error.into()))?;
        let issuer = Self(Arc::new(Inner { options, clock, name, trust, keys: RwLock::new(keys) }));
        issuer.tend()?;
        Ok(issuer)
    }

    /// The trust domain's anchors, kept up to date by this issuer: for `identity`'s own guard.
    pub fn trust(&self) -> Trust {
        self.0.trust.clone()
    }

    /// The identifier tokens name as `iss`, and assertions as `aud`.
    pub fn name(&self) -> &Workload {
        &self.0.name
    }

    /// How long a WIT lives.
    pub fn wit_lifetime(&self) -> Duration {
        self.0.options.wit_lifetime
    }

    /// Issues a WIT to `subject`, bound to its public key.
    ///
    /// # Errors
    /// The token could not be made.
    pub fn issue(&self, subject: &Workload, key: &PublicKey) -> Result<Wit, IssuerError> {
        // Tokens count whole seconds.
        let now = self.0.clock.now().trunc_subsecs(0);
        let signing = self.signing(now)?;
        let lifetime = self.0.options.wit_lifetime;
        let token = auth::issue_wit(&signing, &self.0.name, subject, key, now, lifetime)
            .map_err(|error| IssuerError::Key("token cannot be made", error.into()))?;
        Ok(Wit { token, expires_at: now + lifetime })
    }

    /// The public keys others must know now, as a JWKS (RFC 7517) with the keys of the logs.
    pub fn bundle(&self) -> String {
        bundle(&self.keys(), &self.0.options.log_keys)
    }

    /// Makes a new key, publishes it, and returns its thumbprint. A key made before that does not
    /// sign yet is that new key: a repeated rotation changes nothing.
    ///
    /// # Errors
    /// The key or the bundle could not be written.
    pub fn rotate(&self) -> Result<String, IssuerError> {
        let now = self.0.clock.now();
        let keys = self.reread()?;
        let phases = self.phases(&keys, now);
        if let Some(waiting) = keys.get(phases.signing + 1) {
            return Ok(thumbprint(&waiting.key));
        }
        // Files are named by the millisecond: two rotations in one are told apart.
        let after = keys.last().map_or(now, |last| last.made_at + Duration::milliseconds(1));
        let made = files::create(&self.0.options.key_dir, now.max(after))?;
        let kid = thumbprint(&made.key);
        self.tend()?;
        tracing::info!(kid, "issuer key made");
        Ok(kid)
    }

    /// Takes over keys made by another replica, drops those whose tokens have all expired, and
    /// publishes the rest. Cheap when nothing changed; called every second.
    ///
    /// # Errors
    /// The directory or the bundle could not be used.
    pub fn tend(&self) -> Result<(), IssuerError> {
        let mut keys = self.reread()?;
        let phases = self.phases(&keys, self.0.clock.now());
        for dropped in keys.drain(..phases.kept) {
            files::remove(&self.0.options.key_dir, dropped.made_at)?;
            tracing::info!(kid = thumbprint(&dropped.key), "issuer key dropped");
        }
        let (old, bundle) = (self.bundle(), bundle(&keys, &self.0.options.log_keys));
        *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        files::publish(&self.0.options.bundle_file, &bundle)?;
        // Another replica may have written the file: what counts is what this one knew.
        if old != bundle {
            self.0
                .trust
                .replace(&bundle)
                .map_err(|error| IssuerError::Key("bundle does not parse", error.into()))?;
        }
        Ok(())
    }

    fn phases(&self, keys: &[Dated], now: DateTime<Utc>) -> Phases {
        let made: Vec<DateTime<Utc>> = keys.iter().map(|dated| dated.made_at).collect();
        let options = &self.0.options;
        phase::phases(&made, now, options.publish_ahead, options.wit_lifetime)
    }

    fn signing(&self, now: DateTime<Utc>) -> Result<WorkloadKey, IssuerError> {
        let mut keys = self.keys();
        let phases = self.phases(&keys, now);
        if phases.signing < keys.len() {
            return Ok(keys.swap_remove(phases.signing).key);
        }
        Err(IssuerError::Key("key directory is empty", "no key".into()))
    }

    fn keys(&self) -> Vec<Dated> {
        self.0.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn reread(&self) -> Result<Vec<Dated>, IssuerError> {
        files::read(&self.0.options.key_dir, self.keys())
    }
}

/// A JWKS with a member more, `log_keys`; without logs there is none.
fn bundle(keys: &[Dated], log_keys: &[Vkey]) -> String {
    let jwks: Vec<Value> = keys.iter().map(|dated| dated.key.public_jwk()).collect();
    let log_keys: Vec<String> = log_keys.iter().map(Vkey::to_string).collect();
    if log_keys.is_empty() {
        json!({ "keys": jwks }).to_string()
    } else {
        json!({ "keys": jwks, "log_keys": log_keys }).to_string()
    }
}

fn thumbprint(key: &WorkloadKey) -> String {
    key.thumbprint().to_owned()
}
