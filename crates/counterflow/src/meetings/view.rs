//! What the pages of meetings share: whose clock, and who did it.

use jiff::tz::TimeZone;

use super::{Meeting, Move, Who, times};
use crate::{
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        ids::PersonId,
        page::{Page, zone_name},
        words,
    },
    pairs::Seated,
    people,
};

/// The reader's clock, and the clocks of the two.
#[derive(Debug, Clone)]
pub struct Clocks {
    own: TimeZone,
    theirs: [TimeZone; 2],
}

impl Clocks {
    /// The clocks of a pair for the reader of a page.
    #[must_use]
    pub fn new(page: &Page, seated: &Seated) -> Self {
        Self { own: page.zone.clone(), theirs: [seated.mentor.zone(), seated.mentee.zone()] }
    }

    /// The moment on the others' clocks where they differ: `09:00 in Lagos`; empty if all agree.
    #[must_use]
    pub fn elsewhere(&self, at: &Timestamp) -> String {
        times::elsewhere(*at, &self.own, &[&self.theirs[0], &self.theirs[1]]).join(", ")
    }

    /// The name of the reader's zone.
    #[must_use]
    pub fn own_name(&self) -> String {
        zone_name(&self.own)
    }
}

/// The names of everybody who did something to a meeting.
#[derive(Debug, Clone)]
pub struct Actors {
    reader: PersonId,
    /// The mentor, the mentee, then delegates.
    names: Vec<(PersonId, String)>,
}

impl Actors {
    /// Looks up who is named in the meetings and moves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn load(
        tx: &mut Tx,
        seated: &Seated,
        reader: PersonId,
        meetings: &[Meeting],
        moves: &[Move],
    ) -> Answer<Self> {
        let of_meeting = |meeting: &Meeting| [meeting.chosen_by, meeting.recorded_by, meeting.other_times_by];
        let ids = meetings.iter().flat_map(of_meeting).flatten().chain(moves.iter().map(|made| made.moved_by));
        let mut names = vec![
            (seated.mentor.id, seated.mentor.first_name().to_owned()),
            (seated.mentee.id, seated.mentee.first_name().to_owned()),
        ];
        for id in ids {
            if !names.iter().any(|(known, _)| *known == id)
                && let Some(card) = people::card(tx, id).await?
            {
                names.push((id, card.name));
            }
        }
        Ok(Self { reader, names })
    }

    /// How the reader calls whoever is on a side.
    #[must_use]
    pub fn side(&self, who: &Who) -> String {
        match who {
            Who::Mentor => self.name(&self.names[0].0),
            Who::Mentee => self.name(&self.names[1].0),
            Who::Both => words::say("notice", "both", &[]),
        }
    }

    /// The same at the beginning of a sentence.
    #[must_use]
    pub fn opening(&self, person: &PersonId) -> String {
        let name = self.name(person);
        let mut letters = name.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    /// How the reader calls somebody: `you`, a first name, or the full name of a delegate.
    #[must_use]
    pub fn name(&self, person: &PersonId) -> String {
        if *person == self.reader {
            return words::say("notice", "you", &[]);
        }
        self.names
            .iter()
            .find(|(id, _)| id == person)
            .map_or_else(|| words::say("notice", "somebody", &[]), |(_, name)| name.clone())
    }
}
