//! Did people who joined stay longer? The whole analysis of a staff list: who, when, compared with whom, how sure, how
//! robust, and what of it may be shown.
//!
//! The clock of each comparison starts on the day of joining, never before ([`crate::design`]). Three views of the same
//! people: matched sets, of which the curves, the shares and the days come; a Cox model in which exposure begins with
//! joining, of which the hazard ratio comes; and landmarks. They should agree; where hazards are not proportional the days
//! lead, and the ratio is an average.
//!
//! What comes out is a [`Report`] in which every number is one that may be shown: small groups, single leavers and models
//! on few events are not in it (OpenSAFELY's rules for rounding; [`crate::disclosure`] for the thresholds).
//!
//! ```
//! use counterflow_statistics::{power::simulation::Study, report::Question, retention::{Inquiry, Staff, analyze}};
//! let study = Study { people: 800, days: 1_096, longest_tenure: 3_000, joining: 0.4, exits: 0.2, other_exits: 0.05, hazard_ratio: 0.7 };
//! let people = study.panel(7, 0)?;
//! let report = analyze(&Inquiry::new(Question::default(), 0, 1_096, 365), &Staff::new(&people))?;
//! let ratio = report.number("hazard_ratio").and_then(|number| number.value().ok()).unwrap();
//! assert!((0.5..1.0).contains(&ratio), "{ratio}");
//! # Ok::<(), counterflow_statistics::Error>(())
//! ```

mod balance;
mod cohort;
mod covariate;
mod model;
mod robustness;
mod show;

pub use covariate::{Column, Covariate};

use crate::{
    Interval,
    design::{Comparators, Person, RiskSetMatch, RiskSetOptions, Stretch, TargetTrial},
    disclosure::Policy,
    error::Error,
    matching::{Covariates, PropensityModel},
    power::events::{power, smallest_hazard_ratio},
    rates::Rate,
    report::{Caveat, Number, Question, Report, Section},
};
use cohort::{Arm, Cohort};
use model::Model;
use show::Show;

/// By how many days the tenures of two may differ who are compared: a year, because risks change over the first ones.
pub const TENURE_WITHIN: i64 = 365;
/// Which share of the standard deviation of the logit two may be apart (Austin 2011).
const CALIPER: f64 = 0.2;
/// A p-value of the test of proportional hazards below which the hazard ratio is an average.
const CHANGES: f64 = 0.05;
/// After so many days shares are shown: 6, 12 and 24 months.
const MONTHS: [i64; 3] = [183, 365, 730];
/// The power for which the smallest effect that can be seen is stated.
const POWER: f64 = 0.8;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Inquiry {
    /// In words, for the report.
    pub question: Question,
    /// The first day of the study.
    pub start: i64,
    /// The last day of which the data know.
    pub end: i64,
    /// For how many days people are watched after joining.
    pub horizon: i64,
    /// The level of intervals.
    pub level: f64,
    /// Of the placebo.
    pub seed: u64,
    /// What may be shown.
    pub policy: Policy,
}

impl Inquiry {
    /// With intervals of 95 % and the default policy.
    #[must_use]
    pub fn new(question: Question, start: i64, end: i64, horizon: i64) -> Self {
        Self { question, start, end, horizon, level: 0.95, seed: 20_260_101, policy: Policy::default() }
    }
}

/// Of whom.
#[derive(Debug, Clone)]
pub struct Staff<'a> {
    /// Their dates. [`crate::design::Leaving::outcome`] says whether they left in the way that is asked about.
    pub people: &'a [Person],
    /// What was known of them and may have moved both joining and leaving.
    pub covariates: Vec<Covariate>,
    /// The unit of each: compared are people of the same one, and the model has a baseline for each.
    pub units: Option<&'a [String]>,
}

impl<'a> Staff<'a> {
    /// Of whom nothing is known but their dates.
    #[must_use]
    pub fn new(people: &'a [Person]) -> Self {
        Self { people, covariates: Vec::new(), units: None }
    }

    fn check(&self) -> Result<(), Error> {
        let need = self.people.len();
        let lengths = self.covariates.iter().map(|covariate| ("covariate", covariate.len()));
        let mut lengths = lengths.chain(self.units.map(|units| ("units", units.len())));
        lengths.find(|(_, have)| *have != need).map_or(Ok(()), |(what, have)| Err(Error::Lengths { what, have, need }))
    }
}

/// What every part of the analysis works with.
struct Work<'a> {
    inquiry: &'a Inquiry,
    people: &'a [Person],
    trial: TargetTrial,
    stretches: Vec<Stretch>,
    /// Numbers of each person, for models.
    columns: Vec<(String, Vec<f64>)>,
    /// The unit of each, by number.
    units: Option<Vec<u64>>,
    show: Show,
}

/// Answers the question.
///
/// # Errors
/// [`Error::Lengths`] unless there is a covariate and a unit for each person, [`Error::OutOfRange`] for days out of order,
/// a horizon that is not above 0, or a level, [`Error::Empty`] if nobody joined while being watched. What is not defined
/// for these data is a number of the report without a value.
pub fn analyze(inquiry: &Inquiry, staff: &Staff<'_>) -> Result<Report, Error> {
    staff.check()?;
    let work = Work::new(inquiry, staff)?;
    if !work.stretches.iter().any(|stretch| stretch.exposed) {
        return Err(Error::Empty { what: "joiners" });
    }
    let (matched, propensity) = work.matched()?;
    let both = Cohort::new(&work, &matched, Comparators::SetCensoredAtJoining)?;
    let kept = Cohort::new(&work, &matched, Comparators::Kept)?;
    let main = work.model(&work.stretches, work.people);
    let mut report = Report::new(inquiry.question.clone());
    work.power(&mut report)?;
    work.flow(&mut report, &matched)?;
    work.retention(&mut report, &both, main.as_ref().map_err(|error| *error))?;
    work.balance(&mut report, &matched, propensity.as_ref())?;
    work.robustness(&mut report, &kept, main.as_ref().ok())?;
    Ok(report.coarsened(inquiry.policy.rounding()))
}

impl<'a> Work<'a> {
    fn new(inquiry: &'a Inquiry, staff: &Staff<'a>) -> Result<Self, Error> {
        let Question { population, time_zero, exposure, comparator, outcome, .. } = inquiry.question.clone();
        let trial = TargetTrial {
            eligibility: population,
            time_zero,
            exposure,
            comparator,
            outcome,
            start: inquiry.start,
            end: inquiry.end,
            horizon: inquiry.horizon,
        };
        let stretches = trial.split_at_exposure(staff.people)?;
        let mut seen = vec![false; staff.people.len()];
        stretches.iter().for_each(|stretch| seen[stretch.person] = true);
        Ok(Self {
            show: Show::new(inquiry.policy, inquiry.level),
            columns: staff.covariates.iter().flat_map(|one| one.columns(&seen, &inquiry.policy)).collect(),
            units: staff.units.map(covariate::numbered),
            people: staff.people,
            inquiry,
            trial,
            stretches,
        })
    }

    /// Each joiner with the one who is most like them, of the same unit and about the same tenure.
    fn matched(&self) -> Result<(RiskSetMatch, Option<PropensityModel>), Error> {
        let joined: Vec<bool> = self.people.iter().map(|person| person.joined.is_some()).collect();
        // Without a model, because nothing is known or because what is known tells joiners and others apart for sure, the
        // nearest tenure decides.
        let known = Covariates::new(self.columns.iter().cloned());
        let model = known.and_then(|known| PropensityModel::fit(&known, &joined)).ok();
        let spread = model.as_ref().map(|model| CALIPER * model.sd_logit()).filter(|caliper| *caliper > 0.0);
        let options = RiskSetOptions {
            tenure_within: TENURE_WITHIN,
            exact_on: self.units.as_deref(),
            distance: model.as_ref().map(|model| model.logit.as_slice()),
            caliper: spread,
            ratio: 1,
        };
        Ok((self.trial.risk_set_match(self.people, &options)?, model))
    }

    fn model(&self, stretches: &[Stretch], people: &[Person]) -> Result<Model, Error> {
        Model::fit(self, stretches, people.len())
    }

    /// Exits in the time after joining, and in that before or without it.
    fn events(&self) -> [u64; 2] {
        [true, false].map(|exposed| {
            self.stretches.iter().filter(|stretch| stretch.event && stretch.exposed == exposed).count() as u64
        })
    }

    fn years(&self) -> [f64; 2] {
        [true, false]
            .map(|exposed| self.stretches.iter().filter(|stretch| stretch.exposed == exposed).map(Stretch::years).sum())
    }

    /// Can we know?
    fn power(&self, report: &mut Report) -> Result<(), Error> {
        let (events, years) = (self.events(), self.years());
        let all = (events[0] + events[1]) as f64;
        let exposed = years[0] / (years[0] + years[1]);
        let smallest = smallest_hazard_ratio(exposed, all, POWER, 0.05);
        let n = self.stretches.len() as u64;
        report.add(
            Section::Power,
            Number::diagnostic("smallest_hazard_ratio", "ratio", smallest, "Schoenfeld 1981, power 0.8", n),
        );
        let seen = power(0.7, exposed, all, 0.05);
        report.add(
            Section::Power,
            Number::diagnostic("power_at_0.7", "probability", seen, "Schoenfeld 1981, hazard ratio 0.7", n),
        );
        let years = Number::description("years_watched", "years", Ok((years[0] + years[1]).round()), "sum", n);
        report.add(Section::Power, years);
        Ok(())
    }

    /// From the list to those who are compared.
    fn flow(&self, report: &mut Report, matched: &RiskSetMatch) -> Result<(), Error> {
        let mut persons: Vec<usize> = self.stretches.iter().map(|stretch| stretch.person).collect();
        persons.dedup();
        let joined = self.stretches.iter().filter(|stretch| stretch.exposed).count();
        let other = persons.iter().filter(|&&place| self.other_exit(place).is_some()).count();
        let [after, before] = self.events();
        for (name, count) in [
            ("on_the_list", self.people.len()),
            ("watched", persons.len()),
            ("joined", joined),
            ("compared", matched.sets.len()),
            ("without_comparator", matched.dropped.len()),
            ("left_after_joining", after as usize),
            ("left_without_joining", before as usize),
            ("left_otherwise", other),
        ] {
            report.add(Section::Flow, self.show.count(name, count as u64));
        }
        let years = self.years();
        for (name, exits, years) in
            [("exits_after_joining", after, years[0]), ("exits_without_joining", before, years[1])]
        {
            let rate = Rate::new(exits, years / 100.0)?;
            let number = Number::description(name, "per 100 person-years", Ok(rate.estimate()), "Garwood 1936", exits);
            report.add(Section::Flow, number.within(rate.garwood(self.inquiry.level)?, self.inquiry.level));
        }
        Ok(())
    }

    /// Who stayed.
    fn retention(&self, report: &mut Report, cohort: &Cohort, main: Result<&Model, Error>) -> Result<(), Error> {
        let days: Vec<i64> = MONTHS.into_iter().filter(|day| *day as f64 <= cohort.tau()).collect();
        report.add(
            Section::Retention,
            Number::description("horizon", "days", Ok(cohort.tau()), "both groups are watched so long", cohort.n()),
        );
        for day in days {
            for (arm, name) in [(Arm::Joined, "joined"), (Arm::Comparators, "comparators")] {
                report.add(Section::Retention, self.show.retained(&format!("stayed.{name}.{day}"), cohort, arm, day));
            }
            let difference = self.show.effect(
                format!("stayed.difference.{day}"),
                ("share", "Kaplan-Meier, matched sets, Greenwood"),
                cohort.difference(day),
                0.0,
                (cohort.n(), cohort.events()),
            );
            report.add(Section::Retention, difference);
        }
        let average = main.is_ok_and(|model| model.changes(CHANGES));
        let days = cohort.days_kept();
        let number = self.show.effect(
            "days_kept".to_owned(),
            ("days", "restricted mean survival time, matched sets; Royston and Parmar 2013"),
            days.map(|found| (found.difference.estimate, found.difference.limits)),
            0.0,
            (cohort.n(), cohort.events()),
        );
        report.add(Section::Retention, days.map_or(number.clone(), |found| number.tested(found.p)));
        report.add(Section::Retention, self.ratio("hazard_ratio", main, average));
        let steady = main.and_then(|model| model.proportional.ok_or(Error::NotConverged { what: "test" }));
        report.add(
            Section::Retention,
            Number::diagnostic("proportional_hazards", "p", steady, "Grambsch and Therneau 1994, score test", 0),
        );
        report.add(
            Section::Retention,
            Number::diagnostic("log_rank", "p", cohort.log_rank(), "log-rank, matched sets, secondary", cohort.n()),
        );
        for (arm, name) in [(Arm::Joined, "joined"), (Arm::Comparators, "comparators")] {
            for (cause, kind) in [(cohort::OUTCOME, "exit"), (cohort::OTHER, "other_exit")] {
                let name = format!("incidence.{kind}.{name}");
                report.add(Section::Retention, self.show.incidence(&name, cohort, arm, cause));
            }
        }
        Ok(())
    }

    /// A hazard ratio with what has to be known of it.
    fn ratio(&self, name: &str, model: Result<&Model, Error>, is_average: bool) -> Number {
        let events = model.map_or([0, 0], |model| model.events);
        let estimate = model.map(|model| (model.ratio.hazard_ratio, model.ratio.limits));
        let method = "Cox 1972, Efron, exposure from joining on, robust variance by person";
        let people = model.map_or(0, |model| model.people);
        let number = self.show.effect(name.to_owned(), ("ratio", method), estimate, 1.0, (people, events));
        let number = model.map_or(number.clone(), |model| number.tested(model.ratio.p));
        let few = model.is_ok_and(|model| model.few_events);
        let number = if few { number.with(Caveat::FewEventsPerTerm) } else { number };
        if is_average { number.with(Caveat::AverageOfChangingHazards) } else { number }
    }

    /// The day on which somebody who is watched left in another way than the one that is asked about.
    fn other_exit(&self, place: usize) -> Option<i64> {
        let left = self.people[place].left.filter(|left| !left.outcome && left.day <= self.inquiry.end)?;
        Some(left.day)
    }
}

/// Whether an interval holds a value.
fn holds(interval: Interval, value: f64) -> bool {
    (interval.lower..=interval.upper).contains(&value)
}
