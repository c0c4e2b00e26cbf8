//! How long `SuggestDecision` takes with a hundred thousand precedents behind it.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use proto::arbitration::v1 as pb;

use crate::{
    mesh::serve_without_log,
    report::{Figure, Report},
};

/// Decided disputes.
const PRECEDENTS: usize = 100_000;
/// Questions asked.
const QUESTIONS: usize = 500;
/// Words of which texts are made: what such disputes are about.
const WORDS: [&str; 24] = [
    "建筑垃圾",
    "倾倒",
    "永久基本农田",
    "河道",
    "采砂",
    "无证经营",
    "危险化学品",
    "燃气钢瓶",
    "占道",
    "户外广告",
    "违法建设",
    "排污",
    "渔业资源",
    "假种子",
    "屠宰",
    "食品添加",
    "商标",
    "烟花爆竹",
    "消防通道",
    "拖欠工资",
    "林地",
    "取水",
    "道路运输",
    "出版物",
];

pub(crate) async fn bench(report: &mut Report) {
    let served = serve_without_log().await;
    let mesh = served.agency("NAT").await;
    let (database, clock) = ("db/arbitration.sqlite", "db/identity.sqlite");
    fill(&served.data_dir().join(database), &served.data_dir().join(clock));
    let mut took = Vec::new();
    let until = Instant::now() + Duration::from_secs(120);
    // The service takes what was decided into memory before it suggests all of it.
    while !found(mesh.arbitration().suggest_decision(last()).await.unwrap().into_inner()) {
        assert!(Instant::now() < until, "the precedents are not found");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for at in 0..QUESTIONS {
        let request = question(text(at * 31 + 7, 40));
        let start = Instant::now();
        let answer = mesh.arbitration().suggest_decision(request).await.unwrap().into_inner();
        took.push(start.elapsed().as_secs_f64() * 1000.0);
        assert_eq!(answer.suggestions.len(), 5);
    }
    took.sort_by(f64::total_cmp);
    report.add(Figure {
        name: "SuggestDecision over 100,000 precedents, p99".into(),
        value: took[QUESTIONS * 99 / 100],
        unit: "ms",
        most: Some(50.0),
        ..Figure::default()
    });
}

/// What only the very last precedent is about.
const LAST: &str = "龘龘龘龘龘龘龘龘";

fn last() -> pb::SuggestDecisionRequest {
    question(LAST.to_owned())
}

/// Whether the last precedent is known.
fn found(answer: pb::SuggestDecisionResponse) -> bool {
    let first = answer.suggestions.into_iter().next().and_then(|one| one.precedent);
    first.is_some_and(|precedent| precedent.title == LAST)
}

fn question(facts: String) -> pb::SuggestDecisionRequest {
    pb::SuggestDecisionRequest {
        parties: vec!["NAT".to_owned(), "AGR".to_owned()],
        kind: pb::DisputeKind::Positive.into(),
        subject: Some(pb::Subject {
            title: facts.chars().take(20).collect(),
            place: "330999004".to_owned(),
            act_date: "2026-03-02".to_owned(),
            facts,
            ..Default::default()
        }),
        ..Default::default()
    }
}

/// So many words, other ones for each `seed`.
fn text(seed: usize, words: usize) -> String {
    let pick = |at: usize| WORDS[(seed.wrapping_mul(2_654_435_761) >> (at % 24)) % WORDS.len()];
    (0..words).map(pick).collect::<Vec<_>>().join("，")
}

/// Writes decided disputes beside the service, as another replica would.
fn fill(database: &Path, clock: &Path) {
    let mut connection = rusqlite::Connection::open(database).unwrap();
    connection.busy_timeout(Duration::from_secs(30)).unwrap();
    let attach = format!("ATTACH '{}' AS clock", clock.display());
    connection.execute(&attach, []).unwrap();
    let at: String =
        connection.query_row("SELECT at FROM clock.journal LIMIT 1", [], |row| row.get(0)).unwrap();
    let tx = connection.transaction().unwrap();
    for number in 0..PRECEDENTS {
        let name = format!("disputes/{number:08}-0000-7000-8000-000000000000");
        let facts = if number + 1 == PRECEDENTS { LAST.to_owned() } else { text(number, 40) };
        tx.execute(
            "INSERT INTO journal (txid, at, kind, resource, docket, agency, officer, step, \
             payload, request_id) VALUES (0, ?1, 'arbitration.bench.v1', ?2, '', '', '', '', \
             x'', '')",
            [&at, &name],
        )
        .unwrap();
        let journal_id = tx.last_insert_rowid();
        tx.execute(
            "INSERT INTO precedent (dispute, journal_id, kind, parties, title, facts, matter, \
             place, subject, competent, reason, basis, manner, effective_from, decided_by, \
             decided_at) VALUES (?1, ?2, 'POSITIVE', '[\"NAT\",\"AGR\"]', ?3, ?4, ?5, \
             '330999004', '', 'NAT', '示例', '[]', 'DESIGNATION', '2026-03-02', '[\"GOV-C\"]', ?6)",
            rusqlite::params![
                name,
                journal_id,
                facts.chars().take(20).collect::<String>(),
                facts,
                format!("M{:03}", number % 55 + 1),
                at
            ],
        )
        .unwrap();
    }
    tx.commit().unwrap();
}
