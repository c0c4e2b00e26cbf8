//! The chapter after the cases: disputes over who is competent, each step by its own body's key.
//! All of them live in one time, which goes on where the cases ended.

mod expect;
mod play;
mod report;
pub(super) mod scenario;
mod take_over;

use std::collections::BTreeMap;

use indicatif::ProgressBar;

pub(super) use self::report::print;
use self::{play::Play, report::Verdict, scenario::Dispute};
use super::world::World;

/// What happens next: a step of a dispute, or of the case in which it arose.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Case(usize),
    Dispute(usize),
}

/// Replays the disputes. Names of disputes are known to all of them: one is another's precedent.
pub(super) async fn replay(
    world: &World,
    disputes: &[Dispute],
    bar: &ProgressBar,
) -> anyhow::Result<Vec<Verdict>> {
    let mut order = Vec::new();
    for (number, one) in disputes.iter().enumerate() {
        let own =
            one.steps.iter().enumerate().map(|(at, step)| (step.at, number, Turn::Dispute(at)));
        order.extend(own);
        let case = one.case.iter().flat_map(|case| case.steps.iter().enumerate());
        order.extend(case.map(|(at, step)| (step.at, number, Turn::Case(at))));
    }
    order.sort();
    bar.inc_length(u64::try_from(order.len()).unwrap_or_default());
    let mut names = BTreeMap::new();
    let mut plays: Vec<Play<'_>> = disputes.iter().map(Play::new).collect();
    for (at, number, turn) in order {
        world.clock.set(at);
        bar.set_message(disputes[number].id.clone());
        match turn {
            Turn::Case(step) => plays[number].case(world, step).await?,
            Turn::Dispute(step) => plays[number].step(world, step, &mut names).await?,
        }
        bar.inc(1);
    }
    let mut verdicts = Vec::new();
    for play in plays {
        verdicts.push(play.verdict(world).await?);
    }
    Ok(verdicts)
}
