//! What only a process of its own can show: it dies, its disk fills, it meets a newer version, it is
//! told to stop, it is called by people.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::panic, reason = "a test fails by panicking")]

mod apart;
mod calls;
mod catalogue;
mod command_line;
mod county;
mod decision;
mod dispute;
mod evidence;
mod full;
mod killed;
mod ledger;
mod linkage;
mod log;
mod newer;
mod operations;
mod process;
mod rotation;
mod stopping;
mod watched;
mod week;
