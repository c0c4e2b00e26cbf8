//! The log as outside tools read it: tiles, bundles, and nothing else, by path.

use proto::supervision::v1 as pb;
use tlog::{BundleId, Entry, Hash, TILE_WIDTH, TileId, Tree, decode_bundle};
use tonic::{Code, Status};

use crate::world::{Client, World, assert_told, fields};

async fn tile(client: &mut Client, path: &str) -> Result<Vec<u8>, Status> {
    let request = pb::GetTileRequest { path: path.to_owned() };
    Ok(client.get_tile(request).await?.into_inner().data)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bundles_and_the_tiles_give_the_signed_root() {
    let mut world = World::new().await;
    world.write(700).await;
    let (signed, _) = world.caught_up().await;
    let mut edge = std::collections::BTreeMap::new();
    for id in Tree::tiles_for_load(signed.size).unwrap() {
        edge.insert(id, tile(&mut world.auditor, &id.path()).await.unwrap());
    }
    let loaded = Tree::load(signed.size, |id| edge.get(&id).cloned().ok_or(())).unwrap();
    assert_eq!(loaded.root(), signed.root);

    let (mut grown, mut entries) = (Tree::new(), Vec::new());
    for index in 0..signed.size.div_ceil(u64::from(TILE_WIDTH)) {
        let width = TileId::in_tree(0, index, signed.size).unwrap().width;
        let bytes = tile(&mut world.auditor, &BundleId { index, width }.path()).await.unwrap();
        let bundle = decode_bundle(&bytes).unwrap();
        assert_eq!(bundle.len(), usize::from(width));
        let leaves: Vec<Hash> = bundle.iter().map(|entry| Hash::leaf(entry)).collect();
        for write in grown.append(&leaves) {
            let served = tile(&mut world.auditor, &write.tile.path()).await.unwrap();
            assert_eq!(served, write.bytes, "{}", write.tile);
        }
        entries.extend(bundle.into_iter().map(|entry| Entry::parse(entry).unwrap().row()));
    }
    assert_eq!(grown.root(), signed.root);
    assert_eq!(entries, world.row_ids().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partial_tile_is_the_beginning_of_a_wider_one() {
    let mut world = World::new().await;
    world.write(300).await;
    world.caught_up().await;
    let whole = tile(&mut world.auditor, "tile/0/000").await.unwrap();
    let part = tile(&mut world.auditor, "tile/0/000.p/17").await.unwrap();
    assert_eq!((whole.len(), part.as_slice()), (256 * 32, &whole[..17 * 32]));
    let whole = tile(&mut world.auditor, "tile/entries/000").await.unwrap();
    let part = tile(&mut world.auditor, "tile/entries/000.p/17").await.unwrap();
    assert!(whole.starts_with(&part));
    assert_eq!(decode_bundle(&part).unwrap().len(), 17);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_log_has_not_is_told_and_what_is_no_path_is_refused() {
    let mut world = World::new().await;
    world.write(300).await;
    let (signed, _) = world.caught_up().await;
    let beyond = TileId { level: 0, index: 1, width: u16::try_from(signed.size - 255).unwrap() };
    for path in [
        "tile/0/002",
        "tile/1/000",
        "tile/1/000.p/2",
        "tile/63/000",
        "tile/0/001",
        "tile/entries/001",
        "tile/entries/x999/x999/x999/x999/x999/999",
        beyond.path().as_str(),
    ] {
        let refusal = tile(&mut world.auditor, path).await.unwrap_err();
        assert_told(&refusal, Code::NotFound, "NO_SUCH_TILE");
    }
    for path in ["", "checkpoint", "tile/0/000.p/0", "tile/0/../000", "tile/64/000", "tile/00/000"]
    {
        let refusal = tile(&mut world.auditor, path).await.unwrap_err();
        assert_told(&refusal, Code::InvalidArgument, "FIELDS");
        assert_eq!(fields(&refusal), ["path"]);
    }
}
