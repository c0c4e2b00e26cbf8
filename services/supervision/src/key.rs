//! The key of the log: one file, made when the log is first served, readable by its owner alone.

use std::{
    fs::{self, File, OpenOptions},
    io::{ErrorKind, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use anyhow::{Context as _, ensure};
use tlog::LogKey;
use types::TrustDomain;

/// Longer than any key.
const MAX_BYTES: u64 = 4096;

/// Reads the key of the log of `domain`, or makes it. Replicas share the file.
///
/// # Errors
/// The file cannot be used, may be read by others, holds no key, or the key of another log.
pub fn log_key(path: &Path, domain: &TrustDomain) -> anyhow::Result<LogKey> {
    let origin = format!("{domain}/log");
    let at = || format!("the log's key {}", path.display());
    if !path.exists() {
        let key = LogKey::generate(&origin).with_context(at)?;
        create(path, key.to_text()).with_context(at)?;
    }
    let about = fs::metadata(path).with_context(at)?;
    ensure!(about.len() <= MAX_BYTES, "{}: is too long to be a key", at());
    ensure!(
        about.permissions().mode() & 0o077 == 0,
        "{}: others may read it; give it mode 0600",
        at()
    );
    let key = LogKey::parse(&fs::read_to_string(path).with_context(at)?).with_context(at)?;
    ensure!(key.name() == origin, "{}: is of {}, not of {origin}", at(), key.name());
    Ok(key)
}

/// Writes a whole file or none, unless another replica was first.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let mut new = path.as_os_str().to_owned();
    new.push(format!(".{}.new", std::process::id()));
    let new = Path::new(&new);
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(new)?;
        writeln!(file, "{text}")?;
        file.sync_all()?;
        match fs::hard_link(new, path) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    };
    let written = write();
    fs::remove_file(new).ok();
    written?;
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn county() -> TrustDomain {
        TrustDomain::parse("county.example").unwrap()
    }

    #[test]
    fn the_key_is_made_once_and_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.key");
        let made = log_key(&path, &county()).unwrap();
        assert_eq!(made.name(), "county.example/log");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let read = log_key(&path, &county()).unwrap();
        assert_eq!(read.verifier(), made.verifier());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left behind");
    }

    #[test]
    fn a_key_that_others_may_read_or_of_another_log_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.key");
        log_key(&path, &county()).unwrap();
        let other = TrustDomain::parse("city.example").unwrap();
        assert!(log_key(&path, &other).unwrap_err().to_string().contains("county.example/log"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(log_key(&path, &county()).unwrap_err().to_string().contains("0600"));
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_shown() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log.key");
        create(&path, "PRIVATE+KEY+hunter2").unwrap();
        let told = format!("{:#}", log_key(&path, &county()).unwrap_err());
        assert!(!told.contains("hunter2"), "{told}");
    }
}
