//! Programs and their rounds: what a manager designs before anybody is asked.

mod changes;
pub mod copy_store;
mod dates;
mod design;
mod endorse;
mod evergreen;
mod evergreen_store;
mod keep;
mod keys;
mod leaving;
pub mod pages;
mod prompt_store;
mod prompts;
mod role_store;
mod roles;
pub mod round_pages;
pub mod stages;
mod start;
pub mod start_pages;
mod store;
pub mod template;
mod topics;
pub mod words_pages;

pub use changes::{check_present, set_criteria, set_eligibility, set_kpis, set_questions, touch_round};
pub use dates::{Dates, rhythm};
pub use design::{Design, ProgramPlan, RoundPlan, Seen, Standing, save_design};
pub use endorse::{Endorsement, endorse};
pub use evergreen::{Evergreen, open_rounds, set_evergreen};
pub use keys::{adopt, free_key};
pub use leaving::{drop_leaver, name_manager, unmanaged};
pub use prompts::{Asked, Moment, asked, prompt_sponsors, said};
pub use role_store::{Addressee, Holder, Unmanaged, addressees, holders};
pub use roles::{archive, grant_role, remove_role, unarchive};
pub use stages::begin_stage;
pub use start::{NewDuplicate, NewProgram, NewRound, duplicate, open_round, start};
pub use store::{labels_of, latest_round, program, program_of, round};

use std::fmt;

use changes::Changed;
use template::Template;

use crate::{
    kernel::{
        clock::{Day, Timestamp},
        error::{Answer, Error},
        guard::ByServer,
        ids::{ProgramId, RoundId},
        labels::Labels,
    },
    words,
};

words! {
    /// The seven stages in a round's life.
    Stage {
        /// What for, with whom, how long.
        Design = "design",
        /// Choosing, inviting, registering.
        Enroll = "enroll",
        /// Criteria, runs, the draft.
        Match = "match",
        /// Proposals, agreements.
        Launch = "launch",
        /// Pairs meet.
        Run = "run",
        /// The last meeting, the last questions.
        Close = "close",
        /// What came of it.
        Prove = "prove",
    }
}

words! {
    /// Who mentors whom.
    Direction {
        /// The junior mentors the leader.
        Reverse = "reverse",
        /// Each mentors the other.
        Reciprocal = "reciprocal",
        /// The senior mentors the junior.
        Traditional = "traditional",
        /// Equals.
        Peer = "peer",
    }
}

impl Direction {
    /// Which side leads a pair, that is proposes times and writes the agenda: the junior where one of the two is senior,
    /// and between equals whoever offers a topic. The other side chooses among the times.
    #[must_use]
    pub fn leads(self) -> Side {
        match self {
            Self::Traditional => Side::Mentee,
            Self::Reverse | Self::Reciprocal | Self::Peer => Side::Mentor,
        }
    }

    /// Who is asked first when nothing else is said: the side that does not lead, for its time is the scarcer.
    #[must_use]
    pub fn asks(self) -> AskingOrder {
        match self.leads() {
            Side::Mentor => AskingOrder::MenteeThenMentor,
            Side::Mentee => AskingOrder::MentorThenMentee,
        }
    }
}

words! {
    /// Who is asked first when a pair is proposed.
    AskingOrder {
        /// The mentee decides in private, then the mentor is asked.
        MenteeThenMentor = "mentee_then_mentor",
        /// The other way round.
        MentorThenMentee = "mentor_then_mentee",
        /// Nobody is asked: the pair begins.
        ManagerDecides = "manager_decides",
    }
}

words! {
    /// Which side of a pair.
    Side {
        /// The one who leads the pair.
        Mentor = "mentor",
        /// The one who learns.
        Mentee = "mentee",
    }
}

impl Side {
    /// The other side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Mentor => Self::Mentee,
            Self::Mentee => Self::Mentor,
        }
    }

    /// What several people on this side are called, in the words that hold here.
    #[must_use]
    pub fn many(self) -> String {
        crate::say(match self {
            Self::Mentor => "[mentors]",
            Self::Mentee => "[mentees]",
        })
    }
}

words! {
    /// What somebody is to a whole program.
    ProgramRole {
        /// Designs and runs it.
        Manager = "manager",
        /// Stands behind it.
        Sponsor = "sponsor",
        /// Was a mentor in an earlier round, and helps to choose the next.
        MentorLead = "mentor_lead",
    }
}

/// What a round can be like: the same bounds for templates, forms and the database.
pub mod limits {
    use std::ops::RangeInclusive;

    /// Meetings of a pair.
    pub const MEETINGS: RangeInclusive<i64> = 1..=60;
    /// Days from one meeting to the next.
    pub const RHYTHM_DAYS: RangeInclusive<i64> = 1..=180;
    /// Length of a meeting.
    pub const MEETING_MINUTES: RangeInclusive<i64> = 10..=240;
    /// Days to answer a proposal.
    pub const ANSWER_DAYS: RangeInclusive<i64> = 1..=60;
    /// People about whom an answer is shown, at least.
    pub const REPORTING_SIZE: RangeInclusive<i64> = 5..=50;
    /// Pairs for which a template can be recommended. Of fewer than the smallest reporting size no answer could be shown.
    pub const PAIRS: RangeInclusive<i64> = 5..=10_000;
}

/// A program.
#[derive(Debug, Clone)]
pub struct Program {
    /// Which.
    pub id: ProgramId,
    /// As people know it.
    pub name: String,
    /// Who mentors whom.
    pub direction: Direction,
    /// Everything that began as a template and is the program's own now.
    pub design: Template,
    /// Rises with each change of the design.
    pub version: i64,
    /// When it was put away.
    pub archived_at: Option<Timestamp>,
}

impl Program {
    /// The address of the program's page.
    #[must_use]
    pub fn href(&self) -> String {
        format!("/programs/{}", self.id)
    }

    /// How it calls mentor, mentee, pair and meeting.
    #[must_use]
    pub fn labels(&self) -> Labels {
        Labels::of(self.direction.name(), self.design.labels.as_ref())
    }
}

/// One run of a program.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Round {
    /// Which.
    pub id: RoundId,
    /// Of which program.
    pub program_id: ProgramId,
    /// The program's name.
    pub program: String,
    /// The round's name: `Round 2`.
    pub name: String,
    /// Where it stands.
    pub stage: Stage,
    /// The last day on which people can register.
    pub enroll_until: Day,
    /// The first day of the meetings.
    pub starts_on: Day,
    /// The last day.
    pub ends_on: Day,
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
    /// `required`: no meeting before both have signed; or `advised`.
    pub agreement_gate: String,
    /// The smallest number of people about whom an answer is shown.
    pub minimum_reporting_size: i64,
    /// JSON: who can take part, per side (`enrollment` reads it).
    pub eligibility: String,
    /// TOML: the one form of criteria (`matching` reads it).
    pub criteria: String,
    /// The sponsor's words, for invitations.
    pub endorsement: Option<String>,
    /// The name of the sponsor whose words they are; there whenever the words are.
    pub endorser: Option<String>,
    /// Rises with each change.
    pub version: i64,
}

impl Round {
    /// Leave for what belongs to the round: whoever holds a `Round` was let in to it.
    #[must_use]
    pub fn leave(&self) -> ByServer<RoundId> {
        ByServer(self.id)
    }

    /// How often its pairs meet, as people say it.
    #[must_use]
    pub fn rhythm(&self) -> String {
        rhythm(self.rhythm_days)
    }

    /// Leave for its program.
    #[must_use]
    pub fn program_leave(&self) -> ByServer<ProgramId> {
        ByServer(self.program_id)
    }

    /// `Digital fluency · Round 2`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("{} · {}", self.program, self.name)
    }

    /// Its days.
    #[must_use]
    pub fn dates(&self) -> Dates {
        Dates { enroll_until: self.enroll_until, starts_on: self.starts_on, ends_on: self.ends_on }
    }

    /// The address of the round's home.
    #[must_use]
    pub fn href(&self) -> String {
        format!("/rounds/{}", self.id)
    }

    /// The address of its program's page.
    #[must_use]
    pub fn program_href(&self) -> String {
        format!("/programs/{}", self.program_id)
    }

    /// What fills the placeholders of this round in a text ([`template::PLACEHOLDERS`]). Whoever writes the text adds
    /// `name` and `organization`.
    #[must_use]
    pub fn placeholders(&self) -> Vec<(&'static str, String)> {
        vec![
            ("program", self.program.clone()),
            ("round", self.name.clone()),
            ("meetings", self.meetings.to_string()),
            ("minutes", self.meeting_minutes.to_string()),
            ("rhythm", self.rhythm()),
            ("rhythm_days", self.rhythm_days.to_string()),
            ("enroll_until", dates::written(self.enroll_until)),
            ("starts_on", dates::written(self.starts_on)),
            ("ends_on", dates::written(self.ends_on)),
        ]
    }
}

impl fmt::Display for Round {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label())
    }
}

/// Reads a stored design back.
fn read_design(text: &str) -> Answer<Template> {
    serde_json::from_str(text).map_err(|error| Error::defect(format!("a stored design cannot be read: {error}")))
}
