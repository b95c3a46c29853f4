//! E-mail addresses, checked for being one, not for existing.

/// The address in lower case, without `mailto:` and `<>`; nothing if it is none.
///
/// One `@`, a part before it without spaces and brackets, and a domain of at least two labels. More than this is not
/// worth refusing: whether an address works is known when a letter arrives.
pub(crate) fn parse(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let text = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')).unwrap_or(text);
    let (local, domain) = text.split_once('@')?;
    let fits = text.len() <= 254 && (1..=64).contains(&local.len());
    (fits && is_local(local) && is_domain(domain)).then(|| text.to_lowercase())
}

fn is_local(local: &str) -> bool {
    let forbidden = |c: char| c.is_whitespace() || c.is_control() || "()<>[]:;,\\\"\u{fffd}".contains(c);
    !local.contains(forbidden) && !local.starts_with('.') && !local.ends_with('.') && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    domain.contains('.') && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn addresses() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(parse(text).as_deref(), expected, "{text:?}");
        check("Priya.Raman@Halden.Example", Some("priya.raman@halden.example"));
        check(" mailto:a@x.example ", Some("a@x.example"));
        check("<a+b@x.example>", Some("a+b@x.example"));
        check("o'brien@x-y.co.uk", Some("o'brien@x-y.co.uk"));
        check("jörg@müller.example", Some("jörg@müller.example"));
        for none in
            ["", "a", "a@", "@x.example", "a@x", "a@@x.example", "a b@x.example", "a@x..example", "a@-x.example"]
        {
            check(none, None);
        }
        check("a@x.example; b@x.example", None);
        check(&format!("{}@x.example", "a".repeat(65)), None);
    }
}
