//! The catalogue at the command line: published, edited in a spreadsheet, asked.

use std::fs;

use serde_json::Value;

use crate::{
    county::County,
    process::{Server, text},
};

/// Who publishes.
const AS_GDO: [&str; 4] = ["--as", "GDO", "--officer", "GDO-04"];

fn json(county: &County, arguments: &[&str]) -> Vec<Value> {
    let printed = county.done(&[&["--json"], arguments].concat());
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What is said of a command that fails.
fn refused(county: &County, arguments: &[&str]) -> String {
    let output = county.run(arguments);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output.stdout));
    text(&output.stdout) + &text(&output.stderr)
}

/// A county with the first revision of its catalogue, and keys for these bodies.
pub(crate) async fn published(bodies: &[&str]) -> (County, Server) {
    let (county, server) = County::new(&[&["GDO"], bodies].concat(), Vec::new()).await;
    let first = [&["catalogue", "import", "--first"], &AS_GDO[..]].concat();
    let act = ["--title", "目录(示例)", "--announcement", "云政告〔2026〕1号", "--yes"];
    let told = county.done(&[&first[..], &act].concat());
    assert!(told.contains("published revisions/1"), "{told}");
    (county, server)
}

#[tokio::test]
async fn a_revision_is_shown_before_it_is_published_and_again_it_changes_nothing() {
    let (county, server) = County::new(&["GDO"], Vec::new()).await;
    let first = [&["catalogue", "import", "--first"], &AS_GDO[..]].concat();
    let shown = county.done(&[&first[..], &["--dry-run"]].concat());
    for word in ["MATTER", "M005", "POWER", "Nothing is wrong with it. It continues revision 0."] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let titled = [&first[..], &["--title", "目录(示例)", "--announcement", "云政告〔2026〕1号"]];
    // Nobody sits at the terminal who could say yes.
    let told = refused(&county, &titled.concat());
    assert!(told.contains("nobody is there to ask"), "{told}");
    assert_eq!(json(&county, &["catalogue", "revisions"]), [] as [Value; 0]);
    // A deputy publishes nothing: the refusal names the field or the rule.
    let deputy = [&titled.concat(), &["--yes"][..]].concat();
    let deputy: Vec<&str> =
        deputy.iter().map(|one| if *one == "GDO-04" { "GDO-03" } else { one }).collect();
    let told = refused(&county, &deputy);
    assert!(told.contains("head"), "{told}");

    county.done(&[&titled.concat(), &["--yes"][..]].concat());
    let revisions = json(&county, &["catalogue", "revisions"]);
    assert_eq!((revisions.len(), &revisions[0]["number"]), (1, &"1".into()));
    let again = county.done(&[&titled.concat(), &["--yes"][..]].concat());
    assert!(again.contains("nothing changes: revision 1 says the same"), "{again}");
    server.stop().await;
}

#[tokio::test]
async fn what_a_spreadsheet_got_comes_back_unchanged_and_an_edited_row_moves_a_power() {
    let (county, server) = published(&[]).await;
    let folder = county.base.path().join("lists");
    let export = ["catalogue", "export", "-o", folder.to_str().unwrap()];
    let told = county.done(&export);
    let kinds = ["matter", "power", "area", "posting", "benchmark", "minor_violation", "boundary"];
    let files = kinds.map(|kind| format!("{}/{kind}.csv", folder.display()));
    assert!(files.iter().all(|file| told.contains(file)), "{told}");
    let import = ["catalogue", "import"];
    let all: Vec<&str> = files.iter().map(String::as_str).collect();
    let back = [&import[..], &all, &AS_GDO, &["--remove-missing", "--dry-run"]].concat();
    let told = county.done(&back);
    assert!(told.contains("nothing changes"), "{told}");
    let list = county.base.path().join("all.json");
    let list = list.to_str().unwrap();
    county.done(&["catalogue", "export", "--format", "json", "-o", list]);
    let back = [&import[..], &[list], &AS_GDO, &["--remove-missing", "--dry-run"]].concat();
    assert!(county.done(&back).contains("nothing changes"));
    let matters = county.done(&["catalogue", "export", "--kind", "matter"]);
    assert!(matters.starts_with("\u{feff}key,code,name_zh,"), "{matters}");

    // The power over fake seed goes from agriculture to market regulation in 2099.
    let power = folder.join("power.csv");
    let sheet = fs::read_to_string(&power).unwrap();
    let (head, row) = (sheet.lines().next().unwrap(), row(&sheet, "M023/AGR"));
    let column = |name: &str| {
        head.trim_start_matches('\u{feff}').split(',').position(|one| one == name).unwrap()
    };
    let edited = |changes: &[(&str, &str)]| {
        let mut cells: Vec<&str> = row.split(',').collect();
        for (name, value) in changes {
            cells[column(name)] = value;
        }
        cells.join(",")
    };
    let ended = edited(&[("valid_to", "2098/12/31")]);
    let begun = edited(&[
        ("key", ""),
        ("holder", "MKT"),
        ("valid_from", "2099/1/1"),
        ("source", "TRANSFER"),
        ("act", "云政告〔2098〕9号"),
    ]);
    fs::write(&power, format!("{}{begun}\n", sheet.replace(row, &ended))).unwrap();
    let act = ["--title", "第一次调整", "--announcement", "云政告〔2098〕9号", "--yes"];
    let file = [power.to_str().unwrap()];
    let told = county.done(&[&import[..], &file, &AS_GDO, &act].concat());
    for word in ["changes valid_to", "Powers that move", "AGR", "MKT", "2099-01-01"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let told = county.done(&["catalogue", "diff", "1", "2"]);
    assert!(told.contains("changes valid_to") && told.contains("new"), "{told}");
    let diff = json(&county, &["catalogue", "diff", "1"]);
    assert_eq!(diff.iter().filter(|one| one.get("kind").is_some()).count(), 2, "{diff:?}");
    assert_eq!(diff[2]["to"], serde_json::json!(["MKT"]), "{diff:?}");

    // Without the new holder nobody would have it from 2099 on: shown, and not published.
    let gap = edited(&[("valid_to", "2097-12-31")]);
    fs::write(&power, format!("{head}\n{gap}\n")).unwrap();
    let told = refused(&county, &[&import[..], &file, &AS_GDO, &act].concat());
    assert!(told.contains("It cannot be published") && told.contains("WITHOUT_HOLDER"), "{told}");
    fs::write(&power, [0xff, 0xfe, 0x00]).unwrap();
    let told = refused(&county, &[&import[..], &file, &AS_GDO, &act].concat());
    assert!(told.contains("save it as `CSV UTF-8`"), "{told}");
    server.stop().await;
}

/// The line whose key begins so.
fn row<'a>(sheet: &'a str, key: &str) -> &'a str {
    sheet.lines().find(|line| line.starts_with(key)).unwrap()
}

#[tokio::test]
async fn people_read_who_is_competent_and_why() {
    let (county, server) = published(&["CAE"]).await;
    let resolve = ["catalogue", "resolve", "M046", "--place", "330999005"];
    let told = county.done(&resolve);
    for word in ["nobody alone", "NAT", "AGR", "CLAIMS", "Penalty Law", "revision 1"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let answer = &json(&county, &[&resolve[..], &["--as", "CAE"]].concat())[0];
    assert_eq!((&answer["competent"], &answer["revision"]), (&Value::Null, &"1".into()));
    let told = county.done(&["catalogue", "resolve", "M041", "--place", "330999011"]);
    assert!(told.contains("M041 at 330999011: ECO"), "{told}");
    let old = ["--act-date", "2026-08-14"];
    let old = county
        .done(&[&["catalogue", "resolve", "M041", "--place", "330999011"], &old[..]].concat());
    assert!(old.contains("固体废物污染环境防治法"), "{old}");
    let told = county.done(&["catalogue", "show", "M046"]);
    for word in ["土地管理法", "power", "(shared)", "2000-01-01"] {
        assert!(told.contains(word), "{word}: {told}");
    }
    let told = county.done(&["catalogue", "discretion", "M001"]);
    assert!(told.contains("nobody said: "), "{told}");
    let told = refused(&county, &["catalogue", "show", "M999"]);
    assert!(told.contains("says nothing of M999"), "{told}");
    let told = refused(&county, &["catalogue", "export"]);
    assert!(told.contains("say --kind KIND, or -o FOLDER"), "{told}");
    server.stop().await;
}
