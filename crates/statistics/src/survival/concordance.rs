//! How often a higher score goes with an earlier event.

use crate::error::Error;

use super::{
    data::{SurvivalData, ranks, same_length},
    timeline::Timeline,
};

/// Pairs of rows of one stratum, in sums of products of weights.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pairs {
    /// The stratum, as the data calls it; 0 without strata.
    pub stratum: u32,
    /// The earlier event has the higher score.
    pub concordant: f64,
    /// The earlier event has the lower score.
    pub discordant: f64,
    /// Comparable, with equal scores.
    pub tied_score: f64,
    /// Events at the same time, with different scores.
    pub tied_time: f64,
    /// Events at the same time, with equal scores.
    pub tied_both: f64,
}

/// Harrell's C (1982).
#[derive(Debug, Clone, PartialEq)]
pub struct Concordance {
    /// The share of the comparable pairs in which the earlier event has the higher score; equal scores count a half.
    pub concordance: f64,
    /// Its standard error by the infinitesimal jackknife, summed by cluster.
    pub std_err: f64,
    /// The pairs of each stratum.
    pub pairs: Vec<Pairs>,
}

/// The concordance of scores, one for each row, with the times of the data. A pair is comparable if one has the event while
/// the other is at risk and stays so; that is, not if both have it at the same time.
///
/// # Errors
/// [`Error::Lengths`] unless every row has a score, [`Error::OutOfRange`] for a score that is no number,
/// [`Error::NotEnoughEvents`] if no pair is comparable.
pub fn concordance(data: &SurvivalData, scores: &[f64]) -> Result<Concordance, Error> {
    same_length("scores", scores.len(), data.len())?;
    for &score in scores {
        crate::error::finite("scores", score)?;
    }
    let timeline = Timeline::new(data);
    let (strata, labels) = match &data.strata {
        Some(strata) => ranks(strata),
        None => (vec![0; data.len()], vec![0]),
    };
    let mut members = vec![Vec::new(); labels.len()];
    strata.iter().enumerate().for_each(|(row, &stratum)| members[stratum as usize].push(row));
    // For each row the pairs it is in, with either part: those in favor (equal scores a half), and all.
    let mut own = vec![(0.0, 0.0); data.len()];
    let pairs = labels.iter().zip(&members).map(|(&stratum, members)| {
        let found = Sweep::new(data, &timeline, scores, members).run(&mut own);
        Pairs { stratum, ..found }
    });
    let pairs: Vec<_> = pairs.collect();
    let favor: f64 = pairs.iter().map(|pairs| pairs.concordant + 0.5 * pairs.tied_score).sum();
    let all: f64 = pairs.iter().map(|pairs| pairs.concordant + pairs.discordant + pairs.tied_score).sum();
    if all <= 0.0 {
        return Err(Error::NotEnoughEvents { have: data.events(), need: data.events() + 1 });
    }
    let influence = |row: usize| data.weight(row) * (own[row].0 * all - favor * own[row].1) / (all * all);
    let variance: f64 = match &data.clusters {
        None => (0..data.len()).map(|row| influence(row).powi(2)).sum(),
        Some(clusters) => {
            let (places, labels) = ranks(clusters);
            let mut sums = vec![0.0; labels.len()];
            places.iter().enumerate().for_each(|(row, &place)| sums[place as usize] += influence(row));
            sums.iter().map(|sum| sum * sum).sum()
        }
    };
    Ok(Concordance { concordance: favor / all, std_err: variance.sqrt(), pairs })
}

/// Sums of weights by score, for sums below, at and above a score in logarithmic time (Fenwick 1994).
struct Tree {
    nodes: Vec<f64>,
    cells: Vec<f64>,
    total: f64,
}

impl Tree {
    fn new(size: usize) -> Self {
        Self { nodes: vec![0.0; size + 1], cells: vec![0.0; size], total: 0.0 }
    }

    fn add(&mut self, score: usize, weight: f64) {
        self.cells[score] += weight;
        self.total += weight;
        let mut node = score + 1;
        while node < self.nodes.len() {
            self.nodes[node] += weight;
            node += node & node.wrapping_neg();
        }
    }

    /// Below, at and above.
    fn around(&self, score: usize) -> [f64; 3] {
        let (mut below, mut node) = (0.0, score);
        while node > 0 {
            below += self.nodes[node];
            node &= node - 1;
        }
        [below, self.cells[score], self.total - below - self.cells[score]]
    }
}

/// The rows of one stratum.
struct Sweep<'a> {
    data: &'a SurvivalData,
    timeline: &'a Timeline,
    /// Rows by time, with the event before those without.
    by_exit: Vec<usize>,
    by_entry: Vec<usize>,
    /// The rank of each row's score among the distinct ones of the stratum, by its place in `by_exit`.
    score: Vec<usize>,
    distinct: usize,
}

impl<'a> Sweep<'a> {
    fn new(data: &'a SurvivalData, timeline: &'a Timeline, scores: &[f64], members: &[usize]) -> Self {
        let mut by_exit = members.to_vec();
        by_exit.sort_by_key(|&row| (timeline.exit[row], !data.event[row]));
        let mut by_entry: Vec<_> = (0..by_exit.len()).filter(|&place| timeline.entry(by_exit[place]) > 0).collect();
        by_entry.sort_by_key(|&place| timeline.entry(by_exit[place]));
        let mut sorted: Vec<_> = by_exit.iter().map(|&row| scores[row]).collect();
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        let rank = |&row: &usize| sorted.partition_point(|score| *score < scores[row]);
        let score = by_exit.iter().map(rank).collect();
        Self { data, timeline, by_exit, by_entry, score, distinct: sorted.len() }
    }

    fn run(&self, own: &mut [(f64, f64)]) -> Pairs {
        let mut pairs = self.as_earlier(own);
        self.as_later(own);
        (pairs.tied_time, pairs.tied_both) = self.tied();
        pairs
    }

    /// The places that leave at each time, rising.
    fn times(&self) -> impl DoubleEndedIterator<Item = std::ops::Range<usize>> {
        let exit = |place: usize| self.timeline.exit[self.by_exit[place]];
        let starts = (0..self.by_exit.len()).filter(|&place| place == 0 || exit(place - 1) != exit(place));
        let starts: Vec<_> = starts.chain([self.by_exit.len()]).collect();
        (1..starts.len()).map(move |at| starts[at - 1]..starts[at])
    }

    fn split(&self, places: &std::ops::Range<usize>) -> usize {
        places.start + self.by_exit[places.clone()].partition_point(|&row| self.data.event[row])
    }

    /// Each event against those who are at risk then and stay so. Counts every pair once.
    fn as_earlier(&self, own: &mut [(f64, f64)]) -> Pairs {
        let (mut tree, mut pairs) = (Tree::new(self.distinct), Pairs::default());
        let mut late = self.by_entry.iter().rev().peekable();
        for places in self.times().rev() {
            let time = self.timeline.exit[self.by_exit[places.start]] as usize;
            while let Some(&place) = late.next_if(|&&place| self.timeline.entry(self.by_exit[place]) > time) {
                tree.add(self.score[place], -self.data.weight(self.by_exit[place]));
            }
            let split = self.split(&places);
            (split..places.end).for_each(|place| tree.add(self.score[place], self.data.weight(self.by_exit[place])));
            for place in places.start..split {
                let row = self.by_exit[place];
                let [below, at, above] = tree.around(self.score[place]);
                let weight = self.data.weight(row);
                pairs.concordant += weight * below;
                pairs.tied_score += weight * at;
                pairs.discordant += weight * above;
                own[row].0 += below + 0.5 * at;
                own[row].1 += below + at + above;
            }
            (places.start..split).for_each(|place| tree.add(self.score[place], self.data.weight(self.by_exit[place])));
        }
        pairs
    }

    /// Each row against the events that happen while it is at risk and after which it stays so.
    fn as_later(&self, own: &mut [(f64, f64)]) {
        let mut tree = Tree::new(self.distinct);
        let mut late = self.by_entry.iter().peekable();
        let mut see = |tree: &Tree, place: usize, sign: f64| {
            let [below, at, above] = tree.around(self.score[place]);
            let own = &mut own[self.by_exit[place]];
            own.0 += sign * (above + 0.5 * at);
            own.1 += sign * (below + at + above);
        };
        for places in self.times() {
            let time = self.timeline.exit[self.by_exit[places.start]] as usize;
            // Events before its entry are none of a row's.
            while let Some(&place) = late.next_if(|&&place| self.timeline.entry(self.by_exit[place]) <= time) {
                see(&tree, place, -1.0);
            }
            let split = self.split(&places);
            (places.start..split).for_each(|place| see(&tree, place, 1.0));
            (places.start..split).for_each(|place| tree.add(self.score[place], self.data.weight(self.by_exit[place])));
            (split..places.end).for_each(|place| see(&tree, place, 1.0));
        }
    }

    /// Pairs of events at the same time: with different scores, and with equal ones.
    fn tied(&self) -> (f64, f64) {
        let (mut different, mut equal) = (0.0, 0.0);
        for places in self.times() {
            let split = self.split(&places);
            let mut events: Vec<_> =
                (places.start..split).map(|place| (self.score[place], self.data.weight(self.by_exit[place]))).collect();
            events.sort_by_key(|event| event.0);
            let pairs = |weights: &[(usize, f64)]| {
                let (sum, squares) = weights.iter().fold((0.0, 0.0), |sums, (_, w)| (sums.0 + w, sums.1 + w * w));
                0.5 * (sum * sum - squares)
            };
            let same: f64 = events.chunk_by(|one, two| one.0 == two.0).map(pairs).sum();
            equal += same;
            different += pairs(&events) - same;
        }
        (different, equal)
    }
}
