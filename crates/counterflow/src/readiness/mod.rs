//! Readiness: a few questions to leaders, or whoever's time is the scarcer, before anybody is invited, and what the answers
//! advise.
//!
//! Answers are kept as counts alone. A link is deleted in the transaction that counts its answers, and all links go when
//! the survey closes: nothing in the database says whose answers they were. Results are shown after the survey has closed
//! and from the smallest number of answers on; until then there is no way to see any.

mod answering;
mod asking;
mod letters;
pub mod pages;
mod questions;
mod store;

pub use answering::{Answers, answer};
pub use asking::{Who, ask, close, close_due};
pub use store::{Survey, latest};

use questions::Asked;

use crate::{
    kernel::{clock::Day, event::Event, viewer::Viewer},
    programs::Side,
};

/// The smallest number of answers about which anything is shown.
const MINIMUM: i64 = 5;

impl Survey {
    /// All that it asks.
    #[must_use]
    pub fn questions(&self) -> Asked {
        questions::asked(self.direction)
    }

    /// Which side it asks.
    #[must_use]
    pub fn side(&self) -> Side {
        questions::who_decides(self.direction)
    }

    /// Whether it can be answered on a day.
    #[must_use]
    pub fn is_open(&self, today: Day) -> bool {
        self.closed_at.is_none() && today <= self.closes_on
    }
}

/// What happened to a survey, by somebody or by the server.
fn event(by: Option<&Viewer>, kind: &'static str, survey: &Survey) -> Event {
    let event = by.map_or_else(|| Event::by_server(kind), |viewer| Event::by(viewer, kind));
    event.program(survey.program_id).on(survey.id)
}
