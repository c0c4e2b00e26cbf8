//! The issuer's files: private keys named by when they were made, and the public bundle.

use std::{
    fs,
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
};

use auth::WorkloadKey;
use chrono::{DateTime, Utc};

use super::{Dated, IssuerError};

const PREFIX: &str = "issuer-";
const SUFFIX: &str = ".key";

/// Makes the directory if it is not there, for this user alone.
pub(super) fn make_private(dir: &Path) -> Result<(), IssuerError> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(at(dir))
}

/// The keys in the directory, oldest first; those already `known` are not read again.
pub(super) fn read(dir: &Path, known: Vec<Dated>) -> Result<Vec<Dated>, IssuerError> {
    let mut keys = Vec::new();
    for entry in fs::read_dir(dir).map_err(at(dir))? {
        let name = entry.map_err(at(dir))?.file_name();
        let Some(made_at) = name.to_str().and_then(made_at) else { continue };
        let same = known.iter().find(|dated| dated.made_at == made_at);
        keys.push(match same {
            Some(dated) => dated.clone(),
            None => load(dir, made_at)?,
        });
    }
    keys.sort_by_key(|dated| dated.made_at);
    Ok(keys)
}

/// Makes a key.
pub(super) fn create(dir: &Path, made_at: DateTime<Utc>) -> Result<Dated, IssuerError> {
    // The name keeps milliseconds, and the name is what is read back.
    let made_at = DateTime::from_timestamp_millis(made_at.timestamp_millis()).unwrap_or(made_at);
    load(dir, made_at)
}

/// Removes a key; another replica may have been first.
pub(super) fn remove(dir: &Path, made_at: DateTime<Utc>) -> Result<(), IssuerError> {
    let path = path(dir, made_at);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(&path)(error)),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes the bundle unless it is there already. A reader sees the old file or the new one, never
/// a part.
pub(super) fn publish(file: &Path, bundle: &str) -> Result<(), IssuerError> {
    if fs::read(file).is_ok_and(|old| old == bundle.as_bytes()) {
        return Ok(());
    }
    let dir = file.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(dir).map_err(at(dir))?;
    let mut new = file.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let write = || {
        let mut out = fs::File::create(&new)?;
        out.write_all(bundle.as_bytes())?;
        // Public: a service under another user reads it.
        out.set_permissions(fs::Permissions::from_mode(0o644))?;
        out.sync_all()?;
        fs::rename(&new, file)?;
        fs::File::open(dir)?.sync_all()
    };
    write().map_err(at(file))
}

fn load(dir: &Path, made_at: DateTime<Utc>) -> Result<Dated, IssuerError> {
    let key = WorkloadKey::load_or_create(path(dir, made_at))
        .map_err(|error| IssuerError::Key("key file cannot be used", error.into()))?;
    Ok(Dated { made_at, key })
}

fn path(dir: &Path, made_at: DateTime<Utc>) -> PathBuf {
    dir.join(format!("{PREFIX}{:013}{SUFFIX}", made_at.timestamp_millis()))
}

fn made_at(name: &str) -> Option<DateTime<Utc>> {
    let millis = name.strip_prefix(PREFIX)?.strip_suffix(SUFFIX)?;
    let plain = millis.len() == 13 && millis.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| millis.parse().ok().and_then(DateTime::from_timestamp_millis)).flatten()
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> IssuerError {
    |error| IssuerError::File(path.to_owned(), error)
}
