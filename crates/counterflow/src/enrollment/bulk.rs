//! Acts on many people at once, in batches, that can be taken back: also their letters, as long as those wait.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    State, WEEK,
    bulk_store::{self, Bulk, Row, Written},
    event, exclusions,
    letters::{Letters, Occasion, To},
    lock_name, must_have, must_take_people, store,
    table::Filter,
    waiting, waiting_letters, waiting_store,
};
use crate::{
    jobs,
    kernel::{
        app::App,
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::{self, ByServer, Leave},
        ids::{BulkId, ParticipantId, PersonId, RoundId},
        rights::Role,
    },
    mail,
    programs::{self, Round, Side, Stage, begin_stage},
    words,
};

/// An act on so many is carried out at once; on more, by a job, in batches that leave room for others between them.
const AT_ONCE: i64 = 500;
const BATCH: i64 = 200;
/// An act can be taken back for so long, while no other follows it.
const UNDO_FOR: SignedDuration = SignedDuration::from_hours(24);

words! {
    /// What is done to many.
    Act {
        /// Write the first letter to those who were chosen.
        Invite = "invite",
        /// Write again to those who said no.
        AskAgain = "ask_again",
        /// Remind those who have not registered.
        Remind = "remind",
        /// Give a place to those who registered or wait.
        Admit = "admit",
        /// Put those who registered on the waiting list.
        Wait = "wait",
        /// Take them out of the round.
        TakeOut = "take_out",
    }
}

impl Act {
    /// The letter that it writes.
    fn occasion(self) -> Option<Occasion> {
        match self {
            Self::Invite | Self::AskAgain => Some(Occasion::Invitation),
            Self::Remind => Some(Occasion::Reminder),
            Self::Admit | Self::Wait | Self::TakeOut => None,
        }
    }

    /// The event that it is, as if it were done one by one.
    fn event(self) -> &'static str {
        match self {
            Self::Invite | Self::AskAgain => "invitation.sent",
            Self::Remind => "invitation.reminded",
            Self::Admit => "participant.admitted",
            Self::Wait => "participant.waiting",
            Self::TakeOut => "participant.withdrawn",
        }
    }

    /// Whether it can be done to somebody who stands so, and can be written to or not.
    fn can(self, state: State, has_address: bool) -> bool {
        match self {
            Self::Invite => state == State::Chosen && has_address,
            Self::AskAgain => state == State::Declined && has_address,
            Self::Remind => state == State::Invited && has_address,
            Self::Admit => matches!(state, State::Registered | State::Waiting),
            Self::Wait => matches!(state, State::Registered | State::Admitted),
            Self::TakeOut => state != State::Withdrawn,
        }
    }
}

/// How somebody stands: everything that an act changes, and that taking it back restores.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub(super) struct Stand {
    pub state: State,
    pub invited_at: Option<Timestamp>,
    pub opened_at: Option<Timestamp>,
    pub reminded_at: Option<Timestamp>,
    pub reminders: i64,
    pub admitted_at: Option<Timestamp>,
    pub waiting_at: Option<Timestamp>,
    pub declined_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
    pub waits_since: Option<Timestamp>,
    pub by_hand: Option<bool>,
}

/// On whom an act is to be carried out.
#[derive(Debug, Clone)]
pub(super) enum Whom {
    /// Those who were ticked.
    These(BTreeSet<ParticipantId>),
    /// Everybody whom a filter finds.
    Found(Filter),
}

/// Those of `whom` on whom the act can be carried out now, with their names, by name.
pub(super) async fn able(
    tx: &mut Tx,
    leave: &impl Leave<RoundId>,
    act: Act,
    whom: &Whom,
) -> Answer<Vec<(ParticipantId, String)>> {
    match whom {
        Whom::Found(filter) => bulk_store::able(tx, leave, act, filter).await,
        Whom::These(ticked) => {
            let mut able = bulk_store::able(tx, leave, act, &Filter::default()).await?;
            able.retain(|(id, _)| ticked.contains(id));
            Ok(able)
        }
    }
}

/// Carries out an act on many: at once, or by a job where they are very many. The same id again changes nothing, nor does
/// an act on nobody.
///
/// # Errors
/// `enrollment_over`, or when the database fails.
pub(super) async fn begin(
    tx: &mut Tx,
    app: &App,
    leave: &impl Leave<RoundId>,
    (id, act): (BulkId, Act),
    whom: &[ParticipantId],
) -> Answer<()> {
    let bulk = match insert(tx, leave, (id, act), whom).await? {
        Some(bulk) => bulk,
        None => return Ok(()),
    };
    if bulk.total <= AT_ONCE {
        let round = programs::round(tx, leave).await?;
        carry_out(tx, app, leave, &round, &bulk, AT_ONCE).await?;
        bulk_store::finish(tx, id).await
    } else {
        queue(tx, id).await
    }
}

async fn insert(
    tx: &mut Tx,
    leave: &impl Leave<RoundId>,
    (id, act): (BulkId, Act),
    whom: &[ParticipantId],
) -> Answer<Option<Bulk>> {
    tx.lock(lock_name(leave.id())).await?;
    let round = programs::round(tx, leave).await?;
    must_take_people(&round)?;
    let bulk = Bulk {
        id,
        round_id: round.id,
        act,
        total: i64::try_from(whom.len()).unwrap_or(i64::MAX),
        done_by: leave.actor().map(|viewer| viewer.person),
        by: None,
        begun_at: tx.now(),
        finished_at: None,
        undone_at: None,
        undone_by: None,
    };
    let is_new = !whom.is_empty() && bulk_store::insert(tx, &bulk, whom).await?;
    Ok(is_new.then_some(bulk))
}

async fn queue(tx: &mut Tx, id: BulkId) -> Answer<()> {
    jobs::enqueue(tx, "enrollment.bulk", &id.to_string(), &json!(id)).await?;
    Ok(())
}

/// Carries out an act on everybody of a side on whom it can be, at once. Answers how many they are.
///
/// # Errors
/// `enrollment_over`, or when the database fails.
pub async fn act_on_side(tx: &mut Tx, app: &App, leave: &impl Leave<RoundId>, act: Act, side: Side) -> Answer<usize> {
    let whom = on_side(tx, leave, act, side).await?;
    if let Some(bulk) = insert(tx, leave, (BulkId::new(), act), &whom).await? {
        let round = programs::round(tx, leave).await?;
        carry_out(tx, app, leave, &round, &bulk, i64::MAX).await?;
        bulk_store::finish(tx, bulk.id).await?;
    }
    Ok(whom.len())
}

/// On whom of a side an act is carried out at the press of one button: reminders go to those who have been silent for a
/// week, and places to those who registered.
pub(super) async fn on_side(
    tx: &mut Tx,
    leave: &impl Leave<RoundId>,
    act: Act,
    side: Side,
) -> Answer<Vec<ParticipantId>> {
    if act == Act::Remind {
        let since = tx.now().minus(WEEK);
        return bulk_store::silent(tx, leave, side, since).await;
    }
    let state = (act == Act::Admit).then_some(State::Registered);
    let filter = Filter { side: Some(side), state, ..Filter::default() };
    Ok(bulk_store::able(tx, leave, act, &filter).await?.into_iter().map(|(id, _)| id).collect())
}

/// The job `enrollment.bulk`: carries an act on many on, or takes it back, one batch after the other. The payload is the
/// act's id as a JSON string.
///
/// # Errors
/// When the payload is no id, or the database fails. The batches before that stay.
pub async fn go_on(app: App, payload: Value) -> Answer<()> {
    let id: BulkId = jobs::id(&payload)?;
    while step(&app, id).await? {}
    Ok(())
}

/// One batch. Answers whether there may be more.
async fn step(app: &App, id: BulkId) -> Answer<bool> {
    let mut tx = app.db.write().await?;
    let Some((round, by)) = bulk_store::round_of(&mut tx, id).await? else { return Ok(false) };
    tx.lock(lock_name(round)).await?;
    let leave = ByServer(round);
    let Some(bulk) = bulk_store::bulk(&mut tx, &leave, id).await? else { return Ok(false) };
    let round = programs::round(&mut tx, &leave).await?;
    let more = if bulk.undone_at.is_some() {
        take_back(&mut tx, &bulk, BATCH).await? == BATCH
    } else {
        // In the name of whoever pressed the button, as long as they manage the round.
        let viewer = match by {
            Some(person) => Some(guard::viewer_for(app, &mut tx, person).await?),
            None => None,
        };
        let access = match &viewer {
            Some(viewer) => guard::leave(&mut tx, viewer, round.id, &[Role::Manager]).await.ok(),
            None => None,
        };
        let count = match access {
            Some(access) => carry_out(&mut tx, app, &access, &round, &bulk, BATCH).await?,
            None => carry_out(&mut tx, app, &leave, &round, &bulk, BATCH).await?,
        };
        if count < BATCH {
            bulk_store::finish(&mut tx, id).await?;
        }
        count == BATCH
    };
    tx.commit().await?;
    Ok(more)
}

/// Carries out an act on the next `limit` people. Answers how many were looked at. The caller holds the round's lock.
async fn carry_out(
    tx: &mut Tx,
    app: &App,
    leave: &impl Leave<RoundId>,
    round: &Round,
    bulk: &Bulk,
    limit: i64,
) -> Answer<i64> {
    let rows = bulk_store::rows(tx, bulk.id, None, limit).await?;
    let letters = Letters::of(tx, app, round.clone()).await?;
    let kept_out = match bulk.act {
        Act::Admit => exclusions::kept_out(tx, round.program_id).await?,
        _ => BTreeSet::new(),
    };
    let mut counts = [(Side::Mentee, 0), (Side::Mentor, 0)];
    for row in &rows {
        let is_done = !kept_out.contains(&row.person_id) && do_one(tx, app, bulk, row, &letters).await?;
        if is_done {
            counts.iter_mut().filter(|(side, _)| *side == row.role).for_each(|(_, count)| *count += 1);
        } else {
            bulk_store::note(tx, bulk.id, row.id, "passed").await?;
        }
    }
    if bulk.act.occasion() == Some(Occasion::Invitation) && counts.iter().any(|(_, count)| *count > 0) {
        begin_stage(tx, leave, Stage::Enroll).await?;
    }
    for (side, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        let facts = json!({ "side": side, "count": count });
        event(leave, bulk.act.event(), round).on(bulk.id).with(facts).record(tx).await?;
    }
    move_line(tx, round, bulk.act).await?;
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

/// After a batch: who waits now is in line, and places that are free go to the next.
async fn move_line(tx: &mut Tx, round: &Round, act: Act) -> Answer<()> {
    if matches!(act, Act::Invite | Act::AskAgain | Act::Remind) {
        return Ok(());
    }
    for id in waiting_store::settle(tx, round.id, act == Act::Wait).await? {
        waiting_letters::tell_later(tx, id).await?;
    }
    waiting::move_up(tx, round).await
}

/// Carries out an act on one person, and notes how they stood. Answers whether it did, or they stood elsewhere by now.
async fn do_one(tx: &mut Tx, app: &App, bulk: &Bulk, row: &Row, letters: &Letters) -> Answer<bool> {
    let can = bulk.act.can(row.stand.state, row.email.is_some());
    if !can || !change(tx, bulk.act, row).await? {
        return Ok(false);
    }
    let letter = match (bulk.act.occasion(), &row.email) {
        (Some(occasion), Some(email)) => {
            let to = To { participant: row.id, person: row.person_id, name: &row.name, email, side: row.role };
            let at = tx.now().plus(waiting_letters::PAUSE);
            let token_hash = letters.write_at(tx, app, occasion, to, at).await?;
            Some(Written { key: format!("invitation:{token_hash}"), token_hash })
        }
        _ => None,
    };
    if bulk.act == Act::Admit && row.stand.state == State::Waiting {
        waiting_letters::tell_later(tx, row.id).await?;
    }
    let after = bulk_store::stand(tx, row.id).await?;
    let [before, after] = [&row.stand, &after].map(|stand| serde_json::to_string(stand).map_err(Error::defect));
    bulk_store::note_done(tx, bulk.id, row.id, &before?, &after?, letter.as_ref()).await?;
    Ok(true)
}

async fn change(tx: &mut Tx, act: Act, row: &Row) -> Answer<bool> {
    match act {
        Act::Invite | Act::AskAgain => store::set_invited(tx, row.id).await,
        Act::Remind => store::set_reminded(tx, row.id, row.stand.reminders).await,
        Act::Admit => store::set_admitted(tx, row.id).await,
        Act::Wait => store::set_waiting(tx, row.id).await,
        Act::TakeOut => store::set_withdrawn(tx, row.id).await,
    }
}

/// Whether an act can still be taken back: it is the round's last one, and not a day old.
pub(super) async fn can_undo(tx: &mut Tx, leave: &impl Leave<RoundId>, bulk: &Bulk) -> Answer<bool> {
    let last = bulk_store::latest(tx, leave).await?.map(|last| last.id);
    let is_fresh = tx.now().since(bulk.begun_at) < UNDO_FOR;
    Ok(last == Some(bulk.id) && is_fresh && bulk.undone_at.is_none())
}

/// Takes the round's last act back: who has not moved on since stands as before, and letters that still wait are not
/// sent. Whose letter is sent stays invited or reminded.
///
/// # Errors
/// `over` if another act followed it, it is a day old, or it was taken back before; `enrollment_over`; or when the
/// database fails.
pub(super) async fn undo(tx: &mut Tx, leave: &impl Leave<RoundId>, id: BulkId) -> Answer<()> {
    tx.lock(lock_name(leave.id())).await?;
    let bulk = bulk_store::bulk(tx, leave, id).await?.ok_or(Error::NotFound)?;
    let round = programs::round(tx, leave).await?;
    must_take_people(&round)?;
    must_have(can_undo(tx, leave, &bulk).await?)?;
    must_have(bulk_store::set_undone(tx, id, leave.actor().map(|viewer| viewer.person)).await?)?;
    bulk_store::pass_rest(tx, id).await?;
    bulk_store::finish(tx, id).await?;
    let facts = json!({ "act": bulk.act, "count": bulk.total });
    event(leave, "bulk.undone", &round).on(id).with(facts).record(tx).await?;
    if bulk.total <= AT_ONCE { take_back(tx, &bulk, AT_ONCE).await.map(drop) } else { queue(tx, id).await }
}

/// Takes an act back on the next `limit` people. Answers how many were looked at.
async fn take_back(tx: &mut Tx, bulk: &Bulk, limit: i64) -> Answer<i64> {
    let round = programs::round(tx, &ByServer(bulk.round_id)).await?;
    let rows = bulk_store::rows(tx, bulk.id, Some("done"), limit).await?;
    let kept_out = exclusions::kept_out(tx, round.program_id).await?;
    for row in &rows {
        let outcome = if take_back_one(tx, &kept_out, row).await? { "undone" } else { "kept" };
        bulk_store::note(tx, bulk.id, row.id, outcome).await?;
    }
    waiting::move_up(tx, &round).await?;
    Ok(i64::try_from(rows.len()).unwrap_or(i64::MAX))
}

/// Answers whether they stand as before now.
async fn take_back_one(tx: &mut Tx, kept_out: &BTreeSet<PersonId>, row: &Row) -> Answer<bool> {
    let read = |text: &Option<String>| -> Answer<Stand> {
        serde_json::from_str(text.as_deref().unwrap_or_default()).map_err(Error::defect)
    };
    let (before, after) = (read(&row.before)?, read(&row.after)?);
    let takes_part = matches!(before.state, State::Registered | State::Admitted | State::Waiting);
    if takes_part && kept_out.contains(&row.person_id) {
        return Ok(false); // meanwhile they take part in what excludes this program
    }
    if let Some(key) = &row.letter
        && !mail::take_back(tx, key).await?
    {
        return Ok(false);
    }
    if let Some(hash) = &row.token_hash {
        bulk_store::delete_link(tx, hash).await?;
    }
    bulk_store::restore(tx, row.id, &after, &before).await
}

/// Sends the letters of an act that wait, and so gives up taking them back.
///
/// # Errors
/// [`Error::NotFound`], or when the database fails.
pub(super) async fn release(tx: &mut Tx, leave: &impl Leave<RoundId>, id: BulkId) -> Answer<()> {
    let bulk = bulk_store::bulk(tx, leave, id).await?.ok_or(Error::NotFound)?;
    let round = programs::round(tx, leave).await?;
    let count = bulk_store::release(tx, bulk.id).await?;
    if count > 0 {
        event(leave, "letters.released", &round).on(id).with(json!({ "count": count })).record(tx).await?;
    }
    Ok(())
}
