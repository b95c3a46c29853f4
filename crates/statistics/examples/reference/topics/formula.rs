//! The formulas of the cases, as R reads them: `age+(a+b)*c+a:b+strata(sex)`.

use counterflow_statistics::survival::Design;

use super::super::table::Table;

/// A formula's terms, each the columns whose product it is, and the columns of its strata.
#[derive(Debug, PartialEq)]
pub struct Formula {
    pub terms: Vec<Vec<String>>,
    pub strata: Option<String>,
}

impl Formula {
    /// Main effects first, then products of two, and so on, each in the order in which it is written.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.rsplit('~').next().unwrap_or_default();
        let text: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
        let mut strata = None;
        let mut terms = Vec::new();
        for part in split(&text, '+') {
            match part.strip_prefix("strata(").and_then(|rest| rest.strip_suffix(')')) {
                Some(column) => strata = Some(column.to_owned()),
                None => terms.extend(expand(part)?),
            }
        }
        terms.sort_by_key(Vec::len);
        let mut seen = Vec::new();
        terms.retain(|term| {
            !seen.contains(term) && {
                seen.push(term.clone());
                true
            }
        });
        Ok(Self { terms, strata })
    }

    /// Every column that it names.
    pub fn columns(&self) -> Vec<&str> {
        self.terms.iter().flatten().chain(&self.strata).map(String::as_str).collect()
    }

    /// The columns of the terms, one of text as indicators of its levels but the first.
    pub fn design(&self, table: &Table) -> Result<Design, String> {
        let mut design = Design::new();
        for term in &self.terms {
            let mut products = vec![(String::new(), vec![1.0; table.len()])];
            for column in term {
                let factors = factors(table, column)?;
                let with = |(name, cells): &(String, Vec<f64>)| {
                    let join = |(more, others): &(String, Vec<f64>)| {
                        let name = if name.is_empty() { more.clone() } else { format!("{name}:{more}") };
                        (name, cells.iter().zip(others).map(|(one, two)| one * two).collect())
                    };
                    factors.iter().map(join).collect::<Vec<_>>()
                };
                products = products.iter().flat_map(with).collect();
            }
            for (name, cells) in products {
                design = design.with(name, cells).map_err(|error| error.to_string())?;
            }
        }
        Ok(design)
    }
}

fn factors(table: &Table, column: &str) -> Result<Vec<(String, Vec<f64>)>, String> {
    if let Ok(cells) = table.numbers(column) {
        return Ok(vec![(column.to_owned(), cells)]);
    }
    let (levels, rows) = super::survival::labels(table, column)?;
    let indicator = |(place, level): (usize, &String)| {
        let cells = rows.iter().map(|row| f64::from(u8::from(*row as usize == place))).collect();
        (format!("{column}{level}"), cells)
    };
    Ok(levels.iter().enumerate().skip(1).map(indicator).collect())
}

/// Parts between signs that stand outside of parentheses.
fn split(text: &str, sign: char) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0, 0, Vec::new());
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if letter == sign && depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn expand(text: &str) -> Result<Vec<Vec<String>>, String> {
    let product = |one: &[Vec<String>], two: &[Vec<String>]| -> Vec<Vec<String>> {
        one.iter().flat_map(|one| two.iter().map(move |two| [one.as_slice(), two].concat())).collect()
    };
    let sum = split(text, '+');
    if sum.len() > 1 {
        let parts = sum.into_iter().map(expand).collect::<Result<Vec<_>, _>>()?;
        return Ok(parts.concat());
    }
    for (sign, crossed) in [('*', true), (':', false)] {
        let parts = split(text, sign);
        if parts.len() > 1 {
            let mut parts = parts.into_iter().map(expand).collect::<Result<Vec<_>, _>>()?.into_iter();
            let mut terms = parts.next().unwrap_or_default();
            for part in parts {
                let products = product(&terms, &part);
                terms = if crossed { [terms, part, products].concat() } else { products };
            }
            return Ok(terms);
        }
    }
    match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => expand(inner),
        None if text.is_empty() => Err("an empty term".to_owned()),
        None => Ok(vec![vec![text.to_owned()]]),
    }
}
