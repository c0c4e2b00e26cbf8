//! A disk without room: told as such, nothing half-written, and everything there afterwards.

use std::{fs, path::Path};

use client::{Error, Mesh};
use proto::referral::v1 as pb;
use tonic::Code;

use crate::{
    calls::{self, list, opened, taken, timeline, watched},
    county::County,
    ledger::said,
    process::{Launch, sparse},
};

/// What the databases may still grow by.
const ROOM_KIB: u64 = 1024;

#[tokio::test]
async fn a_full_disk_is_told_as_such_loses_nothing_and_is_survived() {
    let (mut county, server) = County::new(&["MKT"], Vec::new()).await;
    let mesh = county.connect("MKT").await;
    let (docket, referral) = opened(&mesh, "before").await;
    let referral = taken(&mesh, referral, 1).await;
    server.stop().await;

    // The log lies on the same disk: it cannot be written to either.
    let limit = largest(&county.launch.data.join("db")) / 1024 + ROOM_KIB;
    let full_log = county.base.path().join("full.log");
    sparse(&full_log, limit * 1024);
    let normal = county.launch.clone();
    county.launch = Launch { file_kib: Some(limit), log: full_log, ..normal.clone() };
    let server = county.launch.start().await;

    let (acknowledged, refused) = fill(&mesh).await;
    let step = large_step(&referral);
    full(mesh.referral().take_step(step.clone()).await.unwrap_err());
    // Reading goes on, and shows what was acknowledged and nothing else.
    let titles = [vec!["before".to_owned()], acknowledged.clone()].concat();
    assert_eq!(dockets(&mesh).await, titles);
    assert_eq!(list(&mesh).await, std::slice::from_ref(&referral));
    let kinds = |events: Vec<pb::Event>| events.iter().map(said).collect::<Vec<_>>();
    let before = kinds(timeline(&mesh, &docket.name).await);
    assert_eq!(before.len(), 3, "{before:?}");
    server.stop().await;

    county.launch = normal;
    let server = county.launch.start().await;
    assert_eq!(dockets(&mesh).await, titles);
    let answer = mesh.referral().open_docket(refused.clone()).await.unwrap().into_inner();
    assert_eq!(answer.docket.unwrap().title, refused.title);
    let answer = mesh.referral().take_step(step).await.unwrap().into_inner();
    assert_eq!(answer.referral.unwrap().state, "AWAITING_HEAD");
    assert_eq!(dockets(&mesh).await, [titles, vec![refused.title]].concat());
    assert_eq!(kinds(timeline(&mesh, &docket.name).await).len(), before.len() + 1);
    server.stop().await;
}

/// Opens dockets until there is no room; the titles acknowledged, and the request refused.
async fn fill(mesh: &Mesh) -> (Vec<String>, pb::OpenDocketRequest) {
    let mut acknowledged = Vec::new();
    loop {
        assert!(acknowledged.len() < 200, "the disk does not fill");
        let mut request = calls::open_docket(&format!("large {}", acknowledged.len()));
        request.facts = (0..100).map(|n| (format!("note {n}"), "x".repeat(1000))).collect();
        match mesh.referral().open_docket(request.clone()).await {
            Ok(_) => acknowledged.push(request.title),
            Err(status) => {
                full(status);
                assert!(!acknowledged.is_empty());
                return (acknowledged, request);
            }
        }
    }
}

/// The second step, with a report that finds no room.
fn large_step(referral: &pb::Referral) -> pb::TakeStepRequest {
    let mut step = calls::step(referral, 1);
    let annexes = (0..50).map(|n| (format!("annex {n}"), "x".repeat(12_000)));
    step.documents[0].fields.extend(annexes);
    step
}

fn full(status: tonic::Status) {
    let error = Error::from(status);
    assert_eq!((error.code, error.reason.as_str()), (Code::Unavailable, "STORAGE_FULL"), "{error}");
    assert_eq!(error.message, "storage is full: nothing was written");
}

/// The titles of the dockets, as the events tell them.
async fn dockets(mesh: &Mesh) -> Vec<String> {
    let told = "MKT opened the docket ";
    let events = watched(mesh).await.into_iter();
    events.filter_map(|event| event.summary.strip_prefix(told).map(str::to_owned)).collect()
}

fn largest(dir: &Path) -> u64 {
    let files = fs::read_dir(dir).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).max().unwrap()
}
