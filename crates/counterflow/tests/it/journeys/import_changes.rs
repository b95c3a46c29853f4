//! What a people file changes for whom, seen before the yes, and the way back from it.

use axum::http::StatusCode;
use counterflow::{execute, fetch_all, fetch_one};
use jiff::SignedDuration;

use super::importing::{HALDEN, dry_run, import, person, say_yes};
use crate::{on_both, support::app::TestApp};

/// Everything that the directory keeps of everybody, but for when it was written.
async fn everything(app: &TestApp) -> Vec<(String, String)> {
    let mut tx = app.read().await;
    fetch_all!(
        tx,
        (String, String),
        "select id, coalesce(employee_id, '-') || '|' || coalesce(email, '-') || '|' || name || '|' || sort_name || '|' ||
                coalesce(search_text, '-') || '|' || coalesce(title, '-') || '|' || coalesce(level_label, '-') || '|' ||
                coalesce(department, '-') || '|' || coalesce(location, '-') || '|' || coalesce(time_zone, '-') || '|' ||
                coalesce(directory_time_zone, '-') || '|' || languages || '|' || attributes || '|' ||
                coalesce(manager_id, '-') || '|' || coalesce(started_on, '-') || '|' || coalesce(left_on, '-') || '|' ||
                status || '|' || theme
         from people order by id"
    )
    .unwrap()
}

/// The next day's file: Ana has a new boss and department, Ruth has left, Inés is in no row, and Ben is new.
const NEXT: &str = "\
Employee ID,Worker,Work Email,Manager ID,Business Title,Job Level,Department,Location,Hire Date,Termination Date,Pronouns
1,\"Holm, Karin\",karin.holm@halden.example,,CEO,12,Board,Berlin,2009-02-01,,she/her
2,Ruth Okafor,ruth.okafor@halden.example,1,CFO,11,Finance,Berlin,2012-05-01,2026-01-09,
4,Ana Lim,ana.lim@halden.example,9,Data analyst,3,Technology,Singapore,2023-01-09,,
5,Piet Visser,piet.visser@halden.example,1,IT,5,People,Berlin,2018-03-01,,
9,Ben Osei,ben.osei@halden.example,1,CTO,10,Technology,Lagos,2025-01-07,,
";

on_both! {
    async fn each_change_is_shown_field_by_field_before_the_yes(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        import(app, &mut browser, HALDEN).await.says("Imported on");
        let check = dry_run(app, &mut browser, NEXT).await.says("See each change, field by field");

        let page = browser.get(&format!("{}/changes", check.path)).await.ok();
        let page = page.says("What would change for whom").says("All (5)").says("New (1)").says("Changes (2)");
        let page = page.says("Leaves (1)").says("Missing (1)").says("Department (1)").says("Manager (2)");
        let page = page.says("Ana Lim Line 4 Changes Manager Ruth Okafor → becomes Ben Osei Department Finance → becomes Technology");
        let page = page.says("Ben Osei Line 6 New").says("Inés Duarte In no row Missing");
        page.says("Leaving date empty → becomes 9 January Status works here → becomes has left");

        let only = browser.get(&format!("{}/changes?field=department", check.path)).await.ok();
        only.says("1 to 1 of 1").says("Ana Lim").does_not_say("Ben Osei Line 6").does_not_say("Inés Duarte");
        let new = browser.get(&format!("{}/changes?kind=new", check.path)).await.ok();
        new.says("Ben Osei").says("1 to 1 of 1").does_not_say("Ana Lim");
        browser.get(&format!("{}/changes?field=_epartment", check.path)).await.ok().says("Nobody matches");
        browser.get(&format!("{}/changes?from=99", check.path)).await.ok().says("Nobody matches");
        let csv = browser.get(&format!("{}/changes.csv?field=department", check.path)).await.ok();
        assert!(csv.body.contains(r#""4","Ana Lim","changed","department","Finance","Technology""#), "{}", csv.body);
        assert!(csv.body.contains(r#""4","Ana Lim","changed","manager_id","Ruth Okafor","Ben Osei""#), "{}", csv.body);

        browser.post(&format!("{}/cancellation", check.path), &[]).await.ok();
        assert_eq!(browser.get(&format!("{}/changes", check.path)).await.status, StatusCode::CONFLICT);
        let mut tx = app.read().await;
        let (kept,) = fetch_one!(tx, (i64,), "select count(*) from import_changes where kind = 'missing'").unwrap();
        assert_eq!(kept, 0, "of a cancelled import nothing is kept");
    }
}

/// Twelve people in two departments.
fn dozen(department: impl Fn(usize) -> &'static str) -> String {
    let row = |n: usize| format!("{n},Person {n},person{n}@halden.example,{}\n", department(n));
    format!("Employee ID,Name,Email,Department\n{}", (1..=12).map(row).collect::<String>())
}

on_both! {
    async fn a_field_that_changes_for_most_people_needs_a_word(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let before = dozen(|n| if n % 2 == 0 { "Sales" } else { "Finance" });
        import(app, &mut browser, &before).await.says("Imported on");
        let few = dry_run(app, &mut browser, &dozen(|n| if n > 6 { "Berlin" } else if n % 2 == 0 { "Sales" } else { "Finance" })).await;
        few.says("Changed 6").does_not_say("would change for most people");
        let most = dry_run(app, &mut browser, &dozen(|n| if n > 5 { "Berlin" } else { "Finance" })).await;
        let most = most.says("Department would change for most people").says("9 of 12 people lose what stands there now");
        let asked = say_yes(app, &mut browser, &most, &[]).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        asked.says("say whether so much really changes");
        say_yes(app, &mut browser, &most, &[("sweeping", "yes")]).await.says("Imported on");
    }
}

on_both! {
    async fn half_the_staff_missing_stops_and_asks(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        import(app, &mut browser, &dozen(|_| "Sales")).await.says("Imported on");
        let half: String = dozen(|_| "Finance").lines().take(6).map(|line| format!("{line}\n")).collect();
        let page = dry_run(app, &mut browser, &half).await.says("Half the staff is missing from this file");
        let asked = say_yes(app, &mut browser, &page, &[]).await;
        assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
        asked.says("say whether the file is about a part of the organization only");
        say_yes(app, &mut browser, &page, &[("partial", "yes")]).await.says("Imported on").says("Left 0");
    }
}

on_both! {
    async fn undoing_brings_back_what_was(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        import(app, &mut browser, HALDEN).await.says("Imported on");
        let before = everything(app).await;
        let check = dry_run(app, &mut browser, NEXT).await;
        let done = say_yes(app, &mut browser, &check, &[("leavers", "yes"), ("missing", "leave")]).await;
        let done = done.says("Left 2").says("Undo this import").says("1 new person is taken out, 2 changed ones go back, 2 who left are back");
        browser.get(&format!("{}/changes", done.path)).await.ok().says("What changed for whom").says("Ruth Okafor");
        assert_ne!(everything(app).await, before);

        let undo = format!("{}/undo", done.path);
        browser.post(&undo, &[]).await.ok().says("Being undone");
        assert_eq!(browser.post(&undo, &[]).await.status, StatusCode::CONFLICT, "a double click");
        app.work().await;
        let page = browser.get(&done.path).await.ok();
        page.says("This import is undone").says("4 people are as before, 1 new one is out of the directory again")
            .says("2 had left by it and are back: Ruth Okafor , Inés Duarte").does_not_say("Undo this import");
        assert_eq!(everything(app).await, before);
        assert_eq!(browser.post(&undo, &[]).await.status, StatusCode::CONFLICT);
        assert_eq!(browser.get(&format!("{}/changes", done.path)).await.status, StatusCode::CONFLICT);
        browser.get("/directory/import").await.ok().says("Undone: 1 new, 2 changed, 1 left");
        let mut tx = app.read().await;
        let (data,) = fetch_one!(tx, (String,), "select data from events where kind = 'import.undone'").unwrap();
        assert!(!data.contains("Ruth") && data.contains("\"back\":2"), "numbers, no names: {data}");
        drop(tx);
        import(app, &mut browser, NEXT).await.says("Nothing is imported yet");
    }
}

on_both! {
    async fn what_came_later_is_never_lost_by_undoing(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        import(app, &mut browser, HALDEN).await.says("Imported on");
        let moved = HALDEN.replace("Data analyst,3,Finance", "Data analyst,3,Technology");
        let done = import(app, &mut browser, &moved).await.says("Changed 1");
        let ana = person(app, "ana.lim@halden.example").await;
        let mut tx = app.write().await;
        execute!(tx, "update people set title = 'Lead analyst' where id = $1", ana).unwrap();
        tx.commit().await.unwrap();
        browser.post(&format!("{}/undo", done.path), &[]).await.ok();
        app.work().await;
        let page = browser.get(&done.path).await.ok();
        page.says("Nothing was undone: people have changed since").says("Ana Lim is not as this import left them").says("Undo this import");
        let department = async || {
            let mut tx = app.read().await;
            fetch_one!(tx, (String,), "select department from people where id = $1", ana).unwrap().0
        };
        assert_eq!(department().await, "Technology");

        let later = import(app, &mut browser, &moved.replace("Data analyst", "Lead analyst").replace("CFO", "Chief")).await;
        assert_eq!(browser.post(&format!("{}/undo", done.path), &[]).await.status, StatusCode::CONFLICT, "only the last one");
        dry_run(app, &mut browser, &moved.replace("Data analyst", "Lead analyst").replace("CFO", "Chief")).await.says("The directory says the same");
        browser.get(&later.path).await.ok().says("Undo this import");
        app.pass(SignedDuration::from_hours(31 * 24));
        app.work().await;
        let mut browser = app.as_person(piet).await;
        browser.get(&later.path).await.ok().does_not_say("Undo this import").does_not_say("See what changed");
        assert_eq!(browser.post(&format!("{}/undo", later.path), &[]).await.status, StatusCode::CONFLICT, "after 30 days");
    }
}

on_both! {
    async fn whoever_takes_part_already_is_not_deleted(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        import(app, &mut browser, HALDEN).await.says("Imported on");
        let more = format!("{HALDEN}9,Ben Osei,ben.osei@halden.example,1,CTO,10,Technology,Lagos,2025-01-07,,\n");
        let done = import(app, &mut browser, &format!("{more}10,Uma Kim,uma.kim@halden.example,9,Analyst,2,Technology,Lagos,2025-01-07,,\n")).await;
        let ben = person(app, "ben.osei@halden.example").await;
        let mut bens = app.as_person(ben).await;
        bens.get("/me").await.ok();
        let mut tx = app.write().await;
        counterflow::accounts::grant_role(&mut tx, ben, "program_starter", Some(piet)).await.unwrap();
        tx.commit().await.unwrap();
        browser.post(&format!("{}/undo", done.path), &[]).await.ok();
        app.work().await;
        let page = browser.get(&done.path).await.ok();
        page.says("1 new one is out of the directory again").says("1 new person takes part in something already and can’t be taken out: Ben Osei");
        bens.get("/me").await.says("Sign in");
        let mut tx = app.read().await;
        let (status,) = fetch_one!(tx, (String,), "select status from people where id = $1", ben).unwrap();
        assert_eq!(status, "left");
        drop(tx);
        import(app, &mut browser, &more).await.says("1 of them had left and are back");
        assert_eq!(person(app, "ben.osei@halden.example").await, ben, "the right file finds the same person");
    }
}

on_both! {
    async fn undoing_never_leaves_the_server_without_an_admin(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        import(app, &mut browser, HALDEN).await.says("Imported on");
        let done = import(app, &mut browser, &format!("{HALDEN}9,Ben Osei,ben.osei@halden.example,1,CTO,10,Technology,Lagos,2025-01-07,,\n")).await;
        let ben = person(app, "ben.osei@halden.example").await;
        let mut tx = app.write().await;
        counterflow::accounts::grant_role(&mut tx, ben, "admin", Some(piet)).await.unwrap();
        execute!(tx, "delete from organization_roles where person_id = $1", piet).unwrap();
        tx.commit().await.unwrap();
        let mut bens = app.as_person(ben).await;
        bens.post(&format!("{}/undo", done.path), &[]).await.ok();
        app.work().await;
        bens.get(&done.path).await.ok().says("Nothing was undone: nobody would look after the server").says("Undo this import");
    }
}
