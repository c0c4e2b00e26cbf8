//! Subjects: imported, exported, listed, and how often one was inspected.

use std::{fs, path::PathBuf};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::Mesh;
use proto::operations::v1 as pb;

use super::{
    By, For, Page, called,
    lines::{self, Line},
    more, subject_name, tier, tier_word,
};
use crate::{
    cli::Context,
    out::{self, local},
};

/// Columns that a file must have, and those that it may have.
const COLUMNS: (&[&str], &[&str]) = (
    &["uscc", "display_name", "region", "latitude", "longitude", "sector", "tier"],
    &["place_no", "address", "matters", "tier_history"],
);
/// How many are asked for at once.
const PAGE: i32 = 1000;

/// Subjects.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create or replace subjects from a CSV file. How often they were inspected is kept.
    Import(Import),
    /// Write the subjects as CSV, as `import` reads it.
    Export(Export),
    /// The subjects, by name.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
        /// e.g. 'sector = "FOOD" AND tier = "D" AND region = "330999004"'.
        #[arg(long, default_value = "", hide_default_value = true)]
        filter: String,
    },
    /// One subject, and how often each body inspected it this year (I-04).
    Show {
        #[command(flatten)]
        by: By,
        /// subjects/…, or its 统一社会信用代码.
        name: String,
    },
}

/// What to import.
#[derive(Debug, Args)]
#[command(
    after_help = "The first line names the columns, in any order:\n  uscc,place_no,display_name,\
    address,region,latitude,longitude,sector,tier,matters,tier_history\n  \
    91330000123456781X,,湖滨餐馆,湖滨路1号,330999001,30.250000,120.150000,FOOD,C,M032;M033,\n\
    place_no, address, matters and tier_history may be absent. Degrees are WGS 84; a list in a \
    cell is joined by `;`;\na change of tier reads `C 2026-01-05 MKT reason`.\n\n\
    Example:\n  xiezhi plan subjects import subjects.csv --as MKT --officer MKT-01"
)]
pub(crate) struct Import {
    #[command(flatten)]
    who: For,
    /// The CSV file, in UTF-8.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Import the good lines, and only name the others. Without it, all or nothing.
    #[arg(long)]
    partial: bool,
}

/// What to export.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    by: By,
    /// As in `list`.
    #[arg(long, default_value = "", hide_default_value = true)]
    filter: String,
    /// Where to write it [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn subjects(context: &Context, command: Command) -> anyhow::Result<()> {
    let json = context.shared.json;
    match command {
        Command::Import(command) => import(context, command).await,
        Command::Export(command) => export(context, command).await,
        Command::List { by, page, filter } => {
            let Page { page_size, page_token } = page;
            let request = pb::ListSubjectsRequest { page_size, page_token, filter };
            let mesh = by.connect(context).await?;
            let page = called(mesh.operations().list_subjects(request).await)?;
            if json {
                return out::json("xiezhi.operations.v1.ListSubjectsResponse", &page);
            }
            let mut table = out::table(&["SUBJECT", "NAME", "REGION", "SECTOR", "TIER", "MATTERS"]);
            for one in &page.subjects {
                let (tier, matters) = (tier_word(one.tier()), one.matters.join(" "));
                let text = [&one.name, &one.display_name, &one.region, &one.sector];
                table.add_row(text.into_iter().map(String::as_str).chain([tier, &matters]));
            }
            out::line(table)?;
            more(&page.next_page_token)
        }
        Command::Show { by, name } => show(context, &by.connect(context).await?, &name).await,
    }
}

async fn import(context: &Context, command: Import) -> anyhow::Result<()> {
    let lines = lines::open(&command.file, COLUMNS, subject)?;
    let mesh = command.who.by.connect(context).await?;
    let send = async |subjects: Vec<pb::Subject>| {
        let officer = command.who.officer.clone();
        let request =
            pb::PutSubjectsRequest { request_id: client::request_id(), subjects, officer };
        mesh.operations().put_subjects(request).await
    };
    let sent = lines.send(("subjects", command.partial), send).await?;
    let created: i32 = sent.answers.iter().map(|answer| answer.created).sum();
    let replaced: i32 = sent.answers.iter().map(|answer| answer.replaced).sum();
    if context.shared.json {
        return out::line(serde_json::json!({
            "created": created, "replaced": replaced, "left_out": sent.left_out,
        }));
    }
    sent.print_left_out()?;
    out::line(format!("{created} subjects created, {replaced} replaced"))
}

fn subject(line: &mut Line<'_>) -> pb::Subject {
    let uscc = line.text("uscc");
    if !uscc.is_empty() {
        line.read("uscc", |text| types::Uscc::parse(text).map(drop).map_err(|why| why.to_string()));
    }
    pb::Subject {
        uscc,
        place_no: line.number("place_no"),
        display_name: line.text("display_name"),
        address: line.text("address"),
        region: line.text("region"),
        latitude_e6: line.degrees("latitude"),
        longitude_e6: line.degrees("longitude"),
        sector: line.text("sector"),
        tier: line.read("tier", tier).into(),
        tier_history: line.read("tier_history", |text| lines::parts(text).map(change).collect()),
        matters: line.list("matters"),
        ..pb::Subject::default()
    }
}

/// `C 2026-01-05 MKT reason`.
fn change(text: &str) -> Result<pb::TierChange, String> {
    let mut parts = text.splitn(4, ' ');
    let (Some(of), Some(since), Some(agency)) = (parts.next(), parts.next(), parts.next()) else {
        return Err(format!("{text} is not `tier day body reason`"));
    };
    let (since, agency) = (since.to_owned(), agency.to_owned());
    let reason = parts.next().unwrap_or_default().to_owned();
    Ok(pb::TierChange { tier: tier(of)?.into(), since, reason, agency })
}

fn row(one: &pb::Subject) -> Vec<String> {
    let history = one.tier_history.iter().map(|change| {
        // A `;` would end it.
        let reason = change.reason.replace(';', "，");
        format!("{} {} {} {reason}", tier_word(change.tier()), change.since, change.agency)
    });
    vec![
        one.uscc.clone(),
        one.display_name.clone(),
        one.region.clone(),
        lines::in_degrees(one.latitude_e6),
        lines::in_degrees(one.longitude_e6),
        one.sector.clone(),
        tier_word(one.tier()).to_owned(),
        one.place_no.to_string(),
        one.address.clone(),
        one.matters.join(";"),
        history.collect::<Vec<_>>().join(";"),
    ]
}

async fn export(context: &Context, command: Export) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let (mut rows, mut page_token) = (Vec::new(), String::new());
    loop {
        let filter = command.filter.clone();
        let request = pb::ListSubjectsRequest { page_size: PAGE, page_token, filter };
        let page = called(mesh.operations().list_subjects(request).await)?;
        rows.extend(page.subjects.iter().map(row));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    let count = rows.len();
    let text = lines::written(&[COLUMNS.0, COLUMNS.1].concat(), rows.into_iter())?;
    let Some(file) = command.output else { return out::text(&text) };
    let name = file.display().to_string();
    fs::write(&file, text).with_context(|| name.clone())?;
    if context.shared.json {
        return out::line(serde_json::json!({ "file": name, "subjects": count }));
    }
    out::line(format!("{count} subjects in {name}"))
}

async fn show(context: &Context, mesh: &Mesh, name: &str) -> anyhow::Result<()> {
    let request = pb::GetSubjectRequest { name: subject_name(name) };
    let answer = called(mesh.operations().get_subject(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.operations.v1.GetSubjectResponse", &answer);
    }
    let one = answer.subject.context("no subject in the answer")?;
    out::line(format!("{}  {}  {}", one.name, one.display_name, one.address))?;
    out::line(format!(
        "region {}  at {}, {}  sector {}  tier {}  matters {}",
        one.region,
        lines::in_degrees(one.latitude_e6),
        lines::in_degrees(one.longitude_e6),
        one.sector,
        tier_word(one.tier()),
        one.matters.join(" ")
    ))?;
    for change in &one.tier_history {
        let tier = tier_word(change.tier());
        out::line(format!("  {tier} since {}  {} {}", change.since, change.agency, change.reason))?;
    }
    let mut table = out::table(&["BODY", "YEAR", "COUNTED", "EXEMPT", "CAP", "LAST"]);
    for count in &answer.counts {
        // Who has set none has none.
        let cap = if count.cap == 0 { String::new() } else { count.cap.to_string() };
        let numbers = [count.year, count.counted, count.exempt].map(|number| number.to_string());
        let [year, counted, exempt] = numbers;
        table.add_row([count.agency.clone(), year, counted, exempt, cap, local(count.last_time)]);
    }
    if answer.counts.is_empty() { out::line("not inspected this year") } else { out::line(table) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_export_says_an_import_reads() {
        let one = pb::Subject {
            uscc: "913300000000000191".to_owned(),
            place_no: 2,
            display_name: "湖滨\"餐馆\", 分店".to_owned(),
            address: "湖滨路1号".to_owned(),
            region: "330999001".to_owned(),
            latitude_e6: 30_250_001,
            longitude_e6: -120_150_000,
            sector: "FOOD".to_owned(),
            tier: pb::Tier::C.into(),
            tier_history: vec![pb::TierChange {
                tier: pb::Tier::C.into(),
                since: "2026-01-05".to_owned(),
                reason: "two complaints".to_owned(),
                agency: "MKT".to_owned(),
            }],
            matters: vec!["M032".to_owned(), "M033".to_owned()],
            ..pb::Subject::default()
        };
        let heads = [COLUMNS.0, COLUMNS.1].concat();
        let text = lines::written(&heads, [row(&one)].into_iter()).unwrap();
        let folder = std::env::temp_dir().join(client::request_id());
        fs::write(&folder, &text).unwrap();
        let read = lines::open(&folder, COLUMNS, subject).unwrap();
        fs::remove_file(&folder).unwrap();
        match read.all() {
            Ok(read) => assert_eq!(read, [one]),
            Err(told) => panic!("{told:#}"),
        }
    }
}
