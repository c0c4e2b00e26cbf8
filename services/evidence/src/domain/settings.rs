//! What the law leaves open, for the deployment to say: config.toml has each with its mark.

use serde::Deserialize;

/// The settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether a sealed medium without photographs of it before and after is a defect
    /// (法发〔2016〕22号 art. 14, 18; S).
    pub seal_photos: bool,
    /// Whether electronic data without a recording of its collection is a defect
    /// (法发〔2016〕22号 art. 14; S).
    pub video: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { seal_photos: true, video: true }
    }
}
