//! Client streaming: many messages pass through unread and unbuffered, one proven answer comes back.

use std::{
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use auth::Signed;
use serde_json::Value;
use tokio_stream::Stream;
use tonic::{Code, Request, Status};

use crate::{
    depot::{Chunks, UPLOAD, UPLOAD_OF_SOME, commit, upload},
    socket::serve,
    world::{Letter, Outcome, World, framed, reason},
};

const MIB: usize = 1024 * 1024;

fn over(channel: tonic::transport::Channel, world: &World) -> Signed {
    let callee = world.callee.workload().clone();
    Signed::new(channel, world.caller.clone(), world.trust.clone(), callee)
}

fn told<T>(result: Result<T, Status>) -> (Code, String) {
    result.map_or_else(|status| (status.code(), reason(&status)), |_| (Code::Ok, String::new()))
}

#[tokio::test]
async fn a_stream_of_messages_is_answered_by_one_proven_message() {
    let world = World::new();
    let signed = world.signed(&world.caller).streaming();
    for count in [0, 1, 1000] {
        let (chunks, _) = Chunks::new(count, 10);
        let answer = upload(signed.clone(), UPLOAD, Request::new(chunks)).await.unwrap();
        assert!(answer.metadata().contains_key("workload-proof-token"));
        assert_eq!(answer.into_inner(), format!("{count} {}", count * 10).into_bytes());
    }
}

#[tokio::test]
async fn the_answer_to_a_stream_is_believed_only_when_it_is_proven() {
    let world = World::new();
    let changed = world.signed_through(&world.caller, |answer| {
        let last = answer.data.len() - 1;
        answer.data[last] ^= 1;
    });
    let (chunks, _) = Chunks::new(3, 10);
    let refused = told(upload(changed.streaming(), UPLOAD, Request::new(chunks)).await);
    assert_eq!(refused, (Code::DataLoss, "ANSWER_DIGEST_MISMATCH".to_owned()));
}

#[tokio::test]
async fn the_proof_that_opens_a_stream_must_not_speak_of_its_content() {
    let world = World::new();
    let opening = |digest: bool| {
        let mut letter = Letter::of(&world);
        letter.method = UPLOAD;
        letter.body = framed(&[]);
        letter.wpt["xiezhi/mth"] = UPLOAD.into();
        letter.wpt["jti"] = if digest { "D" } else { "E" }.repeat(22).into();
        if !digest {
            letter.wpt["xiezhi/dig"] = Value::Null;
        }
        letter.seal(&world)
    };
    let refused = world.knock(&opening(true)).await;
    assert_eq!(refused, Outcome::unauthenticated("DIGEST_UNEXPECTED"));
    assert_eq!(world.knock(&opening(false)).await, Outcome::admitted());
    let again = world.knock(&opening(false)).await;
    assert_eq!(again, Outcome::unauthenticated("WPT_REPLAYED"));
}

#[tokio::test]
async fn the_wrong_handle_reaches_no_service() {
    let world = World::new();
    let signed = world.signed(&world.caller);
    let refused = told(commit(signed.streaming(), "kept").await);
    assert_eq!(refused, (Code::Unauthenticated, "DIGEST_MISSING".to_owned()));
    for (count, expected) in [
        (1, (Code::Unauthenticated, "DIGEST_UNEXPECTED")),
        (2, (Code::InvalidArgument, "MESSAGE_MALFORMED")),
    ] {
        let (chunks, _) = Chunks::new(count, 10);
        let (code, word) = told(upload(signed.clone(), UPLOAD, Request::new(chunks)).await);
        assert_eq!((code, word.as_str()), expected, "{count}");
    }
    assert_eq!(world.echo.calls(), 0);
}

#[tokio::test]
async fn the_policy_speaks_before_anything_of_a_stream_is_read() {
    let world = World::new();
    for (identifier, admitted) in [
        ("wimse://county.example/service/supervision", true),
        ("wimse://county.example/service/identity", true),
        ("wimse://county.example/service/supervision-twin", false),
        ("wimse://county.example/agency/SUPERVISION", false),
    ] {
        let signed = world.signed(&world.workload(identifier)).streaming();
        let (chunks, taken) = Chunks::new(5, 10);
        let answer = told(upload(signed, UPLOAD_OF_SOME, Request::new(chunks)).await);
        let (expected, read) = match admitted {
            true => ((Code::Ok, String::new()), 5),
            false => ((Code::PermissionDenied, "CALLER_NOT_ALLOWED".to_owned()), 0),
        };
        assert_eq!((answer, taken.load(Ordering::SeqCst)), (expected, read), "{identifier}");
    }
}

#[tokio::test]
async fn a_refusal_is_proven_and_told_while_the_client_still_sends() {
    let world = World::new();
    let (channel, _tasks) = serve(&world).await;
    let signed = over(channel, &world).streaming();
    // Often enough that the refusal and the end of the connection's stream meet in every order.
    for round in 0..50 {
        let (chunks, taken) = Chunks::new(1000, 64 * 1024);
        let mut request = Request::new(chunks);
        request.metadata_mut().insert("x-enough", "3".parse().unwrap());
        request.metadata_mut().insert("x-refuses", "yes".parse().unwrap());
        let status = upload(signed.clone(), UPLOAD, request).await.unwrap_err();
        let told = (status.code(), reason(&status));
        assert_eq!(told, (Code::FailedPrecondition, "CHUNK_OUT_OF_ORDER".into()), "{round}");
        assert!(status.metadata().contains_key("workload-proof-token"), "{round}");
        assert!(taken.load(Ordering::SeqCst) < 1000, "{round}: not all was sent");
    }
}

#[tokio::test]
async fn an_answer_is_given_while_the_client_still_sends() {
    let world = World::new();
    let (channel, _tasks) = serve(&world).await;
    let signed = over(channel, &world).streaming();
    for round in 0..50 {
        let (chunks, _) = Chunks::new(1000, 64 * 1024);
        let mut request = Request::new(chunks);
        request.metadata_mut().insert("x-enough", "3".parse().unwrap());
        let answer = upload(signed.clone(), UPLOAD, request).await.unwrap();
        assert_eq!(answer.into_inner(), b"3 196608", "{round}");
    }
}

#[tokio::test]
async fn a_stranger_s_stream_over_a_connection_is_told_why_it_is_refused() {
    let world = World::new();
    let (channel, _tasks) = serve(&world).await;
    for _ in 0..20 {
        let (chunks, _) = Chunks::new(1000, 64 * 1024);
        let signed = over(channel.clone(), &world).streaming();
        let refused = told(upload(signed, UPLOAD_OF_SOME, Request::new(chunks)).await);
        assert_eq!(refused, (Code::PermissionDenied, "CALLER_NOT_ALLOWED".to_owned()));
    }
    assert_eq!(world.echo.calls(), 0);
}

/// Chunks that measure how far they are ahead of what the service received.
struct Ahead {
    chunks: Chunks,
    received: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
}

impl Stream for Ahead {
    type Item = Vec<u8>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Vec<u8>>> {
        let taken = self.chunks.taken.load(Ordering::SeqCst) * self.chunks.chunk.len();
        let ahead = taken - self.received.load(Ordering::SeqCst);
        self.most.fetch_max(ahead, Ordering::SeqCst);
        Pin::new(&mut self.chunks).poll_next(cx)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gibibyte_passes_through_with_little_of_it_on_the_way() {
    let world = World::new();
    let (channel, _tasks) = serve(&world).await;
    let (chunks, _) = Chunks::new(1024, MIB);
    let (received, most) = (Arc::clone(&world.depot.received), Arc::default());
    let ahead = Ahead { chunks, received, most: Arc::clone(&most) };
    let answer = upload(over(channel, &world).streaming(), UPLOAD, Request::new(ahead)).await;
    assert_eq!(answer.unwrap().into_inner(), b"1024 1073741824");
    let most = most.load(Ordering::SeqCst);
    assert!((MIB..8 * MIB).contains(&most), "{most} bytes were on the way");
}
