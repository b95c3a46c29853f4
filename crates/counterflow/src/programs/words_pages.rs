//! The page on which a program says who mentors whom, and how it calls mentor, mentee, pair and meeting.

use askama::Template;

use super::{
    Direction, Program, Side,
    changes::{can_turn, set_speech, turned},
    round_pages::overtaken_words,
    store,
};
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
fn samples(direction: Direction) -> [&'static str; 4] {
    let (asked, next) = match direction.leads() {
        Side::Mentor => ("words_asked", "words_next"),
        Side::Mentee => ("words_asked_mentor", "words_next_mentee"),
    };
    [asked, "words_begin", next, "words_counted"]
}

#[derive(Template)]
#[template(path = "programs/words.html")]
struct WordsPage {
    page: Page,
    program: Program,
    form: Form,
    /// Whether the direction can still be changed.
    can_turn: bool,
    /// Who changed them while somebody else was typing.
    conflict: Option<String>,
}

impl WordsPage {
    fn of(page: Page, program: Program, can_turn: bool) -> Self {
        let labels = program.labels();
        let direction = ("direction", program.direction.name());
        let form = Form::filled(labels.words().all().into_iter().chain([direction]));
        Self { page, program, form, can_turn, conflict: None }
    }

    fn samples(&self) -> Vec<String> {
        let say = |key: &&str| crate::kernel::words::say("sample", key, &[]);
        self.program.labels().over(|| samples(self.program.direction).iter().map(say).collect())
    }

    /// Each direction with its name and what follows from it.
    fn directions(&self) -> Vec<(Direction, String, String)> {
        let say = |key: &str| crate::kernel::words::say("direction", key, &[]);
        let help = |direction: Direction| match direction {
            Direction::Reverse => "reverse_help",
            Direction::Reciprocal => "reciprocal_help",
            Direction::Traditional => "traditional_help",
            Direction::Peer => "peer_help",
        };
        let (now, words) = (self.program.direction, self.program.labels());
        let described = |one: &Direction| {
            let turned = turned(now, *one, words.words());
            Labels::of(one.name(), Some(&turned)).over(|| (*one, say(one.name()), say(help(*one))))
        };
        Direction::ALL.iter().map(described).collect()
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
    let can_turn = can_turn(&mut tx, &access).await?;
    page::html(&WordsPage::of(page, program, can_turn))
}

/// `POST /programs/{program}/words`
pub async fn save(app: App, page: Page, access: Access<ProgramId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let seen = check.number("seen", 0, i64::MAX);
    let words = read(&fields);
    let direction = check.choice("direction");
    let mut tx = app.db.write().await?;
    let program = store::program(&mut tx, &access).await?;
    // Words that were the old direction's own become those of the new one, which may stand there already.
    let spoken = turned(program.direction, direction.unwrap_or(program.direction), &words);
    for (name, fault) in spoken.faults() {
        let (key, data) = match fault {
            Fault::Empty => ("missing", Vec::new()),
            Fault::TooLong => ("too_long", vec![("max", LONGEST.to_string())]),
            Fault::NotAWord => ("not_a_word", Vec::new()),
            Fault::Twice => ("word_twice", Vec::new()),
        };
        check.problem(name, key, data);
    }
    let can_turn = can_turn(&mut tx, &access).await?;
    let saved = match check.done(|| Some((seen?, direction?, words))) {
        Ok((seen, direction, words)) => set_speech(&mut tx, &access, seen, direction, &words).await,
        Err(problems) => {
            return page::invalid(&WordsPage {
                form: Form::back(fields, problems),
                ..WordsPage::of(page, program, can_turn)
            });
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
            let mut response = page::html(&WordsPage { form, conflict, ..WordsPage::of(page, program, can_turn) })?;
            *response.status_mut() = axum::http::StatusCode::CONFLICT;
            Ok(response)
        }
    }
}

/// The words as typed, without the spaces around them.
fn read(fields: &Fields) -> Words {
    Words::from(Words::NAMES.map(|name| fields.get(name).split_whitespace().collect::<Vec<_>>().join(" ")))
}
