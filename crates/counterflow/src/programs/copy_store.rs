//! What makes up the design of a round beside its own row, and the statements that carry it on to the next one, so that a
//! second round needs no setting up again.
//!
//! The tables belong to later stations; they are named together here so that none is forgotten. A test reads the schema
//! and fails for a table of rounds that stands in neither list.

use super::{
    Side,
    template::entry::{Admission, Entry, ReminderPlan, Way},
};
use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        db::Tx,
        error::{Answer, Error},
        guard::Leave,
        ids::{PersonId, RoundId},
        token,
    },
};

/// The tables of a round's design: [`copy`] carries every one of them on.
pub const COPIED: [&str; 7] =
    ["admissions", "form_versions", "leader_places", "reminder_plans", "round_expectations", "screenings", "ways_in"];

/// The tables that a new round begins without, and why.
pub const LEFT: [(&str, &str); 21] = [
    ("bulk_acts", "what was done in that round"),
    ("carry_overs", "people; `enrollment` carries them over by itself"),
    ("checkins", "what people were asked and answered"),
    ("evergreens", "the program's, and a duplicate opens no rounds until a manager says so"),
    ("events", "what happened"),
    ("join_codes", "an address that stands on posters leads to one round"),
    ("match_marks", "pairs of people"),
    ("match_runs", "pairs of people"),
    ("mentor_leads", "the program's, and nobody comes into a duplicate"),
    ("nominations", "people"),
    ("outside_groups", "the program's, and a duplicate begins with nobody, also nobody left out"),
    ("pairs", "people"),
    ("participants", "people"),
    ("program_exclusions", "the program's; the managers of the other one are told when it is declared"),
    ("program_roles", "the program's, and nobody comes into a duplicate"),
    ("proposals", "pairs of people"),
    ("readiness_surveys", "answers of people"),
    ("round_stages", "how far it has come"),
    ("round_waves", "days of that round; without a row they follow from the days of the new one"),
    ("rounds", "its own row: `RoundRow` holds what a new round takes over"),
    ("sponsor_prompts", "what a sponsor was asked to say in that round"),
];

/// Who opens a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Opened {
    /// A manager, who looks at it before anybody comes in.
    ByManager,
    /// The server, on its day. People are only invited until a manager says otherwise, so nobody comes in unseen.
    ByServer,
}

/// Carries the design of a round on to a new one. Who decided it, and when, stays as it was.
pub(super) async fn copy(tx: &mut Tx, from: RoundId, to: RoundId, opened: Opened) -> Answer<()> {
    // Where nobody set it, it stands for what was usual when an older version opened the round (migration 0021).
    execute!(
        tx,
        "insert into admissions (round_id, policy, set_by, set_at)
         select $1, policy, set_by, set_at from admissions where round_id = $2 and set_by is not null",
        to,
        from
    )?;
    // Only the form as it is now: nobody has answered an earlier one here.
    execute!(
        tx,
        "insert into form_versions (round_id, number, form, changed_by, changed_at)
         select $1, 1, form, changed_by, changed_at from form_versions
         where round_id = $2 and number = (select max(number) from form_versions where round_id = $2)",
        to,
        from
    )?;
    execute!(
        tx,
        "insert into leader_places (round_id, places, set_by, set_at)
         select $1, places, set_by, set_at from leader_places where round_id = $2",
        to,
        from
    )?;
    execute!(
        tx,
        "insert into reminder_plans (round_id, days, times, set_by, set_at)
         select $1, days, times, set_by, set_at from reminder_plans where round_id = $2",
        to,
        from
    )?;
    execute!(
        tx,
        "insert into round_expectations (round_id, pairs, answering)
         select $1, pairs, answering from round_expectations where round_id = $2",
        to,
        from
    )?;
    execute!(
        tx,
        "insert into screenings (round_id, design, version, changed_by, changed_at)
         select $1, design, 1, changed_by, changed_at from screenings where round_id = $2",
        to,
        from
    )?;
    if opened == Opened::ByManager {
        execute!(
            tx,
            "insert into ways_in (round_id, role, way, set_by, set_at)
             select $1, role, way, set_by, set_at from ways_in where round_id = $2",
            to,
            from
        )?;
        give_address(tx, to).await?;
    }
    Ok(())
}

/// A round into which people come by themselves or are named has an address of its own, for posters.
async fn give_address(tx: &mut Tx, round: RoundId) -> Answer<()> {
    let (code, now) = (token::code(), tx.now());
    execute!(
        tx,
        "insert into join_codes (round_id, code, made_at)
         select $1, $2, $3 where exists (select 1 from ways_in where round_id = $1 and way <> 'invitation')
         on conflict (round_id) do nothing",
        round,
        code,
        now
    )?;
    Ok(())
}

/// Sets a new round up as its template says.
pub(super) async fn set_up(tx: &mut Tx, round: RoundId, entry: &Entry, by: PersonId) -> Answer<()> {
    let now = tx.now();
    for (side, way) in [(Side::Mentor, entry.mentor), (Side::Mentee, entry.mentee)] {
        let Some(way) = way else { continue };
        execute!(
            tx,
            "insert into ways_in (round_id, role, way, set_by, set_at) values ($1, $2, $3, $4, $5)",
            round,
            side,
            way,
            by,
            now
        )?;
    }
    give_address(tx, round).await?;
    // Without a row, as many come in as are needed.
    if let Some(policy) = entry.admission.filter(|policy| *policy != Admission::AsNeeded) {
        execute!(
            tx,
            "insert into admissions (round_id, policy, set_by, set_at) values ($1, $2, $3, $4)",
            round,
            policy,
            by,
            now
        )?;
    }
    if let Some(plan) = entry.reminders {
        execute!(
            tx,
            "insert into reminder_plans (round_id, days, times, set_by, set_at) values ($1, $2, $3, $4, $5)",
            round,
            plan.days,
            plan.times,
            by,
            now
        )?;
    }
    if let Some(screening) = &entry.screening {
        let design = serde_json::to_string(screening).map_err(Error::defect)?;
        execute!(
            tx,
            "insert into screenings (round_id, design, version, changed_by, changed_at) values ($1, $2, 1, $3, $4)",
            round,
            design,
            by,
            now
        )?;
    }
    Ok(())
}

/// How people come into a round, as far as it was set: what [`set_up`] sets again.
pub(super) async fn entry(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Option<Entry>> {
    let round = leave.id();
    let ways = fetch_all!(tx, (Side, Way), "select role, way from ways_in where round_id = $1", round)?;
    let way = |side| ways.iter().find(|(of, _)| *of == side).map(|(_, way)| *way);
    let admission = fetch_optional!(tx, (Admission,), "select policy from admissions where round_id = $1", round)?;
    let reminders =
        fetch_optional!(tx, ReminderPlan, "select days, times from reminder_plans where round_id = $1", round)?;
    let screening = fetch_optional!(tx, (String,), "select design from screenings where round_id = $1", round)?;
    let screening = screening.map(|(design,)| serde_json::from_str(&design)).transpose().map_err(Error::defect)?;
    let entry = Entry {
        mentor: way(Side::Mentor),
        mentee: way(Side::Mentee),
        admission: admission.map(|(policy,)| policy),
        reminders,
        screening,
    };
    Ok(Some(entry).filter(|entry| *entry != Entry::default()))
}

/// The form with which people register for a round, as JSON, where a manager changed it.
pub(super) async fn form(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Option<String>> {
    let found = fetch_optional!(
        tx,
        (String,),
        "select form from form_versions where round_id = $1 order by number desc limit 1",
        leave.id()
    )?;
    Ok(found.map(|(form,)| form))
}
