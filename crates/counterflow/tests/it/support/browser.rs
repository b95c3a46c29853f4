//! A browser: keeps its cookie, follows redirects, and sends forms as they were rendered.

use std::sync::Arc;

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode, header},
};
use counterflow::{
    kernel::{app::App, ids::PersonId, token},
    router,
};
use tokio::sync::Semaphore;
use tower::ServiceExt;

use super::app::TestApp;

pub struct Browser {
    router: Router,
    cookie: Option<String>,
    form_key: String,
    pub person: Option<PersonId>,
    /// What a proxy in front would say of where this browser is.
    address: Option<&'static str>,
    touching: Arc<Semaphore>,
}

#[derive(Debug)]
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
    /// Where the redirects led.
    pub path: String,
}

impl Reply {
    /// The text of the page without tags, white space folded: for asserting what is said.
    pub fn text(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for letter in self.body.chars() {
            match letter {
                '<' => inside = true,
                '>' => {
                    inside = false;
                    text.push(' ');
                }
                _ if !inside => text.push(letter),
                _ => {}
            }
        }
        let text = super::forms::unescape(&text);
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.status, StatusCode::OK, "{}: {}", self.path, self.text());
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        let text = self.text();
        assert!(text.contains(words), "{} does not say {words:?} but: {text}", self.path);
        self
    }

    #[track_caller]
    pub fn does_not_say(self, words: &str) -> Self {
        let text = self.text();
        assert!(!text.contains(words), "{} says {words:?}: {text}", self.path);
        self
    }

    /// The value of a hidden field.
    #[track_caller]
    pub fn hidden(&self, name: &str) -> String {
        let at = self.body.find(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("no field {name}"));
        let rest = &self.body[at + name.len() + 15..];
        rest[..rest.find('"').unwrap()].to_owned()
    }

    /// The first address in the page that begins so.
    #[track_caller]
    pub fn link(&self, beginning: &str) -> String {
        let at =
            self.body.find(&format!("\"{beginning}")).unwrap_or_else(|| panic!("no link {beginning} in {}", self.body));
        let rest = &self.body[at + 1..];
        rest[..rest.find('"').unwrap()].to_owned()
    }
}

impl Browser {
    pub fn new(app: &TestApp) -> Self {
        Self { router: app.router.clone(), ..Self::of(&app.app) }
    }

    /// The same browser behind a proxy that says where it is (`TestApp::behind_a_proxy` believes it).
    pub fn from(mut self, address: &'static str) -> Self {
        self.address = Some(address);
        self
    }

    /// A browser that visits an application which is no test's own.
    pub fn of(app: &App) -> Self {
        Self {
            router: router::router(app.clone()),
            cookie: None,
            form_key: app.form_key.to_string(),
            person: None,
            address: None,
            touching: app.touching.clone(),
        }
    }

    /// A browser in which somebody is signed in.
    pub async fn signed_in(app: &TestApp, person: PersonId) -> Self {
        let mut tx = app.write().await;
        let response = counterflow::accounts::start_login(&app.app, &mut tx, person, "/home").await.unwrap();
        tx.commit().await.unwrap();
        let mut browser = Self::new(app);
        browser.keep_cookie(response.headers());
        browser.person = Some(person);
        browser
    }

    /// The same browser in front of the same server with other settings.
    pub fn on(self, app: &App) -> Self {
        Self { router: counterflow::router::router(app.clone()), ..self }
    }

    pub async fn get(&mut self, path: &str) -> Reply {
        let request = self.request("GET", path).body(Body::empty()).unwrap();
        self.send(request, path).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let body = self.encoded(fields);
        self.post_body(path, "application/x-www-form-urlencoded", body).await
    }

    fn encoded(&self, fields: &[(&str, &str)]) -> Vec<u8> {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.extend_pairs(fields);
        if let Some(person) = self.person {
            form.append_pair("form_tag", &token::form_tag(&self.form_key, &person.to_string()));
        }
        form.finish().into_bytes()
    }

    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file_name: &str, content: &[u8]) -> Reply {
        let body = self.parts(fields, file_name, content);
        self.post_body(path, "multipart/form-data; boundary=X", body).await
    }

    fn parts(&self, fields: &[(&str, &str)], file_name: &str, content: &[u8]) -> Vec<u8> {
        let mut body = Vec::new();
        let tag = self.person.map(|person| token::form_tag(&self.form_key, &person.to_string())).unwrap_or_default();
        for (name, value) in fields.iter().chain([&("form_tag", tag.as_str())]) {
            body.extend(format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
        }
        let head = format!("--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{file_name}\"\r\n\r\n");
        body.extend(head.bytes().chain(content.iter().copied()).chain("\r\n--X--\r\n".bytes()));
        body
    }

    pub async fn post_body(&mut self, path: &str, kind: &str, body: Vec<u8>) -> Reply {
        let request =
            self.request("POST", path).header(header::CONTENT_TYPE, kind).header("sec-fetch-site", "same-origin");
        self.send(request.body(Body::from(body)).unwrap(), path).await
    }

    /// The cookie that the server gave it.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.clone()
    }

    /// Sends a request as it is: for what a browser would not do.
    pub async fn raw(&mut self, request: Request<Body>) -> Reply {
        let path = request.uri().path().to_owned();
        self.send_once(request, path).await
    }

    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut builder = Request::builder().method(method).uri(path).header("host", "127.0.0.1:8080");
        if let Some(address) = self.address {
            builder = builder.header("x-forwarded-for", address);
        }
        match &self.cookie {
            Some(cookie) => builder.header(header::COOKIE, cookie),
            None => builder,
        }
    }

    async fn send(&mut self, request: Request<Body>, path: &str) -> Reply {
        let mut reply = self.send_once(request, path.to_owned()).await;
        for _ in 0..5 {
            let Some(to) = reply.headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned()) else { break };
            let request = self.request("GET", &to).body(Body::empty()).unwrap();
            reply = self.send_once(request, to).await;
        }
        reply
    }

    async fn send_once(&mut self, request: Request<Body>, path: String) -> Reply {
        // What the last request left to be done off its path is done, whatever the clock says by now.
        drop(self.touching.acquire().await);
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        self.keep_cookie(&parts.headers);
        let body = to_bytes(body, usize::MAX).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned(), path }
    }

    fn keep_cookie(&mut self, headers: &HeaderMap) {
        if let Some(cookie) = headers.get(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
            self.cookie = (!pair.ends_with('=')).then_some(pair);
        }
    }
}
