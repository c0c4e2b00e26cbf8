//! `xiezhi evidence`: dossiers, items, files, custody, hand-over and export at the command line.

mod dossier;
mod example;
pub(crate) mod export;
mod file;
mod hand_over;
mod item;
mod operator;
mod pages;

use std::process::ExitCode;

use clap::Subcommand;
use proto::evidence::v1 as pb;

use super::{
    call::{By, For, called, parse, word},
    connect,
};
use crate::cli::Context;

/// Evidence.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Open a dossier: the evidence of one case.
    Open(dossier::Open),
    /// Register an item that was collected. `--example KIND` prints what the file looks like.
    Add(dossier::Add),
    /// The dossiers you may see, newest first.
    List(dossier::List),
    /// A dossier with its items, or one item with its files and custody.
    Show(dossier::Show),
    /// Send a file that belongs to an item, and bind its digest to it.
    Upload(file::Upload),
    /// Fetch a file, and compare its digest with the committed one.
    Download(file::Download),
    /// The custody chain of an item; with --record, add an event to it.
    Custody(Box<item::Custody>),
    /// Extend, end or convert the measure an item is held under.
    Measure(item::Measure),
    /// How each item of a dossier may be used, and what cures what is wrong.
    Assess(item::Assess),
    /// Note a defect that a reviewer found.
    Defect(item::Defect),
    /// Take back a defect that your own reviewer noted.
    WithdrawDefect(item::WithdrawDefect),
    /// Cure a defect: supplement it or explain it.
    Cure(item::Cure),
    /// Recognise, after review, an item that another body collected.
    Recognize(item::Recognize),
    /// Hand items over: propose, count, sign.
    #[command(subcommand)]
    HandOver(hand_over::Command),
    /// Write a dossier with its files and its proofs as a bag (`BagIt`, RFC 8493).
    Export(export::Export),
    /// Operator: stored content that is damaged or missing.
    Faults,
    /// Operator: read stored content again and compare it with its digest.
    Scrub(operator::Scrub),
    /// Operator: wrap the keys of contents again with the active key.
    RewrapKeys(operator::Rewrap),
}

pub(crate) async fn evidence(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let json = context.shared.json;
    match command {
        Command::Open(command) => dossier::open(context, command).await?,
        Command::Add(command) => dossier::add(context, command).await?,
        Command::List(command) => dossier::list(context, command).await?,
        Command::Show(command) => dossier::show(context, command).await?,
        Command::Upload(command) => file::upload(context, command).await?,
        Command::Download(command) => file::download(context, command).await?,
        Command::Custody(command) => item::custody(context, *command).await?,
        Command::Measure(command) => item::measure(context, command).await?,
        Command::Assess(command) => item::assess(context, command).await?,
        Command::Defect(command) => item::defect(context, command).await?,
        Command::WithdrawDefect(command) => item::withdraw_defect(context, command).await?,
        Command::Cure(command) => item::cure(context, command).await?,
        Command::Recognize(command) => item::recognize(context, command).await?,
        Command::HandOver(command) => hand_over::hand_over(context, command).await?,
        Command::Export(command) => {
            let mesh = connect::as_agency(context, &command.by.agency).await?;
            export::export(&mesh, &command.dossier, &command.output, json).await?;
        }
        Command::Faults => return operator::faults(context).await,
        Command::Scrub(command) => return operator::scrub(context, command).await,
        Command::RewrapKeys(command) => operator::rewrap(context, command).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn parse_use(text: &str) -> Result<pb::Use, String> {
    parse(pb::Use::from_str_name, "USE_", text)
        .map_err(|_| "must be other-agency, criminal-filing, prosecution or trial".to_owned())
}

/// An item as it stands.
async fn read_item(mesh: &client::Mesh, name: &str) -> anyhow::Result<pb::Item> {
    let request = pb::GetItemRequest { name: name.to_owned() };
    let item = called(mesh.evidence().get_item(request).await)?.item;
    anyhow::Context::context(item, "no item in the answer")
}
