#![doc = include_str!("../README.md")]

mod error;
mod fresh;
mod link;
mod mesh;
mod retry;
mod transfer;
mod watch;

use clock::Clock;
use types::Id;

pub use error::{ConnectError, Error, Field, Rule};
pub use fresh::{follow_revocations, keep_fresh};
pub use link::Link;
pub use mesh::{Mesh, Options};
pub use transfer::{TransferError, download, resume, upload};
pub use watch::{Watch, watch};

/// A new `request_id` (AIP-155): keep it with the command, and use it again when you repeat it.
pub fn request_id() -> String {
    Id::<()>::new(Clock::system().now()).to_string()
}
