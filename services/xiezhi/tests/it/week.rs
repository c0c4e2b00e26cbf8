//! The county week of the demo: drawn, merged, scheduled, repaired, carried out, and looked at.

use std::fs;

use serde_json::Value;

use crate::process::{text, xiezhi};

/// A week that a debug build plays in seconds.
const SMALL: [&str; 8] =
    ["demo", "--only-week", "--officers", "30", "--visits", "40", "--iterations", "20000"];

#[test]
fn a_county_week_goes_as_expected_in_front_of_whoever_looks_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let shared = ["--data", data.to_str().unwrap()];
    let output = xiezhi(&[&shared[..], &SMALL].concat());
    let (told, live) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{told}{live}");
    for word in [
        "A county week: 30 officers of 5 bodies, 40 visits",
        "the record, replayed by anybody: verified",
        "visits left out, because nobody holds RADIATION: 1",
        "with two more officers of ECO who hold RADIATION: 1 of the 1 visits left out",
        "is ill until Friday",
        "REASSIGNED",
        ", 0 unexpected",
    ] {
        assert!(told.contains(word), "{word}: {told}");
    }
    assert!(live.contains("solving: 20000 of 20000 iterations, "), "{live}");

    // What it leaves: a page for each body, and a record that the command line replays.
    let week = data.join("week");
    let mut visits = 0;
    for body in ["MKT", "FIR", "CAE", "EMG", "ECO"] {
        let page = fs::read_to_string(week.join(format!("{body}.svg"))).unwrap();
        assert!(page.starts_with("<svg ") && page.ends_with("</svg>\n"), "{body}");
        visits += page.matches("<title>").count();
    }
    // Two officers at least at each of the 39: one has no place.
    assert!(visits >= 78, "{visits}");
    let overview = fs::read_to_string(week.join("overview.svg")).unwrap();
    assert!(overview.contains("39 visits dispatched") && overview.contains("repaired"));
    let record = week.join("draw.txt");
    let verified = xiezhi(&["draw", "verify", record.to_str().unwrap()]);
    assert!(verified.status.success(), "{}", text(&verified.stderr));
}

#[test]
fn another_seed_is_another_county_and_goes_as_expected_too() {
    let output = xiezhi(&[&["--json"], &SMALL[..], &["--seed", "7"]].concat());
    let lines: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let unexpected: Vec<&Value> =
        lines.iter().filter(|line| line["outcome"] == "UNEXPECTED").collect();
    assert!(unexpected.is_empty() && output.status.success(), "{unexpected:?}");
    assert!(output.stderr.is_empty(), "a program is not told how far it is");
    let last = lines.last().unwrap();
    assert_eq!(last["expectations"], last["as_expected"], "{last}");
    // What is temporary is gone, and what people look at is not.
    for chart in last["charts"].as_array().unwrap() {
        fs::remove_file(chart.as_str().unwrap()).unwrap();
    }
    let folder = std::path::Path::new(last["charts"][0].as_str().unwrap()).parent().unwrap();
    assert!(!folder.with_extension("").exists());
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_week_is_left_out_or_alone_but_not_both() {
    let output = xiezhi(&["demo", "--only-week", "--no-week"]);
    assert_eq!(output.status.code(), Some(2));
    let output = xiezhi(&["demo", "--only-week", "--officers", "29"]);
    assert_eq!(output.status.code(), Some(2));
}
