//! `xiezhi decision promise`: promises to correct a minor violation, instead of a penalty.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::Mesh;
use proto::supervision::v1 as pb;

use super::{By, For, Page, called, digest, more};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// Promises.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Offer the route. Refused where the act may be a crime (S-12).
    Offer(Offer),
    /// Note that the party signed.
    Sign {
        #[command(flatten)]
        which: Which,
        /// Until when it is to be corrected, YYYY-MM-DD.
        #[arg(long, value_name = "DAY")]
        by: String,
        /// The signed paper, of which the digest is kept.
        #[arg(long, value_name = "FILE")]
        paper: PathBuf,
    },
    /// Note what the check found: no penalty, or the normal procedure.
    Check {
        #[command(flatten)]
        which: Which,
        /// It was corrected in time and without harm.
        #[arg(long)]
        corrected: bool,
        /// What was found.
        #[arg(long)]
        found: String,
    },
    /// One promise.
    Show {
        #[command(flatten)]
        by: By,
        /// promises/…
        name: String,
    },
    /// Your promises, or all for who oversees them, newest first.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
        /// e.g. 'state = "SIGNED"'.
        #[arg(long, default_value = "", hide_default_value = true)]
        filter: String,
    },
}

/// What to offer.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi decision promise offer --matter M001 --subject 91330999MA00000000 \
    --text '三日内拆除横幅' --screened --as CAE --officer CAE-01"
)]
pub(crate) struct Offer {
    #[command(flatten)]
    who: For,
    /// Enforcement matter.
    #[arg(long)]
    matter: String,
    /// Region code.
    #[arg(long, default_value = "", hide_default_value = true)]
    place: String,
    /// The party: its USCC, or another number by which you know it.
    #[arg(long)]
    subject: String,
    /// dockets/…
    #[arg(long, default_value = "", hide_default_value = true)]
    docket: String,
    /// What is to be corrected.
    #[arg(long)]
    text: String,
    /// The facts were screened for criminal thresholds.
    #[arg(long)]
    screened: bool,
    /// A threshold that they reach; may be repeated.
    #[arg(long = "reaches", value_name = "THRESHOLD")]
    thresholds_reached: Vec<String>,
    /// The matter touches personal safety or health.
    #[arg(long)]
    touches_safety: bool,
}

/// Which promise, by whom.
#[derive(Debug, Args)]
pub(crate) struct Which {
    #[command(flatten)]
    who: For,
    /// promises/… as `list` prints it.
    name: String,
    /// The etag you decided on; without it the newest is read first.
    #[arg(long)]
    etag: Option<String>,
}

impl Which {
    async fn open(&self, context: &Context) -> anyhow::Result<(Mesh, String)> {
        let mesh = self.who.by.connect(context).await?;
        let etag = match &self.etag {
            Some(etag) => etag.clone(),
            None => read(&mesh, &self.name).await?.etag,
        };
        Ok((mesh, etag))
    }
}

pub(super) async fn promise(context: &Context, command: Command) -> anyhow::Result<()> {
    let done = match command {
        Command::Offer(command) => offer(context, command).await?,
        Command::Sign { which, by, paper } => {
            let (mesh, etag) = which.open(context).await?;
            let request = pb::SignPromiseRequest {
                request_id: client::request_id(),
                name: which.name,
                etag,
                correct_by: by,
                digest: digest(&paper)?,
                officer: which.who.officer,
            };
            told(called(mesh.supervision().sign_promise(request).await)?.promise)?
        }
        Command::Check { which, corrected, found } => {
            let (mesh, etag) = which.open(context).await?;
            let request = pb::CheckPromiseRequest {
                request_id: client::request_id(),
                name: which.name,
                etag,
                corrected,
                found,
                officer: which.who.officer,
            };
            told(called(mesh.supervision().check_promise(request).await)?.promise)?
        }
        Command::Show { by, name } => read(&by.connect(context).await?, &name).await?,
        Command::List { by, page, filter } => {
            return list(context, &by.connect(context).await?, page, filter).await;
        }
    };
    if context.shared.json {
        return out::json("xiezhi.supervision.v1.MinorViolationPromise", &done);
    }
    print(&done)
}

async fn offer(context: &Context, command: Offer) -> anyhow::Result<pb::MinorViolationPromise> {
    let mesh = command.who.by.connect(context).await?;
    let request = pb::OfferPromiseRequest {
        request_id: client::request_id(),
        matter: command.matter,
        place: command.place,
        subject: command.subject,
        docket: command.docket,
        text: command.text,
        thresholds_reached: command.thresholds_reached,
        screened: command.screened,
        touches_safety: command.touches_safety,
        officer: command.who.officer,
    };
    told(called(mesh.supervision().offer_promise(request).await)?.promise)
}

async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<pb::MinorViolationPromise> {
    let request = pb::GetPromiseRequest { name: name.to_owned() };
    told(called(mesh.supervision().get_promise(request).await)?.promise)
}

fn told(promise: Option<pb::MinorViolationPromise>) -> anyhow::Result<pb::MinorViolationPromise> {
    promise.context("no promise in the answer")
}

async fn list(context: &Context, mesh: &Mesh, page: Page, filter: String) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListPromisesRequest { page_size, page_token, filter };
    let answer = called(mesh.supervision().list_promises(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.supervision.v1.ListPromisesResponse", &answer);
    }
    let heads = ["PROMISE", "BODY", "MATTER", "SUBJECT", "STATE", "CORRECT BY", "CHANGED"];
    let mut table = out::table(&heads);
    for one in &answer.promises {
        table.add_row([
            &one.name,
            &one.agency,
            &one.matter,
            &one.subject,
            &one.state,
            &one.correct_by,
            &local(one.update_time),
        ]);
    }
    line(table)?;
    more(&answer.next_page_token)
}

fn print(one: &pb::MinorViolationPromise) -> anyhow::Result<()> {
    line(format!("{}  {} {}  {}", one.name, one.agency, one.matter, one.subject))?;
    line(format!("state {}  etag {}", one.state, one.etag))?;
    for (label, text) in [
        ("place", &one.place),
        ("docket", &one.docket),
        ("correct", &one.text),
        ("until", &one.correct_by),
        ("found", &one.found),
    ] {
        if !text.is_empty() {
            line(format!("{label:8} {text}"))?;
        }
    }
    Ok(())
}
