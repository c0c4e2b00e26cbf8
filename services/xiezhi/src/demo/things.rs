//! What is said of a thing when it becomes an item of evidence, from its line of the hand-over sheet
//! and its `[[evidence]]` table; and the files made for it.

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use proto::evidence::v1 as pb;
use serde_json::json;

use super::{
    files,
    replay::certificate,
    scenario::{Line, Scenario, Thing},
};
use crate::{command::call::sha256, out::Contract};

/// Rows of the data that the demo makes.
const ROWS: u32 = 20;

/// An item to be registered, with its files.
pub(super) struct Made {
    pub item: pb::Item,
    pub files: Vec<File>,
}

/// A file to be uploaded.
pub(super) struct File {
    pub name: String,
    pub role: pb::ContentRole,
    pub media_type: &'static str,
    pub bytes: Vec<u8>,
}

/// The item that the sheet's line `code` becomes when `agency` registers it.
pub(super) fn make(scenario: &Scenario, code: &str, agency: &str) -> anyhow::Result<Made> {
    let line = scenario.line(code).with_context(|| format!("no sheet has the number {code}"))?;
    let thing = scenario.thing(code);
    let kind = kind(code, thing)?;
    let files = files_of(kind, line, code);
    let value = |key: &str| line.get(key).cloned().unwrap_or_default();
    let (quantity, unit) = amount(line);
    let source = value("source");
    let opened = scenario.steps.iter().find(|step| step.what == "open_docket");
    let opened = opened.context("nobody opens the docket")?.at;
    let holder = ["suspect", "suspects"].iter().find_map(|name| scenario.facts.get(*name));
    let at = thing.and_then(|thing| thing.collected_at).unwrap_or(opened);
    let item = pb::Item {
        kind: kind.into(),
        title: value("name"),
        code: code.to_owned(),
        quantity,
        unit,
        features: value("features"),
        condition: value("condition"),
        seal_no: thing.and_then(|thing| thing.seal_no.clone()).unwrap_or_else(|| value("seal_no")),
        value_fen: thing.map_or(0, |thing| thing.value_fen),
        storage_place: scenario.storage_place(code),
        collection: Some(pb::Collection {
            time: Some(timestamp(at)),
            place: "案发现场(示例)".to_owned(),
            collectors: vec![certificate(agency, "officer1")?, certificate(agency, "officer2")?],
            holder: holder.cloned().unwrap_or_default(),
            witness: if holder.is_none() { "示例见证人".to_owned() } else { String::new() },
            refusal_to_sign: String::new(),
            method: method(&source).into(),
            ..pb::Collection::default()
        }),
        electronic_data: electronic_data(kind, thing, &files)?,
        appraisal: appraisal(thing)?,
        measure: measure(thing, agency)?,
        source_papers: vec![pb::SourcePaper {
            code: paper(&source).to_owned(),
            number: format!("{code}号"),
            signed_by: vec!["OFFICERS".to_owned(), "HOLDER".to_owned()],
        }],
        source,
        ..pb::Item::default()
    };
    Ok(Made { item, files })
}

/// An instant on the wire.
pub(super) fn timestamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp { seconds: at.timestamp(), nanos: 0 }
}

fn kind(code: &str, thing: Option<&Thing>) -> anyhow::Result<pb::EvidenceKind> {
    let word = thing.map_or("PHYSICAL", |thing| thing.kind.as_str());
    let kind = pb::EvidenceKind::from_str_name(&format!("EVIDENCE_KIND_{word}"));
    kind.with_context(|| format!("{word}, the kind of {code}, is no kind of evidence"))
}

/// `180.5箱` is 180.5 of 箱.
fn amount(line: &Line) -> (String, String) {
    let text = line.get("quantity").map_or("", String::as_str);
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (quantity, unit) = text.split_at(digits);
    (quantity.to_owned(), unit.to_owned())
}

/// How it was obtained, by the paper that it came with.
fn method(source: &str) -> pb::CollectionMethod {
    use pb::CollectionMethod as Method;
    let words = [
        ("扣押", Method::Seized),
        ("查封", Method::Seized),
        ("登记保存", Method::Seized),
        ("抽样", Method::Sampled),
        ("提取", Method::Extracted),
        ("调取", Method::Produced),
        ("查询", Method::Produced),
    ];
    words.iter().find(|(word, _)| source.contains(word)).map_or(Method::Recorded, |one| one.1)
}

/// The code of that paper.
fn paper(source: &str) -> &'static str {
    let words = [
        ("扣押", "SEIZURE_LIST"),
        ("查封", "SEIZURE_LIST"),
        ("登记保存", "REGISTRATION_LIST"),
        ("抽样", "SAMPLING_RECORD"),
        ("提取", "COLLECTION_RECORD"),
        ("调取", "COLLECTION_RECORD"),
        ("查询", "COLLECTION_RECORD"),
    ];
    words.iter().find(|(word, _)| source.contains(word)).map_or("INSPECTION_RECORD", |one| one.1)
}

fn measure(thing: Option<&Thing>, agency: &str) -> anyhow::Result<Option<pb::Measure>> {
    let Some(said) = thing.and_then(|thing| thing.measure.as_ref()) else { return Ok(None) };
    let mut said = serde_json::to_value(said)?;
    let kind = said["kind"].as_str().unwrap_or_default();
    said["kind"] = json!(format!("MEASURE_KIND_{kind}"));
    said["approved_by"] = json!(certificate(agency, "head")?);
    Contract::load()?.read("xiezhi.evidence.v1.Measure", said).map(Some)
}

fn appraisal(thing: Option<&Thing>) -> anyhow::Result<Option<pb::Appraisal>> {
    let Some(said) = thing.and_then(|thing| thing.appraisal.as_ref()) else { return Ok(None) };
    let said = serde_json::to_value(said)?;
    Contract::load()?.read("xiezhi.evidence.v1.Appraisal", said).map(Some)
}

/// The electronic data list: the check value is that of the file that will be uploaded.
fn electronic_data(
    kind: pb::EvidenceKind,
    thing: Option<&Thing>,
    files: &[File],
) -> anyhow::Result<Option<pb::ElectronicData>> {
    if kind != pb::EvidenceKind::ElectronicData {
        return Ok(None);
    }
    let said = thing.and_then(|thing| thing.electronic_data.as_ref());
    let said =
        serde_json::to_value(said.context("electronic data without its [electronic_data]")?)?;
    let mut data: pb::ElectronicData =
        Contract::load()?.read("xiezhi.evidence.v1.ElectronicData", said)?;
    let file = |role| files.iter().find(|file| file.role == role);
    let name = |role| file(role).map(|file| file.name.clone()).unwrap_or_default();
    let original = file(pb::ContentRole::Original).context("electronic data without a file")?;
    ensure!(data.check_value.is_empty(), "check_value is that of the file that the demo makes");
    data.check_algorithm = "SHA-256".to_owned();
    data.check_value = sha256(&original.bytes);
    data.backup_id = name(pb::ContentRole::Backup);
    data.video_id = name(pb::ContentRole::Video);
    data.size = i64::try_from(original.bytes.len())?;
    let mut seals = files.iter().filter(|file| file.role == pb::ContentRole::SealPhoto);
    data.seal_photos_before = seals.next().map(|file| file.name.clone()).unwrap_or_default();
    data.seal_photos_after = seals.next().map(|file| file.name.clone()).unwrap_or_default();
    Ok(Some(data))
}

fn files_of(kind: pb::EvidenceKind, line: &Line, code: &str) -> Vec<File> {
    use pb::{ContentRole as Role, EvidenceKind as Kind};
    let file = |ending: &str, role, media_type, bytes| File {
        name: format!("{code}{ending}"),
        role,
        media_type,
        bytes,
    };
    match kind {
        Kind::Physical | Kind::Unspecified => vec![
            file(".png", Role::Photo, "image/png", files::picture(code)),
            file(".txt", Role::Record, "text/plain", record("物品清单", line)),
        ],
        Kind::AudioVisual => vec![
            file(".wav", Role::Original, "audio/wav", files::recording(code)),
            file(".txt", Role::Record, "text/plain", record("视听资料制作说明", line)),
        ],
        // The backup copy is the same bytes: they are stored once.
        Kind::ElectronicData => vec![
            file(".csv", Role::Original, "text/csv", files::table(code, ROWS)),
            file("-备份.csv", Role::Backup, "text/csv", files::table(code, ROWS)),
            file("-提取过程.wav", Role::Video, "audio/wav", files::recording(code)),
            file("-封存前.png", Role::SealPhoto, "image/png", files::picture(&format!("{code}-1"))),
            file("-封存后.png", Role::SealPhoto, "image/png", files::picture(&format!("{code}-2"))),
            file(".txt", Role::Record, "text/plain", record("电子数据提取笔录", line)),
        ],
        Kind::Documentary
        | Kind::Testimony
        | Kind::PartyStatement
        | Kind::AppraisalOpinion
        | Kind::SiteRecord => {
            vec![file(".txt", Role::Original, "text/plain", record("文书(示例)", line))]
        }
    }
}

fn record(title: &str, line: &Line) -> Vec<u8> {
    let names = [
        ("编号", "number"),
        ("名称", "name"),
        ("数量", "quantity"),
        ("特征", "features"),
        ("来源", "source"),
        ("状况", "condition"),
    ];
    let value = |key: &str| line.get(key).map_or("", String::as_str);
    let lines: Vec<(&str, &str)> = names.iter().map(|(name, key)| (*name, value(key))).collect();
    files::text(title, &lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_is_a_number_and_its_unit() {
        let of = |text: &str| amount(&Line::from([("quantity".to_owned(), text.to_owned())]));
        assert_eq!(of("180.5箱"), ("180.5".to_owned(), "箱".to_owned()));
        assert_eq!(of("35立方米"), ("35".to_owned(), "立方米".to_owned()));
        assert_eq!(of("许多"), (String::new(), "许多".to_owned()));
    }

    #[test]
    fn the_check_value_of_electronic_data_is_that_of_its_file() {
        let scenarios = Scenario::embedded().unwrap();
        let mut checked = 0;
        for (scenario, code) in
            scenarios.iter().flat_map(|one| one.codes().into_iter().map(move |code| (one, code)))
        {
            let made = make(scenario, &code, &scenario.agency).unwrap();
            assert!(!made.item.quantity.is_empty() && !made.item.unit.is_empty(), "{code}");
            if let Some(data) = made.item.electronic_data {
                let original = made.files.iter().find(|f| f.role == pb::ContentRole::Original);
                assert_eq!(data.check_value, sha256(&original.unwrap().bytes));
                checked += 1;
            }
        }
        assert!(checked >= 3, "{checked}");
    }
}
