//! (d) What `serve all` costs when nobody calls: memory, start, size.

use std::time::Duration;

use crate::{
    Options,
    mesh::{binary, serve},
    report::{Figure, Report, median},
};

pub(crate) async fn bench(options: &Options, report: &mut Report) {
    let (mut memory, mut start) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        let served = serve(&[]).await;
        start.push(served.ready_after.as_secs_f64());
        // Idle: after the first round of its loops.
        tokio::time::sleep(Duration::from_secs(3)).await;
        memory.push(status_mib(served.pid(), "VmRSS:"));
    }
    report.add(Figure {
        name: "serve all, idle memory (resident)".into(),
        value: median(memory),
        unit: "MiB",
        most: Some(60.0),
        ..Figure::default()
    });
    report.add(Figure {
        name: "serve all, start to ready, fresh data".into(),
        value: median(start),
        unit: "s",
        most: Some(1.0),
        ..Figure::default()
    });
    #[expect(clippy::cast_precision_loss, reason = "the size of a file is far below 2^52")]
    let size = std::fs::metadata(binary()).unwrap().len() as f64 / 1_048_576.0;
    report.add(Figure {
        name: "release binary, size".into(),
        value: size,
        unit: "MiB",
        ..Figure::default()
    });
}

/// A line of `/proc/PID/status` that counts memory.
pub(crate) fn status_mib(pid: u32, name: &str) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    let kib: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024.0
}
