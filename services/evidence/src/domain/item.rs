//! One piece of evidence, with the data of a hand-over line (LAW.md 4.3; MPS procedure art. 230).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use types::{AgencyCode, Id};

use super::{
    custody::{CustodyEvent, Digest, Said},
    dossier::Dossier,
    measure::Measure,
    word::{
        CustodyState, EnvironmentalIssuer, EnvironmentalKind, Kind, Method, Proceeding, Signer, Use,
    },
};

/// An item. What a body says of it never changes; where it is does.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its id.
    pub id: Id<Self>,
    /// The dossier it is in.
    pub dossier: Id<Dossier>,
    /// Its number there, from 1.
    pub number: i32,
    /// What was registered.
    pub facts: Facts,
    /// The measure it is held under.
    pub measure: Option<Measure>,
    /// Where it is.
    pub custody: Custody,
    /// What reviewers found, and what cured it.
    pub review: Review,
    /// When it was registered.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Grows by one with each change: see [`Item::next`].
    pub version: i32,
}

/// What was registered of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Its kind.
    pub kind: Kind,
    /// 名称.
    pub title: String,
    /// 编号, unique in the dossier.
    pub code: String,
    /// A decimal number.
    pub quantity: String,
    /// Of what.
    pub unit: String,
    /// 特征.
    pub features: String,
    /// 来源.
    pub source: String,
    /// 状况.
    pub condition: String,
    /// The seal it was collected with; empty when none.
    pub seal_no: String,
    /// In fen; 0 when it is not known.
    pub value_fen: i64,
    /// Where it was placed first.
    pub storage_place: String,
    /// How it was collected.
    pub collection: Collection,
    /// Of electronic data.
    pub electronic_data: Option<ElectronicData>,
    /// Of appraisal opinions.
    pub appraisal: Option<Appraisal>,
    /// Spoils or loses its value.
    pub perishable: bool,
    /// What proves its source.
    pub source_papers: Vec<SourcePaper>,
    /// Of monitoring data, and of opinions on waste.
    #[serde(default)]
    pub environmental: Option<Environmental>,
}

/// How an item was collected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collection {
    /// When.
    pub time: DateTime<Utc>,
    /// Where.
    pub place: String,
    /// Certificate numbers.
    pub collectors: Vec<String>,
    /// 持有人; for statements, who made them.
    pub holder: String,
    /// 见证人.
    pub witness: String,
    /// What was noted when the holder would not sign.
    pub refusal_to_sign: String,
    /// How.
    pub method: Method,
    /// In what kind of case; `None` when it was not said: in an administrative one.
    #[serde(default)]
    pub proceeding: Option<Proceeding>,
}

/// The electronic data list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of the message `ElectronicData`")]
pub struct ElectronicData {
    pub category: String,
    pub file_format: String,
    pub check_algorithm: String,
    /// In lower case.
    pub check_value: String,
    pub other_check_values: Vec<String>,
    pub medium_id: String,
    pub medium_reason: String,
    pub video_id: String,
    pub backup_id: String,
    /// 0 in lists of before it was asked for.
    pub size: u64,
    pub seal_photos_before: String,
    pub seal_photos_after: String,
}

/// What an appraisal opinion rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are those of the message `Appraisal`")]
pub struct Appraisal {
    pub institution: String,
    pub qualification: String,
    pub appraiser: String,
    pub sample: String,
    pub method: String,
    pub is_signed: bool,
}

/// What an item of an environmental case rests on (E-14).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environmental {
    /// What it is.
    pub kind: EnvironmentalKind,
    /// What the body that made it is.
    pub issued_by: EnvironmentalIssuer,
    /// Its name.
    pub issuer: String,
    /// Code in the national list of hazardous waste, such as `900-249-08`; opinions on waste only.
    pub waste_code: String,
}

/// A document that proves the source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourcePaper {
    /// Such as `SEIZURE_LIST`.
    pub code: String,
    /// Its number.
    pub number: String,
    /// Who signed it.
    pub signed_by: Vec<Signer>,
}

/// Where an item is. At every instant exactly one body holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Custody {
    /// The body that holds it.
    pub holder: AgencyCode,
    /// Certificate number of who keeps it there; empty until it is stored.
    pub custodian: String,
    /// The body that keeps it for the holder (T-22b), when another does.
    pub kept_by: Option<AgencyCode>,
    /// Whether it is still there.
    pub state: CustodyState,
    /// The seal it is under; empty when none.
    pub seal_no: String,
    /// Where.
    pub storage_place: String,
    /// The open hand-over it is listed in; empty when none.
    pub hand_over: String,
    /// How many events its chain has.
    pub events: i32,
    /// The digest of the last one.
    pub last_digest: Digest,
    /// When that was.
    pub last_at: DateTime<Utc>,
}

/// What reviewers found of an item. Each defect and each recognition is here at most once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Defects that somebody found; those that the rules find are not kept.
    pub found: Vec<Found>,
    /// Defects that were cured, whoever found them.
    pub cured: Vec<Cured>,
    /// Who recognised it for what.
    pub recognized: Vec<Recognized>,
}

/// A defect that a reviewer found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Its code.
    pub code: String,
    /// What was found.
    pub description: String,
    /// The body of the reviewer.
    pub agency: AgencyCode,
    /// Certificate number of the reviewer.
    pub officer: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// A defect that was cured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cured {
    /// Its code.
    pub code: String,
    /// Number of the custody event.
    pub event: i32,
}

/// A recognition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recognized {
    /// By whom.
    pub agency: AgencyCode,
    /// For what.
    pub r#use: Use,
    /// Number of the custody event.
    pub event: i32,
}

impl Item {
    /// Its resource name.
    pub fn name(&self) -> String {
        format!("items/{}", self.id)
    }

    /// The item as one change at `now` will leave it: to be changed further and saved once.
    #[must_use]
    pub fn next(&self, now: DateTime<Utc>) -> Self {
        Self { version: self.version + 1, updated_at: now, ..self.clone() }
    }

    /// Adds an event to the chain. Who holds and keeps the item after it is what `custody` says
    /// now: change that first. The event is never dated before the last one.
    pub fn append(&mut self, said: Said) -> CustodyEvent {
        let event = CustodyEvent::after(&self.name(), &self.custody, said);
        self.custody.events = event.sequence;
        self.custody.last_digest = event.digest;
        self.custody.last_at = event.at;
        event
    }
}
