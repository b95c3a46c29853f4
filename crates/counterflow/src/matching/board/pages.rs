//! The review board: the draft with its reasons, lowest fit first, and everything that a manager can do with it.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use askama::Template;
use counterflow_matching::{Funnel, HardRule, Unmatched};

use super::{
    Alternative, Change, Desk, DraftPair, MarkedPair, Swap, Two,
    place::Place,
    store::{self, StoredChange},
};
use crate::{
    enrollment::{self, Participant},
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        filters,
        form::Fields,
        guard::Access,
        ids::{ParticipantId, PersonId, RoundId, RunId},
        page::{self, Page},
    },
    matching::{
        Mark, Origin, ProposalState, Reader, RunState, Why, criteria, proposals,
        runs::{self, Outcome, Run},
        why::{Head, Names, Share, fit},
        wishes,
    },
    programs::{Round, Side, Stage, stages},
};

/// Alternatives that are shown before somebody asks for all.
const ALTERNATIVES: usize = 8;

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
    /// Whether a new run with it as a wish finds a pair; `None` for runs of earlier versions.
    pairs: Option<bool>,
}

/// How the draft stands, swaps included.
struct Numbers {
    /// Mentees who have a mentor.
    matched: usize,
    lowest: String,
    mean: String,
    /// People with a partner, fewer than in the proven optimum.
    people_short: i64,
    /// Points below the proven optimum.
    points_short: i64,
    /// Whether a manager swapped mentors.
    swapped: bool,
    /// Pairs that are proposed or accepted.
    sent: usize,
    /// Pairs that would get a proposal now.
    to_send: usize,
}

impl Numbers {
    fn of(draft: &[DraftPair], outcome: &Outcome, to_send: usize) -> Self {
        let count = |filter: &dyn Fn(&DraftPair) -> bool| draft.iter().filter(|pair| filter(pair)).count();
        let mentees: HashSet<ParticipantId> = draft.iter().map(|pair| pair.mentee_id).collect();
        let mentors: HashSet<ParticipantId> = draft.iter().map(|pair| pair.mentor_id).collect();
        let total: i64 = draft.iter().map(|pair| pair.score).sum();
        let whole = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Self {
            matched: mentees.len(),
            lowest: draft.iter().map(|pair| pair.score).min().map(fit).unwrap_or_default(),
            mean: fit(total / whole(draft.len()).max(1)),
            people_short: i64::try_from(outcome.value.people).unwrap_or(0) - whole(mentees.len() + mentors.len()),
            points_short: outcome.value.total - total,
            swapped: draft.iter().any(|pair| pair.origin == Origin::Swapped),
            sent: count(&|pair| pair.proposal.is_some()),
            to_send,
        }
    }

    fn is_optimal(&self) -> bool {
        self.people_short == 0 && self.points_short == 0
    }
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
    key: Key,
    marks: Vec<MarkedPair>,
    changes: Vec<Done>,
    undo: Option<Done>,
    meanwhile: bool,
    without: Vec<Without>,
    free: Vec<String>,
    numbers: Numbers,
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
    let draft = super::draft(tx, access, &run).await?;
    let swap = match open_swap(query) {
        Some(two) => Some((two, choices(tx, &round, &run, &draft, two, &people, query.is("all", "1")).await?)),
        None => None,
    };
    let undo = store::last_change(tx, &run).await?.map(|one| Done::of(one, &people)).transpose()?;
    let changes = store::changes(tx, &run).await?.into_iter().map(|one| Done::of(one, &people));
    let changes = changes.collect::<Answer<Vec<Done>>>()?;
    let runs = runs::runs(tx, access).await?;
    let newer = runs.iter().filter(|one| one.state == RunState::Done && one.number > run.number).map(|one| one.number);
    let numbers = Numbers::of(&draft, &outcome, proposals::count_to_send(tx, &round, &run).await?);
    let place = Place::read(query);
    let (chosen, of) = place.choose(draft);
    let (rows, key) = rows(chosen, swap)?;
    page::html(&BoardPage {
        page,
        steps: stages::steps(&round, Some(Stage::Match)),
        newer: newer.max(),
        without: all_without(&run, &outcome, &people),
        free: free(&outcome, &people),
        marks: store::marks(tx, access).await?,
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
        numbers,
    })
}

/// What the colors of the bars mean: their number, and the criterion in words.
type Key = Vec<(usize, String)>;

/// The rows with their words, and the key to the colors of their bars.
fn rows(pairs: Vec<DraftPair>, mut swap: Option<(Two, Vec<Choice>)>) -> Answer<(Vec<Row>, Key)> {
    let mut key = Vec::new();
    let mut rows = Vec::new();
    for pair in pairs {
        let why = Why::read(&pair.rationale)?;
        key = why.key();
        let names = Names { mentor: first_name(&pair.mentor), mentee: first_name(&pair.mentee) };
        let swap = swap.take_if(|(two, _)| *two == pair.two()).map(|(_, found)| found);
        rows.push(Row { words: why.text(names, Reader::Other), bar: why.bar(), swap, pair });
    }
    Ok((rows, key))
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
    let forbidden: Vec<Two> = store::marks(tx, &round.leave())
        .await?
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

/// By side and directory id, as the engine names people.
type ByPerson<'a> = HashMap<(Side, String), &'a Participant>;

fn by_person(people: &People) -> ByPerson<'_> {
    people.values().map(|one| ((one.role, one.person_id.to_string()), one)).collect()
}

fn all_without(run: &Run, outcome: &Outcome, people: &People) -> Vec<Without> {
    let heads: Vec<Head> =
        criteria::read(&run.criteria).map(|all| all.list.iter().map(Head::from).collect()).unwrap_or_default();
    let people = by_person(people);
    outcome.unmatched.iter().map(|one| without(one, outcome, &heads, &people)).collect()
}

/// The names of the mentors without a mentee.
fn free(outcome: &Outcome, people: &People) -> Vec<String> {
    let people = by_person(people);
    let name = |person: &PersonId| people.get(&(Side::Mentor, person.to_string())).map(|one| one.name.clone());
    outcome.free_mentors.iter().filter_map(name).collect()
}

fn without(unmatched: &Unmatched, outcome: &Outcome, heads: &[Head], people: &ByPerson<'_>) -> Without {
    let label = |position: usize| heads.get(position).map(Head::label).unwrap_or_default();
    let person = people.get(&(Side::Mentee, unmatched.funnel.id.clone()));
    let mentor = |id: &String| people.get(&(Side::Mentor, id.clone())).map(|one| one.name.clone());
    let helps = unmatched.relax.iter().filter_map(|relax| match relax.rule {
        HardRule::Criterion(position) => {
            let (opens, free) = (relax.opens, relax.with_a_free_place);
            let Funnel { side, id, .. } = &unmatched.funnel;
            let pairs = wishes::gives_partner(&outcome.wishes, relax.rule, *side, id);
            Some(Relax { position, label: label(position), opens, free, pairs })
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
        relax: helps.max_by_key(|relax| (relax.pairs, relax.free, relax.opens)),
        obstacles,
    }
}

pub(super) fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}
