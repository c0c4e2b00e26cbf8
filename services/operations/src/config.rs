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
    /// The open points of the law.
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
    /// Between two looks at the terms, in milliseconds.
    pub tick_ms: u64,
    /// Between two fetches of the directory, in milliseconds.
    pub directory_ms: u64,
    /// Between two saves of a run, in milliseconds.
    pub save_ms: u64,
}

/// Reads the configuration of this service.
pub fn load() -> anyhow::Result<Config> {
    let config: Config = server::config::load("OPERATIONS", include_str!("../config.toml"))?;
    let faults = config.law.faults();
    anyhow::ensure!(faults.is_empty(), "configuration [law]: {}", faults.join("; "));
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_whole() {
        assert_eq!(load().unwrap().law.guidance_office.as_str(), "GDO");
    }
}
