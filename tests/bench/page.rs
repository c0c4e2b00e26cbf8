//! (c) A page of 100 among 1,000,000 referrals, of which 10,000 are visible to the caller.

use std::time::Instant;

use client::Mesh;
use proto::referral::v1 as pb;

use crate::{
    Options,
    mesh::serve,
    report::{Figure, Report, median},
    write::{eprintln, psql},
};

/// Pages of 100 of which the last is measured.
const PAGES: usize = 100;

pub(crate) async fn bench(options: &Options, report: &mut Report) {
    let Ok(server) = std::env::var("XIEZHI_BENCH_POSTGRES") else {
        return eprintln("XIEZHI_BENCH_POSTGRES is not set: scripts/bench sets it");
    };
    let url = |name: &str| {
        psql(&format!("{server}/postgres"), &format!("DROP DATABASE IF EXISTS {name}"));
        psql(&format!("{server}/postgres"), &format!("CREATE DATABASE {name}"));
        format!("{server}/{name}")
    };
    let (identity, referral) = (url("page_identity"), url("page_referral"));
    let served =
        serve(&[("IDENTITY__DB__URL", identity), ("REFERRAL__DB__URL", referral.clone())]).await;
    let mesh = served.agency("MKT").await;
    psql(&referral, FILL);
    let (mut first, mut last) = (Vec::new(), Vec::new());
    // One walk warms, the others are measured.
    for round in 0..=options.rounds {
        let took = walk(&mesh).await;
        assert_eq!(took.len(), PAGES);
        if round > 0 {
            first.push(took[0]);
            last.push(took[PAGES - 1]);
        }
    }
    // p50 over many calls of each page, not over one call a round.
    let token = token_of(&mesh, PAGES - 1).await;
    for _ in 0..200 {
        first.push(page(&mesh, String::new()).await.0);
        last.push(page(&mesh, token.clone()).await.0);
    }
    let (first, last) = (median(first), median(last));
    report.add(Figure {
        name: "page 1 of 100, 10,000 of 1,000,000 visible, p50".into(),
        value: first,
        unit: "ms",
        most: Some(10.0),
        ..Figure::default()
    });
    report.add(Figure {
        name: "page 100 against page 1, p50".into(),
        value: last,
        unit: "ms",
        yardstick: Some(first),
        most: Some(round(first * 1.2)),
        ..Figure::default()
    });
}

fn round(value: f64) -> f64 {
    (value * 100.0).ceil() / 100.0
}

async fn walk(mesh: &Mesh) -> Vec<f64> {
    let (mut took, mut token) = (Vec::new(), String::new());
    for _ in 0..PAGES {
        let (ms, next) = page(mesh, token).await;
        took.push(ms);
        token = next;
    }
    assert!(token.is_empty(), "10,000 are visible, and no more");
    took
}

async fn token_of(mesh: &Mesh, page_no: usize) -> String {
    let mut token = String::new();
    for _ in 0..page_no {
        token = page(mesh, token).await.1;
    }
    token
}

async fn page(mesh: &Mesh, page_token: String) -> (f64, String) {
    let request = pb::ListReferralsRequest { page_size: 100, page_token, ..Default::default() };
    let start = Instant::now();
    let answer = mesh.referral().list_referrals(request).await.unwrap().into_inner();
    let ms = start.elapsed().as_secs_f64() * 1000.0;
    assert_eq!(answer.referrals.len(), 100);
    (ms, answer.next_page_token)
}

/// A million referrals; every hundredth is the caller's.
const FILL: &str = "
INSERT INTO referral
SELECT 'referrals/00000000-0000-7000-8000-' || lpad(to_hex(g), 12, '0'),
       'dockets/00000000-0000-7000-8000-' || lpad(to_hex(g), 12, '0'), 'CRIMINAL_REFERRAL',
       CASE WHEN g % 100 = 0 THEN 'MKT' ELSE 'ECO' END, 'PSB', NULL, NULL, NULL, 'ACCEPTED',
       '污染环境罪 art. 338', 'a case of the benchmark', 'ECOLOGY', false, false, '[]', NULL, '[]',
       '[]', now(), now(), 1
FROM generate_series(1, 1000000) AS g;
INSERT INTO party
SELECT CASE WHEN g % 100 = 0 THEN 'MKT' ELSE 'ECO' END,
       'referrals/00000000-0000-7000-8000-' || lpad(to_hex(g), 12, '0'), 0
FROM generate_series(1, 1000000) AS g;
ANALYZE;";
