//! The options of this service. Their meanings and defaults are in `config.toml`.

use std::collections::BTreeSet;

use anyhow::ensure;
use serde::Deserialize;

use crate::{
    domain::settings::{Board, Decisions, Oversight, Settings},
    journals::FOLLOWED,
};

/// The options.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The database.
    pub db: Db,
    /// A calendar file; empty: the embedded table.
    pub calendar: String,
    /// The log.
    pub log: Log,
    /// The loops that look at what is due.
    pub worker: Worker,
    /// What stands on the board.
    pub board: Board,
    /// Who sees across bodies.
    pub oversight: Oversight,
    /// The three systems and the evaluation.
    pub decisions: Decisions,
}

impl Config {
    /// The open points of the law.
    pub fn settings(&self) -> Settings {
        Settings {
            board: self.board.clone(),
            oversight: self.oversight.clone(),
            decisions: self.decisions.clone(),
        }
    }
}

/// The loops' options.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worker {
    /// Between two looks at what is due, in milliseconds.
    pub tick_ms: u64,
    /// Between two fetches of the directory, in milliseconds.
    pub directory_ms: u64,
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

/// The log's options.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// The services whose journals are sequenced.
    pub journals: Vec<String>,
    /// The least time from checkpoint to checkpoint, in milliseconds.
    pub checkpoint_ms: u64,
    /// The rows of one question to a journal.
    pub page_size: i32,
    /// How long a journal may wait for a row to answer with, in milliseconds.
    pub wait_ms: i32,
}

impl Log {
    fn check(&self) -> anyhow::Result<()> {
        let names = || self.journals.iter().map(String::as_str);
        let unknown: Vec<&str> = names().filter(|name| !FOLLOWED.contains(name)).collect();
        ensure!(
            unknown.is_empty(),
            "log.journals: {} is not one of {}",
            unknown.join(", "),
            FOLLOWED.join(", ")
        );
        let different: BTreeSet<&str> = names().collect();
        ensure!(different.len() == self.journals.len(), "log.journals names a service twice");
        ensure!(!different.is_empty(), "log.journals names no service");
        ensure!(
            (10..=60_000).contains(&self.checkpoint_ms),
            "log.checkpoint_ms is not 10 to 60000"
        );
        ensure!((1..=1000).contains(&self.page_size), "log.page_size is not 1 to 1000");
        ensure!((10..=1000).contains(&self.wait_ms), "log.wait_ms is not 10 to 1000");
        Ok(())
    }
}

/// Reads the configuration of this service.
pub fn load() -> anyhow::Result<Config> {
    let config: Config = server::config::load("SUPERVISION", DEFAULTS)?;
    config.log.check()?;
    let faults = config.settings().faults();
    ensure!(faults.is_empty(), "configuration: {}", faults.join("; "));
    Ok(config)
}

const DEFAULTS: &str = include_str!("../config.toml");

#[cfg(test)]
mod tests {
    use super::*;

    fn defaults() -> Log {
        let config: Config = server::config::load("NO_SUCH_PREFIX", DEFAULTS).unwrap();
        config.log
    }

    #[test]
    fn by_default_every_journal_is_followed() {
        let log = defaults();
        log.check().unwrap();
        assert_eq!(log.journals, FOLLOWED);
    }

    #[test]
    fn a_journal_that_nobody_has_or_that_stands_twice_is_refused() {
        for journals in [vec!["identity", "docket"], vec!["identity", "identity"], vec![]] {
            let journals: Vec<String> = journals.into_iter().map(str::to_owned).collect();
            let log = Log { journals, ..defaults() };
            assert!(log.check().is_err(), "{log:?}");
        }
    }

    #[test]
    fn numbers_out_of_their_bounds_are_refused() {
        let good = defaults();
        for bad in [
            Log { checkpoint_ms: 9, ..good.clone() },
            Log { page_size: 1001, ..good.clone() },
            Log { wait_ms: -1, ..good },
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
    }
}
