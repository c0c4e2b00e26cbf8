//! A line for each case, and the count at the end.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate};
use proto::referral::v1 as pb;

use super::export::Exported;
use crate::out::line;

/// A term as it stood at the end of its case.
pub(super) struct TermSeen {
    pub leg: String,
    pub rule: String,
    pub state: String,
    pub last_day: NaiveDate,
    pub provisional: bool,
    pub service_target: bool,
    /// Whether the scenario asked about it.
    pub checked: bool,
}

impl TermSeen {
    pub(super) fn new(leg: &str, term: pb::Term) -> Self {
        let due = term.due_time.and_then(|due| DateTime::from_timestamp(due.seconds, 0));
        // 24:00 of a day is 00:00 of the next: the last day is the one before.
        let hours = term.length.ends_with("HOUR");
        let due = due.map(|due| if hours { due } else { due - chrono::Duration::seconds(1) });
        Self {
            leg: leg.to_owned(),
            state: term.state().as_str_name().trim_start_matches("TERM_STATE_").to_owned(),
            rule: term.rule,
            last_day: due.map_or(NaiveDate::MIN, clock::legal_date),
            provisional: term.provisional,
            service_target: term.service_target,
            checked: false,
        }
    }
}

/// How one case went.
pub(super) struct Verdict {
    pub id: String,
    pub title: String,
    pub path: Vec<String>,
    pub matter: String,
    /// What the catalogue said when the docket was opened.
    pub competence: Option<pb::Competence>,
    pub terms: Vec<TermSeen>,
    pub waiting: Vec<(String, String)>,
    pub evidence: Option<Exported>,
    pub log: Vec<String>,
    pub faults: Vec<String>,
}

/// How a case counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Expected,
    Waiting,
    Unexpected,
}

impl Verdict {
    fn outcome(&self) -> Outcome {
        if !self.faults.is_empty() {
            Outcome::Unexpected
        } else if !self.waiting.is_empty() {
            Outcome::Waiting
        } else {
            Outcome::Expected
        }
    }

    fn mark(&self) -> &'static str {
        match self.outcome() {
            Outcome::Expected => "as expected",
            Outcome::Waiting => "waiting",
            Outcome::Unexpected => "UNEXPECTED",
        }
    }

    /// Kept and missed, each by its rule: `T-04 kept, T-14 MISSED`.
    pub(super) fn terms(&self) -> String {
        let legal = self.terms.iter().filter(|term| !term.service_target);
        let words: Vec<String> = legal
            .map(|term| {
                let state = match term.state.as_str() {
                    "MISSED" => "MISSED".to_owned(),
                    other => other.to_lowercase(),
                };
                let sure = if term.provisional { "?" } else { "" };
                format!("{} {state}{sure}", term.rule)
            })
            .collect();
        words.join(", ")
    }
}

/// Prints every case and the count; returns how many were unexpected.
pub(super) fn print(verdicts: &[Verdict], verbose: bool, json: bool) -> anyhow::Result<usize> {
    for verdict in verdicts {
        if json {
            print_json(verdict)?;
        } else {
            print_case(verdict, verbose)?;
        }
    }
    let count = |outcome| verdicts.iter().filter(|one| one.outcome() == outcome).count();
    let procedures: BTreeSet<&str> = verdicts
        .iter()
        .flat_map(|one| &one.waiting)
        .map(|(procedure, _)| procedure.as_str())
        .collect();
    let procedures: Vec<&str> = procedures.into_iter().collect();
    let (expected, waiting, unexpected) =
        (count(Outcome::Expected), count(Outcome::Waiting), count(Outcome::Unexpected));
    let steps: usize = verdicts.iter().map(|one| one.waiting.len()).sum();
    let exports: Vec<&Exported> = verdicts.iter().filter_map(|one| one.evidence.as_ref()).collect();
    let items: usize = exports.iter().map(|one| one.items).sum();
    let hand_overs: usize = exports.iter().map(|one| one.hand_overs).sum();
    let verified = exports.iter().filter(|one| one.fault.is_none()).count();
    if json {
        line(serde_json::json!({
            "cases": verdicts.len(), "as_expected": expected, "waiting": waiting,
            "waiting_steps": steps, "unexpected": unexpected, "items": items,
            "hand_overs": hand_overs, "exports": exports.len(), "exports_verified": verified,
        }))?;
        return Ok(unexpected);
    }
    line(format!(
        "\nA term with ? is provisional: its days lie outside the official calendar, 2021-2026.\n\
         Steps told by a source and not played: {steps}.\n\
         Evidence: {items} items, {hand_overs} hand-overs, {verified} of {} exports verified.",
        exports.len(),
    ))?;
    line(format!(
        "{} cases replayed: {expected} as expected, {waiting} waiting{}, {unexpected} unexpected",
        verdicts.len(),
        if procedures.is_empty() {
            String::new()
        } else {
            format!(" for {}", procedures.join(", "))
        },
    ))?;
    Ok(unexpected)
}

fn print_case(verdict: &Verdict, verbose: bool) -> anyhow::Result<()> {
    let path = verdict.path.join(" > ");
    line(format!("{:4} {:11}  {}", verdict.id, verdict.mark(), verdict.title))?;
    if verbose {
        verdict.log.iter().try_for_each(|one| line(format!("       {one}")))?;
    }
    line(format!("       {path}"))?;
    if let Some(said) = &verdict.competence {
        let body = if said.competent.is_empty() { "several claim it" } else { &said.competent };
        let (matter, revision) = (&verdict.matter, said.revision);
        line(format!("       competent for {matter}: {body} (catalogue revision {revision})"))?;
    }
    let terms = verdict.terms();
    if !terms.is_empty() {
        line(format!("       {terms}"))?;
    }
    if let Some(evidence) = &verdict.evidence {
        line(format!("       evidence: {evidence}"))?;
    }
    for (procedure, what) in &verdict.waiting {
        line(format!("       waits for {procedure}: {what}"))?;
    }
    for fault in &verdict.faults {
        line(format!("       UNEXPECTED {fault}"))?;
    }
    Ok(())
}

/// A term for programs.
pub(super) fn term_json(term: &TermSeen) -> serde_json::Value {
    serde_json::json!({
        "leg": term.leg, "rule": term.rule, "state": term.state,
        "last_day": term.last_day.to_string(), "provisional": term.provisional,
        "checked": term.checked,
    })
}

fn print_json(verdict: &Verdict) -> anyhow::Result<()> {
    let terms: Vec<_> = verdict.terms.iter().map(term_json).collect();
    let competence = verdict
        .competence
        .as_ref()
        .map(|said| serde_json::json!({ "competent": said.competent, "revision": said.revision }));
    let waiting: Vec<_> = verdict
        .waiting
        .iter()
        .map(|(procedure, what)| serde_json::json!({ "procedure": procedure, "what": what }))
        .collect();
    let evidence = verdict.evidence.as_ref().map(|one| {
        serde_json::json!({
            "items": one.items, "hand_overs": one.hand_overs, "export": one.folder,
            "verified": one.fault.is_none(),
        })
    });
    line(serde_json::json!({
        "case": verdict.id, "title": verdict.title, "outcome": verdict.mark(),
        "path": verdict.path, "competence": competence, "terms": terms, "waiting": waiting, "evidence": evidence,
        "faults": verdict.faults,
    }))
}
