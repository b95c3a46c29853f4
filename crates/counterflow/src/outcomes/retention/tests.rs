use clap::Parser;

use super::*;

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    given: Given,
}

fn given(folder: &Path, more: &[&str]) -> Given {
    let [people, joined] = ["people.csv", "joined.csv"].map(|name| folder.join(name).display().to_string());
    let words = ["retention", &people, "--participants", &joined].into_iter().chain(more.iter().copied());
    Command::try_parse_from(words).unwrap().given
}

/// Days from 2020-01-01 on.
fn on(day: i64) -> String {
    date_of(day).to_string()
}

fn date_of(day: i64) -> Date {
    jiff::civil::date(2020, 1, 1).checked_add(jiff::Span::new().days(day)).unwrap()
}

/// A panel of known truth as HR would export it, and who joined.
fn panel(name: &str) -> (String, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../statistics/tests/reference").join(name);
    let text = fs::read_to_string(path).unwrap();
    let (mut people, mut joined) =
        ("Employee ID,Hire date,Last day,Exit type,Department,Level,Age,Region\n".to_owned(), "id,joined\n".to_owned());
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [id, hired, join, left, kind, age, _, grade, _, unit, region] = cells[..11] else { panic!("{line}") };
        let day = |cell: &str| cell.parse().map(on).unwrap_or_default();
        people += &format!("{id},{},{},{kind},{unit},{grade},{age},{region}\n", day(hired), day(left));
        if !join.is_empty() {
            joined += &format!("{id},{}\n", day(join));
        }
    }
    (people, joined)
}

fn written(people: &str, joined: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("people.csv"), people).unwrap();
    fs::write(folder.path().join("joined.csv"), joined).unwrap();
    folder
}

const STUDY: [&str; 6] = ["--from", "2021-12-31", "--until", "2024-12-31", "--adjust", "Level,Age,Region,Department"];

#[track_caller]
fn refused(people: &str, joined: &str, more: &[&str], expected: &str) {
    let folder = written(people, joined);
    let failure = printed(&given(folder.path(), more)).unwrap_err();
    let said = FailureText { failure: &failure }.render().unwrap();
    assert!(said.contains(expected), "{said}");
}

#[test]
fn an_effect_of_known_size_is_reported_in_words() {
    let (people, joined) = panel("hr_effect.csv");
    let folder = written(&people, &joined);
    let text = printed(&given(folder.path(), &STUDY)).unwrap();
    insta::assert_snapshot!(text);
    assert!(text.lines().count() <= 100, "{}", text.lines().count());
    assert!(text.contains("Yes, as far as this design can say"));
}

#[test]
fn where_nothing_happened_nothing_is_claimed() {
    let (people, joined) = panel("hr_null.csv");
    let folder = written(&people, &joined);
    let text = printed(&given(folder.path(), &STUDY)).unwrap();
    assert!(text.contains("No difference was seen that chance could not make"), "{text}");
}

#[test]
fn the_document_is_the_same_for_any_order_of_rows() {
    let (people, joined) = panel("hr_effect.csv");
    let turned = |text: &str| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].reverse();
        lines.join("\n")
    };
    let numbers = |people: &str, joined: &str| {
        let folder = written(people, joined);
        let given = given(folder.path(), &[&STUDY[..], &["--format", "json"]].concat());
        let document: serde_json::Value = serde_json::from_str(&printed(&given).unwrap()).unwrap();
        assert!(document["provenance"]["data_hash"].is_string());
        document["sections"].clone()
    };
    assert_eq!(numbers(&people, &joined), numbers(&turned(&people), &turned(&joined)));
}

#[test]
fn too_few_exits_are_no_result_and_a_workbook_is_read_as_well() {
    let mut rows = vec![vec!["Personnel number".to_owned(), "Start date".to_owned(), "End date".to_owned()]];
    for id in 0..60 {
        let left = if id % 12 == 0 { on(900 + id) } else { String::new() };
        rows.push(vec![format!("P{id}"), on(id), left]);
    }
    let joined: String = (0..25).map(|id| format!("P{},{}\n", 2 * id + 1, on(500 + id))).collect();
    let csv: String = rows.iter().map(|row| row.join(",") + "\n").collect();
    let folder = written(&csv, &format!("Personnel number,Enrolled\n{joined}"));
    let text = printed(&given(folder.path(), &["--until", "2023-06-30"])).unwrap();
    assert!(text.contains("Not enough data yet") && text.contains("it takes 10 exits in each group"), "{text}");
    assert!(text.contains("All exits: the file does not say"), "{text}");
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for (line, row) in rows.iter().enumerate() {
        for (column, cell) in row.iter().enumerate() {
            sheet.write_string(u32::try_from(line).unwrap(), u16::try_from(column).unwrap(), cell).unwrap();
        }
    }
    fs::write(folder.path().join("people.csv"), book.save_to_buffer().unwrap()).unwrap();
    assert_eq!(printed(&given(folder.path(), &["--until", "2023-06-30"])).unwrap(), text);
}

#[test]
fn what_is_wrong_with_the_files_is_named() {
    let people = "id,start date,end date,exit type\n1,2020-03-01,,\n2,2020-05-01,2022-05-01,resigned\n";
    refused(people, "id,joined\n9,2021-01-01\n", &[], "line 2, \"9\": is not in the people file");
    refused(people, "id,joined\n1,2019-01-01\n", &[], "joined on 2019-01-01, before the first day at work, 2020-03-01");
    refused(people, "id,joined\n2,2022-06-01\n", &[], "when they had left on 2022-05-01");
    refused(people, "id,joined\n1,\n", &[], "line 2: there is no day on which they joined");
    refused(people, "id,joined\n1,31.02.2021\n", &[], "February");
    refused(people, "id,joined\n1,2021-01-01\n1,2021-02-01\n", &[], "line 3");
    refused(people, "id,joined\n", &[], "no rows below it");
    let one = "id,joined\n1,2021-01-01\n";
    refused("name,start date,end date\nAna,2020-01-01,\n", one, &[], "there is no column that tells people apart");
    refused("id,end date\n1,2022-01-01\n", one, &[], "looks like people’s first day at work");
    refused("id,start date,end date\n1,,\n", one, &[], "line 2: there is no first day at work");
    refused("id,start date,end date,status\n1,2020-01-01,,left\n", one, &[], "there is no last day");
    let odd = "id,start date,end date,exit type\n1,2020-03-01,2021-01-01,X7\n2,2020-03-01,2021-01-01,\n";
    refused(odd, one, &[], "exit type, \"X7\": did they choose to leave?");
    refused(odd, one, &[], "line 3, exit type: they have left, and nothing says why");
    refused(people, "id,joined\n1,2021-01-01\n", &["--adjust", "shoe size"], "there is no column shoe size");
    refused(people, "id,joined\n1,2021-01-01\n", &["--until", "2020-12-31"], "nobody joined");
    refused(people, "id,joined\n1,2021-01-01\n", &["--from", "2023-01-01"], "the study would begin on 2023-01-01");
    assert!(Command::try_parse_from(["retention", "a.csv", "--participants", "b.csv", "--horizon", "0"]).is_err());
}

/// The example of docs/retention.md is what the command says of examples/retention.
#[test]
fn the_documented_example_is_the_commands() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/retention");
    let text = printed(&given(&folder, &[])).unwrap();
    let documented = include_str!("../../../../../docs/retention.md");
    assert!(documented.contains(&text), "docs/retention.md does not hold:\n{text}");
}

#[test]
fn every_word_for_a_reason_can_be_read() {
    let people =
        "id,start date,end date,exit type\n1,2020-03-01,2021-01-01,X7\n2,2020-03-01,2021-03-01,X8\n3,2020-03-01,,\n";
    let folder = written(people, "id,joined\n3,2020-06-01\n");
    let given = given(folder.path(), &["--voluntary", "x7"]);
    let files = Files::read(&given).unwrap();
    let outcomes: Vec<Option<bool>> = files.people.iter().map(|person| person.left.map(|left| left.outcome)).collect();
    assert_eq!(outcomes, [Some(true), Some(false), None]);
}
