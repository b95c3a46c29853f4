//! Who leads a pair follows from the direction of its program: the junior mentee, where the senior mentors.

use axum::http::StatusCode;
use counterflow::{execute, kernel::ids::MeetingId};

use crate::{
    on_both,
    support::pairs::{ANA, Gate, RUTH},
};

on_both! {
    async fn where_the_senior_mentors_the_mentee_leads(app: TestApp) {
        let story = app.story_in("traditional", Gate::Advised).await;
        let [mut ana, mut ruth, mut tunde] =
            [app.as_person(story.ana).await, app.as_person(story.ruth).await, app.as_person(story.tunde).await];
        let mut tx = app.write().await;
        let now = tx.now();
        for leader in [story.ana, story.ruth] {
            execute!(
                tx,
                "insert into delegations (leader_id, delegate_id, granted_at) values ($1, $2, $3)",
                leader,
                story.tunde,
                now
            )
            .unwrap();
        }
        tx.commit().await.unwrap();
        let pair = format!("/pairs/{}", story.pair);
        assert!(app.letters(RUTH).await[0].1.contains("You propose times to meet; Ana picks one."));
        assert!(app.letters(ANA).await[0].1.contains("Ruth proposes times to meet; you, or whoever keeps your calendar"));

        // Ana, who mentors, waits; Ruth proposes.
        ana.get(&pair).await.ok().says("Ruth proposes times").says("Kept by Tunde Bello");
        assert_eq!(ana.get(&format!("{pair}/meetings/new")).await.status, StatusCode::NOT_FOUND);
        ruth.get(&pair).await.ok().says("Propose times").does_not_say("Kept by");
        ruth.get("/home").await.ok().says("none yet: propose times");
        ana.get("/home").await.ok().says("none yet: Ruth Okafor proposes times");
        let id = MeetingId::new().to_string();
        let fields = [("id", id.as_str()), ("minutes", "45"), ("time_1", "2026-01-20T10:00")];
        ruth.post(&format!("{pair}/meetings"), &fields).await.ok().says("Ana chooses");
        ruth.get("/home").await.ok().does_not_say("Choose a time");
        ana.get("/home").await.ok().says("Ruth Okafor proposes times");

        // Whoever proposes the times does not choose among them; the other way round there is nothing against it.
        let refused = ana.post("/me/delegates", &[("email", RUTH)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says("This person proposes times to you");

        // Nor does somebody who kept the calendar before they began to lead the pair.
        let mut tx = app.write().await;
        execute!(tx, "insert into delegations (leader_id, delegate_id, granted_at) values ($1, $2, $3)", story.ana, story.ruth, now).unwrap();
        tx.commit().await.unwrap();
        let meeting = format!("{pair}/meetings/{id}");
        assert_eq!(ruth.post(&format!("{meeting}/choice"), &[("at", "2026-01-20T09:00:00Z")]).await.status, StatusCode::NOT_FOUND);
        ruth.get("/home").await.ok().does_not_say("Choose a time").does_not_say("for Ana Lim");
        ana.get(&pair).await.ok().says("Kept by Tunde Bello, who can book");

        // Tunde keeps the calendar of the one who chooses, not of the one who leads.
        tunde.get("/home").await.ok().says("Choose a time for Ana Lim with Ruth Okafor").does_not_say("for Ruth Okafor");
        tunde.get(&meeting).await.ok().says("Which one fits Ana Lim?");
        assert_eq!(ruth.post(&format!("{meeting}/other-times"), &[]).await.status, StatusCode::NOT_FOUND);
        tunde.post(&format!("{meeting}/other-times"), &[]).await.ok();
        let asked = app.letters(RUTH).await.pop().unwrap().1;
        assert!(asked.contains("none of the times you proposed fits Ana Lim, says Tunde Bello"), "{asked}");
        ruth.get("/home").await.ok().says("Ana Lim asks for other times");
        ana.get("/home").await.ok().does_not_say("asks for other times");
        ana.post(&format!("{meeting}/choice"), &[("at", "2026-01-20T09:00:00Z")]).await.ok().says("The meeting is set");
        assert_eq!(ana.get(&format!("{meeting}/agenda")).await.status, StatusCode::NOT_FOUND);
        ruth.get(&format!("{meeting}/agenda")).await.ok();
    }
}
