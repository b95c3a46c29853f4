//! Every kind of background work on one page.

use jiff::SignedDuration;

use crate::{
    accounts,
    jobs::{Kind, Work},
    meetings, pairs,
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
        once("pairs.begin", |app, proposal| Box::pin(pairs::begin(app, proposal))),
        once("pairs.end_for_leaver", |app, person| Box::pin(pairs::end_for_leaver(app, person))),
        once("meetings.release", |app, pair| Box::pin(meetings::release(app, pair))),
    ]
}
