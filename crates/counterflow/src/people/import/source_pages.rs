//! The pages of sources: where people files come from, and what lies in the watched folder.

use askama::Template;

use super::{
    Arrival, Listed, Source, State,
    folder::{self, Lying},
    report::Missing,
    source_form, source_store, store,
};
use crate::{
    jobs,
    kernel::{
        app::App,
        error::{Answer, Error},
        event::Event,
        filters,
        form::{Fields, Form},
        guard::Access,
        ids::SourceId,
        page::{self, Page},
        viewer::Viewer,
    },
    people,
};

/// How many of its imports a source's page lists.
const LISTED: i64 = 20;

#[derive(Template)]
#[template(path = "people/import/sources.html")]
struct SourcesPage {
    page: Page,
    sources: Vec<Source>,
    lying: Option<Lying>,
    /// The id of the source that the form makes.
    id: SourceId,
    form: Form,
}

/// `GET /directory/sources`
pub async fn list(app: App, page: Page, viewer: Viewer) -> Answer {
    let card = people::card(&mut app.db.read().await?, viewer.person).await?;
    let form = source_form::blank(&card.and_then(|card| card.email).unwrap_or_default());
    page::html(&sources_page(&app, page, SourceId::new(), form).await?)
}

async fn sources_page(app: &App, page: Page, id: SourceId, form: Form) -> Answer<SourcesPage> {
    let sources = source_store::all(&mut app.db.read().await?).await?;
    let lying = folder::lying(app, &sources).await?;
    Ok(SourcesPage { page, sources, lying, id, form })
}

/// `POST /directory/sources`
pub async fn add(app: App, page: Page, viewer: Viewer, fields: Fields) -> Answer {
    let id: SourceId = fields.get("id").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    tx.lock("import sources").await?;
    let all = source_store::all(&mut tx).await?;
    let to = format!("/directory/sources/{id}");
    if all.iter().any(|source| source.id == id) {
        return Ok(page::done(&to, "source_added")); // a double click
    }
    match source_form::read(&fields, id, &all) {
        Ok(new) => {
            source_store::insert(&mut tx, id, viewer.person, new).await?;
            Event::by(&viewer, "import_source.added").on(id).record(&mut tx).await?;
            tx.commit().await?;
            Ok(page::done(&to, "source_added"))
        }
        Err(problems) => {
            drop(tx);
            page::invalid(&sources_page(&app, page, id, Form::back(fields, problems)).await?)
        }
    }
}

#[derive(Template)]
#[template(path = "people/import/source.html")]
struct SourcePage {
    page: Page,
    source: Source,
    imports: Vec<Listed>,
    form: Form,
}

/// `GET /directory/sources/{source}`
pub async fn show(app: App, page: Page, access: Access<SourceId>) -> Answer {
    let mut tx = app.db.read().await?;
    let source = source_store::find(&mut tx, &access).await?.ok_or(Error::NotFound)?;
    let imports = store::latest(&mut tx, Some(access.id), LISTED).await?;
    let form = source_form::filled(&source);
    page::html(&SourcePage { page, source, imports, form })
}

/// `POST /directory/sources/{source}`
pub async fn change(app: App, page: Page, access: Access<SourceId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    tx.lock("import sources").await?;
    let source = source_store::find(&mut tx, &access).await?.ok_or(Error::NotFound)?;
    let all = source_store::all(&mut tx).await?;
    match source_form::read(&fields, access.id, &all) {
        Ok(new) => {
            source_store::update(&mut tx, &access, new).await?;
            Event::by(&access.viewer, "import_source.changed").on(access.id).record(&mut tx).await?;
            tx.commit().await?;
            Ok(page::done(&format!("/directory/sources/{}", access.id), "saved"))
        }
        Err(problems) => {
            let imports = store::latest(&mut tx, Some(access.id), LISTED).await?;
            page::invalid(&SourcePage { page, source, imports, form: Form::back(fields, problems) })
        }
    }
}

/// `POST /directory/sources/{source}/removal`
pub async fn remove(app: App, access: Access<SourceId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    if !source_store::remove(&mut tx, &access).await? {
        return Err(Error::conflict("over"));
    }
    Event::by(&access.viewer, "import_source.removed").on(access.id).record(&mut tx).await?;
    tx.commit().await?;
    Ok(page::done("/directory/sources", "source_removed"))
}

/// `POST /directory/folder/look`: now, not at the next turn.
pub async fn look(app: App, viewer: Viewer, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    jobs::enqueue(&mut tx, "people.look_into_folder", "now", &serde_json::Value::Null).await?;
    Event::by(&viewer, "import_folder.looked_into").record(&mut tx).await?;
    tx.commit().await?;
    Ok(page::done("/directory/sources#folder", "folder_looked"))
}
