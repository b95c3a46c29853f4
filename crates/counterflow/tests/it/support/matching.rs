//! A round about to be matched, with people written straight into the tables.

use std::collections::BTreeMap;

use counterflow::{
    enrollment::Answers,
    execute, fetch_all, fetch_one,
    kernel::ids::{ParticipantId, PersonId, ProgramId, ProposalId, RoundId, RunId},
    programs::{
        Side,
        template::{self, Template},
    },
};

use super::{
    app::TestApp,
    browser::{Browser, Reply},
};

/// Three levels apart, another department is better, and so are topics.
pub const CRITERIA: &str = r#"
aim = "coverage"

[chain_of_command]
depth = "any"

[[criterion]]
rule = "must"
compare = "at_least_apart"
field = "level"
by = 3

[[criterion]]
rule = "prefer"
compare = "offers_what_the_other_wants"
mentor_field = "offers"
mentee_field = "wants"
weight = 6

[[criterion]]
rule = "prefer"
compare = "different"
field = "department"
weight = 4
"#;

/// A round with Inés as manager.
#[derive(Clone, Copy)]
pub struct Matched {
    pub ines: PersonId,
    pub program: ProgramId,
    pub round: RoundId,
}

/// Somebody who takes part.
#[derive(Clone, Copy, Debug)]
pub struct Someone {
    pub person: PersonId,
    pub participant: ParticipantId,
}

/// What a participant brings.
pub struct Given {
    pub level: i64,
    pub department: &'static str,
    /// Offered (mentors: level) or wanted (mentees: priority).
    pub topics: &'static [(&'static str, u8)],
    pub capacity: i64,
    pub answers: Answers,
}

impl Default for Given {
    fn default() -> Self {
        Self { level: 3, department: "Platform", topics: &[], capacity: 1, answers: Answers::default() }
    }
}

impl Matched {
    pub fn path(&self, rest: &str) -> String {
        format!("/rounds/{}{rest}", self.round)
    }
}

impl TestApp {
    /// An organization, a program from a template, a round that enrolls, and Inés, who manages it.
    pub async fn round_to_match(&self) -> Matched {
        self.set_up().await;
        let ines = self.person("Inés Duarte").await;
        let program = self.program_to_match(ines, template::named("digital-fluency").unwrap()).await;
        let round = self.another_round(program, 1).await;
        Matched { ines, program, round }
    }

    /// A program from a template, and who manages it.
    pub async fn program_to_match(&self, manager: PersonId, design: &Template) -> ProgramId {
        let program = ProgramId::new();
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into programs (id, name, template, direction, design, version, created_at)
             values ($1, 'Digital fluency', $2, $3, $4, 1, $5)",
            program,
            design.key.clone(),
            design.direction,
            serde_json::to_string(design).unwrap(),
            now
        )
        .unwrap();
        execute!(
            tx,
            "insert into program_roles (program_id, person_id, role, granted_at) values ($1, $2, 'manager', $3)",
            program,
            manager,
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        program
    }

    pub async fn another_round(&self, program: ProgramId, number: i64) -> RoundId {
        let round = RoundId::new();
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into rounds (id, program_id, number, name, stage, enroll_until, starts_on, ends_on, meetings, rhythm_days,
                    meeting_minutes, asking_order, answer_days, agreement_gate, minimum_reporting_size, eligibility, criteria,
                    version, created_at)
             values ($1, $2, $3, 'Round ' || cast($3 as text), 'enroll', '2026-01-20', '2026-02-02', '2026-07-31', 6, 30, 45,
                    'mentee_then_mentor', 7, 'required', 5, '{}', $4, 1, $5)",
            round,
            program,
            number,
            CRITERIA,
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        round
    }

    /// Somebody in the directory who is admitted on one side.
    pub async fn admit(&self, story: &Matched, name: &str, side: Side, given: Given) -> Someone {
        let person = self.person(name).await;
        let mut tx = self.write().await;
        execute!(
            tx,
            "update people set level = $1, department = $2, title = 'Somebody', location = 'Lagos' where id = $3",
            given.level,
            given.department,
            person
        )
        .unwrap();
        tx.commit().await.unwrap();
        let participant = self.enroll(story.round, person, side, given).await;
        Someone { person, participant }
    }

    pub async fn enroll(&self, round: RoundId, person: PersonId, side: Side, given: Given) -> ParticipantId {
        let topics: BTreeMap<String, u8> =
            given.topics.iter().map(|(key, number)| ((*key).to_owned(), *number)).collect();
        let mut answers = given.answers;
        match side {
            Side::Mentor => answers.offers = topics,
            Side::Mentee => answers.wants = topics,
        }
        let participant = ParticipantId::new();
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into participants (id, round_id, person_id, role, state, capacity, chosen_at, admitted_at)
             values ($1, $2, $3, $4, 'admitted', $5, $6, $6)",
            participant,
            round,
            person,
            side,
            given.capacity,
            now
        )
        .unwrap();
        execute!(
            tx,
            "insert into registrations (participant_id, answers, saved_at, submitted_at) values ($1, $2, $3, $3)",
            participant,
            serde_json::to_string(&answers).unwrap(),
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        participant
    }

    /// One reports to another.
    pub async fn reports(&self, person: PersonId, manager: PersonId) {
        let mut tx = self.write().await;
        execute!(tx, "update people set manager_id = $1 where id = $2", manager, person).unwrap();
        tx.commit().await.unwrap();
    }

    /// Another manager of the program.
    pub async fn co_manager(&self, story: &Matched, name: &str) -> PersonId {
        let person = self.person(name).await;
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into program_roles (program_id, person_id, role, granted_at) values ($1, $2, 'manager', $3)",
            story.program,
            person,
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        person
    }

    /// Begins a run as Inés, lets it work, and answers its path.
    pub async fn matched(&self, story: &Matched, browser: &mut Browser) -> String {
        let run = RunId::new();
        browser.post(&story.path("/runs"), &[("run", &run.to_string())]).await.ok();
        self.work().await;
        story.path(&format!("/runs/{run}"))
    }

    /// The draft of a run by names: mentor, mentee, score; best first.
    pub async fn draft(&self, run_path: &str) -> Vec<(String, String, i64)> {
        let id: RunId = run_path.rsplit('/').next().unwrap().parse().unwrap();
        let mut tx = self.read().await;
        fetch_all!(
            tx,
            (String, String, i64),
            "select mentor.name, mentee.name, d.score from draft_pairs d
             join participants mo on mo.id = d.mentor_id join people mentor on mentor.id = mo.person_id
             join participants me on me.id = d.mentee_id join people mentee on mentee.id = me.person_id
             where d.run_id = $1 order by d.score desc, mentee.name",
            id
        )
        .unwrap()
    }

    /// The pairs of a draft as `mentor+mentee`, by the mentee's name.
    pub async fn pairs(&self, run_path: &str) -> Vec<String> {
        let mut draft = self.draft(run_path).await;
        draft.sort_by(|a, b| a.1.cmp(&b.1));
        draft.into_iter().map(|(mentor, mentee, _)| format!("{mentor}+{mentee}")).collect()
    }

    /// Sends the draft of a run, as its confirmation page would.
    pub async fn send_draft(&self, run_path: &str, browser: &mut Browser) -> Reply {
        let version = browser.get(&format!("{run_path}/proposals")).await.ok().hidden("version");
        browser.post(&format!("{run_path}/proposals"), &[("version", &version)]).await
    }

    /// The latest proposal between two people.
    pub async fn proposal_of(&self, mentor: Someone, mentee: Someone) -> ProposalId {
        let mut tx = self.read().await;
        let (id,) = fetch_one!(
            tx,
            (ProposalId,),
            "select id from proposals where mentor_id = $1 and mentee_id = $2 order by sent_at desc, id desc limit 1",
            mentor.participant,
            mentee.participant
        )
        .unwrap();
        id
    }

    /// A pair of another round of the program.
    pub async fn accepted_before(&self, round: RoundId, mentor: ParticipantId, mentee: ParticipantId) {
        let run = RunId::new();
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into match_runs (id, round_id, number, state, criteria, progress, version, created_at)
             values ($1, $2, 1, 'cancelled', '', '{}', 1, $3)",
            run,
            round,
            now
        )
        .unwrap();
        execute!(
            tx,
            "insert into proposals (id, round_id, run_id, mentor_id, mentee_id, score, rationale, state, asked_first, sent_at,
                    expires_at, second_asked_at, answered_at)
             values ($1, $2, $3, $4, $5, 5000, '{}', 'accepted', 'mentee', $6, $6, $6, $6)",
            ProposalId::new(),
            round,
            run,
            mentor,
            mentee,
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
    }

    /// How a proposal stands in its row.
    pub async fn state_of(&self, proposal: ProposalId) -> String {
        let mut tx = self.read().await;
        let (state,) = fetch_one!(tx, (String,), "select state from proposals where id = $1", proposal).unwrap();
        state
    }
}
