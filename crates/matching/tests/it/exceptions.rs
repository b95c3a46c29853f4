//! What prices say of one pair more, against matching again.

use counterflow_matching::{
    CompiledInstance, HardRule, Instance, Objective, Outlook, PairIds, Reasons, Rule, Side, Solution, SolveOptions,
    Weight, admissible_pairs, explain_pair, solve, unattended,
};

use crate::grid::{self, Grid, WORD};
use crate::optimum::{OBJECTIVES, Rank, rank, solved};
use crate::random;

/// The same pairs and scores without any rule: what is impossible is on the list of forbidden pairs.
fn listed(instance: &Instance, compiled: &CompiledInstance) -> Instance {
    let mut listed = instance.clone();
    listed.criteria.chain_of_command = None;
    let nothing = Weight::new(0).expect("a weight");
    for criterion in &mut listed.criteria.list {
        if criterion.rule.weight().is_none() {
            criterion.rule = Rule::Prefer(nothing);
        }
    }
    let possible: Vec<PairIds> =
        admissible_pairs(compiled).map(|pair| PairIds::new(pair.mentor, pair.mentee)).collect();
    let all = instance.mentors.iter().flat_map(|a| instance.mentees.iter().map(|b| PairIds::new(&a.id, &b.id)));
    listed.forbidden = all.filter(|pair| !possible.contains(pair)).collect();
    listed
}

/// The rank of the best draft with an exception from a rule for one person.
fn with_exception(
    listed: &Instance,
    compiled: &CompiledInstance,
    (side, id, rule): (Side, &str, HardRule),
    objective: Objective,
) -> (Rank, Solution) {
    let opened = |pair: &PairIds| {
        pair.id(side) == id && explain_pair(compiled, &pair.mentor, &pair.mentee).expect("both exist").broken == [rule]
    };
    let mut listed = listed.clone();
    listed.forbidden.retain(|pair| !opened(pair));
    let solution = solved(&listed, objective);
    (rank(solution.value, objective), solution)
}

#[test]
fn what_is_said_of_an_exception_is_what_a_new_match_finds() {
    let (mut paired, mut unchanged, mut open_better, mut open_equal) = (0, 0, 0, 0);
    for seed in 0..150 {
        let instance = random::instance(seed, 7);
        let compiled = instance.clone().compile().expect("sound");
        let listed = listed(&instance, &compiled);
        for objective in OBJECTIVES {
            let solution = solved(&instance, objective);
            let before = rank(solution.value, objective);
            let reasons = Reasons::new(&compiled, &solution).expect("of this instance");
            for side in [Side::Mentor, Side::Mentee] {
                for id in compiled.people(side).ids() {
                    for relax in reasons.unmatched(side, id).expect("the id is from there").relax {
                        let what = (side, id, relax.rule);
                        let (after, found) = with_exception(&listed, &compiled, what, objective);
                        match relax.outlook {
                            Outlook::Paired => {
                                assert!(after > before, "seed {seed}, {objective:?}, {what:?}");
                                let has_new = |pair: &counterflow_matching::Pair| {
                                    pair.id(side) == id && !solution.pairs.contains(pair)
                                };
                                assert!(found.pairs.iter().any(has_new), "seed {seed}, {objective:?}, {what:?}");
                                paired += 1;
                            }
                            Outlook::Unchanged => {
                                assert_eq!(after, before, "seed {seed}, {objective:?}, {what:?}");
                                unchanged += 1;
                            }
                            Outlook::Open if after > before => open_better += 1,
                            Outlook::Open => open_equal += 1,
                        }
                    }
                }
            }
        }
    }
    println!("{paired} paired, {unchanged} unchanged, open: {open_better} better, {open_equal} equal");
    assert!(paired > 50 && unchanged > 200 && open_better > 50, "{paired}, {unchanged}, {open_better}");
    assert!(open_equal < open_better, "the prices settle most of what a new match would find equal: {open_equal}");
}

/// Below its price a pair changes nothing; often the next step does.
#[test]
fn a_pair_that_scores_less_than_its_price_changes_nothing() {
    let (mut below, mut beyond, mut better) = (0, 0, 0);
    for seed in 0..120 {
        let grid = Grid::random(seed, 6, 12);
        let compiled = grid.instance().compile().expect("sound");
        for objective in OBJECTIVES {
            let options = SolveOptions { objective, threads: 1, ..SolveOptions::default() };
            let solution = solve(&compiled, &options, unattended).expect("nobody cancels");
            let before = rank(solution.value, objective);
            let reasons = Reasons::new(&compiled, &solution).expect("of this instance");
            for (at, row) in grid.scores.iter().enumerate() {
                for (other, score) in row.iter().enumerate().filter_map(|(other, score)| Some((other, (*score)?))) {
                    let (mentor, mentee) = (grid::mentor(at), grid::mentee(other));
                    if solution.pairs.iter().any(|pair| pair.mentor == mentor && pair.mentee == mentee) {
                        continue;
                    }
                    let candidate = reasons.candidate(Side::Mentee, &mentee, &mentor).expect("both exist");
                    assert_eq!(candidate.score, score * WORD);
                    let scored = |words: u32| {
                        let mut grid = grid.clone();
                        grid.scores[at][other] = Some(words);
                        rank(solved(&grid.instance(), objective).value, objective)
                    };
                    let most = candidate.price.map_or(20, |price| (price - 1) / WORD);
                    assert!(most >= score, "what is proven now holds for the present score");
                    assert_eq!(scored(most), before, "seed {seed}, {objective:?}, {at} {other}");
                    below += u32::from(most > score);
                    if most < 20 {
                        beyond += 1;
                        better += u32::from(scored(most + 1) > before);
                    }
                }
            }
        }
    }
    println!("{below} raised to just below their price; {better} of {beyond} better from it on");
    assert!(below > 500 && beyond > 500 && 3 * better > beyond, "{below}, {beyond}, {better}");
}
