//! The data directory of one machine: where keys, trust bundle and databases lie.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use types::{Kind, Workload};

/// The version of the layout. A newer one is refused: this program does not know what it holds.
const VERSION: u32 = 1;

/// A data directory.
#[derive(Clone, Debug)]
pub(crate) struct DataDir(PathBuf);

impl DataDir {
    /// Opens the directory, or makes it, readable by its owner only.
    pub(crate) fn open(path: &Path) -> anyhow::Result<Self> {
        let file = path.join("VERSION");
        // First of all: what a newer program left is not touched.
        let known = version(&file)?;
        if let Some(found) = known.filter(|found| *found > VERSION) {
            bail!(
                "data directory {} is of version {found}; this program knows up to {VERSION}: use \
                 the newer program, nothing was changed",
                path.display()
            );
        }
        for sub in ["", "issuer", "trust", "db", "keys", "keys/service", "keys/agency"] {
            let sub = path.join(sub);
            fs::create_dir_all(&sub).with_context(|| format!("{}", sub.display()))?;
            private(&sub)?;
        }
        if known.is_none() {
            fs::write(&file, format!("{VERSION}\n"))
                .with_context(|| format!("{}", file.display()))?;
        }
        Ok(Self(path.to_owned()))
    }

    /// The private key of a workload.
    pub(crate) fn key_file(&self, workload: &Workload) -> PathBuf {
        let kind = match workload.kind {
            Kind::Service => "service",
            Kind::Agency => "agency",
        };
        self.0.join("keys").join(kind).join(format!("{}.pem", workload.name))
    }

    /// The private keys of the issuer.
    pub(crate) fn issuer(&self) -> PathBuf {
        self.0.join("issuer")
    }

    /// The trust domain's public keys.
    pub(crate) fn trust_bundle(&self) -> PathBuf {
        self.0.join("trust").join("bundle.json")
    }

    /// The private key of the transparency log.
    pub(crate) fn log_key(&self) -> PathBuf {
        self.0.join("keys").join("log.key")
    }

    /// The database of a service.
    pub(crate) fn database(&self, service: &str) -> String {
        let file = self.0.join("db").join(format!("{service}.sqlite"));
        format!("sqlite://{}?mode=rwc", file.display())
    }

    /// The directory itself.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

/// The version of the layout; none in a directory that nobody has used.
fn version(file: &Path) -> anyhow::Result<Option<u32>> {
    let text = match fs::read_to_string(file) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        text => text.with_context(|| format!("{}", file.display()))?,
    };
    let number = text.trim().parse();
    number.map(Some).with_context(|| format!("{} holds no number", file.display()))
}

#[cfg(unix)]
fn private(dir: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
        .with_context(|| format!("{}", dir.display()))
}

#[cfg(not(unix))]
fn private(_: &Path) -> anyhow::Result<()> {
    Ok(())
}
