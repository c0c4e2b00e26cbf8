//! On site: a visit acknowledged, started, recorded, its result published; and an officer's days.

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use client::Mesh;
use proto::operations::v1 as pb;

use super::{By, For, called, show};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// How certificates are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Shown {
    /// 亮证.
    Shown,
    /// 扫码入企.
    Scanned,
}

/// Who arrives.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi schedule check-in visits/… --officer MKT-01 --officer MKT-02 --shown scanned --as MKT"
)]
pub(crate) struct CheckIn {
    #[command(flatten)]
    by: By,
    /// visits/…
    name: String,
    /// Certificate number of an officer on site; repeat it.
    #[arg(long = "officer", required = true)]
    officers: Vec<String>,
    /// How the certificates were shown (I-06).
    #[arg(long, value_enum, default_value_t = Shown::Shown)]
    shown: Shown,
}

/// What was found.
#[derive(Debug, Args)]
#[command(
    after_help = "A line of the checklist is `question=YES`, NO or NOT_APPLICABLE, and `=note` where there is one.\n\n\
    Example:\n  xiezhi schedule result visits/… --matter M032 --result OK --findings '未发现问题' \\\n    \
    --line '亮证经营=YES' --done --as MKT --officer MKT-01"
)]
pub(crate) struct Found {
    #[command(flatten)]
    who: For,
    /// visits/…
    name: String,
    /// Code of the matter.
    #[arg(long)]
    matter: String,
    /// `OK`, `CORRECTED_ON_SITE`, `ORDERED_TO_CORRECT`, `CASE_OPENED`, `REFERRED` or `NOT_FOUND`.
    #[arg(long)]
    result: String,
    /// What was found, in words.
    #[arg(long, default_value = "", hide_default_value = true)]
    findings: String,
    /// A line of the checklist; may be repeated.
    #[arg(long = "line", value_parser = checked, value_name = "QUESTION=ANSWER")]
    checklist: Vec<pb::ChecklistLine>,
    /// dossiers/… with the evidence.
    #[arg(long, default_value = "", hide_default_value = true)]
    dossier: String,
    /// dockets/… or a case number it led to.
    #[arg(long, default_value = "", hide_default_value = true)]
    follow_up: String,
    /// It was the last one: the visit is done.
    #[arg(long)]
    done: bool,
}

/// Whose days.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi schedule calendar MKT-01 --from 2026-12-01 --to 2026-12-31 --as MKT > MKT-01.ics"
)]
pub(crate) struct Days {
    #[command(flatten)]
    by: By,
    /// Certificate number of an officer of your body.
    certificate_no: String,
    /// First day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    from: String,
    /// Last day, YYYY-MM-DD; at most 31 days in all.
    #[arg(long, value_name = "DAY")]
    to: String,
}

/// `question=YES=note`.
fn checked(text: &str) -> Result<pb::ChecklistLine, String> {
    let (question, rest) = text.split_once('=').ok_or("is not QUESTION=ANSWER")?;
    let (answer, note) = rest.split_once('=').unwrap_or((rest, ""));
    let answer = answer.trim().to_uppercase().replace('-', "_");
    Ok(pb::ChecklistLine { question: question.to_owned(), answer, note: note.to_owned() })
}

pub(super) async fn visit(context: &Context, mesh: &Mesh, name: String) -> anyhow::Result<()> {
    let request = pb::GetVisitRequest { name };
    told(context, called(mesh.operations().get_visit(request).await)?.visit)
}

pub(super) async fn acknowledge(context: &Context, who: For, name: String) -> anyhow::Result<()> {
    let For { by, officer } = who;
    let mesh = by.connect(context).await?;
    let request = pb::AcknowledgeVisitRequest { request_id: client::request_id(), name, officer };
    told(context, called(mesh.operations().acknowledge_visit(request).await)?.visit)
}

pub(super) async fn check_in(context: &Context, command: CheckIn) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let shown = match command.shown {
        Shown::Shown => "SHOWN",
        Shown::Scanned => "SCANNED",
    };
    let request = pb::CheckInRequest {
        request_id: client::request_id(),
        name: command.name,
        officers: command.officers,
        shown: shown.to_owned(),
    };
    told(context, called(mesh.operations().check_in(request).await)?.visit)
}

pub(super) async fn record(context: &Context, command: Found) -> anyhow::Result<()> {
    let For { by, officer } = command.who;
    let mesh = by.connect(context).await?;
    let result = pb::MatterResult {
        matter: command.matter,
        result: command.result.to_uppercase().replace('-', "_"),
        findings: command.findings,
        checklist: command.checklist,
        dossier: command.dossier,
        follow_up: command.follow_up,
        officer,
        ..pb::MatterResult::default()
    };
    let (request_id, name, done) = (client::request_id(), command.name, command.done);
    let request = pb::RecordResultRequest { request_id, name, result: Some(result), done };
    told(context, called(mesh.operations().record_result(request).await)?.visit)
}

pub(super) async fn publish(context: &Context, who: For, name: String) -> anyhow::Result<()> {
    let For { by, officer } = who;
    let mesh = by.connect(context).await?;
    let request = pb::PublishResultRequest { request_id: client::request_id(), name, officer };
    told(context, called(mesh.operations().publish_result(request).await)?.visit)
}

pub(super) async fn calendar(context: &Context, command: Days) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let request = pb::GetCalendarRequest {
        certificate_no: command.certificate_no,
        from_day: command.from,
        to_day: command.to,
    };
    let answer = called(mesh.operations().get_calendar(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.GetCalendarResponse", &answer);
    }
    out::text(&answer.icalendar)
}

fn told(context: &Context, visit: Option<pb::Visit>) -> anyhow::Result<()> {
    let visit = visit.context("no visit in the answer")?;
    if context.shared.json {
        out::json("xiezhi.operations.v1.Visit", &visit)
    } else {
        print(&visit)
    }
}

fn print(visit: &pb::Visit) -> anyhow::Result<()> {
    line(format!("{}  {}  state {}", visit.name, visit.subject, show::visit_state(visit)))?;
    if visit.start_time.is_some() {
        let (from, to) = (local(visit.start_time), local(visit.end_time));
        line(format!("when     {from} to {to}, notice {}", visit.notice_no))?;
    }
    if !visit.cancel_reason.is_empty() {
        line(format!("ended    {}", visit.cancel_reason))?;
    }
    if visit.publish_due_time.is_some() {
        let (due, at) = (local(visit.publish_due_time), local(visit.publish_time));
        let done = if at.is_empty() { String::new() } else { format!(", published {at}") };
        line(format!("result   due {due} (O-09){done}"))?;
    }
    groups(visit)?;
    for one in &visit.check_ins {
        let (at, officers) = (local(one.time), one.officers.join(" "));
        line(format!("{at}  {} on site: {officers} ({})", one.agency, one.shown))?;
    }
    for one in &visit.results {
        let (at, who) = (local(one.time), &one.officer);
        line(format!("{at}  {who}: {} {}  {}", one.matter, one.result, one.findings))?;
        for said in &one.checklist {
            line(format!("    {}: {} {}", said.question, said.answer, said.note))?;
        }
        for (label, text) in [("dossier", &one.dossier), ("led to", &one.follow_up)] {
            if !text.is_empty() {
                line(format!("    {label} {text}"))?;
            }
        }
    }
    Ok(())
}

fn groups(visit: &pb::Visit) -> anyhow::Result<()> {
    let mut table = out::table(&["BODY", "OFFICERS", "NEEDS", "MATTERS", "GOES", "PASSED OVER"]);
    for one in &visit.groups {
        let needs = [one.qualification.as_str(), &one.kit].join(" ");
        let goes = [one.assigned.join(" "), one.assigned_kit.clone()].join(" ");
        let passed = one.passed_over.iter();
        let passed = passed.map(|one| format!("{}: {}", one.certificate_no, one.reason));
        table.add_row([
            one.agency.as_str(),
            &one.officers.to_string(),
            needs.trim(),
            &one.matters.join(" "),
            goes.trim(),
            &passed.collect::<Vec<_>>().join("; "),
        ]);
    }
    line(table)?;
    for one in visit.groups.iter().filter(|one| !one.over_cap.is_empty()) {
        line(format!("{} goes although its cap is reached (I-04): {}", one.agency, one.over_cap))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_checklist_is_a_question_an_answer_and_a_note() {
        let read = checked("留样=not-applicable=无热食").unwrap();
        let read = (read.question.as_str(), read.answer.as_str(), read.note.as_str());
        assert_eq!(read, ("留样", "NOT_APPLICABLE", "无热食"));
        assert_eq!(checked("亮证经营=yes").unwrap().answer, "YES");
        assert!(checked("亮证经营").is_err());
    }
}
