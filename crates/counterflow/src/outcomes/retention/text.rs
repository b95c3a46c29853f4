//! The report as people read it: what was asked and whether it can be known stand before what was found.

use askama::Template;
use counterflow_statistics::report::{Absence, Caveat, Number, Report, Section};

use super::{Outcome, files::Files};

#[derive(Template)]
#[template(path = "outcomes/retention/report.txt")]
pub(super) struct Text<'a> {
    pub report: &'a Report,
    pub files: &'a Files,
}

/// What can be said in one sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Too few have left to say anything.
    TooEarly,
    /// Those who joined stayed longer.
    Longer,
    /// They left sooner.
    Sooner,
    /// What was seen fits with no difference, and with others.
    Open,
}

/// How alike two groups are in one respect.
struct Alike<'a> {
    name: &'a str,
    before: Option<f64>,
    after: Option<f64>,
}

impl Text<'_> {
    fn number(&self, name: &str) -> Option<&Number> {
        self.report.number(name)
    }

    /// Where hazards are not proportional the days lead, because the ratio is an average then.
    fn verdict(&self) -> Verdict {
        let leads = if self.is_average() { "days_kept" } else { "hazard_ratio" };
        let Some(number) = self.number(leads) else { return Verdict::TooEarly };
        let nothing = if self.is_average() { 0.0 } else { 1.0 };
        match number.value() {
            Err(_) => Verdict::TooEarly,
            Ok(_) if number.caveats().contains(&Caveat::HoldsNoDifference) => Verdict::Open,
            Ok(value) if (value < nothing) != self.is_average() => Verdict::Longer,
            Ok(_) => Verdict::Sooner,
        }
    }

    fn is_average(&self) -> bool {
        self.number("hazard_ratio").is_some_and(|number| number.caveats().contains(&Caveat::AverageOfChangingHazards))
    }

    fn has_few_events(&self) -> bool {
        self.number("hazard_ratio").is_some_and(|number| number.caveats().contains(&Caveat::FewEventsPerTerm))
    }

    /// The days for which shares are shown.
    fn days(&self) -> Vec<(&'static str, &'static str)> {
        let shown = |day: &str| self.number(&format!("stayed.joined.{day}")).is_some();
        [("183", "6"), ("365", "12"), ("730", "24")].into_iter().filter(|(day, _)| shown(day)).collect()
    }

    fn of(&self, figure: &str, day: &str) -> Option<&Number> {
        self.number(&format!("stayed.{figure}.{day}"))
    }

    fn balance(&self) -> Vec<Alike<'_>> {
        let names = self.report.numbers().filter(|(section, _)| *section == Section::Balance);
        let names = names.filter_map(|(_, number)| number.name().strip_prefix("difference.before."));
        let value = |when: &str, name: &str| self.number(&format!("difference.{when}.{name}"))?.value().ok();
        names.map(|name| Alike { name, before: value("before", name), after: value("after", name) }).collect()
    }
}

/// Without a sign before a zero.
fn unsigned_zero(text: String) -> String {
    if text.contains(|digit: char| ('1'..='9').contains(&digit)) { text } else { text.replace('-', "") }
}

/// A share as a percentage.
fn percent(share: &f64) -> String {
    unsigned_zero(format!("{:.0}", share * 100.0))
}

/// With so many decimals as a reader needs: none from 10 on, two below.
fn short(value: &f64) -> String {
    unsigned_zero(if value.abs() >= 10.0 { format!("{value:.0}") } else { format!("{value:.2}") })
}

fn days(value: &f64) -> String {
    unsigned_zero(format!("{value:.0}"))
}

/// In thousands, with commas.
fn count(value: &f64) -> String {
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
