//! The options of this service. Their meanings and defaults are in `config.toml`.

use serde::Deserialize;

use crate::domain::settings::Settings;

/// The options.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// A calendar file; empty: the embedded table.
    pub calendar: String,
    /// The database.
    pub db: Db,
    /// The loops.
    pub worker: Worker,
    /// The files.
    pub content: Content,
    /// What the law leaves open.
    pub law: Settings,
}

/// The database options.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Db {
    /// Where it is.
    pub url: String,
    /// How many connections.
    pub max_connections: u32,
}

/// The loops' options.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    /// Between two fetches of the directory, in milliseconds.
    pub directory_ms: u64,
    /// Between two looks for hand-overs to tell referral of, in milliseconds.
    pub tell_ms: u64,
}

/// The files' options.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Content {
    /// The object store; empty: a folder.
    pub url: String,
    /// Another endpoint of S3 than Amazon's.
    pub s3_endpoint: String,
    /// The region of S3.
    pub s3_region: String,
    /// Whether S3 may be spoken to without TLS.
    pub s3_allow_http: bool,
    /// The folder of the key-encryption keys; empty: one in the data directory.
    pub keys_dir: String,
    /// The key that wraps; empty: the last by name.
    pub active_key: String,
    /// The most bytes of content in one object.
    pub segment_bytes: u32,
    /// The most bytes that all uploads together hold in memory.
    pub memory_bytes: u32,
    /// The largest content.
    pub max_size_bytes: u64,
    /// How many uploads one body may have open.
    pub open_uploads: u64,
    /// How long a stream may be silent, in milliseconds.
    pub idle_ms: u64,
    /// How long an upload is kept without progress, in milliseconds.
    pub abandon_ms: u64,
    /// Between two looks for what is to be deleted, in milliseconds.
    pub sweep_ms: u64,
    /// Between two readings of the same content by the scrubber, in milliseconds.
    pub scrub_every_ms: u64,
    /// How much the scrubber reads in a second.
    pub scrub_bytes_per_second: u64,
}

/// Reads the configuration of this service.
pub fn load() -> anyhow::Result<Config> {
    server::config::load("EVIDENCE", include_str!("../config.toml"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_whole() {
        assert_eq!(load().unwrap().db.max_connections, 32);
    }
}
