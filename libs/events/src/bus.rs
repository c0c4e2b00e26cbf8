//! The bus between services; today in one process, by broadcast.
//!
//! Configuration chooses which `Bus` is built; nobody who holds one knows which it is.

use chrono::{DateTime, Utc};
use db::journal::Row;
use tokio::sync::broadcast::{self, error::RecvError};

/// How many events the bus keeps for a subscriber that is slow.
const KEPT: usize = 4096;

/// Something that happened in a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Unique, and the same at every delivery: the service and the place in its journal, such as
    /// `referral/734.12`.
    pub id: String,
    /// The service it happened in.
    pub service: &'static str,
    /// What happened, such as `referral.accepted.v1`.
    pub kind: String,
    /// The name of the resource it happened to.
    pub resource: String,
    /// The docket it belongs to; empty when there is none.
    pub docket: String,
    /// When, by the service's clock.
    pub at: DateTime<Utc>,
    /// An encoded protobuf message.
    pub payload: Vec<u8>,
}

impl Event {
    /// The event that a row of the journal of `service` tells.
    pub fn of(service: &'static str, row: Row) -> Self {
        Self {
            id: format!("{service}/{}", row.cursor),
            service,
            kind: row.kind,
            resource: row.resource,
            docket: row.docket,
            at: row.at,
            payload: row.payload,
        }
    }
}

/// Carries events to everyone subscribed; clones are the same bus.
#[derive(Clone, Debug)]
pub struct Bus(broadcast::Sender<Event>);

impl Bus {
    /// A bus within this process. It keeps a bounded number of events and forgets them with the
    /// process.
    pub fn in_process() -> Self {
        Self(broadcast::Sender::new(KEPT))
    }

    /// Gives `event` to everyone subscribed now; never waits.
    pub fn publish(&self, event: Event) {
        // The error only says that nobody listens.
        self.0.send(event).ok();
    }

    /// Hears every event published from now on.
    pub fn subscribe(&self) -> Subscription {
        Subscription { events: self.0.subscribe(), _bus: self.clone() }
    }
}

/// One listener's place on the bus.
#[derive(Debug)]
pub struct Subscription {
    events: broadcast::Receiver<Event>,
    /// Keeps the bus open, so that waiting has no end of its own.
    _bus: Bus,
}

/// The listener was too slow and has missed events: it must read what it missed at the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lagged {
    /// How many events it missed.
    pub missed: u64,
}

impl std::fmt::Display for Lagged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} events were missed", self.missed)
    }
}

impl std::error::Error for Lagged {}

impl Subscription {
    /// The next event; waits for it. May be dropped while waiting without losing one.
    ///
    /// # Errors
    /// [`Lagged`], once, in place of the events that are gone; the next call goes on after them.
    pub async fn recv(&mut self) -> Result<Event, Lagged> {
        match self.events.recv().await {
            Ok(event) => Ok(event),
            Err(RecvError::Lagged(missed)) => Err(Lagged { missed }),
            // Cannot happen while this holds the bus.
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
