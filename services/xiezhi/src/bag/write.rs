//! Writes a bag: into a folder beside its place, and under its name only when it is whole.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};

use super::{
    info::OXUM,
    manifest::{self, Manifest},
    structure::{BAGIT, BAGIT_TXT, INFO_TXT, MANIFEST_TXT, TAGS_TXT},
};

/// A bag that is being written. It is removed when it is dropped unfinished.
pub(crate) struct Draft {
    target: PathBuf,
    folder: PathBuf,
    payload: Manifest,
    bytes: u64,
}

/// A payload file that is being written.
pub(crate) struct Payload {
    path: String,
    file: BufWriter<File>,
    hash: Sha256,
    bytes: u64,
}

impl Draft {
    /// Begins the bag that will be at `target`, where nothing is yet. `unique` is a word that no
    /// other draft has.
    pub(crate) fn begin(target: &Path, unique: &str) -> anyhow::Result<Self> {
        nothing_at(target)?;
        let name =
            target.file_name().with_context(|| format!("{} has no name", target.display()))?;
        let folder = target.with_file_name(format!(".{}.{unique}.part", name.to_string_lossy()));
        fs::create_dir(&folder).with_context(|| format!("{}", folder.display()))?;
        Ok(Self { target: target.to_owned(), folder, payload: Manifest::new(), bytes: 0 })
    }

    /// Adds a file of the payload. `path` is from the bag's folder.
    pub(crate) fn add(&mut self, path: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let mut payload = self.create(path)?;
        payload.write_all(bytes).with_context(|| path.to_owned())?;
        self.keep(payload)
    }

    /// Opens a file of the payload, to be written and then given to [`Draft::keep`].
    pub(crate) fn create(&self, path: &str) -> anyhow::Result<Payload> {
        let place = self.folder.join(path);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).with_context(|| format!("{}", folder.display()))?;
        }
        let file = File::create_new(&place).with_context(|| format!("{}", place.display()))?;
        let file = BufWriter::with_capacity(1 << 18, file);
        Ok(Payload { path: path.to_owned(), file, hash: Sha256::new(), bytes: 0 })
    }

    /// Closes a file of the payload and lists it.
    pub(crate) fn keep(&mut self, payload: Payload) -> anyhow::Result<()> {
        let Payload { path, mut file, hash, bytes } = payload;
        file.flush().with_context(|| path.clone())?;
        self.bytes += bytes;
        self.payload.insert(path, hex(&hash.finalize()));
        Ok(())
    }

    /// Writes the lists and gives the bag its name. `info` becomes bag-info.txt, with the number of
    /// bytes and files.
    pub(crate) fn finish(self, info: &[(&str, String)]) -> anyhow::Result<()> {
        let oxum = (OXUM, oxum(self.bytes, self.payload.len()));
        let lines = info.iter().chain([&oxum]);
        let lines: String =
            lines.map(|(label, value)| format!("{label}: {}\n", plain(value))).collect();
        let mut tags = Manifest::new();
        for (name, text) in [
            (BAGIT_TXT, BAGIT),
            (INFO_TXT, &lines),
            (MANIFEST_TXT, &manifest::print(&self.payload)),
        ] {
            self.tag(name, text)?;
            tags.insert(name.to_owned(), hex(&Sha256::digest(text)));
        }
        self.tag(TAGS_TXT, &manifest::print(&tags))?;
        nothing_at(&self.target)?;
        fs::rename(&self.folder, &self.target).with_context(|| format!("{}", self.target.display()))
    }

    fn tag(&self, name: &str, text: &str) -> anyhow::Result<()> {
        fs::write(self.folder.join(name), text).with_context(|| name.to_owned())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // A finished bag has another name by now. What cannot be removed stays under the name of a
        // draft, which nobody takes for a bag.
        drop(fs::remove_dir_all(&self.folder));
    }
}

impl Write for Payload {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(bytes.get(..written).unwrap_or_default());
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// A value in one line of bag-info.txt.
pub(super) fn plain(value: &str) -> String {
    let line: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().to_owned()
}

/// `Payload-Oxum`: bytes and files.
pub(super) fn oxum(bytes: u64, files: usize) -> String {
    format!("{bytes}.{files}")
}

fn nothing_at(target: &Path) -> anyhow::Result<()> {
    if target.symlink_metadata().is_ok() {
        bail!("{} is there already; nothing is overwritten", target.display());
    }
    Ok(())
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
