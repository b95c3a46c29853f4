//! The statements on nominations.

use super::{
    State,
    nominating::{Nomination, Thought},
};
use crate::{
    execute, fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::Answer,
        ids::{NominationId, PersonId, RoundId},
    },
    programs::Side,
};

pub(super) async fn insert(tx: &mut Tx, round: RoundId, by: PersonId, new: &Nomination) -> Answer<()> {
    let now = tx.now();
    execute!(
        tx,
        "insert into nominations (id, round_id, person_id, role, nominated_by, words, reason, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        NominationId::new(),
        round,
        new.person,
        new.side,
        by,
        new.words.as_deref(),
        new.reason.as_deref(),
        now,
    )?;
    Ok(())
}

/// When somebody was named by this person before.
pub(super) async fn nominated_at(
    tx: &mut Tx,
    round: RoundId,
    person: PersonId,
    by: PersonId,
) -> Answer<Option<Timestamp>> {
    let found = fetch_optional!(
        tx,
        (Timestamp,),
        "select at from nominations where round_id = $1 and person_id = $2 and nominated_by = $3",
        round,
        person,
        by,
    )?;
    Ok(found.map(|(at,)| at))
}

/// Whether somebody reports to a manager directly.
pub(super) async fn reports_to(tx: &mut Tx, person: PersonId, manager: PersonId) -> Answer<bool> {
    let (count,) =
        fetch_one!(tx, (i64,), "select count(*) from people where id = $1 and manager_id = $2", person, manager)?;
    Ok(count > 0)
}

/// Who named somebody first for a side.
pub(super) async fn first(tx: &mut Tx, round: RoundId, person: PersonId, side: Side) -> Answer<Option<Thought>> {
    Ok(fetch_optional!(
        tx,
        Thought,
        "select people.name, n.words from nominations n join people on people.id = n.nominated_by
         where n.round_id = $1 and n.person_id = $2 and n.role = $3 order by n.at, n.id limit 1",
        round,
        person,
        side,
    )?)
}

/// Somebody who reports to a line manager.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Report {
    pub id: PersonId,
    pub name: String,
    pub title: Option<String>,
    pub has_address: bool,
    /// When this manager named them.
    pub nominated_at: Option<Timestamp>,
}

/// Those who work here and report to a manager, by name.
pub(super) async fn reports(tx: &mut Tx, manager: PersonId, round: RoundId) -> Answer<Vec<Report>> {
    Ok(fetch_all!(
        tx,
        Report,
        "select people.id, people.name, people.title, people.email is not null as has_address, n.at as nominated_at
         from people left join nominations n
           on n.person_id = people.id and n.round_id = $2 and n.nominated_by = $1
         where people.manager_id = $1 and people.status <> 'left'
         order by people.sort_name, people.id limit 300",
        manager,
        round,
    )?)
}

/// A nomination in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Named {
    pub name: String,
    pub title: Option<String>,
    pub role: Side,
    pub by_name: String,
    pub words: Option<String>,
    pub reason: Option<String>,
    pub at: Timestamp,
    /// Where they stand; for managers only.
    pub state: Option<State>,
}

/// Who was named in a round, the latest first.
pub(super) async fn named(tx: &mut Tx, round: RoundId, limit: i64) -> Answer<Vec<Named>> {
    Ok(fetch_all!(
        tx,
        Named,
        "select people.name, people.title, n.role, nominator.name as by_name, n.words, n.reason, n.at,
                p.state
         from nominations n join people on people.id = n.person_id join people nominator on nominator.id = n.nominated_by
         left join participants p on p.round_id = n.round_id and p.person_id = n.person_id and p.role = n.role
         where n.round_id = $1 order by n.at desc, n.id desc limit $2",
        round,
        limit,
    )?)
}

/// Whom one person named in a round, the latest first: without where these stand.
pub(super) async fn named_by(tx: &mut Tx, round: RoundId, me: PersonId) -> Answer<Vec<Named>> {
    Ok(fetch_all!(
        tx,
        Named,
        "select people.name, people.title, n.role, nominator.name as by_name, n.words, n.reason, n.at,
                cast(null as text) as state
         from nominations n join people on people.id = n.person_id join people nominator on nominator.id = n.nominated_by
         where n.round_id = $1 and n.nominated_by = $2 order by n.at desc, n.id desc limit 300",
        round,
        me,
    )?)
}
