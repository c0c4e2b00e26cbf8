//! What people ask the catalogue: who is competent and why, what the grade of a fine is.

use std::collections::BTreeMap;

use anyhow::Context as _;
use clap::Args;
use proto::catalogue::v1::{self as pb, entry::Entry as Of};

use super::{Anybody, called, list, word};
use crate::{cli::Context, out};

/// Which matter.
#[derive(Debug, Args)]
pub(crate) struct Show {
    #[command(flatten)]
    by: Anybody,
    /// Code of the matter, e.g. M005.
    matter: String,
    /// As this revision has it [default: the newest].
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    revision: i64,
}

/// Whose competence.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  xiezhi catalogue resolve M005 --place 330999004 --act-date \
    2026-03-02\n  xiezhi catalogue resolve M014 --place 330999 --filed-by WAT --filed-on 2022-06-01")]
pub(crate) struct Resolve {
    #[command(flatten)]
    by: Anybody,
    /// Code of the matter, e.g. M005.
    matter: String,
    /// Region code where the act took place: 6 digits the county, 9 a township.
    #[arg(long)]
    place: String,
    /// Day of the act, YYYY-MM-DD [default: today].
    #[arg(long, default_value = "", hide_default_value = true)]
    act_date: String,
    /// Code of the body that filed a case.
    #[arg(long, default_value = "", hide_default_value = true)]
    filed_by: String,
    /// The day on which it did, YYYY-MM-DD.
    #[arg(long, default_value = "", hide_default_value = true)]
    filed_on: String,
    /// The enterprise or person, where a settled dispute may be about it.
    #[arg(long, default_value = "", hide_default_value = true)]
    subject: String,
    /// Certificate number of an officer, to see for whom a posted officer acts.
    #[arg(long, default_value = "", hide_default_value = true)]
    officer_no: String,
    /// As this revision has it [default: the newest].
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    revision: i64,
}

/// Which facts.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  xiezhi catalogue discretion M003 --fact area_m2=12 --fact \
    first_time=true")]
pub(crate) struct Discretion {
    #[command(flatten)]
    by: Anybody,
    /// Code of the matter, e.g. M003.
    matter: String,
    /// A fact, name=value; may be repeated.
    #[arg(long = "fact", value_name = "NAME=VALUE")]
    facts: Vec<String>,
    /// Day of the act, YYYY-MM-DD [default: today].
    #[arg(long, default_value = "", hide_default_value = true)]
    act_date: String,
    /// The facts reach a criminal threshold: then no minor route is open (S-12).
    #[arg(long)]
    suspected_crime: bool,
    /// As this revision has it [default: the newest].
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    revision: i64,
}

/// `NAME=VALUE` as a fact.
fn facts(said: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    let fact = |text: &String| {
        let (name, value) =
            text.split_once('=').with_context(|| format!("{text} is not NAME=VALUE"))?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    said.iter().map(fact).collect()
}

pub(super) async fn resolve(context: &Context, command: Resolve) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let asked = (command.matter.clone(), command.place.clone());
    let request = pb::ResolveCompetenceRequest {
        matter: command.matter,
        place: command.place,
        act_date: command.act_date,
        filed_on: command.filed_on,
        filed_by: command.filed_by,
        subject: command.subject,
        certificate_no: command.officer_no,
        revision: command.revision,
    };
    let answer = called(mesh.catalogue().resolve_competence(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.catalogue.v1.ResolveCompetenceResponse", &answer);
    }
    let competent = if answer.competent.is_empty() { "nobody alone" } else { &answer.competent };
    let (matter, place) = asked;
    out::line(format!("{matter} at {place}: {competent}  (revision {})", answer.revision))?;
    out::line(format!("{}\n{}\n", answer.summary, answer.summary_zh))?;
    let mut table = out::table(&["BODY", "STANDING", "WHY", "SOURCE", "RULE"]);
    for claim in &answer.claims {
        let standing = word(claim.standing().as_str_name(), "STANDING_").replace('_', " ");
        for (at, reason) in claim.reasons.iter().enumerate() {
            let (body, standing) =
                if at == 0 { (claim.agency.as_str(), standing.as_str()) } else { ("", "") };
            let why = format!("{}\n{}", reason.text, reason.text_zh);
            let rule = format!("{} {}", reason.rule, reason.verified);
            table.add_row([body, standing, &why, &reason.source, rule.trim()]);
        }
    }
    out::line(table)?;
    if let Some(basis) = &answer.basis {
        out::line(format!("law on the day of the act: {}", basis_text(basis)))?;
    }
    if !answer.brigade.is_empty() {
        out::line(format!("brigade at that place: {}", answer.brigade))?;
    }
    if !answer.officer_acts_for.is_empty() {
        out::line(format!("the officer acts for: {}", answer.officer_acts_for))?;
    }
    Ok(())
}

pub(super) async fn discretion(context: &Context, command: Discretion) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let request = pb::LookUpDiscretionRequest {
        matter: command.matter,
        act_date: command.act_date,
        facts: facts(&command.facts)?,
        suspected_crime: command.suspected_crime,
        revision: command.revision,
    };
    let answer = called(mesh.catalogue().look_up_discretion(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.catalogue.v1.LookUpDiscretionResponse", &answer);
    }
    match &answer.benchmark {
        Some(one) => out::line(format!(
            "grade {}: {} ({} [{}])",
            one.grade, one.penalty, one.basis, one.verified
        ))?,
        None => out::line("no grade fits")?,
    }
    let mut table = out::table(&["TRIED", "FITS", "COMPARED"]);
    for tried in answer.benchmarks_tried.iter().chain(&answer.minor_tried) {
        let fits = if tried.fits { "yes" } else { "no" };
        table.add_row([&tried.key, fits, &tried.comparisons.join("\n")]);
    }
    out::line(table)?;
    for route in &answer.minor_routes {
        let word = word(route.route().as_str_name(), "MINOR_ROUTE_");
        out::line(format!("open: {word} ({} [{}])", route.basis, route.verified))?;
    }
    if answer.minor_routes.is_empty() {
        out::line("no route for minor violations is open")?;
    }
    if !answer.missing_facts.is_empty() {
        out::line(format!("nobody said: {}", answer.missing_facts.join(", ")))?;
    }
    Ok(())
}

pub(super) async fn show(context: &Context, command: Show) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let kind = pb::EntryKind::Unspecified;
    let (revision, entries) = list::entries(&mesh, command.revision, kind, &command.matter).await?;
    anyhow::ensure!(
        !entries.is_empty(),
        "revision {revision} of the catalogue says nothing of {}",
        command.matter
    );
    if context.shared.json {
        return entries.iter().try_for_each(|one| out::json("xiezhi.catalogue.v1.Entry", one));
    }
    let mut table = out::table(&["WHAT", "WHO OR WHICH", "WHERE", "FROM", "TO", "SOURCE"]);
    for entry in entries.iter().filter_map(|entry| entry.entry.as_ref()) {
        match entry {
            Of::Matter(matter) => print_matter(matter, revision)?,
            Of::Power(power) => {
                let source = word(power.source().as_str_name(), "POWER_SOURCE_");
                let holder = if power.by_township { "each township" } else { &power.holder };
                let shared = if power.shared { " (shared)" } else { "" };
                table.add_row([
                    "power",
                    &format!("{holder}{shared}"),
                    &power.territory,
                    &power.valid_from,
                    &power.valid_to,
                    &format!("{source} {}", power.act),
                ]);
            }
            Of::Boundary(settled) => {
                let (competent, others) = (&settled.competent, settled.others.join(" "));
                table.add_row([
                    "settled dispute",
                    &format!("{competent}, not {others} {}", settled.subject),
                    &settled.territory,
                    &settled.valid_from,
                    "",
                    &format!("{} {}", settled.act, settled.dispute),
                ]);
            }
            Of::Benchmark(one) => {
                let fine =
                    format!("{} {}: {}", one.grade, conditions(&one.conditions), one.penalty);
                let (from, to) = (one.valid_from.as_str(), one.valid_to.as_str());
                table.add_row(["benchmark", &fine, "", from, to, &one.basis]);
            }
            Of::MinorViolation(one) => {
                let route = word(one.route().as_str_name(), "MINOR_ROUTE_");
                let when = format!("{route} {}", conditions(&one.conditions));
                let (from, to) = (one.valid_from.as_str(), one.valid_to.as_str());
                table.add_row(["minor violation", &when, "", from, to, &one.basis]);
            }
            // They are of no matter.
            Of::Area(_) | Of::Posting(_) => {}
        }
    }
    out::line(table)
}

fn print_matter(matter: &pb::Matter, revision: i64) -> anyhow::Result<()> {
    out::line(format!("{}  {}  (revision {revision})", matter.code, matter.name_zh))?;
    let regime = word(matter.regime().as_str_name(), "REGIME_");
    let empowerable = if matter.township_empowerable { ", may be given to townships" } else { "" };
    out::line(format!("{}  {} {regime}{empowerable}", matter.name_en, matter.domain))?;
    for basis in &matter.bases {
        out::line(format!("law      {}", basis_text(basis)))?;
    }
    for (label, text) in [
        ("penalty", matter.penalty_summary.clone()),
        ("offences", matter.linked_offences.join("; ")),
        ("evidence", matter.typical_evidence.join(", ")),
        ("note", matter.note.clone()),
    ] {
        if !text.is_empty() {
            out::line(format!("{label:8} {text}"))?;
        }
    }
    out::line("")
}

fn basis_text(basis: &pb::Basis) -> String {
    let days = match (basis.valid_from.as_str(), basis.valid_to.as_str()) {
        ("", "") => String::new(),
        (from, "") => format!(", from {from}"),
        ("", to) => format!(", until {to}"),
        (from, to) => format!(", {from} to {to}"),
    };
    format!("{} [{}]{days}", basis.citation, basis.verified)
}

fn conditions(conditions: &[pb::Condition]) -> String {
    let each = conditions.iter().map(|one| format!("{} {} {}", one.fact, one.operator, one.value));
    each.collect::<Vec<_>>().join(" and ")
}
