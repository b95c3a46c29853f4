//! Tables of counts whose totals are all published: which cells are hidden, and what an attacker makes of it.
//!
//! Any safe pattern is right, so each table is judged here. Beside the crate's own search stands an attacker who knows
//! nothing of it: he takes the published totals and open cells and bounds each hidden one by the smallest cuts over all
//! sets of rows (Gale 1957), which is exact for tables of two dimensions.

use counterflow_statistics::disclosure::{CountTable, Suppression, suppress};
use serde_json::{Value, json};

use super::{Case, Check, Tolerance, Topic};

pub const TOPIC: Topic = Topic {
    name: "sdc",
    given: &["k", "cells", "fewest_suppressed"],
    tolerance: |_| Tolerance::SAME,
    compute,
    whole: Some(judge),
};

/// How many cells may be hidden for each one that the fewest need.
const MOST_LOST: f64 = 1.15;

fn compute(_: &Case) -> Result<Value, String> {
    Ok(json!({}))
}

/// A check a table, and one for the cells lost in all tables of which the fewest are known.
fn judge(cases: &[Case]) -> Vec<Check> {
    let (mut checks, mut lost, mut fewest) = (Vec::new(), 0, 0);
    for case in cases {
        let judged = released(case);
        if let (Ok(hidden), Some(least)) = (&judged, case.value["fewest_suppressed"].as_u64()) {
            (lost, fewest) = (lost + hidden, fewest + least);
        }
        checks.push(Check { what: case.name(), wrong: judged.err() });
    }
    let wrong = lost as f64 > MOST_LOST * fewest as f64;
    checks.push(Check {
        what: "cells lost in all tables".to_owned(),
        wrong: wrong.then(|| format!("{lost}, and the fewest are {fewest}")),
    });
    checks
}

/// How many cells of a table are lost, or what is wrong with what is released of it.
fn released(case: &Case) -> Result<u64, String> {
    let counts = |row: &Value| row.as_array().map(|row| row.iter().filter_map(Value::as_u64).collect::<Vec<_>>());
    let rows = case.value["cells"].as_array().and_then(|rows| rows.iter().map(counts).collect::<Option<Vec<_>>>());
    let rows = rows.ok_or("no cells")?;
    let k = case.count("k")?;
    let table = CountTable::new(&rows).map_err(|error| error.to_string())?;
    let cells = rows.iter().map(|row| row.len() as u64).sum();
    let hidden = match suppress(&table, k).map_err(|error| error.to_string())? {
        Suppression::Withhold if case.value["fewest_suppressed"].is_u64() => {
            return Err("withheld, though a safe pattern exists".to_owned());
        }
        Suppression::Withhold => return Ok(cells),
        Suppression::Hide(hidden) => hidden,
    };
    let attacked = Published { rows: &rows, hidden: &hidden };
    for (cell, &count) in rows.iter().flatten().enumerate().filter(|(_, count)| (1..k).contains(*count)) {
        if !hidden[cell] {
            return Err(format!("cell {cell} = {count} is published"));
        }
        let (least, most) = attacked.interval(cell);
        if least > 1 || most < k - 1 {
            return Err(format!("cell {cell} = {count} is known to lie from {least} to {most}"));
        }
    }
    Ok(hidden.iter().filter(|&&hidden| hidden).count() as u64)
}

/// What is published of a table: the open cells, and all totals.
struct Published<'a> {
    rows: &'a [Vec<u64>],
    hidden: &'a [bool],
}

impl Published<'_> {
    /// From where to where a hidden cell can lie. Between the values that fit lie only values that fit.
    fn interval(&self, cell: usize) -> (u64, u64) {
        let most = self.rows.iter().flatten().sum::<u64>();
        let fits = |&value: &u64| self.fits(cell, value);
        ((0..=most).find(fits).unwrap_or(0), (0..=most).rev().find(fits).unwrap_or(most))
    }

    /// Whether numbers of at least 0 in the other hidden cells give all totals, when this one has the value: the columns
    /// need what the rows have, and no set of columns needs more than the rows that reach it have (Gale 1957).
    fn fits(&self, cell: usize, value: u64) -> bool {
        let columns = self.rows[0].len();
        let open = |row: usize, column: usize| self.hidden[row * columns + column] && row * columns + column != cell;
        let left = |cells: &mut dyn Iterator<Item = (usize, usize)>| {
            cells.fold(0_i128, |sum, (row, column)| {
                let at = row * columns + column;
                let known = if at == cell { i128::from(value) } else { 0 };
                sum + if self.hidden[at] { i128::from(self.rows[row][column]) - known } else { 0 }
            })
        };
        let supply: Vec<i128> =
            (0..self.rows.len()).map(|row| left(&mut (0..columns).map(|column| (row, column)))).collect();
        let demand: Vec<i128> =
            (0..columns).map(|column| left(&mut (0..self.rows.len()).map(|row| (row, column)))).collect();
        // Of the sets of rows that are not reached, each lets the columns that only they reach go without.
        let (short, long) = (self.rows.len().min(columns), self.rows.len().max(columns));
        let by_rows = self.rows.len() <= columns;
        let (given, needed) = if by_rows { (&supply, &demand) } else { (&demand, &supply) };
        let joined = |one: usize, other: usize| if by_rows { open(one, other) } else { open(other, one) };
        given.iter().chain(needed).all(|&left| left >= 0)
            && (0..1_u64 << short).all(|set| {
                let reached = |&other: &usize| (0..short).any(|one| set >> one & 1 == 1 && joined(one, other));
                let room: i128 = (0..long).filter(reached).map(|other| needed[other]).sum();
                (0..short).filter(|one| set >> one & 1 == 1).map(|one| given[one]).sum::<i128>() <= room
            })
    }
}
