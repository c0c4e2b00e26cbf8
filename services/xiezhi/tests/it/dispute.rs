//! A dispute at the command line, from the first position to the precedent.

use chrono::Duration;
use clock::Clock;
use serde_json::Value;

use crate::{catalogue::published, county::County, process::text};

fn json(county: &County, arguments: &[&str]) -> Vec<Value> {
    let printed = county.done(&[&["--json"], arguments].concat());
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What is said of a command that is refused.
fn refused(county: &County, arguments: &[&str]) -> String {
    let output = county.run(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

/// A day on which nothing that is decided here takes effect yet.
fn soon() -> String {
    (clock::legal_date(Clock::system().now()) + Duration::days(30)).to_string()
}

/// Opens a dispute of NAT with AGR over spoil on farmland.
fn opened(county: &County) -> Value {
    let open = ["dispute", "open", "--as", "NAT", "--officer", "NAT-01", "--kind", "positive"];
    let about = ["--with", "AGR", "--title", "倾倒渣土占用耕地由谁查处", "--matter", "M046"];
    let place = ["--place", "330999005", "--facts", "在耕地上倾倒建筑渣土约3亩"];
    let position = ["--position", "土地违法由自然资源部门查处", "--basis", "土地管理法第七十五条"];
    let filed = ["--filed-first-by", "AGR", "--filed-first-on", "2026-01-05"];
    let all = [&open[..], &about, &place, &position, &filed].concat();
    json(county, &all).remove(0)
}

#[tokio::test]
async fn a_dispute_climbs_to_a_coordinated_decision_and_becomes_a_precedent() {
    let (county, server) = published(&["NAT", "AGR", "TRA"]).await;
    let told = county.done(&["dispute", "forum", "NAT", "AGR"]);
    for word in ["1. COORDINATION GDO (AGREEMENT)", "2. SUPERIOR GOV-C (DECISION)", "J-03"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let told = county.done(&["dispute", "forum", "CAE", "HOU"]);
    assert!(told.contains("THREE_BODIES GDO, JUS, OEO") && told.contains("GOV-C"), "{told}");
    let told = county.done(&["dispute", "forum", "CAE", "ECO"]);
    assert!(told.contains("1. COORDINATION GDO") && told.contains("2. SUPERIOR GOV-M"), "{told}");

    let dispute = opened(&county);
    let name = dispute["name"].as_str().unwrap();
    assert_eq!((&dispute["state"], &dispute["acting"]), (&"NEGOTIATING".into(), &"AGR".into()));
    let step = |what: &str, by: &str, with: &[&str]| {
        let officer = format!("{by}-01");
        let step = ["dispute", "step", name, what, "--as", by, "--officer", &officer];
        county.done(&[&step[..], with].concat())
    };
    let told = step("state-position", "AGR", &["--stance", "claims", "--text", "本局先立案"]);
    assert!(told.contains("本局先立案") && told.contains("you may apply"), "{told}");
    step("apply", "NAT", &["--text", "协商不成"]);
    let from = soon();
    let outcome = ["--competent", "NAT", "--reason", "土地违法为主", "--effective-from", &from];
    let propose =
        ["dispute", "step", name, "propose-outcome", "--as", "NAT", "--officer", "NAT-01"];
    let told = refused(&county, &[&propose[..], &outcome].concat());
    assert!(told.contains("rule J-03"), "{told}");
    step("accept", "GDO", &[]);
    step("forward", "GDO", &[]);
    step("propose-outcome", "GDO", &outcome);
    step("answer-outcome", "NAT", &["--agrees"]);
    let told = step("answer-outcome", "AGR", &["--agrees"]);
    let decided = format!("NAT is competent from {from}");
    for word in ["state DECIDED", &decided, "COORDINATION by", "J-01"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    step("acknowledge", "AGR", &[]);

    let told = county.done(&["dispute", "show", name, "--as", "NAT"]);
    for word in ["POSITIVE  NAT against AGR", "acts     AGR: ", "OUTCOME", "known to AGR"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let shown = &json(&county, &["dispute", "show", name, "--as", "NAT"])[0];
    assert_eq!(shown["dispute"]["decision"]["manner"], "COORDINATION");
    let told = county.done(&["dispute", "timeline", name, "--as", "GDO"]);
    assert!(told.contains("AGR-01") && told.contains("DECIDED"), "{told}");
    let filter = ["dispute", "list", "--as", "NAT", "--filter", "state = \"DECIDED\""];
    assert!(county.done(&filter).contains(name));
    let told = refused(&county, &["dispute", "show", name, "--as", "TRA"]);
    assert!(told.contains("NotFound"), "{told}");
    precedent(&county, name);
    server.stop().await;
}

/// What the decided dispute is to others.
fn precedent(county: &County, name: &str) {
    assert!(county.done(&["dispute", "precedents", "--matter", "M046"]).contains(name));
    let suggest = ["dispute", "suggest", "--as", "TRA", "--party", "AGR", "--party", "NAT"];
    let untitled = refused(county, &suggest);
    assert!(untitled.contains("title: is missing"), "{untitled}");
    let about = ["--title", "耕地上倾倒渣土", "--matter", "M046", "--place", "330999006"];
    let told = county.done(&[&suggest[..], &["--kind", "positive"], &about].concat());
    assert!(told.contains(name) && told.contains("decides nothing"), "{told}");
    let told = county.done(&["dispute", "ladder"]);
    assert!(told.contains("VOTE") && told.contains("NEGOTIATE") && told.contains("J-04"), "{told}");
}

#[tokio::test]
async fn a_settlement_is_signed_as_it_was_read() {
    let (county, server) = published(&["NAT", "AGR"]).await;
    let name = opened(&county)["name"].as_str().unwrap().to_owned();
    let as_nat = ["--as", "NAT", "--officer", "NAT-01"];
    let as_agr = ["--as", "AGR", "--officer", "AGR-01"];
    let step = ["dispute", "step", &name];
    let from = soon();
    let offer = ["--competent", "AGR", "--text", "由农业农村局查处", "--effective-from", &from];
    county.done(&[&step[..], &["offer-settlement"], &as_nat, &offer].concat());
    let sign = [&step[..], &["sign-settlement"], &as_agr].concat();
    let other = "0".repeat(64);
    let told = refused(&county, &[&sign[..], &["--sha256", &other]].concat());
    assert!(told.contains("rule J-02"), "{told}");
    let told = county.done(&sign);
    assert!(told.contains("state SETTLED") && told.contains("SETTLEMENT by"), "{told}");
    server.stop().await;
}
