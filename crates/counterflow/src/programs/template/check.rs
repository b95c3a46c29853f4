//! Reads a template and finds everything that is wrong with it, in one go.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use counterflow_matching::{Comparison, Criteria, Criterion, LEVELS, PRIORITIES};

use super::{
    Agenda, Checkin, Eligibility, Kpi, Levels, Operator, PLACEHOLDERS, PRIVATE, PrivateQuestion, Question, Rule, Shape,
    Size, Template, Texts, Topic, Training,
    entry::{self, Entry, ReminderPlan, ScreeningDesign},
    error::{Problem, TemplateError},
    registration::{self, FormQuestion, MOST_QUESTIONS},
};
use crate::{kernel::labels::Words, programs::limits};

const GATES: &[&str] = &["required", "advised"];
const OCCASIONS: &[&str] = &["after_meeting", "baseline", "midpoint", "endline"];
const ASKED: &[&str] = &["mentor", "mentee", "both"];
const KINDS: &[&str] = &["scale", "yes_no", "text"];
const READERS: &[&str] = &["counted", "pair"];
const SOURCES: &[&str] = &["question:KEY", "meetings_held", "meetings_kept", "finished", "retention", "field:NAME"];
const SCALE: RangeInclusive<i64> = 1..=5;
const PERCENT: RangeInclusive<i64> = 0..=100;
/// Answers of a private question.
const ANSWERS: RangeInclusive<usize> = 2..=20;

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Everything that is wrong, each with its place and the reason.
    ///
    /// ```
    /// use counterflow::programs::template::Template;
    /// let errors = Template::parse("key = 'x'\nname = 5").unwrap_err();
    /// assert!(errors[0].to_string().starts_with("at the top: line 2: invalid type"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, Vec<TemplateError>> {
        let template: Self = toml::from_str(text).map_err(|error| vec![form_error(text, &error)])?;
        let mut found = Findings::default();
        found.check_template(&template);
        if found.0.is_empty() { Ok(template) } else { Err(found.0) }
    }
}

/// Where the parser stopped: the section, by the last header before it, and the line.
fn form_error(text: &str, error: &toml::de::Error) -> TemplateError {
    let offset = error.span().map_or(0, |span| span.start);
    let line = text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1;
    let header = text.lines().take(line).filter(|line| line.starts_with('[')).last();
    let place = header.map_or("at the top", |header| header.trim_matches(['[', ']', ' ']));
    let problem = Problem::Form { line, message: error.message().to_owned() };
    TemplateError { place: place.to_owned(), problem }
}

#[derive(Default)]
struct Findings(Vec<TemplateError>);

impl Findings {
    fn note(&mut self, place: impl Into<String>, problem: Problem) {
        self.0.push(TemplateError { place: place.into(), problem });
    }

    fn check_template(&mut self, template: &Template) {
        self.key("key", &template.key);
        self.text("name", &template.name);
        self.text("summary", &template.summary);
        self.text("objective", &template.objective);
        self.labels(template.labels.as_ref());
        self.topics(&template.topics);
        self.shape(&template.shape);
        self.size(template.size.as_ref());
        self.levels(&template.levels);
        self.private(&template.private);
        self.registration(&template.registration);
        self.enrollment(template.enrollment.as_ref());
        self.eligibility(&template.eligibility);
        self.matching(template);
        self.agendas(&template.agendas, &template.shape);
        let asked = self.checkins(&template.checkins);
        self.kpis(&template.kpis, &asked);
        self.training(&template.training);
        self.texts(&template.texts);
    }

    fn labels(&mut self, words: Option<&Words>) {
        for (name, fault) in words.map(Words::faults).unwrap_or_default() {
            self.note(format!("labels, {name}"), Problem::Label(fault));
        }
    }

    fn text(&mut self, place: &str, text: &str) {
        if text.trim().is_empty() {
            self.note(place, Problem::Empty);
        }
    }

    fn key(&mut self, place: &str, key: &str) {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if key.is_empty() || !key.bytes().all(fits) {
            self.note(place, Problem::NotAKey(key.to_owned()));
        }
    }

    fn unique<'a>(&mut self, section: &str, keys: impl Iterator<Item = &'a str>) {
        let mut seen = BTreeSet::new();
        for (number, key) in keys.enumerate() {
            let place = format!("{section} {}, key", number + 1);
            self.key(&place, key);
            if !seen.insert(key) {
                self.note(place, Problem::Twice(key.to_owned()));
            }
        }
    }

    fn word(&mut self, place: impl Into<String>, found: &str, known: &'static [&'static str]) {
        if !known.contains(&found) {
            self.note(place, Problem::UnknownWord { found: found.to_owned(), known });
        }
    }

    fn number(&mut self, place: impl Into<String>, found: i64, bounds: RangeInclusive<i64>) {
        if !bounds.contains(&found) {
            self.note(place, Problem::OutOfBounds { found: found as f64, bounds });
        }
    }

    fn topics(&mut self, topics: &[Topic]) {
        self.unique("topics", topics.iter().map(|topic| topic.key.as_str()));
        for (number, topic) in topics.iter().enumerate() {
            self.text(&format!("topics {}, name", number + 1), &topic.name);
        }
    }

    fn shape(&mut self, shape: &Shape) {
        self.number("shape, meetings", shape.meetings, limits::MEETINGS);
        self.number("shape, rhythm_days", shape.rhythm_days, limits::RHYTHM_DAYS);
        self.number("shape, meeting_minutes", shape.meeting_minutes, limits::MEETING_MINUTES);
        self.number("shape, answer_days", shape.answer_days, limits::ANSWER_DAYS);
        self.word("shape, agreement_gate", &shape.agreement_gate, GATES);
    }

    fn registration(&mut self, questions: &[FormQuestion]) {
        self.unique("registration", questions.iter().map(|question| question.key.as_str()));
        for (position, part, flaw) in registration::flaws(questions) {
            self.note(format!("registration {}, {part}", position + 1), Problem::Registration(flaw));
        }
        if questions.len() > MOST_QUESTIONS {
            let bounds = 0..=MOST_QUESTIONS as i64;
            self.note("registration", Problem::OutOfBounds { found: questions.len() as f64, bounds });
        }
    }

    fn enrollment(&mut self, entry: Option<&Entry>) {
        let Some(entry) = entry else { return };
        if let Some(plan) = entry.reminders {
            self.number("enrollment, reminders, days", plan.days, ReminderPlan::DAYS);
            self.number("enrollment, reminders, times", plan.times, ReminderPlan::TIMES);
        }
        if let Some(screening) = &entry.screening {
            self.screening(screening);
        }
    }

    fn screening(&mut self, screening: &ScreeningDesign) {
        let questions = 1..=entry::MOST_QUESTIONS;
        self.count("enrollment.screening, questions", screening.questions.len(), questions);
        for (number, question) in screening.questions.iter().enumerate() {
            self.short_text(&format!("enrollment.screening, questions {}", number + 1), question);
        }
        self.count("enrollment.screening, lines", screening.lines.len(), entry::LINES);
        for (number, line) in screening.lines.iter().enumerate() {
            let place = format!("enrollment.screening.lines {}", number + 1);
            self.short_text(&format!("{place}, title"), &line.title);
            for (score, anchor) in (1..).zip(&line.anchors) {
                self.short_text(&format!("{place}, anchors {score}"), anchor);
            }
        }
    }

    fn count(&mut self, place: &str, found: usize, bounds: RangeInclusive<usize>) {
        self.number(place, found as i64, *bounds.start() as i64..=*bounds.end() as i64);
    }

    fn short_text(&mut self, place: &str, text: &str) {
        self.text(place, text);
        if text.chars().count() > entry::LONGEST {
            self.note(place, Problem::TooManyCharacters(entry::LONGEST));
        }
    }

    fn size(&mut self, size: Option<&Size>) {
        let Some(size) = size else { return };
        self.number("size, fewest_pairs", size.fewest_pairs, limits::PAIRS);
        self.number("size, most_pairs", size.most_pairs, size.fewest_pairs..=*limits::PAIRS.end());
        self.text("size, why", &size.why);
    }

    /// Words for every step of a scale, or for none.
    fn levels(&mut self, levels: &Levels) {
        for (key, words, steps) in
            [("offers", &levels.offers, LEVELS.len()), ("wants", &levels.wants, PRIORITIES.len())]
        {
            let place = format!("levels, {key}");
            if !words.is_empty() && words.len() != steps {
                self.note(place.clone(), Problem::StepCount { found: words.len(), steps });
            }
            self.distinct(&place, words);
        }
    }

    /// Texts of a list: none empty, none twice.
    fn distinct(&mut self, place: &str, texts: &[String]) {
        let mut seen = BTreeSet::new();
        for (number, text) in texts.iter().enumerate() {
            let place = format!("{place} {}", number + 1);
            self.text(&place, text);
            if !seen.insert(text) {
                self.note(place, Problem::Twice(text.clone()));
            }
        }
    }

    fn private(&mut self, questions: &[PrivateQuestion]) {
        self.unique("private", questions.iter().map(|question| question.key.as_str()));
        for (number, question) in questions.iter().enumerate() {
            let place = format!("private {}", number + 1);
            self.text(&format!("{place}, question"), &question.question);
            self.text(&format!("{place}, help"), &question.help);
            if question.purposes.is_empty() {
                self.note(format!("{place}, purposes"), Problem::Empty);
            }
            let answers = format!("{place}, answers");
            if !ANSWERS.contains(&question.answers.len()) {
                let found = question.answers.len();
                self.note(answers.clone(), Problem::AnswerCount { found, bounds: ANSWERS });
            }
            self.distinct(&answers, &question.answers);
        }
    }

    fn training(&mut self, training: &Training) {
        self.distinct("training, mentor", &training.mentor);
        self.distinct("training, mentee", &training.mentee);
    }

    fn eligibility(&mut self, eligibility: &Eligibility) {
        for (side, rules) in [("mentee", &eligibility.mentee), ("mentor", &eligibility.mentor)] {
            for (number, rule) in rules.iter().enumerate() {
                let place = format!("eligibility.{side} {}", number + 1);
                self.text(&format!("{place}, field"), &rule.field);
                if rule.field.starts_with(PRIVATE) {
                    self.note(format!("{place}, field"), Problem::PrivateEligibility(rule.field.clone()));
                }
                if let Some(reason) = rule_problem(rule) {
                    self.note(place, Problem::RuleValue(reason));
                }
            }
        }
    }

    /// The criteria are read by the engine itself: one reader, one meaning.
    fn matching(&mut self, template: &Template) {
        let criteria = match Criteria::from_toml(&template.criteria()) {
            Ok(criteria) => criteria,
            Err(errors) => {
                errors.into_iter().for_each(|error| self.note("matching", Problem::Criteria(error)));
                return;
            }
        };
        for (number, criterion) in criteria.list.iter().enumerate() {
            let wants_topics = matches!(criterion.compare, Comparison::OffersWhatTheOtherWants { .. });
            if wants_topics && template.topics.is_empty() {
                let problem = Problem::NoTopics(criterion.compare.word().to_owned());
                self.note(format!("matching.criterion {}", number + 1), problem);
            }
            if let Some(problem) = private_problem(criterion, &template.private) {
                self.note(format!("matching.criterion {}", number + 1), problem);
            }
        }
    }

    fn agendas(&mut self, agendas: &[Agenda], shape: &Shape) {
        if i64::try_from(agendas.len()) != Ok(shape.meetings) {
            self.note("agendas", Problem::AgendaCount { agendas: agendas.len(), meetings: shape.meetings });
        }
        for (number, agenda) in agendas.iter().enumerate() {
            let place = format!("agendas {}", number + 1);
            self.text(&format!("{place}, title"), &agenda.title);
            if agenda.items.is_empty() {
                self.note(format!("{place}, items"), Problem::Empty);
            }
            for (number, item) in agenda.items.iter().enumerate() {
                let place = format!("{place}, items {}", number + 1);
                self.text(&format!("{place}, title"), &item.title);
                self.number(format!("{place}, minutes"), item.minutes, 1..=240);
            }
            let minutes = agenda.items.iter().map(|item| item.minutes).fold(0, i64::saturating_add);
            if minutes > shape.meeting_minutes {
                self.note(place, Problem::TooLong { minutes, available: shape.meeting_minutes });
            }
        }
    }

    /// Answers every question that is asked, by key.
    fn checkins<'a>(&mut self, checkins: &'a [Checkin]) -> BTreeMap<&'a str, &'a Question> {
        let mut asked: BTreeMap<&str, &Question> = BTreeMap::new();
        let mut occasions = BTreeSet::new();
        for (number, checkin) in checkins.iter().enumerate() {
            let place = format!("checkins {}", number + 1);
            self.word(format!("{place}, occasion"), &checkin.occasion, OCCASIONS);
            if !occasions.insert(checkin.occasion.as_str()) {
                self.note(format!("{place}, occasion"), Problem::Twice(checkin.occasion.clone()));
            }
            let section = format!("{place}, questions");
            self.unique(&section, checkin.questions.iter().map(|question| question.key.as_str()));
            for (number, question) in checkin.questions.iter().enumerate() {
                let place = format!("{section} {}", number + 1);
                self.question(&place, question);
                let first = asked.entry(&question.key).or_insert(question);
                if *first != question {
                    self.note(place, Problem::AnotherQuestion(question.key.clone()));
                }
            }
        }
        asked
    }

    fn question(&mut self, place: &str, question: &Question) {
        self.text(&format!("{place}, text"), &question.text);
        self.word(format!("{place}, ask"), &question.ask, ASKED);
        self.word(format!("{place}, kind"), &question.kind, KINDS);
        self.word(format!("{place}, readers"), &question.readers, READERS);
        let wanted = if question.kind == "scale" { 2 } else { 0 };
        if question.ends.len() != wanted || question.ends.iter().any(|end| end.trim().is_empty()) {
            self.note(format!("{place}, ends"), Problem::Ends);
        }
    }

    fn kpis(&mut self, kpis: &[Kpi], asked: &BTreeMap<&str, &Question>) {
        self.unique("kpis", kpis.iter().map(|kpi| kpi.key.as_str()));
        for (number, kpi) in kpis.iter().enumerate() {
            let place = format!("kpis {}", number + 1);
            self.text(&format!("{place}, name"), &kpi.name);
            match target_bounds(kpi, asked) {
                Err(problem) => self.note(format!("{place}, source"), problem),
                Ok(bounds) => self.figures(&place, kpi, &bounds),
            }
        }
    }

    fn figures(&mut self, place: &str, kpi: &Kpi, bounds: &RangeInclusive<i64>) {
        for (field, found) in [("target", Some(kpi.target)), ("baseline", kpi.baseline)] {
            if let Some(found) = found.filter(|found| !(*bounds.start() as f64..=*bounds.end() as f64).contains(found))
            {
                self.note(format!("{place}, {field}"), Problem::OutOfBounds { found, bounds: bounds.clone() });
            }
        }
        if let Some(spread) = kpi.spread.filter(|spread| !(*spread > 0.0 && *spread <= 4.0)) {
            self.note(format!("{place}, spread"), Problem::Spread(spread));
        }
    }

    fn texts(&mut self, texts: &Texts) {
        let all = [
            ("invite_mentee", &texts.invite_mentee),
            ("invite_mentor", &texts.invite_mentor),
            ("commitment", &texts.commitment),
            ("agreement", &texts.agreement),
        ];
        for (key, text) in all {
            self.text(&format!("texts, {key}"), text);
        }
        for (key, text) in all.into_iter().chain([("endorsement", &texts.endorsement)]) {
            for name in braced(text).filter(|name| !PLACEHOLDERS.iter().any(|(known, _)| known == name)) {
                self.note(format!("texts, {key}"), Problem::UnknownPlaceholder(name.to_owned()));
            }
        }
    }
}

/// What is wrong with a criterion over private answers.
fn private_problem(criterion: &Criterion, questions: &[PrivateQuestion]) -> Option<Problem> {
    let fields = [&criterion.mentor_field, &criterion.mentee_field];
    let field = fields.into_iter().find(|field| field.starts_with(PRIVATE))?;
    let Some(question) = questions.iter().find(|question| question.field() == *field) else {
        return Some(Problem::NoSuchPrivateQuestion(field[PRIVATE.len()..].to_owned()));
    };
    if criterion.rule.weight().is_none() {
        return Some(Problem::PrivateRule(field.clone()));
    }
    let possible: &'static [&'static str] = if question.several { &["overlaps"] } else { &["same", "different"] };
    let fits = possible.contains(&criterion.compare.word());
    (!fits).then(|| Problem::PrivateComparison { field: field.clone(), possible })
}

/// What is wrong with the values of a rule.
fn rule_problem(rule: &Rule) -> Option<&'static str> {
    let one = !rule.value.trim().is_empty();
    let several = !rule.values.is_empty();
    match rule.is {
        Operator::AtLeast | Operator::AtMost if several || !rule.value.trim().parse().is_ok_and(f64::is_finite) => {
            Some("at_least and at_most take a number as value")
        }
        Operator::OneOf | Operator::NotOneOf if one || !several => Some("one_of and not_one_of take a list as values"),
        Operator::IsKnown if one || several => Some("is_known takes no value"),
        _ => None,
    }
}

/// Between which numbers the target of a KPI can be, by its source.
fn target_bounds(kpi: &Kpi, asked: &BTreeMap<&str, &Question>) -> Result<RangeInclusive<i64>, Problem> {
    let Some(key) = kpi.source.strip_prefix("question:") else {
        return match kpi.source.as_str() {
            "meetings_held" | "meetings_kept" | "finished" | "retention" => Ok(PERCENT),
            source if source.strip_prefix("field:").is_some_and(|name| !name.trim().is_empty()) => Ok(PERCENT),
            _ => Err(Problem::UnknownWord { found: kpi.source.clone(), known: SOURCES }),
        };
    };
    match asked.get(key).map(|question| question.kind.as_str()) {
        None => Err(Problem::NoSuchQuestion(key.to_owned())),
        Some("scale") => Ok(SCALE),
        Some("yes_no") => Ok(PERCENT),
        Some(_) => Err(Problem::NotAFigure(key.to_owned())),
    }
}

/// The words in braces.
fn braced(text: &str) -> impl Iterator<Item = &str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = include_str!("../../../../../templates/programs/digital-fluency.toml");
    const WITH_PRIVATE: &str = include_str!("../../../../../templates/programs/inclusion.toml");

    /// Breaks the good template in one place, and compares what is said.
    fn check(from: &str, to: &str, expected: &[&str]) {
        check_in(GOOD, from, to, expected);
    }

    fn check_in(good: &str, from: &str, to: &str, expected: &[&str]) {
        let at = good.find(from).unwrap_or_else(|| panic!("no {from:?} in the template"));
        let broken = format!("{}{to}{}", &good[..at], &good[at + from.len()..]);
        let said: Vec<String> = Template::parse(&broken).unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(said, expected, "{from:?} -> {to:?}");
    }

    #[test]
    fn every_error_names_its_place_and_reason() {
        check("key = \"data\"", "key = \"ai-at-work\"", &["topics 3, key: \"ai-at-work\" is there twice"]);
        check(
            "key = \"data\"",
            "key = \"Data!\"",
            &["topics 3, key: \"Data!\" is not a key: use small letters, digits and hyphens"],
        );
        check(
            "meetings = 6",
            "meetings = 61",
            &["shape, meetings: 61 is not between 1 and 60", "agendas: there are 6 agendas for 61 meetings"],
        );
        check(
            "minutes = 10\nprompt = \"Open",
            "minutes = 100\nprompt = \"Open",
            &["agendas 1: its items take 135 minutes, and the meeting has 45"],
        );
        check(
            "kind = \"scale\"",
            "kind = \"stars\"",
            &[
                "checkins 1, questions 1, kind: \"stars\" is not one of scale, yes_no, text",
                "checkins 1, questions 1, ends: a scale, and nothing else, has two ends in words",
            ],
        );
        check(
            "is = \"at_least\"\nvalue = \"7\"",
            "is = \"at_least\"",
            &["eligibility.mentee 1: at_least and at_most take a number as value"],
        );
        check("question:again", "question:ever-again", &["kpis 5, source: no check-in asks \"ever-again\""]);
        check("target = 4.0", "target = 40", &["kpis 1, target: 40 is not between 1 and 5"]);
        check("{enroll_until}", "{deadline}", &["texts, invite_mentee: nobody fills {deadline} in"]);
        check("by = 3\nmissing", "by = -3\nmissing", &["matching: criterion 1, `by` has to be more than 0, not -3"]);
    }

    #[test]
    fn ways_in_are_checked() {
        let entry = "[enrollment]\nmentor = \"open\"\nreminders = { days = 61, times = 3 }\n\
                     [enrollment.screening]\nquestions = []\n[[enrollment.screening.lines]]\n\
                     title = \" \"\nanchors = [\"No\", \"A little\", \"Yes\", \"\"]\n\n[levels]";
        check(
            "[levels]",
            &entry.replace("\"open\"", "\"lottery\""),
            &["enrollment: line 25: unknown variant `lottery`, expected one of `invitation`, `open`, `nomination`"],
        );
        check(
            "[levels]",
            entry,
            &[
                "enrollment, reminders, days: 61 is not between 1 and 60",
                "enrollment, reminders, times: 3 is not between 0 and 2",
                "enrollment.screening, questions: 0 is not between 1 and 3",
                "enrollment.screening, lines: 1 is not between 3 and 5",
                "enrollment.screening.lines 1, title: is empty",
                "enrollment.screening.lines 1, anchors 4: is empty",
            ],
        );
    }

    #[test]
    fn sizes_levels_and_lessons_are_checked() {
        check("fewest_pairs = 10", "fewest_pairs = 4", &["size, fewest_pairs: 4 is not between 5 and 10000"]);
        check("fewest_pairs = 10", "fewest_pairs = 51", &["size, most_pairs: 50 is not between 51 and 10000"]);
        check("\"I use it\", ", "", &["levels, offers: there are 4 words for 5 steps"]);
        check("\"Important\"", "\"Nice to have\"", &["levels, wants 2: \"Nice to have\" is there twice"]);
        check("\"Raising a problem\"", "\" \"", &["training, mentor 4: is empty"]);
    }

    #[test]
    fn private_questions_stay_private_and_of_ones_own_will() {
        let in_private = |from: &str, to: &str, expected: &str| check_in(WITH_PRIVATE, from, to, &[expected]);
        in_private("\"My gender\"", "\"My age\"", "private 1, answers 8: \"My age\" is there twice");
        in_private(
            "private:grew-up",
            "private:shoe-size",
            "matching.criterion 6: no private question has the key \"shoe-size\"",
        );
        in_private(
            "rule = \"avoid\"\ncompare = \"overlaps\"\nfield = \"private:perspective\"\nweight = 7",
            "rule = \"must_not\"\ncompare = \"overlaps\"\nfield = \"private:perspective\"",
            "matching.criterion 5: \"private:perspective\" is answered of one's own will and can't be a rule: prefer or avoid it",
        );
        in_private(
            "compare = \"overlaps\"\nfield = \"private:perspective\"",
            "compare = \"different\"\nfield = \"private:perspective\"",
            "matching.criterion 5: \"private:perspective\" can be compared with overlaps",
        );
        in_private(
            "field = \"level\"\nis = \"at_least\"\nvalue = \"7\"",
            "field = \"private:grew-up\"\nis = \"is_known\"",
            "eligibility.mentee 1, field: \"private:grew-up\" is private and says nothing about who can take part",
        );
        in_private(
            "answers = [\"In the region where I work now\", \"Elsewhere in this country\", \"In another country\", \"In more than one country\"]",
            "answers = [\"In the region where I work now\"]",
            "private 2, answers: takes 2 to 20 answers, not 1",
        );
    }

    #[test]
    fn what_is_not_the_form_is_named_with_its_section_and_line() {
        let line = 1 + GOOD[..GOOD.find("rhythm_days = 30").unwrap()].matches('\n').count();
        let known = "expected one of `meetings`, `rhythm_days`, `meeting_minutes`, `asking_order`, `answer_days`, `agreement_gate`";
        check("rhythm_days = 30", "rhythm = 30", &[&format!("shape: line {line}: unknown field `rhythm`, {known}")]);
        check(
            "meetings = 6",
            "meetings = six",
            &[&format!("shape: line {}: string values must be quoted, expected literal string", line - 1)],
        );
    }

    #[test]
    fn a_question_that_changes_between_occasions_is_found() {
        let found = GOOD.rfind("text = \"How confident").unwrap();
        let broken = format!("{}text = \"How sure\"\n#{}", &GOOD[..found], &GOOD[found..]);
        let said = Template::parse(&broken).unwrap_err();
        assert_eq!(
            said[0].to_string(),
            "checkins 4, questions 1: \"confidence\" is another question on an earlier occasion"
        );
    }
}
