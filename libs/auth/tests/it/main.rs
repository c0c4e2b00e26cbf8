//! The guard and the signing client against each other, and against whoever stands between them.

mod answers;
mod assertions;
mod credentials;
mod depot;
mod kept;
mod message;
mod policy;
mod proven;
mod socket;
mod streams;
mod support;
mod wit;
mod world;
mod wpt;
