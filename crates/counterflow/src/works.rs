//! Every kind of background work on one page.

use std::time::Duration;

use jiff::SignedDuration;

use crate::{
    accounts, checkins, enrollment,
    jobs::{self, Kind, Work},
    matching::{proposals, runs},
    meetings, pairs, people, programs,
};

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// For work that grows with the organization: a match run over thousands of people, a directory of a hundred thousand.
const LONG: Duration = Duration::from_secs(2 * 3600);

fn once(name: &'static str, work: Work) -> Kind {
    Kind::once(name, work)
}

fn each(every: SignedDuration, name: &'static str, work: Work) -> Kind {
    Kind::each(every, name, work)
}

/// All of them.
#[must_use]
pub fn kinds() -> Vec<Kind> {
    vec![
        each(HOUR, "jobs.forget_finished", |app, _| Box::pin(jobs::forget_finished(app))),
        each(HOUR, "accounts.forget_old", |app, _| Box::pin(accounts::forget_old(app))),
        once("accounts.send_link", |app, wanted| Box::pin(accounts::links::send(app, wanted))),
        once("pairs.begin", |app, proposal| Box::pin(pairs::begin(app, proposal))),
        once("pairs.end_for_leaver", |app, person| Box::pin(pairs::end_for_leaver(app, person))),
        once("pairs.drop_delegations", |app, person| Box::pin(pairs::drop_delegations(app, person))),
        once("programs.drop_leaver", |app, person| Box::pin(programs::drop_leaver(app, person))),
        each(HOUR, "programs.prompt_sponsors", |app, _| Box::pin(programs::prompt_sponsors(app))),
        each(HOUR, "programs.open_rounds", |app, _| Box::pin(programs::open_rounds(app))),
        once("pairs.complete", |app, round| Box::pin(pairs::complete(app, round))),
        once("meetings.release", |app, pair| Box::pin(meetings::release(app, pair))),
        each(HOUR, "people.leave_when_due", |app, _| Box::pin(people::leaving::leave_when_due(app))),
        each(HOUR, "people.forget_uploads", |app, _| Box::pin(people::import::jobs::forget_uploads(app))),
        once("people.check_import", |app, import| Box::pin(people::import::jobs::check(app, import))).within(LONG),
        once("people.apply_import", |app, import| Box::pin(people::import::jobs::apply(app, import))).within(LONG),
        each(HOUR, "enrollment.remind", |app, _| Box::pin(enrollment::remind_due(app))),
        once("enrollment.withdraw_leaver", |app, person| Box::pin(enrollment::withdraw_leaver(app, person))),
        once("checkins.after_meeting", |app, meeting| Box::pin(checkins::after_meeting(app, meeting))),
        once("checkins.ask_last", |app, round| Box::pin(checkins::ask_last(app, round))),
        each(HOUR, "checkins.open_waves", |app, _| Box::pin(checkins::open_waves(app))),
        each(HOUR, "checkins.remind", |app, _| Box::pin(checkins::remind(app))),
        once("matching.run", |app, payload| Box::pin(runs::work(app, payload))).within(LONG),
        each(HOUR, "matching.expire_proposals", |app, _| Box::pin(proposals::expire_due(app))),
        once("matching.end_with_round", |app, round| Box::pin(proposals::end_with_round(app, round))),
        once("matching.withdraw_leaver", |app, payload| Box::pin(proposals::withdraw_leaver(app, payload))),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::event::SUBSCRIBERS;

    #[test]
    fn whatever_follows_an_event_is_done_by_somebody() {
        let kinds = kinds();
        for (event, job) in SUBSCRIBERS {
            assert!(kinds.iter().any(|kind| kind.name == *job), "{event} queues {job}, which nothing carries out");
        }
    }

    #[test]
    fn a_kind_stands_here_once() {
        let mut names: Vec<&str> = kinds().iter().map(|kind| kind.name).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        // The names of what is known here are joined with commas (jobs::claim).
        assert!(names.iter().all(|name| !name.contains(',')));
    }
}
