//! A pair as it stands when both have said yes: Ana Lim in Singapore mentors Ruth Okafor in Lagos, Tunde Bello keeps
//! Ruth's calendar. Rows are written directly where the features that write them come earlier.

use counterflow::{
    execute,
    kernel::{
        event::Event,
        ids::{PairId, ParticipantId, PersonId, ProgramId, ProposalId, RoundId, RunId},
    },
};
use serde_json::json;

use super::{app::TestApp, browser::Browser};

pub const ANA: &str = "ana.lim@halden.example";
pub const RUTH: &str = "ruth.okafor@halden.example";
pub const TUNDE: &str = "tunde.bello@halden.example";

/// Everybody in the story of one pair.
pub struct Story {
    pub pair: PairId,
    pub round: RoundId,
    pub ana: PersonId,
    pub ruth: PersonId,
    pub tunde: PersonId,
    pub ines: PersonId,
}

/// Whether both have to sign before they meet.
#[derive(Clone, Copy)]
pub enum Gate {
    Required,
    Advised,
}

impl TestApp {
    /// The story up to the beginning of the pair: both have their introduction.
    pub async fn story(&self, gate: Gate) -> Story {
        self.story_in("reverse", gate).await
    }

    /// The same in a program of another direction.
    pub async fn story_in(&self, direction: &str, gate: Gate) -> Story {
        self.set_up().await;
        let ana = self.person_in("Ana Lim", "Asia/Singapore").await;
        let ruth = self.person_in("Ruth Okafor", "Africa/Lagos").await;
        let tunde = self.person_in("Tunde Bello", "Africa/Lagos").await;
        let ines = self.person_in("Inés Duarte", "Europe/Berlin").await;
        let round = self.round(ines, direction, gate).await;
        let mentor = self.participant(round, ana, "mentor", &mentor_answers()).await;
        let mentee = self.participant(round, ruth, "mentee", &mentee_answers()).await;
        let pair = self.pair(round, mentor, mentee).await;
        Story { pair, round, ana, ruth, tunde, ines }
    }

    /// Somebody in the directory who reads times in a zone.
    pub async fn person_in(&self, name: &str, zone: &str) -> PersonId {
        let person = self.person(name).await;
        let mut tx = self.write().await;
        execute!(
            tx,
            "update people set time_zone = $1, title = 'Analyst', location = $2 where id = $3",
            zone,
            zone.rsplit('/').next(),
            person
        )
        .unwrap();
        tx.commit().await.unwrap();
        person
    }

    /// A round in its run stage, in a program that `manager` manages.
    pub async fn round(&self, manager: PersonId, direction: &str, gate: Gate) -> RoundId {
        let (program, round) = (ProgramId::new(), RoundId::new());
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into programs (id, name, template, direction, design, version, created_at)
             values ($1, 'Digital fluency', 'test', $2, $3, 1, $4)",
            program,
            direction,
            design().to_string(),
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
        let gate = match gate {
            Gate::Required => "required",
            Gate::Advised => "advised",
        };
        execute!(
            tx,
            "insert into rounds (id, program_id, number, name, stage, enroll_until, starts_on, ends_on, meetings,
                                 rhythm_days, meeting_minutes, asking_order, answer_days, agreement_gate,
                                 minimum_reporting_size, eligibility, criteria, version, created_at)
             values ($1, $2, 1, 'Round 1', 'run', '2026-01-05', '2026-01-12', '2026-07-12', 6, 28, 45,
                     'mentee_then_mentor', 7, $3, 5, '{}', '', 1, $4)",
            round,
            program,
            gate,
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        round
    }

    /// Somebody admitted to a round with their answers.
    pub async fn participant(
        &self,
        round: RoundId,
        person: PersonId,
        role: &str,
        answers: &serde_json::Value,
    ) -> ParticipantId {
        let id = ParticipantId::new();
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into participants (id, round_id, person_id, role, state, capacity, chosen_at)
             values ($1, $2, $3, $4, 'admitted', 2, $5)",
            id,
            round,
            person,
            role,
            now
        )
        .unwrap();
        execute!(
            tx,
            "insert into registrations (participant_id, answers, saved_at, submitted_at) values ($1, $2, $3, $3)",
            id,
            answers.to_string(),
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A proposal that both accepted; the pair begins as it does in the application, by the job that follows.
    pub async fn pair(&self, round: RoundId, mentor: ParticipantId, mentee: ParticipantId) -> PairId {
        let proposal = self.accepted(round, mentor, mentee).await;
        self.work().await;
        let mut tx = self.read().await;
        let (pair,): (PairId,) =
            counterflow::fetch_one!(tx, (PairId,), "select id from pairs where proposal_id = $1", proposal).unwrap();
        pair
    }

    /// A proposal that both accepted, with its event.
    pub async fn accepted(&self, round: RoundId, mentor: ParticipantId, mentee: ParticipantId) -> ProposalId {
        let (run, proposal) = (RunId::new(), ProposalId::new());
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into match_runs (id, round_id, number, state, criteria, progress, outcome, certificate, version, created_at)
             select $1, $2, 1 + count(*), 'done', '', '{}', '{}', '{}', 1, $3 from match_runs where round_id = $2",
            run,
            round,
            now
        )
        .unwrap();
        execute!(
            tx,
            "insert into proposals (id, round_id, run_id, mentor_id, mentee_id, score, rationale, state, asked_first,
                                    sent_at, expires_at, answered_at)
             values ($1, $2, $3, $4, $5, 84, $6, 'accepted', 'mentee', $7, $7, $7)",
            proposal,
            round,
            run,
            mentor,
            mentee,
            rationale().to_string(),
            now
        )
        .unwrap();
        Event::by_server("proposal.accepted").round(round).on(proposal).record(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        proposal
    }

    /// Both sign the agreement as it stands.
    pub async fn sign_by_both(&self, story: &Story) {
        for person in [story.ana, story.ruth] {
            let mut browser = self.as_person(person).await;
            let page = browser.get(&format!("/pairs/{}/agreement", story.pair)).await.ok();
            let fields = [("version", page.hidden("version")), ("name", "Me".to_owned())];
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.post(&format!("/pairs/{}/agreement/signature", story.pair), &fields).await.ok();
        }
    }

    /// Tunde keeps Ruth's calendar.
    pub async fn name_delegate(&self, story: &Story) -> Browser {
        let mut ruth = self.as_person(story.ruth).await;
        ruth.post("/me/delegates", &[("email", TUNDE)]).await.ok().says("Tunde Bello");
        self.as_person(story.tunde).await
    }

    /// The calendar objects in the letters to an address, oldest first, with their methods.
    pub async fn calendars(&self, address: &str) -> Vec<(String, String)> {
        let mut tx = self.read().await;
        counterflow::fetch_all!(
            tx,
            (String, String),
            "select calendar_method, calendar from letters where address = $1 and calendar is not null
             order by created_at, id",
            address
        )
        .unwrap()
    }

    /// The kinds of the events on a pair, oldest first.
    pub async fn events_of(&self, pair: PairId) -> Vec<String> {
        let mut tx = self.read().await;
        let rows: Vec<(String,)> =
            counterflow::fetch_all!(tx, (String,), "select kind from events where pair_id = $1 order by at, id", pair)
                .unwrap();
        rows.into_iter().map(|(kind,)| kind).collect()
    }
}

/// Why Ana and Ruth, as the matching stores it.
fn rationale() -> serde_json::Value {
    json!({ "score": 8400, "pinned": false, "reasons": [
        { "name": null, "rule": "prefer", "compare": "offers_what_the_other_wants", "mentor_field": "offers",
          "mentee_field": "wants", "by": "1", "weight": 8, "points": 6000, "of": 6000, "holds": true,
          "fact": { "kind": "topics", "offering": "mentor", "by": 1, "wanted": [
              { "topic": "AI at work", "priority": 3, "at_least": 3, "offered": 4 } ] } },
        { "name": null, "rule": "must", "compare": "overlaps", "mentor_field": "languages",
          "mentee_field": "languages", "by": "1", "weight": 0, "points": 0, "of": 0, "holds": true,
          "fact": { "kind": "shared", "members": ["English"], "by": 1 } },
    ] })
}

fn mentor_answers() -> serde_json::Value {
    json!({
        "offers": { "ai-at-work": 4, "data": 3 },
        "about": "I build the tools that read invoices.",
        "languages": ["English", "Malay"],
        "times": ["tue-16", "thu-16", "fri-08"],
    })
}

fn mentee_answers() -> serde_json::Value {
    json!({
        "wants": { "ai-at-work": 3 },
        "about": "I want to judge what a model tells me.",
        "languages": ["English", "Yoruba"],
        "times": ["tue-08", "thu-08", "thu-10"],
    })
}

fn design() -> serde_json::Value {
    json!({
        "key": "test", "name": "Test", "summary": "", "direction": "reverse", "objective": "",
        "topics": [{ "key": "ai-at-work", "name": "AI at work" }, { "key": "data", "name": "Data and dashboards" }],
        "shape": { "meetings": 6, "rhythm_days": 28, "meeting_minutes": 45, "asking_order": "mentee_then_mentor",
                   "answer_days": 7, "agreement_gate": "required" },
        "agendas": [
            { "title": "Getting to know each other", "items": [
                { "title": "What you each do all day", "minutes": 20 },
                { "title": "What Ruth wants to try", "minutes": 25, "prompt": "Secret prompt: ask, do not explain." },
            ] },
            { "title": "First steps", "items": [{ "title": "One tool, tried together", "minutes": 45 }] },
        ],
        "texts": { "invite_mentee": "", "invite_mentor": "", "commitment": "",
                   "agreement": "In {program} we meet {meetings} times for {minutes} minutes. What is said stays between the two." },
    })
}
