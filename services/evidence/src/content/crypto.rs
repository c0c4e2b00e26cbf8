//! How the bytes of a content are kept from who reads the object store: segments under keys of
//! their own, in frames that open only in their place (docs/decisions/0013).

use std::fmt;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hkdf,
};
use uuid::Uuid;

use super::memory::Memory;

/// Bytes of content in a frame.
pub(crate) const FRAME: usize = 64 * 1024;
/// Bytes by which a frame grows.
const TAG: usize = 16;
/// What the derivation of keys is bound to; another layout has another word.
const LAYOUT: &[u8] = b"xiezhi content segment v1";

/// The bytes are not what was written. Says nothing more: there is nothing more to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("stored bytes are not what was written")]
pub(crate) struct Altered;

/// The key of one upload, and of the content that it becomes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct ContentKey([u8; 32]);

impl ContentKey {
    /// A new one; none when the system has no randomness to give.
    pub(crate) fn random() -> Option<Self> {
        let mut key = [0; 32];
        aws_lc_rs::rand::fill(&mut key).ok()?;
        Some(Self(key))
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for ContentKey {
    fn from(key: [u8; 32]) -> Self {
        Self(key)
    }
}

impl fmt::Debug for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ContentKey")
    }
}

/// The key of one segment.
pub(crate) struct SegmentKey {
    key: LessSafeKey,
    begins_at: [u8; 8],
}

impl SegmentKey {
    /// The key of the object `object`, which holds the content from `begins_at` on.
    pub(crate) fn of(content: &ContentKey, object: Uuid, begins_at: u64) -> Result<Self, Altered> {
        let secret = hkdf::Salt::new(hkdf::HKDF_SHA256, LAYOUT).extract(&content.0);
        let info = [object.as_bytes().as_slice()];
        let okm = secret.expand(&info, &AES_256_GCM).map_err(|_| Altered)?;
        let key = LessSafeKey::new(UnboundKey::from(okm));
        Ok(Self { key, begins_at: begins_at.to_be_bytes() })
    }

    /// Seals the frame that begins at `at`, where it lies, and adds its tag.
    fn seal(&self, number: u32, last: bool, bytes: &mut Vec<u8>, at: usize) -> Result<(), Altered> {
        let (aad, frame) = (Aad::from(self.begins_at), &mut bytes[at..]);
        let tag = self.key.seal_in_place_separate_tag(nonce(number, last), aad, frame);
        bytes.extend_from_slice(tag.map_err(|_| Altered)?.as_ref());
        Ok(())
    }

    /// Opens the frames in `sealed`, of which the first has the number `first`, of a segment of
    /// `length` bytes. They must be whole, and as many bytes as [`frames`] says.
    pub(crate) fn open(
        &self,
        length: u64,
        first: u64,
        mut sealed: Vec<u8>,
    ) -> Result<Vec<u8>, Altered> {
        let count = frame_count(length);
        let mut plain = Vec::with_capacity(sealed.len());
        for (number, frame) in (first..).zip(sealed.chunks_mut(FRAME + TAG)) {
            let last = number + 1 == count;
            let expected = if last { length - number * FRAME as u64 } else { FRAME as u64 };
            if number >= count || frame.len() as u64 != expected + TAG as u64 {
                return Err(Altered);
            }
            let nonce = nonce(u32::try_from(number).map_err(|_| Altered)?, last);
            let aad = Aad::from(self.begins_at);
            let opened = self.key.open_in_place(nonce, aad, frame).map_err(|_| Altered)?;
            plain.extend_from_slice(opened);
        }
        Ok(plain)
    }
}

/// STREAM's nonce with a 32-bit counter: prefix, number, whether it is the last.
fn nonce(number: u32, last: bool) -> Nonce {
    let mut nonce = [0; 12];
    nonce[7..11].copy_from_slice(&number.to_be_bytes());
    nonce[11] = u8::from(last);
    Nonce::assume_unique_for_key(nonce)
}

fn frame_count(length: u64) -> u64 {
    length.div_ceil(FRAME as u64)
}

/// How many bytes an object has that holds `length` bytes of content.
pub(crate) fn sealed_length(length: u64) -> u64 {
    length + frame_count(length) * TAG as u64
}

/// Which frames hold the bytes `from..to` of a segment of `length` bytes: the number of the first,
/// and where they lie in the object.
pub(crate) fn frames(length: u64, from: u64, to: u64) -> (u64, std::ops::Range<u64>) {
    let frame = FRAME as u64;
    let (first, end) = (from / frame, to.div_ceil(frame));
    let sealed = frame + TAG as u64;
    (first, first * sealed..(end * sealed).min(sealed_length(length)))
}

/// Seals one segment as its bytes come, in the memory it was given.
pub(crate) struct Sealer {
    key: SegmentKey,
    number: u32,
    /// The frames that are closed, and behind them the open one.
    memory: Memory,
    /// Where the open one begins.
    frame_at: usize,
}

impl Sealer {
    pub(crate) fn new(key: SegmentKey, memory: Memory) -> Self {
        Self { key, number: 0, memory, frame_at: 0 }
    }

    /// Takes more bytes.
    pub(crate) fn push(&mut self, mut data: &[u8]) -> Result<(), Altered> {
        while !data.is_empty() {
            // A full frame waits: only when more comes is it known not to be the last.
            if self.memory.bytes.len() - self.frame_at == FRAME {
                self.close_frame(false)?;
            }
            let room = FRAME - (self.memory.bytes.len() - self.frame_at);
            let (now, later) = data.split_at(data.len().min(room));
            self.memory.bytes.extend_from_slice(now);
            data = later;
        }
        Ok(())
    }

    /// The whole object.
    pub(crate) fn finish(mut self) -> Result<Memory, Altered> {
        self.close_frame(true)?;
        Ok(self.memory)
    }

    fn close_frame(&mut self, last: bool) -> Result<(), Altered> {
        self.key.seal(self.number, last, &mut self.memory.bytes, self.frame_at)?;
        self.number = self.number.checked_add(1).ok_or(Altered)?;
        self.frame_at = self.memory.bytes.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use aead_stream::{Decryptor, StreamBE32};
    use aes_gcm::Aes256Gcm;

    use super::{super::memory::Pool, *};

    fn bytes(length: usize) -> Vec<u8> {
        (0..length).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect()
    }

    fn key() -> ContentKey {
        ContentKey::from([7; 32])
    }

    fn segment(begins_at: u64) -> SegmentKey {
        SegmentKey::of(&key(), Uuid::from_u128(5), begins_at).unwrap()
    }

    fn sealed(data: &[u8], begins_at: u64) -> Vec<u8> {
        let memory = Pool::new(u32::try_from(data.len()).unwrap()).take();
        let mut sealer = Sealer::new(segment(begins_at), memory);
        // In pieces that fit nothing.
        for piece in data.chunks(10_007) {
            sealer.push(piece).unwrap();
        }
        sealer.finish().unwrap().as_ref().to_vec()
    }

    fn opened(length: usize, object: Vec<u8>) -> Result<Vec<u8>, Altered> {
        if object.len() as u64 != sealed_length(length as u64) {
            return Err(Altered);
        }
        segment(0).open(length as u64, 0, object)
    }

    #[test]
    fn every_length_comes_back() {
        for length in [1, 2, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 17] {
            let data = bytes(length);
            let object = sealed(&data, 0);
            assert_eq!(object.len() as u64, sealed_length(length as u64));
            assert_eq!(opened(length, object).unwrap(), data, "{length}");
        }
    }

    #[test]
    fn a_range_equals_the_slice() {
        let data = bytes(3 * FRAME + 100);
        let (object, length) = (sealed(&data, 0), data.len() as u64);
        for (from, to) in [(0, 1), (5, 70_000), (65_535, 65_537), (131_072, 131_073), (0, length)] {
            let (first, range) = frames(length, from, to);
            let slice = |r: std::ops::Range<u64>| {
                usize::try_from(r.start).unwrap()..usize::try_from(r.end).unwrap()
            };
            let plain = segment(0).open(length, first, object[slice(range)].to_vec()).unwrap();
            let skip = first * FRAME as u64;
            assert_eq!(plain[slice(from - skip..to - skip)], data[slice(from..to)], "{from}..{to}");
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_is_found() {
        let data = bytes(2 * FRAME + 9);
        let object = sealed(&data, 0);
        let places = (0..object.len()).step_by(977).chain([FRAME, FRAME + 15, object.len() - 1]);
        for place in places {
            let mut altered = object.clone();
            altered[place] ^= 1;
            assert_eq!(opened(data.len(), altered), Err(Altered), "{place}");
        }
    }

    #[test]
    fn frames_that_are_cut_swapped_or_moved_are_found() {
        let data = bytes(3 * FRAME);
        let object = sealed(&data, 0);
        let frame = FRAME + TAG;
        // Cut at a frame's end, and told to be a shorter segment.
        assert_eq!(opened(2 * FRAME, object[..2 * frame].to_vec()), Err(Altered));
        assert_eq!(opened(3 * FRAME, object[..2 * frame].to_vec()), Err(Altered));
        let mut swapped = object.clone();
        let (one, two) = swapped.split_at_mut(frame);
        one.swap_with_slice(&mut two[..frame]);
        assert_eq!(opened(3 * FRAME, swapped), Err(Altered));
        // Another place in the content, another object, another content.
        assert_eq!(segment(1).open(data.len() as u64, 0, object.clone()), Err(Altered));
        let other = SegmentKey::of(&key(), Uuid::from_u128(6), 0).unwrap();
        assert_eq!(other.open(data.len() as u64, 0, object.clone()), Err(Altered));
        let other = SegmentKey::of(&ContentKey::from([8; 32]), Uuid::from_u128(5), 0).unwrap();
        assert_eq!(other.open(data.len() as u64, 0, object), Err(Altered));
    }

    #[test]
    fn the_published_implementation_of_stream_opens_it() {
        let data = bytes(FRAME + 9);
        let object = sealed(&data, 3);
        let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, LAYOUT).extract(key().bytes());
        let id = Uuid::from_u128(5);
        let mut raw = [0u8; 32];
        salt.expand(&[id.as_bytes()], hkdf::HKDF_SHA256).unwrap().fill(&mut raw).unwrap();
        let mut stream =
            Decryptor::<Aes256Gcm, StreamBE32<Aes256Gcm>>::new(&raw.into(), &[0u8; 7].into());
        let aad = 3u64.to_be_bytes();
        let (mut plain, mut rest) =
            (object[..FRAME + TAG].to_vec(), object[FRAME + TAG..].to_vec());
        stream.decrypt_next_in_place(&aad, &mut plain).unwrap();
        stream.decrypt_last_in_place(&aad, &mut rest).unwrap();
        plain.extend(rest);
        assert_eq!(plain, data);
    }
}
