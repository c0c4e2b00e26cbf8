//! (c) The transparency log: leaves sequenced while proofs are served, and how long a call waits to
//! be included. (d) Verifying a receipt.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use auth::{Kept, Trust, verify_kept};
use client::{Mesh, request_id};
use prost::Message as _;
use proto::{evidence::v1 as evidence, journal::v1::Row, supervision::v1 as pb};
use tlog::{Hash, Receipt, Vkey, trusted_vkeys};
use types::TrustDomain;

use crate::{
    Options,
    mesh::serve,
    report::{Figure, Report, median},
};

/// Rows that are there to be sequenced, in each round.
const ROWS: i64 = 30_000;
/// Callers who ask for proofs meanwhile.
const READERS: usize = 4;
/// Calls whose inclusion is waited for.
const CALLS: usize = 200;

pub(crate) async fn bench(options: &Options, report: &mut Report) {
    let served = serve(&[]).await;
    let mesh = served.agency("MKT").await;
    let journal = served.data_dir().join("db/identity.sqlite");
    let (mut leaves, mut proofs) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        let (sequenced, served) = sequence(&mesh, &journal).await;
        leaves.push(sequenced);
        proofs.push(served);
    }
    report.add(Figure {
        name: "log, leaves sequenced while proofs are served".into(),
        value: median(leaves),
        unit: "/s",
        yardstick: Some(5000.0),
        least_ratio: Some(1.0),
        ..Figure::default()
    });
    report.add(Figure {
        name: "log, inclusion proofs served meanwhile".into(),
        value: median(proofs),
        unit: "/s",
        ..Figure::default()
    });
    let done = Arc::new(AtomicBool::new(false));
    let (flag, path) = (Arc::clone(&done), journal.clone());
    let load = tokio::task::spawn_blocking(move || trickle(&path, &flag));
    let (p99, receipt) = inclusion(&mesh).await;
    done.store(true, Ordering::Relaxed);
    load.await.unwrap();
    report.add(Figure {
        name: "log, from a call's answer to its receipt, p99, at 5,000/s".into(),
        value: p99,
        unit: "s",
        most: Some(1.0),
        ..Figure::default()
    });
    let bundle = std::fs::read_to_string(served.data_dir().join("trust/bundle.json")).unwrap();
    report.add(Figure {
        name: "verify a receipt".into(),
        value: verify(&bundle, &receipt, options.rounds * 200),
        unit: "ms",
        most: Some(1.0),
        ..Figure::default()
    });
}

/// Leaves and proofs per second.
async fn sequence(mesh: &Mesh, journal: &Path) -> (f64, f64) {
    let before = size(mesh).await;
    let (done, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let readers: Vec<_> = (0..READERS)
        .map(|_| tokio::spawn(read(mesh.clone(), Arc::clone(&done), Arc::clone(&count))))
        .collect();
    let start = Instant::now();
    let path = journal.to_owned();
    tokio::task::spawn_blocking(move || fill(&path)).await.unwrap();
    while size(mesh).await < before + ROWS {
        assert!(start.elapsed() < Duration::from_secs(120), "the log stands still");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let seconds = start.elapsed().as_secs_f64();
    done.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.await.unwrap();
    }
    let rows = u32::try_from(ROWS).unwrap();
    let served = u32::try_from(count.load(Ordering::Relaxed)).unwrap();
    (f64::from(rows) / seconds, f64::from(served) / seconds)
}

async fn size(mesh: &Mesh) -> i64 {
    let answer = mesh.supervision().get_checkpoint(pb::GetCheckpointRequest {}).await.unwrap();
    answer.into_inner().tree_size
}

async fn read(mesh: Mesh, done: Arc<AtomicBool>, count: Arc<AtomicU64>) {
    while !done.load(Ordering::Relaxed) {
        let request = pb::GetInclusionProofRequest {
            service: "identity".to_owned(),
            row_id: 1,
            ..Default::default()
        };
        let proof = mesh.supervision().get_inclusion_proof(request).await.unwrap().into_inner();
        assert!(proof.tree_size > 0);
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Rows as large as those of calls, written beside the service as another replica would.
fn fill(journal: &Path) {
    let mut connection = open(journal);
    for _ in 0..ROWS / 1000 {
        append(&mut connection, 1000);
    }
}

/// The same, 5,000 a second, until it is `done`: the load that the goal names.
fn trickle(journal: &Path, done: &AtomicBool) {
    let (mut connection, start) = (open(journal), Instant::now());
    for batch in 1.. {
        append(&mut connection, 500);
        if done.load(Ordering::Relaxed) {
            return;
        }
        let due = Duration::from_millis(100) * batch;
        std::thread::sleep(due.saturating_sub(start.elapsed()));
    }
}

fn open(journal: &Path) -> rusqlite::Connection {
    let connection = rusqlite::Connection::open(journal).unwrap();
    connection.busy_timeout(Duration::from_secs(30)).unwrap();
    connection
}

fn append(connection: &mut rusqlite::Connection, rows: usize) {
    let token = "t".repeat(600);
    let tx = connection.transaction().unwrap();
    for _ in 0..rows {
        tx.execute(
            "INSERT INTO journal (txid, at, kind, resource, docket, agency, officer, step, \
             payload, request_id, wit, wpt, request_digest, response_digest, status, \
             answer_wit, answer_wpt) SELECT 0, at, 'identity.bench.v1', 'bench/1', '', '', '', \
             '', zeroblob(200), '', ?1, ?1, zeroblob(32), zeroblob(32), 0, ?1, ?1 \
             FROM journal LIMIT 1",
            [&token],
        )
        .unwrap();
    }
    tx.commit().unwrap();
}

/// The p99 of the seconds from an answer to its receipt, and one receipt.
async fn inclusion(mesh: &Mesh) -> (f64, pb::Receipt) {
    let (mut took, mut last) = (Vec::new(), pb::Receipt::default());
    for _ in 0..CALLS {
        let request = evidence::OpenDossierRequest {
            request_id: request_id(),
            title: "a case of the benchmark".to_owned(),
            case_no: request_id(),
            investigators: vec!["MKT-01".to_owned()],
            officer: "MKT-01".to_owned(),
            ..Default::default()
        };
        let asked = pb::GetReceiptRequest {
            service: "evidence".to_owned(),
            request_id: request.request_id.clone(),
            wait_ms: 10_000,
        };
        mesh.evidence().open_dossier(request).await.unwrap();
        let start = Instant::now();
        let answer = mesh.supervision().get_receipt(asked).await.unwrap();
        took.push(start.elapsed().as_secs_f64());
        last = answer.into_inner().receipt.unwrap();
    }
    took.sort_by(f64::total_cmp);
    (took[CALLS * 99 / 100], last)
}

/// Milliseconds of one verification, everything included that can be wrong.
fn verify(bundle: &str, receipt: &pb::Receipt, times: usize) -> f64 {
    let trust = Trust::parse(&TrustDomain::parse("county.example").unwrap(), bundle).unwrap();
    let vkeys = trusted_vkeys(bundle).unwrap();
    let file = Receipt {
        service: receipt.service.clone(),
        row_id: receipt.row_id,
        row: receipt.row.clone(),
        leaf_index: u64::try_from(receipt.leaf_index).unwrap(),
        inclusion: receipt.inclusion.iter().map(|hash| hash_of(hash)).collect(),
        checkpoint: receipt.checkpoint.clone(),
    };
    let json = file.to_json();
    let once = || {
        let start = Instant::now();
        verify_once(&trust, &vkeys, &json);
        start.elapsed().as_secs_f64() * 1000.0
    };
    median((0..times).map(|_| once()))
}

fn verify_once(trust: &Trust, vkeys: &[Vkey], json: &str) {
    let receipt = Receipt::parse(json).unwrap();
    receipt.verify(vkeys).unwrap();
    let row = Row::decode(receipt.row.as_slice()).unwrap();
    let proof = row.attestation.unwrap();
    let kept = Kept {
        caller_wit: &proof.wit,
        caller_wpt: &proof.wpt,
        request_digest: &proof.request_digest,
        answer_wit: &proof.answer_wit,
        answer_wpt: &proof.answer_wpt,
        response_digest: &proof.response_digest,
        status: proof.status,
    };
    verify_kept(trust, &kept).unwrap();
}

fn hash_of(bytes: &[u8]) -> Hash {
    Hash(bytes.try_into().unwrap())
}
