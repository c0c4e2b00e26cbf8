//! Random lawful walks from the start: what holds wherever they lead.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use types::Id;

use super::{
    Outcome, raise,
    story::{MONDAY, Story},
    take,
};
use crate::domain::{
    act::Parent,
    leg::Leg,
    procedure::{Procedure, Row},
    step::StepKind,
    term::Term,
    word::{Ground, ProcedureCode, Rung, State, TermState},
};

/// One move: which of the lawful acts, how much later, and what the world looks like.
#[derive(Clone, Copy, Debug)]
struct Move {
    pick: u16,
    hours: u32,
    flags: u8,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    // Mostly minutes and hours; at times the weeks in which everything falls due.
    let hours = prop_oneof![6 => 0..8_u32, 2 => 8..100_u32, 1 => 100..3000_u32];
    let one = (any::<u16>(), hours, any::<u8>());
    let one = one.prop_map(|(pick, hours, flags)| Move { pick, hours, flags });
    prop::collection::vec(one, 1..40)
}

fn start() -> impl Strategy<Value = Story> {
    prop_oneof![2 => forward(), 1 => (0..13_u8).prop_map(beyond)]
}

/// The legs beyond referral and supervision.
fn beyond(which: u8) -> Story {
    use ProcedureCode::{CourtEnforcement, DutyCrimeLead, JudicialAdvice, ReverseReferral};
    match which {
        0 => Story::review(),
        1 => Story::trial(),
        2 => Story::back(Ground::NotProsecuted),
        3 => Story::own("PSB", "MKT", ReverseReferral, Some(Ground::NoCrime)),
        4 => Story::own("MKT", "", CourtEnforcement, None),
        5 => Story::own("MKT", "", DutyCrimeLead, None),
        6 => Story::own("CRT", "MKT", JudicialAdvice, Some(Ground::Governance)),
        7 => Story::own("PRO", "MKT", JudicialAdvice, Some(Ground::ReferralWanted)),
        // Few walks would wait for it.
        11 | 12 => {
            let mut story = Story::own("MKT", "", CourtEnforcement, None);
            story.take(StepKind::RemindParty);
            story.at("2026-03-20 10:00");
            if which == 12 {
                story.take(StepKind::ApplyForEnforcement);
                story.take(StepKind::AcceptApplication);
            }
            story
        }
        8 => Story::back(Ground::Withdrawn),
        9 => Story::back(Ground::Exempted),
        _ => Story::own("CRT", "PSB", JudicialAdvice, Some(Ground::CrimeFound)),
    }
}

fn forward() -> impl Strategy<Value = Story> {
    let sectors = prop::sample::select(vec!["FOOD", "ECONOMY", "ECOLOGY", "DRUG"]);
    let grounds = prop::sample::select(vec![
        None,
        None,
        Some(Ground::NotFiled),
        Some(Ground::Late),
        Some(Ground::WronglyFiled),
        Some(Ground::NotReferred),
    ]);
    // Also from further on: few walks would get far by themselves.
    let states = prop::sample::select(vec![
        State::Suspected,
        State::Suspected,
        State::Accepted,
        State::NotFiled,
        State::Reconsideration,
        State::Investigation,
    ]);
    let settings = any::<[bool; 3]>();
    (sectors, grounds, states, settings).prop_map(|(sector, ground, from, settings)| {
        let mut story = match ground {
            None => Story::opened(sector, MONDAY, |_| {}).brought(from),
            Some(ground) => Story::supervision(ground),
        };
        story.settings.supplement_restarts_clock = settings[0];
        story.settings.direct_suggestion_lapses = settings[1];
        story.settings.goods_travel_with_referral = settings[2];
        story
    })
}

fn set_world(story: &mut Story, flags: u8) {
    let flag = |bit: u8| flags & (1 << bit) != 0;
    story.parent = Some(Parent { decided: flag(0), overdue: flag(1), filed: flag(2) });
    story.supervision_open = flag(3);
    story.answer_refers = flag(4);
}

/// Every lawful outcome here and now.
fn lawful(story: &Story) -> Vec<Outcome> {
    let acts = StepKind::ALL.iter().filter_map(|step| story.act(*step));
    acts.filter_map(|act| take(&story.leg, &act, story.world()).ok()).collect()
}

fn check_outcome(before: &Leg, outcome: &Outcome) -> Result<(), TestCaseError> {
    let (row, after) = (outcome.row, &outcome.leg);
    prop_assert!(row.from.contains(&before.state), "{} from {}", row.step, before.state);
    prop_assert_eq!(after.state, row.to.unwrap_or(before.state));
    prop_assert_eq!(after.version, before.version + 1);
    prop_assert_eq!(after.id, before.id);
    if after.is_final() {
        prop_assert!(after.terms.iter().all(|term| !term.is_open()), "{}", after.state);
    }
    prop_assert!(after.terms.len() >= before.terms.len(), "a term was forgotten");
    for (old, new) in before.terms.iter().zip(&after.terms) {
        prop_assert_eq!(old.id, new.id, "terms keep their places");
        if !old.is_open() {
            prop_assert_eq!(old, new, "what has ended has ended");
        }
    }
    for slot in row.opens {
        // Only a sector may do without a term, and only for the opinion.
        let opened = after.terms[before.terms.len()..].iter().any(|term| term.slot == *slot);
        prop_assert!(opened || *slot == "P-09b" || after.is_final(), "{slot} was not opened");
    }
    Ok(())
}

fn check_term(term: &Term) -> Result<(), TestCaseError> {
    let rungs: Vec<Rung> = term.raised.iter().map(|(rung, _)| *rung).collect();
    let order = [Rung::Half, Rung::Near, Rung::Overdue];
    prop_assert_eq!(&rungs[..], &order[..rungs.len()], "in order, each at most once");
    prop_assert!(term.raised.is_sorted_by_key(|(_, at)| *at));
    prop_assert!(term.started_at <= term.due_at && term.half_at <= term.near_at);
    let overdue = rungs.contains(&Rung::Overdue);
    match term.state {
        TermState::Running | TermState::Suspended => prop_assert!(term.is_open() && !overdue),
        TermState::Kept => prop_assert!(term.ended_at < Some(term.due_at) && !overdue),
        TermState::Missed => prop_assert!(overdue),
        TermState::Lapsed => prop_assert!(term.ended_at <= Some(term.due_at)),
    }
    Ok(())
}

/// Whether a final state can be reached from here, when those who can act want it to end.
fn can_end(story: &Story, seen: &mut BTreeSet<(State, BTreeSet<String>)>) -> bool {
    if story.leg.is_final() {
        return true;
    }
    let owed = story.owed().into_iter().map(str::to_owned).collect();
    if !seen.insert((story.leg.state, owed)) {
        return false;
    }
    lawful(story).into_iter().any(|outcome| {
        let next = Story { leg: outcome.leg, ..story.clone() };
        can_end(&next, seen)
    })
}

/// Where a row stands in its table.
type Place = (ProcedureCode, usize);

fn place(leg: &Leg, row: &Row) -> Place {
    let mut rows = leg.table().rows.iter();
    (leg.procedure, rows.position(|one| std::ptr::eq(one, row)).unwrap())
}

/// Walks, and notes in `taken` which rows were.
fn walk(
    mut story: Story,
    moves: &[Move],
    taken: &mut BTreeSet<Place>,
) -> Result<Story, TestCaseError> {
    let raised = |term: &Term| term.raised.iter().map(|(rung, _)| *rung).collect();
    let mut told: BTreeMap<Id<Term>, Vec<Rung>> =
        story.leg.terms.iter().map(|term| (term.id, raised(term))).collect();
    for step in moves {
        story.now += chrono::Duration::hours(step.hours.into());
        set_world(&mut story, step.flags);
        if step.flags & 0x80 != 0 {
            for (term, rung) in raise(&mut story.leg, story.now) {
                told.entry(term.id).or_default().push(rung);
            }
            prop_assert!(raise(&mut story.leg, story.now).is_empty(), "raised twice");
        }
        let acts = lawful(&story);
        prop_assert!(!acts.is_empty() || story.leg.is_final(), "in {}", story.leg.state);
        if acts.is_empty() {
            break;
        }
        // Now and then where no walk has been: rare rows are found without many walks.
        let fresh = acts.iter().find(|act| !taken.contains(&place(&story.leg, act.row)));
        let picked = &acts[usize::from(step.pick) % acts.len()];
        let outcome = fresh.filter(|_| step.flags & 0x40 != 0).unwrap_or(picked);
        check_outcome(&story.leg, outcome)?;
        taken.insert(place(&story.leg, outcome.row));
        for (term, rung) in &outcome.rungs {
            told.entry(term.id).or_default().push(*rung);
        }
        story.leg = outcome.leg.clone();
        for term in &story.leg.terms {
            check_term(term)?;
            let said = told.get(&term.id).cloned().unwrap_or_default();
            prop_assert_eq!(said, raised(term), "every rung raised is told, once");
        }
    }
    Ok(story)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn wherever_lawful_acts_lead_the_invariants_hold_and_an_end_is_in_reach(
        story in start(),
        moves in moves(),
    ) {
        let mut story = walk(story, &moves, &mut BTreeSet::new())?;
        story.parent = Some(Parent { decided: true, overdue: true, filed: false });
        story.supervision_open = false;
        story.answer_refers = true;
        prop_assert!(can_end(&story, &mut BTreeSet::new()), "stuck in {}", story.leg.state);
    }
}

#[test]
fn the_walks_take_every_row_and_reach_every_final_state() {
    use proptest::{strategy::ValueTree as _, test_runner::TestRunner};
    let mut runner = TestRunner::deterministic();
    let (mut ends, mut taken) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..4200 {
        let story = start().new_tree(&mut runner).unwrap().current();
        let moves = moves().new_tree(&mut runner).unwrap().current();
        let story = walk(story, &moves, &mut taken).unwrap();
        if story.leg.is_final() {
            ends.insert(story.leg.state);
        }
    }
    let tables = || ProcedureCode::ALL.iter().map(|code| Procedure::of(*code));
    let finals = tables().flat_map(|table| table.finals).copied();
    assert_eq!(ends, finals.collect(), "else the walks above prove little");
    for table in tables() {
        for (at, row) in table.rows.iter().enumerate() {
            assert!(taken.contains(&(table.code, at)), "{} from {:?}", row.step, row.from);
        }
    }
}
