//! The side of whoever is invited: the link, the registration, a no.

use axum::http::StatusCode;
use counterflow::{
    enrollment::{self, State},
    fetch_one,
    kernel::guard::ByServer,
    matching::inputs,
    programs::{self, Stage},
};
use jiff::SignedDuration;

use crate::{
    on_both,
    support::{app::TestApp, browser::Browser, rounds::StartedRound},
};

/// Ruth and Ana, chosen and invited. Answers their links.
pub(super) async fn invited(app: &TestApp) -> (StartedRound, String, String) {
    invited_to(app, "digital-fluency").await
}

/// The same in a program from another template.
pub(super) async fn invited_to(app: &TestApp, template: &str) -> (StartedRound, String, String) {
    let mut round = app.started_round_from(template).await;
    app.employee("Ruth Okafor", 9, "Finance").await;
    app.employee("Ana Lim", 3, "Sales").await;
    for side in ["mentee", "mentor"] {
        round.manager.post(&format!("{}/choices", round.path), &[("side", side), ("everybody", "yes")]).await.ok();
        round.manager.post(&format!("{}/invitations", round.path), &[("side", side)]).await.ok();
    }
    let (ruth, ana) = (app.link_to("ruth.okafor@halden.example").await, app.link_to("ana.lim@halden.example").await);
    (round, ruth, ana)
}

pub(super) async fn participant(app: &TestApp, round: &StartedRound, address: &str) -> enrollment::Participant {
    let id = app.participant_of(round.id, app.person_at(address).await).await;
    enrollment::participant(&mut app.read().await, &ByServer(id)).await.unwrap()
}

/// Opens a link. Answers the address of the registration.
pub(super) async fn open(app: &TestApp, browser: &mut Browser, link: &str, address: &str) -> String {
    browser.get(link).await.ok().says("Begin").says("Not this time");
    let form = browser.post(link, &[]).await.ok().says("your registration");
    browser.person = Some(app.person_at(address).await);
    form.path
}

/// Everything that the registration of a mentor needs.
pub(super) const ANA: [(&str, &str); 10] = [
    ("topic-ai-at-work", "4"),
    ("topic-data", "2"),
    ("about", "I build dashboards\r\nand like to show how."),
    ("languages", "english, German"),
    ("energy", "introvert"),
    ("times", "mon-08"),
    ("times", "wed-13"),
    ("zone", "Africa/Lagos"),
    ("capacity", "2"),
    ("commitment", "yes"),
];

/// The same fields with some of them replaced, or added.
pub(super) fn with<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = ANA.iter().copied().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes.iter().copied()).collect()
}

on_both! {
    async fn a_mentor_registers(app: TestApp) {
        let (round, _, link) = invited(app).await;
        let mut browser = app.browser();
        let path = open(app, &mut browser, &link, "ana.lim@halden.example").await;
        browser.get(&path).await.ok().says("1 of 4").says("Sales").says("What you can show").says("Only the program managers: Ines Duarte")
            .says("keep the times we agree on").says("Save for later");

        let back = browser.post(&path, &[("about", " "), ("times", "sun-03"), ("zone", "Mars"), ("never_with", "nobody at all\nana lim\n"),
            ("topic-ai-at-work", "9"), ("capacity", "7"), ("energy", "tired"), ("own_boundaries", &"x".repeat(61))]).await;
        assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
        let back = back.says("Choose at least one topic").says("Please fill this in").says("Tick at least one time").says("This time zone is not known")
            .says("is called “nobody at all”").says("“ana lim” is you").says("between 1 and 3").says("Tick this box").says("at most 60").says("Choose one of the answers");
        assert!(back.body.contains("nobody at all\nana lim"), "what was typed is kept");
        assert!(app.times("participant.registered").await == 0);

        let done = browser.post(&path, &with(&[("out", "pay"), ("own_boundaries", "Mergers; my team"), ("never_with", "Ruth")])).await.ok();
        let done = done.says("Your registration has arrived").says("Thank you, Ana").says("on the waiting list of Digital fluency · Round 1: number 1 of 1").says("AI at work (I know it well)")
            .says("English, German").says("Monday 08–10").says("Lagos time").says("Pay and promotion").says("Mergers").says("Ruth Okafor")
            .says("You said that you need quiet").says("From 16 February");
        assert_eq!(done.path.split('?').next().unwrap(), path);

        let ana = participant(app, &round, "ana.lim@halden.example").await;
        assert_eq!((ana.state, ana.capacity), (State::Waiting, 2), "no leader needs a mentor yet");
        let answers = ana.answers();
        assert_eq!(answers.offers.get("ai-at-work"), Some(&4));
        assert_eq!(answers.about, "I build dashboards\nand like to show how.");
        assert_eq!(answers.never_with, [app.person_at("ruth.okafor@halden.example").await]);
        assert_eq!(answers.out_of_bounds.len(), 3);
        let slots = enrollment::weekly_slots_utc(&answers, &jiff::tz::TimeZone::UTC, "2026-02-16".parse().unwrap());
        assert_eq!(slots.into_iter().collect::<Vec<_>>(), ["mon-07", "mon-08", "wed-12", "wed-13"]);
        browser.get("/me").await.ok().body.contains("Africa/Lagos").then_some(()).expect("their settings follow");
        assert_eq!((app.times("participant.registered").await, app.times("participant.waiting").await), (1, 1));

        // A double click and the back button change the same registration.
        browser.post(&path, &with(&[("capacity", "1")])).await.ok();
        assert_eq!(participant(app, &round, "ana.lim@halden.example").await.capacity, 1);
        assert_eq!((app.times("participant.registered").await, app.times("registration.changed").await), (1, 1));
        // The link still works, as often as needed, for whoever is signed in.
        browser.get(&link).await.ok().says("You have registered");
        browser.post(&link, &[]).await.ok().says("Thank you, Ana");
    }
}

on_both! {
    async fn private_answers_are_given_freely_and_shown_to_nobody_else(app: TestApp) {
        let (mut round, _, link) = invited_to(app, "inclusion").await;
        round.manager.post(&format!("{}/admission-policy", round.path), &[("policy", "everybody")]).await.ok();
        let mut browser = app.browser();
        let path = open(app, &mut browser, &link, "ana.lim@halden.example").await;
        browser.get(&path).await.ok().says("Which of these has shaped how you see work?").says("Read by nobody").says("Rather not say")
            .says("5: I have helped others with it");

        // Nobody has to answer.
        browser.post(&path, &with(&[("topic-meetings", "3")])).await.ok().says("Thank you, Ana").says("Who gets heard in meetings (I have lived it)")
            .does_not_say("Where did you grow up");
        assert!(participant(app, &round, "ana.lim@halden.example").await.answers().private.is_empty());

        let answers = [("topic-meetings", "3"), ("private-perspective", "My age"), ("private-perspective", "My faith"),
            ("private-perspective", "Something else"), ("private-grew-up", "In another country"), ("private-grew-up", "In more than one country")];
        browser.post(&path, &with(&answers)).await.says("without your consent it is not kept");
        let consent = [("consent-perspective", "matching"), ("consent-grew-up", "matching"), ("consent-grew-up", "reporting")];
        browser.post(&path, &with(&[&answers[..], &consent[..]].concat())).await.ok().says("My faith, My age").says("Read by nobody but you");
        let ana = participant(app, &round, "ana.lim@halden.example").await;
        let private = ana.answers().private;
        assert_eq!(private["perspective"].answers.len(), 2, "{private:?}");
        assert_eq!(private["grew-up"].answers.iter().collect::<Vec<_>>(), ["In another country"], "one answer is asked for");
        let form = browser.get(&format!("{path}/form")).await.ok();
        assert!(form.body.contains("value=\"My age\" checked") && !form.body.contains("value=\"My gender\" checked"));

        let answers = round.manager.get(&format!("/participants/{}", ana.id)).await.ok().says("What they answered");
        answers.does_not_say("My faith").does_not_say("In another country");
        assert_eq!(private["grew-up"].purposes.len(), 1, "what is not asked for is not agreed to");

        // Matching has begun; she takes it back all the same, and it is in no later run.
        let values = async || {
            let found = inputs::gather(&mut app.read().await, &ByServer(round.id)).await.unwrap();
            found.mentors[0].values.keys().filter(|field| field.starts_with("private:")).cloned().collect::<Vec<_>>()
        };
        assert_eq!(values().await, ["private:grew-up", "private:perspective"]);
        browser.post(&format!("{path}/draft"), &[("private-grew-up", "In another country"), ("consent-grew-up", "matching"), ("about", "x"), ("by_itself", "yes")]).await;
        begin(app, &round, Stage::Match).await;
        let back = format!("{path}/consent-withdrawal");
        for _ in 0..2 {
            browser.post(&back, &[("question", "grew-up"), ("purpose", "matching")]).await.ok().says("Taken back").says("My faith").does_not_say("In another country");
        }
        assert_eq!((values().await, app.times("consent.withdrawn").await), (vec!["private:perspective".to_owned()], 1));
        assert_eq!(browser.post(&back, &[("question", "grew-up"), ("purpose", "sale")]).await.status, StatusCode::NOT_FOUND);
        let (left,) = fetch_one!(&mut app.read().await, (String,), "select answers || coalesce(draft, '') from registrations where participant_id = $1", ana.id).unwrap();
        assert!(!left.contains("In another country") && left.contains("My faith"), "{left}");
    }
}

on_both! {
    async fn a_leader_registers(app: TestApp) {
        let (mut round, link, _) = invited(app).await;
        let mut browser = app.browser();
        let path = open(app, &mut browser, &link, "ruth.okafor@halden.example").await;
        let form = browser.get(&path).await.ok().says("What you want to learn").says("As a leader").says("Most of all").does_not_say("do you have room");
        assert!(form.body.contains("value=\"Europe/Berlin\""), "the zone is known already");
        let fields = with(&[("topic-ai-at-work", "3"), ("topic-data", "1"), ("capacity", "3")]);
        browser.post(&path, &fields).await.ok().says("AI at work (Most of all)").says("asked in private");
        let ruth = participant(app, &round, "ruth.okafor@halden.example").await;
        assert_eq!((ruth.state, ruth.capacity), (State::Admitted, 1), "a leader has one mentor");
        assert_eq!(ruth.answers().wants.get("ai-at-work"), Some(&3));
        round.manager.get(&format!("{}/enroll", round.path)).await.ok()
            .says("Needed for 1 leader: 1 place with a mentor. Offered by 0 mentors: 0 places. Missing: 1 place.");
    }
}

on_both! {
    async fn what_is_typed_is_kept(app: TestApp) {
        let (round, _, link) = invited(app).await;
        let mut browser = app.browser();
        let path = open(app, &mut browser, &link, "ana.lim@halden.example").await;
        let draft = format!("{path}/draft");
        let by_itself = browser.post(&draft, &[("about", "Half a sen"), ("zone", "nonsense yet"), ("topic-data", "2"), ("by_itself", "yes")]).await;
        assert_eq!((by_itself.status, by_itself.body.as_str()), (StatusCode::NO_CONTENT, ""));
        let form = browser.get(&path).await.ok().says("Half a sen").says("Saved Monday 12 January");
        assert!(form.body.contains("value=\"nonsense yet\"") && !form.body.contains("by_itself\" value"));
        let ana = participant(app, &round, "ana.lim@halden.example").await;
        assert_eq!((ana.state, ana.answers.is_none()), (State::Invited, true), "a draft is no answer");
        browser.post(&draft, &[("about", "Half a sentence")]).await.ok().says("Nobody reads it until you send it").says("Half a sentence");

        // The login ends while she types: the page keeps the text, and so does what comes by itself.
        app.pass(SignedDuration::from_mins(31));
        let out = browser.post(&draft, &[("about", "A whole sentence."), ("by_itself", "yes")]).await;
        assert_eq!(out.status, StatusCode::UNAUTHORIZED);
        let kept = browser.post(&path, &with(&[("about", "A whole sentence.")])).await;
        assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
        assert_eq!(kept.says("signed out while writing").hidden("about"), "A whole sentence.");
        browser.post(&link, &[]).await.ok().says("Half a sentence");
        browser.post(&path, &ANA).await.ok().says("Thank you, Ana");

        // Changes that are not sent do not count, and are not lost.
        browser.post(&draft, &[("about", "Something else"), ("by_itself", "yes")]).await;
        browser.get(&path).await.ok().says("You have changes that are not sent").says("I build dashboards");
        browser.get(&format!("{path}/form")).await.ok().says("Something else").says("Send my changes");
        let many = "x".repeat(2001);
        browser.post(&path, &with(&[("about", &many)])).await.says("Write at most 2000 characters");
        assert_eq!(participant(app, &round, "ana.lim@halden.example").await.answers().about, "I build dashboards\nand like to show how.");
    }
}

on_both! {
    async fn only_managers_read_with_whom_somebody_should_not_be_paired(app: TestApp) {
        let (mut round, ruth_link, link) = invited(app).await;
        app.employee("Bernard Stone", 8, "Operations").await;
        let mut browser = app.browser();
        let path = open(app, &mut browser, &link, "ana.lim@halden.example").await;
        browser.post(&path, &with(&[("never_with", "bernard.stone@halden.example"), ("own_boundaries", "My notice period"), ("about", "Call me at night")])).await.ok();
        let ana = participant(app, &round, "ana.lim@halden.example").await.id;
        round.manager.get(&format!("/participants/{ana}")).await.ok().says("Bernard Stone").says("Only program managers read this line")
            .does_not_say("My notice period").does_not_say("Call me at night");
        let mut ruth = app.browser();
        open(app, &mut ruth, &ruth_link, "ruth.okafor@halden.example").await;
        for path in [format!("/participants/{ana}"), path.clone(), format!("{path}/form")] {
            assert_eq!(ruth.get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(browser.get(&format!("/participants/{ana}")).await.status, StatusCode::NOT_FOUND, "not even one's own");
        let piet = app.person_at("piet.visser@halden.example").await;
        assert_eq!(app.as_person(piet).await.get(&format!("/participants/{ana}")).await.status, StatusCode::NOT_FOUND, "nor the admin");
    }
}

on_both! {
    async fn a_name_has_to_mean_one_person(app: TestApp) {
        let (_, _, link) = invited(app).await;
        app.employee("Ana Limburg", 5, "Legal").await;
        app.employee("Ines Duarte Costa", 5, "Legal").await;
        let mut browser = app.browser();
        let path = open(app, &mut browser, &link, "ana.lim@halden.example").await;
        browser.post(&path, &with(&[("never_with", "duarte")])).await.says("Several people can be meant by “duarte”");
        browser.post(&path, &with(&[("never_with", "Ines Duarte\nana.limburg@halden.example")])).await.ok().says("Ana Limburg").does_not_say("Costa");
    }
}

on_both! {
    async fn no_is_an_answer_and_can_be_thought_over(app: TestApp) {
        let (mut round, link, _) = invited(app).await;
        let decline = format!("{link}/decline");
        for _ in 0..2 {
            app.browser().post(&decline, &[]).await.ok().says("thank you for telling us");
        }
        assert_eq!(app.times("participant.declined").await, 1);
        let ruth = participant(app, &round, "ruth.okafor@halden.example").await;
        assert_eq!(ruth.state, State::Declined);
        round.manager.get(&format!("{}/enroll?state=declined", round.path)).await.ok().says("Ask again");
        app.pass(SignedDuration::from_hours(8 * 24));
        app.work().await;
        assert_eq!(app.letters("ruth.okafor@halden.example").await.len(), 1, "who said no is left alone");
        round.manager = app.as_person(round.ines).await;
        round.manager.post(&format!("/participants/{}/invitation", ruth.id), &[]).await.ok();
        assert_eq!(app.letters("ruth.okafor@halden.example").await.len(), 2);
        app.browser().post(&decline, &[]).await.ok();

        // She thinks again by herself, with the first letter.
        let mut browser = app.browser();
        browser.get(&link).await.ok().says("I would like to take part after all");
        let path = browser.post(&link, &[]).await.ok().says("your registration").path;
        browser.person = Some(ruth.person_id);
        browser.post(&path, &with(&[("topic-data", "1")])).await.ok().says("Thank you, Ruth");
        // And once more no, from the inside.
        browser.post(&format!("{path}/decline"), &[]).await.ok().says("Thank you for telling us");
        assert_eq!(participant(app, &round, "ruth.okafor@halden.example").await.state, State::Declined);
        let standing = enrollment::standing(&mut app.read().await, &ByServer(round.id)).await.unwrap();
        assert_eq!((standing.mentees.admitted, standing.mentees.places, standing.mentees.declined), (0, 0, 1));
    }
}

on_both! {
    async fn a_link_belongs_to_one_person(app: TestApp) {
        let (_, ruth, ana) = invited(app).await;
        let mut browser = app.browser();
        open(app, &mut browser, &ana, "ana.lim@halden.example").await;
        for reply in [browser.get(&ruth).await, browser.post(&ruth, &[]).await, browser.post(&format!("{ruth}/decline"), &[]).await] {
            assert_eq!(reply.status, StatusCode::CONFLICT);
            reply.says("somebody else’s").says("signed in as Ana Lim").does_not_say("Ruth").does_not_say("r•••••");
        }
        assert_eq!(app.times("participant.declined").await, 0);
        // The browser is shared: Ana leaves it, and the link leads on.
        let page = browser.post("/sign-out", &[("to", &ruth)]).await.ok().says("Hello, Ruth Okafor");
        assert_eq!(page.path, ruth);
        browser.post("/sign-out", &[("to", "//evil.example")]).await;

        let unknown = app.browser().get("/invitations/0000").await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        unknown.says("We do not know this link").says("Sign in");
        for path in ["/invitations/0000", "/invitations/0000/decline", "/invitations/0000/renewal"] {
            assert_eq!(app.browser().post(path, &[]).await.status, StatusCode::NOT_FOUND, "{path}");
        }
    }
}

on_both! {
    async fn an_expired_link_sends_another_to_the_same_mailbox(app: TestApp) {
        let (_, link, _) = invited(app).await;
        app.at("2026-02-13T22:59:00Z"); // two weeks after the last day, before midnight in Berlin
        app.browser().get(&link).await.ok().says("Begin");
        let working = app.browser().post(&format!("{link}/renewal"), &[]).await;
        assert_eq!((working.status, app.letters("ruth.okafor@halden.example").await.len()), (StatusCode::OK, 1));
        app.pass(SignedDuration::from_mins(1));
        let mut browser = app.browser();
        let expired = browser.get(&link).await;
        assert_eq!(expired.status, StatusCode::GONE);
        expired.says("This link has expired").says("Send a new link to r•••••@halden.example");
        assert_eq!(browser.post(&link, &[]).await.status, StatusCode::GONE);
        for _ in 0..2 {
            browser.post(&format!("{link}/renewal"), &[]).await.ok().says("r•••••@halden.example");
        }
        assert_eq!(app.letters("ruth.okafor@halden.example").await.len(), 2, "once");
        let new = app.link_to("ruth.okafor@halden.example").await;
        assert_ne!(new, link);
        open(app, &mut browser, &new, "ruth.okafor@halden.example").await;
    }
}

async fn begin(app: &TestApp, round: &StartedRound, stage: Stage) {
    let mut tx = app.write().await;
    programs::begin_stage(&mut tx, &ByServer(round.id), stage).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn answers_stand_once_matching_begins(app: TestApp) {
        let (mut round, ruth_link, link) = invited(app).await;
        let mut browser = app.browser();
        let path = open(app, &mut browser, &link, "ana.lim@halden.example").await;
        browser.post(&path, &ANA).await.ok();
        begin(app, &round, Stage::Match).await;
        browser.get(&path).await.ok().says("Thank you").says("can no longer be changed").does_not_say("Change my answers");
        browser.get(&format!("{path}/form")).await.ok().says("Thank you");
        for (path, fields) in [(path.clone(), &ANA[..]), (format!("{path}/draft"), &ANA[..]), (format!("{path}/decline"), &[])] {
            let late = browser.post(&path, fields).await;
            assert_eq!(late.status, StatusCode::CONFLICT, "{path}");
            late.says("Matching has begun");
        }
        app.browser().get(&link).await.says("Registration is over");
        // Who was invited and has not answered can still do so, while the draft is being made.
        let mut ruth = app.browser();
        let late = open(app, &mut ruth, &ruth_link, "ruth.okafor@halden.example").await;
        ruth.post(&late, &with(&[("topic-data", "1")])).await.ok().says("Thank you, Ruth");

        begin(app, &round, Stage::Launch).await;
        round.manager.get(&format!("{}/enroll", round.path)).await.ok().does_not_say("Take out");
        let ana = participant(app, &round, "ana.lim@halden.example").await.id;
        round.manager.post(&format!("/participants/{ana}/withdrawal"), &[]).await.says("Pairs are being proposed already");
        round.manager.post(&format!("{}/choices", round.path), &[("side", "mentor"), ("everybody", "yes")]).await.says("Pairs are being proposed already");
    }
}

on_both! {
    async fn managers_admit_by_hand_and_let_others_wait(app: TestApp) {
        let (mut round, ruth_link, link) = invited(app).await;
        round.manager.post(&format!("{}/admission-policy", round.path), &[("policy", "by_hand")]).await.ok().says("Saved");
        let mut browser = app.browser();
        let path = open(app, &mut browser, &link, "ana.lim@halden.example").await;
        browser.post(&path, &ANA).await.ok().says("The program managers now look at all registrations");
        let mut ruth = app.browser();
        let ruths = open(app, &mut ruth, &ruth_link, "ruth.okafor@halden.example").await;
        ruth.post(&ruths, &with(&[("topic-data", "1")])).await.ok();
        round.manager.get(&format!("{}/enroll", round.path)).await.ok().says("Next: admit 1 leader");

        let ana = participant(app, &round, "ana.lim@halden.example").await.id;
        let act = |name: &str| format!("/participants/{ana}/{name}");
        round.manager.post(&act("waiting"), &[]).await.ok().says("first in line");
        browser.get(&path).await.ok().says("You are on the waiting list").says("you come first in the next round");
        round.manager.post(&act("admission"), &[]).await.ok().says("Admitted as a mentor");
        assert_eq!(round.manager.post(&act("admission"), &[]).await.status, StatusCode::CONFLICT);
        round.manager.post(&act("waiting"), &[]).await.ok();
        round.manager.post(&format!("{}/admissions", round.path), &[("side", "mentee")]).await.ok()
            .says("Missing: 1 place").says("Next: choose mentors");
        round.manager.post(&act("admission"), &[]).await.ok();
        round.manager.get(&format!("{}/enroll", round.path)).await.ok().says("That is enough").says("Next: match").says("Go to matching");
        assert_eq!(app.times("admission.changed").await, 1);
    }
}

on_both! {
    async fn what_waits_for_somebody_is_found(app: TestApp) {
        let (_, _, link) = invited(app).await;
        let viewer = app.viewer("ana.lim@halden.example").await;
        let open_now = enrollment::open_for(&mut app.read().await, &viewer).await.unwrap();
        assert_eq!(open_now.len(), 1);
        assert_eq!((open_now[0].program.as_str(), open_now[0].begun), ("Digital fluency", false));
        let mut browser = app.browser();
        let path = open(app, &mut browser, &link, "ana.lim@halden.example").await;
        browser.post(&format!("{path}/draft"), &[("about", "x")]).await.ok();
        assert!(enrollment::open_for(&mut app.read().await, &viewer).await.unwrap()[0].begun);
        browser.post(&path, &ANA).await.ok();
        assert!(enrollment::open_for(&mut app.read().await, &viewer).await.unwrap().is_empty());
    }
}

on_both! {
    async fn a_forwarded_letter_opens_no_more_than_a_registration(app: TestApp) {
        let (round, ruth, ana) = invited(app).await;
        let mut browser = app.browser();
        let registration = open(app, &mut browser, &ana, "ana.lim@halden.example").await;
        browser.get("/me").await.ok().says("You came by an invitation").does_not_say("New password");
        let password = [("password", "a long new password"), ("password_again", "a long new password")];
        assert_eq!(browser.post("/me/password", &password).await.status, StatusCode::CONFLICT);
        browser.post(&registration, &ANA).await.ok().says("Your registration has arrived");

        // Registered: the letter alone leads to the sign-in page, and back to the registration after it.
        let mut another = app.browser();
        another.get(&ana).await.ok().says("Hello, Ana Lim").says("Sign in first").says("Sign in").does_not_say("Open my registration");
        another.post(&ana, &[]).await.ok().says("Sign in first");
        another.get("/home").await.ok().says("Work e-mail");
        browser.get(&ana).await.ok().says("Open my registration");
        app.as_person(app.person_at("ana.lim@halden.example").await).await.get("/me").await.ok().says("New password");

        // Whoever looks after a program signs in, however new the invitation is.
        let person = app.person_at("ruth.okafor@halden.example").await;
        let mut tx = app.write().await;
        counterflow::accounts::grant_role(&mut tx, person, "admin", Some(round.ines)).await.unwrap();
        tx.commit().await.unwrap();
        let mut forwarded = app.browser();
        forwarded.post(&ruth, &[]).await.ok().says("Sign in first").does_not_say("Begin");
        forwarded.get("/admin").await.ok().says("Work e-mail");
    }
}
