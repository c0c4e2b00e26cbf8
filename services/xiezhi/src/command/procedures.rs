//! `xiezhi procedures`: the tables of the law, as the service applies them.

use std::process::ExitCode;

use clap::Args;
use proto::referral::v1::ListProceduresRequest;

use super::connect;
use crate::{cli::Context, out};

/// Prints the procedures.
#[derive(Debug, Args)]
pub(crate) struct Procedures {
    /// The tables, forms and thresholds of this program as Markdown; asks no mesh.
    #[arg(long)]
    markdown: bool,
}

pub(crate) async fn procedures(
    context: &Context,
    command: &Procedures,
) -> anyhow::Result<ExitCode> {
    if command.markdown {
        out::text(&referral::domain::render::markdown())?;
        return Ok(ExitCode::SUCCESS);
    }
    let mesh = connect::as_operator(context).await?;
    let answer = mesh.referral().list_procedures(ListProceduresRequest {}).await;
    let answer = answer.map_err(client::Error::from)?.into_inner();
    for procedure in &answer.procedures {
        if context.shared.json {
            out::json("xiezhi.referral.v1.Procedure", procedure)?;
            continue;
        }
        out::line(format!("{}  {}", procedure.code, procedure.title))?;
        let heads = ["RULE", "IN", "STEP", "BY", "NEEDS", "TO", "OPENS", "BASIS"];
        let mut table = out::table(&heads);
        for row in &procedure.rows {
            table.add_row([
                format!("{} {}", row.rule, row.verified),
                row.from_states.join(" "),
                row.step.clone(),
                row.actor.clone(),
                row.documents.join(" "),
                row.to_state.clone(),
                row.opens.join(" "),
                row.basis.clone(),
            ]);
        }
        out::line(table)?;
    }
    Ok(ExitCode::SUCCESS)
}
