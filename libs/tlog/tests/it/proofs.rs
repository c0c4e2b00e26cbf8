//! Inclusion and consistency: made from tiles, checked, and refused when anything is changed.

use std::cell::RefCell;

use proptest::prelude::*;
use tlog::{
    Hash, InvalidProof, MAX_SIZE, RangeError, TreeError, consistency, inclusion,
    tiles_for_consistency, tiles_for_inclusion, verify_consistency, verify_inclusion,
};

use crate::{Tiles, leaves, log, mth, path, subproof};

#[test]
fn every_proof_of_a_small_tree_is_the_one_of_the_definition() {
    let (_, tiles) = log(40);
    let all = leaves(0, 40);
    for size in 1..=40_u64 {
        let now = &all[..usize::try_from(size).unwrap()];
        let root = mth(now);
        for index in 0..size {
            let place = usize::try_from(index).unwrap();
            let proof = inclusion(index, size, |tile| tiles.read(tile)).unwrap();
            assert_eq!(proof, path(place, now), "leaf {index} of {size}");
            assert_eq!(verify_inclusion(now[place], index, size, &proof, root), Ok(()));

            let first = index + 1;
            let proof = consistency(first, size, |tile| tiles.read(tile)).unwrap();
            assert_eq!(proof, subproof(place + 1, now, true), "{first} to {size}");
            let first_root = mth(&now[..=place]);
            assert_eq!(verify_consistency(first, size, first_root, root, &proof), Ok(()));
        }
    }
}

#[test]
fn the_tiles_named_beforehand_are_the_tiles_read() {
    let (_, tiles) = log(70_000);
    for (index, size) in [(0, 1), (0, 257), (69_999, 70_000), (255, 65_536), (65_536, 65_537)] {
        let read = RefCell::new(Vec::new());
        inclusion(index, size, |tile| {
            read.borrow_mut().push(tile);
            tiles.read(tile)
        })
        .unwrap();
        assert_eq!(read.into_inner(), tiles_for_inclusion(index, size).unwrap());
    }
    for (first, second) in [(1, 1), (1, 70_000), (65_536, 70_000), (69_999, 70_000), (255, 257)] {
        let read = RefCell::new(Vec::new());
        consistency(first, second, |tile| {
            read.borrow_mut().push(tile);
            tiles.read(tile)
        })
        .unwrap();
        assert_eq!(read.into_inner(), tiles_for_consistency(first, second).unwrap());
    }
}

#[test]
fn tiles_are_asked_for_as_wide_as_the_tree_of_that_size_publishes_them() {
    let paths: Vec<String> =
        tiles_for_inclusion(69_999, 70_000).unwrap().iter().map(|tile| tile.path()).collect();
    assert_eq!(paths, ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"]);
}

#[test]
fn numbers_that_do_not_fit_are_refused_before_any_tile_is_read() {
    let never = |_| -> Result<Vec<u8>, String> { panic!("a tile was read") };
    for (index, size) in [(0, 0), (5, 5), (u64::MAX, u64::MAX), (0, MAX_SIZE + 1)] {
        assert!(matches!(inclusion(index, size, never), Err(TreeError::Range(_))));
    }
    for (first, second) in [(0, 0), (0, 5), (6, 5), (1, u64::MAX)] {
        assert!(matches!(consistency(first, second, never), Err(TreeError::Range(_))));
    }
    assert_eq!(tiles_for_inclusion(5, 5), Err(RangeError::Index { index: 5, size: 5 }));
    assert_eq!(tiles_for_consistency(0, 5), Err(RangeError::Order { first: 0, second: 5 }));
    assert!(tiles_for_inclusion(MAX_SIZE - 1, MAX_SIZE).is_ok());
    assert!(tiles_for_consistency(MAX_SIZE - 1, MAX_SIZE).is_ok());
}

#[test]
fn a_refused_proof_says_what_is_wrong() {
    let (tree, tiles) = log(8);
    let (leaf, root) = (leaves(3, 4)[0], tree.root());
    let proof = inclusion(3, 8, |tile| tiles.read(tile)).unwrap();
    let refuse = |index, size, proof: &[Hash], root| {
        verify_inclusion(leaf, index, size, proof, root).unwrap_err()
    };
    assert_eq!(refuse(8, 8, &proof, root), InvalidProof::Index { index: 8, size: 8 });
    assert_eq!(refuse(3, 8, &proof[1..], root), InvalidProof::Length { want: 3, got: 2 });
    assert_eq!(refuse(2, 8, &proof, root), InvalidProof::Root);
    assert_eq!(refuse(3, 8, &proof, Hash::EMPTY), InvalidProof::Root);
    // Numbers as large as a stranger can write do no harm.
    let long = vec![root; 64];
    assert_eq!(
        refuse(u64::MAX - 1, u64::MAX, &long, root),
        InvalidProof::Length { want: 63, got: 64 }
    );
    assert_eq!(refuse(0, u64::MAX, &long, root), InvalidProof::Root);

    let none = verify_consistency(0, 8, Hash::EMPTY, root, &[]).unwrap_err();
    assert_eq!(none, InvalidProof::Order { first: 0, second: 8 });
    let back = verify_consistency(8, 7, root, root, &[]).unwrap_err();
    assert_eq!(back, InvalidProof::Order { first: 8, second: 7 });
    let other = verify_consistency(8, 8, root, Hash::EMPTY, &[]).unwrap_err();
    assert_eq!(other, InvalidProof::Root);
}

#[test]
fn a_damaged_tile_shows_when_the_proof_is_verified() {
    let (tree, mut tiles) = log(600);
    tiles.0.get_mut(&(0, 1)).unwrap()[40] ^= 1;
    let proof = inclusion(256, 600, |tile| tiles.read(tile)).unwrap();
    let refused = verify_inclusion(leaves(256, 257)[0], 256, 600, &proof, tree.root());
    assert_eq!(refused, Err(InvalidProof::Root));
}

/// A tree, and two numbers with `index < first <= size`, from small to several levels of tiles.
fn numbers() -> impl Strategy<Value = (u64, u64, u64)> {
    (1_u64..1_500)
        .prop_flat_map(|size| (Just(size), 1..=size))
        .prop_flat_map(|(size, first)| (Just(size), Just(first), 0..first))
}

fn flip(hash: &mut Hash, bit: usize) {
    hash.0[bit / 8] ^= 1 << (bit % 8);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_leaf_is_proven_and_any_flipped_bit_refutes_it(
        (size, _, index) in numbers(), bit in 0_usize..256, which in any::<proptest::sample::Index>()
    ) {
        let (tree, tiles) = log(size);
        let (leaf, root) = (leaves(index, index + 1)[0], tree.root());
        let proof = inclusion(index, size, |tile| tiles.read(tile)).unwrap();
        prop_assert_eq!(verify_inclusion(leaf, index, size, &proof, root), Ok(()));

        let mut other = leaf;
        flip(&mut other, bit);
        prop_assert!(verify_inclusion(other, index, size, &proof, root).is_err());
        let mut other = root;
        flip(&mut other, bit);
        prop_assert!(verify_inclusion(leaf, index, size, &proof, other).is_err());
        let other = index ^ (1 << (bit % 64));
        prop_assert!(verify_inclusion(leaf, other, size, &proof, root).is_err());
        if !proof.is_empty() {
            let mut other = proof.clone();
            let place = which.index(proof.len());
            flip(&mut other[place], bit);
            prop_assert!(verify_inclusion(leaf, index, size, &other, root).is_err());
            other.remove(place);
            prop_assert!(verify_inclusion(leaf, index, size, &other, root).is_err());
        }
    }

    #[test]
    fn growth_is_proven_and_any_flipped_bit_refutes_it(
        (second, first, _) in numbers(), bit in 0_usize..256, which in any::<proptest::sample::Index>()
    ) {
        let (tree, tiles): (_, Tiles) = log(second);
        let (old, new) = (log(first).0.root(), tree.root());
        let proof = consistency(first, second, |tile| tiles.read(tile)).unwrap();
        prop_assert_eq!(verify_consistency(first, second, old, new, &proof), Ok(()));

        let mut other = old;
        flip(&mut other, bit);
        prop_assert!(verify_consistency(first, second, other, new, &proof).is_err());
        let mut other = new;
        flip(&mut other, bit);
        prop_assert!(verify_consistency(first, second, old, other, &proof).is_err());
        if !proof.is_empty() {
            let mut other = proof.clone();
            let place = which.index(proof.len());
            flip(&mut other[place], bit);
            prop_assert!(verify_consistency(first, second, old, new, &other).is_err());
            other.remove(place);
            prop_assert!(verify_consistency(first, second, old, new, &other).is_err());
        }
    }
}
