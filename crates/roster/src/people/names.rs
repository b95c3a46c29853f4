//! Names as files write them.

use crate::NameOrder;

/// A name and its parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct FullName {
    pub first: Option<String>,
    pub last: Option<String>,
    /// As it is shown: "Last, First" turned round, else as written.
    pub display: String,
}

/// Not first names, although they stand after a comma.
const SUFFIXES: [&str; 13] = ["jr", "sr", "ii", "iii", "iv", "md", "phd", "ph.d", "mba", "esq", "cpa", "dds", "msc"];

/// Marks that Workday puts after names.
const MARKS: [&str; 4] = ["on leave", "terminated", "inactive", "c"];

/// Reads a cleaned whole name: "Wei Zhang", "Zhang, Wei", "Fiona Gallagher (On Leave)", "John Smith, Jr.".
pub(super) fn parse(text: &str, order: NameOrder) -> FullName {
    let text = without_mark(text);
    if let Some((last, first)) = last_comma_first(text) {
        return FullName {
            display: format!("{first} {last}"),
            first: Some(first.to_owned()),
            last: Some(last.to_owned()),
        };
    }
    let words = text.split_once(' ');
    let (first, last) = match (words, order) {
        (Some((first, last)), NameOrder::FirstLast) | (Some((last, first)), NameOrder::LastFirst) => {
            (Some(first.to_owned()), Some(last.to_owned()))
        }
        (None, _) => (None, None),
    };
    FullName { first, last, display: text.to_owned() }
}

/// The name that two columns make.
pub(super) fn of_parts(first: Option<String>, last: Option<String>) -> FullName {
    let parts = [first.as_deref(), last.as_deref()];
    let display = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    FullName { first, last, display }
}

/// The two sides of a comma; nothing if there are more commas, or what follows is a title.
fn last_comma_first(text: &str) -> Option<(&str, &str)> {
    let (last, first) = text.split_once(',')?;
    let (last, first) = (last.trim(), first.trim());
    let is_suffix = SUFFIXES.contains(&first.trim_end_matches('.').to_lowercase().as_str());
    (!last.is_empty() && !first.is_empty() && !first.contains(',') && !is_suffix).then_some((last, first))
}

/// Without a mark in brackets or an id at the end.
fn without_mark(text: &str) -> &str {
    in_brackets(text).map_or(text, |(name, _)| name)
}

/// A name and the mark or id in brackets after it.
fn in_brackets(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_suffix(')').or_else(|| text.strip_suffix(']'))?;
    let (name, inside) = inside.rsplit_once(['(', '['])?;
    let is_id = !inside.is_empty() && inside.bytes().all(|b| b.is_ascii_digit());
    let is_mark = MARKS.contains(&inside.to_lowercase().as_str());
    ((is_id || is_mark) && !name.trim().is_empty()).then_some((name.trim(), inside))
}

/// The id in "Fiona Gallagher (40117)", which is a better key than the name.
pub(super) fn id_in_brackets(text: &str) -> Option<&str> {
    let (_, inside) = in_brackets(text)?;
    inside.bytes().all(|b| b.is_ascii_digit()).then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_names_are_read() {
        let check = |text: &str, order, first: &str, last: &str, display: &str| {
            let name = parse(text, order);
            let parts = (name.first.as_deref().unwrap_or(""), name.last.as_deref().unwrap_or(""));
            assert_eq!((parts, name.display.as_str()), ((first, last), display), "{text}");
        };
        let by_first = NameOrder::FirstLast;
        check("Wei Zhang", by_first, "Wei", "Zhang", "Wei Zhang");
        check("Zhang Wei", NameOrder::LastFirst, "Wei", "Zhang", "Zhang Wei");
        check("Zhang, Wei", by_first, "Wei", "Zhang", "Wei Zhang");
        check("de la Cruz, María José", by_first, "María José", "de la Cruz", "María José de la Cruz");
        check("John Smith, Jr.", by_first, "John", "Smith, Jr.", "John Smith, Jr.");
        check("Fiona Gallagher (On Leave)", by_first, "Fiona", "Gallagher", "Fiona Gallagher");
        check("Gallagher, Fiona [C]", by_first, "Fiona", "Gallagher", "Fiona Gallagher");
        check("Fiona Gallagher (40117)", by_first, "Fiona", "Gallagher", "Fiona Gallagher");
        check("Robert (Bob) Jones", by_first, "Robert", "(Bob) Jones", "Robert (Bob) Jones");
        check("Sukarno", by_first, "", "", "Sukarno");
        check("Smith,", by_first, "", "", "Smith,");
        check("(1)", by_first, "", "", "(1)");
        check("", by_first, "", "", "");
    }

    #[test]
    fn an_id_may_follow_a_name() {
        assert_eq!(id_in_brackets("Fiona Gallagher (40117)"), Some("40117"));
        assert_eq!(id_in_brackets("Fiona Gallagher (On Leave)"), None);
        assert_eq!(id_in_brackets("40117"), None);
    }

    #[test]
    fn parts_make_a_name() {
        assert_eq!(of_parts(Some("Wei".to_owned()), Some("Zhang".to_owned())).display, "Wei Zhang");
        assert_eq!(of_parts(None, Some("Sukarno".to_owned())).display, "Sukarno");
        assert_eq!(of_parts(None, None).display, "");
    }
}
