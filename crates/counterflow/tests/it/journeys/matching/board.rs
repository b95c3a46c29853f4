//! The review board: reasons, pins, swaps with their price, and two managers at once.

use counterflow::{execute, programs::Side};

use super::{Six, six};
use crate::{
    on_both,
    support::{
        app::TestApp,
        browser::{Browser, Reply},
        matching::{Given, Someone},
    },
};

/// What the button of a mark sends.
fn mark(after: &str, before: &str, mentor: Someone, mentee: Someone) -> String {
    format!("{after}/{before}/{}/{}", mentor.participant, mentee.participant)
}

async fn press(browser: &mut Browser, run: &str, value: &str) -> Reply {
    browser.post(&format!("{run}/marks"), &[("mark", value)]).await
}

async fn matched(app: &TestApp) -> (Six, Browser, String) {
    let story = six(app).await;
    let mut ines = app.as_person(story.round.ines).await;
    let run = app.matched(&story.round, &mut ines).await;
    (story, ines, run)
}

on_both! {
    async fn the_lowest_fit_comes_first_with_its_reasons(app: TestApp) {
        let (_, mut ines, run) = matched(app).await;
        let board = ines.get(&run).await.ok().says("Pairs 1 to 2 of 2, lowest fit first");
        let board = board.says("Wants Data and dashboards; Elif offers level 3. Other department, 4 levels apart.").says("0.71")
            .says("Wants AI at work; Ana offers level 4. Other department, 6 levels apart.").says("0.78")
            .says("Without a pair (1) Bernard Stone").says("Tom Whitaker").says("Mentors left over 1 of 3").says("Got their best fit 2 of 2");
        assert!(board.body.find("Gregor Maier").unwrap() < board.body.find("Ruth Okafor").unwrap());
        let best = ines.get(&format!("{run}?sort=-fit")).await.ok();
        assert!(best.body.find("Ruth Okafor").unwrap() < best.body.find("Gregor Maier").unwrap());
        ines.get(&format!("{run}?q=ana")).await.ok().says("Pairs 1 to 1 of 1").does_not_say("Gregor Maier Somebody");
        ines.get(&format!("{run}?q=nobody")).await.ok().says("Nobody of that name");
        ines.get(&format!("{run}?sort=mentee&from=1")).await.ok().says("Pairs 2 to 2 of 2").says("Previous");
    }
}

on_both! {
    async fn pins_and_forbidden_pairs_count_in_the_next_run(app: TestApp) {
        let (story, mut ines, run) = matched(app).await;
        press(&mut ines, &run, &mark("forbidden", "none", story.ana, story.ruth)).await.ok()
            .says("Forbidden: the pair gets no proposal").says("Inés Duarte forbade Ruth Okafor and Ana Lim").says("Send 1 proposal");
        let second = app.matched(&story.round, &mut ines).await;
        assert_eq!(app.pairs(&second).await, ["Ana Lim+Gregor Maier", "Elif Kaya+Ruth Okafor"]);
        press(&mut ines, &second, &mark("pinned", "none", story.ana, story.gregor)).await.ok().says("Pinned: the pair is in every run");
        press(&mut ines, &second, &mark("none", "forbidden", story.ana, story.ruth)).await.ok().says("Taken back");
        let third = app.matched(&story.round, &mut ines).await;
        assert_eq!(app.pairs(&third).await, ["Ana Lim+Gregor Maier", "Elif Kaya+Ruth Okafor"], "the pin is kept although it costs");
        ines.get(&third).await.ok().says("Pairs pinned now 1").says("Pairs forbidden now 0");
        let refused = press(&mut ines, &third, &mark("pinned", "none", story.ana, story.ruth)).await;
        refused.says("as many pinned pairs as places already");
    }
}

on_both! {
    async fn a_swap_has_its_price_and_can_be_undone(app: TestApp) {
        let (story, mut ines, run) = matched(app).await;
        let open = format!("{run}?swap={}/{}", story.ana.participant, story.ruth.participant);
        // Ruth with Elif (4,000) and Gregor with Ana (6,160) instead of 7,840 and 7,060.
        let board = ines.get(&open).await.ok().says("Another mentor for Ruth Okafor").says("Elif Kaya").says("4,740")
            .says("Gregor Maier to Ana Lim (0.71 to 0.62)");
        let value = board.body.split("name=\"swap\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let swapped = ines.post(&format!("{run}/swaps"), &[("swap", &value), ("at", "sort=fit")]).await.ok();
        let swapped = swapped.says("Swapped. You can undo it.").says("4,740 points below the proven optimum of 14,900").says("Swapped by hand");
        assert_eq!(app.pairs(&run).await, ["Ana Lim+Gregor Maier", "Elif Kaya+Ruth Okafor"]);
        ines.post(&format!("{run}/swaps"), &[("swap", &value)]).await.ok().says("So your change was not applied");
        let number = swapped.body.split("name=\"number\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        ines.post(&format!("{run}/undo"), &[("number", &number)]).await.ok().says("Undone.").says("proven optimal for your criteria");
        assert_eq!(app.pairs(&run).await, ["Elif Kaya+Gregor Maier", "Ana Lim+Ruth Okafor"]);
        ines.post(&format!("{run}/undo"), &[("number", &number)]).await.ok().says("So your change was not applied");
    }
}

on_both! {
    async fn a_free_mentor_moves_nobody_else(app: TestApp) {
        let (story, mut ines, _) = matched(app).await;
        let given = Given { level: 3, department: "Finance", topics: &[("ai-at-work", 5)], ..Given::default() };
        let mia = app.admit(&story.round, "Mia Sand", Side::Mentor, given).await;
        let run = app.matched(&story.round, &mut ines).await;
        assert_eq!(app.pairs(&run).await, ["Elif Kaya+Gregor Maier", "Ana Lim+Ruth Okafor"]);
        let open = format!("{run}?swap={}/{}", story.ana.participant, story.ruth.participant);
        // 3 x 5 of 30 is three quarters of 6,000 points, and no other department.
        ines.get(&open).await.ok().says("Mia Sand").says("3,340").says("Nobody: Mia Sand has a place free");
        let value = format!("{}/{}/{}/none", story.ana.participant, story.ruth.participant, mia.participant);
        ines.post(&format!("{run}/swaps"), &[("swap", &value)]).await.ok().says("3,340 points below").says("but same department");
        let tom = format!("{}/{}/{}/none", mia.participant, story.ruth.participant, story.tom.participant);
        ines.post(&format!("{run}/swaps"), &[("swap", &tom)]).await.says("A rule stands against this pair");
    }
}

on_both! {
    async fn two_managers_at_one_board(app: TestApp) {
        let (story, mut ines, run) = matched(app).await;
        let marek = app.co_manager(&story.round, "Marek Havel").await;
        let mut marek = app.as_person(marek).await;
        press(&mut marek, &run, &mark("forbidden", "none", story.ana, story.ruth)).await.ok();
        press(&mut ines, &run, &mark("pinned", "none", story.ana, story.ruth)).await.ok()
            .says("Marek Havel changed this in the meantime").says("So your change was not applied");
        ines.get(&run).await.ok().says("Pairs forbidden now 1").says("Pairs pinned now 0");
        // What does not meet, does not collide: Inés pins another pair on the board that she had opened before.
        press(&mut ines, &run, &mark("pinned", "none", story.elif, story.gregor)).await.ok().says("Pinned: the pair is in every run");
        // Sending what somebody else has changed since is refused.
        let seen = ines.get(&format!("{run}/proposals")).await.ok().hidden("version");
        press(&mut marek, &run, &mark("none", "forbidden", story.ana, story.ruth)).await.ok();
        ines.post(&format!("{run}/proposals"), &[("version", &seen)]).await.says("Marek Havel changed this in the meantime");
        ines.get(&story.round.path("/launch")).await.ok().says("No proposal is sent yet");
    }
}

on_both! {
    async fn the_draft_as_a_file_runs_no_formulas(app: TestApp) {
        let (story, mut ines, run) = matched(app).await;
        let mut tx = app.write().await;
        execute!(tx, "update people set name = '=HYPERLINK(\"http://evil.example\")' where id = $1", story.ana.person).unwrap();
        tx.commit().await.unwrap();
        let file = ines.get(&format!("{run}/draft.csv")).await.ok();
        assert!(file.body.contains("\"'=HYPERLINK(\"\"http://evil.example\"\")\""), "{}", file.body);
        assert!(file.body.contains("\"Gregor Maier\",\"Somebody\",\"Operations\",\"Elif Kaya\""));
        assert!(file.body.contains("\"0.71\",\"Wants Data and dashboards; Elif offers level 3."));
    }
}
