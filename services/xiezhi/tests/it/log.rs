//! The transparency log at the command line: receipts that hold offline, tampering that is found.

use std::{collections::BTreeMap, fs, path::Path};

use prost::Message as _;
use proto::{identity::v1 as identity, journal::v1::Row};
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::{Value, json};
use tlog::{Checkpoint, Entry, Hash, LogKey, Receipt, TileId, Tree};

use crate::{
    calls::open_docket,
    county::County,
    process::{text, xiezhi},
};

/// The file of a call of MKT to referral, and the trust bundle beside it.
async fn receipt(county: &County) -> (String, String) {
    let request = open_docket("sweet candy");
    let request_id = request.request_id.clone();
    county.connect("MKT").await.referral().open_docket(request).await.unwrap();
    let file = county.base.path().join("receipt.json").to_str().unwrap().to_owned();
    county.done(&["log", "receipt", "referral", &request_id, "--as", "MKT", "-o", &file]);
    let bundle = county.base.path().join("bundle.json").to_str().unwrap().to_owned();
    fs::write(&bundle, county.done(&["keys", "bundle"])).unwrap();
    (file, bundle)
}

/// What is said of a receipt, and whether it holds.
fn verified(receipt: &str, bundle: &str) -> (bool, String) {
    let output = xiezhi(&["verify", receipt, "--trust", bundle]);
    assert_eq!(text(&output.stderr), "");
    (output.status.success(), text(&output.stdout))
}

#[tokio::test]
async fn a_receipt_holds_without_the_mesh_and_whatever_is_altered_is_named() {
    let (county, server) = County::new(&["MKT"], Vec::new()).await;
    let (file, bundle) = receipt(&county).await;
    server.stop().await;
    let (holds, told) = verified(&file, &bundle);
    assert!(holds, "{told}");
    for word in [
        "The receipt holds.",
        "docket_opened",
        "wimse://county.example/agency/MKT",
        "/xiezhi.referral.v1.ReferralService/OpenDocket",
        "wimse://county.example/service/referral",
        "county.example/log: leaf ",
    ] {
        assert!(told.to_lowercase().contains(&word.to_lowercase()), "{word}: {told}");
    }
    let output = xiezhi(&["--json", "verify", &file, "--trust", &bundle]);
    let proven: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&proven["holds"], &proven["proven"]["agency"]), (&true.into(), &"MKT".into()));

    let whole: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let altered = county.base.path().join("altered.json").to_str().unwrap().to_owned();
    let told_of = |member: &str, value: Value| {
        let mut receipt = whole.clone();
        receipt[member] = value;
        fs::write(&altered, receipt.to_string()).unwrap();
        let (holds, told) = verified(&altered, &bundle);
        assert!(!holds, "{member}: {told}");
        told
    };
    let note = whole["checkpoint"].as_str().unwrap();
    for (member, value, named) in [
        ("row_id", json!(whole["row_id"].as_i64().unwrap() + 1), "not in the log as it stands"),
        ("service", json!("identity"), "not in the log as it stands"),
        ("row", json!("AAAA"), "not in the log as it stands"),
        ("leaf_index", json!(1_000_000), "has only"),
        ("inclusion", json!([]), "inclusion proof has 0 hashes"),
        ("checkpoint", json!(note.replacen("county", "city", 1)), "does not hold"),
        ("type", json!("xiezhi.receipt.v2"), "`type` must be"),
    ] {
        let told = told_of(member, value);
        assert!(told.contains(named), "{member}: {told}");
    }
    let mut other: Value = serde_json::from_str(&fs::read_to_string(&bundle).unwrap()).unwrap();
    let stranger = LogKey::generate("county.example/log").unwrap().verifier().to_string();
    other["log_keys"] = json!([stranger]);
    fs::write(&bundle, other.to_string()).unwrap();
    let (holds, told) = verified(&file, &bundle);
    assert!(!holds && told.contains("not signed by a log key that is trusted"), "{told}");
}

/// Receipts of a log that sequences whatever it likes: what the log alone cannot prove.
struct Forger {
    key: LogKey,
    base: String,
}

impl Forger {
    /// Its key joins those that the bundle trusts.
    fn trusted(bundle: &str, base: &Path) -> Self {
        let key = LogKey::generate("county.example/log").unwrap();
        let mut trust: Value = serde_json::from_str(&fs::read_to_string(bundle).unwrap()).unwrap();
        trust["log_keys"] = json!([key.verifier().to_string()]);
        fs::write(bundle, trust.to_string()).unwrap();
        Self { key, base: base.join("forged.json").to_str().unwrap().to_owned() }
    }

    /// Writes the receipt of a row, in a log of its own.
    fn receipt(&self, bytes: Vec<u8>, row_id: i64) -> &str {
        let entry = Entry::of_row("referral", row_id, &bytes).unwrap();
        let mut tree = Tree::new();
        assert!(!tree.append(&[entry.leaf_hash()]).is_empty());
        let origin = self.key.name().to_owned();
        let checkpoint = Checkpoint { origin, size: 1, root: tree.root() };
        let receipt = Receipt {
            row: bytes,
            service: "referral".to_owned(),
            row_id,
            leaf_index: 0,
            inclusion: Vec::new(),
            checkpoint: checkpoint.sign(&self.key).unwrap(),
        };
        fs::write(&self.base, receipt.to_json()).unwrap();
        &self.base
    }
}

#[tokio::test]
async fn a_log_cannot_put_words_into_the_mouth_of_a_body_or_a_service() {
    let (county, server) = County::new(&["MKT"], Vec::new()).await;
    let (file, bundle) = receipt(&county).await;
    server.stop().await;
    let genuine = Receipt::parse(&fs::read_to_string(&file).unwrap()).unwrap();
    let (row, id) = (Row::decode(genuine.row.as_slice()).unwrap(), genuine.row_id);
    let forger = Forger::trusted(&bundle, county.base.path());
    let told = |row: &Row| verified(forger.receipt(row.encode_to_vec(), id), &bundle);
    assert!(told(&row).0, "{}", told(&row).1);

    let proof = row.attestation.clone().unwrap();
    let with = |change: &dyn Fn(&mut proto::journal::v1::Attestation)| {
        let mut proof = proof.clone();
        change(&mut proof);
        Row { attestation: Some(proof), ..row.clone() }
    };
    for (forged, named) in [
        (Row { agency: "ECO".into(), ..row.clone() }, "the row names \"ECO\""),
        (Row { id: id + 1, ..row.clone() }, "the row says that it is row"),
        (with(&|proof| proof.request_digest[0] ^= 1), "the request is not proven"),
        (with(&|proof| proof.response_digest[0] ^= 1), "the answer is not proven"),
        (with(&|proof| proof.status = 7), "the answer is not proven"),
        (with(&|proof| proof.answer_wit.clear()), "the answer is not proven"),
    ] {
        let (holds, told) = told(&forged);
        assert!(!holds && told.contains(named), "{named}: {told}");
    }
    // A field that this program does not know is not shown, so it is not accepted.
    let more = [row.encode_to_vec(), vec![0xfa, 0x01, 0x01, b'x']].concat();
    let (holds, told_of) = verified(forger.receipt(more, id), &bundle);
    assert!(!holds && told_of.contains("canonical"), "{told_of}");

    // What was never signed is said to be so, and nothing is claimed of it.
    let old = with(&|proof| {
        proof.answer_wit.clear();
        proof.answer_wpt.clear();
    });
    let (holds, old) = told(&old);
    assert!(holds && old.contains("before answers were kept") && !old.contains("asked by"));
    let clock = Row {
        agency: String::new(),
        request_id: String::new(),
        officer: String::new(),
        attestation: None,
        ..row.clone()
    };
    let (holds, clock) = told(&clock);
    assert!(holds && clock.contains("a clock did"), "{clock}");
}

/// Somebody who can write to a service's database writes to it.
async fn tamper(county: &County, service: &str, sql: &str) {
    let file = county.launch.data.join("db").join(format!("{service}.sqlite"));
    let url = format!("sqlite://{}?mode=rw", file.display());
    let db = Database::connect(url).await.unwrap();
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

/// What fsck finds: `altered identity 3`, in no order.
fn findings(county: &County) -> Vec<String> {
    let output = county.run(&["--json", "log", "fsck"]);
    let told: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
    let findings = told["findings"].as_array().unwrap();
    assert_eq!(output.status.success(), findings.is_empty());
    assert_eq!(told["holds"], findings.is_empty());
    let word = |one: &Value, name: &str| one[name].as_str().unwrap_or_default().to_owned();
    let mut found: Vec<String> = findings
        .iter()
        .map(|one| format!("{} {} {}", word(one, "finding"), word(one, "service"), one["row_id"]))
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn fsck_names_each_row_that_was_altered_removed_or_exchanged() {
    let (county, server) = County::new(&["MKT", "ECO"], Vec::new()).await;
    receipt(&county).await;
    assert_eq!(findings(&county), [""; 0]);
    assert!(county.done(&["log", "fsck"]).contains("the log holds"));

    tamper(&county, "identity", "CREATE TABLE kept AS SELECT * FROM journal").await;
    let restore = "DELETE FROM journal; INSERT INTO journal SELECT * FROM kept";
    for (sql, found) in [
        ("UPDATE journal SET payload = x'00' WHERE id = 2", vec!["altered identity 2"]),
        ("UPDATE journal SET officer = 'MKT-01' WHERE id = 3", vec!["altered identity 3"]),
        ("DELETE FROM journal WHERE id = 2", vec!["missing identity 2"]),
        (
            "UPDATE journal SET id = -1 WHERE id = 2; UPDATE journal SET id = 2 WHERE id = 3; \
             UPDATE journal SET id = 3 WHERE id = -1",
            vec![
                "altered identity 2",
                "altered identity 3",
                "swapped identity 2",
                "swapped identity 3",
            ],
        ),
    ] {
        tamper(&county, "identity", sql).await;
        assert_eq!(findings(&county), found, "{sql}");
        let output = county.run(&["log", "fsck"]);
        assert_eq!(output.status.code(), Some(1));
        assert!(text(&output.stdout).contains("the log does NOT hold"), "{sql}");
        tamper(&county, "identity", restore).await;
        assert_eq!(findings(&county), [""; 0]);
    }
    let leaf = "UPDATE leaf SET digest = zeroblob(32) WHERE service = 'identity' AND row_id = 2";
    tamper(&county, "supervision", leaf).await;
    // The row itself is as it was: it is the log's own leaf that is not what was signed.
    assert_eq!(findings(&county), ["altered identity 2", "root  null", "tile  null"]);
    server.stop().await;
}

/// The kinds of what fsck finds since a checkpoint that was kept.
fn since(county: &County, kept: &Path) -> Vec<String> {
    let output = county.run(&["--json", "log", "fsck", "--since", kept.to_str().unwrap()]);
    let told: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", text(&output.stderr)));
    let findings = told["findings"].as_array().unwrap();
    assert_eq!(output.status.success(), findings.is_empty());
    findings.iter().map(|one| one["finding"].as_str().unwrap().to_owned()).collect()
}

/// Everything below a folder, at another place.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[tokio::test]
async fn fsck_finds_a_log_that_was_turned_back_with_its_journals() {
    let (county, server) = County::new(&["MKT", "ECO"], Vec::new()).await;
    let (early, late) = (county.base.path().join("early"), county.base.path().join("late"));
    let keep = |file: &Path| fs::write(file, county.done(&["log", "checkpoint"])).unwrap();
    receipt(&county).await;
    keep(&early);
    server.stop().await;
    let (db, backup) = (county.launch.data.join("db"), county.base.path().join("backup"));
    copy(&db, &backup);
    let server = county.launch.start().await;
    receipt(&county).await;
    keep(&late);
    assert_eq!((since(&county, &early), since(&county, &late)), (vec![], vec![]));
    server.stop().await;

    // What was done since the backup is gone from the journals and from the log alike.
    fs::remove_dir_all(&db).unwrap();
    copy(&backup, &db);
    let server = county.launch.start().await;
    assert_eq!(findings(&county), [""; 0], "by itself it holds");
    assert_eq!(since(&county, &early), [""; 0]);
    assert_eq!(since(&county, &late), ["turned_back"]);
    // Grown again, with other calls.
    for _ in 0..2 {
        receipt(&county).await;
    }
    assert_eq!(findings(&county), [""; 0]);
    assert_eq!(since(&county, &late), ["rewritten"]);
    let told = text(&county.run(&["log", "fsck", "--since", late.to_str().unwrap()]).stdout);
    assert!(told.contains("rewritten: the first") && told.contains("does NOT hold"), "{told}");
    // A file that is no checkpoint of a trusted log proves nothing.
    fs::write(&late, "county.example/log\n1\nAAAA\n").unwrap();
    let output = county.run(&["log", "fsck", "--since", late.to_str().unwrap()]);
    assert!(!output.status.success() && text(&output.stdout).is_empty());
    server.stop().await;
}

#[tokio::test]
async fn an_export_gives_the_signed_root_and_is_continued() {
    let (county, server) = County::new(&["MKT", "ECO"], Vec::new()).await;
    receipt(&county).await;
    let folder = county.base.path().join("log");
    let export = ["log", "export", folder.to_str().unwrap()];
    county.done(&export);
    let first = read(&folder);
    receipt(&county).await;
    county.done(&export);
    let second = read(&folder);
    assert!(first.size < second.size);

    for (command, word) in [
        (&["log", "checkpoint"][..], "county.example/log\n"),
        (&["log", "status"], "evidence"),
        (&["log", "proof", "identity", "1"], "xiezhi-journal-v1 identity 1 "),
        (&["log", "status", "--as", "MKT"], "identity"),
    ] {
        let told = county.done(command);
        assert!(told.contains(word), "{command:?}: {told}");
        let json = county.done(&[command, &["--json"]].concat());
        assert!(serde_json::from_str::<Value>(&json).unwrap().is_object());
    }
    // A log that was exchanged for another does not continue it.
    let note = fs::read_to_string(folder.join("checkpoint")).unwrap();
    let key = county.launch.data.join("keys").join("log.key");
    let key = LogKey::parse(&fs::read_to_string(key).unwrap()).unwrap();
    let (origin, size) = (key.name().to_owned(), first.size);
    let forked = Checkpoint { origin, size, root: Hash([7; 32]) }.sign(&key).unwrap();
    fs::write(folder.join("checkpoint"), forked).unwrap();
    let output = county.run(&export);
    let told = text(&output.stderr);
    assert!(!output.status.success() && told.contains("does not continue"), "{told}");
    fs::write(folder.join("checkpoint"), note).unwrap();
    county.done(&export);
    server.stop().await;
}

/// The checkpoint of an export, whose tiles give its root.
fn read(folder: &Path) -> Checkpoint {
    let note = fs::read_to_string(folder.join("checkpoint")).unwrap();
    let mut lines = note.lines();
    let (origin, size) = (lines.next().unwrap(), lines.next().unwrap().parse().unwrap());
    let root = Hash::from_base64(lines.next().unwrap()).unwrap();
    let tiles: BTreeMap<TileId, Vec<u8>> = Tree::tiles_for_load(size)
        .unwrap()
        .into_iter()
        .map(|tile| (tile, fs::read(folder.join(tile.path())).unwrap()))
        .collect();
    let tree = Tree::load(size, |tile| tiles.get(&tile).cloned().ok_or(())).unwrap();
    assert_eq!(tree.root(), root);
    Checkpoint { origin: origin.to_owned(), size, root }
}

#[tokio::test]
async fn the_journals_are_read_by_nobody_but_supervision() {
    let (county, server) = County::new(&["MKT"], Vec::new()).await;
    let request = identity::ReadJournalRequest::default();
    let refused = county.operator().await.identity().read_journal(request).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::PermissionDenied);
    server.stop().await;
}
