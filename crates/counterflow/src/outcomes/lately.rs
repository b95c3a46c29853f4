//! What happened lately in a round, for its managers. The words are in `lately.html`, by kind of event: a kind that
//! has none there is not told.

use askama::Template;
use serde_json::Value;

use super::store::{self, Happened};
use crate::kernel::{clock::Timestamp, db::Tx, error::Answer, guard::Leave, ids::RoundId};

/// So many are shown.
const SHOWN: usize = 8;

/// Something that happened, in words.
pub(super) struct Told {
    pub at: Timestamp,
    pub words: String,
}

#[derive(Template)]
#[template(path = "outcomes/lately.txt")]
struct Words<'a> {
    kind: &'a str,
    who: &'a str,
    data: Value,
}

impl Words<'_> {
    /// A word of the event's data.
    fn word(&self, name: &str) -> &str {
        self.data[name].as_str().unwrap_or_default()
    }
}

/// The latest events that have words, newest first.
pub(super) async fn lately(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<Told>> {
    let mut told = Vec::new();
    for event in store::happened(tx, leave).await? {
        let words = tell(&event)?;
        if !words.is_empty() {
            told.push(Told { at: event.at, words });
        }
        if told.len() == SHOWN {
            break;
        }
    }
    Ok(told)
}

fn tell(event: &Happened) -> Answer<String> {
    let words = Words {
        kind: &event.kind,
        who: event.actor.as_deref().unwrap_or_default(),
        data: serde_json::from_str(&event.data).unwrap_or_default(),
    };
    Ok(words.render()?.trim().to_owned())
}
