//! The review board: the draft with its reasons, lowest fit first, and everything that a manager can do with it.

use std::{cmp::Reverse, collections::HashMap};

use askama::Template;
use axum::response::Response;
use counterflow_matching::HardRule;

use super::{
    Alternative, Change, Desk, DraftPair, Fate, MarkedPair, Swap, Two, mark,
    store::{self, StoredChange},
    swap, undo,
};
use crate::{
    enrollment::{self, Participant},
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        export, filters,
        form::Fields,
        guard::{Access, Part},
        ids::{ParticipantId, RoundId, RunId},
        page::{self, Page},
    },
    matching::{
        Mark, Origin, ProposalState, Reader, RunState, Why, criteria,
        runs::{self, Outcome, Run},
        why::{Head, Names, Share, fit},
    },
    programs::{self, Round, Side, Stage, stages},
};

/// Rows on a page.
const PAGE: usize = 25;
/// Alternatives that are shown before somebody asks for all.
const ALTERNATIVES: usize = 8;

const COLUMNS: [&str; 10] = [
    "mentee",
    "mentee_position",
    "mentee_department",
    "mentor",
    "mentor_position",
    "mentor_department",
    "fit",
    "why",
    "origin",
    "mark",
];

/// Where on the board the reader is: the same in the address and in every form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Place {
    sort: String,
    find: String,
    from: usize,
}

impl Place {
    fn read(fields: &Fields) -> Self {
        let sort = ["fit", "-fit", "mentee", "mentor"].into_iter().find(|sort| fields.is("sort", sort));
        Self {
            sort: sort.unwrap_or("fit").to_owned(),
            find: fields.get("q").trim().to_owned(),
            from: fields.get("from").parse().unwrap_or(0),
        }
    }

    fn query(&self) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("sort", &self.sort);
        if !self.find.is_empty() {
            query.append_pair("q", &self.find);
        }
        if self.from > 0 {
            query.append_pair("from", &self.from.to_string());
        }
        query.finish()
    }

    fn sorted(&self, sort: &str) -> String {
        Self { sort: sort.to_owned(), from: 0, ..self.clone() }.query()
    }

    fn at(&self, from: usize) -> String {
        Self { from, ..self.clone() }.query()
    }

    /// The rows of this page, and how many there are in all.
    fn choose(&self, mut draft: Vec<DraftPair>) -> (Vec<DraftPair>, usize) {
        let find = self.find.to_lowercase();
        draft.retain(|pair| [&pair.mentee, &pair.mentor].iter().any(|name| name.to_lowercase().contains(&find)));
        match self.sort.as_str() {
            "-fit" => draft.sort_by_key(|pair| Reverse(pair.score)),
            "mentee" => draft.sort_by_key(|pair| pair.mentee.to_lowercase()),
            "mentor" => draft.sort_by_key(|pair| pair.mentor.to_lowercase()),
            _ => {} // as it comes from the database
        }
        let of = draft.len();
        (draft.into_iter().skip(self.from).take(PAGE).collect(), of)
    }
}

struct Row {
    pair: DraftPair,
    words: String,
    bar: Vec<Share>,
    swap: Option<Vec<Choice>>,
}

impl Row {
    fn is(&self, mark: Mark) -> bool {
        self.pair.mark == Some(mark)
    }

    fn fit(&self) -> String {
        fit(self.pair.score)
    }

    /// What the button of a mark sends: what it sets, what it saw, and whom it is about.
    fn mark_value(&self, mark: Mark) -> String {
        let before = self.pair.mark;
        mark_value(self.pair.two(), before, (before != Some(mark)).then_some(mark))
    }
}

fn mark_value(two: Two, before: Option<Mark>, after: Option<Mark>) -> String {
    let word = |mark: Option<Mark>| mark.map_or("none", Mark::name);
    format!("{}/{}/{}/{}", word(after), word(before), two.mentor, two.mentee)
}

/// An alternative, with names.
struct Choice {
    mentor: String,
    position: String,
    fit: String,
    price: i64,
    /// Who moves, from which fit to which.
    moves: Option<(String, String, String)>,
    value: String,
}

/// A change in the list, with names.
struct Done {
    number: i64,
    by: String,
    at: Timestamp,
    undone: bool,
    change: Change,
    mentor: String,
    mentee: String,
}

/// Somebody without a pair, with names.
struct Without {
    name: String,
    position: String,
    candidates: u32,
    best: Option<(String, String)>,
    relax: Option<Relax>,
    obstacles: Vec<(String, u32)>,
}

struct Relax {
    position: usize,
    label: String,
    opens: u32,
    free: u32,
}

/// How far the draft is from the proven optimum.
struct Gap {
    people: i64,
    points: i64,
}

#[derive(Template)]
#[template(path = "matching/board/board.html")]
struct BoardPage {
    page: Page,
    round: Round,
    steps: Vec<stages::Step>,
    run: Run,
    outcome: Outcome,
    newer: Option<i64>,
    rows: Vec<Row>,
    of: usize,
    place: Place,
    key: Vec<(usize, String)>,
    marks: Vec<MarkedPair>,
    changes: Vec<Done>,
    undo: Option<Done>,
    meanwhile: bool,
    without: Vec<Without>,
    free: Vec<String>,
    matched: usize,
    lowest: String,
    mean: String,
    gap: Gap,
    to_send: usize,
    sent: usize,
    next_run: RunId,
}

impl BoardPage {
    fn marked(&self, mark: Mark) -> usize {
        self.marks.iter().filter(|one| one.mark == mark).count()
    }

    fn lift_value(&self, marked: &MarkedPair) -> String {
        mark_value(Two { mentor: marked.mentor_id, mentee: marked.mentee_id }, Some(marked.mark), None)
    }

    fn last(&self) -> usize {
        self.place.from + self.rows.len()
    }
}

type People = HashMap<ParticipantId, Participant>;

/// The board of a run that is done.
pub(in crate::matching) async fn show(
    tx: &mut Tx,
    page: Page,
    access: &Access<RoundId>,
    round: Round,
    run: Run,
    query: &Fields,
) -> Answer {
    let outcome = run.outcome.clone().ok_or(Error::NotFound)?;
    let people: People = enrollment::participants(tx, access).await?.into_iter().map(|one| (one.id, one)).collect();
    let draft = store::draft(tx, &run).await?;
    let mut alternatives = match open_swap(query) {
        Some(two) => Some((two, choices(tx, &round, &run, &draft, two, &people, query.is("all", "1")).await?)),
        None => None,
    };
    let undo = store::last_change(tx, &run).await?.map(|one| Done::of(one, &people)).transpose()?;
    let changes = store::changes(tx, &run).await?.into_iter().map(|one| Done::of(one, &people));
    let changes = changes.collect::<Answer<Vec<Done>>>()?;
    let runs = runs::runs(tx, access).await?;
    let newer = runs.iter().filter(|one| one.state == RunState::Done && one.number > run.number).map(|one| one.number);
    let heads: Vec<Head> =
        criteria::read(&run.criteria).map(|all| all.list.iter().map(Head::from).collect()).unwrap_or_default();
    let by_person: HashMap<(Side, String), &Participant> =
        people.values().map(|one| ((one.role, one.person_id.to_string()), one)).collect();
    let total: i64 = draft.iter().map(|pair| pair.score).sum();
    let matched = draft.iter().map(|pair| pair.mentee_id).collect::<std::collections::HashSet<_>>();
    let mentors = draft.iter().map(|pair| pair.mentor_id).collect::<std::collections::HashSet<_>>();
    let gap = Gap {
        people: i64::try_from(outcome.value.people).unwrap_or(0)
            - i64::try_from(matched.len() + mentors.len()).unwrap_or(0),
        points: outcome.value.total - total,
    };
    let sent = draft.iter().filter(|pair| pair.proposal.is_some()).count();
    let forbidden = draft.iter().filter(|pair| pair.proposal.is_none() && pair.mark == Some(Mark::Forbidden)).count();
    let place = Place::read(query);
    let count = draft.len();
    let lowest = draft.iter().map(|pair| pair.score).min().map(fit).unwrap_or_default();
    let (chosen, of) = place.choose(draft);
    let mut key = Vec::new();
    let mut rows = Vec::new();
    for pair in chosen {
        let why = Why::read(&pair.rationale)?;
        key = why.key();
        let names = Names { mentor: first_name(&pair.mentor), mentee: first_name(&pair.mentee) };
        let swap = alternatives.take_if(|(two, _)| *two == pair.two()).map(|(_, found)| found);
        rows.push(Row { words: why.text(names, Reader::Other), bar: why.bar(), swap, pair });
    }
    page::html(&BoardPage {
        page,
        steps: stages::steps(&round, Some(Stage::Match)),
        newer: newer.max(),
        without: outcome.unmatched.iter().map(|one| without(one, &heads, &by_person)).collect(),
        free: outcome
            .free_mentors
            .iter()
            .filter_map(|person| by_person.get(&(Side::Mentor, person.to_string())).map(|one| one.name.clone()))
            .collect(),
        marks: store::marks(tx, access).await?,
        mean: fit(total / i64::try_from(count).unwrap_or(1).max(1)),
        matched: matched.len(),
        to_send: count - sent - forbidden,
        meanwhile: query.is("meanwhile", "1"),
        next_run: RunId::new(),
        round,
        run,
        outcome,
        rows,
        of,
        place,
        key,
        changes,
        undo,
        lowest,
        gap,
        sent,
    })
}

fn open_swap(query: &Fields) -> Option<Two> {
    let (mentor, mentee) = query.get("swap").split_once('/')?;
    Some(Two { mentor: mentor.parse().ok()?, mentee: mentee.parse().ok()? })
}

async fn choices(
    tx: &mut Tx,
    round: &Round,
    run: &Run,
    draft: &[DraftPair],
    two: Two,
    people: &People,
    all: bool,
) -> Answer<Vec<Choice>> {
    let forbidden = store::marks(tx, &crate::kernel::guard::ByServer(round.id)).await?;
    let forbidden: Vec<Two> = forbidden
        .iter()
        .filter(|one| one.mark == Mark::Forbidden)
        .map(|one| Two { mentor: one.mentor_id, mentee: one.mentee_id })
        .collect();
    let desk = Desk::open(tx, round, run).await?;
    let found = desk.alternatives(two, draft);
    let allowed = found.iter().filter(|one| !one.swap.incoming().iter().any(|pair| forbidden.contains(pair)));
    let shown = if all { usize::MAX } else { ALTERNATIVES };
    Ok(allowed.filter_map(|alternative| choice(alternative, people)).take(shown).collect())
}

fn choice(alternative: &Alternative, people: &People) -> Option<Choice> {
    let mentor = people.get(&alternative.swap.to)?;
    let Swap { first, to, exchange } = alternative.swap;
    let other = exchange.map_or_else(|| "none".to_owned(), |mentee| mentee.to_string());
    Some(Choice {
        mentor: mentor.name.clone(),
        position: mentor.position(),
        fit: fit(alternative.score.into()),
        price: alternative.price,
        moves: alternative.moves.and_then(|(mentee, before, after)| {
            Some((people.get(&mentee)?.name.clone(), fit(before.into()), fit(after.into())))
        }),
        value: format!("{}/{}/{to}/{other}", first.mentor, first.mentee),
    })
}

impl Done {
    fn of(stored: StoredChange, people: &People) -> Answer<Self> {
        let change = stored.change()?;
        let two = match &change {
            Change::Mark { two, .. } => Some(*two),
            Change::Swap { into, .. } => into.first().map(|pair| pair.two),
        };
        let name = |id: ParticipantId| people.get(&id).map(|one| one.name.clone()).unwrap_or_default();
        let (mentor, mentee) = two.map(|two| (name(two.mentor), name(two.mentee))).unwrap_or_default();
        let undone = stored.undone_at.is_some();
        Ok(Self { number: stored.number, by: stored.by, at: stored.changed_at, undone, change, mentor, mentee })
    }
}

fn without(
    unmatched: &counterflow_matching::Unmatched,
    heads: &[Head],
    people: &HashMap<(Side, String), &Participant>,
) -> Without {
    let label = |position: usize| heads.get(position).map(Head::label).unwrap_or_default();
    let person = people.get(&(Side::Mentee, unmatched.funnel.id.clone()));
    let mentor = |id: &String| people.get(&(Side::Mentor, id.clone())).map(|one| one.name.clone());
    let helps = unmatched.relax.iter().filter_map(|relax| match relax.rule {
        HardRule::Criterion(position) => {
            Some(Relax { position, label: label(position), opens: relax.opens, free: relax.with_a_free_place })
        }
        _ => None,
    });
    let mut obstacles: Vec<(String, u32)> = unmatched
        .funnel
        .steps
        .iter()
        .filter_map(|step| match step.rule {
            HardRule::Criterion(position) if step.alone > 0 => Some((label(position), step.alone)),
            _ => None,
        })
        .collect();
    obstacles.sort_by_key(|(_, removes)| Reverse(*removes));
    obstacles.truncate(2);
    Without {
        name: person.map(|one| one.name.clone()).unwrap_or_default(),
        position: person.map(|one| one.position()).unwrap_or_default(),
        candidates: unmatched.funnel.candidates,
        best: unmatched.candidates.first().and_then(|one| Some((mentor(&one.id)?, fit(one.score.into())))),
        relax: helps.max_by_key(|relax| (relax.free, relax.opens)),
        obstacles,
    }
}

fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

/// Back to the board, at the same place; where somebody was faster, it says so.
fn back(access: &Access<RoundId>, run: RunId, fields: &Fields, fate: Fate, done: &str) -> Response {
    let place = Place::read(&Fields::parse(fields.get("at").as_bytes())).query();
    let board = format!("/rounds/{}/runs/{run}?{place}", access.id);
    match fate {
        Fate::Made => page::done(&board, done),
        Fate::Overtaken => page::see_other(&format!("{board}&meanwhile=1")),
    }
}

fn word(text: &str) -> Answer<Option<Mark>> {
    match text {
        "none" => Ok(None),
        text => text.parse().map(Some).map_err(|_| Error::bad_request("unreadable")),
    }
}

fn id(text: &str) -> Answer<ParticipantId> {
    text.parse().map_err(|_| Error::bad_request("unreadable"))
}

/// The four parts of what a button sends.
fn parts(text: &str) -> Answer<[&str; 4]> {
    text.split('/').collect::<Vec<_>>().try_into().map_err(|_| Error::bad_request("unreadable"))
}

/// `POST /rounds/{round}/runs/{run}/marks`
pub async fn set_mark(app: App, access: Access<RoundId>, run: Part<RunId>, fields: Fields) -> Answer {
    let [after, before, mentor, mentee] = parts(fields.get("mark"))?;
    let two = Two { mentor: id(mentor)?, mentee: id(mentee)? };
    let (before, after) = (word(before)?, word(after)?);
    let mut tx = app.db.write().await?;
    let fate = mark(&mut tx, &access, run.0, two, before, after).await?;
    tx.commit().await?;
    let done = match after {
        Some(Mark::Pinned) => "pinned",
        Some(Mark::Forbidden) => "forbidden",
        None => "mark_lifted",
    };
    Ok(back(&access, run.0, &fields, fate, done))
}

/// `POST /rounds/{round}/runs/{run}/swaps`
pub async fn make_swap(app: App, access: Access<RoundId>, run: Part<RunId>, fields: Fields) -> Answer {
    let [mentor, mentee, to, exchange] = parts(fields.get("swap"))?;
    let exchange = if exchange == "none" { None } else { Some(id(exchange)?) };
    let wish = Swap { first: Two { mentor: id(mentor)?, mentee: id(mentee)? }, to: id(to)?, exchange };
    let mut tx = app.db.read().await?;
    let round = programs::round(&mut tx, &access).await?;
    let stored = runs::run(&mut tx, &access, run.0).await?;
    let desk = Desk::open(&mut tx, &round, &stored).await?;
    drop(tx);
    let mut tx = app.db.write().await?;
    let fate = swap(&mut tx, &access, run.0, &desk, wish).await?;
    tx.commit().await?;
    Ok(back(&access, run.0, &fields, fate, "swapped"))
}

/// `POST /rounds/{round}/runs/{run}/undo`
pub async fn take_back(app: App, access: Access<RoundId>, run: Part<RunId>, fields: Fields) -> Answer {
    let number = fields.get("number").parse().map_err(|_| Error::bad_request("unreadable"))?;
    let mut tx = app.db.write().await?;
    let fate = undo(&mut tx, &access, run.0, number).await?;
    tx.commit().await?;
    Ok(back(&access, run.0, &fields, fate, "undone"))
}

/// `GET /rounds/{round}/runs/{run}/draft.csv`
pub async fn download(app: App, access: Access<RoundId>, run: Part<RunId>) -> Answer {
    let mut tx = app.db.read().await?;
    let run = runs::run(&mut tx, &access, run.0).await?;
    let mut rows = Vec::new();
    for pair in store::draft(&mut tx, &run).await? {
        let names = Names { mentor: first_name(&pair.mentor), mentee: first_name(&pair.mentee) };
        let words = Why::read(&pair.rationale)?.text(names, Reader::Other);
        rows.push([
            pair.mentee,
            pair.mentee_title.unwrap_or_default(),
            pair.mentee_department.unwrap_or_default(),
            pair.mentor,
            pair.mentor_title.unwrap_or_default(),
            pair.mentor_department.unwrap_or_default(),
            fit(pair.score),
            words,
            pair.origin.to_string(),
            pair.mark.map_or("", Mark::name).to_owned(),
        ]);
    }
    export::csv(&format!("Draft of run {}", run.number), COLUMNS, rows)
}
