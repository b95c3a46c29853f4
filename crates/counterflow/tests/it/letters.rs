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
    with_smtp_url(app, &format!("smtp://{}", server.address))
}

fn with_smtp_url(app: &TestApp, url: &str) -> App {
    let given = Given {
        database: Some(app.app.config.database.clone()),
        smtp_url: Some(url.parse().unwrap()),
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
        useless_after: None,
    }
}

fn about_a_meeting(key: &str, method: Method) -> Letter {
    let object = format!("BEGIN:VCALENDAR\r\nMETHOD:{}\r\nEND:VCALENDAR\r\n", method.name());
    let calendar = Calendar { uid: "meeting@halden.example".to_owned(), object, method };
    Letter { calendar: Some(calendar), ..letter(key, "ana@halden.example") }
}

async fn count(app: &TestApp, kind: &str) -> i64 {
    let (count,) =
        counterflow::fetch_one!(app.read().await, (i64,), "select count(*) from events where kind = $1", kind).unwrap();
    count
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
        write(&mailing, about_a_meeting("two", Method::Request)).await;
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
        let post = Post::new(&mailing).unwrap().unwrap();
        post.send_due(&mailing).await.unwrap();
        assert_eq!(standing(&mailing).await, (0, 0, 1));
        let mut admin = app.as_person(piet).await;
        admin.get("/admin").await.ok().says("1 letter and 0 jobs gave up");
        let list = admin.get("/admin/letters").await.ok().says("gave up").says("no such mailbox");
        let path = list.link("/admin/letters/0");
        admin.post(&format!("{path}/retry"), &[]).await.ok().says("The letter waits to be sent again");
        assert_eq!(standing(&mailing).await, (1, 0, 0));
        write(&mailing, letter("two", "nobody.else@halden.example")).await;
        post.send_due(&mailing).await.unwrap();
        assert_eq!(standing(&mailing).await, (0, 0, 2));
        admin.post("/admin/letters/retry", &[]).await.ok().says("The letters wait to be sent again");
        assert_eq!(standing(&mailing).await, (2, 0, 0));
        assert_eq!(admin.post("/admin/letters/retry", &[]).await.status, 409, "nothing gave up any more");
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
        let path = list.link("/admin/letters/0");
        admin.get(&path).await.ok().does_not_say("this is a letter.").says("Kept: no mail server is set");
        assert_eq!(count(app, "letter.read").await, 0);
        admin.post(&format!("{path}/opening"), &[]).await.ok().says("this is a letter.");
        assert_eq!(count(app, "letter.read").await, 1, "who reads somebody else's mail is noted");
    }
}

on_both! {
    async fn a_server_that_does_not_answer_costs_no_letter_a_try(app: TestApp) {
        let piet = app.set_up().await;
        // Each round is two connections: the letter's, and the question whether it is the letter.
        let server = MailServer::start(Manners::TurnsAway(40)).await;
        let mailing = with_mail(app, &server);
        for key in ["one", "two", "three"] {
            write(&mailing, letter(key, "ana@halden.example")).await;
        }
        let post = Post::new(&mailing).unwrap().unwrap();
        for _ in 0..20 {
            assert_eq!(post.send_due(&mailing).await.unwrap(), 0);
            assert_eq!(post.send_due(&mailing).await.unwrap(), 0, "and it is left alone for a while");
            app.pass(SignedDuration::from_mins(10));
        }
        let tried: (i64,) = counterflow::fetch_one!(app.read().await, (i64,), "select max(attempts) from letters").unwrap();
        assert_eq!((tried.0, standing(&mailing).await), (0, (3, 0, 0)));
        assert_eq!((count(app, "mail.outage_began").await, count(app, "mail.outage_ended").await), (1, 0));
        let mut admin = app.as_person(piet).await.on(&mailing);
        admin.get("/admin/letters").await.ok().says("The mail server does not answer since").says("come back later");
        assert_eq!(post.send_due(&mailing).await.unwrap(), 3);
        admin.get("/admin/letters").await.ok().does_not_say("does not answer");
        assert_eq!(count(app, "mail.outage_ended").await, 1);
    }
}

on_both! {
    async fn a_server_that_is_not_there_costs_no_letter_a_try(app: TestApp) {
        let mailing = with_mail(app, &MailServer::nowhere().await);
        write(&mailing, letter("one", "ana@halden.example")).await;
        let post = Post::new(&mailing).unwrap().unwrap();
        for _ in 0..20 {
            post.send_due(&mailing).await.unwrap();
            app.pass(SignedDuration::from_hours(9));
        }
        assert_eq!(standing(&mailing).await, (1, 0, 0));
    }
}

on_both! {
    async fn nothing_is_sent_in_the_clear_where_starttls_is_asked_for(app: TestApp) {
        let server = MailServer::start(Manners::Good).await;
        // As for every server that is not on this machine (mail/send.rs, transport).
        let mailing = with_smtp_url(app, &format!("smtp://{}?tls=required", server.address));
        write(&mailing, letter("one", "ana@halden.example")).await;
        Post::new(&mailing).unwrap().unwrap().send_due(&mailing).await.unwrap();
        assert_eq!((server.received().len(), standing(&mailing).await), (0, (1, 0, 0)));
        let (error,): (String,) =
            counterflow::fetch_one!(app.read().await, (String,), "select last_error from mail_outage").unwrap();
        assert!(error.to_uppercase().contains("STARTTLS"), "{error}");
    }
}

on_both! {
    async fn a_cancellation_never_overtakes_the_invitation(app: TestApp) {
        let server = MailServer::start(Manners::BusyTimes(1)).await;
        let mailing = with_mail(app, &server);
        write(&mailing, about_a_meeting("request", Method::Request)).await;
        write(&mailing, about_a_meeting("cancel", Method::Cancel)).await;
        write(&mailing, letter("other", "ana@halden.example")).await;
        let post = Post::new(&mailing).unwrap().unwrap();
        assert_eq!(post.send_due(&mailing).await.unwrap(), 1, "only what has nothing to do with the meeting");
        app.pass(SignedDuration::from_mins(5));
        assert_eq!(post.send_due(&mailing).await.unwrap(), 2);
        let received = server.received();
        assert!(received[1].contains("method=REQUEST") && received[2].contains("method=CANCEL"));
    }
}

on_both! {
    async fn an_invitation_that_gave_up_holds_nothing_back(app: TestApp) {
        let refusing = with_mail(app, &MailServer::start(Manners::Refuses).await);
        write(&refusing, about_a_meeting("request", Method::Request)).await;
        Post::new(&refusing).unwrap().unwrap().send_due(&refusing).await.unwrap();
        let server = MailServer::start(Manners::Good).await;
        let mailing = with_mail(app, &server);
        write(&mailing, about_a_meeting("cancel", Method::Cancel)).await;
        assert_eq!(Post::new(&mailing).unwrap().unwrap().send_due(&mailing).await.unwrap(), 1);
        assert_eq!(standing(&mailing).await, (0, 1, 1));
    }
}

on_both! {
    async fn a_sign_in_link_that_is_over_is_not_sent(app: TestApp) {
        let piet = app.set_up().await;
        app.browser().post("/sign-in/link", &[("email", "piet.visser@halden.example")]).await.ok();
        app.work().await;
        assert_eq!(standing(&app.app).await.0, 1);
        app.pass(SignedDuration::from_mins(15));
        let server = MailServer::start(Manners::Good).await;
        let mailing = with_mail(app, &server);
        assert_eq!(Post::new(&mailing).unwrap().unwrap().send_due(&mailing).await.unwrap(), 0);
        assert_eq!((server.received().len(), standing(&mailing).await), (0, (0, 0, 0)), "and nobody has to look at it");
        let mut admin = app.as_person(piet).await;
        admin.get("/admin/letters").await.ok().says("of no use any more").does_not_say("Try all");
        assert_eq!(admin.post("/admin/letters/retry", &[]).await.status, 409);
    }
}

on_both! {
    async fn told_to_stop_it_begins_no_other_letter(app: TestApp) {
        let server = MailServer::start(Manners::Good).await;
        let mailing = with_mail(app, &server);
        write(&mailing, about_a_meeting("request", Method::Request)).await;
        let (_stop, told) = tokio::sync::watch::channel(true);
        counterflow::mail::run_until(told, mailing.clone()).await;
        assert_eq!((server.received().len(), standing(&mailing).await), (0, (1, 0, 0)));
    }
}
