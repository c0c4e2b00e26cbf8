//! The codes of what can be wrong with an item, each with its law and its cure.

use crate::domain::{
    refusal::Law,
    word::{Kind, Severity},
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

pub(super) const SOURCE: Law =
    Law { rule: "E-09", basis: "SPC interpretation 2021 art. 86", verified: "V" };
const DATA_GAP: Law =
    Law { rule: "E-08", basis: "SPC interpretation 2021 art. 113", verified: "V" };
const DATA_LOST: Law =
    Law { rule: "E-08", basis: "SPC interpretation 2021 art. 114", verified: "V" };
const BACKUP: Law = Law { rule: "E-07", basis: "法发〔2016〕22号 art. 18", verified: "S" };
/// What is recorded of a collection.
const RECORDING: Law =
    Law { rule: "E-06", basis: "法发〔2016〕22号 art. 14, 18", verified: "S" };
/// That the list states the size is from LAW.md 4.3, what a wrong one means is not in a text.
const SIZE: Law = Law { rule: "E-06", basis: "LAW.md 4.3", verified: "D" };
const OPINION: Law = Law { rule: "E-11", basis: "SPC interpretation 2021 art. 98", verified: "V" };
pub(super) const ILLEGAL: Law = Law { rule: "E-01", basis: "Penalty Law art. 46", verified: "V" };
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
pub(super) const THINGS: &[Kind] = &[Kind::Physical, Kind::Documentary];
pub(super) const RECORDED: &[Kind] = &[Kind::ElectronicData, Kind::AudioVisual];
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
    curable(
        "NO_SEAL_PHOTOS",
        DATA,
        RECORDING,
        "its medium was sealed, and no photographs show it before and after",
        "add the photographs, or explain reasonably why there are none",
    ),
    curable(
        "NO_VIDEO",
        DATA,
        RECORDING,
        "its collection was not recorded on video",
        "add the recording, or explain reasonably why there is none",
    ),
    curable(
        "SIZE_DIFFERS",
        DATA,
        SIZE,
        "the file that was committed as the original has another size than the list says",
        "correct the list, or explain reasonably",
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
