//! Every kind of background work on one page.

use jiff::SignedDuration;

use crate::{
    accounts, enrollment,
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
        each(HOUR, "enrollment.remind", |app, _| Box::pin(enrollment::remind_due(app))),
        once("enrollment.withdraw_leaver", |app, person| Box::pin(enrollment::withdraw_leaver(app, person))),
    ]
}
