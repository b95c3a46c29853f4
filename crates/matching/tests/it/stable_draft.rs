//! The stable draft of an instance, against trying every draft, and its check.

use std::cmp::Reverse;

use counterflow_matching::{
    AdmissiblePair, Certificate, CompiledInstance, Instance, Objective, ObjectiveValue, Pair, PairIds, Profile,
    Progress, Side, Sides, Solution, SolveError, SolveOptions, Status, Violation, admissible_pairs, solve, unattended,
    verify,
};

use crate::oracle;
use crate::random::{self, Random};

const SIDES: [Side; 2] = [Side::Mentor, Side::Mentee];

fn stable(proposer: Side) -> Objective {
    Objective::Stable { proposer }
}

fn compiled(instance: &Instance) -> CompiledInstance {
    instance.clone().compile().expect("the generator makes sound instances")
}

fn draft(compiled: &CompiledInstance, proposer: Side, threads: usize) -> Solution {
    solve(compiled, &SolveOptions { objective: stable(proposer), threads, ..SolveOptions::default() }, unattended)
        .expect("nobody cancels")
}

/// Solves, and insists on a certificate that holds.
fn solved(instance: &Instance, proposer: Side) -> Solution {
    let compiled = compiled(instance);
    let solution = draft(&compiled, proposer, 0);
    verify(&compiled, &solution, &Certificate::new(&compiled, &solution)).expect("the certificate holds");
    solution
}

fn pairs(solution: &Solution) -> Vec<(&str, &str)> {
    solution.pairs.iter().map(|pair| (pair.mentor.as_str(), pair.mentee.as_str())).collect()
}

/// Who accepts whom and in what order, from the documentation and by ids. Pins are left out, with the places they take.
struct Market {
    /// Mentor and mentee by position, and how each ranks the other: the smaller the better.
    pairs: Vec<[usize; 4]>,
    places: [Vec<usize>; 2],
}

fn people(instance: &Instance, side: Side) -> &[Profile] {
    match side {
        Side::Mentor => &instance.mentors,
        Side::Mentee => &instance.mentees,
    }
}

fn is_pinned(instance: &Instance, mentor: &str, mentee: &str) -> bool {
    instance.pinned.contains(&PairIds::new(mentor, mentee))
}

impl Market {
    fn of(instance: &Instance) -> Self {
        let places = SIDES.map(|side| {
            let pins = |id: &str| instance.pinned.iter().filter(|pin| pin.id(side) == id).count();
            people(instance, side).iter().map(|person| person.capacity as usize - pins(&person.id)).collect()
        });
        let mut pairs = Vec::new();
        for (i, mentor) in instance.mentors.iter().enumerate() {
            for (j, mentee) in instance.mentees.iter().enumerate() {
                let ranks = rank(instance, Side::Mentor, i, j).zip(rank(instance, Side::Mentee, j, i));
                if let Some(ranks) = ranks.filter(|_| !is_pinned(instance, &mentor.id, &mentee.id)) {
                    pairs.push([i, j, ranks.0, ranks.1]);
                }
            }
        }
        Self { pairs, places }
    }

    fn partners(&self, set: u32, side: usize, person: usize) -> Vec<usize> {
        let chosen = self.pairs.iter().enumerate().filter(|(at, pair)| set >> at & 1 == 1 && pair[side] == person);
        let mut ranks: Vec<usize> = chosen.map(|(_, pair)| pair[side + 2]).collect();
        ranks.sort_unstable();
        ranks
    }

    fn keeps_places(&self, set: u32) -> bool {
        (0..2).all(|side| {
            (0..self.places[side].len())
                .all(|person| self.partners(set, side, person).len() <= self.places[side][person])
        })
    }

    fn is_stable(&self, set: u32) -> bool {
        let wants = |pair: &[usize; 4], side: usize| {
            let ranks = self.partners(set, side, pair[side]);
            ranks.len() < self.places[side][pair[side]] || ranks.last().is_some_and(|&worst| pair[side + 2] < worst)
        };
        let mut outside = self.pairs.iter().enumerate().filter(|(at, _)| set >> at & 1 == 0);
        self.keeps_places(set) && !outside.any(|(_, pair)| wants(pair, 0) && wants(pair, 1))
    }
}

/// How somebody ranks one across: by the list, or else by score and then by id.
fn rank(instance: &Instance, side: Side, person: usize, other: usize) -> Option<usize> {
    let (own, across) = (&people(instance, side)[person], people(instance, side.other()));
    let score = |other: &Profile| match side {
        Side::Mentor => oracle::score(instance, own, other),
        Side::Mentee => oracle::score(instance, other, own),
    };
    let here = score(&across[other])?;
    if !own.choices.is_empty() {
        return own.choices.iter().position(|choice| *choice == across[other].id);
    }
    let better =
        |one: &&Profile| score(one).is_some_and(|score| (Reverse(score), &one.id) < (Reverse(here), &across[other].id));
    Some(across.iter().filter(better).count())
}

/// The pins and the chosen pairs as a draft.
fn dressed(compiled: &CompiledInstance, chosen: Vec<PairIds>, proposer: Side) -> Solution {
    let is_in = |pair: &AdmissiblePair| pair.pinned || chosen.contains(&PairIds::new(pair.mentor, pair.mentee));
    let pair = |pair: AdmissiblePair| Pair {
        mentor: pair.mentor.to_owned(),
        mentee: pair.mentee.to_owned(),
        score: pair.score,
        pinned: pair.pinned,
    };
    let pairs: Vec<Pair> = admissible_pairs(compiled).filter(is_in).map(pair).collect();
    let alone = |side: Side| {
        let ids = compiled.people(side).ids();
        ids.filter(|id| !pairs.iter().any(|pair| pair.id(side) == *id)).map(str::to_owned).collect::<Vec<_>>()
    };
    let unmatched = Sides::from_fn(alone);
    let matched = |side: Side| (compiled.people(side).len() - unmatched.of(side).len()) as u64;
    let value = ObjectiveValue {
        people: matched(Side::Mentor) + matched(Side::Mentee),
        pairs: pairs.len() as u64,
        total: pairs.iter().map(|pair| i64::from(pair.score)).sum(),
        least: pairs.iter().filter(|pair| !pair.pinned).map(|pair| pair.score).min(),
    };
    let (objective, prices) = (stable(proposer), Default::default());
    Solution { objective, status: Status::Optimal, value, pairs, unmatched, prices, bounds: Vec::new() }
}

fn ids_of(instance: &Instance, market: &Market, set: u32) -> Vec<PairIds> {
    let ids = |pair: &[usize; 4]| PairIds::new(&instance.mentors[pair[0]].id, &instance.mentees[pair[1]].id);
    (0..market.pairs.len()).filter(|at| set >> at & 1 == 1).map(|at| ids(&market.pairs[at])).collect()
}

/// With places, pins, rules, and lists on no side, on one or on both.
fn small(seed: u64) -> Instance {
    let mut random = Random::new(seed ^ 0x5eed);
    if seed.is_multiple_of(3) {
        return contested(&mut random);
    }
    let mut instance = random::instance(seed, 6);
    random::add_choices(&mut instance, &mut random);
    instance
}

/// Few places, and everybody with a list.
fn contested(random: &mut Random) -> Instance {
    let people = |prefix: &str, random: &mut Random| -> Vec<Profile> {
        let count = 2 + random.below(5);
        (0..count).map(|at| Profile::new(format!("{prefix}{at}"), 1 + u32::from(random.once_in(4)))).collect()
    };
    let mut instance = Instance::new(people("a", random), people("b", random), Default::default());
    let ids = |people: &[Profile]| people.iter().map(|person| person.id.clone()).collect::<Vec<_>>();
    let (mentors, mentees) = (ids(&instance.mentors), ids(&instance.mentees));
    for (side, across) in [(&mut instance.mentors, &mentees), (&mut instance.mentees, &mentors)] {
        for person in side.iter_mut() {
            person.choices = across.iter().filter(|_| !random.once_in(4)).cloned().collect();
            random.shuffle(&mut person.choices);
        }
    }
    contrary(&mut instance);
    if random.once_in(3) {
        instance.pinned.push(PairIds::new(random.pick(&mentors), random.pick(&mentees)));
    }
    if random.once_in(3) {
        let pair = PairIds::new(random.pick(&mentors), random.pick(&mentees));
        instance.forbidden.extend(Some(pair).filter(|pair| !instance.pinned.contains(pair)));
    }
    instance
}

/// The more somebody likes them, the less mentees like them back: so there are several stable drafts.
fn contrary(instance: &mut Instance) {
    let mentors = instance.mentors.clone();
    let liked = |mentee: &str, mentor: &str| {
        let choices = mentors.iter().find(|person| person.id == mentor).map(|person| &person.choices);
        choices.and_then(|choices| choices.iter().position(|choice| choice == mentee))
    };
    for Profile { id, choices, .. } in &mut instance.mentees {
        choices.sort_by_key(|mentor| Reverse(liked(id, mentor)));
    }
}

#[test]
fn is_the_best_of_all_stable_drafts_for_every_proposer() {
    let (mut tried, mut several, mut pinned) = (0, 0, 0);
    for seed in 0..2_500 {
        let instance = small(seed);
        let market = Market::of(&instance);
        if market.pairs.len() > 11 {
            continue;
        }
        let stable: Vec<u32> = (0..1 << market.pairs.len()).filter(|&set| market.is_stable(set)).collect();
        for (own, proposer) in SIDES.into_iter().enumerate() {
            let solution = solved(&instance, proposer);
            let found = stable.iter().find(|&&set| {
                let draft = dressed(&compiled(&instance), ids_of(&instance, &market, set), proposer);
                draft == solution
            });
            let &found = found.unwrap_or_else(|| panic!("seed {seed}: {:?} is not stable", pairs(&solution)));
            for &other in &stable {
                for person in 0..market.places[own].len() {
                    let (ours, theirs) = (market.partners(found, own, person), market.partners(other, own, person));
                    assert_eq!(ours.len(), theirs.len(), "seed {seed}");
                    assert!(ours.iter().zip(theirs).all(|(ours, theirs)| *ours <= theirs), "seed {seed}");
                }
            }
        }
        tried += 1;
        several += u32::from(stable.len() > 1);
        pinned += u32::from(!instance.pinned.is_empty() && !market.pairs.is_empty());
    }
    assert!(tried > 500 && several > 10 && pinned > 100, "too easy: {tried}, {several}, {pinned}");
}

#[test]
fn a_draft_is_accepted_if_and_only_if_it_is_stable() {
    let (mut accepted, mut refused) = (0, 0);
    for seed in 0..1_200 {
        let instance = small(seed);
        let market = Market::of(&instance);
        if market.pairs.len() > 7 {
            continue;
        }
        let compiled = compiled(&instance);
        for set in (0..1 << market.pairs.len()).filter(|&set| market.keeps_places(set)) {
            let draft = dressed(&compiled, ids_of(&instance, &market, set), Side::Mentee);
            match verify(&compiled, &draft, &Certificate::new(&compiled, &draft)) {
                Ok(_) => assert!(market.is_stable(set), "seed {seed}: {:?}", pairs(&draft)),
                Err(Violation::Blocking { .. }) => assert!(!market.is_stable(set), "seed {seed}: {:?}", pairs(&draft)),
                Err(other) => panic!("seed {seed}: {other}"),
            }
            *(if market.is_stable(set) { &mut accepted } else { &mut refused }) += 1;
        }
    }
    assert!(accepted > 300 && refused > 2_000, "{accepted} accepted, {refused} refused");
}

/// The same instance with everybody's whole ranking written down, for some or for all.
fn written_down(instance: &Instance, for_whom: impl Fn(Side) -> bool) -> Instance {
    let compiled = compiled(instance);
    let possible: Vec<_> = admissible_pairs(&compiled).filter(|pair| !pair.pinned).collect();
    let mut written = instance.clone();
    for side in SIDES.into_iter().filter(|&side| for_whom(side)) {
        let people = if side == Side::Mentor { &mut written.mentors } else { &mut written.mentees };
        for person in people.iter_mut().filter(|person| person.choices.is_empty()) {
            let ids = |pair: &AdmissiblePair| match side {
                Side::Mentor => (pair.mentor == person.id).then(|| (Reverse(pair.score), pair.mentee.to_owned())),
                Side::Mentee => (pair.mentee == person.id).then(|| (Reverse(pair.score), pair.mentor.to_owned())),
            };
            let mut ranked: Vec<_> = possible.iter().filter_map(ids).collect();
            ranked.sort();
            person.choices = ranked.into_iter().map(|(_, id)| id).collect();
        }
    }
    written
}

/// Large enough for several looks and for the bounds of the verifier. Rules with few scores make long ties.
#[test]
fn scores_are_as_good_as_whole_lists() {
    for seed in 0..40 {
        let mut instance = random::instance(1_000 + seed, 120 + 200 * usize::from(seed % 8 == 0));
        if seed.is_multiple_of(3) {
            random::add_choices(&mut instance, &mut Random::new(seed));
        }
        for proposer in SIDES {
            let lazily = solved(&instance, proposer);
            for written in [|_| true, |side| side == Side::Mentor, |side| side == Side::Mentee] {
                let solution = solved(&written_down(&instance, written), proposer);
                assert_eq!(solution, lazily, "seed {seed}, {proposer}");
            }
        }
    }
}

#[test]
fn threads_and_the_order_of_rows_change_nothing() {
    for seed in 0..30 {
        let mut instance = random::instance(2_000 + seed, 150);
        let mut random = Random::new(seed);
        random::add_choices(&mut instance, &mut random);
        let mut shuffled = instance.clone();
        random.shuffle(&mut shuffled.mentors);
        random.shuffle(&mut shuffled.mentees);
        let (here, there) = (compiled(&instance), compiled(&shuffled));
        assert_eq!(here.fingerprint(), there.fingerprint());
        for proposer in SIDES {
            let one = draft(&here, proposer, 1);
            assert_eq!(one, draft(&here, proposer, 2), "seed {seed}");
            assert_eq!(one, draft(&there, proposer, 3), "seed {seed}");
        }
    }
}

/// Where all go by the same scores there is one stable draft only.
#[test]
fn without_lists_it_does_not_matter_who_proposes() {
    for seed in 0..200 {
        let instance = random::instance(seed, 60);
        let by_mentees = solved(&instance, Side::Mentee);
        let by_mentors = solved(&instance, Side::Mentor);
        assert_eq!(by_mentees.pairs, by_mentors.pairs, "seed {seed}");
    }
}

/// Hundreds who are all alike: ties longer than any list of a scan.
#[test]
fn long_ties_go_by_id() {
    let people =
        |prefix: &str, count: usize| (0..count).map(|at| Profile::new(format!("{prefix}{at:04}"), 1)).collect();
    for (mentors, mentees) in [(700, 300), (300, 700)] {
        let instance = Instance::new(people("a", mentors), people("b", mentees), Default::default());
        for proposer in SIDES {
            let solution = solved(&instance, proposer);
            let expected = |at: usize| (format!("a{at:04}"), format!("b{at:04}"));
            let found: Vec<_> = solution.pairs.into_iter().map(|pair| (pair.mentor, pair.mentee)).collect();
            assert_eq!(found, (0..300).map(expected).collect::<Vec<_>>());
        }
    }
}

/// Two mentors and two mentees who like each other crosswise: each side would get its first choices.
fn crosswise() -> Instance {
    let person = |id: &str, choices: [&str; 2]| Profile::new(id, 1).choosing(choices);
    let mentors = vec![person("ana", ["ruth", "omar"]), person("tom", ["omar", "ruth"])];
    let mentees = vec![person("ruth", ["tom", "ana"]), person("omar", ["ana", "tom"])];
    Instance::new(mentors, mentees, Default::default())
}

#[test]
fn the_proposing_side_gets_its_first_choices() {
    assert_eq!(pairs(&solved(&crosswise(), Side::Mentor)), [("ana", "ruth"), ("tom", "omar")]);
    assert_eq!(pairs(&solved(&crosswise(), Side::Mentee)), [("ana", "omar"), ("tom", "ruth")]);
}

#[test]
fn a_pin_takes_its_places_and_blocks_nothing() {
    let mut instance = crosswise();
    instance.mentors[0].choices = vec!["omar".into()];
    instance.pinned = vec![PairIds::new("ana", "ruth")];
    // Ana did not choose ruth and ruth would rather have tom; pinned they are, and tom takes who is left.
    assert_eq!(pairs(&solved(&instance, Side::Mentee)), [("ana", "ruth"), ("tom", "omar")]);
}

#[test]
fn rules_hold_for_choices_too() {
    let mut instance = crosswise();
    instance.forbidden = vec![PairIds::new("ana", "ruth"), PairIds::new("tom", "omar")];
    assert_eq!(pairs(&solved(&instance, Side::Mentor)), [("ana", "omar"), ("tom", "ruth")]);
    instance.forbidden.push(PairIds::new("ana", "omar"));
    assert_eq!(pairs(&solved(&instance, Side::Mentor)), [("tom", "ruth")]);
}

#[test]
fn other_objectives_do_not_read_lists() {
    for seed in 0..60 {
        let mut instance = random::instance(seed, 8);
        let before = instance.clone();
        random::add_choices(&mut instance, &mut Random::new(seed));
        for objective in [Objective::MaxCoverage, Objective::MaxTotal, Objective::MaxMin] {
            let of = |instance| {
                solve(
                    &compiled(instance),
                    &SolveOptions { objective, threads: 0, ..SolveOptions::default() },
                    unattended,
                )
            };
            assert_eq!(of(&instance), of(&before), "seed {seed}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_stable_draft_is_named() {
    let compiled = compiled(&crosswise());
    let solution = draft(&compiled, Side::Mentee, 0);
    let certificate = Certificate::new(&compiled, &solution);
    assert!(verify(&compiled, &solution, &certificate).is_ok());

    let less = dressed(&compiled, vec![PairIds::new("ana", "omar")], Side::Mentee);
    let verdict = verify(&compiled, &less, &Certificate::new(&compiled, &less)).expect_err("a pair less");
    assert_eq!(verdict, Violation::Blocking { pair: PairIds::new("ana", "ruth") });
    assert_eq!(verdict.to_string(), "mentor ana and mentee ruth would rather have each other than keep to the draft");

    let mut priced = certificate.clone();
    priced.prices.mentors.insert("ana".into(), 0);
    assert_eq!(verify(&compiled, &solution, &priced), Err(Violation::Priced));

    let mut choosy = crosswise();
    choosy.mentees[1].choices = vec!["tom".into()];
    let choosy = choosy.compile().expect("sound");
    let certificate = Certificate::new(&choosy, &solution);
    let verdict = verify(&choosy, &solution, &certificate);
    assert_eq!(verdict, Err(Violation::NotChosen { pair: PairIds::new("ana", "omar"), side: Side::Mentee }));
}

/// The lists decide, so the certificate speaks of them; without lists fingerprints are what they were.
#[test]
fn a_certificate_speaks_of_its_lists_only() {
    let fingerprint = |instance: &Instance| compiled(instance).fingerprint();
    let (lists, mut other, mut without) = (crosswise(), crosswise(), crosswise());
    other.mentors[0].choices.reverse();
    without.mentors.iter_mut().chain(&mut without.mentees).for_each(|person| person.choices.clear());
    assert_ne!(fingerprint(&lists), fingerprint(&other));
    assert_ne!(fingerprint(&lists), fingerprint(&without));
    let before_there_were_lists = "sha256:6e2237c22fecd3a5c8135050d58f85ac91c65ea9164721da69409125df0360be";
    assert_eq!(fingerprint(&without), before_there_were_lists);
}

#[test]
fn every_wrong_choice_is_named() {
    let mut instance = crosswise();
    instance.mentors[0].choices = vec!["ruth".into(), "nobody".into(), "ruth".into()];
    instance.mentees[1].choices.push("omar".into());
    let errors = instance.compile().expect_err("three choices are wrong");
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "mentor ana chose mentee nobody, who is unknown",
            "mentor ana chose mentee ruth more than once",
            "mentee omar chose mentor omar, who is unknown",
        ]
    );
}

#[test]
fn aims_survive_storage_and_older_certificates_can_be_read() {
    for proposer in SIDES {
        let solution = solved(&crosswise(), proposer);
        let certificate = Certificate::new(&compiled(&crosswise()), &solution);
        let stored = serde_json::to_string(&(&solution, &certificate)).expect("plain data");
        let again: (Solution, Certificate) = serde_json::from_str(&stored).expect("what was stored");
        assert_eq!(again, (solution, certificate));
    }
    for (word, objective) in
        [("coverage", Objective::MaxCoverage), ("total", Objective::MaxTotal), ("fair", Objective::MaxMin)]
    {
        assert_eq!(serde_json::from_str::<Objective>(&format!("\"{word}\"")).expect("as before"), objective);
        assert_eq!(serde_json::to_string(&objective).expect("a word"), format!("\"{word}\""));
    }
}

#[test]
fn the_search_can_be_broken_off() {
    let compiled = compiled(&random::instance(3, 80));
    let options = SolveOptions { objective: stable(Side::Mentee), threads: 2, ..SolveOptions::default() };
    let stop = |_: Progress| std::ops::ControlFlow::Break(());
    assert_eq!(solve(&compiled, &options, stop), Err(SolveError::Cancelled));
}
