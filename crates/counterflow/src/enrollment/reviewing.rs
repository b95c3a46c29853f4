//! What reviewers give an application. Each gives it blind: what the others gave is shown to them once their own is in.

use std::cmp::Reverse;

use super::{
    admitting, event, participant_lock, screening,
    screening_store::{self, Assignment},
    store,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        guard::Access,
        ids::{ParticipantId, PersonId},
    },
    programs,
};

/// Two scores this far apart on one line mean that the two read something different.
const FAR_APART: i64 = 2;
/// So many reviews that are not far apart are enough.
const ENOUGH: usize = 2;

/// What one reviewer gave, line by line; `None` where nothing is given yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Review {
    pub reviewer: PersonId,
    /// Full name.
    pub name: String,
    pub scores: Vec<Option<i64>>,
    pub words: Option<String>,
    pub is_submitted: bool,
}

impl Review {
    /// What an assignment has brought so far. Scores of a rubric that was changed meanwhile are cut or filled up.
    pub fn of(one: &Assignment, lines: usize) -> Self {
        let mut scores: Vec<Option<i64>> =
            one.scores.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        scores.resize(lines, None);
        Self {
            reviewer: one.reviewer_id,
            name: one.name.clone(),
            scores,
            words: one.words.clone(),
            is_submitted: one.submitted_at.is_some(),
        }
    }
}

/// How the reviews of one application stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    /// Those that are in.
    pub given: Vec<Review>,
    /// How many were asked for one.
    pub asked: usize,
    /// Whether the first two differ by much on some line.
    pub is_far_apart: bool,
}

impl Standing {
    pub fn of(reviews: Vec<Review>) -> Self {
        let asked = reviews.len();
        let given: Vec<Review> = reviews.into_iter().filter(|review| review.is_submitted).collect();
        let is_far_apart = match given.as_slice() {
            [first, second, ..] => far_apart(&first.scores, &second.scores),
            _ => false,
        };
        Self { given, asked, is_far_apart }
    }

    /// Whether enough are in to decide: two that agree, or three.
    pub fn is_ready(&self) -> bool {
        self.given.len() >= ENOUGH + usize::from(self.is_far_apart)
    }

    /// The mean of all scores, in hundredths of a point of [`BEST`].
    pub fn mean(&self) -> i64 {
        let scores: Vec<i64> = self.given.iter().flat_map(|review| &review.scores).copied().flatten().collect();
        let count = scores.len().max(1) as i64;
        (scores.iter().sum::<i64>() * 200 + count) / (2 * count)
    }

    /// The mean as people read it: `3.25`.
    pub fn mean_words(&self) -> String {
        format!("{}.{:02}", self.mean() / 100, self.mean() % 100)
    }
}

/// Whether two differ by much on some line.
fn far_apart(first: &[Option<i64>], second: &[Option<i64>]) -> bool {
    first.iter().zip(second).any(|pair| matches!(pair, (Some(a), Some(b)) if (a - b).abs() >= FAR_APART))
}

/// The order in which applications are shown: the best of those that can be decided, then the others.
pub(super) fn rank<T>(applications: &mut [T], standing: impl Fn(&T) -> &Standing) {
    applications.sort_by_key(|one| {
        let standing = standing(one);
        (Reverse(standing.is_ready()), Reverse(if standing.is_ready() { standing.mean() } else { 0 }))
    });
}

/// What somebody gives an application.
#[derive(Debug, Clone)]
pub(super) struct Given {
    pub scores: Vec<Option<i64>>,
    pub words: Option<String>,
}

/// Whether a review is kept for oneself, or sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Keep,
    Send,
}

/// Keeps a review, or sends it. What is sent stays: its writer sees what the others gave. If the first two are far
/// apart, somebody else is asked.
///
/// # Errors
/// `review_sent` if it was sent before, `enrollment_over`, or when the database fails.
pub(super) async fn review(
    tx: &mut Tx,
    app: &App,
    access: &Access<ParticipantId>,
    given: &Given,
    act: Act,
) -> Answer<()> {
    admitting::lock_round_of(tx, access).await?;
    tx.lock(participant_lock(access.id)).await?;
    let participant = store::participant(tx, access).await?;
    let round = programs::round(tx, &participant.round_leave()).await?;
    super::must_take_people(&round)?;
    let scores = serde_json::to_string(&given.scores).map_err(Error::defect)?;
    let is_kept =
        screening_store::save_review(tx, access.id, access.viewer.person, &scores, given.words.as_deref(), act).await?;
    if !is_kept {
        return Err(Error::conflict("review_sent"));
    }
    if act == Act::Keep {
        return Ok(()); // like a draft of a registration: no act of its own
    }
    event(access, "review.sent", &round).on(access.id).record(tx).await?;
    let standing = standing(tx, access.id, given.scores.len()).await?;
    if standing.is_far_apart && standing.given.len() == ENOUGH && standing.asked == ENOUGH {
        screening::give_third(tx, app, &round, access.id, participant.person_id).await?;
    }
    Ok(())
}

/// How the reviews of one application stand.
pub(super) async fn standing(tx: &mut Tx, id: ParticipantId, lines: usize) -> Answer<Standing> {
    let assigned = screening_store::reviews_of(tx, id).await?;
    Ok(Standing::of(assigned.iter().map(|one| Review::of(one, lines)).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(scores: [i64; 3], is_submitted: bool) -> Review {
        Review {
            reviewer: PersonId::new(),
            name: "Somebody".to_owned(),
            scores: scores.map(Some).to_vec(),
            words: None,
            is_submitted,
        }
    }

    #[test]
    fn two_that_agree_are_enough_and_a_third_decides() {
        let check = |reviews: Vec<Review>, far_apart: bool, ready: bool, mean: &str| {
            let standing = Standing::of(reviews);
            assert_eq!((standing.is_far_apart, standing.is_ready()), (far_apart, ready));
            assert_eq!(standing.mean_words(), mean);
        };
        check(vec![], false, false, "0.00");
        check(vec![review([4, 4, 4], true), review([1, 1, 1], false)], false, false, "4.00");
        check(vec![review([4, 3, 2], true), review([3, 2, 3], true)], false, true, "2.83");
        check(vec![review([4, 3, 2], true), review([4, 1, 2], true)], true, false, "2.67");
        check(vec![review([4, 3, 2], true), review([4, 1, 2], true), review([4, 3, 2], true)], true, true, "2.78");
    }

    #[test]
    fn the_best_come_first_and_the_undecided_last() {
        let mut all = [
            ("open", Standing::of(vec![review([4, 4, 4], true)])),
            ("good", Standing::of(vec![review([3, 3, 3], true), review([3, 3, 3], true)])),
            ("best", Standing::of(vec![review([4, 4, 4], true), review([4, 4, 3], true)])),
        ];
        rank(&mut all, |(_, standing)| standing);
        assert_eq!(all.map(|(name, _)| name), ["best", "good", "open"]);
    }
}
