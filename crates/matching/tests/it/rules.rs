//! What makes a pair impossible, and what a pin does about it.

use counterflow_matching::{
    Criteria, HardRule, Instance, OrgTree, Override, PairIds, Profile, SolveOptions, admissible_pairs, solve,
    unattended,
};

fn people(ids: &[&str]) -> Vec<Profile> {
    ids.iter().map(|id| Profile::new(*id, 2)).collect()
}

/// Everybody with everybody: top - mid - low - least in one line, side beside mid, and a guest outside the tree.
fn company(chain: &str) -> Instance {
    let ids = ["top", "mid", "low", "least", "side", "guest"];
    let org = OrgTree::from_managers([
        ("top", None),
        ("mid", Some("top")),
        ("side", Some("top")),
        ("low", Some("mid")),
        ("least", Some("low")),
    ]);
    let criteria = Criteria::from_toml(chain).expect("in the form");
    Instance { org: org.expect("a proper tree"), ..Instance::new(people(&ids), people(&ids), criteria) }
}

fn possible(instance: Instance) -> Vec<String> {
    let compiled = instance.compile().expect("sound");
    admissible_pairs(&compiled).map(|pair| format!("{}-{}", pair.mentor, pair.mentee)).collect()
}

#[test]
fn the_chain_of_command_works_both_ways_at_any_depth() {
    let pairs = possible(company("[chain_of_command]"));
    for (one, other) in
        [("top", "mid"), ("top", "low"), ("top", "least"), ("mid", "least"), ("low", "least"), ("top", "side")]
    {
        for pair in [format!("{one}-{other}"), format!("{other}-{one}")] {
            assert!(!pairs.contains(&pair), "{pair}");
        }
    }
    for pair in ["side-mid", "mid-side", "side-least", "least-side", "guest-top", "top-guest"] {
        assert!(pairs.contains(&pair.to_owned()), "{pair}");
    }
    assert_eq!(pairs.len(), 6 * 6 - 6 - 2 * 7);
}

#[test]
fn the_chain_of_command_reaches_as_many_levels_as_it_says() {
    let check = |depth: u32, impossible: usize| {
        let pairs = possible(company(&format!("[chain_of_command]\ndepth = {depth}")));
        assert_eq!(pairs.len(), 6 * 6 - 6 - 2 * impossible, "{depth}");
    };
    check(1, 4);
    check(2, 6);
    check(3, 7);
    check(4, 7);
    assert_eq!(possible(company("")).len(), 6 * 6 - 6);
}

#[test]
fn nobody_mentors_themself_and_forbidden_pairs_are_kept_apart_in_one_direction() {
    let mut instance = Instance::new(people(&["a", "b"]), people(&["a", "b"]), Criteria::default());
    assert_eq!(possible(instance.clone()), ["a-b", "b-a"]);
    instance.forbidden.push(PairIds::new("a", "b"));
    assert_eq!(possible(instance), ["b-a"]);
}

#[test]
fn a_pin_overrides_every_rule_and_says_which() {
    let mut instance = company("[chain_of_command]\n[[criterion]]\nrule = 'must'\ncompare = 'same'\nfield = 'office'");
    instance.fields.insert("office".into());
    instance.pinned = vec![PairIds::new("top", "mid"), PairIds::new("guest", "side")];
    let compiled = instance.compile().expect("sound");
    let pinned = |mentor: &str, mentee: &str, rules: &[HardRule]| Override {
        pair: PairIds::new(mentor, mentee),
        rules: rules.to_vec(),
    };
    assert_eq!(
        compiled.overrides(),
        [
            pinned("guest", "side", &[HardRule::Criterion(0)]),
            pinned("top", "mid", &[HardRule::ChainOfCommand, HardRule::Criterion(0)]),
        ]
    );
    let listed: Vec<_> = admissible_pairs(&compiled).map(|pair| (pair.mentor, pair.mentee, pair.pinned)).collect();
    assert_eq!(listed, [("guest", "side", true), ("top", "mid", true)]);
    let solution = solve(&compiled, &SolveOptions::default(), unattended).expect("nobody cancels");
    assert!(solution.pairs.iter().all(|pair| pair.pinned) && solution.pairs.len() == 2);
}
