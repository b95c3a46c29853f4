//! The sponsor's words, which stand in invitations and introductions.

use super::{Changed, ProgramRole, changes, role_store, store};
use crate::kernel::{
    db::Tx,
    error::Answer,
    form::Problems,
    guard::{Access, ByServer},
    ids::{PersonId, RoundId},
    rights::Role,
};

/// The words of a sponsor about to be set. No words: the endorsement is taken back.
#[derive(Debug)]
pub struct Endorsement {
    /// What they say.
    pub words: Option<String>,
    /// Whose words they are: a sponsor of the program.
    pub sponsor: PersonId,
    /// The words that stood there when the viewer began to write.
    pub seen: Option<String>,
}

/// The sponsors in whose name the viewer can speak: a manager for each of them, a sponsor only for themselves.
///
/// # Errors
/// When the database fails.
pub async fn sponsors(tx: &mut Tx, access: &Access<RoundId>) -> Answer<Vec<role_store::Holder>> {
    let round = store::round(tx, access).await?;
    let mut holders = role_store::holders(tx, &ByServer(round.program_id)).await?;
    let own = |person| access.has(Role::Manager) || person == access.viewer.person;
    holders.retain(|holder| holder.role == ProgramRole::Sponsor && own(holder.person_id));
    Ok(holders)
}

/// Sets or takes back the endorsement of a round.
///
/// # Errors
/// `archived`; `changed_meanwhile`; or when the database fails. Inside: not somebody in whose name the viewer can speak.
pub async fn endorse(tx: &mut Tx, access: &Access<RoundId>, new: &Endorsement) -> Answer<Result<(), Problems>> {
    tx.lock(access.id).await?;
    let sponsors = sponsors(tx, access).await?;
    let Some(sponsor) = sponsors.iter().find(|sponsor| sponsor.person_id == new.sponsor) else {
        return Ok(Err(Problems::one("sponsor", "not_a_choice")));
    };
    let round = store::round(tx, access).await?;
    let spoken_by = new.words.as_ref().map(|_| &sponsor.name);
    if (&round.endorsement, round.endorser.as_ref()) == (&new.words, spoken_by) {
        return Ok(Ok(())); // a double click
    }
    changes::check_present(tx, round.program_id).await?;
    if round.endorsement != new.seen {
        let who = store::last_endorsed_by(tx, access).await?;
        Changed::OvertakenBy(who).or_conflict()?;
    }
    let by = new.words.as_ref().map(|_| new.sponsor);
    store::set_endorsement(tx, access, new.words.as_deref(), by).await?;
    changes::record(tx, access, "round.endorsed").await?;
    Ok(Ok(()))
}
