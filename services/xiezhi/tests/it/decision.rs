//! Decisions under the three systems and the figures of evaluation, at the command line.

use serde_json::Value;

use crate::{county::County, process::text};

fn json(county: &County, arguments: &[&str]) -> Value {
    let told = county.done(&[arguments, &["--json"]].concat());
    serde_json::from_str(told.lines().next().unwrap()).unwrap()
}

/// Writes a file of the county's, and says where.
fn file(county: &County, name: &str, content: &str) -> String {
    let path = county.base.path().join(name);
    std::fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

const BY: [&str; 4] = ["--as", "MKT", "--officer", "MKT-01"];

/// Records the example, from the file that it prints.
fn recorded(county: &County) -> String {
    let example = county.done(&["decision", "record", "--example"]);
    let content = file(county, "decision.json", &example);
    let one = json(county, &[&["decision", "record", &content], &BY[..]].concat());
    assert_eq!(one["state"], "RECORDED");
    one["name"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_goes_through_the_three_systems() {
    let (county, _server) = County::new(&["MKT", "JUS", "ECO"], Vec::new()).await;
    let name = recorded(&county);
    let paper = file(&county, "paper.txt", "a paper");
    let act = |what: &str, words: &[&str]| {
        let asked = [&["decision", what, name.as_str()], &BY[..], words].concat();
        json(&county, &asked)
    };
    let on = ["--on", "2026-03-03"];
    let served = act("serve", &[&on[..], &["--how", "direct", "--record", &paper]].concat());
    assert_eq!((&served["state"], &served["served_by"]), (&"SERVED".into(), &"DIRECT".into()));
    let to = ["--place", "https://county.example/1", "--text", &paper];
    let published = act("publish", &[&on[..], &to].concat());
    assert_eq!(published["publication"]["published_on"], "2026-03-03");
    act("change", &[&on[..], &["--what", "revoked", "--reason", "on reconsideration"]].concat());
    let withdrawn = act("withdraw", &[&on[..], &["--explanation", "revoked"]].concat());
    assert_eq!(withdrawn["publication_state"], "WITHDRAWN");
    assert_eq!(act("close", &["--record", &paper])["state"], "CLOSED");

    let told = county.done(&["decision", "show", &name, "--as", "JUS"]);
    assert!(told.contains("S-02") && told.contains("KEPT"), "{told}");
    let told = county.done(&["decision", "list", "--as", "MKT", "--overdue"]);
    assert!(!told.contains(&name), "{told}");
    let refused = county.run(&["decision", "show", &name, "--as", "ECO"]);
    assert!(text(&refused.stderr).contains("NOT_FOUND"));
    figures(&county);
}

/// What the decision is counted as.
fn figures(county: &County) {
    let told = county.done(&["indicator", "list", "--as", "MKT"]);
    assert!(told.contains("term_kept / (term_kept + term_missed)"), "{told}");
    let show = ["indicator", "show", "publication", "--as", "MKT", "--by", "body"];
    // It is counted when its rows are leaves.
    let figure = (0..200).find_map(|_| {
        let figure = json(county, &show)["figures"][0].clone();
        let whole = figure["numerator"] == "2";
        if !whole {
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        whole.then_some(figure)
    });
    assert_eq!(figure.unwrap()["value"], "100.0");
    let told = county.done(&["indicator", "rows", "publication", "--as", "MKT", "--denominator"]);
    assert!(told.contains("S-01") && told.contains("supervision"), "{told}");
    let pdf = county.base.path().join("report.pdf");
    let report = ["indicator", "report", "2026", "--as", "JUS", "--pdf", pdf.to_str().unwrap()];
    assert!(county.done(&report).contains("执法公示按期率"));
    assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF-"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_is_offered_signed_and_checked_and_what_may_be_a_crime_is_refused() {
    let (county, _server) = County::new(&["MKT"], Vec::new()).await;
    let offer =
        ["decision", "promise", "offer", "--matter", "M001", "--subject", "A", "--text", "x"];
    let refused =
        county.run(&[&offer[..], &BY, &["--screened", "--reaches", "TH-ENV-01"]].concat());
    assert!(text(&refused.stderr).contains("rule S-12"), "{}", text(&refused.stderr));
    let one = json(&county, &[&offer[..], &BY, &["--screened"]].concat());
    let name = one["name"].as_str().unwrap();
    let paper = file(&county, "paper.txt", "a promise");
    let sign = ["decision", "promise", "sign", name, "--by", "2999-01-01", "--paper", &paper];
    assert_eq!(json(&county, &[&sign[..], &BY].concat())["state"], "SIGNED");
    let check = ["decision", "promise", "check", name, "--corrected", "--found", "gone"];
    assert_eq!(json(&county, &[&check[..], &BY].concat())["state"], "CHECKED_OK");
    let listed = county.done(&["decision", "promise", "list", "--as", "MKT"]);
    assert!(listed.contains(name), "{listed}");
}
