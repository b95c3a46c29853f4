//! Other choices, and what they would say.

use super::{
    Work,
    cohort::Cohort,
    model::{Model, Rows},
};
use crate::{
    design::{Leaving, Person, Stretch},
    error::Error,
    report::{Number, Report, Section},
    sensitivity::{Effect, e_value},
    survival::SurvivalData,
};

/// Days after the start of the study on which people are sorted by whether they had joined.
const LANDMARKS: [i64; 2] = [90, 180];

impl Work<'_> {
    pub(super) fn robustness(&self, report: &mut Report, kept: &Cohort, main: Option<&Model>) -> Result<(), Error> {
        self.unmeasured(report, main);
        let days = kept.days_kept().map(|found| (found.difference.estimate, found.difference.limits));
        let number = self.show.effect(
            "days_kept.comparators_kept".to_owned(),
            ("days", "the same, comparators who join later seen to the end"),
            days,
            0.0,
            (kept.n(), kept.events()),
        );
        report.add(Section::Robustness, number);
        for after in LANDMARKS {
            let found = self.landmark(self.inquiry.start + after);
            report.add(
                Section::Robustness,
                self.ratio(&format!("hazard_ratio.landmark.{after}"), found.as_ref().map_err(|error| *error), false),
            );
        }
        let placebo = self.placebo();
        let placebo = placebo.and_then(|people| self.model(&self.trial.split_at_exposure(&people)?, &people));
        report.add(
            Section::Robustness,
            self.ratio("hazard_ratio.placebo", placebo.as_ref().map_err(|error| *error), false),
        );
        let other = self.other_exits();
        report.add(
            Section::Robustness,
            self.ratio("hazard_ratio.other_exits", other.as_ref().map_err(|error| *error), false),
        );
        self.leave_one_out(report);
        Ok(())
    }

    /// How strong something unmeasured would have to be.
    fn unmeasured(&self, report: &mut Report, main: Option<&Model>) {
        let found = main.ok_or(Error::NotEnoughEvents { have: 0, need: 1 }).and_then(|model| {
            let common = model.events.iter().sum::<u64>() as f64 > 0.15 * self.people.len() as f64;
            let kind = if common { Effect::CommonHazardRatio } else { Effect::RiskRatio };
            e_value(kind(model.ratio.hazard_ratio), model.ratio.limits)
        });
        let n = main.map_or(0, |model| model.people);
        let method = "VanderWeele and Ding 2017";
        for (name, value) in [("e_value", found.map(|e| e.estimate)), ("e_value.limit", found.map(|e| e.limit))] {
            report.add(Section::Robustness, Number::diagnostic(name, "risk ratio", value, method, n));
        }
    }

    /// Those who were there on a day, by whether they had joined.
    fn landmark(&self, day: i64) -> Result<Model, Error> {
        let found: Vec<_> = self.trial.landmark(self.people, day)?.into_iter().filter(|row| row.time > 0.0).collect();
        let time = found.iter().map(|row| row.time).collect();
        let event: Vec<bool> = found.iter().map(|row| row.event).collect();
        let rows = Rows {
            data: SurvivalData::right_censored(time, event.clone())?,
            person: found.iter().map(|row| row.person).collect(),
            exposed: found.iter().map(|row| row.exposed).collect(),
            event,
        };
        let people = rows.person.len();
        Model::of_rows(self, rows, people)
    }

    /// People in whom joining cannot have done anything: on each day on which somebody joined, somebody else who was there
    /// and had not is taken for them, and nobody is watched after really joining. The ratio should be 1.
    fn placebo(&self) -> Result<Vec<Person>, Error> {
        let mut people: Vec<Person> = self.people.to_vec();
        for person in &mut people {
            if let Some(joined) = person.joined.take()
                && person.left.is_none_or(|left| left.day > joined)
            {
                person.left = Some(Leaving { day: joined, outcome: false });
            }
        }
        let mut days: Vec<i64> = self.people.iter().filter_map(|person| person.joined).collect();
        days.retain(|day| (self.inquiry.start..self.inquiry.end).contains(day));
        days.sort_unstable();
        let mut draws = Draws(self.inquiry.seed);
        for day in days {
            let there: Vec<usize> = (0..people.len())
                .filter(|&place| {
                    let person = &people[place];
                    person.joined.is_none()
                        && person.hired.max(self.inquiry.start) < day
                        && person.left.is_none_or(|left| left.day > day)
                })
                .collect();
            if let Some(&chosen) = there.get(draws.below(there.len())) {
                people[chosen].joined = Some(day);
            }
        }
        Ok(people)
    }

    /// The exits that nobody chose, which mentoring should hardly move.
    fn other_exits(&self) -> Result<Model, Error> {
        let turned: Vec<Person> = self
            .people
            .iter()
            .map(|person| Person {
                left: person.left.map(|left| Leaving { outcome: !left.outcome, ..left }),
                ..*person
            })
            .collect();
        self.model(&self.trial.split_at_exposure(&turned)?, &turned)
    }

    /// The lowest and the highest ratio when one unit at a time is left out.
    fn leave_one_out(&self, report: &mut Report) {
        let mut ratios: Vec<Model> = Vec::new();
        let mut units = self.units.clone().unwrap_or_default();
        units.sort_unstable();
        units.dedup();
        if units.len() < 3 {
            return;
        }
        for unit in units {
            let stays = |stretch: &&Stretch| self.units.as_ref().is_some_and(|units| units[stretch.person] != unit);
            let stretches: Vec<Stretch> = self.stretches.iter().filter(stays).copied().collect();
            let people = self.units.iter().flatten().filter(|one| **one != unit).count();
            ratios.extend(Model::fit(self, &stretches, people));
        }
        ratios.sort_by(|one, two| one.ratio.hazard_ratio.total_cmp(&two.ratio.hazard_ratio));
        for (name, model) in [("lowest", ratios.first()), ("highest", ratios.last())] {
            let model = model.ok_or(Error::NotEnoughEvents { have: 0, need: 1 });
            report.add(Section::Robustness, self.ratio(&format!("hazard_ratio.without_a_unit.{name}"), model, false));
        }
    }
}

/// Numbers without pattern that follow from a seed: `SplitMix64` (Steele, Lea and Flood 2014).
struct Draws(u64);

impl Draws {
    /// A number from 0 to below `end`; 0 if that is 0. Its bias is below one in 2^40 for any staff.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((u128::from(bits ^ (bits >> 31)) * end as u128) >> 64) as usize
    }
}
