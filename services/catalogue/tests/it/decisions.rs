//! What a dispute settled becomes a revision, once, on top of whatever was published meanwhile.

use proto::catalogue::v1::{self as pb, Standing};
use tokio::task::JoinSet;
use tonic::{Code, Status};

use crate::world::{Client, World, ask, assert_told, fields, id, transfer};

fn decision(matter: &str, competent: &str) -> pb::RecordDecisionRequest {
    pb::RecordDecisionRequest {
        request_id: id(),
        boundary: Some(pb::Boundary {
            dispute: format!("disputes/{}", id()),
            matter: matter.to_owned(),
            territory: "330999001".to_owned(),
            subject: String::new(),
            competent: competent.to_owned(),
            others: vec!["CAE".to_owned()],
            valid_from: "2026-03-01".to_owned(),
            act: "云政争〔2026〕1号".to_owned(),
        }),
        agency: "GOV-C".to_owned(),
        officer: "GOV-C-04".to_owned(),
    }
}

async fn tell(client: &Client, request: pb::RecordDecisionRequest) -> Result<pb::Revision, Status> {
    let answer = client.clone().record_decision(request).await?;
    Ok(answer.into_inner().revision.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_is_one_revision_however_often_it_is_told() {
    let world = World::published().await;
    let arbitration = world.service("arbitration").await;
    let request = decision("M001", "HOU");
    let revision = tell(&arbitration, request.clone()).await.unwrap();
    assert_eq!((revision.number, revision.entries_put), (2, 1));
    assert_eq!(
        (revision.agency.as_str(), revision.announcement.as_str()),
        ("GOV-C", "云政争〔2026〕1号")
    );
    assert_eq!(tell(&arbitration, request.clone()).await.unwrap(), revision);
    let anew = pb::RecordDecisionRequest { request_id: id(), ..request.clone() };
    assert_eq!(tell(&arbitration, anew).await.unwrap(), revision, "by the dispute, too");

    let mkt = world.agency("MKT").await;
    let answer = mkt.resolve(ask("M001", "330999001")).await;
    assert_eq!((answer.revision, answer.competent.as_str()), (2, "HOU"));
    let cae = answer.claims.iter().find(|claim| claim.agency == "CAE").unwrap();
    assert_eq!((cae.standing(), cae.reasons[0].rule.as_str()), (Standing::NotCompetent, "J-02"));
    assert_eq!(answer.claims[0].reasons[0].source, "云政争〔2026〕1号");
    assert_eq!(mkt.resolve(ask("M001", "330999002")).await.competent, "CAE", "elsewhere as before");
}

#[tokio::test(flavor = "multi_thread")]
async fn decisions_and_publications_at_once_all_find_their_place() {
    let world = World::published().await;
    let arbitration = world.service("arbitration").await;
    let county = world.agency("GOV-C").await;
    let mut telling = JoinSet::new();
    for matter in ["M001", "M002", "M003", "M004"] {
        let (client, request) = (arbitration.clone(), decision(matter, "HOU"));
        telling.spawn(async move { tell(&client, request).await.unwrap().number });
    }
    let mut numbers = telling.join_all().await;
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 3, 4, 5]);
    county.publish(5, transfer("2026-03-31", "2026-04-01")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_at_fault_is_refused_with_its_rule() {
    let world = World::published().await;
    let arbitration = world.service("arbitration").await;
    let refused = async |request| tell(&arbitration, request).await.unwrap_err();
    let word = |status: &Status, word| assert_told(status, Code::FailedPrecondition, word);
    word(&refused(decision("M999", "HOU")).await, "UNKNOWN_MATTER");
    word(&refused(decision("M001", "XYZ")).await, "UNKNOWN_BODY");
    word(&refused(decision("M001", "GDO")).await, "NOT_A_HOLDER");
    let empty = pb::RecordDecisionRequest { request_id: id(), ..Default::default() };
    assert_eq!(fields(&refused(empty).await), ["agency", "boundary"]);
    let mut odd = decision("M001", "HOU");
    let boundary = odd.boundary.as_mut().unwrap();
    (boundary.dispute, boundary.valid_from) = ("disputes/1".to_owned(), "soon".to_owned());
    assert_eq!(fields(&refused(odd).await), ["boundary.dispute", "boundary.valid_from"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_subject_of_a_decision_is_told_to_those_it_is_about() {
    let world = World::published().await;
    let arbitration = world.service("arbitration").await;
    let mut request = decision("M001", "HOU");
    request.boundary.as_mut().unwrap().subject = "张三".to_owned();
    tell(&arbitration, request.clone()).await.unwrap();
    let kind = pb::EntryKind::Boundary.into();
    let gone = pb::EntryRef { kind, key: request.boundary.unwrap().dispute };
    let seen = async |mut client: Client| {
        let list = pb::ListEntriesRequest { kind, ..Default::default() };
        let list = client.list_entries(list).await.unwrap().into_inner().entries;
        let diff = pb::DiffRevisionsRequest { from_revision: 1, ..Default::default() };
        let diff = client.diff_revisions(diff).await.unwrap().into_inner().entry_changes;
        let changes = pb::Changes { put: Vec::new(), remove: vec![gone.clone()] };
        let preview = pb::PreviewRevisionRequest { changes: Some(changes), base_revision: 2 };
        let preview = client.preview_revision(preview).await.unwrap().into_inner().entry_changes;
        let entries = [list[0].clone(), diff[0].clone().after.unwrap()];
        let entries = entries.into_iter().chain([preview[0].clone().before.unwrap()]);
        entries
            .map(|entry| match entry.entry {
                Some(pb::entry::Entry::Boundary(boundary)) => boundary.subject,
                other => panic!("{other:?}"),
            })
            .collect::<Vec<_>>()
    };
    for code in ["HOU", "CAE", "GOV-C", "GDO"] {
        assert_eq!(seen(world.agency(code).await.client).await, ["张三"; 3], "{code}");
    }
    assert_eq!(seen(arbitration).await, ["张三"; 3], "a service of the mesh");
    assert_eq!(seen(world.agency("MKT").await.client).await, [""; 3], "MKT was not heard");
    assert_eq!(seen(world.service("operator").await).await, [""; 3], "nor an operator");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_cannot_take_away_what_a_decision_settled() {
    let world = World::published().await;
    let arbitration = world.service("arbitration").await;
    let request = decision("M001", "HOU");
    tell(&arbitration, request.clone()).await.unwrap();
    let county = world.agency("GOV-C").await;
    let kind = pb::EntryKind::Boundary.into();
    let gone = pb::EntryRef { kind, key: request.boundary.unwrap().dispute };
    let changes = pb::Changes { put: Vec::new(), remove: vec![gone] };
    let refusal = county.publish(2, changes).await.unwrap_err();
    assert_told(&refusal, Code::FailedPrecondition, "BY_DECISION_ONLY");
}
