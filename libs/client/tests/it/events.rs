//! Watching without end.

use std::time::Duration;

use client::watch;
use prost::Message as _;
use proto::referral::v1::{Event, WatchReferralsRequest, WatchReferralsResponse};
use tonic::{Code, Status};

use crate::script::{Answer, Call, mesh};

fn batch(cursors: &[&str]) -> Answer {
    let message = |cursor: &&str| {
        let event = Event { cursor: (*cursor).to_owned(), ..Event::default() };
        WatchReferralsResponse { event: Some(event) }.encode_to_vec()
    };
    Answer::Messages(cursors.iter().map(message).collect())
}

fn asked(call: &Call) -> String {
    WatchReferralsRequest::decode(&call.body[5..]).unwrap().cursor
}

#[tokio::test]
async fn a_watch_goes_on_from_the_last_cursor_also_after_a_failure() {
    let (mesh, script) = mesh(Duration::from_secs(30)).await;
    script.then(batch(&["1", "2"]));
    for _ in 0..5 {
        script.then(Answer::Error(Status::unavailable("away")));
    }
    script.then(batch(&["3"]));
    let mut events = watch(mesh.referral(), "0");
    for expected in ["1", "2", "3"] {
        assert_eq!(events.next().await.unwrap().cursor, expected);
        assert_eq!(events.cursor(), expected);
    }
    let cursors: Vec<_> = script.calls().iter().map(asked).collect();
    assert_eq!(cursors, ["0", "2", "2", "2", "2", "2", "2"]);
}

#[tokio::test]
async fn an_empty_batch_is_not_an_event_and_not_the_end() {
    let (mesh, script) = mesh(Duration::from_secs(30)).await;
    script.then(batch(&[]));
    script.then(batch(&["1"]));
    let mut events = watch(mesh.referral(), "");
    assert_eq!(events.next().await.unwrap().cursor, "1");
}

#[tokio::test]
async fn a_refusal_is_told_and_the_watch_can_go_on() {
    let (mesh, script) = mesh(Duration::from_secs(30)).await;
    script.then(Answer::Error(Status::invalid_argument("no such cursor")));
    script.then(batch(&["1"]));
    let mut events = watch(mesh.referral(), "x");
    assert_eq!(events.next().await.unwrap_err().code, Code::InvalidArgument);
    assert_eq!(events.next().await.unwrap().cursor, "1");
}
