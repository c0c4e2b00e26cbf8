//! The leaves of a signed tree, read bundle by bundle, and the tree that they make.

use anyhow::Context as _;
use client::Mesh;
use indicatif::ProgressBar;
use proto::supervision::v1 as pb;
use tlog::{BundleId, Entry, Hash, TILE_WIDTH, TileId, TileWrite, Tree, decode_bundle};

/// A bundle as it was served, and what it adds to the tree.
pub(super) struct Bundle {
    pub(super) id: BundleId,
    pub(super) bytes: Vec<u8>,
    pub(super) entries: Vec<Entry>,
    /// The tiles as they are after it.
    pub(super) tiles: Vec<TileWrite>,
}

/// Reads the bundles of a tree of `size` leaves, from the first to the last.
pub(super) struct Leaves<'a> {
    pub(super) mesh: &'a Mesh,
    pub(super) bar: &'a ProgressBar,
    pub(super) size: u64,
    /// The tree of what was read.
    pub(super) tree: Tree,
    /// A smaller tree whose root is wanted, and its root when it was passed.
    pub(super) passing: Option<(u64, Option<Hash>)>,
}

impl<'a> Leaves<'a> {
    pub(super) fn new(mesh: &'a Mesh, bar: &'a ProgressBar, size: u64) -> Self {
        Self { mesh, bar, size, tree: Tree::new(), passing: None }
    }

    /// The next bundle; none after the last.
    pub(super) async fn next(&mut self) -> anyhow::Result<Option<Bundle>> {
        let index = self.tree.size() / u64::from(TILE_WIDTH);
        let left = TileId::in_tree(0, index, self.size);
        let Some(TileId { width, .. }) = left.filter(|_| self.tree.size() < self.size) else {
            return Ok(None);
        };
        let id = BundleId { index, width };
        let bytes = tile(self.mesh, &id.path()).await?;
        let at = || id.path();
        let lines = decode_bundle(&bytes).with_context(at)?;
        anyhow::ensure!(lines.len() == usize::from(width), "{} has {} entries", at(), lines.len());
        let entries: Result<Vec<Entry>, _> = lines.iter().map(|line| Entry::parse(line)).collect();
        let entries = entries.with_context(at)?;
        let leaves: Vec<Hash> = lines.iter().map(|line| Hash::leaf(line)).collect();
        let tiles = self.grow(&leaves);
        self.bar.inc(u64::from(width));
        Ok(Some(Bundle { id, bytes, entries, tiles }))
    }

    fn grow(&mut self, leaves: &[Hash]) -> Vec<TileWrite> {
        let before = self.tree.size();
        if let Some((size, root)) = &mut self.passing
            && root.is_none()
            && let Ok(first) = usize::try_from(size.saturating_sub(before))
            && first <= leaves.len()
        {
            let (first, rest) = leaves.split_at(first);
            let mut tiles = self.tree.append(first);
            *root = Some(self.tree.root());
            tiles.extend(self.tree.append(rest));
            return tiles;
        }
        self.tree.append(leaves)
    }
}

/// A tile or a bundle, by its path.
pub(super) async fn tile(mesh: &Mesh, path: &str) -> anyhow::Result<Vec<u8>> {
    let request = pb::GetTileRequest { path: path.to_owned() };
    let answer = mesh.supervision().get_tile(request).await.map_err(client::Error::from)?;
    Ok(answer.into_inner().data)
}
