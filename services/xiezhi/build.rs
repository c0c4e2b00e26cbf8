//! Lists the scenarios of `scenarios/`, so that the binary carries them all.
#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script by its environment")]

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=scenarios");
    let folder = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("scenarios");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("scenarios.rs"), list(&folder)?)?;
    fs::write(out.join("disputes.rs"), list(&folder.join("disputes"))?)?;
    Ok(())
}

/// The files of a folder as a list of names and texts.
fn list(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    let mut list = String::from("[");
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        write!(list, "({name:?}, include_str!({path:?})), ")?;
    }
    list.push(']');
    Ok(list)
}
