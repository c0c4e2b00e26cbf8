//! A checked problem in the form the search reads: flat lists, and for each window the shifts that
//! could serve it.

use std::collections::BTreeMap;

use crate::{
    fault::Faults,
    limits,
    problem::{Pool, Problem, Shift, Travel, Visit},
    travel::Legs,
    validate::{count, validate, validate_visit},
};

/// A problem that has been checked. Building it is the expensive part; it can be asked many times.
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) problem: Problem,
    pub(crate) legs: Legs,
    /// One per shift, sorted by day, pool and resource, so that what is read together lies together.
    pub(crate) tours: Vec<Tour>,
    pub(crate) stops: usize,
    pub(crate) members: Vec<Vec<u32>>,
    pub(crate) tasks: Vec<Task>,
    pub(crate) seats: usize,
    pub(crate) windows: usize,
    pub(crate) lists: Vec<Vec<Candidate>>,
    known: BTreeMap<ListKey, u32>,
}

/// One shift of one resource: a way from its base, through some visits, back to its base.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tour {
    pub(crate) resource: u32,
    pub(crate) pool: u32,
    pub(crate) day: u32,
    pub(crate) from: i32,
    pub(crate) to: i32,
    pub(crate) base: usize,
    /// Where its stops lie, and for how many there is room beside the base at both ends.
    pub(crate) first: usize,
    pub(crate) room: usize,
}

/// A visit.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) place: usize,
    pub(crate) minutes: i32,
    pub(crate) weight: i64,
    pub(crate) crews: Vec<Crew>,
    pub(crate) windows: Vec<Window>,
    /// Where what is known of its windows is noted.
    pub(crate) first_window: usize,
    /// Where its crew is noted, and how many it is.
    pub(crate) seat: usize,
    pub(crate) size: usize,
    pub(crate) recused: Vec<u32>,
    pub(crate) spacings: Vec<(usize, u32)>,
    pub(crate) caps: Vec<usize>,
}

/// What a visit needs of one pool: the groups of that pool, taken together because one person may
/// fit several of them.
#[derive(Clone, Debug)]
pub(crate) struct Crew {
    pub(crate) pool: u32,
    pub(crate) body: bool,
    pub(crate) size: usize,
    /// For each subset of the groups (as bits) how many they hold. By Hall's theorem people can be
    /// seated if no subset has more who fit only there.
    pub(crate) holds: Vec<u8>,
}

/// When a visit may start, and who could serve it then: one list per crew.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    pub(crate) day: u32,
    pub(crate) from: i32,
    pub(crate) latest: i32,
    pub(crate) lists: Vec<u32>,
}

/// A tour that could serve, and the groups it fits, as bits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) tour: u32,
    pub(crate) resource: u32,
    /// Where its stops lie.
    pub(crate) first: u32,
    pub(crate) groups: u8,
}

/// Day, pool, and for each group of that pool the qualification and the panel.
type ListKey = (u32, u32, Vec<(Option<u32>, Option<Vec<u32>>)>);

impl Model {
    /// Checks a problem and prepares it.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn build(problem: Problem) -> Result<Self, Faults> {
        validate(&problem)?;
        let legs = Legs::of(&problem.travel);
        let shortest = problem.visits.iter().map(|visit| visit.minutes).min().unwrap_or(1);
        let (tours, stops) = tours(&problem, shortest);
        let mut members = vec![Vec::new(); problem.pools.len()];
        for (index, resource) in (0..).zip(&problem.resources) {
            members[resource.pool as usize].push(index);
        }
        let mut model = Self {
            legs,
            tours,
            stops,
            members,
            tasks: Vec::with_capacity(problem.visits.len()),
            seats: 0,
            windows: 0,
            lists: Vec::new(),
            known: BTreeMap::new(),
            problem,
        };
        for index in 0..model.problem.visits.len() {
            let task = model.task(&model.problem.visits[index].clone());
            model.tasks.push(task);
        }
        model.rules();
        Ok(model)
    }

    /// The problem it was built from, with the changes made since.
    #[must_use]
    pub const fn problem(&self) -> &Problem {
        &self.problem
    }

    pub(crate) fn add_visit(&mut self, visit: Visit) -> Result<u32, Faults> {
        validate_visit(&self.problem, &visit)?;
        let task = self.task(&visit);
        self.tasks.push(task);
        self.problem.visits.push(visit);
        Ok(count(self.tasks.len() - 1))
    }

    pub(crate) fn cancel(&mut self, visit: u32) {
        self.tasks[visit as usize].weight = 0;
        self.tasks[visit as usize].windows.clear();
        self.problem.visits[visit as usize].weight = 0;
        self.problem.visits[visit as usize].windows.clear();
    }

    /// Lets no visit get a resource that does not have it yet.
    pub(crate) fn bar(&mut self, resource: u32) {
        if (resource as usize) < self.problem.resources.len() {
            for task in self.tasks.iter_mut().filter(|task| !task.recused.contains(&resource)) {
                task.recused.push(resource);
            }
        }
    }

    /// Lets a resource work only within these minutes of a day; says which tours that concerns.
    pub(crate) fn restrict(&mut self, resource: u32, within: Shift) -> Vec<u32> {
        let Some(it) = self.problem.resources.get_mut(resource as usize) else { return Vec::new() };
        for shift in it.shifts.iter_mut().filter(|shift| shift.day == within.day) {
            shift.from = shift.from.max(within.from);
            shift.to = shift.to.min(within.to);
        }
        it.shifts.retain(|shift| shift.from <= shift.to);
        let key = (within.day, it.pool, resource);
        let first = self.tours.partition_point(|tour| (tour.day, tour.pool, tour.resource) < key);
        let mut concerned = Vec::new();
        for (index, tour) in (count(first)..).zip(&mut self.tours[first..]) {
            if (tour.day, tour.pool, tour.resource) != key {
                break;
            }
            tour.from = tour.from.max(within.from);
            tour.to = tour.to.min(within.to);
            concerned.push(index);
        }
        concerned
    }

    /// Changes the travel time from one place to another.
    pub(crate) fn reroute(&mut self, from: u32, to: u32, minutes: i32) {
        let minutes = if from == to { 0 } else { minutes.clamp(0, limits::MINUTES) };
        self.legs.set(from as usize, to as usize, minutes);
        if !matches!(self.problem.travel, Travel::Matrix(_)) {
            self.problem.travel = self.legs.matrix();
        }
        if let Travel::Matrix(rows) = &mut self.problem.travel
            && let Some(way) = rows.get_mut(from as usize).and_then(|row| row.get_mut(to as usize))
        {
            *way = minutes;
        }
    }

    fn task(&mut self, visit: &Visit) -> Task {
        let mut pools: Vec<u32> = visit.groups.iter().map(|group| group.pool).collect();
        pools.sort_unstable();
        pools.dedup();
        let crews: Vec<Crew> = pools.iter().map(|&pool| self.crew(visit, pool)).collect();
        let size = crews.iter().map(|crew| crew.size).sum();
        let mut windows = Vec::with_capacity(visit.windows.len());
        for window in &visit.windows {
            let latest = window.to - visit.minutes;
            if latest < window.from {
                continue; // No start fits; the explanation says so.
            }
            let lists = pools.iter().map(|&pool| self.list(visit, pool, window.day)).collect();
            windows.push(Window { day: window.day, from: window.from, latest, lists });
        }
        let seat = self.seats;
        self.seats += size;
        let first_window = self.windows;
        self.windows += windows.len();
        Task {
            place: visit.place as usize,
            minutes: visit.minutes,
            weight: i64::from(visit.weight),
            crews,
            windows,
            first_window,
            seat,
            size,
            recused: visit.recused.clone(),
            spacings: Vec::new(),
            caps: Vec::new(),
        }
    }

    fn crew(&self, visit: &Visit, pool: u32) -> Crew {
        let counts: Vec<u32> =
            visit.groups.iter().filter(|group| group.pool == pool).map(|g| g.count).collect();
        let holds = (0..1_usize << counts.len())
            .map(|subset| {
                let within = counts.iter().enumerate().filter(|(bit, _)| subset >> bit & 1 == 1);
                u8::try_from(within.map(|(_, count)| count).sum::<u32>()).unwrap_or(u8::MAX)
            })
            .collect::<Vec<u8>>();
        let size = usize::from(holds.last().copied().unwrap_or(0));
        Crew { pool, body: self.problem.pools[pool as usize] == Pool::Body, size, holds }
    }

    /// The list of who could serve the groups of one pool on one day; equal lists are kept once.
    fn list(&mut self, visit: &Visit, pool: u32, day: u32) -> u32 {
        let groups = visit.groups.iter().filter(|group| group.pool == pool);
        let asked: Vec<_> =
            groups.map(|group| (group.qualification, group.panel.clone())).collect();
        let key = (day, pool, asked);
        if let Some(&list) = self.known.get(&key) {
            return list;
        }
        let first = self.tours.partition_point(|tour| (tour.day, tour.pool) < (day, pool));
        let on_the_day = self.tours[first..].iter().enumerate();
        let list = on_the_day
            .take_while(|(_, tour)| (tour.day, tour.pool) == (day, pool))
            .filter_map(|(offset, tour)| {
                let groups = self.fits(tour, &key.2);
                let tour_index = count(first + offset);
                (groups != 0).then_some(Candidate {
                    tour: tour_index,
                    resource: tour.resource,
                    first: count(tour.first),
                    groups,
                })
            })
            .take(limits::CANDIDATES)
            .collect();
        self.lists.push(list);
        let index = count(self.lists.len() - 1);
        self.known.insert(key, index);
        index
    }

    fn fits(&self, tour: &Tour, asked: &[(Option<u32>, Option<Vec<u32>>)]) -> u8 {
        let resource = &self.problem.resources[tour.resource as usize];
        let mut groups = 0;
        for (bit, (qualification, panel)) in asked.iter().enumerate() {
            let qualified = qualification.is_none_or(|id| {
                let mut held = resource.qualifications.iter();
                held.any(|q| q.id == id && q.valid.contains(tour.day))
            });
            let drawn = panel.as_ref().is_none_or(|panel| panel.contains(&tour.resource));
            if qualified && drawn {
                groups |= 1 << bit;
            }
        }
        groups
    }

    fn rules(&mut self) {
        for spacing in &self.problem.spacings {
            let (one, other) = (spacing.one as usize, spacing.other as usize);
            self.tasks[one].spacings.push((other, spacing.days));
            self.tasks[other].spacings.push((one, spacing.days));
        }
        for (index, cap) in self.problem.caps.iter().enumerate() {
            for &visit in &cap.visits {
                self.tasks[visit as usize].caps.push(index);
            }
        }
    }
}

/// One tour per shift on which the certificate is valid, and the room for all their stops.
fn tours(problem: &Problem, shortest: i32) -> (Vec<Tour>, usize) {
    let mut tours = Vec::new();
    for (index, resource) in (0..).zip(&problem.resources) {
        for shift in &resource.shifts {
            if resource.certified.is_some_and(|days| !days.contains(shift.day)) {
                continue;
            }
            let room = ((shift.to - shift.from) / shortest.max(1)).clamp(1, limits::STOPS);
            tours.push(Tour {
                resource: index,
                pool: resource.pool,
                day: shift.day,
                from: shift.from,
                to: shift.to,
                base: resource.base as usize,
                first: 0,
                room: usize::try_from(room).unwrap_or(1),
            });
        }
    }
    tours.sort_by_key(|tour| (tour.day, tour.pool, tour.resource, tour.from));
    let mut stops = 0;
    for tour in &mut tours {
        tour.first = stops;
        stops += tour.room + 2;
    }
    (tours, stops)
}
