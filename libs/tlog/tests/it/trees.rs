//! Appending, restarting, and the root.

use proptest::prelude::*;
use tlog::{MAX_SIZE, RangeError, TileId, Tree, TreeError};

use crate::{Tiles, leaves, log, mth};

#[test]
fn the_tree_picks_up_from_its_tiles_at_every_size() {
    let (mut grown, mut tiles) = (Tree::new(), Tiles::default());
    for size in 0..=600 {
        let loaded = Tree::load(size, |tile| tiles.read(tile)).unwrap();
        assert_eq!(loaded.size(), size);
        assert_eq!(loaded.root(), mth(&leaves(0, size)), "{size} leaves");

        // The loaded tree grows as the one that was never stopped.
        let next = leaves(size, size + 1);
        let mut again = loaded.clone();
        let writes = again.append(&next);
        assert_eq!(writes, grown.append(&next), "{size} leaves");
        assert_eq!(again.root(), grown.root());
        tiles.store(writes);
    }
}

#[test]
fn an_older_size_loads_from_wider_tiles() {
    let (_, tiles) = log(70_000);
    for size in [1, 255, 256, 257, 600, 65_535, 65_536, 65_537, 69_999] {
        let tree = Tree::load(size, |tile| tiles.read(tile)).unwrap();
        assert_eq!(tree.root(), mth(&leaves(0, size)), "{size} leaves");
    }
}

#[test]
fn seventy_thousand_leaves_have_the_tiles_of_the_specification() {
    // C2SP tlog-tiles, "Partial Tiles".
    let (tree, tiles) = log(70_000);
    let count = |level| tiles.0.keys().filter(|(l, _)| *l == level).count();
    assert_eq!((count(0), count(1), count(2), count(3)), (274, 2, 1, 0));
    let ends = [(0, 273, 112), (1, 1, 17), (2, 0, 1)];
    let ends = ends.map(|(level, index, width)| TileId { level, index, width });
    assert_eq!(Tree::tiles_for_load(tree.size()).unwrap(), ends);
    for tile in ends {
        assert_eq!(tiles.read(tile).unwrap().len(), tile.byte_len());
    }
}

#[test]
fn two_hundred_and_fifty_six_leaves_are_one_full_tile_and_one_hash_above() {
    let mut tree = Tree::new();
    let writes = tree.append(&leaves(0, 256));
    let tiles: Vec<String> = writes.iter().map(|write| write.tile.path()).collect();
    assert_eq!(tiles, ["tile/0/000", "tile/1/000.p/1"]);
    assert_eq!(writes[1].bytes, tree.root().0);
}

#[test]
fn a_batch_writes_only_the_tiles_it_changed() {
    let (mut tree, _) = log(257);
    let paths = |writes: Vec<tlog::TileWrite>| -> Vec<String> {
        writes.iter().map(|write| write.tile.path()).collect()
    };
    assert_eq!(paths(tree.append(&[])), Vec::<String>::new());
    assert_eq!(paths(tree.append(&leaves(257, 258))), ["tile/0/001.p/2"]);
    assert_eq!(
        paths(tree.append(&leaves(258, 513))),
        ["tile/0/001", "tile/0/002.p/1", "tile/1/000.p/2"]
    );
}

#[test]
fn a_tile_that_is_short_or_missing_stops_the_tree() {
    let (_, mut tiles) = log(300);
    tiles.0.get_mut(&(0, 1)).unwrap().truncate(43 * 32);
    let error = Tree::load(300, |tile| tiles.read(tile)).unwrap_err();
    assert!(matches!(error, TreeError::Short { bytes: 1376, .. }), "{error:?}");

    tiles.0.remove(&(0, 1));
    let error = Tree::load(300, |tile| tiles.read(tile)).unwrap_err();
    let TreeError::Read { tile, source } = error else { panic!("{error:?}") };
    assert_eq!(
        (tile.path().as_str(), source.as_str()),
        ("tile/0/001.p/44", "no tile tile/0/001.p/44")
    );
}

#[test]
fn a_size_beyond_the_largest_is_refused() {
    let error = Tree::load(MAX_SIZE + 1, |_| Ok::<_, String>(Vec::new())).unwrap_err();
    assert!(matches!(error, TreeError::Range(RangeError::Size { .. })), "{error:?}");
    assert!(Tree::tiles_for_load(u64::MAX).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn batches_of_any_size_give_the_root_of_the_definition(
        batches in proptest::collection::vec(0_u64..700, 0..8)
    ) {
        let (mut tree, mut tiles) = (Tree::new(), Tiles::default());
        for batch in batches {
            let (before, after) = (tree.size(), tree.size() + batch);
            tiles.store(tree.append(&leaves(before, after)));
            prop_assert_eq!(tree.root(), mth(&leaves(0, after)));

            // Stopped and picked up between any two batches, it is the same tree.
            let loaded = Tree::load(after, |tile| tiles.read(tile)).unwrap();
            prop_assert_eq!(loaded.root(), tree.root());
        }
        // The tiles are those of one batch.
        prop_assert_eq!(tiles.0, log(tree.size()).1.0);
    }
}
