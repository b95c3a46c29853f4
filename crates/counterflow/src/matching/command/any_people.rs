//! Whatever stands in a people file, it is answered: with people, or with errors that name their places.

use counterflow_matching::{Criteria, Number, Profile, SolveOptions, Value, Want, solve, unattended};
use proptest::{collection::vec, prelude::*, sample::Index};

use super::people_file::{FileError, read};

const CRITERIA: &str = r#"
    [chain_of_command]
    [[criterion]]
    rule = "must"
    compare = "at_least_apart"
    field = "level"
    by = 1
    missing = "allow"
    [[criterion]]
    rule = "prefer"
    compare = "offers_what_the_other_wants"
    mentor_field = "offers"
    mentee_field = "wants"
    weight = 6
    [[criterion]]
    rule = "prefer"
    compare = "overlaps"
    field = "languages"
    weight = 2
    [[criterion]]
    rule = "avoid"
    compare = "same"
    field = "office"
    weight = 1
"#;

const PEOPLE: &str = "id,name,role,capacity,manager,level,offers,wants,languages,office\r\n\
    1,\"Vogt, Karin\",,,,9,,,,Linz\r\n\
    2,Ruth Okafor,mentee,2,1,8,,AI at work:3; data,\"English; Igbo\",Lagos\r\n\
    3,\"Ana \"\"Annie\"\" Lim\",mentor,,2,3,AI at work:4; data:3,,English,Lima\r\n\
    4,Tom Whitaker,Mentor,3,2,-0.125,data:5,,,\r\n\
    5,Margit Lindqvist,MENTEE,1000,1,7,,\"data:1:5;\u{1F469}\u{200D}\u{1F4BB}\",Swedish,\"Lin\nz\"\r\n";

/// What takes the place of something else.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "",
        "\u{feff}",
        "\r\n",
        "\n",
        "\r",
        "\"",
        "\"\"",
        ",",
        ";",
        "\t",
        "\0",
        ":",
        "::",
        "data:0",
        "data:256",
        ":3",
        "1:",
        "0",
        "1001",
        "-1",
        "99999999999999999999",
        "1e9",
        "NaN",
        "3.1415",
        "10000000000",
        "mentor",
        "\u{202e}",
        "=1+1",
        "id",
        "role",
        "'",
        "\u{a0}",
        "\n2,Ruth Okafor,mentee,2,5,8,,AI:3,English,Lagos\n",
    ];
    prop_oneof![
        prop::sample::select(words.to_vec()).prop_map(|word| word.as_bytes().to_vec()),
        "[\",;:\t\n\r'=@ a-z0-9./-]{0,20}".prop_map(String::into_bytes),
        "\\PC{0,8}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..6),
    ]
}

fn with_faults(faults: &[(Index, Option<Index>, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = PEOPLE.as_bytes().to_vec();
    for (from, to, piece) in faults {
        let from = from.index(bytes.len() + 1);
        let to = to.map_or(from, |to| to.index(bytes.len() + 1));
        bytes.splice(from.min(to)..from.max(to), piece.iter().copied());
    }
    bytes
}

fn criteria() -> Criteria {
    Criteria::from_toml(CRITERIA).unwrap()
}

fn names_its_place(bytes: &[u8], error: &FileError) {
    let words = error.words();
    assert!(!words.trim().is_empty(), "{error:?}");
    // Any of the characters can end a line.
    let lines = 2 + bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r' | 0)).count();
    if let FileError::Cell { line, column, .. } = error {
        assert!((1..=lines as u32).contains(line), "{words}");
        assert!(!column.is_empty() && words.starts_with(&format!("line {line}, {column}, ")), "{words}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn faulty_people_files_are_read_or_refused_with_their_places(
        faults in vec((any::<Index>(), any::<Option<Index>>(), piece()), 0..5)
    ) {
        let bytes = with_faults(&faults);
        match read(&bytes, criteria()) {
            Err(errors) => {
                assert!(!errors.is_empty());
                errors.iter().for_each(|error| names_its_place(&bytes, error));
            }
            Ok(file) => match file.instance.compile() {
                Err(errors) => assert!(errors.iter().all(|error| !error.to_string().is_empty())),
                Ok(compiled) => drop(solve(&compiled, &SolveOptions::of(&compiled), unattended).unwrap()),
            },
        }
    }

    #[test]
    fn people_are_read_as_they_were_written(people in vec(person(), 1..12), separator in prop::sample::select(vec![b',', b';', b'\t'])) {
        let mut table = csv::WriterBuilder::new().delimiter(separator).from_writer(Vec::new());
        table.write_record(["id", "name", "role", "capacity", "manager", "level", "offers", "wants", "languages", "office"]).unwrap();
        let mut expected: [Vec<Profile>; 2] = Default::default();
        for (at, (is_mentor, name, capacity, level, topics, languages)) in people.into_iter().enumerate() {
            let id = format!("p{at}");
            let role = if is_mentor { "mentor" } else { "mentee" };
            let listed = |between: &str| topics.iter().map(|(topic, number)| format!("{topic}:{number}")).collect::<Vec<_>>().join(between);
            let (offers, wants) = if is_mentor { (listed(";"), String::new()) } else { (String::new(), listed(" ; ")) };
            let level = Number::from_thousandths(level).unwrap();
            let cells = [id.clone(), name, role.to_owned(), capacity.to_string(), String::new(), level.to_string(), offers, wants, languages.join("; "), String::new()];
            table.write_record(cells).unwrap();
            let mut person = Profile::new(id, capacity).with("level", Value::from(level));
            if !languages.is_empty() {
                person = person.with("languages", Value::set(languages));
            }
            if !topics.is_empty() {
                person = if is_mentor {
                    person.with("offers", Value::offers(topics))
                } else {
                    person.with("wants", Value::wants(topics.into_iter().map(|(topic, priority)| (topic, Want::any_level(priority)))))
                };
            }
            expected[usize::from(!is_mentor)].push(person);
        }
        let file = read(&table.into_inner().unwrap(), criteria()).unwrap();
        assert_eq!([file.instance.mentors, file.instance.mentees], expected);
    }
}

/// Mentor or mentee, name, places, level in thousandths, topics, languages.
#[allow(clippy::type_complexity, reason = "a strategy has the type of what it makes")]
fn person() -> impl Strategy<Value = (bool, String, u32, i64, Vec<(String, u8)>, Vec<String>)> {
    let word = || "[a-zß\u{e9}][a-z \"',.-]{0,6}[a-z]";
    let topics = prop::collection::btree_map(word(), 1..=3_u8, 0..4).prop_map(|topics| topics.into_iter().collect());
    (any::<bool>(), "[A-Z][a-z ,\"]{0,8}[a-z]", 1..=1_000_u32, -20_000..20_000_i64, topics, vec(word(), 0..3))
}
