//! The statements on programs that exclude each other, and on groups whose members a program leaves out.

use crate::{
    execute, fetch_all, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        guard::Leave,
        ids::{OutsideGroupId, ParticipantId, PersonId, ProgramId, RoundId},
    },
};

/// A program that excludes another, seen from the other one.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Exclusion {
    /// The other program.
    pub program_id: ProgramId,
    /// Its name.
    pub program: String,
    /// Who declared it.
    pub set_by: Option<String>,
    /// When.
    pub set_at: Timestamp,
}

/// The two ids in the order in which they are stored.
fn ordered(a: ProgramId, b: ProgramId) -> (String, String) {
    let (a, b) = (a.to_string(), b.to_string());
    if a < b { (a, b) } else { (b, a) }
}

/// The programs that exclude this one, by name.
pub(super) async fn exclusions(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Vec<Exclusion>> {
    Ok(fetch_all!(
        tx,
        Exclusion,
        "select other.id as program_id, other.name as program, people.name as set_by, e.set_at
         from program_exclusions e
         join programs other on other.id = case when e.program_id = $1 then e.other_id else e.program_id end
         left join people on people.id = e.set_by
         where e.program_id = $1 or e.other_id = $1
         order by lower(other.name), other.id",
        leave.id()
    )?)
}

/// Whether a program excludes any other.
pub(super) async fn excludes(tx: &mut Tx, program: ProgramId) -> Answer<bool> {
    let found = fetch_optional!(
        tx,
        (ProgramId,),
        "select other_id from program_exclusions where program_id = $1
         union all select program_id from program_exclusions where other_id = $1 limit 1",
        program
    )?;
    Ok(found.is_some())
}

/// Programs that could exclude this one and do not yet, by name.
pub(super) async fn others(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Vec<(ProgramId, String)>> {
    Ok(fetch_all!(
        tx,
        (ProgramId, String),
        "select id, name from programs
         where id <> $1 and archived_at is null
           and not exists (select 1 from program_exclusions e
                           where (e.program_id = $1 and e.other_id = programs.id)
                              or (e.other_id = $1 and e.program_id = programs.id))
         order by lower(name), id",
        leave.id()
    )?)
}

/// Answers whether it is new.
pub(super) async fn insert(tx: &mut Tx, a: ProgramId, b: ProgramId, by: PersonId) -> Answer<bool> {
    let now = tx.now();
    let (first, second) = ordered(a, b);
    let rows = execute!(
        tx,
        "insert into program_exclusions (program_id, other_id, set_by, set_at) values ($1, $2, $3, $4)
         on conflict (program_id, other_id) do nothing",
        first,
        second,
        by,
        now,
    )?;
    Ok(rows == 1)
}

/// Answers whether there was one.
pub(super) async fn delete(tx: &mut Tx, a: ProgramId, b: ProgramId) -> Answer<bool> {
    let (first, second) = ordered(a, b);
    let rows = execute!(tx, "delete from program_exclusions where program_id = $1 and other_id = $2", first, second)?;
    Ok(rows == 1)
}

/// A group outside, with how many are in it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct OutsideGroup {
    /// Which.
    pub id: OutsideGroupId,
    /// What it is called.
    pub name: String,
    /// How many people.
    pub members: i64,
}

/// The groups that a program leaves out, by name.
pub(super) async fn groups(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Vec<OutsideGroup>> {
    Ok(fetch_all!(
        tx,
        OutsideGroup,
        "select g.id, g.name, (select cast(count(*) as bigint) from outside_members m where m.group_id = g.id) as members
         from outside_groups g where g.program_id = $1 order by lower(g.name), g.id",
        leave.id()
    )?)
}

/// The addresses of a group's members, in order.
pub(super) async fn addresses(
    tx: &mut Tx,
    leave: &impl Leave<ProgramId>,
    group: OutsideGroupId,
) -> Answer<Vec<String>> {
    let found = fetch_all!(
        tx,
        (String,),
        "select people.email from outside_members m
         join outside_groups g on g.id = m.group_id
         join people on people.id = m.person_id
         where g.id = $1 and g.program_id = $2 and people.email is not null order by people.email",
        group,
        leave.id()
    )?;
    Ok(found.into_iter().map(|(email,)| email).collect())
}

/// Adds a group, or renames it. Answers whether it is this program's.
pub(super) async fn save_group(
    tx: &mut Tx,
    leave: &impl Leave<ProgramId>,
    group: OutsideGroupId,
    name: &str,
    by: Option<PersonId>,
) -> Answer<bool> {
    let now = tx.now();
    let rows = execute!(
        tx,
        "insert into outside_groups (id, program_id, name, set_by, set_at) values ($1, $2, $3, $4, $5)
         on conflict (id) do update set name = excluded.name where outside_groups.program_id = excluded.program_id",
        group,
        leave.id(),
        name,
        by,
        now,
    )?;
    Ok(rows == 1)
}

/// Puts these people into a group in place of those who were in it.
pub(super) async fn set_members(tx: &mut Tx, group: OutsideGroupId, people: &[PersonId]) -> Answer<()> {
    execute!(tx, "delete from outside_members where group_id = $1", group)?;
    for person in people {
        execute!(
            tx,
            "insert into outside_members (group_id, person_id) values ($1, $2) on conflict (group_id, person_id) do nothing",
            group,
            *person
        )?;
    }
    Ok(())
}

/// Answers whether there was one.
pub(super) async fn delete_group(tx: &mut Tx, leave: &impl Leave<ProgramId>, group: OutsideGroupId) -> Answer<bool> {
    let rows = execute!(tx, "delete from outside_groups where id = $1 and program_id = $2", group, leave.id())?;
    Ok(rows == 1)
}

/// Somebody who cannot take part in a program, and what stands against it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Elsewhere {
    /// Who.
    pub person_id: PersonId,
    /// The other program, or the group outside.
    pub name: String,
    /// In the other program: as whom they take part.
    pub participant_id: Option<ParticipantId>,
}

/// Who cannot take part in a program now, once for each thing that stands against it. Of one person only, where one is
/// given.
pub(super) async fn elsewhere(tx: &mut Tx, program: ProgramId, person: Option<PersonId>) -> Answer<Vec<Elsewhere>> {
    Ok(fetch_all!(
        tx,
        Elsewhere,
        "select p.person_id, programs.name, p.id as participant_id
         from program_exclusions e
         join programs on programs.id = case when e.program_id = $1 then e.other_id else e.program_id end
         join rounds on rounds.program_id = programs.id
         join participants p on p.round_id = rounds.id
         where (e.program_id = $1 or e.other_id = $1) and rounds.stage not in ('close', 'prove')
           and p.state in ('registered', 'admitted') and p.person_id = coalesce($2, p.person_id)
         union
         select m.person_id, g.name, null from outside_members m join outside_groups g on g.id = m.group_id
         where g.program_id = $1 and m.person_id = coalesce($2, m.person_id)
         order by name, person_id, participant_id",
        program,
        person
    )?)
}

/// Somebody who is in two programs that exclude each other.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct InBoth {
    /// Their name.
    pub name: String,
    /// The round of this program in which they are.
    pub round_id: RoundId,
    /// Its name.
    pub round: String,
    /// What stands against it.
    pub stands_against: String,
}

/// Who is in a program although something stands against it: it was declared while they were in already.
pub(super) async fn in_both(tx: &mut Tx, leave: &impl Leave<ProgramId>) -> Answer<Vec<InBoth>> {
    Ok(fetch_all!(
        tx,
        InBoth,
        "select distinct people.name, here_round.id as round_id, here_round.name as round, against.name as stands_against,
                people.sort_name
         from participants here
         join rounds here_round on here_round.id = here.round_id
         join people on people.id = here.person_id
         join (select p.person_id, programs.name
               from program_exclusions e
               join programs on programs.id = case when e.program_id = $1 then e.other_id else e.program_id end
               join rounds on rounds.program_id = programs.id
               join participants p on p.round_id = rounds.id
               where (e.program_id = $1 or e.other_id = $1) and rounds.stage not in ('close', 'prove')
                 and p.state in ('registered', 'admitted')
               union
               select m.person_id, g.name from outside_members m join outside_groups g on g.id = m.group_id
               where g.program_id = $1) against on against.person_id = here.person_id
         where here_round.program_id = $1 and here_round.stage not in ('close', 'prove')
           and here.state in ('registered', 'admitted')
         order by people.sort_name, here_round.id, against.name",
        leave.id()
    )?)
}
