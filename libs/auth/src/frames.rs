//! gRPC message frames (a byte of flags, four of length, the message): gathered, checked, hashed.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use aws_lc_rs::digest::{Context as Hash, SHA256};
use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::Frame;
use http_body_util::BodyExt as _;
use tonic::{Status, body::Body};

use crate::Refusal;

/// Largest message, in bytes.
pub(crate) const MAX_MESSAGE: usize = 4 * 1024 * 1024;
/// Bytes before each message.
pub(crate) const PREFIX: usize = 5;

/// A body that has arrived whole.
pub(crate) struct Collected {
    pub(crate) data: Bytes,
    pub(crate) trailers: Option<HeaderMap>,
}

/// Why a body did not arrive whole.
pub(crate) enum Incomplete {
    TooLarge,
    Broken(Status),
}

impl Incomplete {
    /// What a caller is told whose request did not arrive whole.
    pub(crate) fn refusal(self) -> Refusal {
        match self {
            Self::TooLarge => Refusal::MESSAGE_TOO_LARGE,
            Self::Broken(_) => Refusal::MESSAGE_CUT,
        }
    }
}

/// Gathers a body of at most `limit` bytes. A body in one piece is not copied.
pub(crate) async fn collect(mut body: Body, limit: usize) -> Result<Collected, Incomplete> {
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    let mut trailers = None;
    while let Some(frame) = body.frame().await {
        match frame.map_err(Incomplete::Broken)?.into_data() {
            Ok(data) => {
                if first.len() + rest.len() + data.len() > limit {
                    return Err(Incomplete::TooLarge);
                }
                if first.is_empty() {
                    first = data;
                } else {
                    rest.extend_from_slice(&data);
                }
            }
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
    }
    let data = if rest.is_empty() { first } else { [&first[..], &rest[..]].concat().into() };
    Ok(Collected { data, trailers })
}

/// The one message of a unary body.
///
/// # Errors
/// `MESSAGE_TOO_LARGE`, `MESSAGE_COMPRESSED`, `MESSAGE_MALFORMED`.
pub(crate) fn message(data: &[u8]) -> Result<&[u8], Refusal> {
    let (prefix, message) = data.split_first_chunk().ok_or(Refusal::MESSAGE_MALFORMED)?;
    if message.len() != length(*prefix)? {
        return Err(Refusal::MESSAGE_MALFORMED);
    }
    Ok(message)
}

fn length(prefix: [u8; PREFIX]) -> Result<usize, Refusal> {
    let [flags, length @ ..] = prefix;
    match flags {
        0 => {}
        1 => return Err(Refusal::MESSAGE_COMPRESSED),
        _ => return Err(Refusal::MESSAGE_MALFORMED),
    }
    usize::try_from(u32::from_be_bytes(length))
        .ok()
        .filter(|length| *length <= MAX_MESSAGE)
        .ok_or(Refusal::MESSAGE_TOO_LARGE)
}

/// Hashes the messages of a stream as they pass, however they are cut into pieces.
pub(crate) struct StreamDigest {
    all: Hash,
    one: Hash,
    prefix: [u8; PREFIX],
    prefix_filled: usize,
    message_left: usize,
    count: u64,
}

impl StreamDigest {
    pub(crate) fn new() -> Self {
        Self {
            all: Hash::new(&SHA256),
            one: Hash::new(&SHA256),
            prefix: [0; PREFIX],
            prefix_filled: 0,
            message_left: 0,
            count: 0,
        }
    }

    /// Takes the next piece of the body.
    ///
    /// # Errors
    /// As [`message`]; the digest is then of no use any more.
    pub(crate) fn feed(&mut self, mut piece: &[u8]) -> Result<(), Refusal> {
        while !piece.is_empty() {
            if self.prefix_filled < PREFIX {
                let missing = PREFIX - self.prefix_filled;
                let (now, later) = piece.split_at(missing.min(piece.len()));
                for (to, from) in self.prefix.iter_mut().skip(self.prefix_filled).zip(now) {
                    *to = *from;
                }
                self.prefix_filled += now.len();
                piece = later;
                if self.prefix_filled < PREFIX {
                    break;
                }
                self.message_left = length(self.prefix)?;
            } else {
                let (now, later) = piece.split_at(self.message_left.min(piece.len()));
                self.one.update(now);
                self.message_left -= now.len();
                piece = later;
            }
            if self.message_left == 0 {
                self.end_message();
            }
        }
        Ok(())
    }

    /// The digest of all messages, and their number.
    ///
    /// # Errors
    /// `MESSAGE_MALFORMED` when the last message is not whole.
    pub(crate) fn finish(self) -> Result<([u8; 32], u64), Refusal> {
        if self.prefix_filled != 0 {
            return Err(Refusal::MESSAGE_MALFORMED);
        }
        let mut digest = [0; 32];
        digest.copy_from_slice(self.all.finish().as_ref());
        Ok((digest, self.count))
    }

    fn end_message(&mut self) {
        let one = std::mem::replace(&mut self.one, Hash::new(&SHA256)).finish();
        self.all.update(one.as_ref());
        self.count += 1;
        self.prefix_filled = 0;
    }
}

/// A body that is already here: data, then trailers.
pub(crate) struct Whole {
    data: Option<Bytes>,
    trailers: Option<HeaderMap>,
}

impl Whole {
    pub(crate) fn body(data: Bytes, trailers: Option<HeaderMap>) -> Body {
        Body::new(Self { data: Some(data).filter(|data| !data.is_empty()), trailers })
    }
}

impl http_body::Body for Whole {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let data = self.data.take().map(Frame::data);
        Poll::Ready(data.or_else(|| self.trailers.take().map(Frame::trailers)).map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.data.is_none() && self.trailers.is_none()
    }
}

/// A stream on its way out: hashed as it passes, its trailers handed to `seal` when they come.
pub(crate) struct Sealed<F> {
    inner: Body,
    /// Both are taken when the trailers come.
    open: Option<(StreamDigest, F)>,
}

impl<F> Sealed<F>
where
    F: FnOnce(StreamDigest, &mut HeaderMap) -> Result<(), Refusal> + Send + Unpin + 'static,
{
    pub(crate) fn body(inner: Body, seal: F) -> Body {
        Body::new(Self { inner, open: Some((StreamDigest::new(), seal)) })
    }

    fn pass(&mut self, mut frame: Frame<Bytes>) -> Result<Frame<Bytes>, Refusal> {
        if let (Some(data), Some((digest, _))) = (frame.data_ref(), &mut self.open) {
            digest.feed(data)?;
        } else if let Some(trailers) = frame.trailers_mut()
            && let Some((digest, seal)) = self.open.take()
        {
            seal(digest, trailers)?;
        }
        Ok(frame)
    }
}

impl<F> http_body::Body for Sealed<F>
where
    F: FnOnce(StreamDigest, &mut HeaderMap) -> Result<(), Refusal> + Send + Unpin + 'static,
{
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        Pin::new(&mut self.inner)
            .poll_frame(cx)
            .map(|frame| frame.map(|frame| self.pass(frame?).map_err(Refusal::status)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest;

    fn framed(messages: &[&[u8]]) -> Vec<u8> {
        let frame = |m: &&[u8]| {
            let length = u32::try_from(m.len()).unwrap().to_be_bytes();
            [&[0][..], &length, m].concat()
        };
        messages.iter().flat_map(frame).collect()
    }

    #[test]
    fn a_stream_digest_does_not_depend_on_how_the_stream_is_cut() {
        let messages: [&[u8]; 4] = [b"one", b"", b"three", b""];
        let all = framed(&messages);
        let hashes: Vec<u8> = messages.iter().flat_map(|m| digest(m)).collect();
        for size in 1..=all.len() {
            let mut stream = StreamDigest::new();
            for piece in all.chunks(size) {
                stream.feed(piece).unwrap();
            }
            assert_eq!(stream.finish(), Ok((digest(&hashes), 4)), "pieces of {size}");
        }
    }

    #[test]
    fn a_cut_stream_has_no_digest() {
        let mut stream = StreamDigest::new();
        stream.feed(&framed(&[b"one", b"two"])[..10]).unwrap();
        assert_eq!(stream.finish(), Err(Refusal::MESSAGE_MALFORMED));
    }

    #[test]
    fn exactly_one_uncompressed_message_is_unary() {
        assert_eq!(message(&framed(&[b"one"])), Ok(&b"one"[..]));
        assert_eq!(message(&framed(&[b"one", b"two"])), Err(Refusal::MESSAGE_MALFORMED));
        assert_eq!(message(&framed(&[b"one"])[..7]), Err(Refusal::MESSAGE_MALFORMED));
        assert_eq!(message(b""), Err(Refusal::MESSAGE_MALFORMED));
        assert_eq!(message(&[1, 0, 0, 0, 0]), Err(Refusal::MESSAGE_COMPRESSED));
        assert_eq!(message(&[2, 0, 0, 0, 0]), Err(Refusal::MESSAGE_MALFORMED));
        assert_eq!(message(&[0, 0xff, 0, 0, 0]), Err(Refusal::MESSAGE_TOO_LARGE));
    }
}
