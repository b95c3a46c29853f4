//! The power of a study in which people join while it runs, by running it many times in thought: closed forms know only
//! groups that are fixed from the first day.

use crate::{
    Interval,
    design::{Leaving, Person, Stretch, TargetTrial, stretches_data},
    distribution::normal,
    error::{Error, above, inside},
    proportion::wilson,
    survival::{self, CoxOptions, CoxPh, Ties, Variance},
};

const DAYS_IN_A_YEAR: f64 = 365.25;

/// What is assumed of a study. Everybody is employed when it starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Study {
    /// How many people are watched.
    pub people: u32,
    /// For how many days.
    pub days: u32,
    /// At the start people have been employed for up to so many days, each tenure as likely as the other.
    pub longest_tenure: u32,
    /// The share that joins on some day of the study, if still employed then; each day as likely as the other.
    pub joining: f64,
    /// How many exits there are in a person-year of people who have not joined.
    pub exits: f64,
    /// How many leave in a person-year for other reasons, whether they joined or not.
    pub other_exits: f64,
    /// By what joining multiplies the exits, from the day on.
    pub hazard_ratio: f64,
}

/// What many runs of a study show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Simulated {
    /// The share of runs in which a Cox model with the time-dependent exposure sees a difference.
    pub power: f64,
    /// Where the power lies: so many runs know it only so well (Wilson, 95 %).
    pub power_limits: Interval,
    /// The share of fitted runs of which the interval holds the true ratio; it should be 1 less alpha.
    pub coverage: f64,
    /// How many runs had too few exits for a model. They count as having seen nothing.
    pub unfit: u32,
    /// Exits in a run before and after joining, on average.
    pub events: [f64; 2],
    /// The standard error of the logarithm of the ratio, on average over the fitted runs.
    pub std_err: f64,
}

/// What one run shows.
struct Run {
    events: [u64; 2],
    /// The logarithm of the ratio and its standard error.
    fit: Option<(f64, f64)>,
}

impl Study {
    /// Runs the study `runs` times and tests at level `alpha`, two-sided. Each run draws from numbers of its own that
    /// follow from `seed` and its place, so the same call gives the same bits wherever it runs.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless there are people, days and runs, `joining` and `alpha` lie between 0 and 1, `exits` and
    /// the ratio are above 0 and `other_exits` is not below 0; [`Error::NotConverged`] if no run could be fitted.
    pub fn simulate(&self, alpha: f64, runs: u32, seed: u64) -> Result<Simulated, Error> {
        self.check()?;
        above("runs", f64::from(runs), 0.0)?;
        let critical = normal::two_sided(alpha)?;
        let (mut seen, mut held, mut fitted, mut std_err, mut events) = (0, 0, 0, 0.0, [0.0; 2]);
        for place in 0..runs {
            let run = self.run(&self.panel(seed, place)?)?;
            events = [events[0] + run.events[0] as f64, events[1] + run.events[1] as f64];
            if let Some((log_ratio, error)) = run.fit {
                fitted += 1;
                std_err += error;
                seen += u32::from((log_ratio / error).abs() > critical);
                held += u32::from((log_ratio - self.hazard_ratio.ln()).abs() <= critical * error);
            }
        }
        if fitted == 0 {
            return Err(Error::NotConverged { what: "any run of the study" });
        }
        let all = f64::from(runs);
        Ok(Simulated {
            power: f64::from(seen) / all,
            power_limits: wilson(u64::from(seen), u64::from(runs), 0.95)?,
            coverage: f64::from(held) / f64::from(fitted),
            unfit: runs - fitted,
            events: events.map(|sum| sum / all),
            std_err: std_err / f64::from(fitted),
        })
    }

    fn check(&self) -> Result<(), Error> {
        above("people", f64::from(self.people), 0.0)?;
        above("days", f64::from(self.days), 0.0)?;
        inside("joining", self.joining)?;
        above("exits", self.exits, 0.0)?;
        above("hazard ratio", self.hazard_ratio, 0.0)?;
        let other = self.other_exits;
        if other.is_finite() && other >= 0.0 {
            Ok(())
        } else {
            Err(Error::OutOfRange { what: "other exits", value: other })
        }
    }

    /// The people of one run, with the dates that it gives them. The study begins on day 0.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] as [`Study::simulate`].
    pub fn panel(&self, seed: u64, place: u32) -> Result<Vec<Person>, Error> {
        self.check()?;
        let mut draws = Draws::of(seed, place);
        Ok((0..self.people).map(|_| self.person(&mut draws)).collect())
    }

    /// The days of the study, with people followed for a `horizon`. The words are left to the reader.
    #[must_use]
    pub fn trial(&self, horizon: u32) -> TargetTrial {
        TargetTrial {
            eligibility: String::new(),
            time_zero: String::new(),
            exposure: String::new(),
            comparator: String::new(),
            outcome: String::new(),
            start: 0,
            end: i64::from(self.days),
            horizon: i64::from(horizon),
        }
    }

    fn run(&self, people: &[Person]) -> Result<Run, Error> {
        let stretches = self.trial(self.days).split_at_exposure(people)?;
        let count = |exposed: bool| stretches.iter().filter(|row| row.event && row.exposed == exposed).count() as u64;
        let events = [count(false), count(true)];
        // Without exits on both sides there is no ratio.
        let fit = if events.contains(&0) { None } else { log_ratio(&stretches).ok() };
        Ok(Run { events, fit })
    }

    fn person(&self, draws: &mut Draws) -> Person {
        let hired = -i64::from(draws.below(self.longest_tenure + 1));
        let joined = (draws.share() < self.joining).then(|| 1 + i64::from(draws.below(self.days)));
        let daily = self.exits / DAYS_IN_A_YEAR;
        // The sum of hazards at which the person leaves, and the day on which it is reached.
        let (sum, before) = (draws.exponential(), joined.map_or(f64::INFINITY, |day| day as f64));
        let exit = if sum <= daily * before {
            sum / daily
        } else {
            before + (sum - daily * before) / (daily * self.hazard_ratio)
        };
        let other = draws.exponential() / (self.other_exits / DAYS_IN_A_YEAR);
        // As whole days; what is far beyond the study is out of it.
        let day = exit.min(other).min(1e9).ceil().max(1.0) as i64;
        Person { hired, joined, left: Some(Leaving { day, outcome: exit <= other }) }
    }
}

fn log_ratio(stretches: &[Stretch]) -> Result<(f64, f64), Error> {
    let data = stretches_data(stretches)?;
    let exposed = stretches.iter().map(|row| f64::from(u8::from(row.exposed))).collect();
    let design = survival::Design::new().with("joined", exposed)?;
    let model = CoxPh::fit(&data, &design, Ties::Efron, &CoxOptions::default())?;
    let joined = model.coefficients(Variance::Model)[0];
    Ok((joined.coef, joined.std_err))
}

/// Random numbers that follow from a seed: SplitMix64 (Steele, Lea and Flood 2014, OOPSLA), which passes the usual tests
/// and gives independent streams to neighboring places.
struct Draws(u64);

impl Draws {
    fn of(seed: u64, place: u32) -> Self {
        let mut first = Self(seed);
        let mut own = Self(first.next() ^ u64::from(place).wrapping_mul(0xd1b5_4a32_d192_ed03));
        Self(own.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to 1, never 1.
    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below a bound above 0, by the high bits of a product (Lemire 2019); its bias is below 2^-32.
    fn below(&mut self, bound: u32) -> u32 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u32
    }

    /// With mean 1.
    fn exponential(&mut self) -> f64 {
        -(-self.share()).ln_1p()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STUDY: Study = Study {
        people: 300,
        days: 730,
        longest_tenure: 1_500,
        joining: 0.5,
        exits: 0.3,
        other_exits: 0.05,
        hazard_ratio: 0.5,
    };

    #[test]
    fn the_same_seed_gives_the_same_bits() {
        let (one, again) = (STUDY.simulate(0.05, 20, 7).unwrap(), STUDY.simulate(0.05, 20, 7).unwrap());
        assert_eq!(one, again);
        assert_ne!(one, STUDY.simulate(0.05, 20, 8).unwrap());
    }

    /// 2,000 runs of the same study written a second time, with rates by person-years in place of a Cox model: power 0.774,
    /// coverage 0.949, 15.7 exits after joining, standard error 0.277. Within four standard errors of 400 runs.
    #[test]
    fn agrees_with_a_simulation_by_rates() {
        let found = STUDY.simulate(0.05, 400, 1).unwrap();
        assert!((found.power - 0.774).abs() < 0.085, "{found:?}");
        assert!((found.events[1] - 15.7).abs() < 0.8 && (found.std_err - 0.277).abs() < 0.015, "{found:?}");
        assert!(found.power_limits.lower < found.power && found.power < found.power_limits.upper);
        assert!((found.coverage - 0.95).abs() < 0.045, "{found:?}");
        assert!(found.unfit == 0 && found.events[0] > found.events[1], "{found:?}");
    }

    #[test]
    fn without_an_effect_alpha_of_the_runs_see_one() {
        let null = Study { hazard_ratio: 1.0, ..STUDY };
        let found = null.simulate(0.05, 400, 2).unwrap();
        assert!((found.power - 0.05).abs() < 0.045, "{found:?}");
    }

    #[test]
    fn what_is_no_study_is_refused() {
        assert!(Study { people: 0, ..STUDY }.simulate(0.05, 5, 0).is_err());
        assert!(Study { joining: 1.0, ..STUDY }.simulate(0.05, 5, 0).is_err());
        assert!(Study { exits: f64::NAN, ..STUDY }.simulate(0.05, 5, 0).is_err());
        assert!(Study { other_exits: -1.0, ..STUDY }.simulate(0.05, 5, 0).is_err());
        assert!(STUDY.simulate(0.05, 0, 0).is_err());
        assert!(STUDY.simulate(1.0, 5, 0).is_err());
        // Two people leave too seldom for any model.
        let tiny = Study { people: 2, exits: 1e-6, ..STUDY };
        assert_eq!(tiny.simulate(0.05, 5, 0), Err(Error::NotConverged { what: "any run of the study" }));
        assert!(Study { other_exits: 0.0, longest_tenure: 0, ..STUDY }.simulate(0.05, 5, 0).is_ok());
    }
}
