//! Forms as they were rendered: what a browser would send if nothing was touched.

use super::browser::Reply;

impl Reply {
    /// Every answer of the form with this action, as it stands.
    #[track_caller]
    pub fn form(&self, action: &str) -> Vec<(String, String)> {
        let begin = self
            .body
            .find(&format!("action=\"{action}\""))
            .unwrap_or_else(|| panic!("no form {action} in {}", self.text()));
        let form = &self.body[begin..];
        let form = &form[..form.find("</form>").unwrap()];
        let mut answers = Vec::new();
        let mut select = None;
        for tag in form.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()) {
            let attribute = |name: &str| {
                let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
                Some(unescape(&tag[at..at + tag[at..].find('"').unwrap()]))
            };
            let has = |word: &str| tag.split_whitespace().any(|part| part == word);
            let name = attribute("name").filter(|name| name != "form_tag");
            if tag.starts_with("select") {
                select = name;
            } else if tag.starts_with("option") && has("selected") {
                answers.extend(select.clone().map(|name| (name, attribute("value").unwrap())));
            } else if tag.starts_with("input") {
                let is_choice = matches!(attribute("type").as_deref(), Some("checkbox" | "radio"));
                if !is_choice || has("checked") {
                    answers.extend(name.map(|name| (name, attribute("value").unwrap_or_default())));
                }
            }
        }
        answers
    }
}

pub(super) fn unescape(text: &str) -> String {
    [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&"), ("&quot;", "\""), ("&amp;", "&")]
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}
