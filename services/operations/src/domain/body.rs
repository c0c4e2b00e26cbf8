//! The bodies of the county, as far as these rules must know them.

use std::collections::BTreeMap;

use types::AgencyCode;

use super::{law, refusal::Refusal, settings::Settings};

/// One body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// `ADMIN_AGENCY`, `TOWNSHIP_GOVERNMENT`, `COORDINATION_BODY`, GOVERNMENT, ...
    pub kind: String,
    /// The body with command over it.
    pub superior: Option<AgencyCode>,
    /// GB/T 2260, 6 digits or 9 with the township.
    pub region: String,
}

/// The bodies by code: a snapshot of what identity knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bodies(pub BTreeMap<AgencyCode, Body>);

impl Bodies {
    /// The body with this code.
    pub fn get(&self, code: &AgencyCode) -> Option<&Body> {
        self.0.get(code)
    }

    /// The body with command over `code`.
    pub fn superior(&self, code: &AgencyCode) -> Option<AgencyCode> {
        self.get(code)?.superior.clone()
    }

    /// Whether `code` may inspect enterprises at all (I-01).
    pub fn may_inspect(&self, code: &AgencyCode, settings: &Settings) -> bool {
        let kind = self.get(code).map(|body| &body.kind);
        *code != settings.guidance_office
            && kind.is_some_and(|kind| settings.inspector_kinds.contains(kind))
    }

    /// That `code` may inspect.
    ///
    /// # Errors
    /// I-01: a coordination body organises, and is never an inspecting subject.
    pub fn inspector(&self, code: &AgencyCode, settings: &Settings) -> Result<(), Refusal> {
        if self.may_inspect(code, settings) {
            return Ok(());
        }
        Err(Refusal::broken(
            law::I_01,
            format!("{code} is no body with enforcement power: it must not inspect"),
            "议事协调机构等不具有执法主体资格的单位不得实施行政检查",
        ))
    }

    /// That `code` is the guidance office.
    ///
    /// # Errors
    /// O-04: `act` is for the guidance office.
    pub fn office(
        &self,
        code: &AgencyCode,
        act: &'static str,
        settings: &Settings,
    ) -> Result<(), Refusal> {
        if *code == settings.guidance_office {
            return Ok(());
        }
        let whose = format!("the guidance office {}", settings.guidance_office);
        Err(Refusal::NotYours { act, whose, law: law::O_04 })
    }
}
