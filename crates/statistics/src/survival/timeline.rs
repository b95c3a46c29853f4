//! The distinct times of the rows, and how many rows are at risk, have the event and leave at each.

use super::{data::SurvivalData, running::Running};

/// Times as places among the distinct ones, so that everything after it counts instead of comparing.
pub(super) struct Timeline {
    /// The distinct exit times, rising.
    pub(super) times: Vec<f64>,
    /// The place of each row's exit.
    pub(super) exit: Vec<u32>,
    /// The first place at which each row is at risk: how many distinct times are not after its entry. Without delayed
    /// entry that is 0.
    pub(super) entry: Option<Vec<u32>>,
}

impl Timeline {
    /// By counting if the times are whole days of a few years, by sorting else.
    pub(super) fn new(data: &SurvivalData) -> Self {
        let (times, exit) = whole_days(&data.time).unwrap_or_else(|| sorted(&data.time));
        let entry = data.entry.as_ref().map(|entry| {
            let first = |entry: &f64| times.partition_point(|time| time <= entry) as u32;
            match DayTable::new(&times) {
                Some(table) => entry.iter().map(|entry| table.not_after(*entry)).collect(),
                None => entry.iter().map(first).collect(),
            }
        });
        Self { times, exit, entry }
    }

    /// The first place at which a row is at risk.
    pub(super) fn entry(&self, row: usize) -> usize {
        self.entry.as_ref().map_or(0, |entry| entry[row] as usize)
    }
}

/// Whole numbers up to here are counted.
const MOST_DAYS: f64 = 65_536.0;

fn whole_days(time: &[f64]) -> Option<(Vec<f64>, Vec<u32>)> {
    // A conversion to a whole number and back is much faster than rounding on old processors.
    let day = |time: f64| time as i32;
    let most = (4.0 * time.len() as f64).clamp(4_096.0, MOST_DAYS);
    if !time.iter().all(|&time| f64::from(day(time)) == time && time <= most) {
        return None;
    }
    let last = time.iter().map(|&time| day(time)).max()?;
    let mut place = vec![u32::MAX; last as usize + 1];
    for &time in time {
        place[day(time) as usize] = 0;
    }
    let mut times = Vec::new();
    for (day, place) in place.iter_mut().enumerate().filter(|(_, place)| **place == 0) {
        *place = times.len() as u32;
        times.push(day as f64);
    }
    let exit = time.iter().map(|&time| place[day(time) as usize]).collect();
    Some((times, exit))
}

fn sorted(time: &[f64]) -> (Vec<f64>, Vec<u32>) {
    // Times are not negative, so their bits are in their order.
    let mut order: Vec<_> = time.iter().zip(0_u32..).map(|(time, row)| ((time + 0.0).to_bits(), row)).collect();
    order.sort_unstable();
    let (mut times, mut exit): (Vec<f64>, _) = (Vec::new(), vec![0; time.len()]);
    for (bits, row) in order {
        let time = f64::from_bits(bits);
        if times.last() != Some(&time) {
            times.push(time);
        }
        exit[row as usize] = times.len() as u32 - 1;
    }
    (times, exit)
}

/// For each day how many of the distinct times are not after it.
struct DayTable(Vec<u32>);

impl DayTable {
    /// If the times are whole days.
    fn new(times: &[f64]) -> Option<Self> {
        let last = *times.last()?;
        if last > MOST_DAYS || times.iter().any(|&time| f64::from(time as i32) != time) {
            return None;
        }
        let mut table = vec![0; last as usize + 1];
        for &time in times {
            table[time as usize] = 1;
        }
        let mut so_far = 0;
        for cell in &mut table {
            so_far += *cell;
            *cell = so_far;
        }
        Some(Self(table))
    }

    fn not_after(&self, entry: f64) -> u32 {
        // Entries are before exits and not negative; what lies between two days rounds down to the earlier.
        self.0[entry as usize]
    }
}

/// What happens in one group at one time, in rows or, with weights, in their sums.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counts {
    pub(super) risk: f64,
    pub(super) event: f64,
    pub(super) censor: f64,
}

/// For each group in turn, what happens in it at each distinct time.
pub(super) fn counts(data: &SurvivalData, timeline: &Timeline, group: &Grouping) -> Vec<Vec<Counts>> {
    let size = timeline.times.len();
    let mut all = vec![vec![Counts::default(); size]; group.size];
    let mut entered = timeline.entry.as_ref().map(|_| vec![vec![0.0; size + 1]; group.size]);
    for row in 0..data.len() {
        let (at, weight) = (group.of(row), data.weight(row));
        let cell = &mut all[at][timeline.exit[row] as usize];
        if data.event[row] {
            cell.event += weight
        } else {
            cell.censor += weight
        }
        if let Some(entered) = &mut entered {
            entered[at][timeline.entry(row)] += weight;
        }
    }
    for (at, counts) in all.iter_mut().enumerate() {
        let mut risk = Running::default();
        for place in (0..size).rev() {
            if let Some(entered) = &entered {
                risk.add(-entered[at][place + 1]);
            }
            risk.add(counts[place].event);
            risk.add(counts[place].censor);
            counts[place].risk = risk.value();
        }
    }
    all
}

/// To which of some groups each row belongs.
pub(super) struct Grouping<'a> {
    /// From 0; without, all rows are of group 0.
    pub(super) rows: Option<&'a [u32]>,
    /// How many groups there are.
    pub(super) size: usize,
}

impl Grouping<'_> {
    /// All rows in one.
    pub(super) const ONE: Self = Self { rows: None, size: 1 };

    pub(super) fn of(&self, row: usize) -> usize {
        self.rows.map_or(0, |rows| rows[row] as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(time: &[f64], entry: &[f64], times: &[f64], risk: &[f64]) {
        let event = vec![true; time.len()];
        let data = SurvivalData::counting_process(entry.to_vec(), time.to_vec(), event).unwrap();
        let timeline = Timeline::new(&data);
        assert_eq!(timeline.times, times);
        let counts = counts(&data, &timeline, &Grouping::ONE);
        assert_eq!(counts[0].iter().map(|count| count.risk).collect::<Vec<_>>(), risk);
    }

    #[test]
    fn at_risk_after_entry_up_to_exit() {
        check(&[3.0, 5.0, 5.0, 9.0], &[0.0, 3.0, 2.5, 5.0], &[3.0, 5.0, 9.0], &[2.0, 2.0, 1.0]);
        check(&[0.3, 0.5, 0.5, 0.9], &[0.0, 0.3, 0.25, 0.5], &[0.3, 0.5, 0.9], &[2.0, 2.0, 1.0]);
        check(&[3.0, 5.0, 5.0, 1e300], &[0.0, 3.0, 2.5, 5.0], &[3.0, 5.0, 1e300], &[2.0, 2.0, 1.0]);
    }
}
