//! How long a job is its runner's. Everything else about jobs is tested from outside (tests/it/jobs.rs).

use serde_json::Value;

use super::*;
use crate::kernel::{clock::Clock, config::Given, db::Db};

/// An application with one job that is claimed by a work that never ends.
async fn claimed(folder: &tempfile::TempDir) -> (App, Kind, Job) {
    let url = format!("sqlite://{}/test.db", folder.path().display());
    let clock = Clock::at("2026-01-12T08:00:00Z".parse().unwrap());
    let config = Given { database: Some(url.clone()), ..Given::default() }.resolve().unwrap();
    let app = App::new(Db::open(&url, clock).await.unwrap(), config).await.unwrap();
    let mut tx = app.db.write().await.unwrap();
    enqueue(&mut tx, "test.long", "1", &Value::Null).await.unwrap();
    tx.commit().await.unwrap();
    let kind = Kind::once("test.long", |_, _| Box::pin(std::future::pending()));
    let (_, job) = claim(&app, std::slice::from_ref(&kind)).await.unwrap().unwrap();
    (app, kind, job)
}

fn pass(app: &App, time: SignedDuration) {
    app.db.clock().set(app.db.clock().now().plus(time));
}

#[tokio::test]
async fn a_job_that_runs_keeps_its_lease() {
    let folder = tempfile::tempdir().unwrap();
    let (app, kind, job) = claimed(&folder).await;
    let (theirs, renewal) = (app.clone(), Duration::from_millis(1));
    let running = tokio::spawn(async move { carry_out(&theirs, &kind, &job, renewal).await.is_some() });
    let kinds = [Kind::once("test.long", |_, _| Box::pin(async { Ok(()) }))];
    for _ in 0..4 {
        pass(&app, SignedDuration::from_secs(50));
        // A renewal at the new time: the lease then ends a whole lease later.
        let until = app.db.clock().now().plus(LEASE);
        while store::leased_until(&mut app.db.read().await.unwrap(), "test.long").await.unwrap() != Some(until) {
            tokio::task::yield_now().await;
        }
        assert!(claim(&app, &kinds).await.unwrap().is_none(), "it is held");
    }
    running.abort();
}

#[tokio::test]
async fn who_lost_the_lease_breaks_off() {
    let folder = tempfile::tempdir().unwrap();
    let (app, kind, job) = claimed(&folder).await;
    pass(&app, LEASE);
    let (_, theirs) = claim(&app, std::slice::from_ref(&kind)).await.unwrap().unwrap();
    assert!(theirs.fence > job.fence, "the lease had run out");
    assert!(carry_out(&app, &kind, &job, Duration::from_millis(1)).await.is_none());
}
