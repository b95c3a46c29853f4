//! Rows as people.

use counterflow_roster::{
    Level, ManagerRef, Mapping, Question, Reading, Status, WordCount, read_people, rejected_lines,
};
use jiff::civil::date;

use super::{read, said, table};

fn read_with(text: &str, toml: &str) -> Reading {
    let (table, mapping) = (table(text), Mapping::from_toml(toml).unwrap());
    assert_eq!(mapping.check(&table), []);
    read_people(&table, &mapping)
}

#[test]
fn a_person_in_full() {
    let reading = read_with(
        "\
ID;Wer;Mail;Chef;Stufe;Titel;Abteilung;Ort;Zone;Seit;Bis;Status;Sprachen;Gruppe
e-7;\"Zhang,\u{a0} Wei  \"; Wei.Zhang@Halden.Example ;E-1;Level 7;Engineer;Plat\u{200b}form;Singa  pore;\
Singapore Standard Time;1.3.2019;31.12.9999;on leave;English (C2), 中文;Pride
",
        "\
[columns]
ID = \"employee_id\"
Wer = \"name\"
Mail = \"email\"
Chef = \"manager_id\"
Stufe = \"level\"
Titel = \"title\"
Abteilung = \"department\"
Ort = \"location\"
Zone = \"time_zone\"
Seit = \"start_date\"
Bis = \"end_date\"
Status = \"status\"
Sprachen = \"languages\"
Gruppe = \"extra:resource_group\"
",
    );
    assert_eq!((&reading.rejected, &reading.warnings, &reading.questions), (&vec![], &vec![], &vec![]));
    let person = &reading.people[0];
    assert_eq!(person.line, 2);
    assert_eq!(person.employee_id.as_deref(), Some("e-7"));
    assert_eq!(person.name, "Wei Zhang");
    assert_eq!((person.first_name.as_deref(), person.last_name.as_deref()), (Some("Wei"), Some("Zhang")));
    assert_eq!(person.email.as_deref(), Some("wei.zhang@halden.example"));
    assert_eq!(person.manager, Some(ManagerRef::Id("E-1".to_owned())));
    assert_eq!(person.level, Some(Level { text: "Level 7".to_owned(), number: Some(7) }));
    assert_eq!(person.title.as_deref(), Some("Engineer"));
    assert_eq!(person.department.as_deref(), Some("Platform"));
    assert_eq!(person.location.as_deref(), Some("Singa pore"));
    assert_eq!(person.time_zone.as_deref(), Some("Asia/Singapore"));
    assert_eq!((person.start, person.end), (Some(date(2019, 3, 1)), None));
    assert_eq!(person.status, Status::OnLeave);
    assert_eq!(person.languages, ["English", "中文"]);
    assert_eq!(person.extra["resource_group"], "Pride");
    let json = serde_json::to_string(&reading).unwrap();
    assert_eq!(serde_json::from_str::<Reading>(&json).unwrap(), reading);
}

#[test]
fn every_error_of_every_row_is_listed_in_the_order_of_the_file() {
    let reading = read(
        "\
id,name,email,hire date,leaving date,time zone
1,Ana,a@x.example,2024-02-30,,
2,,b@x,2024-01-01,2023-01-01,
3,Li,l@x.example
4,Bo,,2024-01-01,,
5,Cy,c@x.example,0203-01-01,,
6,Di,d@x.example,soon,,
7,Ed,e@x.example,2024-01-01,,Mars/Olympus
,Flo,,2024-01-01,2024-06-30,
8,Gus,g@x.example,#N/A,,
9,Hal,h@x.example,2024-01-01,,Europe/Berlin
",
    );
    assert_eq!(
        said(&reading.rejected),
        [
            "line 2, hire date, \"2024-02-30\": February has no 30th.",
            "line 3, name, empty: A person needs a name.",
            "line 3, email, \"b@x\": Not an e-mail address.",
            "line 3, leaving date, \"2023-01-01\": Before the start date, 2024-01-01.",
            "line 4, \"3 | Li | l@x.example\": The row has 3 cells, the header has 6.",
            "line 5, email, empty: A person needs an e-mail, or a leaving date.",
            "line 6, hire date, \"0203-01-01\": The year 203 can't be right.",
            "line 7, hire date, \"soon\": Not a date.",
            "line 9, id, empty: A person needs an e-mail or an employee id.",
            "line 10, hire date, \"#N/A\": The formula in this cell fails.",
        ]
    );
    assert_eq!(
        said(&reading.warnings),
        ["line 8, time zone, \"Mars/Olympus\": Not a time zone such as Europe/Berlin; left out.",]
    );
    let names: Vec<&str> = reading.people.iter().map(|person| person.name.as_str()).collect();
    assert_eq!(names, ["Ed", "Hal"]);
    assert_eq!(rejected_lines(&reading.rejected).len(), 8);
    assert!(rejected_lines(&reading.warnings).is_empty());
    assert_eq!(reading.unread.len(), 7);
}

#[test]
fn rows_with_an_id_need_an_email_only_if_there_is_a_column_for_it() {
    let reading = read("id,name\n1,Ana\n");
    assert_eq!((reading.people.len(), reading.rejected.len()), (1, 0));
}

#[test]
fn ambiguous_dates_are_asked_about() {
    let text = "name,email,hire date\nAna,a@x.example,3/1/2024\nBo,b@x.example,4/1/2024\n";
    let reading = read(text);
    let examples = vec!["3/1/2024".to_owned(), "4/1/2024".to_owned()];
    assert_eq!(reading.questions, [Question::DateOrder { column: "hire date".to_owned(), examples }]);
    assert!(reading.people.iter().all(|person| person.start.is_none()));

    let answered = |order: &str| {
        let toml = format!(
            "[columns]\nname = \"name\"\nemail = \"email\"\n\"hire date\" = \"start_date\"\n\
             [date_order]\n\"Hire Date\" = \"{order}\""
        );
        let reading = read_with(text, &toml);
        assert_eq!(reading.questions, []);
        reading.people[0].start
    };
    assert_eq!(answered("day-first"), Some(date(2024, 1, 3)));
    assert_eq!(answered("month-first"), Some(date(2024, 3, 1)));
}

#[test]
fn one_date_can_decide_the_column() {
    let text = "name,email,hire date\nAna,a@x.example,3/1/2024\nBo,b@x.example,25/1/2024\nCy,c@x.example,32/40/2024\n";
    let reading = read(text);
    assert_eq!(reading.questions, []);
    assert_eq!(reading.people[0].start, Some(date(2024, 1, 3)));
    assert_eq!(
        said(&reading.rejected),
        ["line 4, hire date, \"32/40/2024\": There is no month 40. Dates in this column are read as day, month, year."]
    );
}

#[test]
fn dates_that_contradict_each_other_are_asked_about_and_never_outvoted() {
    let text = "name,email,hire date\nAna,a@x.example,3/1/2024\nBo,b@x.example,25/1/2024\nCy,c@x.example,26/1/2024\n\
         Di,d@x.example,1/25/2024\nEd,e@x.example,31/2/2024\nFlo,f@x.example,1-Mar-2024\nGus,g@x.example,32/40/2024\n";
    let reading = read(text);
    let examples = ["25/1/2024", "1/25/2024", "3/1/2024"].map(str::to_owned).to_vec();
    assert_eq!(reading.questions, [Question::DateOrder { column: "hire date".to_owned(), examples }]);
    assert_eq!(said(&reading.rejected), ["line 8, hire date, \"32/40/2024\": There is no month 32."]);

    let reading = read_with(
        text,
        "[columns]\nname = \"name\"\nemail = \"email\"\n\"hire date\" = \"start_date\"\n\
         [date_order]\n\"hire date\" = \"day-first\"",
    );
    let starts: Vec<_> = reading.people.iter().map(|person| person.start.unwrap()).collect();
    assert_eq!(starts, [date(2024, 1, 3), date(2024, 1, 25), date(2024, 1, 26), date(2024, 3, 1)]);
    assert_eq!(
        said(&reading.rejected),
        [
            "line 5, hire date, \"1/25/2024\": There is no month 25. Dates in this column are read as day, month, year.",
            "line 6, hire date, \"31/2/2024\": February has no 31st. Dates in this column are read as day, month, year.",
            "line 8, hire date, \"32/40/2024\": There is no month 40. Dates in this column are read as day, month, year.",
        ]
    );
}

#[test]
fn an_open_leaving_date_is_a_leaving_date() {
    let reading = read("id,name,email,leaving date\n1,Ana,,3/1/2024\n2,Bo,b@x.example,\n");
    assert_eq!((reading.questions.len(), reading.rejected.len()), (1, 0));
}

#[test]
fn leavers_are_known_by_date_or_status() {
    let reading = read(
        "id,name,email,leaving date,status\n1,Ana,a@x.example,,Active\n2,Bo,,2024-03-31,Active\n3,Cy,,,Terminated\n\
         4,Di,,,Ausgeschieden\n5,Ed,e@x.example,,Seconded\n6,Flo,f@x.example,,Parental Leave\n",
    );
    assert_eq!(reading.rejected, []);
    let words = vec![WordCount { word: "Seconded".to_owned(), rows: 1 }];
    assert_eq!(reading.questions, [Question::StatusWords { column: "status".to_owned(), words }]);
    let left = |day| reading.people.iter().map(|person| person.has_left(day)).collect::<Vec<_>>();
    assert_eq!(left(date(2024, 3, 31)), [false, false, true, true, false, false]);
    assert_eq!(left(date(2024, 4, 1)), [false, true, true, true, false, false]);
    let leaves: Vec<bool> = reading.people.iter().map(|person| person.leaves()).collect();
    assert_eq!(leaves, [false, true, true, true, false, false]);
    assert_eq!(reading.people[5].status, Status::OnLeave);
}

#[test]
fn the_same_person_twice_names_the_earlier_line() {
    let reading = read(
        "id,name,email\n1,Kwame Boateng,k@x.example\n2,Ana,a@x.example\n1,Bo,b@x.example\n3,Ana,A@X.example\n\
         2,Ana,a@x.example\n",
    );
    assert_eq!(
        said(&reading.rejected),
        [
            "line 4, id, \"1\": The same id as in line 2, with another name (Kwame Boateng).",
            "line 5, email, \"a@x.example\": The same e-mail as in line 3.",
        ]
    );
    assert_eq!(said(&reading.warnings), ["line 6: The same row as line 3; left out."]);
    assert_eq!(reading.people.len(), 2);
}

#[test]
fn names_come_from_one_column_or_two() {
    let names = |text: &str| {
        let reading = read(text);
        reading.people.into_iter().map(|p| (p.name, p.first_name, p.last_name)).next().unwrap()
    };
    let check = |text: &str, name: &str, first: &str, last: &str| {
        assert_eq!(names(text), (name.to_owned(), Some(first.to_owned()), Some(last.to_owned())), "{text}");
    };
    check("name,email\n\"de la Cruz, María José\",m@x.example\n", "María José de la Cruz", "María José", "de la Cruz");
    check("first name,last name,email\nWei,Zhang,w@x.example\n", "Wei Zhang", "Wei", "Zhang");
    check("full name,first name,last name,email\nWill Zhang,Wei,Zhang,w@x.example\n", "Will Zhang", "Wei", "Zhang");
    check("\"Name, Vorname\",E-Mail\nNagy Péter,p@x.example\n", "Nagy Péter", "Péter", "Nagy");
}

#[test]
fn managers_are_named_by_what_the_cell_holds() {
    let check = |column: &str, cell: &str, expected: Option<ManagerRef>| {
        let toml = format!("[columns]\nname = \"name\"\nemail = \"email\"\nboss = \"{column}\"");
        let reading = read_with(&format!("name,email,boss\nAna,a@x.example,\"{cell}\"\n"), &toml);
        assert_eq!(reading.people[0].manager, expected, "{cell}");
    };
    let name = |name: &str| Some(ManagerRef::Name(name.to_owned()));
    check("manager_name", "Zhang, Wei", name("Wei Zhang"));
    check("manager_name", "Wei Zhang (On Leave)", name("Wei Zhang"));
    check("manager_name", "Wei Zhang (40117)", Some(ManagerRef::Id("40117".to_owned())));
    check("manager_name", "W@x.example", Some(ManagerRef::Email("w@x.example".to_owned())));
    check("manager_email", "W@x.example", Some(ManagerRef::Email("w@x.example".to_owned())));
    check("manager_id", "NO_MANAGER", None);
    check("manager_id", "-", None);
    check("manager_id", " ", None);
}

#[test]
fn a_second_header_is_left_out() {
    let reading = read(
        "STATUS,USERID,FIRSTNAME,LASTNAME,EMAIL\nStatus,User ID,First Name,Last Name,Email\n\
         active,ana,Ana,Sol,a@x.example\n",
    );
    assert_eq!((reading.people.len(), reading.rejected.len()), (1, 0));
    assert_eq!(said(&reading.warnings), ["line 2: A second header; left out."]);
}

#[test]
fn what_cannot_be_read_is_not_kept() {
    let long = "x".repeat(301);
    let text = format!("name,email,title\n{long},a@x.example,CEO\nBo,b@x.example,{long}\n");
    let reading = read(&text);
    let cut = format!("{}…", "x".repeat(200));
    assert_eq!(
        said(&reading.rejected),
        [
            format!("line 2, name, \"{cut}\": Longer than 300 characters."),
            format!("line 3, title, \"{cut}\": Longer than 300 characters."),
        ]
    );
    let broken =
        [b"name;email\n".as_slice(), "Jörg;j@x.example\n".repeat(60).as_bytes(), b"J\xf6rg;k@x.example\n"].concat();
    let table = counterflow_roster::Table::read(&broken, &Default::default()).unwrap();
    let reading = read_people(&table, &Mapping::guess(&table).mapping);
    let last = reading.rejected.iter().find(|error| error.line == 62).unwrap();
    assert!(last.to_string().contains("no characters in the encoding"), "{last}");
}
