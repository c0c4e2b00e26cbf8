//! A revision is previewed, published as one signed act of the head, and read back.

use proto::catalogue::v1::{self as pb, entry::Entry};
use tonic::Code;

use crate::world::{World, ask, assert_told, fields, id, power, put, rule, transfer};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_revision_of_the_county_is_without_fault_and_answers() {
    let world = World::new().await;
    let county = world.agency("GOV-C").await;
    let first = catalogue::data::first().unwrap();
    let preview = county.preview(0, first.clone()).await.unwrap();
    assert_eq!(preview.faults, []);
    assert_eq!((preview.entry_changes.len(), preview.changes_left_off), (first.put.len(), 0));
    let moved = preview.power_moves.iter().find(|one| one.matter == "M008").unwrap();
    assert_eq!(
        (moved.from.as_slice(), moved.to.as_slice()),
        (&["NAT".to_owned()][..], &["CAE".to_owned()][..])
    );
    assert_eq!(moved.on_date, "2022-07-01");
    assert!(moved.summary.contains("cases filed before"), "{}", moved.summary);

    let revision = county.publish(0, first.clone()).await.unwrap();
    assert_eq!((revision.name.as_str(), revision.number), ("revisions/1", 1));
    assert_eq!(revision.entries_put, i32::try_from(first.put.len()).unwrap());
    assert_eq!(revision.changes_sha256, preview.preview_sha256);
    assert_eq!((revision.agency.as_str(), revision.officer.as_str()), ("GOV-C", "GOV-C-04"));
    let request = pb::GetRevisionRequest { name: "revisions/latest".to_owned() };
    let read = county.client.clone().get_revision(request).await.unwrap().into_inner();
    assert_eq!(read.revision.unwrap(), revision);

    let answer = world.agency("MKT").await.resolve(ask("M033", "330999004")).await;
    assert_eq!((answer.revision, answer.competent.as_str()), (1, "MKT"));
    assert!(
        answer.summary.contains("MKT is competent for M033 in 330999004"),
        "{}",
        answer.summary
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transfer_changes_two_entries_and_says_what_it_means() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let preview = county.preview(1, transfer("2026-03-31", "2026-04-01")).await.unwrap();
    assert_eq!(preview.faults, []);
    let changed: Vec<_> = preview.entry_changes.iter().map(|one| one.key.as_str()).collect();
    assert_eq!(changed, ["M033/CAE/330999/2026-04-01", "M033/MKT/330999/2000-01-01"]);
    assert_eq!(preview.entry_changes[1].fields, ["valid_to"]);
    assert_eq!(preview.power_moves.len(), 1);
    let revision = county.publish(1, transfer("2026-03-31", "2026-04-01")).await.unwrap();
    assert_eq!((revision.number, revision.entries_put, revision.entries_removed), (2, 2, 0));

    let mkt = world.agency("MKT").await;
    assert_eq!(mkt.resolve(ask("M033", "330999004")).await.competent, "MKT", "not yet");
    world.clock.set(crate::world::local("2026-04-01 00:00"));
    assert_eq!(mkt.resolve(ask("M033", "330999004")).await.competent, "CAE");
    let old = pb::ResolveCompetenceRequest { revision: 1, ..ask("M033", "330999004") };
    let old = mkt.resolve(old).await;
    assert_eq!((old.revision, old.competent.as_str()), (1, "MKT"), "as revision 1 has it");
    let none = pb::ResolveCompetenceRequest { revision: 3, ..ask("M033", "330999004") };
    let refusal = mkt.client.clone().resolve_competence(none).await.unwrap_err();
    assert_told(&refusal, Code::NotFound, "NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_as_it_is_stays_as_old_as_it_is() {
    let world = World::published().await;
    let county = world.agency("GDO").await;
    let mut changes = catalogue::data::first().unwrap();
    changes.put.extend(put([Entry::Power(power("M045", "CAE", "2026-04-01", ""))]).put);
    let ended = pb::Power {
        source: pb::PowerSource::Duty.into(),
        act: String::new(),
        ..power("M045", "NAT", "2000-01-01", "2026-03-31")
    };
    // The same line of the spreadsheet, changed.
    changes.put.retain(|entry| !entry.key.starts_with("M045/NAT/"));
    changes.put.extend(put([Entry::Power(ended)]).put);
    let revision = county.publish(1, changes).await.unwrap();
    assert_eq!((revision.entries_put, revision.agency.as_str()), (2, "GDO"));
    let request = pb::ListEntriesRequest { matter: "M045".to_owned(), ..Default::default() };
    let list = county.client.clone().list_entries(request).await.unwrap().into_inner();
    let since: Vec<_> = list.entries.iter().map(|entry| entry.since_revision).collect();
    assert_eq!((list.revision, since), (2, vec![1, 2, 2]));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_head_of_a_publisher_publishes() {
    let world = World::published().await;
    let changes = transfer("2026-03-31", "2026-04-01");
    let cae = world.agency("CAE").await;
    let refusal = cae.publish(1, changes.clone()).await.unwrap_err();
    assert_told(&refusal, Code::PermissionDenied, "NOT_A_PUBLISHER");
    assert_eq!(rule(&refusal), ("LAW-12".to_owned(), "seed section 1.1".to_owned()));
    let county = world.agency("GOV-C").await;
    for officer in ["GOV-C-01", "GOV-C-03"] {
        let request = pb::PublishRevisionRequest {
            officer: officer.to_owned(),
            ..county.signed(1, changes.clone()).await
        };
        assert_told(
            &county.send(request).await.unwrap_err(),
            Code::PermissionDenied,
            "WRONG_OFFICER",
        );
    }
    let request = pb::PublishRevisionRequest {
        officer: "CAE-04".to_owned(),
        ..county.signed(1, changes).await
    };
    let refusal = county.send(request).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    assert_eq!(fields(&refusal), ["officer"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_is_what_was_previewed_against_the_newest() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let changes = transfer("2026-03-31", "2026-04-01");
    let other = pb::PublishRevisionRequest {
        changes: Some(transfer("2026-04-30", "2026-05-01")),
        ..county.signed(1, changes.clone()).await
    };
    let refusal = county.send(other).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "NOT_AS_PREVIEWED");
    for base in [0, 2] {
        let refusal = county.preview(base, changes.clone()).await.unwrap_err();
        assert_told(&refusal, Code::Aborted, "STALE");
        let old = pb::PublishRevisionRequest {
            base_revision: base,
            ..county.signed(1, changes.clone()).await
        };
        assert_told(&county.send(old).await.unwrap_err(), Code::Aborted, "STALE");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_at_fault_is_told_at_once() {
    let world = World::published().await;
    let county = world.agency("GOV-C").await;
    let request = pb::PublishRevisionRequest { base_revision: -1, ..Default::default() };
    let refusal = county.send(request).await.unwrap_err();
    assert_told(&refusal, Code::InvalidArgument, "FIELDS");
    let all = [
        "request_id",
        "title",
        "announcement",
        "officer",
        "base_revision",
        "preview_sha256",
        "changes",
    ];
    assert_eq!(fields(&refusal), all);
    let asked = pb::ResolveCompetenceRequest {
        place: "3309".to_owned(),
        act_date: "yesterday".to_owned(),
        filed_by: "x".to_owned(),
        revision: -1,
        ..Default::default()
    };
    let refusal = county.client.clone().resolve_competence(asked).await.unwrap_err();
    assert_eq!(
        fields(&refusal),
        ["matter", "place", "act_date", "filed_by", "filed_on", "revision"]
    );
    let long = pb::PublishRevisionRequest {
        request_id: id(),
        title: "长".repeat(200),
        ..county.signed(1, transfer("2026-03-31", "2026-04-01")).await
    };
    assert_eq!(fields(&county.send(long).await.unwrap_err()), ["title"]);
}
