//! The samples of the legal ground truth: `data/identifiers.json`, copied unchanged.

use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Samples {
    pub(crate) unified_social_credit_code: Codes<UsccSample>,
    pub(crate) citizen_id_number: Codes<CitizenSample>,
    pub(crate) region_code: Regions,
}

#[derive(Deserialize)]
pub(crate) struct Codes<T> {
    pub(crate) valid: Vec<T>,
    pub(crate) invalid: Vec<T>,
}

#[derive(Deserialize)]
pub(crate) struct UsccSample {
    pub(crate) code: String,
    pub(crate) uscc_check_ok: bool,
    pub(crate) org_code_check_ok: Option<bool>,
    pub(crate) region: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct CitizenSample {
    pub(crate) number: String,
    /// A truth value, or `normalise`.
    pub(crate) check_ok: serde_json::Value,
    pub(crate) sex: Option<String>,
    pub(crate) birth: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Regions {
    pub(crate) valid: Vec<RegionSample>,
    pub(crate) unassigned: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct RegionSample {
    pub(crate) code: String,
}

pub(crate) fn samples() -> Samples {
    let samples: Samples =
        serde_json::from_str(include_str!("../../data/identifiers.json")).unwrap();
    // A test over no samples would prove nothing.
    assert_eq!(samples.unified_social_credit_code.valid.len(), 9);
    assert_eq!(samples.unified_social_credit_code.invalid.len(), 5);
    assert_eq!(samples.citizen_id_number.valid.len(), 6);
    assert_eq!(samples.citizen_id_number.invalid.len(), 3);
    assert_eq!(samples.region_code.valid.len(), 6);
    samples
}
