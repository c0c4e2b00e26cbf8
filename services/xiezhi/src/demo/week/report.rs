//! How the week is told: what was expected and what came, the difference, where the charts are.

use serde_json::json;

use super::{Week, repair::Repaired};
use crate::out::line;

/// Lines of the difference that are shown without --verbose.
const CHANGES_SHOWN: usize = 12;

/// Prints the week; returns how many of its expectations did not hold.
pub(in crate::demo) fn print(week: &Week, verbose: bool, json: bool) -> anyhow::Result<usize> {
    let unexpected = week.book.unexpected();
    if json {
        print_json(week, unexpected)?;
        return Ok(unexpected);
    }
    line(format!("\nA county week: {}", week.title))?;
    for one in &week.book.0 {
        let mark = if one.holds { "as expected" } else { "UNEXPECTED" };
        let not = if one.holds { String::new() } else { format!(", not {}", one.expected) };
        line(format!("     {mark:11}  {}: {}{not}", one.what, one.came))?;
    }
    if let Some(repaired) = &week.repaired {
        print_repair(repaired, verbose)?;
    }
    week.notes.iter().try_for_each(line)?;
    if verbose {
        week.times.iter().try_for_each(|(what, ms)| line(format!("  {what}: {ms} ms")))?;
    }
    let all = week.book.0.len();
    let expected = all - unexpected;
    line(format!(
        "{all} expectations of the week: {expected} as expected, {unexpected} unexpected"
    ))?;
    Ok(unexpected)
}

fn print_repair(repaired: &Repaired, verbose: bool) -> anyhow::Result<()> {
    let Repaired { officer, changes, compute_us, .. } = repaired;
    line(format!(
        "\nWednesday, 07:40: {officer} is ill until Friday. {} visits change, computed in {compute_us} µs:",
        changes.len()
    ))?;
    let shown = if verbose { changes.len() } else { CHANGES_SHOWN };
    line(repaired.table(shown))?;
    let more = changes.len().saturating_sub(shown);
    if more > 0 { line(format!("  and {more} more; all of them with --verbose")) } else { Ok(()) }
}

fn print_json(week: &Week, unexpected: usize) -> anyhow::Result<()> {
    for one in &week.book.0 {
        let outcome = if one.holds { "as expected" } else { "UNEXPECTED" };
        line(json!({
            "week": one.what, "expected": one.expected, "came": one.came, "outcome": outcome,
        }))?;
    }
    let changes = week.repaired.iter().flat_map(|repaired| &repaired.changes);
    for one in changes {
        line(json!({
            "visit": one.visit, "change": one.kind, "out": one.officers_out,
            "in": one.officers_in, "because": one.because,
        }))?;
    }
    let all = week.book.0.len();
    line(json!({
        "expectations": all, "as_expected": all - unexpected, "unexpected": unexpected,
        "charts": week.charts.iter().map(|file| file.display().to_string()).collect::<Vec<_>>(),
    }))
}
