//! Who reports to whom.

use counterflow_roster::{Known, Manager, Org, OrgWarning, PersonAt, Reason};

use super::{managers, read, said};

#[test]
fn managers_are_found_by_id_email_or_name() {
    let check = |text: &str| {
        let reading = read(text);
        let org = Org::resolve(&reading, &[]);
        assert_eq!((said(&reading.rejected), said(&org.rejected)), (vec![], vec![]), "{text}");
        assert_eq!(managers(&reading, &org), [None, Some("Inés Duarte".to_owned())], "{text}");
        assert_eq!((org.heads, org.shape), (vec![0], None));
    };
    check("id,name,email,manager id\nE1,Inés Duarte,i@x.example,\n2,Bo Li,b@x.example,e1\n");
    check("name,email,manager\nInés Duarte,I@x.example,\nBo Li,b@x.example,i@X.example\n");
    check("name,email,manager\nInés Duarte,i@x.example,\nBo Li,b@x.example,\"Duarte, Inés\"\n");
    check("name,email,manager\n\"Duarte, Inés\",i@x.example,\nBo Li,b@x.example,ines  DUARTE\n");
}

#[test]
fn managers_may_be_known_from_before() {
    let reading =
        read("id,name,email,manager id\n1,Ana Sol,a@x.example,90\n2,Bo Li,b@x.example,91\n3,Cy Fox,c@x.example,92\n");
    let known = [
        Known { employee_id: Some("90"), name: "Fiona Gallagher", ..Known::default() },
        // In the file too, with another e-mail.
        Known { employee_id: Some("1"), email: Some("old@x.example"), name: "Ana Sol", manager: Some(0) },
        Known { employee_id: Some("91"), email: Some("A@x.example"), name: "Ana Sol", ..Known::default() },
    ];
    let org = Org::resolve(&reading, &known);
    assert_eq!(org.managers, [Some(Manager::Known(0)), Some(Manager::InFile(0)), None]);
    assert_eq!(said(&org.rejected), ["line 4, manager id, \"92\": Nobody in the file or the directory has this id.",]);
}

#[test]
fn misspelled_managers_come_with_the_closest() {
    let check = |text: &str, expected: &str| {
        let org = Org::resolve(&read(text), &[]);
        assert_eq!(said(&org.rejected), [expected], "{text}");
    };
    check(
        "name,email,manager\nPriya Raman,p.raman@halden.example,\nBo Li,b@x.example,p.raman@halden.exmaple\n",
        "line 3, manager, \"p.raman@halden.exmaple\": Nobody in the file or the directory has this e-mail. \
         Closest: p.raman@halden.example",
    );
    check(
        "name,email,manager name\nPriya Raman,p@x.example,\nBo Li,b@x.example,Prya Raman\n",
        "line 3, manager name, \"Prya Raman\": Nobody in the file or the directory has this name. Closest: Priya Raman",
    );
    check(
        "id,name,email,manager id\n00117,Priya Raman,p@x.example,\n2,Bo Li,b@x.example,117\n",
        "line 3, manager id, \"117\": Nobody in the file or the directory has this id. Closest: 00117",
    );
    check(
        "id,name,email,manager id\n40117,Priya Raman,p@x.example,\n2,Bo Li,b@x.example,40118\n",
        "line 3, manager id, \"40118\": Nobody in the file or the directory has this id.",
    );
}

#[test]
fn names_that_several_people_have_are_not_enough() {
    let reading = read(
        "name,email,manager name\nMaria Silva,a@x.example,\nMaria Silva,b@x.example,\nBo,c@x.example,Maria Silva\n\
         María Silva,d@x.example,\nCy,e@x.example,María Silva\n",
    );
    let known = [Known { name: "Maria SILVA", email: Some("m@x.example"), ..Known::default() }];
    let org = Org::resolve(&reading, &known);
    assert_eq!(
        said(&org.rejected),
        ["line 4, manager name, \"Maria Silva\": Several people have this name: Maria Silva (line 2), \
         Maria Silva (line 3), María Silva (line 5), Maria SILVA (in the directory). Name the manager by id or e-mail.",]
    );
    // Of several, the one written exactly so is meant.
    assert_eq!(org.managers[4], Some(Manager::InFile(3)));
}

#[test]
fn circles_are_named_in_full_and_opened() {
    let reading = read(
        "id,name,email,manager id\n1,Top,t@x.example,\n2,Wei Zhang,w@x.example,3\n3,Fiona Gallagher,f@x.example,2\n\
         4,Bo,b@x.example,3\n5,Narcissus,n@x.example,5\n",
    );
    let org = Org::resolve(&reading, &[]);
    assert_eq!(
        said(&org.rejected),
        [
            "line 3, manager id, \"3\": Goes round in a circle: \
         Wei Zhang reports to Fiona Gallagher, who reports to Wei Zhang.",
            "line 6, manager id, \"5\": Names the person as their own manager.",
        ]
    );
    let name = |name: &str| Some(name.to_owned());
    assert_eq!(managers(&reading, &org), [None, None, name("Wei Zhang"), name("Fiona Gallagher"), None]);
    assert_eq!(org.heads, [0]);
}

#[test]
fn circles_through_the_directory_are_found() {
    let reading = read("id,name,email,manager id\n1,Ana,a@x.example,90\n");
    let known = [
        Known { employee_id: Some("90"), name: "Zoe", manager: Some(1), ..Known::default() },
        Known { employee_id: Some("1"), name: "Ana", ..Known::default() },
    ];
    let org = Org::resolve(&reading, &known);
    let at = |line, name: &str| PersonAt { line, name: name.to_owned() };
    let people = vec![at(Some(2), "Ana"), at(None, "Zoe")];
    assert_eq!(org.rejected[0].reason, Reason::ManagerCycle { people, more: 0 });
    assert_eq!(org.managers, [None]);
}

#[test]
fn a_long_circle_is_named_in_part() {
    let rows = (0..1000).map(|i| format!("{i},P{i},p{i}@x.example,{}\n", (i + 1) % 1000));
    let reading = read(&format!("id,name,email,manager id\n{}", rows.collect::<String>()));
    let org = Org::resolve(&reading, &[]);
    let Reason::ManagerCycle { people, more } = &org.rejected[0].reason else { panic!("{:?}", org.rejected) };
    assert_eq!((org.rejected.len(), people.len(), *more), (1, 20, 980));
}

#[test]
fn people_who_leave_need_no_manager() {
    let reading = read(
        "id,name,email,manager id,status\n1,Ana,a@x.example,,Active\n2,Bo,,99,Terminated\n3,Cy,,3,Terminated\n\
         4,Di,,5,Terminated\n5,Ed,e@x.example,4,Active\n",
    );
    let org = Org::resolve(&reading, &[]);
    assert_eq!(org.rejected, []);
    assert_eq!(said(&org.warnings), ["line 6, manager id, \"4\": The manager has left (line 5)."]);
    assert_eq!(managers(&reading, &org), [None, None, None, None, Some("Di".to_owned())]);
}

#[test]
fn those_who_report_to_a_rejected_row_are_warned_not_rejected() {
    let reading = read("id,name,email,manager id\n1,Ana,none at all,\n2,Bo,b@x.example,1\n");
    assert_eq!(reading.rejected.len(), 1);
    let org = Org::resolve(&reading, &[]);
    assert_eq!((org.rejected, org.managers, org.heads), (vec![], vec![None], vec![]));
    assert_eq!(said(&org.warnings), ["line 3, manager id, \"1\": The manager's own row, line 2, can't be read."]);
    // Unless the directory has the manager.
    let known = [Known { employee_id: Some("1"), name: "Ana", ..Known::default() }];
    assert_eq!(Org::resolve(&reading, &known).managers, [Some(Manager::Known(0))]);
}

#[test]
fn several_heads_are_a_warning() {
    let shape = |text: &str| Org::resolve(&read(text), &[]).shape;
    let at = |line, name: &str| PersonAt { line: Some(line), name: name.to_owned() };
    assert_eq!(
        shape("id,name,manager id\n1,Ana,\n2,Bo,\n3,Cy,1\n"),
        Some(OrgWarning::SeveralHeads { count: 2, people: vec![at(2, "Ana"), at(3, "Bo")] })
    );
    assert_eq!(shape("id,name\n1,Ana\n2,Bo\n"), Some(OrgWarning::NoManagers));
    assert_eq!(shape("id,name\n1,Ana\n"), None);
}
