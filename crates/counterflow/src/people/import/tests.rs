//! Plans from files and directories, without a database.

use counterflow_roster::{Mapping, Reason};

use super::{
    difference::differences,
    file::PeopleFile,
    plan::{Kind, Plan},
    record::{Known, Record},
    report::Cause,
};
use crate::{
    kernel::{clock::Day, ids::PersonId},
    people::Status,
};

fn today() -> Day {
    "2026-01-12".parse().unwrap()
}

/// Headers are the keys of fields.
fn plan(directory: &[Known], csv: &str) -> Plan {
    let file = PeopleFile::read(csv.as_bytes(), None).unwrap();
    let columns = file.table.headers().iter().map(|header| (header.clone(), header.clone().try_into().unwrap()));
    let mapping = Mapping { columns: columns.collect(), ..Mapping::default() };
    assert_eq!(mapping.check(&file.table), []);
    let reading = file.people(&mapping);
    assert_eq!(reading.questions, []);
    Plan::of(&reading, directory, today())
}

/// The directory as it is after the plan.
fn carried_out(mut directory: Vec<Known>, plan: Plan) -> Vec<Known> {
    for change in plan.changes {
        match directory.iter_mut().find(|known| known.id == change.id) {
            Some(known) => known.record = change.after,
            None => directory.push(Known { id: change.id, is_admin: false, record: change.after }),
        }
    }
    let emails: Vec<_> = directory.iter().filter_map(|known| known.record.email.as_ref()).collect();
    let different: std::collections::HashSet<_> = emails.iter().collect();
    assert_eq!(emails.len(), different.len(), "an e-mail belongs to one person: {emails:?}");
    directory
}

/// The directory after these files, one after the other.
fn after(files: &[&str]) -> Vec<Known> {
    files.iter().fold(Vec::new(), |directory, csv| {
        let plan = plan(&directory, csv);
        carried_out(directory, plan)
    })
}

fn named<'a>(directory: &'a [Known], name: &str) -> &'a Known {
    directory.iter().find(|known| known.record.name == name).unwrap_or_else(|| panic!("no {name}"))
}

fn manager<'a>(directory: &'a [Known], name: &str) -> Option<&'a str> {
    let id = named(directory, name).record.manager_id?;
    directory.iter().find(|known| known.id == id).map(|known| known.record.name.as_str())
}

fn causes(plan: &Plan) -> Vec<(u32, &Cause)> {
    plan.report.rejected.iter().map(|problem| (problem.line, &problem.cause)).collect()
}

fn kinds(plan: &Plan) -> Vec<(Kind, &str)> {
    plan.changes.iter().map(|change| (change.kind, change.after.name.as_str())).collect()
}

const FILE: &str = "employee_id,name,email,manager_id,department\n\
    1,Karin Holm,karin@halden.example,,Board\n\
    2,Ruth Okafor,ruth@halden.example,1,Finance\n\
    3,Ana Lim,ana@halden.example,2,Finance\n";

#[test]
fn the_same_file_again_changes_nothing() {
    let directory = after(&[FILE]);
    let again = plan(&directory, FILE);
    assert_eq!((again.changes.len(), again.report.counts.unchanged), (0, 3));
    assert_eq!(manager(&directory, "Ana Lim"), Some("Ruth Okafor"));
}

#[test]
fn columns_that_a_file_lacks_stay_as_they_are() {
    let directory =
        after(&[FILE, "employee_id,name,level,extra:Site\n3,Ana Lim,L4,North\n", "employee_id,name\n3,Ana Lim\n"]);
    let Record { email, department, level, attributes, .. } = &named(&directory, "Ana Lim").record;
    assert_eq!(
        (email.as_deref(), department.as_deref(), *level),
        (Some("ana@halden.example"), Some("Finance"), Some(4))
    );
    assert_eq!(attributes.0["Site"], "North");
    assert_eq!(manager(&directory, "Ana Lim"), Some("Ruth Okafor"));
    let emptied = after(&[FILE, "employee_id,name,email,department\n3,Ana Lim,ana@halden.example,\n"]);
    assert_eq!(named(&emptied, "Ana Lim").record.department, None, "an empty cell of a column counts");
}

#[test]
fn people_stay_the_same_when_their_id_or_e_mail_changes() {
    let directory = after(&[FILE]);
    let ana = named(&directory, "Ana Lim").id;
    let by_id = plan(&directory, "employee_id,name,email\n3,Ana Sol,ana.sol@halden.example\n");
    assert_eq!(by_id.changes[0].id, ana);
    let by_email = plan(&directory, "employee_id,name,email\nX-3,Ana Lim,ana@halden.example\n");
    assert_eq!((by_email.changes[0].id, by_email.changes[0].gives_up_keys), (ana, true));
}

#[test]
fn an_address_that_is_given_to_a_newcomer_makes_them_nobody_else() {
    let directory = after(&[FILE]);
    let newcomer = "employee_id,name,email\n9,Ana Lopez,ana@halden.example\n";
    let refused = plan(&directory, newcomer);
    let taken = Cause::EmailTaken { name: "Ana Lim".to_owned(), employee_id: Some("3".to_owned()) };
    assert_eq!(causes(&refused), [(2, &taken)]);

    let gone = after(&[FILE, "employee_id,name,email,status\n3,Ana Lim,ana@halden.example,terminated\n"]);
    let given = plan(&gone, newcomer);
    assert_eq!(kinds(&given), [(Kind::New, "Ana Lopez"), (Kind::Changed, "Ana Lim")]);
    let directory = carried_out(gone, given);
    assert_eq!(named(&directory, "Ana Lim").record.email, None);
    assert_eq!(named(&directory, "Ana Lopez").record.email.as_deref(), Some("ana@halden.example"));
}

#[test]
fn nothing_is_kept_of_those_who_left_before() {
    let file = "employee_id,name,email,manager_id,end_date\n\
        1,Karin Holm,karin@halden.example,,\n\
        2,Ruth Okafor,,1,2024-12-31\n\
        3,Ana Lim,ana@halden.example,2,\n";
    let first = plan(&[], file);
    assert_eq!((first.report.counts.new, first.report.counts.left_before), (2, 1));
    let directory = carried_out(Vec::new(), first);
    assert_eq!(manager(&directory, "Ana Lim"), Some("Karin Holm"), "the line goes on over whoever left");
    assert_eq!(plan(&directory, file).changes.len(), 0);
}

#[test]
fn a_rejected_row_leaves_its_person_as_they_were() {
    let directory = after(&[FILE]);
    let bad =
        plan(&directory, "employee_id,name,email,manager_id\n2,Ruth Okafor,ruth,1\n3,Ana Lim,ana@halden.example,2\n");
    assert_eq!((bad.report.counts.rejected, bad.changes.len(), bad.missing.len()), (1, 0, 0));
    assert_eq!(manager(&carried_out(directory, bad), "Ana Lim"), Some("Ruth Okafor"));
}

#[test]
fn a_manager_in_a_rejected_row_is_no_manager_yet() {
    let file = "employee_id,name,email,manager_id\n1,Karin Holm,karin@halden.example,\n2,Ruth Okafor,ruth@halden.example,99\n3,Ana Lim,ana@halden.example,2\n";
    let plan = plan(&[], file);
    assert_eq!(plan.report.rejected.iter().map(|problem| problem.line).collect::<Vec<_>>(), [3]);
    let warnings: Vec<_> = plan.report.warnings.iter().map(|problem| (problem.line, &problem.cause)).collect();
    assert_eq!(warnings, [(4, &Cause::File(Reason::ManagerRejected { line: 3 }))]);
    assert_eq!(manager(&carried_out(Vec::new(), plan), "Ana Lim"), None);
}

#[test]
fn circles_that_only_rejected_rows_make_are_found() {
    let directory = after(&[FILE]);
    // Karin and Ruth change places, but Ruth's own row is bad: she would still report to Karin.
    let turned = "employee_id,name,email,manager_id\n1,Karin Holm,karin@halden.example,2\n2,Ruth Okafor,ruth,\n";
    let plan = plan(&directory, turned);
    assert!(
        matches!(causes(&plan)[..], [(2, Cause::File(Reason::ManagerCycle { .. })), (3, _)]),
        "{:?}",
        causes(&plan)
    );
    assert_eq!(plan.changes.len(), 0);
}

#[test]
fn circles_through_the_directory_and_over_leavers_are_found() {
    let directory = after(&[FILE, "employee_id,name,email,status,manager_id\n2,Ruth Okafor,,terminated,1\n"]);
    assert_eq!(named(&directory, "Ruth Okafor").record.status, Status::Left);
    let up = plan(&directory, "employee_id,name,email,manager_id\n1,Karin Holm,karin@halden.example,3\n");
    assert!(matches!(causes(&up)[..], [(2, Cause::File(Reason::ManagerCycle { .. }))]), "{:?}", causes(&up));
}

#[test]
fn who_left_is_back_when_a_list_of_those_who_work_here_names_them() {
    let gone = after(&[FILE, "employee_id,name,email,end_date\n3,Ana Lim,ana@halden.example,2025-06-30\n"]);
    let left = &named(&gone, "Ana Lim").record;
    assert_eq!((left.status, left.left_on), (Status::Left, "2025-06-30".parse().ok()));
    let back = plan(&gone, FILE);
    assert_eq!(kinds(&back), [(Kind::Returns, "Ana Lim")]);
    assert_eq!((back.report.counts.changed, back.report.counts.returning), (1, 1));
    let here = carried_out(gone, back);
    assert_eq!(named(&here, "Ana Lim").record.left_on, None);
}

#[test]
fn the_word_left_is_dated_when_we_learn_it() {
    let word = "employee_id,name,email,status\n3,Ana Lim,ana@halden.example,terminated\n";
    let directory = after(&[FILE, word]);
    assert_eq!(named(&directory, "Ana Lim").record.left_on, Some(today()));
    assert_eq!(plan(&directory, word).changes.len(), 0);
}

#[test]
fn whoever_was_on_leave_stays_so_in_files_that_do_not_say() {
    let directory = after(&["employee_id,name,email,status\n3,Ana Lim,ana@halden.example,on leave\n"]);
    assert_eq!(plan(&directory, "employee_id,name,email\n3,Ana Lim,ana@halden.example\n").changes.len(), 0);
    let back = plan(&directory, "employee_id,name,email,status\n3,Ana Lim,ana@halden.example,active\n");
    assert_eq!(back.changes[0].after.status, Status::Active);
}

#[test]
fn the_first_admin_is_adopted_by_e_mail_and_is_never_missing() {
    let mut directory = after(&["name,email\nPiet Visser,piet@halden.example\n"]);
    directory[0].is_admin = true;
    assert_eq!(plan(&directory, FILE).missing.len(), 0);
    let adopted = plan(&directory, "employee_id,name,email\n5,\"Visser, Piet\",piet@halden.example\n");
    assert_eq!(adopted.changes[0].id, directory[0].id);
    let leaves = plan(&directory, "employee_id,name,email,end_date\n5,Piet Visser,piet@halden.example,2025-01-01\n");
    assert_eq!(causes(&leaves), [(2, &Cause::LastAdmin)]);
}

#[test]
fn the_last_admin_keeps_an_address_to_sign_in_with() {
    let mut directory =
        after(&["employee_id,name,email\n5,Piet Visser,piet@halden.example\n6,Uma Kim,uma@halden.example\n"]);
    directory[0].is_admin = true;
    let file = "employee_id,name,email,end_date\n5,Piet Visser,,2026-03-01\n9,Peter Visser,piet@halden.example,\n";
    let refused = plan(&directory, file);
    let taken = Cause::EmailTaken { name: "Piet Visser".to_owned(), employee_id: Some("5".to_owned()) };
    assert_eq!(causes(&refused), [(2, &Cause::LastAdminEmail), (3, &taken)]);
    assert_eq!(refused.changes.len(), 0);

    directory[1].is_admin = true;
    assert_eq!(causes(&plan(&directory, file)), [], "Uma can still sign in");
    directory[1].record.email = None;
    assert_eq!(causes(&plan(&directory, file)).len(), 2, "Uma cannot sign in");
}

#[test]
fn every_row_is_counted_once() {
    let directory = after(&[FILE]);
    let file = "employee_id,name,email,manager_id,end_date\n\
        1,Karin Holm,karin@halden.example,,\n\
        2,Ruth Okafor,ruth@halden.example,1,2025-12-31\n\
        3,Ana Lim-Okafor,ana@halden.example,1,\n\
        3,Ana Lim-Okafor,ana@halden.example,1,\n\
        4,Uma Kim,uma,1,\n\
        5,Wei Zhang,,1,2020-01-01\n\
        6,Noor Haddad,noor@halden.example,1,\n";
    let counts = plan(&directory, file).report.counts;
    let parts = (
        counts.new,
        counts.changed,
        counts.unchanged,
        counts.leaving,
        counts.left_before,
        counts.repeated,
        counts.rejected,
    );
    assert_eq!((parts, counts.rows), ((1, 1, 1, 1, 1, 1, 1), 7));
}

#[test]
fn whoever_gets_a_last_day_will_leave() {
    let check = |ends: &[&str], expected: usize| {
        let files = ends.iter().map(|end| format!("employee_id,name,end_date\n3,Ana Lim,{end}\n"));
        let files: Vec<String> = files.collect();
        let (last, earlier) = files.split_last().unwrap();
        let earlier: Vec<&str> = [FILE].into_iter().chain(earlier.iter().map(String::as_str)).collect();
        let report = plan(&after(&earlier), last).report;
        assert_eq!((report.counts.will_leave, report.will_leave.len()), (expected, expected), "{ends:?}");
    };
    check(&["2026-01-12"], 1);
    check(&["2026-01-13"], 1);
    check(&["2026-01-11"], 0);
    check(&["2026-03-01", "2026-03-01"], 0);
    check(&["2026-03-01", "2026-04-01"], 0);
    check(&["2099-03-01", "2026-01-12"], 1);
    check(&["2026-03-01", ""], 0);
}

#[test]
fn new_people_have_ids_of_their_own() {
    let ids: std::collections::HashSet<PersonId> = plan(&[], FILE).changes.iter().map(|change| change.id).collect();
    assert_eq!(ids.len(), 3);
}

#[test]
fn the_same_counts_are_not_the_same_changes() {
    let before =
        after(&["employee_id,name,email,department\n1,Ana,ana@x.example,Finance\n2,Ben,ben@x.example,Sales\n"]);
    let file = |department: &str| {
        format!(
            "employee_id,name,email,department,manager_id\n1,Ana,ana@x.example,{department},3\n3,Uma,uma@x.example,Sales,\n"
        )
    };
    let print = |csv: &str| plan(&before, csv).report;
    let (one, again, other) = (print(&file("People")), print(&file("People")), print(&file("Board")));
    assert_eq!(one, again, "the ids of new people are made afresh, and the manager is one of them");
    assert_eq!(one.counts, other.counts);
    assert_ne!(one.fingerprint, other.fingerprint);
}

#[test]
fn differences_name_the_field() {
    let before = after(&["employee_id,name,email,title,extra:Band\n1,Ana Lim,ana@x.example,Analyst,A\n"]);
    let plan =
        plan(&before, "employee_id,name,email,title,extra:Band,location\n1,Ana Maria Lim,ana@x.example,,B,Lagos\n");
    let change = &plan.changes[0];
    let found: Vec<String> = differences(change.before.as_ref(), &change.after)
        .into_iter()
        .map(|one| format!("{}: {} -> {}", one.field, one.before.unwrap_or_default(), one.after.unwrap_or_default()))
        .collect();
    assert_eq!(
        found,
        ["name: Ana Lim -> Ana Maria Lim", "location:  -> Lagos", "extra:Band: A -> B", "title: Analyst -> "],
        "what goes stands last"
    );
    let new = differences(None, &change.after);
    assert!(new.iter().all(|one| one.before.is_none()) && new.len() == 6, "{new:?}");
}
