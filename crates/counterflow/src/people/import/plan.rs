//! What a file changes in the directory, worked out before anything is written. Pure: the same file and the same
//! directory give the same plan, but for the ids of new people.

use std::collections::BTreeSet;

use counterflow_roster::{Org, Reading};

use super::{
    difference,
    draft::{Draft, Draw},
    org_lines,
    record::{Columns, Known, Record},
    report::{LISTED, Leaver, Problem, Report},
};
use crate::{
    kernel::{clock::Day, ids::PersonId},
    people::Status,
    words,
};

/// What a file changes in the directory.
#[derive(Debug)]
pub(super) struct Plan {
    /// In the order of the file.
    pub changes: Vec<Change>,
    /// Those who leave if whoever is missing from the file has left.
    pub missing: Vec<Change>,
    /// The same, for people to look at.
    pub report: Report,
}

/// What changes about one person.
#[derive(Debug)]
pub(super) struct Change {
    pub id: PersonId,
    pub kind: Kind,
    /// The line in the file, if they are in it.
    pub line: Option<u32>,
    /// How the directory knows them; nothing if they are new.
    pub before: Option<Record>,
    /// Whether employee id or e-mail change. Both are unique: somebody else may get the old one in the same import.
    pub gives_up_keys: bool,
    /// How they stand afterwards.
    pub after: Record,
}

words! {
    /// What an import does to somebody.
    Kind {
        /// Is not in the directory yet.
        New = "new",
        /// Stays, or had left and stays so.
        Changed = "changed",
        /// Had left, and is back.
        Returns = "returns",
        /// Works here, and leaves.
        Leaves = "leaves",
        /// Works here and is in no row: leaves only if somebody says so.
        Missing = "missing",
    }
}

impl Plan {
    /// Works out what changes.
    pub fn of(reading: &Reading, directory: &[Known], today: Day) -> Self {
        let org = Org::resolve(reading, &org_lines::candidates(directory));
        let draft = Draft::of(reading, directory, &org, Columns::of(reading, today));
        let mut writer = Writer { draft: &draft, changes: Vec::new(), report: Report::default() };
        for place in 0..reading.people.len() {
            writer.add(place);
        }
        writer.release_emails();
        let Writer { changes, mut report, .. } = writer;
        let missing = if draft.problems.is_empty() { missing(&draft, today) } else { Vec::new() };
        list_missing(&mut report, &missing);
        report.counts.present = directory.iter().filter(|known| known.is_here()).count();
        report.shape = org.shape.clone().filter(|_| org_lines::tells_the_whole(&draft.columns, directory));
        report.rejected = draft.problems;
        let warnings = [&reading.warnings, &org.warnings, &draft.warnings].into_iter().flatten();
        report.warnings = warnings.cloned().map(Problem::from).collect();
        count_lines(&mut report);
        report.counts.fields = difference::touched(&changes);
        report.fingerprint = difference::fingerprint(changes.iter().chain(&missing));
        Self { changes, missing, report }
    }
}

/// Turns a settled draft into changes and counts.
struct Writer<'d, 'a> {
    draft: &'d Draft<'a>,
    changes: Vec<Change>,
    report: Report,
}

impl Writer<'_, '_> {
    fn add(&mut self, place: usize) {
        let counts = &mut self.report.counts;
        let (id, after) = match &self.draft.draws[place] {
            Draw::Rejected => return,
            Draw::LeftBefore => {
                counts.left_before += 1;
                return;
            }
            Draw::Kept { id, record } => (*id, record.clone()),
        };
        let before = self.draft.known(place).map(|known| &known.record);
        let Some(kind) = kind(before, &after) else {
            counts.unchanged += 1;
            return;
        };
        let line = Some(self.draft.reading.people[place].line);
        match kind {
            Kind::New => counts.new += 1,
            Kind::Leaves | Kind::Missing => {
                counts.leaving += 1;
                list(&mut self.report.leavers, &after, line);
            }
            Kind::Changed => {
                counts.changed += 1;
                if before.is_some_and(|before| will_leave(before, &after)) {
                    counts.will_leave += 1;
                    list(&mut self.report.will_leave, &after, line);
                }
            }
            Kind::Returns => {
                counts.changed += 1;
                counts.returning += 1;
            }
        }
        self.changes.push(Change {
            id,
            kind,
            line,
            before: before.cloned(),
            gives_up_keys: before.is_some_and(|before| keys_differ(before, &after)),
            after,
        });
    }

    /// Those who left long ago give up the e-mail that somebody in the file has now.
    fn release_emails(&mut self) {
        for place in &self.draft.released {
            let known = &self.draft.directory[*place];
            let after = Record { email: None, ..known.record.clone() };
            let before = Some(known.record.clone());
            self.changes.push(Change {
                id: known.id,
                kind: Kind::Changed,
                line: None,
                before,
                gives_up_keys: true,
                after,
            });
        }
    }
}

/// What kind of change it is; nothing if nothing changes.
fn kind(before: Option<&Record>, after: &Record) -> Option<Kind> {
    let Some(before) = before else { return Some(Kind::New) };
    if before == after {
        return None;
    }
    Some(match (before.status, after.status) {
        (Status::Active | Status::OnLeave, Status::Left) => Kind::Leaves,
        (Status::Left, Status::Active | Status::OnLeave) => Kind::Returns,
        _ => Kind::Changed,
    })
}

/// Whether somebody who works here gets a last day, or an earlier one than they had.
fn will_leave(before: &Record, after: &Record) -> bool {
    let sooner = |day: Day| before.left_on.is_none_or(|known| day < known);
    after.status != Status::Left && after.left_on.is_some_and(sooner)
}

fn keys_differ(before: &Record, after: &Record) -> bool {
    (&before.employee_id, &before.email) != (&after.employee_id, &after.email)
}

fn leaver(record: &Record, line: Option<u32>) -> Leaver {
    let Record { name, department, left_on, .. } = record.clone();
    Leaver { name, department, line, last_day: left_on.map(|day| day.0) }
}

fn list(leavers: &mut Vec<Leaver>, record: &Record, line: Option<u32>) {
    if leavers.len() < LISTED {
        leavers.push(leaver(record, line));
    }
}

/// Who works here and is in no row. Admins stay: they may have come by hand, and in no file.
fn missing(draft: &Draft<'_>, today: Day) -> Vec<Change> {
    let people = draft.directory.iter().enumerate();
    let missing = people
        .filter(|(place, known)| known.is_here() && !known.is_admin && !draft.identities.mentioned.contains(place));
    let leave = |known: &Known| Record { status: Status::Left, left_on: Some(today), ..known.record.clone() };
    missing
        .map(|(_, known)| Change {
            id: known.id,
            kind: Kind::Missing,
            line: None,
            before: Some(known.record.clone()),
            gives_up_keys: false,
            after: leave(known),
        })
        .collect()
}

fn list_missing(report: &mut Report, missing: &[Change]) {
    report.counts.missing = missing.len();
    let mut named: Vec<&Record> = missing.iter().map(|change| &change.after).collect();
    named.sort_by(|one, other| one.sort_name.cmp(&other.sort_name));
    let listed = named.into_iter().take(LISTED);
    report.missing = listed.map(|record| Leaver { last_day: None, ..leaver(record, None) }).collect();
}

/// Sorts what is wrong by line, and counts the lines.
fn count_lines(report: &mut Report) {
    report.rejected.sort_by_key(|problem| problem.line);
    report.warnings.sort_by_key(|problem| problem.line);
    let rejected: BTreeSet<u32> = report.rejected.iter().map(|problem| problem.line).collect();
    let repeated =
        report.warnings.iter().filter(|problem| problem.is_repetition() && !rejected.contains(&problem.line));
    let counts = &mut report.counts;
    counts.repeated = repeated.count();
    counts.rejected = rejected.len();
    counts.rows = counts.changes() + counts.unchanged + counts.left_before + counts.repeated + counts.rejected;
}
