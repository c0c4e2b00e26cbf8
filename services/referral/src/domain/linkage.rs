//! What bodies do together beside the procedures (行刑衔接, seed section 14): which body may do what,
//! under which rule, and the open points as settings.

use serde::Deserialize;
use types::AgencyCode;

use super::{
    body::{Body, Directory},
    notice::{Part, Role},
    procedure::Law,
    word::Mark,
};

const fn design(rule: &'static str, basis: &'static str) -> Law {
    Law { rule, basis, mark: Mark::D }
}

/// Questions to the procuratorate are answered in writing.
pub const P_14: Law =
    Law { rule: "P-14", basis: "高检发释字〔2021〕4号 art. 13", mark: Mark::M };
/// Questions of bodies that enforce to bodies of justice, and back.
pub const BOTH_WAYS: Law = design("SEED-14", "seed section 14: 双向案件咨询制度");
/// The police are told at once, and asked to step in early.
pub const T_09B: Law =
    Law { rule: "T-09b", basis: "Sichuan NPC decision: 提前介入", mark: Mark::S };
/// Joint meetings and what they resolve.
pub const MEETING: Law = design("SEED-14", "seed section 14: 联席会议制度");
/// Information on cases.
pub const NOTICE: Law = design("SEED-14", "seed section 14: 案件处理信息通报");
/// Party bodies and coordination bodies consult and coordinate; they enforce nothing.
pub const CONSULTS_ONLY: Law = design("13.10", "LAW.md 13 no. 10; section 12");
/// A receiver gets what its role needs, and no more.
pub const NEED: Law =
    Law { rule: "13.11", basis: "CPL art. 54(3); LAW.md 13 no. 11", mark: Mark::V };

/// The most times one may be allowed to ask back.
const ASK_BACK_MAX: usize = 10;

/// The settings. Their meanings, defaults and marks stand in `config.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The guidance office, which coordinates.
    pub guidance_office: AgencyCode,
    /// P-14: days for an answer, by the kind of the body asked.
    pub answer_days: Vec<DaysOf>,
    /// Days for an answer of every other kind of body.
    pub other_answer_days: u32,
    /// Who asks whom about a case, by the kind of body.
    pub consultations: Vec<AsksOf>,
    /// How often the asked body may ask back for material.
    pub ask_back_times: usize,
    /// The kinds of body that convene joint meetings beside the guidance office.
    pub convening_kinds: Vec<String>,
    /// Days in which a notice is acknowledged.
    pub notice_days: u32,
    /// What each role needs of a notice.
    pub notice_parts: Vec<PartsOf>,
    /// Whether bodies of justice tell agencies no more than how far a case is.
    pub investigation_is_secret: bool,
}

/// Days of one kind of body.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DaysOf {
    /// PROCURATORATE, `PUBLIC_SECURITY`, ...
    pub kind: String,
    /// Calendar days.
    pub days: u32,
}

/// Kinds of body, and the kinds they may ask.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsksOf {
    /// `ADMIN_AGENCY`, ...
    pub askers: Vec<String>,
    /// The kinds of body they ask.
    pub asked: Vec<String>,
}

/// The parts of a notice that one role needs beside its title and how far the case is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartsOf {
    /// The role.
    pub role: Role,
    /// The parts.
    pub parts: Vec<Part>,
}

impl Settings {
    /// How many days this kind of body has for an answer.
    pub fn answer_days(&self, kind: &str) -> u32 {
        let known = self.answer_days.iter().find(|one| one.kind == kind);
        known.map_or(self.other_answer_days, |one| one.days)
    }

    /// Whether a body of one kind asks one of another about a case.
    pub fn consults(&self, asker: &str, asked: &str) -> bool {
        let has = |kinds: &[String], kind: &str| kinds.iter().any(|one| one == kind);
        self.consultations.iter().any(|one| has(&one.askers, asker) && has(&one.asked, asked))
    }

    /// Whether a role needs a part of a notice.
    pub fn needs(&self, role: Role, part: Part) -> bool {
        self.notice_parts.iter().any(|one| one.role == role && one.parts.contains(&part))
    }

    /// Settings that mean nothing: each with its fault.
    pub fn faults(&self) -> Vec<String> {
        let days = self.answer_days.iter().map(|one| one.days);
        let zero = days.chain([self.other_answer_days, self.notice_days]).any(|days| days == 0);
        let mut faults = Vec::new();
        if zero {
            faults.push("linkage: a term of 0 days".to_owned());
        }
        if self.ask_back_times > ASK_BACK_MAX {
            faults.push(format!("linkage.ask_back_times is more than {ASK_BACK_MAX}"));
        }
        faults
    }
}

/// Whether a body is one of police, procuratorate or court, or a unit of one.
pub fn is_justice(body: &Body) -> bool {
    matches!(
        body.kind.as_str(),
        "PUBLIC_SECURITY"
            | "POLICE_UNIT"
            | "PROCURATORATE"
            | "PROCURATORATE_UNIT"
            | "COURT"
            | "COURT_UNIT"
    )
}

/// Whether a body only coordinates or consults, and signs no act of enforcement (LAW.md 13 no. 10).
pub fn consults_only(body: &Body) -> bool {
    matches!(body.kind.as_str(), "COORDINATION_BODY" | "PARTY_OFFICE")
}

/// What entitles `body` to be told of a case of `agency`; `None`: nothing does.
pub fn role(
    body: &AgencyCode,
    agency: &AgencyCode,
    sees_docket: bool,
    (bodies, settings): (&Directory, &Settings),
) -> Option<Role> {
    let rules = [
        (bodies.procuratorate(agency), Role::Procuratorate),
        (bodies.superior(agency), Role::Superior),
        (bodies.justice_bureau(agency), Role::JusticeBureau),
        (Some(settings.guidance_office.clone()), Role::GuidanceOffice),
    ];
    // Who oversees a case needs no more of it because it sees the docket too.
    let by_rule = rules.into_iter().find(|(entitled, _)| entitled.as_ref() == Some(body));
    by_rule.map(|(_, role)| role).or(sees_docket.then_some(Role::Party))
}
