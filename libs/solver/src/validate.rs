//! Checks a problem, and says all that is wrong with it at once.

use std::collections::BTreeSet;

use crate::{
    fault::{At, Fault, Faults, Wrong},
    limits,
    problem::{Coordinates, Problem, Resource, Shift, Travel, Visit},
};

/// All faults of a problem.
pub(crate) fn validate(problem: &Problem) -> Result<(), Faults> {
    let mut found = Found { problem, faults: Vec::new() };
    found.sizes();
    if found.faults.is_empty() {
        found.travel();
        for (index, resource) in (0..).zip(&problem.resources) {
            found.resource(index, resource);
        }
        for (index, visit) in (0..).zip(&problem.visits) {
            found.visit(index, visit);
        }
        found.rules();
    }
    if found.faults.is_empty() { Ok(()) } else { Err(Faults(found.faults)) }
}

/// The faults of one visit that is added to a problem.
pub(crate) fn validate_visit(problem: &Problem, visit: &Visit) -> Result<(), Faults> {
    let mut found = Found { problem, faults: Vec::new() };
    found.visit(count(problem.visits.len()), visit);
    if found.faults.is_empty() { Ok(()) } else { Err(Faults(found.faults)) }
}

/// A length as an index; the limits keep it far below the greatest.
pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

struct Found<'a> {
    problem: &'a Problem,
    faults: Vec<Fault>,
}

impl Found<'_> {
    fn add(&mut self, at: At, wrong: Wrong) {
        if self.faults.len() < limits::FAULTS {
            self.faults.push(Fault { at, wrong });
        }
    }

    fn at_most(&mut self, at: At, what: &'static str, length: usize, most: usize) {
        if length > most {
            self.add(at, Wrong::TooMany { what, most });
        }
    }

    fn exists(&mut self, at: At, what: &'static str, index: u32, length: usize) {
        if index as usize >= length {
            self.add(at, Wrong::NoSuch(what));
        }
    }

    fn sizes(&mut self) {
        let problem = self.problem;
        let at = At::Problem;
        self.at_most(at, "days", problem.days as usize, limits::DAYS as usize);
        if problem.days == 0 {
            self.add(at, Wrong::NotPositive("the number of days"));
        }
        self.at_most(at, "pools", problem.pools.len(), limits::POOLS);
        self.at_most(at, "resources", problem.resources.len(), limits::RESOURCES);
        self.at_most(at, "visits", problem.visits.len(), limits::VISITS);
        self.at_most(at, "spacings", problem.spacings.len(), 4 * limits::VISITS);
        self.at_most(at, "caps", problem.caps.len(), limits::VISITS);
        self.at_most(at, "places", places(&problem.travel), limits::PLACES);
        let objective = problem.objective;
        let parts = [
            (objective.left_out, 1_000_000),
            // Beyond this the search could not tell one detour from another.
            (objective.travel, 10),
            (objective.longest_load, 10),
        ];
        for (part, most) in parts {
            if part > most {
                let most = i64::from(most);
                self.add(at, Wrong::TooLarge { what: "a part of the objective", most });
            }
        }
        let windows = problem.visits.iter().map(|visit| visit.windows.len()).sum();
        self.at_most(at, "windows in all", windows, limits::ALL_WINDOWS);
    }

    fn travel(&mut self) {
        match &self.problem.travel {
            Travel::Matrix(rows) => {
                for (index, row) in (0..).zip(rows) {
                    self.row(index, row, rows.len());
                }
            }
            Travel::Coordinates(coordinates) => self.coordinates(coordinates),
        }
    }

    fn row(&mut self, index: u32, row: &[i32], places: usize) {
        let at = At::Travel(index);
        if row.len() != places {
            self.add(at, Wrong::TravelMissing);
        }
        if row.iter().any(|&minutes| minutes < 0) {
            self.add(at, Wrong::TravelNegative);
        }
        if row.iter().any(|&minutes| minutes > limits::MINUTES) {
            let most = i64::from(limits::MINUTES);
            self.add(at, Wrong::TooLarge { what: "a travel time", most });
        }
        if row.get(index as usize).is_some_and(|&minutes| minutes > 0) {
            self.add(at, Wrong::TravelToItself);
        }
    }

    fn coordinates(&mut self, coordinates: &Coordinates) {
        if coordinates.metres_per_minute == 0 || coordinates.road_permille == 0 {
            self.add(At::Problem, Wrong::NotPositive("the speed and the road factor"));
        }
        // Beyond this a product of two differences would not fit.
        let most = 100_000_000;
        for (index, point) in (0..).zip(&coordinates.points) {
            if point.0.abs() > most || point.1.abs() > most {
                self.add(At::Travel(index), Wrong::TooLarge { what: "a coordinate", most });
            }
        }
    }

    fn shift(&mut self, at: At, what: &'static str, shift: Shift) {
        self.exists(at, "day", shift.day, self.problem.days as usize);
        if shift.from < 0 || shift.to < shift.from || shift.to > limits::MINUTES {
            self.add(at, Wrong::NotADay(what));
        }
    }

    fn resource(&mut self, index: u32, resource: &Resource) {
        let at = At::Resource(index);
        self.exists(at, "pool", resource.pool, self.problem.pools.len());
        self.exists(at, "place", resource.base, places(&self.problem.travel));
        self.at_most(at, "shifts", resource.shifts.len(), limits::WINDOWS);
        self.at_most(at, "qualifications", resource.qualifications.len(), limits::WINDOWS);
        let mut shifts = resource.shifts.clone();
        shifts.sort_by_key(|shift| (shift.day, shift.from));
        if shifts.windows(2).any(|two| two[0].day == two[1].day && two[1].from < two[0].to) {
            self.add(at, Wrong::Overlap);
        }
        for shift in shifts {
            self.shift(at, "shift", shift);
        }
    }

    fn visit(&mut self, index: u32, visit: &Visit) {
        let (problem, at) = (self.problem, At::Visit(index));
        self.exists(at, "place", visit.place, places(&problem.travel));
        if visit.minutes < 1 || visit.weight < 1 || visit.groups.is_empty() {
            self.add(at, Wrong::NotPositive("length, weight and number of groups"));
        }
        if visit.minutes > limits::MINUTES {
            let most = i64::from(limits::MINUTES);
            self.add(at, Wrong::TooLarge { what: "the length", most });
        }
        if visit.weight > 1_000_000 {
            self.add(at, Wrong::TooLarge { what: "the weight", most: 1_000_000 });
        }
        let crew = visit.groups.iter().fold(0, |sum: u32, group| sum.saturating_add(group.count));
        self.at_most(at, "people and kits", crew as usize, limits::CREW as usize);
        self.at_most(at, "groups", visit.groups.len(), limits::CREW as usize);
        self.at_most(at, "windows", visit.windows.len(), limits::WINDOWS);
        self.at_most(at, "recused", visit.recused.len(), limits::RESOURCES);
        for group in &visit.groups {
            self.exists(at, "pool", group.pool, problem.pools.len());
            if group.count == 0 {
                self.add(at, Wrong::NotPositive("the count of a group"));
            }
            let alike = visit.groups.iter().filter(|other| other.pool == group.pool).count();
            self.at_most(at, "groups of one pool", alike, limits::GROUPS);
            for &member in group.panel.iter().flatten() {
                self.exists(at, "resource", member, problem.resources.len());
            }
        }
        for &window in &visit.windows {
            self.shift(at, "window", window);
        }
        for &recused in &visit.recused {
            self.exists(at, "resource", recused, problem.resources.len());
        }
    }

    fn rules(&mut self) {
        let problem = self.problem;
        for (index, spacing) in (0..).zip(&problem.spacings) {
            let at = At::Spacing(index);
            self.exists(at, "visit", spacing.one, problem.visits.len());
            self.exists(at, "visit", spacing.other, problem.visits.len());
            if spacing.one == spacing.other {
                self.add(at, Wrong::Twice);
            }
        }
        for (index, cap) in (0..).zip(&problem.caps) {
            let at = At::Cap(index);
            for &visit in &cap.visits {
                self.exists(at, "visit", visit, problem.visits.len());
            }
            if cap.visits.iter().collect::<BTreeSet<_>>().len() < cap.visits.len() {
                self.add(at, Wrong::Twice);
            }
        }
    }
}

/// How many places the travel times know.
pub(crate) fn places(travel: &Travel) -> usize {
    match travel {
        Travel::Matrix(rows) => rows.len(),
        Travel::Coordinates(coordinates) => coordinates.points.len(),
    }
}
