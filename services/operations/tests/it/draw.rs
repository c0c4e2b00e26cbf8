//! The public draw: from frozen lists to a record that anybody replays, and everything that voids it.

use std::collections::BTreeSet;

use prost::Message as _;
use proto::operations::v1 as pb;
use tonic::Code;

use crate::{
    make::{Fair, commitment, count, journal, nonce, officer, subject},
    world::{Plan, World, assert_told, fields, local, reason, rule},
};

#[tokio::test]
async fn a_draw_is_made_and_then_replayed_by_anybody() {
    let fair = Fair::new().await;
    let draw = fair.drawn().await;
    // A fifth of forty, for each of two bodies.
    assert_eq!((draw.subject_count, draw.officer_count, draw.winner_count), (40, 4, 16));
    assert!(draw.commitments.iter().all(|one| !one.dropped));
    let own = fair.mkt.winners(&draw.name).await;
    assert_eq!(own.len(), 8);
    assert!(own.iter().all(|one| one.agency == "MKT" && one.officers.len() == 2));
    assert_eq!(fair.office.winners(&draw.name).await.len(), 16);
    let stranger = fair.world.agency("CAE").await;
    assert!(stranger.winners(&draw.name).await.is_empty(), "nobody else knows yet");

    let told = stranger.record(&draw.name).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
    let told = fair.office.open(&draw.name).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "RULE_BROKEN");
    fair.world.clock.set(local("2026-07-01 09:00"));
    let opened = fair.office.open(&draw.name).await.unwrap();
    assert_eq!((opened.state(), opened.office_nonce), (pb::DrawState::Opened, nonce("GDO")));
    let record = stranger.record(&draw.name).await.unwrap();
    let verified = draw::verify(&record).unwrap();
    let roots = [draw.subjects_root, draw.officers_root, draw.rules_hash];
    assert_eq!(verified.published(), roots, "as they were frozen");
    assert_eq!(draw::hex(&verified.outcome.seed), opened.seed);
    let won = |winners: Vec<pb::Winner>| -> BTreeSet<(String, String)> {
        winners.into_iter().map(|one| (one.subject, one.agency)).collect()
    };
    let replayed = verified.outcome.rankings.iter();
    let replayed: BTreeSet<_> =
        replayed.map(|one| (format!("subjects/{}", one.subject), one.body.clone())).collect();
    assert_eq!(won(stranger.winners(&draw.name).await), replayed, "from now on everybody knows");
}

#[tokio::test]
async fn the_offices_nonce_is_nowhere_before_the_draw_is_opened() {
    let fair = Fair::new().await;
    let draw = fair.drawn().await;
    assert!(!format!("{draw:?}").contains(&nonce("GDO")) && draw.seed.is_empty());
    let got = fair.office.draw(&draw.name).await;
    assert!(!format!("{got:?}").contains(&nonce("GDO")) && got.seed.is_empty());
    let rows = journal(&fair.world, |rows| count(rows, "DRAW_RUN") == 1).await;
    for row in &rows {
        let text = String::from_utf8_lossy(&row.payload).into_owned();
        assert!(!text.contains(&nonce("GDO")), "in the row {}", row.kind);
    }
    let kinds: Vec<&str> =
        rows.iter().filter(|row| row.resource == draw.name).map(|row| row.kind.as_str()).collect();
    let told = ["DRAW_COMMITTED", "DRAW_COMMITTED", "DRAW_REVEALED", "DRAW_REVEALED", "DRAW_RUN"];
    assert_eq!(kinds[0], "DRAW_FROZEN", "the lists are frozen before the seed can exist");
    assert_eq!(kinds[1..], told);
    let frozen = rows.iter().find(|row| row.kind == "DRAW_FROZEN").unwrap();
    let event = pb::Event::decode(frozen.payload.as_slice()).unwrap();
    for root in [&draw.subjects_root, &draw.officers_root, &draw.rules_hash] {
        assert!(event.evidence.iter().any(|one| one.ends_with(root.as_str())), "{event:?}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_reveal_in_time_is_dropped_and_named() {
    let fair = Fair::new().await;
    let draw = fair.freeze().await;
    fair.mkt.commit(&draw.name, &commitment("MKT")).await.unwrap();
    let told = fair.mkt.reveal(&draw.name, &nonce("MKT")).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
    fair.world.clock.set(local("2026-03-03 11:00"));
    let told = fair.eco.commit(&draw.name, &commitment("ECO")).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "RULE_BROKEN");
    fair.mkt.reveal(&draw.name, &nonce("MKT")).await.unwrap();
    let told = fair.eco.reveal(&draw.name, &nonce("ECO")).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "RULE_BROKEN");
    fair.world.clock.set(local("2026-03-05 09:00"));
    let late = fair.mkt.reveal(&draw.name, &nonce("MKT")).await.unwrap_err();
    assert_told(&late, Code::FailedPrecondition, "RULE_BROKEN");
    let draw = fair.office.run(&draw.name, "07 11 13", &nonce("GDO")).await.unwrap();
    let dropped: Vec<_> =
        draw.commitments.iter().map(|one| (one.agency.as_str(), one.dropped)).collect();
    assert_eq!(dropped, [("ECO", true), ("MKT", false)]);
    assert_eq!(draw.state(), pb::DrawState::Drawn);
}

#[tokio::test]
async fn a_nonce_that_is_not_the_committed_one_voids_the_draw_and_says_whose_fault_it_is() {
    let fair = Fair::new().await;
    let draw = fair.freeze().await;
    for body in [&fair.mkt, &fair.eco] {
        body.commit(&draw.name, &commitment(&body.code)).await.unwrap();
    }
    let again = fair.mkt.commit(&draw.name, &commitment("MKT")).await.unwrap_err();
    assert_told(&again, Code::FailedPrecondition, "WRONG_STATE");
    let void = fair.eco.reveal(&draw.name, &nonce("another-body")).await.unwrap();
    assert_eq!((void.state(), void.void_by.as_str()), (pb::DrawState::Void, "ECO"));
    let told = fair.mkt.reveal(&draw.name, &nonce("MKT")).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");

    // The plans are free again; this time the office itself is at fault.
    let draw = fair.revealed().await;
    fair.world.clock.set(local("2026-03-05 09:00"));
    let void = fair.office.run(&draw.name, "07 11 13", &nonce("chosen-later")).await.unwrap();
    assert_eq!((void.state(), void.void_by.as_str()), (pb::DrawState::Void, "GDO"));
    assert!(fair.office.winners(&draw.name).await.is_empty());
}

#[tokio::test]
async fn a_list_that_changed_after_the_freeze_voids_the_draw() {
    for by in ["ECO", "MKT"] {
        let fair = Fair::new().await;
        let draw = fair.revealed().await;
        fair.world.clock.set(local("2026-03-04 09:00"));
        if by == "ECO" {
            // Another body writes a name, which no list has; then a rating changes.
            let renamed = pb::Subject { display_name: "New".to_owned(), ..subject(8, pb::Tier::A) };
            fair.world.agency("CAE").await.put_subjects(vec![renamed]).await.unwrap();
            fair.eco.put_subjects(vec![subject(7, pb::Tier::A)]).await.unwrap();
        } else {
            // An officer who was added.
            let officers = vec![officer("MKT-05")];
            let request =
                pb::PutResourcesRequest { officers, ..pb::PutResourcesRequest::default() };
            fair.mkt.put_resources(request).await.unwrap();
        }
        fair.world.clock.set(local("2026-03-05 09:00"));
        let void = fair.office.run(&draw.name, "07 11 13", &nonce("GDO")).await.unwrap();
        assert_eq!((void.state(), void.void_by.as_str()), (pb::DrawState::Void, by));
        assert!(void.void_reason.contains("changed after the freeze"), "{}", void.void_reason);
    }
}

#[tokio::test]
async fn what_is_written_again_unchanged_voids_nothing() {
    let fair = Fair::new().await;
    let draw = fair.revealed().await;
    fair.world.clock.set(local("2026-03-04 09:00"));
    let renamed = pb::Subject { display_name: "Renamed".to_owned(), ..subject(8, pb::Tier::A) };
    fair.mkt.put_subjects(vec![renamed]).await.unwrap();
    fair.mkt.with_officers().await;
    fair.world.clock.set(local("2026-03-05 09:00"));
    let draw = fair.office.run(&draw.name, "07 11 13", &nonce("GDO")).await.unwrap();
    assert_eq!(draw.state(), pb::DrawState::Drawn, "{}", draw.void_reason);
}

#[tokio::test]
async fn nothing_is_drawn_before_the_public_value_appears_and_the_log_has_the_lists() {
    let fair = Fair::new().await;
    let draw = fair.revealed().await;
    fair.world.clock.set(local("2026-03-04 12:00"));
    let told = fair.office.run(&draw.name, "07 11 13", &nonce("GDO")).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "RULE_BROKEN");
    fair.world.clock.set(local("2026-03-05 09:00"));
    let told = fair.office.run(&draw.name, "", &nonce("GDO")).await.unwrap_err();
    assert_eq!(fields(&told), ["public_value"]);
    let told = fair.mkt.run(&draw.name, "07 11 13", &nonce("GDO")).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    fair.world.log.is_behind(true);
    let told = fair.office.run(&draw.name, "07 11 13", &nonce("GDO")).await.unwrap_err();
    assert_told(&told, Code::Unavailable, "LOG_UNAVAILABLE");
    fair.world.log.is_behind(false);
    fair.office.run(&draw.name, "07 11 13", &nonce("GDO")).await.unwrap();
    let told = fair.office.run(&draw.name, "07 11 13", &nonce("GDO")).await.unwrap_err();
    assert_told(&told, Code::FailedPrecondition, "WRONG_STATE");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_logs_checkpoint_is_taken_once_by_the_clock_and_not_by_the_office() {
    let fair = Fair::new().await;
    let request = pb::FreezeDrawRequest {
        public_value_source: "TRANSPARENCY_LOG".to_owned(),
        ..fair.freezing()
    };
    let draw = fair.office.client.clone().freeze_draw(request).await.unwrap().into_inner();
    let draw = draw.draw.unwrap();
    fair.world.clock.set(local("2026-03-05 09:00"));
    let told = fair.office.run(&draw.name, "", &nonce("GDO")).await.unwrap_err();
    assert_told(&told, Code::Unavailable, "LOG_UNAVAILABLE");
    let stop = crate::assistance::start(&fair.world.operations);
    while fair.office.draw(&draw.name).await.public_value.is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    crate::assistance::finish(stop).await;
    let value = fair.office.draw(&draw.name).await.public_value;
    assert!(value.starts_with("1 0707"), "{value}");
    let told = fair.office.run(&draw.name, "2 0707", &nonce("GDO")).await.unwrap_err();
    assert_eq!(fields(&told), ["public_value"]);
    let drawn = fair.office.run(&draw.name, "", &nonce("GDO")).await.unwrap();
    assert_eq!((drawn.state(), drawn.public_value), (pb::DrawState::Drawn, value));
}

#[tokio::test]
async fn what_cannot_be_frozen_says_why() {
    let fair = Fair::new().await;
    let mut client = fair.office.client.clone();
    let faulty = pb::FreezeDrawRequest {
        office_commitment: "abc".to_owned(),
        algorithm: "MD5".to_owned(),
        public_value_source: "a\tb".to_owned(),
        bodies: vec!["MKT".to_owned(), "GDO".to_owned()],
        reveal_deadline: Some(crate::make::stamp("2026-03-03 10:00")),
        public_value_time: Some(crate::make::stamp("2026-03-02 11:00")),
        ..fair.freezing()
    };
    let told = client.freeze_draw(faulty).await.unwrap_err();
    assert_eq!(
        fields(&told),
        [
            "bodies",
            "office_commitment",
            "public_value_source",
            "algorithm",
            "reveal_deadline",
            "public_value_time"
        ]
    );
    let told = fair.mkt.client.clone().freeze_draw(fair.freezing()).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    let alone = pb::FreezeDrawRequest { bodies: vec!["MKT".to_owned()], ..fair.freezing() };
    let told = client.freeze_draw(alone).await.unwrap_err();
    assert!(told.message().contains("takes no part"), "{told:?}");
    let draft = crate::make::plan(vec![crate::make::item("MKT-FOOD")]);
    let draft = fair.mkt.put_plan(draft).await.unwrap().plan.unwrap();
    let unfiled = pb::FreezeDrawRequest { plans: vec![draft.name], ..fair.freezing() };
    let told = client.freeze_draw(unfiled).await.unwrap_err();
    assert_eq!((reason(&told).as_str(), rule(&told).0.as_str()), ("RULE_BROKEN", "O-10"));

    let draw = fair.freeze().await;
    let told = client.freeze_draw(fair.freezing()).await.unwrap_err();
    assert!(told.message().contains("draws from the plan now"), "{told:?}");
    let void = |by: &str| pb::VoidDrawRequest {
        request_id: crate::world::id(),
        name: draw.name.clone(),
        reason: "the lottery was called off".to_owned(),
        by_fault_of: by.to_owned(),
        officer: "GDO-01".to_owned(),
    };
    let told = client.void_draw(void("CAE")).await.unwrap_err();
    assert_eq!(fields(&told), ["by_fault_of"]);
    let by_mkt = pb::VoidDrawRequest { officer: "MKT-01".to_owned(), ..void("MKT") };
    let told = fair.mkt.client.clone().void_draw(by_mkt).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    client.void_draw(void("GDO")).await.unwrap();
    // Names carry the millisecond of their making, and are listed by it.
    fair.world.clock.set(local("2026-03-02 10:01"));
    fair.freeze().await;
    let list = client.list_draws(pb::ListDrawsRequest::default()).await.unwrap().into_inner();
    let states: Vec<_> = list.draws.iter().map(pb::Draw::state).collect();
    assert_eq!(states, [pb::DrawState::Frozen, pb::DrawState::Void]);
}

#[tokio::test]
async fn a_stranger_takes_no_part_in_a_draw() {
    let fair = Fair::new().await;
    let draw = fair.freeze().await;
    let stranger = fair.world.agency("CAE").await;
    let told = stranger.commit(&draw.name, &commitment("CAE")).await.unwrap_err();
    assert_told(&told, Code::PermissionDenied, "NOT_YOURS");
    let told = stranger.commit("draws/none", &commitment("CAE")).await.unwrap_err();
    assert_told(&told, Code::NotFound, "NOT_FOUND");
    let told = fair.mkt.commit(&draw.name, "ABC").await.unwrap_err();
    assert_eq!(fields(&told), ["commitment"]);
    let told = fair.mkt.reveal(&draw.name, "short").await.unwrap_err();
    assert_eq!(fields(&told), ["nonce"]);
}

#[tokio::test]
async fn who_was_drawn_is_not_drawn_again_in_the_period_and_a_recused_officer_is_struck() {
    let settings = operations::domain::settings::Settings {
        open_after_visits: false,
        ..Plan::default().settings
    };
    let world = World::planned(Plan { settings, ..Plan::default() }).await;
    let fair = Fair::on(world).await;
    let recused = pb::OfficerProfile {
        recusals: (1..=40)
            .map(|n| pb::Recusal {
                subject: crate::make::subject_name(n),
                reason: "a cousin owns it".to_owned(),
            })
            .collect(),
        ..officer("MKT-02")
    };
    let officers = vec![recused];
    let request = pb::PutResourcesRequest { officers, ..pb::PutResourcesRequest::default() };
    fair.mkt.put_resources(request).await.unwrap();
    let draw = fair.drawn().await;
    let first = fair.mkt.winners(&draw.name).await;
    for winner in &first {
        let struck: Vec<_> = winner
            .officers
            .iter()
            .filter(|one| !one.passed_over_because.is_empty())
            .map(|one| one.certificate_no.as_str())
            .collect();
        assert_eq!(struck, ["MKT-02"]);
        assert!(winner.officers.iter().any(|one| one.passed_over_because.contains("a cousin")));
    }
    // With the setting off the draw is opened at once.
    fair.office.open(&draw.name).await.unwrap();
    fair.world.clock.set(local("2026-03-02 11:00"));
    let draw = fair.drawn().await;
    let second = fair.mkt.winners(&draw.name).await;
    let names = |of: &[pb::Winner]| -> BTreeSet<String> {
        of.iter().map(|one| one.subject.clone()).collect()
    };
    assert!(names(&first).is_disjoint(&names(&second)), "once in the period");
    assert_eq!(second.len(), 7, "a fifth of the thirty-two that are left, rounded up");
}
