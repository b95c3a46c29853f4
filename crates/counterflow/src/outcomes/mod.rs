//! What came of a round, as far as it is nobody's opinion: who was invited and who met, what was held, cancelled and
//! missed by whom, who answered, how the pairs are doing. Read only, and without delay.
//!
//! Answers are not here. They appear as releases on fixed dates, counted with at least as many people as the round's
//! minimum reporting size (OUTCOMES.md section 8).

pub mod close;
mod figures;
mod lately;
mod next;
pub mod prove;
pub mod retention;
pub mod round_home;
pub mod run;
pub mod sponsor;
mod store;
mod tables;
#[cfg(test)]
mod tests;

pub use figures::{Funnel, HealthCounts, MeetingCounts, PairCounts, Share};
pub use round_home::next_title;
