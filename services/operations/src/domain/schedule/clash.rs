//! What a draft can no longer have, because others were dispatched since it was made: officers, kits, the
//! distance between two visits of one subject.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};

use super::{super::visit::Visit, freeze::visited};

/// Who or what a draft sends while it is elsewhere, each a sentence. `pad` are the minutes that are kept
/// free before and after a visit, for the way.
pub fn sent_twice(draft: &[Visit], dispatched: &[Visit], pad: u32) -> Vec<String> {
    let pad = Duration::minutes(i64::from(pad));
    let mut taken: BTreeMap<(&str, NaiveDate), Vec<&Visit>> = BTreeMap::new();
    for visit in dispatched {
        let Some(day) = visit.day() else { continue };
        for who in visit.sent() {
            taken.entry((who, day)).or_default().push(visit);
        }
    }
    let mut clashes = Vec::new();
    for visit in draft {
        let Some((start, end)) = visit.start_at.zip(visit.end_at) else { continue };
        let day = clock::legal_date(start);
        let during = |other: &&&Visit| {
            let times = other.start_at.zip(other.end_at);
            times.is_some_and(|(from, to)| start < to + pad && from < end + pad)
        };
        for who in visit.sent() {
            let there = taken.get(&(who, day)).map_or(&[][..], Vec::as_slice);
            if let Some(other) = there.iter().find(during) {
                clashes.push(format!("{who} is at {} on {day} ({})", other.name, visit.name));
            }
        }
    }
    clashes
}

/// Visits of a draft that are closer to another visit of their subject than `spacing_days`, each a
/// sentence.
pub fn too_near(draft: &[Visit], dispatched: &[Visit], spacing_days: u32) -> Vec<String> {
    let days = visited(dispatched);
    let near = draft.iter().filter_map(|visit| {
        let day = visit.day()?;
        let other = days.get(visit.subject.as_str())?;
        let other = other.iter().find(|other| is_near(**other, day, spacing_days))?;
        Some(format!("{} is visited on {other}, and by {} on {day}", visit.subject, visit.name))
    });
    near.collect()
}

/// Whether two days lie closer than so many days.
pub(super) fn is_near(one: NaiveDate, other: NaiveDate, spacing_days: u32) -> bool {
    one.signed_duration_since(other).num_days().unsigned_abs() < u64::from(spacing_days)
}

#[cfg(test)]
mod tests {
    use super::{super::tests::dispatched_visit as visit, *};

    #[test]
    fn who_is_on_the_way_to_another_visit_is_not_sent() {
        let there = [visit(1, (9, 10), &["MKT-01", "MKT-02"])];
        let at = |hours, who: &str| sent_twice(&[visit(2, hours, &[who])], &there, 30);
        assert_eq!(at((10, 11), "MKT-01"), ["MKT-01 is at visits/1 on 2026-03-03 (visits/2)"]);
        assert_eq!(at((11, 12), "MKT-01"), Vec::<String>::new(), "half an hour is enough");
        assert_eq!(at((9, 10), "MKT-03"), Vec::<String>::new());
    }

    #[test]
    fn a_subject_is_not_visited_twice_on_one_day() {
        let mut other = visit(1, (9, 10), &["MKT-01"]);
        let draft = [visit(2, (14, 15), &["MKT-02"])];
        assert_eq!(too_near(&draft, std::slice::from_ref(&other), 1), Vec::<String>::new());
        other.subject.clone_from(&draft[0].subject);
        let near = ["subjects/2 is visited on 2026-03-03, and by visits/2 on 2026-03-03"];
        assert_eq!(too_near(&draft, std::slice::from_ref(&other), 1), near);
        assert_eq!(too_near(&draft, &[other], 0), Vec::<String>::new());
    }
}
