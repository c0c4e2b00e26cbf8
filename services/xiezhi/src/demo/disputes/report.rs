//! Some lines for each dispute, and the count at the end.

use proto::arbitration::v1 as pb;

use super::expect;
use crate::{
    demo::report::{self, Verdict as Case},
    out::{line, local},
};

/// How one dispute went.
pub(in crate::demo) struct Verdict {
    pub id: String,
    pub title: String,
    pub path: Vec<String>,
    /// As its applicant sees it at the end.
    pub dispute: pb::Dispute,
    /// What was refused, as it had to be.
    pub refused: Vec<String>,
    /// The case it arose in.
    pub case: Option<Case>,
    pub log: Vec<String>,
    pub faults: Vec<String>,
}

impl Verdict {
    /// Its own faults, and those of its case.
    fn faults(&self) -> impl Iterator<Item = &String> {
        self.faults.iter().chain(self.case.iter().flat_map(|case| &case.faults))
    }

    fn expected(&self) -> bool {
        self.faults().next().is_none()
    }

    /// Who acted, one after the other.
    fn acted(&self) -> Vec<String> {
        let spans = self.dispute.acting_spans.iter();
        spans.map(|span| format!("{} from {}", span.agency, local(span.from_time))).collect()
    }

    fn forum(&self) -> Vec<String> {
        self.dispute.forum.as_ref().map(expect::rungs).unwrap_or_default()
    }
}

/// Prints every dispute and the count; returns how many were unexpected.
pub(in crate::demo) fn print(
    verdicts: &[Verdict],
    verbose: bool,
    json: bool,
) -> anyhow::Result<usize> {
    if verdicts.is_empty() {
        return Ok(0);
    }
    if !json {
        line("\nDisputes over who is competent")?;
    }
    for verdict in verdicts {
        if json {
            print_json(verdict)?;
        } else {
            print_dispute(verdict, verbose)?;
        }
    }
    let unexpected = verdicts.iter().filter(|one| !one.expected()).count();
    let expected = verdicts.len() - unexpected;
    let refused: usize = verdicts.iter().map(|one| one.refused.len()).sum();
    let revisions = verdicts.iter().filter_map(|one| one.dispute.decision.as_ref());
    let revision = revisions.map(|one| one.revision).max().unwrap_or_default();
    if json {
        line(serde_json::json!({
            "disputes": verdicts.len(), "as_expected": expected, "unexpected": unexpected,
            "refused_steps": refused, "revision": revision,
        }))?;
        return Ok(unexpected);
    }
    line(format!(
        "\n{} disputes replayed: {expected} as expected, {unexpected} unexpected; {refused} steps \
         refused as the law says; the catalogue is at revision {revision}",
        verdicts.len(),
    ))?;
    Ok(unexpected)
}

fn print_dispute(verdict: &Verdict, verbose: bool) -> anyhow::Result<()> {
    let mark = if verdict.expected() { "as expected" } else { "UNEXPECTED" };
    line(format!("{:4} {mark:11}  {}", verdict.id, verdict.title))?;
    if verbose {
        let case = verdict.case.iter().flat_map(|case| &case.log);
        let mut log: Vec<&String> = verdict.log.iter().chain(case).collect();
        // Each begins with its time.
        log.sort();
        log.into_iter().try_for_each(|one| line(format!("       {one}")))?;
    }
    let dispute = &verdict.dispute;
    line(format!(
        "       {}  before {}",
        dispute.parties.join(", "),
        verdict.forum().join(", then ")
    ))?;
    line(format!("       {}", verdict.path.join(" > ")))?;
    line(format!("       acted: {}", verdict.acted().join(", ")))?;
    if let Some(decision) = &dispute.decision {
        let carried = match decision.revision {
            0 => String::new(),
            number => format!(", carried by revision {number}"),
        };
        line(format!(
            "       {} competent from {}: {} by {}{carried}",
            decision.competent,
            decision.effective_from,
            decision.manner,
            decision.decided_by.join(", "),
        ))?;
    }
    if let Some(case) = &verdict.case {
        line(format!("       its case: {}; {}", case.path.join(" > "), case.terms()))?;
    }
    if !verdict.refused.is_empty() {
        line(format!("       refused: {}", verdict.refused.join(", ")))?;
    }
    verdict.faults().try_for_each(|fault| line(format!("       UNEXPECTED {fault}")))
}

fn print_json(verdict: &Verdict) -> anyhow::Result<()> {
    let decision = verdict.dispute.decision.clone().unwrap_or_default();
    line(serde_json::json!({
        "dispute": verdict.id, "title": verdict.title, "name": verdict.dispute.name,
        "outcome": if verdict.expected() { "as expected" } else { "UNEXPECTED" },
        "parties": verdict.dispute.parties, "forum": verdict.forum(), "path": verdict.path,
        "acted": verdict.acted(), "competent": decision.competent, "manner": decision.manner,
        "effective_from": decision.effective_from, "revision": decision.revision,
        "refused": verdict.refused, "faults": verdict.faults().collect::<Vec<_>>(),
        "case_terms": verdict.case.iter().flat_map(|case| &case.terms).map(report::term_json)
            .collect::<Vec<_>>(),
    }))
}
