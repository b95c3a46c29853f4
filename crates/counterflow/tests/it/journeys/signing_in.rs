use axum::http::StatusCode;
use counterflow::{accounts, execute, kernel::config::Smtp};
use jiff::SignedDuration;

use crate::on_both;

on_both! {
    async fn the_first_visitor_becomes_admin(app: TestApp) {
        let mut browser = app.browser();
        browser.get("/").await.ok().says("Set up your organization");
        let bad = browser.post("/setup", &[("organization", ""), ("zone", "Mars"), ("name", "Piet"), ("email", "x"), ("password", "short")]).await;
        assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
        bad.says("Please fill this in").says("This time zone is not known").says("Use at least 12 characters")
            .says("Everything you typed is kept, except passwords").says("Time zone : This time zone").says("E-mail :");
        let fields = [("organization", "Halden Group"), ("zone", "Europe/Berlin"), ("name", "Piet Visser"),
            ("email", "Piet@halden.example"), ("password", "four plain words here"), ("password_again", "four plain words here")];
        browser.post("/setup", &fields).await.ok().says("Home").says("Piet Visser");
        assert_eq!(app.browser().post("/setup", &fields).await.status, StatusCode::NOT_FOUND, "only once");
        browser.get("/setup").await.ok().says("Piet Visser"); // home, for whoever goes back

        let mut again = app.browser();
        let wrong = again.post("/sign-in/password", &[("account", "piet@halden.example"), ("password", "four plain words there")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        again.post("/sign-in/password", &[("account", "piet@halden.example"), ("password", "four plain words here"), ("to", "/admin")])
            .await.ok().says("Server");
    }
}

on_both! {
    async fn a_link_signs_in_once_and_for_a_quarter_of_an_hour(app: TestApp) {
        app.set_up().await;
        app.person("Ana Lim").await;
        let mut browser = app.browser();
        browser.get("/me").await.ok().says("Sign in");
        browser.post("/sign-in/link", &[("email", "Ana.Lim@halden.example"), ("to", "/me")]).await.ok().says("Look into your mail");
        app.work().await;
        let link = app.link_to("ana.lim@halden.example").await;
        browser.get(&link).await.ok().says("Welcome, Ana Lim");
        browser.post(&link, &[]).await.ok().says("My settings");
        let used = app.browser().post(&link, &[]).await;
        assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
        used.says("was used already");

        app.browser().post("/sign-in/link", &[("email", "ana.lim@halden.example")]).await.ok();
        app.work().await;
        let late = app.link_to("ana.lim@halden.example").await;
        app.pass(SignedDuration::from_mins(16));
        app.browser().post(&late, &[]).await.says("has expired");
        app.work().await; // what is due every few minutes
        app.browser().post("/sign-in/link", &[("email", "nobody@halden.example")]).await.ok().says("Look into your mail");
        assert_eq!(app.work().await, 1, "whether somebody is known or not, the request does the same");
        assert!(app.letters("nobody@halden.example").await.is_empty());
    }
}

on_both! {
    async fn whoever_asks_for_links_again_and_again_gets_three(app: TestApp) {
        app.set_up().await;
        for _ in 0..6 {
            app.browser().post("/sign-in/link", &[("email", "piet.visser@halden.example")]).await.ok().says("Look into your mail");
            app.work().await;
        }
        assert_eq!(app.letters("piet.visser@halden.example").await.len(), 3);
        app.pass(SignedDuration::from_mins(16));
        app.browser().post("/sign-in/link", &[("email", "piet.visser@halden.example")]).await.ok();
        app.work().await;
        assert_eq!(app.letters("piet.visser@halden.example").await.len(), 4, "those that expired are not counted");
    }
}

on_both! {
    async fn a_login_ends_when_it_is_left_alone(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        app.pass(SignedDuration::from_mins(20));
        browser.get("/me").await.ok().says("My settings");
        app.pass(SignedDuration::from_mins(29));
        browser.get("/me").await.ok().says("My settings");
        app.pass(SignedDuration::from_mins(31));
        let kept = browser.post("/me", &[("zone", "Asia/Singapore"), ("theme", "dark")]).await;
        assert_eq!(kept.status, StatusCode::UNAUTHORIZED);
        assert_eq!(kept.says("signed out while writing").hidden("zone"), "Asia/Singapore");
        let kept = browser.post("/me/password", &[("password", "four plain words here"), ("password_again", "four plain words here")]).await;
        assert!(!kept.body.contains("four plain words"), "a password stands in no page");
        browser.get("/me").await.ok().says("Sign in");
    }
}

on_both! {
    async fn another_site_changes_nothing(app: TestApp) {
        let piet = app.set_up().await;
        let mut browser = app.as_person(piet).await;
        for (header, value) in [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example"), ("x-none", "")] {
            let request = browser.request("POST", "/me").header(header, value).body("zone=UTC".into()).unwrap();
            assert_eq!(browser.raw(request).await.status, StatusCode::FORBIDDEN, "{header}: {value}");
        }
        let request = browser.request("POST", "/me").header("origin", "http://127.0.0.1:8080").body("zone=UTC".into()).unwrap();
        browser.raw(request).await.says("This form was made for somebody else");
    }
}

on_both! {
    async fn the_last_admin_stays(app: TestApp) {
        let piet = app.set_up().await;
        let ines = app.person("Ines Duarte").await;
        let mut browser = app.as_person(piet).await;
        let id = piet.to_string();
        browser.post("/admin/roles/removal", &[("person", &id), ("role", "admin")]).await.says("This is the last admin");
        browser.post("/admin/roles", &[("email", "ines.duarte@halden.example"), ("role", "admin")]).await.ok().says("The role is given");
        browser.post("/admin/roles/removal", &[("person", &id), ("role", "admin")]).await;
        let mut ines = app.as_person(ines).await;
        ines.get("/admin/roles").await.ok().says("Ines Duarte").does_not_say("Piet Visser");
        assert_eq!(browser.get("/admin").await.status, StatusCode::NOT_FOUND);
    }
}

on_both! {
    async fn an_admin_who_has_left_is_not_another_admin(app: TestApp) {
        let piet = app.set_up().await;
        let ines = app.person("Ines Duarte").await;
        let mut tx = app.write().await;
        accounts::grant_role(&mut tx, ines, "admin", None).await.unwrap();
        execute!(tx, "update people set status = 'left' where id = $1", ines).unwrap();
        tx.commit().await.unwrap();
        let id = piet.to_string();
        let mut browser = app.as_person(piet).await;
        browser.post("/admin/roles/removal", &[("person", &id), ("role", "admin")]).await.says("This is the last admin");
        browser.get("/admin").await.ok();
    }
}

on_both! {
    async fn the_way_in_that_works_comes_first(app: TestApp) {
        app.set_up().await;
        let first = |body: &str| body.find("/sign-in/password").unwrap() < body.find("/sign-in/link").unwrap();
        let without = app.browser().get("/sign-in").await.ok().says("This server sends no e-mail yet");
        assert!(first(&without.body), "the password, where no letter leaves the server");
        let refused = app.browser().post("/sign-in/password", &[("account", "piet.visser@halden.example"), ("password", "wrong")]).await;
        assert!(!refused.says("do not belong together").text().contains("above"));
        let sending = app.with(|config| {
            config.smtp = Some(Smtp { url: "smtps://mail.halden.example".parse().unwrap(), from: "Halden <hr@halden.example>".to_owned() });
        });
        let with = sending.browser().get("/sign-in").await.ok().does_not_say("sends no e-mail");
        assert!(!first(&with.body), "the link, where it arrives");
    }
}
