//! From the journal of one service to whoever must hear of it: relay, bus, consumer.
//!
//! Delivery is at least once, in the order of the journal; `consume` makes the effect once-only.

mod bus;
mod consume;
mod reading;
mod relay;

pub use bus::{Bus, Event, Lagged, Subscription};
pub use consume::consume;
pub use reading::{Asked, Read, Unread, canonical, read_journal};
pub use relay::relay;
