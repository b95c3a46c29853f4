//! "Enter as": the sign-in page of the demo has a door for each role. Elsewhere there is no such thing.

use super::people::story_email;
use crate::{
    accounts,
    kernel::{
        app::App,
        error::{Answer, Error},
        form::Fields,
    },
    people, words,
};

words! {
    /// Whose eyes one can see the demo through.
    Door {
        /// Runs the program.
        Manager = "manager",
        /// Junior, and mentors a leader.
        Mentor = "mentor",
        /// Leader, and is mentored.
        Mentee = "mentee",
        /// Keeps the leader's calendar.
        Delegate = "delegate",
        /// Backs the program.
        Sponsor = "sponsor",
        /// Runs the server.
        Admin = "admin",
    }
}

impl Door {
    fn name_behind(self) -> &'static str {
        match self {
            Self::Manager => "Inés Duarte",
            Self::Mentor => "Ana Lim",
            Self::Mentee => "Ruth Okafor",
            Self::Delegate => "Tunde Bello",
            Self::Sponsor => "Karin Vogt",
            Self::Admin => "Piet Visser",
        }
    }
}

/// `POST /demo/enter`: signs in as somebody of the story. 404 where this is not the demo.
pub async fn enter(app: App, fields: Fields) -> Answer {
    if !app.config.demo {
        return Err(Error::NotFound);
    }
    let door: Door = fields.get("as").parse().map_err(|_| Error::NotFound)?;
    let mut tx = app.db.write().await?;
    let email = story_email(door.name_behind());
    let person = people::colleague(&mut tx, &email).await?.ok_or(Error::NotFound)?;
    let response = accounts::start_login(&app, &mut tx, person, fields.get("to")).await?;
    tx.commit().await?;
    Ok(response)
}
