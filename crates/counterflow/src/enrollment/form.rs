//! The form with which people register: what every program asks and how much of it, then a program's own questions.
//!
//! A manager may change it while people answer. Every version is kept: whoever has one open sends their answers to it, and
//! an answer stands beside the question as it was asked, and beside whom it was promised to.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{event, form_store as store, takes_people};
use crate::{
    kernel::{
        db::Tx,
        error::{Answer, Error},
        guard::{Access, Leave},
        ids::RoundId,
    },
    programs::{
        self, Program, Round, Side,
        template::registration::{Condition, FormQuestion},
    },
    words,
};

words! {
    /// Whether something is asked.
    Ask {
        /// It has to be answered.
        Required = "required",
        /// It can be left out.
        Optional = "optional",
        /// It is not asked.
        Off = "off",
    }
}

/// How much is asked of what every program can ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Core {
    /// What they can show, or want to learn. Always asked where the program has topics.
    pub topics: Ask,
    /// A few words about themselves.
    pub about: Ask,
    /// Languages in which they can talk.
    pub languages: Ask,
    /// Hours of the week that usually work.
    pub times: Ask,
    /// How they like to work. Nobody has to say.
    pub style: Ask,
}

impl Default for Core {
    fn default() -> Self {
        let (topics, about, languages, times) = (Ask::Required, Ask::Required, Ask::Required, Ask::Required);
        Self { topics, about, languages, times, style: Ask::Optional }
    }
}

/// The form of a round.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistrationForm {
    /// What every program can ask.
    pub core: Core,
    /// The program's own questions, in order.
    pub questions: Vec<FormQuestion>,
}

impl RegistrationForm {
    /// The questions that are put to a side.
    pub fn asked(&self, side: Side) -> impl Iterator<Item = &FormQuestion> {
        self.questions.iter().filter(move |question| question.ask.has(side))
    }

    /// The question with a key.
    #[must_use]
    pub fn question(&self, key: &str) -> Option<&FormQuestion> {
        self.questions.iter().find(|question| question.key == key)
    }

    /// The question on which another one depends, as people read it.
    #[must_use]
    pub fn text_of(&self, condition: &Condition) -> &str {
        self.question(&condition.question).map_or("", |question| &question.text)
    }
}

/// A version of the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormVersion {
    /// From 1; 0 is the one with which the program began.
    pub number: i64,
    /// What it asks.
    pub form: RegistrationForm,
}

/// The form as it is now.
///
/// # Errors
/// When the database fails, or what is stored cannot be read.
pub async fn form(tx: &mut Tx, round: &Round, program: &Program) -> Answer<FormVersion> {
    match store::latest(tx, round.id).await? {
        Some(row) => row.read(),
        None => Ok(first(program)),
    }
}

/// The form as somebody saw it; as it is now where there is no such version.
///
/// # Errors
/// When the database fails, or what is stored cannot be read.
pub async fn form_as_seen(tx: &mut Tx, round: &Round, program: &Program, number: Option<i64>) -> Answer<FormVersion> {
    match number {
        Some(0) => Ok(first(program)),
        Some(number) => match store::version(tx, round.id, number).await? {
            Some(row) => row.read(),
            None => form(tx, round, program).await,
        },
        None => form(tx, round, program).await,
    }
}

fn first(program: &Program) -> FormVersion {
    let form = RegistrationForm { core: Core::default(), questions: program.design.registration.clone() };
    FormVersion { number: 0, form }
}

/// The keys of all questions that this round ever asked. A new question gets another one, so that no old answer becomes
/// an answer to it.
///
/// # Errors
/// When the database fails, or what is stored cannot be read.
pub async fn keys_ever(tx: &mut Tx, round: &Round, program: &Program) -> Answer<BTreeSet<String>> {
    let mut versions = vec![first(program)];
    for row in store::every(tx, round.id).await? {
        versions.push(row.read()?);
    }
    Ok(versions.into_iter().flat_map(|version| version.form.questions).map(|question| question.key).collect())
}

/// Whether the form can still be changed: as long as somebody can answer it.
#[must_use]
pub fn can_change(round: &Round) -> bool {
    takes_people(round.stage)
}

/// Changes the form. `seen` is the version that the viewer saw. The same form again changes nothing.
///
/// # Errors
/// `archived`; `form_over` once nobody answers any more; `changed_meanwhile` if somebody else was faster.
pub async fn save_form(tx: &mut Tx, access: &Access<RoundId>, seen: i64, new: &RegistrationForm) -> Answer<()> {
    tx.lock(access.id).await?;
    let round = programs::round(tx, access).await?;
    let program = programs::program_of(tx, &round).await?;
    let now = form(tx, &round, &program).await?;
    if now.form == *new {
        return Ok(()); // a double click, or nothing was changed
    }
    programs::check_present(tx, program.id).await?;
    if !can_change(&round) {
        return Err(Error::conflict("form_over"));
    }
    if now.number != seen {
        let who = store::changed_by(tx, round.id, now.number).await?;
        let status = axum::http::StatusCode::CONFLICT;
        return Err(Error::Trouble { status, key: "changed_meanwhile", data: vec![("who", who)] });
    }
    let number = now.number + 1;
    let text = serde_json::to_string(new).map_err(Error::defect)?;
    store::insert(tx, access.id(), number, &text, access.viewer.person).await?;
    let data = json!({ "version": number, "questions": new.questions.len() });
    event(access, "round.form_changed", &round).on(round.id).with(data).record(tx).await?;
    Ok(())
}
