//! What a disruption changes, and what more forces would place.

use clap::{Args, Subcommand};
use proto::operations::v1::{self as pb, disruption::Kind};

use super::{By, For, called, lines, of, pair, show};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// What to repair.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  xiezhi schedule repair schedules/… --reason 病假 --dry-run --as GDO --officer GDO-01 \\\n    \
    officer-absent MKT-01 --from 2026-12-02 --to 2026-12-04\n  \
    xiezhi schedule repair schedules/… --reason 举报 --as GDO --officer GDO-01 \\\n    \
    urgent-visit subjects/… --with MKT=2 --matter MKT=M032 --minutes 60 \\\n    --window '2026-12-02 08:30-17:30'"
)]
pub(crate) struct Repair {
    #[command(flatten)]
    who: For,
    /// schedules/…, which is published.
    name: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Only show what it would change.
    #[arg(long)]
    dry_run: bool,
    /// Move or leave out lighter visits when a heavier one has no place otherwise; an urgent one
    /// always may.
    #[arg(long)]
    make_room: bool,
    /// The etag you decided on; without it the newest is read first.
    #[arg(long)]
    etag: Option<String>,
    #[command(subcommand)]
    happened: Happened,
}

/// From when to when.
#[derive(Debug, Args)]
pub(crate) struct Absent {
    /// First day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    from: String,
    /// Last day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    to: String,
}

/// What happened.
#[derive(Debug, Subcommand)]
pub(crate) enum Happened {
    /// An officer cannot go.
    OfficerAbsent {
        /// Certificate number.
        certificate_no: String,
        #[command(flatten)]
        days: Absent,
    },
    /// A vehicle or an instrument is not there.
    KitAbsent {
        /// Code of the kit.
        code: String,
        #[command(flatten)]
        days: Absent,
    },
    /// A visit does not take place.
    VisitCancelled {
        /// visits/…
        visit: String,
    },
    /// A visit that cannot wait.
    UrgentVisit(Urgent),
}

/// A visit that cannot wait.
#[derive(Debug, Args)]
pub(crate) struct Urgent {
    /// subjects/… with the options below, or visits/… that is planned already, without them.
    what: String,
    /// How many officers a body sends; may be repeated.
    #[arg(long = "with", value_parser = officers, value_name = "AGENCY=OFFICERS")]
    officers: Vec<(String, i32)>,
    /// A matter that a body inspects; may be repeated.
    #[arg(long = "matter", value_parser = pair, value_name = "AGENCY=MATTER")]
    matters: Vec<(String, String)>,
    /// What one officer of a body must hold.
    #[arg(long = "qualification", value_parser = pair, value_name = "AGENCY=WORD")]
    qualifications: Vec<(String, String)>,
    /// The kind of kit that a body brings.
    #[arg(long = "kit", value_parser = pair, value_name = "AGENCY=KIND")]
    kits: Vec<(String, String)>,
    /// How long it takes, in minutes.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    minutes: i32,
    /// 1 to 100 [default: 100].
    #[arg(long)]
    weight: Option<i32>,
    /// When it may take place: `2026-12-02 08:30-17:30`; may be repeated. Without one, any day.
    #[arg(long = "window", value_parser = window, value_name = "WINDOW")]
    windows: Vec<pb::Window>,
}

/// With what more.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi schedule what-if schedules/… --as GDO --body MKT \\\n    --more-officers 2 --qualification FOOD"
)]
pub(crate) struct WhatIf {
    #[command(flatten)]
    by: By,
    /// schedules/…
    name: String,
    /// Code of the body that would have more.
    #[arg(long, value_name = "AGENCY")]
    body: String,
    /// How many officers more.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    more_officers: i32,
    /// What they hold.
    #[arg(long, default_value = "", hide_default_value = true)]
    qualification: String,
    /// How many kits more.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    more_kits: i32,
    /// Of which kind.
    #[arg(long, default_value = "", hide_default_value = true)]
    kit: String,
}

fn officers(text: &str) -> Result<(String, i32), String> {
    let (code, count) = pair(text)?;
    let count = count.parse().map_err(|_| format!("{count} is no number of officers"))?;
    Ok((code, count))
}

/// `2026-12-02 08:30-17:30`.
fn window(text: &str) -> Result<pb::Window, String> {
    let fault = || format!("{text} is not `YYYY-MM-DD HH:MM-HH:MM`");
    let (day, hours) = text.split_once(' ').ok_or_else(fault)?;
    let (from, to) = hours.split_once('-').ok_or_else(fault)?;
    let (from_minute, to_minute) = (lines::minutes(from)?, lines::minutes(to)?);
    Ok(pb::Window { day: day.to_owned(), from_minute, to_minute })
}

fn kind(happened: Happened) -> Kind {
    match happened {
        Happened::OfficerAbsent { certificate_no, days: Absent { from, to } } => {
            let (from_day, to_day) = (from, to);
            Kind::OfficerAbsent(pb::OfficerAbsent { certificate_no, from_day, to_day })
        }
        Happened::KitAbsent { code, days: Absent { from, to } } => {
            Kind::KitAbsent(pb::KitAbsent { code, from_day: from, to_day: to })
        }
        Happened::VisitCancelled { visit } => Kind::VisitCancelled(visit),
        Happened::UrgentVisit(urgent) => Kind::UrgentVisit(visit(urgent)),
    }
}

fn visit(urgent: Urgent) -> pb::Visit {
    if urgent.what.starts_with("visits/") && urgent.officers.is_empty() {
        return pb::Visit { name: urgent.what, ..pb::Visit::default() };
    }
    let one = |pairs: &[(String, String)], code: &str| {
        of(pairs, code).next().unwrap_or_default().to_owned()
    };
    let groups = urgent.officers.iter().map(|(agency, officers)| pb::Group {
        agency: agency.clone(),
        officers: *officers,
        qualification: one(&urgent.qualifications, agency),
        kit: one(&urgent.kits, agency),
        matters: of(&urgent.matters, agency).map(str::to_owned).collect(),
        ..pb::Group::default()
    });
    pb::Visit {
        groups: groups.collect(),
        subject: urgent.what,
        windows: urgent.windows,
        minutes: urgent.minutes,
        weight: urgent.weight.unwrap_or(100),
        ..pb::Visit::default()
    }
}

pub(super) async fn repair(context: &Context, command: Repair) -> anyhow::Result<()> {
    let For { by, officer } = command.who;
    let mesh = by.connect(context).await?;
    let etag = match command.etag {
        Some(etag) => etag,
        None => show::read(&mesh, &command.name).await?.etag,
    };
    let disruption = pb::Disruption { reason: command.reason, kind: Some(kind(command.happened)) };
    let request = pb::RepairScheduleRequest {
        request_id: client::request_id(),
        name: command.name,
        etag,
        disruption: Some(disruption),
        dry_run: command.dry_run,
        officer,
        make_room: command.make_room,
    };
    let answer = called(mesh.operations().repair_schedule(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.RepairScheduleResponse", &answer);
    }
    show::print(&answer.schedule.unwrap_or_default())?;
    let kept = if command.dry_run { "; nothing was kept" } else { "" };
    line(format!(
        "\n{} changes, computed in {} µs{kept}",
        answer.changes.len(),
        answer.compute_us
    ))?;
    changes(&answer.changes)?;
    answer.doubtful.iter().try_for_each(|one| line(format!("doubtful: {one}")))
}

/// The differences between two versions.
fn changes(changes: &[pb::ScheduleChange]) -> anyhow::Result<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut table = out::table(&["CHANGE", "VISIT", "WAS", "IS", "OUT", "IN", "BECAUSE"]);
    for one in changes {
        table.add_row([
            &one.kind,
            &one.visit,
            &local(one.from_time),
            &local(one.to_time),
            &[one.officers_out.join(" "), one.kits_out.join(" ")].join(" "),
            &[one.officers_in.join(" "), one.kits_in.join(" ")].join(" "),
            &one.because,
        ]);
    }
    line(table)
}

pub(super) async fn what_if(context: &Context, command: WhatIf) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let request = pb::AskWhatIfRequest {
        name: command.name,
        agency: command.body,
        qualification: command.qualification,
        more_officers: command.more_officers,
        more_kits: command.more_kits,
        kit: command.kit,
    };
    let answer = called(mesh.operations().ask_what_if(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.AskWhatIfResponse", &answer);
    }
    let count = answer.visits.len();
    line(format!("{count} of the visits left out could be placed, of weight {}", answer.weight))?;
    answer.visits.iter().try_for_each(|visit| line(format!("  {visit}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_a_day_with_two_times() {
        let read = window("2026-12-02 08:30-17:30").unwrap();
        assert_eq!(
            (read.day.as_str(), read.from_minute, read.to_minute),
            ("2026-12-02", 510, 1050)
        );
        for wrong in ["2026-12-02", "2026-12-02 08:30", "2026-12-02 8-17"] {
            assert!(window(wrong).is_err(), "{wrong}");
        }
    }
}
