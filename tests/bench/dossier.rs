//! The dossiers and items that the benchmarks of evidence work on.

use client::{Mesh, request_id};
use proto::evidence::v1 as pb;

/// Opens a dossier as MKT, and returns its name.
pub(crate) async fn open(mesh: &Mesh) -> String {
    let request = pb::OpenDossierRequest {
        request_id: request_id(),
        title: "a case of the benchmark".to_owned(),
        case_no: request_id(),
        docket: String::new(),
        investigators: vec!["MKT-01".to_owned(), "MKT-02".to_owned()],
        officer: "MKT-01".to_owned(),
    };
    let answer = mesh.evidence().open_dossier(request).await.unwrap();
    answer.into_inner().dossier.unwrap().name
}

/// Adds a physical item with this code, and returns its name.
pub(crate) async fn item(mesh: &Mesh, dossier: &str, code: &str) -> String {
    let now = std::time::SystemTime::now();
    let collection = pb::Collection {
        time: Some(now.into()),
        place: "云泽县示例路1号".to_owned(),
        collectors: vec!["MKT-01".to_owned(), "MKT-02".to_owned()],
        holder: "示例经营户".to_owned(),
        method: pb::CollectionMethod::Seized.into(),
        ..Default::default()
    };
    let paper = pb::SourcePaper {
        code: "SEIZURE_LIST".to_owned(),
        number: "扣〔2026〕1号".to_owned(),
        signed_by: vec!["OFFICERS".to_owned(), "HOLDER".to_owned()],
    };
    let item = pb::Item {
        kind: pb::EvidenceKind::Physical.into(),
        title: "示例物品".to_owned(),
        code: code.to_owned(),
        quantity: "1".to_owned(),
        unit: "件".to_owned(),
        features: "红色".to_owned(),
        source: "扣押".to_owned(),
        condition: "完好".to_owned(),
        storage_place: "一号库".to_owned(),
        collection: Some(collection),
        source_papers: vec![paper],
        ..Default::default()
    };
    let request = pb::AddItemRequest {
        request_id: request_id(),
        dossier: dossier.to_owned(),
        item: Some(item),
        officer: "MKT-01".to_owned(),
    };
    mesh.evidence().add_item(request).await.unwrap().into_inner().item.unwrap().name
}
