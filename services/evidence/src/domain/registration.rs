//! What must be known of an item to register it, by its kind, and the chain it begins with.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use types::{AgencyCode, Id};

use super::{
    custody::{CustodyEvent, Digest, Said},
    dossier::Dossier,
    item::{Appraisal, Custody, ElectronicData, Environmental, Facts, Item, Review},
    measure::Measure,
    refusal::Law,
    word::{
        CustodyKind, CustodyState, EnvironmentalIssuer, EnvironmentalKind, Kind, MeasureKind,
        Method,
    },
};

/// The data of a hand-over line.
pub const LINE: Law = Law { rule: "E-10", basis: "MPS procedure art. 230", verified: "V" };
/// Who takes something, takes it with another. The text is on electronic data; the rest by design.
const TWO: Law =
    Law { rule: "E-06", basis: "法发〔2016〕22号 art. 7; LAW.md 4.3", verified: "D" };
/// Signed by officers and holder, or a witness.
const WITNESS: Law = Law {
    rule: "E-06",
    basis: "法发〔2016〕22号 art. 14, 15; MPS procedure art. 230",
    verified: "S",
};
/// The electronic data list.
const LIST: Law = Law { rule: "E-06", basis: "法发〔2016〕22号 art. 14, 15", verified: "S" };
/// Which algorithm: no text says.
const ALGORITHM: Law = Law { rule: "E-06", basis: "LAW.md 4.3", verified: "D" };
/// The size of the data.
const SIZE: Law =
    Law { rule: "E-06", basis: "LAW.md 4.3; 法发〔2016〕22号 art. 14", verified: "S" };
/// The original medium.
const MEDIUM: Law = Law { rule: "E-06", basis: "法发〔2016〕22号 art. 14", verified: "S" };
/// Whose opinion it is.
const OPINION: Law = Law { rule: "E-11", basis: "SPC interpretation 2021 art. 98", verified: "V" };

/// Whose data and opinions these are.
const DATA_OF: Law = Law { rule: "E-14", basis: "法释〔2023〕7号 art. 14", verified: "V" };
/// Of which waste an opinion speaks.
const WASTE: Law = Law { rule: "E-14", basis: "法释〔2023〕7号 art. 15", verified: "V" };

/// The most of anything that a list in an item has.
const LIST_MAX: usize = 20;

/// Something wrong with what is to be registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The field.
    pub field: String,
    /// What is wrong with it.
    pub what: String,
    /// The rule that asks for it, when one does.
    pub law: Option<Law>,
}

/// A text of an item: its field, the most bytes it has, and the rule that asks for it.
struct Text {
    field: &'static str,
    of: fn(&Facts) -> &str,
    max: usize,
    needed: Option<Law>,
}

const fn text(
    field: &'static str,
    max: usize,
    needed: Option<Law>,
    of: fn(&Facts) -> &str,
) -> Text {
    Text { field, of, max, needed }
}

/// The texts that every kind has.
const TEXTS: &[Text] = &[
    text("title", 500, Some(LINE), |facts| &facts.title),
    text("code", 100, Some(LINE), |facts| &facts.code),
    text("quantity", 32, Some(LINE), |facts| &facts.quantity),
    text("unit", 40, Some(LINE), |facts| &facts.unit),
    text("features", 4000, None, |facts| &facts.features),
    text("source", 4000, Some(LINE), |facts| &facts.source),
    text("condition", 4000, Some(LINE), |facts| &facts.condition),
    text("seal_no", 100, None, |facts| &facts.seal_no),
    text("storage_place", 500, None, |facts| &facts.storage_place),
    text("collection.place", 500, Some(LINE), |facts| &facts.collection.place),
    text("collection.holder", 200, None, |facts| &facts.collection.holder),
    text("collection.witness", 200, None, |facts| &facts.collection.witness),
    text("collection.refusal_to_sign", 2000, None, |facts| &facts.collection.refusal_to_sign),
];

/// A text of electronic data, or of an appraisal.
type Part<T> = (&'static str, Option<Law>, fn(&T) -> &str);

const DATA: &[Part<ElectronicData>] = &[
    ("category", Some(LIST), |data| &data.category),
    ("file_format", Some(LIST), |data| &data.file_format),
    ("check_algorithm", Some(LIST), |data| &data.check_algorithm),
    ("check_value", Some(LIST), |data| &data.check_value),
    ("medium_id", None, |data| &data.medium_id),
    ("medium_reason", None, |data| &data.medium_reason),
    ("video_id", None, |data| &data.video_id),
    ("backup_id", None, |data| &data.backup_id),
    ("seal_photos_before", None, |data| &data.seal_photos_before),
    ("seal_photos_after", None, |data| &data.seal_photos_after),
];

const APPRAISAL: &[Part<Appraisal>] = &[
    ("institution", Some(OPINION), |opinion| &opinion.institution),
    ("appraiser", Some(OPINION), |opinion| &opinion.appraiser),
    // Without these it may be registered, and is assessed for what it is.
    ("qualification", None, |opinion| &opinion.qualification),
    ("sample", None, |opinion| &opinion.sample),
    ("method", None, |opinion| &opinion.method),
];

/// Kinds that are things, which have features, and over which a measure can be.
fn is_property(kind: Kind) -> bool {
    match kind {
        Kind::Documentary | Kind::Physical | Kind::AudioVisual | Kind::ElectronicData => true,
        Kind::Testimony | Kind::PartyStatement | Kind::AppraisalOpinion | Kind::SiteRecord => false,
    }
}

/// Everything that is wrong with what is to be registered, whatever its kind.
pub fn faults(facts: &Facts, now: DateTime<Utc>) -> Vec<Fault> {
    let mut faults = Faults::default();
    for text in TEXTS {
        faults.text(text.field, (text.of)(facts), text.max, text.needed);
    }
    let decimal = facts.quantity.is_empty() || is_quantity(&facts.quantity);
    let what = "is not a decimal number above 0 such as \"1.1\"";
    faults.check(decimal, "quantity", what, Some(LINE));
    faults.check(facts.value_fen >= 0, "value_fen", "is negative", None);
    let collection = &facts.collection;
    faults.check(collection.time <= now, "collection.time", "is later than now", None);
    let collectors: BTreeSet<&String> = collection.collectors.iter().collect();
    let two = "are not at least two officers";
    faults.check(collection.collectors.len() >= 2, "collection.collectors", two, Some(TWO));
    let some = collection.collectors.len() <= LIST_MAX;
    faults.check(some, "collection.collectors", "are more than 20", None);
    let distinct = collectors.len() == collection.collectors.len();
    faults.check(distinct, "collection.collectors", "name an officer twice", Some(TWO));
    let signed = !collection.holder.trim().is_empty() && collection.refusal_to_sign.is_empty();
    let what = "is missing: the holder is unknown, or refused to sign";
    faults.check(
        signed || !collection.witness.trim().is_empty(),
        "collection.witness",
        what,
        Some(WITNESS),
    );
    faults.check(facts.source_papers.len() <= LIST_MAX, "source_papers", "are more than 20", None);
    for (at, paper) in facts.source_papers.iter().enumerate() {
        let word = !paper.code.is_empty()
            && paper
                .code
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        let field = format!("source_papers[{at}].code");
        faults.check(
            word && paper.code.len() <= 64,
            &field,
            "is no code such as SEIZURE_LIST",
            None,
        );
        faults.text(&format!("source_papers[{at}].number"), &paper.number, 100, None);
    }
    faults.0
}

/// Everything that is wrong with what is to be registered as an item of its kind.
pub fn faults_of_kind(facts: &Facts, measure: Option<&Measure>) -> Vec<Fault> {
    let mut faults = Faults::default();
    if is_property(facts.kind) && facts.kind != Kind::ElectronicData {
        faults.check(!facts.features.trim().is_empty(), "features", "is missing", Some(LINE));
    }
    match &facts.electronic_data {
        Some(data) if facts.kind == Kind::ElectronicData => faults.electronic_data(data),
        Some(_) => faults.add("electronic_data", "belongs to ELECTRONIC_DATA only", None),
        None if facts.kind == Kind::ElectronicData => {
            faults.add("electronic_data", "is missing", Some(LIST));
        }
        None => {}
    }
    match &facts.appraisal {
        Some(opinion) if facts.kind == Kind::AppraisalOpinion => faults.appraisal(opinion),
        Some(_) => faults.add("appraisal", "belongs to APPRAISAL_OPINION only", None),
        None if facts.kind == Kind::AppraisalOpinion => {
            faults.add("appraisal", "is missing", Some(OPINION));
        }
        None => {}
    }
    if let Some(environmental) = &facts.environmental {
        faults.environmental(environmental, facts.kind);
    }
    if let Some(measure) = measure {
        let what = format!("is not taken over {}", facts.kind);
        faults.check(is_property(facts.kind), "measure", &what, Some(measure.law()));
        // Prior registration leaves a thing where it is; what was seized is with the agency.
        let seized =
            measure.kind != MeasureKind::Seizure || facts.collection.method == Method::Seized;
        let what = "is a SEIZURE, and the item was not collected as SEIZED";
        faults.check(seized, "measure.kind", what, Some(measure.law()));
    }
    faults.0
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, field: &str, what: &str, law: Option<Law>) {
        self.0.push(Fault { field: format!("item.{field}"), what: what.to_owned(), law });
    }

    fn check(&mut self, ok: bool, field: &str, what: &str, law: Option<Law>) {
        if !ok {
            self.add(field, what, law);
        }
    }

    fn text(&mut self, field: &str, value: &str, max: usize, needed: Option<Law>) {
        let there = needed.is_none() || !value.trim().is_empty();
        self.check(there, field, "is missing", needed);
        self.check(value.len() <= max, field, &format!("is longer than {max} bytes"), None);
        // A long text may have lines.
        let plain = |c: char| !c.is_control() || (max >= 2000 && matches!(c, '\n' | '\r' | '\t'));
        self.check(value.chars().all(plain), field, "has control characters", None);
    }

    fn electronic_data(&mut self, data: &ElectronicData) {
        for (name, needed, of) in DATA {
            self.text(&format!("electronic_data.{name}"), of(data), 1000, *needed);
        }
        self.check(data.size > 0, "electronic_data.size", "is not at least 1 byte", Some(SIZE));
        let field = "electronic_data.check_algorithm";
        match data.check_algorithm.as_str() {
            "SHA-256" | "SM3" | "" => {}
            "MD5" => self.add(
                field,
                "is MD5, which alone is not accepted: give SHA-256 or SM3, and MD5 beside it in \
                 other_check_values",
                Some(ALGORITHM),
            ),
            _ => self.add(field, "is neither SHA-256 nor SM3", Some(ALGORITHM)),
        }
        let digits = data.check_value.bytes().all(|b| b.is_ascii_hexdigit());
        let whole = data.check_value.is_empty() || (data.check_value.len() == 64 && digits);
        let what = "is not the 64 hexadecimal digits of SHA-256 or SM3";
        self.check(whole, "electronic_data.check_value", what, Some(ALGORITHM));
        let others = &data.other_check_values;
        let field = "electronic_data.other_check_values";
        self.check(others.len() <= LIST_MAX, field, "are more than 20", None);
        for (at, value) in others.iter().enumerate() {
            let named = value.split_once(':').is_some_and(|(name, digits)| {
                !name.is_empty()
                    && !digits.is_empty()
                    && digits.bytes().all(|b| b.is_ascii_hexdigit())
            });
            let what = "is not ALGORITHM:hexadecimal digits";
            self.check(named && value.len() <= 200, &format!("{field}[{at}]"), what, None);
        }
        let medium = !data.medium_id.trim().is_empty() || !data.medium_reason.trim().is_empty();
        let what = "is missing: say why the original medium was not seized, or give medium_id";
        self.check(medium, "electronic_data.medium_reason", what, Some(MEDIUM));
    }

    fn appraisal(&mut self, opinion: &Appraisal) {
        for (name, needed, of) in APPRAISAL {
            self.text(&format!("appraisal.{name}"), of(opinion), 1000, *needed);
        }
    }

    fn environmental(&mut self, said: &Environmental, kind: Kind) {
        let words = matches!(kind, Kind::Testimony | Kind::PartyStatement);
        let (issuers, law, fault) = may_issue(said.kind);
        let what = format!("is not said of {kind}");
        self.check(!words, "environmental", &what, Some(law));
        self.check(issuers.contains(&said.issued_by), "environmental.issued_by", fault, Some(law));
        self.text("environmental.issuer", &said.issuer, 200, Some(law));
        let opinion = said.kind == EnvironmentalKind::WasteOpinion;
        let field = "environmental.waste_code";
        self.text(field, &said.waste_code, 40, opinion.then_some(law));
        let alone = "belongs to WASTE_OPINION only";
        self.check(opinion || said.waste_code.is_empty(), field, alone, None);
    }
}

/// Who makes monitoring data and opinions on waste that a criminal case may use (E-14).
fn may_issue(kind: EnvironmentalKind) -> (&'static [EnvironmentalIssuer], Law, &'static str) {
    use EnvironmentalIssuer::{EnvironmentAuthority, MonitoringBody, PublicSecurity};
    match kind {
        EnvironmentalKind::MonitoringData => (
            &[EnvironmentAuthority, MonitoringBody],
            DATA_OF,
            "is neither the environment authority nor a monitoring body of it",
        ),
        EnvironmentalKind::WasteOpinion => (
            &[EnvironmentAuthority, PublicSecurity],
            WASTE,
            "is neither the environment authority nor public security",
        ),
    }
}

/// A decimal number above 0, at most 12 digits before the point and 6 behind it.
pub fn is_quantity(text: &str) -> bool {
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str, most: usize| {
        (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    digits(whole, 12) && digits(part, 6) && text.bytes().any(|b| matches!(b, b'1'..=b'9'))
}

/// A new item and what its chain begins with: collected, sealed if it was, registered now.
#[derive(Clone, Debug)]
pub struct New<'a> {
    /// The dossier it goes into; its agency holds the item.
    pub dossier: &'a Dossier,
    /// Its number there.
    pub number: i32,
    /// What is known of it, without faults.
    pub facts: Facts,
    /// The measure it is held under.
    pub measure: Option<Measure>,
    /// Certificate number of who registers it.
    pub officer: &'a str,
    /// When.
    pub now: DateTime<Utc>,
}

/// Registers an item.
pub fn register(new: New<'_>) -> (Item, Vec<CustodyEvent>) {
    let (agency, collection): (&AgencyCode, _) =
        (&new.dossier.agency, new.facts.collection.clone());
    let custody = Custody {
        holder: agency.clone(),
        custodian: String::new(),
        kept_by: None,
        state: CustodyState::Held,
        seal_no: String::new(),
        storage_place: new.facts.storage_place.clone(),
        hand_over: String::new(),
        events: 0,
        last_digest: Digest::START,
        last_at: new.now,
    };
    let mut item = Item {
        id: Id::new(new.now),
        dossier: new.dossier.id,
        number: new.number,
        facts: new.facts,
        measure: new.measure,
        custody,
        review: Review::default(),
        created_at: new.now,
        updated_at: new.now,
        version: 1,
    };
    let collector = collection.collectors.first().map_or("", String::as_str);
    let collected = Said {
        place: collection.place.clone(),
        reason: format!("{} by {}", collection.method, collection.collectors.join(", ")),
        ..Said::new(CustodyKind::Collected, collection.time, agency, collector)
    };
    let mut events = vec![item.append(collected)];
    if !item.facts.seal_no.is_empty() {
        item.custody.seal_no.clone_from(&item.facts.seal_no);
        let sealed = Said {
            place: collection.place,
            ..Said::new(CustodyKind::Sealed, collection.time, agency, collector)
        };
        events.push(item.append(sealed));
    }
    events.push(item.append(Said::new(CustodyKind::Registered, new.now, agency, new.officer)));
    (item, events)
}
