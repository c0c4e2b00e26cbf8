//! The bodies of the county and their officers, checked as a whole before anything is kept.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use types::AgencyCode;

use super::officer::{Officer, Position};

/// What a body is.
pub const KINDS: [&str; 15] = [
    "ADMIN_AGENCY",
    "COORDINATION_BODY",
    "COURT",
    "COURT_UNIT",
    "GOVERNMENT",
    "OVERSIGHT",
    "PARTY_OFFICE",
    "POLICE_UNIT",
    "PROCURATORATE",
    "PROCURATORATE_UNIT",
    "PUBLIC_SECURITY",
    "SUPERVISION",
    "SUPPORT",
    "TOWNSHIP_BRIGADE",
    "TOWNSHIP_GOVERNMENT",
];

/// What a body is in the administration of justice; most are nothing.
pub const JUSTICE_ROLES: [&str; 9] = [
    "COURT",
    "COURT_UNIT",
    "COURT_UPPER",
    "POLICE",
    "POLICE_UNIT",
    "POLICE_UPPER",
    "PROCURATORATE",
    "PROCURATORATE_UNIT",
    "PROCURATORATE_UPPER",
];

/// A name is at most this long, in bytes.
const NAME_BYTES: usize = 200;
/// A certificate number is at most this long, in bytes.
const CERTIFICATE_BYTES: usize = 64;

/// A body that takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agency {
    /// Short code.
    pub code: AgencyCode,
    /// 名称.
    pub display_name_zh: String,
    /// Name in English; may be empty.
    pub display_name_en: String,
    /// One of [`KINDS`].
    pub kind: String,
    /// Its command superior; none at the top.
    pub superior: Option<AgencyCode>,
    /// GB/T 2260: 6 digits, or 9 with a township.
    pub region_code: String,
    /// May impose administrative penalties in its own name.
    pub has_penalty_power: bool,
    /// Managed from above rather than by the local government.
    pub vertically_managed: bool,
    /// One of [`JUSTICE_ROLES`], or empty.
    pub justice_role: String,
}

/// An agency as it was handed in: nothing checked yet.
#[derive(Clone, Debug, Default)]
pub struct AgencyDraft {
    /// See [`Agency::code`].
    pub code: String,
    /// See [`Agency::display_name_zh`].
    pub display_name_zh: String,
    /// See [`Agency::display_name_en`].
    pub display_name_en: String,
    /// See [`Agency::kind`].
    pub kind: String,
    /// See [`Agency::superior`]; empty at the top.
    pub superior: String,
    /// See [`Agency::region_code`].
    pub region_code: String,
    /// See [`Agency::has_penalty_power`].
    pub has_penalty_power: bool,
    /// See [`Agency::vertically_managed`].
    pub vertically_managed: bool,
    /// See [`Agency::justice_role`].
    pub justice_role: String,
}

/// An officer as handed in: nothing checked yet.
#[derive(Clone, Default)]
pub struct OfficerDraft {
    /// See [`Officer::certificate_no`].
    pub certificate_no: String,
    /// See [`Officer::agency`].
    pub agency: String,
    /// See [`Officer::display_name`].
    pub display_name: String,
    /// See [`Officer::position`].
    pub position: Option<Position>,
    /// `YYYY-MM-DD`.
    pub valid_from: String,
    /// `YYYY-MM-DD`.
    pub valid_to: String,
}

/// What is wrong with one field, such as `agencies[3].superior`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Path of the field.
    pub field: String,
    /// What is wrong with it; never the value of a person's name.
    pub message: &'static str,
}

/// A directory that holds together.
#[derive(Clone, Debug, Default)]
pub struct Directory {
    /// Bodies to create or replace.
    pub agencies: Vec<Agency>,
    /// Officers to create or replace.
    pub officers: Vec<Officer>,
}

/// The superior of every body already known, by code.
pub type Known = BTreeMap<AgencyCode, Option<AgencyCode>>;

/// Checks drafts, together with what is `known`, and names every field at fault.
///
/// # Errors
/// All faults, in the order of the drafts: agencies first, then officers.
pub fn check(
    agencies: Vec<AgencyDraft>,
    officers: Vec<OfficerDraft>,
    known: &Known,
) -> Result<Directory, Vec<Fault>> {
    let mut faults = Faults::default();
    let merged = merged(&agencies, known);
    let mut seen = BTreeSet::new();
    let mut directory = Directory::default();
    for (i, draft) in agencies.into_iter().enumerate() {
        faults.at = format!("agencies[{i}]");
        if !seen.insert(draft.code.clone()) {
            faults.add("code", "is there twice");
        }
        directory.agencies.extend(agency(draft, &merged, &mut faults));
    }
    let mut seen = BTreeSet::new();
    for (i, draft) in officers.into_iter().enumerate() {
        faults.at = format!("officers[{i}]");
        if !seen.insert(draft.certificate_no.clone()) {
            faults.add("certificate_no", "is there twice");
        }
        directory.officers.extend(officer(draft, &merged, &mut faults));
    }
    if faults.found.is_empty() { Ok(directory) } else { Err(faults.found) }
}

#[derive(Default)]
struct Faults {
    at: String,
    found: Vec<Fault>,
}

impl Faults {
    fn add(&mut self, field: &str, message: &'static str) {
        self.found.push(Fault { field: format!("{}.{field}", self.at), message });
    }

    fn check(&mut self, ok: bool, field: &str, message: &'static str) {
        if !ok {
            self.add(field, message);
        }
    }

    fn need<T>(&mut self, value: Option<T>, field: &str, message: &'static str) -> Option<T> {
        self.check(value.is_some(), field, message);
        value
    }
}

/// The superiors as they would be after the import.
fn merged(agencies: &[AgencyDraft], known: &Known) -> Known {
    let mut merged = known.clone();
    for draft in agencies {
        if let Some(code) = AgencyCode::parse(&draft.code) {
            merged.insert(code, AgencyCode::parse(&draft.superior));
        }
    }
    merged
}

fn agency(draft: AgencyDraft, all: &Known, faults: &mut Faults) -> Option<Agency> {
    let code = AgencyCode::parse(&draft.code);
    let code = faults.need(code, "code", "is not 2 to 16 of A-Z, 0-9 and '-'");
    faults.check(name_fits(&draft.display_name_zh), "display_name_zh", "is missing or too long");
    faults.check(draft.display_name_en.len() <= NAME_BYTES, "display_name_en", "is too long");
    faults.check(KINDS.contains(&draft.kind.as_str()), "kind", "is not a kind of body");
    let role = draft.justice_role.as_str();
    let role_fits = role.is_empty() || JUSTICE_ROLES.contains(&role);
    faults.check(role_fits, "justice_role", "is not a justice role");
    faults.check(region_fits(&draft.region_code), "region_code", "is not 6 or 9 digits");

    let superior = AgencyCode::parse(&draft.superior);
    if !draft.superior.is_empty() {
        let exists = superior.as_ref().is_some_and(|above| all.contains_key(above));
        faults.check(exists, "superior", "is not a body known or imported here");
        let above_itself = code.as_ref().is_some_and(|code| is_above_itself(code, all));
        faults.check(!above_itself, "superior", "puts the body above itself");
    }
    Some(Agency {
        code: code?,
        display_name_zh: draft.display_name_zh,
        display_name_en: draft.display_name_en,
        kind: draft.kind,
        superior,
        region_code: draft.region_code,
        has_penalty_power: draft.has_penalty_power,
        vertically_managed: draft.vertically_managed,
        justice_role: draft.justice_role,
    })
}

fn officer(draft: OfficerDraft, all: &Known, faults: &mut Faults) -> Option<Officer> {
    let number = certificate_fits(&draft.certificate_no);
    faults.check(number, "certificate_no", "is not 1 to 64 bytes without blanks and '/'");
    let agency = AgencyCode::parse(&draft.agency).filter(|code| all.contains_key(code));
    let agency = faults.need(agency, "agency", "is not a body known or imported here");
    faults.check(name_fits(&draft.display_name), "display_name", "is missing or too long");
    let position = faults.need(draft.position, "position", "is missing");
    let from = faults.need(day(&draft.valid_from), "valid_from", "is not a date YYYY-MM-DD");
    let to = faults.need(day(&draft.valid_to), "valid_to", "is not a date YYYY-MM-DD");
    if let (Some(from), Some(to)) = (from, to) {
        faults.check(from <= to, "valid_to", "is before valid_from");
    }
    Some(Officer {
        certificate_no: draft.certificate_no,
        agency: agency?,
        display_name: draft.display_name,
        position: position?,
        valid_from: from?,
        valid_to: to?,
    })
}

/// Whether going up from `code` comes back to it. The way is at most as long as there are bodies.
fn is_above_itself(code: &AgencyCode, all: &Known) -> bool {
    let mut above = all.get(code).and_then(Option::as_ref);
    for _ in 0..all.len() {
        match above {
            Some(next) if next == code => return true,
            Some(next) => above = all.get(next).and_then(Option::as_ref),
            None => return false,
        }
    }
    // A loop further up is the fault of the bodies in it.
    false
}

/// Whether a certificate number may be kept and named in a resource name.
pub fn certificate_fits(number: &str) -> bool {
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && c != '/';
    (1..=CERTIFICATE_BYTES).contains(&number.len()) && number.chars().all(plain)
}

/// A date of law, exactly `YYYY-MM-DD`.
pub fn day(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}

fn name_fits(name: &str) -> bool {
    !name.trim().is_empty() && name.len() <= NAME_BYTES
}

fn region_fits(code: &str) -> bool {
    matches!(code.len(), 6 | 9) && code.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(code: &str, superior: &str) -> AgencyDraft {
        AgencyDraft {
            code: code.into(),
            display_name_zh: "局".into(),
            kind: "ADMIN_AGENCY".into(),
            superior: superior.into(),
            region_code: "330999".into(),
            ..AgencyDraft::default()
        }
    }

    fn person(number: &str, agency: &str) -> OfficerDraft {
        OfficerDraft {
            certificate_no: number.into(),
            agency: agency.into(),
            display_name: "Li Si".into(),
            position: Some(Position::PrincipalHead),
            valid_from: "2026-01-01".into(),
            valid_to: "2026-12-31".into(),
        }
    }

    fn fields(faults: Result<Directory, Vec<Fault>>) -> Vec<String> {
        faults.unwrap_err().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn a_superior_may_come_later_in_the_import_or_be_known_already() {
        let known = Known::from([(AgencyCode::parse("GOV").unwrap(), None)]);
        let made = check(vec![body("MKT", "CAE"), body("CAE", "GOV")], vec![], &known).unwrap();
        assert_eq!(made.agencies.len(), 2);
    }

    #[test]
    fn a_superior_nobody_knows_is_refused() {
        let told = check(vec![body("MKT", "GOV")], vec![], &Known::new());
        assert_eq!(fields(told), ["agencies[0].superior"]);
    }

    #[test]
    fn every_body_in_a_circle_is_named_and_no_other() {
        let circle =
            vec![body("AA", "BB"), body("BB", "CC"), body("CC", "AA"), body("BELOW", "AA")];
        let told = fields(check(circle, vec![], &Known::new()));
        assert_eq!(told, ["agencies[0].superior", "agencies[1].superior", "agencies[2].superior"]);
    }

    #[test]
    fn a_circle_through_known_bodies_is_seen() {
        let code = |text| AgencyCode::parse(text).unwrap();
        let known = Known::from([(code("AA"), None), (code("BB"), Some(code("AA")))]);
        let told = check(vec![body("AA", "BB")], vec![], &known);
        assert_eq!(fields(told), ["agencies[0].superior"]);
    }

    #[test]
    fn every_field_at_fault_is_named_at_once() {
        let mut agency = body("mkt", "");
        agency.kind = "SHOP".into();
        agency.region_code = "33099x".into();
        let mut officer = person("C-1", "NONE");
        officer.position = None;
        officer.valid_to = "2025-12-31".into();
        let told = fields(check(vec![agency], vec![officer], &Known::new()));
        let expected = [
            "agencies[0].code",
            "agencies[0].kind",
            "agencies[0].region_code",
            "officers[0].agency",
            "officers[0].position",
            "officers[0].valid_to",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_code_or_certificate_twice_is_refused() {
        let bodies = vec![body("MKT", ""), body("MKT", "")];
        let people = vec![person("C-1", "MKT"), person("C-1", "MKT")];
        let told = fields(check(bodies, people, &Known::new()));
        assert_eq!(told, ["agencies[1].code", "officers[1].certificate_no"]);
    }

    #[test]
    fn a_date_is_a_whole_date() {
        assert!(day("2026-02-28").is_some());
        for wrong in ["2026-02-30", "2026-2-28", "20260228", "", "2026-02-28T00:00:00Z"] {
            assert_eq!(day(wrong), None, "{wrong}");
        }
    }
}
