//! A round that Inés has started, and people in the directory with level and department.

use counterflow::{
    accounts, execute,
    kernel::{
        event::Event,
        guard,
        ids::{ParticipantId, PersonId, RoundId},
        viewer::Viewer,
    },
};

use super::{app::TestApp, browser::Browser};

/// A round of Inés's program, in design.
pub struct StartedRound {
    pub ines: PersonId,
    pub manager: Browser,
    pub id: RoundId,
    /// `/programs/...`
    pub program: String,
    /// `/rounds/...`
    pub path: String,
}

impl TestApp {
    /// Piet's server with Inés's program from the template *digital fluency for leaders*. Registration is open until
    /// Friday 30 January 2026.
    pub async fn started_round(&self) -> StartedRound {
        self.started_round_from("digital-fluency").await
    }

    /// The same from another template, under the same name.
    pub async fn started_round_from(&self, template: &str) -> StartedRound {
        self.set_up().await;
        let ines = self.person("Ines Duarte").await;
        let mut tx = self.write().await;
        accounts::grant_role(&mut tx, ines, "program_starter", None).await.unwrap();
        tx.commit().await.unwrap();
        let mut manager = self.as_person(ines).await;
        let form = manager.get("/programs/new").await.ok();
        let (program, round) = (form.hidden("id"), form.hidden("round"));
        let fields = [
            ("id", program.as_str()),
            ("round", &round),
            ("round_name", "Round 1"),
            ("template", template),
            ("name", "Digital fluency"),
            ("enroll_until", "2026-01-30"),
            ("starts_on", "2026-02-16"),
            ("ends_on", "2026-08-15"),
        ];
        manager.post("/programs", &fields).await.ok();
        let (program, path) = (format!("/programs/{program}"), format!("/rounds/{round}"));
        StartedRound { ines, manager, id: round.parse().unwrap(), program, path }
    }

    /// Somebody with a level, five years in a department.
    pub async fn employee(&self, name: &str, level: i64, department: &str) -> PersonId {
        let id = self.person(name).await;
        let mut tx = self.write().await;
        execute!(
            tx,
            "update people set level = $1, department = $2, started_on = '2021-01-04' where id = $3",
            level,
            department,
            id
        )
        .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Who has this address.
    pub async fn person_at(&self, address: &str) -> PersonId {
        let mut tx = self.read().await;
        counterflow::fetch_one!(tx, (PersonId,), "select id from people where email = $1", address).unwrap().0
    }

    /// The viewer that a person would be.
    pub async fn viewer(&self, address: &str) -> Viewer {
        let person = self.person_at(address).await;
        guard::viewer_for(&self.app, &mut self.read().await, person).await.unwrap()
    }

    /// Somebody leaves, as an import would write it.
    pub async fn leaves(&self, person: PersonId) {
        let mut tx = self.write().await;
        execute!(tx, "update people set status = 'left', left_on = '2026-01-31' where id = $1", person).unwrap();
        accounts::end_access(&mut tx, person).await.unwrap();
        Event::by_server("person.left").on(person).record(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// The participant that a person is in a round.
    pub async fn participant_of(&self, round: RoundId, person: PersonId) -> ParticipantId {
        let mut tx = self.read().await;
        let rows = counterflow::fetch_all!(
            tx,
            (ParticipantId,),
            "select id from participants where round_id = $1 and person_id = $2",
            round,
            person
        )
        .unwrap();
        assert_eq!(rows.len(), 1, "somebody is in a round once");
        rows[0].0
    }

    /// How often something has happened, by the kind of its event.
    pub async fn times(&self, kind: &str) -> i64 {
        let mut tx = self.read().await;
        counterflow::fetch_one!(tx, (i64,), "select count(*) from events where kind = $1", kind).unwrap().0
    }
}
