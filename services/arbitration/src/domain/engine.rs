//! Applies the ladder to one act. It knows rows, guards and terms, and no law.

mod effects;
mod guards;

use chrono::{DateTime, Utc};
use types::AgencyCode;

use self::guards::{check, faults, fulfilled};
use super::{
    act::{Act, World},
    dispute::Dispute,
    ladder::{self, Close, Guard, ROWS, Row},
    refusal::Refusal,
    telling::{self, Telling},
    term::Term,
    word::{Holder, State, StepKind, TermState, Warning},
};

/// What an act leads to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The dispute as it is now, with its terms.
    pub dispute: Dispute,
    /// The row that applied.
    pub row: &'static Row,
    /// The rungs that had fallen due by now and were raised with the act.
    pub rungs: Vec<(Term, Warning)>,
    /// Bodies that may see the dispute from now on.
    pub shown: Vec<AgencyCode>,
    /// What other services must be told.
    pub tellings: Vec<Telling>,
}

/// Takes a step, or says why not: pure.
///
/// # Errors
/// A [`Refusal`] with the rule that was broken.
pub fn take(dispute: &Dispute, act: &Act, world: World<'_>) -> Result<Outcome, Refusal> {
    let row = choose(dispute, act)?;
    let faults = faults(dispute, act, world);
    if !faults.is_empty() {
        return Err(Refusal::Fields { faults, law: row.law });
    }
    let mut after = dispute.clone().as_of(act.now);
    let rungs = raise(&mut after, act.now);
    effects::apply(&mut after, act);
    move_on(&mut after, row, act, world);
    after.updated_at = after.updated_at.max(act.now);
    after.version += 1;
    // Compared with what is kept: a decision may have taken effect since, and nobody was told yet.
    let tellings = telling::due(Some(dispute), &mut after);
    let shown = shown(&after, act, world);
    Ok(Outcome { dispute: after, row, rungs, shown, tellings })
}

/// The steps open to `by` now, whatever they must say.
pub fn open_rows(dispute: &Dispute, by: &AgencyCode, now: DateTime<Utc>) -> Vec<&'static Row> {
    let here = ROWS.iter().filter(|row| row.from.contains(&dispute.state));
    let mine = here.filter(|row| dispute.is(row.actor, by));
    let asked = |guard: &&Guard| **guard != Guard::SameSettlement;
    let open = |row: &&'static Row| {
        row.guards
            .iter()
            .filter(asked)
            .all(|guard| check(*guard, dispute, (by, now), row, None).is_ok())
    };
    let mut rows: Vec<&'static Row> = Vec::new();
    for row in mine.filter(open) {
        if rows.iter().all(|one| one.step != row.step) {
            rows.push(row);
        }
    }
    rows
}

/// The bodies that can act next, those that owe something first, what is due earliest before the rest.
pub fn next_actors(dispute: &Dispute) -> Vec<AgencyCode> {
    let mut owed: Vec<&Term> = dispute.terms.iter().filter(|term| term.is_open()).collect();
    owed.sort_by_key(|term| term.due_at);
    let owing = owed.into_iter().map(|term| term.holder.clone());
    let forum = &dispute.file.forum;
    let able: Vec<AgencyCode> = match dispute.state {
        State::Negotiating => dispute.parties().to_vec(),
        State::Consulting => forum.here().map(|rung| rung.members.clone()).unwrap_or_default(),
        State::Applied | State::Coordinating | State::BeforeHead | State::BeforeSuperior => {
            forum.convener().cloned().into_iter().collect()
        }
        State::Settled | State::Decided | State::Rejected | State::Withdrawn => Vec::new(),
    };
    let mut actors: Vec<AgencyCode> = Vec::new();
    for body in owing.chain(able) {
        if !actors.contains(&body) {
            actors.push(body);
        }
    }
    actors
}

/// The row for this act: the right step, by the right body, in the right state, by the right officer,
/// with everything beside the state that it asks for.
fn choose(dispute: &Dispute, act: &Act) -> Result<&'static Row, Refusal> {
    let (step, state) = (act.step, dispute.state);
    let rows: Vec<&'static Row> = ROWS.iter().filter(|row| row.step == step).collect();
    let Some(nearest) = rows.iter().find(|row| row.from.contains(&state)).or(rows.first()) else {
        return Err(Refusal::WrongState { step, state, law: ROWS[0].law });
    };
    let mine: Vec<&&'static Row> =
        rows.iter().filter(|row| dispute.is(row.actor, &act.by)).collect();
    if mine.is_empty() {
        return Err(Refusal::NotYours { step, actor: nearest.actor, law: nearest.law });
    }
    let mut refusal = Refusal::WrongState { step, state, law: nearest.law };
    for row in mine.into_iter().filter(|row| row.from.contains(&state)) {
        if !act.position.may_act_as(row.officer) {
            return Err(Refusal::WrongOfficer { step, rank: row.officer, law: row.law });
        }
        let mut broken = None;
        for guard in row.guards {
            let checked = check(*guard, dispute, (&act.by, act.now), row, Some(&act.said));
            broken = broken.or(checked.err());
        }
        match broken {
            None => return Ok(row),
            Some(broken) => refusal = broken,
        }
    }
    Err(refusal)
}

/// Writes the consequences of the row: the state, then terms.
fn move_on(dispute: &mut Dispute, row: &Row, act: &Act, world: World<'_>) {
    let now = act.now;
    let leads = row.when.is_none_or(|when| fulfilled(when, dispute));
    for (slot, how) in row.closes {
        let own = *how == Close::Own;
        let concerned = |term: &&mut Term| {
            term.slot == *slot && if own { term.holder == act.by } else { leads }
        };
        for term in dispute.terms.iter_mut().filter(concerned) {
            term.close(*how, now);
        }
    }
    if !leads {
        return;
    }
    if let Some(to) = row.to {
        dispute.state = to;
        if to == State::BeforeSuperior {
            dispute.file.forum.rung = dispute.file.forum.rungs.len().saturating_sub(1);
        }
        effects::conclude(dispute, row.when, act);
    }
    if dispute.state.is_final() && row.to.is_some() {
        dispute.terms.iter_mut().for_each(|term| term.close(Close::Moot, now));
    }
    for slot in row.opens {
        let opened = open(dispute, slot, now, world);
        dispute.terms.extend(opened);
    }
}

/// Opens the term of `slot` for each body that must keep it.
fn open(dispute: &Dispute, slot: &str, now: DateTime<Utc>, world: World<'_>) -> Vec<Term> {
    let Some(rule) = ladder::term(slot) else { return Vec::new() };
    let (parties, forum) = (dispute.parties(), &dispute.file.forum);
    let holders: Vec<&AgencyCode> = match rule.holder {
        Holder::Applicant => parties.first().into_iter().collect(),
        Holder::OtherParties => parties.iter().skip(1).collect(),
        Holder::Parties => parties.iter().collect(),
        Holder::Convener => forum.convener().into_iter().collect(),
        Holder::Superior => forum.superior().into_iter().collect(),
    };
    let open = |holder| Term::open(rule, holder, (now, now), world.settings, world.calendar);
    holders.into_iter().map(open).collect()
}

/// Raises, on every open term, the rungs that have fallen due. What may no longer be done in a dispute
/// that has been rejected is over with its last rung.
pub fn raise(dispute: &mut Dispute, now: DateTime<Utc>) -> Vec<(Term, Warning)> {
    let mut raised = Vec::new();
    for term in dispute.terms.iter_mut().filter(|term| term.is_open()) {
        for warning in term.raise(now) {
            raised.push((term.clone(), warning));
        }
        if dispute.state == State::Rejected && term.state == TermState::Missed {
            term.close(Close::Moot, now);
        }
    }
    raised
}

/// Who sees the dispute from this step on: the forum when it is reached, who supervises it from the
/// application on, and whom a decision names.
fn shown(dispute: &Dispute, act: &Act, world: World<'_>) -> Vec<AgencyCode> {
    let forum = &dispute.file.forum;
    let superior = forum.superior().cloned();
    match act.step {
        StepKind::Apply => {
            let justice = &world.settings.justice_bureau;
            let sees =
                world.settings.justice_bureau_sees_all && world.bodies.get(justice).is_some();
            let justice = sees.then(|| justice.clone());
            forum.convener().cloned().into_iter().chain(justice).collect()
        }
        // The superior too: it may designate directly (Penalty Law art. 25(2)).
        StepKind::Accept => {
            let members = forum.here().map(|rung| rung.members.clone()).unwrap_or_default();
            members.into_iter().chain(superior).collect()
        }
        StepKind::Escalate => superior.into_iter().collect(),
        StepKind::Decide => act.said.competent.iter().cloned().collect(),
        StepKind::StatePosition
        | StepKind::OfferSettlement
        | StepKind::SignSettlement
        | StepKind::Reject
        | StepKind::Forward
        | StepKind::RecordSession
        | StepKind::Vote
        | StepKind::OrderInterim
        | StepKind::ProposeOutcome
        | StepKind::AnswerOutcome
        | StepKind::Withdraw
        | StepKind::AcknowledgeDecision => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
