//! The rules, path by path: a story is one leg, its clock, and the acts that follow each other.

mod decision;
mod delivery;
mod dispute;
mod early;
mod filing;
mod story;
mod supervision;
mod terms;
mod trial;
mod walk;
mod way_back;

use super::*;
