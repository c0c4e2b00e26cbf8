//! Consultations, early involvement, joint meetings and notices at the command line.

use clock::Clock;
use serde_json::Value;

use crate::{county::County, process::text};

const AS_MKT: [&str; 4] = ["--as", "MKT", "--officer", "MKT-01"];
const AS_PSB: [&str; 4] = ["--as", "PSB", "--officer", "PSB-01"];
const AS_PRO: [&str; 4] = ["--as", "PRO", "--officer", "PRO-01"];

fn json(county: &County, arguments: &[&str]) -> Vec<Value> {
    let printed = county.done(&[&["--json"], arguments].concat());
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn refused(county: &County, arguments: &[&str]) -> String {
    let output = county.run(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
    text(&output.stderr)
}

/// A docket of MKT.
fn docket(county: &County) -> String {
    let open = ["referral", "open", "--title", "sweet candy", "--sector", "FOOD"];
    let facts = ["--offence", "art. 144", "--fact", "toxic_non_food_material_added=true"];
    let opened = json(county, &[&open[..], &facts, &AS_MKT].concat());
    opened[0]["name"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_question_an_alarm_and_a_notice_are_sent_answered_and_listed() {
    let (county, server) = County::new(&["MKT", "PSB", "PRO"], Vec::new()).await;
    let docket = docket(&county);
    let ask = ["consult", "ask", "PRO", "--question", "是否构成犯罪？", "--docket", &docket];
    let asked = json(&county, &[&ask[..], &["--paper", "检验报告=检出"], &AS_MKT].concat());
    let name = asked[0]["name"].as_str().unwrap();
    county.done(&[&["consult", "request", name, "--material", "笔录"][..], &AS_PRO].concat());
    let shown = county.done(&["consult", "show", name, "--as", "MKT"]);
    for word in ["MATERIAL_REQUESTED", "asked back for: 笔录", "P-14", "SUSPENDED"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    county.done(&[&["consult", "supply", name, "--note", "附后"][..], &AS_MKT].concat());
    let answer = ["consult", "answer", name, "--text", "构成", "--reasons", "刑法第144条"];
    let shown = county.done(&[&answer[..], &AS_PRO].concat());
    assert!(shown.contains("ANSWERED") && shown.contains("KEPT"), "{shown}");
    let told = refused(&county, &[&answer[..], &AS_PRO].concat());
    assert!(told.contains("WRONG_STATE") && told.contains("rule SEED-14"), "{told}");
    let table = county.done(&["consult", "list", "--as", "MKT", "--filter", "asked = \"PRO\""]);
    assert!(table.contains(name), "{table}");

    let notify = ["consult", "early", "notify", &docket, "--danger", "moving-property"];
    let told = json(&county, &[&notify[..], &["--facts", "已转移货款"], &AS_MKT].concat());
    let name = told[0]["name"].as_str().unwrap();
    let answer = ["consult", "early", "answer", name, "--text", "即派员"];
    assert!(county.done(&[&answer[..], &AS_PSB].concat()).contains("JOINED"));
    assert!(county.done(&["consult", "early", "list", "--as", "PRO"]).contains(name));
    let shown = county.done(&["consult", "early", "show", name, "--as", "PRO"]);
    assert!(shown.contains("MOVING_PROPERTY") && shown.contains("T-09b"), "{shown}");

    let send = ["notice", "send", &docket, "PRO", "--title", "进展", "--progress", "已移送"];
    let sent = json(&county, &[&send[..], &AS_MKT].concat());
    let name = sent[0]["name"].as_str().unwrap();
    let list = ["notice", "list", "--filter", "acknowledged = false", "--as", "MKT"];
    assert!(county.done(&list).contains(name));
    let acknowledge = ["notice", "acknowledge", name];
    assert!(county.done(&[&acknowledge[..], &AS_PRO].concat()).contains("ACKNOWLEDGED"));
    assert!(!county.done(&list).contains(name));
    assert!(county.done(&["notice", "show", name, "--as", "PRO"]).contains("PROCURATORATE"));
    let timeline = json(&county, &["referral", "list", "--as", "MKT"]);
    let referral = timeline[0]["referrals"][0]["name"].as_str().unwrap();
    let shown = county.done(&["referral", "show", referral, "--as", "MKT"]);
    assert!(shown.contains("MKT asked PRO about a case"), "{shown}");
    server.stop().await;
}

#[tokio::test]
async fn a_meeting_is_convened_confirmed_and_resolves_nothing_without_owner_and_day() {
    let (county, server) = County::new(&["MKT", "PSB"], Vec::new()).await;
    let docket = docket(&county);
    let tomorrow = clock::legal_date(Clock::system().now()) + chrono::Duration::days(1);
    let at = format!("{tomorrow} 14:00");
    let item = format!("减肥糖果案={docket}");
    let convene = ["meeting", "convene", "--title", "联席会议", "--place", "县政府", "--at", &at];
    let what = ["--item", &item, "--item", "通报", "--invite", "PSB"];
    let convened = json(&county, &[&convene[..], &what, &AS_MKT].concat());
    let name = convened[0]["name"].as_str().unwrap();
    let shown = county.done(&[&["meeting", "confirm", name][..], &AS_PSB].concat());
    assert!(shown.contains("CONFIRMED") && !shown.contains(&docket), "{shown}");
    assert!(county.done(&["meeting", "show", name, "--as", "MKT"]).contains(&docket));
    assert!(county.done(&["meeting", "list", "--as", "PSB"]).contains(name));
    let other = json(&county, &[&convene[..], &what, &AS_MKT].concat());
    let cancel = ["meeting", "cancel", other[0]["name"].as_str().unwrap(), "--reason", "台风停会"];
    let shown = county.done(&[&cancel[..], &AS_MKT].concat());
    assert!(shown.contains("state CANCELLED") && shown.contains("台风停会"), "{shown}");
    let told = refused(&county, &[&cancel[..], &AS_MKT].concat());
    assert!(told.contains("WRONG_STATE"), "{told}");
    let minutes = ["meeting", "minutes", name, "--text", "纪要"];
    let told = refused(&county, &[&minutes[..], &AS_MKT].concat());
    assert!(told.contains("has not been held yet"), "{told}");
    let told = refused(&county, &[&["meeting", "resolve", name][..], &AS_MKT].concat());
    for field in ["text:", "owner:", "due_date:", "rule SEED-14"] {
        assert!(told.contains(field), "{field}: {told}");
    }
    assert!(!county.done(&["meeting", "resolutions", "--as", "PSB"]).contains("meetings/"));
    server.stop().await;
}
