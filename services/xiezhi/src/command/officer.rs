//! `xiezhi officer`: the officers of an agency and their certificates.

use std::process::ExitCode;

use clap::Subcommand;
use proto::identity::v1 as pb;

use super::connect;
use crate::{cli::Context, out};

/// The officers.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The officers of an agency, asked as that agency.
    List {
        /// Code of the agency.
        agency: String,
    },
}

pub(crate) async fn officer(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let Command::List { agency } = command;
    let mesh = connect::as_agency(context, &agency).await?;
    let mut table = out::table(&["CERTIFICATE", "NAME", "POSITION", "FROM", "TO"]);
    let mut page_token = String::new();
    loop {
        let parent = format!("agencies/{agency}");
        let request = pb::ListOfficersRequest { parent, page_size: 1000, page_token };
        let page = mesh.identity().list_officers(request).await.map_err(client::Error::from)?;
        let page = page.into_inner();
        for officer in page.officers {
            if context.shared.json {
                out::json("xiezhi.identity.v1.Officer", &officer)?;
            }
            let position = officer.position().as_str_name().trim_start_matches("POSITION_");
            let position = position.to_owned();
            table.add_row([
                officer.certificate_no,
                officer.display_name,
                position,
                officer.valid_from,
                officer.valid_to,
            ]);
        }
        if page.next_page_token.is_empty() {
            break;
        }
        page_token = page.next_page_token;
    }
    if !context.shared.json {
        out::line(table)?;
    }
    Ok(ExitCode::SUCCESS)
}
