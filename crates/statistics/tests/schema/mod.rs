//! Reading a report's document: against its schema, by code that shares nothing with what writes it.

use counterflow_statistics::report::Report;
use serde_json::Value;

const SCHEMA: &str = include_str!("../../schema/report-1.json");

/// What of `value` breaks `schema`: the part of JSON Schema that ours uses.
fn problems(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    if let Some(name) = schema["$ref"].as_str() {
        return problems(root, &root["$defs"][name.trim_start_matches("#/$defs/")], value, at);
    }
    let mut found = Vec::new();
    let allowed = match &schema["type"] {
        Value::Null => Vec::new(),
        Value::String(one) => vec![one.as_str()],
        many => many.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
    };
    let is = |kind: &str| match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64(),
        _ => value.is_null(),
    };
    if !allowed.is_empty() && !allowed.iter().any(|kind| is(kind)) {
        found.push(format!("{at}: {value} is none of {allowed:?}"));
    }
    if schema.get("const").is_some_and(|only| only != value) {
        found.push(format!("{at}: {value}"));
    }
    if schema["enum"].as_array().is_some_and(|any| !any.contains(value)) {
        found.push(format!("{at}: {value} is not among them"));
    }
    for (place, item) in value.as_array().into_iter().flatten().enumerate() {
        found.extend(problems(root, &schema["items"], item, &format!("{at}/{place}")));
    }
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.is_object() && value.get(name).is_none() {
            found.push(format!("{at}: no {name}"));
        }
    }
    for (name, member) in value.as_object().into_iter().flatten() {
        match schema["properties"].get(name) {
            Some(schema) => found.extend(problems(root, schema, member, &format!("{at}/{name}"))),
            None => found.push(format!("{at}: {name} is not known")),
        }
    }
    found
}

/// The document as JSON, if it follows its schema.
pub fn read(report: &Report) -> Value {
    let parse = |text: &str| serde_json::from_str::<Value>(text).expect("it is JSON");
    let (schema, document) = (parse(SCHEMA), parse(&report.to_json()));
    assert_eq!(problems(&schema, &schema, &document, ""), Vec::<String>::new());
    document
}
