//! What people and scripts get from the command line.

use std::{fs, process::Output};

use serde_json::Value;

use crate::{
    calls::papers,
    county::County,
    process::{text, xiezhi},
};

/// A small scenario: a docket below every threshold is closed.
const SMALL: &str = r#"
id = "X01"
title = "Sand from the river"
source = "an exercise"
dates = "all invented"
invented = "everything"
agency = "CAE"
sector = "WATER"
matter = "M014"
expected_system_behaviour = ""

[facts]
mineral_value = "9000"

[[steps]]
at = "2024-03-04T09:00:00+08:00"
officer = "officer1"
do = "open_docket"
expect = { state = "OPEN", suggests = [] }

[[steps]]
at = "2024-03-04T10:00:00+08:00"
officer = "head"
do = "close_docket"
with = { reason = "9,000 yuan: below 100,000 yuan" }
expect = { state = "CLOSED" }

[expected]
docket = "CLOSED"
"#;

/// Every line of it, each an object of its own.
fn lines(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    let lines = text(&output.stdout);
    let objects: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(!objects.is_empty() && objects.iter().all(Value::is_object), "{lines}");
    objects
}

#[test]
fn a_term_is_counted_with_its_reasons() {
    // Three working days from Wednesday: Saturday to the next one is Spring Festival, and the
    // Sunday after it is worked.
    let term = ["term", "2024-02-07", "3", "working-day"];
    let told = &lines(&xiezhi(&[&term[..], &["--json"]].concat()))[0];
    assert_eq!((&told["length"], &told["provisional"]), (&"3 WORKING_DAY".into(), &false.into()));
    assert_eq!(told["last_day"], "2024-02-18");
    assert_eq!(told["due_time"], "2024-02-18T16:00:00+00:00");
    let reasons = told["reasons"].as_array().unwrap();
    let table = text(&xiezhi(&term).stdout);
    assert!(table.contains("ends 2024-02-18 24:00 (Sun)"), "{table}");
    for reason in reasons {
        assert!(table.contains(reason.as_str().unwrap()), "{table}");
    }
    assert!(!reasons.is_empty());

    let refused = xiezhi(&["term", "2024-02-30", "3", "day"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("2024-02-30 is neither a day"));
}

#[tokio::test]
async fn a_case_is_worked_on_and_read_at_the_command_line() {
    let (county, server) = County::new(&["MKT"], Vec::new()).await;
    let open = ["referral", "open", "--as", "MKT", "--officer", "MKT-01", "--title", "sweet candy"];
    let facts = ["--sector", "FOOD", "--offence", "art. 144"];
    let fact = ["--fact", "toxic_non_food_material_added=true"];
    let shown = county.done(&[&open[..], &facts, &fact].concat());
    assert!(shown.contains("suspected: ") && shown.contains("TH-FOOD-01"), "{shown}");
    let opened = lines(&county.run(&[&open[..], &facts, &fact, &["--json"]].concat()));
    assert_eq!(opened[0]["title"], "sweet candy");
    assert_eq!(opened[1]["docket"], opened[0]["name"]);
    let name = opened[1]["name"].as_str().unwrap();

    let step = ["referral", "step", name, "--as", "MKT"];
    let team = ["--with", r#"{"officers": ["MKT-01", "MKT-02"]}"#];
    let appoint = [&step[..], &["appoint_team", "--officer", "MKT-04"], &team].concat();
    let shown = county.done(&appoint);
    assert!(shown.contains("state TEAM_ASSIGNED"), "{shown}");
    let report = county.base.path().join("report.json");
    fs::write(&report, report_json()).unwrap();
    let documents = ["--documents", report.to_str().unwrap(), "--json"];
    let submit = [&step[..], &["submit_report", "--officer", "MKT-01"], &documents].concat();
    assert_eq!(lines(&county.run(&submit))[0]["referral"]["state"], "AWAITING_HEAD");

    let shown = county.done(&["referral", "show", name, "--as", "MKT"]);
    for word in ["MKT-04", "APPOINT_TEAM", "T-04", "RUNNING", "next to act: MKT", "you may APPROVE"]
    {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let show = lines(&county.run(&["--json", "referral", "show", name, "--as", "MKT"]));
    assert_eq!(show[0]["terms"].as_array().unwrap().len(), 2);
    let table = county.done(&["referral", "list", "--as", "MKT"]);
    assert!(table.contains(name) && table.contains("AWAITING_HEAD"), "{table}");
    let filter = ["referral", "list", "--as", "MKT", "--json", "--filter"];
    let listed = lines(&county.run(&[&filter[..], &["state = \"AWAITING_HEAD\""]].concat()));
    assert_eq!(listed[0]["referrals"].as_array().unwrap().len(), 1);
    for read in [&["agency", "list"][..], &["officer", "list", "MKT"], &["keys", "list", "MKT"]] {
        lines(&county.run(&[read, &["--json"]].concat()));
        assert!(county.done(read).contains("MKT"));
    }
    assert_eq!(lines(&county.run(&["procedures", "--json"])).len(), 8);
    let rotated = lines(&county.run(&["keys", "rotate", "--json"]));
    assert!(county.done(&["keys", "bundle"]).contains(rotated[0]["kid"].as_str().unwrap()));
    server.stop().await;
}

fn report_json() -> String {
    let fields = papers(&["REFERRAL_REPORT"]).pop().unwrap().fields;
    serde_json::json!([{ "code": "REFERRAL_REPORT", "fields": fields }]).to_string()
}

#[tokio::test]
async fn a_refusal_names_every_field_and_rule_and_is_a_failure() {
    let (county, server) = County::new(&["MKT"], Vec::new()).await;
    let told = |arguments: &[&str], words: &[&str]| {
        let output = county.run(arguments);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(output.stdout.is_empty(), "{}", text(&output.stdout));
        for word in words {
            assert!(told.contains(word), "{arguments:?} without {word}: {told}");
        }
    };
    let open = ["referral", "open", "--as", "MKT", "--officer", "MKT-01", "--offence", "art. 144"];
    let empty = [&open[..], &["--title", "", "--sector", ""]].concat();
    told(&empty, &["InvalidArgument FIELDS", "\n  title: is missing", "\n  sector: is missing"]);

    let opened = county.run(&[&open[..], &["--title", "x", "--sector", "FOOD", "--json"]].concat());
    let name = lines(&opened)[1]["name"].as_str().unwrap().to_owned();
    let step = |what: &str, officer: &str, words: &[&str]| {
        let step = ["referral", "step", &name, what, "--as", "MKT", "--officer", officer];
        told(&step, words);
    };
    // Out of turn: the rule that was broken, in both languages.
    step("approve", "MKT-04", &["WRONG_STATE", "T-04", "Decree 310 art. 5(2)", "referrals/"]);
    step("appoint_team", "MKT-99", &["officer: MKT-99 is no certificate of this agency"]);
    step(
        "bogus_step",
        "MKT-01",
        &["bogus_step is no step; there are: ", "deliver", "sign_receipt"],
    );
    told(&["referral", "show", "referrals/none", "--as", "MKT"], &["NotFound NOT_FOUND"]);
    told(&["referral", "list", "--as", "PSB"], &["there is no key of", "keys enrol"]);
    server.stop().await;
    told(&["referral", "list", "--as", "MKT"], &["no token"]);
}

#[test]
fn the_demo_replays_a_folder_and_fails_when_something_is_not_as_expected() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("x01.toml");
    let demo = ["demo", "--scenarios", folder.path().to_str().unwrap()];
    fs::write(&file, SMALL).unwrap();
    let output = xiezhi(&demo);
    let told = text(&output.stdout);
    assert!(output.status.success(), "{told}{}", text(&output.stderr));
    assert!(told.contains("1 cases replayed: 1 as expected"), "{told}");
    let count = lines(&xiezhi(&[&demo[..], &["--json"]].concat())).pop().unwrap();
    assert_eq!((&count["as_expected"], &count["unexpected"]), (&1.into(), &0.into()));

    fs::write(&file, SMALL.replace(r#"suggests = []"#, r#"suggests = ["TH-ENV-01"]"#)).unwrap();
    let output = xiezhi(&demo);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stdout);
    assert!(told.contains("UNEXPECTED step 1 open_docket by CAE"), "{told}");

    fs::write(&file, SMALL.replace("sector", "sectr")).unwrap();
    let told = xiezhi(&demo);
    assert_eq!(told.status.code(), Some(1));
    assert!(text(&told.stderr).contains("x01.toml"), "{}", text(&told.stderr));
}

#[test]
fn a_case_hands_its_evidence_over_and_what_is_short_in_a_second_list() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("k19.toml");
    let demo = ["--json", "demo", "--scenarios", folder.path().to_str().unwrap()];
    let case = include_str!("../../scenarios/k19-fireworks-five-places.toml");
    fs::write(&file, case).unwrap();
    let told = lines(&xiezhi(&demo));
    let evidence = &told[0]["evidence"];
    assert_eq!((&evidence["items"], &evidence["hand_overs"]), (&6.into(), &2.into()), "{told:?}");
    assert_eq!(evidence["verified"], true, "{told:?}");
    assert_eq!((&told[1]["exports"], &told[1]["exports_verified"]), (&1.into(), &1.into()));
    assert_eq!(told[1]["unexpected"], 0);

    // All of it in one list: the step is taken with the first, and nothing is left for the second.
    let all = case.replace(", accepted = false", ", accepted = true");
    fs::write(&file, all).unwrap();
    let output = xiezhi(&demo);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stdout);
    assert!(told.contains("step 10 hand_over by EMG: state MATERIAL_HANDED_OVER, not"), "{told}");
}

#[test]
fn the_demo_replays_disputes_after_the_cases_and_fails_when_one_goes_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("x01.toml"), SMALL).unwrap();
    let disputes = folder.path().join("disputes");
    fs::create_dir(&disputes).unwrap();
    let file = disputes.join("d2.toml");
    let dispute = include_str!("../../scenarios/disputes/d2-spoil-on-farmland.toml");
    let demo = ["demo", "--scenarios", folder.path().to_str().unwrap()];
    fs::write(&file, dispute).unwrap();
    let told = lines(&xiezhi(&[&demo[..], &["--json"]].concat()));
    assert_eq!((&told[2]["dispute"], &told[2]["competent"]), (&"D2".into(), &"NAT".into()));
    assert_eq!((&told[2]["manner"], &told[2]["revision"]), (&"COORDINATION".into(), &2.into()));
    let count = &told[3];
    assert_eq!((&count["disputes"], &count["unexpected"]), (&1.into(), &0.into()), "{told:?}");

    // Somebody else acts than the file says, and a refusal that does not come.
    let otherwise = dispute.replace("acting = \"AGR\", competent", "acting = \"NAT\", competent");
    let otherwise = otherwise.replacen(
        "agrees = true }\nexpect = { state = \"COORDINATING\" }",
        "agrees = true }\nexpect = { refused = \"J-03\" }",
        1,
    );
    fs::write(&file, otherwise).unwrap();
    let output = xiezhi(&demo);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stdout);
    for word in [
        "UNEXPECTED step 10 answer_outcome by NAT: went through, should be refused",
        "UNEXPECTED step 11 answer_outcome by AGR: acting is Some(\"AGR\"), not Some(\"NAT\")",
        "1 disputes replayed: 0 as expected, 1 unexpected",
    ] {
        assert!(told.contains(word), "{word}: {told}");
    }
    fs::write(&file, dispute.replace("invented", "invnted")).unwrap();
    let told = text(&xiezhi(&demo).stderr);
    assert!(told.contains("d2.toml"), "{told}");
}
