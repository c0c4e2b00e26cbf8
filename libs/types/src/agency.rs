//! The short codes by which agencies are known in one trust domain.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

/// The code of an agency, such as `MKT`, `BR-T01` or `PSB-LEG`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AgencyCode(String);

impl AgencyCode {
    /// Reads a code: 2 to 16 of `A-Z`, `0-9` and `-`, the first a letter. Nothing is normalised,
    /// so that one agency has one spelling.
    pub fn parse(code: &str) -> Option<Self> {
        let ok = (2..=16).contains(&code.len())
            && code.starts_with(|c: char| c.is_ascii_uppercase())
            && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-');
        ok.then(|| Self(code.to_owned()))
    }

    /// The code itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AgencyCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        Self::parse(&code).ok_or_else(|| D::Error::custom("not an agency code"))
    }
}
