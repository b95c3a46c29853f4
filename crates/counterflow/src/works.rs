//! Every kind of background work on one page.

use jiff::SignedDuration;

use crate::{
    accounts, checkins,
    jobs::{Kind, Work},
};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

fn once(name: &'static str, work: Work) -> Kind {
    Kind { name, work, every: None }
}

fn each(every: SignedDuration, name: &'static str, work: Work) -> Kind {
    Kind { name, work, every: Some(every) }
}

/// All of them.
#[must_use]
pub fn kinds() -> Vec<Kind> {
    vec![
        each(HOUR, "accounts.forget_old", |app, _| Box::pin(accounts::forget_old(app))),
        once("checkins.after_meeting", |app, meeting| Box::pin(checkins::after_meeting(app, meeting))),
        each(HOUR, "checkins.open_waves", |app, _| Box::pin(checkins::open_waves(app))),
        each(HOUR, "checkins.remind", |app, _| Box::pin(checkins::remind(app))),
    ]
}
