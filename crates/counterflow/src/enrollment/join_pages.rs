//! The address of an open round: what it is about, and joining it by oneself.

use askama::Template;

use super::{
    joining::{self, Before, Door},
    registration_store,
    ways::{Way, nominate_path},
};
use crate::{
    kernel::{
        app::App,
        error::{Answer, Error},
        filters,
        form::Fields,
        guard::Segment,
        page::{self, Page},
        viewer::{Viewer, Visitor},
    },
    programs::{Direction, Side},
};

#[derive(Template)]
#[template(path = "enrollment/join.html")]
struct JoinPage {
    page: Page,
    door: Door,
    code: String,
    /// Of who is signed in.
    before: Option<Before>,
    is_open: bool,
    managers: Vec<String>,
    nominate: Option<String>,
}

impl JoinPage {
    /// Whether anybody can join on some side.
    fn has_open_side(&self) -> bool {
        !self.door.ways.sides(Way::Open).is_empty()
    }
}

/// `GET /join/{code}`
pub async fn show(app: App, page: Page, visitor: Visitor, code: Segment) -> Answer {
    let mut tx = app.db.read().await?;
    let door = Door::behind(&mut tx, code.last()).await?;
    let before = match visitor.0 {
        Some(viewer) => Some(joining::before(&mut tx, &door, viewer.person).await?),
        None => None,
    };
    page::html(&JoinPage {
        page,
        is_open: door.is_open(&mut tx).await?,
        managers: registration_store::managers(&mut tx, door.round.id).await?,
        nominate: nominate_path(&mut tx, &door.round).await?,
        code: code.last().to_owned(),
        before,
        door,
    })
}

/// `POST /join/{code}`
pub async fn join(app: App, viewer: Viewer, code: Segment, fields: Fields) -> Answer {
    let side: Side = fields.get("side").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    let door = Door::behind(&mut tx, code.last()).await?;
    let id = joining::join(&mut tx, &door, &viewer, side).await?;
    tx.commit().await?;
    Ok(page::see_other(&format!("/registrations/{id}")))
}
