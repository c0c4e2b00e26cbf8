//! What supervision learns from the marks of the journal alone, whatever the payloads say.

use prost::Message as _;
use proto::{
    journal::v1::{Exchange, Marks},
    operations::v1 as pb,
};

use crate::{
    assistance::{finish, start},
    make::{count, journal},
    visits::on_the_day,
    world::{World, local},
};

/// The marks of every row, with its kind, once there are as many of a kind.
async fn marks(world: &World, kind: &str, times: usize) -> Vec<(String, Marks)> {
    let rows = journal(world, |rows| count(rows, kind) == times).await;
    let read = |bytes: &[u8]| Marks::decode(bytes).unwrap();
    rows.into_iter().map(|row| (row.kind, read(&row.marks))).collect()
}

fn exchanges(all: &[(String, Marks)], of: &str) -> Vec<Exchange> {
    let all = all.iter().flat_map(|(_, marks)| marks.exchanges.clone());
    all.filter(|one| one.id.starts_with(of)).collect()
}

#[tokio::test]
async fn a_request_for_assistance_is_followed_from_its_sending_to_its_answer() {
    let world = World::new().await;
    let (mkt, eco) = (world.agency("MKT").await, world.agency("ECO").await);
    let one = mkt.ask("ECO", pb::AssistanceKind::Records).await;
    eco.act(&one, "ACCEPT", "").await.unwrap();
    // Half of five working days, and then the end of them.
    for (at, rungs) in [("2026-03-06 12:00", 1), ("2026-03-10 00:00", 3)] {
        world.clock.set(local(at));
        let worker = start(&world.operations);
        journal(&world, |rows| count(rows, "ASSISTANCE_RUNG") == rungs).await;
        finish(worker).await;
    }
    let late = eco.assistance(&one.name).await.unwrap();
    eco.act(&late, "ANSWER", "it is").await.unwrap();

    let all = marks(&world, "ASSISTANCE_ANSWERED", 2).await;
    let course: Vec<_> = all
        .iter()
        .flat_map(|(kind, marks)| marks.terms.iter().map(move |term| (kind.as_str(), term)))
        .map(|(kind, term)| (kind, term.state.as_str(), term.end_time.is_some()))
        .collect();
    assert_eq!(
        course,
        [
            ("ASSISTANCE_REQUESTED", "RUNNING", false),
            ("ASSISTANCE_ANSWERED", "RUNNING", false),
            ("ASSISTANCE_RUNG", "RUNNING", false),
            ("ASSISTANCE_RUNG", "MISSED", false),
            ("ASSISTANCE_RUNG", "MISSED", false),
            ("ASSISTANCE_ANSWERED", "MISSED", true),
        ]
    );
    let told = exchanges(&all, &one.name);
    let told: Vec<_> = told.iter().map(|one| (&*one.receiver, &*one.state)).collect();
    assert_eq!(told, [("ECO", "SENT"), ("ECO", "ACKNOWLEDGED")], "an answer moves it no more");
    let first = &all.iter().find(|(kind, _)| kind == "ASSISTANCE_REQUESTED").unwrap().1;
    let mut shown = first.shown_to.clone();
    shown.sort_unstable();
    assert_eq!(shown, ["ECO", "MKT"]);
    assert_eq!(first.terms[0].length, "5 WORKING_DAY");
    assert_eq!(first.terms[0].verified, "D", "as config.toml says of the terms of assistance");
}

#[tokio::test]
async fn a_notice_is_on_its_way_until_a_body_acknowledges_it_or_comes() {
    let (week, joint) = on_the_day().await;
    week.mkt.acknowledge(&joint).await.unwrap();
    week.mkt.arrive(&joint, &["01", "02"]).await.unwrap();
    week.eco.arrive(&joint, &["01", "02"]).await.unwrap();
    let all = marks(&week.world, "VISIT_CHECKED_IN", 2).await;
    let told = exchanges(&all, &joint.name);
    let mut course: Vec<_> = told.iter().map(|one| (&*one.receiver, &*one.state)).collect();
    course.sort_unstable();
    let each = [("ECO", "ACKNOWLEDGED"), ("ECO", "SENT"), ("MKT", "ACKNOWLEDGED"), ("MKT", "SENT")];
    assert_eq!(course, each);
    assert!(told.iter().all(|one| one.sender == "GDO" && one.title == joint.notice_no));
    let sent: Vec<_> = told.iter().map(|one| one.send_time).collect();
    assert!(
        sent.iter().all(|at| at.is_some() && *at == sent[0]),
        "when the schedule was published"
    );

    let (_, arrived) = all.iter().find(|(kind, _)| kind == "VISIT_CHECKED_IN").unwrap();
    let values: Vec<_> = arrived.values.iter().map(|one| (&*one.name, &*one.text)).collect();
    for wanted in [
        ("subject", joint.subject.as_str()),
        ("inspections_of_year", "1"),
        ("officer", "MKT-01"),
        ("officer", "MKT-02"),
    ] {
        assert!(values.contains(&wanted), "{wanted:?} in {values:?}");
    }
}
