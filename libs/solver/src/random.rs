//! Random numbers, the same on any machine (Steele's `SplitMix64`), and what annealing needs of them, in
//! integers only.

/// A generator. Two with the same seed and stream say the same.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// A generator of its own for each stream of one seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        let mut mixed = Self(seed);
        let start = mixed.next() ^ stream.wrapping_mul(0xD6E8_FEB8_6659_FD93);
        let mut own = Self(start);
        own.next();
        own
    }

    /// 64 random bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`, 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let wide = u64::from(n) * (self.next() >> 32);
        (wide >> 32) as u32
    }

    /// An index of a list of `n`, 0 when it is empty.
    pub(crate) fn index(&mut self, n: usize) -> usize {
        self.below(u32::try_from(n).unwrap_or(u32::MAX)) as usize
    }

    /// True in so many of 1024 cases.
    pub(crate) fn chance(&mut self, of_1024: u32) -> bool {
        self.below(1024) < of_1024
    }

    /// How long until an event of the probability 1 / `mean` happens: exponential, in whole steps.
    pub(crate) fn wait(&mut self, mean: u64) -> u64 {
        (mean * self.exponential()) >> 16
    }

    /// An exponential variate of mean 1, in 1/65536: `-ln(u)`.
    pub(crate) fn exponential(&mut self) -> u64 {
        const LN_2: u64 = 45_426; // in 1/65536
        let u = self.next() | 1;
        // -log2(u / 2^64) = 64 - log2(u), by squaring the mantissa 16 times.
        let zeros = u64::from(u.leading_zeros());
        let mut mantissa = (u << zeros) >> 32;
        let mut fraction = 0_u64;
        for _ in 0..16 {
            mantissa = (mantissa * mantissa) >> 31;
            fraction <<= 1;
            if mantissa >> 32 != 0 {
                mantissa >>= 1;
                fraction |= 1;
            }
        }
        let log = ((zeros + 1) << 16) - fraction;
        (log * LN_2) >> 16
    }
}

/// A temperature that falls geometrically, in 257 steps, from `start` to `end` (each at least 1).
pub(crate) struct Cooling([u64; 257]);

impl Cooling {
    /// The steps, each the geometric mean of its neighbours, so that no power is needed.
    pub(crate) fn new(start: u64, end: u64) -> Self {
        let mut steps = [0_u64; 257];
        steps[0] = start.max(1) << 16;
        steps[256] = end.max(1) << 16;
        let mut width = 256;
        while width > 1 {
            for at in (0..256).step_by(width) {
                let product = u128::from(steps[at]) * u128::from(steps[at + width]);
                steps[at + width / 2] = u64::try_from(product.isqrt()).unwrap_or(u64::MAX);
            }
            width /= 2;
        }
        Self(steps)
    }

    /// The temperature after `done` of `all` iterations, in 1/65536.
    pub(crate) fn at(&self, done: u64, all: u64) -> u64 {
        let step = (u128::from(done) * 256) / u128::from(all.max(1));
        self.0[usize::try_from(step).unwrap_or(256).min(256)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_says_the_same_and_streams_differ() {
        let of = |seed, stream| {
            let mut random = Random::new(seed, stream);
            [random.next(), random.next(), random.next()]
        };
        assert_eq!(of(1, 0), of(1, 0));
        assert_ne!(of(1, 0), of(1, 1));
        assert_ne!(of(1, 0), of(2, 0));
        // Frozen: another value here means that no old plan can be replayed.
        assert_eq!(of(1, 0)[0], 17_405_687_883_870_564_846);
    }

    #[test]
    fn the_exponential_has_its_mean_and_its_tail() {
        let mut random = Random::new(7, 0);
        let (mut sum, mut beyond_two) = (0_u64, 0);
        for _ in 0..100_000 {
            let drawn = random.exponential();
            sum += drawn;
            beyond_two += u32::from(drawn > 2 << 16);
        }
        let mean = sum / 100_000;
        assert!((64_800..66_300).contains(&mean), "{mean}");
        // e^-2 is 13.5 %.
        assert!((13_200..13_900).contains(&beyond_two), "{beyond_two}");
    }

    #[test]
    fn cooling_is_geometric() {
        let cooling = Cooling::new(100, 1);
        assert_eq!(cooling.at(0, 10) >> 16, 100);
        assert_eq!(cooling.at(5, 10) >> 16, 10);
        assert_eq!(cooling.at(10, 10) >> 16, 1);
        assert!((0..1000).all(|i| cooling.at(i, 1000) >= cooling.at(i + 1, 1000)));
    }
}
