//! Invented county weeks: for the same numbers the same week as the script that came with the benchmark.

use solver::problem::{
    Days, Group, Objective, Pool, Problem, Qualification, Resource, Shift, Spacing, Travel, Visit,
};

use super::python::Python;

/// What a week is made from.
#[derive(Clone, Copy)]
pub(crate) struct Week {
    pub(crate) officers: u32,
    pub(crate) bodies: u32,
    pub(crate) visits: u32,
    pub(crate) days: u32,
    pub(crate) seed: u32,
    /// Of each class; `None` is one for 60 visits.
    pub(crate) kits: Option<u32>,
}

const WIDE: f64 = 44.0;
const HIGH: f64 = 34.0;
const SEAT: (f64, f64) = (22.0, 17.0);
const MORNING: (i32, i32) = (510, 720);
const AFTERNOON: (i32, i32) = (780, 1050);

struct Making {
    week: Week,
    random: Python,
    points: Vec<(f64, f64)>,
    towns: Vec<(f64, f64)>,
}

/// The week.
pub(crate) fn week(week: Week) -> Problem {
    let mut random = Python::new(week.seed);
    let count = (week.officers / 12).clamp(4, 20);
    let towns: Vec<_> = (0..count)
        .map(|_| (random.uniform(3.0, WIDE - 3.0), random.uniform(3.0, HIGH - 3.0)))
        .collect();
    let mut making = Making { week, random, points: Vec::new(), towns: towns.clone() };
    making.point(SEAT);
    for town in towns {
        making.point(town);
    }
    let resources = making.resources();
    let (mut visits, spacings) = making.visits();
    for visit in &mut visits {
        let officers = (0..).zip(&resources).filter(|(_, it)| it.certified.is_some());
        visit.recused =
            officers.filter(|_| making.random.random() < 0.015).map(|(index, _)| index).collect();
    }
    let body = |pool| if pool < week.bodies { Pool::Body } else { Pool::Kits };
    Problem {
        days: week.days,
        pools: (0..week.bodies + 3).map(body).collect(),
        resources,
        visits,
        spacings,
        caps: Vec::new(),
        travel: Travel::Matrix(travel(&making.points)),
        objective: Objective::default(),
    }
}

impl Making {
    fn point(&mut self, point: (f64, f64)) -> u32 {
        let round = |x: f64| format!("{x:.2}").parse().unwrap();
        self.points.push((round(point.0), round(point.1)));
        u32::try_from(self.points.len() - 1).unwrap()
    }

    fn near(&mut self, centre: (f64, f64)) -> (f64, f64) {
        let x = self.random.gauss(centre.0, 2.2).clamp(0.0, WIDE);
        (x, self.random.gauss(centre.1, 2.2).clamp(0.0, HIGH))
    }

    fn sizes(&mut self) -> Vec<u32> {
        let Week { officers, bodies, .. } = self.week;
        let mut sizes = vec![0_u32; bodies as usize];
        for _ in 0..officers {
            let body =
                if self.random.random() < 0.22 { 0 } else { 1 + self.random.below(bodies - 1) };
            sizes[body as usize] += 1;
        }
        for size in &mut sizes {
            *size = (*size).max(6);
        }
        while sizes.iter().sum::<u32>() > officers {
            let most = *sizes.iter().max().unwrap();
            let first = sizes.iter().position(|&size| size == most).unwrap();
            sizes[first] -= 1;
        }
        while sizes.iter().sum::<u32>() < officers {
            let body = self.random.below(bodies);
            sizes[body as usize] += 1;
        }
        sizes
    }

    fn resources(&mut self) -> Vec<Resource> {
        let mut found = Vec::new();
        for (body, size) in (0..).zip(self.sizes()) {
            for k in 0..size {
                found.push(self.officer(body, k));
            }
        }
        let kits = self.week.kits.unwrap_or((self.week.visits / 60).max(1));
        for class in 0..3 {
            for _ in 0..kits {
                let all = |day| Shift { day, from: MORNING.0, to: AFTERNOON.1 };
                found.push(Resource {
                    pool: self.week.bodies + class,
                    base: 0,
                    qualifications: Vec::new(),
                    certified: None,
                    shifts: (0..self.week.days).map(all).collect(),
                });
            }
        }
        found
    }

    fn officer(&mut self, pool: u32, k: u32) -> Resource {
        let towns = u32::try_from(self.towns.len()).unwrap();
        let in_town = pool == 0 || self.random.random() < 0.25;
        let base = if in_town { 1 + k % towns } else { 0 };
        let mut held = Vec::new();
        for (id, share) in [(1, 0.45), (2, 0.25)] {
            if self.random.random() < share {
                held.push(id);
            }
        }
        if k < 3 {
            held = vec![1, 2];
        }
        let mut shifts = Vec::new();
        for day in 0..self.week.days {
            let u = self.random.random();
            let (from, to) = match u {
                u if u < 0.08 => continue,
                u if u < 0.13 => MORNING,
                u if u < 0.18 => AFTERNOON,
                _ => (MORNING.0, AFTERNOON.1),
            };
            shifts.push(Shift { day, from, to });
        }
        let qualifications =
            held.into_iter().map(|id| Qualification { id, valid: Days::ALL }).collect();
        Resource { pool, base, qualifications, certified: Some(Days::ALL), shifts }
    }

    fn visits(&mut self) -> (Vec<Visit>, Vec<Spacing>) {
        let (mut visits, mut spacings): (Vec<Visit>, Vec<Spacing>) = (Vec::new(), Vec::new());
        let mut repeated = false;
        for index in 0..self.week.visits {
            let repeat = index > 0 && self.random.random() < 0.08 && !repeated;
            let place = if repeat {
                visits[index as usize - 1].place
            } else {
                let towns = u32::try_from(self.towns.len()).unwrap();
                let centre = if self.random.random() < 0.45 {
                    SEAT
                } else {
                    self.towns[self.random.below(towns) as usize]
                };
                let point = self.near(centre);
                self.point(point)
            };
            visits.push(self.visit(place));
            if repeat {
                spacings.push(Spacing { one: index - 1, other: index, days: 2 });
            }
            repeated = repeat;
        }
        (visits, spacings)
    }

    fn visit(&mut self, place: u32) -> Visit {
        let (bodies, days) = (self.week.bodies, self.week.days);
        let u = self.random.random();
        let several = if u < 0.35 {
            1
        } else if u < 0.75 {
            2
        } else {
            3
        };
        let mut chosen = std::collections::BTreeSet::new();
        if self.random.random() < 0.35 {
            chosen.insert(0);
        }
        while chosen.len() < several.min(bodies as usize) {
            chosen.insert(self.random.below(bodies));
        }
        let mut groups = Vec::new();
        for pool in chosen {
            let qualification = self.random.weighted(&[60, 25, 15]);
            let count = if self.random.random() < 0.1 { 3 } else { 2 };
            let group = |qualification, count| Group { pool, qualification, count, panel: None };
            if qualification == 0 {
                groups.push(group(None, count));
            } else {
                let id = u32::try_from(qualification).unwrap();
                groups.extend([group(Some(id), 1), group(None, count - 1)]);
            }
        }
        if self.random.random() < 0.15 {
            let pool = bodies + self.random.below(3);
            groups.push(Group { pool, qualification: None, count: 1, panel: None });
        }
        let minutes = 15 * i32::try_from(3 + self.random.below(8)).unwrap();
        let weight = [1, 2, 4, 10][self.random.weighted(&[55, 25, 15, 5])];
        let mut on = if weight == 10 {
            vec![0, 1.min(days - 1)]
        } else {
            let least = 2.min(days);
            let several = least + self.random.below(days - least + 1);
            self.random.sample(days, several)
        };
        on.sort_unstable();
        on.dedup();
        let u = self.random.random();
        let (mut from, mut to) = if u < 0.6 {
            (540, 1020)
        } else if u < 0.8 {
            (540, 750)
        } else {
            (780, 1020)
        };
        if to - from < minutes + 30 {
            (from, to) = (540, 1020);
        }
        let windows = on.into_iter().map(|day| Shift { day, from, to }).collect();
        Visit { place, minutes, weight, groups, windows, recused: Vec::new() }
    }
}

fn travel(points: &[(f64, f64)]) -> Vec<Vec<i32>> {
    let way = |a: &(f64, f64), b: &(f64, f64)| {
        if a == b {
            return 0;
        }
        let straight = (a.0 - b.0).hypot(a.1 - b.1);
        let minutes = (straight * 1.3 / 35.0 * 60.0).ceil();
        format!("{minutes:.0}").parse::<i32>().unwrap() + 4
    };
    points.iter().map(|a| points.iter().map(|b| way(a, b)).collect()).collect()
}
