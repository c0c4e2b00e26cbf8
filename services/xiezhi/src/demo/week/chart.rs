//! The week as charts, after the repair.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use super::{county::County, days, repair::Repaired};
use crate::gantt::{Away, Body, Chart, bars};

/// Writes the charts into a folder; returns the files, the overview first.
pub(super) fn write(
    folder: &Path,
    (title, county): (&str, &County),
    repaired: &Repaired,
) -> anyhow::Result<Vec<PathBuf>> {
    let changed: BTreeSet<&str> = repaired.changes.iter().map(|one| one.visit.as_str()).collect();
    let mut away = Vec::new();
    for officer in county.bodies.iter().flat_map(|body| &body.officers) {
        for day in days::week() {
            let first = |span: &String| span.starts_with(&day.to_string());
            let ill = officer.certificate_no == repaired.officer && day >= days::day(2);
            let absent = officer.absences.iter().any(first);
            if ill || absent {
                let (officer, why) =
                    (officer.certificate_no.clone(), if ill { "ill" } else { "away" });
                away.push(Away { officer, day, why });
            }
        }
    }
    let bodies = county.bodies.iter().map(|body| Body {
        code: body.code.to_owned(),
        name: body.name.to_owned(),
        officers: body.officers.iter().map(|one| one.certificate_no.clone()).collect(),
    });
    let chart = Chart {
        title: title.to_owned(),
        days: days::week().to_vec(),
        hours: (510, 1050),
        bodies: bodies.collect(),
        bars: bars(&repaired.visits, &changed),
        away,
    };
    let mut files = Vec::new();
    for (name, text) in chart.files() {
        let file = folder.join(name);
        std::fs::write(&file, text).with_context(|| format!("{}", file.display()))?;
        files.push(file);
    }
    Ok(files)
}
