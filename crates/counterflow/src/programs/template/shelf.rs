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
const FILES: &[(&str, &str)] = shelf![
    "digital-fluency.toml",
    "social-media.toml",
    "inclusion.toml",
    "early-career.toml",
    "resource-groups.toml",
    "open-conversations.toml",
    "blank.toml",
];

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
    use std::collections::BTreeMap;

    use super::{
        super::{Kpi, Question, Rule},
        *,
    };

    /// The questions of an occasion.
    fn asked<'a>(template: &'a Template, occasion: &str) -> &'a [Question] {
        let mut checkins = template.checkins.iter();
        checkins.find(|checkin| checkin.occasion == occasion).map_or(&[], |checkin| checkin.questions.as_slice())
    }

    #[test]
    fn every_template_is_complete() {
        for (file, text) in FILES {
            let template = read(file, text).unwrap_or_else(|broken| panic!("{broken}"));
            assert_eq!(template.shape.meetings, 6, "{file}");
            assert!((8..=12).contains(&template.topics.len()), "{file}: {} topics", template.topics.len());
            assert!(template.topics.iter().all(|topic| !topic.help.is_empty()), "{file}: what is meant by each topic");
            assert!(!template.levels.offers.is_empty() && !template.levels.wants.is_empty(), "{file}: levels");
            assert!(template.size.is_some(), "{file}: size");
            assert_eq!(template.source.is_empty(), template.key == "blank", "{file}: where it comes from");
            let rules: [&[Rule]; 2] = [&template.eligibility.mentee, &template.eligibility.mentor];
            assert!(rules.iter().all(|rules| !rules.is_empty()), "{file}: who takes part");
            assert!(template.training.mentor.len() >= 3 && template.training.mentee.len() >= 3, "{file}: training");
            assert!(!template.texts.endorsement.is_empty(), "{file}: endorsement");
        }
    }

    #[test]
    fn agendas_fill_their_meetings() {
        for template in all() {
            for agenda in &template.agendas {
                let minutes: i64 = agenda.items.iter().map(|item| item.minutes).sum();
                assert_eq!(minutes, template.shape.meeting_minutes, "{}: {}", template.key, agenda.title);
                assert!(agenda.items.iter().all(|item| !item.prompt.is_empty()), "{}: {}", template.key, agenda.title);
            }
        }
    }

    #[test]
    fn check_ins_come_in_waves_and_take_20_seconds_after_a_meeting() {
        for template in all() {
            let occasions: Vec<_> = template.checkins.iter().map(|checkin| checkin.occasion.as_str()).collect();
            assert_eq!(occasions, ["after_meeting", "baseline", "midpoint", "endline"], "{}", template.key);
            for side in ["mentor", "mentee"] {
                let of_side = |question: &&Question| question.ask == side || question.ask == "both";
                let count = asked(template, "after_meeting").iter().filter(of_side).count();
                assert_eq!(count, 3, "{}: {side}", template.key);
            }
        }
    }

    /// A change can only be seen in what was asked at both ends.
    #[test]
    fn measures_have_a_beginning_and_an_end() {
        for template in all() {
            assert!(template.kpis.len() >= 5, "{}: {} KPIs", template.key, template.kpis.len());
            let is_at = |occasion: &str, kpi: &Kpi| {
                let key = kpi.source.strip_prefix("question:");
                asked(template, occasion).iter().any(|question| key == Some(question.key.as_str()))
            };
            let compared = template.kpis.iter().filter(|kpi| is_at("baseline", kpi) && is_at("endline", kpi)).count();
            assert!(compared >= 2, "{}: {compared} KPIs with a baseline", template.key);
            let measured = |kpi: &&Kpi| {
                let is_asked = is_at("endline", kpi) || is_at("after_meeting", kpi);
                is_asked || !kpi.source.starts_with("question:")
            };
            assert!(template.kpis.iter().all(|kpi| measured(&kpi)), "{}: a KPI without an end", template.key);
        }
    }

    /// What the invitations promise about reporting lines and about the time that it takes.
    #[test]
    fn what_is_promised_is_in_the_design() {
        for template in all() {
            let key = &template.key;
            assert_eq!(template.matching["chain_of_command"]["depth"].as_str(), Some("any"), "{key}");
            for text in [&template.texts.invite_mentee, &template.texts.invite_mentor] {
                for name in ["name", "program", "meetings", "minutes", "starts_on", "ends_on", "enroll_until"] {
                    assert!(text.contains(&format!("{{{name}}}")), "{key}: an invitation without {name}");
                }
                assert!(text.contains("reporting line"), "{key}: an invitation without reporting lines");
            }
            for heading in ["Rhythm", "Goals", "Confidentiality, both ways", "Boundaries", "Ending"] {
                assert!(template.texts.agreement.lines().any(|line| line == heading), "{key}: {heading}");
            }
        }
    }

    /// Whatever somebody reads for longer than a moment, with its place.
    fn passages(template: &Template) -> Vec<(String, &str)> {
        let texts = &template.texts;
        let mut passages = vec![
            ("summary".to_owned(), template.summary.as_str()),
            ("objective".to_owned(), &template.objective),
            ("endorsement".to_owned(), &texts.endorsement),
        ];
        passages.extend(template.agendas.iter().map(|agenda| ("agenda".to_owned(), agenda.title.as_str())));
        let items = template.agendas.iter().flat_map(|agenda| &agenda.items);
        passages.extend(items.map(|item| (format!("prompt of {}", item.title), item.prompt.as_str())));
        let letters = [&texts.invite_mentee, &texts.invite_mentor, &texts.commitment, &texts.agreement];
        let lines = letters.into_iter().flat_map(|text| text.lines()).filter(|line| line.len() > 80);
        passages.extend(lines.map(|line| ("texts".to_owned(), line)));
        passages
    }

    #[test]
    fn no_template_copies_another() {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for template in all() {
            for (place, passage) in passages(template) {
                let other = seen.insert(passage, &template.key);
                assert!(other.is_none_or(|other| other == template.key), "{}, {place}: {passage:?}", template.key);
            }
        }
    }

    #[test]
    fn criteria_differ_by_what_a_program_is_for() {
        let mut seen = BTreeMap::new();
        for template in all() {
            let other = seen.insert(template.matching["criterion"].to_string(), &template.key);
            assert_eq!(other, None, "{} has the same criteria", template.key);
        }
    }

    #[test]
    fn texts_are_set_as_we_write() {
        for (file, text) in FILES {
            for mark in ["\u{2014}", "\u{2013}", " - ", "\t"] {
                assert!(!text.contains(mark), "{file}: {mark:?}");
            }
            let apostrophe = text.lines().find(|line| line.contains('\'') && !line.starts_with('#'));
            assert_eq!(apostrophe, None, "{file}: a straight apostrophe");
        }
    }

    #[test]
    fn a_template_is_the_same_after_it_was_written() {
        for template in all() {
            assert_eq!(&Template::parse(&template.to_toml()).unwrap(), template, "{}", template.key);
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
