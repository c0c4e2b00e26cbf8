//! The public test data of transparency-dev/merkle; see `testdata/README.md`.

use serde_json::Value;
use tlog::{Hash, Tree, inclusion, verify_consistency, verify_inclusion};

use crate::Tiles;

const INCLUSION: &str = include_str!("../../testdata/inclusion.jsonl");
const CONSISTENCY: &str = include_str!("../../testdata/consistency.jsonl");

/// "don't care" in base64.
const DONT_CARE: &str = "ZG9uJ3QgY2FyZS";

/// Leaves of `testonly/constants.go`, in hexadecimal.
const INPUTS: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

/// Roots of `testonly/constants.go`, for 0 to 8 leaves.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

#[test]
fn the_known_roots_of_up_to_eight_leaves_come_out() {
    let (mut tree, mut tiles) = (Tree::new(), Tiles::default());
    assert_eq!(hex(&tree.root().0), ROOTS[0]);
    for (input, root) in INPUTS.iter().zip(&ROOTS[1..]) {
        tiles.store(tree.append(&[Hash::leaf(&unhex(input))]));
        assert_eq!(hex(&tree.root().0), *root, "{} leaves", tree.size());
    }
}

#[test]
fn every_inclusion_vector_is_judged_as_published() {
    let mut accepted = 0;
    for (name, vector, wrong) in vectors(INCLUSION) {
        let verdict = judge_inclusion(&vector);
        assert_eq!(verdict.is_none(), wrong, "{name}: {}", vector["desc"]);
        accepted += usize::from(verdict.is_some());
    }
    assert_eq!(accepted, 6, "as many as the published files say");
}

#[test]
fn every_consistency_vector_is_judged_as_published() {
    let mut accepted = 0;
    for (name, vector, wrong) in vectors(CONSISTENCY) {
        let verdict = judge_consistency(&vector);
        assert_eq!(verdict.is_none(), wrong, "{name}: {}", vector["desc"]);
        accepted += usize::from(verdict.is_some());
    }
    assert_eq!(accepted, 6, "as many as the published files say");
}

#[test]
fn our_proofs_are_those_of_the_vectors() {
    let (mut tree, mut tiles) = (Tree::new(), Tiles::default());
    let leaves: Vec<Hash> = INPUTS.iter().map(|input| Hash::leaf(&unhex(input))).collect();
    tiles.store(tree.append(&leaves));

    let mut compared = 0;
    for (name, vector, wrong) in vectors(INCLUSION) {
        let (index, size) = (number(&vector["leafIdx"]), number(&vector["treeSize"]));
        if wrong || size > 8 || name.contains("single-entry") {
            continue;
        }
        let proof = inclusion(index, size, |tile| tiles.read(tile)).unwrap();
        assert_eq!(Some(proof), hashes(&vector["proof"]), "{name}");
        compared += 1;
    }
    assert!(compared >= 4, "only {compared} were compared");
}

/// `None` if it is refused, be it for a hash that is not 32 bytes.
fn judge_inclusion(vector: &Value) -> Option<()> {
    verify_inclusion(
        hash(&vector["leafHash"])?,
        number(&vector["leafIdx"]),
        number(&vector["treeSize"]),
        &hashes(&vector["proof"])?,
        hash(&vector["root"])?,
    )
    .ok()
}

fn judge_consistency(vector: &Value) -> Option<()> {
    verify_consistency(
        number(&vector["size1"]),
        number(&vector["size2"]),
        hash(&vector["root1"])?,
        hash(&vector["root2"])?,
        &hashes(&vector["proof"])?,
    )
    .ok()
}

fn vectors(lines: &str) -> impl Iterator<Item = (String, Value, bool)> {
    lines.lines().map(|line| {
        let vector: Value = serde_json::from_str(line).unwrap();
        let name = vector["file"].as_str().unwrap().to_owned();
        let wrong = vector["wantErr"].as_bool().unwrap();
        (name, vector, wrong)
    })
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

/// Where the hash does not matter the files say "don't care 1" or so; these become hashes, equal
/// where the words are.
fn hash(value: &Value) -> Option<Hash> {
    let text = value.as_str()?;
    let words = text.starts_with(DONT_CARE).then(|| Hash::leaf(text.as_bytes()));
    Hash::from_base64(text).or(words)
}

/// A list that is not there is an empty one, as in Go.
fn hashes(value: &Value) -> Option<Vec<Hash>> {
    value.as_array().into_iter().flatten().map(hash).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).unwrap()).collect()
}
