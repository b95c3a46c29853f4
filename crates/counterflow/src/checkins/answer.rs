//! Answering: what was typed, then what is kept.

use super::{Kind, Questions, kind_of, store};
use crate::{
    kernel::{
        db::Tx,
        error::Answer,
        event::Event,
        form::{Fields, Problems},
        guard::Leave,
        ids::CheckinId,
    },
    words,
};

/// The longest answer in words, in characters.
const LONGEST: usize = 2000;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Given {
    /// The question's key.
    pub question: String,
    /// 1 to 5; for yes or no 1 or 0.
    pub scale: Option<i64>,
    /// In the person's own words.
    pub words: Option<String>,
}

words! {
    /// An answer to a question of yes or no.
    Reply {
        /// 1 in the database.
        Yes = "yes",
        /// 0.
        No = "no",
    }
}

/// The form field of a question. The prefix keeps questions apart from what else a form holds.
pub(super) fn field_of(key: &str) -> String {
    format!("q_{key}")
}

/// Reads the answers. Scales and yes or no are needed; words can be left out.
///
/// # Errors
/// Every problem, in the order of the questions.
pub(super) fn read(fields: &Fields, questions: &Questions) -> Result<Vec<Given>, Problems> {
    let mut check = fields.check();
    let mut given = Vec::new();
    for question in &questions.0 {
        let field = field_of(&question.key);
        let (scale, words) = match kind_of(question) {
            Kind::Scale => (check.number(&field, 1, 5), None),
            Kind::YesNo => (check.choice::<Reply>(&field).map(|reply| i64::from(reply == Reply::Yes)), None),
            Kind::Text => (None, check.optional_text(&field, LONGEST).flatten()),
        };
        if scale.is_some() || words.is_some() {
            given.push(Given { question: question.key.clone(), scale, words });
        }
    }
    check.done(|| Some(given))
}

/// Keeps the answers, unless the check-in was answered before or is closed. Answers whether they were kept.
///
/// The event says that somebody answered, never what.
///
/// # Errors
/// When there is no such check-in or the database fails.
pub async fn answer(tx: &mut Tx, leave: &impl Leave<CheckinId>, given: &[Given]) -> Answer<bool> {
    let checkin = store::checkin(tx, leave).await?;
    if !store::mark_answered(tx, checkin.id).await? {
        return Ok(false);
    }
    for one in given {
        store::insert_answer(tx, checkin.id, one).await?;
    }
    Event::by_person(checkin.person_id, "checkin.answered")
        .round(checkin.round_id)
        .pair(checkin.pair_id)
        .on(checkin.id)
        .record(tx)
        .await?;
    Ok(true)
}
