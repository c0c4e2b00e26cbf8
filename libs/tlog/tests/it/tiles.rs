//! Paths of tiles and bundles.

use proptest::prelude::*;
use tlog::{BundleId, TileId};

#[test]
fn paths_are_written_as_the_specification_writes_them() {
    let tile = |level, index, width| TileId { level, index, width }.path();
    assert_eq!(tile(0, 1_234_067, 256), "tile/0/x001/x234/067");
    assert_eq!(tile(0, 0, 1), "tile/0/000.p/1");
    assert_eq!(tile(2, 999, 255), "tile/2/999.p/255");
    assert_eq!(tile(1, 1_000, 256), "tile/1/x001/000");
    let bundle = BundleId { index: 1_234_067, width: 5 };
    assert_eq!(bundle.path(), "tile/entries/x001/x234/067.p/5");
    assert_eq!(BundleId::parse_path("tile/entries/x001/x234/067.p/5"), Some(bundle));
}

#[test]
fn a_path_with_another_spelling_is_no_path() {
    for text in [
        "",
        "tile",
        "tile/0",
        "tile/0/",
        "tile/0/1",
        "tile/0/01",
        "tile/0/0001",
        "tile/0/x000/001",
        "tile/0/001/234",
        "tile/0/x001/x234",
        "tile/0/xx1",
        "tile/0/+01",
        "tile/0/-01",
        "tile/0/000/",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000.p/1.p/1",
        "tile/0/000.p/1/",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/+1/000",
        "tile/256/000",
        "tile/8/0/000",
        "tile/data/000",
        "tile/entries/000",
        "/tile/0/000",
        "tile/0/../0/000",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/x999/999",
    ] {
        assert_eq!(TileId::parse_path(text), None, "{text}");
    }
    assert!(TileId::parse_path("tile/0/x018/x446/x744/x073/x709/x551/615").is_some());
    assert!(TileId::parse_path("tile/63/000").is_some());
    assert_eq!(BundleId::parse_path("tile/0/000"), None);
    assert_eq!(BundleId::parse_path("tile/entries/000.p/0"), None);
}

#[test]
fn a_tree_has_the_tiles_its_size_says() {
    let width = |level, index| TileId::in_tree(level, index, 70_000).map(|tile| tile.width);
    assert_eq!((width(0, 0), width(0, 272), width(0, 273)), (Some(256), Some(256), Some(112)));
    assert_eq!((width(0, 274), width(0, u64::MAX)), (None, None));
    assert_eq!((width(1, 0), width(1, 1), width(1, 2)), (Some(256), Some(17), None));
    assert_eq!((width(2, 0), width(3, 0), width(8, 0), width(255, 0)), (Some(1), None, None, None));
    assert_eq!(TileId::in_tree(0, 0, 0), None);
    assert_eq!(TileId::in_tree(1, 0, 256).map(|tile| tile.width), Some(1));
}

proptest! {
    #[test]
    fn every_path_is_read_back(level in 0_u8..64, index: u64, width in 1_u16..=256) {
        let tile = TileId { level, index, width };
        prop_assert_eq!(TileId::parse_path(&tile.path()), Some(tile));
        let bundle = BundleId { index, width };
        prop_assert_eq!(BundleId::parse_path(&bundle.path()), Some(bundle));
    }

    #[test]
    fn no_text_makes_the_reader_of_paths_fall(text in "tile/[0-9x./pe]{0,40}") {
        if let Some(tile) = TileId::parse_path(&text) {
            prop_assert_eq!(tile.path(), text);
        }
    }
}
