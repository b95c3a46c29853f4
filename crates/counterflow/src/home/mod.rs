//! Everybody's home: what waits for them, their pairs, the rounds they look after. The last station: it reads the
//! others and nobody reads it.

mod store;

use askama::Template;

use crate::{
    checkins::{self, Occasion},
    enrollment, jobs,
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        guard,
        ids::{ParticipantId, RoundId},
        page::{self, Page},
        rights::Role,
        viewer::{Viewer, Visitor},
    },
    mail, outcomes, pairs,
    programs::{self, Side, Stage},
};

/// `GET /`: to wherever this visitor should begin.
pub async fn door(visitor: Visitor) -> Answer {
    Ok(page::see_other(if visitor.0.is_some() { "/home" } else { "/sign-in" }))
}

#[derive(Template)]
#[template(path = "home/home.html")]
struct HomePage {
    page: Page,
    waiting: Vec<Waiting>,
    pairs: Vec<store::MyPair>,
    part: Vec<store::Part>,
    leaders: Vec<store::LeadersPair>,
    rounds: Vec<Looked>,
    /// Rounds for which they can name people.
    naming: Vec<(RoundId, String, String)>,
    /// What an organization that has just begun should do first.
    first: Option<First>,
    /// Whether letters are sent, or kept.
    sends: bool,
}

/// Something that waits for the viewer. What is easily lost comes first.
enum Waiting {
    /// A proposal to answer, before it expires.
    Proposal(store::Proposal),
    /// A registration to finish, before enrollment ends.
    Registration(enrollment::Open),
    /// An agreement to sign.
    Agreement(store::Unsigned),
    /// Proposed times to choose from.
    Times(store::Times),
    /// Other times to propose.
    OtherTimes(store::OtherTimes),
    /// A meeting that is over: was it held?
    Mark(store::Unmarked),
    /// A check-in to answer.
    Checkin(checkins::Waiting),
    /// An application of mine to write.
    Application { participant: ParticipantId, program: String, round: String },
    /// Applications of others to read.
    Readings(usize),
    /// A program whose last manager has left, for the admin.
    Unmanaged(programs::Unmanaged),
    /// Letters and jobs that gave up, for the admin.
    Stuck { letters: i64, jobs: i64 },
}

/// The first steps of an organization.
enum First {
    /// Nobody but the admin is in the directory.
    ImportPeople,
    /// There are people and no program.
    StartProgram,
}

/// A round that the viewer looks after.
struct Looked {
    round: store::MyRound,
    /// The next thing to do, for its managers.
    next: Option<String>,
}

/// `GET /home`
pub async fn show(app: App, page: Page, viewer: Viewer) -> Answer {
    let mut tx = app.db.read().await?;
    let me = viewer.person;
    let mut choosing = enrollment::choosing_for(&mut tx, &viewer).await?;
    page::html(&HomePage {
        naming: std::mem::take(&mut choosing.to_name),
        waiting: waiting(&mut tx, &viewer, choosing).await?,
        pairs: store::pairs(&mut tx, me).await?,
        part: store::parts(&mut tx, me).await?,
        leaders: store::leaders(&mut tx, me).await?,
        rounds: rounds(&mut tx, &viewer).await?,
        first: first(&mut tx, &viewer).await?,
        sends: app.config.smtp.is_some(),
        page,
    })
}

async fn waiting(tx: &mut Tx, viewer: &Viewer, choosing: enrollment::Choosing) -> Answer<Vec<Waiting>> {
    let me = viewer.person;
    let mut waiting = Vec::new();
    waiting.extend(store::proposals(tx, me).await?.into_iter().map(Waiting::Proposal));
    waiting.extend(enrollment::open_for(tx, viewer).await?.into_iter().map(Waiting::Registration));
    let application = |(participant, program, round)| Waiting::Application { participant, program, round };
    waiting.extend(choosing.to_apply.into_iter().map(application));
    waiting.extend((!choosing.to_read.is_empty()).then_some(Waiting::Readings(choosing.to_read.len())));
    waiting.extend(store::times(tx, me).await?.into_iter().map(Waiting::Times));
    waiting.extend(store::other_times(tx, me).await?.into_iter().map(Waiting::OtherTimes));
    waiting.extend(store::unsigned(tx, me).await?.into_iter().map(Waiting::Agreement));
    waiting.extend(store::unmarked(tx, me).await?.into_iter().map(Waiting::Mark));
    waiting.extend(checkins::waiting(tx, me).await?.into_iter().map(Waiting::Checkin));
    if viewer.roles.has(Role::Admin) {
        waiting.extend(programs::unmanaged(tx).await?.into_iter().map(Waiting::Unmanaged));
        let (letters, jobs) = (mail::standing(tx).await?.dead, jobs::standing(tx).await?.dead);
        waiting.extend((letters + jobs > 0).then_some(Waiting::Stuck { letters, jobs }));
    }
    Ok(waiting)
}

async fn rounds(tx: &mut Tx, viewer: &Viewer) -> Answer<Vec<Looked>> {
    let today = tx.now().day_in(&viewer.zone);
    let mut looked = Vec::new();
    for round in store::rounds(tx, viewer.person).await? {
        let next = if round.manages {
            let access = guard::leave(tx, viewer, round.id, &[Role::Manager]).await?;
            Some(outcomes::next_title(tx, &access, today).await?)
        } else {
            None
        };
        looked.push(Looked { round, next });
    }
    Ok(looked)
}

async fn first(tx: &mut Tx, viewer: &Viewer) -> Answer<Option<First>> {
    let (people, programs) = store::beginnings(tx).await?;
    let may_start = viewer.roles.has(Role::Admin) || viewer.roles.has(Role::ProgramStarter);
    Ok(match (people, programs) {
        (0..=1, _) if viewer.roles.has(Role::Admin) => Some(First::ImportPeople),
        (_, 0) if may_start => Some(First::StartProgram),
        _ => None,
    })
}

impl HomePage {
    /// The next meeting of all: with whom, and when.
    fn next_meeting(&self) -> Option<(&str, crate::kernel::clock::Timestamp)> {
        let next = self.pairs.iter().filter_map(|pair| Some((pair.other.as_str(), pair.next_at?)));
        next.min_by_key(|(_, at)| *at)
    }

    /// Whether the viewer manages any of the rounds that are shown.
    fn manages(&self) -> bool {
        self.rounds.iter().any(|looked| looked.next.is_some())
    }

    /// Whether there is nothing at all to show.
    fn is_empty(&self) -> bool {
        self.waiting.is_empty()
            && self.pairs.is_empty()
            && self.part.is_empty()
            && self.leaders.is_empty()
            && self.rounds.is_empty()
            && self.naming.is_empty()
            && self.first.is_none()
    }
}
