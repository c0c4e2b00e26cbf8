//! The guard and the signing client against each other, and against whoever stands between them.

mod answers;
mod assertions;
mod credentials;
mod message;
mod policy;
mod proven;
mod socket;
mod support;
mod wit;
mod world;
mod wpt;
