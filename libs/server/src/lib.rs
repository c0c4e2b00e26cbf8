//! What every service does the same way: read its configuration, report itself, serve, and stop.

pub mod config;
mod deadline;
mod error;
mod fields;
mod run;
pub mod telemetry;

pub use error::{Code, Rule, ServiceError, Told, to_status};
pub use fields::{Fields, Violations};
pub use run::{Limits, Ready, Stop, serve};
