//! Letters that come back: what a mail server says of one that it could not deliver (RFC 3464), and which letter of ours
//! it was. Addresses that bounced are marked until a later letter to them is taken.

use mailparse::{MailHeader, MailHeaderMap, ParsedMail};

use super::bounce_store;
use crate::kernel::{db::Tx, error::Answer, event::Event, ids::LetterId};

/// So much of what a mail server says is kept.
const LONGEST: usize = 300;

/// A report that a letter could not be delivered, and will not be tried again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounce {
    /// The ids of the messages that it may be about, as `<..>`.
    pub message_ids: Vec<String>,
    /// The status, as in RFC 3463: `5.1.1`.
    pub code: Option<String>,
    /// What the mail server said.
    pub words: String,
}

/// Reads a message. `None` if it does not report a failure: a letter that is only late, an automatic answer, anything.
#[must_use]
pub fn read(message: &[u8]) -> Option<Bounce> {
    let mail = mailparse::parse_mail(message).ok()?;
    let failed = statuses(&mail).into_iter().find(|status| status.action == "failed")?;
    Some(Bounce { message_ids: message_ids(&mail), code: failed.code, words: failed.words })
}

/// What a report says of one recipient.
struct Status {
    action: String,
    code: Option<String>,
    words: String,
}

/// Every part of a message, the message itself included.
fn parts<'p>(mail: &'p ParsedMail<'p>) -> Vec<&'p ParsedMail<'p>> {
    let mut all = vec![mail];
    for part in &mail.subparts {
        all.extend(parts(part));
    }
    all
}

fn is(part: &ParsedMail<'_>, kinds: &[&str]) -> bool {
    kinds.iter().any(|kind| part.ctype.mimetype.eq_ignore_ascii_case(kind))
}

/// The groups of fields in the part that machines read; the first is about the report, each other about one recipient.
fn statuses(mail: &ParsedMail<'_>) -> Vec<Status> {
    let reports =
        parts(mail).into_iter().filter(|part| is(part, &["message/delivery-status", "message/global-delivery-status"]));
    let mut found = Vec::new();
    for text in reports.filter_map(|part| part.get_body().ok()) {
        let text = text.replace("\r\n", "\n");
        found.extend(text.split("\n\n").filter_map(|group| status(group.trim_start())));
    }
    found
}

fn status(group: &str) -> Option<Status> {
    let group = format!("{group}\n\n");
    let (fields, _) = mailparse::parse_headers(group.as_bytes()).ok()?;
    let value = |name: &str| fields.get_first_value(name).map(|value| value.trim().to_owned());
    let code = value("Status").map(|code| code.split_whitespace().next().unwrap_or_default().to_owned());
    // `smtp; 550 5.1.1 ...`: what stands before the semicolon says who speaks.
    let said = value("Diagnostic-Code")
        .map(|said| said.split_once(';').map_or(said.as_str(), |(_, said)| said).trim().to_owned());
    let words = said.or_else(|| code.clone()).unwrap_or_default();
    Some(Status { action: value("Action")?.to_lowercase(), code, words: shortened(&words) })
}

fn shortened(words: &str) -> String {
    let folded = words.split_whitespace().collect::<Vec<_>>().join(" ");
    folded.chars().take(LONGEST).collect()
}

/// The message that came back is attached, whole or only its head; some servers only answer to it.
fn message_ids(mail: &ParsedMail<'_>) -> Vec<String> {
    const RETURNED: [&str; 4] = ["message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers"];
    let mut ids = Vec::new();
    for part in parts(mail).into_iter().filter(|part| is(part, &RETURNED)) {
        if let Ok(head) = part.get_body_raw()
            && let Ok((fields, _)) = mailparse::parse_headers(&head)
        {
            ids.extend(ids_in(&fields, "Message-ID"));
        }
    }
    ids.extend(["In-Reply-To", "References"].iter().flat_map(|name| ids_in(&mail.headers, name)));
    ids
}

fn ids_in(fields: &[MailHeader<'_>], name: &str) -> Vec<String> {
    let values = fields.get_all_values(name);
    let lists = values.iter().filter_map(|value| mailparse::msgidparse(value).ok());
    lists.flat_map(|list| list.iter().map(|id| format!("<{id}>")).collect::<Vec<_>>()).collect()
}

/// Marks the address of the letter that came back. Answers which letter it was; `None` if it is none of ours.
///
/// # Errors
/// When the database fails.
pub async fn note(tx: &mut Tx, bounce: &Bounce) -> Answer<Option<LetterId>> {
    for message_id in &bounce.message_ids {
        let Some((letter, address)) = bounce_store::letter(tx, message_id).await? else { continue };
        mark(tx, letter, &address, bounce.code.as_deref(), &bounce.words).await?;
        return Ok(Some(letter));
    }
    Ok(None)
}

/// Marks an address to which a letter could not be delivered.
pub(super) async fn mark(tx: &mut Tx, letter: LetterId, address: &str, code: Option<&str>, words: &str) -> Answer<()> {
    bounce_store::mark(tx, letter, address, code, &shortened(words)).await?;
    Event::by_server("letter.bounced").on(letter).with(serde_json::json!({ "code": code })).record(tx).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(name: &str) -> Option<Bounce> {
        let path = format!("{}/src/mail/samples/{name}.eml", env!("CARGO_MANIFEST_DIR"));
        read(&std::fs::read(path).unwrap())
    }

    #[track_caller]
    fn check(name: &str, code: &str, words: &str) {
        let bounce = sample(name).unwrap_or_else(|| panic!("{name} reports a failure"));
        assert!(
            bounce.message_ids.contains(&"<01a201e2-3a5a-77d6-a1ed-e82cff4b67d5@mentoring.halden.example>".to_owned()),
            "{bounce:?}"
        );
        assert_eq!(bounce.code.as_deref(), Some(code));
        assert!(bounce.words.contains(words), "{bounce:?}");
    }

    #[test]
    fn reports_of_common_servers_are_read() {
        check("postfix", "5.1.1", "User unknown in virtual mailbox table");
        check("exchange", "5.1.10", "RecipientNotFound");
        check("gmail", "5.1.1", "The email account that you tried to reach does not exist");
    }

    #[test]
    fn only_failures_count() {
        assert_eq!(sample("delayed"), None);
        assert_eq!(sample("out-of-office"), None);
        assert_eq!(read(b""), None);
        assert_eq!(read(&[0xff, 0x00, 0x0a]), None);
    }
}
