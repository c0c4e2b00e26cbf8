//! `xiezhi log export`: the log as static files, for tools that know nothing of us.
//!
//! What is written was derived from the entries and gives the signed root; the checkpoint is
//! written last, so that a reader finds the tiles of every checkpoint it sees.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, ensure};
use client::Mesh;
use tlog::{Checkpoint, Hash, TileWrite, Vkey};

use super::{bar, leaves::Leaves, signed, vkeys};
use crate::{cli::Context, out};

/// The file with the signed note.
const CHECKPOINT: &str = "checkpoint";

pub(super) async fn export(context: &Context, mesh: &Mesh, dir: &Path) -> anyhow::Result<()> {
    let vkeys = vkeys(context)?;
    let earlier = earlier(dir, &vkeys)?;
    let (checkpoint, note) = signed(mesh, &vkeys).await?;
    let bar = bar(context, "leaves", checkpoint.size);
    let mut leaves = Leaves::new(mesh, &bar, checkpoint.size);
    if let Some(earlier) = &earlier {
        ensure!(
            earlier.origin == checkpoint.origin && earlier.size <= checkpoint.size,
            "{} has a checkpoint of {} with {} leaves, and the log is {} with {}",
            dir.display(),
            earlier.origin,
            earlier.size,
            checkpoint.origin,
            checkpoint.size
        );
        leaves.passing = Some((earlier.size, (earlier.size == 0).then_some(Hash::EMPTY)));
    }
    let mut files = 1;
    // The tiles at the right edge grow with each bundle: only what they are at the end is written.
    let mut edge: BTreeMap<(u8, u64), TileWrite> = BTreeMap::new();
    while let Some(bundle) = leaves.next().await? {
        write(dir, &bundle.id.path(), &bundle.bytes)?;
        files += 1;
        for tile in bundle.tiles {
            let place = (tile.tile.level, tile.tile.index);
            if tile.tile.is_full() {
                edge.remove(&place);
                write(dir, &tile.tile.path(), &tile.bytes)?;
                files += 1;
            } else {
                edge.insert(place, tile);
            }
        }
    }
    for tile in edge.values() {
        write(dir, &tile.tile.path(), &tile.bytes)?;
        files += 1;
    }
    ensure!(leaves.tree.root() == checkpoint.root, "the entries do not give the signed root");
    let passed = leaves.passing.and_then(|(_, root)| root);
    ensure!(
        passed == earlier.map(|earlier| earlier.root),
        "the log does not continue the one exported to {} before: keep that checkpoint, it proves \
         it",
        dir.display()
    );
    write(dir, CHECKPOINT, note.as_bytes())?;
    bar.finish_and_clear();
    let size = checkpoint.size;
    out::line(if context.shared.json {
        serde_json::json!({ "tree_size": size, "files": files }).to_string()
    } else {
        format!("{}: {size} leaves in {files} files", dir.display())
    })
}

/// The checkpoint of an earlier export. A folder with anything else in it is refused.
fn earlier(dir: &Path, vkeys: &[Vkey]) -> anyhow::Result<Option<Checkpoint>> {
    let at = || format!("{}", dir.display());
    fs::create_dir_all(dir).with_context(at)?;
    match fs::read_to_string(dir.join(CHECKPOINT)) {
        Ok(note) => Checkpoint::open(&note, vkeys).map(Some).with_context(at),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let empty = fs::read_dir(dir).with_context(at)?.next().is_none();
            // An export that was interrupted has tiles and no checkpoint yet.
            ensure!(empty || dir.join("tile").is_dir(), "{} is in use for something else", at());
            Ok(None)
        }
        Err(error) => Err(error).with_context(at),
    }
}

/// Writes a whole file or none.
fn write(dir: &Path, path: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let file = dir.join(path);
    let at = || format!("{}", file.display());
    if let Some(parent) = file.parent() {
        fs::create_dir_all(parent).with_context(at)?;
    }
    let mut new = file.as_os_str().to_owned();
    new.push(".new");
    fs::write(&new, bytes).with_context(at)?;
    fs::rename(&new, &file).with_context(at)
}
