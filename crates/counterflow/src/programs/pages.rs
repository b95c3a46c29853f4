//! The pages of programs: the list, and one with its rounds and people.

use askama::Template;

use super::{
    Dates, Direction, Holder, NewRound, Program, ProgramRole, Unmanaged, archive, grant_role, leaving, open_round,
    remove_role, role_store,
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
}

impl ShowPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<ProgramId>) -> Answer<Self> {
        let program = store::program(tx, access).await?;
        let rounds = store::rounds(tx, access).await?;
        let round_form = next_round(&program, &rounds, today(&page));
        Ok(Self {
            page,
            template: template::named(&program.design.key),
            rounds,
            holders: role_store::holders(tx, access).await?,
            manages: access.has(Role::Manager),
            round_form,
            role_form: Form::filled([("role", ProgramRole::Sponsor.name())]),
            program,
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
    let gone = person == access.viewer.person && !access.has(other(role));
    Ok(page::done(&if gone { "/programs".to_owned() } else { format!("/programs/{}", access.id) }, "role_removed"))
}

fn other(role: ProgramRole) -> Role {
    match role {
        ProgramRole::Manager => Role::Sponsor,
        ProgramRole::Sponsor => Role::Manager,
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
