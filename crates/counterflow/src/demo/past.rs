//! Writing the past: a calendar of acts, played one after the other with the clock set to each.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap, HashSet},
};

use jiff::{SignedDuration, civil, tz::TimeZone};

use super::{
    acts::Act,
    answers::Invented,
    cast::Temper,
    people::{self, Export, story_email},
    script,
};
use crate::{
    jobs::{self, Kind},
    kernel::{
        app::App,
        clock::{Clock, Day, Timestamp},
        config::Config,
        db::{Db, Tx},
        error::{Answer, Error},
        guard::{self, Access},
        ids::{CheckinId, Id, PairId, PersonId, ProgramId, ProposalId, RoundId},
        rights::Role,
        viewer::Viewer,
    },
    people::{Profile, directory_people},
    programs::Side,
    works,
};

/// The same seed makes the same directory. What follows hangs on ids too, which are new each time.
const SEED: u64 = 1999;

/// The company while its past is being written.
pub(super) struct Past {
    pub app: App,
    pub random: fastrand::Rng,
    pub invented: Invented,
    /// Everybody in the directory.
    pub people: HashMap<PersonId, Profile>,
    /// Who carries the story, by name.
    pub program: ProgramId,
    /// The first round, and the second.
    pub rounds: [RoundId; 2],
    pub tempers: HashMap<PairId, Temper>,
    pub seen_proposals: HashSet<(ProposalId, Side)>,
    pub seen_checkins: HashSet<CheckinId>,
    /// The day on which the past ends.
    pub today: Day,
    end: Timestamp,
    clock: Clock,
    kinds: Vec<Kind>,
    calendar: BTreeMap<Reverse<(Timestamp, u64)>, Act>,
    count: u64,
}

/// Invents the company in an empty database and leads it through the months up to `end`.
///
/// # Errors
/// When the database fails; or a defect, if a verb refuses what the script asks of it.
pub async fn write(db: Db, config: Config, clock: Clock, end: Timestamp) -> Answer<()> {
    let today = end.day_in(&TimeZone::UTC);
    let mut past = Past {
        app: App::new(db, config).await?,
        random: fastrand::Rng::with_seed(SEED),
        invented: Invented::read()?,
        people: HashMap::new(),
        program: ProgramId::new(),
        rounds: [RoundId::new(), RoundId::new()],
        tempers: HashMap::new(),
        seen_proposals: HashSet::new(),
        seen_checkins: HashSet::new(),
        today,
        end,
        clock,
        kinds: works::kinds(),
        calendar: BTreeMap::new(),
        count: 0,
    };
    script::schedule(&mut past);
    past.play().await
}

impl Past {
    async fn play(&mut self) -> Answer<()> {
        while let Some((Reverse((at, _)), act)) = self.calendar.pop_last() {
            if at > self.end {
                break;
            }
            self.clock.set(at);
            match (act.play(self).await, act) {
                // A pair ended meanwhile, or somebody was faster: what one planned is over.
                (Err(Error::NotFound | Error::Trouble { .. }), act) if !matches!(act, Act::Step(_)) => {}
                (played, _) => played?,
            }
            self.work().await?;
        }
        self.clock.set(self.end);
        self.work().await
    }

    /// Does the work that is due.
    pub async fn work(&self) -> Answer<()> {
        jobs::run_due(&self.app, &self.kinds).await.map(drop)
    }

    /// Puts an act into the calendar.
    pub fn at(&mut self, at: Timestamp, act: Act) {
        self.count += 1;
        self.calendar.insert(Reverse((at, self.count)), act);
    }

    /// Puts an act into the calendar some days from now, at an hour of work; what falls on a weekend waits for Monday.
    pub fn in_days(&mut self, days: std::ops::RangeInclusive<i32>, act: Act) {
        let days = self.random.i32(days);
        let day = self.day().plus_days(days);
        let at = self.working_hour(day).max(self.now().plus(SignedDuration::from_mins(20)));
        self.at(at, act);
    }

    /// A random moment on the first working day at or after `day`.
    pub fn working_hour(&mut self, day: Day) -> Timestamp {
        let (hour, minute) = (self.random.i8(7..16), self.random.i8(0..60));
        moment(working_day(day), hour, minute)
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn day(&self) -> Day {
        self.now().day_in(&TimeZone::UTC)
    }

    /// Whether a chance of so many in a hundred comes true.
    pub fn chance(&mut self, percent: u8) -> bool {
        self.random.u8(0..100) < percent
    }

    /// Reads the directory anew.
    pub async fn look_up_people(&mut self) -> Answer<()> {
        let mut tx = self.app.db.read().await?;
        self.people = directory_people(&mut tx).await?.into_iter().map(|person| (person.id, person)).collect();
        Ok(())
    }

    /// Somebody of the story, by name.
    pub fn person(&self, name: &str) -> Answer<PersonId> {
        let email = story_email(name);
        let found = self.people.values().find(|person| person.email.as_deref() == Some(email.as_str()));
        found.map(|person| person.id).ok_or_else(|| Error::defect(format!("{name} is not in the directory")))
    }

    pub fn profile(&self, person: PersonId) -> Answer<&Profile> {
        self.people.get(&person).ok_or_else(|| Error::defect("somebody who is not in the directory acts"))
    }

    pub async fn viewer(&self, tx: &mut Tx, person: PersonId) -> Answer<Viewer> {
        guard::viewer_for(&self.app, tx, person).await
    }

    /// Leave for a person on something, as the guard would give it.
    pub async fn access<I: Id>(&self, tx: &mut Tx, person: PersonId, id: I, roles: &[Role]) -> Answer<Access<I>> {
        let viewer = self.viewer(tx, person).await?;
        guard::leave(tx, &viewer, id, roles).await
    }

    /// The directory of the company, as a file.
    pub fn file(export: Export) -> Vec<u8> {
        people::csv(SEED, export).into_bytes()
    }
}

/// An hour of a day, in UTC.
pub(super) fn moment(day: Day, hour: i8, minute: i8) -> Timestamp {
    let start = day.start_in(&TimeZone::UTC);
    start.plus(SignedDuration::from_mins(i64::from(hour) * 60 + i64::from(minute)))
}

/// The day itself, or the Monday after it.
pub(super) fn working_day(day: Day) -> Day {
    match day.0.weekday() {
        civil::Weekday::Saturday => day.plus_days(2),
        civil::Weekday::Sunday => day.plus_days(1),
        _ => day,
    }
}

/// The day itself, or the Friday before it.
pub(super) fn last_working_day(day: Day) -> Day {
    match day.0.weekday() {
        civil::Weekday::Saturday => day.plus_days(-1),
        civil::Weekday::Sunday => day.plus_days(-2),
        _ => day,
    }
}
