//! Everybody's home: what waits for them.

use askama::Template;

use crate::kernel::{
    app::App,
    error::Answer,
    page::{self, Page},
    viewer::Visitor,
};

/// `GET /`: to wherever this visitor should begin.
pub async fn door(visitor: Visitor) -> Answer {
    Ok(page::see_other(if visitor.0.is_some() { "/home" } else { "/sign-in" }))
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Page,
}

/// `GET /home`
pub async fn show(_app: App, page: Page) -> Answer {
    page::html(&HomePage { page })
}
