//! The options of the binary. Their meanings and defaults are in `config.toml`.

use std::{collections::BTreeMap, net::SocketAddr, path::PathBuf};

use serde::Deserialize;

/// The options.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    pub listen: SocketAddr,
    pub data_dir: PathBuf,
    pub trust_domain: String,
    pub peers: BTreeMap<String, String>,
    pub trust_bundle_file: String,
    pub log: Log,
}

/// What is logged, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Log {
    pub level: String,
    pub format: String,
}

/// Reads the options.
pub(crate) fn load() -> anyhow::Result<Config> {
    server::config::load("XIEZHI", include_str!("../config.toml"))
}
