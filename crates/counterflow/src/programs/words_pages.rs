//! The page on which a program says how it calls mentor, mentee, pair and meeting.

use askama::Template;

use super::{Program, changes::set_labels, round_pages::overtaken_words, store};
use crate::kernel::{
    app::App,
    error::Answer,
    form::{Fields, Form, Problems},
    guard::Access,
    ids::ProgramId,
    labels::{Fault, LONGEST, Labels, Words},
    page::{self, Page},
};

/// Sentences as pages and letters say them, to hear how the words sound.
const SAMPLES: [&str; 4] = ["words_asked", "words_begin", "words_next", "words_counted"];

#[derive(Template)]
#[template(path = "programs/words.html")]
struct WordsPage {
    page: Page,
    program: Program,
    form: Form,
    /// Who changed them while somebody else was typing.
    conflict: Option<String>,
}

impl WordsPage {
    fn of(page: Page, program: Program) -> Self {
        let form = Form::filled(program.labels().words().all());
        Self { page, program, form, conflict: None }
    }

    fn samples(&self) -> Vec<String> {
        let say = |key: &&str| crate::kernel::words::say("sample", key, &[]);
        self.program.labels().over(|| SAMPLES.iter().map(say).collect())
    }

    /// The product's words, which the program would use without its own.
    fn plain(&self) -> Words {
        Words::of(self.program.direction.name())
    }
}

/// `GET /programs/{program}/words`
pub async fn show(app: App, page: Page, access: Access<ProgramId>) -> Answer {
    let mut tx = app.db.read().await?;
    let program = store::program(&mut tx, &access).await?;
    page::html(&WordsPage::of(page, program))
}

/// `POST /programs/{program}/words`
pub async fn save(app: App, page: Page, access: Access<ProgramId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let seen = check.number("seen", 0, i64::MAX);
    let words = read(&fields);
    for (name, fault) in words.faults() {
        let (key, data) = match fault {
            Fault::Empty => ("missing", Vec::new()),
            Fault::TooLong => ("too_long", vec![("max", LONGEST.to_string())]),
            Fault::NotAWord => ("not_a_word", Vec::new()),
            Fault::Twice => ("word_twice", Vec::new()),
        };
        check.problem(name, key, data);
    }
    let mut tx = app.db.write().await?;
    let program = store::program(&mut tx, &access).await?;
    let saved = match check.done(|| Some((seen?, words))) {
        Ok((seen, words)) => set_labels(&mut tx, &access, seen, words).await,
        Err(problems) => {
            return page::invalid(&WordsPage { form: Form::back(fields, problems), ..WordsPage::of(page, program) });
        }
    };
    match saved {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::done(&format!("{}/words", program.href()), "saved"))
        }
        Err(error) => {
            let conflict = Some(overtaken_words(error)?);
            let form = Form::back(fields, Problems::default());
            let mut response = page::html(&WordsPage { form, conflict, ..WordsPage::of(page, program) })?;
            *response.status_mut() = axum::http::StatusCode::CONFLICT;
            Ok(response)
        }
    }
}

/// The words as typed, without the spaces around them.
fn read(fields: &Fields) -> Words {
    Words::from(Words::NAMES.map(|name| fields.get(name).split_whitespace().collect::<Vec<_>>().join(" ")))
}

/// What stands in [`Labels`] while nothing is chosen is no choice: the program keeps following the product.
pub(super) fn chosen(program: &Program, words: Words) -> Option<Words> {
    (words != *Labels::of(program.direction.name(), None).words()).then_some(words)
}
