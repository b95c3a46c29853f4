//! Asking, reminding once, and closing.

use jiff::SignedDuration;
use serde_json::json;

use super::{MINIMUM, Survey, event, letters, questions, store};
use crate::{
    enrollment::rules,
    kernel::{
        app::App,
        clock::Day,
        db::Tx,
        error::{Answer, Error},
        form::Problems,
        guard::{Access, ByServer},
        ids::{PersonId, ProgramId, SurveyId},
    },
    people::{self, Profile},
    programs::{self, template::Eligibility},
};

/// After this time those who have not answered are written to once more.
const REMIND_AFTER: SignedDuration = SignedDuration::from_hours(4 * 24);

/// Who is asked.
#[derive(Debug)]
pub enum Who {
    /// Everybody who fits the latest round's rules for leaders (mentors, where the senior mentors); where there are more than `most`, so many of them, spread
    /// evenly over the list by id, which tells nothing about people.
    Leaders {
        /// At most so many.
        most: usize,
    },
    /// These addresses.
    Addresses(Vec<String>),
}

/// Who in the directory could be asked: they fit the latest round's rules for the side whose time is the scarcer, and have an
/// address.
pub(super) async fn leaders(tx: &mut Tx, program: ProgramId) -> Answer<Vec<Profile>> {
    let side = questions::who_decides(programs::program(tx, &ByServer(program)).await?.direction);
    let rules = match programs::latest_round(tx, &ByServer(program)).await? {
        Some(round) => rules::eligibility(&round)?,
        None => Eligibility::default(),
    };
    let today = people::leaving::today(tx).await?;
    let everybody = people::directory_people(tx).await?;
    let fitting = rules::who_fits(rules.of(side), &everybody, today);
    Ok(fitting.into_iter().filter(|person| person.email.is_some()).cloned().collect())
}

/// Asks people, each with a link of their own. The same id again changes nothing. Inside: what is wrong with the choice.
///
/// # Errors
/// `readiness_open` if another survey of the program is open, or when the database fails.
pub async fn ask(
    tx: &mut Tx,
    app: &App,
    access: &Access<ProgramId>,
    id: SurveyId,
    who: &Who,
    closes_on: Day,
) -> Answer<Result<(), Problems>> {
    tx.lock(access.id).await?;
    if store::by_id(tx, id).await?.is_some_and(|survey| survey.program_id == access.id) {
        return Ok(Ok(())); // a double click
    }
    let people = match chosen(tx, access.id, who).await? {
        Ok(people) => people,
        Err(problems) => return Ok(Err(problems)),
    };
    let asked = i64::try_from(people.len()).unwrap_or(i64::MAX);
    if asked < MINIMUM {
        return Ok(Err(Problems::one("most", "readiness_few")));
    }
    let direction = programs::program(tx, access).await?.direction;
    let new = store::New {
        id,
        program_id: access.id,
        direction,
        minimum: MINIMUM,
        asked,
        closes_on,
        by: access.viewer.person,
    };
    if !store::insert(tx, &new).await? {
        return Err(Error::conflict("readiness_open"));
    }
    let survey = store::by_id(tx, id).await?.ok_or(Error::NotFound)?;
    for (person, name, address) in &people {
        letters::write(tx, app, &survey, letters::Asking::First, (*person, name, address)).await?;
    }
    event(Some(&access.viewer), "readiness.asked", &survey).with(json!({ "asked": asked })).record(tx).await?;
    Ok(Ok(()))
}

type Addressee = (PersonId, String, String);

async fn chosen(tx: &mut Tx, program: ProgramId, who: &Who) -> Answer<Result<Vec<Addressee>, Problems>> {
    match who {
        Who::Leaders { most } => {
            let leaders = leaders(tx, program).await?;
            let (count, most) = (leaders.len(), (*most).min(leaders.len()));
            let spread = (0..most).filter_map(|number| leaders.get(number * count / most.max(1)));
            let addressee = |person: &Profile| Some((person.id, person.name.clone(), person.email.clone()?));
            Ok(Ok(spread.filter_map(addressee).collect()))
        }
        Who::Addresses(addresses) => named(tx, addresses).await,
    }
}

/// The people behind addresses; every address that is nobody's is a problem.
async fn named(tx: &mut Tx, addresses: &[String]) -> Answer<Result<Vec<Addressee>, Problems>> {
    let (mut found, mut unknown) = (Vec::<Addressee>::new(), Vec::new());
    for address in addresses {
        let person = match people::colleague(tx, address).await? {
            Some(person) => people::card(tx, person).await?,
            None => None,
        };
        match person {
            Some(card) if found.iter().any(|(person, ..)| *person == card.id) => {}
            Some(card) => found.push((card.id, card.name, address.clone())),
            None => unknown.push(address.clone()),
        }
    }
    if unknown.is_empty() {
        return Ok(Ok(found));
    }
    Ok(Err(Problems::with("addresses", "nobody_called", vec![("text", unknown.join(", "))])))
}

/// Closes the program's open survey now. What is closed already stays so.
///
/// # Errors
/// When the database fails.
pub async fn close(tx: &mut Tx, access: &Access<ProgramId>) -> Answer<()> {
    tx.lock(access.id).await?;
    let Some(survey) = store::latest(tx, access).await? else { return Ok(()) };
    if store::close(tx, survey.id).await? {
        event(Some(&access.viewer), "readiness.closed", &survey)
            .with(json!({ "asked": survey.asked, "answered": survey.answered }))
            .record(tx)
            .await?;
    }
    Ok(())
}

/// Job `readiness.close_due`: closes what is over, and writes once more to those who have not answered.
///
/// # Errors
/// When the database fails.
pub async fn close_due(app: App) -> Answer<()> {
    let mut tx = app.db.read().await?;
    let today = match people::leaving::today(&mut tx).await {
        Ok(today) => today,
        Err(Error::NotFound) => return Ok(()), // not set up yet
        Err(error) => return Err(error),
    };
    let asked_before = tx.now().minus(REMIND_AFTER);
    let due = store::due(&mut tx, today, asked_before).await?;
    drop(tx);
    for (id,) in due {
        let mut tx = app.db.write().await?;
        if let Some(survey) = store::by_id(&mut tx, id).await? {
            tx.lock(survey.program_id).await?;
            if survey.closes_on < today { end(&mut tx, &survey).await? } else { remind(&mut tx, &app, &survey).await? }
        }
        tx.commit().await?;
    }
    Ok(())
}

async fn end(tx: &mut Tx, survey: &Survey) -> Answer<()> {
    if store::close(tx, survey.id).await? {
        let facts = json!({ "asked": survey.asked, "answered": survey.answered });
        event(None, "readiness.closed", survey).with(facts).record(tx).await?;
    }
    Ok(())
}

async fn remind(tx: &mut Tx, app: &App, survey: &Survey) -> Answer<()> {
    if !store::mark_reminded(tx, survey.id).await? {
        return Ok(());
    }
    for (person, name, address) in store::silent(tx, survey.id).await? {
        if let Some(address) = address {
            letters::write(tx, app, survey, letters::Asking::Again, (person, &name, &address)).await?;
        }
    }
    event(None, "readiness.reminded", survey).record(tx).await?;
    Ok(())
}
