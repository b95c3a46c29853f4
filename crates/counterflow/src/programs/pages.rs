//! The pages of programs: the list, and one with its rounds and people.

use askama::Template;

use super::{
    Dates, Direction, Evergreen, Holder, NewDuplicate, NewRound, Program, ProgramRole, Unmanaged, archive, duplicate,
    evergreen_store, grant_role, leaving, open_round, remove_role, role_store, set_evergreen, start,
    store::{self, ProgramLine, RoundLine},
    template, unarchive,
};
use crate::kernel::{
    app::App,
    clock::Day,
    db::Tx,
    error::{Answer, Error},
    form::{Check, Fields, Form},
    guard::Access,
    ids::{PersonId, ProgramId, RoundId},
    page::{self, Page},
    rights::Role,
    viewer::Viewer,
    words,
};

/// A program in the list, with its rounds.
struct Listed {
    program: ProgramLine,
    rounds: Vec<RoundLine>,
}

#[derive(Template)]
#[template(path = "programs/list.html")]
struct ListPage {
    page: Page,
    programs: Vec<Listed>,
    archived: Vec<ProgramLine>,
    /// For admins: programs that nobody manages.
    unmanaged: Vec<Unmanaged>,
    form: Form,
}

/// `GET /programs`: those that the viewer manages or backs.
pub async fn list(app: App, page: Page, viewer: Viewer) -> Answer {
    let mut tx = app.db.read().await?;
    let lines = store::programs_of(&mut tx, viewer.person).await?;
    let rounds = store::rounds_of(&mut tx, viewer.person).await?;
    let (archived, present): (Vec<_>, Vec<_>) = lines.into_iter().partition(|line| line.archived_at.is_some());
    let with_rounds = |program: ProgramLine| {
        let rounds = rounds.iter().filter(|round| round.program_id == program.id).cloned().collect();
        Listed { program, rounds }
    };
    let programs = present.into_iter().map(with_rounds).collect();
    let unmanaged = if page.is_admin() { leaving::unmanaged(&mut tx).await? } else { Vec::new() };
    page::html(&ListPage { page, programs, archived, unmanaged, form: Form::default() })
}

/// `POST /programs/managers`: an admin names a manager for a program that has none.
pub async fn name_manager(app: App, page: Page, viewer: Viewer, fields: Fields) -> Answer {
    let mut check = fields.check();
    let (program, email) = (check.id::<ProgramId>("program"), check.email("email"));
    let mut tx = app.db.write().await?;
    let named = match check.done(|| Some((program?, email?))) {
        Ok((program, email)) => leaving::name_manager(&mut tx, &app, &viewer, program, &email).await?,
        Err(problems) => Err(problems),
    };
    match named {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::done("/programs", "manager_named"))
        }
        Err(problems) => {
            let unmanaged = leaving::unmanaged(&mut tx).await?;
            let form = Form::back(fields, problems);
            page::invalid(&ListPage { page, programs: Vec::new(), archived: Vec::new(), unmanaged, form })
        }
    }
}

/// The reader's day.
pub(super) fn today(page: &Page) -> Day {
    page.now.day_in(&page.zone)
}

pub(super) fn read_round(check: &mut Check<'_>, id: &str, name: &str, today: Day) -> Option<NewRound> {
    let (id, name, dates) = (check.id(id), check.text(name, 60), Dates::read(check, Some(today)));
    Some(NewRound { id: id?, name: name?, dates: dates? })
}

#[derive(Template)]
#[template(path = "programs/show.html")]
struct ShowPage {
    page: Page,
    program: Program,
    template: Option<&'static template::Template>,
    rounds: Vec<RoundLine>,
    holders: Vec<Holder>,
    manages: bool,
    round_form: Form,
    role_form: Form,
    green_form: Form,
    /// When the next round opens by itself.
    opens_on: Option<Day>,
}

impl ShowPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<ProgramId>) -> Answer<Self> {
        let program = store::program(tx, access).await?;
        let rounds = store::rounds(tx, access).await?;
        let round_form = next_round(&program, &rounds, today(&page));
        let evergreen = evergreen_store::evergreen(tx, access).await?;
        let opens_on = match evergreen {
            Some(evergreen) => Some(evergreen.opens_on(&start::last_round(tx, access).await?)),
            None => None,
        };
        Ok(Self {
            template: template::named(&program.design.key),
            rounds,
            holders: role_store::holders(tx, access).await?,
            manages: access.has(Role::Manager),
            round_form,
            green_form: green_form(&program, evergreen),
            opens_on,
            role_form: Form::filled([("role", ProgramRole::Sponsor.name())]),
            program,
            page,
        })
    }

    fn is_only_manager(&self, holder: &Holder) -> bool {
        let managers = self.holders.iter().filter(|other| other.role == ProgramRole::Manager).count();
        holder.role == ProgramRole::Manager && managers == 1
    }
}

/// The form of the next round, filled in: after the last one, or from today on.
fn next_round(program: &Program, rounds: &[RoundLine], today: Day) -> Form {
    let after = rounds.iter().map(|round| round.ends_on.plus_days(-60)).max().unwrap_or(today).max(today);
    let number = vec![("number", (rounds.len() + 1).to_string())];
    let mut form = Form::filled(Dates::suggested(after, &program.design.shape).fields());
    form.fields.push("id", RoundId::new().to_string());
    form.fields.push("name", words::say("name", "round", &number));
    form
}

/// `GET /programs/{program}`
pub async fn show(app: App, page: Page, access: Access<ProgramId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&ShowPage::load(&mut tx, page, &access).await?)
}

/// `POST /programs/{program}/rounds`: the next round.
pub async fn add_round(app: App, page: Page, access: Access<ProgramId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let new = read_round(&mut check, "id", "name", today(&page));
    let mut tx = app.db.write().await?;
    let opened = match check.done(|| new) {
        Ok(new) => open_round(&mut tx, &access, &new).await?.map(|()| new.id),
        Err(problems) => Err(problems),
    };
    match opened {
        Ok(round) => {
            tx.commit().await?;
            Ok(page::done(&format!("/rounds/{round}/design"), "round_opened"))
        }
        Err(problems) => {
            let shown = ShowPage::load(&mut tx, page, &access).await?;
            page::invalid(&ShowPage { round_form: Form::back(fields, problems), ..shown })
        }
    }
}

#[derive(Template)]
#[template(path = "programs/duplicate.html")]
struct DuplicatePage {
    page: Page,
    program: Program,
    form: Form,
}

/// `GET /programs/{program}/duplicate`
pub async fn show_copy(app: App, page: Page, access: Access<ProgramId>) -> Answer {
    let program = store::program(&mut app.db.read().await?, &access).await?;
    let form = copy_form(&program, today(&page));
    page::html(&DuplicatePage { page, program, form })
}

/// `POST /programs/{program}/duplicate`: a program of the same design.
pub async fn copy(app: App, page: Page, access: Access<ProgramId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let (id, name) = (check.id("program"), check.text("program_name", 80));
    let round = read_round(&mut check, "id", "name", today(&page));
    let mut tx = app.db.write().await?;
    match check.done(|| Some(NewDuplicate { id: id?, name: name?, round: round? })) {
        Ok(new) => {
            let round = new.round.id;
            duplicate(&mut tx, &access, new).await?;
            tx.commit().await?;
            Ok(page::done(&format!("/rounds/{round}/design"), "program_duplicated"))
        }
        Err(problems) => {
            let program = store::program(&mut tx, &access).await?;
            page::invalid(&DuplicatePage { page, program, form: Form::back(fields, problems) })
        }
    }
}

/// The form of a duplicate, filled in.
fn copy_form(program: &Program, today: Day) -> Form {
    let mut form = Form::filled(Dates::suggested(today, &program.design.shape).fields());
    form.fields.push("program", ProgramId::new().to_string());
    form.fields.push("program_name", words::say("name", "duplicate", &[("program", program.name.clone())]));
    form.fields.push("id", RoundId::new().to_string());
    form.fields.push("name", words::say("name", "round", &[("number", "1".to_owned())]));
    form
}

/// The longest and shortest weeks between rounds, and between the opening of a round and its meetings.
const WEEKS: [(i64, i64); 2] = [(4, 104), (1, 25)];

/// `POST /programs/{program}/evergreen`: whether, and how often, the next round opens by itself.
pub async fn keep_green(app: App, page: Page, access: Access<ProgramId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let (every, ahead) = if fields.is("evergreen", "yes") {
        let [every, ahead] = [("every_weeks", WEEKS[0]), ("ahead_weeks", WEEKS[1])]
            .map(|(name, (least, most))| check.number(name, least, most));
        if let (Some(every), Some(ahead)) = (every, ahead)
            && ahead >= every
        {
            check.problem("ahead_weeks", "out_of_range", between(1, every - 1));
        }
        (every, ahead)
    } else {
        (None, None)
    };
    let read = check.done(|| {
        let evergreen =
            every.zip(ahead).map(|(every, ahead)| Evergreen { every_days: 7 * every, ahead_days: 7 * ahead });
        Some(evergreen)
    });
    let mut tx = app.db.write().await?;
    match read {
        Ok(new) => {
            set_evergreen(&mut tx, &access, new).await?;
            tx.commit().await?;
            Ok(page::done(&format!("/programs/{}", access.id), "saved"))
        }
        Err(problems) => {
            let shown = ShowPage::load(&mut tx, page, &access).await?;
            page::invalid(&ShowPage { green_form: Form::back(fields, problems), ..shown })
        }
    }
}

fn between(min: i64, max: i64) -> Vec<(&'static str, String)> {
    vec![("min", min.to_string()), ("max", max.to_string())]
}

/// The form of what is stored; where a program is not evergreen, with what fits its rounds.
fn green_form(program: &Program, evergreen: Option<Evergreen>) -> Form {
    let shape = &program.design.shape;
    let weeks = |days: i64, (least, most): (i64, i64)| (days / 7).clamp(least, most).to_string();
    let suggested = Evergreen { every_days: shape.meetings * shape.rhythm_days, ahead_days: 56 };
    let shown = evergreen.unwrap_or(suggested);
    Form::filled([
        ("evergreen", if evergreen.is_some() { "yes" } else { "" }.to_owned()),
        ("every_weeks", weeks(shown.every_days, WEEKS[0])),
        ("ahead_weeks", weeks(shown.ahead_days, WEEKS[1])),
    ])
}

/// `POST /programs/{program}/roles`
pub async fn add_role(app: App, page: Page, access: Access<ProgramId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let (email, role) = (check.email("email"), check.choice::<ProgramRole>("role"));
    let mut tx = app.db.write().await?;
    let granted = match check.done(|| Some((email?, role?))) {
        Ok((email, role)) => grant_role(&mut tx, &app, &access, &email, role).await?,
        Err(problems) => Err(problems),
    };
    match granted {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::done(&format!("/programs/{}", access.id), "role_granted"))
        }
        Err(problems) => {
            let shown = ShowPage::load(&mut tx, page, &access).await?;
            page::invalid(&ShowPage { role_form: Form::back(fields, problems), ..shown })
        }
    }
}

/// `POST /programs/{program}/roles/removal`
pub async fn take_role(app: App, access: Access<ProgramId>, fields: Fields) -> Answer {
    let person: PersonId = fields.get("person").parse().map_err(|_| Error::NotFound)?;
    let role: ProgramRole = fields.get("role").parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.write().await?;
    remove_role(&mut tx, &access, person, role).await?;
    tx.commit().await?;
    // Whoever took their own last role back may not see the program any more.
    let gone = person == access.viewer.person && other(role).is_some_and(|other| !access.has(other));
    Ok(page::done(&if gone { "/programs".to_owned() } else { format!("/programs/{}", access.id) }, "role_removed"))
}

/// The other role with which somebody sees the program; none if this one does not show it.
fn other(role: ProgramRole) -> Option<Role> {
    match role {
        ProgramRole::Manager => Some(Role::Sponsor),
        ProgramRole::Sponsor => Some(Role::Manager),
        ProgramRole::MentorLead => None,
    }
}

/// `POST /programs/{program}/archive`
pub async fn put_away(app: App, access: Access<ProgramId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    archive(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::done("/programs", "program_archived"))
}

/// `POST /programs/{program}/archive/removal`
pub async fn bring_back(app: App, access: Access<ProgramId>, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    unarchive(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(page::done(&format!("/programs/{}", access.id), "program_unarchived"))
}
