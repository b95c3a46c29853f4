//! The letters of the waiting list: you wait, and where you stand; a place is yours.

use askama::Template;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{
    State,
    waiting_store::{self, Place, Told},
};
use crate::{
    jobs,
    kernel::{app::App, clock::Day, db::Tx, error::Answer, guard::ByServer, ids::ParticipantId},
    mail::{self, Letter},
    programs::{self, Program, Round, Side},
};

/// Letters that follow from somebody's state wait this long: who gets a place meanwhile, or whose act is undone, reads
/// only what is still true.
pub(super) const PAUSE: SignedDuration = SignedDuration::from_mins(10);

/// Has somebody told how they stand once the pause is over.
pub(super) async fn tell_later(tx: &mut Tx, id: ParticipantId) -> Answer<()> {
    let at = tx.now().plus(PAUSE);
    jobs::enqueue_at(tx, "enrollment.tell_place", &id.to_string(), &json!(id), at).await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "enrollment/mail_waiting.txt")]
struct WaitingText<'a>(&'a About, &'a Place);

#[derive(Template)]
#[template(path = "enrollment/mail_waiting.html")]
struct WaitingHtml<'a>(&'a About, &'a Place);

#[derive(Template)]
#[template(path = "enrollment/mail_place.txt")]
struct PlaceText<'a>(&'a About);

#[derive(Template)]
#[template(path = "enrollment/mail_place.html")]
struct PlaceHtml<'a>(&'a About);

/// What both letters are about.
struct About {
    to: Told,
    round: Round,
    program: Program,
    link: String,
}

impl About {
    fn day(&self, day: &Day) -> String {
        day.0.strftime("%A %-d %B %Y").to_string()
    }
}

/// The job `enrollment.tell_place`: writes to somebody who waits where they stand, or to somebody who waited that they
/// have a place. The payload is the participant's id as a JSON string.
///
/// # Errors
/// When the payload is no id, or the database fails.
pub async fn tell_place(app: App, payload: Value) -> Answer<()> {
    let leave = ByServer(jobs::id::<ParticipantId>(&payload)?);
    let mut tx = app.db.write().await?;
    let Some(to) = waiting_store::told(&mut tx, &leave).await? else { return Ok(()) };
    let round = programs::round(&mut tx, &ByServer(to.round_id)).await?;
    let program = programs::program_of(&mut tx, &round).await?;
    let link = app.link(&format!("/registrations/{}", leave.0));
    let about = About { to, round, program, link };
    if let Some(letter) = letter(&mut tx, &leave, &about).await? {
        mail::write(&mut tx, &app, letter).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// What is true by now; nothing for somebody who neither waits nor has a place.
async fn letter(tx: &mut Tx, leave: &ByServer<ParticipantId>, about: &About) -> Answer<Option<Letter>> {
    let (person, address) = (about.to.person_id, about.to.email.as_str());
    let labels = &about.program.labels();
    match (about.to.state, about.to.admitted_at, about.to.waiting_at) {
        (State::Admitted, Some(at), _) => {
            let key = format!("place:{}:{at}", leave.0);
            Letter::from_templates(labels, key, person, address, &PlaceText(about), &PlaceHtml(about)).map(Some)
        }
        (State::Waiting, _, Some(at)) => {
            let Some(place) = waiting_store::place(tx, leave).await? else { return Ok(None) };
            let key = format!("waiting:{}:{at}", leave.0);
            let (text, html) = (WaitingText(about, &place), WaitingHtml(about, &place));
            Letter::from_templates(labels, key, person, address, &text, &html).map(Some)
        }
        _ => Ok(None),
    }
}
