//! Proofs out of the stored tiles. Each is verified against a signed root before it is handed out,
//! so that a damaged tile shows here and not at the reader's.

use sea_orm::ConnectionTrait;
use tlog::{Checkpoint, Hash, TileId, TreeError};

use crate::{
    Supervision,
    domain::Leaf,
    error::Error,
    store::{self, Tiles},
};

/// One size of the tree, and what was signed of it.
#[derive(Clone, Debug)]
pub(crate) struct Signed {
    /// How many leaves.
    pub size: u64,
    /// Their root; none when that size was never signed.
    pub root: Option<Hash>,
    /// The signed note; empty when that size was never signed.
    pub note: String,
}

const DAMAGED: Error = Error::Corrupt("a tile of the log");

impl Supervision {
    /// The tree of a size that was asked for; of the latest checkpoint when that is 0.
    pub(crate) async fn signed(&self, asked: i64) -> Result<Signed, Error> {
        let reader = self.db.reader();
        let head = store::head(reader).await?;
        let size = match u64::try_from(asked) {
            Ok(0) => head.size,
            Ok(size) if size <= head.size => size,
            Ok(_) | Err(_) => return Err(Error::TreeSizeUnknown { asked, size: head.size }),
        };
        let Some(note) = store::checkpoint(reader, size).await? else {
            return Ok(Signed { size, root: None, note: String::new() });
        };
        let opened = Checkpoint::open(&note, &[self.key.verifier().clone()]);
        let opened = opened.ok().filter(|opened| opened.size == size);
        let root = opened.ok_or(Error::Corrupt("a checkpoint"))?.root;
        Ok(Signed { size, root: Some(root), note })
    }

    /// The proof that the tree has this leaf.
    pub(crate) async fn inclusion(&self, leaf: &Leaf, tree: &Signed) -> Result<Vec<Hash>, Error> {
        let (index, size) = (leaf.index, tree.size);
        let wanted = tlog::tiles_for_inclusion(index, size).map_err(|_| DAMAGED)?;
        let tiles = store::tiles(self.db.reader(), &wanted).await?;
        let proof = read(tlog::inclusion(index, size, reader(&tiles)))?;
        if let Some(root) = tree.root {
            tlog::verify_inclusion(leaf.entry.leaf_hash(), index, size, &proof, root)
                .map_err(|_| DAMAGED)?;
        }
        Ok(proof)
    }

    /// The proof that `second` begins with `first`.
    pub(crate) async fn consistency(
        &self,
        first: &Signed,
        second: &Signed,
    ) -> Result<Vec<Hash>, Error> {
        let (from, to) = (first.size, second.size);
        let wanted = tlog::tiles_for_consistency(from, to).map_err(|_| DAMAGED)?;
        let tiles = store::tiles(self.db.reader(), &wanted).await?;
        let proof = read(tlog::consistency(from, to, reader(&tiles)))?;
        if let (Some(from_root), Some(to_root)) = (first.root, second.root) {
            tlog::verify_consistency(from, to, from_root, to_root, &proof).map_err(|_| DAMAGED)?;
        }
        Ok(proof)
    }
}

/// The beginning of a stored tile, as wide as asked for; none if it is not there.
pub(crate) async fn tile(
    conn: &impl ConnectionTrait,
    wanted: TileId,
) -> Result<Option<Vec<u8>>, Error> {
    let mut tiles = store::tiles(conn, &[wanted]).await?;
    let Some(mut bytes) = tiles.remove(&(wanted.level, wanted.index)) else { return Ok(None) };
    if bytes.len() < wanted.byte_len() {
        return Ok(None);
    }
    bytes.truncate(wanted.byte_len());
    Ok(Some(bytes))
}

fn reader(tiles: &Tiles) -> impl FnMut(TileId) -> Result<Vec<u8>, ()> {
    |tile| tiles.get(&(tile.level, tile.index)).cloned().ok_or(())
}

fn read(proof: Result<Vec<Hash>, TreeError<()>>) -> Result<Vec<Hash>, Error> {
    proof.map_err(|_| DAMAGED)
}
