//! What makes up the design of a round beside its own row, and the statements that carry it on to the next one, so that a
//! second round needs no setting up again.
//!
//! The tables belong to later stations; they are named together here so that none is forgotten. A test reads the schema
//! and fails for a table of rounds that stands in neither list.

use crate::{
    execute, fetch_optional,
    kernel::{db::Tx, error::Answer, guard::Leave, ids::RoundId},
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

/// Carries the design of a round on to a new one. Who decided it, and when, stays as it was.
pub(super) async fn copy(tx: &mut Tx, from: RoundId, to: RoundId) -> Answer<()> {
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
    execute!(
        tx,
        "insert into ways_in (round_id, role, way, set_by, set_at)
         select $1, role, way, set_by, set_at from ways_in where round_id = $2",
        to,
        from
    )?;
    Ok(())
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
