//! Schedules joint visits of several bodies: who goes where with whom, and when. Pure: no clock, no
//! input or output, no floating point; the same problem, seed and iterations give the same plan.

pub mod check;
pub mod explain;
pub mod fault;
mod lane;
pub mod limits;
mod load;
mod model;
mod near;
pub mod order;
mod plan;
pub mod problem;
mod random;
pub mod roster;
mod ruin;
mod seats;
mod solver;
mod state;
mod sweep;
mod travel;
mod validate;

pub use model::Model;
pub use plan::{Placement, Plan, Score};
pub use solver::{Progress, Solution, Solver};
