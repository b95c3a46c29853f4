//! What keeps a file from being read with a mapping.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::values::Values;
use super::{Field, Look, Mapping, Target};
use crate::Table;

/// Why a mapping does not do for a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MappingError {
    /// The mapping names a column that the file does not have.
    #[error("the file has no column \"{header}\", which is mapped to {field}")]
    UnknownHeader {
        /// The header in the mapping.
        header: String,
        /// What it is mapped to.
        field: Field,
    },
    /// One field is read from one column.
    #[error("several columns are mapped to {field}: {}", headers.join(", "))]
    SeveralColumns {
        /// The field.
        field: Field,
        /// The columns.
        headers: Vec<String>,
    },
    /// Neither e-mail nor employee id is mapped, so nobody can be told apart.
    #[error("no column is mapped to email or employee_id, so people can't be told apart")]
    NoIdentity,
    /// Neither the whole name nor its two parts are mapped.
    #[error("no column is mapped to name, or to first_name and last_name")]
    NoName,
    /// Most values of the column cannot be what it is mapped to; perhaps two columns are swapped.
    #[error("most values of \"{header}\" are no {field}, for example \"{example}\"")]
    ValuesDoNotFit {
        /// The column.
        header: String,
        /// What it is mapped to.
        field: Field,
        /// A value that does not fit.
        example: String,
    },
}

pub(super) fn check(mapping: &Mapping, table: &Table) -> Vec<MappingError> {
    let mut errors = Vec::new();
    let mut columns = BTreeMap::<&Field, Vec<String>>::new();
    for (header, target) in &mapping.columns {
        let Target::Field(field) = target else { continue };
        match table.column(header) {
            Some(column) => {
                columns.entry(field).or_default().push(header.clone());
                errors.extend(values_that_do_not_fit(table, column, field));
            }
            None => errors.push(MappingError::UnknownHeader { header: header.clone(), field: field.clone() }),
        }
    }
    let has = |field: Field| columns.contains_key(&field);
    if !has(Field::Email) && !has(Field::EmployeeId) {
        errors.push(MappingError::NoIdentity);
    }
    let has_name = has(Field::Name) || (has(Field::FirstName) && has(Field::LastName));
    if !has_name {
        errors.push(MappingError::NoName);
    }
    let several = columns.into_iter().filter(|(_, headers)| headers.len() > 1);
    errors.extend(several.map(|(field, headers)| MappingError::SeveralColumns { field: field.clone(), headers }));
    errors
}

fn values_that_do_not_fit(table: &Table, column: usize, field: &Field) -> Option<MappingError> {
    let values = Values::of(table, column);
    // Of a few values, each wrong one is better named by its line.
    if values.len() < 5 {
        return None;
    }
    let wrong = match field {
        Field::Email | Field::ManagerEmail => values.mostly_not(Look::Emails),
        Field::StartDate | Field::EndDate => values.mostly_not(Look::Dates),
        _ if field.is_name() && values.mostly(Look::Emails) => values.first(),
        _ => None,
    };
    wrong.map(|example| MappingError::ValuesDoNotFit {
        header: table.headers()[column].clone(),
        field: field.clone(),
        example: crate::clean::shorten(example, 80),
    })
}
