//! Which character stands between the cells.

use serde::{Deserialize, Serialize};

/// The character between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `,`
    Comma,
    /// `;`, which Excel writes where the comma is the decimal sign.
    Semicolon,
    /// Tab.
    Tab,
    /// `|`
    Pipe,
}

impl Separator {
    const ALL: [Self; 4] = [Self::Comma, Self::Semicolon, Self::Tab, Self::Pipe];

    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
            Self::Pipe => b'|',
        }
    }
}

/// How much of a file is looked at.
const SAMPLE_BYTES: usize = 64 * 1024;
const SAMPLE_RECORDS: usize = 50;

/// The line `sep=;` with which some files name their separator, and the text after it.
pub(super) fn declared(text: &str) -> Option<(Separator, &str)> {
    let mut rest = text.strip_prefix("sep=").or_else(|| text.strip_prefix("\"sep="))?.chars();
    let byte = rest.next()?;
    let separator = Separator::ALL.into_iter().find(|s| char::from(s.byte()) == byte)?;
    let rest = rest.as_str().trim_start_matches('"');
    rest.starts_with(['\r', '\n']).then_some((separator, rest))
}

/// The separator that cuts the first records most evenly, and into the most cells. Commas for a file with one column.
pub(super) fn detect(text: &str) -> Separator {
    let sample = sample(text);
    let mut best = (Separator::Comma, 0);
    for separator in Separator::ALL {
        let score = score(sample, separator);
        if score > best.1 {
            best = (separator, score);
        }
    }
    best.0
}

/// The first lines, without one that the end of the sample cuts.
fn sample(text: &str) -> &str {
    if text.len() <= SAMPLE_BYTES {
        return text;
    }
    let head = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    head.rfind(['\n', '\r']).map_or(head, |end| &head[..end])
}

/// The share of records with the commonest number of cells, weighed by that number: 2 cells count half, 8 cells
/// seven eighths. So a regular `;` in one of many columns does not win over commas with one bad row.
fn score(sample: &str, separator: Separator) -> usize {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator.byte())
        .from_reader(sample.as_bytes());
    let mut widths = std::collections::BTreeMap::<usize, usize>::new();
    for record in reader.byte_records().map_while(Result::ok).take(SAMPLE_RECORDS) {
        *widths.entry(record.len()).or_default() += 1;
    }
    let total: usize = widths.values().sum();
    let weigh = |(width, records): (&usize, &usize)| 1_000_000 * records * (width - 1) / (total * width);
    widths.iter().map(weigh).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_are_detected() {
        let check = |text: &str, expected| assert_eq!(detect(text), expected, "{text}");
        check("id,name\n1,Ana\n", Separator::Comma);
        check("id;name\n1;Ana\n", Separator::Semicolon);
        check("id\tname\n1\tAna\n", Separator::Tab);
        check("id|name\n1|Ana\n", Separator::Pipe);
        check("name\nAna\n", Separator::Comma);
        check("", Separator::Comma);
        // Other separators inside cells, quoted or not.
        check("id,name\n1,\"Sol; Ana\"\n2,\"Li; Bo\"\n3,\"a;b\"\n", Separator::Comma);
        check("id;name;share\n1;Sol, Ana;0,5\n2;Li, Bo;0,7\n", Separator::Semicolon);
        check("name\tmail\nSol, Ana\ta@x.example\nLi, Bo\tb@x.example\n", Separator::Tab);
        check("id;note\n1;\"a,b\nc,d\ne,f\"\n", Separator::Semicolon);
        check("id,name,mail,speaks a;b\n1,Ana,a@x,en;de\n2,Bo\n3,Li,l@x,zh;en\n", Separator::Comma);
        // A title above the header.
        check("Headcount, January\n\nid;name\n1;Ana\n2;Bo\n", Separator::Semicolon);
    }

    #[test]
    fn a_declared_separator_is_taken() {
        assert_eq!(declared("sep=;\r\nid;a"), Some((Separator::Semicolon, "\r\nid;a")));
        assert_eq!(declared("\"sep=\t\"\nid\ta"), Some((Separator::Tab, "\nid\ta")));
        assert_eq!(declared("sep=id\n"), None);
        assert_eq!(declared("id,name\n"), None);
    }
}
