//! Writes the entries of a revision to files that an office can edit.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, ensure};
use clap::{Args, ValueEnum};
use proto::catalogue::v1 as pb;

use super::{Anybody, kind, kind_word, list, sheet};
use crate::{
    cli::Context,
    out::{self, Contract},
};

/// What to write.
#[derive(Debug, Args)]
#[command(after_help = "Without --kind, CSV needs -o with a folder: one file for each kind of \
    entries.\nA list in a cell is joined by `; `, a basis reads `act art. 1 [V] 2022-01-01..`, a \
    condition `area_m2 >= 10`.\nThe cell `key` says which entry a row is: leave it empty in a row \
    that is new. `import` reads the files again.")]
pub(crate) struct Export {
    #[command(flatten)]
    by: Anybody,
    /// Only one kind: matter, power, area, posting, benchmark, minor-violation or boundary.
    #[arg(long, value_parser = kind)]
    kind: Option<pb::EntryKind>,
    /// As this revision has them [default: the newest].
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    revision: i64,
    /// What to write.
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
    /// Where to write it [default: standard output].
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// The forms of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a spreadsheet: UTF-8 with a byte order mark.
    Csv,
    /// One list of entries.
    Json,
}

pub(super) async fn export(context: &Context, command: Export) -> anyhow::Result<()> {
    let mesh = command.by.connect(context).await?;
    let contract = Contract::load()?;
    let kind = command.kind.unwrap_or(pb::EntryKind::Unspecified);
    let (revision, entries) = list::entries(&mesh, command.revision, kind, "").await?;
    let mut files = Vec::new();
    match (command.format, command.kind, &command.output) {
        (Format::Json, _, output) => {
            let text = sheet::to_json(&contract, &entries)?;
            files.push(written(output.as_deref(), &text)?);
        }
        (Format::Csv, Some(kind), output) => {
            let text = sheet::to_csv(&contract, kind, &entries)?;
            files.push(written(output.as_deref(), &text)?);
        }
        (Format::Csv, None, Some(folder)) => {
            fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
            for kind in sheet::KINDS {
                let file = folder.join(format!("{}.csv", kind_word(kind).to_lowercase()));
                let text = sheet::to_csv(&contract, kind, &entries)?;
                files.push(written(Some(&file), &text)?);
            }
        }
        (Format::Csv, None, None) => {
            ensure!(false, "CSV has a file for each kind: say --kind KIND, or -o FOLDER");
        }
    }
    let files: Vec<&str> = files.iter().flatten().map(String::as_str).collect();
    if files.is_empty() {
        return Ok(());
    }
    if context.shared.json {
        return out::line(serde_json::json!({ "revision": revision, "files": files }));
    }
    out::line(format!("revision {revision}: {} entries in {}", entries.len(), files.join(", ")))
}

/// Writes a text to a file, whose name it returns, or to standard output.
fn written(file: Option<&Path>, text: &str) -> anyhow::Result<Option<String>> {
    let Some(file) = file else {
        out::text(text)?;
        return Ok(None);
    };
    let name = file.display().to_string();
    fs::write(file, text).with_context(|| name.clone())?;
    Ok(Some(name))
}
