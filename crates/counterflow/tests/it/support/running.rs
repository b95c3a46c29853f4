//! A round in the middle of its meetings, written row by row: what the stations before would have left behind.

use counterflow::{
    execute,
    kernel::{
        event::Event,
        ids::{MeetingId, PairId, ParticipantId, PersonId, ProgramId, ProposalId, RoundId, RunId},
    },
    programs::template::{self, Checkin, Question},
};

use super::app::TestApp;

/// A round, who manages it and who backs it.
pub struct RoundRows {
    pub id: RoundId,
    pub program: ProgramId,
    pub ines: PersonId,
    pub karin: PersonId,
    run: RunId,
}

/// A pair that has begun.
#[derive(Clone, Copy)]
pub struct PairRows {
    pub id: PairId,
    pub round: RoundId,
    pub mentor: PersonId,
    pub mentee: PersonId,
}

fn question(key: &str, ask: &str, kind: &str, readers: &str) -> Question {
    Question {
        key: key.to_owned(),
        text: format!("What about {key}?"),
        ask: ask.to_owned(),
        kind: kind.to_owned(),
        ends: if kind == "scale" { vec!["not at all".to_owned(), "very much".to_owned()] } else { Vec::new() },
        readers: readers.to_owned(),
    }
}

/// Digital fluency, with one question of each kind after a meeting and one at the beginning.
fn design() -> String {
    let mut design = template::named("digital-fluency").expect("a template that comes with the product").clone();
    let checkin = |occasion: &str, questions| Checkin { occasion: occasion.to_owned(), questions };
    design.checkins = vec![
        checkin(
            "after_meeting",
            vec![
                question("useful", "both", "scale", "counted"),
                question("open", "mentor", "yes_no", "counted"),
                question("words", "mentor", "text", "counted"),
                question("together", "mentee", "text", "pair"),
            ],
        ),
        checkin("baseline", vec![question("confident", "mentee", "scale", "counted")]),
        checkin("midpoint", vec![question("halfway", "both", "scale", "counted")]),
        checkin("endline", vec![question("confident", "mentee", "scale", "counted")]),
    ];
    serde_json::to_string(&design).unwrap()
}

impl TestApp {
    /// Inés's round in a stage, backed by Karin. Meetings from 5 January to 5 July 2026, every 28 days.
    pub async fn round_in(&self, stage: &str) -> RoundRows {
        let (ines, karin) = (self.person("Ines Duarte").await, self.person("Karin Vogt").await);
        let rows = RoundRows { id: RoundId::new(), program: ProgramId::new(), ines, karin, run: RunId::new() };
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into programs (id, name, template, direction, design, version, created_at)
             values ($1, 'Digital fluency', 'digital-fluency', 'reverse', $2, 1, $3)",
            rows.program,
            design(),
            now
        )
        .unwrap();
        for (person, role) in [(ines, "manager"), (karin, "sponsor")] {
            execute!(
                tx,
                "insert into program_roles (program_id, person_id, role, granted_at) values ($1, $2, $3, $4)",
                rows.program,
                person,
                role,
                now
            )
            .unwrap();
        }
        execute!(
            tx,
            "insert into rounds (id, program_id, number, name, stage, enroll_until, starts_on, ends_on, meetings,
                                 rhythm_days, meeting_minutes, asking_order, answer_days, agreement_gate,
                                 minimum_reporting_size, eligibility, criteria, version, created_at)
             values ($1, $2, 1, 'Round 1', $3, '2025-12-19', '2026-01-05', '2026-07-05', 6, 28, 45,
                     'mentee_then_mentor', 7, 'required', 5, '{}', 'version = 1', 1, $4)",
            rows.id,
            rows.program,
            stage,
            now
        )
        .unwrap();
        execute!(
            tx,
            "insert into match_runs (id, round_id, number, state, criteria, progress, outcome, certificate, version, created_at)
             values ($1, $2, 1, 'done', '', '{}', '{}', '{}', 1, $3)",
            rows.run,
            rows.id,
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        rows
    }

    /// Somebody in a round, in a state.
    pub async fn running_participant(
        &self,
        round: &RoundRows,
        person: PersonId,
        role: &str,
        state: &str,
    ) -> ParticipantId {
        let id = ParticipantId::new();
        let mut tx = self.write().await;
        let now = tx.now();
        let reached = |states: &[&str]| states.contains(&state).then_some(now);
        execute!(
            tx,
            "insert into participants (id, round_id, person_id, role, state, capacity, chosen_at, invited_at, registered_at, admitted_at)
             values ($1, $2, $3, $4, $5, 1, $6, $7, $8, $9)",
            id,
            round.id,
            person,
            role,
            state,
            now,
            reached(&["invited", "registered", "admitted", "waiting"]),
            reached(&["registered", "admitted", "waiting"]),
            reached(&["admitted"])
        )
        .unwrap();
        if state == "waiting" {
            execute!(
                tx,
                "insert into waiting_entries (participant_id, since, by_hand) values ($1, $2, false)",
                id,
                now
            )
            .unwrap();
        }
        tx.commit().await.unwrap();
        id
    }

    /// A pair that begins now; the two are added to the directory.
    pub async fn running_pair(&self, round: &RoundRows, mentor: &str, mentee: &str) -> PairRows {
        let (mentor, mentee) = (self.person(mentor).await, self.person(mentee).await);
        let mentor_part = self.running_participant(round, mentor, "mentor", "admitted").await;
        let mentee_part = self.running_participant(round, mentee, "mentee", "admitted").await;
        let rows = PairRows { id: PairId::new(), round: round.id, mentor, mentee };
        let proposal = ProposalId::new();
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(
            tx,
            "insert into proposals (id, round_id, run_id, mentor_id, mentee_id, score, rationale, state, asked_first,
                                    sent_at, expires_at, second_asked_at, answered_at)
             values ($1, $2, $3, $4, $5, 8000, '{\"score\": 8000, \"pinned\": false, \"reasons\": []}', 'accepted', 'mentee', $6, $6, $6, $6)",
            proposal,
            round.id,
            round.run,
            mentor_part,
            mentee_part,
            now
        )
        .unwrap();
        execute!(
            tx,
            "insert into pairs (id, round_id, proposal_id, mentor_id, mentee_id, state, rationale, began_at)
             values ($1, $2, $3, $4, $5, 'active', '{\"score\": 8000, \"pinned\": false, \"reasons\": []}', $6)",
            rows.id,
            round.id,
            proposal,
            mentor,
            mentee,
            now
        )
        .unwrap();
        execute!(
            tx,
            "insert into agreements (pair_id, version, rhythm_days, meeting_minutes, words, changed_at)
             values ($1, 1, 28, 45, '', $2)",
            rows.id,
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        rows
    }

    /// Both sign the agreement.
    pub async fn sign(&self, pair: PairRows) {
        let mut tx = self.write().await;
        let now = tx.now();
        for person in [pair.mentor, pair.mentee] {
            execute!(
                tx,
                "insert into signatures (pair_id, person_id, version, signed_name, signed_at) values ($1, $2, 1, 'signed', $3)",
                pair.id,
                person,
                now
            )
            .unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// A meeting at a moment (`2026-01-20T10:00:00Z`), or times that are only proposed.
    pub async fn meeting(&self, pair: PairRows, at: Option<&str>, state: &str) -> MeetingId {
        let id = MeetingId::new();
        let mut tx = self.write().await;
        let now = tx.now();
        let at = at.map(|at| at.parse::<counterflow::kernel::clock::Timestamp>().unwrap());
        execute!(
            tx,
            "insert into meetings (id, pair_id, number, state, minutes, starts_at, organizer_zone, sequence, agenda,
                                   agenda_version, proposed_by, proposed_at)
             values ($1, $2, (select count(*) + 1 from meetings where pair_id = $2), $3, 45, $4, 'Europe/Berlin', 0,
                     '{\"title\": \"Begin\", \"items\": []}', 1, $5, $6)",
            id,
            pair.id,
            state,
            at,
            pair.mentor,
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// How a meeting ended: `held`, `cancelled` or `missed`, by whom.
    pub async fn ended(
        &self,
        pair: PairRows,
        meeting: MeetingId,
        outcome: &str,
        by: Option<&str>,
        notice: Option<i64>,
    ) {
        let mut tx = self.write().await;
        let now = tx.now();
        execute!(tx, "update meetings set state = $1 where id = $2", outcome, meeting).unwrap();
        execute!(
            tx,
            "insert into meeting_outcomes (meeting_id, outcome, by_side, notice_minutes, recorded_by, recorded_at)
             values ($1, $2, $3, $4, $5, $6)",
            meeting,
            outcome,
            by,
            notice,
            pair.mentor,
            now
        )
        .unwrap();
        tx.commit().await.unwrap();
    }

    /// A meeting that was held at a moment, with its event, as the meetings' own verb would record it.
    pub async fn held(&self, pair: PairRows, at: &str) -> MeetingId {
        let meeting = self.meeting(pair, Some(at), "planned").await;
        self.ended(pair, meeting, "held", None, None).await;
        let mut tx = self.write().await;
        Event::by_person(pair.mentor, "meeting.held")
            .round(pair.round)
            .pair(pair.id)
            .on(meeting)
            .record(&mut tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        meeting
    }
}
