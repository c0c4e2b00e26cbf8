//! While a dispute is open none of its parties passes the case on, and nothing else is any different.

use super::story::{MONDAY, Story, code, local, rule};
use crate::domain::{
    dispute::{Dispute, PASSES_ON},
    engine,
    step::StepKind,
    word::State,
};

/// Open between these bodies.
fn between(parties: [&str; 2]) -> Vec<Dispute> {
    vec![Dispute {
        name: "disputes/1".to_owned(),
        parties: parties.map(code).to_vec(),
        acting: code("MKT"),
        opened_at: local(MONDAY),
        ended_at: None,
    }]
}

/// The steps open to the receiver.
fn open(story: &Story) -> Vec<StepKind> {
    let by = story.leg.to.clone();
    let act = story.act(StepKind::Forward).or_else(|| story.act(StepKind::File)).unwrap();
    let rows = engine::open_rows(&story.leg, &by, &act, story.world());
    rows.into_iter().map(|row| row.step).collect()
}

#[test]
fn no_receiver_that_is_a_party_passes_the_case_on_while_a_dispute_is_open() {
    for (state, steps) in [
        (State::Accepted, [StepKind::Forward, StepKind::Redirect].as_slice()),
        (State::Filed, &[StepKind::TransferJurisdiction]),
    ] {
        let mut story = Story::at_state(state);
        story.disputes = between(["MKT", "PSB"]);
        for step in steps {
            let refusal = story.refused(*step);
            assert_eq!(rule(&refusal), "J-07", "{step}");
            assert!(refusal.to_string().contains("disputes/1"), "{refusal}");
            assert!(refusal.zh().contains("不得再行移送"));
            let mut quiet = story.clone();
            quiet.disputes.clear();
            quiet.take(*step);
        }
    }
}

#[test]
fn a_receiver_that_is_no_party_passes_the_case_on_in_its_term() {
    let mut story = Story::at_state(State::Accepted);
    story.disputes = between(["MKT", "ECO"]);
    assert!(open(&story).contains(&StepKind::Forward));
    story.take(StepKind::Forward);
    assert_eq!(story.leg.state, State::Forwarded);
    // Of two that are open, the one to which it is a party bars it.
    let mut story = Story::at_state(State::Accepted);
    story.disputes = [between(["MKT", "ECO"]), between(["ECO", "PSB"])].concat();
    assert_eq!(rule(&story.refused(StepKind::Forward)), "J-07");
}

#[test]
fn where_the_setting_says_so_it_is_passed_on() {
    let mut story = Story::at_state(State::Accepted);
    story.disputes = between(["MKT", "PSB"]);
    story.settings.dispute_bars_passing_on = false;
    story.take(StepKind::Redirect);
    assert_eq!(story.leg.state, State::Redirected);
}

#[test]
fn all_other_steps_stay_open_and_no_term_is_any_different() {
    let quiet = Story::at_state(State::Accepted);
    let mut disputed = quiet.clone();
    disputed.disputes = between(["MKT", "PSB"]);
    let mut left: Vec<_> = open(&quiet);
    left.retain(|step| !PASSES_ON.contains(step));
    assert_eq!(open(&disputed), left);
    let (mut a, mut b) = (quiet, disputed);
    for story in [&mut a, &mut b] {
        story.at("2026-03-04 09:00").take(StepKind::File);
        story.take(StepKind::ServeNotice);
    }
    let terms = |story: &Story| {
        let terms = story.leg.terms.iter();
        terms.map(|one| (one.slot.clone(), one.due_at, one.state)).collect::<Vec<_>>()
    };
    assert_eq!(terms(&a), terms(&b));
}
