//! The letter with the link, and the one reminder.

use askama::Template;

use super::{Survey, store};
use crate::{
    kernel::{app::App, db::Tx, error::Answer, guard::ByServer, ids::PersonId, token},
    mail::{self, Letter},
    programs,
};

/// Which letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asking {
    First,
    Again,
}

/// What the letter says; its text and its HTML are filled with the same.
struct Asked<'a> {
    asking: Asking,
    survey: &'a Survey,
    organization: String,
    name: &'a str,
    until: String,
    link: String,
}

#[derive(Template)]
#[template(path = "readiness/mail_readiness.txt")]
struct Text<'a> {
    asked: &'a Asked<'a>,
}

#[derive(Template)]
#[template(path = "readiness/mail_readiness.html")]
struct Html<'a> {
    asked: &'a Asked<'a>,
}

/// Writes a letter with a link of its own.
pub(super) async fn write(
    tx: &mut Tx,
    app: &App,
    survey: &Survey,
    asking: Asking,
    (person, name, address): (PersonId, &str, &str),
) -> Answer<()> {
    let secret = token::new();
    let hash = token::hash(&secret);
    store::insert_link(tx, &hash, survey.id, person).await?;
    let asked = &Asked {
        asking,
        survey,
        organization: app.organization(tx).await?.name,
        name,
        until: survey.closes_on.0.strftime("%A %-d %B %Y").to_string(),
        link: app.link(&format!("/readiness/{secret}")),
    };
    let labels = programs::program(tx, &ByServer(survey.program_id)).await?.labels();
    let letter = Letter::from_templates(
        &labels,
        format!("readiness:{hash}"),
        person,
        address,
        &Text { asked },
        &Html { asked },
    )?;
    mail::write(tx, app, letter).await?;
    Ok(())
}
