//! The digests of a content, computed while it comes, and kept half-done between two streams.

use sha2::digest::common::hazmat::{SerializableState, SerializedState};
use sha2::{Digest, Sha256};
use sm3::Sm3;

/// The digests so far.
#[derive(Clone)]
pub(crate) struct Hashes {
    sha256: Sha256,
    sm3: Option<Sm3>,
}

/// The same, half-done, as it is kept beside the stored offset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Halfway {
    pub(crate) sha256: Vec<u8>,
    /// Empty when it is not asked for.
    pub(crate) sm3: Vec<u8>,
}

/// The digests of a whole content, in hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Digests {
    pub(crate) sha256: String,
    /// Empty when it is not asked for.
    pub(crate) sm3: String,
}

impl Hashes {
    /// Of nothing yet.
    pub(crate) fn new(with_sm3: bool) -> Self {
        Self { sha256: Sha256::new(), sm3: with_sm3.then(Sm3::new) }
    }

    /// Goes on where [`Hashes::halfway`] was; none when that is damaged.
    pub(crate) fn from(halfway: &Halfway) -> Option<Self> {
        let sm3 = if halfway.sm3.is_empty() { None } else { Some(restored(&halfway.sm3)?) };
        Some(Self { sha256: restored(&halfway.sha256)?, sm3 })
    }

    pub(crate) fn update(&mut self, data: &[u8]) {
        self.sha256.update(data);
        if let Some(sm3) = &mut self.sm3 {
            sm3.update(data);
        }
    }

    pub(crate) fn halfway(&self) -> Halfway {
        let sm3 = self.sm3.as_ref().map(|sm3| sm3.serialize().to_vec());
        Halfway { sha256: self.sha256.serialize().to_vec(), sm3: sm3.unwrap_or_default() }
    }

    pub(crate) fn finish(self) -> Digests {
        let sm3 = self.sm3.map(|sm3| hex(&sm3.finalize())).unwrap_or_default();
        Digests { sha256: hex(&self.sha256.finalize()), sm3 }
    }
}

fn restored<H: SerializableState>(state: &[u8]) -> Option<H> {
    H::deserialize(&SerializedState::<H>::try_from(state).ok()?).ok()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_goes_on_where_it_stopped() {
        let mut whole = Hashes::new(true);
        whole.update(b"abc");
        // GB/T 32905-2016 and FIPS 180-4: the example "abc".
        let digests = whole.finish();
        assert_eq!(digests.sha256.get(..8), Some("ba7816bf"));
        assert_eq!(digests.sm3.get(..8), Some("66c7f0f4"));

        let mut first = Hashes::new(true);
        first.update(b"a");
        let mut second = Hashes::from(&first.halfway()).unwrap();
        second.update(b"bc");
        assert_eq!(second.finish(), digests);
        assert!(Hashes::from(&Halfway { sha256: vec![1, 2], sm3: Vec::new() }).is_none());
    }

    #[test]
    fn sm3_is_computed_only_when_asked_for() {
        let hashes = Hashes::from(&Hashes::new(false).halfway()).unwrap();
        assert_eq!(hashes.finish().sm3, "");
    }
}
