//! Both forms, what is wrong with a file, and small problems beside all permutations.

use proptest::prelude::*;

use super::answer;
use super::matching::{deficient_set, neighbors};
use super::perfect::{Answer, Reason, solve};
use super::read::{Assignment, read};

fn answered(text: &str) -> String {
    match read(text) {
        Ok(input) => answer(input).unwrap_or_else(|error| error.to_string()),
        Err(error) => error.to_string(),
    }
}

fn check(text: &str, expected: &str) {
    assert_eq!(answered(text), expected, "of:\n{text}");
}

fn check_optimum(text: &str, expected: i64) {
    check(text, &format!("optimum {expected}\ncertificate valid"));
}

fn check_none(text: &str, why: &str) {
    check(text, &format!("no perfect assignment exists\nproof: {why}"));
}

#[test]
fn dimacs_files_are_solved() {
    let three = "c three by three\np asn 6 5\nn 1\nn 2\nn 3\na 1 4 5\na 1 5 1\na 2 5 2\na 2 6 8\nc late\na 3 6 -7\n";
    check_optimum(three, 5 + 2 - 7);
    check_optimum(&three.replace('\n', "\r\n"), 0);
    check_optimum("\n  c spaces\n\n p  asn 2\t1 \nn 2\na 2 1 3", 3); // the left side may be any
    check_optimum("p asn 2 3\nn 1\na 1 2 9\na 1 2 -4\na 1 2 7", -4); // of the same arcs the cheapest
    check_optimum("p asn 0 0", 0);
    check_optimum("p asn 2 1\nn 1\na 1 2 2147483648", 1 << 31);
    check_optimum("p asn 2 1\nn 1\na 1 2 -2147483648", -(1 << 31));
    let far = "p asn 4 4\nn 1\nn 2\na 1 3 2147483647\na 1 4 -2147483648\na 2 3 2147483648\na 2 4 -2147483647";
    check_optimum(far, 0);
}

#[test]
fn or_library_files_are_solved() {
    check_optimum("3\n 1 2\n3 2 4 6 3\n\n6 9\n", 10);
    check_optimum("1 -8", -8);
    check_optimum("0", 0);
    check_optimum("2 +1 1 1 1", 2);
}

#[test]
fn whoever_cannot_be_assigned_is_named_with_the_reason() {
    check_none("p asn 3 2\nn 1\nn 2\na 1 3 1\na 2 3 1", "2 left nodes and 1 right nodes");
    check_none("p asn 2 0\n", "0 left nodes and 2 right nodes");
    check_none("p asn 2 0\nn 1", "1 left nodes have only 0 neighbors");
    let two_want_one = "p asn 6 4\nn 1\nn 2\nn 3\na 1 4 1\na 2 4 1\na 3 5 1\na 3 6 1";
    check_none(two_want_one, "2 left nodes have only 1 neighbors");
}

#[test]
fn errors_name_the_line() {
    check("", "line 1: the file is empty");
    check(" \n\n", "line 1: the file is empty");
    check("c only\nc words\n", "line 2: there is no line `p`");
    check("hello", "line 1: expected `p asn NODES ARCS` before `hello`");
    let forms = "expected `p asn NODES ARCS` or `p transport ROWS COLUMNS ARCS BONUS`";
    check("c\np min 2 1", &format!("line 2: {forms}"));
    check("p asn 2", "line 1: the number of arcs is missing");
    check("p asn 2 1 9", "line 1: `9` is one word too many");
    check("p asn -2 1", "line 1: the number of nodes `-2` is not between 0 and 268435456");
    check("p asn 99999999999999999999 1", "line 1: the number of nodes `99999999999999999999` is not a whole number");
    check("p asn 2 1\nn 3", "line 2: the node `3` is not between 1 and 2");
    check("p asn 2 1\nn 1\n\nn 1\na 1 2 3", "line 4: node 1 stands twice");
    check("p asn 2 1\nn 1\na 1 2", "line 3: the cost is missing");
    check("p asn 2 1\nn 1\na 1 2 3.5", "line 3: the cost `3.5` is not a whole number");
    check(
        "p asn 2 1\nn 1\na 1 2 2147483649",
        "line 3: the cost `2147483649` is not between -2147483648 and 2147483648",
    );
    check("p asn 4 1\nn 1\na 2 3 4", "line 3: node 2 is not on the left side");
    check("p asn 4 1\nn 1\nn 2\na 1 2 4", "line 4: node 2 is not on the right side");
    check("p asn 2 1\nn 1\na 1 2 3\nn 2", "line 4: nodes come before arcs");
    check("p asn 2 1\nn 1\na 1 2 3\nx", "line 4: expected `n` or `a`, found `x`");
    check("p asn 2 2\nn 1\na 1 2 3\n", "line 3: 2 arcs are announced, and there are 1");
    check("2\n1 2\n3\n", "line 3: a cost is missing");
    check("1\n1\n2\n", "line 3: `2` follows the last cost");
    check("2\n1 2 3 x", "line 2: a cost `x` is not a whole number");
    check("-1", "line 1: the size `-1` is not between 0 and 1048576");
    check("2000", "line 1: a cost is missing");
    let too_far = "p asn 4 4\nn 1\nn 2\na 1 3 2147483648\na 1 4 -2147483648\na 2 3 0\na 2 4 0";
    check(too_far, "costs of one node are 4294967296 apart, at most 4294967295 can be");
}

#[test]
fn places_and_bonuses_are_solved() {
    check_optimum("p transport 2 1 2 0\nk 1 2 0\na 1 1 4\na 2 1 5", 9);
    check_optimum("p transport 2 1 2 0\na 1 1 4\na 2 1 5", 5);
    check_optimum("p transport 2 1 2 0\nr 1 1 3\na 1 1 4\na 2 1 5", 7);
    check_optimum("p transport 1 1 1 10\na 1 1 -4", 6);
    check_optimum("p transport 1 1 1 0\nr 1 0 9\na 1 1 4", 0);
    check("p transport 1 1 2 0\na 1 1 4\na 1 1 5", "line 3: row 0 has two arcs to column 0");
    check("p transport 1 1 1 0\na 1 2 4", "line 2: the column `2` is not between 1 and 1");
    check("p transport 1 1 1 0\nr 1 -1 0", "line 2: the number of places `-1` is not between 0 and 4294967295");
}

/// The least of all permutations.
fn least(problem: &Assignment, row: usize, used: u32) -> Option<i128> {
    let Some(costs) = problem.costs.get(row) else { return Some(0) };
    let free = costs.iter().filter(|(to, _)| used >> to & 1 == 0);
    free.filter_map(|&(to, cost)| Some(i128::from(cost) + least(problem, row + 1, used | 1 << to)?)).min()
}

proptest! {
    #[test]
    fn is_the_least_of_all_permutations(
        problem in (0..=6_usize).prop_flat_map(|size| {
            let cost = prop_oneof![-5..5_i64, -(1 << 31)..1_i64 << 31];
            let list = proptest::collection::vec(proptest::option::weighted(0.6, cost), size);
            let arcs = |list: Vec<Option<i64>>| (0..).zip(list).filter_map(|(to, cost)| Some((to, cost?))).collect();
            proptest::collection::vec(list.prop_map(arcs), size).prop_map(move |costs| Assignment { right: size, costs })
        }),
    ) {
        match (solve(&problem).expect("costs fit"), least(&problem, 0, 0)) {
            (Answer::Optimum(cost), expected) => prop_assert_eq!(Some(cost), expected),
            (Answer::None(reason), expected) => {
                prop_assert_eq!(expected, None);
                let set = deficient_set(&problem).expect("there is one");
                prop_assert_eq!(reason, Reason::Deficient { set: set.len(), neighbors: neighbors(&problem, &set) });
                prop_assert!(neighbors(&problem, &set) < set.len());
            }
        }
    }
}
