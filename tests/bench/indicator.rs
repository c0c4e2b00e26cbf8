//! An indicator over a million dockets: how long one figure takes, and how soon an event is in it.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use client::Mesh;
use proto::{referral::v1 as referral, supervision::v1 as pb};

use crate::{
    mesh::serve,
    report::{Figure, Report},
};

/// Dockets that reached a threshold.
const DOCKETS: i64 = 1_000_000;
/// Questions asked of each sort.
const QUESTIONS: usize = 40;
/// Events waited for.
const EVENTS: usize = 20;

pub(crate) async fn bench(report: &mut Report) {
    let served = serve(&[]).await;
    let body = served.agency("MKT").await;
    served.run(&["keys", "enrol", "JUS"]);
    let overseer = served.connect("JUS").await;
    fill(&served.data_dir().join("db/supervision.sqlite"));

    for (name, group_by) in [
        ("the county's figure", &[][..]),
        ("by body", &["BODY"]),
        ("by matter and month", &["MATTER", "MONTH"]),
        ("by body and month", &["BODY", "MONTH"]),
    ] {
        let mut took = Vec::new();
        for _ in 0..QUESTIONS {
            let start = Instant::now();
            let figures = figures(&overseer, group_by).await;
            took.push(start.elapsed().as_secs_f64() * 1000.0);
            assert!(!figures.is_empty());
        }
        took.sort_by(f64::total_cmp);
        report.add(Figure {
            name: format!("indicator over 1,000,000 dockets, {name}, p50"),
            value: took[QUESTIONS / 2],
            unit: "ms",
            most: Some(200.0),
            ..Figure::default()
        });
    }
    fresh(&body, &overseer, report).await;
}

async fn fresh(body: &Mesh, overseer: &Mesh, report: &mut Report) {
    let mut slowest: f64 = 0.0;
    for _ in 0..EVENTS {
        let before = figures(overseer, &[]).await[0].denominator;
        open(body).await;
        let start = Instant::now();
        while figures(overseer, &[]).await[0].denominator == before {
            assert!(start.elapsed() < Duration::from_secs(60), "the event is in no figure");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        slowest = slowest.max(start.elapsed().as_secs_f64());
    }
    report.add(Figure {
        name: "an event in its figure, the slowest of 20".into(),
        value: slowest,
        unit: "s",
        most: Some(5.0),
        ..Figure::default()
    });
}

async fn figures(mesh: &Mesh, group_by: &[&str]) -> Vec<pb::Figure> {
    let request = pb::GetIndicatorRequest {
        name: "indicators/referral-rate".into(),
        filter: None,
        group_by: group_by.iter().map(|&word| word.to_owned()).collect(),
    };
    mesh.supervision().get_indicator(request).await.unwrap().into_inner().figures
}

/// Opens a docket whose facts reach a threshold.
async fn open(body: &Mesh) {
    let request = referral::OpenDocketRequest {
        request_id: client::request_id(),
        title: "Hazardous waste".into(),
        sector: "ECOLOGY".into(),
        officer: "MKT-01".into(),
        facts: [("hazardous_waste_mass".to_owned(), "3.2".to_owned())].into(),
        ..Default::default()
    };
    let answer = body.referral().open_docket(request).await.unwrap().into_inner();
    assert!(!answer.docket.unwrap().suggestions.is_empty());
}

/// Counts a million dockets beside the service, as its log would have: forty bodies, each with its
/// matters, sixteen townships, two years; four of five were referred.
fn fill(database: &Path) {
    let mut connection = rusqlite::Connection::open(database).unwrap();
    connection.busy_timeout(Duration::from_secs(60)).unwrap();
    let tx = connection.transaction().unwrap();
    // Leaves of their own, far beyond those of the log.
    tx.execute(
        "WITH RECURSIVE docket (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM docket WHERE n + 1 < ?1) \
         INSERT INTO fact (leaf, nth, measure, body, area, matter, month, officer, detail, once, at, \
         resource, docket) SELECT 1000000000 + n, 0, 'docket_reached', printf('B-%02d', n % 40), \
         printf('3309990%02d', n / 40 % 16), printf('M%03d', n % 40 * 3 + n / 640 % 3), \
         printf('%04d-%02d', 2025 + n / 1920 % 2, 1 + n / 3840 % 12), '', '', printf('bench/%d', n), \
         '2025-01-01 00:00:00+00:00', 'dockets/bench', 'dockets/bench' FROM docket",
        [DOCKETS],
    )
    .unwrap();
    tx.execute(
        "INSERT INTO fact (leaf, nth, measure, body, area, matter, month, officer, detail, once, at, \
         resource, docket) SELECT leaf, 1, 'docket_referred', body, area, matter, month, '', '', \
         once || '/referred', at, resource, docket FROM fact \
         WHERE leaf >= 1000000000 AND leaf % 5 > 0",
        [],
    )
    .unwrap();
    tx.execute(
        "INSERT INTO tally (measure, month, body, area, matter, number) \
         SELECT measure, month, body, area, matter, count(*) FROM fact WHERE leaf >= 1000000000 \
         GROUP BY measure, month, body, area, matter",
        [],
    )
    .unwrap();
    tx.commit().unwrap();
}
