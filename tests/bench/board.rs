//! A million open terms: how fast their rungs become warnings, by three replicas of which one is
//! killed, each exactly once; and how long the first page of the board takes.

use std::time::{Duration, Instant};

use client::Mesh;
use proto::supervision::v1 as pb;

use crate::{
    mesh::{serve_watched, watch_beside},
    report::{Figure, Report, median},
    write::{eprintln, psql},
};

/// Terms that fall due while it is measured, of the million that are open.
const DUE: u32 = 60_000;
/// Pages asked for of each sort.
const PAGES: usize = 200;

pub(crate) async fn bench(report: &mut Report) {
    let Ok(server) = std::env::var("XIEZHI_BENCH_POSTGRES") else {
        return eprintln("XIEZHI_BENCH_POSTGRES is not set: scripts/bench sets it");
    };
    let admin = format!("{server}/postgres");
    psql(&admin, "DROP DATABASE IF EXISTS board_supervision");
    psql(&admin, "CREATE DATABASE board_supervision");
    let database = format!("{server}/board_supervision");
    let first = serve_watched(&database).await;
    let body = first.agency("MKT").await;
    first.run(&["keys", "enrol", "JUS"]);
    let overseer = first.connect("JUS").await;
    psql(&database, &fill(1, 1_000_000 - DUE, "now() + interval '1 day'"));
    psql(&database, "ANALYZE");

    pages(&body, ("its parties", ""), report).await;
    pages(&overseer, ("an overseer, who is written down", ""), report).await;
    let filter = "agency = \"AGR\" AND rung = \"RUNNING\"";
    pages(&overseer, ("an overseer, of one body and rung", filter), report).await;

    let second = watch_beside(&first, &database).await;
    let third = watch_beside(&first, &database).await;
    psql(&database, &fill(1_000_001 - DUE, 1_000_000, "now() - interval '1 minute'"));
    let start = Instant::now();
    let mut killed = Some(second);
    loop {
        let raised: u32 = psql(&database, "SELECT count(*) FROM warning").parse().unwrap();
        if raised >= DUE / 4 {
            // SIGKILL: it finishes nothing.
            drop(killed.take());
        }
        if raised >= DUE {
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(300), "rungs are not raised: {raised}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let seconds = start.elapsed().as_secs_f64();
    let once = "SELECT count(*) FILTER (WHERE n = 1) FROM (SELECT count(*) AS n FROM journal \
                WHERE kind = 'WARNING_RAISED' GROUP BY resource) AS each";
    assert_eq!(psql(&database, once), DUE.to_string(), "each raised and told exactly once");
    assert_eq!(psql(&database, "SELECT count(*) FROM warning"), DUE.to_string());
    drop(third);
    report.add(Figure {
        name: "rungs raised among 1,000,000 terms, one of 3 killed".into(),
        value: f64::from(DUE) / seconds,
        unit: "/s",
        yardstick: Some(2000.0),
        least_ratio: Some(1.0),
        ..Figure::default()
    });
}

/// The first page of the board, over and over.
async fn pages(mesh: &Mesh, (who, filter): (&str, &str), report: &mut Report) {
    let mut took = Vec::new();
    for _ in 0..PAGES {
        let asked = pb::ListDueRequest { filter: filter.into(), ..Default::default() };
        let start = Instant::now();
        let answer = mesh.supervision().list_due(asked).await.unwrap().into_inner();
        took.push(start.elapsed().as_secs_f64() * 1000.0);
        assert_eq!(answer.items.len(), 100);
    }
    report.add(Figure {
        name: format!("board, first page for {who}, p50"),
        value: median(took),
        unit: "ms",
        most: Some(10.0),
        ..Figure::default()
    });
}

/// Terms with these numbers that are due from `due` on: of ten bodies, each owed to another.
fn fill(first: u32, last: u32, due: &str) -> String {
    let holder = "(ARRAY['MKT','AGR','CUL','ECO','TRA','NAT','EMG','HLT','WAT','HRS'])[1 + g % 10]";
    let owed_to = "(ARRAY['PSB','PRO','CRT','CAE','JUS'])[1 + g % 5]";
    let at = format!("{due} + (g - {first}) * interval '1 second' / 1000");
    format!(
        "INSERT INTO due (key, service, id, form, kind, rule, basis, verified, duty, holder, sender, \
         owed_to, docket, resource, length, state, digest, rung, start_at, due_at, half_at, near_at, \
         end_at, next_rung_at, service_target, provisional, open, row_id, leaf) \
         SELECT 'TERM/referral/' || g, 'referral', g::text, 'TERM', 'TERM', 'T-14', \
         'Decree 310 art. 8', 'V', 'decide whether to file', {holder}, {owed_to}, {owed_to}, \
         'dockets/' || g, 'referrals/' || g, '3 DAY', 'RUNNING', '', 'RUNNING', \
         now() - interval '3 days', {at}, NULL, NULL, NULL, {at}, false, false, true, g, g \
         FROM generate_series({first}, {last}) AS g; \
         INSERT INTO due_for (agency, due_at, key) SELECT holder, due_at, key FROM due WHERE row_id \
         BETWEEN {first} AND {last}; \
         INSERT INTO due_for (agency, due_at, key) SELECT owed_to, due_at, key FROM due WHERE row_id \
         BETWEEN {first} AND {last};"
    )
}
