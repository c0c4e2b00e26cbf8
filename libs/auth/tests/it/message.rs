//! Check 5: what was signed is what arrived, and it is one uncompressed message within the limit.

use auth::digest;
use serde_json::Value;
use tonic::Code;

use crate::world::{Letter, Outcome, World, b64, framed};

async fn with(change: impl FnOnce(&mut Letter)) -> Outcome {
    let world = World::new();
    let mut letter = Letter::of(&world);
    change(&mut letter);
    world.knock(&letter.seal(&world)).await
}

#[tokio::test]
async fn an_altered_body_is_refused() {
    let outcome = with(|letter| {
        let last = letter.body.len() - 1;
        letter.body[last] ^= 1;
    });
    assert_eq!(outcome.await, Outcome::unauthenticated("DIGEST_MISMATCH"));
}

#[tokio::test]
async fn a_digest_is_mandatory() {
    let outcome = with(|letter| letter.wpt["xiezhi/dig"] = Value::Null).await;
    assert_eq!(outcome, Outcome::unauthenticated("DIGEST_MISSING"));
    for text in ["", "%%%", "AAAA"] {
        let outcome = with(|letter| letter.wpt["xiezhi/dig"] = text.into()).await;
        assert_eq!(outcome, Outcome::unauthenticated("DIGEST_MISMATCH"), "{text:?}");
    }
}

#[tokio::test]
async fn a_compressed_message_is_refused_for_what_it_is() {
    let outcome = with(|letter| letter.body[0] = 1).await;
    assert_eq!(outcome, Outcome::refused(Code::Unimplemented, "MESSAGE_COMPRESSED"));
}

#[tokio::test]
async fn no_message_half_a_message_and_two_messages_are_refused() {
    let two = [framed(b"one"), framed(b"two")].concat();
    for body in [Vec::new(), vec![0, 0, 0], framed(b"one")[..6].to_vec(), two] {
        let outcome = with(|letter| letter.body = body).await;
        assert_eq!(outcome, Outcome::refused(Code::InvalidArgument, "MESSAGE_MALFORMED"));
    }
}

#[tokio::test]
async fn a_message_may_have_four_mib_and_no_more() {
    let of = |size: usize| {
        move |letter: &mut Letter| {
            // Field 15, unknown to the service, of the remaining length.
            let length = u32::try_from(size - 5).unwrap_or_default();
            let varint = [0, 7, 14, 21].map(|shift| {
                let more = if shift == 21 { 0 } else { 0x80 };
                u8::try_from((length >> shift) & 0x7f).unwrap_or_default() | more
            });
            let message = [&[0x7a][..], &varint, &vec![7; size - 5]].concat();
            letter.wpt["xiezhi/dig"] = b64(&digest(&message)).into();
            letter.body = framed(&message);
        }
    };
    let most = 4 * 1024 * 1024;
    assert_eq!(with(of(most)).await, Outcome::admitted());
    let outcome = with(of(most + 1)).await;
    assert_eq!(outcome, Outcome::refused(Code::ResourceExhausted, "MESSAGE_TOO_LARGE"));
}
