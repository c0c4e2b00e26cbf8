//! Applies a procedure's table to one act. It knows rows, guards and terms, and no law.

mod guards;

use types::AgencyCode;

use self::guards::{check, looks_only_at_leg};
use super::{
    act::{Act, World},
    document,
    leg::Leg,
    procedure::{Effect, Law, Need, Row, Say},
    refusal::Refusal,
    step::{Approval, PenaltyKind, StepKind},
    term::{self, Term},
    word::{Ground, Mark, ProcedureCode, Rank, Rung, State, TermState},
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
    /// A supervision to open on this leg.
    pub supervision: Option<Ground>,
    /// A step for the leg supervised.
    pub parent_step: Option<StepKind>,
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
        supervision: None,
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
        let law = leg.table().rows[0].law;
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
        // Whatever the row is about, that a deputy does not decide is T-04.
        let law = if row.officer == Rank::Head { HEAD_DECIDES } else { row.law };
        return Err(Refusal::WrongOfficer { step, rank: row.officer, law });
    }
    Ok(row)
}

/// Checks what the step says and the papers with it; the papers that may be missing are returned.
fn papers(leg: &Leg, act: &Act, row: &Row, world: World<'_>) -> Result<Vec<String>, Refusal> {
    let mut faults: Vec<(String, String)> =
        row.says.iter().filter_map(|say| said_fault(*say, act)).collect();
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

/// What is wrong with what the step says.
fn said_fault(say: Say, act: &Act) -> Option<(String, String)> {
    let said = &act.said;
    let text = |field: &str, value: &str| {
        value.trim().is_empty().then(|| (field.to_owned(), "is missing".to_owned()))
    };
    match say {
        Say::Reason => text("step.reason", &said.reason),
        Say::Answer => text("step.answer", &said.reason),
        Say::FilingNo => text("step.filing_no", &said.filing_no),
        Say::CompetentAuthority => text("step.competent_authority", &said.organ),
        Say::CompetentOrgan => match AgencyCode::parse(&said.organ) {
            Some(_) => None,
            None => Some(("step.competent_organ".into(), "is not the code of a body".into())),
        },
        Say::ApprovedBy => Approval::parse(&said.approved_by).map_or_else(
            || {
                let fault = "is none of NONE, COUNTY_HEAD, HIGHER_ORGAN";
                Some(("step.approved_by".into(), fault.into()))
            },
            |_| None,
        ),
        Say::Team => {
            let mut team = said.team.clone();
            team.sort_unstable();
            team.dedup();
            (team.len() < 2).then(|| {
                let fault = format!("names {} officer(s); a team has at least two", team.len());
                ("step.officers".into(), fault)
            })
        }
        Say::Penalty => match PenaltyKind::parse(&said.penalty) {
            None => Some(("step.penalty".into(), "is not a kind of penalty".into())),
            Some(_) => text("step.decision_no", &said.decision_no),
        },
        Say::WithinDays => (!(1..=90).contains(&said.within_days))
            .then(|| ("step.within_days".into(), "is not between 1 and 90".into())),
        Say::Storage => text("step.items", &said.items)
            .or_else(|| text("step.storage_place", &said.storage_place)),
    }
}

fn longer_review(leg: &Leg, act: &Act, world: World<'_>) -> Option<u32> {
    let approval = Approval::parse(&act.said.approved_by)?;
    let days = world.settings.longer_review(&leg.sector, approval)?;
    let now = leg.open_term("T-14")?.counting.length.value;
    (days > now).then_some(days)
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
        follow(outcome, *effect, act, world);
    }
    let days = u32::try_from(act.said.within_days).unwrap_or_default();
    let opened: Vec<Term> =
        row.opens.iter().filter_map(|slot| open(&outcome.leg, slot, days, act, world)).collect();
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
pub fn open(leg: &Leg, slot: &str, days: u32, act: &Act, world: World<'_>) -> Option<Term> {
    let rule = leg.table().term(slot)?;
    let holder = leg.actor(rule.holder, world.bodies)?;
    let opening = term::Opening {
        rule,
        holder: &holder,
        sector: &leg.sector,
        ordered_days: days,
        now: act.now,
    };
    Term::open(opening, world.settings, world.calendar)
}

fn follow(outcome: &mut Outcome, effect: Effect, act: &Act, world: World<'_>) {
    let (leg, settings) = (&mut outcome.leg, world.settings);
    let organ = AgencyCode::parse(&act.said.organ);
    match effect {
        Effect::Show(actor) => {
            let copied = actor != super::word::Actor::Procuratorate
                || act.step != StepKind::Deliver
                || settings.copy_to_procuratorate;
            if copied {
                outcome.shown.extend(leg.actor(actor, world.bodies));
            }
        }
        Effect::ShowJusticeBureau => {
            if settings.copy_to_justice_bureau {
                outcome.shown.extend(world.bodies.justice_bureau(&leg.from));
            }
        }
        Effect::ShowPoliceOfRespondent => {
            let police = leg.respondent.as_ref().and_then(|body| world.bodies.police(body));
            outcome.shown.extend(police);
        }
        Effect::OpenSupervision(ground) => outcome.supervision = Some(ground),
        Effect::Parent(step) => outcome.parent_step = Some(step),
        Effect::PassToOrgan => {
            if let Some(organ) = organ.or_else(|| leg.next_organ.take()) {
                leg.to = organ.clone();
                outcome.shown.push(organ);
            }
        }
        Effect::ShowOrgan => {
            leg.next_organ.clone_from(&organ);
            outcome.shown.extend(organ);
        }
        Effect::KeepTeam => leg.team.clone_from(&act.said.team),
        Effect::NotePenalty => leg.penalised = true,
        Effect::RestartReview => {
            if settings.supplement_restarts_clock {
                restart(leg, act, world);
            }
        }
        Effect::LengthenReview => {
            let days = longer_review(leg, act, world);
            if let (Some(days), Some(term)) = (days, open_mut(leg, "T-14")) {
                term.counting.length = clock::Length { value: days, unit: clock::Unit::Day };
                term.count(settings.near_percent, world.calendar);
            }
        }
    }
}

/// Q1: the filing period counts from the supplemented material: a new term replaces the old one.
fn restart(leg: &mut Leg, act: &Act, world: World<'_>) {
    let running = open_mut(leg, "T-14").filter(|term| term.state == TermState::Running);
    let Some(term) = running else { return };
    term.close(super::procedure::Close::Moot, act.now);
    let again = open(leg, "T-14", 0, act, world);
    leg.terms.extend(again);
}

fn open_mut<'a>(leg: &'a mut Leg, slot: &str) -> Option<&'a mut Term> {
    leg.terms.iter_mut().rev().find(|term| term.slot == slot && term.is_open())
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
