//! `xiezhi board reconcile`: what one body sent and the other has, in both directions.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use chrono::{Days, NaiveDate, NaiveTime};
use clap::Args;
use clock::SHANGHAI;
use prost_types::Timestamp;
use proto::supervision::v1 as pb;

use super::age;
use crate::{
    cli::Context,
    command::{
        call::{By, called},
        lines,
    },
    out::{self, line, local},
};

/// With whom, and since when.
#[derive(Debug, Args)]
#[command(
    after_help = "The file has the columns service,id,digest, of which digest may be empty; at most 10,000 lines.\n\
    Exit status: 0 when both have the same, 1 when anything is lacking, unknown or different."
)]
pub(crate) struct Reconcile {
    #[command(flatten)]
    by: By,
    /// Code of the other body.
    counterpart: String,
    /// First day on which it was sent, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    from: NaiveDate,
    /// Last day, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    to: NaiveDate,
    /// What you have, as a CSV file; without it, all that the mesh has is lacking.
    #[arg(long, value_name = "FILE")]
    held: Option<PathBuf>,
}

pub(super) async fn reconcile(context: &Context, command: Reconcile) -> anyhow::Result<ExitCode> {
    let held = match &command.held {
        None => Vec::new(),
        Some(file) => {
            lines::open(file, (&["service", "id"], &["digest"]), |line| pb::HeldExchange {
                service: line.text("service"),
                id: line.text("id"),
                digest: line.text("digest"),
            })?
            .all()?
        }
    };
    let mesh = command.by.connect(context).await?;
    let after = command.to.checked_add_days(Days::new(1)).context("--to is out of range")?;
    let request = pb::ReconcileExchangesRequest {
        counterpart: command.counterpart,
        from_time: Some(midnight(command.from)?),
        to_time: Some(midnight(after)?),
        held,
    };
    let answer = called(mesh.supervision().reconcile_exchanges(request).await)?;
    let same =
        answer.lacking.is_empty() && answer.unknown.is_empty() && answer.differing.is_empty();
    if context.shared.json {
        out::json("xiezhi.supervision.v1.ReconcileExchangesResponse", &answer)?;
    } else {
        tell(&answer)?;
    }
    Ok(if same { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(answer: &pb::ReconcileExchangesResponse) -> anyhow::Result<()> {
    let mut table = out::table(&["WHAT", "SERVICE", "ID", "KIND", "FROM", "TO", "SENT", "STATE"]);
    let known = [
        ("you lack", &answer.lacking),
        ("differs", &answer.differing),
        ("unacknowledged", &answer.unacknowledged),
    ];
    for (what, some) in known {
        for one in some {
            let waiting = match one.waiting_seconds {
                0 => String::new(),
                seconds => format!(" for {}", age(seconds)),
            };
            table.add_row([
                what,
                &one.service,
                &one.id,
                &one.kind,
                &one.sender,
                &one.receiver,
                &local(one.send_time),
                &format!("{}{waiting}", one.state),
            ]);
        }
    }
    for one in &answer.unknown {
        table.add_row(["the mesh does not know", &one.service, &one.id, "", "", "", "", ""]);
    }
    line(table)?;
    line(format!("{} agree", answer.agreed))
}

/// The beginning of a day, in the time of the law.
fn midnight(day: NaiveDate) -> anyhow::Result<Timestamp> {
    let at = day.and_time(NaiveTime::MIN).and_local_timezone(SHANGHAI).single();
    let at = at.with_context(|| format!("{day} is out of range"))?;
    Ok(Timestamp { seconds: at.timestamp(), nanos: 0 })
}
