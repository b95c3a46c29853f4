//! The job runner: nothing is lost, nothing takes effect twice, what keeps failing is put aside and seen.

use std::sync::atomic::{AtomicUsize, Ordering};

use counterflow::{
    jobs::{self, Kind},
    kernel::error::Error,
};
use jiff::SignedDuration;
use serde_json::Value;

use crate::{on_both, support::app::TestApp};

async fn enqueue(app: &TestApp, kind: &str, key: &str) -> bool {
    let mut tx = app.write().await;
    let queued = jobs::enqueue(&mut tx, kind, key, &Value::Null).await.unwrap();
    tx.commit().await.unwrap();
    queued
}

async fn standing(app: &TestApp) -> (i64, i64, i64) {
    let standing = jobs::standing(&mut app.read().await).await.unwrap();
    (standing.waiting, standing.finished, standing.dead)
}

on_both! {
    async fn work_that_was_undone_is_not_queued(app: TestApp) {
        let mut tx = app.write().await;
        jobs::enqueue(&mut tx, "test.nothing", "1", &Value::Null).await.unwrap();
        drop(tx);
        assert_eq!(standing(app).await.0, 0);
    }
}

on_both! {
    async fn the_same_work_waits_once(app: TestApp) {
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        RUNS.store(0, Ordering::SeqCst);
        let kinds = [Kind::once("test.count", |_, _| Box::pin(async { RUNS.fetch_add(1, Ordering::SeqCst); Ok(()) }))];
        assert!(enqueue(app, "test.count", "1").await);
        assert!(!enqueue(app, "test.count", "1").await);
        assert_eq!(jobs::run_due(&app.app, &kinds).await.unwrap(), 1);
        assert!(enqueue(app, "test.count", "1").await, "once done it may be queued again");
        jobs::run_due(&app.app, &kinds).await.unwrap();
        assert_eq!(RUNS.load(Ordering::SeqCst), 2);
        assert_eq!(standing(app).await, (0, 2, 0));
    }
}

on_both! {
    async fn two_runners_share_the_work(app: TestApp) {
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        RUNS.store(0, Ordering::SeqCst);
        let kinds = || [Kind::once("test.count", |_, _| Box::pin(async { RUNS.fetch_add(1, Ordering::SeqCst); Ok(()) }))];
        for key in 0..40 {
            enqueue(app, "test.count", &key.to_string()).await;
        }
        let (one, two) = (kinds(), kinds());
        let (first, second) = tokio::join!(jobs::run_due(&app.app, &one), jobs::run_due(&app.app, &two));
        assert_eq!(first.unwrap() + second.unwrap(), 40, "neither goes away while there is work");
        assert_eq!(RUNS.load(Ordering::SeqCst), 40);
    }
}

on_both! {
    async fn what_keeps_failing_is_put_aside(app: TestApp) {
        let kinds = [
            Kind::once("test.fails", |_, _| Box::pin(async { Err(Error::defect("the disk is made of cheese")) })),
            Kind::once("test.panics", |_, _| Box::pin(async { panic!("on purpose") })),
        ];
        enqueue(app, "test.fails", "1").await;
        enqueue(app, "test.panics", "1").await;
        let mut tries = 0;
        for _ in 0..20 {
            tries += jobs::run_due(&app.app, &kinds).await.unwrap();
            app.pass(SignedDuration::from_hours(6));
        }
        assert_eq!((tries, standing(app).await), (16, (0, 0, 2)), "eight tries each, then aside");
        let mut tx = app.write().await;
        let (error,): (String,) = counterflow::fetch_one!(tx, (String,), "select last_error from jobs where kind = 'test.fails'").unwrap();
        assert_eq!(error, "the disk is made of cheese");
        counterflow::execute!(tx, "delete from jobs").unwrap();
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn a_killed_worker_leaves_its_job_to_the_next(app: TestApp) {
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        RUNS.store(0, Ordering::SeqCst);
        enqueue(app, "test.killed", "1").await;
        // A worker claims the job and is never heard of again: a work that never ends, dropped in the middle.
        let stuck = [Kind::once("test.killed", |_, _| Box::pin(std::future::pending()))];
        let run = jobs::run_due(&app.app, &stuck);
        let _ = tokio::time::timeout(std::time::Duration::from_millis(300), run).await;
        let kinds = [Kind::once("test.killed", |_, _| Box::pin(async { RUNS.fetch_add(1, Ordering::SeqCst); Ok(()) }))];
        assert_eq!(jobs::run_due(&app.app, &kinds).await.unwrap(), 0, "the lease holds");
        app.pass(SignedDuration::from_mins(11));
        assert_eq!(jobs::run_due(&app.app, &kinds).await.unwrap(), 1);
        assert_eq!((RUNS.load(Ordering::SeqCst), standing(app).await), (1, (0, 1, 0)));
    }
}

on_both! {
    async fn repeated_work_comes_again(app: TestApp) {
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        RUNS.store(0, Ordering::SeqCst);
        let hour = SignedDuration::from_hours(1);
        let kinds = [Kind::each(hour, "test.hourly", |_, _| Box::pin(async { RUNS.fetch_add(1, Ordering::SeqCst); Ok(()) }))];
        for _ in 0..3 {
            jobs::run_due(&app.app, &kinds).await.unwrap();
            jobs::run_due(&app.app, &kinds).await.unwrap();
            app.pass(hour);
        }
        assert_eq!(RUNS.load(Ordering::SeqCst), 3);
    }
}

on_both! {
    async fn work_that_is_asked_for_while_it_runs_is_done_once_more(app: TestApp) {
        static RUNS: AtomicUsize = AtomicUsize::new(0);
        RUNS.store(0, Ordering::SeqCst);
        // What the job is to see was written after it began: it asks for itself again, as a verb would meanwhile.
        let kinds = [Kind::once("test.again", |app, _| Box::pin(async move {
            if RUNS.fetch_add(1, Ordering::SeqCst) == 0 {
                let mut tx = app.db.write().await?;
                assert!(jobs::enqueue(&mut tx, "test.again", "1", &Value::Null).await?, "it counts as queued");
                tx.commit().await?;
            }
            Ok(())
        }))];
        enqueue(app, "test.again", "1").await;
        assert_eq!(jobs::run_due(&app.app, &kinds).await.unwrap(), 2);
        assert_eq!((RUNS.load(Ordering::SeqCst), standing(app).await), (2, (0, 1, 0)));
    }
}

on_both! {
    async fn work_of_a_newer_binary_is_left_to_it(app: TestApp) {
        enqueue(app, "test.of_tomorrow", "1").await;
        for _ in 0..3 {
            assert_eq!(jobs::run_due(&app.app, &[Kind::once("test.of_today", |_, _| Box::pin(async { Ok(()) }))]).await.unwrap(), 0);
            app.pass(SignedDuration::from_hours(1));
        }
        let untouched: (i64, Option<String>) =
            counterflow::fetch_one!(app.read().await, (i64, Option<String>), "select attempts, last_error from jobs").unwrap();
        assert_eq!(untouched, (0, None));
        assert_eq!(jobs::run_due(&app.app, &[Kind::once("test.of_tomorrow", |_, _| Box::pin(async { Ok(()) }))]).await.unwrap(), 1);
    }
}

on_both! {
    async fn a_job_that_ends_its_process_is_put_aside(app: TestApp) {
        enqueue(app, "test.deadly", "1").await;
        let deadly = || [Kind::once("test.deadly", |_, _| Box::pin(std::future::pending()))];
        // As often as it may fail: somebody claims it, and is never heard of again.
        for _ in 0..8 {
            let kinds = deadly();
            let _ = tokio::time::timeout(std::time::Duration::from_millis(300), jobs::run_due(&app.app, &kinds)).await;
            app.pass(SignedDuration::from_mins(2));
        }
        assert_eq!(jobs::run_due(&app.app, &deadly()).await.unwrap(), 0, "not a ninth time");
        assert_eq!(standing(app).await, (0, 0, 1));
        let mut tx = app.write().await;
        let (events,): (i64,) = counterflow::fetch_one!(tx, (i64,), "select count(*) from events where kind = 'job.gave_up'").unwrap();
        assert_eq!(events, 1);
        counterflow::execute!(tx, "delete from jobs").unwrap();
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn a_job_that_never_ends_is_broken_off(app: TestApp) {
        enqueue(app, "test.endless", "1").await;
        let limit = std::time::Duration::from_millis(100);
        let kinds = [Kind::once("test.endless", |_, _| Box::pin(std::future::pending())).within(limit)];
        assert_eq!(jobs::run_due(&app.app, &kinds).await.unwrap(), 1);
        let mut tx = app.write().await;
        let (error,): (String,) = counterflow::fetch_one!(tx, (String,), "select last_error from jobs").unwrap();
        assert!(error.contains("longer than 100ms"), "{error}");
        counterflow::execute!(tx, "delete from jobs").unwrap();
        tx.commit().await.unwrap();
    }
}

on_both! {
    async fn finished_work_is_forgotten_after_a_month(app: TestApp) {
        let kinds = [Kind::once("test.nothing", |_, _| Box::pin(async { Ok(()) }))];
        enqueue(app, "test.nothing", "1").await;
        jobs::run_due(&app.app, &kinds).await.unwrap();
        app.pass(SignedDuration::from_hours(29 * 24));
        enqueue(app, "test.nothing", "2").await;
        jobs::run_due(&app.app, &kinds).await.unwrap();
        jobs::forget_finished(app.app.clone()).await.unwrap();
        assert_eq!(standing(app).await.1, 2);
        app.pass(SignedDuration::from_hours(2 * 24));
        jobs::forget_finished(app.app.clone()).await.unwrap();
        assert_eq!(standing(app).await.1, 1);
    }
}

on_both! {
    async fn the_admin_sees_what_is_stuck_and_tries_it_again(app: TestApp) {
        let piet = app.set_up().await;
        let mut admin = app.as_person(piet).await;
        admin.get("/admin/jobs").await.ok().says("Nothing to do").says("Nothing is stuck");
        let fails = [Kind::once("test.fails", |_, _| Box::pin(async { Err(Error::defect("the disk is made of cheese")) }))];
        enqueue(app, "test.fails", "1").await;
        jobs::run_due(&app.app, &fails).await.unwrap();
        admin.get("/admin/jobs").await.ok().says("0 running, 1 waiting, 0 gave up").says("the disk is made of cheese");
        for _ in 0..8 {
            app.pass(SignedDuration::from_hours(6));
            jobs::run_due(&app.app, &fails).await.unwrap();
        }
        let mut admin = app.as_person(piet).await;
        let id: (String,) = counterflow::fetch_one!(app.read().await, (String,), "select id from jobs").unwrap();
        let path = format!("/admin/jobs/{}/retry", id.0);
        admin.get("/admin/jobs").await.ok().says("1 gave up").says("Try again");
        // While the same work waits anyway there is nothing to try again.
        enqueue(app, "test.fails", "1").await;
        assert_eq!(admin.post(&path, &[]).await.status, 409);
        let works = [Kind::once("test.fails", |_, _| Box::pin(async { Ok(()) }))];
        jobs::run_due(&app.app, &works).await.unwrap();
        admin.post(&path, &[]).await.ok().says("It is tried again now");
        assert_eq!(admin.post(&path, &[]).await.status, 409, "it waits already");
        assert_eq!(jobs::run_due(&app.app, &works).await.unwrap(), 1);
        assert_eq!(standing(app).await, (0, 2, 0));
        let (events,): (i64,) = counterflow::fetch_one!(app.read().await, (i64,), "select count(*) from events where kind = 'job.retried' and actor_id is not null").unwrap();
        assert_eq!(events, 1);
    }
}
