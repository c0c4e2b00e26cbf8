//! A case of evidence at the command line, from the first item to a bag that proves it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use client::request_id;
use proto::evidence::v1 as pb;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::task::JoinSet;

use crate::{
    county::County,
    process::{text, xiezhi},
};

/// The word after which a name stands in what was printed, such as `items/…`.
fn name(printed: &str, kind: &str) -> String {
    let at = printed.find(&format!("{kind}/")).unwrap_or_else(|| panic!("no {kind} in {printed}"));
    printed[at..].split_whitespace().next().unwrap().to_owned()
}

fn json(county: &County, arguments: &[&str]) -> Vec<Value> {
    let printed = county.done(&[&["--json"], arguments].concat());
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A dossier with two items and a file, of which one item went to another body.
struct Case {
    dossier: String,
    items: Vec<String>,
    content: String,
}

fn opened(county: &County) -> Case {
    let as_mkt = ["--as", "MKT", "--officer", "MKT-01"];
    let open = ["evidence", "open", "--title", "冒牌机油", "--case-no", "余市监〔2021〕12号"];
    let team = ["--investigator", "MKT-01", "--investigator", "MKT-02"];
    let dossier = name(&county.done(&[&open[..], &team, &as_mkt].concat()), "dossiers");
    let mut items = Vec::new();
    for (kind, code) in [("physical", "WP/1"), ("documentary", "WP/2")] {
        let example = county.done(&["evidence", "add", "--example", kind]);
        let file = county.base.path().join("item.json");
        fs::write(&file, example.replace("WP-0001", code)).unwrap();
        let add = ["evidence", "add", &dossier, "--file", file.to_str().unwrap()];
        items.push(name(&county.done(&[&add[..], &as_mkt].concat()), "items"));
    }
    let scan = county.base.path().join("照片.jpg");
    fs::write(&scan, vec![7; 3 << 20]).unwrap();
    let upload = ["evidence", "upload", &items[0], scan.to_str().unwrap(), "--role", "photo"];
    let content = name(&county.done(&[&upload[..], &as_mkt].concat()), "contents");
    Case { dossier, items, content }
}

fn hand_over(county: &County, case: &Case) -> String {
    let as_mkt = ["--as", "MKT", "--officer", "MKT-01"];
    let as_cae = ["--as", "CAE", "--officer", "CAE-01"];
    let propose =
        ["evidence", "hand-over", "propose", &case.dossier, "--to", "CAE", "--place", "一号库"];
    let what = ["--purpose", "custody", "--item", &case.items[0]];
    let name = name(&county.done(&[&propose[..], &what, &as_mkt].concat()), "handOvers");
    let sign = ["evidence", "hand-over", "sign", &name];
    let early = county.run(&[&sign[..], &as_mkt].concat());
    assert!(text(&early.stderr).contains("is not counted yet"), "{}", text(&early.stderr));
    let count = ["evidence", "hand-over", "count", &name, "--custodian", "CAE-03"];
    let listed = ["--all-as-listed", "--storage-place", "二号库"];
    county.done(&[&count[..], &listed, &as_cae].concat());
    let signed = county.done(&[&sign[..], &as_cae].concat());
    assert!(signed.contains("this digest was computed here"), "{signed}");
    county.done(&[&sign[..], &as_mkt].concat());
    let shown = county.done(&["evidence", "hand-over", "show", &name, "--as", "MKT"]);
    assert!(shown.contains("COMPLETED") && shown.contains("signed by CAE CAE-01"), "{shown}");
    name
}

fn worked(county: &County, case: &Case) {
    let (first, second) = (&case.items[0], &case.items[1]);
    let as_mkt = ["--as", "MKT", "--officer", "MKT-01"];
    let store = ["evidence", "custody", second, "--record", "stored", "--custodian", "MKT-03"];
    let place = ["--place", "市场监管局", "--storage-place", "保管室", "--reason", "入库"];
    let chain = county.done(&[&store[..], &place, &as_mkt].concat());
    for word in ["COLLECTED", "REGISTERED", "STORED", "MKT-03"] {
        assert!(chain.contains(word), "{word}: {chain}");
    }
    hand_over(county, case);
    let shown = county.done(&["evidence", "show", first, "--as", "MKT"]);
    for word in ["held by CAE", "照片.jpg", "HANDED_OVER", "RECEIVED"] {
        assert!(shown.contains(word), "{word}: {shown}");
    }
    let dossier = county.done(&["evidence", "show", &case.dossier, "--as", "MKT"]);
    assert!(dossier.contains("WP/1") && dossier.contains("WP/2"), "{dossier}");
    let listed = ["evidence", "hand-over", "list", "--as", "CAE"];
    assert_eq!(json(county, &listed)[0]["state"], "HAND_OVER_STATE_COMPLETED");
    let assess = ["evidence", "assess", &case.dossier, "--use", "trial", "--as", "MKT"];
    assert_eq!(json(county, &assess).len(), 2);
    assert!(county.done(&assess).contains("DIRECT"));
    assert_eq!(json(county, &["evidence", "list", "--as", "MKT"])[0]["name"], *case.dossier);
    assert!(county.done(&["evidence", "scrub"]).contains("0 at fault"));
    assert!(county.done(&["evidence", "faults"]).is_empty());
    assert!(county.done(&["evidence", "rewrap-keys"]).contains("0 are not"));
}

fn exported(county: &County, dossier: &str, body: &str) -> PathBuf {
    let bag = county.base.path().join(format!("bag-{body}"));
    let export = ["evidence", "export", dossier, "--as", body, "-o", bag.to_str().unwrap()];
    county.done(&export);
    let again = county.run(&export);
    assert!(text(&again.stderr).contains("nothing is overwritten"), "{}", text(&again.stderr));
    bag
}

/// What is wrong with a bag, or nothing.
fn wrong(bag: &Path, trust: &Path) -> Option<String> {
    let flags = ["--json", "verify", bag.to_str().unwrap(), "--trust", trust.to_str().unwrap()];
    let output = xiezhi(&flags);
    let told: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| {
        panic!("{}{}", text(&output.stdout), text(&output.stderr));
    });
    assert_eq!(output.status.success(), told["holds"].as_bool().unwrap());
    told["wrong"].as_str().map(str::to_owned)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Writes the lists of a bag anew, as a forger does.
fn list_anew(bag: &Path) {
    let line = |path: &Path| {
        let digest = Sha256::digest(fs::read(path).unwrap());
        let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let relative = path.strip_prefix(bag).unwrap().to_str().unwrap();
        (relative.to_owned(), format!("{digits}  {relative}\n"))
    };
    let print = |paths: Vec<PathBuf>| {
        let lines: std::collections::BTreeMap<_, _> = paths.iter().map(|path| line(path)).collect();
        lines.into_values().collect::<String>()
    };
    let payload = files(&bag.join("data"));
    let bytes: u64 = payload.iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    let info = fs::read_to_string(bag.join("bag-info.txt")).unwrap();
    let info: Vec<&str> = info.lines().filter(|line| !line.starts_with("Payload-Oxum")).collect();
    let oxum = format!("{}\nPayload-Oxum: {bytes}.{}\n", info.join("\n"), payload.len());
    fs::write(bag.join("bag-info.txt"), oxum).unwrap();
    fs::write(bag.join("manifest-sha256.txt"), print(payload)).unwrap();
    let tags = ["bag-info.txt", "bagit.txt", "manifest-sha256.txt"];
    let tags = print(tags.map(|tag| bag.join(tag)).to_vec());
    fs::write(bag.join("tagmanifest-sha256.txt"), tags).unwrap();
}

#[tokio::test]
async fn a_dossier_is_worked_on_exported_and_proven_and_no_forgery_of_it_is() {
    let (county, server) = County::new(&["MKT", "CAE"], Vec::new()).await;
    let case = opened(&county);
    worked(&county, &case);

    let copy = county.base.path().join("copy.jpg");
    let fetch =
        ["evidence", "download", &case.content, "--as", "CAE", "-o", copy.to_str().unwrap()];
    county.done(&fetch);
    assert_eq!(fs::read(&copy).unwrap(), vec![7; 3 << 20]);
    assert!(text(&county.run(&fetch).stderr).contains("is there already"));

    let bags = ["MKT", "CAE"].map(|body| exported(&county, &case.dossier, body));
    let trust = county.base.path().join("bundle.json");
    fs::write(&trust, county.done(&["keys", "bundle"])).unwrap();
    server.stop().await;

    for bag in &bags {
        assert_eq!(wrong(bag, &trust), None, "{}", bag.display());
    }
    for file in files(&bags[0]) {
        let whole = fs::read(&file).unwrap();
        let mut flipped = whole.clone();
        flipped[whole.len() / 2] ^= 1;
        fs::write(&file, flipped).unwrap();
        assert!(wrong(&bags[0], &trust).is_some(), "{}", file.display());
        fs::write(&file, whole).unwrap();
    }
    assert_eq!(wrong(&bags[0], &trust), None);
    forged(&bags[0], &trust);
}

/// Forgeries by somebody who writes the lists anew: each is named by what contradicts it.
fn forged(bag: &Path, trust: &Path) {
    type Forge = fn(&str) -> String;
    let forgeries: [(&str, Forge, &str); 20] = [
        ("data/dossier.json", |t| t.replace("冒牌机油", "机油"), "differs from what was opened"),
        ("data/items.json", |t| t.replace("冒牌机油", "机油"), "differs from what was registered"),
        (
            "data/items.json",
            |t| t.replace("ROLE_PHOTO", "ROLE_VIDEO"),
            "differs from what was committed",
        ),
        ("data/custody/2.json", |t| t.replace("入库", "出库"), "event 3 was altered"),
        ("data/hand-overs/1.json", |t| t.replace("二号库", "三号库"), "the list was altered"),
        (
            "data/hand-overs/1.json",
            |t| t.replace("CAE-01\",\n      \"time", "CAE-02\",\n      \"time"),
            "signature of CAE",
        ),
        (
            "data/hand-overs/1.json",
            |t| t.replace("\"complete_time\": \"20", "\"complete_time\": \"19"),
            "its complete_time differs",
        ),
        (
            "data/hand-overs/1.json",
            |t| t.replace("\"state\": \"HAND", "\"reason\": \"补\", \"state\": \"HAND"),
            "its reason differs",
        ),
        ("data/hand-overs/1.json", |t| t.replace("\"CUSTODIAN\"", "\"FILE\""), "its copies differ"),
        (
            "data/hand-overs/1.json",
            |t| t.replace("STATE_COMPLETED", "STATE_REFUSED"),
            "receipt-1.pdf belongs to nothing",
        ),
        ("data/items.json", |t| t.replace("\"2024-04-03\"", "\"2024-05-03\""), "measure differs"),
        ("data/items.json", |t| t.replace("\"MKT-04\"", "\"MKT-03\""), "measure differs"),
        ("data/items.json", |t| t.replace("STATE_HELD", "STATE_SOLD"), "is not CUSTODY_STATE_SOLD"),
        ("data/forms/involved-items.pdf", |t| t.replace("PDF", "pdf"), "the data beside it print"),
        ("data/forms/hand-over-1.pdf", |t| t.replace("PDF", "pdf"), "the data beside it print"),
        ("data/forms/receipt-1.pdf", |t| t.replace("PDF", "pdf"), "the data beside it print"),
        ("data/agencies.json", |t| t.replace("局", "所"), "the data beside it print"),
        ("bag-info.txt", |t| t.replace("冒牌", "正牌"), "External-Description is not that"),
        ("data/checkpoint.txt", |t| t.replace("county", "county2"), "another checkpoint"),
        ("data/content/1-WP_1/照片.jpg", |_| "another picture".to_owned(), "is not the file"),
    ];
    for (path, forge, named) in forgeries {
        let file = bag.join(path);
        let whole = fs::read(&file).unwrap();
        let forged = forge(&String::from_utf8_lossy(&whole));
        assert!(forged.as_bytes() != whole, "{path} has nothing to forge: {named}");
        fs::write(&file, forged).unwrap();
        list_anew(bag);
        let told = wrong(bag, trust).unwrap_or_default();
        assert!(told.contains(named), "{path}: {told}");
        fs::write(&file, whole).unwrap();
    }
    list_anew(bag);
    assert_eq!(wrong(bag, trust), None);
    // A row left out, and with it what it tells of.
    let receipts = files(&bag.join("data/receipts"));
    let told: Vec<String> =
        receipts.iter().filter_map(|receipt| without(bag, receipt, trust)).collect();
    assert!(told.iter().any(|one| one.contains("has no journal row")), "{told:?}");
    assert!(told.iter().any(|one| one.contains("hand_over_counted")), "{told:?}");
}

/// What is wrong with the bag without one of its files.
fn without(bag: &Path, file: &Path, trust: &Path) -> Option<String> {
    let whole = fs::read(file).unwrap();
    fs::remove_file(file).unwrap();
    list_anew(bag);
    let told = wrong(bag, trust);
    fs::write(file, whole).unwrap();
    list_anew(bag);
    told
}

/// Hands the first item over for keeping; other `listed` ones are not accepted.
async fn passed(
    county: &County,
    case: &Case,
    (giver, receiver): (&str, &str),
    (listed, kept_by): (usize, &str),
) {
    let (from, to) = (county.connect(giver).await, county.connect(receiver).await);
    let officer = |body: &str| format!("{body}-01");
    let proposal = pb::ProposeHandOverRequest {
        request_id: request_id(),
        dossier: case.dossier.clone(),
        receiver: receiver.to_owned(),
        purpose: pb::HandOverPurpose::Custody.into(),
        items: case.items[..listed].to_vec(),
        place: "一号库".to_owned(),
        officer: officer(giver),
        ..pb::ProposeHandOverRequest::default()
    };
    let answer = from.evidence().propose_hand_over(proposal).await.unwrap().into_inner();
    let proposed = answer.hand_over.unwrap();
    let count = |line: &pb::HandOverLine| pb::LineCount {
        line_no: line.line_no,
        counted_quantity: line.quantity.clone(),
        condition: line.condition.clone(),
        seal_no: line.seal_no.clone(),
        accepted: line.line_no == 1,
        discrepancy: if line.line_no == 1 { String::new() } else { "与委托无关".to_owned() },
        storage_place: "二号库".to_owned(),
        kept_by: if line.line_no == 1 { kept_by.to_owned() } else { String::new() },
        ..pb::LineCount::default()
    };
    let count = pb::CountHandOverRequest {
        request_id: request_id(),
        name: proposed.name.clone(),
        etag: proposed.etag.clone(),
        counts: proposed.lines.iter().map(count).collect(),
        officer: officer(receiver),
        custodian: format!("{receiver}-03"),
        ..pb::CountHandOverRequest::default()
    };
    let answer = to.evidence().count_hand_over(count).await.unwrap().into_inner();
    let list_sha256 = answer.hand_over.unwrap().list_sha256;
    for (mesh, body) in [(&from, giver), (&to, receiver)] {
        let sign = pb::SignHandOverRequest {
            request_id: request_id(),
            name: proposed.name.clone(),
            list_sha256: list_sha256.clone(),
            officer: officer(body),
        };
        mesh.evidence().sign_hand_over(sign).await.unwrap();
    }
}

#[tokio::test]
async fn everybody_on_the_way_of_an_item_exports_a_bag_that_holds() {
    let bodies = ["MKT", "CAE", "PSB", "ECO"];
    let (county, server) = County::new(&bodies, Vec::new()).await;
    let case = opened(&county);
    // To a laboratory and back, then on to where a fourth keeps it, and on again: nobody is a side
    // of all of them, and ECO of none.
    for (sides, listed, kept_by) in [
        (("MKT", "CAE"), 2, ""),
        (("CAE", "MKT"), 1, ""),
        (("MKT", "PSB"), 1, "ECO"),
        (("PSB", "CAE"), 1, ""),
    ] {
        passed(&county, &case, sides, (listed, kept_by)).await;
    }
    let bags = bodies.map(|body| exported(&county, &case.dossier, body));
    let trust = county.base.path().join("bundle.json");
    fs::write(&trust, county.done(&["keys", "bundle"])).unwrap();
    server.stop().await;
    for bag in &bags {
        assert_eq!(wrong(bag, &trust), None, "{}", bag.display());
        let chain = fs::read_to_string(bag.join("data/custody/1.json")).unwrap();
        assert_eq!(chain.matches("CUSTODY_KIND_RECEIVED").count(), 4, "{}", bag.display());
    }
    // What no row proves is said.
    let flags = ["verify", bags[0].to_str().unwrap(), "--trust", trust.to_str().unwrap()];
    let told = text(&xiezhi(&flags).stdout);
    assert!(told.contains("The dossier holds.") && told.contains("assessment.json"), "{told}");
    // A form that another version printed is not proven; it is not said to be false either.
    let info = bags[0].join("bag-info.txt");
    let other = fs::read_to_string(&info).unwrap().replace("xiezhi ", "xiezhi 0.0.");
    fs::write(&info, other).unwrap();
    fs::write(bags[0].join("data/forms/involved-items.pdf"), "%PDF of before").unwrap();
    list_anew(&bags[0]);
    let told = text(&xiezhi(&flags).stdout);
    assert!(told.contains("The dossier holds.") && told.contains("another version"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dossier_in_use_is_exported_whole_or_not_at_all() {
    let (county, server) = County::new(&["MKT"], Vec::new()).await;
    let case = opened(&county);
    let mesh = county.connect("MKT").await;
    let request = pb::GetItemRequest { name: case.items[1].clone() };
    let item = mesh.evidence().get_item(request).await.unwrap().into_inner().item.unwrap();
    let dossier = case.dossier.clone();
    let mut busy = JoinSet::new();
    busy.spawn(async move {
        for number in 0..60 {
            let request = pb::AddItemRequest {
                request_id: request_id(),
                dossier: dossier.clone(),
                item: Some(pb::Item { code: format!("N-{number}"), ..item.clone() }),
                officer: "MKT-01".to_owned(),
            };
            mesh.evidence().add_item(request).await.unwrap();
        }
    });
    let trust = county.base.path().join("bundle.json");
    fs::write(&trust, county.done(&["keys", "bundle"])).unwrap();
    let mut whole = 0;
    for number in 0.. {
        if let Some(done) = busy.try_join_next() {
            done.unwrap();
        }
        let is_last = busy.is_empty();
        let bag = county.base.path().join(format!("bag-{number}"));
        let export = ["evidence", "export", &case.dossier, "--as", "MKT"];
        let output = county.run(&[&export[..], &["-o", bag.to_str().unwrap()]].concat());
        if output.status.success() {
            assert_eq!(wrong(&bag, &trust), None, "export {number}");
            whole += 1;
        } else {
            let told = text(&output.stderr);
            assert!(!is_last && told.contains("changed each of the"), "{told}");
        }
        if is_last {
            break;
        }
    }
    assert!(whole > 0);
    server.stop().await;
}

/// The bag stays in `target`: `scripts/test bag` tries a tool of others on it.
#[tokio::test]
async fn a_bag_of_files_with_difficult_names_holds() {
    let (county, server) = County::new(&["MKT"], Vec::new()).await;
    let case = opened(&county);
    let names = ["照片.jpg", "100%25 检验报告.txt", "two  spaces%0A.txt", "a:b?.txt", "~$.doc"];
    for name in names {
        let file = county.base.path().join(name);
        fs::write(&file, name).unwrap();
        let upload = ["evidence", "upload", &case.items[0], file.to_str().unwrap()];
        let what = ["--role", "photo", "--as", "MKT", "--officer", "MKT-01"];
        county.done(&[&upload[..], &what].concat());
    }
    let bag = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("difficult-names");
    drop(fs::remove_dir_all(&bag));
    let export = ["evidence", "export", &case.dossier, "--as", "MKT"];
    county.done(&[&export[..], &["-o", bag.to_str().unwrap()]].concat());
    let trust = county.base.path().join("bundle.json");
    fs::write(&trust, county.done(&["keys", "bundle"])).unwrap();
    server.stop().await;
    assert_eq!(wrong(&bag, &trust), None);
    // The first photograph has the name of another: both are there.
    assert!(bag.join("data/content/1-WP_1/照片 (2).jpg").exists());
}
