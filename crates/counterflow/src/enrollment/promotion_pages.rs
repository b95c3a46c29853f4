//! The pages of the promotion kit.

use askama::Template;

use super::promotion::{Kit, Way, qr_path};
use crate::{
    kernel::{
        app::App,
        error::Answer,
        guard::Access,
        ids::RoundId,
        page::{self, Page},
    },
    programs::{
        Side, Stage,
        stages::{self, Step},
    },
};

#[derive(Template)]
#[template(path = "enrollment/intranet.txt", escape = "none")]
struct Intranet<'a> {
    kit: &'a Kit,
}

#[derive(Template)]
#[template(path = "enrollment/promotion.html")]
struct PromotionPage {
    page: Page,
    kit: Kit,
    steps: Vec<Step>,
    intranet: String,
}

impl PromotionPage {
    fn enroll(&self) -> String {
        format!("{}/enroll", self.kit.round.href())
    }

    fn sides(&self) -> [(Side, String); 2] {
        [(Side::Mentee, crate::say("To [mentees]")), (Side::Mentor, crate::say("To [mentors]"))]
    }
}

/// `GET /rounds/{round}/promotion`
pub async fn show(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    let kit = Kit::of(&mut tx, &app, &access).await?;
    let intranet = Intranet { kit: &kit }.render()?;
    let steps = stages::steps(&kit.round, Some(Stage::Enroll));
    page::html(&PromotionPage { page, intranet, steps, kit })
}

#[derive(Template)]
#[template(path = "enrollment/poster.html")]
struct PosterPage {
    page: Page,
    kit: Kit,
    /// How many squares the code has on a side, and the dark ones.
    code: Option<(usize, String)>,
}

impl PosterPage {
    fn promotion(&self) -> String {
        format!("{}/promotion", self.kit.round.href())
    }
}

/// `GET /rounds/{round}/poster`: one sheet, to be printed.
pub async fn poster(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    let kit = Kit::of(&mut tx, &app, &access).await?;
    let code = kit.way.as_ref().map(|way| qr_path(&way.href())).transpose()?;
    page::html(&PosterPage { page, code, kit })
}
