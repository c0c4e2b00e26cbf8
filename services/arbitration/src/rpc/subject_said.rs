//! Reads what a dispute is about: subject, kind and bodies, every fault at once.

use chrono::NaiveDate;
use proto::arbitration::v1 as pb;
use server::Fields;
use types::{AgencyCode, RegionCode};

use crate::{
    domain::{
        dispute::Subject,
        word::{Kind, Stance},
    },
    store,
};

/// The most parties of a dispute.
pub(super) const PARTIES_MAX: usize = 20;

/// A day, or `None` when it is empty; another fault is noted.
pub(super) fn day(fields: &mut Fields, text: &str, field: &str) -> Option<NaiveDate> {
    if text.is_empty() {
        return None;
    }
    // Only the full form: `parse` would take 2026-3-2.
    let day = text.parse().ok().filter(|day: &NaiveDate| day.to_string() == text);
    fields.need(day, field, "is not a date (YYYY-MM-DD)")
}

/// Codes of bodies; each that is none is noted.
pub(super) fn codes(fields: &mut Fields, sent: &[String], field: &str) -> Vec<AgencyCode> {
    fields.check(sent.len() <= PARTIES_MAX, field, "are more than 20");
    let mut codes = Vec::new();
    for (at, code) in sent.iter().take(PARTIES_MAX).enumerate() {
        let code = AgencyCode::parse(code);
        codes.extend(fields.need(code, format!("{field}[{at}]"), "is no agency code"));
    }
    codes
}

/// The code of a body; `None`, and noted, when it is none.
pub(super) fn code(fields: &mut Fields, sent: &str, field: &str) -> Option<AgencyCode> {
    fields.need(AgencyCode::parse(sent), field, "is no agency code")
}

pub(super) fn kind(kind: pb::DisputeKind) -> Option<Kind> {
    match kind {
        pb::DisputeKind::Positive => Some(Kind::Positive),
        pb::DisputeKind::Negative => Some(Kind::Negative),
        pb::DisputeKind::Unspecified => None,
    }
}

pub(super) fn stance(stance: pb::Stance) -> Option<Stance> {
    match stance {
        pb::Stance::Claims => Some(Stance::Claims),
        pb::Stance::Refuses => Some(Stance::Refuses),
        pb::Stance::Unspecified => None,
    }
}

/// Whether a text is the code of a county, or of a township in one, as the catalogue takes it.
fn is_place(text: &str) -> bool {
    let Some((county, township)) = text.split_at_checked(6) else { return false };
    let digits = township.bytes().all(|b| b.is_ascii_digit());
    RegionCode::parse(county).is_some()
        && digits
        && (township.is_empty() || (township.len() == 3 && township != "000"))
}

/// The subject of a dispute; `None`, and noted, when it is missing.
pub(super) fn subject(fields: &mut Fields, sent: Option<pb::Subject>) -> Option<Subject> {
    let sent = fields.need(sent, "subject", "is missing")?;
    fields.text(&sent.title, 500, "subject.title");
    for (text, max, field) in [
        (&sent.matter, 40, "subject.matter"),
        (&sent.subject, 200, "subject.subject"),
        (&sent.facts, 8192, "subject.facts"),
    ] {
        fields.check(text.len() <= max, field, format!("is longer than {max} bytes"));
    }
    // A matter is part of a key, whose parts are told apart by this mark.
    fields.check(!sent.matter.contains('|'), "subject.matter", "has a |");
    fields.check(is_place(&sent.place), "subject.place", "is no region code of 6 or 9 digits");
    for (name, of, field) in [
        (&sent.docket, "dockets", "subject.docket"),
        (&sent.operation, "operations", "subject.operation"),
    ] {
        let ok = name.is_empty() || store::parse_name::<()>(name, of).is_some();
        fields.check(ok, field, format!("is not {of}/{{uuid}}"));
    }
    let act_date = day(fields, &sent.act_date, "subject.act_date");
    Some(Subject {
        title: sent.title.trim().to_owned(),
        matter: sent.matter,
        place: sent.place,
        subject: sent.subject.trim().to_owned(),
        act_date,
        docket: sent.docket,
        operation: sent.operation,
        facts: sent.facts,
    })
}
