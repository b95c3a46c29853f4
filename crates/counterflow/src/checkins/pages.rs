//! The page with the questions: for somebody who is signed in, and for whoever holds the link from the letter.

use askama::Template;

use super::{
    Checkin, Given, Kind, Occasion, Standing, answer,
    answer::{field_of, read},
    kind_of, store,
};
use crate::{
    kernel::{
        app::App,
        error::{Answer, Error},
        filters,
        form::{Fields, Form},
        guard::{Access, Leave, Segment},
        ids::CheckinId,
        page::{self, Page},
        token,
        viewer::Visitor,
    },
    programs::{Side, template::Question},
};

/// A question as the page shows it.
struct Asked<'a> {
    question: &'a Question,
    field: String,
    kind: Kind,
    /// With how many others at least the answer is counted; `None` if the pair may read it.
    counted_with: Option<i64>,
    /// What was answered, on the person's own page.
    given: Option<&'a Given>,
}

impl Asked<'_> {
    /// The steps of a scale, the first and the last with the words for its ends.
    fn steps(&self) -> [(&'static str, Option<&str>); 5] {
        let end = |at: usize| self.question.ends.get(at).map(String::as_str);
        [("1", end(0)), ("2", None), ("3", None), ("4", None), ("5", end(1))]
    }
}

#[derive(Template)]
#[template(path = "checkins/answer.html")]
struct AnswerPage<'a> {
    page: Page,
    checkin: &'a Checkin,
    standing: Standing,
    asked: Vec<Asked<'a>>,
    form: Form,
}

impl<'a> AnswerPage<'a> {
    fn new(mut page: Page, checkin: &'a Checkin, form: Form, answers: &'a [Given]) -> Self {
        page.zone = checkin.zone();
        let asked = checkin.questions.0.iter().map(|question| {
            let kind = kind_of(question);
            Asked {
                question,
                field: field_of(&question.key),
                kind,
                counted_with: (question.readers != "pair").then(|| checkin.others(kind)),
                given: answers.iter().find(|given| given.question == question.key),
            }
        });
        Self { standing: checkin.standing(page.now), asked: asked.collect(), page, checkin, form }
    }
}

/// `GET /checkins/{checkin}`: the questions, or one's own answers.
pub async fn show(app: App, page: Page, access: Access<CheckinId>) -> Answer {
    let mut tx = app.db.read().await?;
    let checkin = store::checkin(&mut tx, &access).await?;
    let answers = store::answers(&mut tx, &access).await?;
    page::html(&AnswerPage::new(page, &checkin, Form::default(), &answers))
}

/// `POST /checkins/{checkin}`
pub async fn save(app: App, page: Page, access: Access<CheckinId>, fields: Fields) -> Answer {
    let back = format!("/checkins/{}", access.id);
    keep(&app, page, &access, fields, &back).await
}

/// `GET /checkins/answer/{token}`: the questions without sign-in. Answers are not shown here, not even one's own.
pub async fn show_link(app: App, page: Page, visitor: Visitor, secret: Segment) -> Answer {
    let mut tx = app.db.read().await?;
    let (leave, person) = store::behind_link(&mut tx, &token::hash(secret.last())).await?;
    match visitor.0 {
        Some(viewer) if viewer.person == person => Ok(page::see_other(&format!("/checkins/{}", leave.id()))),
        Some(_) => Err(Error::NotFound),
        None => {
            let checkin = store::checkin(&mut tx, &leave).await?;
            page::html(&AnswerPage::new(page, &checkin, Form::default(), &[]))
        }
    }
}

/// `POST /checkins/answer/{token}`
pub async fn save_link(app: App, page: Page, visitor: Visitor, secret: Segment, fields: Fields) -> Answer {
    let (leave, person) = store::behind_link(&mut app.db.read().await?, &token::hash(secret.last())).await?;
    if visitor.0.is_some_and(|viewer| viewer.person != person) {
        return Err(Error::NotFound);
    }
    let back = format!("/checkins/answer/{}", secret.last());
    keep(&app, page, &leave, fields, &back).await
}

/// Keeps the answers and goes back to the page, which says how it stands now: thanks, or that it was too late.
async fn keep(app: &App, page: Page, leave: &impl Leave<CheckinId>, fields: Fields, back: &str) -> Answer {
    let mut tx = app.db.write().await?;
    let checkin = store::checkin(&mut tx, leave).await?;
    if checkin.standing(tx.now()) != Standing::Open {
        return Ok(page::see_other(back));
    }
    match read(&fields, &checkin.questions) {
        Ok(given) => {
            answer(&mut tx, leave, &given).await?;
            tx.commit().await?;
            Ok(page::see_other(back))
        }
        Err(problems) => page::invalid(&AnswerPage::new(page, &checkin, Form::back(fields, problems), &[])),
    }
}
