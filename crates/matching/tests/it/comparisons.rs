//! What each comparison says of two values.

use counterflow_matching::{Criteria, Fact, Instance, Part, Profile, Side, Value, Want, count, explain_pair};

fn instance(criterion: &str, ours: Option<Value>, theirs: Option<Value>) -> Instance {
    let criteria =
        Criteria::from_toml(&format!("[[criterion]]\nfield = 'f'\n{criterion}")).expect("a proper criterion");
    let person = |id: &str, value: Option<Value>| {
        value.into_iter().fold(Profile::new(id, 1), |person, value| person.with("f", value))
    };
    Instance {
        fields: ["f".into()].into(),
        ..Instance::new(vec![person("a", ours)], vec![person("b", theirs)], criteria)
    }
}

/// Whether the comparison holds, and its degree.
fn judge(compare: &str, ours: Option<Value>, theirs: Option<Value>) -> (bool, u32) {
    let prefer = instance(&format!("rule = 'prefer'\nweight = 4\n{compare}"), ours, theirs);
    let compiled = prefer.compile().expect("the values fit the comparison");
    let rationale = explain_pair(&compiled, "a", "b").expect("both exist");
    (rationale.parts[0].holds, rationale.score)
}

fn part(compare: &str, ours: Value, theirs: Value) -> Part {
    let prefer = instance(&format!("rule = 'prefer'\nweight = 4\n{compare}"), Some(ours), Some(theirs));
    let rationale = explain_pair(&prefer.compile().expect("fits"), "a", "b").expect("both exist");
    rationale.parts.into_iter().next().expect("one criterion")
}

fn remaining(criterion: &str, ours: Option<Value>, theirs: Option<Value>) -> u64 {
    count(&instance(criterion, ours, theirs).compile().expect("fits")).remaining
}

/// Checks the preference, and that `avoid`, `must` and `must_not` follow from it.
fn check(compare: &str, ours: Value, theirs: Value, expected: (bool, u32)) {
    let (ours, theirs) = (Some(ours), Some(theirs));
    assert_eq!(judge(compare, ours.clone(), theirs.clone()), expected, "{compare}: {ours:?} {theirs:?}");
    assert_eq!(judge(compare, theirs.clone(), ours.clone()), expected, "{compare}: {theirs:?} {ours:?}");
    let avoid = instance(&format!("rule = 'avoid'\nweight = 4\n{compare}"), ours.clone(), theirs.clone());
    let avoided = explain_pair(&avoid.compile().expect("fits"), "a", "b").expect("both exist");
    assert_eq!((avoided.parts[0].holds, avoided.score), (expected.0, 10_000 - expected.1));
    let kept = |rule: &str| remaining(&format!("rule = '{rule}'\n{compare}"), ours.clone(), theirs.clone()) == 1;
    assert_eq!((kept("must"), kept("must_not")), (expected.0, !expected.0));
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().expect("a number"))
}

#[test]
fn same_and_different() {
    let word = Value::category;
    check("compare = 'same'", word("Lima"), word("Lima"), (true, 10_000));
    check("compare = 'same'", word("Lima"), word("lima"), (false, 0));
    check("compare = 'same'", number("2.5"), number("2.50"), (true, 10_000));
    check("compare = 'different'", word("Lima"), word("Lima"), (false, 0));
    check("compare = 'different'", word("Lima"), word("Linz"), (true, 10_000));
    check("compare = 'different'", number("2"), number("3"), (true, 10_000));
}

#[test]
fn distances() {
    let apart = "compare = 'at_least_apart'\nby = 3";
    check(apart, number("2"), number("6"), (true, 10_000));
    check(apart, number("2"), number("5"), (true, 10_000));
    check(apart, number("2"), number("4.5"), (false, 8_333));
    check(apart, number("-1"), number("-1"), (false, 0));
    let near = "compare = 'at_most_apart'\nby = 2";
    check(near, number("2"), number("4"), (true, 10_000));
    check(near, number("2"), number("5"), (false, 5_000));
    check(near, number("2"), number("6"), (false, 0));
    check(near, number("2"), number("60"), (false, 0));
    check("compare = 'at_most_apart'\nby = 0", number("2"), number("2"), (true, 10_000));
    check("compare = 'at_most_apart'\nby = 0", number("2"), number("2.001"), (false, 0));
    let clock = "compare = 'at_most_apart'\nby = 3\nwraps_at = 24";
    check(clock, number("-8"), number("13"), (true, 10_000));
    check(clock, number("-8"), number("11.5"), (false, 5_000));
    check("compare = 'at_least_apart'\nby = 6\nwraps_at = 24", number("-8"), number("13"), (false, 5_000));
}

#[test]
fn overlaps() {
    let set = |words: &[&str]| Value::set(words.iter().copied());
    let one = "compare = 'overlaps'";
    check(one, set(&["en", "es"]), set(&["es", "pt"]), (true, 10_000));
    check(one, set(&["en"]), set(&["es", "pt"]), (false, 0));
    check(one, set(&["en", "es"]), Value::category("es"), (true, 10_000));
    let three = "compare = 'overlaps'\nby = 3";
    check(three, set(&["a", "b", "c", "d"]), set(&["a", "b", "c", "d"]), (true, 10_000));
    check(three, set(&["a", "b", "x"]), set(&["a", "b", "y", "z"]), (false, 6_667));
    let many: Vec<String> = (0..200).map(|at| format!("word {at:03}")).collect();
    check(
        "compare = 'overlaps'\nby = 100",
        Value::set(many[..150].to_vec()),
        Value::set(many[60..].to_vec()),
        (false, 9_000),
    );
}

#[test]
fn complements() {
    let word = Value::category;
    let pairs = "compare = 'complements'\npairs = [['quiet', 'loud'], ['calm', 'calm']]";
    check(pairs, word("quiet"), word("loud"), (true, 10_000));
    check(pairs, word("quiet"), word("quiet"), (false, 0));
    check(pairs, word("quiet"), word("calm"), (false, 0));
    check(pairs, word("calm"), word("calm"), (true, 10_000));
    check(pairs, word("odd"), word("odd"), (false, 0));
    check("compare = 'complements'", word("odd"), word("quiet"), (true, 10_000));
    check("compare = 'complements'", word("odd"), word("odd"), (false, 0));
    let scale = "compare = 'complements'\nby = 4";
    check(scale, number("1"), number("5"), (true, 10_000));
    check(scale, number("1"), number("3"), (true, 5_000));
    check(scale, number("1"), number("2.9"), (false, 4_750));
    check(scale, number("1"), number("9"), (true, 10_000));
    check("compare = 'complements'", number("2"), number("5"), (true, 10_000));
    check("compare = 'complements'", number("5"), number("5"), (false, 0));
}

fn wants(topics: &[(&str, u8, u8)]) -> Value {
    Value::wants(topics.iter().map(|&(topic, priority, at_least)| (topic, Want { priority, at_least })))
}

#[test]
fn offers_what_the_other_wants_in_either_direction() {
    let offers = |topics: &[(&str, u8)]| Value::offers(topics.iter().copied());
    let one = "compare = 'offers_what_the_other_wants'";
    check(one, offers(&[("AI", 5)]), wants(&[("AI", 3, 1)]), (true, 7_500));
    check(one, offers(&[("AI", 5), ("data", 5)]), wants(&[("AI", 3, 5), ("data", 3, 1)]), (true, 10_000));
    check(
        one,
        offers(&[("AI", 5), ("data", 5), ("video", 5)]),
        wants(&[("AI", 3, 1), ("data", 3, 1), ("video", 3, 1)]),
        (true, 10_000),
    );
    check(one, offers(&[("AI", 2)]), wants(&[("AI", 2, 2), ("data", 3, 1)]), (true, 2_489));
    check(one, offers(&[("AI", 2)]), wants(&[("AI", 2, 3)]), (false, 0));
    check(one, offers(&[("AI", 2)]), wants(&[("data", 2, 1)]), (false, 0));
    let two = "compare = 'offers_what_the_other_wants'\nby = 2";
    check(two, offers(&[("AI", 2), ("video", 1)]), wants(&[("AI", 2, 2), ("data", 3, 1)]), (false, 2_489));
    check(two, offers(&[("AI", 2), ("data", 1)]), wants(&[("AI", 2, 2), ("data", 3, 1)]), (true, 4_122));
}

/// Leaving out an answer, or a part of one, never raises a score and never opens a pair.
#[test]
fn answering_narrowly_never_helps() {
    let topics: Vec<(&str, u8, u8)> = vec![("AI", 3, 2), ("data", 2, 1), ("video", 1, 3)];
    let offered = Value::offers([("AI", 3), ("data", 4), ("video", 2)]);
    let compare = "compare = 'offers_what_the_other_wants'";
    let score = |listed: Vec<(&str, u8, u8)>| {
        let theirs = (!listed.is_empty()).then(|| wants(&listed));
        judge(compare, Some(offered.clone()), theirs)
    };
    let full = score(topics.clone());
    for subset in 0..7 {
        let listed =
            topics.iter().enumerate().filter(|(at, _)| subset >> at & 1 == 1).map(|(_, topic)| *topic).collect();
        let (holds, degree) = score(listed);
        assert!(degree <= full.1 && holds <= full.0, "{subset}");
    }
    for rule in ["prefer", "avoid"] {
        let criterion = format!("rule = '{rule}'\nweight = 1\ncompare = 'same'");
        let compiled = instance(&criterion, Some(number("1")), None).compile().expect("fits");
        assert_eq!(explain_pair(&compiled, "a", "b").expect("both exist").score, 0, "{rule}");
    }
}

#[test]
fn a_missing_value_breaks_a_hard_rule_unless_it_is_allowed() {
    let blank = [None, Some(Value::category(" ")), Some(Value::set::<String>([]))];
    for (rule, compare) in [("must", "overlaps"), ("must_not", "overlaps")] {
        for missing in &blank {
            let criterion = format!("rule = '{rule}'\ncompare = '{compare}'");
            let full = Some(Value::category("en"));
            assert_eq!(remaining(&criterion, missing.clone(), full.clone()), 0);
            assert_eq!(remaining(&format!("{criterion}\nmissing = 'allow'"), missing.clone(), full.clone()), 1);
            assert_eq!(remaining(&format!("{criterion}\nmissing = 'allow'"), full, missing.clone()), 1);
        }
    }
}

#[test]
fn facts_carry_what_was_compared() {
    let shared = part("compare = 'overlaps'\nby = 2", Value::set(["pt", "en", "es"]), Value::set(["pt", "es", "fr"]));
    assert_eq!(shared.fact, Fact::Shared { members: vec!["es".into(), "pt".into()], by: 2 });
    let distance = part("compare = 'at_most_apart'\nby = 2\nwraps_at = 24", number("-8"), number("13"));
    let expected = Fact::Distance { mentor: (-8).into(), mentee: 13.into(), distance: 3.into(), by: 2.into() };
    assert_eq!(distance.fact, expected);
    let scale = part("compare = 'complements'", number("2"), number("5"));
    assert_eq!(scale.fact, Fact::Distance { mentor: 2.into(), mentee: 5.into(), distance: 3.into(), by: 3.into() });
    let values = part("compare = 'different'", Value::category("Lima"), Value::category("Linz"));
    assert_eq!(values.fact, Fact::Values { mentor: Value::category("Lima"), mentee: Value::category("Linz") });
    let compiled = instance("rule = 'must'\ncompare = 'same'", None, Some(number("1"))).compile().expect("fits");
    let missing = explain_pair(&compiled, "a", "b").expect("both exist").parts.remove(0);
    assert_eq!((missing.holds, missing.fact), (false, Fact::Missing { sides: vec![Side::Mentor] }));
    let json = serde_json::to_string(&expected).expect("plain data");
    assert_eq!(json, r#"{"kind":"distance","mentor":-8,"mentee":13,"distance":3,"by":2}"#);
}
