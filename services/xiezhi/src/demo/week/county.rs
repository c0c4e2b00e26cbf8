//! The county of the week, made from a seed: enterprises, and bodies with officers, kits and plans.
//! All of it is invented; no real person or enterprise is meant.

use std::collections::BTreeMap;

use proto::{identity::v1 as identity, operations::v1 as pb};

use super::{
    days,
    matters::{BODIES, MATTERS, Matter, SECTORS, Sector, TOWNS},
    random::Random,
};

/// Officers of a body at least: three crews of two.
const OFFICERS_MIN: usize = 6;
/// Enterprises for each visit of the week: the plans draw about two in five.
const SUBJECTS_PER_VISIT: usize = 2;
/// Subjects from which an officer is recused.
const RECUSALS: usize = 4;
/// The day's shift, in minutes of the day: 08:30 to 17:30; who works half a day changes at noon.
const SHIFT: (i32, i32, i32) = (510, 750, 1050);
/// The seat of the county, in metres from its south-western corner.
const SEAT: (i64, i64) = (22_000, 17_000);

/// The county.
#[derive(Debug)]
pub(super) struct County {
    pub subjects: Vec<pb::Subject>,
    pub bodies: Vec<Body>,
}

/// A body that inspects.
#[derive(Debug)]
pub(super) struct Body {
    pub code: &'static str,
    pub name: &'static str,
    /// The certificates as identity knows them.
    pub certificates: Vec<identity::Officer>,
    pub officers: Vec<pb::OfficerProfile>,
    pub kits: Vec<pb::Kit>,
    pub items: Vec<pb::PlanItem>,
}

/// A point in metres from the south-western corner.
type Point = (i64, i64);

/// Makes the county for so many officers and about so many visits.
pub(super) fn county(officers: usize, visits: usize, seed: u64) -> County {
    let mut random = Random::new(seed);
    let count = (officers / OFFICERS_MIN).clamp(2, BODIES.len());
    let bodies = &BODIES[..count];
    let towns: Vec<Point> = std::iter::once(SEAT)
        .chain((1..TOWNS.len()).map(|_| (metres(&mut random, 38_000), metres(&mut random, 28_000))))
        .collect();
    let has = |one: &&Matter| bodies.iter().any(|(code, _)| *code == one.agency);
    let matters: Vec<&Matter> = MATTERS.iter().filter(has).collect();
    let subjects: Vec<pb::Subject> = (0..visits * SUBJECTS_PER_VISIT)
        .map(|number| subject(number, &matters, &towns, &mut random))
        .collect();
    let strengths = strengths(officers, bodies, &matters, &subjects);
    let bodies = bodies.iter().zip(strengths).map(|((code, name), strength)| {
        let own: Vec<&Matter> = matters.iter().copied().filter(|one| one.agency == *code).collect();
        let mut making = Making { code, own: &own, subjects: &subjects, towns: &towns };
        let officers: Vec<pb::OfficerProfile> =
            (0..strength).map(|number| making.officer(number, &mut random)).collect();
        Body {
            code,
            name,
            certificates: (0..strength).map(|number| certificate(code, number)).collect(),
            officers,
            kits: making.kits(),
            items: own.iter().map(|one| item(one)).collect(),
        }
    });
    County { bodies: bodies.collect(), subjects }
}

fn metres(random: &mut Random, below: usize) -> i64 {
    3000 + i64::try_from(random.below(below)).unwrap_or_default()
}

/// A point as WGS 84 in millionths of a degree, the corner being 30° north and 120° east.
fn place((east, north): Point) -> (i32, i32) {
    let e6 = |degrees: i64, metres: i64, per_kilometre: i64| {
        i32::try_from(degrees * 1_000_000 + metres * per_kilometre / 1000).unwrap_or_default()
    };
    (e6(30, north, 8983), e6(120, east, 10_373))
}

fn subject(
    number: usize,
    matters: &[&Matter],
    towns: &[Point],
    random: &mut Random,
) -> pb::Subject {
    let shares: Vec<(&Sector, usize)> = SECTORS
        .iter()
        .filter(|one| matters.iter().any(|matter| one.matters.contains(&matter.code)))
        .map(|one| (one, one.share))
        .collect();
    let sector = random.weighted((&SECTORS[0], 0), &shares);
    let town = if random.percent(45) { 0 } else { random.below(towns.len()) };
    let (east, north) = towns[town];
    let at = (east + random.around(), north + random.around());
    let (latitude_e6, longitude_e6) = place(at);
    let (region, town) = TOWNS[town];
    let tiers = [(pb::Tier::B, 35), (pb::Tier::C, 22), (pb::Tier::D, 13)];
    let known = |code: &&&str| matters.iter().any(|one| one.code == **code);
    pb::Subject {
        uscc: uscc(number + 1),
        display_name: format!("{town}{}{}号(示例)", sector.name, number + 1),
        address: format!("{town}示例路{}号", number + 1),
        region: region.to_owned(),
        latitude_e6,
        longitude_e6,
        sector: sector.code.to_owned(),
        tier: random.weighted((pb::Tier::A, 30), &tiers).into(),
        matters: sector.matters.iter().filter(known).map(|code| (*code).to_owned()).collect(),
        ..pb::Subject::default()
    }
}

/// A unified social credit code (GB 32100) around an organisation code (GB 11714), its check digits
/// right; the region 330999 is assigned to nobody.
pub(super) fn uscc(number: usize) -> String {
    const SIGNS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    let organisation = format!("{number:08}");
    let digits = organisation.bytes().map(|digit| usize::from(digit - b'0'));
    let sum: usize =
        digits.zip([3, 7, 9, 10, 5, 8, 4, 2]).map(|(digit, weight)| digit * weight).sum();
    let mut code = format!("91330999{organisation}");
    code.push(char::from(b"0X987654321"[sum % 11]));
    let weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    let values = code.bytes().filter_map(|sign| SIGNS.iter().position(|known| *known == sign));
    let sum: usize = values.zip(weights).map(|(value, weight)| value * weight).sum();
    code.push(char::from(SIGNS[(31 - sum % 31) % 31]));
    code
}

/// The ratio of a matter for a tier, of 100,000.
pub(super) fn ratio(matter: &pb::PlanItem, tier: pb::Tier) -> i32 {
    let at = match tier {
        pb::Tier::Unspecified | pb::Tier::A => 0,
        pb::Tier::B => 1,
        pb::Tier::C => 2,
        pb::Tier::D => 3,
    };
    let ratios = &matter.ratio_by_tier;
    ratios.get(at).or(ratios.first()).copied().unwrap_or_default()
}

/// How many checks of a matter the plans draw, about.
fn checks(matter: &Matter, subjects: &[pb::Subject]) -> u64 {
    let item = item(matter);
    let concerned = subjects.iter().filter(|one| one.matters.contains(&item.matter));
    let sum: u64 =
        concerned.map(|one| u64::try_from(ratio(&item, one.tier())).unwrap_or_default()).sum();
    sum / 100_000
}

/// How many officers each body has: as many as its checks take of all, and not too few.
fn strengths(
    officers: usize,
    bodies: &[(&str, &str)],
    matters: &[&Matter],
    subjects: &[pb::Subject],
) -> Vec<usize> {
    // The way there and back is work too.
    let demand = |one: &&Matter| {
        let minutes = u64::try_from((one.minutes + 30) * one.officers).unwrap_or_default();
        minutes * (checks(one, subjects) + 1)
    };
    let demands: Vec<u64> = bodies
        .iter()
        .map(|(code, _)| matters.iter().filter(|one| one.agency == *code).map(demand).sum())
        .collect();
    let mut strengths = vec![OFFICERS_MIN; bodies.len()];
    let left = officers.saturating_sub(OFFICERS_MIN * bodies.len());
    for _ in 0..left {
        let burden = |at: &usize| demands[*at] / u64::try_from(strengths[*at]).unwrap_or(u64::MAX);
        if let Some(most) = (0..bodies.len()).max_by_key(burden) {
            strengths[most] += 1;
        }
    }
    strengths
}

fn number(code: &str, number: usize) -> String {
    format!("{code}-W{:03}", number + 1)
}

/// A certificate as identity knows it. The seventh of a body lapses in the middle of the week.
fn certificate(code: &str, of: usize) -> identity::Officer {
    let until = if of == OFFICERS_MIN { days::day(2).to_string() } else { "2029-12-31".to_owned() };
    let certificate_no = number(code, of);
    identity::Officer {
        name: format!("agencies/{code}/officers/{certificate_no}"),
        certificate_no,
        agency: code.to_owned(),
        display_name: format!("示例{code}{}", of + 1),
        position: identity::Position::EnforcementOfficer.into(),
        valid_from: "2020-01-01".to_owned(),
        valid_to: until,
    }
}

fn item(matter: &Matter) -> pb::PlanItem {
    pb::PlanItem {
        matter: matter.code.to_owned(),
        key_matter: matter.is_key(),
        ratio_by_tier: matter.ratio.to_vec(),
        officers: matter.officers,
        qualification: matter.qualification.to_owned(),
        kit: matter.kit.to_owned(),
        minutes: matter.minutes,
        ..pb::PlanItem::default()
    }
}

/// What the officers and kits of one body are made from.
struct Making<'a> {
    code: &'static str,
    own: &'a [&'a Matter],
    subjects: &'a [pb::Subject],
    towns: &'a [Point],
}

impl Making<'_> {
    fn officer(&mut self, of: usize, random: &mut Random) -> pb::OfficerProfile {
        // The squads of the comprehensive bureau live where they work, the others mostly at the seat.
        let out = self.code == "CAE" || random.percent(25);
        let town = if out { of % self.towns.len() } else { 0 };
        let (base_latitude_e6, base_longitude_e6) = place(self.towns[town]);
        let (start, noon, end) = SHIFT;
        let shift = random.weighted(((start, end), 89), &[((start, noon), 6), ((noon, end), 5)]);
        let mut qualifications: Vec<String> = Vec::new();
        for held in self.own.iter().map(|one| one.qualification).filter(|held| !held.is_empty()) {
            let holds = of < 3 || random.percent(70);
            if holds && !qualifications.iter().any(|one| one == held) {
                qualifications.push(held.to_owned());
            }
        }
        let absent = days::day(random.below(5));
        let absences = if random.percent(20) { vec![format!("{absent}/{absent}")] } else { vec![] };
        let mut recusals = BTreeMap::new();
        for _ in 0..RECUSALS {
            let subject = &self.subjects[random.below(self.subjects.len())];
            recusals.insert(format!("subjects/{}", subject.uscc), "近亲属在该单位任职(示例)");
        }
        let recusal =
            |(subject, reason): (String, &str)| pb::Recusal { subject, reason: reason.to_owned() };
        pb::OfficerProfile {
            certificate_no: number(self.code, of),
            qualifications,
            base_latitude_e6,
            base_longitude_e6,
            shift_start: shift.0,
            shift_end: shift.1,
            absences,
            recusals: recusals.into_iter().map(recusal).collect(),
            ..pb::OfficerProfile::default()
        }
    }

    /// One kit of each kind for twelve checks of the week, and one more.
    fn kits(&self) -> Vec<pb::Kit> {
        let mut wanted: BTreeMap<&str, u64> = BTreeMap::new();
        for one in self.own.iter().filter(|one| !one.kit.is_empty()) {
            *wanted.entry(one.kit).or_default() += checks(one, self.subjects);
        }
        let (base_latitude_e6, base_longitude_e6) = place(SEAT);
        let mut kits = Vec::new();
        for (kind, checks) in wanted {
            for number in 1..=checks / 12 + 2 {
                kits.push(pb::Kit {
                    code: format!("{}-{kind}-{number:02}", self.code),
                    kind: kind.to_owned(),
                    base_latitude_e6,
                    base_longitude_e6,
                    ..pb::Kit::default()
                });
            }
        }
        kits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_county_of_the_size_asked_for() {
        let county = county(500, 1000, 7);
        assert_eq!(county.subjects.len(), 2000);
        assert_eq!(county.bodies.len(), 10);
        let officers: usize = county.bodies.iter().map(|one| one.officers.len()).sum();
        assert_eq!(officers, 500);
        assert!(county.bodies.iter().all(|one| one.officers.len() >= 6 && !one.items.is_empty()));
        let again = super::county(500, 1000, 7);
        assert_eq!(format!("{county:?}"), format!("{again:?}"));
        assert_ne!(county.subjects, super::county(500, 1000, 8).subjects);
    }

    #[test]
    fn every_code_of_an_enterprise_has_its_check_digits() {
        for number in [1, 17, 1999, 99_999_999] {
            let code = uscc(number);
            assert!(types::Uscc::parse(&code).is_ok(), "{code}");
        }
    }
}
