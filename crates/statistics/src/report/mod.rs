//! The report as a document: JSON in which no number stands alone. Each has its interval, method, number of people and
//! caveats, or says why it is missing. `schema/report-1.json` describes it; a change that a reader of version 1 would
//! misread makes version 2.
//!
//! Sections come in one order whatever the order in which figures are added: what was asked and whether it can be known
//! stand before what was found.
//!
//! ```
//! use counterflow_statistics::{proportion::wilson, report::{Number, Question, Report, Section}};
//! let mut report = Report::new(Question { outcome: "voluntary exit".into(), horizon_days: 365, ..Question::default() });
//! let share = Number::description("answered", "share", Ok(0.75), "Wilson 1927", 80).within(wilson(60, 80, 0.95)?, 0.95);
//! report.add(Section::Experience, share);
//! assert!(report.to_json().starts_with(r#"{"schema":"counterflow-report","version":1,"#));
//! # Ok::<(), counterflow_statistics::Error>(())
//! ```

mod json;
mod number;

use std::collections::BTreeMap;

use json::Json;
pub use number::{Absence, Caveat, LEAST_EVENTS, Number, Role};

/// The version of the document.
pub const VERSION: u64 = 1;

/// The parts of a report, in the order in which it shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Can we know? Planned and achieved power.
    Power,
    /// From those who were eligible to those who completed.
    Flow,
    /// Who stayed.
    Retention,
    /// How alike the groups are that are compared.
    Balance,
    /// Other choices, and what they would say.
    Robustness,
    /// Changes of skill.
    Learning,
    /// Answers and scores, and who did not answer.
    Experience,
    /// Participation, meetings, goals.
    Process,
    /// What it may have saved, as a range.
    Return,
}

impl Section {
    const ALL: [Self; 9] = [
        Self::Power,
        Self::Flow,
        Self::Retention,
        Self::Balance,
        Self::Robustness,
        Self::Learning,
        Self::Experience,
        Self::Process,
        Self::Return,
    ];

    fn code(self) -> &'static str {
        match self {
            Self::Power => "power",
            Self::Flow => "flow",
            Self::Retention => "retention",
            Self::Balance => "balance",
            Self::Robustness => "robustness",
            Self::Learning => "learning",
            Self::Experience => "experience",
            Self::Process => "process",
            Self::Return => "return",
        }
    }
}

/// What is asked, in the words of whoever asks it: the estimand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// Who could take part.
    pub population: String,
    /// What joining means, in which program, as mentor or mentee.
    pub exposure: String,
    /// Who they are compared with.
    pub comparator: String,
    /// From when on both are watched.
    pub time_zero: String,
    /// What happens or does not.
    pub outcome: String,
    /// How long they are watched.
    pub horizon_days: u64,
    /// The plan that was made before the data were seen, if one was.
    pub plan: Option<Plan>,
}

/// A plan that was made before the data were seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// When, as `2026-05-31`.
    pub made_on: String,
    /// What it said, as a hash.
    pub hash: String,
}

/// How the numbers came about, so that they can be had again.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Provenance {
    /// The data, as a hash.
    pub data_hash: Option<String>,
    /// Of whatever was drawn at random.
    pub seed: Option<u64>,
}

/// A report: a question and numbers in sections.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    question: Question,
    provenance: Provenance,
    sections: BTreeMap<Section, Vec<Number>>,
}

impl Report {
    /// A report without numbers.
    #[must_use]
    pub fn new(question: Question) -> Self {
        Self { question, provenance: Provenance::default(), sections: BTreeMap::new() }
    }

    /// How its numbers came about.
    #[must_use]
    pub fn from(self, provenance: Provenance) -> Self {
        Self { provenance, ..self }
    }

    /// Adds a number at the end of a section. Where no plan was made before the data, every effect is exploratory.
    pub fn add(&mut self, section: Section, number: Number) {
        let number =
            if self.question.plan.is_none() && number.is_effect() { number.with(Caveat::Exploratory) } else { number };
        self.sections.entry(section).or_default().push(number);
    }

    /// Its numbers by section, in the order of the document.
    pub fn numbers(&self) -> impl Iterator<Item = (Section, &Number)> {
        self.sections.iter().flat_map(|(section, numbers)| numbers.iter().map(|number| (*section, number)))
    }

    /// The numbers that keep what `release` allows: the others are withheld in their place, so that a reader sees that
    /// something is.
    #[must_use]
    pub fn released(self, release: impl Fn(Section, &Number) -> bool) -> Self {
        let keep = |section, number: Number| if release(section, &number) { number } else { number.withheld() };
        let kept = |(section, numbers): (Section, Vec<Number>)| {
            (section, numbers.into_iter().map(|number| keep(section, number)).collect())
        };
        Self { sections: self.sections.into_iter().map(kept).collect(), ..self }
    }

    /// The first number of that name.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<&Number> {
        self.numbers().map(|(_, number)| number).find(|number| number.name() == name)
    }

    /// With numbers of people and events as multiples of `rounding`, so that no two of them tell of a few by their
    /// difference.
    #[must_use]
    pub fn coarsened(self, rounding: u64) -> Self {
        let coarser = |(section, numbers): (Section, Vec<Number>)| {
            (section, numbers.into_iter().map(|number| number.coarsened(rounding)).collect())
        };
        Self { sections: self.sections.into_iter().map(coarser).collect(), ..self }
    }

    /// What is asked.
    #[must_use]
    pub fn question(&self) -> &Question {
        &self.question
    }

    /// The document.
    #[must_use]
    pub fn to_json(&self) -> String {
        let section = |section: &Section| {
            let numbers = self.sections.get(section).into_iter().flatten().map(Number::json).collect();
            Json::Object(vec![("section", Json::text(section.code())), ("numbers", Json::List(numbers))])
        };
        let document = Json::Object(vec![
            ("schema", Json::text("counterflow-report")),
            ("version", Json::Count(VERSION)),
            ("question", self.question.json()),
            ("provenance", self.provenance.json()),
            ("sections", Json::List(Section::ALL.iter().map(section).collect())),
        ]);
        document.to_string()
    }
}

impl Question {
    fn json(&self) -> Json {
        let plan =
            |plan: &Plan| Json::Object(vec![("made_on", Json::text(&plan.made_on)), ("hash", Json::text(&plan.hash))]);
        Json::Object(vec![
            ("population", Json::text(&self.population)),
            ("exposure", Json::text(&self.exposure)),
            ("comparator", Json::text(&self.comparator)),
            ("time_zero", Json::text(&self.time_zero)),
            ("outcome", Json::text(&self.outcome)),
            ("horizon_days", Json::Count(self.horizon_days)),
            ("plan", Json::maybe(self.plan.as_ref(), plan)),
        ])
    }
}

impl Provenance {
    fn json(&self) -> Json {
        Json::Object(vec![
            ("library", Json::text(concat!("statistics ", env!("CARGO_PKG_VERSION")))),
            ("data_hash", Json::maybe(self.data_hash.as_ref(), Json::text)),
            // As text, because many readers of JSON round whole numbers above 2^53.
            ("seed", Json::maybe(self.seed, |seed| Json::text(seed.to_string()))),
        ])
    }
}
