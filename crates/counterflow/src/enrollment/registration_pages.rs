//! The registration: a form that keeps what is typed, and the page that thanks and shows what was answered.

use std::collections::BTreeMap;

use askama::Template;
use axum::{http::StatusCode, response::IntoResponse};

use super::{
    Answers, BOUNDARIES, Participant, State, commitment, decline,
    exclusion_store::Elsewhere,
    exclusions::stands_against,
    form::{self, Ask, FormVersion},
    private::{Private, consent_field, private_field},
    register,
    registration_form::{
        self, Asked, ENERGIES, LEARNING, LEVELS_WANTED, MEETING, MOST_PLACES, highest, level_field, topic_field,
    },
    registration_store::{self, Facts, Registration},
    replies::{self, Change, Reply, field as reply_field},
    save_draft,
    screening::{application, screening},
    store, takes_answers,
    waiting_store::{self, Place},
    week::{DAYS, HOURS},
    withdraw_consent,
};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        filters,
        form::{Fields, Form, Problems},
        guard::{Access, Leave, Segment},
        ids::{ParticipantId, RoundId},
        page::{self, Page},
        words,
    },
    people::{self, Card},
    programs::{
        self, Program, Round, Side, Stage,
        template::{
            PrivateQuestion, Purpose,
            registration::{FormKind, FormQuestion},
        },
    },
    words,
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
    /// What is asked now.
    version: FormVersion,
    answers: Answers,
}

impl Loaded {
    async fn of(tx: &mut Tx, app: &App, access: &Access<ParticipantId>) -> Answer<Self> {
        let participant = store::participant(tx, access).await?;
        let kept = registration_store::registration(tx, access.id()).await?;
        Self::around(tx, app, participant, kept).await
    }

    async fn around(tx: &mut Tx, app: &App, participant: Participant, kept: Registration) -> Answer<Self> {
        let round = programs::round(tx, &participant.round_leave()).await?;
        let program = programs::program_of(tx, &round).await?;
        Ok(Self {
            organization: app.organization(tx).await?.name,
            facts: registration_store::facts(tx, participant.person_id).await?,
            card: people::card(tx, participant.person_id).await?.ok_or(Error::NotFound)?,
            managers: registration_store::managers(tx, round.id).await?,
            kept,
            is_open: takes_answers(round.stage, participant.state),
            version: form::form(tx, &round, &program).await?,
            answers: participant.answers(),
            participant,
            program,
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

    /// Where a manager changes the form.
    fn form_href(&self) -> String {
        format!("{}/form", self.round.href())
    }

    fn is_registered(&self) -> bool {
        matches!(self.participant.state, State::Registered | State::Admitted | State::Waiting)
    }

    /// What they promise, filled in.
    fn commitment(&self) -> String {
        commitment(&self.program, &self.round, &self.participant.name, &self.organization)
    }

    /// What is asked of them in a version of the form.
    fn asked<'a>(&'a self, version: &'a FormVersion) -> Asked<'a> {
        Asked {
            person: self.participant.person_id,
            side: self.side(),
            topics: &self.program.design.topics,
            private: &self.program.design.private,
            version,
            before: &self.answers,
        }
    }

    /// The version of the form that what stands in it was written for.
    async fn seen(&self, tx: &mut Tx, fields: &Fields) -> Answer<FormVersion> {
        let typed = fields.get("form_version").parse().ok();
        let number = typed.or(self.kept.answers.is_some().then_some(self.answers.form_version));
        form::form_as_seen(tx, &self.round, &self.program, number).await
    }

    /// What stands in the form: what was typed last, or what was sent, or what the directory knows.
    async fn fields(&self, tx: &mut Tx) -> Answer<Fields> {
        if let Some(draft) = &self.kept.draft {
            let pairs: Vec<(String, String)> = serde_json::from_str(draft).map_err(Error::defect)?;
            return Ok(Fields::filled(pairs));
        }
        let answers = match &self.kept.answers {
            Some(_) => self.answers.clone(),
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

words! {
    /// A part of the form.
    Part {
        /// What the directory knows.
        You = "you",
        /// What they can show, or want.
        Topics = "topics",
        /// When, and how they like to work.
        How = "how",
        /// The program's own questions.
        Own = "own",
        /// What is out of bounds, and the promise.
        Promise = "promise",
    }
}

impl Part {
    /// The part in which a field stands.
    fn of(field: &str) -> Self {
        match field {
            "languages" => Self::You,
            "topics" | "about" => Self::Topics,
            "times" | "zone" | "energy" | "learn" | "meet" | "capacity" => Self::How,
            own if own.starts_with("q:") => Self::Own,
            _ => Self::Promise,
        }
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
    /// The parts in order, and whether nothing is missing in them.
    parts: Vec<(Part, bool)>,
    /// What is new or different since they answered, or began to.
    changes: BTreeMap<String, Change>,
    /// What they had typed to questions that are no longer asked.
    gone: Vec<(String, String)>,
    /// Whether a manager looks at it: then nothing is sent.
    is_preview: bool,
}

impl RegistrationPage {
    async fn new(tx: &mut Tx, page: Page, it: Loaded, form: Form) -> Answer<Self> {
        let zone = Some(form.value("zone")).filter(|zone| !zone.is_empty()).unwrap_or(&it.card.time_zone);
        let zone = zone.rsplit('/').next().unwrap_or(zone).replace('_', " ");
        let seen = it.seen(tx, &form.fields).await?;
        let missing = registration_form::read(tx, &form.fields, &it.asked(&it.version)).await?.err();
        let missing: Vec<Part> = missing.unwrap_or_default().iter().map(|problem| Part::of(&problem.field)).collect();
        let has_own = it.version.form.asked(it.side()).next().is_some();
        let parts = Part::ALL.iter().filter(|part| **part != Part::Own || has_own);
        Ok(Self {
            page,
            zone,
            hours: HOURS.map(Hours),
            days: DAYS,
            parts: parts.map(|part| (*part, !missing.contains(part))).collect(),
            changes: replies::changes(&seen.form, &it.version.form, it.side()),
            gone: gone(&seen, &it, &form.fields),
            is_preview: false,
            it,
            form,
        })
    }

    /// `2 of 5`.
    fn number(&self, part: Part) -> String {
        let at = self.parts.iter().position(|(one, _)| *one == part).unwrap_or_default();
        format!("{} of {}", at + 1, self.parts.len())
    }

    fn ready(&self) -> usize {
        self.parts.iter().filter(|(_, is_ready)| *is_ready).count()
    }

    fn core(&self) -> &form::Core {
        &self.it.version.form.core
    }

    /// The program's own questions to this side.
    fn questions(&self) -> Vec<&FormQuestion> {
        self.it.version.form.asked(self.it.side()).collect()
    }

    /// Who reads the answer to a question.
    fn readers(&self, question: &FormQuestion) -> String {
        words::say("readers", question.readers.name(), &[])
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

    /// What is asked about how they like to work, and what can be said.
    fn styles(&self) -> [(&'static str, [&'static str; 4]); 3] {
        [("energy", ENERGIES), ("learn", LEARNING), ("meet", MEETING)]
    }

    fn says(&self, name: &str, word: &str) -> bool {
        self.form.value(name) == word
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
    let form = Form::back(it.fields(tx).await?, Problems::default());
    page::html(&RegistrationPage::new(tx, page, it, form).await?)
}

/// What was typed to questions of an earlier version that are not asked any more.
fn gone(seen: &FormVersion, it: &Loaded, fields: &Fields) -> Vec<(String, String)> {
    let dropped = seen.form.asked(it.side()).filter(|question| it.version.form.question(&question.key).is_none());
    let typed = dropped.map(|question| {
        let name = reply_field(&question.key);
        let answers: Vec<&str> = fields.all(&name).filter(|answer| !answer.is_empty()).collect();
        (question.text.clone(), answers.join(", "))
    });
    typed.filter(|(_, typed)| !typed.is_empty()).collect()
}

/// `GET /rounds/{round}/form/preview/{side}`: what somebody on a side will see, filled in for the manager who looks.
pub async fn preview(app: App, page: Page, access: Access<RoundId>, segment: Segment) -> Answer {
    let side: Side = segment.last().parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.read().await?;
    let participant = Participant::imagined(&access, side);
    let it = Loaded::around(&mut tx, &app, participant, Registration::default()).await?;
    let form = Form::back(it.fields(&mut tx).await?, Problems::default());
    let shown = RegistrationPage::new(&mut tx, page, it, form).await?;
    page::html(&RegistrationPage { is_preview: true, ..shown })
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
    /// What is new or different in the form since they answered.
    changes: BTreeMap<String, Change>,
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
    /// What they answered to the program's own questions, in the words in which they were asked.
    fn replies(&self) -> Vec<(&str, &Reply)> {
        replies::in_order(&self.answers.replies, &self.it.version.form)
    }

    fn readers(&self, reply: &Reply) -> String {
        words::say("readers", reply.readers.name(), &[])
    }

    /// Whether a question is still asked.
    fn is_asked(&self, key: &str) -> bool {
        self.it.version.form.question(key).is_some()
    }

    fn change(&self, key: &str) -> Option<&Change> {
        self.changes.get(key)
    }

    /// How many questions are new to them.
    fn new_questions(&self) -> usize {
        self.changes.values().filter(|change| **change == Change::New).count()
    }

    /// The topics by name with their steps, highest first.
    fn topics(&self) -> Vec<(&str, u8)> {
        self.answers.topics(self.it.side(), &self.it.program.design.topics)
    }

    /// The topics for which a level was asked of the mentor, by name.
    fn levels(&self) -> Vec<(&str, u8)> {
        let topics = self.it.program.design.topics.iter();
        topics.filter_map(|topic| Some((topic.name.as_str(), *self.answers.wants_level.get(&topic.key)?))).collect()
    }

    /// The private questions that were answered, with what the answers may be used for.
    fn private(&self) -> Vec<(&PrivateQuestion, &Private)> {
        let questions = self.it.program.design.private.iter();
        questions.filter_map(|question| Some((question, self.answers.private.get(&question.key)?))).collect()
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
    let answers = it.answers.clone();
    let seen = it.seen(tx, &Fields::default()).await?;
    let changes = replies::changes(&seen.form, &it.version.form, it.side());
    let mut never_with = Vec::new();
    for person in &answers.never_with {
        never_with.extend(people::card(tx, *person).await?.map(|card| card.name));
    }
    let zone = answers.time_zone.rsplit('/').next().unwrap_or_default().replace('_', " ");
    let place = waiting_store::place(tx, access).await?;
    let carried_to = waiting_store::carried_to(tx, access).await?;
    let application = Application::of(tx, &it).await?;
    page::html(&ThanksPage { page, it, answers, never_with, zone, changes, place, carried_to, application })
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
    // By the form as they saw it: nobody has to answer again because somebody changed it meanwhile.
    let seen = it.seen(&mut tx, &fields).await?;
    match registration_form::read(&mut tx, &fields, &it.asked(&seen)).await? {
        Ok(answers) => {
            register(&mut tx, &access, &answers, &it.commitment()).await?;
            tx.commit().await?;
            Ok(page::done(&it.href(), "registered"))
        }
        Err(problems) => {
            save_draft(&mut tx, &access, &fields).await?;
            let shown = RegistrationPage::new(&mut tx, page, it, Form::back(fields, problems)).await?;
            tx.commit().await?;
            page::invalid(&shown)
        }
    }
}

/// `POST /registrations/{participant}/consent-withdrawal`: what they said in private is no longer used for a purpose.
pub async fn take_consent_back(app: App, access: Access<ParticipantId>, fields: Fields) -> Answer {
    let purpose = fields.get("purpose").parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.write().await?;
    withdraw_consent(&mut tx, &access, fields.get("question"), purpose).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/registrations/{}", access.id), "consent_withdrawn"))
}

/// `POST /registrations/{participant}/decline`: not this time, after all.
pub async fn say_no(app: App, access: Access<ParticipantId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    decline(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::done("/home", "declined"))
}
