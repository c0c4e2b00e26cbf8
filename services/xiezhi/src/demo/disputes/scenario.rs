//! A dispute as data: who takes which step when, and what must come back.
//!
//! The format is documented in `scenarios/disputes/README.md`.

use std::{collections::BTreeSet, path::Path};

use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::{demo::scenario::Scenario, out::Contract};

/// The disputes, embedded.
const EMBEDDED: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/disputes.rs"));
/// What a step may do beside the steps of the ladder.
const OTHERS: [&str; 8] =
    ["open", "read", "forum", "suggest", "resolve", "terms", "take_over", "wait"];

/// One dispute, with the case it arose in.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dispute {
    pub id: String,
    pub title: String,
    pub source: String,
    pub invented: String,
    pub steps: Vec<Step>,
    pub case: Option<Scenario>,
}

/// One thing that somebody does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub at: DateTime<Utc>,
    #[serde(rename = "do")]
    pub what: String,
    #[serde(default)]
    pub by: String,
    #[serde(default)]
    pub officer: String,
    /// Which dispute, by the name it was opened `as`; without it the scenario's own.
    pub dispute: Option<String>,
    /// What an opened dispute is called; without it the scenario's id.
    #[serde(rename = "as")]
    pub opens: Option<String>,
    #[serde(default)]
    pub with: toml::Table,
    pub expect: Option<Expect>,
}

/// What must come back. What is not said is not looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub state: Option<String>,
    pub acting: Option<String>,
    pub forum: Option<Vec<String>>,
    pub next: Option<Vec<String>>,
    pub terms: Option<Vec<String>>,
    pub competent: Option<String>,
    pub manner: Option<String>,
    /// The newest revision of the catalogue carries the decision.
    #[serde(default)]
    pub revision: bool,
    pub claims: Option<Vec<String>>,
    /// A dispute by the name it was opened `as`.
    pub precedent: Option<String>,
    pub items: Option<usize>,
    pub basis: Option<String>,
    pub refused: Option<String>,
    pub refused_code: Option<String>,
}

impl Dispute {
    /// The embedded disputes.
    pub(crate) fn embedded() -> anyhow::Result<Vec<Self>> {
        EMBEDDED.iter().map(|(name, text)| Self::parse(name, text)).collect()
    }

    /// The disputes of a folder's `disputes`, none if there is no such folder; each fault named.
    pub(crate) fn folder(dir: &Path) -> anyhow::Result<Vec<Self>> {
        let dir = dir.join("disputes");
        if !dir.is_dir() {
            return Ok(Vec::new());
        }
        let (mut disputes, mut faults, mut files) = (Vec::new(), Vec::new(), Vec::new());
        for entry in std::fs::read_dir(&dir).with_context(|| format!("{}", dir.display()))? {
            files.push(entry?.path());
        }
        files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
        files.sort();
        for path in files {
            let read = std::fs::read_to_string(&path).map_err(anyhow::Error::from);
            let name = path.display().to_string();
            match read.and_then(|text| Self::parse(&name, &text)) {
                Ok(dispute) => disputes.push(dispute),
                Err(fault) => faults.push(format!("{fault:#}")),
            }
        }
        if !faults.is_empty() {
            bail!("{}", faults.join("\n"));
        }
        Ok(disputes)
    }

    fn parse(name: &str, text: &str) -> anyhow::Result<Self> {
        let dispute: Self = toml::from_str(text).with_context(|| name.to_owned())?;
        let mut faults = dispute.faults()?;
        faults.extend(dispute.case.iter().flat_map(Scenario::faults));
        ensure!(faults.is_empty(), "{name}: {}", faults.join("; "));
        Ok(dispute)
    }

    /// What the format asks for and TOML cannot say.
    fn faults(&self) -> anyhow::Result<Vec<String>> {
        let mut faults = Vec::new();
        let ladder = Contract::load()?.fields("xiezhi.arbitration.v1.Step")?;
        let known =
            |what: &str| OTHERS.contains(&what) || ladder.iter().any(|field| field.name() == what);
        for (at, pair) in self.steps.windows(2).enumerate() {
            if pair[1].at <= pair[0].at {
                faults.push(format!("step {} is not later than the one before", at + 2));
            }
        }
        for (at, step) in self.steps.iter().enumerate() {
            let (at, waits) = (at + 1, step.what == "wait");
            if !known(&step.what) {
                faults.push(format!("step {at}: {} is no step", step.what));
            }
            if step.by.is_empty() != waits || step.expect.is_none() != waits {
                faults.push(format!("step {at}: by and expect are required, except with wait"));
            }
            let acts = !OTHERS.contains(&step.what.as_str())
                || matches!(step.what.as_str(), "open" | "take_over");
            if step.officer.is_empty() == acts {
                faults.push(format!("step {at}: officer is for what an officer does"));
            }
        }
        if self.steps.is_empty() {
            faults.push("there is no step".to_owned());
        }
        if [&self.id, &self.title, &self.source, &self.invented].iter().any(|text| text.is_empty())
        {
            faults.push("id, title, source and invented must say something".to_owned());
        }
        Ok(faults)
    }

    /// The bodies that act in it.
    pub(crate) fn bodies(&self) -> BTreeSet<String> {
        let by = self.steps.iter().map(|step| step.by.clone());
        let givers = self.steps.iter().filter_map(|step| step.with.get("giver")?.as_str());
        let givers = givers.map(str::to_owned);
        let mut bodies: BTreeSet<String> = by.chain(givers).collect();
        bodies.extend(self.case.iter().flat_map(Scenario::bodies));
        bodies.remove("");
        bodies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dispute_of_the_chapter_is_well_formed_and_has_its_own_name() {
        let disputes = Dispute::embedded().unwrap();
        let ids: BTreeSet<&str> = disputes.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids.into_iter().collect::<Vec<_>>(), ["D1", "D2", "D3", "D4", "D5"]);
    }

    #[test]
    fn every_fault_of_a_file_is_named_at_once() {
        let text = r#"
            id = "X"
            title = "t"
            source = "s"
            invented = "i"
            [[steps]]
            at = "2026-03-02T09:00:00+08:00"
            do = "bogus"
            by = "NAT"
            officer = "officer1"
            expect = {}
            [[steps]]
            at = "2026-03-02T09:00:00+08:00"
            do = "vote"
            by = "GDO"
        "#;
        let told = format!("{:#}", Dispute::parse("x.toml", text).unwrap_err());
        for word in ["x.toml: ", "bogus is no step", "not later", "expect are", "an officer does"] {
            assert!(told.contains(word), "{word}: {told}");
        }
    }
}
