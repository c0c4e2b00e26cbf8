//! What can be wrong with an item: the rules that find it, and who may say so.

pub mod table;

use chrono::{DateTime, NaiveDate, Utc};
use clock::Calendar;
use types::AgencyCode;

use self::table::{ILLEGAL, RECORDED, Row, SOURCE, TABLE, THINGS};
use super::{
    custody::{self, CustodyEvent},
    dossier::Dossier,
    item::{ElectronicData, Found, Item},
    refusal::{Law, Refusal},
    settings::Settings,
    word::{CustodyKind, Kind, MeasureState, Method, Severity, Signer},
};

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
    /// Bytes.
    pub size: u64,
    /// When it was attached.
    pub committed_at: DateTime<Utc>,
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
    /// The seal before or after it was put on or opened.
    SealPhoto,
    /// A recording of the collection.
    Video,
    /// Another photograph.
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
    /// What the deployment looks for.
    pub settings: Settings,
}

/// The row of a code, with or without suffix.
pub fn row(code: &str) -> Option<&'static Row> {
    let stem = code.split_once(':').map_or(code, |(stem, _)| stem);
    TABLE.iter().find(|row| row.code == stem)
}

/// Everything that is wrong with an item, in the order of the table; what was cured too.
pub fn of(item: &Item, known: &Known<'_>) -> Vec<Defect> {
    let mut codes = from_facts(item, known);
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

/// That `body` may say that something is wrong with an item: it is the dossier's agency, or holds
/// or held the item. Who was only offered it counts and refuses.
///
/// # Errors
/// E-01: a finding can exclude the item for good.
pub fn may_record(known: &Known<'_>, body: &AgencyCode) -> Result<(), Refusal> {
    if known.dossier.agency == *body || known.chain.iter().any(|event| event.holder == *body) {
        return Ok(());
    }
    let what = "only the dossier's agency, and who holds or held the item, record its defects";
    Err(Refusal::NotYours { what: what.to_owned(), law: ILLEGAL })
}

/// The finding of `body` under a code, which it takes back.
///
/// # Errors
/// There is none of its own, or it was cured.
pub fn to_withdraw(item: &Item, code: &str, body: &AgencyCode) -> Result<Found, Refusal> {
    let law = row(code).map_or(ILLEGAL, |row| row.law);
    let broken = |what: String, what_zh| Err(Refusal::Broken { what, what_zh, law });
    let Some(found) = item.review.found.iter().find(|one| one.code == code) else {
        return broken("nobody has recorded such a defect".to_owned(), "没有登记此项瑕疵");
    };
    if found.agency != *body {
        let what = format!("{} found it, and alone takes it back", found.agency);
        return Err(Refusal::NotYours { what, law });
    }
    if let Some(cured) = item.review.cured.iter().find(|one| one.code == code) {
        return broken(format!("{code} was cured by event {}", cured.event), "该瑕疵已经补正");
    }
    Ok(found.clone())
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

/// What was registered, and the files. What shows where an item came from, and what must go with it,
/// counts only when it was there before the item first went to another body: afterwards it is for a
/// cure to say why it comes late.
fn from_facts(item: &Item, known: &Known<'_>) -> Vec<String> {
    let (facts, files) = (&item.facts, known.files);
    let first = known.chain.iter().find(|event| event.kind == CustodyKind::HandedOver);
    let in_time = |file: &File| first.is_none_or(|event| file.committed_at <= event.at);
    let count = |role| files.iter().filter(|file| file.role == role && in_time(file)).count();
    let mut codes = Vec::new();
    let papers = &facts.source_papers;
    let signed = |signer| papers.iter().any(|paper| paper.signed_by.contains(&signer));
    let countersigned = signed(Signer::Holder) || signed(Signer::Witness);
    let recorded = count(Role::Record) > 0;
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
        let said = |text: &str| !text.trim().is_empty();
        if !said(&data.backup_id) && count(Role::Backup) == 0 {
            codes.push("NO_BACKUP");
        }
        let sealed = !facts.seal_no.is_empty() && said(&data.medium_id);
        let shown = said(&data.seal_photos_before) && said(&data.seal_photos_after);
        if known.settings.seal_photos && sealed && !shown && count(Role::SealPhoto) < 2 {
            codes.push("NO_SEAL_PHOTOS");
        }
        if known.settings.video && !said(&data.video_id) && count(Role::Video) == 0 {
            codes.push("NO_VIDEO");
        }
        codes.extend(of_originals(data, files));
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

/// What is wrong with the originals of data, when there are any: none can be compared with the
/// listed check value, none is it, or the one that is has another size than was listed.
fn of_originals(data: &ElectronicData, files: &[File]) -> Option<&'static str> {
    let digest = |file: &File| match data.check_algorithm.as_str() {
        "SM3" => file.sm3.clone(),
        _ => file.sha256.clone(),
    };
    let originals = || files.iter().filter(|file| file.role == Role::Original);
    let mut comparable = originals().filter(|file| !digest(file).is_empty()).peekable();
    originals().next()?;
    if comparable.peek().is_none() {
        return Some("NO_CHECK_VALUE");
    }
    match comparable.find(|file| digest(file).eq_ignore_ascii_case(&data.check_value)) {
        None => Some("CHECK_VALUE_MISMATCH"),
        // Lists of before state no size.
        Some(file) if data.size != 0 && file.size != data.size => Some("SIZE_DIFFERS"),
        Some(_) => None,
    }
}

/// The chain. The code carries the number of the event at fault.
fn from_chain(item: &Item, known: &Known<'_>) -> Vec<String> {
    let mut codes = Vec::new();
    if custody::verify_chain(&item.name(), &item.custody, known.chain).is_err() {
        codes.push("CHAIN_BROKEN".to_owned());
    }
    let keeps = |certificate: &String| {
        !certificate.is_empty()
            && (known.dossier.investigates(certificate)
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
