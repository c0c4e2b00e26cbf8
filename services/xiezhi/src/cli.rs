//! The command line: what can be asked, and where each answer is.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};

use crate::{
    command::{
        agency, assist, board, catalogue, consult, decision, dispute, draw, evidence, indicator,
        keys, log, meeting, notice, officer, operation, plan, procedures, referral, schedule,
        serve, term, trace, verify, warning,
    },
    config::{self, Config},
    demo,
};

/// Xiezhi (獬豸): agencies refer suspected crimes to public security, the procuratorate supervises,
/// every statutory clock runs, and nothing is lost.
#[derive(Debug, Parser)]
#[command(name = "xiezhi", version, propagate_version = true, max_term_width = 110)]
#[command(after_help = "Start here:\n  xiezhi demo                      \
    replay 31 real cases, five disputes and a county week\n  xiezhi term 2024-02-07 3 day     \
    when a term ends, and why then\n  xiezhi serve all                 \
    the whole mesh on this machine")]
struct Cli {
    #[command(flatten)]
    shared: Shared,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Clone, Debug, Args)]
pub(crate) struct Shared {
    /// JSON for programs instead of tables for people: one object a line.
    #[arg(long, global = true)]
    pub json: bool,
    /// Where the mesh answers.
    #[arg(long, global = true, value_name = "URL", default_value = "http://127.0.0.1:7000")]
    pub endpoint: String,
    /// The data directory: keys, trust bundle, databases [default: xiezhi-data].
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the whole mesh, or some of its services, until told to stop.
    Serve(serve::Serve),
    /// Replay real cases through the public API on a fresh mesh, with every clock kept.
    Demo(demo::Demo),
    /// Say when a term ends, and why then.
    Term(term::Term),
    /// Workload keys: make, enrol, list, revoke, rotate the issuer's.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Dockets and referrals, as one agency.
    #[command(subcommand)]
    Referral(referral::Command),
    /// Questions about a case, both ways (双向案件咨询), and the police called in early (提前介入).
    #[command(subcommand)]
    Consult(Box<consult::Command>),
    /// Joint meetings (联席会议), their minutes, and what they resolved.
    #[command(subcommand)]
    Meeting(Box<meeting::Command>),
    /// Information on a case for who is entitled to it (案件信息通报).
    #[command(subcommand)]
    Notice(Box<notice::Command>),
    /// Who is competent: the catalogue, its revisions, and what it says of a matter at a place.
    #[command(subcommand)]
    Catalogue(Box<catalogue::Command>),
    /// Disputes over who is competent, from the first position to the decision.
    #[command(subcommand)]
    Dispute(dispute::Command),
    /// Plans: subjects, resources, checks, and what becomes one visit.
    #[command(subcommand)]
    Plan(Box<plan::Command>),
    /// Public draws (双随机), which anybody can replay.
    #[command(subcommand)]
    Draw(Box<draw::Command>),
    /// Joint operations (联合执法): several bodies under one command.
    #[command(subcommand)]
    Operation(operation::Command),
    /// Schedules and visits: computed, published, repaired, carried out.
    #[command(subcommand)]
    Schedule(Box<schedule::Command>),
    /// Requests for assistance (执法协助), and who answers in time.
    #[command(subcommand)]
    Assist(assist::Command),
    /// Evidence: dossiers, items, files, custody, hand-over, export.
    #[command(subcommand)]
    Evidence(Box<evidence::Command>),
    /// What is due, everywhere: running terms, and what was sent and nobody acknowledged.
    Board(Box<board::Board>),
    /// Warnings (预警): who must look at what, and where it goes when nobody does.
    #[command(subcommand)]
    Warning(warning::Command),
    /// Who did, saw and changed what on a docket, in order, with proof (全程留痕).
    Trace(trace::Trace),
    /// Indicators of evaluation (执法评议): figures, the rows behind them, the yearly report.
    #[command(subcommand)]
    Indicator(indicator::Command),
    /// Decisions under the three systems (三项制度): review, service, publication, withdrawal.
    #[command(subcommand)]
    Decision(Box<decision::Command>),
    /// The bodies of the county.
    #[command(subcommand)]
    Agency(agency::Command),
    /// The officers of an agency.
    #[command(subcommand)]
    Officer(officer::Command),
    /// The transparency log: checkpoints, proofs, receipts, audit.
    #[command(subcommand)]
    Log(log::Log),
    /// Check a receipt or an exported dossier offline, naming the first thing that is wrong.
    Verify(verify::Verify),
    /// The procedures of the law as tables: state, step, actor, documents, terms, article.
    Procedures(procedures::Procedures),
}

/// The options of one run.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub shared: Shared,
    pub config: Config,
}

impl Context {
    /// The data directory: the flag, or the configuration.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.shared.data.clone().unwrap_or_else(|| self.config.data_dir.clone())
    }

    /// Where to serve.
    pub(crate) fn listen(&self, flag: Option<SocketAddr>) -> SocketAddr {
        flag.unwrap_or(self.config.listen)
    }
}

/// Runs the program.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    match start(cli) {
        Ok(code) => code,
        // Whoever read our output has had enough of it, as `| head` has.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            explain(&error);
            ExitCode::FAILURE
        }
    }
}

fn start(cli: Cli) -> anyhow::Result<ExitCode> {
    let context = Context { shared: cli.shared, config: config::load()? };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve(command) => serve::serve(&context, command).await,
            Command::Demo(command) => demo::demo(&context, command).await,
            Command::Term(command) => term::term(&context, &command),
            Command::Keys(command) => keys::keys(&context, command).await,
            Command::Referral(command) => referral::referral(&context, command).await,
            Command::Consult(command) => consult::consult(&context, *command).await,
            Command::Meeting(command) => meeting::meeting(&context, *command).await,
            Command::Notice(command) => notice::notice(&context, *command).await,
            Command::Catalogue(command) => catalogue::catalogue(&context, *command).await,
            Command::Dispute(command) => dispute::dispute(&context, command).await,
            Command::Plan(command) => plan::plan(&context, *command).await,
            Command::Draw(command) => draw::draw(&context, *command).await,
            Command::Operation(command) => operation::operation(&context, command).await,
            Command::Schedule(command) => schedule::schedule(&context, *command).await,
            Command::Assist(command) => assist::assist(&context, command).await,
            Command::Evidence(command) => evidence::evidence(&context, *command).await,
            Command::Board(command) => board::board(&context, *command).await,
            Command::Warning(command) => warning::warning(&context, command).await,
            Command::Trace(command) => trace::trace(&context, command).await,
            Command::Indicator(command) => indicator::indicator(&context, command).await,
            Command::Decision(command) => decision::decision(&context, *command).await,
            Command::Agency(command) => agency::agency(&context, command).await,
            Command::Officer(command) => officer::officer(&context, command).await,
            Command::Log(command) => log::log(&context, command).await,
            Command::Verify(command) => verify::verify(&context, &command),
            Command::Procedures(command) => procedures::procedures(&context, &command).await,
        }
    })
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<std::io::Error>()
            .is_some_and(|cause| cause.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

/// Says what went wrong: a refusal with every field, rule and article.
fn explain(error: &anyhow::Error) {
    use std::io::Write as _;
    let mut out = std::io::stderr().lock();
    let mut say = |text: String| drop(writeln!(out, "{text}"));
    let Some(refused) = error.downcast_ref::<client::Error>() else {
        say(format!("xiezhi: {error:#}"));
        return;
    };
    say(format!("xiezhi: {:?} {}: {}", refused.code, refused.reason, refused.message));
    if let Some(zh) = &refused.zh {
        say(format!("  {zh}"));
    }
    for field in &refused.fields {
        say(format!("  {}: {}", field.field, field.fault));
    }
    for rule in &refused.rules {
        say(format!("  rule {} ({}) on {}", rule.id, rule.basis, rule.subject));
    }
}
