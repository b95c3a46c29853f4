//! Starting a program from one of our templates or from a file of one's own, and saving a program as such a file.

use askama::Template;
use axum::{
    http::{HeaderValue, header},
    response::IntoResponse,
};

use super::{
    Dates, NewProgram, keep,
    pages::{read_round, today},
    start, template,
};
use crate::kernel::{
    app::App,
    error::{Answer, Error},
    form::{Fields, Form},
    guard::Access,
    ids::{ProgramId, RoundId},
    page::{self, Page, Query},
    upload::Upload,
    viewer::Viewer,
    words,
};

/// The largest template file, in bytes: ten times ours, and still within a form when it is sent on.
const LARGEST_FILE: usize = 256 << 10;

#[derive(Template)]
#[template(path = "programs/new.html")]
struct NewPage {
    page: Page,
    form: Form,
    templates: &'static [template::Template],
    /// What somebody brought in a file, instead of choosing one of ours.
    own: Option<template::Template>,
    /// What is wrong with a file.
    wrong: Vec<String>,
}

impl NewPage {
    fn new(page: Page, form: Form, own: Option<template::Template>) -> Self {
        Self { page, form, templates: template::all(), own, wrong: Vec::new() }
    }

    /// The form before anything was typed.
    fn blank(page: Page, chosen: &template::Template) -> Self {
        let mut form = Form::filled(Dates::suggested(today(&page), &chosen.shape).fields());
        form.fields.push("template", &chosen.key);
        form.fields.push("id", ProgramId::new().to_string());
        form.fields.push("round", RoundId::new().to_string());
        Self::new(page, form, None)
    }

    /// The last day of a round from this template that is started today.
    fn ends_on(&self, template: &template::Template) -> String {
        Dates::suggested(today(&self.page), &template.shape).ends_on.to_string()
    }
}

/// The template that is offered first.
fn first() -> Answer<&'static template::Template> {
    template::all().first().ok_or_else(|| Error::defect("there are no templates"))
}

/// `GET /programs/new`, with `?template=KEY` chosen.
pub async fn new(page: Page, Query(query): Query) -> Answer {
    let chosen = match template::named(query.get("template")) {
        Some(chosen) => chosen,
        None => first()?,
    };
    page::html(&NewPage::blank(page, chosen))
}

/// `POST /programs/file`: the same form, with a template that somebody brought. Nothing is stored yet.
pub async fn from_file(page: Page, upload: Result<Upload, Error>) -> Answer {
    let read = match upload {
        Err(Error::Trouble { key: "wrong_file", .. }) => Err(vec![words::say("trouble", "wrong_file", &[])]),
        upload => read_file(upload?),
    };
    match read {
        Ok((text, own)) => {
            let mut shown = NewPage::blank(page, &own);
            shown.form.fields.push("own", text);
            shown.form.fields.push("name", &own.name);
            page::html(&NewPage { own: Some(own), ..shown })
        }
        Err(wrong) => page::invalid(&NewPage { wrong, ..NewPage::blank(page, first()?) }),
    }
}

/// The text of a template file and what it says, or everything that is wrong with it.
fn read_file(upload: Upload) -> Result<(String, template::Template), Vec<String>> {
    let Upload { file_name, content, .. } = upload;
    if content.len() > LARGEST_FILE {
        let limit = format!("{} KiB", LARGEST_FILE >> 10);
        return Err(vec![words::say("trouble", "too_large", &[("limit", limit)])]);
    }
    let text = String::from_utf8(content).map_err(|_| vec![words::say("trouble", "not_text", &[])])?;
    match parse(&text) {
        Ok(own) => Ok((text, own)),
        Err(errors) => Err(errors.iter().map(|error| format!("{file_name}: {error}")).collect()),
    }
}

/// Reads a template as it comes out of a form: browsers end lines in their own way.
fn parse(text: &str) -> Result<template::Template, Vec<template::TemplateError>> {
    template::Template::parse(&text.replace("\r\n", "\n"))
}

/// `POST /programs`
pub async fn create(app: App, page: Page, viewer: Viewer, fields: Fields) -> Answer {
    let mut check = fields.check();
    let id = check.id::<ProgramId>("id");
    let name = check.text("name", 80);
    let own = Some(fields.get("own")).filter(|text| !text.is_empty()).map(parse);
    let chosen = match &own {
        Some(own) => own.as_ref().ok(),
        None => template::named(fields.get("template")),
    };
    if chosen.is_none() {
        check.problem("template", "not_a_choice", Vec::new());
    }
    let round = read_round(&mut check, "round", "round_name", today(&page));
    let new = check.done(|| Some(NewProgram { id: id?, name: name?, template: chosen?, round: round? }));
    let new = match new {
        Ok(new) => new,
        Err(problems) => {
            let form = Form::back(fields, problems);
            return page::invalid(&NewPage::new(page, form, own.and_then(Result::ok)));
        }
    };
    let mut tx = app.db.write().await?;
    start(&mut tx, &viewer, &new).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/rounds/{}/design", new.round.id), "program_started"))
}

/// `GET /programs/{program}/template.toml`: the program as a template, to start others from.
pub async fn template_file(app: App, access: Access<ProgramId>) -> Answer {
    let template = keep::as_template(&mut app.db.read().await?, &access).await?;
    let disposition = format!("attachment; filename=\"{}.toml\"", template.key);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/toml; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&disposition).map_err(Error::defect)?),
    ];
    Ok((headers, template.to_toml()).into_response())
}
