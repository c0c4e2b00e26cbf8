//! The problem of a period as the solver knows it, and the names behind its numbers. It is kept as it
//! was at the start, so that the same run can be made again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use solver::problem::{
    Cap, Coordinates, Days, Group as Seats, Objective, Pool, Problem, Qualification, Resource,
    Shift, Spacing, Travel, Visit as Task,
};
use types::AgencyCode;

use super::{
    super::{
        resource::{Kit, OfficerProfile},
        subject::Subject,
        visit::{Group, Visit},
    },
    carve::Taken,
    clash::is_near,
};

/// The scheduler chooses within so many times the officers needed, by the ranking drawn (O-08).
const PANEL_FACTOR: usize = 3;

/// What there is to schedule, and with whom.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The days of the period, in order.
    pub days: Vec<NaiveDate>,
    /// Those of them on which officers work.
    pub workdays: BTreeSet<NaiveDate>,
    /// Minutes of the day between which kits can be had.
    pub hours: (u32, u32),
    /// The visits to place, by name.
    pub visits: &'a [Visit],
    /// Visits that are dispatched: their officers and kits are taken.
    pub dispatched: &'a [Visit],
    /// Minutes kept free around each of them, for the way from and to the base.
    pub pad: u32,
    /// Visits of the same schedule that stay as they are: their officers and kits are taken too.
    pub fixed: &'a [Visit],
    /// Their subjects by name.
    pub subjects: &'a BTreeMap<String, Subject>,
    /// The officers of the bodies, by certificate.
    pub officers: &'a BTreeMap<String, OfficerProfile>,
    /// The days on which each certificate holds (O-05).
    pub certified: &'a BTreeMap<String, BTreeSet<NaiveDate>>,
    /// The kits of the bodies.
    pub kits: &'a [Kit],
    /// How many more inspections of a subject the cap of a body allows (I-04).
    pub room: &'a BTreeMap<(AgencyCode, String), u32>,
    /// How one gets from place to place.
    pub roads: Roads,
    /// Days between two visits of one subject, at least.
    pub spacing_days: u32,
}

/// How one gets from place to place.
#[derive(Clone, Debug)]
pub enum Roads {
    /// From coordinates.
    Straight(Speeds),
    /// As told.
    Told(Matrix),
    /// As told when the schedule was made; from coordinates to and from whoever came later.
    Kept(Matrix, Speeds),
}

/// How coordinates become minutes.
#[derive(Clone, Copy, Debug)]
pub struct Speeds {
    /// The length of the road over the straight line, in thousandths.
    pub road_permille: u32,
    /// How fast officers drive, in metres a minute.
    pub metres_per_minute: u32,
    /// Minutes to set off and to park.
    pub start_minutes: u32,
}

/// Travel times that somebody gives, by the names of subjects, officer profiles and kits.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Matrix {
    /// The number of each place.
    pub places: BTreeMap<String, u32>,
    /// Minutes from each to each.
    pub minutes: Vec<Vec<i32>>,
}

/// A problem, and the names behind its numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// The problem.
    pub problem: Problem,
    /// Its days.
    pub days: Vec<NaiveDate>,
    /// Names of its visits.
    pub visits: Vec<String>,
    /// Its officers and kits.
    pub resources: Vec<Named>,
    /// Its pools: the body, and the kind of kit, or nothing for officers.
    pub pools: Vec<(AgencyCode, String)>,
    /// Its qualifications.
    pub qualifications: Vec<String>,
    /// Its caps: the body and the subject.
    pub caps: Vec<(AgencyCode, String)>,
}

/// An officer or a kit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Certificate, or code of the kit.
    pub code: String,
    /// Whether it is a kit.
    pub is_kit: bool,
}

/// Makes the problem.
///
/// # Errors
/// Names for which the travel times lack a place.
pub fn freeze(input: &Input<'_>) -> Result<Frozen, Vec<String>> {
    let mut making = Making::new(input);
    making.resources();
    let mut tasks = Vec::new();
    for visit in input.visits {
        tasks.push(making.task(visit));
    }
    let caps = making.caps();
    let Making { places, pools, qualifications, resources, named, .. } = making;
    if !places.missing.is_empty() {
        return Err(places.missing.into_iter().collect());
    }
    let kinds = pools.keys().map(|(_, kit)| if kit.is_empty() { Pool::Body } else { Pool::Kits });
    let problem = Problem {
        days: count(input.days.len()),
        pools: kinds.collect(),
        resources,
        visits: tasks,
        spacings: spacings(input),
        caps: caps.iter().map(|(_, cap)| cap.clone()).collect(),
        travel: places.travel(),
        objective: Objective::default(),
    };
    Ok(Frozen {
        problem,
        days: input.days.clone(),
        visits: input.visits.iter().map(|visit| visit.name.clone()).collect(),
        resources: named,
        pools: pools.into_keys().collect(),
        qualifications: qualifications.into_iter().collect(),
        caps: caps.into_iter().map(|(of, _)| of).collect(),
    })
}

/// Two visits of one subject keep some days between them.
fn spacings(input: &Input<'_>) -> Vec<Spacing> {
    let mut of: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (at, visit) in (0..).zip(input.visits) {
        of.entry(&visit.subject).or_default().push(at);
    }
    let mut spacings = Vec::new();
    for same in of.values().filter(|_| input.spacing_days > 0) {
        for (at, one) in same.iter().enumerate() {
            for other in &same[at + 1..] {
                spacings.push(Spacing { one: *one, other: *other, days: input.spacing_days });
            }
        }
    }
    spacings
}

/// The days on which the subjects of some visits are visited.
pub(super) fn visited(dispatched: &[Visit]) -> BTreeMap<&str, Vec<NaiveDate>> {
    let mut days: BTreeMap<&str, Vec<NaiveDate>> = BTreeMap::new();
    for visit in dispatched {
        days.entry(&visit.subject).or_default().extend(visit.day());
    }
    days
}

/// The seats of one body's group, in the order in which the solver fills them: who holds what is asked
/// for, the others, the kit. Each with what it must hold, and how many there are.
pub(super) fn seats(group: &Group) -> Vec<(bool, Option<&str>, u32)> {
    let held = Some(group.qualification.as_str()).filter(|held| !held.is_empty());
    let holders = u32::from(held.is_some());
    let all = [
        (false, held, holders),
        (false, None, group.officers.saturating_sub(holders)),
        (true, None, u32::from(!group.kit.is_empty())),
    ];
    all.into_iter().filter(|(_, _, count)| *count > 0).collect()
}

/// The officers among whom the scheduler may choose: the first three times as many as are needed, by
/// the ranking, without those who are recused or left; `None` when nobody was drawn.
pub(super) fn panel<'a>(
    group: &'a Group,
    subject: &str,
    officers: &BTreeMap<String, OfficerProfile>,
) -> Option<Vec<&'a str>> {
    if group.ranking.is_empty() {
        return None;
    }
    let most = usize::try_from(group.officers).unwrap_or(usize::MAX).saturating_mul(PANEL_FACTOR);
    let fits = |one: &&String| {
        officers.get(*one).is_some_and(|officer| officer.recusal(subject).is_none())
    };
    Some(group.ranking.iter().filter(fits).take(most).map(String::as_str).collect())
}

struct Making<'a> {
    input: &'a Input<'a>,
    taken: Taken,
    /// The days on which each subject is visited already.
    visited: BTreeMap<&'a str, Vec<NaiveDate>>,
    day_numbers: BTreeMap<NaiveDate, u32>,
    pools: BTreeMap<(AgencyCode, String), u32>,
    qualifications: BTreeSet<String>,
    places: Places<'a>,
    resources: Vec<Resource>,
    named: Vec<Named>,
    numbers: BTreeMap<String, u32>,
}

impl<'a> Making<'a> {
    fn new(input: &'a Input<'a>) -> Self {
        let (mut keys, mut qualifications) = (BTreeSet::new(), BTreeSet::new());
        for group in input.visits.iter().flat_map(|visit| &visit.groups) {
            keys.insert((group.agency.clone(), String::new()));
            keys.insert((group.agency.clone(), group.kit.clone()));
            qualifications.insert(group.qualification.clone());
        }
        Self {
            input,
            taken: Taken::of(input.dispatched, input.pad).and(input.fixed, 0),
            visited: visited(input.dispatched),
            day_numbers: input.days.iter().copied().zip(0..).collect(),
            pools: keys.into_iter().zip(0..).collect(),
            qualifications,
            places: Places {
                roads: &input.roads,
                points: BTreeMap::new(),
                later: BTreeMap::new(),
                at: BTreeMap::new(),
                missing: BTreeSet::new(),
            },
            resources: Vec::new(),
            named: Vec::new(),
            numbers: BTreeMap::new(),
        }
    }

    fn pool(&self, agency: &AgencyCode, kit: &str) -> Option<u32> {
        self.pools.get(&(agency.clone(), kit.to_owned())).copied()
    }

    fn qualification(&self, word: &str) -> Option<u32> {
        self.qualifications.iter().position(|one| one == word).map(count)
    }

    fn resources(&mut self) {
        let nothing = BTreeSet::new();
        for (certificate, officer) in self.input.officers {
            let Some(pool) = self.pool(&officer.agency, "") else { continue };
            let holds = self.input.certified.get(certificate).unwrap_or(&nothing);
            let days: Vec<NaiveDate> = self
                .input
                .workdays
                .iter()
                .copied()
                .filter(|day| !officer.is_absent(*day))
                .collect();
            let at = (officer.base_latitude_e6, officer.base_longitude_e6);
            let held = officer.qualifications.iter().filter_map(|one| self.qualification(one));
            let resource = Resource {
                pool,
                base: 0,
                qualifications: held.map(|id| Qualification { id, valid: Days::ALL }).collect(),
                certified: Some(self.span(holds)),
                shifts: self.shifts(certificate, &days, (officer.shift_start, officer.shift_end)),
            };
            self.add(
                resource,
                (&officer.name, at),
                Named { code: certificate.clone(), is_kit: false },
            );
        }
        for kit in self.input.kits {
            let Some(pool) = self.pool(&kit.agency, &kit.kind) else { continue };
            let workdays = self.input.workdays.iter().copied();
            let days: Vec<NaiveDate> = workdays.filter(|day| !kit.is_absent(*day)).collect();
            let resource = Resource {
                pool,
                base: 0,
                qualifications: Vec::new(),
                certified: None,
                shifts: self.shifts(&kit.code, &days, self.input.hours),
            };
            let at = (kit.base_latitude_e6, kit.base_longitude_e6);
            self.add(resource, (&kit.name, at), Named { code: kit.code.clone(), is_kit: true });
        }
    }

    fn add(&mut self, mut resource: Resource, (name, at): (&str, (i32, i32)), named: Named) {
        resource.base = self.places.of(name, at);
        if !named.is_kit {
            self.numbers.insert(named.code.clone(), count(self.resources.len()));
        }
        self.resources.push(resource);
        self.named.push(named);
    }

    fn shifts(&self, who: &str, days: &[NaiveDate], (from, to): (u32, u32)) -> Vec<Shift> {
        let shifts = days.iter().flat_map(|date| {
            let day = self.day_numbers.get(date).copied().unwrap_or_default();
            self.taken.carve(who, *date, Shift { day, from: minutes(from), to: minutes(to) })
        });
        shifts.collect()
    }

    /// From the first to the last day on which a certificate holds; an impossible span when on none.
    fn span(&self, holds: &BTreeSet<NaiveDate>) -> Days {
        let number =
            |day: Option<&NaiveDate>| day.and_then(|day| self.day_numbers.get(day)).copied();
        let ends = number(holds.first()).zip(number(holds.last()));
        ends.map_or(Days { first: 1, last: 0 }, |(first, last)| Days { first, last })
    }

    fn task(&mut self, visit: &Visit) -> Task {
        let subject = self.input.subjects.get(&visit.subject);
        let at = subject.map_or((0, 0), |one| (one.latitude_e6, one.longitude_e6));
        let mut groups = Vec::new();
        for group in &visit.groups {
            let panel = panel(group, &visit.subject, self.input.officers);
            let panel: Option<Vec<u32>> = panel.map(|panel| {
                panel.into_iter().filter_map(|one| self.numbers.get(one).copied()).collect()
            });
            for (is_kit, held, count) in seats(group) {
                let kind = if is_kit { group.kit.as_str() } else { "" };
                let Some(pool) = self.pool(&group.agency, kind) else { continue };
                groups.push(Seats {
                    pool,
                    qualification: held.and_then(|held| self.qualification(held)),
                    count,
                    panel: if is_kit { None } else { panel.clone() },
                });
            }
        }
        let visited = self.visited.get(visit.subject.as_str()).map_or(&[][..], Vec::as_slice);
        let spacing = self.input.spacing_days;
        let near = |day: NaiveDate| visited.iter().any(|other| is_near(*other, day, spacing));
        let windows = visit.windows.iter().filter(|window| !near(window.day));
        let windows = windows.filter_map(|window| {
            let day = *self.day_numbers.get(&window.day)?;
            Some(Shift { day, from: minutes(window.from_minute), to: minutes(window.to_minute) })
        });
        let recused = self.input.officers.iter().filter_map(|(certificate, officer)| {
            officer.recusal(&visit.subject)?;
            self.numbers.get(certificate).copied()
        });
        Task {
            minutes: minutes(visit.minutes),
            weight: visit.weight.max(1),
            windows: windows.collect(),
            recused: recused.collect(),
            place: self.places.of(&visit.subject, at),
            groups,
        }
    }

    /// The yearly cap of a body for a subject (I-04), over the visits that count against it.
    fn caps(&self) -> Vec<((AgencyCode, String), Cap)> {
        let caps = self.input.room.iter().filter_map(|(of, room)| {
            let counts = |visit: &&Visit| visit.subject == of.1 && visit.is_capped(&of.0);
            let visits: Vec<u32> = (0..)
                .zip(self.input.visits)
                .filter(|(_, visit)| counts(visit))
                .map(|(at, _)| at)
                .collect();
            let binds = visits.len() > usize::try_from(*room).unwrap_or(usize::MAX);
            binds.then(|| (of.clone(), Cap { visits, at_most: *room }))
        });
        caps.collect()
    }
}

/// The places so far: one for each point, or for each name of the travel times that were told.
struct Places<'a> {
    roads: &'a Roads,
    points: BTreeMap<(i32, i32), u32>,
    /// The numbers of places that the kept travel times lack, by name, and where all places are.
    later: BTreeMap<String, u32>,
    at: BTreeMap<u32, (i32, i32)>,
    missing: BTreeSet<String>,
}

impl Places<'_> {
    fn of(&mut self, name: &str, at: (i32, i32)) -> u32 {
        match self.roads {
            Roads::Straight(..) => {
                let next = count(self.points.len());
                *self.points.entry(at).or_insert(next)
            }
            Roads::Told(matrix) => matrix.places.get(name).copied().unwrap_or_else(|| {
                self.missing.insert(name.to_owned());
                0
            }),
            Roads::Kept(matrix, _) => {
                let next = count(matrix.minutes.len() + self.later.len());
                let number = matrix.places.get(name).copied();
                let number =
                    number.unwrap_or_else(|| *self.later.entry(name.to_owned()).or_insert(next));
                self.at.insert(number, at);
                number
            }
        }
    }

    fn travel(&self) -> Travel {
        match self.roads {
            Roads::Straight(speeds) => {
                let mut points = vec![(0, 0); self.points.len()];
                let middle = self.points.keys().next().map_or(0, |(latitude, _)| *latitude);
                for (at, number) in &self.points {
                    if let Some(point) = points.get_mut(*number as usize) {
                        *point = metres(*at, middle);
                    }
                }
                Travel::Coordinates(Coordinates {
                    points,
                    road_permille: speeds.road_permille,
                    metres_per_minute: speeds.metres_per_minute,
                    start_minutes: speeds.start_minutes,
                })
            }
            Roads::Told(matrix) => Travel::Matrix(matrix.minutes.clone()),
            Roads::Kept(matrix, speeds) => {
                let all = 0..count(matrix.minutes.len() + self.later.len());
                let way = |from, to| self.kept(matrix, *speeds, (from, to));
                let row = |from| all.clone().map(|to| way(from, to)).collect();
                Travel::Matrix(all.clone().map(row).collect())
            }
        }
    }

    /// Minutes between two places: as told, or else from coordinates.
    fn kept(&self, matrix: &Matrix, speeds: Speeds, (from, to): (u32, u32)) -> i32 {
        let told = matrix.minutes.get(from as usize).and_then(|row| row.get(to as usize));
        if let Some(told) = told {
            return *told;
        }
        // Nobody goes to a place that nothing is at.
        let Some((one, other)) = self.at.get(&from).zip(self.at.get(&to)) else { return 0 };
        let middle = one.0 / 2 + other.0 / 2;
        driven(metres(*one, middle), metres(*other, middle), speeds)
    }
}

/// Minutes between two points in metres, rounded up, as the solver counts them.
fn driven(one: (i64, i64), other: (i64, i64), speeds: Speeds) -> i32 {
    /// The longest way, in minutes.
    const MOST: u64 = 1440;
    if one == other {
        return 0;
    }
    let (east, north) = (one.0.abs_diff(other.0), one.1.abs_diff(other.1));
    let square = east * east + north * north;
    let root = square.isqrt();
    let straight = root + u64::from(root * root < square);
    let road = straight * u64::from(speeds.road_permille);
    let minutes = road.div_ceil(u64::from(speeds.metres_per_minute.max(1)) * 1000);
    i32::try_from((minutes + u64::from(speeds.start_minutes)).min(MOST)).unwrap_or(i32::MAX)
}

/// East and north in metres. In whole numbers, so that every machine gets the same plan: the cosine is
/// Bhaskara's, which is right to a quarter of a per cent.
fn metres((latitude, longitude): (i32, i32), middle: i32) -> (i64, i64) {
    /// Metres of a degree along a meridian.
    const DEGREE: i64 = 111_320;
    let milli = i64::from(middle / 1000);
    let square = milli * milli;
    let cosine = 4 * (8_100_000_000 - square) * 10_000 / (32_400_000_000 + square);
    let east = i64::from(longitude) * DEGREE / 1_000_000 * cosine / 10_000;
    (east, i64::from(latitude) * DEGREE / 1_000_000)
}

fn minutes(minutes: u32) -> i32 {
    i32::try_from(minutes).unwrap_or(i32::MAX)
}

pub(super) fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
