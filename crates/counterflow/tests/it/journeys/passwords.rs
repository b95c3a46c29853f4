//! Guessing passwords, and changing one's own.

use axum::http::StatusCode;
use counterflow::{fetch_all, kernel::hashing::SEATS};

use crate::{
    on_both,
    support::{
        app::TestApp,
        browser::{Browser, Reply},
    },
};

const PASSWORD: &str = "four plain words here";
const PIET: &str = "piet.visser@halden.example";

/// Sets the server up, with Piet's password. Answers Piet's browser.
async fn set_up(app: &TestApp, mut browser: Browser) -> Browser {
    let fields = [
        ("organization", "Halden Group"),
        ("zone", "Europe/Berlin"),
        ("name", "Piet Visser"),
        ("email", PIET),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    browser.post("/setup", &fields).await.ok().says("Piet Visser");
    let mut tx = app.read().await;
    let people = fetch_all!(tx, (counterflow::kernel::ids::PersonId,), "select id from people").unwrap();
    browser.person = Some(people[0].0);
    browser
}

async fn sign_in(browser: &mut Browser, password: &str) -> Reply {
    browser.post("/sign-in/password", &[("account", PIET), ("password", password), ("to", "/me")]).await
}

async fn events(app: &TestApp, kind: &str) -> Vec<Option<String>> {
    let mut tx = app.read().await;
    let rows = fetch_all!(tx, (Option<String>,), "select subject_id from events where kind = $1 order by id", kind);
    rows.unwrap().into_iter().map(|(subject,)| subject).collect()
}

on_both! {
    async fn strangers_cannot_lock_the_owner_out(app: TestApp) {
        let app = &app.behind_a_proxy();
        set_up(app, app.browser().from("198.51.100.7")).await;
        for address in ["203.0.113.1", "203.0.113.2", "203.0.113.3"] {
            let mut last = None;
            for _ in 0..6 {
                last = Some(sign_in(&mut app.browser().from(address), "guess").await);
            }
            let last = last.unwrap();
            assert_eq!(last.status, StatusCode::TOO_MANY_REQUESTS, "{address}");
            let seconds: u64 = last.headers["retry-after"].to_str().unwrap().parse().unwrap();
            assert!(seconds > 0, "the answer says when to try again");
            last.says(&format!("Wait {seconds} seconds"));
        }
        sign_in(&mut app.browser().from("198.51.100.7"), PASSWORD).await.ok().says("My settings");

        let mut elsewhere = app.browser().from("192.0.2.44");
        assert_eq!(sign_in(&mut elsewhere, PASSWORD).await.status, StatusCode::TOO_MANY_REQUESTS, "from a new place a letter helps");
        elsewhere.post("/sign-in/link", &[("email", PIET)]).await.ok();
        app.work().await;
        let link = app.link_to(PIET).await;
        elsewhere.post(&link, &[]).await.ok();
        sign_in(&mut app.browser().from("192.0.2.44"), PASSWORD).await.ok().says("My settings");
    }
}

on_both! {
    async fn a_refused_sign_in_is_on_record(app: TestApp) {
        let piet = set_up(app, app.browser()).await.person.unwrap();
        sign_in(&mut app.browser(), "guess").await;
        app.browser().post("/sign-in/password", &[("account", "nobody@halden.example"), ("password", "guess")]).await;
        assert_eq!(events(app, "login.refused").await, [Some(piet.to_string()), None]);
    }
}

on_both! {
    async fn whoever_waits_too_long_for_a_sign_in_is_asked_to_come_back(app: TestApp) {
        set_up(app, app.browser()).await;
        let seats = u32::try_from(SEATS).unwrap();
        let taken = app.app.hashing.seats.clone().acquire_many_owned(seats).await.unwrap();
        let waited = sign_in(&mut app.browser(), PASSWORD).await;
        assert_eq!(waited.status, StatusCode::SERVICE_UNAVAILABLE);
        waited.says("Many people are signing in").says("try again");
        drop(taken);
        sign_in(&mut app.browser(), PASSWORD).await.ok();
    }
}

on_both! {
    async fn a_new_password_asks_for_the_present_one_and_ends_every_other_way_in(app: TestApp) {
        let mut browser = set_up(app, app.browser()).await;
        let mut other = app.browser();
        sign_in(&mut other, PASSWORD).await.ok().says("My settings");
        app.browser().post("/sign-in/link", &[("email", PIET)]).await.ok();
        app.work().await;
        let link = app.link_to(PIET).await;

        let new = [("password", "quite another sentence"), ("password_again", "quite another sentence")];
        browser.post("/me/password", &new).await.says("Please fill this in");
        let wrong = [new[0], new[1], ("password_now", "guess")];
        browser.post("/me/password", &wrong).await.says("This is not your present password");
        let right = [new[0], new[1], ("password_now", PASSWORD)];
        let before = browser.cookie();
        browser.post("/me/password", &right).await.ok().says("Your password is set");
        assert_ne!(browser.cookie(), before, "this browser has a new login");

        other.get("/me").await.ok().says("Sign in").does_not_say("My settings");
        assert_eq!(app.browser().get(&link).await.status, StatusCode::NOT_FOUND, "links that were sent are void");
        let letters = app.letters(PIET).await;
        let (subject, text) = letters.last().unwrap();
        assert!(subject.contains("password") && !text.contains("sentence"), "{subject}: {text}");
        assert_eq!(sign_in(&mut app.browser(), PASSWORD).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        sign_in(&mut app.browser(), "quite another sentence").await.ok().says("My settings");
    }
}

on_both! {
    async fn a_password_that_many_use_is_refused(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let common = [("password", "Password2026!"), ("password_again", "Password2026!")];
        browser.post("/me/password", &common).await.says("Many people use this password");
        let own = [("password", PASSWORD), ("password_again", PASSWORD)];
        browser.post("/me/password", &own).await.ok().says("Your password is set");
    }
}

on_both! {
    async fn the_set_up_cannot_be_tried_without_end(app: TestApp) {
        // The limit fills up with real time, so on a slow machine a few more than sixty get through.
        let mut tries = 0;
        while app.browser().post("/setup", &[("organization", "")]).await.status != StatusCode::TOO_MANY_REQUESTS {
            tries += 1;
            assert!(tries < 600, "never refused");
        }
        assert!(tries >= 60, "refused after {tries}");
    }
}
