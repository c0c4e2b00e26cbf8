//! (a) A file into the evidence service, against `sha256sum` and `cp` of the same file.

use std::{
    fs::File,
    io::{Seek as _, SeekFrom, Write as _},
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

use client::Mesh;
use proto::evidence::v1 as pb;
use tokio::task::JoinSet;

use crate::{
    Options,
    dossier::{item, open},
    mesh::serve_apart,
    report::{Figure, Report, median},
};

/// The large file, in MiB.
const LARGE: u64 = 1024;
/// The files that go up at once, and the size of each in MiB.
const PARALLEL: (usize, u64) = (64, 10);

pub(crate) async fn bench(options: &Options, report: &mut Report) {
    // Evidence alone in its process: the goal is the memory of the one service.
    let (others, served) = serve_apart().await;
    drop(others.agency("MKT").await);
    let mesh = others.connect_apart("MKT", "/xiezhi.evidence.", &served).await;
    let dossier = open(&mesh).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("large.bin");
    make(&file, LARGE);

    let (mut ours, mut hashing, mut copying) = (Vec::new(), Vec::new(), Vec::new());
    forget_peak(served.pid());
    for round in 0..options.rounds {
        mark(&file, round);
        hashing.push(rate(LARGE, || run(Command::new("sha256sum").arg(&file))));
        let copy = folder.path().join("copy.bin");
        copying.push(rate(LARGE, || run(Command::new("cp").arg(&file).arg(&copy))));
        std::fs::remove_file(copy).unwrap();
        let item = item(&mesh, &dossier, &format!("L-{round}")).await;
        let start = Instant::now();
        send(&mesh, &item, &file).await;
        ours.push(mib(LARGE) / start.elapsed().as_secs_f64());
    }
    let peak = peak_mib(served.pid());
    let (hashing, copying) = (median(hashing), median(copying));
    report.add(Figure {
        name: "upload of 1 GiB, against the slower of the two below".into(),
        value: median(ours),
        unit: "MiB/s",
        yardstick: Some(hashing.min(copying)),
        least_ratio: Some(0.8),
        ..Figure::default()
    });
    for (name, value) in [("sha256sum of the same file", hashing), ("cp of it", copying)] {
        report.add(Figure { name: name.into(), value, unit: "MiB/s", ..Figure::default() });
    }
    report.add(Figure {
        name: "serve evidence, peak memory during those uploads".into(),
        value: peak,
        unit: "MiB",
        most: Some(64.0),
        ..Figure::default()
    });
    parallel(&mesh, &dossier, folder.path(), (options, served.pid()), report).await;
}

async fn parallel(
    mesh: &Mesh,
    dossier: &str,
    folder: &Path,
    (options, pid): (&Options, u32),
    report: &mut Report,
) {
    let (count, size) = PARALLEL;
    let item = item(mesh, dossier, "P").await;
    let files: Vec<_> = (0..count).map(|at| folder.join(format!("part-{at}.bin"))).collect();
    for file in &files {
        make(file, size);
    }
    let mut rates = Vec::new();
    forget_peak(pid);
    for round in 0..options.rounds {
        for (at, file) in files.iter().enumerate() {
            mark(file, round * count + at);
        }
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for file in files.clone() {
            let (mesh, item) = (mesh.clone(), item.clone());
            tasks.spawn(async move { send(&mesh, &item, &file).await });
        }
        tasks.join_all().await;
        rates.push(mib(size) * mib(count as u64) / start.elapsed().as_secs_f64());
    }
    report.add(Figure {
        name: "64 uploads of 10 MiB at once".into(),
        value: median(rates),
        unit: "MiB/s",
        ..Figure::default()
    });
    report.add(Figure {
        name: "serve evidence, peak memory during those 64".into(),
        value: peak_mib(pid),
        unit: "MiB",
        most: Some(64.0),
        ..Figure::default()
    });
}

async fn send(mesh: &Mesh, item: &str, file: &Path) {
    let request = pb::BeginUploadRequest {
        parent: item.to_owned(),
        file_name: "bench.bin".to_owned(),
        role: pb::ContentRole::Original.into(),
        media_type: "application/octet-stream".to_owned(),
        officer: "MKT-01".to_owned(),
        ..Default::default()
    };
    client::upload(mesh, request, file, &|_| ()).await.unwrap();
}

/// Bytes that no file system shortens.
fn make(file: &Path, mebibytes: u64) {
    let mut out = File::create(file).unwrap();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut block = vec![0; 1 << 20];
    for _ in 0..mebibytes {
        for word in block.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            word.copy_from_slice(&state.to_le_bytes());
        }
        out.write_all(&block).unwrap();
    }
    out.sync_all().unwrap();
}

/// Makes it another file: the same content would be stored once.
fn mark(file: &Path, number: usize) {
    let mut file = File::options().write(true).open(file).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(format!("{number:16}").as_bytes()).unwrap();
}

fn run(command: &mut Command) {
    assert!(command.stdout(Stdio::null()).status().unwrap().success());
}

fn rate(mebibytes: u64, work: impl FnOnce()) -> f64 {
    let start = Instant::now();
    work();
    mib(mebibytes) / start.elapsed().as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "a count far below 2^52")]
fn mib(number: u64) -> f64 {
    number as f64
}

fn forget_peak(pid: u32) {
    std::fs::write(format!("/proc/{pid}/clear_refs"), "5").unwrap();
}

fn peak_mib(pid: u32) -> f64 {
    crate::process::status_mib(pid, "VmHWM:")
}
