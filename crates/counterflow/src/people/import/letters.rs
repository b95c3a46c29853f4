//! The report of an import by e-mail: numbers and a link, never names.

use askama::Template;

use super::{Lack, Policy, Source, report::Counts, wording};
use crate::{
    kernel::{app::App, db::Tx, error::Answer, filters, ids::ImportId},
    mail::{self, Letter},
};

/// What happened to a file of a source.
#[derive(Debug)]
pub(super) struct News<'a> {
    pub file: &'a str,
    /// The import that it became, if it could be read.
    pub import: Option<ImportId>,
    pub what: What<'a>,
}

/// How far it came.
#[derive(Debug)]
pub(super) enum What<'a> {
    /// It is in the directory.
    Imported { counts: &'a Counts, left: usize },
    /// Somebody has to say something first.
    Asks { counts: &'a Counts, lacks: &'a [Lack], policy: Policy, was_undone: bool },
    /// Somebody has to say what its columns mean.
    Columns,
    /// It is no table, for this reason.
    Unreadable(String),
    /// A defect of ours ended it.
    Failed,
}

impl What<'_> {
    /// For the letter's key: one for each thing that can happen to an import.
    fn key(&self) -> &'static str {
        match self {
            Self::Imported { .. } => "imported",
            Self::Asks { .. } => "asks",
            Self::Columns => "columns",
            Self::Unreadable(_) => "unreadable",
            Self::Failed => "failed",
        }
    }
}

#[derive(Template)]
#[template(path = "people/import/mail_import_report.txt")]
struct Text<'a> {
    source: &'a Source,
    news: &'a News<'a>,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "people/import/mail_import_report.html")]
struct Html<'a> {
    source: &'a Source,
    news: &'a News<'a>,
    link: &'a str,
}

impl Text<'_> {
    fn field(&self, key: &str) -> String {
        wording::field_label(key)
    }
}

impl Html<'_> {
    fn field(&self, key: &str) -> String {
        wording::field_label(key)
    }
}

/// Writes to everybody who gets the reports of this source.
pub(super) async fn write(tx: &mut Tx, app: &App, source: &Source, news: &News<'_>) -> Answer<()> {
    let page = news
        .import
        .map_or_else(|| format!("/directory/sources/{}", source.id), |import| format!("/directory/imports/{import}"));
    let link = app.link(&page);
    // An import that had to be checked again asks again.
    let key = format!("import:{page}:{}:{}", news.what.key(), tx.now());
    for address in &source.letters_to.0 {
        let (text, html) = (Text { source, news, link: &link }, Html { source, news, link: &link });
        let letter = Letter::to(format!("{key}:{address}"), address, &text, &html)?;
        mail::write(tx, app, letter).await?;
    }
    Ok(())
}
