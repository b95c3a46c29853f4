//! The page on which a manager changes the registration form.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use axum::http::StatusCode;

use super::{
    Answers,
    form::{self, Ask, FormVersion, save_form},
    form_rows::{self, CORE, Row, condition_value},
    form_store,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        form::{Fields, Form},
        guard::Access,
        ids::RoundId,
        page::{self, Page},
        words,
    },
    programs::{
        self, Round, Side,
        template::registration::{Condition, FormKind},
    },
};

/// How many answered a question.
#[derive(Debug, Clone, Default)]
struct Count {
    /// As it was asked when they answered.
    question: String,
    all: usize,
    /// Those who answered to other words than those of now.
    earlier: usize,
}

#[derive(Template)]
#[template(path = "enrollment/form.html")]
struct FormPage {
    page: Page,
    round: Round,
    version: FormVersion,
    form: Form,
    /// What the pickers offer as the answer on which a question depends.
    conditions: Vec<(String, String)>,
    /// How many have registered.
    registered: usize,
    counts: BTreeMap<String, Count>,
    /// Who changed it while somebody else was typing.
    conflict: Option<String>,
}

impl FormPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<RoundId>, form: Option<Form>) -> Answer<Self> {
        let round = programs::round(tx, access).await?;
        let program = programs::program_of(tx, &round).await?;
        let version = form::form(tx, &round, &program).await?;
        let answered = form_store::answered(tx, round.id).await?;
        Ok(Self {
            page,
            form: form.unwrap_or_else(|| Form { fields: form_rows::fill(&version.form), ..Form::default() }),
            conditions: conditions(&version),
            registered: answered.len(),
            counts: counts(&answered, &version),
            conflict: None,
            round,
            version,
        })
    }

    fn href(&self) -> String {
        format!("{}/form", self.round.href())
    }

    fn enroll(&self) -> String {
        format!("{}/enroll", self.round.href())
    }

    fn can_change(&self) -> bool {
        form::can_change(&self.round)
    }

    fn rows(&self) -> Vec<Row> {
        form_rows::rows(&self.form.fields)
    }

    /// The kind of a row's question, if it was saved.
    fn kind(&self, row: &Row) -> Option<FormKind> {
        self.version.form.question(&row.key).map(|question| question.kind)
    }

    fn count(&self, row: &Row) -> Count {
        self.counts.get(&row.key).cloned().unwrap_or_default()
    }

    /// Questions that are no longer asked, with the number of their answers.
    fn earlier(&self) -> Vec<&Count> {
        let gone = self.counts.iter().filter(|(key, _)| self.version.form.question(key).is_none());
        gone.map(|(_, count)| count).collect()
    }

    fn is_removed(&self, row: &Row) -> bool {
        self.form.is(&row.name("remove"), "yes")
    }

    fn core(&self) -> [(&'static str, &'static [Ask]); 5] {
        CORE
    }
}

/// Each answer of each stored question on which another can depend: the value, and the words.
fn conditions(version: &FormVersion) -> Vec<(String, String)> {
    let mut found = vec![(String::new(), words::say("condition", "always", &[]))];
    for question in version.form.questions.iter().filter(|question| question.decides()) {
        for answer in question.answers() {
            let condition = Condition { question: question.key.clone(), answer: answer.to_owned() };
            let answer = match question.kind {
                FormKind::YesNo => words::say("condition", answer, &[]),
                _ => answer.to_owned(),
            };
            let data = [("question", question.text.clone()), ("answer", answer)];
            found.push((condition_value(&condition), words::say("condition", "after", &data)));
        }
    }
    found
}

/// How many answered each question that anybody answered.
fn counts(answered: &[Option<String>], version: &FormVersion) -> BTreeMap<String, Count> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let read = |text: &Option<String>| serde_json::from_str::<Answers>(text.as_deref()?).ok();
    for (key, reply) in answered.iter().filter_map(read).flat_map(|answers| answers.replies) {
        let count = counts.entry(key.clone()).or_default();
        count.all += 1;
        count.earlier += usize::from(version.form.question(&key).is_some_and(|now| now.text != reply.question));
        count.question = reply.question;
    }
    counts
}

/// `GET /rounds/{round}/form`
pub async fn show(app: App, page: Page, access: Access<RoundId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&FormPage::load(&mut tx, page, &access, None).await?)
}

/// `POST /rounds/{round}/form`
pub async fn save(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let (version, taken) = stored(&mut tx, &access).await?;
    let new = match form_rows::read(&fields, &version.form, &taken) {
        Ok(new) => new,
        Err(problems) => {
            let form = Form::back(fields, problems);
            return page::invalid(&FormPage::load(&mut tx, page, &access, Some(form)).await?);
        }
    };
    let seen = fields.get("seen").parse().unwrap_or(-1);
    match save_form(&mut tx, &access, seen, &new).await {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::done(&format!("/rounds/{}/form", access.id), "form_saved"))
        }
        Err(Error::Trouble { key: "changed_meanwhile", data, .. }) => {
            let conflict = Some(words::say("trouble", "changed_meanwhile", &data));
            let form = Form { fields, ..Form::default() };
            let shown = FormPage::load(&mut tx, page, &access, Some(form)).await?;
            let mut response = page::html(&FormPage { conflict, ..shown })?;
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
        Err(error) => Err(error),
    }
}

/// The form as it is now, and the keys that a new question cannot have.
async fn stored(tx: &mut Tx, access: &Access<RoundId>) -> Answer<(FormVersion, BTreeSet<String>)> {
    let round = programs::round(tx, access).await?;
    let program = programs::program_of(tx, &round).await?;
    Ok((form::form(tx, &round, &program).await?, form::keys_ever(tx, &round, &program).await?))
}
