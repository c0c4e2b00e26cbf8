//! What supervision learns from the marks of the journal alone, whatever the payloads say.

use proto::{arbitration::v1::step::Kind, journal::v1::Row};

use crate::{
    case::{Case, acknowledge, answer, apply, decide, escalate, position, propose},
    journal::read,
    worker::{finish, start},
    world::{World, local},
};

/// How each term stood, row by row, as `(holder, step, state)`, for what must be done.
fn course(rows: &[Row], duty: &str) -> Vec<(String, String, String)> {
    let mut course = Vec::new();
    for row in rows {
        for term in row.marks.clone().unwrap_or_default().terms {
            if term.duty == duty {
                course.push((term.holder, row.step.clone(), term.state));
            }
        }
    }
    course
}

/// What became of what was sent, as `(id, receiver, state)`.
fn exchanges(rows: &[Row]) -> Vec<(String, String, String)> {
    let all = rows.iter().flat_map(|row| row.marks.clone().unwrap_or_default().exchanges);
    all.map(|one| (one.id, one.receiver, one.state)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_term_is_followed_from_its_opening_over_its_rungs_to_its_end() {
    let case = Case::new().await;
    let world = &case.world;
    let mut log = world.caller(&world.arbitration, World::service("supervision")).await;
    let opened = read(&mut log, 1, 0).await;
    let term = opened[0].marks.as_ref().unwrap().terms[0].clone();
    assert_eq!((term.state.as_str(), term.length.as_str()), ("RUNNING", "5 WORKING_DAY"));
    assert!(term.rule.starts_with("J-") && !term.basis.is_empty() && !term.verified.is_empty());
    world.clock.set(local("2026-03-06 05:00"));
    let worker = start(&world.arbitration);
    read(&mut log, 2, 0).await;
    finish(worker).await;
    case.one.take(&case.name, apply()).await;
    let rows = read(&mut log, 3, 0).await;
    let holder = term.holder.clone();
    let step = |step: &str, state: &str| (holder.clone(), step.to_owned(), state.to_owned());
    let expected = [step("", "RUNNING"), step("HALF", "RUNNING"), step("APPLY", "KEPT")];
    assert_eq!(course(&rows, &term.duty), expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dispute_is_an_exchange_with_each_party_until_it_says_something() {
    let case = Case::new().await;
    let world = &case.world;
    let mut log = world.caller(&world.arbitration, World::service("supervision")).await;
    case.two.take(&case.name, Kind::StatePosition(position())).await;
    let rows = read(&mut log, 2, 0).await;
    let id = format!("{}/{}", case.name, case.two.code);
    let told = |state: &str| (id.clone(), case.two.code.clone(), state.to_owned());
    assert_eq!(exchanges(&rows), [told("SENT"), told("ACKNOWLEDGED")]);
    let opened = rows[0].marks.as_ref().unwrap();
    assert_eq!(opened.shown_to, [case.one.code.clone(), case.two.code.clone()]);
    assert_eq!(opened.case.as_ref().unwrap().state, "NEGOTIATING");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_on_its_way_to_each_party_until_it_confirms_it() {
    let case = Case::new().await.before_forum().await;
    let world = &case.world;
    case.gdo.take(&case.name, propose("NAT")).await;
    case.one.take(&case.name, answer(false)).await;
    case.gdo.take(&case.name, escalate()).await;
    let competent = case.one.code.clone();
    case.gov.take(&case.name, decide(&competent, "2026-05-06")).await;
    case.two.take(&case.name, acknowledge()).await;
    let mut log = world.caller(&world.arbitration, World::service("supervision")).await;
    let done = |rows: &[Row]| rows.iter().any(|row| row.step == "ACKNOWLEDGE_DECISION");
    let mut rows = read(&mut log, 7, 0).await;
    while !done(&rows) {
        rows = read(&mut log, rows.len() + 1, 0).await;
    }
    let of_decision = exchanges(&rows).into_iter().filter(|(id, ..)| id.contains("/decision/"));
    let told: Vec<_> = of_decision.map(|(_, receiver, state)| (receiver, state)).collect();
    let to = |code: &str, state: &str| (code.to_owned(), state.to_owned());
    let (one, two) = (case.one.code.as_str(), case.two.code.as_str());
    assert_eq!(told, [to(one, "SENT"), to(two, "SENT"), to(two, "ACKNOWLEDGED")]);
    let decided = rows.iter().find(|row| row.step == "DECIDE").unwrap();
    let values = &decided.marks.as_ref().unwrap().values;
    let values: Vec<_> = values.iter().map(|one| (one.name.as_str(), one.text.as_str())).collect();
    assert_eq!(
        values,
        [("outcome", "DECIDED"), ("competent", competent.as_str()), ("manner", "DESIGNATION")]
    );
}
