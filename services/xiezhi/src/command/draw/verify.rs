//! Replays the record of a draw without any mesh.

use std::{fs, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::Args;

use crate::{cli::Context, out::line};

/// What to verify.
#[derive(Debug, Args)]
#[command(
    after_help = "A record that was made up from end to end holds too: compare its roots with those that \
    were published at the freeze (`xiezhi draw show`, or the draw's rows in the transparency log), or give \
    them with --root.\n\n\
    Example:\n  xiezhi draw verify record.txt --root 5f0c… --root 77ab… --root 90de…"
)]
pub(crate) struct Verify {
    /// The record, as `record` wrote it.
    file: PathBuf,
    /// A root that was published at the freeze, of the subjects, the officers or the rules; may be
    /// repeated: the record must have it.
    #[arg(long = "root", value_name = "HEX")]
    roots: Vec<String>,
}

pub(super) fn verify(context: &Context, command: &Verify) -> anyhow::Result<ExitCode> {
    let at = || command.file.display().to_string();
    let text = fs::read_to_string(&command.file).with_context(at)?;
    let verified = match draw::verify(&text) {
        Ok(verified) => verified,
        Err(fault) => return failed(context, &at(), &fault.to_string()),
    };
    let published = verified.published();
    let strange = command.roots.iter().find(|root| !published.contains(&root.to_lowercase()));
    if let Some(root) = strange {
        return failed(context, &at(), &format!("no list of it has the root {root}"));
    }
    let [subjects, officers, rules] = &published;
    let (winners, seed) = (verified.outcome.winners.len(), draw::hex(&verified.outcome.seed));
    if context.shared.json {
        line(serde_json::json!({
            "holds": true, "draw": verified.draw, "seed": seed, "winners": winners,
            "subjects": verified.subjects, "officers": verified.officers,
            "dropped": verified.dropped.iter().map(|(body, _)| body).collect::<Vec<_>>(),
            "subjects_root": subjects, "officers_root": officers, "rules_hash": rules,
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    line(format!("{} holds: {winners} winners are those of seed {seed}", verified.draw))?;
    for (body, why) in &verified.dropped {
        line(format!("  {body} was dropped: {why}"))?;
    }
    line(format!("  subjects {subjects}  {}", verified.subjects))?;
    line(format!("  officers {officers}  {}", verified.officers))?;
    line(format!("  rules    {rules}"))?;
    if command.roots.is_empty() {
        line("Compare these roots with those published at the freeze.")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The first thing that is wrong.
fn failed(context: &Context, file: &str, fault: &str) -> anyhow::Result<ExitCode> {
    if context.shared.json {
        line(serde_json::json!({ "holds": false, "fault": fault }))?;
    } else {
        line(format!("{file} does NOT hold: {fault}"))?;
    }
    Ok(ExitCode::FAILURE)
}
