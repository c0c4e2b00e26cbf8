//! Entry bundles.

use tlog::{BundleError, Entry, Hash, Tree, decode_bundle, encode_bundle};

#[test]
fn a_bundle_hashes_to_its_tile() {
    let entries: Vec<Entry> =
        (0..256).map(|row| Entry::of_row("referral", row, &row.to_be_bytes()).unwrap()).collect();
    let lines: Vec<Vec<u8>> = entries.iter().map(Entry::bytes).collect();
    let bundle = encode_bundle(lines.iter().map(Vec::as_slice)).unwrap();
    assert_eq!(&bundle[..2], [0, 93], "a big-endian length, then the entry");

    let hashes: Vec<Hash> = decode_bundle(&bundle).unwrap().into_iter().map(Hash::leaf).collect();
    let tile: Vec<u8> = hashes.iter().flat_map(|hash| hash.0).collect();
    let writes = Tree::new().append(&entries.iter().map(Entry::leaf_hash).collect::<Vec<_>>());
    assert_eq!(writes[0].bytes, tile);
}

#[test]
fn a_bundle_has_1_to_256_whole_entries() {
    let many = |count| encode_bundle(std::iter::repeat_n(&b"x"[..], count));
    assert_eq!(many(0), Err(BundleError::Count));
    assert_eq!(many(257), Err(BundleError::Count));
    assert_eq!(encode_bundle([vec![0; 65_536].as_slice()]), Err(BundleError::Length));

    let full = many(256).unwrap();
    assert_eq!(decode_bundle(&full).unwrap().len(), 256);
    assert_eq!(decode_bundle(&[full.clone(), vec![0, 0]].concat()), Err(BundleError::Count));
    assert_eq!(decode_bundle(&full[..full.len() - 1]), Err(BundleError::Truncated));
    assert_eq!(decode_bundle(&full[..1]), Err(BundleError::Truncated));
    assert_eq!(decode_bundle(&[]), Err(BundleError::Count));
}
