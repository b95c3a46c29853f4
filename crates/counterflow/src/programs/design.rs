//! The design of a round: its own plan, and the plan that all rounds of its program share. Read from a form, compared
//! with what is stored, saved without overwriting what somebody else changed in the meantime.

use std::ops::RangeInclusive;

use super::{
    AskingOrder, Dates, Program, Round, Stage, changes, dates::written, limits, store, template::Topic, topics,
};
use crate::kernel::{
    clock::Day,
    db::Tx,
    error::Answer,
    form::{Check, Fields, Problem, Problems},
    guard::{Access, ByServer},
    ids::RoundId,
};

/// Whether both sign before they meet.
const GATES: [&str; 2] = ["required", "advised"];

/// What belongs to one round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoundPlan {
    /// As people know it.
    pub name: String,
    /// Its days.
    pub dates: Dates,
    /// How many meetings each pair should have.
    pub meetings: i64,
    /// Days from one meeting to the next.
    pub rhythm_days: i64,
    /// Length of a meeting in minutes.
    pub meeting_minutes: i64,
    /// Who is asked first.
    pub asking_order: AskingOrder,
    /// Days to answer a proposal.
    pub answer_days: i64,
    /// `required` or `advised`.
    pub agreement_gate: String,
    /// The smallest number of people about whom an answer is shown.
    pub minimum_reporting_size: i64,
}

/// What all rounds of a program share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramPlan {
    /// What should be different afterwards.
    pub objective: String,
    /// What can be offered and wanted.
    pub topics: Vec<Topic>,
}

/// Both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Design {
    /// The round's.
    pub round: RoundPlan,
    /// The program's.
    pub program: ProgramPlan,
}

/// The versions that somebody saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// [`Round::version`].
    pub round: i64,
    /// [`Program::version`].
    pub program: i64,
}

/// How round and program stand, as far as it decides what may be changed.
#[derive(Debug)]
pub struct Standing {
    /// The round.
    pub round: Round,
    /// Its program.
    pub program: Program,
    /// The names of the program's other rounds.
    pub taken: Vec<String>,
    /// Whether a round of the program is asking people for topics now.
    pub topics_are_asked: bool,
}

impl Standing {
    /// Reads it so that nobody else changes it before the end of the transaction.
    ///
    /// # Errors
    /// [`crate::kernel::error::Error::NotFound`], or when the database fails.
    pub async fn lock(tx: &mut Tx, access: &Access<RoundId>) -> Answer<Self> {
        let program = store::round(tx, access).await?.program_id;
        tx.lock(program).await?;
        tx.lock(access.id).await?;
        Self::read(tx, access).await
    }

    /// Reads it.
    ///
    /// # Errors
    /// [`crate::kernel::error::Error::NotFound`], or when the database fails.
    pub async fn read(tx: &mut Tx, access: &Access<RoundId>) -> Answer<Self> {
        let round = store::round(tx, access).await?;
        let program = store::program_of(tx, &round).await?;
        let rounds = store::rounds(tx, &ByServer(program.id)).await?;
        let topics_are_asked = rounds.iter().any(|round| round.stage.asks_for_topics());
        let taken = rounds.into_iter().filter(|other| other.id != round.id).map(|other| other.name).collect();
        Ok(Self { round, program, taken, topics_are_asked })
    }

    /// What is stored.
    #[must_use]
    pub fn design(&self) -> Design {
        let (round, program) = (&self.round, &self.program);
        Design {
            round: RoundPlan {
                name: round.name.clone(),
                dates: round.dates(),
                meetings: round.meetings,
                rhythm_days: round.rhythm_days,
                meeting_minutes: round.meeting_minutes,
                asking_order: round.asking_order,
                answer_days: round.answer_days,
                agreement_gate: round.agreement_gate.clone(),
                minimum_reporting_size: round.minimum_reporting_size,
            },
            program: ProgramPlan { objective: program.design.objective.clone(), topics: program.design.topics.clone() },
        }
    }

    /// The versions of what is stored.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen { round: self.round.version, program: self.program.version }
    }

    /// The reporting sizes that are possible now: free at first, only to be raised once people were asked, and fixed
    /// from the launch on, because everybody who answers was told.
    #[must_use]
    pub fn reporting_sizes(&self) -> RangeInclusive<i64> {
        let now = self.round.minimum_reporting_size;
        match self.round.stage {
            Stage::Design => limits::REPORTING_SIZE,
            Stage::Enroll | Stage::Match => now..=*limits::REPORTING_SIZE.end(),
            _ => now..=now,
        }
    }
}

impl Design {
    /// For the fields of a form; the topics have fields of their own ([`topics::fill`]).
    #[must_use]
    pub fn fields(&self) -> Fields {
        let round = &self.round;
        let mut fields = Fields::filled([
            ("name", round.name.clone()),
            ("meetings", round.meetings.to_string()),
            ("rhythm_days", round.rhythm_days.to_string()),
            ("meeting_minutes", round.meeting_minutes.to_string()),
            ("asking_order", round.asking_order.to_string()),
            ("answer_days", round.answer_days.to_string()),
            ("agreement_gate", round.agreement_gate.clone()),
            ("minimum_reporting_size", round.minimum_reporting_size.to_string()),
            ("objective", self.program.objective.clone()),
        ]);
        round.dates.fields().into_iter().for_each(|(name, value)| fields.push(name, value));
        fields
    }

    /// Reads what was typed.
    ///
    /// # Errors
    /// Every problem.
    pub fn read(fields: &Fields, standing: &Standing, today: Day) -> Result<(Self, Seen), Problems> {
        let mut check = fields.check();
        let seen = read_seen(&mut check);
        let round = read_round(&mut check, fields, standing, today);
        let objective = check.text("objective", 2000);
        let topics = topics::read(&mut check, fields, standing);
        check.done(|| {
            let program = ProgramPlan { objective: objective?, topics: topics? };
            Some((Self { round: round?, program }, seen?))
        })
    }

    /// A note for each answer that differs from what is stored, for somebody whose change came too late.
    #[must_use]
    pub fn differences(&self, stored: &Self) -> Problems {
        let (mine, theirs) = (self.fields(), stored.fields());
        let differing = mine.iter().filter(|(name, value)| theirs.get(name) != *value);
        let topics = (self.program.topics != stored.program.topics).then(|| {
            let names: Vec<_> = stored.program.topics.iter().map(|topic| topic.name.as_str()).collect();
            stored_now("topics", names.join(", "))
        });
        differing.map(|(name, _)| stored_as(name, theirs.get(name))).chain(topics).collect()
    }
}

/// What is stored under a name, as people write it.
fn stored_as(name: &str, value: &str) -> Problem {
    if matches!(name, "asking_order" | "agreement_gate") {
        return Problem { field: name.to_owned(), key: "stored_differently", data: Vec::new() };
    }
    stored_now(name, value.parse().map_or_else(|_| value.to_owned(), written))
}

fn stored_now(name: &str, value: String) -> Problem {
    Problem { field: name.to_owned(), key: "stored_now", data: vec![("value", value)] }
}

fn read_seen(check: &mut Check<'_>) -> Option<Seen> {
    let (round, program) = (check.number("round_version", 0, i64::MAX), check.number("program_version", 0, i64::MAX));
    Some(Seen { round: round?, program: program? })
}

fn read_round(check: &mut Check<'_>, fields: &Fields, standing: &Standing, today: Day) -> Option<RoundPlan> {
    let name = check.text("name", 60);
    if name.as_ref().is_some_and(|name| standing.taken.contains(name)) {
        check.problem("name", "taken", Vec::new());
    }
    // Once people register, the last day may have passed.
    let not_before = (standing.round.stage == Stage::Design).then_some(today);
    let dates = Dates::read(check, not_before);
    let meetings = number(check, "meetings", &limits::MEETINGS);
    let rhythm_days = number(check, "rhythm_days", &limits::RHYTHM_DAYS);
    let meeting_minutes = number(check, "meeting_minutes", &limits::MEETING_MINUTES);
    let asking_order = check.choice("asking_order");
    let answer_days = number(check, "answer_days", &limits::ANSWER_DAYS);
    let agreement_gate = GATES.into_iter().find(|gate| fields.is("agreement_gate", gate));
    if agreement_gate.is_none() {
        check.problem("agreement_gate", "not_a_choice", Vec::new());
    }
    let minimum_reporting_size = number(check, "minimum_reporting_size", &standing.reporting_sizes());
    Some(RoundPlan {
        name: name?,
        dates: dates?,
        meetings: meetings?,
        rhythm_days: rhythm_days?,
        meeting_minutes: meeting_minutes?,
        asking_order: asking_order?,
        answer_days: answer_days?,
        agreement_gate: agreement_gate?.to_owned(),
        minimum_reporting_size: minimum_reporting_size?,
    })
}

fn number(check: &mut Check<'_>, name: &str, bounds: &RangeInclusive<i64>) -> Option<i64> {
    check.number(name, *bounds.start(), *bounds.end())
}

/// Saves a design that was made on the sight of two versions. What is stored already is not saved again.
///
/// # Errors
/// `archived`; `changed_meanwhile` if somebody else was faster; or when the database fails.
pub async fn save_design(
    tx: &mut Tx,
    access: &Access<RoundId>,
    locked: Standing,
    design: &Design,
    seen: Seen,
) -> Answer<()> {
    let stored = locked.design();
    if *design == stored {
        return Ok(()); // a double click, or nothing was changed
    }
    let mut program = locked.program;
    changes::check_present(tx, program.id).await?;
    if design.round != stored.round {
        store::update_round(tx, access, seen.round, &design.round).await?.or_conflict()?;
    }
    if design.program != stored.program {
        program.design.objective.clone_from(&design.program.objective);
        program.design.topics.clone_from(&design.program.topics);
        store::update_design(tx, &program, seen.program, &access.viewer).await?.or_conflict()?;
    }
    changes::record(tx, access, "round.design_changed").await
}
