//! Forms in two steps: what was typed ([`Fields`]), then what we need ([`Check`]), with every problem reported at once
//! and everything that was typed kept ([`Form`], for the page).

use std::str::FromStr;

use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
    http::StatusCode,
};
use jiff::{civil, tz::TimeZone};

use super::{
    app::App,
    clock::{Day, Timestamp},
    error::Error,
    ids::Id,
    token,
    viewer::Visitor,
    words,
};

/// The largest form without a file, in bytes.
const LIMIT: usize = 1 << 20;

/// The most answers in one form: more than the longest page asks for.
pub(super) const MOST_FIELDS: usize = 2_000;

/// What was typed, in order. Repeated names are several answers. NUL bytes are dropped: nobody types them, and
/// PostgreSQL stores no text with one.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `a=1&b=2`.
    #[must_use]
    pub fn parse(body: &[u8]) -> Self {
        let mut fields = Self::default();
        for (name, value) in url::form_urlencoded::parse(body) {
            fields.push(name, value);
        }
        fields
    }

    /// From pairs: to fill a form with what is stored.
    pub fn filled<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// The first answer under a name, as typed; empty if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Every answer under a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether one of the answers under a name is this one.
    #[must_use]
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.all(name).any(|answer| answer == value)
    }

    /// Every name with its answer, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Adds an answer.
    pub fn push(&mut self, name: impl Into<String>, value: impl Into<String>) {
        let text = |typed: String| if typed.contains('\0') { typed.replace('\0', "") } else { typed };
        self.0.push((text(name.into()), text(value.into())));
    }

    /// How many answers there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// All but what was typed into password fields: that is in no page.
    #[must_use]
    pub fn without_passwords(mut self) -> Self {
        self.0.retain(|(name, _)| !name.contains("password"));
        self
    }

    /// Begins the second step.
    #[must_use]
    pub fn check(&self) -> Check<'_> {
        Check { fields: self, problems: Problems::default() }
    }
}

impl FromRequest<App> for Fields {
    type Rejection = Error;

    /// Reads the body and makes sure that the form was rendered for the person who sends it.
    async fn from_request(request: Request, _: &App) -> Result<Self, Error> {
        let viewer = request.extensions().get::<Visitor>().and_then(|visitor| visitor.0.clone());
        let fields = read_body(request).await?;
        match viewer {
            Some(viewer) if !token::same(fields.get("form_tag"), &viewer.form_tag) => {
                Err(Error::conflict("form_stale"))
            }
            _ => Ok(fields),
        }
    }
}

/// The body of a form, whoever sends it.
pub(super) async fn read_body(request: Request) -> Result<Fields, Error> {
    let body = to_bytes(request.into_body(), LIMIT).await.map_err(|_| Error::Trouble {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        key: "too_large",
        data: vec![("limit", "1 MiB".to_owned())],
    })?;
    let fields = Fields::parse(&body);
    if fields.count() > MOST_FIELDS {
        return Err(too_many_fields());
    }
    Ok(fields)
}

pub(super) fn too_many_fields() -> Error {
    Error::Trouble {
        status: StatusCode::PAYLOAD_TOO_LARGE,
        key: "too_many_fields",
        data: vec![("limit", MOST_FIELDS.to_string())],
    }
}

/// What is wrong with one field: a key of `[problem]` in words/en.toml and what to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field's name.
    pub field: String,
    /// The key.
    pub key: &'static str,
    /// What to fill in.
    pub data: Vec<(&'static str, String)>,
}

impl Problem {
    /// The field's name as people read it: `password_again` is "Password again". What stands before a colon only keeps
    /// names apart: `q:team-size` is "Team size".
    #[must_use]
    pub fn label(&self) -> String {
        let name = self.field.split_once(':').map_or(self.field.as_str(), |(_, name)| name);
        if words::has("label", name) {
            return words::say("label", name, &[]);
        }
        let words = name.replace(['_', '-'], " ");
        let mut letters = words.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    }

    /// The sentence for people.
    #[must_use]
    pub fn words(&self) -> String {
        words::say("problem", self.key, &self.data)
    }
}

/// Every problem of a form, in the order of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// One problem, found after the form was read (a name that is taken).
    #[must_use]
    pub fn one(field: &str, key: &'static str) -> Self {
        Self::with(field, key, Vec::new())
    }

    /// One problem, with what its sentence fills in.
    #[must_use]
    pub fn with(field: &str, key: &'static str, data: Vec<(&'static str, String)>) -> Self {
        Self(vec![Problem { field: field.to_owned(), key, data }])
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each problem.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
}

impl FromIterator<Problem> for Problems {
    fn from_iter<T: IntoIterator<Item = Problem>>(problems: T) -> Self {
        Self(problems.into_iter().collect())
    }
}

/// The second step: asks the fields for what is needed and collects every problem.
///
/// ```
/// use counterflow::kernel::form::Fields;
/// let fields = Fields::parse(b"name=Ana&places=two");
/// let mut check = fields.check();
/// let name = check.text("name", 80);
/// let places = check.number("places", 1, 10);
/// let problems = check.done(|| Some((name?, places?))).unwrap_err();
/// assert_eq!(problems.iter().next().unwrap().words(), "Write it as a whole number.");
/// ```
#[derive(Debug)]
pub struct Check<'a> {
    fields: &'a Fields,
    problems: Problems,
}

impl<'a> Check<'a> {
    /// Notes a problem.
    pub fn problem(&mut self, field: &str, key: &'static str, data: Vec<(&'static str, String)>) {
        self.problems.0.push(Problem { field: field.to_owned(), key, data });
    }

    fn fail<T>(&mut self, field: &str, key: &'static str) -> Option<T> {
        self.problem(field, key, Vec::new());
        None
    }

    /// A text of 1 to `max` characters, trimmed.
    pub fn text(&mut self, name: &str, max: usize) -> Option<String> {
        let text = self.optional_text(name, max)?;
        if text.is_none() {
            return self.fail(name, "missing");
        }
        text
    }

    /// A text of at most `max` characters, trimmed; `Some(None)` if left out.
    pub fn optional_text(&mut self, name: &str, max: usize) -> Option<Option<String>> {
        let text = self.fields.get(name).trim().replace("\r\n", "\n");
        if text.chars().count() > max {
            self.problem(name, "too_long", vec![("max", max.to_string())]);
            return None;
        }
        Some((!text.is_empty()).then_some(text))
    }

    /// A whole number within bounds.
    pub fn number(&mut self, name: &str, min: i64, max: i64) -> Option<i64> {
        let text = self.text(name, 20)?;
        match text.parse::<i64>() {
            Ok(number) if (min..=max).contains(&number) => Some(number),
            Ok(_) => {
                self.problem(name, "out_of_range", vec![("min", min.to_string()), ("max", max.to_string())]);
                None
            }
            Err(_) => self.fail(name, "not_a_number"),
        }
    }

    /// A day.
    pub fn day(&mut self, name: &str) -> Option<Day> {
        let text = self.text(name, 20)?;
        text.parse().ok().or_else(|| self.fail(name, "not_a_day"))
    }

    /// A local day and time (`2026-05-14T16:00`) in a zone. A time that the clock skips moves forward.
    pub fn moment(&mut self, name: &str, zone: &TimeZone) -> Option<Timestamp> {
        let text = self.text(name, 30)?;
        let at = text.parse::<civil::DateTime>().ok().and_then(|local| local.to_zoned(zone.clone()).ok());
        at.map(|at| Timestamp::from_jiff(at.timestamp())).or_else(|| self.fail(name, "not_a_moment"))
    }

    /// An e-mail address, in lower case. Only its shape is checked: whether it works shows when it is used.
    pub fn email(&mut self, name: &str) -> Option<String> {
        let text = self.text(name, 254)?.to_lowercase();
        match text.parse::<lettre::Address>() {
            Ok(_) => Some(text),
            Err(_) => self.fail(name, "not_an_email"),
        }
    }

    /// A time zone by its IANA name.
    pub fn zone(&mut self, name: &str) -> Option<String> {
        let text = self.text(name, 60)?;
        if TimeZone::get(&text).is_ok() { Some(text) } else { self.fail(name, "not_a_zone") }
    }

    /// One of the choices of an enum (or anything with a text form).
    pub fn choice<T: FromStr>(&mut self, name: &str) -> Option<T> {
        match self.fields.get(name).parse() {
            Ok(choice) => Some(choice),
            Err(_) if self.fields.get(name).is_empty() => self.fail(name, "missing"),
            Err(_) => self.fail(name, "not_a_choice"),
        }
    }

    /// The id of something.
    pub fn id<I: Id>(&mut self, name: &str) -> Option<I> {
        self.choice(name)
    }

    /// Every problem, or what the closure builds of the checked values.
    ///
    /// # Errors
    /// All problems, in the order in which they were found.
    pub fn done<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, Problems> {
        if self.problems.is_empty()
            && let Some(built) = build()
        {
            return Ok(built);
        }
        Err(self.problems)
    }
}

/// A form on a page: what was typed and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Form {
    /// What stands in the fields.
    pub fields: Fields,
    /// What is wrong.
    pub problems: Problems,
}

impl Form {
    /// A form that shows what is stored.
    pub fn filled<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self { fields: Fields::filled(pairs), problems: Problems::default() }
    }

    /// A form that comes back.
    #[must_use]
    pub fn back(fields: Fields, problems: Problems) -> Self {
        Self { fields, problems }
    }

    /// What stands in a field.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        self.fields.get(name)
    }

    /// Whether this answer is chosen.
    #[must_use]
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.fields.is(name, value)
    }

    /// Whether a password was typed: pages never give one back.
    #[must_use]
    pub fn has_password(&self) -> bool {
        self.fields.iter().any(|(name, value)| name.starts_with("password") && !value.is_empty())
    }

    /// What is wrong with a field, in words.
    #[must_use]
    pub fn problem(&self, name: &str) -> Option<String> {
        self.problems.iter().find(|problem| problem.field == name).map(Problem::words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_every_problem_and_keeps_what_was_typed() {
        let fields = Fields::parse("name=+&start=31.02.2026&mail=x%40&zone=Mars%2FBase&n=99".as_bytes());
        let mut check = fields.check();
        let (name, start, mail, zone, n) = (
            check.text("name", 9),
            check.day("start"),
            check.email("mail"),
            check.zone("zone"),
            check.number("n", 1, 9),
        );
        let problems = check.done(|| Some((name?, start?, mail?, zone?, n?))).unwrap_err();
        let keys: Vec<_> = problems.iter().map(|problem| (problem.field.as_str(), problem.key)).collect();
        assert_eq!(
            keys,
            [
                ("name", "missing"),
                ("start", "not_a_day"),
                ("mail", "not_an_email"),
                ("zone", "not_a_zone"),
                ("n", "out_of_range")
            ]
        );
        let form = Form::back(fields, problems);
        assert_eq!(form.value("start"), "31.02.2026");
        assert_eq!(form.problem("n").unwrap(), "It has to be between 1 and 9.");
    }

    #[test]
    fn nul_bytes_are_dropped() {
        let mut fields = Fields::parse(b"na%00me=A%00na");
        fields.push("to\0pic", "ai\0");
        assert_eq!(fields.iter().collect::<Vec<_>>(), [("name", "Ana"), ("topic", "ai")]);
    }

    #[test]
    fn a_skipped_hour_moves_forward() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        let fields = Fields::parse(b"at=2026-03-29T02:30");
        let mut check = fields.check();
        let at = check.moment("at", &berlin);
        assert_eq!(check.done(|| at).unwrap().to_string(), "2026-03-29T01:30:00.000Z");
    }
}
