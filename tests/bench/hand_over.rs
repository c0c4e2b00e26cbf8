//! (b) A thousand items handed over: the time of both signatures.

use std::time::Instant;

use client::request_id;
use proto::evidence::v1 as pb;

use crate::{
    Options,
    dossier::{item, open},
    mesh::serve,
    report::{Figure, Report, median},
};

/// Items of one list.
const ITEMS: usize = 1000;

pub(crate) async fn bench(options: &Options, report: &mut Report) {
    let served = serve(&[]).await;
    let giver = served.agency("MKT").await;
    let receiver = served.agency("AGR").await;
    let mut took = Vec::new();
    for _ in 0..options.rounds {
        let dossier = open(&giver).await;
        let mut items = Vec::new();
        for at in 0..ITEMS {
            items.push(item(&giver, &dossier, &format!("B-{at}")).await);
        }
        let request = pb::ProposeHandOverRequest {
            request_id: request_id(),
            dossier,
            receiver: "AGR".to_owned(),
            purpose: pb::HandOverPurpose::OtherAgency.into(),
            items,
            place: "云泽县示例路1号".to_owned(),
            officer: "MKT-01".to_owned(),
            ..Default::default()
        };
        let proposed = giver.evidence().propose_hand_over(request).await.unwrap().into_inner();
        let proposed = proposed.hand_over.unwrap();
        let count = |line: &pb::HandOverLine| pb::LineCount {
            line_no: line.line_no,
            counted_quantity: line.quantity.clone(),
            condition: line.condition.clone(),
            seal_no: line.seal_no.clone(),
            accepted: true,
            storage_place: "二号库".to_owned(),
            ..Default::default()
        };
        let request = pb::CountHandOverRequest {
            request_id: request_id(),
            name: proposed.name,
            etag: proposed.etag,
            counts: proposed.lines.iter().map(count).collect(),
            officer: "AGR-01".to_owned(),
            custodian: "AGR-03".to_owned(),
            investigators: vec!["AGR-01".to_owned(), "AGR-02".to_owned()],
        };
        let counted = receiver.evidence().count_hand_over(request).await.unwrap().into_inner();
        let counted = counted.hand_over.unwrap();
        let sign = |officer: &str| pb::SignHandOverRequest {
            request_id: request_id(),
            name: counted.name.clone(),
            list_sha256: counted.list_sha256.clone(),
            officer: officer.to_owned(),
        };
        let start = Instant::now();
        receiver.evidence().sign_hand_over(sign("AGR-01")).await.unwrap();
        let both = giver.evidence().sign_hand_over(sign("MKT-01")).await.unwrap().into_inner();
        took.push(start.elapsed().as_secs_f64());
        assert_eq!(both.hand_over.unwrap().state(), pb::HandOverState::Completed);
    }
    report.add(Figure {
        name: "hand-over of 1,000 items, both signatures".into(),
        value: median(took),
        unit: "s",
        most: Some(1.0),
        ..Figure::default()
    });
}
