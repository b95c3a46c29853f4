//! The templates that come with Counterflow. They are part of the binary, so that one file is all there is to install.

use std::sync::LazyLock;

use super::{
    Template,
    error::{BrokenTemplate, Problem, TemplateError},
};

macro_rules! shelf {
    ($($file:literal),* $(,)?) => {
        &[$(($file, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../templates/programs/", $file)))),*]
    };
}

/// In the order of the list from which a program is started.
const FILES: &[(&str, &str)] = shelf!["digital-fluency.toml", "blank.toml"];

static TEMPLATES: LazyLock<Vec<Template>> = LazyLock::new(|| {
    let read = |(file, text): &(&str, &str)| read(file, text).expect("every template is read by a test");
    FILES.iter().map(read).collect()
});

/// Every template, in the order in which they are offered.
#[must_use]
pub fn all() -> &'static [Template] {
    &TEMPLATES
}

/// The template with a key.
#[must_use]
pub fn named(key: &str) -> Option<&'static Template> {
    all().iter().find(|template| template.key == key)
}

/// Reads a template from a file's name and content.
///
/// # Errors
/// Everything that is wrong, with the file, the place in it and the reason.
pub fn read(file: &str, text: &str) -> Result<Template, BrokenTemplate> {
    let broken = |errors| BrokenTemplate { file: file.to_owned(), errors };
    let template = Template::parse(text).map_err(broken)?;
    if file.strip_suffix(".toml") == Some(&template.key) {
        return Ok(template);
    }
    let problem = Problem::NotTheFileName { file: file.to_owned() };
    Err(broken(vec![TemplateError { place: "key".to_owned(), problem }]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_complete() {
        for (file, text) in FILES {
            let template = read(file, text).unwrap_or_else(|broken| panic!("{broken}"));
            assert!((8..=12).contains(&template.topics.len()), "{file}: {} topics", template.topics.len());
            let occasions: Vec<_> = template.checkins.iter().map(|checkin| checkin.occasion.as_str()).collect();
            assert_eq!(occasions, ["after_meeting", "baseline", "midpoint", "endline"], "{file}");
            for side in ["mentor", "mentee"] {
                let asked = |question: &&super::super::Question| question.ask == side || question.ask == "both";
                assert_eq!(
                    template.checkins[0].questions.iter().filter(asked).count(),
                    3,
                    "{file}: 20 seconds, {side}"
                );
            }
            let agendas = template.agendas.iter();
            let lengths = agendas.map(|agenda| agenda.items.iter().map(|item| item.minutes).sum::<i64>());
            assert!(lengths.into_iter().all(|length| length == template.shape.meeting_minutes), "{file}: agendas");
            assert!(template.kpis.len() >= 5, "{file}: KPIs");
        }
    }

    #[test]
    fn the_folder_holds_what_the_binary_holds() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../templates/programs");
        let entries = std::fs::read_dir(folder).unwrap();
        let mut found: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        let mut known: Vec<_> = FILES.iter().map(|(file, _)| (*file).to_owned()).collect();
        found.sort();
        known.sort();
        assert_eq!(found, known);
    }
}
