//! The pages of an import: upload, columns, dry run, progress, and how it ended.

use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use counterflow_roster::{Look, OrgWarning, Separator, Source, Why};

use super::{
    Arrival, Consent, Import, Lack, Listed, Policy, Source as PeopleSource, State, Step,
    file::{self, PeopleFile},
    form::{self, Asked, ColumnsForm},
    report::{Counts, Missing, Problem, Report},
    source_store, store,
    undo::{self, UndoReport},
    wording,
};
use crate::{
    kernel::{
        app::App,
        clock::{Day, Timestamp},
        error::{Answer, Error},
        export, filters,
        form::Fields,
        guard::Access,
        ids::{ImportId, SourceId},
        json_text::JsonText,
        page::{self, Page, Query},
        token,
        upload::Upload,
        viewer::Viewer,
    },
    people::import::{self, MappingFrom},
};

/// How many earlier imports are listed.
const EARLIER: i64 = 20;
/// How many rows of a list a page shows.
const PER_PAGE: usize = 200;
/// How often a page about work that goes on loads itself again, in seconds.
const RELOAD: &str = "2";

#[derive(Template)]
#[template(path = "people/import/new.html")]
struct NewPage {
    page: Page,
    /// The id of the import that the form makes.
    id: ImportId,
    earlier: Vec<Listed>,
    sources: Vec<PeopleSource>,
    /// The source that is chosen.
    source: String,
    /// What was wrong with the last file, and its name.
    trouble: Option<(String, String)>,
}

/// `GET /directory/import?source=`
pub async fn new(app: App, page: Page, Query(query): Query) -> Answer {
    page::html(&new_page(&app, page, query.get("source"), None).await?)
}

async fn new_page(app: &App, page: Page, source: &str, trouble: Option<(String, String)>) -> Answer<NewPage> {
    let mut tx = app.db.read().await?;
    let (earlier, sources) = (store::latest(&mut tx, None, EARLIER).await?, source_store::all(&mut tx).await?);
    Ok(NewPage { page, id: ImportId::new(), earlier, sources, source: source.to_owned(), trouble })
}

/// `POST /directory/imports`
pub async fn create(app: App, page: Page, viewer: Viewer, upload: Result<Upload, Error>) -> Answer {
    let upload = match upload {
        Err(Error::Trouble { key: "wrong_file", .. }) => {
            let trouble = crate::kernel::words::say("trouble", "wrong_file", &[]);
            return page::invalid(&new_page(&app, page, "", Some((String::new(), trouble))).await?);
        }
        other => other?,
    };
    let id: ImportId = upload.fields.get("id").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let source = upload.fields.get("source").to_owned();
    let known = known_source(&app, &source).await?;
    match import::open(&app, id, upload.file_name.clone(), upload.content, None, known).await? {
        Ok(new) => {
            let mut tx = app.db.write().await?;
            let import = import::upload(&mut tx, &viewer, new).await?;
            tx.commit().await?;
            Ok(page::see_other(&path(import)))
        }
        Err(error) => {
            let trouble = Some((upload.file_name, import::file_words(&error)));
            page::invalid(&new_page(&app, page, &source, trouble).await?)
        }
    }
}

/// The source that the form names; none if it names none, or one that was removed meanwhile.
async fn known_source(app: &App, named: &str) -> Answer<Option<SourceId>> {
    let sources = source_store::all(&mut app.db.read().await?).await?;
    Ok(sources.into_iter().map(|source| source.id).find(|id| id.to_string() == named))
}

fn path(import: ImportId) -> String {
    format!("/directory/imports/{import}")
}

#[derive(Template)]
#[template(path = "people/import/columns.html")]
struct ColumnsPage {
    page: Page,
    import: Import,
    form: ColumnsForm,
}

#[derive(Template)]
#[template(path = "people/import/progress.html")]
struct ProgressPage {
    page: Page,
    import: Import,
    counts: Counts,
    /// Which of three steps is being done; 0 before the first.
    now: u8,
}

#[derive(Template)]
#[template(path = "people/import/checked.html")]
struct CheckedPage {
    page: Page,
    import: Import,
    report: Report,
    /// What the form is about: a yes to another report is no yes to this one.
    seen: String,
    /// The rejected rows of this page, and where the next ones begin.
    rejected: Vec<Problem>,
    from: usize,
    more: Option<usize>,
    typed: Fields,
    lacks: Vec<Lack>,
}

impl CheckedPage {
    fn policy(&self) -> Policy {
        self.import.policy()
    }

    /// As it was sent, or as the source says.
    fn missing_ticked(&self) -> bool {
        let sent = !self.typed.get("seen").is_empty();
        if sent { self.typed.is("missing", "leave") } else { self.policy().missing == Missing::Leave }
    }

    fn field(&self, key: &str) -> String {
        wording::field_label(key)
    }
}

#[derive(Template)]
#[template(path = "people/import/over.html")]
struct OverPage {
    page: Page,
    import: Import,
    counts: Counts,
    /// How many left, with those who were missing from the file if somebody said that they had.
    left: usize,
    /// Until when it can be undone; nothing if it cannot.
    undo_until: Option<Timestamp>,
}

/// `GET /directory/imports/{import}?columns&from=`
pub async fn show(app: App, page: Page, access: Access<ImportId>, Query(query): Query) -> Answer {
    let import = store::find(&mut app.db.read().await?, &access).await?.ok_or(Error::NotFound)?;
    let wants_columns = query.iter().any(|(name, _)| name == "columns");
    match import.state {
        State::Uploaded => columns(page, import, None, Vec::new()),
        State::Checked if wants_columns => columns(page, import, None, Vec::new()),
        State::Checked => page::html(&checked(page, import, &query, Fields::default(), Vec::new())),
        State::Checking | State::Applying => progress(page, import),
        State::Applied | State::Cancelled | State::Failed => over(page, import),
    }
}

fn over(page: Page, import: Import) -> Answer {
    let counts = counts(&import);
    let until = import.finished_at.map(|at| at.plus(undo::KEPT)).filter(|until| *until > page.now);
    let is_open = import.state == State::Applied && import.has_changes && import.undo_asked_at.is_none();
    let is_being_undone = import.undo_asked_at.is_some() && import.undone_at.is_none();
    let (left, undo_until) = (counts.leavers(import.missing()), until.filter(|_| is_open));
    let html = page::html(&OverPage { page, left, undo_until, import, counts })?;
    Ok(if is_being_undone { reloading(html) } else { html })
}

/// A page that loads itself again until the work is done.
fn reloading(html: Response) -> Response {
    let mut response = html;
    response.headers_mut().insert(header::REFRESH, HeaderValue::from_static(RELOAD));
    response
}

fn counts(import: &Import) -> Counts {
    import.counts.clone().unwrap_or_default().0
}

fn columns(page: Page, import: Import, typed: Option<&Fields>, problems: Vec<String>) -> Answer {
    let came_back = !problems.is_empty();
    let form = ColumnsForm::of(&import, typed, problems)?;
    let template = ColumnsPage { page, import, form };
    if came_back { page::invalid(&template) } else { page::html(&template) }
}

/// Work goes on without this page, which loads itself again until it is done.
fn progress(page: Page, import: Import) -> Answer {
    let counts = counts(&import);
    let now = match import.step {
        Step::Waiting => 0,
        Step::Reading => 1,
        Step::Comparing => 2,
        Step::Writing => 3,
    };
    Ok(reloading(page::html(&ProgressPage { page, import, counts, now })?))
}

fn checked(page: Page, import: Import, query: &Fields, typed: Fields, lacks: Vec<Lack>) -> CheckedPage {
    let report = import.report.clone().unwrap_or_default().0;
    let from = query.get("from").parse().unwrap_or(0).min(report.rejected.len());
    let rejected: Vec<Problem> = report.rejected.iter().skip(from).take(PER_PAGE).cloned().collect();
    let next = from + rejected.len();
    let more = (next < report.rejected.len()).then_some(next);
    CheckedPage { page, seen: seen(&import), import, report, rejected, from, more, typed, lacks }
}

/// A fingerprint of the report that a page shows.
fn seen(import: &Import) -> String {
    let report = import.report.as_ref().map(|JsonText(report)| serde_json::to_string(report).unwrap_or_default());
    token::hash(&report.unwrap_or_default())
}

/// `POST /directory/imports/{import}/sheet`
pub async fn choose_sheet(app: App, page: Page, access: Access<ImportId>, fields: Fields) -> Answer {
    let (found, content) = import::with_content(&mut app.db.read().await?, &access).await?;
    let sheet = Some(fields.get("sheet").to_owned());
    match import::open(&app, access.id, found.file_name.clone(), content, sheet, found.source_id).await? {
        Ok(new) => {
            let mut tx = app.db.write().await?;
            import::choose_sheet(&mut tx, &access, new).await?;
            tx.commit().await?;
            Ok(page::see_other(&path(access.id)))
        }
        Err(error) => columns(page, found, None, vec![import::file_words(&error)]),
    }
}

/// `POST /directory/imports/{import}/mapping`
pub async fn confirm_mapping(app: App, page: Page, access: Access<ImportId>, fields: Fields) -> Answer {
    let (found, content) = import::with_content(&mut app.db.read().await?, &access).await?;
    let mapping = match form::read(&found, &fields)? {
        Ok(mapping) => mapping,
        Err(problems) => return columns(page, found, Some(&fields), form::problem_words(&problems)),
    };
    let sheet = found.sheet.clone();
    let (mapping, errors) = file::aside(move || {
        let file = PeopleFile::read(&content, sheet.as_deref()).map_err(Error::defect)?;
        let errors = mapping.check(&file.table);
        Ok::<_, Error>((mapping, errors))
    })
    .await??;
    if !errors.is_empty() {
        return columns(page, found, Some(&fields), form::error_words(&errors));
    }
    let mut tx = app.db.write().await?;
    import::confirm_mapping(&mut tx, &access, &mapping).await?;
    tx.commit().await?;
    Ok(page::see_other(&path(access.id)))
}

/// `POST /directory/imports/{import}/confirmation`
pub async fn confirm(app: App, page: Page, access: Access<ImportId>, fields: Fields) -> Answer {
    let consent = Consent {
        rejected: fields.is("rejected", "keep-out"),
        leavers: fields.is("leavers", "yes"),
        partial: fields.is("partial", "yes"),
        sweeping: fields.is("sweeping", "yes"),
        missing: if fields.is("missing", "leave") { Missing::Leave } else { Missing::Stay },
    };
    let mut tx = app.db.write().await?;
    let found = store::find(&mut tx, &access).await?.ok_or(Error::NotFound)?;
    if found.state != State::Checked {
        return Ok(page::see_other(&path(access.id))); // a double click, or the back button: show how it stands
    }
    if fields.get("seen") != seen(&found) {
        return Err(Error::conflict("import_changed"));
    }
    match import::confirm(&mut tx, &access, consent).await? {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::see_other(&path(access.id)))
        }
        Err(lacks) => page::invalid(&checked(page, found, &Fields::default(), fields, lacks)),
    }
}

/// `POST /directory/imports/{import}/cancellation`
pub async fn cancel(app: App, access: Access<ImportId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    import::cancel(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::see_other(&path(access.id)))
}

/// `POST /directory/imports/{import}/undo`
pub async fn undo(app: App, access: Access<ImportId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    undo::ask(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::see_other(&path(access.id)))
}

/// `GET /directory/imports/{import}/errors`: every rejected row, to be worked through beside the file. They are
/// not kept once the import is over.
pub async fn errors(app: App, access: Access<ImportId>) -> Answer {
    let import = store::find(&mut app.db.read().await?, &access).await?.ok_or(Error::NotFound)?;
    if import.finished_at.is_some() {
        return Err(Error::conflict("import_over"));
    }
    let report = import.report.ok_or(Error::NotFound)?.0;
    let rows = report.rejected.into_iter().map(|problem| {
        let words = problem.words();
        [problem.line.to_string(), problem.column.unwrap_or_default(), problem.value, words]
    });
    export::csv(&format!("errors of {}", import.file_name), ["line", "column", "value", "reason"], rows)
}
