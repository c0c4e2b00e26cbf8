//! The keys that wrap the keys of contents: files in a folder, of which one is active.
//!
//! A key is a file `<id>.key` with 32 bytes in base64. Keys are wrapped as RFC 3394 says. A new key is
//! put beside the old ones; when nothing is wrapped with an old one any more, it can be taken away.

use std::{
    collections::BTreeMap,
    fmt, fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use anyhow::{Context as _, ensure};
use aws_lc_rs::key_wrap::{AES_256, AesKek, KeyWrap as _};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};

use super::{crypto::ContentKey, fault::Fault};

/// A key of a content, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrappedKey {
    /// The key that wraps it.
    pub(crate) key_id: String,
    /// It, wrapped.
    pub(crate) wrapped: Vec<u8>,
}

/// The keys that wrap.
pub(crate) struct Keys {
    folder: PathBuf,
    /// The one the configuration names; empty: the last by name.
    named: String,
    known: Mutex<BTreeMap<String, [u8; 32]>>,
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keys").field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl Keys {
    /// Reads the keys in `folder`; with none there, makes the first.
    pub(crate) fn open(folder: &Path, named: &str, now: DateTime<Utc>) -> anyhow::Result<Self> {
        let shown = folder.display();
        let mut known = read_all(folder).with_context(|| format!("reading the keys in {shown}"))?;
        if known.is_empty() && named.is_empty() {
            make(folder, now).with_context(|| format!("making a key in {shown}"))?;
            known = read_all(folder)?;
        }
        ensure!(
            named.is_empty() || known.contains_key(named),
            "[content] active_key: there is no {named}.key in {shown}"
        );
        let keys =
            Self { folder: folder.to_owned(), named: named.to_owned(), known: Mutex::new(known) };
        Ok(keys)
    }

    /// Looks for keys that came or went.
    pub(crate) fn reload(&self) {
        match read_all(&self.folder) {
            Ok(known) => *self.known.lock().unwrap_or_else(PoisonError::into_inner) = known,
            Err(error) => {
                tracing::error!(error = format!("{error:#}"), "the content keys stay as they were")
            }
        }
    }

    /// The key that wraps from now on: the named one, or the last by name.
    pub(crate) fn active(&self) -> Result<String, Fault> {
        if !self.named.is_empty() {
            return Ok(self.named.clone());
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let last = known.last_key_value().map(|(id, _)| id.clone());
        last.ok_or_else(|| Fault::KeyUnavailable("any".to_owned()))
    }

    /// The ids of all keys that are there.
    pub(crate) fn ids(&self) -> Vec<String> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.keys().cloned().collect()
    }

    /// Wraps with the active key.
    pub(crate) fn wrap(&self, key: &ContentKey) -> Result<WrappedKey, Fault> {
        let key_id = self.active()?;
        let mut wrapped = vec![0; 40];
        let kek = self.kek(&key_id)?;
        kek.wrap(key.bytes(), &mut wrapped).map_err(|_| Fault::KeyUnavailable(key_id.clone()))?;
        Ok(WrappedKey { key_id, wrapped })
    }

    /// The key, unwrapped.
    pub(crate) fn unwrap(&self, wrapped: &WrappedKey) -> Result<ContentKey, Fault> {
        let unavailable = || Fault::KeyUnavailable(wrapped.key_id.clone());
        // RFC 3394 authenticates: a key that is not the one it was wrapped with is found here.
        let mut key = [0; 32];
        let length = self
            .kek(&wrapped.key_id)?
            .unwrap(&wrapped.wrapped, &mut key)
            .map_err(|_| unavailable())?
            .len();
        if length == key.len() { Ok(ContentKey::from(key)) } else { Err(unavailable()) }
    }

    fn kek(&self, id: &str) -> Result<AesKek, Fault> {
        if self.get(id).is_none() {
            // It may have been put back.
            self.reload();
        }
        let bytes = self.get(id).ok_or_else(|| Fault::KeyUnavailable(id.to_owned()))?;
        AesKek::new(&AES_256, &bytes).map_err(|_| Fault::KeyUnavailable(id.to_owned()))
    }

    fn get(&self, id: &str) -> Option<[u8; 32]> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(id).copied()
    }
}

fn read_all(folder: &Path) -> anyhow::Result<BTreeMap<String, [u8; 32]>> {
    let mut known = BTreeMap::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(known),
        Err(error) => return Err(error.into()),
    };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "key") {
            continue;
        }
        let Some(id) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let bytes = STANDARD.decode(text.trim()).ok().and_then(|key| key.try_into().ok());
        let key = bytes.with_context(|| {
            format!("{} is not a key: 32 bytes in base64 are expected", path.display())
        })?;
        known.insert(id.to_owned(), key);
    }
    Ok(known)
}

/// Makes a key that only this user can read, named by its time so that the newest is the last.
fn make(folder: &Path, now: DateTime<Utc>) -> anyhow::Result<()> {
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("{}.key", now.format("%Y%m%dT%H%M%S")));
    let key = ContentKey::random().context("the system has no randomness to give")?;
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path)?;
    writeln!(file, "{}", STANDARD.encode(key.bytes()))?;
    file.sync_all()?;
    fs::File::open(folder)?.sync_all()?;
    tracing::info!(key.file = %path.display(), "made the first content key: keep a copy of it");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_780_000_000, 0).unwrap()
    }

    #[test]
    fn a_first_key_is_made_once_and_is_private() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(folder.path(), "", now()).unwrap();
        let wrapped = keys.wrap(&ContentKey::from([3; 32])).unwrap();
        let again = Keys::open(folder.path(), "", now() + chrono::Duration::days(1)).unwrap();
        assert_eq!(again.ids(), keys.ids());
        assert_eq!(again.unwrap(&wrapped), Ok(ContentKey::from([3; 32])));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let file = folder.path().join(format!("{}.key", keys.ids()[0]));
            assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_key_that_is_gone_or_is_another_is_told_and_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(folder.path(), "", now()).unwrap();
        let wrapped = keys.wrap(&ContentKey::from([3; 32])).unwrap();
        let file = folder.path().join(format!("{}.key", wrapped.key_id));
        let text = fs::read_to_string(&file).unwrap();
        fs::remove_file(&file).unwrap();
        keys.reload();
        let gone = Err(Fault::KeyUnavailable(wrapped.key_id.clone()));
        assert_eq!(keys.unwrap(&wrapped), gone);
        fs::write(&file, STANDARD.encode([9; 32])).unwrap();
        assert_eq!(keys.unwrap(&wrapped), gone, "it is another key under the same name");
        fs::write(&file, text).unwrap();
        keys.reload();
        assert_eq!(keys.unwrap(&wrapped), Ok(ContentKey::from([3; 32])));
    }

    #[test]
    fn the_last_by_name_is_active_unless_one_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.key"), STANDARD.encode([1; 32])).unwrap();
        fs::write(folder.path().join("b.key"), STANDARD.encode([2; 32])).unwrap();
        assert_eq!(Keys::open(folder.path(), "", now()).unwrap().active(), Ok("b".to_owned()));
        assert_eq!(Keys::open(folder.path(), "a", now()).unwrap().active(), Ok("a".to_owned()));
        assert!(Keys::open(folder.path(), "c", now()).is_err());
        fs::write(folder.path().join("c.key"), "too short").unwrap();
        assert!(Keys::open(folder.path(), "", now()).is_err());
    }
}
