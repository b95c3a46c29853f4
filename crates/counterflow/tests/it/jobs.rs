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
        let kinds = [Kind { name: "test.count", every: None, work: |_, _| Box::pin(async { RUNS.fetch_add(1, Ordering::SeqCst); Ok(()) }) }];
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
        let kinds = || [Kind { name: "test.count", every: None, work: |_, _| Box::pin(async { RUNS.fetch_add(1, Ordering::SeqCst); Ok(()) }) }];
        for key in 0..40 {
            enqueue(app, "test.count", &key.to_string()).await;
        }
        let (one, two) = (kinds(), kinds());
        let (first, second) = tokio::join!(jobs::run_due(&app.app, &one), jobs::run_due(&app.app, &two));
        // On PostgreSQL a runner may stop early when the other holds the row it wanted: the next round takes the rest.
        let rest = jobs::run_due(&app.app, &one).await.unwrap();
        assert_eq!(first.unwrap() + second.unwrap() + rest, 40);
        assert_eq!(RUNS.load(Ordering::SeqCst), 40);
    }
}

on_both! {
    async fn what_keeps_failing_is_put_aside(app: TestApp) {
        let kinds = [
            Kind { name: "test.fails", every: None, work: |_, _| Box::pin(async { Err(Error::defect("the disk is made of cheese")) }) },
            Kind { name: "test.panics", every: None, work: |_, _| Box::pin(async { panic!("on purpose") }) },
        ];
        enqueue(app, "test.fails", "1").await;
        enqueue(app, "test.panics", "1").await;
        enqueue(app, "test.unknown", "1").await;
        let mut tries = 0;
        for _ in 0..20 {
            tries += jobs::run_due(&app.app, &kinds).await.unwrap();
            app.pass(SignedDuration::from_hours(6));
        }
        assert_eq!((tries, standing(app).await), (24, (0, 0, 3)), "eight tries each, then aside");
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
        let stuck = [Kind { name: "test.killed", every: None, work: |_, _| Box::pin(std::future::pending()) }];
        let run = jobs::run_due(&app.app, &stuck);
        let _ = tokio::time::timeout(std::time::Duration::from_millis(300), run).await;
        let kinds = [Kind { name: "test.killed", every: None, work: |_, _| Box::pin(async { RUNS.fetch_add(1, Ordering::SeqCst); Ok(()) }) }];
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
        let kinds = [Kind { name: "test.hourly", every: Some(hour), work: |_, _| Box::pin(async { RUNS.fetch_add(1, Ordering::SeqCst); Ok(()) }) }];
        for _ in 0..3 {
            jobs::run_due(&app.app, &kinds).await.unwrap();
            jobs::run_due(&app.app, &kinds).await.unwrap();
            app.pass(hour);
        }
        assert_eq!(RUNS.load(Ordering::SeqCst), 3);
    }
}
