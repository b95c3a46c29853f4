//! Counts before a match, reasons after it.

use counterflow_matching::{
    Candidate, Candidates, CompiledInstance, Counts, HardCount, HardRule, Instance, Lacking, Objective, Outlook,
    PairIds, PreferenceCount, Profile, Rationale, Reasons, Relaxation, Side, Sides, Solution, SolveOptions, Standing,
    Swap, Value, count, explain_pair, funnel, solve, swap, unattended,
};

use crate::story;

fn removed(rule: HardRule, of: u64, removes: u64, mentors: &[&str], mentees: &[&str]) -> HardCount {
    let ids = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect();
    HardCount { rule, of, removes, leaves_without: Sides { mentors: ids(mentors), mentees: ids(mentees) } }
}

#[test]
fn counts_say_what_each_rule_removes_and_whom_it_leaves_with_nobody() {
    let mut instance = story::instance();
    instance.mentees[1].values.remove("wants");
    let counts = count(&instance.compile().expect("sound"));
    let candidates =
        |list: &[(&str, u32)]| list.iter().map(|&(id, candidates)| Candidates { id: id.into(), candidates }).collect();
    assert_eq!(
        counts,
        Counts {
            pairs: 6,
            hard: vec![
                removed(HardRule::SamePerson, 6, 0, &[], &[]),
                removed(HardRule::Forbidden, 6, 0, &[], &[]),
                removed(HardRule::ChainOfCommand, 6, 1, &[], &[]),
                removed(HardRule::Criterion(0), 5, 0, &[], &[]),
                removed(HardRule::Criterion(1), 5, 2, &[], &["bernard"]),
                removed(HardRule::Criterion(2), 3, 1, &[], &[]),
            ],
            remaining: 2,
            preferences: vec![
                PreferenceCount { criterion: 3, of: 2, true_of: 2 },
                PreferenceCount { criterion: 4, of: 2, true_of: 1 },
            ],
            lacking: vec![Lacking { criterion: 3, people: Sides { mentors: 0, mentees: 1 } }],
            outside_org_tree: Sides { mentors: 0, mentees: 1 },
            candidates: Sides {
                mentors: candidates(&[("ana", 1), ("tom", 1)]),
                mentees: candidates(&[("bernard", 0), ("margit", 1), ("ruth", 1)]),
            },
        }
    );
    let json = serde_json::to_string(&counts.hard[4]).expect("plain data");
    assert_eq!(
        json,
        r#"{"rule":"criterion","criterion":1,"of":5,"removes":2,"leaves_without":{"mentors":[],"mentees":["bernard"]}}"#
    );
    assert_eq!(serde_json::from_str::<HardCount>(&json).expect("what was written"), counts.hard[4]);
}

#[test]
fn pinned_pairs_count_as_possible() {
    let mut instance = story::instance();
    instance.pinned.push(PairIds::new("ana", "bernard"));
    let counts = count(&instance.compile().expect("sound"));
    assert_eq!(counts.remaining, 3);
    assert_eq!(counts.hard[4], removed(HardRule::Criterion(1), 5, 1, &[], &[]));
}

#[test]
fn a_rationale_adds_up_and_stores_as_json() {
    let compiled = story::instance().compile().expect("sound");
    let rationale = explain_pair(&compiled, "ana", "ruth").expect("both exist");
    let points: Vec<(usize, u32, u32, bool)> =
        rationale.parts.iter().map(|part| (part.criterion, part.points, part.of, part.holds)).collect();
    // AI at work: 3 x 4 = 12 of 30 topic points; Data is offered below the wanted level. 1 - (18/30)^2 = 0.64.
    assert_eq!(
        points,
        [(0, 0, 0, true), (1, 0, 0, true), (2, 0, 0, true), (3, 4_800, 7_500, true), (4, 2_500, 2_500, false)]
    );
    assert_eq!(rationale.score, 7_300);
    assert_eq!((rationale.pinned, rationale.broken.len()), (false, 0));
    let json = serde_json::to_value(&rationale).expect("plain data");
    assert_eq!(
        json["parts"][3]["fact"],
        serde_json::json!({"kind": "topics", "offering": "mentor", "by": 1, "wanted": [
            {"topic": "AI at work", "priority": 3, "at_least": 2, "offered": 4},
            {"topic": "Data", "priority": 2, "at_least": 4, "offered": 3},
            {"topic": "Passkeys", "priority": 1, "at_least": 1, "offered": null},
        ]})
    );
    assert_eq!(serde_json::from_value::<Rationale>(json).expect("what was written"), rationale);
    let broken = explain_pair(&compiled, "ana", "margit").expect("both exist").broken;
    assert_eq!(broken, [HardRule::Criterion(2)]);
    let unknown = explain_pair(&compiled, "ana", "nobody").expect_err("nobody has that id");
    assert_eq!(unknown.to_string(), "no mentee has the id nobody");
}

/// Two mentors who offer different amounts, three mentees who want the same.
fn market(capacity: u32) -> Instance {
    let criteria = "[[criterion]]\nrule = 'prefer'\ncompare = 'offers_what_the_other_wants'\nfield = 'topics'\nweight = 1\n\
        [[criterion]]\nrule = 'must'\ncompare = 'different'\nfield = 'office'\n\
        [[criterion]]\nrule = 'must'\ncompare = 'same'\nfield = 'language'";
    let person = |id: &str, office: &str, language: &str, topics: Value| {
        Profile::new(id, 1)
            .with("topics", topics)
            .with("office", Value::category(office))
            .with("language", Value::category(language))
    };
    let wants = |priority| Value::wants([("AI", counterflow_matching::Want::any_level(priority))]);
    let mut best = person("best", "Lima", "en", Value::offers([("AI", 5)]));
    best.capacity = capacity;
    let mentors = vec![
        best,
        person("good", "Lima", "en", Value::offers([("AI", 3)])),
        person("idle", "Linz", "de", Value::offers([("AI", 3)])),
    ];
    let mentees = vec![
        person("x", "Oslo", "en", wants(3)),
        person("y", "Oslo", "en", wants(2)),
        person("z", "Oslo", "en", wants(1)),
        person("w", "Linz", "de", wants(1)),
        person("v", "Linz", "fr", wants(1)),
    ];
    Instance::new(mentors, mentees, counterflow_matching::Criteria::from_toml(criteria).expect("in the form"))
}

#[test]
fn standing_tells_rank_ties_and_regret() {
    let compiled = market(1).compile().expect("sound");
    let rationale = explain_pair(&compiled, "good", "x").expect("both exist");
    assert_eq!(
        rationale.for_mentee,
        Standing { rank: 2, tied: 0, of: 2, first_choice: Some("best".into()), regret: 7_500 - 5_100 }
    );
    assert_eq!(rationale.for_mentor, Standing { rank: 1, tied: 0, of: 3, first_choice: Some("x".into()), regret: 0 });
    let nobody = explain_pair(&compiled, "good", "v").expect("both exist");
    assert_eq!(nobody.for_mentee, Standing { rank: 1, tied: 0, of: 0, first_choice: None, regret: 0 });
    let all_equal = Instance::new(
        vec![Profile::new("a", 1), Profile::new("b", 1), Profile::new("c", 1)],
        vec![Profile::new("x", 1)],
        Default::default(),
    );
    let rationale = explain_pair(&all_equal.compile().expect("sound"), "b", "x").expect("both exist");
    assert_eq!(rationale.for_mentee, Standing { rank: 1, tied: 2, of: 3, first_choice: Some("a".into()), regret: 0 });
}

fn reasons<'a>(compiled: &'a CompiledInstance, solution: &'a Solution) -> Reasons<'a> {
    Reasons::new(compiled, solution).expect("the draft is of this instance")
}

#[test]
fn a_person_without_candidates_learns_which_rules_stand_in_the_way() {
    let compiled = story::instance().compile().expect("sound");
    let solution = solve(&compiled, &SolveOptions::of(&compiled), unattended).expect("nobody cancels");
    assert_eq!(solution.unmatched.mentees, ["bernard"]);
    let why = reasons(&compiled, &solution).unmatched(Side::Mentee, "bernard").expect("bernard exists");
    let steps: Vec<(HardRule, u32, u32, u32)> =
        why.funnel.steps.iter().map(|step| (step.rule, step.removes, step.alone, step.only)).collect();
    assert_eq!(
        steps,
        [
            (HardRule::SamePerson, 0, 0, 0),
            (HardRule::Forbidden, 0, 0, 0),
            (HardRule::ChainOfCommand, 0, 0, 0),
            (HardRule::Criterion(0), 0, 0, 0),
            (HardRule::Criterion(1), 2, 2, 2),
            (HardRule::Criterion(2), 0, 0, 0),
        ]
    );
    assert_eq!((why.funnel.of, why.funnel.candidates, why.places, why.filled), (2, 0, 1, 0));
    assert_eq!(why.candidates, []);
    assert_eq!(
        why.relax,
        [Relaxation { rule: HardRule::Criterion(1), opens: 2, with_a_free_place: 0, outlook: Outlook::Open }]
    );
    assert_eq!(funnel(&compiled, Side::Mentee, "bernard").expect("bernard exists"), why.funnel);
    let chain = funnel(&compiled, Side::Mentor, "tom").expect("tom exists");
    assert_eq!((chain.steps[2].rule, chain.steps[2].only, chain.candidates), (HardRule::ChainOfCommand, 1, 1));
    let json = serde_json::to_string(&why).expect("plain data");
    assert_eq!(serde_json::from_str::<counterflow_matching::Unmatched>(&json).expect("what was written"), why);
}

#[test]
fn a_person_whose_candidates_are_taken_learns_by_whom() {
    let compiled = market(1).compile().expect("sound");
    let solution = solve(
        &compiled,
        &SolveOptions { objective: Objective::MaxCoverage, threads: 0, ..SolveOptions::default() },
        unattended,
    )
    .expect("nobody cancels");
    assert_eq!(solution.unmatched.mentees, ["v", "w", "z"]);
    let reasons = reasons(&compiled, &solution);
    let why = reasons.unmatched(Side::Mentee, "z").expect("z exists");
    let held = |id: &str, score: u32, by: &str, price| Candidate {
        id: id.into(),
        score,
        places: 1,
        partners: vec![by.into()],
        price,
    };
    assert_eq!(why.candidates, [held("best", 3_056, "x", Some(6_001)), held("good", 1_900, "y", Some(3_601))]);
    assert_eq!(why.candidates[1].missing(), Some(1_701));
    assert_eq!((why.funnel.candidates, why.filled), (2, 0));
    assert_eq!(
        why.relax,
        [Relaxation { rule: HardRule::Criterion(2), opens: 1, with_a_free_place: 1, outlook: Outlook::Paired }]
    );
    let why = reasons.unmatched(Side::Mentee, "w").expect("w exists");
    assert_eq!(
        why.relax.iter().map(|relax| (relax.rule, relax.opens, relax.with_a_free_place)).collect::<Vec<_>>(),
        [(HardRule::Criterion(1), 1, 1), (HardRule::Criterion(2), 2, 0),]
    );
    let matched = reasons.unmatched(Side::Mentee, "x").expect("x exists");
    assert_eq!(matched.filled, 1);
    assert!(matched.candidates.iter().all(|candidate| candidate.id != "best"), "x has the best already");
}

#[test]
fn a_swap_tells_its_price_and_the_rules_it_would_break() {
    let compiled = market(1).compile().expect("sound");
    let (first, second) = (PairIds::new("best", "x"), PairIds::new("good", "y"));
    let Swap { change, pairs } = swap(&compiled, &first, &second).expect("all exist");
    // x: 7,500 with the best, 5,100 with the good one; y: 3,600 with the good one, 5,556 with the best.
    assert_eq!(change, 5_100 + 5_556 - 7_500 - 3_600);
    assert_eq!((&pairs[0].pair, pairs[0].score), (&PairIds::new("good", "x"), 5_100));
    assert!(pairs.iter().all(|pair| pair.broken.is_empty()));
    let broken = swap(&compiled, &first, &PairIds::new("idle", "w")).expect("all exist");
    assert_eq!(broken.pairs[0].broken, [HardRule::Criterion(2)]);
    assert!(swap(&compiled, &first, &PairIds::new("nobody", "w")).is_err());
}
