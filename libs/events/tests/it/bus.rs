//! Who listens hears everything, or is told that it did not.

use std::time::Duration;

use events::{Bus, Lagged};
use tokio::time::timeout;

use crate::event;

#[tokio::test]
async fn everyone_subscribed_hears_every_event_in_order() {
    let bus = Bus::in_process();
    bus.publish(event("before"));
    let (mut one, mut two) = (bus.subscribe(), bus.clone().subscribe());
    bus.publish(event("1"));
    bus.publish(event("2"));
    for listener in [&mut one, &mut two] {
        assert_eq!(listener.recv().await, Ok(event("1")));
        assert_eq!(listener.recv().await, Ok(event("2")));
    }
}

#[tokio::test]
async fn a_slow_listener_is_told_how_much_it_missed() {
    let bus = Bus::in_process();
    let mut listener = bus.subscribe();
    for i in 0..5000 {
        bus.publish(event(&i.to_string()));
    }
    let Err(Lagged { missed }) = listener.recv().await else { panic!("it missed some") };
    assert_eq!(listener.recv().await, Ok(event(&missed.to_string())), "the first it did not miss");
}

#[tokio::test]
async fn a_listener_outlives_the_last_publisher_without_spinning() {
    let bus = Bus::in_process();
    let mut listener = bus.subscribe();
    drop(bus);
    assert!(timeout(Duration::from_millis(50), listener.recv()).await.is_err());
}
