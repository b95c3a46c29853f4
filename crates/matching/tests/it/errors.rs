//! Everything that is wrong with an instance, at once, each with its place.

use counterflow_matching::{Criteria, Instance, InstanceError, PairIds, Profile, Side, Value, Want};

fn errors(instance: Instance) -> Vec<String> {
    let errors = instance.compile().expect_err("something is wrong with it");
    errors.iter().map(ToString::to_string).collect()
}

fn criteria(text: &str) -> Criteria {
    Criteria::from_toml(text).expect("in the form")
}

#[test]
fn people_pins_and_forbidden_pairs() {
    let people = |rows: &[(&str, u32)]| rows.iter().map(|&(id, capacity)| Profile::new(id, capacity)).collect();
    let mentors = people(&[("a", 1), ("b", 0), ("c", 1), ("a", 2), ("d", 1)]);
    let mut instance = Instance::new(mentors, people(&[("c", 1), ("x", 1), ("y", 1)]), Criteria::default());
    let pairs = |list: &[(&str, &str)]| list.iter().map(|&(mentor, mentee)| PairIds::new(mentor, mentee)).collect();
    instance.pinned = pairs(&[("d", "x"), ("d", "y"), ("c", "c"), ("ghost", "x"), ("d", "x")]);
    instance.forbidden = pairs(&[("d", "y"), ("c", "phantom"), ("c", "x")]);
    assert_eq!(
        errors(instance),
        [
            "mentor b has a capacity of 0; it has to be at least 1",
            "mentor a is listed more than once",
            "mentor d has 2 pinned pairs for a capacity of 1",
            "mentee x has 2 pinned pairs for a capacity of 1",
            "mentor ghost of a pinned pair is unknown",
            "mentee phantom of a forbidden pair is unknown",
            "c cannot be pinned to themself",
            "mentor d and mentee y are both pinned and forbidden",
        ]
    );
    assert_eq!(errors(Instance::default()), ["there is no mentor", "there is no mentee"]);
}

#[test]
fn fields_that_nobody_has() {
    let text = "[[criterion]]\nrule = 'must'\ncompare = 'same'\nfield = 'ofice'\n\
        [[criterion]]\nrule = 'must'\ncompare = 'same'\nmentor_field = 'office'\nmentee_field = 'site'";
    let person = |id: &str| Profile::new(id, 1).with("office", Value::category("Lima"));
    let mut instance = Instance::new(vec![person("a")], vec![person("b")], criteria(text));
    assert_eq!(
        errors(instance.clone()),
        [
            "criterion 1: no mentor has a field `ofice`",
            "criterion 1: no mentee has a field `ofice`",
            "criterion 2: no mentee has a field `site`",
        ]
    );
    instance.fields = ["ofice".to_owned(), "site".to_owned()].into();
    assert!(instance.compile().is_ok(), "fields that exist may be empty");
}

#[test]
fn values_that_a_comparison_cannot_compare() {
    let text = "[[criterion]]\nrule = 'must'\ncompare = 'same'\nfield = 'level'\n\
        [[criterion]]\nrule = 'must'\ncompare = 'at_least_apart'\nby = 1\nfield = 'office'\n\
        [[criterion]]\nrule = 'must'\ncompare = 'overlaps'\nfield = 'level'\n\
        [[criterion]]\nrule = 'must'\ncompare = 'offers_what_the_other_wants'\nfield = 'topics'\n\
        [[criterion]]\nrule = 'must'\ncompare = 'complements'\npairs = [['a', 'b']]\nfield = 'level'";
    let a = Profile::new("a", 1).with("level", Value::from(3)).with("office", Value::category("Lima"));
    let b = Profile::new("b", 1).with("level", Value::category("three")).with("office", Value::from(1));
    let mentors = vec![a.with("topics", Value::offers([("AI", 3)]))];
    let instance = Instance::new(mentors, vec![b.with("topics", Value::offers([("AI", 3)]))], criteria(text));
    assert_eq!(
        errors(instance),
        [
            "criterion 1: `level` of mentee b is a category; it has to be a number",
            "criterion 2: `office` of mentor a is a category; it has to be a number",
            "criterion 3: `level` of mentor a is a number; it has to be a set or a category",
            "criterion 4: `topics` of mentee b is offered topics; it has to be wanted topics",
            "criterion 5: `level` of mentor a is a number; it has to be a category",
        ]
    );
}

#[test]
fn levels_and_priorities_outside_their_scales() {
    let text = "[[criterion]]\nrule = 'must'\ncompare = 'offers_what_the_other_wants'\nfield = 'topics'";
    let a = Profile::new("a", 1).with("topics", Value::offers([("AI", 0), ("data", 6), ("video", 5)]));
    let want = |priority, at_least| Want { priority, at_least };
    let wants = Value::wants([("AI", want(4, 1)), ("data", want(0, 6)), ("video", want(1, 0))]);
    let instance = Instance::new(vec![a], vec![Profile::new("b", 1).with("topics", wants)], criteria(text));
    assert_eq!(
        errors(instance),
        [
            "criterion 1: `topics` of mentor a has AI with level 0; it has to be from 1 to 5",
            "criterion 1: `topics` of mentor a has data with level 6; it has to be from 1 to 5",
            "criterion 1: `topics` of mentee b has AI with priority 4; it has to be from 1 to 3",
            "criterion 1: `topics` of mentee b has data with priority 0; it has to be from 1 to 3",
            "criterion 1: `topics` of mentee b has data with smallest level 6; it has to be from 1 to 5",
            "criterion 1: `topics` of mentee b has video with smallest level 0; it has to be from 1 to 5",
        ]
    );
}

#[test]
fn criteria_that_were_not_read_from_the_form_are_checked_too() {
    let mut made = criteria("[[criterion]]\nrule = 'must'\ncompare = 'at_most_apart'\nby = 1\nfield = 'level'");
    made.list[0].compare = counterflow_matching::Comparison::AtMostApart { by: (-1).into(), wraps_at: None };
    let person = |id: &str| Profile::new(id, 1).with("level", Value::from(1));
    let found = Instance::new(vec![person("a")], vec![person("b")], made).compile().expect_err("by is below 0");
    assert!(matches!(&found[..], [InstanceError::Criteria(_)]), "{found:?}");
    assert_eq!(found[0].to_string(), "criterion 1, `by` has to be 0 or more, not -1");
    assert_eq!(Side::Mentor.other(), Side::Mentee);
}
