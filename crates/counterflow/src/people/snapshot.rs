//! The whole directory in memory, turned so that a rule over one field is answered without a look at every person:
//! for each word who has it, and every number in order. It is made once, and again when somebody was changed.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{Field, Profile, directory_people, rows::Rows, snapshot_column::Column};
use crate::kernel::{
    app::App,
    db::Tx,
    error::{Answer, Error},
    ids::PersonId,
    store::directory_stamp,
};

/// Somebody in it, with what lists show.
#[derive(Debug, Clone)]
pub struct Somebody {
    /// Who.
    pub id: PersonId,
    /// Full name.
    pub name: String,
    /// The name in lower case, for finding.
    folded: String,
    /// Whether letters can reach them.
    pub has_address: bool,
    /// The level as it is written, or else as a number.
    pub level: String,
    /// Position, department and office in one line.
    pub position: String,
}

/// Everybody whom eligibility rules choose from, by name. A row is somebody's place in this order.
#[derive(Debug)]
pub struct Snapshot {
    people: Vec<Somebody>,
    row_of: HashMap<PersonId, u32>,
    columns: BTreeMap<Field, Column>,
}

/// The directory as this transaction sees it.
///
/// # Errors
/// When the database fails.
pub async fn snapshot(tx: &mut Tx, app: &App) -> Answer<Arc<Snapshot>> {
    let stamp = directory_stamp(tx).await?;
    let make = async {
        let people = directory_people(tx).await?;
        let work = tokio::task::spawn_blocking(move || Snapshot::of(people));
        work.await.map_err(Error::defect)
    };
    app.directory.get(stamp, make).await
}

impl Snapshot {
    /// Turns the directory.
    #[must_use]
    pub fn of(mut people: Vec<Profile>) -> Self {
        people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.id));
        let attributes: BTreeSet<&String> = people.iter().flat_map(|person| person.attributes.keys()).collect();
        let attributes = attributes.into_iter().map(|name| Field::named(name));
        let fields: BTreeSet<Field> = Field::OWN.into_iter().chain(attributes).collect();
        let columns = fields.into_iter().map(|field| (field.clone(), Column::of(&field, &people))).collect();
        let row_of = people.iter().zip(0..).map(|(person, row)| (person.id, row)).collect();
        Self { people: people.into_iter().map(Somebody::from).collect(), row_of, columns }
    }

    /// How many people there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.people.len()
    }

    /// Whether the directory is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    /// Whoever stands in a row.
    #[must_use]
    pub fn at(&self, row: u32) -> &Somebody {
        &self.people[row as usize]
    }

    /// The rows of people. Who is not in the directory, or is away, has none.
    #[must_use]
    pub fn rows_of(&self, people: impl IntoIterator<Item = PersonId>) -> Rows {
        let mut rows = Rows::none(self.len());
        rows.extend(people.into_iter().filter_map(|person| self.row_of.get(&person).copied()));
        rows
    }

    /// Those of some rows whose name has these letters in it, in order.
    pub fn called<'s>(&'s self, letters: &str, among: &'s Rows) -> impl Iterator<Item = &'s Somebody> + use<'s> {
        let letters = letters.to_lowercase();
        among.iter().map(|row| self.at(row)).filter(move |person| person.folded.contains(&letters))
    }

    /// What the directory has in a field; nothing for an attribute that nobody has.
    #[must_use]
    pub fn column(&self, field: &Field) -> Option<&Column> {
        self.columns.get(field)
    }

    /// Every field that the directory has, its own first.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        self.columns.keys().cloned().collect()
    }
}

impl From<Profile> for Somebody {
    fn from(person: Profile) -> Self {
        let place = [&person.title, &person.department, &person.location].into_iter().flatten();
        let position = place.map(String::as_str).collect::<Vec<_>>().join(", ");
        let level = person.level_label.or(person.level.map(|level| level.to_string())).unwrap_or_default();
        Self {
            id: person.id,
            folded: person.name.to_lowercase(),
            name: person.name,
            has_address: person.email.is_some(),
            level,
            position,
        }
    }
}
