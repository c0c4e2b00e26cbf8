//! Files to and from an item.

use std::{
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use clap::Args;
use client::Mesh;
use proto::evidence::v1 as pb;

use super::{By, For, called, export::bar, parse};
use crate::{cli::Context, command::connect, out};

/// What to send.
#[derive(Debug, Args)]
pub(crate) struct Upload {
    #[command(flatten)]
    who: For,
    /// items/… or handOvers/… (photographs of the counting), and the file; with --resume only the
    /// file.
    #[arg(value_name = "ITEM FILE", num_args = 1..=2, required = true)]
    of: Vec<String>,
    /// original, backup, photo, seal-photo, record or video.
    #[arg(long, default_value = "original", value_parser = role)]
    role: pb::ContentRole,
    /// e.g. image/png; guessed from the name when it is not given.
    #[arg(long)]
    media_type: Option<String>,
    /// Compute SM3 too, beside SHA-256.
    #[arg(long, conflicts_with = "resume")]
    sm3: bool,
    /// Go on with an upload that broke off.
    #[arg(long, value_name = "UPLOAD")]
    resume: Option<String>,
}

/// What to fetch.
#[derive(Debug, Args)]
pub(crate) struct Download {
    #[command(flatten)]
    by: By,
    /// contents/…
    content: String,
    /// Where to put it; nothing must be there yet.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

fn role(text: &str) -> Result<pb::ContentRole, String> {
    parse(pb::ContentRole::from_str_name, "CONTENT_ROLE_", text)
}

pub(super) async fn upload(context: &Context, command: Upload) -> anyhow::Result<()> {
    let mesh = connect::as_agency(context, &command.who.by.agency).await?;
    let (upload, file) = match (&command.resume, command.of.as_slice()) {
        (Some(name), [file]) => {
            let request = pb::GetUploadRequest { name: name.clone() };
            (called(mesh.evidence().get_upload(request).await)?.upload, PathBuf::from(file))
        }
        (None, [parent, file]) => {
            let file = PathBuf::from(file);
            (begin(&mesh, &command, parent, &file).await?, file)
        }
        _ => bail!("say `upload ITEM FILE`, or `upload --resume UPLOAD FILE`"),
    };
    let upload = upload.context("no upload in the answer")?;
    let (name, officer) = (upload.name.clone(), &command.who.officer);
    let progress = if context.shared.json { indicatif::ProgressBar::hidden() } else { bar() };
    progress.set_length(upload.size.unsigned_abs());
    progress.set_position(upload.offset.unsigned_abs());
    let moved = |bytes| progress.set_position(bytes);
    let sent = tokio::select! {
        sent = client::resume(&mesh, upload, officer, &file, &moved) => sent.map_err(Into::into),
        stopped = tokio::signal::ctrl_c() => {
            stopped?;
            Err(anyhow::anyhow!("interrupted"))
        }
    };
    progress.finish_and_clear();
    let by = &command.who.by.agency;
    let content = sent.with_context(|| {
        format!(
            "the upload is not committed; go on with: xiezhi evidence upload --as {by} --officer \
             {officer} --resume {name} {}",
            file.display()
        )
    })?;
    if context.shared.json {
        return out::json("xiezhi.evidence.v1.Content", &content);
    }
    let (name, size, sha256) = (&content.name, content.size, &content.sha256);
    let sm3 = if content.sm3.is_empty() { String::new() } else { format!("  sm3 {}", content.sm3) };
    out::line(format!("{name}  {}  {size} bytes  sha256 {sha256}{sm3}", content.file_name))
}

async fn begin(
    mesh: &Mesh,
    command: &Upload,
    parent: &str,
    file: &Path,
) -> anyhow::Result<Option<pb::Upload>> {
    let size = fs::metadata(file).with_context(|| format!("{}", file.display()))?.len();
    let name = file.file_name().with_context(|| format!("{} has no name", file.display()))?;
    let name = name.to_str().with_context(|| format!("{} is no text", file.display()))?;
    let media_type = command.media_type.clone().unwrap_or_else(|| guessed(name).to_owned());
    let request = pb::BeginUploadRequest {
        request_id: client::request_id(),
        parent: parent.to_owned(),
        file_name: name.to_owned(),
        role: command.role.into(),
        media_type,
        size: i64::try_from(size)?,
        with_sm3: command.sm3,
        officer: command.who.officer.clone(),
    };
    Ok(called(mesh.evidence().begin_upload(request).await)?.upload)
}

pub(super) async fn download(context: &Context, command: Download) -> anyhow::Result<()> {
    let Download { by, content, output } = command;
    anyhow::ensure!(output.symlink_metadata().is_err(), "{} is there already", output.display());
    let mesh = connect::as_agency(context, &by.agency).await?;
    let request = pb::ReadContentRequest { name: content.clone(), offset: 0, length: 1 };
    let known = called(mesh.evidence().read_content(request).await)?;
    let content = pb::Content {
        name: content,
        file_name: output.display().to_string(),
        size: known.size,
        sha256: known.sha256,
        ..pb::Content::default()
    };
    let name = output.file_name().with_context(|| format!("{} has no name", output.display()))?;
    let part = format!(".{}.{}.part", name.to_string_lossy(), client::request_id());
    let part = Part(output.with_file_name(part));
    let file = File::create_new(&part.0).with_context(|| format!("{}", part.0.display()))?;
    let mut file = BufWriter::new(file);
    let progress = if context.shared.json { indicatif::ProgressBar::hidden() } else { bar() };
    progress.set_length(content.size.unsigned_abs());
    let moved = |bytes| progress.set_position(bytes);
    client::download(&mesh, &content, &mut file, &moved).await?;
    file.flush().and_then(|()| file.get_ref().sync_all())?;
    // Only what is whole gets the name; a link is refused where something is by now.
    fs::hard_link(&part.0, &output).with_context(|| format!("{}", output.display()))?;
    progress.finish_and_clear();
    if context.shared.json {
        let (size, sha256) = (content.size, content.sha256);
        return out::line(serde_json::json!({ "file": output, "size": size, "sha256": sha256 }));
    }
    out::line(format!("{}  {} bytes  sha256 {}", output.display(), content.size, content.sha256))
}

/// A file that is not whole yet, and is gone when it is dropped.
struct Part(PathBuf);

impl Drop for Part {
    fn drop(&mut self) {
        // What cannot be removed keeps the name of a part, which nobody takes for the file.
        drop(fs::remove_file(&self.0));
    }
}

fn guessed(name: &str) -> &'static str {
    let end = name.rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default();
    match end.as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "pdf" => "application/pdf",
        "mp4" => "video/mp4",
        "mp3" => "audio/mpeg",
        "wav" => "audio/wav",
        "txt" => "text/plain",
        "csv" => "text/csv",
        "json" => "application/json",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}
