//! Reading an application and scoring it, blind; and the list of what somebody has to read.

use askama::Template;

use super::{
    reviewing::{Act, Given, Review, Standing, review},
    screening::{self, BEST, Design, Told, application},
    screening_store::{self, Reading},
    store::{self, Participant},
    takes_people,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        filters,
        form::{Fields, Form, Problems},
        guard::Access,
        ids::ParticipantId,
        page::{self, Page},
        viewer::Viewer,
    },
    programs::{self, Round},
};

/// The longest note, in characters.
const LONGEST: usize = 1_000;

#[derive(Template)]
#[template(path = "enrollment/review.html")]
struct ReviewPage {
    page: Page,
    participant: Participant,
    round: Round,
    design: Design,
    told: Vec<Told>,
    form: Form,
    is_sent: bool,
    is_open: bool,
    /// What the others gave; empty until the reader's own is in.
    others: Vec<Review>,
    standing: Standing,
}

impl ReviewPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<ParticipantId>, form: Option<Form>) -> Answer<Self> {
        let participant = store::participant(tx, access).await?;
        let round = programs::round(tx, &participant.round_leave()).await?;
        let not_applied = || Error::conflict("not_applied");
        let screening = screening::screening(tx, &participant.round_leave()).await?.ok_or_else(not_applied)?;
        let told = application(tx, access.id).await?.ok_or_else(not_applied)?;
        let lines = screening.design.lines.len();
        let assigned = screening_store::reviews_of(tx, access.id).await?;
        let all: Vec<Review> = assigned.iter().map(|one| Review::of(one, lines)).collect();
        let mine = all.iter().find(|review| review.reviewer == access.viewer.person).cloned();
        let mine = mine.ok_or(Error::NotFound)?;
        let others = all.iter().filter(|review| review.reviewer != mine.reviewer && review.is_submitted);
        Ok(Self {
            page,
            others: if mine.is_submitted { others.cloned().collect() } else { Vec::new() },
            standing: Standing::of(all),
            is_sent: mine.is_submitted,
            is_open: takes_people(round.stage),
            form: form.unwrap_or_else(|| filled(&mine)),
            design: screening.design,
            told,
            participant,
            round,
        })
    }

    /// Each line with what the reader gave, and what the others did.
    fn given(&self) -> Vec<(&str, Vec<String>)> {
        let words = |score: Option<i64>| score.map_or_else(|| "–".to_owned(), |score| score.to_string());
        let of = |at: usize| {
            let mine = self.form.value(&format!("score-{}", at + 1)).to_owned();
            let others = self.others.iter().map(|review| words(review.scores.get(at).copied().flatten()));
            [mine].into_iter().chain(others).collect()
        };
        self.design.lines.iter().enumerate().map(|(at, line)| (line.title.as_str(), of(at))).collect()
    }

    fn scores(&self) -> std::ops::RangeInclusive<usize> {
        1..=BEST as usize
    }
}

fn filled(mine: &Review) -> Form {
    let scores =
        mine.scores.iter().zip(1..).filter_map(|(score, n)| Some((format!("score-{n}"), (*score)?.to_string())));
    Form::filled(scores.chain([("words".to_owned(), mine.words.clone().unwrap_or_default())]))
}

/// `GET /participants/{participant}/review`
pub async fn show(app: App, page: Page, access: Access<ParticipantId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&ReviewPage::load(&mut tx, page, &access, None).await?)
}

/// `POST /participants/{participant}/review`: kept for later, or sent for good.
pub async fn save(app: App, page: Page, access: Access<ParticipantId>, fields: Fields) -> Answer {
    let act = if fields.is("act", "keep") { Act::Keep } else { Act::Send };
    let mut tx = app.db.write().await?;
    let shown = ReviewPage::load(&mut tx, page, &access, None).await?;
    let given = match read(&fields, &shown.design, act) {
        Ok(given) => given,
        Err(problems) => return page::invalid(&ReviewPage { form: Form::back(fields, problems), ..shown }),
    };
    review(&mut tx, &app, &access, &given, act).await?;
    tx.commit().await?;
    let path = format!("/participants/{}/review", access.id);
    Ok(match act {
        Act::Keep => page::done(&path, "review_kept"),
        Act::Send => page::done(&path, "review_sent"),
    })
}

/// What was given. A review that is only kept may have gaps.
fn read(fields: &Fields, design: &Design, act: Act) -> Result<Given, Problems> {
    let mut check = fields.check();
    let words = check.optional_text("words", LONGEST);
    let mut score = |n: usize| {
        let name = format!("score-{n}");
        if act == Act::Keep && fields.get(&name).is_empty() {
            Some(None)
        } else {
            check.number(&name, 1, BEST).map(Some)
        }
    };
    let scores: Vec<Option<Option<i64>>> = (1..=design.lines.len()).map(&mut score).collect();
    check.done(|| Some(Given { scores: scores.into_iter().collect::<Option<Vec<_>>>()?, words: words? }))
}

#[derive(Template)]
#[template(path = "enrollment/reviews.html")]
struct ReviewsPage {
    page: Page,
    readings: Vec<Reading>,
}

/// `GET /reviews`: what the viewer was given to read.
pub async fn list(app: App, page: Page, viewer: Viewer) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&ReviewsPage { page, readings: screening_store::readings(&mut tx, viewer.person).await? })
}
