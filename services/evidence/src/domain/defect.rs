//! What can be wrong with an item: a table of codes, and the rules that find them.

use chrono::NaiveDate;
use clock::Calendar;

use super::{
    custody::{self, CustodyEvent},
    dossier::Dossier,
    item::{Found, Item},
    refusal::{Law, Refusal},
    word::{CustodyKind, Kind, MeasureState, Method, Severity, Signer},
};

/// A row of the table.
#[derive(Debug)]
pub struct Row {
    /// Its stable word.
    pub code: &'static str,
    /// What it means.
    pub severity: Severity,
    /// The kinds that can have it.
    pub kinds: &'static [Kind],
    /// Where it stands.
    pub law: Law,
    /// What is wrong.
    pub description: &'static str,
    /// What cures it; empty when nothing does.
    pub cure: &'static str,
}

/// A defect of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct Defect {
    /// The code of its row; with a suffix where an item can have it more than once: the number of
    /// a custody event, or `r` and a number for what a reviewer found again.
    pub code: String,
    /// What it means.
    pub severity: Severity,
    /// Where it stands.
    pub law: Law,
    /// What is wrong.
    pub description: String,
    /// What cures it.
    pub cure: &'static str,
    /// Number of the event that cured it; 0 while it is open.
    pub cured_by: i32,
    /// The reviewer; none when the rules found it.
    pub found: Option<Found>,
}

/// A file of an item, as far as the rules look at it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// What it is to the item.
    pub role: Role,
    /// 64 hexadecimal digits.
    pub sha256: String,
    /// The same; empty when it was not asked for.
    pub sm3: String,
    /// Its bytes are gone or are not those that were committed.
    pub is_damaged: bool,
}

/// What a file is to an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// The evidence itself.
    Original,
    /// A backup copy.
    Backup,
    /// The record or list of its source.
    Record,
    /// A photograph or recording.
    #[default]
    Other,
}

/// What the rules know beside the item.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// Its dossier.
    pub dossier: &'a Dossier,
    /// Its whole chain.
    pub chain: &'a [CustodyEvent],
    /// Its files.
    pub files: &'a [File],
    /// The calendar by which measures end.
    pub calendar: &'a Calendar,
    /// Today.
    pub day: NaiveDate,
}

const SOURCE: Law = Law { rule: "E-09", basis: "SPC interpretation 2021 art. 86", verified: "V" };
const DATA_GAP: Law =
    Law { rule: "E-08", basis: "SPC interpretation 2021 art. 113", verified: "V" };
const DATA_LOST: Law =
    Law { rule: "E-08", basis: "SPC interpretation 2021 art. 114", verified: "V" };
const BACKUP: Law = Law { rule: "E-07", basis: "法发〔2016〕22号 art. 18", verified: "S" };
const OPINION: Law = Law { rule: "E-11", basis: "SPC interpretation 2021 art. 98", verified: "V" };
const ILLEGAL: Law = Law { rule: "E-01", basis: "Penalty Law art. 46", verified: "V" };
/// What a broken chain means is not in a text: it proves nothing any more.
const CHAIN: Law = Law { rule: "E-10", basis: "LAW.md 4.3; MPS procedure art. 230", verified: "D" };
/// The ban is in the text, what its breach means for the item is not.
const KEEPER: Law = Law { rule: "E-10", basis: "MPS procedure art. 235", verified: "D" };
/// That it must be released is in the text, what it means for the item is not.
const MEASURE: Law = Law {
    rule: "E-05",
    basis: "Administrative Compulsion Law art. 25, 28; Penalty Law art. 56",
    verified: "D",
};

const DATA: &[Kind] = &[Kind::ElectronicData];
const THINGS: &[Kind] = &[Kind::Physical, Kind::Documentary];
const RECORDED: &[Kind] = &[Kind::ElectronicData, Kind::AudioVisual];
const OPINIONS: &[Kind] = &[Kind::AppraisalOpinion];
const ALL: &[Kind] = Kind::ALL;

const fn excluded(
    code: &'static str,
    kinds: &'static [Kind],
    law: Law,
    description: &'static str,
) -> Row {
    Row { code, severity: Severity::Exclude, kinds, law, description, cure: "" }
}

const fn curable(
    code: &'static str,
    kinds: &'static [Kind],
    law: Law,
    description: &'static str,
    cure: &'static str,
) -> Row {
    Row { code, severity: Severity::Curable, kinds, law, description, cure }
}

/// Every code.
pub const TABLE: &[Row] = &[
    excluded("ILLEGALLY_OBTAINED", ALL, ILLEGAL, "it was not obtained lawfully"),
    excluded(
        "NO_SOURCE_RECORD",
        THINGS,
        SOURCE,
        "it was seized or taken on inspection, and no record or list proves its source",
    ),
    curable(
        "SOURCE_RECORD_UNSIGNED",
        THINGS,
        SOURCE,
        "the record or list of its source lacks the signature of the officers, or that of the \
         holder or a witness",
        "have the signature supplied, or explain reasonably why it is missing",
    ),
    curable(
        "DESCRIPTION_UNCLEAR",
        THINGS,
        SOURCE,
        "its name, features or number are not described clearly on the record or list",
        "supplement the description, or explain reasonably",
    ),
    curable(
        "NOT_SEALED",
        DATA,
        DATA_GAP,
        "it was collected or handed over without a seal",
        "explain reasonably, and show that it is unchanged, e.g. by its check value",
    ),
    curable(
        "SEAL_BROKEN_UNEXPLAINED",
        ALL,
        DATA_GAP,
        "its seal was found open or another one, and nobody recorded why",
        "explain reasonably who opened it and why, and show that the item is unchanged",
    ),
    curable(
        "NO_HOLDER_SIGNATURE",
        DATA,
        DATA_GAP,
        "no paper of its collection is signed by the holder or a witness",
        "have the signature supplied, or explain reasonably why it is missing",
    ),
    curable(
        "FORMAT_UNCLEAR",
        DATA,
        DATA_GAP,
        "its category or file format is not stated clearly",
        "state the category and the format",
    ),
    curable(
        "NO_BACKUP",
        DATA,
        BACKUP,
        "there is no backup copy beside the original",
        "add a backup copy, or explain why there is none",
    ),
    excluded("NO_CHECK_VALUE", DATA, DATA_LOST, "its integrity cannot be verified"),
    excluded(
        "CHECK_VALUE_MISMATCH",
        DATA,
        DATA_LOST,
        "the file that was committed as the original has another digest than the list says",
    ),
    excluded("TAMPERED", RECORDED, DATA_LOST, "it was added to, deleted from or altered"),
    excluded(
        "CONTENT_DAMAGED",
        RECORDED,
        DATA_LOST,
        "the original file was found damaged or missing in the store",
    ),
    excluded(
        "APPRAISER_UNQUALIFIED",
        OPINIONS,
        OPINION,
        "the institution or the appraiser is not shown to be qualified",
    ),
    excluded(
        "SAMPLE_UNCLEAR",
        OPINIONS,
        OPINION,
        "where the sample came from is not clear, or it was contaminated",
    ),
    excluded(
        "OBJECT_MISMATCH",
        OPINIONS,
        OPINION,
        "what was appraised is not the object of the case",
    ),
    excluded("METHOD_MISSING", OPINIONS, OPINION, "the method is not stated, or is wrong"),
    excluded(
        "APPRAISAL_UNSIGNED",
        OPINIONS,
        OPINION,
        "the institution or the appraiser did not sign and seal it",
    ),
    excluded("CHAIN_BROKEN", ALL, CHAIN, "its chain of custody was altered"),
    curable(
        "CUSTODIAN_IS_INVESTIGATOR",
        ALL,
        KEEPER,
        "it was kept by an officer who investigates the case or collected it",
        "explain, and show by the seal and the records of the store that it is unchanged",
    ),
    curable(
        "MEASURE_EXPIRED",
        ALL,
        MEASURE,
        "the measure under which it is held is past its last day and was not released",
        "release the measure; the police may seize the item",
    ),
];

/// The row of a code, with or without suffix.
pub fn row(code: &str) -> Option<&'static Row> {
    let stem = code.split_once(':').map_or(code, |(stem, _)| stem);
    TABLE.iter().find(|row| row.code == stem)
}

/// Everything that is wrong with an item, in the order of the table; what was cured too.
pub fn of(item: &Item, known: &Known<'_>) -> Vec<Defect> {
    let mut codes = from_facts(item, known.files);
    codes.extend(from_chain(item, known));
    if let Some(measure) = &item.measure
        && measure.state_on(known.day, known.calendar) == MeasureState::Expired
    {
        codes.push("MEASURE_EXPIRED".to_owned());
    }
    let mut defects: Vec<Defect> = codes.iter().filter_map(|code| told(item, code, None)).collect();
    for found in &item.review.found {
        // What the rules find as well is told once, with who found it.
        defects.retain(|one| one.code != found.code);
        defects.extend(told(item, &found.code, Some(found)));
    }
    let place = |code: &str| {
        let row = row(code).map(|row| row.code);
        TABLE.iter().position(|one| Some(one.code) == row)
    };
    defects.sort_by_key(|one| place(&one.code));
    defects
}

/// The code under which a reviewer's finding is kept.
///
/// # Errors
/// It is no code, it does not concern this kind, or the item has this defect already.
pub fn code_to_record(item: &Item, known: &Known<'_>, code: &str) -> Result<String, Refusal> {
    let fault =
        |what: String, law| Refusal::Fields { faults: vec![("code".to_owned(), what)], law };
    let Some(row) = TABLE.iter().find(|row| row.code == code) else {
        let codes: Vec<&str> = TABLE.iter().map(|row| row.code).collect();
        return Err(fault(format!("is none of {}", codes.join(", ")), ILLEGAL));
    };
    if !row.kinds.contains(&item.facts.kind) {
        return Err(fault(format!("{code} does not concern {}", item.facts.kind), row.law));
    }
    let all = of(item, known);
    let same = |one: &&Defect| self::row(&one.code).is_some_and(|other| other.code == code);
    if let Some(open) = all.iter().filter(same).find(|one| one.cured_by == 0) {
        let what = format!("the item has the open defect {} already", open.code);
        return Err(Refusal::Broken { what, what_zh: "该瑕疵已经登记", law: row.law });
    }
    let earlier = all.iter().filter(same).count();
    Ok(if earlier == 0 { code.to_owned() } else { format!("{code}:r{}", earlier + 1) })
}

/// That a defect of an item can be cured.
///
/// # Errors
/// The item has no such open defect, or it excludes the item.
pub fn to_cure(item: &Item, known: &Known<'_>, code: &str) -> Result<Defect, Refusal> {
    let all = of(item, known);
    let Some(defect) = all.into_iter().find(|one| one.code == code) else {
        let law = row(code).map_or(SOURCE, |row| row.law);
        let what = "the item has no such defect".to_owned();
        return Err(Refusal::Broken { what, what_zh: "该物品没有此项瑕疵", law });
    };
    if defect.cured_by != 0 {
        let what = format!("{code} was cured by event {}", defect.cured_by);
        return Err(Refusal::Broken { what, what_zh: "该瑕疵已经补正", law: defect.law });
    }
    if defect.severity == Severity::Exclude {
        let what = format!("{code} cannot be cured: the item is excluded");
        return Err(Refusal::Broken {
            what, what_zh: "该情形不能补正，应当排除", law: defect.law
        });
    }
    Ok(defect)
}

fn told(item: &Item, code: &str, found: Option<&Found>) -> Option<Defect> {
    let row = row(code)?;
    let cured = item.review.cured.iter().find(|one| one.code == code);
    Some(Defect {
        code: code.to_owned(),
        severity: row.severity,
        law: row.law,
        description: found.map_or(row.description, |found| &found.description).to_owned(),
        cure: row.cure,
        cured_by: cured.map_or(0, |one| one.event),
        found: found.cloned(),
    })
}

/// What was registered, and the files.
fn from_facts(item: &Item, files: &[File]) -> Vec<String> {
    let facts = &item.facts;
    let mut codes = Vec::new();
    let papers = &facts.source_papers;
    let signed = |signer| papers.iter().any(|paper| paper.signed_by.contains(&signer));
    let countersigned = signed(Signer::Holder) || signed(Signer::Witness);
    let recorded = files.iter().any(|file| file.role == Role::Record);
    if THINGS.contains(&facts.kind) {
        let taken = matches!(facts.collection.method, Method::Seized | Method::Sampled);
        if taken && papers.is_empty() && !recorded {
            codes.push("NO_SOURCE_RECORD");
        } else if !papers.is_empty() && (!signed(Signer::Officers) || !countersigned) {
            codes.push("SOURCE_RECORD_UNSIGNED");
        }
    }
    if let Some(data) = &facts.electronic_data {
        if facts.seal_no.is_empty() {
            codes.push("NOT_SEALED");
        }
        if !countersigned {
            codes.push("NO_HOLDER_SIGNATURE");
        }
        let backup = files.iter().any(|file| file.role == Role::Backup);
        if data.backup_id.trim().is_empty() && !backup {
            codes.push("NO_BACKUP");
        }
        if differs(&data.check_algorithm, &data.check_value, files) {
            codes.push("CHECK_VALUE_MISMATCH");
        }
    }
    let lost = |file: &File| file.role == Role::Original && file.is_damaged;
    if RECORDED.contains(&facts.kind) && files.iter().any(lost) {
        codes.push("CONTENT_DAMAGED");
    }
    if let Some(opinion) = &facts.appraisal {
        let missing = |text: &str| text.trim().is_empty();
        let gaps = [
            (missing(&opinion.qualification), "APPRAISER_UNQUALIFIED"),
            (missing(&opinion.sample), "SAMPLE_UNCLEAR"),
            (missing(&opinion.method), "METHOD_MISSING"),
            (!opinion.is_signed, "APPRAISAL_UNSIGNED"),
        ];
        codes.extend(gaps.into_iter().filter(|(gap, _)| *gap).map(|(_, code)| code));
    }
    codes.into_iter().map(str::to_owned).collect()
}

/// Whether there are originals that can be compared with the listed check value, and none is it.
fn differs(algorithm: &str, value: &str, files: &[File]) -> bool {
    let originals = files.iter().filter(|file| file.role == Role::Original);
    let mut digests = originals
        .map(|file| if algorithm == "SM3" { &file.sm3 } else { &file.sha256 })
        .filter(|digest| !digest.is_empty())
        .peekable();
    digests.peek().is_some() && !digests.any(|digest| digest.eq_ignore_ascii_case(value))
}

/// The chain. The code carries the number of the event at fault.
fn from_chain(item: &Item, known: &Known<'_>) -> Vec<String> {
    let mut codes = Vec::new();
    if custody::verify_chain(&item.name(), &item.custody, known.chain).is_err() {
        codes.push("CHAIN_BROKEN".to_owned());
    }
    let keeps = |certificate: &String| {
        !certificate.is_empty()
            && (known.dossier.investigators.contains(certificate)
                || item.facts.collection.collectors.contains(certificate))
    };
    let (mut seal, mut custodian) = (String::new(), String::new());
    for event in known.chain {
        let number = event.sequence;
        let sealing = matches!(event.kind, CustodyKind::Sealed | CustodyKind::Unsealed);
        if event.seal_no != seal && !sealing {
            codes.push(format!("SEAL_BROKEN_UNEXPLAINED:{number}"));
        }
        let data = item.facts.kind == Kind::ElectronicData;
        if data && event.kind == CustodyKind::HandedOver && event.seal_no.is_empty() {
            codes.push(format!("NOT_SEALED:{number}"));
        }
        if event.custodian != custodian && keeps(&event.custodian) {
            codes.push(format!("CUSTODIAN_IS_INVESTIGATOR:{number}"));
        }
        seal.clone_from(&event.seal_no);
        custodian.clone_from(&event.custodian);
    }
    codes
}
