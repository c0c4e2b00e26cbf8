//! For each visit the visits closest to it on the road.

use crate::{model::Model, validate::count};

/// How many neighbours are kept.
const KEPT: usize = 40;

/// The neighbours of each visit, nearest first; those at the same place come first of all, with itself.
#[derive(Debug)]
pub(crate) struct Near {
    of_place: Vec<Vec<u32>>,
    place_of: Vec<usize>,
}

impl Near {
    /// By place, because there are never many of these, however many visits there are.
    pub(crate) fn of(model: &Model) -> Self {
        let place_of: Vec<usize> = model.tasks.iter().map(|task| task.place).collect();
        let places = place_of.iter().max().map_or(0, |most| most + 1);
        let mut visits_at = vec![Vec::new(); places];
        for (visit, &place) in (0..).zip(&place_of) {
            visits_at[place].push(visit);
        }
        let used: Vec<usize> = (0..places).filter(|&place| !visits_at[place].is_empty()).collect();
        let mut of_place = vec![Vec::new(); places];
        let mut by_distance: Vec<u64> = Vec::with_capacity(used.len());
        for &place in &used {
            let legs = model.legs.around(place);
            by_distance.clear();
            by_distance.extend(used.iter().map(|&there| {
                let [to, from] = legs[there];
                (u64::from(to) + u64::from(from)) << 32 | u64::from(count(there))
            }));
            if KEPT < by_distance.len() {
                by_distance.select_nth_unstable(KEPT);
                by_distance.truncate(KEPT);
            }
            by_distance.sort_unstable();
            let places = by_distance.iter().map(|&key| (key & 0xFFFF_FFFF) as usize);
            of_place[place] =
                places.flat_map(|there| &visits_at[there]).copied().take(KEPT).collect();
        }
        Self { of_place, place_of }
    }

    pub(crate) fn to(&self, visit: usize) -> &[u32] {
        &self.of_place[self.place_of[visit]]
    }
}
