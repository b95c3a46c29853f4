//! What a round is to show: measures with what they can show, waves on their days, questions that stay as they were asked.

use axum::http::StatusCode;
use counterflow::{fetch_all, kernel::ids::RoundId, programs::template::Checkin};

use crate::{
    on_both,
    support::{
        app::TestApp,
        browser::{Browser, Reply},
        rounds::StartedRound,
    },
};

type Typed = Vec<(String, String)>;

/// The form of a page as it is shown, some of its answers replaced. A name that is there several times changes where its
/// answer is `from`.
fn typed(page: &Reply, action: &str, changes: &[(&str, &str, &str)]) -> Typed {
    let mut fields = page.form(action);
    for (name, from, to) in changes {
        let found = fields.iter_mut().find(|(field, value)| field == name && value == from);
        found.unwrap_or_else(|| panic!("no {name} with {from:?}")).1 = (*to).to_owned();
    }
    fields
}

async fn send(browser: &mut Browser, path: &str, fields: &Typed) -> Reply {
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(path, &fields).await
}

async fn stored_days(app: &TestApp, round: RoundId) -> Vec<(String, String)> {
    let mut tx = app.read().await;
    fetch_all!(
        tx,
        (String, String),
        "select occasion, on_day from round_waves where round_id = $1 order by occasion",
        round
    )
    .unwrap()
}

on_both! {
    async fn measures_say_what_they_can_show(app: TestApp) {
        let StartedRound { mut manager, path, id, .. } = app.started_round().await;
        let measures = format!("{path}/measures");
        let page = manager.get(&measures).await.ok()
            .says("Nobody has registered yet, so 40 are assumed")
            .says("With 40 pairs, of which 32 answer both times, you can see a change of 0.6 levels or more in 8 of 10 such rounds")
            .says("people’s changes differ by 1.1 levels").says("Halfway").says("17 May").says("8 August");
        let changes = [("answering", "80", "100"), ("pairs", "", "40"), ("measure_baseline", "", "3.6"), ("midpoint", "2026-05-17", "2026-05-04")];
        let fields = typed(&page, &measures, &changes);
        // Before it is saved, the fragment says it already, and nothing is stored.
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        manager.get(&format!("{measures}/notes?{query}")).await.ok()
            .says("With 40 pairs you can see a change of 0.5 levels or more in 8 of 10 such rounds")
            .says("The step that you hope for is 0.4 levels: even if it comes true, this round will often not show it");
        manager.get(&measures).await.ok().says("of which 32 answer");

        for _ in 0..2 {
            let page = send(&mut manager, &measures, &fields).await.ok();
            page.says("Saved").says("With 40 pairs you can see a change of 0.5 levels").says("4 May");
        }
        assert_eq!(stored_days(app, id).await, [("midpoint".to_owned(), "2026-05-04".to_owned())]);
        assert_eq!((app.times("program.kpis_changed").await, app.times("round.measures_changed").await), (1, 1));

        // Back on the rule's day: it follows the round's dates again.
        let page = manager.get(&measures).await.ok();
        let fields = typed(&page, &measures, &[("midpoint", "2026-05-04", "2026-05-17")]);
        send(&mut manager, &measures, &fields).await.ok().says("17 May");
        assert!(stored_days(app, id).await.is_empty());
    }
}

on_both! {
    async fn bad_measures_come_back_with_everything_that_was_typed(app: TestApp) {
        let StartedRound { mut manager, path, .. } = app.started_round().await;
        let measures = format!("{path}/measures");
        let page = manager.get(&measures).await.ok();
        let changes = [
            ("measure_target", "4", "40"), ("measure_spread", "", "wide"), ("answering", "80", "0"),
            ("midpoint", "2026-05-17", "2026-09-01"), ("measure_name", "", "Something new"),
        ];
        let back = send(&mut manager, &measures, &typed(&page, &measures, &changes)).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(back.body.contains("value=\"Something new\""), "what was typed is kept");
        back.says("“40” does not fit: it has to be between 1 and 5").says("Write a number, like 3 or 2.5")
            .says("It has to be between 1 and 100").says("Choose a day within the round").says("Write what is hoped for");
        assert_eq!(app.times("program.kpis_changed").await, 0);
        let page = manager.get(&measures).await.ok();
        let changes = [("midpoint", "2026-05-17", "2026-08-01"), ("endline", "2026-08-08", "2026-07-01")];
        let back = send(&mut manager, &measures, &typed(&page, &measures, &changes)).await;
        back.says("The end has to be after the middle");
    }
}

on_both! {
    async fn a_small_round_is_told_that_it_shows_nothing(app: TestApp) {
        let StartedRound { mut manager, path, .. } = app.started_round().await;
        let measures = format!("{path}/measures");
        let page = manager.get(&measures).await.ok();
        send(&mut manager, &measures, &typed(&page, &measures, &[("pairs", "", "5")])).await.ok()
            .says("4 would answer, and fewer than 5 are never shown").does_not_say("levels or more in 8 of 10");
    }
}

on_both! {
    async fn who_comes_too_late_keeps_what_they_typed(app: TestApp) {
        let StartedRound { mut manager, path, .. } = app.started_round().await;
        let measures = format!("{path}/measures");
        let page = manager.get(&measures).await.ok();
        let mine = typed(&page, &measures, &[("measure_target", "4", "4.5")]);
        let theirs = typed(&page, &measures, &[("measure_target", "4", "3.5")]);
        send(&mut manager, &measures, &theirs).await.ok();
        let late = send(&mut manager, &measures, &mine).await;
        assert_eq!(late.status, StatusCode::CONFLICT);
        let late = late.says("Ines Duarte changed this in the meantime");
        assert!(late.body.contains("name=\"measure_target\" value=\"4.5\""));
        // Having seen it, saving once more replaces it.
        send(&mut manager, &measures, &late.form(&measures)).await.ok().says("Saved");
    }
}

on_both! {
    async fn what_was_promised_at_the_launch_stays_readable(app: TestApp) {
        app.set_up().await;
        let round = app.round_in("launch").await;
        let mut tx = app.write().await;
        let now = tx.now();
        counterflow::execute!(tx, "insert into round_stages (round_id, stage, began_at) values ($1, 'launch', $2)", round.id, now).unwrap();
        tx.commit().await.unwrap();
        let (mut ines, measures) = (app.as_person(round.ines).await, format!("/rounds/{}/measures", round.id));
        let page = ines.get(&measures).await.ok().does_not_say("Changed since the launch");
        // Its questions were replaced: only measures that need none are left.
        let removed: Typed = page.form(&measures).into_iter().filter(|(name, value)| name == "measure_key" && !value.is_empty()).collect();
        let mut fields = page.form(&measures);
        let removed = removed.into_iter().filter(|(_, key)| key != "meetings-held" && key != "finished");
        fields.extend(removed.map(|(_, key)| ("measure_remove".to_owned(), key)));
        let at = fields.iter().position(|(name, value)| name == "measure_key" && value.contains("meeting")).unwrap();
        let target = fields[at..].iter_mut().find(|(name, _)| name == "measure_target").unwrap();
        target.1 = "61".to_owned();
        send(&mut ines, &measures, &fields).await.ok().says("Changed since the launch").says("61").says("taken out").says("Ines Duarte");
    }
}

/// What a program asks now.
async fn asked(app: &TestApp) -> Vec<Checkin> {
    let mut tx = app.read().await;
    let rows: Vec<(String,)> = fetch_all!(tx, (String,), "select design from programs").unwrap();
    let design: serde_json::Value = serde_json::from_str(&rows[0].0).unwrap();
    serde_json::from_value(design["checkins"].clone()).unwrap()
}

/// Adds a question to a form that has room for a new one.
fn with_question(mut fields: Typed, question: [&str; 3], at: &[&str]) -> Typed {
    let [text, ask, kind] = question;
    let place = fields.iter().position(|(name, value)| name == "question_key" && value == "+1").unwrap();
    fields[place..].iter_mut().find(|(name, _)| name == "question_text").unwrap().1 = text.to_owned();
    for (name, end) in [("question_from", "not at all"), ("question_to", "very much")] {
        fields[place..].iter_mut().find(|(field, _)| field == name).unwrap().1 = end.to_owned();
    }
    let more = [("question_ask", ask), ("question_kind", kind), ("question_readers", "counted")];
    fields.extend(more.map(|(name, value)| (name.to_owned(), value.to_owned())));
    fields.extend(at.iter().map(|occasion| ("question_at".to_owned(), format!("+1/{occasion}"))));
    fields
}

on_both! {
    async fn questions_are_written_once_and_asked_where_ticked(app: TestApp) {
        let StartedRound { mut manager, path, .. } = app.started_round().await;
        let questions = format!("{path}/questions");
        let before = asked(app).await;
        let page = manager.get(&questions).await.ok().says("After a meeting it may take 20 seconds");
        send(&mut manager, &questions, &page.form(&questions)).await.ok().says("Saved");
        assert_eq!(asked(app).await, before, "a form that comes back as it went changes nothing");

        let new = with_question(page.form(&questions), ["Do you feel heard?", "mentor", "scale"], &["baseline", "endline"]);
        for _ in 0..2 {
            send(&mut manager, &questions, &new).await.ok().says("Saved").says("Do you feel heard?");
        }
        let after = asked(app).await;
        for checkin in &after {
            let found = checkin.questions.iter().filter(|question| question.key == "do-you-feel-heard").count();
            assert_eq!(found, usize::from(["baseline", "endline"].contains(&checkin.occasion.as_str())), "{}", checkin.occasion);
        }
        assert_eq!(app.times("program.questions_changed").await, 1);
    }
}

on_both! {
    async fn questions_after_a_meeting_stay_short(app: TestApp) {
        let StartedRound { mut manager, path, .. } = app.started_round().await;
        let questions = format!("{path}/questions");
        let page = manager.get(&questions).await.ok();
        let long = with_question(page.form(&questions), ["What would you like to say about it in your own words?", "mentor", "text"], &["after_meeting"]);
        let back = send(&mut manager, &questions, &long).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(back.body.contains("in your own words?"), "what was typed is kept");
        back.says("mentors would need about").says("Keep it within 20");
        // A question that a measure counts cannot go, and a new one needs a time.
        let mut fields = with_question(page.form(&questions), ["Anything else?", "both", "yes_no"], &[]);
        fields.retain(|(name, value)| !(name == "question_at" && value.starts_with("confidence/")));
        let back = send(&mut manager, &questions, &fields).await;
        back.says("A measure counts its answers. Take the measure out first").says("Tick when it is asked");
    }
}

on_both! {
    async fn what_people_were_asked_keeps_its_words(app: TestApp) {
        app.set_up().await;
        app.at("2026-01-05T09:00:00Z");
        let round = app.round_in("run").await;
        let pair = app.running_pair(&round, "Ana Lim", "Ruth Okafor").await;
        app.sign(pair).await;
        app.at("2026-01-21T09:00:00Z");
        app.held(pair, "2026-01-20T10:00:00Z").await;
        app.work().await;
        let (mut ines, questions) = (app.as_person(round.ines).await, format!("/rounds/{}/questions", round.id));
        let page = ines.get(&questions).await.ok().says("People have been asked this, so it stays as it is");
        let changed = typed(&page, &questions, &[("question_text", "What about useful?", "What about something else?")]);
        let back = send(&mut ines, &questions, &changed).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        back.says("People have been asked this");
        // Not asking it any more is possible, where nothing counts it.
        let mut fields = page.form(&questions);
        fields.retain(|(name, value)| !(name == "question_at" && value == "useful/after_meeting"));
        send(&mut ines, &questions, &fields).await.ok().says("Saved");
    }
}

on_both! {
    async fn a_wave_is_asked_on_the_day_that_was_chosen(app: TestApp) {
        app.set_up().await;
        app.at("2026-01-05T09:00:00Z");
        let round = app.round_in("run").await;
        let pair = app.running_pair(&round, "Ana Lim", "Ruth Okafor").await;
        app.sign(pair).await;
        app.work().await;
        let (mut ines, measures) = (app.as_person(round.ines).await, format!("/rounds/{}/measures", round.id));
        let page = ines.get(&measures).await.ok().says("5 April");
        let mut fields = typed(&page, &measures, &[("midpoint", "2026-04-05", "2026-03-02")]);
        // Measures of questions that this program does not ask are taken out.
        let keys: Vec<String> = fields.iter().filter(|(name, value)| name == "measure_key" && !value.is_empty()).map(|(_, key)| key.clone()).collect();
        fields.extend(keys.into_iter().map(|key| ("measure_remove".to_owned(), key)));
        send(&mut ines, &measures, &fields).await.ok().says("2 March");
        let subjects = |letters: Vec<(String, String)>| letters.into_iter().map(|(subject, _)| subject).filter(|subject| subject.starts_with("Halfway")).count();
        app.at("2026-03-01T12:00:00Z");
        app.work().await;
        assert_eq!(subjects(app.letters("ana.lim@halden.example").await), 0);
        app.at("2026-03-02T12:00:00Z");
        app.work().await;
        assert_eq!(subjects(app.letters("ana.lim@halden.example").await), 1);
        // Whom it asked, it asked: the day stays, whatever a form says.
        app.as_person(round.ines).await.get(&measures).await.ok().says("Halfway: people have been asked, so the day stays");
    }
}
