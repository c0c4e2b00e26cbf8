//! While a dispute is open nobody passes the case on, and nothing else is any different.

use super::story::{MONDAY, Story, code, local, rule};
use crate::domain::{
    dispute::{Dispute, PASSES_ON},
    engine,
    step::StepKind,
    word::State,
};

fn dispute() -> Dispute {
    Dispute {
        name: "disputes/1".to_owned(),
        acting: code("MKT"),
        opened_at: local(MONDAY),
        ended_at: None,
    }
}

/// The steps open to the receiver.
fn open(story: &Story) -> Vec<StepKind> {
    let by = story.leg.to.clone();
    let act = story.act(StepKind::Forward).or_else(|| story.act(StepKind::File)).unwrap();
    let rows = engine::open_rows(&story.leg, &by, &act, story.world());
    rows.into_iter().map(|row| row.step).collect()
}

#[test]
fn no_receiver_passes_the_case_on_while_a_dispute_is_open() {
    for (state, steps) in [
        (State::Accepted, [StepKind::Forward, StepKind::Redirect].as_slice()),
        (State::Filed, &[StepKind::TransferJurisdiction]),
    ] {
        let mut story = Story::at_state(state);
        story.dispute = Some(dispute());
        for step in steps {
            let refusal = story.refused(*step);
            assert_eq!(rule(&refusal), "J-07", "{step}");
            assert!(refusal.to_string().contains("disputes/1"), "{refusal}");
            assert!(refusal.zh().contains("不得再行移送"));
            story.dispute = None;
            story.clone().take(*step);
            story.dispute = Some(dispute());
        }
    }
}

#[test]
fn where_the_setting_says_so_it_is_passed_on() {
    let mut story = Story::at_state(State::Accepted);
    story.dispute = Some(dispute());
    story.settings.dispute_bars_passing_on = false;
    story.take(StepKind::Redirect);
    assert_eq!(story.leg.state, State::Redirected);
}

#[test]
fn all_other_steps_stay_open_and_no_term_is_any_different() {
    let quiet = Story::at_state(State::Accepted);
    let mut disputed = quiet.clone();
    disputed.dispute = Some(dispute());
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
