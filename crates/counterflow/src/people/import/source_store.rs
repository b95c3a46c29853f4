//! The statements on `import_sources`.

use super::{Policy, report::Missing};
use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::Leave,
        ids::{ImportId, PersonId, SourceId},
        json_text::JsonText,
    },
};

use super::State;

/// Where people files come from.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Source {
    /// Which.
    pub id: SourceId,
    /// As people call it: `Workday, nightly`.
    pub name: String,
    /// Whether somebody confirmed what its columns mean.
    pub knows_columns: bool,
    /// The names of its files in the watched folder, with `*` for anything.
    pub file_pattern: Option<String>,
    /// What happens to those who are missing from its files.
    pub missing_policy: Missing,
    /// More of a hundred may not leave without a question.
    pub most_leavers_percent: i64,
    /// Fewer of a hundred may not be in a file without a question.
    pub least_share_percent: i64,
    /// Who gets its reports.
    pub letters_to: JsonText<Vec<String>>,
    /// Its latest import: when it came, and how far it is.
    pub last_at: Option<Timestamp>,
    /// The state of the latest import.
    pub last_state: Option<State>,
}

impl Source {
    /// What may happen without a question.
    #[must_use]
    pub fn policy(&self) -> Policy {
        let percent = |said: i64| usize::try_from(said).unwrap_or_default();
        Policy {
            missing: self.missing_policy,
            most_leavers: percent(self.most_leavers_percent),
            least_share: percent(self.least_share_percent),
        }
    }

    /// Whether a file of the watched folder is one of this source's.
    #[must_use]
    pub fn has_file(&self, name: &str) -> bool {
        self.file_pattern.as_deref().is_some_and(|pattern| fits(&pattern.to_lowercase(), &name.to_lowercase()))
    }
}

/// Whether a name fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == name };
    let Some(mut name) = name.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = name.find(part) else { return false };
        name = &name[at + part.len()..];
    }
    name.ends_with(end)
}

/// What somebody says of a source.
#[derive(Debug)]
pub struct NewSource {
    /// As people call it.
    pub name: String,
    /// The names of its files.
    pub file_pattern: Option<String>,
    /// What happens to those who are missing.
    pub missing_policy: Missing,
    /// More of a hundred may not leave.
    pub most_leavers_percent: i64,
    /// Fewer of a hundred may not be in it.
    pub least_share_percent: i64,
    /// Who gets its reports.
    pub letters_to: Vec<String>,
}

/// All of them, by name.
pub(super) async fn all(tx: &mut Tx) -> Answer<Vec<Source>> {
    Ok(fetch_all!(
        tx,
        Source,
        "select s.id, name, s.mapping is not null as knows_columns, file_pattern, missing_policy, most_leavers_percent,
                least_share_percent, letters_to,
                (select max(i.created_at) from imports i where i.source_id = s.id) as last_at,
                (select i.state from imports i where i.source_id = s.id order by i.created_at desc, i.id desc limit 1)
                    as last_state
         from import_sources s where removed_at is null order by lower(name), s.id"
    )?)
}

pub(super) async fn find(tx: &mut Tx, leave: &impl Leave<SourceId>) -> Answer<Option<Source>> {
    Ok(fetch_optional!(
        tx,
        Source,
        "select s.id, name, s.mapping is not null as knows_columns, file_pattern, missing_policy, most_leavers_percent,
                least_share_percent, letters_to,
                (select max(i.created_at) from imports i where i.source_id = s.id) as last_at,
                (select i.state from imports i where i.source_id = s.id order by i.created_at desc, i.id desc limit 1)
                    as last_state
         from import_sources s where removed_at is null and s.id = $1",
        leave.id()
    )?)
}

pub(super) async fn mapping(tx: &mut Tx, source: SourceId) -> Answer<Option<String>> {
    let row = fetch_optional!(tx, (Option<String>,), "select mapping from import_sources where id = $1", source)?;
    Ok(row.and_then(|(mapping,)| mapping))
}

pub(super) async fn set_mapping(tx: &mut Tx, source: SourceId, mapping: &str) -> Answer<()> {
    execute!(tx, "update import_sources set mapping = $1 where id = $2", mapping, source)?;
    Ok(())
}

/// Keeps a new source. A double click sends it twice and makes one.
pub(super) async fn insert(tx: &mut Tx, id: SourceId, by: PersonId, new: NewSource) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into import_sources (id, name, file_pattern, missing_policy, most_leavers_percent, least_share_percent,
                                     letters_to, created_by, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id,
        new.name,
        new.file_pattern,
        new.missing_policy,
        new.most_leavers_percent,
        new.least_share_percent,
        JsonText(new.letters_to),
        by,
        now
    )?;
    Ok(())
}

pub(super) async fn update(tx: &mut Tx, leave: &impl Leave<SourceId>, new: NewSource) -> Answer<bool> {
    let rows = execute!(
        tx,
        "update import_sources
         set name = $1, file_pattern = $2, missing_policy = $3, most_leavers_percent = $4, least_share_percent = $5,
             letters_to = $6
         where id = $7 and removed_at is null",
        new.name,
        new.file_pattern,
        new.missing_policy,
        new.most_leavers_percent,
        new.least_share_percent,
        JsonText(new.letters_to),
        leave.id()
    )?;
    Ok(rows == 1)
}

/// It is gone for new files; its imports stay.
pub(super) async fn remove(tx: &mut Tx, leave: &impl Leave<SourceId>) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "update import_sources set removed_at = $1 where id = $2 and removed_at is null",
        now,
        leave.id()
    )?;
    Ok(rows == 1)
}

/// The latest import of these bytes from this source that was not undone, and whether the source applied nothing after it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Before {
    pub state: State,
    pub created_at: Timestamp,
    pub is_last: bool,
}

impl Before {
    /// Whether the same bytes need not become an import again: unless the source applied others after them.
    pub fn stands_in_the_way(&self) -> bool {
        self.state != State::Applied || self.is_last
    }
}

pub(super) async fn with_bytes(tx: &mut Tx, source: SourceId, hash: &str) -> Answer<Option<Before>> {
    Ok(fetch_optional!(
        tx,
        Before,
        "select i.state, i.created_at,
                not exists (select 1 from imports later
                            where later.source_id = i.source_id and later.state = 'applied'
                              and later.created_at > i.created_at) as is_last
         from imports i
         where i.source_id = $1 and i.content_hash = $2 and i.undone_at is null
           and i.state not in ('cancelled', 'failed')
         order by i.created_at desc, i.id desc limit 1",
        source,
        hash
    )?)
}

/// The bytes of which an import was made.
pub(super) async fn hash_of(tx: &mut Tx, leave: &impl Leave<ImportId>) -> Answer<Option<String>> {
    let row = fetch_optional!(tx, (Option<String>,), "select content_hash from imports where id = $1", leave.id())?;
    Ok(row.and_then(|(hash,)| hash))
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn stars_stand_for_anything() {
        let check =
            |pattern: &str, name: &str, expected: bool| assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
        check("people.csv", "people.csv", true);
        check("people.csv", "people.csv.part", false);
        check("workday-*.csv", "workday-2026-01-12.csv", true);
        check("workday-*.csv", "workday-.csv", true);
        check("workday-*.csv", "bamboo-2026.csv", false);
        check("*", "anything", true);
        check("*people*", "all people 2026.xlsx", true);
        check("a*a", "a", false);
        check("a*b*c", "a-b-b-c", true);
    }
}
