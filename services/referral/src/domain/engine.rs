//! Applies a procedure's table to one act. It knows rows, guards and terms, and no law.

mod effects;
mod guards;
mod said;

use chrono::NaiveTime;
use types::AgencyCode;

use self::guards::{check, looks_only_at_leg};
use super::{
    act::{Act, World},
    document,
    leg::Leg,
    leg::Penalty,
    procedure::{Law, Need, Procedure, Row},
    refusal::Refusal,
    step::StepKind,
    term::{self, Term},
    word::{Ground, Mark, ProcedureCode, Rank, Rung, State},
};

/// What an act leads to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The leg as it is now, with its terms.
    pub leg: Leg,
    /// The row that applied.
    pub row: &'static Row,
    /// The rungs that had fallen due by now and were raised with the act.
    pub rungs: Vec<(Term, Rung)>,
    /// Bodies that may see the leg from now on.
    pub shown: Vec<AgencyCode>,
    /// A leg to open that follows from this one.
    pub next: Option<Next>,
    /// A penalty to note in the docket.
    pub penalty: Option<Penalty>,
    /// A step for the leg supervised.
    pub parent_step: Option<StepKind>,
}

/// A leg that a step opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// Under which procedure.
    pub procedure: ProcedureCode,
    /// On which ground.
    pub ground: Option<Ground>,
    /// To whom; `None`: by the rules.
    pub to: Option<AgencyCode>,
}

const HEAD_DECIDES: Law = Law { rule: "T-04", basis: "Decree 310 art. 5(2)", mark: Mark::V };

/// Takes a step, or says why not: pure.
pub fn take(leg: &Leg, act: &Act, world: World<'_>) -> Result<Outcome, Refusal> {
    let row = choose(leg, act, world)?;
    let missing = papers(leg, act, row, world)?;
    for guard in row.guards {
        check(*guard, leg, act, world, row)?;
    }
    let mut outcome = Outcome {
        leg: leg.clone(),
        row,
        rungs: Vec::new(),
        shown: Vec::new(),
        next: None,
        penalty: None,
        parent_step: None,
    };
    move_on(&mut outcome, act, world, missing);
    Ok(outcome)
}

/// The steps open to `by` now, whatever they must say; guards that only look at the leg are applied.
pub fn open_rows(leg: &Leg, by: &AgencyCode, act: &Act, world: World<'_>) -> Vec<&'static Row> {
    let here = leg.table().rows.iter().filter(|row| row.from.contains(&leg.state));
    here.filter(|row| leg.actor(row.actor, world.bodies).as_ref() == Some(by))
        .filter(|row| {
            row.guards
                .iter()
                .filter(|guard| looks_only_at_leg(**guard))
                .all(|guard| check(*guard, leg, act, world, row).is_ok())
        })
        .collect()
}

/// The bodies that can act next, the one that owes something first.
pub fn next_actors(leg: &Leg, world: World<'_>) -> Vec<AgencyCode> {
    let owing = leg.terms.iter().filter(|term| term.is_open()).map(|term| term.holder.clone());
    let able =
        leg.table().rows.iter().filter(|row| {
            row.from.contains(&leg.state) && row.to.is_some_and(|to| to != leg.state)
        });
    let able = able.filter_map(|row| leg.actor(row.actor, world.bodies));
    let mut actors: Vec<AgencyCode> = Vec::new();
    for body in owing.chain(able) {
        if !actors.contains(&body) {
            actors.push(body);
        }
    }
    actors
}

/// The row for this act: the right step, by the right body, in the right state, by the right officer.
fn choose(leg: &Leg, act: &Act, world: World<'_>) -> Result<&'static Row, Refusal> {
    let step = act.step;
    let rows = || leg.table().rows.iter().filter(move |row| row.step == step);
    let Some(nearest) = rows().next() else {
        // Another procedure's step: its rule says where it belongs.
        let all = ProcedureCode::ALL.iter().flat_map(|code| Procedure::of(*code).rows);
        let law = all.into_iter().find(|row| row.step == step).map(|row| row.law);
        let law = law.unwrap_or(leg.table().rows[0].law);
        return Err(Refusal::WrongState { step, state: leg.state, law });
    };
    let is_mine = |row: &&'static Row| leg.actor(row.actor, world.bodies).as_ref() == Some(&act.by);
    if !rows().any(|row| is_mine(&row)) {
        return Err(Refusal::NotYours { step, actor: nearest.actor, law: nearest.law });
    }
    let here = || rows().filter(is_mine).filter(|row| row.from.contains(&leg.state));
    // Two rows may differ by the ground of a supervision only.
    let fits = |row: &&'static Row| {
        row.grounds().is_none_or(|on| leg.ground.is_some_and(|ground| on.contains(&ground)))
    };
    let Some(row) = here().find(fits) else {
        let law = here().next().unwrap_or(nearest).law;
        return Err(Refusal::WrongState { step, state: leg.state, law });
    };
    if !act.position.may_act_as(row.officer) {
        // Whatever the row is about, that a deputy of an agency does not decide is T-04.
        let agency = leg.procedure == ProcedureCode::CriminalReferral;
        let law = if agency && row.officer == Rank::Head { HEAD_DECIDES } else { row.law };
        return Err(Refusal::WrongOfficer { step, rank: row.officer, law });
    }
    Ok(row)
}

/// Checks what the step says and the papers with it; the papers that may be missing are returned.
fn papers(leg: &Leg, act: &Act, row: &Row, world: World<'_>) -> Result<Vec<String>, Refusal> {
    let mut faults: Vec<(String, String)> =
        row.says.iter().flat_map(|say| said::faults(*say, act)).collect();
    let (mut missing, mut law) = (Vec::new(), row.law);
    for paper in row.papers {
        let came = act.documents.iter().any(|document| document.code == paper.code);
        // What came with an earlier step is there, but a step that requires a paper wants its own.
        if came || (paper.need != Need::Required && leg.held.iter().any(|code| code == paper.code))
        {
            continue;
        }
        let needed = match paper.need {
            Need::Required => true,
            Need::RequiredIfPenalised => leg.penalised,
            Need::RequiredIfGoodsTravel => world.settings.goods_travel_with_referral,
            Need::Expected => {
                missing.push(paper.code.to_owned());
                false
            }
            Need::ExpectedIfTested => {
                if leg.tested {
                    missing.push(paper.code.to_owned());
                }
                false
            }
            Need::Optional => false,
        };
        if needed {
            let name = document::form(paper.code).map_or("", |form| form.name_zh.as_str());
            faults.push(("documents".into(), format!("{} ({name}) is missing", paper.code)));
        }
        if needed && paper.need == Need::RequiredIfPenalised {
            law.rule = "T-08";
            law.basis = "MPS 公通字〔2016〕16号 art. 2";
        }
    }
    for (at, document) in act.documents.iter().enumerate() {
        if !row.papers.is_empty() && !row.papers.iter().any(|paper| paper.code == document.code) {
            // The fifth kind of attachment is free (Decree 310 art. 6(5)), as long as it is a form.
            tolerate(&mut faults, document, at);
        }
        faults.extend(document::faults(document, at));
    }
    if faults.is_empty() { Ok(missing) } else { Err(Refusal::Fields { faults, law }) }
}

fn tolerate(faults: &mut Vec<(String, String)>, document: &document::Document, at: usize) {
    if document::form(&document.code).is_some_and(|form| form.issuer == "COURT") {
        faults.push((format!("documents[{at}].code"), "is a paper of the court".into()));
    }
}

/// Writes the consequences of the row into the leg: rungs first, then terms, then effects.
fn move_on(outcome: &mut Outcome, act: &Act, world: World<'_>, missing: Vec<String>) {
    let (row, now) = (outcome.row, act.now);
    outcome.rungs = raise(&mut outcome.leg, now);
    let leg = &mut outcome.leg;
    for (slot, how) in row.closes {
        for term in leg.terms.iter_mut().filter(|term| term.slot == *slot) {
            term.close(*how, now);
        }
    }
    leg.state = row.to.unwrap_or(leg.state);
    if act.step == StepKind::Deliver {
        leg.missing = missing;
    } else {
        leg.missing.retain(|code| !act.documents.iter().any(|document| document.code == *code));
    }
    let leg = &mut outcome.leg;
    for document in &act.documents {
        if !leg.held.contains(&document.code) {
            leg.held.push(document.code.clone());
        }
    }
    for effect in row.effects {
        effects::follow(outcome, *effect, act, world);
    }
    let opened: Vec<Term> =
        row.opens.iter().filter_map(|slot| open(&outcome.leg, slot, act, world)).collect();
    outcome.leg.terms.extend(opened);
    if outcome.leg.is_final() {
        for term in &mut outcome.leg.terms {
            term.close(super::procedure::Close::Moot, now);
        }
    }
    // What follows from signatures is dated by them: something may have happened since.
    outcome.leg.updated_at = outcome.leg.updated_at.max(now);
    outcome.leg.version += 1;
}

/// Raises, on every open term, the rungs that have fallen due.
pub fn raise(leg: &mut Leg, now: chrono::DateTime<chrono::Utc>) -> Vec<(Term, Rung)> {
    let (table, mut raised) = (leg.table(), Vec::new());
    for term in leg.terms.iter_mut().filter(|term| term.is_open()) {
        let Some(rule) = table.term(&term.slot) else { continue };
        for rung in term.raise(now, rule.overdue) {
            raised.push((term.clone(), rung));
        }
    }
    raised
}

/// Opens the term of `slot` on `leg`, where its holder exists and the sector fixes a length.
pub fn open(leg: &Leg, slot: &str, act: &Act, world: World<'_>) -> Option<Term> {
    let since = act.said.period_ended_on.and_then(|day| {
        let noon = NaiveTime::from_hms_opt(12, 0, 0)?;
        Some(day.and_time(noon).and_local_timezone(clock::SHANGHAI).earliest()?.to_utc())
    });
    let rule = leg.table().term(slot)?;
    let holder = leg.actor(rule.holder, world.bodies)?;
    let opening = term::Opening {
        rule,
        holder: &holder,
        sector: &leg.sector,
        ordered_days: u32::try_from(act.said.within_days).unwrap_or_default(),
        now: act.now,
        since,
    };
    Term::open(opening, world.settings, world.calendar)
}

const AFTER_FILING: &[State] = &[State::Filed, State::MaterialHandedOver, State::Investigation];

/// Whether a leg is a referral that public security has: what P-09b asks for.
pub fn delivered(leg: &Leg) -> bool {
    let before = [
        State::Suspected,
        State::TeamAssigned,
        State::AwaitingHead,
        State::Approved,
        State::NotApproved,
    ];
    leg.procedure == ProcedureCode::CriminalReferral && !before.contains(&leg.state)
}

/// Whether the leg supervised is already where `step`, ordered by a supervision, would lead it:
/// public security did on its own what it was ordered to.
pub fn already(leg: &Leg, step: StepKind) -> bool {
    let withdrawn = matches!(leg.state, State::Withdrawn | State::ReturnedToAgency);
    if step == StepKind::File {
        let sent = leg.state == State::SentForProsecution;
        return withdrawn || sent || AFTER_FILING.contains(&leg.state);
    }
    withdrawn
}

/// What a supervision must know of the leg it supervises.
pub fn as_parent(leg: &Leg, now: chrono::DateTime<chrono::Utc>) -> super::act::Parent {
    let undecided = [
        State::Delivered,
        State::RefusedByPolice,
        State::Accepted,
        State::SupplementRequested,
        State::Forwarded,
        State::Reconsideration,
    ];
    let overdue =
        ["T-14", "T-17"].iter().any(|slot| leg.open_term(slot).is_some_and(|term| !term.runs(now)));
    super::act::Parent {
        decided: !undecided.contains(&leg.state),
        filed: AFTER_FILING.contains(&leg.state),
        overdue: overdue || leg.state == State::RefusedByPolice,
    }
}

#[cfg(test)]
mod tests;
