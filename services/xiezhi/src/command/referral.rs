//! `xiezhi referral`: an agency's command line.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use client::Mesh;
use proto::referral::v1 as pb;

use super::{call::By, connect, show};
use crate::{
    cli::Context,
    out::{self, Contract, local},
};

/// Dockets and referrals.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Open a docket and a referral in it. Says which criminal thresholds the facts reach.
    Open(Open),
    /// Take one step of the procedure.
    Step(Step),
    /// One case as a timeline, with each running clock and who must act next.
    Show {
        #[command(flatten)]
        by: By,
        /// referrals/… as `list` prints it.
        name: String,
    },
    /// The referrals you may see, newest first.
    List {
        #[command(flatten)]
        by: By,
        /// e.g. 'state = "ACCEPTED" AND late = true'.
        #[arg(long, default_value = "")]
        filter: String,
        /// How many a page.
        #[arg(long, default_value_t = 50)]
        page_size: i32,
        /// Where the page before ended.
        #[arg(long, default_value = "")]
        page_token: String,
    },
    /// Follow what happens in the referrals you may see, until interrupted.
    Watch {
        #[command(flatten)]
        by: By,
        /// The cursor of the last event you have; without it, from the beginning.
        #[arg(long, default_value = "")]
        cursor: String,
    },
}

/// What to open.
#[derive(Debug, Args)]
pub(crate) struct Open {
    #[command(flatten)]
    by: By,
    /// Certificate number of the officer.
    #[arg(long)]
    officer: String,
    /// What people call the case.
    #[arg(long)]
    title: String,
    /// `FOOD`, `ECOLOGY`, `WORK_SAFETY`, `ECONOMY`, `IP`, …
    #[arg(long)]
    sector: String,
    /// 罪名 with its article.
    #[arg(long)]
    offence: String,
    /// A fact, name=value; may be repeated.
    #[arg(long = "fact", value_name = "NAME=VALUE")]
    facts: Vec<String>,
}

/// Which step to take.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  xiezhi referral step referrals/… appoint_team --as MKT \
    --officer MKT-04 \\\n    --with '{\"officers\": [\"MKT-01\", \"MKT-02\"]}'\n\n\
    A documents file is a JSON list of {\"code\": …, \"fields\": {…}, \"lines\": […]}.")]
pub(crate) struct Step {
    #[command(flatten)]
    by: By,
    /// Certificate number of the officer.
    #[arg(long)]
    officer: String,
    /// referrals/…
    name: String,
    /// The step, as in step.proto, e.g. `sign_receipt`.
    step: String,
    /// What the step says, as JSON.
    #[arg(long, default_value = "{}", value_name = "JSON")]
    with: String,
    /// The papers, as a JSON file.
    #[arg(long, value_name = "FILE")]
    documents: Option<PathBuf>,
    /// The etag you decided on; without it the newest is read first.
    #[arg(long)]
    etag: Option<String>,
}

pub(crate) async fn referral(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let json = context.shared.json;
    match command {
        Command::Open(command) => open(context, command).await?,
        Command::Step(command) => step(context, command).await?,
        Command::Show { by, name } => {
            show::show(&connect::as_agency(context, &by.agency).await?, &name, json).await?;
        }
        Command::List { by, filter, page_size, page_token } => {
            let mesh = connect::as_agency(context, &by.agency).await?;
            list(&mesh, pb::ListReferralsRequest { page_size, page_token, filter }, json).await?;
        }
        Command::Watch { by, cursor } => {
            watch(&connect::as_agency(context, &by.agency).await?, cursor, json).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn open(context: &Context, command: Open) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.by.agency).await?;
    let mut facts = std::collections::BTreeMap::new();
    for fact in &command.facts {
        let (name, value) =
            fact.split_once('=').with_context(|| format!("{fact} is not NAME=VALUE"))?;
        facts.insert(name.trim().to_owned(), value.trim().to_owned());
    }
    let request = pb::OpenDocketRequest {
        request_id: client::request_id(),
        title: command.title,
        sector: command.sector,
        facts,
        officer: command.officer.clone(),
        ..pb::OpenDocketRequest::default()
    };
    let answer = mesh.referral().open_docket(request).await.map_err(client::Error::from)?;
    let docket = answer.into_inner().docket.context("no docket in the answer")?;
    let request = pb::OpenReferralRequest {
        request_id: client::request_id(),
        docket: docket.name.clone(),
        procedure: "CRIMINAL_REFERRAL".into(),
        offence: command.offence,
        officer: command.officer,
        ..pb::OpenReferralRequest::default()
    };
    let answer = mesh.referral().open_referral(request).await.map_err(client::Error::from)?;
    let referral = answer.into_inner().referral.context("no referral in the answer")?;
    if context.shared.json {
        out::json("xiezhi.referral.v1.Docket", &docket)?;
        return out::json("xiezhi.referral.v1.Referral", &referral);
    }
    for one in &docket.suggestions {
        out::line(format!(
            "suspected: {} (Criminal Law art. {}): {} ({}, {})",
            one.offence, one.criminal_law_article, one.comparison, one.threshold, one.basis
        ))?;
    }
    show::show(&mesh, &referral.name, false).await
}

async fn step(context: &Context, command: Step) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.by.agency).await?;
    let contract = Contract::load()?;
    let name = command.step.to_lowercase();
    if !contract.steps()?.contains(&name) {
        bail!("{name} is no step; there are: {}", contract.steps()?.join(", "));
    }
    let with: serde_json::Value =
        serde_json::from_str(&command.with).context("--with is not JSON")?;
    let step: pb::Step =
        contract.read("xiezhi.referral.v1.Step", serde_json::json!({ name: with }))?;
    let mut documents = Vec::new();
    if let Some(file) = &command.documents {
        let text = std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
        let list: Vec<serde_json::Value> =
            serde_json::from_str(&text).with_context(|| format!("{}", file.display()))?;
        for one in list {
            documents.push(contract.read("xiezhi.referral.v1.Document", one)?);
        }
    }
    let etag = match command.etag {
        Some(etag) => etag,
        None => etag(&mesh, &command.name).await?,
    };
    let request = pb::TakeStepRequest {
        request_id: client::request_id(),
        name: command.name.clone(),
        etag,
        officer: command.officer,
        documents,
        step: Some(step),
    };
    let answer = mesh.referral().take_step(request).await.map_err(client::Error::from)?;
    let answer = answer.into_inner();
    if context.shared.json {
        return out::json("xiezhi.referral.v1.TakeStepResponse", &answer);
    }
    if !answer.opened_referral.is_empty() {
        out::line(format!("opened {}", answer.opened_referral))?;
    }
    show::show(&mesh, &command.name, false).await
}

async fn etag(mesh: &Mesh, name: &str) -> anyhow::Result<String> {
    let request = pb::GetReferralRequest { name: name.to_owned() };
    let answer = mesh.referral().get_referral(request).await.map_err(client::Error::from)?;
    Ok(answer.into_inner().referral.context("no referral in the answer")?.etag)
}

async fn list(mesh: &Mesh, request: pb::ListReferralsRequest, json: bool) -> anyhow::Result<()> {
    let page = mesh.referral().list_referrals(request).await.map_err(client::Error::from)?;
    let page = page.into_inner();
    if json {
        return out::json("xiezhi.referral.v1.ListReferralsResponse", &page);
    }
    let heads = ["REFERRAL", "TITLE", "FROM", "TO", "STATE", "CHANGED"];
    let mut table = out::table(&heads);
    for one in &page.referrals {
        let changed = local(one.update_time);
        table.add_row([
            &one.name,
            &one.title,
            &one.from_agency,
            &one.to_agency,
            &one.state,
            &changed,
        ]);
    }
    out::line(table)?;
    if !page.next_page_token.is_empty() {
        out::line(format!("more: --page-token {}", page.next_page_token))?;
    }
    Ok(())
}

async fn watch(mesh: &Mesh, cursor: String, json: bool) -> anyhow::Result<()> {
    let mut events = client::watch(mesh.referral(), cursor);
    loop {
        let event = events.next().await?;
        if json {
            out::json("xiezhi.referral.v1.Event", &event)?;
        } else {
            let (when, what) = (local(event.time), &event.summary);
            out::line(format!("{}  {when}  {}  {what}", event.cursor, event.resource))?;
        }
    }
}
