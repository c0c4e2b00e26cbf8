//! Officers, kits and the yearly cap of a body.

use std::path::PathBuf;

use anyhow::ensure;
use clap::{Args, Subcommand};
use proto::operations::v1 as pb;

use super::{
    By, For, Page, called,
    lines::{self, Line},
    more, numbers, subject_name,
};
use crate::{cli::Context, out};

/// Columns of officers: those that must be there, and those that may.
const OFFICERS: (&[&str], &[&str]) = (
    &["certificate_no", "latitude", "longitude", "shift_start", "shift_end"],
    &["qualifications", "absences", "recusals"],
);
/// Columns of kits.
const KITS: (&[&str], &[&str]) = (&["code", "kind", "latitude", "longitude"], &["absences"]);

/// What a body can send.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Create or replace officers and kits from CSV files, and set the yearly cap (I-04).
    Import(Box<Import>),
    /// A body's officers, kits and cap.
    List {
        #[command(flatten)]
        by: By,
        /// Code of another body; for the guidance office.
        #[arg(long, default_value = "", hide_default_value = true)]
        of: String,
        #[command(flatten)]
        page: Page,
    },
}

/// What to import.
#[derive(Debug, Args)]
#[command(
    after_help = "Officers, the first line naming the columns:\n  certificate_no,latitude,longitude,\
    shift_start,shift_end,qualifications,absences,recusals\n  MKT-01,30.25,120.15,08:30,17:30,FOOD;GAS,\
    2026-12-01/2026-12-03,91330000123456781X 配偶任职\nKits:\n  code,kind,latitude,longitude,absences\n  \
    GAS-1,GAS_DETECTION,30.25,120.15,\nThe last three columns of officers and the last of kits may be absent. A recusal \
    (O-07) reads `uscc reason`.\n\n\
    Example:\n  xiezhi plan resources import --officers officers.csv --kits kits.csv \\\n    \
    --cap 2,4,8,12 --cap-published-on 2026-01-05 --as MKT --officer MKT-01"
)]
pub(crate) struct Import {
    #[command(flatten)]
    who: For,
    /// The officers, as CSV.
    #[arg(long, value_name = "FILE")]
    officers: Option<PathBuf>,
    /// The kits, as CSV.
    #[arg(long, value_name = "FILE")]
    kits: Option<PathBuf>,
    /// Inspections of one subject in a year, at most, by tier A,B,C,D.
    #[arg(long, value_delimiter = ',', num_args = 4, requires = "cap_published_on")]
    cap: Option<Vec<i32>>,
    /// The day on which the cap was published, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    cap_published_on: Option<String>,
    /// Import the good lines, and only name the others. Without it, all or nothing of each file.
    #[arg(long)]
    partial: bool,
}

pub(super) async fn resources(context: &Context, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Import(command) => import(context, *command).await,
        Command::List { by, of, page } => {
            let mesh = by.connect(context).await?;
            let Page { page_size, page_token } = page;
            let request = pb::ListResourcesRequest { agency: of, page_size, page_token };
            let page = called(mesh.operations().list_resources(request).await)?;
            if context.shared.json {
                return out::json("xiezhi.operations.v1.ListResourcesResponse", &page);
            }
            print(&page)
        }
    }
}

async fn import(context: &Context, command: Import) -> anyhow::Result<()> {
    let Import { who, officers, kits, cap, cap_published_on, partial } = command;
    ensure!(
        officers.is_some() || kits.is_some() || cap.is_some(),
        "nothing to import: say --officers FILE, --kits FILE or --cap A,B,C,D"
    );
    // Both files are read before anything is sent.
    let officers = officers.map(|file| lines::open(&file, OFFICERS, profile)).transpose()?;
    let kits = kits.map(|file| lines::open(&file, KITS, kit)).transpose()?;
    let mesh = who.by.connect(context).await?;
    let request = || pb::PutResourcesRequest {
        request_id: client::request_id(),
        officer: who.officer.clone(),
        ..pb::PutResourcesRequest::default()
    };
    let (mut taken, mut left_out) = ([0, 0], Vec::new());
    if let Some(lines) = officers {
        let send = async |officers| {
            mesh.operations().put_resources(pb::PutResourcesRequest { officers, ..request() }).await
        };
        let sent = lines.send(("officers", partial), send).await?;
        taken[0] = sent.taken;
        left_out.extend(sent.left_out);
    }
    if let Some(lines) = kits {
        let send = async |kits| {
            mesh.operations().put_resources(pb::PutResourcesRequest { kits, ..request() }).await
        };
        let sent = lines.send(("kits", partial), send).await?;
        taken[1] = sent.taken;
        left_out.extend(sent.left_out);
    }
    if let Some(yearly_by_tier) = cap.clone() {
        let published_on = cap_published_on.unwrap_or_default();
        let cap = Some(pb::Cap { yearly_by_tier, published_on, ..pb::Cap::default() });
        let request = pb::PutResourcesRequest { cap, ..request() };
        called(mesh.operations().put_resources(request).await)?;
    }
    let [officers, kits] = taken;
    if context.shared.json {
        return out::line(serde_json::json!({
            "officers": officers, "kits": kits, "cap": cap, "left_out": left_out,
        }));
    }
    left_out.iter().try_for_each(|fault| out::line(format!("left out: {fault}")))?;
    let cap = cap.map_or_else(String::new, |cap| format!(", cap {}", numbers(&cap)));
    out::line(format!("{officers} officers, {kits} kits{cap}"))
}

fn profile(line: &mut Line<'_>) -> pb::OfficerProfile {
    pb::OfficerProfile {
        certificate_no: line.text("certificate_no"),
        qualifications: line.list("qualifications"),
        base_latitude_e6: line.degrees("latitude"),
        base_longitude_e6: line.degrees("longitude"),
        shift_start: line.minutes("shift_start"),
        shift_end: line.minutes("shift_end"),
        absences: line.list("absences"),
        recusals: line.read("recusals", |text| lines::parts(text).map(recusal).collect()),
        ..pb::OfficerProfile::default()
    }
}

/// `uscc reason`.
fn recusal(text: &str) -> Result<pb::Recusal, String> {
    let (subject, reason) =
        text.split_once(' ').ok_or_else(|| format!("{text} is not `uscc reason`"))?;
    Ok(pb::Recusal { subject: subject_name(subject), reason: reason.trim().to_owned() })
}

fn kit(line: &mut Line<'_>) -> pb::Kit {
    pb::Kit {
        code: line.text("code"),
        kind: line.text("kind"),
        base_latitude_e6: line.degrees("latitude"),
        base_longitude_e6: line.degrees("longitude"),
        absences: line.list("absences"),
        ..pb::Kit::default()
    }
}

fn print(page: &pb::ListResourcesResponse) -> anyhow::Result<()> {
    let heads = ["OFFICER", "BODY", "SHIFT", "QUALIFICATIONS", "ABSENT", "RECUSED FROM"];
    let mut table = out::table(&heads);
    for one in &page.officers {
        let shift =
            format!("{}-{}", lines::in_hours(one.shift_start), lines::in_hours(one.shift_end));
        let recusals = one.recusals.iter().map(|one| format!("{} ({})", one.subject, one.reason));
        table.add_row([
            one.certificate_no.clone(),
            one.agency.clone(),
            shift,
            one.qualifications.join(" "),
            one.absences.join(" "),
            recusals.collect::<Vec<_>>().join(", "),
        ]);
    }
    out::line(table)?;
    if !page.kits.is_empty() {
        let mut table = out::table(&["KIT", "BODY", "KIND", "ABSENT"]);
        for one in &page.kits {
            table.add_row([&one.code, &one.agency, &one.kind, &one.absences.join(" ")]);
        }
        out::line(table)?;
    }
    if let Some(cap) = &page.cap {
        let yearly = numbers(&cap.yearly_by_tier);
        out::line(format!("cap by tier {yearly} a year, published {}", cap.published_on))?;
    }
    more(&page.next_page_token)
}
