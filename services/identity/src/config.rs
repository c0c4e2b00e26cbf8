//! The options of this service. Their meanings and defaults are in `config.toml`.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::{Context as _, ensure};
use chrono::Duration;
use serde::Deserialize;
use tlog::Vkey;
use types::TrustDomain;

use crate::issuer;

/// The options.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Address to serve gRPC on.
    pub listen: SocketAddr,
    /// The trust domain this service vouches for.
    pub trust_domain: String,
    /// The database.
    pub db: Db,
    /// The issuer's keys.
    pub issuer: Issuer,
    /// The tokens it issues.
    pub tokens: Tokens,
}

/// The database options.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Db {
    /// Where it is.
    pub url: String,
    /// Size of the pool.
    pub max_connections: u32,
}

/// The issuer's options.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Directory of the private keys.
    pub key_dir: PathBuf,
    /// Where the public keys are written.
    pub bundle_file: PathBuf,
    /// Seconds from a key's publication to its first signature.
    pub publish_ahead_seconds: u32,
    /// Verifier keys of the transparency logs that the trust domain vouches for.
    pub log_keys: Vec<String>,
}

/// The token options.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// Seconds a WIT lives.
    pub wit_lifetime_seconds: u32,
}

/// Reads the configuration of this service.
///
/// # Errors
/// An option that is not one, or whose value does not fit.
pub fn load() -> anyhow::Result<Config> {
    server::config::load("IDENTITY", DEFAULTS)
}

const DEFAULTS: &str = include_str!("../config.toml");

impl Config {
    /// The options of [`issuer::Issuer::open`].
    ///
    /// # Errors
    /// The trust domain is none, the lifetime is out of its bounds, or a log key is none.
    pub fn issuer(&self) -> anyhow::Result<issuer::Options> {
        let lifetime = self.tokens.wit_lifetime_seconds;
        ensure!((60..=3600).contains(&lifetime), "tokens.wit_lifetime_seconds is not 60 to 3600");
        let domain = TrustDomain::parse(&self.trust_domain).context("trust_domain is no name")?;
        let mut log_keys = Vec::new();
        for key in &self.issuer.log_keys {
            let key = Vkey::parse(key).with_context(|| format!("issuer.log_keys: {key}"))?;
            if !log_keys.contains(&key) {
                log_keys.push(key);
            }
        }
        Ok(issuer::Options {
            key_dir: self.issuer.key_dir.clone(),
            bundle_file: self.issuer.bundle_file.clone(),
            trust_domain: domain,
            wit_lifetime: Duration::seconds(lifetime.into()),
            publish_ahead: Duration::seconds(self.issuer.publish_ahead_seconds.into()),
            log_keys,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_fit() {
        let config: Config = server::config::load("NO_SUCH_PREFIX", DEFAULTS).unwrap();
        assert_eq!(config.issuer().unwrap().wit_lifetime, Duration::hours(1));
    }

    #[test]
    fn a_log_key_that_is_none_ends_the_start_and_one_that_stands_twice_counts_once() {
        let mut config: Config = server::config::load("NO_SUCH_PREFIX", DEFAULTS).unwrap();
        let key = tlog::LogKey::generate("county.example/log").unwrap().verifier().to_string();
        config.issuer.log_keys = vec![key.clone(), key];
        assert_eq!(config.issuer().unwrap().log_keys.len(), 1);
        config.issuer.log_keys.push("county.example/log+00000000+AAAA".into());
        assert!(config.issuer().unwrap_err().to_string().contains("issuer.log_keys"));
    }

    #[test]
    fn a_token_never_lives_longer_than_an_hour() {
        let mut config: Config = server::config::load("NO_SUCH_PREFIX", DEFAULTS).unwrap();
        config.tokens.wit_lifetime_seconds = 3601;
        assert!(config.issuer().is_err());
    }
}
