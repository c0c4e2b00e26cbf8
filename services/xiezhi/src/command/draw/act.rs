//! What is done to a draw: frozen, committed to, revealed, run, opened, made void.

use anyhow::Context as _;
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use clap::Args;
use client::Mesh;
use clock::Clock;
use prost_types::Timestamp;
use proto::operations::v1 as pb;
use tonic::{Code, Status};

use super::{For, called, nonce, show};
use crate::{
    cli::Context,
    out::{self, line},
};

/// The source that is the transparency log itself.
const LOG: &str = "TRANSPARENCY_LOG";

/// What to freeze.
#[derive(Debug, Args)]
#[command(
    after_help = "A time is RFC 3339, `2026-12-01 10:00` in the time of the law, or +30m, +2h, +1d from \
    now. The public value must be one that nobody can choose or know now: a lottery result of a named day, \
    or TRANSPARENCY_LOG, which the service reads itself."
)]
pub(crate) struct Freeze {
    #[command(flatten)]
    who: For,
    /// Title.
    #[arg(long)]
    title: String,
    /// plans/… whose items are drawn; may be repeated.
    #[arg(long = "plan", required = true, value_name = "PLAN")]
    plans: Vec<String>,
    /// Code of a body that commits to a nonce; may be repeated.
    #[arg(long = "body", required = true, value_name = "AGENCY")]
    bodies: Vec<String>,
    /// Until when bodies may commit [default: half of the way to the reveal deadline].
    #[arg(long, value_parser = moment, value_name = "TIME")]
    commit_by: Option<Timestamp>,
    /// Until when they reveal.
    #[arg(long, value_parser = moment, value_name = "TIME")]
    reveal_by: Timestamp,
    /// Which public value is taken.
    #[arg(long, default_value = LOG)]
    public_source: String,
    /// When it appears: not before the reveal deadline.
    #[arg(long, value_parser = moment, value_name = "TIME")]
    public_at: Timestamp,
    /// SHA-256 or SM3.
    #[arg(long, default_value = "SHA-256")]
    algorithm: String,
}

/// Whose nonce, in which draw.
#[derive(Debug, Args)]
pub(crate) struct Nonce {
    #[command(flatten)]
    who: For,
    /// draws/…
    name: String,
}

/// What to run.
#[derive(Debug, Args)]
pub(crate) struct Run {
    #[command(flatten)]
    who: For,
    /// draws/…
    name: String,
    /// The public value; none when its source is `TRANSPARENCY_LOG`.
    #[arg(long, default_value = "", hide_default_value = true)]
    public_value: String,
}

/// What to make void.
#[derive(Debug, Args)]
pub(crate) struct Void {
    #[command(flatten)]
    who: For,
    /// draws/…
    name: String,
    /// Why.
    #[arg(long)]
    reason: String,
    /// Code of the body whose fault it is.
    #[arg(long, value_name = "AGENCY")]
    by_fault_of: String,
}

/// An instant as people write it.
fn moment(text: &str) -> Result<Timestamp, String> {
    moment_at(text, Clock::system().now())
}

fn moment_at(text: &str, now: DateTime<Utc>) -> Result<Timestamp, String> {
    let fault =
        || format!("{text} is neither RFC 3339, nor `2026-12-01 10:00`, nor +30m, +2h, +1d");
    let at = if let Some(span) = text.strip_prefix('+') {
        let unit = span.chars().last().ok_or_else(fault)?;
        let count = span.trim_end_matches(unit).parse::<u32>().map_err(|_| fault())?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return Err(fault()),
        };
        now.checked_add_signed(Duration::seconds(i64::from(count) * seconds)).ok_or_else(fault)?
    } else if let Ok(local) = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M") {
        local.and_local_timezone(clock::SHANGHAI).single().ok_or_else(fault)?.to_utc()
    } else {
        text.parse::<DateTime<Utc>>().map_err(|_| fault())?
    };
    let nanos = i32::try_from(at.timestamp_subsec_nanos()).map_err(|_| fault())?;
    Ok(Timestamp { seconds: at.timestamp(), nanos })
}

pub(super) async fn freeze(context: &Context, command: Freeze) -> anyhow::Result<()> {
    let For { by, officer } = command.who;
    let mesh = by.connect(context).await?;
    let (data, request_id) = (context.data_dir(), client::request_id());
    // The draw has no name yet: the nonce lies under the call's until it has.
    let mut made = nonce::Nonce::made(&data, &by.agency, &request_id)?;
    let request = pb::FreezeDrawRequest {
        request_id,
        title: command.title,
        plans: command.plans,
        bodies: command.bodies,
        office_commitment: made.commitment(&command.algorithm, &by.agency)?,
        commit_deadline: command.commit_by,
        reveal_deadline: Some(command.reveal_by),
        public_value_source: command.public_source,
        public_value_time: Some(command.public_at),
        algorithm: command.algorithm,
        officer,
    };
    let answer = mesh.operations().freeze_draw(request).await;
    if answer.as_ref().is_err_and(refused) {
        made.forget()?;
    }
    let draw = taken(called(answer)?.draw)?;
    made.belongs_to(&data, &by.agency, &draw.name)?;
    told(context, &draw)?;
    kept(context, &made)
}

/// Whether a call certainly did nothing.
fn refused(status: &Status) -> bool {
    matches!(
        status.code(),
        Code::InvalidArgument
            | Code::FailedPrecondition
            | Code::PermissionDenied
            | Code::NotFound
            | Code::Aborted
    )
}

pub(super) async fn commit(context: &Context, command: Nonce) -> anyhow::Result<()> {
    let (For { by, officer }, name) = (command.who, command.name);
    let mesh = by.connect(context).await?;
    let algorithm = read(&mesh, &name).await?.algorithm;
    let made = nonce::Nonce::made(&context.data_dir(), &by.agency, &name)?;
    let commitment = made.commitment(&algorithm, &by.agency)?;
    let request_id = client::request_id();
    let request = pb::CommitNonceRequest { request_id, name, commitment, officer };
    let draw = taken(called(mesh.operations().commit_nonce(request).await)?.draw)?;
    told(context, &draw)?;
    kept(context, &made)
}

pub(super) async fn reveal(context: &Context, command: Nonce) -> anyhow::Result<()> {
    let (For { by, officer }, name) = (command.who, command.name);
    let mesh = by.connect(context).await?;
    let nonce = nonce::Nonce::kept(&context.data_dir(), &by.agency, &name)?.text;
    let request_id = client::request_id();
    let request = pb::RevealNonceRequest { request_id, name, nonce, officer };
    told(context, &taken(called(mesh.operations().reveal_nonce(request).await)?.draw)?)
}

pub(super) async fn run(context: &Context, command: Run) -> anyhow::Result<()> {
    let (For { by, officer }, name) = (command.who, command.name);
    let mesh = by.connect(context).await?;
    let office_nonce = nonce::Nonce::kept(&context.data_dir(), &by.agency, &name)?.text;
    let request = pb::RunDrawRequest {
        request_id: client::request_id(),
        name,
        public_value: command.public_value,
        office_nonce,
        officer,
    };
    told(context, &taken(called(mesh.operations().run_draw(request).await)?.draw)?)
}

pub(super) async fn open(context: &Context, who: For, name: String) -> anyhow::Result<()> {
    let For { by, officer } = who;
    let mesh = by.connect(context).await?;
    let request = pb::OpenDrawRequest { request_id: client::request_id(), name, officer };
    told(context, &taken(called(mesh.operations().open_draw(request).await)?.draw)?)
}

pub(super) async fn void(context: &Context, command: Void) -> anyhow::Result<()> {
    let Void { who: For { by, officer }, name, reason, by_fault_of } = command;
    let mesh = by.connect(context).await?;
    let request_id = client::request_id();
    let request = pb::VoidDrawRequest { request_id, name, reason, by_fault_of, officer };
    told(context, &taken(called(mesh.operations().void_draw(request).await)?.draw)?)
}

/// One draw.
pub(super) async fn read(mesh: &Mesh, name: &str) -> anyhow::Result<pb::Draw> {
    let request = pb::GetDrawRequest { name: name.to_owned() };
    taken(called(mesh.operations().get_draw(request).await)?.draw)
}

fn taken(draw: Option<pb::Draw>) -> anyhow::Result<pb::Draw> {
    draw.context("no draw in the answer")
}

fn told(context: &Context, draw: &pb::Draw) -> anyhow::Result<()> {
    if context.shared.json {
        out::json("xiezhi.operations.v1.Draw", draw)
    } else {
        show::print(draw)
    }
}

fn kept(context: &Context, made: &nonce::Nonce) -> anyhow::Result<()> {
    if context.shared.json {
        return Ok(());
    }
    line(format!(
        "\nYour nonce lies in {}: keep it, and show it to nobody before you reveal it.",
        made.file()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_an_instant_a_local_time_or_a_span_from_now() {
        let now = "2026-12-01T02:00:00Z".parse().unwrap();
        let seconds = |text| moment_at(text, now).map(|at| at.seconds);
        let ten = Ok(1_796_090_400);
        assert_eq!(seconds("2026-12-01T10:00:00+08:00"), ten);
        assert_eq!(seconds("2026-12-01 10:00"), ten);
        assert_eq!(seconds("+2h"), Ok(1_796_090_400 + 7200));
        assert_eq!(seconds("+90s"), Ok(1_796_090_400 + 90));
        for wrong in ["soon", "+h", "+2", "+2w", "2026-12-01", "+-2h"] {
            assert!(seconds(wrong).is_err(), "{wrong}");
        }
    }
}
