//! What people say in private: nobody has to, nobody reads it, and it is used only for what they agreed to, as long as
//! they do.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{event, participant_lock, registration_store, store};
use crate::{
    kernel::{
        db::Tx,
        error::{Answer, Error},
        form::{Check, Fields},
        guard::Access,
        ids::ParticipantId,
    },
    programs::{
        self,
        template::{PrivateQuestion, Purpose},
    },
};

/// An answer, and what it may be used for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Private {
    /// One, or several where several can hold.
    pub answers: BTreeSet<String>,
    /// What they agreed to. Never empty: without consent nothing is kept.
    pub purposes: BTreeSet<Purpose>,
}

impl Private {
    /// The answers in the order of the question.
    #[must_use]
    pub fn words(&self, question: &PrivateQuestion) -> String {
        let given = question.answers.iter().filter(|answer| self.answers.contains(*answer));
        given.map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// The question that a field answers in private, if it does.
pub(super) fn question_of(field: &str) -> Option<&str> {
    field.strip_prefix("private-")
}

/// The name of a private question's field.
pub(super) fn private_field(key: &str) -> String {
    format!("private-{key}")
}

/// The name of the field that says what the answer may be used for.
pub(super) fn consent_field(key: &str) -> String {
    format!("consent-{key}")
}

/// Reads private answers: none has to be given, others than those of the question are not listened to, and one without
/// consent is sent back.
pub(super) fn read(check: &mut Check<'_>, fields: &Fields, questions: &[PrivateQuestion]) -> BTreeMap<String, Private> {
    let mut all = BTreeMap::new();
    for question in questions.iter().filter(|question| question.is_asked()) {
        let (name, consent) = (private_field(&question.key), consent_field(&question.key));
        let most = if question.several { usize::MAX } else { 1 };
        let ticked = question.answers.iter().filter(|answer| fields.is(&name, answer)).cloned();
        let answers: BTreeSet<String> = ticked.take(most).collect();
        let purposes: BTreeSet<Purpose> =
            question.asked_for().filter(|purpose| fields.is(&consent, purpose.name())).collect();
        if answers.is_empty() {
            continue;
        }
        if purposes.is_empty() {
            check.problem(&name, "consent_first", Vec::new());
        }
        all.insert(question.key.clone(), Private { answers, purposes });
    }
    all
}

/// Fills a form with what was said, and with what was agreed to.
pub(super) fn fill(fields: &mut Fields, all: &BTreeMap<String, Private>) {
    for (key, said) in all {
        for answer in &said.answers {
            fields.push(private_field(key), answer.clone());
        }
        for purpose in &said.purposes {
            fields.push(consent_field(key), purpose.name());
        }
    }
}

/// Takes a consent back, at any time. An answer that may be used for nothing any more is forgotten, also in what was typed
/// and not sent. What is not there any more changes nothing: a double click.
///
/// # Errors
/// When the database fails, or what is stored cannot be read.
pub async fn withdraw_consent(
    tx: &mut Tx,
    access: &Access<ParticipantId>,
    question: &str,
    purpose: Purpose,
) -> Answer<()> {
    tx.lock(participant_lock(access.id)).await?;
    let participant = store::participant(tx, access).await?;
    let mut answers = participant.answers();
    let Some(said) = answers.private.get_mut(question) else { return Ok(()) };
    if !said.purposes.remove(&purpose) {
        return Ok(());
    }
    if said.purposes.is_empty() {
        answers.private.remove(question);
    }
    let kept = registration_store::registration(tx, access.id).await?;
    let draft = kept.draft.map(|draft| without(&draft, question)).transpose()?;
    let json = serde_json::to_string(&answers).map_err(Error::defect)?;
    registration_store::replace(tx, access.id, &json, draft.as_deref()).await?;
    let round = programs::round(tx, &participant.round_leave()).await?;
    // Not which question: that somebody answered it says something already.
    let data = json!({ "purpose": purpose });
    event(access, "consent.withdrawn", &round).on(access.id).with(data).record(tx).await?;
    Ok(())
}

/// A draft without an answer and its consents.
fn without(draft: &str, question: &str) -> Answer<String> {
    let mut typed: Vec<(String, String)> = serde_json::from_str(draft).map_err(Error::defect)?;
    let names = [private_field(question), consent_field(question)];
    typed.retain(|(name, _)| !names.contains(name));
    serde_json::to_string(&typed).map_err(Error::defect)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_agrees_to_what_nothing_is_done_for() {
        let question = |key: &str, purposes: &[Purpose]| PrivateQuestion {
            key: key.to_owned(),
            question: "Where did you grow up?".to_owned(),
            help: "For a view from elsewhere.".to_owned(),
            answers: vec!["Here".to_owned(), "Elsewhere".to_owned()],
            several: false,
            purposes: purposes.to_vec(),
        };
        let questions =
            [question("both", &[Purpose::Matching, Purpose::Reporting]), question("later", &[Purpose::Reporting])];
        let mut fields = Fields::default();
        for key in ["both", "later"] {
            fields.push(private_field(key), "Here");
            fields.push(consent_field(key), "matching");
            fields.push(consent_field(key), "reporting");
        }
        let mut check = fields.check();
        let said = read(&mut check, &fields, &questions);
        assert!(check.done(|| Some(())).is_ok());
        assert_eq!(said.keys().collect::<Vec<_>>(), ["both"]);
        assert_eq!(said["both"].purposes, BTreeSet::from([Purpose::Matching]));
    }
}
