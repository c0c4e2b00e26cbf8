//! Numbers that look random and come from a seed: the same county on every machine (`SplitMix64`).

/// The generator.
#[derive(Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; 0 when that is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&mut self, of_hundred: usize) -> bool {
        self.below(100) < of_hundred
    }

    /// One of some, each as often as its number says; the first when the numbers are all 0.
    pub(super) fn weighted<T: Copy>(&mut self, first: (T, usize), others: &[(T, usize)]) -> T {
        let all: usize = first.1 + others.iter().map(|(_, weight)| weight).sum::<usize>();
        let mut at = self.below(all);
        for (one, weight) in std::iter::once(&first).chain(others) {
            if at < *weight {
                return *one;
            }
            at -= weight;
        }
        first.0
    }

    /// A whole number of metres around 0, most of them within 2.5 km.
    pub(super) fn around(&mut self) -> i64 {
        let sum: usize = (0..4).map(|_| self.below(4400)).sum();
        i64::try_from(sum).unwrap_or_default() - 8800
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_numbers() {
        let some = |seed| (0..5).map(|_| Random::new(seed).below(1000)).collect::<Vec<_>>();
        assert_eq!(some(7), some(7));
        // The first value of SplitMix64 from the seed 0, as its authors publish it.
        assert_eq!(Random::new(0).next(), 0xE220_A839_7B1D_CDAF);
    }

    #[test]
    fn a_weight_is_how_often_one_comes() {
        let mut random = Random::new(1);
        let mut draw = || random.weighted(('a', 1), &[('b', 3), ('c', 0)]);
        let some: Vec<char> = (0..4000).map(|_| draw()).collect();
        let count = |one| some.iter().filter(|is| **is == one).count();
        assert!((850..1150).contains(&count('a')), "{}", count('a'));
        assert_eq!(count('c'), 0);
    }
}
