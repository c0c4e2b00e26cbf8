//! `xiezhi consult`: questions about a case, both ways (双向案件咨询), and the police called in early (提前介入).

mod early;

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use client::Mesh;
use proto::referral::v1 as pb;

use super::{
    call::{By, For, Page, called, more, sha256, word},
    show::terms,
};
use crate::{
    cli::Context,
    out::{self, line, local},
};

/// Consultations.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Ask police, procuratorate or court about a case, or as one of them a body that enforces.
    Ask(Ask),
    /// Ask back for material before you answer: the term of your answer stands still meanwhile.
    Request {
        #[command(flatten)]
        one: One,
        /// What you need before you answer.
        #[arg(long)]
        material: String,
    },
    /// Supply what was asked back for.
    Supply {
        #[command(flatten)]
        one: One,
        /// What it is, or why there is nothing.
        #[arg(long)]
        note: String,
        #[command(flatten)]
        papers: Papers,
    },
    /// Answer with reasons; late answers are taken and marked.
    Answer {
        #[command(flatten)]
        one: One,
        /// The answer.
        #[arg(long)]
        text: String,
        /// Its reasons.
        #[arg(long)]
        reasons: String,
    },
    /// Take your question back.
    Withdraw {
        #[command(flatten)]
        one: One,
        /// Why.
        #[arg(long)]
        reason: String,
    },
    /// One consultation: question, papers, answer, term.
    Show {
        #[command(flatten)]
        by: By,
        /// consultations/…
        name: String,
    },
    /// The consultations you asked or are asked, newest first.
    List {
        #[command(flatten)]
        by: By,
        #[command(flatten)]
        page: Page,
        /// e.g. 'asked = "PRO" AND late = true'.
        #[arg(long, default_value = "", hide_default_value = true)]
        filter: String,
    },
    /// Call the police in before there is a referral, and answer such a call (T-09b).
    #[command(subcommand)]
    Early(early::Command),
}

/// What to ask.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  xiezhi consult ask PRO --question '是否属于有毒、有害食品？' --docket dockets/… \
    --paper '检验报告=检出二甲双胍' --as MKT --officer MKT-01"
)]
pub(crate) struct Ask {
    #[command(flatten)]
    who: For,
    /// Code of the body to ask.
    asked: String,
    /// What you want to know.
    #[arg(long)]
    question: String,
    /// dockets/… it is about; it shows the docket to nobody.
    #[arg(long, default_value = "", hide_default_value = true)]
    docket: String,
    #[command(flatten)]
    papers: Papers,
}

/// What the other body may see of the case.
#[derive(Debug, Args)]
pub(crate) struct Papers {
    /// A paper in words, TITLE=TEXT; may be repeated.
    #[arg(long = "paper", value_name = "TITLE=TEXT")]
    papers: Vec<String>,
    /// A file, of which only name and digest are sent; may be repeated.
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Which consultation, for which officer.
#[derive(Debug, Args)]
pub(crate) struct One {
    #[command(flatten)]
    who: For,
    /// consultations/…
    name: String,
    /// The etag you decided on; without it the newest is read first.
    #[arg(long)]
    etag: Option<String>,
}

impl Papers {
    fn read(self) -> anyhow::Result<Vec<pb::Attachment>> {
        let mut read = Vec::new();
        for paper in &self.papers {
            let (title, text) = paper.split_once('=').context("a paper is not TITLE=TEXT")?;
            let (title, text) = (title.to_owned(), text.to_owned());
            read.push(pb::Attachment { title, text, sha256: String::new() });
        }
        for file in &self.files {
            let bytes = fs::read(file).with_context(|| file.display().to_string())?;
            let title = file.file_name().unwrap_or(file.as_os_str()).to_string_lossy();
            let (title, text, sha256) = (title.into_owned(), String::new(), sha256(&bytes));
            read.push(pb::Attachment { title, text, sha256 });
        }
        Ok(read)
    }
}

pub(crate) async fn consult(context: &Context, command: Command) -> anyhow::Result<ExitCode> {
    let done = match command {
        Command::Ask(command) => ask(context, command).await?,
        Command::Request { one, material } => {
            let (mesh, One { who, name, etag }) = one.read(context).await?;
            let request = pb::RequestConsultationMaterialRequest {
                request_id: client::request_id(),
                name,
                etag: etag.unwrap_or_default(),
                material,
                officer: who.officer,
            };
            called(mesh.referral().request_consultation_material(request).await)?.consultation
        }
        Command::Supply { one, note, papers } => {
            let (mesh, One { who, name, etag }) = one.read(context).await?;
            let request = pb::SupplyConsultationMaterialRequest {
                request_id: client::request_id(),
                name,
                etag: etag.unwrap_or_default(),
                note,
                attachments: papers.read()?,
                officer: who.officer,
            };
            called(mesh.referral().supply_consultation_material(request).await)?.consultation
        }
        Command::Answer { one, text, reasons } => answer(context, one, text, reasons).await?,
        Command::Withdraw { one, reason } => {
            let (mesh, One { who, name, etag }) = one.read(context).await?;
            let request = pb::WithdrawConsultationRequest {
                request_id: client::request_id(),
                name,
                etag: etag.unwrap_or_default(),
                reason,
                officer: who.officer,
            };
            called(mesh.referral().withdraw_consultation(request).await)?.consultation
        }
        Command::Show { by, name } => Some(read(&by.connect(context).await?, &name).await?),
        Command::List { by, page, filter } => {
            list(context, &by.connect(context).await?, page, filter).await?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Early(command) => return early::early(context, command).await,
    };
    let done = done.context("no consultation in the answer")?;
    if context.shared.json {
        out::json("xiezhi.referral.v1.Consultation", &done)?;
    } else {
        print(&done)?;
    }
    Ok(ExitCode::SUCCESS)
}

impl One {
    /// Connects, and reads the etag where none was given.
    async fn read(mut self, context: &Context) -> anyhow::Result<(Mesh, Self)> {
        let mesh = self.who.by.connect(context).await?;
        if self.etag.is_none() {
            self.etag = Some(read(&mesh, &self.name).await?.etag);
        }
        Ok((mesh, self))
    }
}

async fn ask(context: &Context, command: Ask) -> anyhow::Result<Option<pb::Consultation>> {
    let mesh = command.who.by.connect(context).await?;
    let request = pb::AskConsultationRequest {
        request_id: client::request_id(),
        asked: command.asked,
        docket: command.docket,
        question: command.question,
        attachments: command.papers.read()?,
        officer: command.who.officer,
    };
    Ok(called(mesh.referral().ask_consultation(request).await)?.consultation)
}

async fn answer(
    context: &Context,
    one: One,
    answer: String,
    reasons: String,
) -> anyhow::Result<Option<pb::Consultation>> {
    let (mesh, One { who, name, etag }) = one.read(context).await?;
    let request = pb::AnswerConsultationRequest {
        request_id: client::request_id(),
        name,
        etag: etag.unwrap_or_default(),
        answer,
        reasons,
        officer: who.officer,
    };
    Ok(called(mesh.referral().answer_consultation(request).await)?.consultation)
}

async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<pb::Consultation> {
    let request = pb::GetConsultationRequest { name: name.to_owned() };
    let answer = called(mesh.referral().get_consultation(request).await)?;
    answer.consultation.context("no consultation in the answer")
}

fn state(one: &pb::Consultation) -> &'static str {
    word(one.state().as_str_name(), "CONSULTATION_STATE_")
}

async fn list(context: &Context, mesh: &Mesh, page: Page, filter: String) -> anyhow::Result<()> {
    let Page { page_size, page_token } = page;
    let request = pb::ListConsultationsRequest { page_size, page_token, filter };
    let page = called(mesh.referral().list_consultations(request).await)?;
    if context.shared.json {
        return out::json("xiezhi.referral.v1.ListConsultationsResponse", &page);
    }
    let mut table = out::table(&["CONSULTATION", "ASKS", "ASKED", "STATE", "DUE", ""]);
    for one in &page.consultations {
        let late = if one.late { "late" } else { "" };
        let due = local(one.terms.last().and_then(|term| term.due_time));
        table.add_row([&one.name, &one.asker, &one.asked, state(one), &due, late]);
    }
    line(table)?;
    more(&page.next_page_token)
}

fn print(one: &pb::Consultation) -> anyhow::Result<()> {
    let (state, late) = (state(one), if one.late { ", late" } else { "" });
    line(format!("{}  {} asks {}", one.name, one.asker, one.asked))?;
    line(format!("state {state}{late}  etag {}", one.etag))?;
    let told = [
        ("docket", &one.docket),
        ("question", &one.question),
        ("asked back for", &one.material_request),
        ("supplied", &one.material_note),
        ("answer", &one.answer),
        ("reasons", &one.reasons),
        ("taken back", &one.withdraw_reason),
    ];
    for (what, text) in told.into_iter().filter(|(_, text)| !text.is_empty()) {
        line(format!("{what}: {text}"))?;
    }
    for paper in &one.attachments {
        line(format!("  paper {}: {}{}", paper.title, paper.text, paper.sha256))?;
    }
    line("")?;
    terms(&one.terms)
}
