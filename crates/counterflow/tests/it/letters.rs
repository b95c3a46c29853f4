//! The outbox against a mail server that behaves, and against ones that do not.

use counterflow::{
    kernel::{app::App, config::Given},
    mail::{self, Calendar, Letter, Method, Post},
};
use jiff::SignedDuration;

use crate::{
    on_both,
    support::{
        app::TestApp,
        smtp::{MailServer, Manners},
    },
};

/// The application with its mail server set to this one.
pub fn with_mail(app: &TestApp, server: &MailServer) -> App {
    let given = Given {
        database: Some(app.app.config.database.clone()),
        smtp_url: Some(format!("smtp://{}", server.address).parse().unwrap()),
        mail_from: Some("Counterflow <mentoring@halden.example>".to_owned()),
        ..Given::default()
    };
    App { config: std::sync::Arc::new(given.resolve().unwrap()), ..app.app.clone() }
}

fn letter(key: &str, address: &str) -> Letter {
    Letter {
        key: key.to_owned(),
        person: None,
        address: address.to_owned(),
        subject: "Grüße from Halden".to_owned(),
        text: "Hello Ana,\nthis is a letter.".to_owned(),
        html: "<p>Hello Ana,</p>".to_owned(),
        calendar: None,
    }
}

async fn write(app: &App, letter: Letter) -> bool {
    let mut tx = app.db.write().await.unwrap();
    let written = mail::write(&mut tx, app, letter).await.unwrap();
    tx.commit().await.unwrap();
    written
}

async fn standing(app: &App) -> (i64, i64, i64) {
    let standing = mail::standing(&mut app.db.read().await.unwrap()).await.unwrap();
    (standing.queued, standing.sent, standing.dead)
}

on_both! {
    async fn a_letter_is_sent_once_and_then_forgotten(app: TestApp) {
        let server = MailServer::start(Manners::Good).await;
        let mailing = with_mail(app, &server);
        assert!(write(&mailing, letter("one", "ana@halden.example")).await);
        assert!(!write(&mailing, letter("one", "ana@halden.example")).await, "the same key writes nothing");
        let calendar = Calendar { object: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".to_owned(), method: Method::Request };
        write(&mailing, Letter { calendar: Some(calendar), ..letter("two", "ruth@halden.example") }).await;
        let post = Post::new(&mailing).unwrap().unwrap();
        assert_eq!(post.send_due(&mailing).await.unwrap(), 2);
        assert_eq!(post.send_due(&mailing).await.unwrap(), 0);
        let received = server.received();
        assert_eq!(received.len(), 2);
        assert!(received[0].contains("To: ana@halden.example") && received[0].contains("multipart/alternative"));
        assert!(received[1].contains("text/calendar; charset=utf-8; method=REQUEST"), "{}", received[1]);
        assert_eq!(standing(&mailing).await, (0, 2, 0));
        let kept: Vec<(Option<String>,)> =
            counterflow::fetch_all!(app.read().await, (Option<String>,), "select body_text from letters").unwrap();
        assert!(kept.iter().all(|(text,)| text.is_none()), "a sent letter keeps no text");
    }
}

on_both! {
    async fn a_server_that_is_busy_gets_it_later(app: TestApp) {
        let server = MailServer::start(Manners::BusyTimes(3)).await;
        let mailing = with_mail(app, &server);
        write(&mailing, letter("one", "ana@halden.example")).await;
        let post = Post::new(&mailing).unwrap().unwrap();
        let mut taken = 0;
        for _ in 0..6 {
            taken += post.send_due(&mailing).await.unwrap();
            app.pass(SignedDuration::from_mins(5));
        }
        assert_eq!((taken, server.received().len(), standing(&mailing).await), (1, 1, (0, 1, 0)));
    }
}

on_both! {
    async fn a_server_that_refuses_for_good_is_seen_by_the_admin(app: TestApp) {
        let piet = app.set_up().await;
        let server = MailServer::start(Manners::Refuses).await;
        let mailing = with_mail(app, &server);
        write(&mailing, letter("one", "nobody@halden.example")).await;
        Post::new(&mailing).unwrap().unwrap().send_due(&mailing).await.unwrap();
        assert_eq!(standing(&mailing).await, (0, 0, 1));
        let mut admin = app.as_person(piet).await;
        admin.get("/admin").await.ok().says("1 letter and 0 jobs gave up");
        let list = admin.get("/admin/letters").await.ok().says("gave up").says("no such mailbox");
        let path = list.link("/admin/letters/");
        admin.post(&format!("{path}/retry"), &[]).await.ok().says("The letter waits to be sent again");
        assert_eq!(standing(&mailing).await, (1, 0, 0));
    }
}

on_both! {
    async fn a_connection_that_breaks_after_the_text_means_at_most_one_more(app: TestApp) {
        let server = MailServer::start(Manners::HangsUpAfterData(1)).await;
        let mailing = with_mail(app, &server);
        write(&mailing, letter("one", "ana@halden.example")).await;
        let post = Post::new(&mailing).unwrap().unwrap();
        for _ in 0..3 {
            post.send_due(&mailing).await.unwrap();
            app.pass(SignedDuration::from_mins(5));
        }
        let received = server.received();
        assert_eq!(received.len(), 2, "once unacknowledged, once acknowledged");
        let id = |text: &str| text.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned();
        assert_eq!(id(&received[0]), id(&received[1]), "the same Message-ID, so that mail systems can drop one");
        assert_eq!(standing(&mailing).await, (0, 1, 0));
    }
}

on_both! {
    async fn without_a_mail_server_the_admin_can_read_letters(app: TestApp) {
        let piet = app.set_up().await;
        write(&app.app, letter("one", "ana@halden.example")).await;
        assert!(Post::new(&app.app).unwrap().is_none());
        let mut admin = app.as_person(piet).await;
        let list = admin.get("/admin/letters?q=ANA@").await.ok().says("Grüße from Halden").says("No mail server is set");
        let path = list.link("/admin/letters/");
        admin.get(&path).await.ok().says("this is a letter.").says("Kept: no mail server is set");
    }
}
