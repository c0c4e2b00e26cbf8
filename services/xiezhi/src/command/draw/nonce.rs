//! Nonces: made on this machine, kept in the data directory until they are revealed, readable by its
//! owner only.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow, bail};
use draw::Algorithm;

/// A nonce that is kept.
#[derive(Debug)]
pub(super) struct Nonce {
    file: PathBuf,
    /// 64 hexadecimal digits.
    pub text: String,
}

impl Nonce {
    /// Where the nonces of this machine lie.
    pub(super) fn folder(data: &Path) -> PathBuf {
        data.join("nonces")
    }

    /// Makes the nonce of a body for `what`, or finds the one that was made before: who asks again
    /// commits to the same.
    pub(super) fn made(data: &Path, body: &str, what: &str) -> anyhow::Result<Self> {
        let file = file(data, body, what)?;
        if file.exists() {
            return Self::kept(data, body, what);
        }
        let mut bytes = [0u8; 32];
        aws_lc_rs::rand::fill(&mut bytes).map_err(|_| anyhow!("the system gave no random bits"))?;
        let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let at = || file.display().to_string();
        let folder = Self::folder(data);
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        private(&mut fs::OpenOptions::new())
            .write(true)
            .create_new(true)
            .open(&file)
            .and_then(|mut made| made.write_all(text.as_bytes()).and_then(|()| made.sync_all()))
            .with_context(at)?;
        Ok(Self { file, text })
    }

    /// The nonce that a body made for `what`.
    pub(super) fn kept(data: &Path, body: &str, what: &str) -> anyhow::Result<Self> {
        let file = file(data, body, what)?;
        let text = fs::read_to_string(&file).with_context(|| {
            format!("no nonce of {body} for {what} is kept here ({})", file.display())
        })?;
        Ok(Self { text: text.trim().to_owned(), file })
    }

    /// Keeps it under the name that the draw got.
    pub(super) fn belongs_to(&mut self, data: &Path, body: &str, what: &str) -> anyhow::Result<()> {
        let now = file(data, body, what)?;
        fs::rename(&self.file, &now).with_context(|| now.display().to_string())?;
        self.file = now;
        Ok(())
    }

    /// Forgets it: no draw will ever know it.
    pub(super) fn forget(&self) -> anyhow::Result<()> {
        fs::remove_file(&self.file).with_context(|| self.file())
    }

    /// Where it lies.
    pub(super) fn file(&self) -> String {
        self.file.display().to_string()
    }

    /// What the body commits to.
    pub(super) fn commitment(&self, algorithm: &str, body: &str) -> anyhow::Result<String> {
        let known = Algorithm::parse(algorithm);
        let known = known.with_context(|| format!("this program does not know {algorithm}"))?;
        Ok(draw::commitment(known, body, &self.text))
    }
}

/// `draws/{uuid}` of a body is `nonces/BODY-{uuid}`.
fn file(data: &Path, body: &str, what: &str) -> anyhow::Result<PathBuf> {
    let id = what.strip_prefix("draws/").unwrap_or(what);
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if id.is_empty() || !plain(id) || !plain(body) {
        bail!("{what} is no name of a draw");
    }
    Ok(Nonce::folder(data).join(format!("{body}-{id}")))
}

#[cfg(unix)]
fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_made_once_and_is_nobody_elses() {
        let data = std::env::temp_dir().join(client::request_id());
        let first = Nonce::made(&data, "MKT", "draws/1-a").unwrap();
        assert_eq!(first.text.len(), 64);
        assert_eq!(Nonce::made(&data, "MKT", "draws/1-a").unwrap().text, first.text);
        assert_ne!(Nonce::made(&data, "ECO", "draws/1-a").unwrap().text, first.text);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(&first.file).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let mut first = first;
        first.belongs_to(&data, "MKT", "draws/2").unwrap();
        assert_eq!(Nonce::kept(&data, "MKT", "draws/2").unwrap().text, first.text);
        assert!(Nonce::kept(&data, "MKT", "draws/1-a").is_err());
        assert!(Nonce::made(&data, "MKT", "draws/../x").is_err());
        fs::remove_dir_all(&data).unwrap();
    }
}
