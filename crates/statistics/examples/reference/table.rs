//! A CSV file with a header, and what the cases say about its rows and columns.

use std::{fs, path::Path};

/// Columns by name; a cell is `None` where it is empty or `NA`.
#[derive(Clone)]
pub struct Table {
    names: Vec<String>,
    columns: Vec<Vec<Option<String>>>,
}

impl Table {
    /// Reads a file without quoted fields.
    pub fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let mut lines = text.lines().filter(|line| !line.trim().is_empty());
        let header = lines.next().ok_or_else(|| format!("{}: no header", file.display()))?;
        let names: Vec<_> = header.split(',').map(|name| name.trim().trim_matches('"').to_owned()).collect();
        let mut columns = vec![Vec::new(); names.len()];
        for line in lines {
            let cells: Vec<_> = line.split(',').collect();
            if cells.len() != names.len() {
                return Err(format!("{}: {} cells in {line:?}", file.display(), cells.len()));
            }
            for (column, cell) in columns.iter_mut().zip(cells) {
                let cell = cell.trim().trim_matches('"');
                column.push((!cell.is_empty() && cell != "NA").then(|| cell.to_owned()));
            }
        }
        Ok(Self { names, columns })
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    /// The cells of a column as they are written.
    pub fn texts(&self, name: &str) -> Result<&[Option<String>], String> {
        let place = self.names.iter().position(|own| own == name).ok_or_else(|| format!("no column {name}"))?;
        Ok(&self.columns[place])
    }

    /// The cells of a column as numbers.
    pub fn maybe_numbers(&self, name: &str) -> Result<Vec<Option<f64>>, String> {
        let parse = |cell: &String| cell.parse::<f64>().map_err(|_| format!("{cell:?} in {name} is no number"));
        self.texts(name)?.iter().map(|cell| cell.as_ref().map(parse).transpose()).collect()
    }

    /// The cells of a column as numbers, of which none is missing.
    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, String> {
        let cells = self.maybe_numbers(name)?;
        cells.into_iter().map(|cell| cell.ok_or_else(|| format!("a missing cell in {name}"))).collect()
    }

    /// The rows in which no cell of these columns is missing.
    pub fn complete(&self, names: &[&str]) -> Result<Self, String> {
        let columns = names.iter().map(|name| self.texts(name)).collect::<Result<Vec<_>, _>>()?;
        let keep: Vec<_> = (0..self.len()).map(|row| columns.iter().all(|column| column[row].is_some())).collect();
        let mut rows = self.clone();
        rows.keep(&keep);
        Ok(rows)
    }

    /// Adds a column of numbers, or puts it in the place of one of the same name.
    pub fn put(&mut self, name: &str, cells: impl IntoIterator<Item = Option<f64>>) {
        let cells = cells.into_iter().map(|cell| cell.map(|number| number.to_string())).collect();
        match self.names.iter().position(|own| own == name) {
            Some(place) => self.columns[place] = cells,
            None => {
                self.names.push(name.to_owned());
                self.columns.push(cells);
            }
        }
    }

    fn keep(&mut self, keep: &[bool]) {
        for column in &mut self.columns {
            let mut keep = keep.iter();
            column.retain(|_| *keep.next().unwrap_or(&false));
        }
    }

    /// Keeps the rows that a filter such as `dose == 0.5; join_day present` names. Which columns have to be complete is
    /// known only to the topic, so those words keep every row here.
    pub fn filter(&mut self, text: &str) -> Result<(), String> {
        for clause in text.replace(" and ", ";").replace('&', ";").split(';').map(str::trim) {
            let spoken = clause.to_lowercase();
            let elsewhere = spoken.contains("complete");
            if clause.is_empty() || spoken == "all rows" || spoken == "all" || elsewhere {
                continue;
            }
            let keep = self.condition(clause)?;
            self.keep(&keep);
        }
        Ok(())
    }

    /// For each row, whether `clause` holds; it does not where the cell is missing.
    fn condition(&self, clause: &str) -> Result<Vec<bool>, String> {
        for (end, present) in [(" not missing", true), (" is present", true), (" present", true), (" missing", false)] {
            if let Some(name) = clause.strip_suffix(end) {
                return Ok(self.texts(name.trim())?.iter().map(|cell| cell.is_some() == present).collect());
            }
        }
        for sign in ["==", "!=", "<=", ">=", "<", ">", "="] {
            if let Some((name, bound)) = clause.split_once(sign) {
                let bound = bound.trim().trim_matches(['"', '\'']);
                let cells = self.texts(name.trim())?.iter();
                return Ok(cells.map(|cell| cell.as_ref().is_some_and(|cell| holds(cell, sign, bound))).collect());
            }
        }
        Err(format!("unknown filter {clause:?}"))
    }

    /// Makes the columns that a case derives, such as `late = Stage_III + Stage_IV`.
    pub fn prepare(&mut self, text: &str) -> Result<(), String> {
        for clause in text.split(';').map(str::trim).filter(|clause| !clause.is_empty() && *clause != "None") {
            let clause = clause.split(" (for ").next().unwrap_or(clause).trim();
            if let Some((name, value)) = clause.split_once('=') {
                self.derive(name.trim(), value.trim())?;
            } else if let Some((names, column)) = clause.split_once(" from ") {
                self.indicators(names.trim(), column)?;
            } else {
                return Err(format!("unknown preparation {clause:?}"));
            }
        }
        Ok(())
    }

    /// `1 if COLUMN is VALUE`, `COLUMN present`, or a sum of columns.
    fn derive(&mut self, name: &str, value: &str) -> Result<(), String> {
        let flag = |flags: Vec<bool>| flags.into_iter().map(|flag| Some(f64::from(u8::from(flag)))).collect::<Vec<_>>();
        let cells = if let Some(test) = value.strip_prefix("1 if ") {
            flag(self.condition(&test.replacen(" is ", " == ", 1))?)
        } else if value.ends_with(" present") || value.ends_with(" not missing") || value.contains("==") {
            flag(self.condition(value)?)
        } else {
            let parts = value.split('+').map(|part| self.maybe_numbers(part.trim()));
            let parts = parts.collect::<Result<Vec<_>, _>>()?;
            (0..self.len()).map(|row| parts.iter().map(|part| part[row]).sum()).collect()
        };
        self.put(name, cells);
        Ok(())
    }

    /// `black, hispan from race`: one column a named level; or `0/1 columns from unit (base A) and region (base AMER)`:
    /// one for each level but the base, called `unitB` and also `emea`, because formulas use either.
    fn indicators(&mut self, names: &str, columns: &str) -> Result<(), String> {
        if names != "0/1 columns" {
            for level in names.split(',').map(str::trim) {
                self.indicator(level, columns.trim(), level)?;
            }
            return Ok(());
        }
        for part in columns.split(" and ") {
            let (column, base) = part.split_once("(base ").ok_or_else(|| format!("no base in {part:?}"))?;
            let (column, base) = (column.trim(), base.trim_end().trim_end_matches(')'));
            let mut levels: Vec<_> = self.texts(column)?.iter().flatten().cloned().collect();
            levels.sort();
            levels.dedup();
            for level in levels.iter().filter(|level| *level != base) {
                self.indicator(&format!("{column}{level}"), column, level)?;
                self.indicator(&level.to_lowercase(), column, level)?;
            }
        }
        Ok(())
    }

    fn indicator(&mut self, name: &str, column: &str, level: &str) -> Result<(), String> {
        let is = |cell: &String| f64::from(u8::from(cell == level));
        let cells: Vec<_> = self.texts(column)?.iter().map(|cell| cell.as_ref().map(is)).collect();
        self.put(name, cells);
        Ok(())
    }
}

/// Whether a cell and a bound stand so to each other: as numbers if both are.
fn holds(cell: &str, sign: &str, bound: &str) -> bool {
    let order = match (cell.parse::<f64>(), bound.parse::<f64>()) {
        (Ok(cell), Ok(bound)) => cell.partial_cmp(&bound),
        _ => Some(cell.cmp(bound)),
    };
    order.is_some_and(|order| match sign {
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        "!=" => order.is_ne(),
        _ => order.is_eq(),
    })
}
