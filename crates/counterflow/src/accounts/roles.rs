//! Who looks after the server, and who may start programs.

use askama::Template;

use super::store::{self, RoleHolder};
use crate::kernel::{
    app::App,
    error::{Answer, Error},
    event::Event,
    form::{Fields, Form, Problems},
    ids::PersonId,
    page::{self, Page},
    viewer::Viewer,
};

/// The roles on the organization, as they are stored.
const ROLES: [&str; 2] = ["program_starter", "admin"];

#[derive(Template)]
#[template(path = "accounts/roles.html")]
struct RolesPage {
    page: Page,
    holders: Vec<RoleHolder>,
    form: Form,
}

/// `GET /admin/roles`
pub async fn list(app: App, page: Page) -> Answer {
    let holders = store::role_holders(&mut app.db.read().await?).await?;
    page::html(&RolesPage { page, holders, form: Form::filled([("role", "program_starter")]) })
}

fn role_named(fields: &Fields) -> Option<&'static str> {
    ROLES.into_iter().find(|name| fields.is("role", name))
}

/// `POST /admin/roles`
pub async fn grant(app: App, page: Page, viewer: Viewer, fields: Fields) -> Answer {
    let mut check = fields.check();
    let email = check.email("email");
    let role = role_named(&fields);
    if role.is_none() {
        check.problem("role", "not_a_choice", Vec::new());
    }
    let mut tx = app.db.write().await?;
    let found = match check.done(|| Some((email?, role?))) {
        Ok((email, role)) => match store::account(&mut tx, &email).await? {
            Some(account) => Ok((account.id, role)),
            None => Err(Problems::one("email", "nobody")),
        },
        Err(problems) => Err(problems),
    };
    match found {
        Ok((person, role)) => {
            store::grant_role(&mut tx, person, role, Some(viewer.person)).await?;
            Event::by(&viewer, "role.granted")
                .on(person)
                .with(serde_json::json!({ "role": role }))
                .record(&mut tx)
                .await?;
            tx.commit().await?;
            Ok(page::done("/admin/roles", "role_granted"))
        }
        Err(problems) => {
            let holders = store::role_holders(&mut tx).await?;
            page::invalid(&RolesPage { page, holders, form: Form::back(fields, problems) })
        }
    }
}

/// `POST /admin/roles/removal`
pub async fn remove(app: App, viewer: Viewer, fields: Fields) -> Answer {
    let person: PersonId = fields.get("person").parse().map_err(|_| Error::NotFound)?;
    let role = role_named(&fields).ok_or(Error::NotFound)?;
    let mut tx = app.db.write().await?;
    tx.lock("directory").await?; // also held by whatever lets people leave: two admins must not go at once
    if !store::remove_role(&mut tx, person, role).await? {
        return Err(Error::conflict(if role == "admin" { "last_admin" } else { "over" }));
    }
    Event::by(&viewer, "role.removed").on(person).with(serde_json::json!({ "role": role })).record(&mut tx).await?;
    tx.commit().await?;
    Ok(page::done("/admin/roles", "role_removed"))
}
