use counterflow_matching::{Criteria, Instance, Profile, Value, Want, explain_pair};

use super::{Names, Reader, Why, capitalized, fit};
use crate::programs::Side;

const CRITERIA: &str = r#"
[[criterion]]
rule = "must"
compare = "at_least_apart"
field = "level"
by = 3

[[criterion]]
rule = "must"
compare = "overlaps"
field = "languages"

[[criterion]]
rule = "prefer"
compare = "offers_what_the_other_wants"
mentor_field = "offers"
mentee_field = "wants"
weight = 5

[[criterion]]
name = "Other house"
rule = "prefer"
compare = "different"
field = "location"
weight = 2

[[criterion]]
rule = "avoid"
compare = "same"
field = "faith"
weight = 2

[[criterion]]
rule = "prefer"
compare = "complements"
field = "energy"
pairs = [["introvert", "extrovert"]]
weight = 1
"#;

fn person(id: &str, level: i32, faith: &str, energy: &str) -> Profile {
    let plain = Profile::new(id, 1).with("level", Value::from(level)).with("location", Value::category("Lagos"));
    plain
        .with("languages", Value::set(["English", "Igbo"]))
        .with("faith", Value::category(faith))
        .with("private:faith", Value::category(faith))
        .with("energy", Value::category(energy))
}

/// Ana offers two of the three topics that Ruth wants; they sit in one office and differ in what nobody has to know.
fn why(criteria: &str) -> Why {
    let ana = person("ana", 2, "one", "introvert").with("offers", Value::offers([("ai", 4), ("data", 2)]));
    let wants = [("ai", 3), ("data", 2), ("film", 1)].map(|(topic, rank)| (topic, Want::any_level(rank)));
    let ruth = person("ruth", 7, "another", "extrovert").with("wants", Value::wants(wants));
    let criteria = Criteria::from_toml(criteria).unwrap();
    let compiled = Instance::new(vec![ana], vec![ruth], criteria).compile().unwrap();
    let rationale = explain_pair(&compiled, "ana", "ruth").unwrap();
    Why::new(compiled.criteria(), (rationale.score, rationale.pinned), rationale.parts, capitalized)
}

const NAMES: Names = Names { mentor: "Ana", mentee: "Ruth" };

#[test]
fn whoever_looks_at_both_reads_what_speaks_for_and_against() {
    assert_eq!(
        why(CRITERIA).text(NAMES, Reader::Other),
        "Wants Ai, Data; Ana offers level 4 and 2. Other faith, working styles that complement each other, 5 levels \
         apart, but same office."
    );
    let phrases = why(CRITERIA).phrases(NAMES, Reader::Other);
    assert_eq!(phrases.last().map(String::as_str), Some("but same office"));
}

#[test]
fn the_two_read_what_speaks_for_them_and_nothing_that_the_other_did_not_choose_to_show() {
    assert_eq!(
        why(CRITERIA).text(NAMES, Reader::Side(Side::Mentee)),
        "Ana offers 2 of the 3 topics that you want: Ai (level 4), Data (level 2). Your working styles complement each \
         other. You are 5 levels apart. You both speak English and Igbo."
    );
    assert_eq!(
        why(CRITERIA).text(NAMES, Reader::Side(Side::Mentor)),
        "Ruth wants Ai, Data, which you offer. Your working styles complement each other. You are 5 levels apart. You \
         both speak English and Igbo."
    );
    for side in [Side::Mentor, Side::Mentee] {
        let shares = why(CRITERIA).shares(side);
        let labels: Vec<&str> = shares.iter().map(|share| share.label.as_str()).collect();
        assert!(labels.iter().all(|label| !label.contains("faith") && !label.contains("house")), "{labels:?}");
        assert_eq!(labels.last(), Some(&""), "what is not shown comes last, together");
    }
}

#[test]
fn private_answers_speak_to_nobody_and_are_not_stored() {
    let criteria = CRITERIA.replace("field = \"faith\"", "field = \"private:faith\"");
    let (private, open) = (why(&criteria), why(CRITERIA));
    assert_eq!(private.score, open.score, "it counts all the same");
    assert!(!private.text(NAMES, Reader::Other).contains("faith"), "{}", private.text(NAMES, Reader::Other));
    assert!(!private.to_json().contains("another") && open.to_json().contains("another"), "{}", private.to_json());
}

#[test]
fn what_private_answers_gave_is_drawn_with_something_else_or_not_at_all() {
    let why = why(&CRITERIA.replace("field = \"faith\"", "field = \"private:faith\""));
    let bar: Vec<_> = why.bar().into_iter().map(|share| (share.label, share.percent)).collect();
    let first = "offers what the other wants, and private answers".to_owned();
    assert_eq!(bar, [(first.clone(), 59), ("complementary working style".to_owned(), 10)]);
    let key: Vec<_> = why.key().into_iter().map(|(_, label)| label).collect();
    assert_eq!(key, [first, "Other house".to_owned(), "complementary working style".to_owned()]);
    // The two read neither the part nor a gap from which it follows.
    let percents: Vec<_> = why.shares(Side::Mentee).iter().map(|share| share.percent).collect();
    assert_eq!(percents, [80, 20]);
}

#[test]
fn shares_add_up() {
    let why = why(CRITERIA);
    // Topics: 3 x 4 + 2 x 2 = 16 of 30, so 1 - (14/30)^2 of 5,000; then 2,000 and 1,000.
    assert_eq!((why.score, why.fit()), (6_911, "0.69".to_owned()));
    let widths: Vec<_> = why.bar().iter().map(|share| (share.start.clone(), share.width.clone())).collect();
    let expected = [("0.0", "39.1"), ("39.1", "20.0"), ("59.1", "10.0")];
    assert_eq!(widths, expected.map(|(start, width)| (start.to_owned(), width.to_owned())));
    let percents: Vec<_> = why.shares(Side::Mentee).iter().map(|share| share.percent).collect();
    assert_eq!(percents, [57, 14, 29]);
    assert_eq!(why.key().len(), 4);
}

#[test]
fn what_is_stored_reads_the_same() {
    let why = why(CRITERIA);
    assert_eq!(Why::read(&why.to_json()).unwrap(), why);
    assert!(Why::read("{}").is_err());
}

#[test]
fn labels_say_what_is_asked() {
    let labels: Vec<String> = why(CRITERIA).reasons.iter().map(|reason| reason.head.label()).collect();
    assert_eq!(
        labels,
        [
            "at least 3 levels apart",
            "shared languages",
            "offers what the other wants",
            "Other house",
            "not same faith",
            "complementary working style"
        ]
    );
}

#[test]
fn without_wishes_every_pair_is_as_good_as_another() {
    let why = why("[[criterion]]\nrule = \"must\"\ncompare = \"overlaps\"\nfield = \"languages\"");
    assert_eq!((why.fit().as_str(), why.bar().len(), why.shares(Side::Mentee).len()), ("1.00", 0, 0));
    assert_eq!(why.text(NAMES, Reader::Other), "");
}

#[test]
fn points_become_a_fit() {
    assert_eq!([fit(0), fit(49), fit(50), fit(8_449), fit(10_000)], ["0.00", "0.00", "0.01", "0.84", "1.00"]);
}
