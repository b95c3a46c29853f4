//! The demo: an invented company with a past, and a door for each role.

use axum::http::StatusCode;
use counterflow::{demo::command, fetch_one, kernel::app::App};

use crate::{on_both, support::browser::Browser};

const DOORS: [(&str, &str); 6] = [
    ("manager", "Rounds you look after"),
    ("mentor", "Ruth Okafor chooses a time"),
    ("mentee", "Ana Lim proposes times"),
    ("delegate", "Choose a time for Ruth Okafor with Ana Lim"),
    ("sponsor", "you back it"),
    ("admin", "Nothing needs you"),
];

/// What there is at least, as the demo promises it.
const AT_LEAST: [i64; 6] = [580, 15, 30, 3, 3, 50];

/// People, pairs, meetings held, not held and moved, check-ins answered; and jobs that failed.
async fn counts(app: &App) -> ([i64; 6], i64) {
    let mut tx = app.db.read().await.unwrap();
    let row: (i64, i64, i64, i64, i64, i64, i64) = fetch_one!(
        tx,
        (i64, i64, i64, i64, i64, i64, i64),
        "select (select count(*) from people),
                (select count(*) from pairs where state = 'active'),
                (select count(*) from meetings where state = 'held'),
                (select count(*) from meetings where state in ('cancelled', 'missed')),
                (select count(*) from meeting_moves),
                (select count(*) from checkins where answered_at is not null),
                (select count(*) from jobs where dead_at is not null or last_error is not null)"
    )
    .unwrap();
    ([row.0, row.1, row.2, row.3, row.4, row.5], row.6)
}

/// Only on SQLite: that is what the demo runs on.
#[tokio::test]
async fn the_company_has_a_past_and_a_door_for_each_role() {
    let folder = tempfile::tempdir().unwrap();
    let given = command::Given { listen: "127.0.0.1:8080".parse().unwrap(), data: Some(folder.path().to_owned()) };
    let (app, _keep) = command::open(&given).await.unwrap();
    let (made, failed) = counts(&app).await;
    assert!(made.iter().zip(AT_LEAST).all(|(count, least)| *count >= least), "{made:?}");
    assert_eq!(failed, 0);
    for (door, expected) in DOORS {
        let mut browser = Browser::of(&app);
        browser.get("/sign-in").await.ok().says("Enter the demo as");
        browser.post("/demo/enter", &[("as", door)]).await.ok().says(expected);
        browser.get("/home").await.ok().says("all people are invented");
    }
    let mut browser = Browser::of(&app);
    assert_eq!(browser.post("/demo/enter", &[("as", "chairman")]).await.status, StatusCode::NOT_FOUND);
    app.db.close().await;
    let (again, _keep) = command::open(&given).await.unwrap();
    assert_eq!(counts(&again).await, (made, 0), "the second start finds what the first one made");
}

on_both! {
    async fn elsewhere_there_are_no_doors(app: TestApp) {
        app.set_up().await;
        assert!(!app.app.config.demo);
        app.browser().get("/sign-in").await.ok().does_not_say("Enter the demo as");
        assert_eq!(app.browser().post("/demo/enter", &[("as", "admin")]).await.status, StatusCode::NOT_FOUND);
    }
}
