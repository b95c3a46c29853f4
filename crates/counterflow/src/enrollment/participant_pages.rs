//! One participant as the manager sees them, with what they answered; and what is done to one.

use askama::Template;

use super::{
    Answers, State, admit,
    form::{self, RegistrationForm},
    invite,
    list_store::{self, Listed},
    put_on_waiting_list,
    registration_store::{self, Registration},
    remind,
    replies::{self, Reply},
    store, takes_people, withdraw,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        filters,
        form::Fields,
        guard::Access,
        ids::{ParticipantId, PersonId, RoundId},
        page::{self, Page},
    },
    people::{self, Card},
    programs::{self, Program, Round, Side},
};

#[derive(Template)]
#[template(path = "enrollment/participant.html")]
struct ParticipantPage {
    page: Page,
    one: Listed,
    round: Round,
    program: Program,
    form: RegistrationForm,
    answers: Answers,
    never_with: Vec<Card>,
    registration: Registration,
    is_open: bool,
}

impl ParticipantPage {
    /// The topics by name with their steps, highest first.
    fn topics(&self) -> Vec<(&str, u8)> {
        self.answers.topics(self.one.role, &self.program.design.topics)
    }

    /// What they answered to the program's own questions, as far as managers were named beside them.
    fn replies(&self) -> Vec<(&str, &Reply)> {
        let mut all = replies::in_order(&self.answers.replies, &self.form);
        all.retain(|(_, reply)| reply.readers.has_managers());
        all
    }

    fn program_href(&self) -> String {
        format!("/programs/{}", self.round.program_id)
    }

    fn enroll(&self) -> String {
        format!("{}/enroll", self.round.href())
    }

    fn back(&self) -> String {
        participant_path(self.one.id)
    }
}

fn participant_path(id: ParticipantId) -> String {
    format!("/participants/{id}")
}

/// `GET /participants/{participant}`: for managers only, who alone read with whom somebody should not be paired.
pub async fn show(app: App, page: Page, access: Access<ParticipantId>) -> Answer {
    let mut tx = app.db.read().await?;
    let participant = store::participant(&mut tx, &access).await?;
    let round = programs::round(&mut tx, &participant.round_leave()).await?;
    let program = programs::program_of(&mut tx, &round).await?;
    let answers: Answers = participant.answers.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    page::html(&ParticipantPage {
        page,
        one: list_store::listed(&mut tx, &access).await?,
        never_with: cards(&mut tx, &answers.never_with).await?,
        registration: registration_store::registration(&mut tx, access.id).await?,
        is_open: takes_people(round.stage),
        form: form::form(&mut tx, &round, &program).await?.form,
        answers,
        round,
        program,
    })
}

async fn cards(tx: &mut Tx, people: &[PersonId]) -> Answer<Vec<Card>> {
    let mut cards = Vec::new();
    for person in people {
        cards.extend(people::card(tx, *person).await?);
    }
    Ok(cards)
}

/// Where an act leads back to: the list or the page on which its button stood.
fn back(fields: &Fields, round: RoundId, id: ParticipantId) -> String {
    let to = fields.get("back");
    let lists = ["enroll?", "waiting", "screening"].map(|list| format!("/rounds/{round}/{list}"));
    let is_list = lists.iter().any(|list| to.starts_with(list)) && !to.contains(['\r', '\n']);
    if is_list { to.to_owned() } else { participant_path(id) }
}

/// `POST /participants/{participant}/invitation`
pub async fn send_invitation(app: App, access: Access<ParticipantId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let round = store::participant(&mut tx, &access).await?.round_id;
    invite(&mut tx, &app, &access).await?;
    tx.commit().await?;
    Ok(page::done(&back(&fields, round, access.id), "invited"))
}

/// `POST /participants/{participant}/reminder`
pub async fn send_reminder(app: App, access: Access<ParticipantId>, fields: Fields) -> Answer {
    let seen = fields.get("seen").parse().unwrap_or(0);
    let mut tx = app.db.write().await?;
    let round = store::participant(&mut tx, &access).await?.round_id;
    remind(&mut tx, &app, &access, seen).await?;
    tx.commit().await?;
    Ok(page::done(&back(&fields, round, access.id), "reminded"))
}

/// `POST /participants/{participant}/admission`
pub async fn let_in(app: App, access: Access<ParticipantId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let round = store::participant(&mut tx, &access).await?.round_id;
    admit(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::done(&back(&fields, round, access.id), "admitted"))
}

/// `POST /participants/{participant}/waiting`
pub async fn let_wait(app: App, access: Access<ParticipantId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let round = store::participant(&mut tx, &access).await?.round_id;
    put_on_waiting_list(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::done(&back(&fields, round, access.id), "waits"))
}

/// `POST /participants/{participant}/withdrawal`
pub async fn take_out(app: App, access: Access<ParticipantId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let round = store::participant(&mut tx, &access).await?.round_id;
    withdraw(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::done(&back(&fields, round, access.id), "taken_out"))
}

/// `POST /participants/{participant}/choice`: in again, after having been taken out.
pub async fn take_in(app: App, access: Access<ParticipantId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let round = store::participant(&mut tx, &access).await?.round_id;
    super::choose_again(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::done(&back(&fields, round, access.id), "chosen"))
}
