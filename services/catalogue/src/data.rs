//! The first revision of the example county: matters, powers, townships, and examples of the rest.
//!
//! What the sources do not say is an example (D): the days of the transfer (the plan is of 2022) and
//! of the empowerment, the officers who are posted, the grades of discretion.

use proto::catalogue::v1::{self as pb, entry::Entry as Body};
use serde::Deserialize;

/// Since when the example knows who holds what.
const BEGINNING: &str = "2000-01-01";
/// The last day of the old holders, and the first one of the comprehensive bureau.
const TRANSFER: (&str, &str) = ("2022-06-30", "2022-07-01");
const TRANSFER_ACT: &str = "云政告〔2022〕1号 (example)";
/// The first day of the townships that were given matters, those townships, and those matters.
const EMPOWERMENT: &str = "2023-01-01";
const EMPOWERMENT_ACT: &str = "云政告〔2022〕9号 (example)";
const EMPOWERED: [(&str, &str); 3] =
    [("TG-T04", "330999004"), ("TG-T05", "330999005"), ("TG-T06", "330999006")];
const GIVEN: [&str; 4] = ["M001", "M002", "M003", "M006"];
/// Officers of county bureaus in brigades.
const POSTED: [(&str, &str, &str); 3] =
    [("CAE-02", "CAE", "BR-T04"), ("MKT-02", "MKT", "BR-T04"), ("AGR-02", "AGR", "BR-T05")];
/// Since when the examples of discretion hold.
const DISCRETION: &str = "2023-01-01";
const COUNTY: &str = "330999";

#[derive(Deserialize)]
struct Matters {
    matters: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    name_zh: String,
    name_en: String,
    domain: String,
    owning_agency_id: String,
    original_department_id: String,
    regime: String,
    township_empowerable: bool,
    legal_basis: String,
    basis_verified: String,
    penalty_summary: String,
    linked_offences: Vec<String>,
    typical_evidence: Vec<String>,
    note: String,
}

#[derive(Deserialize)]
struct Township {
    region: String,
    name_zh: String,
    government: String,
    brigade: String,
}

#[derive(Deserialize)]
struct Discretion {
    benchmarks: Vec<Grade>,
    minor_violations: Vec<Minor>,
}

#[derive(Deserialize)]
struct Grade {
    matter: String,
    grade: String,
    order: i32,
    conditions: Vec<Comparison>,
    penalty: String,
    fine_min_fen: i64,
    fine_max_fen: i64,
    basis: String,
}

#[derive(Deserialize)]
struct Minor {
    matter: String,
    route: String,
    conditions: Vec<Comparison>,
    basis: String,
}

#[derive(Deserialize)]
struct Comparison {
    fact: String,
    operator: String,
    value: String,
}

/// The first revision, to be published against revision 0. Every entry has its key.
///
/// # Errors
/// The embedded files do not read.
pub fn first() -> Result<pb::Changes, serde_json::Error> {
    let matters: Matters = serde_json::from_str(include_str!("../data/matters.json"))?;
    let townships: Vec<Township> = serde_json::from_str(include_str!("../data/townships.json"))?;
    let discretion: Discretion = serde_json::from_str(include_str!("../data/discretion.json"))?;
    let powers = matters.matters.iter().flat_map(powers).chain(empowerments());
    let bodies = matters
        .matters
        .iter()
        .map(|row| Body::Matter(matter(row)))
        .chain(powers.map(Body::Power))
        .chain(townships.into_iter().map(|row| Body::Area(area(row))))
        .chain(POSTED.iter().map(|row| Body::Posting(posting(*row))))
        .chain(discretion.benchmarks.into_iter().map(|row| Body::Benchmark(benchmark(row))))
        .chain(discretion.minor_violations.into_iter().map(|row| Body::MinorViolation(minor(row))));
    let put = bodies.map(|body| {
        let entry = pb::Entry { entry: Some(body), ..pb::Entry::default() };
        let key = crate::read::entry(&entry).map(|read| read.key()).unwrap_or_default();
        pb::Entry { key, ..entry }
    });
    Ok(pb::Changes { put: put.collect(), remove: Vec::new() })
}

fn matter(row: &Row) -> pb::Matter {
    let regime = match row.regime.as_str() {
        "COMPREHENSIVE" => pb::Regime::Comprehensive,
        "SPECIALISED" => pb::Regime::Specialised,
        "TOWNSHIP_OWN" => pb::Regime::TownshipOwn,
        _ => pb::Regime::Department,
    };
    pb::Matter {
        code: row.id.clone(),
        name_zh: row.name_zh.clone(),
        name_en: row.name_en.clone(),
        domain: row.domain.clone(),
        regime: regime.into(),
        township_empowerable: row.township_empowerable,
        bases: bases(row),
        penalty_summary: row.penalty_summary.clone(),
        linked_offences: row.linked_offences.clone(),
        typical_evidence: row.typical_evidence.clone(),
        note: row.note.clone(),
    }
}

/// The law a matter rests on, in the versions that LAW.md 0.2 warns of.
fn bases(row: &Row) -> Vec<pb::Basis> {
    let basis = |citation: &str, verified: &str, from: &str, to: &str| pb::Basis {
        citation: citation.to_owned(),
        verified: verified.to_owned(),
        valid_from: from.to_owned(),
        valid_to: to.to_owned(),
    };
    let (text, mark) = (row.legal_basis.as_str(), row.basis_verified.as_str());
    // Two versions: the last day of the old one, and the first one of the new.
    let code = ("2026-08-14", "2026-08-15");
    let (old, (last, first), new) = match row.id.as_str() {
        // 渔业法, revised 2025-12-27.
        "M026" => {
            let new = basis(text, mark, "2026-05-01", "");
            ("渔业法 (2013) art. 38", ("2026-04-30", "2026-05-01"), new)
        }
        // 商标法, revised 2026-06-26: its articles will have other numbers, which nobody has read.
        "M035" => {
            let new = basis("商标法 (revised 2026-06-26)", "M", "2027-01-01", "");
            let old = basis(text, mark, "", "2026-12-31");
            return vec![old, new];
        }
        "M040" => ("水污染防治法 art. 39, 83; 环境保护法 art. 63", code, basis(text, mark, "", "")),
        "M041" => {
            let (new, old) = text.split_once("; before: ").unwrap_or((text, ""));
            (old.trim_end_matches(" (M)"), code, basis(new, mark, "", ""))
        }
        "M042" => {
            ("水污染防治法 art. 83; 排污许可管理条例 art. 33", code, basis(text, mark, "", ""))
        }
        _ => return vec![basis(text, mark, "", "")],
    };
    let new = pb::Basis { valid_from: first.to_owned(), ..new };
    vec![basis(old, "M", "", last), new]
}

fn powers(row: &Row) -> Vec<pb::Power> {
    let duty = pb::Power {
        matter: row.id.clone(),
        holder: row.owning_agency_id.clone(),
        by_township: false,
        territory: COUNTY.to_owned(),
        valid_from: BEGINNING.to_owned(),
        valid_to: String::new(),
        source: pb::PowerSource::Duty.into(),
        shared: false,
        act: row.legal_basis.clone(),
    };
    if row.regime == "TOWNSHIP_OWN" {
        return vec![pb::Power { holder: String::new(), by_township: true, ..duty }];
    }
    // 土地管理法 art. 75: natural resources and agriculture, each within its duties (按照职责).
    if row.id == "M046" {
        let shared =
            |holder: &str| pb::Power { holder: holder.to_owned(), shared: true, ..duty.clone() };
        return vec![shared("NAT"), shared("AGR")];
    }
    if row.owning_agency_id == row.original_department_id {
        return vec![duty];
    }
    let old = pb::Power {
        holder: row.original_department_id.clone(),
        valid_to: TRANSFER.0.to_owned(),
        ..duty.clone()
    };
    let new = pb::Power {
        valid_from: TRANSFER.1.to_owned(),
        source: pb::PowerSource::Transfer.into(),
        act: TRANSFER_ACT.to_owned(),
        ..duty
    };
    vec![old, new]
}

fn empowerments() -> impl Iterator<Item = pb::Power> {
    EMPOWERED.iter().flat_map(|(township, territory)| {
        GIVEN.iter().map(|matter| pb::Power {
            matter: (*matter).to_owned(),
            holder: (*township).to_owned(),
            by_township: false,
            territory: (*territory).to_owned(),
            valid_from: EMPOWERMENT.to_owned(),
            valid_to: String::new(),
            source: pb::PowerSource::Empowerment.into(),
            shared: false,
            act: EMPOWERMENT_ACT.to_owned(),
        })
    })
}

fn area(row: Township) -> pb::Area {
    pb::Area {
        region: row.region,
        name_zh: row.name_zh,
        government: row.government,
        brigade: row.brigade,
        valid_from: BEGINNING.to_owned(),
        valid_to: String::new(),
    }
}

fn posting((certificate, home, to): (&str, &str, &str)) -> pb::Posting {
    pb::Posting {
        certificate_no: certificate.to_owned(),
        home_agency: home.to_owned(),
        posted_to: to.to_owned(),
        valid_from: TRANSFER.1.to_owned(),
        valid_to: String::new(),
    }
}

fn benchmark(row: Grade) -> pb::Benchmark {
    pb::Benchmark {
        matter: row.matter,
        grade: row.grade,
        conditions: conditions(row.conditions),
        order: row.order,
        penalty: row.penalty,
        fine_min_fen: row.fine_min_fen,
        fine_max_fen: row.fine_max_fen,
        basis: row.basis,
        verified: "D".to_owned(),
        valid_from: DISCRETION.to_owned(),
        valid_to: String::new(),
    }
}

fn minor(row: Minor) -> pb::MinorViolation {
    let route = match row.route.as_str() {
        "NO_PENALTY" => pb::MinorRoute::NoPenalty,
        "MAY_EXEMPT" => pb::MinorRoute::MayExempt,
        _ => pb::MinorRoute::Promise,
    };
    pb::MinorViolation {
        matter: row.matter,
        route: route.into(),
        conditions: conditions(row.conditions),
        basis: row.basis,
        verified: "D".to_owned(),
        valid_from: DISCRETION.to_owned(),
        valid_to: String::new(),
    }
}

fn conditions(rows: Vec<Comparison>) -> Vec<pb::Condition> {
    let condition = |row: Comparison| pb::Condition {
        fact: row.fact,
        operator: row.operator,
        value: row.value,
    };
    rows.into_iter().map(condition).collect()
}

#[cfg(test)]
mod tests;
