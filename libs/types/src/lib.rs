//! The few words every service shares: identifiers, codes, names of workloads, pages of lists.
//!
//! Pure: no clock, no I/O, no database. A type moves here only when a second service needs it.

mod agency;
mod citizen;
mod id;
pub mod page;
mod region;
mod uscc;
mod workload;

pub use agency::AgencyCode;
pub use citizen::{CitizenId, CitizenIdError, Sex};
pub use id::Id;
pub use region::RegionCode;
pub use uscc::{Uscc, UsccError};
pub use workload::{Kind, TrustDomain, Workload};
