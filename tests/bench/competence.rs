//! Who is competent: answers from memory, how soon a publication is everywhere, precedents found.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use catalogue::domain::{
    content::Content,
    entry::{Area, Entry, Holder, Matter, Power, Regime, Source},
    index::{Index, Touched},
    region::Region,
    resolve::Question,
    span::Span,
};
use chrono::NaiveDate;
use client::{Mesh, request_id};
use proto::catalogue::v1 as pb;
use types::AgencyCode;

use crate::{
    Options,
    mesh::serve_catalogue_twice,
    report::{Figure, Report, median},
    write::{eprintln, psql},
};

/// The county of the goal.
const MATTERS: u32 = 10_000;
const AREAS: u32 = 100;
const REVISIONS: u32 = 20;
/// Publications that are waited for.
const PUBLICATIONS: usize = 10;

pub(crate) async fn bench(options: &Options, report: &mut Report) {
    resolve(options, report);
    publications(report).await;
    crate::precedents::bench(report).await;
}

/// Answers a second, on one core.
fn resolve(options: &Options, report: &mut Report) {
    let index = county();
    let today = day(2026, 3, 2);
    let mut rates = Vec::new();
    for round in 0..options.rounds {
        let (mut answers, start) = (0_u32, Instant::now());
        let seconds = Duration::from_secs(options.seconds);
        let mut draw = u32::try_from(round).unwrap() + 1;
        while start.elapsed() < seconds {
            for _ in 0..100 {
                draw = next(draw);
                let (matter, place) = (code(draw % MATTERS), area(draw / MATTERS % AREAS));
                let filed = (draw % 3 == 0).then(|| day(2020 + i32::from(draw % 7 == 0), 5, 4));
                let asked = Question {
                    matter: &matter,
                    place,
                    act_date: day(2025, 6, 1),
                    filed_on: filed,
                    filed_by: filed.map(|_| body("HOU")),
                    subject: "",
                    certificate_no: "",
                    today,
                };
                let answer = index.resolve(&asked).unwrap();
                assert!(answer.competent.is_some(), "{matter} {place}");
                answers += 1;
            }
        }
        rates.push(f64::from(answers) / start.elapsed().as_secs_f64());
    }
    report.add(Figure {
        name: "competence of 10,000 matters, 100 areas, 20 revisions".into(),
        value: median(rates),
        unit: "/s",
        yardstick: Some(20_000.0),
        least_ratio: Some(1.0),
        ..Figure::default()
    });
}

/// The index after twenty revisions, each of which moved powers and gave some to townships.
fn county() -> Index {
    let mut content = Content::default();
    for number in 0..AREAS {
        let government = body(&format!("TG-B{number:02}"));
        let brigade = body(&format!("BR-B{number:02}"));
        let span = Span { from: day(2000, 1, 1), to: None };
        let name_zh = format!("示例{number}镇");
        let area = Area { region: area(number), name_zh, government, brigade, span };
        content.put(Entry::Area(Arc::new(area)), 1);
    }
    for number in 0..MATTERS {
        content.put(Entry::Matter(Arc::new(matter(number))), 1);
        let to = day(2021, 12, 31);
        content.put(power(number, "HOU", county_region(), (day(2000, 1, 1), Some(to))), 1);
        content.put(power(number, "CAE", county_region(), (day(2022, 1, 1), None)), 1);
    }
    let mut index = Index::of(1, &content, true);
    for revision in 2..=REVISIONS {
        let mut touched = Touched::default();
        for at in 0..MATTERS / REVISIONS {
            let number = (revision * 499 + at * 7) % MATTERS;
            let township = area((revision + at) % AREAS);
            let government = format!("TG-B{:02}", (revision + at) % AREAS);
            let given = power(number, &government, township, (day(2023, 1, 1), None));
            touched.note(&given);
            content.put(given, i64::from(revision));
        }
        index = index.renewed(i64::from(revision), &content, &touched);
    }
    index
}

fn matter(number: u32) -> Matter {
    Matter {
        code: code(number),
        name_zh: format!("对示例行为{number}的行政处罚"),
        name_en: format!("Example {number}"),
        domain: "EXAMPLE".to_owned(),
        regime: Regime::Comprehensive,
        township_empowerable: true,
        bases: Vec::new(),
        penalty_summary: String::new(),
        linked_offences: Vec::new(),
        typical_evidence: Vec::new(),
        note: String::new(),
    }
}

fn power(
    number: u32,
    holder: &str,
    territory: Region,
    (from, to): (NaiveDate, Option<NaiveDate>),
) -> Entry {
    Entry::Power(Arc::new(Power {
        matter: code(number),
        holder: Holder::Body(body(holder)),
        territory,
        span: Span { from, to },
        source: if territory.is_township() { Source::Empowerment } else { Source::Transfer },
        shared: false,
        act: "示例公告".to_owned(),
    }))
}

fn code(number: u32) -> String {
    format!("B{number:05}")
}

fn body(code: &str) -> AgencyCode {
    AgencyCode::parse(code).unwrap()
}

fn county_region() -> Region {
    Region::parse("330999").unwrap()
}

fn area(number: u32) -> Region {
    Region::parse(&format!("330999{:03}", number + 1)).unwrap()
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// A generator whose draws are the same in every run.
fn next(draw: u32) -> u32 {
    draw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)
}

/// The longest time until another replica answers as a publication says.
async fn publications(report: &mut Report) {
    let Ok(server) = std::env::var("XIEZHI_BENCH_POSTGRES") else {
        return eprintln("XIEZHI_BENCH_POSTGRES is not set: scripts/bench sets it");
    };
    let database = format!("{server}/bench_catalogue");
    psql(&format!("{server}/postgres"), "DROP DATABASE IF EXISTS bench_catalogue");
    psql(&format!("{server}/postgres"), "CREATE DATABASE bench_catalogue");
    let (first, second) = serve_catalogue_twice(&database).await;
    let office = first.agency("GOV-C").await;
    let import = ["catalogue", "import", "--first", "--as", "GOV-C", "--officer", "GOV-C-04"];
    let act = ["--title", "the first list", "--announcement", "示例〔2026〕0号", "--yes"];
    first.run(&[&import[..], &act].concat());
    let replica = first.connect_apart("GOV-C", "/xiezhi.catalogue.", &second).await;
    let mut longest = Duration::ZERO;
    let mut seen = BTreeSet::new();
    for number in 0..PUBLICATIONS {
        let revision = publish(&office, number).await;
        let start = Instant::now();
        while answering(&replica).await < revision {
            assert!(start.elapsed() < Duration::from_secs(30), "the replica does not follow");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        assert!(seen.insert(revision));
        longest = longest.max(start.elapsed());
    }
    report.add(Figure {
        name: "from a publication to the answer of another replica".into(),
        value: longest.as_secs_f64(),
        unit: "s",
        most: Some(1.0),
        ..Figure::default()
    });
}

/// Publishes a revision that adds one posting, and returns its number.
async fn publish(office: &Mesh, number: usize) -> i64 {
    let posting = pb::Posting {
        certificate_no: "CAE-01".to_owned(),
        home_agency: "CAE".to_owned(),
        posted_to: "BR-T05".to_owned(),
        valid_from: format!("2031-{:02}-01", number + 1),
        valid_to: format!("2031-{:02}-20", number + 1),
    };
    let entry =
        pb::Entry { entry: Some(pb::entry::Entry::Posting(posting)), ..pb::Entry::default() };
    let changes = Some(pb::Changes { put: vec![entry], remove: Vec::new() });
    let base_revision = answering(office).await;
    let asked = pb::PreviewRevisionRequest { changes: changes.clone(), base_revision };
    let preview = office.catalogue().preview_revision(asked).await.unwrap().into_inner();
    assert!(preview.faults.is_empty(), "{:?}", preview.faults);
    let request = pb::PublishRevisionRequest {
        request_id: request_id(),
        changes,
        base_revision,
        preview_sha256: preview.preview_sha256,
        title: "a posting".to_owned(),
        announcement: format!("示例〔2026〕{number}号"),
        officer: "GOV-C-04".to_owned(),
    };
    let published = office.catalogue().publish_revision(request).await.unwrap().into_inner();
    published.revision.unwrap().number
}

/// The revision with which this replica answers; 0 while it knows of none.
async fn answering(mesh: &Mesh) -> i64 {
    let asked = pb::ResolveCompetenceRequest {
        matter: "M001".to_owned(),
        place: "330999".to_owned(),
        ..Default::default()
    };
    let answer = mesh.catalogue().resolve_competence(asked).await;
    answer.map_or(0, |answer| answer.into_inner().revision)
}
