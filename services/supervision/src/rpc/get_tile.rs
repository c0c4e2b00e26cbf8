//! A tile of the tree, or a bundle of its entries, by the path of C2SP `tlog-tiles`.

use proto::supervision::v1 as pb;
use tlog::{BundleId, TILE_WIDTH, TileId};

use crate::{Supervision, error::Error, prove, store};

pub(super) async fn get_tile(
    service: &Supervision,
    request: pb::GetTileRequest,
) -> Result<pb::GetTileResponse, Error> {
    let path = request.path;
    let (tile, bundle) = (TileId::parse_path(&path), BundleId::parse_path(&path));
    let mut fields = server::Fields::default();
    let known = tile.is_some() || bundle.is_some();
    fields.check(known, "path", "is not one of C2SP tlog-tiles: tile/<level>/<index>[.p/<width>]");
    fields.done()?;

    let size = store::head(service.db.reader()).await?.size;
    let data = match (tile, bundle) {
        (Some(tile), _) => self::tile(service, tile, size).await?,
        (None, Some(bundle)) => self::bundle(service, bundle, size).await?,
        (None, None) => None,
    };
    let data = data.ok_or(Error::NoSuchTile { path, size })?;
    Ok(pb::GetTileResponse { data })
}

async fn tile(service: &Supervision, tile: TileId, size: u64) -> Result<Option<Vec<u8>>, Error> {
    let there = TileId::in_tree(tile.level, tile.index, size);
    if there.is_none_or(|there| there.width < tile.width) {
        return Ok(None);
    }
    let bytes = prove::tile(service.db.reader(), tile).await?;
    bytes.map(Some).ok_or(Error::Corrupt("a tile of the log"))
}

async fn bundle(
    service: &Supervision,
    bundle: BundleId,
    size: u64,
) -> Result<Option<Vec<u8>>, Error> {
    // An entry bundle is as wide as the tile with the hashes of its entries.
    let there = TileId::in_tree(0, bundle.index, size);
    if there.is_none_or(|there| there.width < bundle.width) {
        return Ok(None);
    }
    let first = bundle.index * u64::from(TILE_WIDTH);
    let entries = store::entries(service.db.reader(), first, bundle.width).await?;
    if entries.len() != usize::from(bundle.width) {
        return Err(Error::Corrupt("a leaf of the log"));
    }
    let entries: Vec<Vec<u8>> = entries.iter().map(tlog::Entry::bytes).collect();
    let bytes = tlog::encode_bundle(entries.iter().map(Vec::as_slice));
    bytes.map(Some).map_err(|_| Error::Corrupt("a leaf of the log"))
}
