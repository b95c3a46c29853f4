//! Background work as the admin sees it: what runs, what waits, and what gave up and can be tried again.

use askama::Template;

use super::store::{self, Listed, Standing};
use crate::kernel::{
    app::App,
    error::{Answer, Error},
    event::Event,
    form::Fields,
    guard::Part,
    ids::JobId,
    page::{self, Page},
    viewer::Viewer,
};

/// More are counted and not listed: whoever looks wants to see what is stuck.
const MOST: i64 = 100;

#[derive(Template)]
#[template(path = "jobs/list.html")]
struct ListPage {
    page: Page,
    standing: Standing,
    dead: Vec<Listed>,
    open: Vec<Listed>,
}

impl ListPage {
    fn is_cut(&self) -> bool {
        self.standing.dead > MOST || self.standing.waiting > MOST
    }
}

/// `GET /admin/jobs`
pub async fn list(app: App, page: Page) -> Answer {
    let mut tx = app.db.read().await?;
    let dead = store::dead(&mut tx, MOST).await?;
    let open = store::open(&mut tx, MOST).await?;
    page::html(&ListPage { page, standing: store::standing(&mut tx).await?, dead, open })
}

/// `POST /admin/jobs/{job}/retry`
pub async fn retry(app: App, viewer: Viewer, Part(id): Part<JobId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    if !store::retry(&mut tx, id).await? {
        return Err(Error::conflict("job_over"));
    }
    Event::by(&viewer, "job.retried").on(id).record(&mut tx).await?;
    tx.commit().await?;
    Ok(page::done("/admin/jobs", "job_queued"))
}
