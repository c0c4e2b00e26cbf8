//! Whether a folder is a whole bag: every file listed, every listed file there and unaltered.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::{
    info::OXUM,
    manifest::{self, Manifest},
    write::{hex, oxum},
};

/// Says that it is a bag.
pub(super) const BAGIT_TXT: &str = "bagit.txt";
/// What it says.
pub(super) const BAGIT: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
/// Whose bag it is.
pub(super) const INFO_TXT: &str = "bag-info.txt";
/// The list of the payload.
pub(super) const MANIFEST_TXT: &str = "manifest-sha256.txt";
/// The list of the files beside the payload.
pub(super) const TAGS_TXT: &str = "tagmanifest-sha256.txt";

/// The largest file that is read as a text.
const TEXT_MAX: u64 = 512 << 20;
/// How deep folders lie in one another.
const DEPTH_MAX: usize = 8;

/// A folder that is a whole bag.
pub(super) struct Bag {
    folder: PathBuf,
    /// The payload.
    pub(super) payload: Manifest,
    info: String,
}

impl Bag {
    /// Checks the lists and every file in them.
    pub(super) fn open(folder: &Path) -> Result<Self, String> {
        let text = |name: &str| read(folder, name);
        if text(BAGIT_TXT)? != BAGIT {
            return Err(format!("{BAGIT_TXT} does not say that this is a bag of version 1.0"));
        }
        let tags = manifest::parse(TAGS_TXT, &text(TAGS_TXT)?)?;
        let listed: Vec<&str> = tags.keys().map(String::as_str).collect();
        if listed != [INFO_TXT, BAGIT_TXT, MANIFEST_TXT] {
            return Err(format!(
                "{TAGS_TXT} must list {INFO_TXT}, {BAGIT_TXT} and {MANIFEST_TXT}, and lists {}",
                listed.join(", ")
            ));
        }
        check(folder, &tags)?;
        let payload = manifest::parse(MANIFEST_TXT, &text(MANIFEST_TXT)?)?;
        let outside = payload.keys().find(|path| !path.starts_with("data/"));
        if let Some(path) = outside {
            return Err(format!("{MANIFEST_TXT} lists {path}, which is not in data/"));
        }
        check(folder, &payload)?;
        let mut found = Vec::new();
        walk(folder, "", 0, &mut found)?;
        let known = |path: &str| payload.contains_key(path) || tags.contains_key(path);
        if let Some(path) = found.iter().find(|path| !known(path) && *path != TAGS_TXT) {
            return Err(format!("{path} is in the bag and not in its lists"));
        }
        let bag = Self { folder: folder.to_owned(), payload, info: text(INFO_TXT)? };
        let oxum = bag.oxum()?;
        if bag.info(OXUM) != Some(&oxum) {
            return Err(format!("{INFO_TXT}: {OXUM} is not {oxum}"));
        }
        Ok(bag)
    }

    /// A file of the payload, as text.
    pub(super) fn text(&self, path: &str) -> Result<String, String> {
        if !self.payload.contains_key(path) {
            return Err(format!("{path} is not in the bag"));
        }
        read(&self.folder, path)
    }

    /// The size of a file.
    pub(super) fn size(&self, path: &str) -> Result<u64, String> {
        Ok(fs::metadata(self.folder.join(path)).map_err(at(path))?.len())
    }

    /// What bag-info.txt says under a label.
    pub(super) fn info(&self, label: &str) -> Option<&str> {
        let value = |line| str::strip_prefix(line, label)?.strip_prefix(": ");
        self.info.lines().find_map(value)
    }

    /// The lines of bag-info.txt.
    pub(super) fn info_lines(&self) -> impl Iterator<Item = &str> {
        self.info.lines()
    }

    fn oxum(&self) -> Result<String, String> {
        let mut bytes = 0;
        for path in self.payload.keys() {
            bytes += self.size(path)?;
        }
        Ok(oxum(bytes, self.payload.len()))
    }
}

fn check(folder: &Path, manifest: &Manifest) -> Result<(), String> {
    for (path, listed) in manifest {
        let found = sha256(&folder.join(path)).map_err(at(path))?;
        if found != *listed {
            return Err(format!("{path} was altered: its digest is {found}, listed is {listed}"));
        }
    }
    Ok(())
}

fn sha256(path: &Path) -> io::Result<String> {
    let (mut file, mut hash) = (File::open(path)?, Sha256::new());
    let mut buffer = vec![0; 1 << 18];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hex(&hash.finalize())),
            read => hash.update(buffer.get(..read).unwrap_or_default()),
        }
    }
}

/// Every file below a folder, by its path from the bag's. Links lead out of a bag and are refused.
fn walk(bag: &Path, folder: &str, depth: usize, found: &mut Vec<String>) -> Result<(), String> {
    if depth > DEPTH_MAX {
        return Err(format!("{folder} lies deeper than any folder of a bag"));
    }
    let mut entries = Vec::new();
    for entry in fs::read_dir(bag.join(folder)).map_err(at(folder))? {
        let entry = entry.map_err(at(folder))?;
        let name = entry.file_name().into_string();
        let name = name.map_err(|name| format!("{} is no name", name.to_string_lossy()))?;
        entries.push((name, entry.file_type().map_err(at(folder))?));
    }
    entries.sort_by(|one, other| one.0.cmp(&other.0));
    for (name, kind) in entries {
        let path = if folder.is_empty() { name } else { format!("{folder}/{name}") };
        if kind.is_dir() {
            walk(bag, &path, depth + 1, found)?;
        } else if kind.is_file() {
            found.push(path);
        } else {
            return Err(format!("{path} is neither a file nor a folder"));
        }
    }
    Ok(())
}

fn read(folder: &Path, path: &str) -> Result<String, String> {
    let file = File::open(folder.join(path)).map_err(at(path))?;
    let mut text = String::new();
    let read = file.take(TEXT_MAX + 1).read_to_string(&mut text).map_err(at(path))?;
    if read as u64 > TEXT_MAX {
        return Err(format!("{path} has more than {TEXT_MAX} bytes"));
    }
    Ok(text)
}

fn at(path: &str) -> impl FnOnce(io::Error) -> String {
    move |error| format!("{path}: {error}")
}

#[cfg(test)]
mod tests {
    use super::{super::write::Draft, *};

    fn small(base: &Path) -> PathBuf {
        let bag = base.join("bag");
        let mut draft = Draft::begin(&bag, "draft").unwrap();
        draft.add("data/a.json", b"{}").unwrap();
        draft.add("data/content/1-WP 1/scan (2).txt", "证据".as_bytes()).unwrap();
        draft.finish(&[("External-Description", "two\nlines".to_owned())]).unwrap();
        bag
    }

    fn files(bag: &Path) -> Vec<String> {
        let mut found = Vec::new();
        walk(bag, "", 0, &mut found).unwrap();
        found
    }

    #[test]
    fn every_bit_that_is_flipped_in_any_file_is_found() {
        let base = tempfile::tempdir().unwrap();
        let bag = small(base.path());
        assert_eq!(Bag::open(&bag).unwrap().info("External-Description"), Some("two lines"));
        let mut flipped = 0;
        for path in files(&bag) {
            let file = bag.join(&path);
            let whole = fs::read(&file).unwrap();
            for (at, bit) in (0..whole.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
                let mut bytes = whole.clone();
                bytes[at] ^= 1 << bit;
                fs::write(&file, &bytes).unwrap();
                assert!(Bag::open(&bag).is_err(), "{path}: bit {bit} of byte {at}");
                flipped += 1;
            }
            fs::write(&file, &whole).unwrap();
        }
        assert!(flipped > 4000, "{flipped}");
        assert!(Bag::open(&bag).is_ok());
    }

    #[test]
    fn a_file_too_many_and_a_file_too_few_are_named() {
        let base = tempfile::tempdir().unwrap();
        let bag = small(base.path());
        for extra in ["data/b", "fetch.txt", "data/content/x"] {
            fs::write(bag.join(extra), "").unwrap();
            let told = Bag::open(&bag).err().unwrap();
            assert_eq!(told, format!("{extra} is in the bag and not in its lists"));
            fs::remove_file(bag.join(extra)).unwrap();
        }
        for path in files(&bag) {
            let whole = fs::read(bag.join(&path)).unwrap();
            fs::remove_file(bag.join(&path)).unwrap();
            let told = Bag::open(&bag).err().unwrap();
            assert!(told.starts_with(&path), "{path}: {told}");
            fs::write(bag.join(&path), whole).unwrap();
        }
    }

    #[test]
    fn nothing_is_overwritten_and_an_unfinished_bag_leaves_nothing() {
        let base = tempfile::tempdir().unwrap();
        let bag = small(base.path());
        assert!(Draft::begin(&bag, "again").is_err());
        let mut draft = Draft::begin(&base.path().join("other"), "draft").unwrap();
        draft.add("data/a", b"a").unwrap();
        drop(draft);
        let names: Vec<_> =
            fs::read_dir(base.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["bag"]);
    }
}
