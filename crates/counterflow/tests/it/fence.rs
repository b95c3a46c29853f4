//! What the database itself refuses, whatever the code above it does; and that text order is time order under the
//! collation of a foreign PostgreSQL too.

use counterflow::{
    execute, fetch_all,
    kernel::{
        clock::Timestamp,
        error::Error,
        ids::{CheckinId, JobId, MeetingId},
    },
};
use jiff::SignedDuration;

use crate::{
    on_both,
    support::{app::TestApp, running::PairRows},
};

async fn set_number(app: &TestApp, meeting: MeetingId, number: i64) -> Result<u64, Error> {
    let mut tx = app.write().await;
    let rows = execute!(tx, "update meetings set number = $1 where id = $2", number, meeting)?;
    tx.commit().await?;
    Ok(rows)
}

on_both! {
    async fn two_meetings_to_come_have_two_numbers(app: TestApp) {
        let round = app.round_in("run").await;
        let pair = app.running_pair(&round, "Ana Lim", "Ruth Okafor").await;
        let other = app.running_pair(&round, "Ben Osei", "Karin Holm").await;
        let first = app.meeting(pair, Some("2026-01-20T10:00:00Z"), "planned").await;
        let second = app.meeting(pair, Some("2026-02-20T10:00:00Z"), "planned").await;
        let past = app.meeting(pair, Some("2026-01-05T10:00:00Z"), "missed").await;
        let theirs = app.meeting(other, Some("2026-02-20T10:00:00Z"), "planned").await;
        assert!(set_number(app, second, 1).await.unwrap_err().is_duplicate());
        assert_eq!(set_number(app, first, 1).await.unwrap(), 1);
        assert_eq!(set_number(app, past, 1).await.unwrap(), 1, "it gave its number away");
        assert_eq!(set_number(app, theirs, 1).await.unwrap(), 1, "another pair");
    }
}

async fn ask(app: &TestApp, pair: PairRows, meeting: Option<MeetingId>) -> Result<u64, Error> {
    let mut tx = app.write().await;
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into checkins (id, round_id, pair_id, meeting_id, person_id, side, occasion, questions, due_at, created_at)
         values ($1, $2, $3, $4, $5, 'mentor', 'midpoint', '[]', $6, $6)",
        CheckinId::new(),
        pair.round,
        pair.id,
        meeting,
        pair.mentor,
        now
    )?;
    tx.commit().await?;
    Ok(rows)
}

on_both! {
    async fn nobody_is_asked_twice_in_a_wave_or_after_a_meeting(app: TestApp) {
        let round = app.round_in("run").await;
        let pair = app.running_pair(&round, "Ana Lim", "Ruth Okafor").await;
        let meeting = app.meeting(pair, Some("2026-01-10T10:00:00Z"), "held").await;
        for meeting in [None, Some(meeting)] {
            assert_eq!(ask(app, pair, meeting).await.unwrap(), 1);
            assert!(ask(app, pair, meeting).await.unwrap_err().is_duplicate(), "with meeting {meeting:?}");
        }
    }
}

/// Times and ids are compared as text by every query. They have one width and one alphabet, so that any collation puts
/// them in the same order; lists of people are sorted as the database's language wants it, and that is all it decides.
#[tokio::test]
async fn text_order_is_time_order_under_a_linguistic_collation() {
    let Some(app) = TestApp::icu().await else { return };
    let piet = app.set_up().await;
    for name in ["ana lim", "Ana Lim Ånes", "Émile Aubry", "Zoë Quist", "ähtäri"] {
        app.person(name).await;
    }
    let mut tx = app.write().await;
    let mut moments: Vec<Timestamp> = Vec::new();
    for (at, step) in [1_i64, 999, 1_000, 59_999, 3_600_000, 36_000_000, 86_400_000, 3_000_000_000].iter().enumerate() {
        let moment = tx.now().plus(SignedDuration::from_millis(*step));
        moments.push(moment);
        execute!(
            tx,
            "insert into jobs (id, kind, key, payload, run_at, attempts, fence, created_at)
             values ($1, 'test.later', $2, 'null', $3, 0, 0, $3)",
            JobId::new(),
            i64::try_from(at).unwrap().to_string(),
            moment
        )
        .unwrap();
    }
    let sorted: Vec<(Timestamp,)> = fetch_all!(tx, (Timestamp,), "select run_at from jobs order by run_at").unwrap();
    assert_eq!(sorted.iter().map(|(at,)| *at).collect::<Vec<_>>(), moments);
    for limit in &moments {
        let until: Vec<(String,)> = fetch_all!(tx, (String,), "select id from jobs where run_at <= $1", limit).unwrap();
        assert_eq!(until.len(), moments.iter().filter(|at| *at <= limit).count(), "until {limit}");
    }
    let ids: Vec<(JobId,)> = fetch_all!(tx, (JobId,), "select id from jobs order by id").unwrap();
    assert!(ids.is_sorted(), "{ids:?}");
    drop(tx);
    let mut admin = app.as_person(piet).await;
    admin.get("/directory").await.ok().says("Zoë Quist");
    admin.get("/directory?q=quist").await.ok().says("Zoë Quist").does_not_say("Émile Aubry");
    assert!(app.work().await > 0);
    app.assert_idle().await;
    app.forget_icu().await;
}
