//! `xiezhi agency`: the bodies of the county.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Subcommand;
use client::Mesh;
use identity::directory::EXAMPLE;
use proto::identity::v1 as pb;

use super::connect;
use crate::{cli::Context, out};

/// The bodies.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The bodies, by code.
    List {
        /// Code of the agency that asks [default: the operator].
        #[arg(long = "as", value_name = "AGENCY")]
        by: Option<String>,
    },
    /// Create or replace bodies and officers from files, all or nothing.
    Import {
        /// A file like services/identity/data/agencies.json; without it the fictional county.
        agencies: Option<PathBuf>,
        /// A file like services/identity/data/officers.json.
        officers: Option<PathBuf>,
    },
}

pub(crate) async fn agency(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::List { by } => {
            let mesh = match by {
                Some(code) => connect::as_agency(context, &code).await?,
                None => connect::as_operator(context).await?,
            };
            list(context, &mesh).await?;
        }
        Command::Import { agencies, officers } => {
            let read = |file: Option<PathBuf>, default: &str| match file {
                None => Ok(default.to_owned()),
                Some(file) => {
                    std::fs::read_to_string(&file).with_context(|| format!("{}", file.display()))
                }
            };
            let mesh = connect::as_operator(context).await?;
            let (county, people) = EXAMPLE;
            let none = if agencies.is_some() { r#"{"officers":[]}"# } else { people };
            let (agencies, officers) = (read(agencies, county)?, read(officers, none)?);
            let done = import(&mesh, &agencies, &officers).await?;
            if context.shared.json {
                out::json("xiezhi.identity.v1.ImportDirectoryResponse", &done)?;
            } else {
                out::line(format!("{} bodies, {} officers", done.agencies, done.officers))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Imports the fictional county, as the operator.
///
/// # Errors
/// Identity refuses it, or does not answer.
pub async fn import_county(operator: &Mesh) -> anyhow::Result<()> {
    let (agencies, officers) = EXAMPLE;
    import(operator, agencies, officers).await.map(drop)
}

async fn import(
    operator: &Mesh,
    agencies: &str,
    officers: &str,
) -> anyhow::Result<pb::ImportDirectoryResponse> {
    let mut request = identity::directory::parse(agencies, officers)?;
    request.request_id = client::request_id();
    let answer = operator.identity().import_directory(request).await;
    Ok(answer.map_err(client::Error::from)?.into_inner())
}

async fn list(context: &Context, mesh: &Mesh) -> anyhow::Result<()> {
    let heads = ["CODE", "NAME", "KIND", "SUPERIOR", "REGION", "PUNISHES", "ROLE"];
    let (mut table, mut page_token) = (out::table(&heads), String::new());
    loop {
        let request = pb::ListAgenciesRequest { page_size: 1000, page_token };
        let page = mesh.identity().list_agencies(request).await.map_err(client::Error::from)?;
        let page = page.into_inner();
        for agency in page.agencies {
            if context.shared.json {
                out::json("xiezhi.identity.v1.Agency", &agency)?;
            }
            let punishes = if agency.has_penalty_power { "yes" } else { "" };
            table.add_row([
                agency.code,
                agency.display_name_zh,
                agency.kind,
                agency.superior,
                agency.region_code,
                punishes.to_owned(),
                agency.justice_role,
            ]);
        }
        if page.next_page_token.is_empty() {
            break;
        }
        page_token = page.next_page_token;
    }
    if context.shared.json { Ok(()) } else { out::line(table) }
}
