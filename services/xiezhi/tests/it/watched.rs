//! What is due at the command line: the board, a warning, what two bodies have of one another, the
//! trace of a docket with its proof.

use std::{fs, time::Duration};

use serde_json::Value;

use crate::{calls::open_docket, county::County, process::text};

fn json(county: &County, arguments: &[&str]) -> Vec<Value> {
    let printed = county.done(&[&["--json"], arguments].concat());
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Asks again until the answer has so many of what is listed: rows become leaves a moment later.
async fn listed(county: &County, arguments: &[&str], field: &str, count: usize) -> Vec<Value> {
    let found = async {
        loop {
            // What is empty is left out.
            let found = json(county, arguments).remove(0)[field].as_array().cloned();
            if let Some(found) = found.filter(|found| found.len() >= count) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), found).await.unwrap()
}

#[tokio::test]
async fn a_request_nobody_acknowledges_is_on_the_board_of_both_and_reconciled() {
    let (county, server) = County::new(&["MKT", "ECO", "GDO"], Vec::new()).await;
    let ask = ["assist", "request", "--to", "ECO", "--kind", "testing", "--text", "请检测油烟浓度"];
    county.done(&[&ask[..], &["--as", "MKT", "--officer", "MKT-01"]].concat());
    let filter = "form = \"EXCHANGE\" AND kind = \"ASSISTANCE\"";
    for body in ["ECO", "MKT", "GDO"] {
        let items = listed(&county, &["board", "--as", body, "--filter", filter], "items", 1).await;
        assert_eq!((&items[0]["holder"], &items[0]["state"]), (&"ECO".into(), &"SENT".into()));
    }
    let told = county.done(&["board", "--as", "ECO"]);
    assert!(told.contains("acknowledge ASSISTANCE") && told.contains("a warning to ECO"), "{told}");
    let told = county.done(&["board", "--as", "GDO", "--counts"]);
    assert!(told.contains("ECO") && told.contains("EXCHANGE"), "{told}");
    // The guidance office looked; who was looked at sees it.
    let told = county.done(&["trace", "--overseers", "--as", "ECO"]);
    assert!(
        told.contains("GDO") && told.contains("ListDue") && told.contains("GetBoard"),
        "{told}"
    );

    let span = ["--from", "2020-01-01", "--to", "2020-12-30"];
    let none = ["board", "reconcile", "ECO", "--as", "MKT"];
    let told = county.done(&[&none[..], &span].concat());
    assert!(told.contains("0 agree"), "{told}");
    let today = clock::legal_date(clock::Clock::system().now()).to_string();
    let held = county.base.path().join("held.csv");
    fs::write(&held, "service,id,digest\noperations,made up,\n").unwrap();
    let all = [&none[..], &["--from", &today, "--to", &today, "--held", held.to_str().unwrap()]];
    let output = county.run(&all.concat());
    let told = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("you lack") && told.contains("the mesh does not know"), "{told}");
    server.stop().await;
}

#[tokio::test]
async fn a_docket_is_traced_with_a_proof_of_every_row() {
    let (county, server) = County::new(&["MKT", "PRO", "ECO"], Vec::new()).await;
    let opened = county.connect("MKT").await.referral().open_docket(open_docket("candy")).await;
    let docket = opened.unwrap().into_inner().docket.unwrap().name;
    let trace = ["trace", &docket, "--as", "MKT"];
    let told = async {
        loop {
            let output = county.run(&[&trace[..], &["--proof"]].concat());
            if output.status.success() {
                return text(&output.stdout);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(60), told).await.unwrap();
    assert!(told.contains("MKT-") && told.contains("holds"), "{told}");
    assert_eq!(json(&county, &trace)[0]["kind"], "DOCKET_OPENED");
    let hidden = county.run(&["trace", &docket, "--as", "ECO"]);
    assert_eq!(hidden.status.code(), Some(1));
    assert!(text(&hidden.stderr).contains("NOT_FOUND"));
    county.done(&["trace", &docket, "--as", "PRO"]);
    let told = county.done(&["trace", "--overseers", "--as", "MKT"]);
    assert!(told.contains("PRO") && told.contains(&docket), "{told}");
    // The journal of supervision itself is in the log, like all others.
    let told = county.done(&["log", "fsck"]);
    assert!(told.contains("the log holds"), "{told}");
    server.stop().await;
}

#[tokio::test]
async fn the_rules_of_warnings_are_a_table_and_an_empty_list_is_none() {
    let (county, server) = County::new(&["MKT"], Vec::new()).await;
    let told = county.done(&["warning", "rules", "--as", "MKT"]);
    for word in ["TERM_OVERDUE", "FINED_INSTEAD", "以罚代刑", "SUPERIOR, JUS", "T-27"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let list = json(&county, &["warning", "list", "--as", "MKT"]);
    assert_eq!(list[0]["warnings"], Value::Null);
    let output = county.run(&["warning", "show", "warnings/none", "--as", "MKT"]);
    assert_eq!(output.status.code(), Some(1));
    let output = county.run(&["warning", "list", "--as", "MKT", "--filter", "colour = red"]);
    assert!(text(&output.stderr).contains("colour"));
    server.stop().await;
}
