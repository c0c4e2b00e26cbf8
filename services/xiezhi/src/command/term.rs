//! `xiezhi term`: when a term ends, and why then.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use chrono::{DateTime, NaiveDate, TimeZone as _, Utc};
use clap::Args;
use clock::{Calendar, Counting, HourStart, Length, SHANGHAI, Unit};

use crate::{
    cli::Context,
    out::{line, local_time},
};

/// Counts a statutory term by the official calendar.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  xiezhi term 2024-02-07 3 day\n  \
    xiezhi term 2024-02-07 3 working-day\n  xiezhi term 2026-11-20T09:00 24 hour --next-full-hour\n  \
    xiezhi term 2026-11-20 2 month")]
pub(crate) struct Term {
    /// The day it starts (not counted), or the instant for hours: 2026-11-20T09:00, Asia/Shanghai.
    start: String,
    /// How many.
    value: u32,
    /// hour, day, working-day or month.
    unit: String,
    /// The suspect is in custody: no roll-over over rest days.
    #[arg(long)]
    in_custody: bool,
    /// Hours start with the next full hour (police, procuratorate) instead of the moment (agencies).
    #[arg(long)]
    next_full_hour: bool,
    /// Another calendar: a CSV file with `date,weekday,kind,is_workday`.
    #[arg(long, value_name = "FILE")]
    calendar: Option<PathBuf>,
}

pub(crate) fn term(context: &Context, command: &Term) -> anyhow::Result<ExitCode> {
    let unit = command.unit.to_uppercase().replace('-', "_");
    let unit = Unit::parse(unit.strip_suffix('S').unwrap_or(&unit));
    let unit =
        unit.with_context(|| format!("{} is none of hour, day, working-day, month", command.unit))?;
    let start = instant(&command.start)?;
    let parsed;
    let calendar = match &command.calendar {
        None => Calendar::embedded(),
        Some(file) => {
            let text = std::fs::read_to_string(file);
            parsed = Calendar::parse(&text.with_context(|| format!("{}", file.display()))?)?;
            &parsed
        }
    };
    let hour_start =
        if command.next_full_hour { HourStart::NextFullHour } else { HourStart::Exact };
    let length = Length { value: command.value, unit };
    let counting = Counting { length, hour_start, in_custody: command.in_custody };
    let due = calendar.due(start, counting);
    if context.shared.json {
        let reasons: Vec<String> = due.reasons.iter().map(ToString::to_string).collect();
        line(serde_json::json!({
            "start_time": start.to_rfc3339(),
            "length": length.to_string(),
            "due_time": due.at.to_rfc3339(),
            "last_day": due.last_day.to_string(),
            "provisional": due.provisional,
            "reasons": reasons,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    let sure = if due.provisional { "  PROVISIONAL" } else { "" };
    let day = due.last_day.format("%a");
    line(format!("{length} from {}: ends {} ({day}){sure}", command.start, local_time(due.at)))?;
    for reason in &due.reasons {
        line(format!("  - {reason}"))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn instant(text: &str) -> anyhow::Result<DateTime<Utc>> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc());
    }
    let local = match text.parse::<NaiveDate>() {
        Ok(day) => day.and_hms_opt(0, 0, 0),
        Err(_) => ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
            .iter()
            .find_map(|form| chrono::NaiveDateTime::parse_from_str(text, form).ok()),
    };
    match local.and_then(|local| SHANGHAI.from_local_datetime(&local).single()) {
        Some(at) => Ok(at.to_utc()),
        None => bail!("{text} is neither a day (2024-02-07) nor an instant (2024-02-07T09:00)"),
    }
}
