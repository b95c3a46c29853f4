//! What a personal link leads to. The link proves that its reader has the mailbox, as a sign-in link does; it works
//! until it expires, as often as needed, for whoever still takes part.

use askama::Template;
use axum::http::StatusCode;

use super::{
    State, decline, inviting,
    link_store::{self, Link},
    nominating::{Thought, thought_of},
    registration_store, takes_answers,
    waiting::ask_next_time,
    waiting_store,
};
use crate::{
    accounts::{self, Address},
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        form::Fields,
        guard::Segment,
        limits::Caller,
        page::{self, Page},
        token,
        viewer::Visitor,
    },
    people::Status,
    programs::{self, Direction, Program, Round, Side},
};

/// What a link is good for, for this reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    /// It opens the registration.
    Works,
    /// Somebody else is signed in in this browser.
    Foreign,
    /// It opens the registration of whoever is signed in: what they answered, or may do beside, is not for everybody to
    /// whom the letter was forwarded.
    SignIn,
    /// Its time is over; a new one can be sent.
    Expired,
    /// The round takes no answers any more.
    Over,
    /// Whoever it was for has left, or was taken out.
    Withdrawn,
}

impl Use {
    fn of(link: &Link, round: &Round, visitor: &Visitor, now: Timestamp) -> Self {
        let somebody_else = visitor.0.as_ref().is_some_and(|viewer| viewer.person != link.person_id);
        if somebody_else {
            Self::Foreign
        } else if link.status == Status::Left || matches!(link.state, State::Withdrawn | State::Chosen) {
            Self::Withdrawn
        } else if !takes_answers(round.stage, link.state) {
            Self::Over
        } else if link.expires_at <= now {
            Self::Expired
        } else if visitor.0.is_none() && (link.registered_at.is_some() || link.has_roles) {
            Self::SignIn
        } else {
            Self::Works
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Works | Self::SignIn => StatusCode::OK,
            Self::Foreign => StatusCode::CONFLICT,
            Self::Expired | Self::Over | Self::Withdrawn => StatusCode::GONE,
        }
    }
}

/// A link with everything that its pages need.
struct Opened {
    link: Link,
    round: Round,
    program: Program,
    managers: Vec<String>,
    good_for: Use,
    /// They said no, and asked for the next round.
    next_time: bool,
    /// Who named them, if they were named.
    thought: Option<Thought>,
}

impl Opened {
    async fn load(tx: &mut Tx, secret: &Segment, visitor: &Visitor) -> Answer<Option<Self>> {
        let Some(link) = link_store::link(tx, &token::hash(secret.last())).await? else { return Ok(None) };
        let round = programs::round(tx, &link.round_leave()).await?;
        let program = programs::program_of(tx, &round).await?;
        let managers = registration_store::managers(tx, round.id).await?;
        let good_for = Use::of(&link, &round, visitor, tx.now());
        let next_time = waiting_store::wants_next_time(tx, link.participant_id).await?;
        let thought = thought_of(tx, link.participant_id).await?;
        Ok(Some(Self { link, round, program, managers, good_for, next_time, thought }))
    }

    /// `r•••••@halden.example`: enough to recognize one's own address, too little to learn somebody else's.
    fn masked_address(&self) -> Option<String> {
        let (mailbox, domain) = self.link.email.as_deref()?.split_once('@')?;
        Some(format!("{}•••••@{domain}", mailbox.chars().next()?))
    }
}

#[derive(Template)]
#[template(path = "enrollment/invitation.html")]
struct InvitationPage {
    page: Page,
    opened: Opened,
    secret: String,
    sent_to: Option<String>,
}

#[derive(Template)]
#[template(path = "enrollment/invitation_unknown.html")]
struct UnknownPage {
    page: Page,
}

fn with_status(status: StatusCode, template: &impl Template) -> Answer {
    let mut response = page::html(template)?;
    *response.status_mut() = status;
    Ok(response)
}

fn unknown(page: Page) -> Answer {
    with_status(StatusCode::NOT_FOUND, &UnknownPage { page })
}

fn show_opened(page: Page, opened: Opened, secret: &Segment) -> Answer {
    let sent_to = opened.masked_address();
    let status = opened.good_for.status();
    with_status(status, &InvitationPage { page, opened, secret: secret.last().to_owned(), sent_to })
}

/// `GET /invitations/{token}`: two buttons. Mail scanners follow links; they do not press buttons.
pub async fn show(app: App, page: Page, visitor: Visitor, secret: Segment) -> Answer {
    match Opened::load(&mut app.db.read().await?, &secret, &visitor).await? {
        Some(opened) => show_opened(page, opened, &secret),
        None => unknown(page),
    }
}

/// `POST /invitations/{token}`: signs in, and on to the registration.
pub async fn open(app: App, page: Page, visitor: Visitor, secret: Segment, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let Some(opened) = Opened::load(&mut tx, &secret, &visitor).await? else { return unknown(page) };
    if opened.good_for != Use::Works {
        return show_opened(page, opened, &secret);
    }
    inviting::open(&mut tx, &opened.link).await?;
    let to = format!("/registrations/{}", opened.link.participant_id);
    let response = match visitor.0 {
        Some(_) => page::see_other(&to),
        None => accounts::start_login_by_invitation(&app, &mut tx, opened.link.person_id, &to).await?,
    };
    tx.commit().await?;
    Ok(response)
}

/// `POST /invitations/{token}/decline`
pub async fn say_no(app: App, page: Page, visitor: Visitor, secret: Segment, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let Some(opened) = Opened::load(&mut tx, &secret, &visitor).await? else { return unknown(page) };
    if opened.good_for != Use::Works {
        return show_opened(page, opened, &secret);
    }
    decline(&mut tx, &opened.link.participant_leave()).await?;
    tx.commit().await?;
    Ok(page::see_other(&format!("/invitations/{}", secret.last())))
}

/// `POST /invitations/{token}/next-time`: not now, but please ask again.
pub async fn next_time(app: App, page: Page, visitor: Visitor, secret: Segment, _: Fields) -> Answer {
    let mut tx = app.db.write().await?;
    let Some(opened) = Opened::load(&mut tx, &secret, &visitor).await? else { return unknown(page) };
    if opened.good_for != Use::Works {
        return show_opened(page, opened, &secret);
    }
    ask_next_time(&mut tx, &opened.link).await?;
    tx.commit().await?;
    Ok(page::see_other(&format!("/invitations/{}", secret.last())))
}

#[derive(Template)]
#[template(path = "enrollment/invitation_renewed.html")]
struct RenewedPage {
    page: Page,
    sent_to: String,
    sends: bool,
}

/// `POST /invitations/{token}/renewal`: a new link to the address in the directory, in place of one that expired.
pub async fn renew(app: App, page: Page, visitor: Visitor, address: Address, secret: Segment, _: Fields) -> Answer {
    app.limits.visit(address.0)?;
    app.limits.guess(&token::hash(secret.last()), address.0, Caller::Stranger)?;
    let mut tx = app.db.write().await?;
    let Some(opened) = Opened::load(&mut tx, &secret, &visitor).await? else { return unknown(page) };
    let (Use::Expired, Some(sent_to)) = (opened.good_for, opened.masked_address()) else {
        return show_opened(page, opened, &secret);
    };
    let email = opened.link.email.as_deref().ok_or(Error::NotFound)?;
    inviting::renew(&mut tx, &app, &opened.link, email).await?;
    tx.commit().await?;
    page::html(&RenewedPage { page, sent_to, sends: app.config.smtp.is_some() })
}
