//! The rules, path by path: a story is one dispute, its clock, and the acts that follow each other.

mod paths;
mod spans;
mod story;
mod terms;

use super::*;
