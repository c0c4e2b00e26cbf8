//! A case as data: who takes which step when, with which papers, and what must come back.
//!
//! The format is documented in `scenarios/README.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::{Context as _, bail, ensure};
use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::evidence;

/// The 31 cases and their scenarios, embedded.
const EMBEDDED: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));
/// The list of the cases as their sources give them.
const CASES: &str = include_str!("../../scenarios/cases.json");
/// The paper whose lines are the items of a hand-over.
const HAND_OVER_SHEET: &str = "HAND_OVER_SHEET";

/// One case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub id: String,
    pub title: String,
    pub source: String,
    pub dates: String,
    pub invented: String,
    pub agency: String,
    pub sector: String,
    pub matter: String,
    pub expected_system_behaviour: String,
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    pub steps: Vec<Step>,
    #[serde(default)]
    pub documents: Vec<Paper>,
    #[serde(default)]
    pub evidence: Vec<Thing>,
    #[serde(default)]
    pub terms: Vec<TermWanted>,
    pub expected: End,
    #[serde(default)]
    pub waiting: Vec<Waiting>,
}

/// One thing that somebody does.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub at: DateTime<Utc>,
    #[serde(rename = "do")]
    pub what: String,
    pub by: Option<String>,
    pub officer: Option<String>,
    pub leg: Option<String>,
    #[serde(rename = "as")]
    pub opens: Option<String>,
    #[serde(default)]
    pub with: toml::Table,
    #[serde(default)]
    pub documents: Vec<String>,
    pub expect: Option<Expect>,
}

/// What must come back.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub state: Option<String>,
    pub suggests: Option<Vec<String>>,
    pub suggests_at_least: Option<Vec<String>>,
    pub missing: Option<Vec<String>>,
    pub refused: Option<String>,
    pub refused_code: Option<String>,
    pub until: Option<String>,
}

/// A paper.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paper {
    pub code: String,
    pub key: Option<String>,
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
    #[serde(default)]
    pub lines: Vec<Line>,
    #[serde(default)]
    pub sha256: String,
}

/// A line of a list.
pub(crate) type Line = BTreeMap<String, String>;

/// What there is to say of a line of the hand-over sheet as a piece of evidence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Thing {
    pub item: String,
    pub kind: String,
    pub collected_at: Option<DateTime<Utc>>,
    pub seal_no: Option<String>,
    #[serde(default)]
    pub value_fen: i64,
    pub kept_by: Option<String>,
    pub measure: Option<toml::Table>,
    pub electronic_data: Option<toml::Table>,
    pub appraisal: Option<toml::Table>,
}

/// A term as it must stand at the end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TermWanted {
    pub rule: String,
    pub state: String,
    pub due: Option<chrono::NaiveDate>,
    pub provisional: Option<bool>,
    pub leg: Option<String>,
}

/// The states at the end.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct End {
    pub state: Option<String>,
    pub supervision: Option<String>,
    pub docket: Option<String>,
    /// Every other leg by its name.
    #[serde(default)]
    pub legs: BTreeMap<String, String>,
}

/// What the source tells beyond the procedures built so far.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Waiting {
    pub procedure: String,
    pub what: String,
}

#[derive(Deserialize)]
struct Cases {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    expected_system_behaviour: String,
}

impl Scenario {
    /// The embedded scenarios; each of the 31 cases must have its own, with its words.
    pub(crate) fn embedded() -> anyhow::Result<Vec<Self>> {
        let files = EMBEDDED.iter().map(|(name, text)| Self::parse(name, text));
        let scenarios: Vec<Self> = files.collect::<anyhow::Result<_>>()?;
        let cases: Cases = serde_json::from_str(CASES).context("cases.json")?;
        for case in &cases.cases {
            let scenario = scenarios.iter().find(|one| one.id == case.id);
            let scenario = scenario.with_context(|| format!("case {} has no scenario", case.id))?;
            ensure!(
                scenario.expected_system_behaviour == case.expected_system_behaviour,
                "{}: expected_system_behaviour is not what cases.json says",
                case.id
            );
        }
        ensure!(scenarios.len() == cases.cases.len(), "there are scenarios of no case");
        Ok(scenarios)
    }

    /// The scenarios of a folder: every `.toml` file in it, each fault named.
    pub(crate) fn folder(dir: &Path) -> anyhow::Result<Vec<Self>> {
        let (mut scenarios, mut faults) = (Vec::new(), Vec::new());
        let entries = std::fs::read_dir(dir).with_context(|| format!("{}", dir.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.extension().is_none_or(|ending| ending != "toml") {
                continue;
            }
            let read = std::fs::read_to_string(&path).map_err(anyhow::Error::from);
            let name = path.display().to_string();
            match read.and_then(|text| Self::parse(&name, &text)) {
                Ok(scenario) => scenarios.push(scenario),
                Err(fault) => faults.push(format!("{fault:#}")),
            }
        }
        if !faults.is_empty() {
            bail!("{}", faults.join("\n"));
        }
        ensure!(!scenarios.is_empty(), "{} has no .toml file", dir.display());
        Ok(scenarios)
    }

    fn parse(name: &str, text: &str) -> anyhow::Result<Self> {
        let scenario: Self = toml::from_str(text).with_context(|| name.to_owned())?;
        let faults = scenario.faults();
        ensure!(faults.is_empty(), "{name}: {}", faults.join("; "));
        Ok(scenario)
    }

    /// What the format asks for and TOML cannot say.
    pub(crate) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut say = |fault: String| faults.push(fault);
        if self.steps.is_empty() {
            say("there is no step".into());
        }
        for (at, pair) in self.steps.windows(2).enumerate() {
            if pair[1].at <= pair[0].at {
                say(format!("step {} is not later than the one before", at + 2));
            }
        }
        let mut keys = BTreeSet::new();
        for paper in &self.documents {
            if !keys.insert(paper.key()) {
                say(format!("the document {} is there twice", paper.key()));
            }
        }
        for (at, step) in self.steps.iter().enumerate() {
            let at = at + 1;
            for key in step.documents.iter().filter(|key| !keys.contains(key.as_str())) {
                say(format!("step {at} names the document {key}, which is not there"));
            }
            let (waits, gets) = (step.what == "wait", step.what == "get");
            if step.officer.is_none() != (waits || gets) {
                say(format!("step {at}: officer is required, except with get and wait"));
            }
            if evidence::hands_over(&step.what) && self.codes_of(step).is_empty() {
                say(format!("step {at}: {} names no HAND_OVER_SHEET with lines", step.what));
            }
            if step.expect.is_none() != waits {
                say(format!("step {at}: expect is required, except with wait"));
            }
        }
        let codes = self.codes();
        let mut things = BTreeSet::new();
        for Thing { item, .. } in &self.evidence {
            if !codes.contains(item) {
                say(format!("evidence speaks of {item}, which is on no HAND_OVER_SHEET"));
            }
            if !things.insert(item) {
                say(format!("evidence speaks of {item} twice"));
            }
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if !self.id.chars().all(plain) {
            say("id has other signs than letters, digits, - and _: a folder is named by it".into());
        }
        for text in [&self.id, &self.title, &self.source, &self.dates, &self.invented] {
            if text.is_empty() {
                say("id, title, source, dates and invented must say something".into());
                break;
            }
        }
        faults
    }

    /// The paper that steps call `key`.
    pub(crate) fn paper(&self, key: &str) -> Option<&Paper> {
        self.documents.iter().find(|paper| paper.key() == key)
    }

    /// The numbers of the lines of all hand-over sheets, in their order.
    pub(crate) fn codes(&self) -> Vec<String> {
        let papers = self.documents.iter().filter(|paper| paper.is_sheet());
        let mut codes = Vec::new();
        for code in papers.flat_map(Paper::numbers) {
            // A second sheet may list a thing again.
            if !codes.contains(code) {
                codes.push(code.clone());
            }
        }
        codes
    }

    /// The numbers of the lines of the hand-over sheets that a step names.
    pub(crate) fn codes_of(&self, step: &Step) -> Vec<String> {
        let papers = step.documents.iter().filter_map(|key| self.paper(key));
        papers.filter(|paper| paper.is_sheet()).flat_map(Paper::numbers).cloned().collect()
    }

    /// The line of a hand-over sheet with this number.
    pub(crate) fn line(&self, code: &str) -> Option<&Line> {
        let mut sheets = self.lines_of(HAND_OVER_SHEET).into_iter();
        sheets.find(|line| line.get("number").is_some_and(|number| number == code))
    }

    /// What there is to say of the thing with this number.
    pub(crate) fn thing(&self, code: &str) -> Option<&Thing> {
        self.evidence.iter().find(|thing| thing.item == code)
    }

    /// Where the list of involved items says that it lies. Both lists have the same order.
    pub(crate) fn storage_place(&self, code: &str) -> String {
        let listed = self.lines_of("INVOLVED_ITEM_LIST");
        let line = self.codes().iter().position(|one| one == code);
        let place = line.and_then(|at| listed.into_iter().nth(at)?.get("storage_place").cloned());
        place.unwrap_or_else(|| "物证室(示例)".to_owned())
    }

    fn lines_of(&self, code: &str) -> Vec<&Line> {
        let papers = self.documents.iter().filter(|paper| paper.code == code);
        papers.flat_map(|paper| &paper.lines).collect()
    }

    /// The bodies that act in it.
    pub(crate) fn bodies(&self) -> BTreeSet<String> {
        let by = self.steps.iter().filter_map(|step| step.by.clone());
        by.chain([self.agency.clone()]).collect()
    }
}

impl Paper {
    fn key(&self) -> &str {
        self.key.as_deref().unwrap_or(&self.code)
    }

    fn is_sheet(&self) -> bool {
        self.code == HAND_OVER_SHEET
    }

    fn numbers(&self) -> impl Iterator<Item = &String> {
        self.lines.iter().filter_map(|line| line.get("number"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_has_its_scenario() {
        assert_eq!(Scenario::embedded().unwrap().len(), 31);
    }

    #[test]
    fn every_fault_of_a_file_is_named_at_once() {
        let text = EMBEDDED[0].1.replace("officer = \"officer1\"", "");
        let told = format!("{:#}", Scenario::parse("x.toml", &text).unwrap_err());
        assert!(told.matches("officer is required").count() > 1, "{told}");
        assert!(told.starts_with("x.toml"));
    }

    #[test]
    fn evidence_speaks_of_what_is_on_a_sheet_once() {
        let named = |id: &str| EMBEDDED.iter().find(|(name, _)| name.starts_with(id)).unwrap().1;
        let twice = named("k07").replace("item = \"K07-02\"", "item = \"K07-01\"");
        let told = format!("{:#}", Scenario::parse("x.toml", &twice).unwrap_err());
        assert!(told.contains("evidence speaks of K07-01 twice"), "{told}");
        let absent =
            named("k07").replace("code = \"HAND_OVER_SHEET\"", "code = \"RECEIPT\"\nkey = \"X\"");
        let told = format!("{:#}", Scenario::parse("x.toml", &absent).unwrap_err());
        assert!(told.contains("K07-01, which is on no HAND_OVER_SHEET"), "{told}");
        assert!(told.contains("hand_over names no HAND_OVER_SHEET with lines"), "{told}");
    }
}
