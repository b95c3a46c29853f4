//! The agenda of a meeting: from the program's template, edited by the one who leads the pair, read by the two alone.

use super::{Meeting, State, event, meeting, meeting_pair, store};
use crate::{
    kernel::{
        db::Tx,
        error::{Answer, Error},
        form::{Check, Fields, Form, Problems},
        guard::Access,
        ids::{MeetingId, PairId},
    },
    pairs::agreement::Changed,
    programs::template::{Agenda, AgendaItem},
};

/// The most points that an agenda can have.
pub const MOST_ITEMS: usize = 12;

impl Meeting {
    /// What it is about. Empty until the one who leads writes one, where the program has none for this meeting.
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub fn agenda(&self) -> Answer<Agenda> {
        serde_json::from_str(&self.agenda)
            .map_err(|error| Error::defect(format!("a stored agenda cannot be read: {error}")))
    }
}

/// The agenda as a form: `title`, then for each point `place-N`, `title-N`, `minutes-N`, `prompt-N`.
#[must_use]
pub fn form(agenda: &Agenda) -> Form {
    let mut form = Form::filled([("title", agenda.title.as_str())]);
    for (row, item) in agenda.items.iter().enumerate() {
        let names = RowNames::of(row);
        form.fields.push(names.place, names.number.to_string());
        form.fields.push(names.title, item.title.clone());
        form.fields.push(names.minutes, item.minutes.to_string());
        form.fields.push(names.prompt, item.prompt.clone());
    }
    form
}

/// The names of one row's fields.
#[derive(Debug, Clone)]
pub struct RowNames {
    /// Counted from 1, for the reader.
    pub number: usize,
    /// The number that sets the order.
    pub place: String,
    /// The point in a few words.
    pub title: String,
    /// How long.
    pub minutes: String,
    /// What the one who leads wants to remember.
    pub prompt: String,
}

impl RowNames {
    fn of(row: usize) -> Self {
        let name = |kind: &str| format!("{kind}-{row}");
        Self {
            number: row + 1,
            place: name("place"),
            title: name("title"),
            minutes: name("minutes"),
            prompt: name("prompt"),
        }
    }
}

/// The rows that the form shows: those that are filled and a few more.
#[must_use]
pub fn rows(fields: &Fields) -> Vec<RowNames> {
    let filled = (0..MOST_ITEMS).rev().find(|row| !fields.get(&RowNames::of(*row).title).trim().is_empty());
    let count = filled.map_or(3, |row| row + 3).min(MOST_ITEMS);
    (0..count).map(RowNames::of).collect()
}

/// Reads the form. A point without a title is left out; points stand in the order of their places.
///
/// # Errors
/// Every problem.
pub fn read(fields: &Fields) -> Result<Agenda, Problems> {
    let mut check = fields.check();
    let title = check.optional_text("title", 120);
    let mut items: Vec<(i64, AgendaItem)> = Vec::new();
    for row in 0..MOST_ITEMS {
        items.extend(item(&mut check, fields, &RowNames::of(row)));
    }
    items.sort_by_key(|(place, _)| *place);
    let items = items.into_iter().map(|(_, item)| item).collect();
    check.done(|| Some(Agenda { title: title?.unwrap_or_default(), items }))
}

fn item(check: &mut Check<'_>, fields: &Fields, names: &RowNames) -> Option<(i64, AgendaItem)> {
    let title = check.optional_text(&names.title, 200)??;
    let minutes = check.number(&names.minutes, 1, 240);
    let prompt = check.optional_text(&names.prompt, 1000);
    // A point without a number goes to the end.
    let place = if fields.get(&names.place).trim().is_empty() { Some(100) } else { check.number(&names.place, 1, 99) };
    Some((place?, AgendaItem { title, minutes: minutes?, prompt: prompt?.unwrap_or_default() }))
}

/// Puts an agenda in the place of the version that was seen. The same again changes nothing.
///
/// # Errors
/// `over` once it is said how the meeting went; or when the database fails.
pub async fn change(
    tx: &mut Tx,
    access: &Access<PairId>,
    id: MeetingId,
    seen: i64,
    agenda: &Agenda,
) -> Answer<Changed> {
    let pair = meeting_pair(tx, access).await?;
    let before = meeting(tx, access, id).await?;
    if before.agenda()? == *agenda {
        return Ok(Changed::Done);
    }
    if !matches!(before.state, State::Proposed | State::Planned) {
        return Err(Error::conflict("over"));
    }
    let text = serde_json::to_string(agenda).map_err(Error::defect)?;
    if !store::put_agenda(tx, id, seen, &text).await? {
        return Ok(Changed::Meanwhile);
    }
    event(access, &pair, id, "meeting.agenda_changed").record(tx).await?;
    Ok(Changed::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> Fields {
        Fields::filled(pairs.iter().copied())
    }

    #[test]
    fn points_stand_in_the_order_of_their_numbers() {
        let agenda = read(&fields(&[
            ("title", "First steps"),
            ("title-0", "Later"),
            ("minutes-0", "20"),
            ("place-0", "2"),
            ("title-1", "At the end"),
            ("minutes-1", "5"),
            ("title-4", "First"),
            ("minutes-4", "10"),
            ("place-4", "1"),
            ("prompt-4", " Ask what surprised her. "),
        ]))
        .unwrap();
        let titles: Vec<_> = agenda.items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!(titles, ["First", "Later", "At the end"]);
        assert_eq!(agenda.items[0].prompt, "Ask what surprised her.");
        assert_eq!(rows(&form(&agenda).fields).len(), 5);
        assert_eq!(read(&form(&agenda).fields).unwrap(), agenda);
    }

    #[test]
    fn a_point_needs_minutes_and_an_empty_row_needs_nothing() {
        let problems = read(&fields(&[("title-0", "Talk"), ("minutes-1", "5"), ("place-0", "x")])).unwrap_err();
        let keys: Vec<_> = problems.iter().map(|problem| (problem.field.as_str(), problem.key)).collect();
        assert_eq!(keys, [("minutes-0", "missing"), ("place-0", "not_a_number")]);
    }
}
