//! What an import changes for whom, field by field: before the yes, and after it as long as it can be undone.

use std::collections::{BTreeSet, HashMap};

use askama::Template;
use counterflow_roster::Field;

use super::{
    Import, State,
    changes_store::{self, Filter, Kept},
    difference::{self, Difference, Touched},
    plan::Kind,
    report::Counts,
    store, wording,
};
use crate::kernel::{
    app::App,
    clock::Day,
    db::Tx,
    error::{Answer, Error},
    export, filters,
    form::Fields,
    guard::Access,
    ids::{ImportId, PersonId},
    page::{self, Page, Query},
};

/// How many people a page shows.
const PER_PAGE: i64 = 50;
/// How many a file of them holds at most: more than an organization has.
const ALL: i64 = 10_000_000;

/// Somebody for whom something changes.
#[derive(Debug)]
struct Row {
    kept: Kept,
    differences: Vec<Difference>,
}

#[derive(Template)]
#[template(path = "people/import/changes.html")]
struct ChangesPage {
    page: Page,
    /// Where the import itself is.
    import_path: String,
    import: Import,
    counts: Counts,
    filter: Filter,
    /// How many of each kind, whatever field changes.
    kinds: Vec<(Kind, i64)>,
    rows: Vec<Row>,
    /// Managers by id.
    names: HashMap<String, String>,
    matches: i64,
    from: i64,
}

/// `GET /directory/imports/{import}/changes?kind=&field=&from=`
pub async fn show(app: App, page: Page, access: Access<ImportId>, Query(query): Query) -> Answer {
    let mut tx = app.db.read().await?;
    let import = seen(&mut tx, &access).await?;
    let filter = filter(&query);
    let from = query.get("from").parse().unwrap_or(0).max(0);
    let rows = rows(&mut tx, &access, &filter, PER_PAGE, from).await?;
    let kinds = changes_store::count(&mut tx, &access, None).await?;
    let of_field = changes_store::count(&mut tx, &access, filter.field.as_deref()).await?;
    let matches = of_field.iter().filter(|(kind, _)| filter.kind.is_none_or(|wanted| wanted == *kind));
    let matches = matches.map(|(_, count)| count).sum();
    let names = manager_names(&mut tx, &access, &rows).await?;
    let counts = import.counts.clone().unwrap_or_default().0;
    let import_path = format!("/directory/imports/{}", access.id);
    page::html(&ChangesPage { page, import_path, import, counts, filter, kinds, rows, names, matches, from })
}

/// `GET /directory/imports/{import}/changes.csv`: all of them, one field in a row.
pub async fn csv(app: App, access: Access<ImportId>, Query(query): Query) -> Answer {
    let mut tx = app.db.read().await?;
    let import = seen(&mut tx, &access).await?;
    let rows = rows(&mut tx, &access, &filter(&query), ALL, 0).await?;
    let names = manager_names(&mut tx, &access, &rows).await?;
    let head = ["line", "name", "change", "field", "before", "after"];
    let lines = rows.iter().flat_map(|row| {
        row.differences.iter().map(|difference| {
            let value = |value: &Option<String>| {
                let value = value.clone().unwrap_or_default();
                names.get(&value).cloned().unwrap_or(value)
            };
            let line = row.kept.line.map(|line| line.to_string()).unwrap_or_default();
            let (kind, field) = (row.kept.kind.name().to_owned(), difference.field.to_string());
            [line, row.kept.name.clone(), kind, field, value(&difference.before), value(&difference.after)]
        })
    });
    export::csv(&format!("changes of {}", import.file_name), head, lines)
}

/// An import that was checked or applied: nothing is known of what another one changes.
async fn seen(tx: &mut Tx, access: &Access<ImportId>) -> Answer<Import> {
    let import = store::find(tx, access).await?.ok_or(Error::NotFound)?;
    match import.state {
        State::Checked | State::Applying | State::Applied if import.undone_at.is_none() => Ok(import),
        _ => Err(Error::conflict("changes_over")),
    }
}

fn filter(query: &Fields) -> Filter {
    let field = Some(query.get("field")).filter(|field| !field.is_empty());
    Filter { kind: query.get("kind").parse().ok(), field: field.map(str::to_owned) }
}

async fn rows(tx: &mut Tx, access: &Access<ImportId>, filter: &Filter, limit: i64, from: i64) -> Answer<Vec<Row>> {
    let kept = changes_store::list(tx, access, filter, limit, from).await?;
    let row = |kept: Kept| {
        let differences = difference::differences(kept.before.as_ref().map(|before| &before.0), &kept.after.0);
        Row { kept, differences }
    };
    Ok(kept.into_iter().map(row).collect())
}

/// The names of all managers who come or go on these rows.
async fn manager_names(tx: &mut Tx, access: &Access<ImportId>, rows: &[Row]) -> Answer<HashMap<String, String>> {
    let mut names = HashMap::new();
    for id in managers(rows) {
        if let Some(name) = changes_store::name_of(tx, access, id).await? {
            names.insert(id.to_string(), name);
        }
    }
    Ok(names)
}

fn managers(rows: &[Row]) -> BTreeSet<PersonId> {
    let differences = rows.iter().flat_map(|row| &row.differences);
    let managers = differences.filter(|difference| difference.field == Field::ManagerId);
    let ids = managers.flat_map(|difference| difference.before.iter().chain(&difference.after));
    ids.filter_map(|id| id.parse().ok()).collect()
}

impl ChangesPage {
    /// The fields that change, those that change for most people first.
    fn fields(&self) -> Vec<(&str, &Touched)> {
        let mut fields: Vec<(&str, &Touched)> =
            self.counts.fields.iter().map(|(key, touched)| (key.as_str(), touched)).collect();
        fields.sort_by_key(|(key, touched)| (std::cmp::Reverse(touched.people), *key));
        fields
    }

    fn field(&self, key: &str) -> String {
        wording::field_label(key)
    }

    fn total(&self) -> i64 {
        self.kinds.iter().map(|(_, count)| count).sum()
    }

    fn is_done(&self) -> bool {
        self.import.state == State::Applied
    }

    /// The address of this list with another filter.
    fn with(&self, kind: Option<Kind>, field: Option<&str>, from: i64) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if let Some(kind) = kind {
            query.append_pair("kind", kind.name());
        }
        if let Some(field) = field {
            query.append_pair("field", field);
        }
        if from > 0 {
            query.append_pair("from", &from.to_string());
        }
        format!("?{}", query.finish())
    }

    fn everybody(&self) -> String {
        self.with(None, None, 0)
    }

    fn of_kind(&self, kind: &Kind) -> String {
        self.with(Some(*kind), None, 0)
    }

    fn of_field(&self, field: Option<&str>) -> String {
        self.with(None, field, 0)
    }

    fn page_from(&self, from: i64) -> String {
        self.with(self.filter.kind, self.filter.field.as_deref(), from)
    }

    fn file(&self) -> String {
        let query = self.with(self.filter.kind, self.filter.field.as_deref(), 0);
        format!("/directory/imports/{}/changes.csv{query}", self.import.id)
    }

    fn is_kind(&self, kind: &Kind) -> bool {
        self.filter.kind == Some(*kind)
    }

    fn is_field(&self, key: &str) -> bool {
        self.filter.field.as_deref() == Some(key)
    }

    /// A value as people read it: a manager by name, a day as a day.
    fn value(&self, difference: &Difference, value: &str) -> String {
        match difference.field {
            Field::ManagerId => self.names.get(value).cloned().unwrap_or_else(|| value.to_owned()),
            Field::StartDate | Field::EndDate => {
                value.parse::<Day>().map_or_else(|_| value.to_owned(), |day| self.page.day(&day))
            }
            _ => value.to_owned(),
        }
    }

    fn has_more(&self) -> bool {
        self.last() < self.matches
    }

    fn last(&self) -> i64 {
        self.from + i64::try_from(self.rows.len()).unwrap_or_default()
    }
}
