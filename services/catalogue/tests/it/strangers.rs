//! Who may do what: everybody known reads, publishers publish, arbitration records decisions.

use proto::catalogue::v1 as pb;
use tonic::Code;

use crate::world::{World, ask, id, transfer};

#[tokio::test(flavor = "multi_thread")]
async fn agencies_and_services_read_and_only_some_write() {
    let world = World::published().await;
    let mut referral = world.service("referral").await;
    let answer = referral.resolve_competence(ask("M001", "330999001")).await.unwrap().into_inner();
    assert_eq!(answer.competent, "CAE", "services ask, too");
    let county = world.agency("GOV-C").await;
    let request = county.signed(1, transfer("2026-03-31", "2026-04-01")).await;
    let refusal = referral.publish_revision(request).await.unwrap_err();
    assert_eq!(refusal.code(), Code::PermissionDenied);

    let decision = pb::RecordDecisionRequest { request_id: id(), ..Default::default() };
    let mut agency = county.client.clone();
    for client in [&mut referral, &mut agency] {
        let refusal = client.record_decision(decision.clone()).await.unwrap_err();
        assert_eq!(refusal.code(), Code::PermissionDenied);
        let refusal = client.read_journal(pb::ReadJournalRequest::default()).await.unwrap_err();
        assert_eq!(refusal.code(), Code::PermissionDenied);
    }
    let mut township = world.agency("TG-T13").await.client;
    let listed = township.list_entries(pb::ListEntriesRequest::default()).await.unwrap();
    assert_eq!(listed.into_inner().entries.len(), 100);
    let changes = transfer("2026-03-31", "2026-04-01");
    let preview = world.agency("CAE").await.preview(1, changes).await.unwrap();
    assert_eq!(preview.faults, [], "whoever drafts a revision may see what it would do");
}
