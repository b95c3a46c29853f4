//! The edge of the server: what arrives that no page of ours has sent, and what stays up when the database does not.

use std::time::Duration;

use axum::http::{StatusCode, header};
use counterflow::{execute, kernel::assets};
use jiff::SignedDuration;

use crate::{on_both, support::app::TestApp};

async fn on_each() -> Vec<TestApp> {
    [Some(TestApp::sqlite().await), TestApp::postgres().await].into_iter().flatten().collect()
}

on_both! {
    async fn a_reader_does_not_wait_for_a_writer(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        app.pass(SignedDuration::from_mins(5));
        let mut busy = app.write().await;
        execute!(busy, "update logins set seen_at = seen_at").unwrap();
        let page = tokio::time::timeout(Duration::from_secs(5), browser.get("/me")).await;
        page.expect("the page has to come while somebody writes").ok().says("My settings");
        drop(busy);
        browser.get("/me").await.ok().says("My settings");
        app.pass(SignedDuration::from_mins(27));
        browser.get("/me").await.ok().says("My settings");
    }
}

on_both! {
    async fn bytes_that_nobody_types_do_no_harm(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        browser.post("/me", &[("zone", "Europe/\0Berlin"), ("theme", "dark\0")]).await.ok().says("Saved");
        for path in ["/rounds/a%00b", "/rounds/%ff", "/sign-in/links/a%00b", "/directory/people/%00", "/assets/%00/app.css"] {
            assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        browser.get("/directory?find=%00a").await.ok();
    }
}

on_both! {
    async fn a_form_has_an_end(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let fields = vec![("zone", "UTC"); 2_001];
        let refused = browser.post("/me", &fields).await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
        refused.says("more than 2000 answers");
        let id = browser.get("/directory/import").await.ok().hidden("id");
        let many: Vec<_> = (0..2_001).map(|_| ("id", id.as_str())).collect();
        let refused = browser.upload("/directory/imports", &many, "people.csv", b"Name\nAna Lim\n").await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

on_both! {
    async fn an_upload_is_measured_over_all_its_parts(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        let id = browser.get("/directory/import").await.ok().hidden("id");
        let half = "a".repeat(33 << 20);
        // Nothing says beforehand how long it is, as when a program sends it in chunks.
        let refused = browser.upload("/directory/imports", &[("id", &id), ("note", &half)], "people.csv", half.as_bytes()).await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE);
    }
}

#[tokio::test]
async fn assets_and_health_answer_without_the_database() {
    for app in on_each().await {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        browser.get("/readyz").await.ok().says("ready");
        app.app.db.close().await;
        browser.get("/healthz").await.ok().says("alive");
        browser.get(&format!("/assets/{}/app.css", assets::version())).await.ok();
        assert_eq!(browser.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
        let away = browser.get("/me").await;
        assert_eq!(
            (away.status, away.headers["retry-after"].to_str().unwrap()),
            (StatusCode::SERVICE_UNAVAILABLE, "5")
        );
    }
}

#[tokio::test]
async fn ready_means_that_our_tables_are_there() {
    for app in on_each().await {
        let mut tx = app.write().await;
        execute!(tx, "alter table organization rename to gone").unwrap();
        tx.commit().await.unwrap();
        assert_eq!(app.browser().get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    }
}

on_both! {
    async fn only_an_asset_of_this_version_is_kept(app: TestApp) {
        let mut browser = app.browser();
        for (path, status, kept) in [
            (format!("/assets/{}/app.css", assets::version()), StatusCode::OK, "public, max-age=31536000, immutable"),
            ("/assets/older/app.css".to_owned(), StatusCode::OK, "no-store"),
            (format!("/assets/{}/none.css", assets::version()), StatusCode::NOT_FOUND, "no-store"),
            ("/assets/none".to_owned(), StatusCode::NOT_FOUND, "no-store"),
            ("/sign-in".to_owned(), StatusCode::OK, "no-store"),
        ] {
            let reply = browser.get(&path).await;
            assert_eq!((reply.status, reply.headers[header::CACHE_CONTROL].to_str().unwrap()), (status, kept), "{path}");
        }
    }
}

on_both! {
    async fn browsers_are_told_to_stay_on_https(app: TestApp) {
        let plain = app.browser().get("/sign-in").await;
        assert!(!plain.headers.contains_key(header::STRICT_TRANSPORT_SECURITY));
        let app = app.with(|config| config.public_url = "https://mentoring.example.org".parse().unwrap());
        let secure = app.browser().get("/sign-in").await;
        let told = secure.headers[header::STRICT_TRANSPORT_SECURITY].to_str().unwrap();
        assert!(told.starts_with("max-age=") && !told.contains("preload"), "{told}");
    }
}
