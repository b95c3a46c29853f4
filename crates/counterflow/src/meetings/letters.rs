//! What meetings write: proposed times, the wish for others, and invitations with their calendar object.

use askama::Template;
use jiff::tz::TimeZone;

use super::{
    Meeting,
    calendar::{Attendee, Invitation, Purpose, Standing},
    times,
};
use crate::{
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::ByServer,
        ids::PersonId,
        labels::Labels,
        page::{moment_in, zone_name},
        viewer::Viewer,
        words,
    },
    mail::{self, Calendar, Letter, Method},
    pairs::{self, Pair},
    people::{self, Card},
    programs::{self, Direction, Side},
};

/// A moment as one reader's clock shows it, with the same moment on other clocks.
struct When {
    here: String,
    elsewhere: Vec<String>,
}

impl When {
    fn of(at: Timestamp, now: Timestamp, zone: &TimeZone, others: &[&TimeZone]) -> Self {
        Self { here: moment_in(at, zone, now), elsewhere: times::elsewhere(at, zone, others) }
    }
}

#[derive(Template)]
#[template(path = "meetings/mail_times.txt")]
struct TimesText<'a> {
    it: &'a TimesLetter<'a>,
}

#[derive(Template)]
#[template(path = "meetings/mail_times.html")]
struct TimesHtml<'a> {
    it: &'a TimesLetter<'a>,
}

/// Whether times are proposed for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Offer {
    /// Yes.
    First,
    /// No: they take the place of others.
    Again,
}

struct TimesLetter<'a> {
    to: &'a str,
    lead: &'a str,
    /// For whom, if the reader keeps somebody's calendar.
    chooser: Option<&'a str>,
    offer: Offer,
    whens: Vec<When>,
    zone: String,
    minutes: i64,
    link: String,
}

/// Tells whoever keeps the chooser's calendar (the delegates, or the chooser if there are none) which times are proposed.
pub(super) async fn times(
    tx: &mut Tx,
    app: &App,
    pair: &Pair,
    meeting: &Meeting,
    offered: &[Timestamp],
    offer: Offer,
) -> Answer<()> {
    let lead = pairs::card_on(tx, pair, pair.led_by).await?;
    let chooser = pairs::card_on(tx, pair, pair.led_by.other()).await?;
    let mut readers = pairs::keepers(tx, pair).await?;
    readers.retain(|delegate| delegate.email.is_some());
    if readers.is_empty() {
        readers.push(chooser.clone());
    }
    let now = tx.now();
    let labels = programs::labels_of(tx, pair.round_id).await?;
    for reader in readers {
        let Some(address) = &reader.email else { continue };
        let (zone, other) = (reader.zone(), lead.zone());
        let it = TimesLetter {
            to: reader.first_name(),
            lead: &lead.name,
            chooser: (reader.id != chooser.id).then_some(chooser.name.as_str()),
            offer,
            whens: offered.iter().map(|at| When::of(*at, now, &zone, &[&other])).collect(),
            zone: zone_name(&zone),
            minutes: meeting.minutes,
            link: app.link(&meeting.href()),
        };
        let key = format!("meeting-times:{}:{now}:{}", meeting.id, reader.id);
        let letter =
            Letter::from_templates(&labels, key, reader.id, address, &TimesText { it: &it }, &TimesHtml { it: &it })?;
        mail::write(tx, app, letter).await?;
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "meetings/mail_other_times.txt")]
struct OtherTimesText<'a> {
    to: &'a str,
    by: &'a By,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "meetings/mail_other_times.html")]
struct OtherTimesHtml<'a> {
    to: &'a str,
    by: &'a By,
    link: &'a str,
}

/// Tells the one who leads that none of the times fits.
pub(super) async fn other_times(tx: &mut Tx, app: &App, pair: &Pair, meeting: &Meeting, viewer: &Viewer) -> Answer<()> {
    let lead = pairs::card_on(tx, pair, pair.led_by).await?;
    let Some(address) = &lead.email else { return Ok(()) };
    let by = By::of(pair, viewer, lead.id);
    let (to, link) = (lead.first_name(), app.link(&format!("{}/times", meeting.href())));
    let key = format!("meeting-other-times:{}:{}", meeting.id, tx.now());
    let text = OtherTimesText { to, by: &by, link: &link };
    let html = OtherTimesHtml { to, by: &by, link: &link };
    let labels = programs::labels_of(tx, pair.round_id).await?;
    mail::write(tx, app, Letter::from_templates(&labels, key, lead.id, address, &text, &html)?).await?;
    Ok(())
}

/// Who did something, as one reader is told.
struct By {
    name: String,
    /// For whom, if it was a delegate.
    stands_for: Option<String>,
    is_reader: bool,
}

impl By {
    fn of(pair: &Pair, viewer: &Viewer, reader: PersonId) -> Self {
        let stands_for = pair.side_of(viewer.person).is_none().then(|| pair.name_on(pair.led_by.other()).to_owned());
        Self { name: viewer.name.clone(), stands_for, is_reader: viewer.person == reader }
    }
}

/// What happened to a meeting that has a time.
#[derive(Debug, Clone, Copy)]
pub(super) enum News {
    /// A time was chosen.
    Planned,
    /// It has another time, on this side's wish; this was the old one.
    Moved(Side, Timestamp),
    /// Only the place is another.
    Place,
    /// It is called off.
    Cancelled,
}

struct InvitationLetter<'a> {
    to: &'a str,
    other: &'a str,
    news: News,
    by: Option<By>,
    when: When,
    was: Option<String>,
    zone: String,
    minutes: i64,
    place: Option<&'a str>,
    link: String,
}

#[derive(Template)]
#[template(path = "meetings/mail_invitation.txt")]
struct InvitationText<'a> {
    it: &'a InvitationLetter<'a>,
}

#[derive(Template)]
#[template(path = "meetings/mail_invitation.html")]
struct InvitationHtml<'a> {
    it: &'a InvitationLetter<'a>,
}

/// Sends both the news with the calendar object that carries it out. One letter a person for each sequence.
pub(super) async fn invitations(
    tx: &mut Tx,
    app: &App,
    pair: &Pair,
    meeting: &Meeting,
    news: News,
    actor: Option<&Viewer>,
) -> Answer<()> {
    let (mentor, mentee) = pairs::cards(tx, pair).await?;
    let Some(starts_at) = meeting.starts_at else { return Ok(()) };
    let (purpose, method) = match news {
        News::Cancelled => (Purpose::Cancel, Method::Cancel),
        News::Planned | News::Moved(..) | News::Place => (Purpose::Request, Method::Request),
    };
    let (direction, labels) = speech(tx, pair).await?;
    let invitation = invitation(app, tx.now(), meeting, starts_at, direction, (&mentor, &mentee), news);
    let object = invitation.object(purpose);
    for (reader, other) in [(&mentor, &mentee), (&mentee, &mentor)] {
        let Some(address) = &reader.email else { continue };
        if people::has_left(tx, reader.id).await? {
            continue;
        }
        let zone = reader.zone();
        let it = InvitationLetter {
            to: reader.first_name(),
            other: &other.name,
            news,
            by: actor.map(|viewer| By::of(pair, viewer, reader.id)),
            when: When::of(starts_at, tx.now(), &zone, &[&other.zone()]),
            was: match news {
                News::Moved(_, from) => Some(moment_in(from, &zone, tx.now())),
                _ => None,
            },
            zone: zone_name(&zone),
            minutes: meeting.minutes,
            place: meeting.place.as_deref(),
            link: app.link(&meeting.href()),
        };
        let key = format!("meeting:{}:{}:{}", meeting.id, meeting.sequence, reader.id);
        let letter = Letter::from_templates(
            &labels,
            key,
            reader.id,
            address,
            &InvitationText { it: &it },
            &InvitationHtml { it: &it },
        )?
        .with(Calendar { uid: invitation.uid.clone(), object: object.clone(), method });
        mail::write(tx, app, letter).await?;
    }
    Ok(())
}

/// The direction of a pair's program, and its words.
async fn speech(tx: &mut Tx, pair: &Pair) -> Answer<(Direction, Labels)> {
    let round = programs::round(tx, &ByServer(pair.round_id)).await?;
    let program = programs::program_of(tx, &round).await?;
    Ok((program.direction, program.labels()))
}

fn invitation(
    app: &App,
    stamp: Timestamp,
    meeting: &Meeting,
    starts_at: Timestamp,
    direction: Direction,
    (mentor, mentee): (&Card, &Card),
    news: News,
) -> Invitation {
    let standing = |side: Side| match news {
        News::Moved(by, _) if by != side => Standing::NeedsAction,
        _ => Standing::Accepted,
    };
    let attendee = |card: &Card, side: Side| {
        card.email.clone().map(|address| Attendee { name: card.name.clone(), address, standing: standing(side) })
    };
    Invitation {
        uid: format!("{}@{}", meeting.id, mail::host(app)),
        sequence: meeting.sequence,
        stamp,
        starts_at,
        minutes: meeting.minutes,
        zone: TimeZone::get(&meeting.organizer_zone).unwrap_or(TimeZone::UTC),
        summary: words::say(
            "calendar",
            direction.name(),
            &[("mentor", mentor.name.clone()), ("mentee", mentee.name.clone())],
        ),
        place: meeting.place.clone(),
        link: app.link(&meeting.href()),
        organizer: mail::sender(app),
        attendees: [attendee(mentor, Side::Mentor), attendee(mentee, Side::Mentee)].into_iter().flatten().collect(),
    }
}

/// The planned meeting as a file, for whoever puts it into their calendar by hand.
pub(super) async fn file(tx: &mut Tx, app: &App, pair: &Pair, meeting: &Meeting, at: Timestamp) -> Answer<String> {
    let (mentor, mentee) = pairs::cards(tx, pair).await?;
    let (direction, _) = speech(tx, pair).await?;
    let it = invitation(app, tx.now(), meeting, at, direction, (&mentor, &mentee), News::Planned);
    Ok(it.object(Purpose::Publish))
}
