//! Tells readers that applications wait for them.

use std::collections::BTreeMap;

use askama::Template;

use super::screening_store;
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        ids::{ParticipantId, PersonId},
    },
    mail::{self, Letter},
    programs::{self, Round},
};

#[derive(Template)]
#[template(path = "enrollment/mail_readings.txt")]
struct Text<'a> {
    name: &'a str,
    round: &'a Round,
    count: usize,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "enrollment/mail_readings.html")]
struct Html<'a> {
    name: &'a str,
    round: &'a Round,
    count: usize,
    link: &'a str,
}

/// One letter to everybody who was given something to read.
pub(super) async fn write(tx: &mut Tx, app: &App, round: &Round, given: &[(ParticipantId, PersonId)]) -> Answer<()> {
    let mut readings: BTreeMap<PersonId, Vec<ParticipantId>> = BTreeMap::new();
    for (participant, reviewer) in given {
        readings.entry(*reviewer).or_default().push(*participant);
    }
    let link = &app.link("/reviews");
    let labels = &programs::labels_of(tx, round.id).await?;
    for (reviewer, participants) in readings {
        let Some((name, address)) = screening_store::reader(tx, reviewer).await? else { continue };
        let (name, count) = (name.as_str(), participants.len());
        // An application is given to somebody once, so the first of them names the letter.
        let Some(first) = participants.first() else { continue };
        let key = format!("readings:{reviewer}:{first}");
        let (text, html) = (Text { name, round, count, link }, Html { name, round, count, link });
        mail::write(tx, app, Letter::from_templates(labels, key, reviewer, &address, &text, &html)?).await?;
    }
    Ok(())
}
