//! What holds for everything that is shown, whatever the people.

use counterflow_statistics::disclosure::{
    Cohort, CountTable, Ledger, Policy, Release, Suppression, attacker_intervals, audit_below, show_table, suppress,
};
use proptest::prelude::*;

fn tables(most: u64) -> impl Strategy<Value = CountTable> {
    (1..6_usize, 1..6_usize).prop_flat_map(move |(rows, columns)| {
        let row = prop::collection::vec(prop_oneof![0..most.min(7), 0..most], columns);
        prop::collection::vec(row, rows).prop_map(|rows| CountTable::new(&rows).expect("rows of one length"))
    })
}

/// Whether an attacker has to think 1 to k - 1 possible of each small cell.
fn safe(table: &CountTable, hidden: &[bool], k: u64) -> bool {
    let intervals = attacker_intervals(table, hidden).expect("a flag for each cell");
    let small = table.cells().iter().zip(intervals).filter(|(count, _)| (1..k).contains(*count));
    small.fold(true, |safe, (_, interval)| safe && interval.is_some_and(|x| x.least <= 1 && x.most >= k - 1))
}

proptest! {
    /// A 2 x 3 table with its totals has two free cells: all others follow.
    #[test]
    fn an_attacker_knows_just_what_fits(cells in prop::array::uniform6(0..5_u64), hidden in prop::array::uniform6(any::<bool>())) {
        let table = CountTable::new(&[cells[..3].to_vec(), cells[3..].to_vec()]).unwrap();
        let (row, columns) = (table.row_totals()[0] as i64, table.column_totals());
        let mut fitting = Vec::new();
        for (first, second) in (0..=row).flat_map(|first| (0..=row - first).map(move |second| (first, second))) {
            let top = [first, second, row - first - second];
            let bottom = [0, 1, 2].map(|column: usize| columns[column] as i64 - top[column]);
            let all: Vec<i64> = top.into_iter().chain(bottom).collect();
            if all.iter().enumerate().all(|(at, &x)| x >= 0 && (hidden[at] || x == cells[at] as i64)) {
                fitting.push(all);
            }
        }
        let found = attacker_intervals(&table, &hidden).unwrap();
        for cell in (0..6).filter(|&cell| hidden[cell]) {
            let values = || fitting.iter().map(|all| all[cell] as u64);
            let interval = found[cell].unwrap();
            prop_assert_eq!((Some(interval.least), Some(interval.most)), (values().min(), values().max()));
        }
    }

    #[test]
    fn what_is_hidden_is_safe_and_no_cell_too_many(table in tables(60), k in 5..11_u64) {
        match suppress(&table, k).unwrap() {
            Suppression::Withhold => prop_assert!(!safe(&table, &vec![true; table.cells().len()], k)),
            Suppression::Hide(hidden) => {
                prop_assert!(safe(&table, &hidden, k));
                for cell in (0..hidden.len()).filter(|&cell| hidden[cell]) {
                    let mut fewer = hidden.clone();
                    fewer[cell] = false;
                    prop_assert!(!safe(&table, &fewer, k));
                }
            }
        }
    }

    #[test]
    fn a_shown_table_adds_up_and_shows_nothing_small(table in tables(30)) {
        let Some(shown) = show_table(&table, 5) else { return Ok(()) };
        let mut rows: Vec<usize> = shown.rows.concat();
        rows.sort_unstable();
        prop_assert_eq!(rows, (0..table.rows()).collect::<Vec<_>>());
        for (at, count) in shown.cells.iter().enumerate() {
            prop_assert!(!count.is_some_and(|count| (1..5).contains(&count)));
            let (row, column) = (&shown.rows[at / shown.columns.len()], &shown.columns[at % shown.columns.len()]);
            let of_row = |row: &usize| column.iter().map(|c| table.cells()[row * table.columns() + c]).sum::<u64>();
            let sum = row.iter().map(of_row).sum();
            prop_assert!(count.is_none_or(|count| count == sum));
        }
    }

    /// The attacker asks for groups of a few dozen people, and for unions, parts and differences of what was answered.
    #[test]
    fn a_ledger_resists_whoever_combines(
        people in 20..60_usize,
        asks in prop::collection::vec((0..5_u8, any::<u64>(), any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..40),
    ) {
        let mut ledger = Ledger::new(people, &Policy::default()).unwrap();
        for (kind, bits, one, other) in asks {
            let (one, other) = (ledger.released()[one.index(ledger.released().len())].clone(), other.get(ledger.released()).clone());
            let member = |person: usize| match kind {
                0 => bits >> (person % 64) & 1 == 1,
                1 => one.contains(person) && other.contains(person),
                2 => one.contains(person) || other.contains(person),
                3 => one.contains(person) != (bits % people as u64 == person as u64),
                _ => one.contains(person) && !other.contains(person),
            };
            let cohort = Cohort::from_mask(&(0..people).map(member).collect::<Vec<_>>());
            let _refused = ledger.release(cohort, None).is_err();
        }
        let releases: Vec<Release> = ledger.released().iter().map(|cohort| Release { cohort: cohort.clone(), count: 0 }).collect();
        prop_assert_eq!(audit_below(&releases, 5), []);
        let again = Ledger::replay(people, &Policy::default(), ledger.released()[1..].iter().cloned()).unwrap();
        prop_assert_eq!(again.released(), ledger.released());
    }
}

fn ledger(people: usize, released: &[std::ops::Range<usize>]) -> Ledger {
    let mut ledger = Ledger::new(people, &Policy::default()).expect("enough people");
    for range in released {
        ledger.release(Cohort::from_members(people, range.clone()).expect("people"), None).expect("a large group");
    }
    ledger
}

#[test]
fn refusals_say_why() {
    use counterflow_statistics::disclosure::Refusal;
    let ledger = ledger(100, &[0..40, 20..60]);
    let check =
        |members: Vec<usize>, viewer| ledger.check(&Cohort::from_members(100, members).expect("people"), viewer);
    let range = |range: std::ops::Range<usize>| range.collect::<Vec<_>>();
    assert_eq!(check(range(0..4), None), Err(Refusal::TooFew));
    assert_eq!(check(range(0..96), None), Err(Refusal::TooFewOutside));
    assert_eq!(check(range(60..66), Some(60)), Err(Refusal::Insider));
    assert_eq!(check(range(60..66), Some(0)), Ok(()));
    assert_eq!(check(range(0..37), None), Err(Refusal::NearlyReleased(1)));
    assert_eq!(check(range(38..100), None), Err(Refusal::NearlyReleased(1)));
    // Twenty who are known to differ, and three more of those outside.
    assert_eq!(check([range(20..40), range(97..100)].concat(), None), Err(Refusal::TellsFewApart));
    assert_eq!(ledger.check(&Cohort::from_mask(&[true; 99]), None), Err(Refusal::OtherPeople));
    assert_eq!(check(range(0..100), None), Ok(()));
}

/// Three cohorts give away what lies in all pairs of them, though no two of them differ by few.
#[test]
fn a_combination_of_three_is_found() {
    use counterflow_statistics::disclosure::Refusal;
    let people = 100;
    let of = |members: &mut dyn Iterator<Item = usize>| Cohort::from_members(people, members).expect("people");
    let mut ledger = Ledger::new(people, &Policy::default()).expect("enough people");
    // Atoms of 3, 40 and 50: 3 + 40, 40 + 50, and then 3 + 50.
    ledger.release(of(&mut (0..43)), None).expect("a large group");
    ledger.release(of(&mut (3..93)), None).expect("a large group");
    assert_eq!(ledger.check(&of(&mut (0..3).chain(43..93)), None), Err(Refusal::Determines));
}
