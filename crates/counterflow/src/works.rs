//! Every kind of background work on one page.

use jiff::SignedDuration;

use crate::{
    accounts,
    jobs::{Kind, Work},
    matching::{proposals, runs},
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
        once("matching.run", |app, payload| Box::pin(runs::work(app, payload))),
        each(HOUR, "matching.expire_proposals", |app, _| Box::pin(proposals::expire_due(app))),
        once("matching.withdraw_leaver", |app, payload| Box::pin(proposals::withdraw_leaver(app, payload))),
    ]
}
