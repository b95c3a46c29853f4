//! Names and search words made comparable: lower case, without accents.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// `Zoë Łukasz` as `zoe lukasz`. For sorting and finding, never for showing.
#[must_use]
pub fn fold(text: &str) -> String {
    let plain = text.nfkd().flat_map(char::to_lowercase).filter(|letter| !is_combining_mark(*letter));
    let mut folded = String::with_capacity(text.len());
    for letter in plain {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            other => folded.push(other),
        }
    }
    folded
}

/// What a list of people is sorted by: the last name first, where it is known.
#[must_use]
pub fn sort_name(first: Option<&str>, last: Option<&str>, name: &str) -> String {
    match (first, last) {
        (Some(first), Some(last)) => fold(&format!("{last} {first}")),
        _ => fold(name),
    }
}

/// What a search looks into.
#[must_use]
pub fn search_text(parts: &[Option<&str>]) -> String {
    fold(&parts.iter().flatten().copied().collect::<Vec<_>>().join(" "))
}

/// What was typed into a search box, as patterns for `like ... escape '!'` that have to match all: one for each of
/// the first two words, one for the rest.
#[must_use]
pub fn patterns(text: &str) -> [String; 3] {
    let text = fold(text.trim());
    let mut words = text.splitn(3, char::is_whitespace).map(str::trim);
    [(); 3].map(|()| {
        let word = words.next().unwrap_or_default();
        let plain = word.replace('!', "!!").replace('%', "!%").replace('_', "!_");
        format!("%{plain}%")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_make_no_difference() {
        let check = |text: &str, expected: &str| assert_eq!(fold(text), expected, "{text}");
        check("Zoë ÜBERALL", "zoe uberall");
        check("İnci Işık", "inci isik");
        check("Łukasz Groß", "lukasz gross");
        check("王伟", "王伟");
    }

    #[test]
    fn the_last_name_goes_first() {
        assert_eq!(sort_name(Some("Inés"), Some("Duarte"), "Inés Duarte"), "duarte ines");
        assert_eq!(sort_name(None, Some("Duarte"), "Inés Duarte"), "ines duarte");
    }

    #[test]
    fn every_word_is_a_pattern() {
        assert_eq!(patterns("  Ana "), ["%ana%", "%%", "%%"]);
        assert_eq!(patterns("100%_! de la Cruz"), ["%100!%!_!!%", "%de%", "%la cruz%"]);
    }
}
