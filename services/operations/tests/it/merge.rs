//! Merging: one visit for the checks of a subject, and the reasons where there are several.

use proto::operations::v1 as pb;
use tonic::Code;

use crate::{
    make::{Fair, check, count, journal, subject},
    world::{World, assert_told, fields, rule},
};

const MARCH: (&str, &str) = ("2026-03-02", "2026-03-31");

#[tokio::test]
async fn the_checks_of_two_bodies_at_one_subject_become_one_visit() {
    let world = World::new().await;
    let (office, mkt, eco) =
        (world.agency("GDO").await, world.agency("MKT").await, world.agency("ECO").await);
    mkt.put_subjects((1..=3).map(|n| subject(n, pb::Tier::B)).collect()).await.unwrap();
    let early = ("2026-03-02", "2026-03-06");
    mkt.add_checks(vec![
        check(1, "MKT-FOOD", MARCH),
        check(1, "MKT-MEAT", MARCH),
        check(2, "MKT-FOOD", early),
        pb::Check { alone_because: "undercover".to_owned(), ..check(3, "MKT-FOOD", MARCH) },
    ])
    .await
    .unwrap();
    eco.add_checks(vec![
        check(1, "ECO-SMOKE", ("2026-03-10", "2026-03-12")),
        check(2, "ECO-SMOKE", ("2026-03-10", "2026-03-12")),
        check(3, "ECO-SMOKE", MARCH),
    ])
    .await
    .unwrap();
    let merged = office.merge(MARCH).await.unwrap();
    assert_eq!((merged.checks, merged.visits, merged.visits_saved), (7, 5, 2));
    let apart: Vec<_> = merged
        .kept_apart
        .iter()
        .map(|one| (one.visits.len(), one.kept_apart_because.concat()))
        .collect();
    assert_eq!(apart.len(), 2, "{apart:?}");
    assert!(apart.iter().any(|(_, why)| why.contains("before that of")), "{apart:?}");
    assert!(apart.iter().any(|(_, why)| why.contains("undercover")), "{apart:?}");

    let again = office.merge(MARCH).await.unwrap();
    assert_eq!((again.checks, again.visits), (0, 0), "what is merged is merged");
    let rows = journal(&world, |rows| count(rows, "CHECKS_MERGED") >= 2).await;
    assert_eq!(count(&rows, "CHECKS_MERGED"), 2);
}

#[tokio::test]
async fn the_head_may_exceed_a_cap_with_a_reason_that_supervision_sees() {
    let world = World::new().await;
    let (office, mkt) = (world.agency("GDO").await, world.agency("MKT").await);
    mkt.put_subjects((1..=2).map(|n| subject(n, pb::Tier::A)).collect()).await.unwrap();
    let cap = pb::Cap {
        yearly_by_tier: vec![0, 0, 0, 0],
        published_on: "2026-01-01".to_owned(),
        ..pb::Cap::default()
    };
    let request = pb::PutResourcesRequest { cap: Some(cap), ..pb::PutResourcesRequest::default() };
    mkt.put_resources(request).await.unwrap();
    let reason = "three people fell ill".to_owned();
    let all = vec![
        pb::Check { over_cap_because: reason.clone(), ..check(1, "MKT-FOOD", MARCH) },
        pb::Check { origin: pb::CheckOrigin::Ordered.into(), ..check(2, "MKT-FOOD", MARCH) },
    ];
    assert_eq!(mkt.add_checks(all).await.unwrap()[0].over_cap_because, reason);
    let merged = office.merge(MARCH).await.unwrap();
    assert_eq!((merged.visits, merged.capped.len(), merged.over_cap.len()), (2, 0, 2));
    assert!(merged.over_cap.iter().any(|one| one.ends_with(&reason)), "{:?}", merged.over_cap);
    let shown: Vec<String> =
        office.visits("").await.into_iter().map(|one| one.groups[0].over_cap.clone()).collect();
    assert!(shown.contains(&reason), "{shown:?}");
    assert!(shown.contains(&"ORDERED is outside the cap".to_owned()), "{shown:?}");
    let rows = journal(&world, |rows| count(rows, "CAP_EXCEEDED") == 2).await;
    assert_eq!(count(&rows, "CAP_EXCEEDED"), 2);
}

#[tokio::test]
async fn a_cap_that_is_reached_keeps_checks_out_and_says_so() {
    let world = World::new().await;
    let (office, mkt) = (world.agency("GDO").await, world.agency("MKT").await);
    mkt.put_subjects(vec![subject(1, pb::Tier::A)]).await.unwrap();
    let cap = pb::Cap {
        yearly_by_tier: vec![1, 2, 4, 8],
        published_on: "2026-01-01".to_owned(),
        ..pb::Cap::default()
    };
    let request = pb::PutResourcesRequest { cap: Some(cap), ..pb::PutResourcesRequest::default() };
    mkt.put_resources(request).await.unwrap();
    let (one, other) = (("2026-03-02", "2026-03-06"), ("2026-03-09", "2026-03-13"));
    let ordered = pb::Check {
        origin: pb::CheckOrigin::Ordered.into(),
        ..check(1, "MKT-FOOD", ("2026-03-16", "2026-03-20"))
    };
    mkt.add_checks(vec![check(1, "MKT-FOOD", one), check(1, "MKT-FOOD", other), ordered])
        .await
        .unwrap();
    let merged = office.merge(MARCH).await.unwrap();
    assert_eq!((merged.visits, merged.capped.len()), (2, 1), "{:?}", merged.capped);
    assert!(merged.capped[0].contains("I-04"), "{:?}", merged.capped);
    let again = office.merge(MARCH).await.unwrap();
    assert_eq!((again.visits, again.capped.len()), (0, 1), "a planned visit counts");

    // The head decides on the check that waits, not on one that has a visit or is another body's.
    let waits = again.capped[0].split(": ").next().unwrap().to_owned();
    let allow = |name: &str| pb::Check {
        name: name.to_owned(),
        over_cap_because: "three people fell ill".to_owned(),
        ..pb::Check::default()
    };
    let both = vec![allow(&waits), allow("checks/0")];
    assert_eq!(fields(&mkt.add_checks(both).await.unwrap_err()), ["checks[1].name"]);
    let more = pb::Check { source: "12345".to_owned(), ..allow(&waits) };
    assert_eq!(fields(&mkt.add_checks(vec![more]).await.unwrap_err()), ["checks[0].name"]);
    let eco = world.agency("ECO").await;
    let told = eco.add_checks(vec![allow(&waits)]).await.unwrap_err();
    assert_eq!(fields(&told), ["checks[0].name"]);
    let allowed = mkt.add_checks(vec![allow(&waits)]).await.unwrap();
    assert_eq!(allowed[0].over_cap_because, "three people fell ill");
    let last = office.merge(MARCH).await.unwrap();
    assert_eq!((last.visits, last.capped.len(), last.over_cap.len()), (1, 0, 1));
    assert_eq!(fields(&mkt.add_checks(vec![allow(&waits)]).await.unwrap_err()), ["checks[0].name"]);
    // The ordered one exceeded the cap as well.
    let rows = journal(&world, |rows| count(rows, "CAP_EXCEEDED") == 2).await;
    assert_eq!((count(&rows, "CAP_EXCEEDED"), count(&rows, "CHECK_OVER_CAP")), (2, 1));
}

#[tokio::test]
async fn what_was_drawn_is_merged_with_its_panels() {
    let fair = Fair::new().await;
    let draw = fair.drawn().await;
    let winners = fair.office.winners(&draw.name).await;
    let merged = fair.office.merge(("2026-03-05", "2026-04-30")).await.unwrap();
    assert_eq!(merged.checks, 16);
    let subjects: std::collections::BTreeSet<_> =
        winners.iter().map(|one| one.subject.as_str()).collect();
    assert_eq!(usize::try_from(merged.visits).unwrap(), subjects.len(), "one for each subject");
    assert_eq!(merged.visits_saved, 16 - merged.visits);
    // The visits are not done, so nobody may know the seed.
    fair.world.clock.set(crate::world::local("2026-04-15 09:00"));
    let told = fair.office.open(&draw.name).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "RULE_BROKEN");
    // Nobody came in the windows, and nobody will: the draw does not stay shut for ever.
    fair.world.clock.set(crate::world::local("2026-07-01 09:00"));
    let opened = fair.office.open(&draw.name).await.unwrap();
    assert!(!opened.office_nonce.is_empty());
}

#[tokio::test]
async fn merging_is_for_the_guidance_office_and_for_a_period_of_one_year() {
    let world = World::new().await;
    let mkt = world.agency("MKT").await;
    let told = mkt.merge(MARCH).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    assert_eq!(rule(&told).0, "O-04");
    let office = world.agency("GDO").await;
    let told = office.merge(("2026-12-01", "2027-01-15")).await.unwrap_err();
    assert_eq!(fields(&told), ["period_end"]);
    let told = office.merge(("2026-03-31", "2026-03-02")).await.unwrap_err();
    assert_eq!(fields(&told), ["period_end"]);
    let told = office.merge(("2026-01-01", "2026-12-31")).await.unwrap_err();
    assert_eq!(fields(&told), ["period_end"]);
}
