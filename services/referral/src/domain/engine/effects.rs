//! What follows from a row beside its next state.

use clock::{Length, Unit};
use types::AgencyCode;

use super::{Next, Outcome, open};
use crate::domain::{
    act::{Act, World},
    leg::{Judged, Leg, Penalty},
    procedure::{Close, Effect},
    step::{Approval, PenaltyKind, StepKind},
    term::Term,
    word::{Actor, ProcedureCode, TermState, Verdict},
};

/// Writes one effect of the row into the outcome.
pub(super) fn follow(outcome: &mut Outcome, effect: Effect, act: &Act, world: World<'_>) {
    match effect {
        Effect::Show(_)
        | Effect::ShowJusticeBureau
        | Effect::TellJusticeBureau
        | Effect::CopyOpinion
        | Effect::ShowPoliceOfRespondent
        | Effect::PassToOrgan
        | Effect::Address
        | Effect::ShowOrgan => show(outcome, effect, act, world),
        Effect::OpenSupervision(ground) => {
            let procedure = ProcedureCode::FilingSupervision;
            outcome.next = Some(Next { procedure, ground: Some(ground), to: None });
        }
        Effect::OpenNext(procedure) => {
            outcome.next = Some(Next { procedure, ground: None, to: None });
        }
        Effect::OpenReverse(ground) => {
            if act.said.liable {
                let to = AgencyCode::parse(&act.said.organ);
                let procedure = ProcedureCode::ReverseReferral;
                outcome.next = Some(Next { procedure, ground: Some(ground), to });
            }
        }
        Effect::Parent(step) => outcome.parent_step = Some(step),
        Effect::KeepTeam => outcome.leg.team.clone_from(&act.said.team),
        Effect::NotePenalty => {
            outcome.leg.penalised = true;
            outcome.penalty = penalty(act);
        }
        Effect::KeepVerdict => outcome.leg.judged = judged(act),
        Effect::KeepKeeper(slot) => {
            outcome.leg.keeper = AgencyCode::parse(&act.said.organ);
            if outcome.leg.keeper.is_some() {
                let term = open(&outcome.leg, slot, act, world);
                outcome.leg.terms.extend(term);
            }
        }
        Effect::RestartReview
        | Effect::LengthenReview
        | Effect::Extend(..)
        | Effect::Relength(..)
        | Effect::FastTrack
        | Effect::Suspend(_)
        | Effect::Resume(_) => time(&mut outcome.leg, effect, act, world),
    }
}

/// Who sees or gets the leg.
fn show(outcome: &mut Outcome, effect: Effect, act: &Act, world: World<'_>) {
    let (leg, settings, bodies) = (&mut outcome.leg, world.settings, world.bodies);
    let organ = AgencyCode::parse(&act.said.organ);
    let shown = &mut outcome.shown;
    if let Effect::Show(actor) = effect {
        let copied = actor != Actor::Procuratorate
            || act.step != StepKind::Deliver
            || settings.copy_to_procuratorate;
        shown.extend(leg.actor(actor, bodies).filter(|_| copied));
    } else if effect == Effect::TellJusticeBureau
        || (effect == Effect::ShowJusticeBureau && settings.copy_to_justice_bureau)
    {
        shown.extend(bodies.justice_bureau(&leg.from));
    } else if effect == Effect::CopyOpinion {
        let copied = settings.opinion_copy_to_justice_bureau;
        shown.extend(bodies.justice_bureau(&leg.from).filter(|_| copied));
        // Under vertical management: the body above is of another place.
        let above = bodies.superior(&leg.to);
        shown.extend(above.filter(|above| !bodies.same_county(above, &leg.to)));
    } else if effect == Effect::ShowPoliceOfRespondent {
        shown.extend(leg.respondent.as_ref().and_then(|body| bodies.police(body)));
    } else if effect == Effect::PassToOrgan {
        if let Some(organ) = organ.or_else(|| leg.next_organ.take()) {
            leg.to = organ.clone();
            shown.push(organ);
        }
    } else if effect == Effect::Address {
        leg.to = organ.unwrap_or_else(|| leg.to.clone());
    } else if effect == Effect::ShowOrgan {
        leg.next_organ.clone_from(&organ);
        shown.extend(organ);
    }
}

/// How terms run.
fn time(leg: &mut Leg, effect: Effect, act: &Act, world: World<'_>) {
    let (near, calendar) = (world.settings.near_percent, world.calendar);
    if effect == Effect::RestartReview && world.settings.supplement_restarts_clock {
        restart(leg, act, world);
    } else if effect == Effect::LengthenReview {
        if let Some(days) = longer_review(leg, act, world) {
            relength(leg, "T-14", Length { value: days, unit: Unit::Day }, world);
        }
    } else if effect == Effect::FastTrack {
        relength(leg, "P-16", fast_track(act), world);
    } else if let Effect::Relength(slot, length) = effect {
        relength(leg, slot, length, world);
    } else if let Effect::Extend(slot, length) = effect {
        if let Some(term) = open_mut(leg, slot) {
            term.extensions.push(length);
            term.count(near, calendar);
        }
    } else if let Effect::Suspend(slot) = effect {
        open_mut(leg, slot).into_iter().for_each(|term| term.suspend(act.now));
    } else if let Effect::Resume(slot) = effect {
        let term = open_mut(leg, slot);
        term.into_iter().for_each(|term| term.resume(act.now, near, calendar));
    }
}

fn relength(leg: &mut Leg, slot: &str, length: Length, world: World<'_>) {
    if let Some(term) = open_mut(leg, slot) {
        term.counting.length = length;
        term.count(world.settings.near_percent, world.calendar);
    }
}

/// CPL art. 172: ten days, or fifteen where more than one year is possible.
pub(super) fn fast_track(act: &Act) -> Length {
    let value = if act.said.over_one_year { 15 } else { 10 };
    Length { value, unit: Unit::Day }
}

/// The longer review that the sector's rules allow with this approval, in days.
pub(super) fn longer_review(leg: &Leg, act: &Act, world: World<'_>) -> Option<u32> {
    let approval = Approval::parse(&act.said.approved_by)?;
    let days = world.settings.longer_review(&leg.sector, approval)?;
    let now = leg.open_term("T-14")?.counting.length.value;
    (days > now).then_some(days)
}

/// Q1: the filing period counts from the supplemented material: a new term replaces the old one.
fn restart(leg: &mut Leg, act: &Act, world: World<'_>) {
    let running = open_mut(leg, "T-14").filter(|term| term.state == TermState::Running);
    let Some(term) = running else { return };
    term.close(Close::Moot, act.now);
    let again = open(leg, "T-14", act, world);
    leg.terms.extend(again);
}

fn open_mut<'a>(leg: &'a mut Leg, slot: &str) -> Option<&'a mut Term> {
    leg.terms.iter_mut().rev().find(|term| term.slot == slot && term.is_open())
}

fn penalty(act: &Act) -> Option<Penalty> {
    Some(Penalty {
        kind: PenaltyKind::parse(&act.said.penalty)?,
        decision_no: act.said.decision_no.clone(),
        amount_fen: act.said.amount_fen,
        decided_on: clock::legal_date(act.now).to_string(),
    })
}

fn judged(act: &Act) -> Option<Judged> {
    let verdict = Verdict::parse(&act.said.verdict)?;
    let (fine_fen, set_off_fen) = (act.said.amount_fen, act.said.set_off_fen);
    Some(Judged { verdict, fine_fen, set_off_fen })
}
