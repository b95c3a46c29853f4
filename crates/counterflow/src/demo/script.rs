//! What the managers do, and when: the founding, the first round, and the second.

use super::{
    acts::Act,
    past::{Past, moment, working_day},
    people::Export,
};
use crate::{
    accounts::{self, setup},
    enrollment::{self, Admission},
    kernel::{
        db::Tx,
        error::{Answer, Error},
        guard::ByServer,
        ids::{ImportId, PersonId, ProgramId, RoundId, RunId},
        rights::Role,
    },
    matching::{Mark, board, proposals, runs},
    people::import::{self, Consent},
    programs::{
        self, Dates, Endorsement, NewProgram, NewRound, ProgramRole, Side,
        template::{self, Eligibility, Operator, Rule, Template},
    },
};

/// How many days ago the story begins.
const FOUNDED: i32 = 141;
/// After how many days the next round opens, and its people are invited.
const SECOND_ROUND: i32 = 104;
const SECOND_INVITED: i32 = FOUNDED - 9;

/// Something that is done once, on its day.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    Found,
    BeginProgram,
    Endorse,
    Invite(usize),
    Admit,
    Match,
    Send,
    MatchAgain,
    SendAgain,
    NameDelegate,
    ImportAgain,
    OpenSecondRound,
}

/// Puts the story into the calendar.
pub(super) fn schedule(past: &mut Past) {
    let founded = working_day(past.today.plus_days(-FOUNDED));
    let enrolled = first_dates(past).enroll_until.plus_days(3);
    let plan = [
        (founded, 7, Step::Found),
        (founded, 9, Step::BeginProgram),
        (founded.plus_days(1), 8, Step::Endorse),
        (founded.plus_days(1), 12, Step::Invite(0)),
        (enrolled, 8, Step::Admit),
        (enrolled, 9, Step::Match),
        (enrolled, 10, Step::Send),
        (enrolled.plus_days(9), 8, Step::MatchAgain),
        (enrolled.plus_days(9), 9, Step::SendAgain),
        (enrolled.plus_days(12), 9, Step::NameDelegate),
        (founded.plus_days(SECOND_ROUND - 4), 9, Step::ImportAgain),
        (founded.plus_days(SECOND_ROUND), 9, Step::OpenSecondRound),
        (founded.plus_days(SECOND_INVITED), 9, Step::Invite(1)),
    ];
    for (day, hour, step) in plan {
        past.at(moment(working_day(day), hour, 0), Act::Step(step));
    }
    for days in 0..=FOUNDED {
        let day = founded.plus_days(days);
        if day == working_day(day) && day <= past.today {
            past.at(moment(day, 6, 30), Act::LookAround);
        }
    }
}

fn first_dates(past: &Past) -> Dates {
    Dates::suggested(working_day(past.today.plus_days(-FOUNDED)), &template().shape)
}

fn template() -> &'static Template {
    template::named("digital-fluency").unwrap_or_else(|| unreachable!("it is built in"))
}

impl Step {
    pub async fn play(self, past: &mut Past) -> Answer<()> {
        match self {
            Self::Found => found(past).await,
            Self::BeginProgram => begin_program(past).await,
            Self::Endorse => endorse(past).await,
            Self::Invite(number) => invite(past, number).await,
            Self::Admit => admit(past).await,
            Self::Match => pin_and_match(past).await,
            Self::MatchAgain => match_again(past).await,
            Self::Send | Self::SendAgain => send(past).await,
            Self::NameDelegate => name_delegate(past).await,
            Self::ImportAgain => import_again(past).await,
            Self::OpenSecondRound => open_second_round(past).await,
        }
    }
}

/// Piet sets the server up, imports the directory, and lets Inés start programs.
async fn found(past: &mut Past) -> Answer<()> {
    let mut tx = past.app.db.write().await?;
    let company = setup::Setup {
        organization: past.invented.organization.clone(),
        zone: "Europe/Berlin".to_owned(),
        name: "Piet Visser".to_owned(),
        email: super::people::story_email("Piet Visser"),
    };
    let piet = setup::set_up(&mut tx, &company).await?;
    tx.commit().await?;

    import_people(past, piet, Export::AtFirst).await?;
    past.look_up_people().await?;
    let ines = past.person("Inés Duarte")?;
    let mut tx = past.app.db.write().await?;
    accounts::grant_role(&mut tx, ines, "program_starter", Some(piet)).await?;
    tx.commit().await?;
    Ok(())
}

/// A people file, with everything that an admin says about it.
async fn import_people(past: &mut Past, piet: PersonId, export: Export) -> Answer<()> {
    let id = ImportId::new();
    let new = import::open(&past.app, id, "people.csv".to_owned(), Past::file(export), None, None).await?;
    let new = new.map_err(Error::defect)?;
    let mut tx = past.app.db.write().await?;
    let viewer = past.viewer(&mut tx, piet).await?;
    import::upload(&mut tx, &viewer, new).await?;
    let access = past.access(&mut tx, piet, id, &[Role::Admin]).await?;
    import::confirm_guess(&mut tx, &access).await?;
    tx.commit().await?;
    past.work().await?;
    let mut tx = past.app.db.write().await?;
    let lacks = import::confirm(&mut tx, &access, Consent::default()).await?;
    lacks.map_err(|lacks| Error::defect(format!("the import lacks {lacks:?}")))?;
    tx.commit().await?;
    past.work().await
}

/// Next month's file: some have left since.
async fn import_again(past: &mut Past) -> Answer<()> {
    let piet = past.person("Piet Visser")?;
    let day = past.day();
    import_people(past, piet, Export::AfterLeavers(day.plus_days(-3))).await
}

/// Inés starts the program, brings in Marek and Karin, and says who can take part.
async fn begin_program(past: &mut Past) -> Answer<()> {
    let mut tx = past.app.db.write().await?;
    let ines = past.viewer(&mut tx, past.person("Inés Duarte")?).await?;
    let [first, _] = past.rounds;
    let dates = first_dates(past);
    let round = NewRound { id: first, name: past.invented.rounds[0].clone(), dates };
    let template = template();
    let new = NewProgram { id: past.program, name: template.name.clone(), template, round };
    programs::start(&mut tx, &ines, &new).await?;
    let access = past.access::<ProgramId>(&mut tx, ines.person, past.program, &[Role::Manager]).await?;
    for (name, role) in [("Marek Havel", ProgramRole::Manager), ("Karin Vogt", ProgramRole::Sponsor)] {
        let email = super::people::story_email(name);
        let granted = programs::grant_role(&mut tx, &past.app, &access, &email, role).await?;
        granted.map_err(|_| Error::defect(format!("{name} is not in the directory")))?;
    }
    let departments = ["Technology", "Data and AI", "Product"];
    choose(past, &mut tx, first, &eligibility("7", None, &departments)).await?;
    // The first round took everybody; the second one has as many mentors as its leaders need.
    let access = past.access(&mut tx, ines.person, first, &[Role::Manager]).await?;
    enrollment::set_admission(&mut tx, &access, Admission::Everybody).await?;
    tx.commit().await?;
    Ok(())
}

/// Leaders of some levels, and juniors of some departments.
fn eligibility(from_level: &str, to_level: Option<&str>, departments: &[&str]) -> Eligibility {
    let number = |field: &str, is, value: &str| Rule {
        field: field.to_owned(),
        is,
        value: value.to_owned(),
        values: Vec::new(),
    };
    let mut mentee = vec![number("level", Operator::AtLeast, from_level)];
    mentee.extend(to_level.map(|level| number("level", Operator::AtMost, level)));
    let mentor = vec![
        number("level", Operator::AtMost, "4"),
        number("tenure_years", Operator::AtLeast, "0.5"),
        Rule {
            field: "department".to_owned(),
            is: Operator::OneOf,
            value: String::new(),
            values: departments.iter().map(|name| (*name).to_owned()).collect(),
        },
    ];
    Eligibility { mentee, mentor }
}

/// Chooses everybody who fits, but nobody who runs the program or keeps a calendar.
async fn choose(past: &Past, tx: &mut Tx, round: RoundId, rules: &Eligibility) -> Answer<()> {
    let access = past.access(tx, past.person("Inés Duarte")?, round, &[Role::Manager]).await?;
    let seen = programs::round(tx, &access).await?.version;
    programs::set_eligibility(tx, &access, seen, rules).await?;
    for side in [Side::Mentee, Side::Mentor] {
        enrollment::choose_everybody_who_fits(tx, &past.app, &access, side).await?;
    }
    let outside = ["Inés Duarte", "Marek Havel", "Karin Vogt", "Piet Visser", "Tunde Bello"];
    let outside = outside.into_iter().map(|name| past.person(name)).collect::<Answer<Vec<_>>>()?;
    for participant in enrollment::participants(tx, &access).await? {
        if outside.contains(&participant.person_id) {
            enrollment::withdraw(tx, &ByServer(participant.id)).await?;
        }
    }
    Ok(())
}

/// Karin says why she backs it.
async fn endorse(past: &mut Past) -> Answer<()> {
    let mut tx = past.app.db.write().await?;
    let karin = past.person("Karin Vogt")?;
    let access = past.access(&mut tx, karin, past.rounds[0], &[Role::Sponsor]).await?;
    let words = Some(past.invented.endorsement.clone());
    let endorsed = programs::endorse(&mut tx, &access, &Endorsement { words, sponsor: karin, seen: None }).await?;
    endorsed.map_err(|_| Error::defect("Karin is no sponsor"))?;
    tx.commit().await?;
    Ok(())
}

async fn invite(past: &mut Past, number: usize) -> Answer<()> {
    let mut tx = past.app.db.write().await?;
    let access = past.access(&mut tx, past.person("Inés Duarte")?, past.rounds[number], &[Role::Manager]).await?;
    for side in [Side::Mentee, Side::Mentor] {
        enrollment::act_on_side(&mut tx, &past.app, &access, enrollment::Act::Invite, side).await?;
    }
    let invited = enrollment::participants(&mut tx, &access).await?;
    tx.commit().await?;
    for participant in invited {
        past.expect_registration(&participant);
    }
    Ok(())
}

async fn admit(past: &mut Past) -> Answer<()> {
    let mut tx = past.app.db.write().await?;
    let access = past.access(&mut tx, past.person("Inés Duarte")?, past.rounds[0], &[Role::Manager]).await?;
    for side in [Side::Mentee, Side::Mentor] {
        enrollment::act_on_side(&mut tx, &past.app, &access, enrollment::Act::Admit, side).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// A first draft; Inés pins one pair that she knows to be right, and runs again.
async fn pin_and_match(past: &mut Past) -> Answer<()> {
    let run = begin_run(past).await?;
    let mut tx = past.app.db.write().await?;
    let access = past.access(&mut tx, past.person("Inés Duarte")?, past.rounds[0], &[Role::Manager]).await?;
    let (ana, ruth) = (past.person("Ana Lim")?, past.person("Ruth Okafor")?);
    let everybody = enrollment::participants(&mut tx, &access).await?;
    let place = |person| everybody.iter().find(|one| one.person_id == person).map(|one| one.id);
    let (Some(mentor), Some(mentee)) = (place(ana), place(ruth)) else {
        return Err(Error::defect("Ana and Ruth take part"));
    };
    board::mark(&mut tx, &access, run, board::Two { mentor, mentee }, None, Some(Mark::Pinned)).await?;
    tx.commit().await?;
    begin_run(past).await.map(drop)
}

async fn match_again(past: &mut Past) -> Answer<()> {
    begin_run(past).await.map(drop)
}

async fn begin_run(past: &Past) -> Answer<RunId> {
    let mut tx = past.app.db.write().await?;
    let access = past.access(&mut tx, past.person("Inés Duarte")?, past.rounds[0], &[Role::Manager]).await?;
    let run = runs::begin(&mut tx, &access, RunId::new()).await?;
    tx.commit().await?;
    past.work().await?;
    Ok(run)
}

/// Sends the draft of the latest run.
async fn send(past: &mut Past) -> Answer<()> {
    let mut tx = past.app.db.write().await?;
    let access = past.access(&mut tx, past.person("Inés Duarte")?, past.rounds[0], &[Role::Manager]).await?;
    let Some(run) = super::store::latest_run(&mut tx, past.rounds[0]).await? else {
        return Err(Error::defect("nothing was matched"));
    };
    let seen = runs::run(&mut tx, &access, run).await?.version;
    proposals::send(&mut tx, &past.app, &access, run, seen).await?;
    tx.commit().await?;
    Ok(())
}

/// Tunde keeps Ruth's calendar.
async fn name_delegate(past: &mut Past) -> Answer<()> {
    let mut tx = past.app.db.write().await?;
    let ruth = past.viewer(&mut tx, past.person("Ruth Okafor")?).await?;
    crate::pairs::delegates::name_delegate(&mut tx, &past.app, &ruth, past.person("Tunde Bello")?).await?;
    tx.commit().await?;
    Ok(())
}

/// The next level of leaders; registration ends in twelve days.
async fn open_second_round(past: &mut Past) -> Answer<()> {
    let [_, id] = past.rounds;
    let mut tx = past.app.db.write().await?;
    let ines = past.person("Inés Duarte")?;
    let access = past.access(&mut tx, ines, past.program, &[Role::Manager]).await?;
    let enroll_until = working_day(past.today.plus_days(12));
    let starts_on = working_day(enroll_until.plus_days(16));
    let dates = Dates { enroll_until, starts_on, ends_on: starts_on.plus_days(180) };
    let new = NewRound { id, name: past.invented.rounds[1].clone(), dates };
    let opened = programs::open_round(&mut tx, &access, &new).await?;
    opened.map_err(|_| Error::defect("the second round has a name of its own"))?;
    let departments = ["People and Culture", "Customer Care", "Marketing", "Research"];
    choose(past, &mut tx, id, &eligibility("5", Some("6"), &departments)).await?;
    tx.commit().await?;
    Ok(())
}
