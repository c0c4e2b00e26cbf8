//! The rules, row by row.

mod assessment;
mod custody;
mod defect;
mod measure;
mod registration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use clock::Calendar;
use types::{AgencyCode, Id};

use super::{
    custody::CustodyEvent,
    defect::{File, Known},
    dossier::Dossier,
    item::{Appraisal, Collection, ElectronicData, Environmental, Facts, Item, SourcePaper},
    measure::Measure,
    refusal::Refusal,
    registration::{New, register},
    settings::Settings,
    word::{
        EnvironmentalIssuer, EnvironmentalKind, Kind, MeasureKind, MeasureState, Method, Signer,
    },
};

/// An instant by the clocks of Shanghai.
fn at(text: &str) -> DateTime<Utc> {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    local.and_local_timezone(clock::SHANGHAI).unwrap().to_utc()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Registered on a Monday.
fn monday() -> DateTime<Utc> {
    at("2026-03-02 10:00")
}

fn mkt() -> AgencyCode {
    AgencyCode::parse("MKT").unwrap()
}

fn psb() -> AgencyCode {
    AgencyCode::parse("PSB").unwrap()
}

fn dossier() -> Dossier {
    Dossier {
        id: Id::new(monday()),
        agency: mkt(),
        title: "案".to_owned(),
        case_no: "A-1".to_owned(),
        docket: String::new(),
        investigators: vec!["MKT-01".to_owned(), "MKT-03".to_owned()],
        received_by: vec!["PSB-02".to_owned()],
        items: 0,
        created_at: monday(),
        version: 1,
    }
}

/// What is known of an item of a kind, without faults and without defects.
pub(crate) fn facts(kind: Kind) -> Facts {
    let paper = SourcePaper {
        code: "SEIZURE_LIST".to_owned(),
        number: "1".to_owned(),
        signed_by: vec![Signer::Officers, Signer::Holder],
    };
    let data = ElectronicData {
        category: "聊天记录".to_owned(),
        file_format: "SQLite".to_owned(),
        check_algorithm: "SHA-256".to_owned(),
        check_value: "ab".repeat(32),
        medium_id: "手机-1".to_owned(),
        backup_id: "备份-1".to_owned(),
        video_id: "录像-1".to_owned(),
        size: 8,
        seal_photos_before: "封存前-1".to_owned(),
        seal_photos_after: "封存后-1".to_owned(),
        ..ElectronicData::default()
    };
    let opinion = Appraisal {
        institution: "示例鉴定所".to_owned(),
        qualification: "浙示字1号".to_owned(),
        appraiser: "示例".to_owned(),
        sample: "Y-1".to_owned(),
        method: "GB/T 1".to_owned(),
        is_signed: true,
    };
    let is_data = kind == Kind::ElectronicData;
    Facts {
        kind,
        title: "白酒".to_owned(),
        code: "W-1".to_owned(),
        quantity: "1.1".to_owned(),
        unit: "瓶".to_owned(),
        features: "500ml".to_owned(),
        source: "现场扣押".to_owned(),
        condition: "完好".to_owned(),
        seal_no: if is_data { "S-1".to_owned() } else { String::new() },
        value_fen: 0,
        storage_place: "A架".to_owned(),
        collection: Collection {
            time: at("2026-03-01 09:00"),
            place: "人民路1号".to_owned(),
            collectors: vec!["MKT-01".to_owned(), "MKT-02".to_owned()],
            holder: "店主".to_owned(),
            witness: String::new(),
            refusal_to_sign: String::new(),
            method: Method::Seized,
            proceeding: None,
        },
        electronic_data: is_data.then_some(data),
        appraisal: (kind == Kind::AppraisalOpinion).then_some(opinion),
        perishable: false,
        source_papers: vec![paper],
        environmental: None,
    }
}

/// What a lawful item of an environmental case says.
fn environmental(kind: EnvironmentalKind) -> Environmental {
    let opinion = kind == EnvironmentalKind::WasteOpinion;
    Environmental {
        kind,
        issued_by: EnvironmentalIssuer::EnvironmentAuthority,
        issuer: "市生态环境局云泽分局".to_owned(),
        waste_code: if opinion { "900-249-08".to_owned() } else { String::new() },
    }
}

fn measure(kind: MeasureKind, start: &str) -> Measure {
    Measure {
        kind,
        start: day(start),
        decision_no: "1".to_owned(),
        approved_by: "MKT-04".to_owned(),
        extension_days: 0,
        testing_days: 0,
        state: MeasureState::Running,
        steps: Vec::new(),
    }
}

/// Registers facts in the dossier of the tests.
pub(crate) fn registered(facts: Facts) -> (Item, Vec<CustodyEvent>) {
    let (dossier, now) = (dossier(), monday());
    register(New { dossier: &dossier, number: 1, facts, measure: None, officer: "MKT-01", now })
}

/// What the rules know, with this chain and these files.
fn known<'a>(dossier: &'a Dossier, chain: &'a [CustodyEvent], files: &'a [File]) -> Known<'a> {
    let settings = Settings::default();
    Known {
        dossier,
        chain,
        files,
        calendar: Calendar::embedded(),
        day: day("2026-03-02"),
        settings,
    }
}

/// The rule of a refusal and its sentence.
fn told(refusal: &Refusal) -> (&'static str, String) {
    (refusal.law().rule, refusal.to_string())
}
