//! Travel times: from a matrix, or from coordinates in integers only.

use crate::problem::{Coordinates, Travel};

/// For each pair of places the minutes to and from, side by side, because they are read together.
#[derive(Clone, Debug)]
pub(crate) struct Legs {
    places: usize,
    /// At `there * places + here`: minutes from here to there, and from there to here.
    both: Vec<[u16; 2]>,
}

impl Legs {
    pub(crate) fn of(travel: &Travel) -> Self {
        let places = crate::validate::places(travel);
        let mut both = Vec::with_capacity(places * places);
        for there in 0..places {
            for here in 0..places {
                both.push(match travel {
                    Travel::Matrix(rows) => [short(rows[here][there]), short(rows[there][here])],
                    Travel::Coordinates(coordinates) => {
                        let minutes = minutes(coordinates, here, there);
                        [minutes, minutes]
                    }
                });
            }
        }
        Self { places, both }
    }

    /// The minutes from each place to this one, and from this one to each place.
    pub(crate) fn around(&self, place: usize) -> &[[u16; 2]] {
        &self.both[place * self.places..][..self.places]
    }

    /// Minutes from one place to another.
    pub(crate) fn minutes(&self, from: usize, to: usize) -> i32 {
        i32::from(self.both[to * self.places + from][0])
    }

    pub(crate) fn set(&mut self, from: usize, to: usize, minutes: i32) {
        if from < self.places && to < self.places {
            self.both[to * self.places + from][0] = short(minutes);
            self.both[from * self.places + to][1] = short(minutes);
        }
    }

    pub(crate) fn matrix(&self) -> Travel {
        let row = |from| (0..self.places).map(|to| self.minutes(from, to)).collect();
        Travel::Matrix((0..self.places).map(row).collect())
    }
}

fn short(minutes: i32) -> u16 {
    u16::try_from(minutes).unwrap_or(u16::MAX)
}

/// Rounded up, so that nobody is promised to be faster than the road.
fn minutes(coordinates: &Coordinates, here: usize, there: usize) -> u16 {
    let (a, b) = (coordinates.points[here], coordinates.points[there]);
    if a == b {
        return 0;
    }
    let (east, north) = (a.0.abs_diff(b.0), a.1.abs_diff(b.1));
    let straight = ceil_sqrt(east * east + north * north);
    let road = straight * u64::from(coordinates.road_permille);
    let driven = road.div_ceil(u64::from(coordinates.metres_per_minute.max(1)) * 1000);
    let all = driven + u64::from(coordinates.start_minutes);
    let most = u64::from(crate::limits::MINUTES.unsigned_abs());
    u16::try_from(all.min(most)).unwrap_or(u16::MAX)
}

fn ceil_sqrt(square: u64) -> u64 {
    let root = square.isqrt();
    if root * root == square { root } else { root + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_give_whole_minutes_rounded_up() {
        let legs = Legs::of(&Travel::Coordinates(Coordinates {
            points: vec![(0, 0), (3000, 4000), (0, 0)],
            road_permille: 1300,
            metres_per_minute: 583,
            start_minutes: 4,
        }));
        // 5,000 m, 6,500 m of road, 11.15 minutes.
        assert_eq!(legs.minutes(0, 1), 16);
        assert_eq!(legs.minutes(0, 2), 0);
    }

    #[test]
    fn a_matrix_keeps_its_direction() {
        let rows = vec![vec![0, 7], vec![9, 0]];
        let mut legs = Legs::of(&Travel::Matrix(rows.clone()));
        assert_eq!((legs.minutes(0, 1), legs.minutes(1, 0)), (7, 9));
        assert_eq!(legs.around(0)[1], [9, 7]);
        assert_eq!(legs.matrix(), Travel::Matrix(rows));
        legs.set(0, 1, 30);
        assert_eq!((legs.around(1)[0], legs.around(0)[1]), ([30, 9], [9, 30]));
    }
}
