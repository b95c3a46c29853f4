//! The three text forms, told apart by how they begin. Errors name the line.

use counterflow_matching::transport::{Arc, Node, Problem};

/// Costs and worths can be so large in size.
const MOST: i64 = 1 << 31;
/// More nodes than that are a slip of the pen.
const MOST_NODES: usize = 1 << 28;

/// What a file holds.
#[derive(Debug)]
pub enum Input {
    /// Everybody gets exactly one partner, at the least cost.
    Assignment(Assignment),
    /// Who has places may leave them empty; the worth is to be the greatest.
    Transport(Problem),
}

/// An assignment problem.
#[derive(Debug, PartialEq, Eq)]
pub struct Assignment {
    /// How many nodes the right side has.
    pub right: usize,
    /// For each node of the left side, position on the right and cost; each position once, in order.
    pub costs: Vec<Vec<(u32, i64)>>,
}

impl Assignment {
    /// Of arcs that stand twice, the cheapest counts.
    fn new(right: usize, mut costs: Vec<Vec<(u32, i64)>>) -> Self {
        for list in &mut costs {
            list.sort_unstable();
            list.dedup_by_key(|(to, _)| *to);
        }
        Self { right, costs }
    }
}

/// A line that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ReadError {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: String,
}

type Read<T> = Result<T, ReadError>;

fn wrong<T>(line: usize, problem: impl Into<String>) -> Read<T> {
    Err(ReadError { line, problem: problem.into() })
}

/// The words of a line, each a number between two bounds.
struct Words<'t> {
    line: usize,
    words: std::str::SplitWhitespace<'t>,
}

impl<'t> Words<'t> {
    fn number(&mut self, name: &str, least: i64, most: i64) -> Read<i64> {
        match self.words.next() {
            Some(word) => number(self.line, name, word, least, most),
            None => wrong(self.line, format!("{name} is missing")),
        }
    }

    fn count(&mut self, name: &str, most: usize) -> Read<usize> {
        Ok(self.number(name, 0, most as i64)? as usize)
    }

    /// The position of a node that is written from 1.
    fn node(&mut self, name: &str, nodes: usize) -> Read<usize> {
        Ok(self.number(name, 1, nodes as i64)? as usize - 1)
    }

    fn end(&mut self) -> Read<()> {
        self.words.next().map_or(Ok(()), |word| wrong(self.line, format!("`{word}` is one word too many")))
    }
}

fn number(line: usize, name: &str, word: &str, least: i64, most: i64) -> Read<i64> {
    match word.parse::<i64>() {
        Ok(number) if (least..=most).contains(&number) => Ok(number),
        Ok(_) => wrong(line, format!("{name} `{word}` is not between {least} and {most}")),
        Err(_) => wrong(line, format!("{name} `{word}` is not a whole number")),
    }
}

/// Reads a file of any of the forms.
///
/// # Errors
/// The first line that cannot be read.
pub fn read(text: &str) -> Read<Input> {
    let Some(first) = text.trim_start().chars().next() else { return wrong(1, "the file is empty") };
    if first.is_ascii_digit() || first == '-' || first == '+' {
        return or_library(text).map(Input::Assignment);
    }
    let mut lines = Lines::new(text);
    let Some((kind, mut words)) = lines.next() else { return wrong(lines.last, "there is no line `p`") };
    match (kind, words.words.next()) {
        ("p", Some("asn")) => dimacs(words, lines).map(Input::Assignment),
        ("p", Some("transport")) => transport(words, lines).map(Input::Transport),
        ("p", _) => wrong(words.line, "expected `p asn NODES ARCS` or `p transport ROWS COLUMNS ARCS BONUS`"),
        _ => wrong(words.line, format!("expected `p asn NODES ARCS` before `{kind}`")),
    }
}

/// Lines that are neither empty nor comments, by their first word.
struct Lines<'t> {
    lines: std::iter::Enumerate<std::str::Lines<'t>>,
    last: usize,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self { lines: text.lines().enumerate(), last: 1 }
    }
}

impl<'t> Iterator for Lines<'t> {
    type Item = (&'t str, Words<'t>);

    fn next(&mut self) -> Option<Self::Item> {
        for (at, text) in self.lines.by_ref() {
            self.last = at + 1;
            let mut words = text.split_whitespace();
            if let Some(kind) = words.next().filter(|&kind| kind != "c") {
                return Some((kind, Words { line: at + 1, words }));
            }
        }
        None
    }
}

/// The first DIMACS challenge's form of an assignment problem: `p asn NODES ARCS`, `n ID` for each node of the left side,
/// `a FROM TO COST`. Nodes are written from 1.
fn dimacs(mut head: Words, mut lines: Lines) -> Read<Assignment> {
    let nodes = head.count("the number of nodes", MOST_NODES)?;
    let arcs = head.count("the number of arcs", usize::MAX >> 1)?;
    head.end()?;
    let (mut left, mut found) = (Vec::new(), Vec::new());
    for (kind, mut words) in lines.by_ref() {
        match kind {
            "n" if found.is_empty() => left.push((words.node("the node", nodes)?, words.line)),
            "n" => return wrong(words.line, "nodes come before arcs"),
            "a" => {
                let (from, to) = (words.node("the left node", nodes)?, words.node("the right node", nodes)?);
                found.push((words.line, from, to, words.number("the cost", -MOST, MOST)?));
            }
            _ => return wrong(words.line, format!("expected `n` or `a`, found `{kind}`")),
        }
        words.end()?;
    }
    if found.len() != arcs {
        return wrong(lines.last, format!("{} arcs are announced, and there are {}", arcs, found.len()));
    }
    left.sort_unstable();
    if let Some(twice) = left.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return wrong(twice[1].1, format!("node {} stands twice", twice[1].0 + 1));
    }
    let position = |node: usize| left.binary_search_by_key(&node, |&(left, _)| left);
    let mut costs = vec![Vec::new(); left.len()];
    for (line, from, to, cost) in found {
        match (position(from), position(to)) {
            (Err(_), _) => return wrong(line, format!("node {} is not on the left side", from + 1)),
            (_, Ok(_)) => return wrong(line, format!("node {} is not on the right side", to + 1)),
            (Ok(from), Err(before)) => costs[from].push(((to - before) as u32, cost)),
        }
    }
    Ok(Assignment::new(nodes - left.len(), costs))
}

/// Beasley's OR-Library form: the size, then the costs row by row, with any white space between.
fn or_library(text: &str) -> Read<Assignment> {
    let mut last = 1;
    let mut words =
        (1..).zip(text.lines()).flat_map(|(line, text)| text.split_whitespace().map(move |word| (line, word)));
    let mut next = |name: &str, least: i64, most: i64| match words.next() {
        Some((line, word)) => {
            last = line;
            number(line, name, word, least, most)
        }
        None => wrong(last, format!("{name} is missing")),
    };
    let size = next("the size", 0, 1 << 20)? as usize;
    let mut costs = Vec::new();
    for _ in 0..size {
        costs.push((0..size as u32).map(|to| Ok((to, next("a cost", -MOST, MOST)?))).collect::<Read<Vec<_>>>()?);
    }
    match words.next() {
        Some((line, word)) => wrong(line, format!("`{word}` follows the last cost")),
        None => Ok(Assignment::new(size, costs)),
    }
}

/// A transportation problem: `p transport ROWS COLUMNS ARCS BONUS`, where every chosen arc is worth the bonus beside its own
/// worth; `r ID PLACES FIRST` and `k ID PLACES FIRST` for rows and columns, whose first place is worth FIRST beside the arc
/// (who has no line has one place and no bonus); `a ROW COLUMN WORTH`. Everything is written from 1.
fn transport(mut head: Words, mut lines: Lines) -> Read<Problem> {
    let sizes = [head.count("the number of rows", MOST_NODES)?, head.count("the number of columns", MOST_NODES)?];
    let arcs = head.count("the number of arcs", usize::MAX >> 1)?;
    let bonus = head.number("the bonus", 0, 1 << 50)?;
    head.end()?;
    let mut sides = sizes.map(|size| vec![Node::places(1); size]);
    let mut found = 0;
    let mut lists = vec![Vec::new(); sizes[0]];
    for (kind, mut words) in lines.by_ref() {
        match kind {
            "r" | "k" => {
                let side = usize::from(kind == "k");
                let node = words.node("the node", sizes[side])?;
                let places = words.number("the number of places", 0, u32::MAX.into())? as u32;
                sides[side][node] = Node { places, first_bonus: words.number("the bonus", 0, 1 << 50)? };
            }
            "a" => {
                let (row, column) = (words.node("the row", sizes[0])?, words.node("the column", sizes[1])?);
                let worth = words.number("the worth", i32::MIN.into(), i32::MAX.into())?;
                lists[row].push(Arc::new(column as u32, worth as i32));
                found += 1;
            }
            _ => return wrong(words.line, format!("expected `r`, `k` or `a`, found `{kind}`")),
        }
        words.end()?;
    }
    if found != arcs {
        return wrong(lines.last, format!("{arcs} arcs are announced, and there are {found}"));
    }
    let [rows, columns] = sides;
    match Problem::new(rows, columns, lists) {
        Ok(mut problem) => {
            problem.pair_bonus = bonus;
            Ok(problem)
        }
        Err(error) => wrong(lines.last, error.to_string()),
    }
}
