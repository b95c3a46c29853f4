//! The page on which a manager says who cannot take part because of something else.

use askama::Template;

use super::exclusions::{self, Exclusions, NewGroup};
use crate::{
    kernel::{
        app::App,
        db::Tx,
        error::{Answer, Error},
        form::{Fields, Form},
        guard::Access,
        ids::{OutsideGroupId, ProgramId},
        page::{self, Page},
    },
    programs::{self, Program},
};

/// The longest list of addresses, in characters.
const LONGEST_LIST: usize = 100_000;

#[derive(Template)]
#[template(path = "enrollment/exclusions.html")]
struct ExclusionsPage {
    page: Page,
    program: Program,
    has: Exclusions,
    program_form: Form,
    group_form: Form,
}

impl ExclusionsPage {
    async fn load(tx: &mut Tx, page: Page, access: &Access<ProgramId>) -> Answer<Self> {
        Ok(Self {
            page,
            program: programs::program(tx, access).await?,
            has: exclusions::exclusions(tx, access).await?,
            program_form: Form::default(),
            group_form: Form::filled([("id", OutsideGroupId::new().to_string())]),
        })
    }

    fn choices(&self) -> Vec<(String, &str)> {
        self.has.others.iter().map(|(id, name)| (id.to_string(), name.as_str())).collect()
    }

    /// The form of a group: as it was sent back, or as it is stored.
    fn form_of(&self, id: &OutsideGroupId, name: &str, members: &str) -> Form {
        if self.is_sent_back(id) {
            return Form::back(self.group_form.fields.clone(), self.group_form.problems.clone());
        }
        Form::filled([("id", id.to_string()), ("name", name.to_owned()), ("members", members.to_owned())])
    }

    fn is_sent_back(&self, id: &OutsideGroupId) -> bool {
        self.group_form.value("id") == id.to_string()
    }

    /// Whether the form for a new group was sent back.
    fn is_new_sent_back(&self) -> bool {
        !self.group_form.problems.is_empty() && !self.has.groups.iter().any(|(group, _)| self.is_sent_back(&group.id))
    }

    /// The form for a new group.
    fn new_group(&self) -> Form {
        if self.is_new_sent_back() {
            return Form::back(self.group_form.fields.clone(), self.group_form.problems.clone());
        }
        Form::filled([("id", OutsideGroupId::new().to_string())])
    }
}

fn path(program: ProgramId) -> String {
    format!("/programs/{program}/exclusions")
}

/// `GET /programs/{program}/exclusions`
pub async fn show(app: App, page: Page, access: Access<ProgramId>) -> Answer {
    let mut tx = app.db.read().await?;
    page::html(&ExclusionsPage::load(&mut tx, page, &access).await?)
}

/// `POST /programs/{program}/exclusions`
pub async fn add(app: App, page: Page, access: Access<ProgramId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let other = check.id::<ProgramId>("other");
    let mut tx = app.db.write().await?;
    let excluded = match check.done(|| other) {
        Ok(other) => exclusions::exclude(&mut tx, &app, &access, other).await?,
        Err(problems) => Err(problems),
    };
    match excluded {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::done(&path(access.id), "excluded"))
        }
        Err(problems) => {
            let shown = ExclusionsPage::load(&mut tx, page, &access).await?;
            page::invalid(&ExclusionsPage { program_form: Form::back(fields, problems), ..shown })
        }
    }
}

/// `POST /programs/{program}/exclusions/removal`
pub async fn remove(app: App, access: Access<ProgramId>, fields: Fields) -> Answer {
    let other: ProgramId = fields.get("other").parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.write().await?;
    exclusions::include(&mut tx, &access, other).await?;
    tx.commit().await?;
    Ok(page::done(&path(access.id), "included"))
}

/// `POST /programs/{program}/left-out`: a new group, or changes to one.
pub async fn save_group(app: App, page: Page, access: Access<ProgramId>, fields: Fields) -> Answer {
    let mut check = fields.check();
    let (id, name) = (check.id("id"), check.text("name", 80));
    let members = check.text("members", LONGEST_LIST);
    let mut tx = app.db.write().await?;
    let saved = match check.done(|| Some(NewGroup { id: id?, name: name?, members: members? })) {
        Ok(new) => exclusions::leave_out(&mut tx, &access, &new).await?,
        Err(problems) => Err(problems),
    };
    match saved {
        Ok(()) => {
            tx.commit().await?;
            Ok(page::done(&path(access.id), "saved"))
        }
        Err(problems) => {
            let shown = ExclusionsPage::load(&mut tx, page, &access).await?;
            page::invalid(&ExclusionsPage { group_form: Form::back(fields, problems), ..shown })
        }
    }
}

/// `POST /programs/{program}/left-out/removal`
pub async fn remove_group(app: App, access: Access<ProgramId>, fields: Fields) -> Answer {
    let group: OutsideGroupId = fields.get("id").parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.write().await?;
    exclusions::let_in(&mut tx, &access, group).await?;
    tx.commit().await?;
    Ok(page::done(&path(access.id), "group_let_in"))
}
