//! Subjects, officers, kits and caps.

use chrono::{DateTime, NaiveDate, Utc};
use proto::operations::v1 as pb;
use server::Fields;
use types::{AgencyCode, Uscc};

use super::super::asked;
use crate::{
    domain::{
        resource::{Cap, Kit, OfficerProfile, Recusal},
        subject::{self, InspectionCount, Subject, TierChange},
        word::Tier,
    },
    events::timestamp,
};

/// The most matters of a subject, and qualifications, absences and recusals of an officer.
const LIST_MAX: usize = 200;

/// A tier of the wire.
pub(in super::super) fn tier_of(tier: i32) -> Option<Tier> {
    super::word(pb::Tier::try_from(tier).ok()?.as_str_name(), "TIER_", Tier::parse)
}

/// A tier as the wire has it.
fn tier(tier: Tier) -> i32 {
    pb::Tier::from_str_name(&format!("TIER_{tier}")).unwrap_or_default().into()
}

/// Reads a subject; its faults are named under `at`.
pub(in super::super) fn read_subject(
    fields: &mut Fields,
    one: pb::Subject,
    at: &str,
    by: &AgencyCode,
    now: DateTime<Utc>,
) -> Option<Subject> {
    if let Err(fault) = Uscc::parse(&one.uscc) {
        fields.fault(format!("{at}uscc"), fault.to_string());
    }
    let place_no = u16::try_from(one.place_no).ok();
    let place_no = fields.need(place_no, format!("{at}place_no"), "is not between 0 and 65535")?;
    let name = subject::name(&one.uscc, place_no);
    let fits = one.name.is_empty() || one.name == name;
    fields.check(fits, format!("{at}name"), format!("is not {name}"));
    fields.text(&one.display_name, 300, &format!("{at}display_name"));
    asked::at_most(fields, &one.address, 500, format!("{at}address"));
    let digits = one.region.bytes().all(|b| b.is_ascii_digit());
    let region = matches!(one.region.len(), 6 | 9) && digits;
    fields.check(region, format!("{at}region"), "is no region code of 6 or 9 digits");
    asked::place(fields, (one.latitude_e6, one.longitude_e6), at);
    let sector = !one.sector.is_empty() && asked::is_word(&one.sector);
    fields.check(sector, format!("{at}sector"), "is not a word of at most 40 bytes");
    asked::words(fields, &one.matters, LIST_MAX, &format!("{at}matters"));
    let short = one.tier_history.len() <= subject::HISTORY_MAX;
    fields.check(short, format!("{at}tier_history"), "is longer than 50");
    let mut tier_history = Vec::new();
    for (n, change) in one.tier_history.iter().enumerate().take(subject::HISTORY_MAX) {
        let at = format!("{at}tier_history[{n}]");
        tier_history.extend(read_change(fields, change, &at));
    }
    let tier = fields.need(tier_of(one.tier), format!("{at}tier"), "is missing")?;
    Some(Subject {
        name,
        uscc: one.uscc,
        place_no,
        display_name: one.display_name,
        address: one.address,
        region: one.region,
        latitude_e6: one.latitude_e6,
        longitude_e6: one.longitude_e6,
        sector: one.sector,
        tier,
        tier_history,
        matters: one.matters,
        rated_by: by.clone(),
        rated_at: now,
        version: 0,
    })
}

fn read_change(fields: &mut Fields, change: &pb::TierChange, at: &str) -> Option<TierChange> {
    let tier = fields.need(tier_of(change.tier), format!("{at}.tier"), "is missing");
    let since = asked::day(fields, &change.since, &format!("{at}.since"));
    asked::at_most(fields, &change.reason, 1000, format!("{at}.reason"));
    let code = change.agency.is_empty() || AgencyCode::parse(&change.agency).is_some();
    fields.check(code, format!("{at}.agency"), "is no code of a body");
    let (reason, agency) = (change.reason.clone(), change.agency.clone());
    Some(TierChange { tier: tier?, since: since?, reason, agency })
}

pub(in super::super) fn subject(one: &Subject) -> pb::Subject {
    let history = one.tier_history.iter().map(|change| pb::TierChange {
        tier: tier(change.tier),
        since: change.since.to_string(),
        reason: change.reason.clone(),
        agency: change.agency.clone(),
    });
    pb::Subject {
        name: one.name.clone(),
        uscc: one.uscc.clone(),
        place_no: one.place_no.into(),
        display_name: one.display_name.clone(),
        address: one.address.clone(),
        region: one.region.clone(),
        latitude_e6: one.latitude_e6,
        longitude_e6: one.longitude_e6,
        sector: one.sector.clone(),
        tier: tier(one.tier),
        tier_history: history.collect(),
        matters: one.matters.clone(),
        etag: asked::etag(one.version),
    }
}

/// How often a body inspected, with what its cap allows; 0 when it has none.
pub(in super::super) fn count(one: &InspectionCount, cap: Option<u32>) -> pb::InspectionCount {
    pb::InspectionCount {
        agency: one.agency.to_string(),
        subject: one.subject.clone(),
        year: one.year,
        counted: wire(one.counted),
        exempt: wire(one.exempt),
        cap: wire(cap.unwrap_or_default()),
        last_time: Some(timestamp(one.last_at)),
    }
}

/// A number as the wire has it.
pub(in super::super) fn wire(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// Reads an officer of `agency`.
pub(in super::super) fn read_officer(
    fields: &mut Fields,
    one: pb::OfficerProfile,
    at: &str,
    agency: &AgencyCode,
    now: DateTime<Utc>,
) -> OfficerProfile {
    fields.text(&one.certificate_no, 64, &format!("{at}certificate_no"));
    own(fields, &one.agency, at, agency);
    asked::words(fields, &one.qualifications, LIST_MAX, &format!("{at}qualifications"));
    asked::place(fields, (one.base_latitude_e6, one.base_longitude_e6), &format!("{at}base_"));
    let shift_start = asked::number(fields, one.shift_start, (0, 1439), format!("{at}shift_start"));
    let shift_end = asked::number(fields, one.shift_end, (1, 1440), format!("{at}shift_end"));
    let ends = shift_start < shift_end;
    fields.check(ends, format!("{at}shift_end"), "is not after the start of the shift");
    let absences = read_absences(fields, &one.absences, at);
    let short = one.recusals.len() <= LIST_MAX;
    fields.check(short, format!("{at}recusals"), "are more than 200");
    for (n, recusal) in one.recusals.iter().enumerate().take(LIST_MAX) {
        let field = format!("{at}recusals[{n}].subject");
        fields.check(asked::is_subject(&recusal.subject), field, "is no name of a subject");
        fields.text(&recusal.reason, 1000, &format!("{at}recusals[{n}].reason"));
    }
    let recusals = one
        .recusals
        .into_iter()
        .map(|recusal| Recusal { subject: recusal.subject, reason: recusal.reason });
    OfficerProfile {
        name: format!("officerProfiles/{}", one.certificate_no),
        certificate_no: one.certificate_no,
        agency: agency.clone(),
        qualifications: one.qualifications,
        base_latitude_e6: one.base_latitude_e6,
        base_longitude_e6: one.base_longitude_e6,
        shift_start,
        shift_end,
        absences,
        recusals: recusals.collect(),
        created_at: now,
        version: 0,
    }
}

/// Reads first and last days, the first day first.
fn read_absences(fields: &mut Fields, all: &[String], at: &str) -> Vec<(NaiveDate, NaiveDate)> {
    fields.check(all.len() <= LIST_MAX, format!("{at}absences"), "are more than 200");
    let mut absences = Vec::new();
    for (n, text) in all.iter().enumerate().take(LIST_MAX) {
        let span = text.split_once('/').and_then(|(from, to)| {
            let day = |text: &str| text.parse::<NaiveDate>().ok();
            Some((day(from)?, day(to)?)).filter(|(from, to)| from <= to)
        });
        let fault = "is not YYYY-MM-DD/YYYY-MM-DD, the first day first";
        absences.extend(fields.need(span, format!("{at}absences[{n}]"), fault));
    }
    absences
}

/// The spans as the wire has them.
fn spans(all: &[(NaiveDate, NaiveDate)]) -> Vec<String> {
    all.iter().map(|(from, to)| format!("{from}/{to}")).collect()
}

fn own(fields: &mut Fields, code: &str, at: &str, agency: &AgencyCode) {
    let own = code.is_empty() || code == agency.as_str();
    fields.check(own, format!("{at}agency"), "is not the caller's own body");
}

pub(in super::super) fn officer(one: &OfficerProfile) -> pb::OfficerProfile {
    let recusals = one.recusals.iter().map(|recusal| pb::Recusal {
        subject: recusal.subject.clone(),
        reason: recusal.reason.clone(),
    });
    pb::OfficerProfile {
        name: one.name.clone(),
        certificate_no: one.certificate_no.clone(),
        agency: one.agency.to_string(),
        qualifications: one.qualifications.clone(),
        base_latitude_e6: one.base_latitude_e6,
        base_longitude_e6: one.base_longitude_e6,
        shift_start: wire(one.shift_start),
        shift_end: wire(one.shift_end),
        absences: spans(&one.absences),
        recusals: recusals.collect(),
        etag: asked::etag(one.version),
    }
}

/// Reads a kit of `agency`.
pub(in super::super) fn read_kit(
    fields: &mut Fields,
    one: pb::Kit,
    at: &str,
    agency: &AgencyCode,
) -> Kit {
    for (text, field) in [(&one.code, "code"), (&one.kind, "kind")] {
        let fits = !text.is_empty() && asked::is_word(text);
        fields.check(fits, format!("{at}{field}"), "is not a word of at most 40 bytes");
    }
    own(fields, &one.agency, at, agency);
    asked::place(fields, (one.base_latitude_e6, one.base_longitude_e6), &format!("{at}base_"));
    let absences = read_absences(fields, &one.absences, at);
    Kit {
        name: format!("kits/{}", one.code),
        code: one.code,
        agency: agency.clone(),
        kind: one.kind,
        base_latitude_e6: one.base_latitude_e6,
        base_longitude_e6: one.base_longitude_e6,
        absences,
        version: 0,
    }
}

pub(in super::super) fn kit(one: &Kit) -> pb::Kit {
    pb::Kit {
        name: one.name.clone(),
        code: one.code.clone(),
        agency: one.agency.to_string(),
        kind: one.kind.clone(),
        base_latitude_e6: one.base_latitude_e6,
        base_longitude_e6: one.base_longitude_e6,
        absences: spans(&one.absences),
        etag: asked::etag(one.version),
    }
}

/// Reads the cap of `agency`.
pub(in super::super) fn read_cap(
    fields: &mut Fields,
    one: &pb::Cap,
    agency: &AgencyCode,
) -> Option<Cap> {
    own(fields, &one.agency, "cap.", agency);
    let published_on = asked::day(fields, &one.published_on, "cap.published_on");
    let numbers: Option<Vec<u32>> =
        one.yearly_by_tier.iter().map(|n| u32::try_from(*n).ok().filter(|n| *n <= 366)).collect();
    let four = numbers.and_then(|numbers| <[u32; 4]>::try_from(numbers).ok());
    let fault = "are not four numbers between 0 and 366";
    let yearly_by_tier = fields.need(four, "cap.yearly_by_tier", fault)?;
    Some(Cap {
        name: format!("caps/{agency}"),
        agency: agency.clone(),
        yearly_by_tier,
        published_on: published_on?,
        version: 0,
    })
}

pub(in super::super) fn cap(one: &Cap) -> pb::Cap {
    pb::Cap {
        name: one.name.clone(),
        agency: one.agency.to_string(),
        yearly_by_tier: one.yearly_by_tier.iter().map(|number| wire(*number)).collect(),
        published_on: one.published_on.to_string(),
        etag: asked::etag(one.version),
    }
}
