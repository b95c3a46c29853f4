//! The page on which leaders answer, and the page on which a survey is asked and its results are read.

use askama::Template;

use super::{
    Answers, MINIMUM, Survey, Who, answer, ask, asking, close,
    questions::{self, Level, REASONS, Verdict},
    store,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        form::{Check, Fields, Form},
        guard::{Access, Segment},
        ids::{PersonId, ProgramId, SurveyId},
        page::{self, Page},
        rights::Role,
        token,
        viewer::Visitor,
    },
    programs::{self, Program, Side},
};

/// As many people as the form proposes to ask.
const ASKED: usize = 40;
/// The most people of one survey: its letters are written in one transaction.
const MOST_ASKED: i64 = 500;
/// Days for which a survey is open, as the form proposes.
const OPEN_DAYS: i32 = 10;

/// What a survey has shown.
struct Shown {
    results: Vec<questions::Result>,
    verdict: Verdict,
    reasons: Vec<(&'static str, i64)>,
}

#[derive(Template)]
#[template(path = "readiness/readiness.html")]
struct ReadinessPage {
    page: Page,
    program: Program,
    manages: bool,
    survey: Option<Survey>,
    /// Only once it has closed, and enough people have answered.
    shown: Option<Shown>,
    form: Form,
    /// How many people could be asked, for managers.
    leaders: usize,
    minimum: i64,
}

impl ReadinessPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<ProgramId>, form: Option<Form>) -> Answer<Self> {
        let survey = store::latest(tx, access).await?;
        let manages = access.has(Role::Manager);
        let shown = match &survey {
            Some(survey) => shown(tx, survey).await?,
            None => None,
        };
        let closes_on = page.now.day_in(&page.zone).plus_days(OPEN_DAYS);
        let form = form.unwrap_or_else(|| {
            Form::filled([
                ("id", SurveyId::new().to_string()),
                ("who", "leaders".to_owned()),
                ("most", ASKED.to_string()),
                ("closes_on", closes_on.to_string()),
            ])
        });
        Ok(Self {
            program: programs::program(tx, access).await?,
            leaders: if manages { asking::leaders(tx, access.id).await?.len() } else { 0 },
            minimum: MINIMUM,
            page,
            manages,
            survey,
            shown,
            form,
        })
    }

    /// Whether people are being asked now.
    fn is_asking(&self) -> bool {
        self.survey.as_ref().is_some_and(|survey| survey.closed_at.is_none())
    }

    /// The sentences, for whoever decides whether to ask.
    fn asked(&self) -> questions::Asked {
        questions::asked(self.program.direction)
    }

    /// Which side is asked, or was.
    fn side(&self) -> Side {
        let open = self.survey.as_ref().filter(|survey| survey.closed_at.is_none());
        open.map_or_else(|| questions::who_decides(self.program.direction), Survey::side)
    }
}

async fn shown(tx: &mut Tx, survey: &Survey) -> Answer<Option<Shown>> {
    if survey.closed_at.is_none() {
        return Ok(None);
    }
    let rows = store::counts(tx, survey).await?;
    let counts = rows.into_iter().map(|(question, answer, people)| ((question, answer), people)).collect();
    let results = questions::results(survey.direction, &counts, survey.answered, survey.minimum);
    Ok(results.map(|results| Shown {
        verdict: questions::verdict(&results),
        reasons: questions::reasons(&counts, survey.minimum),
        results,
    }))
}

/// `GET /programs/{program}/readiness`
pub async fn show(app: App, page: Page, access: Access<ProgramId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&ReadinessPage::load(&mut tx, page, &access, None).await?)
}

/// `POST /programs/{program}/readiness`: asks people.
pub async fn create(app: App, page: Page, access: Access<ProgramId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let mut check = fields.check();
    let (id, who, closes_on) = (check.id::<SurveyId>("id"), read_who(&mut check, &fields), check.day("closes_on"));
    let today = page.now.day_in(&page.zone);
    if closes_on.is_some_and(|day| day <= today || day > today.plus_days(90)) {
        check.problem("closes_on", "readiness_days", Vec::new());
    }
    let asked = match check.done(|| Some((id?, who?, closes_on?))) {
        Ok((id, who, closes_on)) => ask(&mut tx, &app, &access, id, &who, closes_on).await?,
        Err(problems) => Err(problems),
    };
    match asked {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::done(&format!("/programs/{}/readiness", access.id), "readiness_asked"))
        }
        Err(problems) => {
            let form = Some(Form::back(fields, problems));
            page::invalid(&ReadinessPage::load(&mut tx, page, &access, form).await?)
        }
    }
}

fn read_who(check: &mut Check<'_>, fields: &Fields) -> Option<Who> {
    if fields.is("who", "leaders") {
        let most = check.number("most", MINIMUM, MOST_ASKED)?;
        return Some(Who::Leaders { most: usize::try_from(most).ok()? });
    }
    let text = check.text("addresses", 40_000)?.to_lowercase();
    let words = text.split(|letter: char| letter.is_whitespace() || letter == ',' || letter == ';');
    let addresses: Vec<String> = words.filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect();
    if addresses.len() > usize::try_from(MOST_ASKED).unwrap_or(usize::MAX) {
        check.problem("addresses", "readiness_many", vec![("max", MOST_ASKED.to_string())]);
        return None;
    }
    Some(Who::Addresses(addresses))
}

/// `POST /programs/{program}/readiness/closing`: closes the survey before its last day.
pub async fn end(app: App, access: Access<ProgramId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    close(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/programs/{}/readiness", access.id), "readiness_closed"))
}

#[derive(Template)]
#[template(path = "readiness/answer.html")]
struct AnswerPage {
    page: Page,
    survey: Survey,
    form: Form,
}

/// For a link that no longer answers anything; the same for one that never did.
#[derive(Template)]
#[template(path = "readiness/over.html")]
struct OverPage {
    page: Page,
    /// Whether it was this moment that the answers were counted.
    thanks: bool,
}

/// `GET /readiness/{token}`: the questions, without sign-in.
pub async fn show_link(app: App, page: Page, visitor: Visitor, secret: Segment) -> Answer {
    let mut tx = app.db.read().await?;
    match open_survey(&mut tx, &page, &visitor, &secret).await? {
        Some((survey, _)) => page::html(&AnswerPage { page, survey, form: Form::default() }),
        None => page::html(&OverPage { page, thanks: false }),
    }
}

/// `POST /readiness/{token}`
pub async fn save_link(app: App, page: Page, visitor: Visitor, secret: Segment, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let Some((survey, person)) = open_survey(&mut tx, &page, &visitor, &secret).await? else {
        return page::html(&OverPage { page, thanks: false });
    };
    match Answers::read(&survey.questions(), &fields) {
        Ok(answers) => {
            let thanks = answer(&mut tx, &survey, person, &answers).await?;
            tx.commit().await?;
            page::html(&OverPage { page, thanks })
        }
        Err(problems) => page::invalid(&AnswerPage { page, survey, form: Form::back(fields, problems) }),
    }
}

/// The survey that a link can answer now, and whose link it is. Not for somebody else who is signed in: it was forwarded.
async fn open_survey(
    tx: &mut Tx,
    page: &Page,
    visitor: &Visitor,
    secret: &Segment,
) -> Answer<Option<(Survey, PersonId)>> {
    let found = store::behind_link(tx, &token::hash(secret.last())).await?;
    let today = page.now.day_in(&page.zone);
    let is_theirs = |person: PersonId| visitor.0.as_ref().is_none_or(|viewer| viewer.person == person);
    Ok(found.filter(|(survey, person)| survey.is_open(today) && is_theirs(*person)))
}
