//! The people of the round that the tests tell of.

use counterflow_matching::{Criteria, Instance, OrgTree, Profile, Value, Want};

pub const CRITERIA: &str = "
[chain_of_command]
[[criterion]]
rule = 'must'
compare = 'at_least_apart'
field = 'level'
by = 3
[[criterion]]
rule = 'must'
compare = 'overlaps'
field = 'languages'
[[criterion]]
rule = 'must'
compare = 'different'
field = 'department'
[[criterion]]
name = 'Topics'
rule = 'prefer'
compare = 'offers_what_the_other_wants'
mentor_field = 'offers'
mentee_field = 'wants'
weight = 6
[[criterion]]
rule = 'avoid'
compare = 'same'
field = 'office'
weight = 2
";

pub fn criteria() -> Criteria {
    Criteria::from_toml(CRITERIA).expect("the story's criteria are in the form")
}

fn person(id: &str, level: i32, department: &str, office: &str, languages: &[&str]) -> Profile {
    Profile::new(id, 1)
        .with("level", Value::from(level))
        .with("department", Value::category(department))
        .with("office", Value::category(office))
        .with("languages", Value::set(languages.iter().copied()))
}

/// Ana and Tom mentor; Ruth, Bernard and Margit lead. Tom reports to Ines, and Ines to Ruth. Nobody but Bernard speaks
/// Dutch, and it is all he speaks; Ana and Margit both work in Finance.
pub fn instance() -> Instance {
    let ana = person("ana", 2, "Finance", "Singapore", &["English"]);
    let tom = person("tom", 3, "Support", "Leeds", &["English"]);
    let mentors = vec![
        ana.with("offers", Value::offers([("AI at work", 4), ("Data", 3), ("Video", 5)])),
        tom.with("offers", Value::offers([("Data", 2)])),
    ];
    let want = |priority, at_least| Want { priority, at_least };
    let ruth = person("ruth", 6, "Audit", "Lagos", &["English", "Igbo"]);
    let bernard = person("bernard", 6, "Supply chain", "Rotterdam", &["Dutch"]);
    let margit = person("margit", 7, "Finance", "Leeds", &["English", "Swedish"]);
    let mentees = vec![
        ruth.with("wants", Value::wants([("AI at work", want(3, 2)), ("Data", want(2, 4)), ("Passkeys", want(1, 1))])),
        bernard.with("wants", Value::wants([("Data", want(3, 1))])),
        margit.with("wants", Value::wants([("Data", want(3, 1))])),
    ];
    let org = OrgTree::from_managers([
        ("ruth", None),
        ("ines", Some("ruth")),
        ("tom", Some("ines")),
        ("ana", None),
        ("bernard", None),
    ]);
    Instance { org: org.expect("a proper tree"), ..Instance::new(mentors, mentees, criteria()) }
}
