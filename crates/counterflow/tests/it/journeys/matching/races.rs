//! Two hundred people say yes to one mentor's last place.

use counterflow::{
    execute, fetch_one,
    kernel::ids::{ParticipantId, PersonId, ProposalId, RunId},
    programs::Side,
};

use crate::{
    on_both,
    support::{
        app::TestApp,
        browser::Browser,
        matching::{Given, Matched, Someone},
    },
};

const CROWD: usize = 200;

/// Mentees who were all proposed to one mentor: no run does that, but a mentor's places can become fewer afterwards.
async fn crowd(app: &TestApp, story: &Matched, mentor: Someone) -> Vec<(PersonId, ProposalId)> {
    let run = RunId::new();
    let mut crowd = Vec::new();
    let mut tx = app.write().await;
    let now = tx.now();
    let later = now.plus(jiff::SignedDuration::from_hours(24));
    execute!(
        tx,
        "insert into match_runs (id, round_id, number, state, criteria, progress, version, created_at) values ($1, $2, 1, 'cancelled', '', '{}', 1, $3)",
        run,
        story.round,
        now
    )
    .unwrap();
    for number in 0..CROWD {
        let (person, mentee, proposal) = (PersonId::new(), ParticipantId::new(), ProposalId::new());
        let name = format!("Leader {number}");
        execute!(
            tx,
            "insert into people (id, email, name, sort_name, languages, attributes, status, theme, created_at, updated_at)
             values ($1, $2, $3, lower($3), '[]', '{}', 'active', 'system', $4, $4)",
            person,
            format!("leader{number}@halden.example"),
            name,
            now
        )
        .unwrap();
        execute!(
            tx,
            "insert into participants (id, round_id, person_id, role, state, capacity, chosen_at, admitted_at)
             values ($1, $2, $3, 'mentee', 'admitted', 1, $4, $4)",
            mentee,
            story.round,
            person,
            now
        )
        .unwrap();
        execute!(
            tx,
            "insert into proposals (id, round_id, run_id, mentor_id, mentee_id, score, rationale, state, asked_first, sent_at,
                    expires_at) values ($1, $2, $3, $4, $5, 5000, '{\"score\":5000,\"pinned\":false,\"reasons\":[]}', 'proposed', 'mentee', $6, $7)",
            proposal,
            story.round,
            run,
            mentor.participant,
            mentee,
            now,
            later
        )
        .unwrap();
        crowd.push((person, proposal));
    }
    tx.commit().await.unwrap();
    crowd
}

on_both! {
    async fn exactly_one_gets_the_last_place(app: TestApp) {
        let story = app.round_to_match().await;
        let ana = app.admit(&story, "Ana Lim", Side::Mentor, Given::default()).await;
        let crowd = crowd(app, &story, ana).await;
        let mut browsers: Vec<(Browser, ProposalId)> = Vec::new();
        for (person, proposal) in crowd {
            browsers.push((app.as_person(person).await, proposal));
        }
        let clicks = browsers.into_iter().map(|(mut browser, proposal)| {
            tokio::spawn(async move { browser.post(&format!("/proposals/{proposal}/acceptance"), &[]).await.text() })
        });
        let mut won = 0;
        for click in clicks.collect::<Vec<_>>() {
            let page = click.await.unwrap();
            match (page.contains("You said yes. Ana is asked"), page.contains("Somebody else was faster")) {
                (true, false) => won += 1,
                (false, true) => {}
                _ => panic!("neither won nor lost: {page}"),
            }
        }
        assert_eq!(won, 1);
        let mut tx = app.read().await;
        let (held,) = fetch_one!(tx, (i64,), "select count(*) from proposals where mentor_id = $1 and state = 'accepted_by_first'", ana.participant).unwrap();
        assert_eq!(held, 1);
        assert_eq!(app.letters("ana.lim@halden.example").await.len(), 1, "Ana is asked once");
    }
}
