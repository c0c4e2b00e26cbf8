//! Checks that are not drawn: complaints about enterprises, so many that the week has the visits asked
//! for. One asks for what nobody holds.

use std::collections::{BTreeMap, BTreeSet};

use proto::operations::v1 as pb;

use super::{county::County, days, matters::NOBODY_HOLDS, random::Random};

/// Of a hundred enterprises that were drawn, so many are also complained about.
const ALSO_COMPLAINED: usize = 12;

/// What is complained about, by body.
pub(super) type Clues = BTreeMap<&'static str, Vec<pb::Check>>;

/// Complaints: about enterprises that were not drawn until there are `visits` in all, and about some
/// that were.
pub(super) fn clues(county: &County, drawn: &BTreeSet<&str>, visits: usize, seed: u64) -> Clues {
    let mut random = Random::new(seed ^ 0xC1);
    let mut clues = Clues::new();
    let is_drawn = |one: &pb::Subject| drawn.contains(format!("subjects/{}", one.uscc).as_str());
    let (body, matter, _) = NOBODY_HOLDS;
    let hard = county
        .subjects
        .iter()
        .find(|one| !is_drawn(one) && one.matters.iter().any(|known| known == matter));
    if let Some(check) = hard.and_then(|one| impossible(county, one, &mut random)) {
        clues.entry(body).or_default().push(check);
    }
    let mut left = visits.saturating_sub(drawn.len() + clues.len());
    for subject in &county.subjects {
        let wanted = if is_drawn(subject) {
            random.percent(ALSO_COMPLAINED)
        } else {
            let wanted = left > 0 && hard != Some(subject);
            left -= usize::from(wanted);
            wanted
        };
        let asks = if wanted { about(county, subject, &mut random) } else { None };
        if let Some((body, check)) = asks {
            clues.entry(body).or_default().push(check);
        }
    }
    clues
}

/// A complaint that asks for what nobody holds.
fn impossible(county: &County, subject: &pb::Subject, random: &mut Random) -> Option<pb::Check> {
    let (_, matter, qualification) = NOBODY_HOLDS;
    let (_, check) = about(county, subject, random)?;
    Some(pb::Check {
        matters: vec![matter.to_owned()],
        qualification: qualification.to_owned(),
        kit: String::new(),
        weight: 10,
        window_start: days::day(0).to_string(),
        window_end: days::day(4).to_string(),
        ..check
    })
}

/// A complaint about a subject, for a body that has a matter there.
fn about(
    county: &County,
    subject: &pb::Subject,
    random: &mut Random,
) -> Option<(&'static str, pb::Check)> {
    let matter = subject.matters.get(random.below(subject.matters.len()))?;
    let mut items =
        county.bodies.iter().flat_map(|body| body.items.iter().map(move |item| (body, item)));
    let (body, item) = items.find(|(_, item)| item.matter == *matter)?;
    let weight = random.weighted((1, 30), &[(2, 40), (4, 20), (10, 10)]);
    // What is urgent is done by Tuesday.
    let (first, last) = if weight == 10 {
        (0, 1)
    } else {
        let first = random.below(4);
        (first, first + 1 + random.below(4 - first))
    };
    Some((
        body.code,
        pb::Check {
            subject: format!("subjects/{}", subject.uscc),
            matters: vec![matter.clone()],
            origin: pb::CheckOrigin::Clue.into(),
            source: format!("12345-2026-{}", &subject.uscc[9..16]),
            officers: item.officers,
            qualification: item.qualification.clone(),
            kit: item.kit.clone(),
            minutes: item.minutes,
            weight,
            window_start: days::day(first).to_string(),
            window_end: days::day(last).to_string(),
            ..pb::Check::default()
        },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::week::county::county;

    #[test]
    fn complaints_bring_the_week_to_the_visits_asked_for_and_one_is_impossible() {
        let county = county(60, 100, 1);
        let names: Vec<String> =
            county.subjects.iter().map(|one| format!("subjects/{}", one.uscc)).collect();
        let drawn: BTreeSet<&str> = names.iter().take(40).map(String::as_str).collect();
        let clues = clues(&county, &drawn, 100, 1);
        let all: Vec<&pb::Check> = clues.values().flatten().collect();
        let fresh: BTreeSet<&str> =
            all.iter().map(|one| one.subject.as_str()).filter(|one| !drawn.contains(one)).collect();
        assert_eq!(fresh.len() + drawn.len(), 100);
        let hard: Vec<&&pb::Check> =
            all.iter().filter(|one| one.qualification == NOBODY_HOLDS.2).collect();
        assert_eq!(hard.len(), 1);
        assert!(all.iter().all(|one| one.window_start < one.window_end));
    }
}
