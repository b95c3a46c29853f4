//! Ranks with ties, the exact distribution of their sums, and medians of very many sums of two.

/// Numbers nearer than this share of the largest are the same: what a subtraction of decimals such as `98.6 - 97.4`
/// leaves beyond the decimals is rounding.
const SAME: f64 = 1e-12;

/// How far apart numbers may be that count as the same, if they were made from these.
pub(crate) fn same_within<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    SAME * values.into_iter().fold(0.0, |largest: f64, value| largest.max(value.abs()))
}

/// The ranks of some values, all of them doubled, so that the middle rank of a tie is whole.
pub(crate) struct Ranks {
    /// In the order of the values.
    pub(crate) doubled: Vec<u64>,
    /// How many values share a rank, of each rank that is shared.
    pub(crate) ties: Vec<usize>,
}

impl Ranks {
    /// Ranks from the smallest on; a value that is at most `same` above the one before it is tied with it.
    pub(crate) fn of(values: &[f64], same: f64) -> Self {
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        let (mut doubled, mut ties, mut before) = (vec![0; values.len()], Vec::new(), 0);
        for tied in order.chunk_by(|&a, &b| values[b] - values[a] <= same) {
            for &place in tied {
                doubled[place] = (2 * before + tied.len() + 1) as u64;
            }
            if tied.len() > 1 {
                ties.push(tied.len());
            }
            before += tied.len();
        }
        Self { doubled, ties }
    }

    /// The sum of `t^3 - t` over the ties, by which they lower a variance.
    pub(crate) fn tie_sum(&self) -> f64 {
        self.ties.iter().map(|&tied| tied as f64).map(|tied| tied * (tied - 1.0) * (tied + 1.0)).sum()
    }
}

/// P(S >= s), where S adds each rank with probability 1/2: the shift algorithm of Streitberg and Röhmel (1986).
pub(crate) fn signed_sum_at_least(ranks: &[u64], s: u64) -> f64 {
    let most = ranks.iter().sum::<u64>() as usize;
    let mut probability = vec![0.0; most + 1];
    probability[0] = 1.0;
    let mut reached = 0;
    for &rank in ranks {
        let rank = rank as usize;
        reached += rank;
        for sum in (0..=reached).rev() {
            let shifted = if sum >= rank { probability[sum - rank] } else { 0.0 };
            probability[sum] = 0.5 * (probability[sum] + shifted);
        }
    }
    // From the smallest, so that none is lost.
    probability.iter().skip(s as usize).rev().sum()
}

/// P(|S - E(S)| >= |s - E(S)|), where S is the sum of `chosen` of the ranks, each choice as likely as the other
/// (Streitberg and Röhmel 1986; the two sides as Mehta and Patel define them). At most some 1,000 ranks.
pub(crate) fn chosen_sum_as_far(ranks: &[u64], chosen: usize, s: u64) -> f64 {
    let most = ranks.iter().sum::<u64>() as usize;
    // How many choices of so many ranks have which sum.
    let mut ways = vec![vec![0.0_f64; most + 1]; chosen + 1];
    ways[0][0] = 1.0;
    for (taken, &rank) in ranks.iter().enumerate() {
        for count in (1..=chosen.min(taken + 1)).rev() {
            let (fewer, more) = ways.split_at_mut(count);
            let (fewer, more) = (&fewer[count - 1], &mut more[0]);
            for (way, before) in more[rank as usize..].iter_mut().zip(fewer) {
                *way += before;
            }
        }
    }
    // Times the number of ranks, so that the expectation is whole.
    let off = |sum: u64| (ranks.len() as u64 * sum).abs_diff(chosen as u64 * most as u64);
    let (mut all, mut far) = (0.0, 0.0);
    for (sum, way) in ways[chosen].iter().enumerate() {
        all += way;
        if off(sum as u64) >= off(s) {
            far += way;
        }
    }
    far / all
}

/// The middle of `pairs` numbers, of which `up_to(x)` are at most x: found by halving between the smallest and the
/// largest, without making them. Half way between the two middle ones if their number is even.
pub(crate) fn middle(pairs: u64, (smallest, largest): (f64, f64), up_to: impl Fn(f64) -> u64) -> f64 {
    let at = |place: u64| {
        let (mut low, mut high) = (key(smallest), key(largest));
        while low < high {
            let half = low + (high - low) / 2;
            if up_to(unkey(half)) >= place { high = half } else { low = half + 1 }
        }
        unkey(high)
    };
    let (lower, upper) = (at(pairs.div_ceil(2)), at(pairs / 2 + 1));
    lower + 0.5 * (upper - lower)
}

/// Numbers in their order as whole numbers.
fn key(value: f64) -> u64 {
    let bits = value.to_bits();
    if bits >> 63 == 1 { !bits } else { bits | 1 << 63 }
}

fn unkey(key: u64) -> f64 {
    f64::from_bits(if key >> 63 == 1 { key & !(1 << 63) } else { !key })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_share_the_middle_rank() {
        let values = [98.6 - 97.4, 1.2, 3.0, -5.0, 3.0, 3.0];
        let ranks = Ranks::of(&values, same_within(&[98.6]));
        assert_eq!(ranks.doubled, [5, 5, 10, 2, 10, 10]);
        assert_eq!(ranks.ties, [2, 3]);
        assert_eq!(ranks.tie_sum(), 6.0 + 24.0);
    }

    #[test]
    fn distributions_of_few_ranks_by_hand() {
        // 1, 2, 3: the sums 0, 1, 2, 3, 3, 4, 5, 6 of the eight choices.
        for (s, expected) in [(0, 8.0), (3, 5.0), (6, 1.0), (7, 0.0)] {
            assert_eq!(signed_sum_at_least(&[1, 2, 3], s), expected / 8.0);
        }
        // Two of 1 to 4: 3, 4, 5, 5, 6, 7.
        for (s, expected) in [(3, 2.0), (4, 4.0), (5, 6.0), (7, 2.0)] {
            assert_eq!(chosen_sum_as_far(&[1, 2, 3, 4], 2, s), expected / 6.0);
        }
        assert_eq!(chosen_sum_as_far(&[2, 2], 0, 0), 1.0);
    }

    #[test]
    fn the_middle_is_found_without_making_the_numbers() {
        let numbers = [-3.5, -1.0, -1.0, 0.0, 2.0, 1e300];
        let up_to = |x: f64| numbers.iter().filter(|&&number| number <= x).count() as u64;
        assert_eq!(middle(6, (-3.5, 1e300), up_to), -0.5);
        assert_eq!(middle(5, (-3.5, 2.0), up_to), -1.0);
    }
}
