//! What if there were more officers or kits: which of the visits left out could be placed beside the rest.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use solver::{
    Model,
    problem::{Days, Problem, Qualification, Resource, Shift},
    roster::{Limits, Roster},
};
use types::AgencyCode;

use super::repair::Base;

/// What there would be more of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct More {
    /// Whose it would be.
    pub agency: AgencyCode,
    /// How many officers.
    pub officers: u32,
    /// What each of them would hold; empty: nothing.
    pub qualification: String,
    /// How many kits.
    pub kits: u32,
    /// Their kind.
    pub kit: String,
    /// On which days they could be had.
    pub workdays: BTreeSet<NaiveDate>,
    /// From which minute of the day to which.
    pub hours: (u32, u32),
}

impl Base {
    /// The visits without a place that could get one, by number. The new officers start from where the
    /// first of the body starts, and stand on every panel of theirs.
    ///
    /// # Errors
    /// The field of [`More`] that no visit asks for.
    pub fn what_if(&self, more: &More, limits: Limits) -> Result<Vec<u32>, &'static str> {
        let mut problem = self.roster.model().problem().clone();
        let plan = self.roster.plan();
        let out: Vec<u32> = (0..)
            .zip(&problem.visits)
            .filter(|(number, _)| plan.get(*number).is_none() && !self.is_fixed(*number))
            .map(|(number, _)| number)
            .collect();
        if more.officers > 0 {
            let pool = self.pool(&more.agency, "").ok_or("agency")?;
            let held = Some(&more.qualification).filter(|held| !held.is_empty());
            let held =
                held.and_then(|held| self.frozen.qualifications.iter().position(|q| q == held));
            let held = held.map(super::freeze::count);
            let qualifications =
                held.map(|id| Qualification { id, valid: Days::ALL }).into_iter().collect();
            self.add(&mut problem, (pool, more.officers), qualifications, more);
        }
        if more.kits > 0 {
            let pool = self.pool(&more.agency, &more.kit).ok_or("kit")?;
            self.add(&mut problem, (pool, more.kits), Vec::new(), more);
        }
        let model = Model::build(problem).map_err(|_| "more_officers")?;
        let (mut roster, _) = Roster::open(model, &plan);
        let mut placed = BTreeSet::new();
        let mut by_weight = out;
        let weight = |number: &u32| {
            let visit = self.frozen.problem.visits.get(*number as usize);
            std::cmp::Reverse(visit.map_or(0, |visit| visit.weight))
        };
        by_weight.sort_by_key(weight);
        for number in by_weight {
            let changes = roster.insert(number, limits);
            placed.extend(changes.iter().filter(|one| one.to.is_some()).map(|one| one.visit));
        }
        Ok(placed.into_iter().collect())
    }

    fn pool(&self, agency: &AgencyCode, kit: &str) -> Option<u32> {
        let mut pools = (0..).zip(&self.frozen.pools);
        pools.find(|(_, (of, kind))| of == agency && kind == kit).map(|(number, _)| number)
    }

    fn add(
        &self,
        problem: &mut Problem,
        (pool, count): (u32, u32),
        qualifications: Vec<Qualification>,
        more: &More,
    ) {
        let minute = |minute: u32| i32::try_from(minute).unwrap_or(i32::MAX);
        let (from, to) = (minute(more.hours.0), minute(more.hours.1));
        let days = (0..).zip(&self.frozen.days).filter(|(_, day)| more.workdays.contains(day));
        let shifts: Vec<Shift> = days.map(|(day, _)| Shift { day, from, to }).collect();
        let base = problem.resources.iter().find(|one| one.pool == pool).map_or(0, |one| one.base);
        let first = super::freeze::count(problem.resources.len());
        for _ in 0..count {
            problem.resources.push(Resource {
                pool,
                base,
                qualifications: qualifications.clone(),
                certified: None,
                shifts: shifts.clone(),
            });
        }
        let new = first..super::freeze::count(problem.resources.len());
        let groups = problem.visits.iter_mut().flat_map(|visit| &mut visit.groups);
        for panel in groups.filter(|group| group.pool == pool).filter_map(|g| g.panel.as_mut()) {
            panel.extend(new.clone());
        }
    }
}
