//! What the commands of several services share: who asks, and how an answer and a word are read.

use clap::Args;
use client::Mesh;
use sha2::{Digest as _, Sha256};

use super::connect;
use crate::{cli::Context, out};

/// Who asks.
#[derive(Debug, Args)]
pub(crate) struct By {
    /// Code of your agency; its key lies in the data directory.
    #[arg(long = "as", value_name = "AGENCY")]
    pub agency: String,
}

impl By {
    pub(crate) async fn connect(&self, context: &Context) -> anyhow::Result<Mesh> {
        connect::as_agency(context, &self.agency).await
    }
}

/// Who asks, and for which officer.
#[derive(Debug, Args)]
pub(crate) struct For {
    #[command(flatten)]
    pub by: By,
    /// Certificate number of the officer.
    #[arg(long)]
    pub officer: String,
}

/// Who asks what everybody may know.
#[derive(Debug, Args)]
pub(crate) struct Anybody {
    /// Code of your agency; without it, the operator asks.
    #[arg(long = "as", value_name = "AGENCY")]
    agency: Option<String>,
}

impl Anybody {
    pub(crate) async fn connect(&self, context: &Context) -> anyhow::Result<Mesh> {
        match &self.agency {
            Some(agency) => connect::as_agency(context, agency).await,
            None => connect::as_operator(context).await,
        }
    }
}

/// Which page of a list.
#[derive(Debug, Args)]
pub(crate) struct Page {
    /// How many a page.
    #[arg(long, default_value_t = 50)]
    pub page_size: i32,
    /// Where the page before ended.
    #[arg(long, default_value = "", hide_default_value = true)]
    pub page_token: String,
}

/// Says where the next page begins, if there is one.
pub(crate) fn more(next_page_token: &str) -> anyhow::Result<()> {
    if next_page_token.is_empty() {
        return Ok(());
    }
    out::line(format!("more: --page-token {next_page_token}"))
}

/// Reads `CODE=VALUE`: what belongs to one of several bodies.
pub(crate) fn pair(text: &str) -> Result<(String, String), String> {
    let (code, value) = text.split_once('=').ok_or("is not CODE=VALUE")?;
    Ok((code.trim().to_owned(), value.trim().to_owned()))
}

/// What `pairs` say of one body.
pub(crate) fn of<'a>(
    pairs: &'a [(String, String)],
    code: &'a str,
) -> impl Iterator<Item = &'a str> {
    pairs.iter().filter(move |(of, _)| of == code).map(|(_, value)| value.as_str())
}

/// The answer of a call, or what it refused.
pub(crate) fn called<T>(answer: Result<tonic::Response<T>, tonic::Status>) -> anyhow::Result<T> {
    Ok(answer.map_err(client::Error::from)?.into_inner())
}

/// The word of a value of the contract without the name of its enum.
pub(crate) fn word<'a>(name: &'a str, stem: &str) -> &'a str {
    name.strip_prefix(stem).unwrap_or(name)
}

/// Reads a word of an enum: in any case, with hyphens or underscores, without the enum's name.
pub(crate) fn parse<E>(named: fn(&str) -> Option<E>, stem: &str, text: &str) -> Result<E, String> {
    let word = text.trim().to_uppercase().replace('-', "_");
    let known = |word: &str| word != "UNSPECIFIED";
    named(&format!("{stem}{word}"))
        .filter(|_| known(&word))
        .ok_or_else(|| format!("no such {text}"))
}

/// The digest of a file, as 64 hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
