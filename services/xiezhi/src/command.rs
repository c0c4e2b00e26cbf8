//! The commands beside the demo, one file for each.

pub(crate) mod agency;
pub(crate) mod call;
pub(crate) mod catalogue;
pub(crate) mod connect;
pub(crate) mod dispute;
pub(crate) mod evidence;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod officer;
pub(crate) mod procedures;
pub(crate) mod referral;
pub(crate) mod serve;
pub(crate) mod show;
pub(crate) mod term;
pub(crate) mod verify;
