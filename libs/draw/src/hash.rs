//! The hash of a draw, Merkle roots of its lists, and commitments to nonces.

use sha2::{Digest as _, Sha256};
use sm3::Sm3;

/// A digest.
pub type Hash = [u8; 32];

/// Stands between the parts of what is hashed; no part contains it.
pub(crate) const BETWEEN: u8 = 0x1f;

/// Which hash a draw uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// FIPS 180-4.
    Sha256,
    /// GB/T 32905.
    Sm3,
}

impl Algorithm {
    /// The word on the wire and in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sm3 => "SM3",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Sha256, Self::Sm3].into_iter().find(|one| one.as_str() == word)
    }

    /// The digest of some bytes.
    pub fn hash(self, bytes: &[u8]) -> Hash {
        match self {
            Self::Sha256 => Sha256::digest(bytes).into(),
            Self::Sm3 => Sm3::digest(bytes).into(),
        }
    }

    /// The digest of texts with a separator between them.
    pub(crate) fn joined(self, parts: &[&str]) -> Hash {
        let mut bytes = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                bytes.push(BETWEEN);
            }
            bytes.extend(part.as_bytes());
        }
        self.hash(&bytes)
    }
}

/// The commitment of `body` to `nonce`: to be published before anything else is known.
pub fn commitment(algorithm: Algorithm, body: &str, nonce: &str) -> String {
    hex(&algorithm.joined(&["xiezhi-draw-commitment/1", body, nonce]))
}

/// A digest in lower-case hexadecimal digits.
pub fn hex(hash: &Hash) -> String {
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.filter_map(|nibble| char::from_digit(nibble.into(), 16)).collect()
}

/// The root of the Merkle tree over `leaves` in their order, as RFC 6962 builds it (2.1), with this
/// hash: a leaf is hashed after a byte 0, a node after a byte 1.
pub fn merkle_root<L: AsRef<[u8]>>(
    algorithm: Algorithm,
    leaves: impl IntoIterator<Item = L>,
) -> Hash {
    // Roots of complete subtrees on the way, the largest first, each with its height.
    let mut stack: Vec<(u32, Hash)> = Vec::new();
    let mut bytes = Vec::new();
    for leaf in leaves {
        bytes.clear();
        bytes.push(0);
        bytes.extend(leaf.as_ref());
        let (mut height, mut node) = (0, algorithm.hash(&bytes));
        while let Some((_, left)) = stack.pop_if(|(other, _)| *other == height) {
            node = parent(algorithm, &left, &node);
            height += 1;
        }
        stack.push((height, node));
    }
    let mut nodes = stack.into_iter().rev().map(|(_, node)| node);
    match nodes.next() {
        None => algorithm.hash(&[]),
        Some(last) => nodes.fold(last, |right, left| parent(algorithm, &left, &right)),
    }
}

fn parent(algorithm: Algorithm, left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    algorithm.hash(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_those_of_the_standards() {
        let sha = hex(&Algorithm::Sha256.hash(b"abc"));
        assert_eq!(sha, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let sm3 = hex(&Algorithm::Sm3.hash(b"abc"));
        assert_eq!(sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
    }

    #[test]
    fn the_root_is_that_of_rfc_6962() {
        // The test vectors of the Certificate Transparency implementations.
        let leaves: [&[u8]; 8] = [
            b"",
            b"\x00",
            b"\x10",
            b"\x20\x21",
            b"\x30\x31",
            b"\x40\x41\x42\x43",
            b"\x50\x51\x52\x53\x54\x55\x56\x57",
            b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
        ];
        for (count, root) in [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ] {
            assert_eq!(hex(&merkle_root(Algorithm::Sha256, &leaves[..count])), root, "{count}");
        }
    }

    #[test]
    fn a_commitment_is_the_bodys_own() {
        let of = |body, nonce| commitment(Algorithm::Sha256, body, nonce);
        assert_eq!(of("MKT", "n1"), of("MKT", "n1"));
        assert_ne!(of("MKT", "n1"), of("ECO", "n1"));
        assert_ne!(of("MKT", "n1"), of("MKT", "n2"));
    }
}
