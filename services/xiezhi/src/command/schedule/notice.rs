//! The inspection notice of a visit (行政检查通知书, I-03), as a form to print, sign and hand over.

use std::{collections::BTreeSet, fs, path::PathBuf};

use anyhow::{Context as _, ensure};
use clap::Args;
use client::Mesh;
use proto::{
    catalogue::v1::{self as catalogue, entry::Entry},
    identity::v1 as identity,
    operations::v1 as pb,
};

use super::{By, called};
use crate::{
    cli::Context,
    forms::{self, Inspection, Matters, Names},
    out::line,
};

/// Which notice, and where it goes.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  xiezhi schedule notice visits/… --as MKT -o 检查通知书.pdf")]
pub(crate) struct Notice {
    #[command(flatten)]
    by: By,
    /// visits/…, dispatched.
    name: String,
    /// The PDF to write.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) async fn notice(context: &Context, command: Notice) -> anyhow::Result<()> {
    let Notice { by, name, output } = command;
    let mesh = by.connect(context).await?;
    let answer = mesh.operations().get_visit(pb::GetVisitRequest { name: name.clone() }).await;
    let visit = called(answer)?.visit.context("no visit in the answer")?;
    ensure!(!visit.notice_no.is_empty(), "{name} has no notice: nobody is dispatched");
    let request = pb::GetSubjectRequest { name: visit.subject.clone() };
    let answer = called(mesh.operations().get_subject(request).await)?;
    let (matters, names) = (matters(&mesh, &visit).await?, names(&mesh, &visit).await?);
    let subject = answer.subject.unwrap_or_default();
    let inspection = Inspection { visit, subject, counts: answer.counts, matters };
    let pdf = forms::inspection(&inspection, &names)?;
    let file = output.display().to_string();
    fs::write(&output, pdf).with_context(|| file.clone())?;
    if context.shared.json {
        return line(serde_json::json!({ "file": file }));
    }
    line(format!("{} written to {file}", inspection.visit.notice_no))
}

/// What the matters of a visit are called, and the law on its day.
async fn matters(mesh: &Mesh, visit: &pb::Visit) -> anyhow::Result<Matters> {
    let codes: BTreeSet<&String> = visit.groups.iter().flat_map(|group| &group.matters).collect();
    let mut matters = Matters::new();
    for code in codes {
        let request = catalogue::ListEntriesRequest {
            kind: catalogue::EntryKind::Matter.into(),
            matter: code.clone(),
            page_size: 1,
            ..catalogue::ListEntriesRequest::default()
        };
        let entries = called(mesh.catalogue().list_entries(request).await)?.entries;
        let Some(Entry::Matter(matter)) = entries.into_iter().next().and_then(|one| one.entry)
        else {
            continue;
        };
        let in_force = |one: &&catalogue::Basis| holds(one, &visit.day);
        let bases = matter.bases.iter().filter(in_force);
        let bases: Vec<&str> = bases.map(|one| one.citation.as_str()).collect();
        matters.insert(code.clone(), (matter.name_zh, bases.join("；")));
    }
    Ok(matters)
}

/// What the bodies of a visit are called.
async fn names(mesh: &Mesh, visit: &pb::Visit) -> anyhow::Result<Names> {
    let mut names = Names::new();
    for group in &visit.groups {
        let request = identity::GetAgencyRequest { name: format!("agencies/{}", group.agency) };
        let agency = called(mesh.identity().get_agency(request).await)?.agency;
        names.insert(group.agency.clone(), agency.unwrap_or_default().display_name_zh);
    }
    Ok(names)
}

/// Whether a basis is in force on a day YYYY-MM-DD.
fn holds(basis: &catalogue::Basis, day: &str) -> bool {
    let begun = basis.valid_from.is_empty() || basis.valid_from.as_str() <= day;
    begun && (basis.valid_to.is_empty() || day <= basis.valid_to.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_law_of_a_notice_is_the_one_in_force_on_its_day() {
        let basis = |from: &str, to: &str| catalogue::Basis {
            valid_from: from.to_owned(),
            valid_to: to.to_owned(),
            ..catalogue::Basis::default()
        };
        assert!(holds(&basis("", ""), "2026-12-01"));
        assert!(holds(&basis("2026-12-01", "2026-12-01"), "2026-12-01"));
        assert!(!holds(&basis("2026-12-02", ""), "2026-12-01"));
        assert!(!holds(&basis("", "2026-11-30"), "2026-12-01"));
    }
}
