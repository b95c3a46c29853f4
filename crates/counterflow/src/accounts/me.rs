//! A person's own settings: time zone, light or dark, password.

use askama::Template;

use super::{hash_password, setup::new_password, store};
use crate::kernel::{
    app::App,
    db::Tx,
    error::Answer,
    event::Event,
    form::{Fields, Form},
    page::{self, Page},
    viewer::Viewer,
};

#[derive(Template)]
#[template(path = "accounts/me.html")]
struct MePage {
    page: Page,
    form: Form,
    settings: store::Settings,
    themes: [(&'static str, &'static str); 3],
}

const THEMES: [(&str, &str); 3] = [("system", "As my device says"), ("light", "Light"), ("dark", "Dark")];

/// `GET /me`
pub async fn show(app: App, page: Page, viewer: Viewer) -> Answer {
    let settings = store::settings(&mut app.db.read().await?, viewer.person).await?;
    let zone = viewer.zone.iana_name().unwrap_or("UTC").to_owned();
    let form = Form::filled([("zone", zone), ("theme", settings.theme.clone())]);
    page::html(&MePage { page, form, settings, themes: THEMES })
}

async fn back(app: &App, page: Page, viewer: &Viewer, form: Form) -> Answer {
    let settings = store::settings(&mut app.db.read().await?, viewer.person).await?;
    page::invalid(&MePage { page, form, settings, themes: THEMES })
}

/// `POST /me`
pub async fn save(app: App, page: Page, viewer: Viewer, fields: Fields) -> Answer {
    let mut check = fields.check();
    let zone = check.zone("zone");
    let theme = THEMES.iter().map(|(value, _)| *value).find(|value| fields.is("theme", value));
    if theme.is_none() {
        check.problem("theme", "not_a_choice", Vec::new());
    }
    let (zone, theme) = match check.done(|| Some((zone?, theme?))) {
        Ok(both) => both,
        Err(problems) => return back(&app, page, &viewer, Form::back(fields, problems)).await,
    };
    let mut tx = app.db.write().await?;
    store::save_settings(&mut tx, viewer.person, &zone, theme).await?;
    Event::by(&viewer, "person.settings_changed").on(viewer.person).record(&mut tx).await?;
    tx.commit().await?;
    Ok(page::done("/me", "saved"))
}

/// Takes over a zone that somebody chose elsewhere, such as while registering.
///
/// # Errors
/// When the database fails.
pub async fn move_to_zone(tx: &mut Tx, viewer: &Viewer, zone: &str) -> Answer<()> {
    store::save_settings(tx, viewer.person, zone, &viewer.theme).await?;
    Event::by(viewer, "person.settings_changed").on(viewer.person).record(tx).await?;
    Ok(())
}

/// `POST /me/password`: other browsers are signed out.
pub async fn set_password(app: App, page: Page, viewer: Viewer, fields: Fields) -> Answer {
    let mut check = fields.check();
    let password = new_password(&mut check, &fields);
    let password = match check.done(|| password) {
        Ok(password) => password,
        Err(problems) => {
            let mut form = Form::back(fields, problems);
            form.fields.push("zone", viewer.zone.iana_name().unwrap_or("UTC"));
            form.fields.push("theme", viewer.theme.clone());
            return back(&app, page, &viewer, form).await;
        }
    };
    let phc = hash_password(&app, password).await?;
    let mut tx = app.db.write().await?;
    store::set_password(&mut tx, viewer.person, &phc).await?;
    store::delete_other_logins(&mut tx, viewer.person, &viewer.login).await?;
    Event::by(&viewer, "password.set").on(viewer.person).record(&mut tx).await?;
    tx.commit().await?;
    Ok(page::done("/me", "password_set"))
}
