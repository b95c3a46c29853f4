//! The registration: a form that keeps what is typed, and the page that thanks and shows what was answered.

use askama::Template;
use axum::{http::StatusCode, response::IntoResponse};

use super::{
    Answers, BOUNDARIES, Participant, State, commitment, decline,
    exclusion_store::Elsewhere,
    exclusions::stands_against,
    register,
    registration_form::{self, Asked, ENERGIES, MOST_PLACES, highest, private_field, topic_field},
    registration_store::{self, Facts, Registration},
    save_draft,
    screening::{application, screening},
    store, takes_answers,
    waiting_store::{self, Place},
    week::{DAYS, HOURS},
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        filters,
        form::{Fields, Form},
        guard::{Access, Leave},
        ids::ParticipantId,
        page::{self, Page},
        words,
    },
    people::{self, Card},
    programs::{self, Program, Round, Side, Stage},
};

/// A registration with everything that its pages need.
struct Loaded {
    participant: Participant,
    round: Round,
    program: Program,
    organization: String,
    facts: Facts,
    card: Card,
    managers: Vec<String>,
    kept: Registration,
    is_open: bool,
}

impl Loaded {
    async fn of(tx: &mut Tx, app: &App, access: &Access<ParticipantId>) -> Answer<Self> {
        let participant = store::participant(tx, access).await?;
        let round = programs::round(tx, &participant.round_leave()).await?;
        Ok(Self {
            organization: app.organization(tx).await?.name,
            program: programs::program_of(tx, &round).await?,
            facts: registration_store::facts(tx, participant.person_id).await?,
            card: people::card(tx, participant.person_id).await?.ok_or(Error::NotFound)?,
            managers: registration_store::managers(tx, round.id).await?,
            kept: registration_store::registration(tx, access.id()).await?,
            is_open: takes_answers(round.stage, participant.state),
            participant,
            round,
        })
    }

    fn side(&self) -> Side {
        self.participant.role
    }

    /// Who alone reads with whom somebody should not be paired.
    fn only_managers(&self) -> String {
        words::say("readers", "only_managers", &[("names", self.managers.join(", "))])
    }

    fn href(&self) -> String {
        format!("/registrations/{}", self.participant.id)
    }

    fn is_registered(&self) -> bool {
        matches!(self.participant.state, State::Registered | State::Admitted | State::Waiting)
    }

    /// What they promise, filled in.
    fn commitment(&self) -> String {
        commitment(&self.program, &self.round, &self.participant.name, &self.organization)
    }

    fn asked(&self) -> Asked<'_> {
        let design = &self.program.design;
        Asked {
            person: self.participant.person_id,
            side: self.side(),
            topics: &design.topics,
            private: &design.private,
        }
    }

    /// What stands in the form: what was typed last, or what was sent, or what the directory knows.
    async fn fields(&self, tx: &mut Tx) -> Answer<Fields> {
        if let Some(draft) = &self.kept.draft {
            let pairs: Vec<(String, String)> = serde_json::from_str(draft).map_err(Error::defect)?;
            return Ok(Fields::filled(pairs));
        }
        let answers = match &self.kept.answers {
            Some(_) => self.participant.answers(),
            None => Answers {
                languages: serde_json::from_str(&self.facts.languages).map_err(Error::defect)?,
                time_zone: self.card.time_zone.clone(),
                capacity: 1,
                ..Answers::default()
            },
        };
        let mut fields = registration_form::filled(tx, &answers).await?;
        if self.kept.answers.is_some() {
            fields.push("commitment", "yes");
        }
        Ok(fields)
    }
}

/// A block of two hours, as the grid shows it.
struct Hours(i8);

impl Hours {
    /// As people read it: `08–10`.
    fn words(&self) -> String {
        format!("{:02}–{:02}", self.0, self.0 + 2)
    }

    /// As it is ticked on a day: `mon-08`.
    fn on(&self, day: &str) -> String {
        format!("{day}-{:02}", self.0)
    }
}

#[derive(Template)]
#[template(path = "enrollment/registration.html")]
struct RegistrationPage {
    page: Page,
    it: Loaded,
    form: Form,
    zone: String,
    hours: [Hours; 4],
    days: [&'static str; 5],
}

impl RegistrationPage {
    fn new(page: Page, it: Loaded, form: Form) -> Self {
        let zone = Some(form.value("zone")).filter(|zone| !zone.is_empty()).unwrap_or(&it.card.time_zone);
        let zone = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
        Self { page, it, form, zone, hours: HOURS.map(Hours), days: DAYS }
    }

    /// The steps on the scale of a topic, lowest first.
    fn steps(&self) -> std::ops::RangeInclusive<u8> {
        1..=highest(self.it.side())
    }

    fn boundaries(&self) -> Vec<(&'static str, String)> {
        BOUNDARIES.iter().map(|key| (*key, words::say("boundary", key, &[]))).collect()
    }

    fn places(&self) -> std::ops::RangeInclusive<i64> {
        1..=MOST_PLACES
    }

    fn has_energy(&self, word: &str) -> bool {
        self.form.value("energy") == word
    }

    fn is_chosen(&self, name: &str, value: impl std::fmt::Display) -> bool {
        self.form.is(name, &value.to_string())
    }
}

/// `GET /registrations/{participant}`: the form, or what was answered.
pub async fn show(app: App, page: Page, access: Access<ParticipantId>) -> Answer {
    let mut tx = app.db.read().await?;
    let it = Loaded::of(&mut tx, &app, &access).await?;
    if it.is_registered() {
        return thanks(&mut tx, page, &access, it).await;
    }
    ask(&mut tx, page, it).await
}

/// `GET /registrations/{participant}/form`: the form again, for changes.
pub async fn change(app: App, page: Page, access: Access<ParticipantId>) -> Answer {
    let mut tx = app.db.read().await?;
    let it = Loaded::of(&mut tx, &app, &access).await?;
    ask(&mut tx, page, it).await
}

async fn ask(tx: &mut Tx, page: Page, it: Loaded) -> Answer {
    if !it.is_open && it.is_registered() {
        return Ok(page::see_other(&it.href()));
    }
    if !it.is_open {
        return Err(Error::conflict("registration_over"));
    }
    if !it.is_registered()
        && let Some(elsewhere) = stands_against(tx, it.program.id, it.participant.person_id).await?
    {
        return page::html(&ElsewherePage { page, it, elsewhere });
    }
    let fields = it.fields(tx).await?;
    page::html(&RegistrationPage::new(page, it, Form::back(fields, Default::default())))
}

/// In place of the form, for somebody who takes part in something that excludes this program.
#[derive(Template)]
#[template(path = "enrollment/elsewhere.html")]
struct ElsewherePage {
    page: Page,
    it: Loaded,
    elsewhere: Elsewhere,
}

#[derive(Template)]
#[template(path = "enrollment/thanks.html")]
struct ThanksPage {
    page: Page,
    it: Loaded,
    answers: Answers,
    never_with: Vec<String>,
    zone: String,
    /// Where they stand in line, if they wait.
    place: Option<Place>,
    /// The round into which they were carried over.
    carried_to: Option<String>,
    application: Application,
}

/// Whether a mentor is asked for an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Application {
    NotAsked,
    Missing,
    Sent,
}

impl Application {
    async fn of(tx: &mut Tx, it: &Loaded) -> Answer<Self> {
        let is_asked = it.side() == Side::Mentor && screening(tx, &it.round.leave()).await?.is_some();
        Ok(match is_asked {
            false => Self::NotAsked,
            true if application(tx, it.participant.id).await?.is_some() => Self::Sent,
            true => Self::Missing,
        })
    }
}

impl ThanksPage {
    /// The topics by name with their steps, highest first.
    fn topics(&self) -> Vec<(&str, u8)> {
        self.answers.topics(self.it.side(), &self.it.program.design.topics)
    }

    /// The private questions that were answered, with the answers in their order.
    fn private(&self) -> Vec<(&str, String)> {
        let questions = self.it.program.design.private.iter();
        let answered = questions.filter_map(|question| {
            let ticked = self.answers.private.get(&question.key)?;
            let answers: Vec<&str> =
                question.answers.iter().filter(|answer| ticked.contains(*answer)).map(String::as_str).collect();
            Some((question.question.as_str(), answers.join(", ")))
        });
        answered.collect()
    }

    /// The days with their ticked blocks.
    fn days(&self) -> Vec<(&'static str, Vec<String>)> {
        let ticked = |day: &str| {
            let hours = HOURS.map(Hours);
            hours
                .iter()
                .filter(|hours| self.answers.times.contains(&hours.on(day)))
                .map(Hours::words)
                .collect::<Vec<_>>()
        };
        DAYS.iter().map(|day| (*day, ticked(day))).filter(|(_, hours)| !hours.is_empty()).collect()
    }
}

async fn thanks(tx: &mut Tx, page: Page, access: &Access<ParticipantId>, it: Loaded) -> Answer {
    let answers = it.participant.answers();
    let mut never_with = Vec::new();
    for person in &answers.never_with {
        never_with.extend(people::card(tx, *person).await?.map(|card| card.name));
    }
    let zone = answers.time_zone.rsplit('/').next().unwrap_or_default().replace('_', " ");
    let place = waiting_store::place(tx, access).await?;
    let carried_to = waiting_store::carried_to(tx, access).await?;
    let application = Application::of(tx, &it).await?;
    page::html(&ThanksPage { page, it, answers, never_with, zone, place, carried_to, application })
}

/// `POST /registrations/{participant}/draft`: by the Save button, or by itself while somebody types.
pub async fn draft(app: App, access: Access<ParticipantId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    save_draft(&mut tx, &access, &fields).await?;
    tx.commit().await?;
    if fields.is("by_itself", "yes") {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    Ok(page::done(&format!("/registrations/{}/form", access.id), "draft_saved"))
}

/// `POST /registrations/{participant}`
pub async fn submit(app: App, page: Page, access: Access<ParticipantId>, fields: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let it = Loaded::of(&mut tx, &app, &access).await?;
    match registration_form::read(&mut tx, &fields, &it.asked()).await? {
        Ok(answers) => {
            register(&mut tx, &access, &answers, &it.commitment()).await?;
            tx.commit().await?;
            Ok(page::done(&it.href(), "registered"))
        }
        Err(problems) => {
            save_draft(&mut tx, &access, &fields).await?;
            tx.commit().await?;
            page::invalid(&RegistrationPage::new(page, it, Form::back(fields, problems)))
        }
    }
}

/// `POST /registrations/{participant}/decline`: not this time, after all.
pub async fn say_no(app: App, access: Access<ParticipantId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    decline(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::done("/home", "declined"))
}
