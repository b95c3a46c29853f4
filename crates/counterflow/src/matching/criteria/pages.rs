//! The criteria screen: sentences made of pickers, each with what it does to the pairs. Counting again changes nothing;
//! saving refuses to overwrite what another manager saved in the meantime.

use std::collections::{BTreeMap, HashMap};

use askama::Template;
use counterflow_matching::{Criteria, HardRule, InstanceError, Kind};

use super::{
    Counted, Row, Sentences, counted, empty_sides, is_private_rule, note_form_problems, note_instance_problems,
    note_private_rules, read,
};
use crate::{
    enrollment,
    kernel::{
        app::App,
        error::{Answer, Error},
        filters,
        form::{Fields, Form, Problem, Problems},
        guard::Access,
        ids::{PersonId, RoundId, RunId},
        page::{self, Page, Query},
    },
    matching::{
        inputs::{self, FIELDS, Inputs},
        runs,
        why::Head,
    },
    programs::{self, Round, Stage, stages},
};

/// One sentence with what it does.
struct Line {
    position: usize,
    row: Row,
    label: String,
    effect: Option<Effect>,
    /// How many people gave no value to it.
    lacking: u64,
    /// What is wrong with it, in words.
    problems: Vec<String>,
}

enum Effect {
    Removes { removes: u64, of: u64, mentees: usize, mentors: usize },
    TrueOf { pairs: u64, of: u64 },
}

/// What happens beside the sentences: always on.
struct Fixed {
    rule: HardRule,
    removes: u64,
    of: u64,
}

/// Somebody without a candidate, by name.
struct Nobody {
    name: String,
    relax: Option<(usize, String, u32)>,
}

struct Bar {
    label: String,
    people: usize,
    x: usize,
    middle: usize,
    y: usize,
    height: usize,
}

#[derive(Template)]
#[template(path = "matching/criteria/criteria.html")]
struct CriteriaPage {
    page: Page,
    round: Round,
    steps: Vec<stages::Step>,
    form: Form,
    sentences: Sentences,
    lines: Vec<Line>,
    pickers: Vec<String>,
    numbers: Vec<String>,
    fixed: Vec<Fixed>,
    counted: Option<Counted>,
    nobody: Vec<Nobody>,
    bars: Vec<Bar>,
    mentors: usize,
    mentees: usize,
    standing: usize,
    state: State,
    version: i64,
    run: RunId,
}

/// How what stands in the pickers relates to what is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Saved,
    Changed,
    /// Somebody else, by name, saved other criteria in the meantime.
    Overtaken(String),
}

/// What the screen is about to show.
struct Screen {
    round: Round,
    inputs: Inputs,
    names: HashMap<PersonId, String>,
}

impl Screen {
    async fn load(app: &App, access: &Access<RoundId>) -> Answer<Self> {
        let mut tx = app.db.read().await?;
        let round = programs::round(&mut tx, access).await?;
        let inputs = inputs::gather(&mut tx, access).await?;
        let participants = enrollment::participants(&mut tx, access).await?;
        let names = participants.into_iter().map(|one| (one.person_id, one.name)).collect();
        Ok(Self { round, inputs, names })
    }

    /// Counts, and notes everything that is wrong.
    async fn judge(&self, fields: &Fields, sentences: &Sentences) -> Answer<Judged> {
        let mut check = fields.check();
        let criteria = match sentences.criteria() {
            Ok(criteria) => Some(criteria),
            Err(errors) => {
                note_form_problems(&mut check, &errors);
                None
            }
        };
        let mut found = None;
        if let Some(criteria) = &criteria {
            note_private_rules(&mut check, criteria);
        }
        // Rules over private answers are not even counted: the count would tell the answers.
        let countable = |criteria: &&Criteria| !criteria.list.iter().any(is_private_rule);
        if let Some(criteria) = criteria.as_ref().filter(countable) {
            match counted(self.inputs.instance(criteria.clone())?).await? {
                Ok(counted) => found = Some(counted),
                Err(errors) => note_instance_problems(&mut check, &about_criteria(errors)),
            }
        }
        let problems = check.done(|| Some(())).err().unwrap_or_default();
        Ok(Judged { criteria, counted: found, problems })
    }

    async fn show(self, page: Page, fields: Fields, sentences: Sentences, state: Option<State>) -> Answer {
        let judged = self.judge(&fields, &sentences).await?;
        let stored = read(&self.round.criteria).ok();
        let is_saved = judged.criteria.is_some() && judged.criteria == stored;
        let state = state.unwrap_or(if is_saved { State::Saved } else { State::Changed });
        let lines = lines(&sentences, &judged);
        let invalid = !judged.problems.is_empty();
        let template = CriteriaPage {
            page,
            steps: stages::steps(&self.round, Some(Stage::Match)),
            pickers: pickers(&self.inputs, &sentences),
            numbers: (0..=10).map(|weight: u8| weight.to_string()).collect(),
            fixed: judged.counted.as_ref().map(fixed).unwrap_or_default(),
            nobody: nobody(judged.counted.as_ref(), &self.names, &lines),
            bars: judged.counted.as_ref().map(bars).unwrap_or_default(),
            mentors: self.inputs.mentors.len(),
            mentees: self.inputs.mentees.len(),
            standing: self.inputs.standing,
            form: Form::back(fields, judged.problems),
            counted: judged.counted,
            version: self.round.version,
            round: self.round,
            sentences,
            lines,
            state,
            run: RunId::new(),
        };
        if invalid { page::invalid(&template) } else { page::html(&template) }
    }
}

struct Judged {
    criteria: Option<Criteria>,
    counted: Option<Counted>,
    problems: Problems,
}

/// That nobody is admitted yet is no mistake of the criteria.
fn about_criteria(errors: Vec<InstanceError>) -> Vec<InstanceError> {
    if empty_sides(&errors).is_empty() { errors } else { Vec::new() }
}

/// `GET /rounds/{round}/criteria`, also with the criteria of a run of which one is relaxed: `?from={run}&relax={position}`
pub async fn show(app: App, page: Page, access: Access<RoundId>, query: Query) -> Answer {
    let screen = Screen::load(&app, &access).await?;
    let mut stored = screen.round.criteria.clone();
    if let Ok(run) = query.0.get("from").parse::<RunId>() {
        stored = runs::run(&mut app.db.read().await?, &access, run).await?.criteria;
    }
    let mut sentences = read(&stored).map(|criteria| Sentences::from(&criteria)).unwrap_or_default();
    if let Ok(position) = query.0.get("relax").parse() {
        sentences.relax(position);
    }
    screen.show(page, Fields::default(), sentences, None).await
}

/// What a button of the form asks for.
enum Act {
    Count,
    Save,
    Match,
    Add,
    Reset,
    Remove(usize),
    Relax(usize),
}

impl Act {
    fn named(text: &str) -> Self {
        let position = |text: &str| text.parse().unwrap_or(usize::MAX);
        match text.split_once(':').unwrap_or((text, "")) {
            ("save", _) => Self::Save,
            ("match", _) => Self::Match,
            ("add", _) => Self::Add,
            ("reset", _) => Self::Reset,
            ("remove", at) => Self::Remove(position(at)),
            ("relax", at) => Self::Relax(position(at)),
            _ => Self::Count,
        }
    }
}

/// `POST /rounds/{round}/criteria`
pub async fn change(app: App, page: Page, access: Access<RoundId>, fields: Fields) -> Answer {
    let screen = Screen::load(&app, &access).await?;
    let mut sentences = Sentences::read(&fields);
    let act = Act::named(fields.get("act"));
    match act {
        Act::Count => {}
        Act::Add => sentences.add(),
        Act::Remove(position) => sentences.remove(position),
        Act::Relax(position) => sentences.relax(position),
        Act::Reset => sentences = of_the_program(&app, &screen.round).await?,
        Act::Save | Act::Match => return save(&app, page, &access, fields, screen, sentences, act).await,
    }
    screen.show(page, fields, sentences, None).await
}

async fn of_the_program(app: &App, round: &Round) -> Answer<Sentences> {
    let program = programs::program_of(&mut app.db.read().await?, round).await?;
    Ok(read(&program.design.criteria()).map(|criteria| Sentences::from(&criteria)).unwrap_or_default())
}

async fn save(
    app: &App,
    page: Page,
    access: &Access<RoundId>,
    fields: Fields,
    screen: Screen,
    sentences: Sentences,
    act: Act,
) -> Answer {
    let judged = screen.judge(&fields, &sentences).await?;
    let Some(criteria) = judged.criteria.filter(|_| judged.problems.is_empty()) else {
        return screen.show(page, fields, sentences, None).await;
    };
    let seen = fields.get("version").parse().unwrap_or(0);
    let mut tx = app.db.write().await?;
    match programs::set_criteria(&mut tx, access, seen, &criteria.to_toml()).await {
        Ok(()) => {}
        Err(Error::Trouble { key: "changed_meanwhile", data, .. }) => {
            drop(tx);
            let who = data.into_iter().map(|(_, who)| who).next().unwrap_or_default();
            let screen = Screen::load(app, access).await?;
            return screen.show(page, fields, sentences, Some(State::Overtaken(who))).await;
        }
        Err(error) => return Err(error),
    }
    let begun = match act {
        Act::Match => {
            let id = fields.get("run").parse().map_err(|_| Error::bad_request("unreadable"))?;
            Some(runs::begin(&mut tx, access, id).await?)
        }
        _ => None,
    };
    tx.commit().await?;
    let home = screen.round.href();
    Ok(match begun {
        Some(run) => page::see_other(&format!("{home}/runs/{run}")),
        None => page::done(&format!("{home}/criteria"), "criteria_saved"),
    })
}

fn lines(sentences: &Sentences, judged: &Judged) -> Vec<Line> {
    let line = |(position, row): (usize, &Row)| {
        let head = judged.criteria.as_ref().and_then(|all| all.list.get(position)).map(Head::from);
        // How often a wish over private answers comes true would tell them where few pairs are left.
        let counted = judged.counted.as_ref().filter(|_| head.as_ref().is_some_and(|head| !head.is_private()));
        Line {
            position,
            row: row.clone(),
            effect: counted.and_then(|counted| effect(counted, position)),
            lacking: counted.map_or(0, |counted| lacking(counted, position)),
            problems: problems_of(&judged.problems, position),
            label: head.map_or_else(String::new, |head| head.label()),
        }
    };
    sentences.rows.iter().enumerate().map(line).collect()
}

fn problems_of(problems: &Problems, position: usize) -> Vec<String> {
    let prefix = format!("c{position}-");
    problems.iter().filter(|problem| problem.field.starts_with(&prefix)).map(Problem::words).collect()
}

fn effect(counted: &Counted, position: usize) -> Option<Effect> {
    let counts = &counted.counts;
    let hard = counts.hard.iter().find(|count| count.rule == HardRule::Criterion(position));
    let wish = counts.preferences.iter().find(|count| count.criterion == position);
    match (hard, wish) {
        (Some(hard), _) => Some(Effect::Removes {
            removes: hard.removes,
            of: hard.of,
            mentees: hard.leaves_without.mentees.len(),
            mentors: hard.leaves_without.mentors.len(),
        }),
        (_, Some(wish)) => Some(Effect::TrueOf { pairs: wish.true_of, of: wish.of }),
        _ => None,
    }
}

fn lacking(counted: &Counted, position: usize) -> u64 {
    let found = counted.counts.lacking.iter().find(|lacking| lacking.criterion == position);
    found.map_or(0, |lacking| lacking.people.mentors + lacking.people.mentees)
}

/// The rules that stand in no sentence, if they remove anything; the chain of command in any case.
fn fixed(counted: &Counted) -> Vec<Fixed> {
    let fixed = counted.counts.hard.iter().filter(|count| match count.rule {
        HardRule::Criterion(_) => false,
        HardRule::ChainOfCommand => true,
        HardRule::SamePerson | HardRule::Forbidden => count.removes > 0,
    });
    fixed.map(|count| Fixed { rule: count.rule, removes: count.removes, of: count.of }).collect()
}

fn nobody(counted: Option<&Counted>, names: &HashMap<PersonId, String>, lines: &[Line]) -> Vec<Nobody> {
    let without = counted.map(|counted| counted.without.as_slice()).unwrap_or_default();
    let label = |position: usize| lines.get(position).map(|line| line.label.clone()).unwrap_or_default();
    without
        .iter()
        .map(|one| Nobody {
            name: names.get(&one.person).cloned().unwrap_or_default(),
            relax: one.relax.map(|(position, opens)| (position, label(position), opens)),
        })
        .collect()
}

/// Bars of at most 91 units above the line at 120, as wide as a fifth.
fn bars(counted: &Counted) -> Vec<Bar> {
    let most = counted.bins.iter().map(|bin| bin.people).max().unwrap_or(0).max(1);
    let bar = |(position, bin): (usize, &super::Bin)| {
        let height = bin.people * 91 / most;
        let (label, people) = (bin.label.clone(), bin.people);
        Bar { label, people, x: position * 20 + 1, middle: position * 20 + 10, y: 120 - height, height }
    };
    counted.bins.iter().enumerate().map(bar).collect()
}

/// What the field picker offers: what people of this round have values for, what the sentences name, topics as one.
fn pickers(inputs: &Inputs, sentences: &Sentences) -> Vec<String> {
    let kinds: BTreeMap<&str, Kind> = inputs.kinds();
    let both = |field: &&str| !matches!(*field, "offers" | "wants");
    let mut pickers: Vec<String> = FIELDS.into_iter().filter(both).map(str::to_owned).collect();
    pickers.push("offers/wants".to_owned());
    pickers.extend(kinds.keys().filter(|field| !FIELDS.contains(*field)).map(|field| (*field).to_owned()));
    for row in &sentences.rows {
        if !pickers.contains(&row.field) {
            pickers.push(row.field.clone());
        }
    }
    pickers
}
