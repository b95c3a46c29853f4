//! A mentor's application: a few questions after registering, where the round screens its mentors.

use askama::Template;

use super::{
    registration_store,
    screening::{self, Design, Told, application, apply, takes_application},
    store,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        form::{Fields, Form},
        guard::Access,
        ids::ParticipantId,
        page::{self, Page},
        words,
    },
    programs::{self, Round},
};

/// The longest answer, in characters.
const LONGEST: usize = 2_000;

#[derive(Template)]
#[template(path = "enrollment/application.html")]
struct ApplicationPage {
    page: Page,
    round: Round,
    href: String,
    design: Design,
    form: Form,
    managers: Vec<String>,
    is_sent: bool,
    is_open: bool,
}

impl ApplicationPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<ParticipantId>, form: Option<Form>) -> Answer<Self> {
        let participant = store::participant(tx, access).await?;
        let round = programs::round(tx, &participant.round_leave()).await?;
        let screening = screening::screening(tx, &participant.round_leave()).await?.ok_or(Error::NotFound)?;
        let told = application(tx, access.id).await?;
        let is_open = takes_application(tx, &round, participant.role, participant.state, access.id).await?;
        let is_sent = told.is_some();
        let stored = || filled(&screening.design, &told.unwrap_or_default());
        Ok(Self {
            page,
            href: format!("/registrations/{}", access.id),
            managers: registration_store::managers(tx, round.id).await?,
            form: form.unwrap_or_else(stored),
            design: screening.design,
            round,
            is_sent,
            is_open,
        })
    }

    /// Who reads the answers.
    fn readers(&self) -> String {
        words::say("readers", "two_readers", &[("names", self.managers.join(", "))])
    }
}

/// What was answered before, at the questions that are asked now.
fn filled(design: &Design, told: &[Told]) -> Form {
    let answer =
        |question: &String| told.iter().find(|told| told.question == *question).map(|told| told.answer.clone());
    let fields = design.questions.iter().zip(1..);
    Form::filled(fields.map(|(question, n)| (format!("answer-{n}"), answer(question).unwrap_or_default())))
}

/// `GET /registrations/{participant}/application`
pub async fn show(app: App, page: Page, access: Access<ParticipantId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&ApplicationPage::load(&mut tx, page, &access, None).await?)
}

/// `POST /registrations/{participant}/application`
pub async fn send(app: App, page: Page, access: Access<ParticipantId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let participant = store::participant(&mut tx, &access).await?;
    let screening = screening::screening(&mut tx, &participant.round_leave()).await?.ok_or(Error::NotFound)?;
    let mut check = fields.check();
    let questions = screening.design.questions.iter().zip(1..);
    let told: Vec<Option<Told>> = questions
        .map(|(question, n)| {
            // The question as it was asked: a manager may have changed it while the answer was written.
            let asked = fields.get(&format!("question-{n}"));
            if asked != question {
                check.problem(&format!("answer-{n}"), "question_changed", Vec::new());
            }
            let answer = check.text(&format!("answer-{n}"), LONGEST);
            Some(Told { question: question.clone(), answer: answer? })
        })
        .collect();
    match check.done(|| told.into_iter().collect::<Option<Vec<_>>>()) {
        Ok(told) => {
            apply(&mut tx, &access, &told).await?;
            tx.commit().await?;
            Ok(page::done(&format!("/registrations/{}", access.id), "applied"))
        }
        Err(problems) => {
            let form = Form::back(fields, problems);
            page::invalid(&ApplicationPage::load(&mut tx, page, &access, Some(form)).await?)
        }
    }
}
