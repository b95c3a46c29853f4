//! The bar with the seven stages: the navigation of a round.

use super::{Round, Stage};

/// One step of the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Which.
    pub stage: Stage,
    /// Its page.
    pub href: String,
    /// `done`, `now` or `to_come`.
    pub state: &'static str,
    /// Whether it is the page on which the reader is.
    pub here: bool,
}

/// The bar of a round, seen from one of its pages (`None`: the round's home).
#[must_use]
pub fn steps(round: &Round, here: Option<Stage>) -> Vec<Step> {
    let step = |stage: Stage| Step {
        stage,
        href: format!("{}/{stage}", round.href()),
        state: match stage.cmp(&round.stage) {
            std::cmp::Ordering::Less => "done",
            std::cmp::Ordering::Equal => "now",
            std::cmp::Ordering::Greater => "to_come",
        },
        here: here == Some(stage),
    };
    Stage::ALL.iter().copied().map(step).collect()
}
