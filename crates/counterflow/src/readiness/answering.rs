//! Answering: what was typed, then what is counted.

use super::{
    Survey, event,
    questions::{Asked, REASONS},
    store,
};
use crate::kernel::{
    db::Tx,
    error::Answer,
    form::{Fields, Problems},
    ids::PersonId,
};

/// One person's answers, between the form and the counting: (question, answer).
#[derive(Debug)]
pub struct Answers(Vec<(String, String)>);

impl Answers {
    /// Reads the form. Every sentence needs an answer; reasons can be left out.
    ///
    /// # Errors
    /// Every problem, in the order of the questions.
    pub fn read(asked: &Asked, fields: &Fields) -> Result<Self, Problems> {
        let mut check = fields.check();
        let mut answers = Vec::new();
        for question in &asked.questions {
            if let Some(step) = check.number(&question.key, 1, 5) {
                answers.push((question.key.clone(), step.to_string()));
            }
        }
        let ticked = asked.reasons.iter().filter(|reason| fields.is(REASONS, &reason.key));
        answers.extend(ticked.map(|reason| (REASONS.to_owned(), reason.key.clone())));
        check.done(|| Some(Self(answers)))
    }
}

/// Counts the answers, unless this person's were counted before. Answers whether they were.
///
/// The event says that somebody answered, neither who nor what.
///
/// # Errors
/// When the database fails.
pub async fn answer(tx: &mut Tx, survey: &Survey, person: PersonId, answers: &Answers) -> Answer<bool> {
    if !store::take_links(tx, survey.id, person).await? {
        return Ok(false);
    }
    for (question, answer) in &answers.0 {
        store::count(tx, survey.id, question, answer).await?;
    }
    store::count_person(tx, survey.id).await?;
    event(None, "readiness.answered", survey).record(tx).await?;
    Ok(true)
}
