//! The statements on addresses that bounced.

use crate::{
    execute, fetch_optional,
    kernel::{db::Tx, error::Answer, ids::LetterId},
};

/// The letter with a Message-ID, and where it went.
pub(super) async fn letter(tx: &mut Tx, message_id: &str) -> Answer<Option<(LetterId, String)>> {
    Ok(fetch_optional!(tx, (LetterId, String), "select id, address from letters where message_id = $1", message_id)?)
}

pub(super) async fn mark(tx: &mut Tx, letter: LetterId, address: &str, code: Option<&str>, words: &str) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into bounces (address, at, code, words, letter_id) values (lower($1), $2, $3, $4, $5)
         on conflict (address) do update set at = excluded.at, code = excluded.code, words = excluded.words,
             letter_id = excluded.letter_id",
        address,
        now,
        code,
        words,
        letter,
    )?;
    Ok(())
}

/// A later letter was taken: whether it arrives is open again.
pub(super) async fn forget(tx: &mut Tx, address: &str) -> Answer<()> {
    execute!(tx, "delete from bounces where address = lower($1)", address)?;
    Ok(())
}
