//! The generator of random numbers of Python, as far as the generator of county weeks uses it, so that
//! a seed gives here the very week that it gives there.

/// A Mersenne Twister, seeded as `random.Random(seed)` is.
pub(crate) struct Python {
    state: [u32; 624],
    at: usize,
    spare: Option<f64>,
}

impl Python {
    pub(crate) fn new(seed: u32) -> Self {
        let mut it = Self { state: [0; 624], at: 624, spare: None };
        it.state[0] = 19_650_218;
        for i in 1..624_u32 {
            it.state[i as usize] = mixed(it.state[i as usize - 1], 1_812_433_253).wrapping_add(i);
        }
        let mut i = 1;
        for _ in 0..624 {
            let before = mixed(it.state[i - 1], 1_664_525);
            it.state[i] = (it.state[i] ^ before).wrapping_add(seed);
            i += 1;
            if i == 624 {
                it.state[0] = it.state[623];
                i = 1;
            }
        }
        for _ in 0..623 {
            let before = mixed(it.state[i - 1], 1_566_083_941);
            let index = u32::try_from(i).unwrap();
            it.state[i] = (it.state[i] ^ before).wrapping_sub(index);
            i += 1;
            if i == 624 {
                it.state[0] = it.state[623];
                i = 1;
            }
        }
        it.state[0] = 0x8000_0000;
        it
    }

    fn word(&mut self) -> u32 {
        if self.at == 624 {
            for i in 0..624 {
                let y = self.state[i] & 0x8000_0000 | self.state[(i + 1) % 624] & 0x7FFF_FFFF;
                let odd = if y & 1 == 1 { 0x9908_B0DF } else { 0 };
                self.state[i] = self.state[(i + 397) % 624] ^ (y >> 1) ^ odd;
            }
            self.at = 0;
        }
        let mut y = self.state[self.at];
        self.at += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9D2C_5680;
        y ^= y << 15 & 0xEFC6_0000;
        y ^ y >> 18
    }

    /// `random()`
    pub(crate) fn random(&mut self) -> f64 {
        let (a, b) = (self.word() >> 5, self.word() >> 6);
        (f64::from(a) * 67_108_864.0 + f64::from(b)) / 9_007_199_254_740_992.0
    }

    /// `randrange(n)`, and the index that `choice` takes of a list of `n`.
    pub(crate) fn below(&mut self, n: u32) -> u32 {
        let bits = 32 - n.leading_zeros();
        loop {
            let drawn = self.word() >> (32 - bits);
            if drawn < n {
                return drawn;
            }
        }
    }

    /// `uniform(low, high)`
    pub(crate) fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.random()
    }

    /// `gauss(mean, deviation)`
    pub(crate) fn gauss(&mut self, mean: f64, deviation: f64) -> f64 {
        let z = self.spare.take().unwrap_or_else(|| {
            let angle = self.random() * std::f64::consts::TAU;
            let radius = (-2.0 * (1.0 - self.random()).ln()).sqrt();
            self.spare = Some(angle.sin() * radius);
            angle.cos() * radius
        });
        mean + z * deviation
    }

    /// The index that `choices` takes once, with these weights.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u32 = weights.iter().sum();
        let drawn = self.random() * f64::from(total);
        let mut sum = 0;
        for (index, weight) in weights.iter().enumerate() {
            sum += weight;
            if drawn < f64::from(sum) {
                return index;
            }
        }
        weights.len() - 1
    }

    /// `sample(range(n), k)`, for the small `n` for which Python takes them out of a list.
    pub(crate) fn sample(&mut self, n: u32, k: u32) -> Vec<u32> {
        let mut pool: Vec<u32> = (0..n).collect();
        (0..k)
            .map(|taken| {
                let at = self.below(n - taken) as usize;
                let drawn = pool[at];
                pool[at] = pool[(n - taken - 1) as usize];
                drawn
            })
            .collect()
    }
}

fn mixed(before: u32, factor: u32) -> u32 {
    (before ^ before >> 30).wrapping_mul(factor)
}
