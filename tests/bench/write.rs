//! (b) `OpenReferral` with three documents, end to end through gRPC and mutual JWT, against the same
//! rows written in one statement by pgbench; and on SQLite against raw SQLite.

use std::{collections::BTreeMap, path::Path, process::Command, sync::Arc, time::Instant};

use client::Mesh;
use proto::referral::v1 as pb;

use crate::{
    Options,
    load::{Measured, load},
    mesh::{Served, serve},
    report::{Figure, Report, median},
};

/// Callers at once.
const CALLERS: usize = 32;
/// Connections they share.
const CONNECTIONS: usize = 4;

pub(crate) async fn bench(options: &Options, report: &mut Report) {
    match std::env::var("XIEZHI_BENCH_POSTGRES") {
        Ok(server) => postgres(&server, options, report).await,
        Err(_) => eprintln("XIEZHI_BENCH_POSTGRES is not set: scripts/bench sets it"),
    }
    sqlite(options, report).await;
}

#[expect(clippy::print_stderr, reason = "a benchmark says what it leaves out")]
pub(crate) fn eprintln(text: &str) {
    eprintln!("{text}");
}

async fn postgres(server: &str, options: &Options, report: &mut Report) {
    let (identity, referral) = databases(server);
    let served =
        serve(&[("IDENTITY__DB__URL", identity), ("REFERRAL__DB__URL", referral.clone())]).await;
    let callers = Callers::new(&served).await;
    callers.run(1).await;
    let script = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(script.path(), one_statement(&referral)).unwrap();
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        theirs.push(pgbench(&referral, script.path(), options.seconds));
        ours.push(callers.run(options.seconds).await);
    }
    let what = "OpenReferral, 3 documents, PostgreSQL, 32 clients";
    add(report, what, &ours, median(theirs));
}

fn add(report: &mut Report, what: &str, ours: &[Measured], yardstick: f64) {
    report.add(Figure {
        name: what.to_owned(),
        value: median(ours.iter().map(|one| one.per_second)),
        unit: "tx/s",
        yardstick: Some(yardstick),
        least_ratio: Some(0.60),
        ..Figure::default()
    });
    report.add(Figure {
        name: format!("{what}, p99"),
        value: median(ours.iter().map(|one| one.p99_ms)),
        unit: "ms",
        ..Figure::default()
    });
}

/// An agency's callers, each with a docket to refer from.
struct Callers {
    meshes: Arc<Vec<Mesh>>,
    dockets: Arc<Vec<String>>,
}

impl Callers {
    async fn new(served: &Served) -> Self {
        let mut meshes = vec![served.agency("MKT").await];
        while meshes.len() < CONNECTIONS {
            meshes.push(served.connect("MKT").await);
        }
        let mut dockets = Vec::new();
        for _ in 0..CALLERS {
            let request = pb::OpenDocketRequest {
                request_id: client::request_id(),
                title: "Metformin in candy".into(),
                sector: "FOOD".into(),
                officer: "MKT-01".into(),
                ..pb::OpenDocketRequest::default()
            };
            let answer = meshes[0].referral().open_docket(request).await.unwrap();
            dockets.push(answer.into_inner().docket.unwrap().name);
        }
        Self { meshes: Arc::new(meshes), dockets: Arc::new(dockets) }
    }

    async fn run(&self, seconds: u64) -> Measured {
        let (meshes, dockets) = (Arc::clone(&self.meshes), Arc::clone(&self.dockets));
        let documents = documents();
        load(CALLERS, seconds, move |caller| {
            let mut client = meshes[caller % meshes.len()].referral();
            let request = pb::OpenReferralRequest {
                request_id: client::request_id(),
                docket: dockets[caller].clone(),
                procedure: "CRIMINAL_REFERRAL".into(),
                offence: "生产、销售有毒、有害食品罪 art. 144".into(),
                officer: "MKT-01".into(),
                documents: documents.clone(),
                ..pb::OpenReferralRequest::default()
            };
            async move {
                client.open_referral(request).await.unwrap();
            }
        })
        .await
    }
}

fn documents() -> Vec<pb::Document> {
    let paper = |code: &str, fields: &[&str]| {
        let fields: BTreeMap<String, String> = fields
            .iter()
            .map(|name| ((*name).to_owned(), "周某销售含盐酸二甲双胍的糖果".to_owned()))
            .collect();
        pb::Document { code: code.to_owned(), fields, ..pb::Document::default() }
    };
    let item =
        paper("", &["name", "quantity", "unit", "features", "storage_place", "source_papers"]);
    vec![
        paper(
            "INVESTIGATION_REPORT",
            &["source", "seizure", "suspects", "facts", "evidence", "legal_basis", "proposal"],
        ),
        pb::Document {
            code: "INVOLVED_ITEM_LIST".into(),
            lines: vec![pb::DocumentLine { fields: item.fields }],
            ..pb::Document::default()
        },
        paper(
            "TEST_REPORT",
            &[
                "institution",
                "qualification",
                "appraiser",
                "sample_id",
                "method",
                "conclusion",
                "signature",
            ],
        ),
    ]
}

fn databases(server: &str) -> (String, String) {
    let urls = ["bench_identity", "bench_referral"].map(|name| {
        psql(&format!("{server}/postgres"), &format!("DROP DATABASE IF EXISTS {name}"));
        psql(&format!("{server}/postgres"), &format!("CREATE DATABASE {name}"));
        format!("{server}/{name}")
    });
    let [identity, referral] = urls;
    (identity, referral)
}

/// Runs SQL and returns what it prints.
pub(crate) fn psql(url: &str, sql: &str) -> String {
    let done =
        Command::new("psql").args([url, "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", sql]).output();
    let done = done.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}

fn pgbench(url: &str, script: &Path, seconds: u64) -> f64 {
    let program = std::env::var("XIEZHI_BENCH_PGBENCH").unwrap_or_else(|_| "pgbench".to_owned());
    let done = Command::new(program)
        .args(["-n", "-M", "prepared", "-c", "32", "-j", "2", "-T", &seconds.to_string(), "-f"])
        .arg(script)
        .arg(url)
        .output()
        .unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let line = text.lines().find(|line| line.starts_with("tps =")).unwrap();
    line.split_whitespace().nth(2).unwrap().parse().unwrap()
}

/// The same rows as one `OpenReferral`, as wide as the service wrote them, in one statement.
fn one_statement(referral: &str) -> String {
    let width = |expression: &str, table: &str| {
        let sql = format!("SELECT coalesce(max(length({expression})), 0) FROM {table}");
        format!("repeat('x', {})", psql(referral, &sql))
    };
    let bytes =
        |expression: &str, table: &str| format!("convert_to({}, 'UTF8')", width(expression, table));
    let journal = "(SELECT * FROM journal WHERE kind = 'REFERRAL_OPENED') AS j";
    let idempotency = "(SELECT * FROM idempotency WHERE method = 'OpenReferral') AS i";
    let rows = |table: &str, per: &str| -> usize {
        let sql =
            format!("SELECT round(count(*)::numeric / (SELECT count(*) FROM {per})) FROM {table}");
        psql(referral, &sql).parse().unwrap()
    };
    // All columns as they are in some row, whatever a later version of the service adds to them.
    let same = |table: &str, own: &[(&str, &str)]| -> String {
        let sql = format!(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND \
             table_name = '{table}' ORDER BY ordinal_position"
        );
        let columns = psql(referral, &sql);
        let value = |column| match own.iter().find(|(name, _)| *name == column) {
            Some((_, value)) => (*value).to_owned(),
            None => format!("same.{column}"),
        };
        columns.lines().map(value).collect::<Vec<_>>().join(", ")
    };
    let (papers, clocks) = (rows("document", "referral"), rows("term", "referral"));
    let parties = rows("(SELECT * FROM party WHERE name LIKE 'referrals/%') AS p", "referral");
    format!(
        "WITH n AS (SELECT 'referrals/' || gen_random_uuid() AS name, gen_random_uuid()::text AS \
         request), r AS (INSERT INTO referral SELECT {same_referral} FROM n, \
         (SELECT * FROM referral LIMIT 1) AS same), \
         t AS (INSERT INTO term SELECT {same_term} FROM n, (SELECT * FROM term LIMIT 1) AS same, \
         generate_series(1, {clocks})), \
         d AS (INSERT INTO document SELECT gen_random_uuid(), n.name, 'TEST_REPORT', 1, 0, \
         {content}, 'MKT', now() FROM n, generate_series(1, {papers})), \
         j AS (INSERT INTO journal (txid, at, kind, resource, docket, agency, officer, step, \
         payload, request_id, wit, wpt, request_digest, response_digest, status, marks) SELECT \
         pg_current_xact_id()::text::bigint, now(), 'REFERRAL_OPENED', n.name, n.name, 'MKT', \
         'MKT-01', '', {payload}, n.request, {wit}, {wpt}, {digest}, {digest}, 0, {marks} \
         FROM n RETURNING id), p AS (INSERT INTO party SELECT 'MKT' || g, n.name, j.id FROM n, j, \
         generate_series(1, {parties}) AS g) \
         INSERT INTO idempotency SELECT 'MKT', n.request, 'OpenReferral', {digest}, {response}, \
         now() FROM n;",
        same_referral = same("referral", &[("name", "n.name")]),
        same_term = same("term", &[("id", "gen_random_uuid()"), ("referral", "n.name")]),
        content = bytes("content", "document"),
        payload = bytes("payload", journal),
        marks = bytes("marks", journal),
        wit = width("wit", journal),
        wpt = width("wpt", journal),
        digest = "decode(repeat('ab', 32), 'hex')",
        response = bytes("response", idempotency),
    )
}

async fn sqlite(options: &Options, report: &mut Report) {
    let served = serve(&[]).await;
    let callers = Callers::new(&served).await;
    callers.run(1).await;
    // A copy of the schema, for the yardstick alone, on the same disk.
    let raw = Raw::new(&served.data_dir().join("db/referral.sqlite"));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        theirs.push(raw.run(options.seconds));
        ours.push(callers.run(options.seconds).await);
    }
    let what = "OpenReferral, 3 documents, SQLite, 32 clients";
    add(report, what, &ours, median(theirs));
}

/// Raw SQLite: one connection, prepared statements, one transaction for each referral.
struct Raw {
    connection: rusqlite::Connection,
    copies: Vec<(String, usize)>,
    _dir: tempfile::TempDir,
}

impl Raw {
    fn new(service: &Path) -> Self {
        let dir = tempfile::tempdir_in(service.parent().unwrap()).unwrap();
        let connection = rusqlite::Connection::open(dir.path().join("raw.sqlite")).unwrap();
        let setup = format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ATTACH '{}' AS s;",
            service.display()
        );
        connection.execute_batch(&setup).unwrap();
        let schema: Vec<String> = {
            let mut all = connection
                .prepare("SELECT sql FROM s.sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
                .unwrap();
            let rows = all.query_map([], |row| row.get(0)).unwrap();
            rows.map(Result::unwrap).collect()
        };
        for sql in schema {
            connection.execute_batch(&sql).unwrap();
        }
        let mut copies = Vec::new();
        for (table, condition) in [
            ("referral", "1 = 1"),
            ("term", "1 = 1"),
            ("document", "1 = 1"),
            ("party", "name LIKE 'referrals/%'"),
            ("journal", "kind = 'REFERRAL_OPENED'"),
            ("idempotency", "method = 'OpenReferral'"),
        ] {
            let count = |what: &str, condition: &str| -> usize {
                let sql = format!("SELECT count(*) FROM s.{what} WHERE {condition}");
                let rows: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
                usize::try_from(rows).unwrap()
            };
            let each = count(table, condition) / count("referral", "1 = 1");
            copies.push((insert(&connection, table, condition), each));
        }
        Self { connection, copies, _dir: dir }
    }

    fn run(&self, seconds: u64) -> f64 {
        let start = Instant::now();
        let mut done = 0.0;
        while start.elapsed().as_secs() < seconds {
            self.connection.execute_batch("BEGIN IMMEDIATE").unwrap();
            for (sql, each) in &self.copies {
                for _ in 0..*each {
                    let mut statement = self.connection.prepare_cached(sql).unwrap();
                    let key: [u8; 16] = *uuid::Uuid::now_v7().as_bytes();
                    let text = uuid::Uuid::now_v7().to_string();
                    statement.execute((key.as_slice(), text)).unwrap();
                }
            }
            self.connection.execute_batch("COMMIT").unwrap();
            done += 1.0;
        }
        done / start.elapsed().as_secs_f64()
    }
}

/// An INSERT that copies one of the service's rows, as constants, under new keys.
fn insert(connection: &rusqlite::Connection, table: &str, condition: &str) -> String {
    let mut columns = connection.prepare(&format!("PRAGMA s.table_info({table})")).unwrap();
    let names: Vec<String> =
        columns.query_map([], |row| row.get(1)).unwrap().map(Result::unwrap).collect();
    let values = names.iter().map(|name| match (table, name.as_str()) {
        ("term" | "document", "id") => "?1".to_owned(),
        ("journal", "id") => "NULL".to_owned(),
        (_, "name" | "request_id") => "?2".to_owned(),
        _ => {
            let sql = format!("SELECT quote({name}) FROM s.{table} WHERE {condition} LIMIT 1");
            connection.query_row(&sql, [], |row| row.get(0)).unwrap()
        }
    });
    let values: Vec<String> = values.collect();
    // Both parameters are bound whichever the table needs.
    format!(
        "INSERT INTO {table} SELECT {} WHERE ?1 IS NOT NULL AND ?2 IS NOT NULL",
        values.join(", ")
    )
}
