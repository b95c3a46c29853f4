//! What somebody says of a source: read from its form, and shown in it.

use super::{Source, report::Missing, source_store::NewSource};
use crate::kernel::{
    form::{Check, Fields, Form, Problems},
    ids::SourceId,
};

/// The longest name of a source.
const NAME: usize = 80;
/// The longest pattern of a file's name.
const PATTERN: usize = 120;
/// The most addresses that get the reports.
const ADDRESSES: usize = 20;

/// The form of a new source: strict, because nobody looks on at night.
pub(super) fn blank(address: &str) -> Form {
    Form::filled([("missing_policy", "stay"), ("most_leavers", "10"), ("least_share", "90"), ("letters_to", address)])
}

/// The form of a source as it is.
pub(super) fn filled(source: &Source) -> Form {
    Form::filled([
        ("name", source.name.clone()),
        ("file_pattern", source.file_pattern.clone().unwrap_or_default()),
        ("missing_policy", source.missing_policy.to_string()),
        ("most_leavers", source.most_leavers_percent.to_string()),
        ("least_share", source.least_share_percent.to_string()),
        ("letters_to", source.letters_to.0.join("\n")),
    ])
}

/// Reads the form. `own` is the source that it is about; `all` are those that are there.
pub(super) fn read(fields: &Fields, own: SourceId, all: &[Source]) -> Result<NewSource, Problems> {
    let others: Vec<&Source> = all.iter().filter(|source| source.id != own).collect();
    let mut check = fields.check();
    let name = name(&mut check, &others);
    let file_pattern = pattern(&mut check, &others);
    let missing_policy = check.choice::<Missing>("missing_policy");
    let (most, least) = (check.number("most_leavers", 0, 100), check.number("least_share", 0, 100));
    let letters_to = addresses(&mut check, fields);
    check.done(|| {
        Some(NewSource {
            name: name?,
            file_pattern: file_pattern?,
            missing_policy: missing_policy?,
            most_leavers_percent: most?,
            least_share_percent: least?,
            letters_to: letters_to?,
        })
    })
}

fn name(check: &mut Check<'_>, others: &[&Source]) -> Option<String> {
    let name = check.text("name", NAME)?;
    if others.iter().any(|other| other.name.eq_ignore_ascii_case(&name)) {
        check.problem("name", "name_taken", Vec::new());
        return None;
    }
    Some(name)
}

fn pattern(check: &mut Check<'_>, others: &[&Source]) -> Option<Option<String>> {
    let pattern = check.optional_text("file_pattern", PATTERN)?;
    let Some(pattern) = pattern else { return Some(None) };
    if pattern.contains(['/', '\\']) || pattern.starts_with('.') {
        check.problem("file_pattern", "not_a_pattern", Vec::new());
        return None;
    }
    if let Some(other) = others.iter().find(|other| other.file_pattern.as_ref() == Some(&pattern)) {
        check.problem("file_pattern", "pattern_taken", vec![("other", other.name.clone())]);
        return None;
    }
    Some(Some(pattern))
}

fn addresses(check: &mut Check<'_>, fields: &Fields) -> Option<Vec<String>> {
    let lines = fields.get("letters_to").split(['\n', ',', ';']).map(str::trim).filter(|line| !line.is_empty());
    let mut addresses: Vec<String> = lines.map(str::to_lowercase).collect();
    addresses.sort();
    addresses.dedup();
    if let Some(line) = addresses.iter().find(|line| line.parse::<lettre::Address>().is_err()) {
        check.problem("letters_to", "not_an_address", vec![("line", line.clone())]);
        return None;
    }
    if addresses.len() > ADDRESSES {
        check.problem("letters_to", "many_addresses", vec![("max", ADDRESSES.to_string())]);
        return None;
    }
    Some(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_named() {
        let fields = Fields::filled([
            ("name", ""),
            ("file_pattern", "../people.csv"),
            ("missing_policy", "perhaps"),
            ("most_leavers", "101"),
            ("least_share", "-1"),
            ("letters_to", "hr@halden.example\nnobody"),
        ]);
        let problems = read(&fields, SourceId::new(), &[]).unwrap_err();
        let found: Vec<_> = problems.iter().map(|problem| (problem.field.as_str(), problem.key)).collect();
        assert_eq!(
            found,
            [
                ("name", "missing"),
                ("file_pattern", "not_a_pattern"),
                ("missing_policy", "not_a_choice"),
                ("most_leavers", "out_of_range"),
                ("least_share", "out_of_range"),
                ("letters_to", "not_an_address"),
            ]
        );
    }

    #[test]
    fn addresses_stand_on_lines_or_between_commas() {
        let mut fields = blank("b@x.example, A@x.example;\na@x.example").fields;
        fields.push("name", "Workday");
        let source = read(&fields, SourceId::new(), &[]).unwrap();
        assert_eq!(source.letters_to, ["a@x.example", "b@x.example"]);
        assert_eq!((source.file_pattern, source.least_share_percent), (None, 90));
    }
}
