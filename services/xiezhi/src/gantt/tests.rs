//! That a chart shows every visit where it belongs, and nothing twice.

use super::*;

fn day(number: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, number).unwrap()
}

fn visit(number: usize, at: (u32, &str, &str), crews: &[(&str, &[&str])]) -> pb::Visit {
    let (date, from, to) = at;
    let stamp = |time: &str| {
        let text = format!("{}T{time}:00+08:00", day(date));
        let at = DateTime::parse_from_rfc3339(&text).unwrap();
        Some(prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 })
    };
    let groups = crews.iter().map(|(agency, officers)| pb::Group {
        agency: (*agency).to_owned(),
        assigned: officers.iter().map(|one| (*one).to_owned()).collect(),
        ..pb::Group::default()
    });
    pb::Visit {
        name: format!("visits/{number}"),
        subject: "subjects/<A&B>".to_owned(),
        notice_no: format!("GDO检通〔2026〕{number}号"),
        start_time: stamp(from),
        end_time: stamp(to),
        groups: groups.collect(),
        ..pb::Visit::default()
    }
}

fn chart() -> Chart {
    let visits = [
        visit(41, (19, "09:00", "10:30"), &[("MKT", &["MKT-1", "MKT-2"]), ("FIR", &["FIR-1"])]),
        visit(42, (20, "13:00", "14:00"), &[("MKT", &["MKT-1"])]),
        pb::Visit { start_time: None, ..visit(43, (20, "13:00", "14:00"), &[]) },
    ];
    let body = |code: &str, officers: &[&str]| Body {
        code: code.to_owned(),
        name: "示例".to_owned(),
        officers: officers.iter().map(|one| (*one).to_owned()).collect(),
    };
    Chart {
        title: "a week".to_owned(),
        days: vec![day(19), day(20)],
        hours: (510, 1050),
        bodies: vec![body("MKT", &["MKT-1", "MKT-2"]), body("FIR", &["FIR-1"])],
        bars: bars(&visits, &BTreeSet::from(["visits/42"])),
        away: vec![Away { officer: "MKT-2".to_owned(), day: day(20), why: "ill" }],
    }
}

#[test]
fn each_officer_of_a_visit_has_a_bar_in_the_time_of_the_county() {
    let chart = chart();
    assert_eq!(chart.bars.len(), 4, "the visit without a place has none");
    let first = chart.bars.iter().find(|bar| bar.officer == "FIR-1").unwrap();
    assert_eq!((first.day, first.from, first.to), (day(19), 540, 630));
    assert_eq!((first.label.as_str(), first.with.as_slice()), ("41", &["MKT".to_owned()][..]));
    let repaired: Vec<&str> =
        chart.bars.iter().filter(|bar| bar.repaired).map(|bar| bar.label.as_str()).collect();
    assert_eq!(repaired, ["42"]);
}

#[test]
fn there_is_an_overview_and_a_page_for_each_body() {
    let chart = chart();
    let files = chart.files();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["overview.svg", "MKT.svg", "FIR.svg"]);
    let page = &files[1].1;
    // One bar an officer and visit, each with its tip, and the names of the world outside escaped.
    assert_eq!(page.matches("<title>").count(), 3);
    assert!(page.contains("subjects/&lt;A&amp;B&gt;") && !page.contains("<A&B>"));
    assert!(page.contains(">ill</text>") && page.contains("Monday 19 October 2026"));
    assert!(page.contains("#d00000"));
    assert!(files[0].1.contains("1 visits, 5 %, 1 repaired"), "{}", files[0].1);
}

#[test]
fn a_bar_begins_and_ends_at_its_minutes() {
    let chart = chart();
    // 09:00 is half an hour after the beginning of the nine hours that are 270 pixels wide.
    assert_eq!(page::across(&chart, 540), 15);
    assert_eq!(page::across(&chart, 1050), page::DAY);
    assert_eq!(page::across(&chart, 0), 0, "what is before the first hour begins there");
    let left = page::LEFT + 15;
    assert!(chart.files()[2].1.contains(&format!("<rect x=\"{left}\" y=\"113\" width=\"45\"")));
}
