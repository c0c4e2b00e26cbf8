//! A dispute as people read it: who with whom over what, who acts meanwhile, who must act next.

use client::Mesh;
use proto::arbitration::v1 as pb;

use super::{called, rungs, word};
use crate::out::{self, line, local};

/// Prints one dispute as `mesh`'s agency sees it.
pub(super) async fn show(mesh: &Mesh, name: &str, json: bool) -> anyhow::Result<()> {
    let request = pb::GetDisputeRequest { name: name.to_owned() };
    let answer = called(mesh.arbitration().get_dispute(request).await)?;
    if json {
        return out::json("xiezhi.arbitration.v1.GetDisputeResponse", &answer);
    }
    let Some(dispute) = &answer.dispute else { return Ok(()) };
    heading(dispute)?;
    if let Some(forum) = &dispute.forum {
        self::forum(forum)?;
    }
    said(dispute)?;
    if let Some(decision) = &dispute.decision {
        decided(decision)?;
    }
    spans(&dispute.acting_spans)?;
    terms(&answer.terms)?;
    next(&answer)
}

fn heading(dispute: &pb::Dispute) -> anyhow::Result<()> {
    let subject = dispute.subject.clone().unwrap_or_default();
    let kind = word(dispute.kind().as_str_name(), "DISPUTE_KIND_");
    line(format!("{}  {}", dispute.name, subject.title))?;
    line(format!(
        "{kind}  {}  state {}  etag {}",
        dispute.parties.join(" against "),
        dispute.state,
        dispute.etag
    ))?;
    for (label, text) in [
        ("matter", &subject.matter),
        ("place", &subject.place),
        ("subject", &subject.subject),
        ("act on", &subject.act_date),
        ("docket", &subject.docket),
        ("facts", &subject.facts),
    ] {
        if !text.is_empty() {
            line(format!("{label:8} {text}"))?;
        }
    }
    line(format!("acts     {}: {}", dispute.acting, dispute.acting_reason))
}

/// Before whom it goes, and why.
pub(super) fn forum(forum: &pb::Forum) -> anyhow::Result<()> {
    line("\nforum")?;
    for (at, rung) in rungs(forum).iter().enumerate() {
        let here = if i32::try_from(at).is_ok_and(|at| at == forum.rung) { '>' } else { ' ' };
        line(format!("  {here} {}. {rung}", at + 1))?;
    }
    reasons(&forum.reasons)
}

/// Reasons, each with its source.
pub(super) fn reasons(reasons: &[pb::ForumReason]) -> anyhow::Result<()> {
    for one in reasons {
        let law = [one.rule.as_str(), one.basis.as_str(), one.verified.as_str()].join(" ");
        line(format!("    {}  ({})", one.text, law.trim()))?;
        if !one.text_zh.is_empty() {
            line(format!("    {}", one.text_zh))?;
        }
    }
    Ok(())
}

/// What the bodies said, in the order of the ladder.
fn said(dispute: &pb::Dispute) -> anyhow::Result<()> {
    let mut table = out::table(&["WHEN", "WHO", "SAID", "WHAT", "BASIS"]);
    for one in &dispute.positions {
        let stance = word(one.stance().as_str_name(), "STANCE_");
        let basis = one.basis.join("; ");
        table.add_row([&local(one.time), &one.agency, stance, &one.text, &basis]);
    }
    if let Some(one) = &dispute.settlement {
        let what = format!("{} competent from {}: {}", one.competent, one.effective_from, one.text);
        let (when, who) = (local(one.time), one.signed_by.join(" "));
        table.add_row([&when, &who, "SETTLEMENT", &what, &one.settlement_sha256]);
    }
    for one in &dispute.sessions {
        let who = one.present.join(" ");
        table.add_row([&one.held_on, &who, "SESSION", &one.minutes, &one.minutes_sha256]);
    }
    for one in &dispute.interim_orders {
        let what = format!("{} leads: {}", one.lead, one.measures.join("; "));
        table.add_row([&local(one.time), &one.agency, "INTERIM", &what, &one.reason]);
    }
    for one in &dispute.ballots {
        let what = format!("votes for {}: {}", one.competent, one.reason);
        table.add_row([&local(one.time), &one.officer, "VOTE", &what, ""]);
    }
    if let Some(one) = &dispute.outcome {
        let what =
            format!("{} competent from {}: {}", one.competent, one.effective_from, one.reason);
        let answers = format!("agreed {}; refused {}", one.agreed.join(" "), one.refused.join(" "));
        table.add_row(["", "", "OUTCOME", &what, &answers]);
    }
    line("")?;
    line(table)
}

fn decided(decision: &pb::Decision) -> anyhow::Result<()> {
    line(format!(
        "\ndecided  {} is competent from {}  ({} by {}, {})",
        decision.competent,
        decision.effective_from,
        decision.manner,
        decision.decided_by.join(", "),
        local(decision.time)
    ))?;
    for (label, text) in [
        ("number", decision.decision_no.clone()),
        ("why", decision.reason.clone()),
        ("basis", decision.basis.join("; ")),
        ("known to", decision.acknowledged_by.join(" ")),
        ("evidence", decision.evidence_outcome.clone()),
    ] {
        if !text.is_empty() {
            line(format!("{label:8} {text}"))?;
        }
    }
    if decision.revision > 0 {
        line(format!("carried  by revision {} of the catalogue", decision.revision))?;
    }
    Ok(())
}

fn spans(spans: &[pb::ActingSpan]) -> anyhow::Result<()> {
    let mut table = out::table(&["ACTED", "FROM", "TO", "WHY"]);
    for one in spans {
        let (from, to) = (local(one.from_time), local(one.to_time));
        table.add_row([&one.agency, &from, &to, &format!("{} {}", one.reason, one.rule)]);
    }
    line("")?;
    line(table)
}

fn terms(terms: &[pb::Term]) -> anyhow::Result<()> {
    let heads = ["CLOCK", "WHO", "MUST", "LENGTH", "DUE", "STATE", "WARNED"];
    let mut table = out::table(&heads);
    for term in terms {
        let provisional = if term.provisional { " PROVISIONAL" } else { "" };
        table.add_row([
            format!("{} {}", term.rule, term.verified),
            term.holder.clone(),
            term.duty.clone(),
            term.length.clone(),
            format!("{}{provisional}", local(term.due_time)),
            term.state.clone(),
            term.rungs.join(" "),
        ]);
    }
    line("")?;
    line(table)
}

fn next(answer: &pb::GetDisputeResponse) -> anyhow::Result<()> {
    line("")?;
    if answer.next_actors.is_empty() {
        line("nobody must act: the dispute has ended")?;
    } else {
        line(format!("next to act: {}", answer.next_actors.join(", ")))?;
    }
    for step in &answer.open_steps {
        let name = step.step.to_lowercase().replace('_', "-");
        let officer =
            if step.officer.is_empty() { String::new() } else { format!("  as {}", step.officer) };
        line(format!("  you may {name}{officer}  ({} {})", step.rule, step.basis))?;
    }
    Ok(())
}
