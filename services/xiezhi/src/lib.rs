//! The one binary: serves the mesh, replays the demo, and is an agency's command line.

mod bag;
mod cli;
mod command;
mod config;
mod data_dir;
mod demo;
mod forms;
mod gantt;
pub mod mesh;
mod out;

pub use cli::run;
pub use command::{agency::import_county, catalogue::first::publish_first};
