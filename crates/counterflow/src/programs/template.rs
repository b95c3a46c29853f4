//! What a program starts from: a plain TOML file (`templates/programs/*.toml`), copied into the program when it is
//! started and its own from then on. An organization adds its own by adding a file.

use serde::{Deserialize, Serialize};

use super::{AskingOrder, Direction};

/// A program's design: objective, topics, criteria, agendas, check-ins, KPIs and texts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The file's name without its ending, stable: `digital-fluency`.
    pub key: String,
    /// As it stands in the list.
    pub name: String,
    /// One or two sentences: what it is for, and who did it before.
    pub summary: String,
    /// Where the practice comes from, with the year.
    #[serde(default)]
    pub source: String,
    /// Who mentors whom.
    pub direction: Direction,
    /// What the organization wants to be different afterwards.
    pub objective: String,
    /// What can be offered and wanted.
    #[serde(default)]
    pub topics: Vec<Topic>,
    /// Sensible sizes and dates.
    pub shape: Shape,
    /// Who takes part, in the form of `enrollment::rules`.
    #[serde(default)]
    pub eligibility: toml::Table,
    /// Criteria in the one form (`counterflow_matching::criteria`).
    #[serde(default)]
    pub matching: toml::Table,
    /// One agenda for each meeting, in order.
    #[serde(default)]
    pub agendas: Vec<Agenda>,
    /// Questions to both sides.
    #[serde(default)]
    pub checkins: Vec<Checkin>,
    /// What will show whether it worked.
    #[serde(default)]
    pub kpis: Vec<Kpi>,
    /// Texts that people read.
    pub texts: Texts,
}

/// Something that can be taught.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// Stable key: `ai-at-work`.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// What is meant, in half a sentence.
    #[serde(default)]
    pub help: String,
}

/// Sizes and rhythm.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// How many meetings each pair should have.
    pub meetings: i64,
    /// Days from one meeting to the next.
    pub rhythm_days: i64,
    /// Minutes of a meeting.
    pub meeting_minutes: i64,
    /// Who is asked first.
    pub asking_order: AskingOrder,
    /// Days to answer a proposal.
    pub answer_days: i64,
    /// Whether both sign before they meet: `required` or `advised`.
    pub agreement_gate: String,
}

/// The agenda of one meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agenda {
    /// What this meeting is about.
    pub title: String,
    /// In order.
    pub items: Vec<AgendaItem>,
}

/// One point of an agenda.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgendaItem {
    /// In a few words.
    pub title: String,
    /// How long.
    pub minutes: i64,
    /// A prompt for the mentor.
    #[serde(default)]
    pub prompt: String,
}

/// Questions that are asked at one occasion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkin {
    /// `after_meeting`, `baseline`, `midpoint`, `endline`.
    pub occasion: String,
    /// In order.
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// Stable key.
    pub key: String,
    /// As people read it.
    pub text: String,
    /// Whom it is asked: `mentor`, `mentee` or `both`.
    pub ask: String,
    /// `scale` (1 to 5), `yes_no` or `text`.
    pub kind: String,
    /// The ends of a scale in words: `not at all`, `very much`.
    #[serde(default)]
    pub ends: Vec<String>,
    /// Who will see the answer: `counted` (only in aggregates over the minimum reporting size) or `pair`.
    pub readers: String,
}

/// Something that will show whether it worked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kpi {
    /// Stable key.
    pub key: String,
    /// As people read it.
    pub name: String,
    /// Where the figure comes from: `question:KEY`, `meetings_held`, `meetings_kept`, `finished`.
    pub source: String,
    /// What is hoped for, in the unit of the source.
    pub target: f64,
}

/// Texts that people read. `{name}`, `{program}`, `{organization}` are filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    /// Invitation to a leader.
    pub invite_mentee: String,
    /// Invitation to a junior.
    pub invite_mentor: String,
    /// What everybody promises who takes part.
    pub commitment: String,
    /// The draft of the pair's agreement.
    pub agreement: String,
}
