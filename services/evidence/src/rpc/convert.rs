//! Between the domain and the wire: what is told.

use chrono::NaiveDate;
use proto::evidence::v1 as pb;

use crate::{
    Calendar,
    content::model::Content,
    domain::{
        custody::CustodyEvent,
        dossier::Dossier,
        item::{Appraisal, Collection, ElectronicData, Environmental, Facts, Item, SourcePaper},
        measure::{Measure, Step},
    },
    events::timestamp,
    store,
};

/// The etag of a version.
pub(super) fn etag(version: i32) -> String {
    format!("\"{version}\"")
}

/// The version behind an etag.
pub(super) fn version(etag: &str) -> Option<i32> {
    etag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

pub(super) fn dossier(dossier: &Dossier) -> pb::Dossier {
    pb::Dossier {
        name: store::dossier_name(dossier.id),
        agency: dossier.agency.to_string(),
        title: dossier.title.clone(),
        case_no: dossier.case_no.clone(),
        docket: dossier.docket.clone(),
        investigators: dossier.investigators.clone(),
        items: dossier.items,
        create_time: Some(timestamp(dossier.created_at)),
        etag: etag(dossier.version),
    }
}

/// An item with its contents, and its measure as it stands on `day`.
pub(super) fn item(
    item: &Item,
    contents: &[Content],
    calendar: &Calendar,
    day: NaiveDate,
) -> pb::Item {
    let facts = item.facts.clone();
    let contents = contents.iter().filter(|one| one.about.parent == item.name());
    pb::Item {
        name: item.name(),
        dossier: store::dossier_name(item.dossier),
        number: item.number,
        contents: contents.map(Content::message).collect(),
        custody: Some(custody(item)),
        measure: item.measure.as_ref().map(|one| measure(one, calendar, day)),
        create_time: Some(timestamp(item.created_at)),
        update_time: Some(timestamp(item.updated_at)),
        etag: etag(item.version),
        ..registered(facts)
    }
}

/// What was registered.
fn registered(facts: Facts) -> pb::Item {
    pb::Item {
        kind: word(pb::EvidenceKind::from_str_name, "EVIDENCE_KIND_", facts.kind.as_str()),
        title: facts.title,
        code: facts.code,
        quantity: facts.quantity,
        unit: facts.unit,
        features: facts.features,
        source: facts.source,
        condition: facts.condition,
        seal_no: facts.seal_no,
        value_fen: facts.value_fen,
        storage_place: facts.storage_place,
        collection: Some(collection(facts.collection)),
        electronic_data: facts.electronic_data.map(electronic_data),
        appraisal: facts.appraisal.map(appraisal),
        perishable: facts.perishable,
        source_papers: facts.source_papers.into_iter().map(source_paper).collect(),
        environmental: facts.environmental.map(environmental),
        ..pb::Item::default()
    }
}

fn environmental(said: Environmental) -> pb::Environmental {
    let (kind, issued_by) = (said.kind.as_str(), said.issued_by.as_str());
    pb::Environmental {
        kind: word(pb::EnvironmentalKind::from_str_name, "ENVIRONMENTAL_KIND_", kind),
        issued_by: word(pb::EnvironmentalIssuer::from_str_name, "ENVIRONMENTAL_ISSUER_", issued_by),
        issuer: said.issuer,
        waste_code: said.waste_code,
    }
}

fn collection(said: Collection) -> pb::Collection {
    pb::Collection {
        time: Some(timestamp(said.time)),
        place: said.place,
        collectors: said.collectors,
        holder: said.holder,
        witness: said.witness,
        refusal_to_sign: said.refusal_to_sign,
        method: word(
            pb::CollectionMethod::from_str_name,
            "COLLECTION_METHOD_",
            said.method.as_str(),
        ),
        // What was not said stays unsaid.
        proceeding: said
            .proceeding
            .map_or(0, |one| word(pb::Proceeding::from_str_name, "PROCEEDING_", one.as_str())),
    }
}

fn electronic_data(data: ElectronicData) -> pb::ElectronicData {
    pb::ElectronicData {
        category: data.category,
        file_format: data.file_format,
        check_algorithm: data.check_algorithm,
        check_value: data.check_value,
        other_check_values: data.other_check_values,
        medium_id: data.medium_id,
        medium_reason: data.medium_reason,
        video_id: data.video_id,
        backup_id: data.backup_id,
        size: i64::try_from(data.size).unwrap_or(i64::MAX),
        seal_photos_before: data.seal_photos_before,
        seal_photos_after: data.seal_photos_after,
    }
}

fn appraisal(opinion: Appraisal) -> pb::Appraisal {
    pb::Appraisal {
        institution: opinion.institution,
        qualification: opinion.qualification,
        appraiser: opinion.appraiser,
        sample: opinion.sample,
        method: opinion.method,
        is_signed: opinion.is_signed,
    }
}

fn source_paper(paper: SourcePaper) -> pb::SourcePaper {
    pb::SourcePaper {
        code: paper.code,
        number: paper.number,
        signed_by: paper.signed_by.iter().map(ToString::to_string).collect(),
    }
}

fn measure(measure: &Measure, calendar: &Calendar, day: NaiveDate) -> pb::Measure {
    let table = calendar.table();
    let (last, provisional) = measure.last_day(&table);
    let state = measure.state_on(day, &table);
    pb::Measure {
        kind: word(pb::MeasureKind::from_str_name, "MEASURE_KIND_", measure.kind.as_str()),
        start_date: measure.start.to_string(),
        decision_no: measure.decision_no.clone(),
        approved_by: measure.approved_by.clone(),
        end_date: last.to_string(),
        provisional,
        extended: measure.extension_days > 0,
        testing_days: i32::try_from(measure.testing_days).unwrap_or(i32::MAX),
        state: word(pb::MeasureState::from_str_name, "MEASURE_STATE_", state.as_str()),
        steps: measure.steps.iter().map(step).collect(),
    }
}

fn step(step: &Step) -> pb::MeasureStep {
    let change = step.change.as_str();
    pb::MeasureStep {
        change: word(pb::MeasureChange::from_str_name, "MEASURE_CHANGE_", change),
        days: i32::try_from(step.days).unwrap_or(i32::MAX),
        reason: step.reason.clone(),
        officer: step.officer.clone(),
        approved_by: step.approved_by.clone(),
        time: Some(timestamp(step.at)),
        decision_no: step.decision_no.clone(),
    }
}

fn custody(item: &Item) -> pb::Custody {
    let custody = &item.custody;
    pb::Custody {
        holder: custody.holder.to_string(),
        custodian: custody.custodian.clone(),
        kept_by: custody.kept_by.as_ref().map(ToString::to_string).unwrap_or_default(),
        state: word(pb::CustodyState::from_str_name, "CUSTODY_STATE_", custody.state.as_str()),
        seal_no: custody.seal_no.clone(),
        storage_place: custody.storage_place.clone(),
        hand_over: custody.hand_over.clone(),
        events: custody.events,
    }
}

pub(super) fn custody_event(event: &CustodyEvent) -> pb::CustodyEvent {
    pb::CustodyEvent {
        sequence: event.sequence,
        kind: word(pb::CustodyKind::from_str_name, "CUSTODY_KIND_", event.kind.as_str()),
        time: Some(timestamp(event.at)),
        agency: event.agency.to_string(),
        officer: event.officer.clone(),
        place: event.place.clone(),
        reason: event.reason.clone(),
        approved_by: event.approved_by.clone(),
        holder: event.holder.to_string(),
        custodian: event.custodian.clone(),
        seal_no: event.seal_no.clone(),
        hand_over: event.hand_over.clone(),
        contents: event.contents.clone(),
        digest: event.digest.to_string(),
        rule: event.rule.clone(),
        basis: event.basis.clone(),
        defect: event.defect.clone(),
        kept_by: event.kept_by.clone(),
        storage_place: event.storage_place.clone(),
        recipient: event.recipient.clone(),
    }
}

/// The number of the value of an enum on the wire: its word behind the enum's name.
pub(super) fn word<E: Into<i32>>(named: fn(&str) -> Option<E>, stem: &str, word: &str) -> i32 {
    named(&format!("{stem}{word}")).map(Into::into).unwrap_or_default()
}

/// The word of a value of an enum on the wire, without the enum's name.
pub(super) fn of_word<T>(name: &str, stem: &str, parse: fn(&str) -> Option<T>) -> Option<T> {
    name.strip_prefix(stem).and_then(parse)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::word;

    #[test]
    fn every_word_of_the_domain_is_one_of_the_wire() {
        let known = |name: fn(&str) -> bool, stem: &str, words: Vec<&str>| {
            for word in words {
                assert!(name(&format!("{stem}{word}")), "{stem}{word}");
            }
        };
        macro_rules! all {
            ($($wire:ident $domain:ident $stem:literal),* $(,)?) => {
                $(known(
                    |name| pb::$wire::from_str_name(name).is_some(),
                    $stem,
                    word::$domain::ALL.iter().map(|one| one.as_str()).collect(),
                );)*
            };
        }
        all!(
            EvidenceKind Kind "EVIDENCE_KIND_",
            CollectionMethod Method "COLLECTION_METHOD_",
            MeasureKind MeasureKind "MEASURE_KIND_",
            MeasureState MeasureState "MEASURE_STATE_",
            MeasureChange MeasureChange "MEASURE_CHANGE_",
            CustodyState CustodyState "CUSTODY_STATE_",
            CustodyKind CustodyKind "CUSTODY_KIND_",
            Use Use "USE_",
            ConversionClass Conversion "CONVERSION_CLASS_",
            DefectSeverity Severity "DEFECT_SEVERITY_",
            Proceeding Proceeding "PROCEEDING_",
            EnvironmentalKind EnvironmentalKind "ENVIRONMENTAL_KIND_",
            EnvironmentalIssuer EnvironmentalIssuer "ENVIRONMENTAL_ISSUER_",
            HandOverPurpose Purpose "HAND_OVER_PURPOSE_",
        );
        assert_eq!(version(&etag(7)), Some(7));
        assert_eq!((version("7"), version("\"x\"")), (None, None));
    }
}
