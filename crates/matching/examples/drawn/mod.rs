//! What examples draw from a seed.

/// SplitMix64 (Steele, Lea and Flood 2014).
pub struct Random(pub u64);

impl Random {
    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % end
    }

    /// Small numbers more often than large ones.
    #[allow(dead_code, reason = "not every example needs it")]
    pub fn skewed(&mut self, end: u64) -> u64 {
        self.below(end).min(self.below(end))
    }

    /// So many words, some of them perhaps more than once.
    #[allow(dead_code, reason = "not every example needs it")]
    pub fn words(&mut self, prefix: &str, count: u64, end: u64) -> Vec<String> {
        (0..count).map(|_| format!("{prefix}{}", self.skewed(end))).collect()
    }
}
