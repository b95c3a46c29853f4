//! Every kind of background work on one page.

use jiff::SignedDuration;

use crate::{
    accounts, checkins, enrollment,
    jobs::{Kind, Work},
    matching::{proposals, runs},
    meetings, pairs, people,
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
        once("accounts.send_link", |app, wanted| Box::pin(accounts::links::send(app, wanted))),
        once("pairs.begin", |app, proposal| Box::pin(pairs::begin(app, proposal))),
        once("pairs.end_for_leaver", |app, person| Box::pin(pairs::end_for_leaver(app, person))),
        once("pairs.complete", |app, round| Box::pin(pairs::complete(app, round))),
        once("meetings.release", |app, pair| Box::pin(meetings::release(app, pair))),
        each(HOUR, "people.leave_when_due", |app, _| Box::pin(people::leaving::leave_when_due(app))),
        each(HOUR, "people.forget_uploads", |app, _| Box::pin(people::import::jobs::forget_uploads(app))),
        once("people.check_import", |app, import| Box::pin(people::import::jobs::check(app, import))),
        once("people.apply_import", |app, import| Box::pin(people::import::jobs::apply(app, import))),
        each(HOUR, "enrollment.remind", |app, _| Box::pin(enrollment::remind_due(app))),
        once("enrollment.withdraw_leaver", |app, person| Box::pin(enrollment::withdraw_leaver(app, person))),
        once("checkins.after_meeting", |app, meeting| Box::pin(checkins::after_meeting(app, meeting))),
        once("checkins.ask_last", |app, round| Box::pin(checkins::ask_last(app, round))),
        each(HOUR, "checkins.open_waves", |app, _| Box::pin(checkins::open_waves(app))),
        each(HOUR, "checkins.remind", |app, _| Box::pin(checkins::remind(app))),
        once("matching.run", |app, payload| Box::pin(runs::work(app, payload))),
        each(HOUR, "matching.expire_proposals", |app, _| Box::pin(proposals::expire_due(app))),
        once("matching.withdraw_leaver", |app, payload| Box::pin(proposals::withdraw_leaver(app, payload))),
    ]
}
