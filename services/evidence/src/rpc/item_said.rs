//! What is said of an item that is to be registered, read from the wire with every fault in it.

use chrono::{DateTime, NaiveDate, SubsecRound as _, Utc};
use proto::evidence::v1 as pb;

use super::convert::of_word;
use crate::{
    domain::{
        item::{Appraisal, Collection, ElectronicData, Environmental, Facts, SourcePaper},
        measure::Measure,
        refusal::Refusal,
        registration::{self, Fault, LINE},
        word::{
            EnvironmentalIssuer, EnvironmentalKind, Kind, MeasureKind, MeasureState, Method,
            Proceeding, Signer,
        },
    },
    error::Error,
};

/// An item as it was said to be.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) facts: Facts,
    pub(super) measure: Option<Measure>,
}

/// Reads an item; `fields` has the faults of the rest of the request. Every fault is told at once.
pub(super) fn read(
    fields: server::Fields,
    item: Option<pb::Item>,
    now: DateTime<Utc>,
) -> Result<Said, Error> {
    let mut faults = Vec::new();
    if let Err(violations) = fields.done() {
        faults.extend(violations.iter().map(|(field, what)| fault(field, what)));
    }
    let Some(item) = item else {
        faults.push(fault("item", "is missing"));
        return Err(told(faults));
    };
    let measure = item.measure.as_ref().and_then(|one| measure(one, now, &mut faults));
    let kind = kind(&item);
    if kind.is_none() {
        faults.push(fault("item.kind", "is missing"));
    }
    let facts = facts(item, kind, &mut faults);
    faults.extend(registration::faults(&facts, now));
    if kind.is_some() {
        faults.extend(registration::faults_of_kind(&facts, measure.as_ref()));
    }
    if faults.is_empty() { Ok(Said { facts, measure }) } else { Err(told(faults)) }
}

/// The instant as the tables keep it; none when the wire has none, or one outside the calendar.
pub(super) fn instant(time: Option<prost_types::Timestamp>) -> Option<DateTime<Utc>> {
    let time = time?;
    let nanos = u32::try_from(time.nanos).ok()?;
    Some(DateTime::from_timestamp(time.seconds, nanos)?.trunc_subsecs(6))
}

/// Names every content that is not one of the item's.
pub(super) fn fault_of_contents(
    named: &[String],
    is_own: impl Fn(&str) -> bool,
) -> Result<(), Error> {
    let mut fields = server::Fields::default();
    for (at, content) in named.iter().enumerate() {
        fields.check(is_own(content), format!("contents[{at}]"), "is no content of this item");
    }
    Ok(fields.done()?)
}

fn fault(field: &str, what: &str) -> Fault {
    Fault { field: field.to_owned(), what: what.to_owned(), law: None }
}

/// Every fault as a refusal: with the first rule, and each with its own.
fn told(faults: Vec<Fault>) -> Error {
    let law = faults.iter().find_map(|one| one.law);
    let faults = faults.into_iter().map(|one| {
        let rule = one.law.map_or(String::new(), |law| format!(" ({}: {})", law.rule, law.basis));
        (one.field, format!("{}{rule}", one.what))
    });
    match law {
        Some(_) => {
            let refusal = Refusal::Fields { faults: faults.collect(), law: law.unwrap_or(LINE) };
            Error::refused(refusal, "item")
        }
        None => {
            let mut fields = server::Fields::default();
            faults.for_each(|(field, what)| fields.fault(field, what));
            fields.done().err().map_or(Error::Corrupt("faults"), Error::Fields)
        }
    }
}

fn kind(item: &pb::Item) -> Option<Kind> {
    of_word(item.kind().as_str_name(), "EVIDENCE_KIND_", Kind::parse)
}

fn facts(item: pb::Item, kind: Option<Kind>, faults: &mut Vec<Fault>) -> Facts {
    let papers = item.source_papers.into_iter().enumerate();
    let source_papers = papers.map(|(at, paper)| source_paper(paper, at, faults)).collect();
    Facts {
        // A missing kind is a fault already.
        kind: kind.unwrap_or(Kind::Documentary),
        title: item.title.trim().to_owned(),
        code: item.code.trim().to_owned(),
        quantity: item.quantity,
        unit: item.unit,
        features: item.features,
        source: item.source,
        condition: item.condition,
        seal_no: item.seal_no.trim().to_owned(),
        value_fen: item.value_fen,
        storage_place: item.storage_place,
        collection: collection(item.collection.unwrap_or_default(), faults),
        electronic_data: item.electronic_data.map(electronic_data),
        appraisal: item.appraisal.map(appraisal),
        perishable: item.perishable,
        source_papers,
        environmental: item.environmental.and_then(|one| environmental(one, faults)),
    }
}

fn environmental(said: pb::Environmental, faults: &mut Vec<Fault>) -> Option<Environmental> {
    let kind = said.kind().as_str_name();
    let kind = of_word(kind, "ENVIRONMENTAL_KIND_", EnvironmentalKind::parse);
    if kind.is_none() {
        faults.push(fault("item.environmental.kind", "is missing"));
    }
    let issued_by = said.issued_by().as_str_name();
    let issued_by = of_word(issued_by, "ENVIRONMENTAL_ISSUER_", EnvironmentalIssuer::parse);
    if issued_by.is_none() {
        faults.push(fault("item.environmental.issued_by", "is missing"));
    }
    Some(Environmental {
        kind: kind?,
        issued_by: issued_by?,
        issuer: said.issuer.trim().to_owned(),
        waste_code: said.waste_code.trim().to_owned(),
    })
}

fn collection(said: pb::Collection, faults: &mut Vec<Fault>) -> Collection {
    let method = of_word(said.method().as_str_name(), "COLLECTION_METHOD_", Method::parse);
    if method.is_none() {
        faults.push(fault("item.collection.method", "is missing"));
    }
    let proceeding = of_word(said.proceeding().as_str_name(), "PROCEEDING_", Proceeding::parse);
    let time = instant(said.time);
    if time.is_none() {
        faults.push(Fault { law: Some(LINE), ..fault("item.collection.time", "is missing") });
    }
    Collection {
        time: time.unwrap_or_default(),
        place: said.place,
        collectors: said.collectors,
        holder: said.holder.trim().to_owned(),
        witness: said.witness,
        refusal_to_sign: said.refusal_to_sign.trim().to_owned(),
        method: method.unwrap_or(Method::Recorded),
        proceeding,
    }
}

fn electronic_data(data: pb::ElectronicData) -> ElectronicData {
    ElectronicData {
        category: data.category,
        file_format: data.file_format,
        check_algorithm: data.check_algorithm,
        check_value: data.check_value.to_ascii_lowercase(),
        other_check_values: data.other_check_values,
        medium_id: data.medium_id,
        medium_reason: data.medium_reason,
        video_id: data.video_id,
        backup_id: data.backup_id,
        // What is negative is no size: it is told as missing.
        size: u64::try_from(data.size).unwrap_or_default(),
        seal_photos_before: data.seal_photos_before,
        seal_photos_after: data.seal_photos_after,
    }
}

fn appraisal(opinion: pb::Appraisal) -> Appraisal {
    Appraisal {
        institution: opinion.institution,
        qualification: opinion.qualification,
        appraiser: opinion.appraiser,
        sample: opinion.sample,
        method: opinion.method,
        is_signed: opinion.is_signed,
    }
}

fn source_paper(paper: pb::SourcePaper, at: usize, faults: &mut Vec<Fault>) -> SourcePaper {
    let mut signed_by = Vec::new();
    for word in paper.signed_by {
        match Signer::parse(&word) {
            Some(signer) if !signed_by.contains(&signer) => signed_by.push(signer),
            Some(_) => {}
            None => {
                let field = format!("item.source_papers[{at}].signed_by");
                // One fault is enough, however many words are wrong.
                if faults.iter().all(|known| known.field != field) {
                    faults.push(fault(&field, "is none of OFFICERS, HOLDER, WITNESS"));
                }
            }
        }
    }
    SourcePaper { code: paper.code, number: paper.number, signed_by }
}

fn measure(said: &pb::Measure, now: DateTime<Utc>, faults: &mut Vec<Fault>) -> Option<Measure> {
    let kind = of_word(said.kind().as_str_name(), "MEASURE_KIND_", MeasureKind::parse);
    if kind.is_none() {
        faults.push(fault("item.measure.kind", "is missing"));
    }
    let start = said.start_date.parse::<NaiveDate>().ok().filter(|day| {
        // Only the form of ISO 8601, and no day that a calendar cannot count from.
        day.to_string() == said.start_date && *day <= clock::legal_date(now)
    });
    if start.is_none() {
        faults.push(fault("item.measure.start_date", "is not YYYY-MM-DD, today or before"));
    }
    let measure = Measure {
        kind: kind?,
        start: start?,
        decision_no: said.decision_no.clone(),
        approved_by: said.approved_by.clone(),
        extension_days: 0,
        testing_days: 0,
        state: MeasureState::Running,
        steps: Vec::new(),
    };
    let law = Some(measure.law());
    let needed =
        [("approved_by", &measure.approved_by, 64), ("decision_no", &measure.decision_no, 100)];
    for (name, value, max) in needed {
        let field = format!("item.measure.{name}");
        if value.trim().is_empty() {
            faults.push(Fault { law, ..fault(&field, "is missing") });
        }
        if value.len() > max || value.chars().any(char::is_control) {
            faults.push(fault(&field, &format!("is longer than {max} bytes, or not plain text")));
        }
    }
    Some(measure)
}
