//! A look at the dispatched visits that knows nothing of the solver: two officers of each body, nobody
//! in two places, nobody absent, recused or without a certificate.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use proto::{identity::v1 as identity, operations::v1 as pb};

use super::county::County;

/// What the rules know of one officer.
struct Known<'a> {
    body: &'a str,
    profile: &'a pb::OfficerProfile,
    certificate: &'a identity::Officer,
}

/// From when to when somebody is at a visit, by the number of its notice.
type Stay<'a> = (DateTime<Utc>, DateTime<Utc>, &'a str);

/// A time of the wire.
pub(super) fn time(at: Option<prost_types::Timestamp>) -> DateTime<Utc> {
    at.and_then(|at| DateTime::from_timestamp(at.seconds, 0)).unwrap_or_default()
}

/// Each rule that a visit breaks.
pub(super) fn broken(county: &County, visits: &[pb::Visit]) -> Vec<String> {
    let mut known = BTreeMap::new();
    for body in &county.bodies {
        for (profile, certificate) in body.officers.iter().zip(&body.certificates) {
            let officer = Known { body: body.code, profile, certificate };
            known.insert(profile.certificate_no.as_str(), officer);
        }
    }
    let mut faults = Vec::new();
    let mut busy: BTreeMap<&str, Vec<Stay<'_>>> = BTreeMap::new();
    for visit in visits {
        let (start, end) = (time(visit.start_time), time(visit.end_time));
        let day = clock::legal_date(start);
        let no = visit.notice_no.as_str();
        if visit.day != day.to_string() || !visit.windows.iter().any(|one| one.day == visit.day) {
            faults.push(format!("{no}: {day} is outside its window"));
        }
        let mut sent = BTreeSet::new();
        for group in &visit.groups {
            faults.extend(crew(group, visit, day, &known));
            for who in group.assigned.iter().chain(Some(&group.assigned_kit)) {
                if !who.is_empty() && sent.insert(who) {
                    busy.entry(who).or_default().push((start, end, no));
                }
            }
        }
    }
    for (who, mut times) in busy {
        times.sort_unstable();
        for pair in times.windows(2).filter(|pair| pair[1].0 < pair[0].1) {
            faults.push(format!("{who} is at {} and {} at once", pair[0].2, pair[1].2));
        }
    }
    faults
}

fn crew(
    group: &pb::Group,
    visit: &pb::Visit,
    day: NaiveDate,
    known: &BTreeMap<&str, Known<'_>>,
) -> Vec<String> {
    let (no, agency) = (&visit.notice_no, &group.agency);
    let mut faults = Vec::new();
    let mut fault = |what: String| faults.push(format!("{no}: {what}"));
    let wanted = usize::try_from(group.officers).unwrap_or_default().max(2);
    if group.assigned.len() != wanted {
        fault(format!("{agency} sends {} officers, not {wanted} (O-05)", group.assigned.len()));
    }
    if !group.kit.is_empty() && group.assigned_kit.is_empty() {
        fault(format!("{agency} comes without {}", group.kit));
    }
    let mut holds = group.qualification.is_empty();
    for who in &group.assigned {
        let Some(officer) = known.get(who.as_str()).filter(|one| one.body == agency) else {
            fault(format!("{who} is not of {agency}"));
            continue;
        };
        holds |= officer.profile.qualifications.contains(&group.qualification);
        if officer.profile.absences.iter().any(|span| span.starts_with(&day.to_string())) {
            fault(format!("{who} is absent on {day}"));
        }
        if officer.profile.recusals.iter().any(|one| one.subject == visit.subject) {
            fault(format!("{who} is recused (O-07)"));
        }
        if day.to_string() > officer.certificate.valid_to {
            fault(format!("the certificate of {who} has lapsed (O-05)"));
        }
        if !group.ranking.is_empty() && !group.ranking.contains(who) {
            fault(format!("{who} was not drawn"));
        }
    }
    if !holds {
        fault(format!("nobody of {agency} holds {}", group.qualification));
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::week::{county::county, days};

    fn visit(county: &County, officers: &[usize], day: usize) -> pb::Visit {
        let body = &county.bodies[0];
        let date = days::day(day);
        let at = |text: &str| Some(days::stamp(&format!("{date} {text}")).unwrap());
        let group = pb::Group {
            agency: body.code.to_owned(),
            officers: 2,
            assigned: officers.iter().map(|at| body.officers[*at].certificate_no.clone()).collect(),
            ..pb::Group::default()
        };
        pb::Visit {
            notice_no: format!("notice {day}"),
            day: date.to_string(),
            start_time: at("09:00"),
            end_time: at("10:00"),
            windows: vec![pb::Window { day: date.to_string(), ..pb::Window::default() }],
            groups: vec![group],
            ..pb::Visit::default()
        }
    }

    #[test]
    fn what_breaks_a_rule_is_named() {
        let mut county = county(120, 60, 1);
        for officer in &mut county.bodies[0].officers {
            officer.absences.clear();
        }
        assert!(broken(&county, &[visit(&county, &[0, 1], 0)]).is_empty());
        let told = |visits: &[pb::Visit]| broken(&county, visits).join("; ");
        assert!(told(&[visit(&county, &[0], 0)]).contains("sends 1 officers"));
        let twice = [visit(&county, &[0, 1], 0), visit(&county, &[1, 2], 0)];
        assert!(told(&twice).contains("MKT-W002 is at"));
        assert!(told(&[visit(&county, &[5, 6], 3)]).contains("MKT-W007 has lapsed"));
        assert!(told(&[visit(&county, &[5, 6], 2)]).is_empty());
        let outside = pb::Visit { windows: Vec::new(), ..visit(&county, &[0, 1], 0) };
        assert!(told(&[outside]).contains("outside its window"));
    }
}
