//! Keys made of names: stable names for what people may rename.

use std::collections::BTreeSet;

/// A key made of a name, and of a number where that is taken; it is taken from now on. A name without a letter or
/// figure that a key can have becomes `otherwise`.
pub fn free_key(name: &str, otherwise: &str, taken: &mut BTreeSet<String>) -> String {
    let plain = key_of(name, otherwise);
    let numbered = (2..).map(|number| format!("{plain}-{number}"));
    let free = std::iter::once(plain.clone()).chain(numbered).find(|key| !taken.contains(key));
    let key = free.unwrap_or(plain);
    taken.insert(key.clone());
    key
}

/// New rows of an editor whose words are those of something stored that no other row speaks of, are that: the form was sent
/// twice. A new row has no key, or one that begins with `+`.
pub fn adopt<'s, R>(
    rows: &mut [R],
    key: impl Fn(&mut R) -> &mut String,
    words: impl Fn(&R) -> String,
    stored: impl IntoIterator<Item = (&'s str, &'s str)>,
) {
    let spoken_of: BTreeSet<String> = rows.iter_mut().map(|row| key(row).clone()).collect();
    let free: Vec<_> = stored.into_iter().filter(|(stored, _)| !spoken_of.contains(*stored)).collect();
    for row in rows {
        let is_new = key(row).is_empty() || key(row).starts_with('+');
        let said = words(row);
        if let Some((stored, _)) = free.iter().find(|(_, words)| is_new && *words == said) {
            (*stored).clone_into(key(row));
        }
    }
}

/// `AI at work` becomes `ai-at-work`. Letters beyond ASCII are left out.
pub(super) fn key_of(name: &str, otherwise: &str) -> String {
    let ascii = name.to_lowercase().replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let words: Vec<_> = ascii.split('-').filter(|word| !word.is_empty()).take(8).collect();
    if words.is_empty() { otherwise.to_owned() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_of_names() {
        let mut taken = BTreeSet::new();
        for (name, key) in [
            ("AI at work", "ai-at-work"),
            ("ai: at work!", "ai-at-work-2"),
            ("  R&D: what's next? ", "r-d-what-s-next"),
            ("人工智能", "topic"),
            ("人", "topic-2"),
        ] {
            assert_eq!(free_key(name, "topic", &mut taken), key);
        }
    }
}
