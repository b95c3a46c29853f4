//! What is published of tables of counts: `cargo run -p statistics --example suppress -- TABLES.json > RELEASE.json`.
//!
//! TABLES.json holds `cases` with `id`, `k` and `cells`; RELEASE.json has for each id the rows with `null` for a hidden
//! cell, or "withheld".

use std::{error::Error, fs, io::Write};

use counterflow_statistics::disclosure::{CountTable, Suppression, suppress};
use serde_json::{Map, Value};

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args_os().nth(1).ok_or("usage: suppress TABLES.json")?;
    let tables: Value = serde_json::from_str(&fs::read_to_string(file)?)?;
    let mut release = Map::new();
    for case in tables["cases"].as_array().ok_or("no cases")? {
        let rows: Vec<Vec<u64>> = serde_json::from_value(case["cells"].clone())?;
        let published = match suppress(&CountTable::new(&rows)?, case["k"].as_u64().ok_or("no k")?)? {
            Suppression::Withhold => Value::from("withheld"),
            Suppression::Hide(hidden) => {
                let shown: Vec<Option<u64>> =
                    rows.concat().into_iter().zip(hidden).map(|(count, hidden)| (!hidden).then_some(count)).collect();
                shown.chunks(rows[0].len()).map(Value::from).collect()
            }
        };
        release.insert(case["id"].as_str().ok_or("no id")?.to_owned(), published);
    }
    writeln!(std::io::stdout(), "{}", Value::from(release))?;
    Ok(())
}
