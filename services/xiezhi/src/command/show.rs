//! A case as a timeline, with each running clock and who must act next.

use client::Mesh;
use proto::referral::v1 as pb;

use crate::out::{self, line, local};

/// Prints one referral as `mesh`'s agency sees it.
pub(crate) async fn show(mesh: &Mesh, name: &str, json: bool) -> anyhow::Result<()> {
    let request = pb::GetReferralRequest { name: name.to_owned() };
    let answer = mesh.referral().get_referral(request).await.map_err(client::Error::from)?;
    let answer = answer.into_inner();
    if json {
        return out::json("xiezhi.referral.v1.GetReferralResponse", &answer);
    }
    let Some(referral) = &answer.referral else { return Ok(()) };
    line(format!("{}  {}", referral.name, referral.title))?;
    line(format!(
        "{}  {} -> {}  state {}  etag {}",
        referral.procedure, referral.from_agency, referral.to_agency, referral.state, referral.etag
    ))?;
    if !referral.offence.is_empty() {
        line(format!("offence  {}", referral.offence))?;
    }
    if !referral.missing_documents.is_empty() {
        line(format!("missing  {}", referral.missing_documents.join(", ")))?;
    }
    line("")?;
    events(mesh, &referral.docket).await?;
    line("")?;
    terms(&answer.terms)?;
    line("")?;
    next(&answer)
}

async fn events(mesh: &Mesh, docket: &str) -> anyhow::Result<()> {
    let mut table = out::table(&["WHEN", "WHO", "WHAT", "LAW", "PAPERS"]);
    let mut page_token = String::new();
    loop {
        let request =
            pb::GetTimelineRequest { docket: docket.to_owned(), page_size: 1000, page_token };
        let page = mesh.referral().get_timeline(request).await.map_err(client::Error::from)?;
        let page = page.into_inner();
        for event in page.events {
            let papers: Vec<&str> =
                event.documents.iter().filter_map(|paper| paper.split(':').next()).collect();
            let who = match event.officer.as_str() {
                "" => event.agency.clone(),
                officer => officer.to_owned(),
            };
            let law = [event.rule.as_str(), event.basis.as_str()].join(" ");
            let papers = papers.join(" ");
            table.add_row([&local(event.time), &who, &event.summary, law.trim(), &papers]);
        }
        if page.next_page_token.is_empty() {
            return line(table);
        }
        page_token = page.next_page_token;
    }
}

/// Prints terms: whose, until when, how each stands.
pub(crate) fn terms(terms: &[pb::Term]) -> anyhow::Result<()> {
    let heads = ["CLOCK", "WHO", "MUST", "LENGTH", "DUE", "STATE", "WARNED"];
    let mut table = out::table(&heads);
    for term in terms {
        let provisional = if term.provisional { " PROVISIONAL" } else { "" };
        let target = if term.service_target { " (target)" } else { "" };
        let state = term.state().as_str_name().trim_start_matches("TERM_STATE_");
        let owed = if state == "MISSED" && term.end_time.is_none() { ", still owed" } else { "" };
        let rungs: Vec<&str> = term.rungs.iter().map(|rung| rung.rung.as_str()).collect();
        table.add_row([
            format!("{}{target}", term.rule),
            term.holder.clone(),
            term.duty.clone(),
            term.length.clone(),
            format!("{}{provisional}", local(term.due_time)),
            format!("{state}{owed}"),
            rungs.join(" "),
        ]);
    }
    line(table)
}

fn next(answer: &pb::GetReferralResponse) -> anyhow::Result<()> {
    if answer.next_actors.is_empty() {
        line("nobody must act: the referral has ended")?;
    } else {
        line(format!("next to act: {}", answer.next_actors.join(", ")))?;
    }
    for step in &answer.open_steps {
        let papers = step.documents.join(", ");
        let papers = if papers.is_empty() { papers } else { format!("  with {papers}") };
        let (officer, rule) = (&step.officer, &step.rule);
        line(format!("  you may {}{papers}  as {officer}  ({rule} {})", step.step, step.basis))?;
    }
    Ok(())
}
