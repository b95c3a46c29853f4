//! The statements behind the manager's pages: how many stand where, and the table of people.

use super::State;
use crate::{
    fetch_all, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::Leave,
        ids::{ParticipantId, RoundId},
    },
    programs::Side,
};

/// How many people of one side stand where. Whoever was taken out counts nowhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    /// Picked by a manager, whatever came then.
    pub chosen: i64,
    /// Of these, written to.
    pub invited: i64,
    /// Of these, opened their link.
    pub opened: i64,
    /// Of the invited, registered and did not take it back.
    pub registered: i64,
    /// Of these, take part in the matching.
    pub admitted: i64,
    /// Of these, wait for a place.
    pub waiting: i64,
    /// Of the invited, said no.
    pub declined: i64,
    /// Places that the admitted offer or need.
    pub places: i64,
    /// Chosen, and not written to yet.
    pub to_invite: i64,
    /// Chosen, and the directory has no address.
    pub unreachable: i64,
    /// Unopened for a week since the last letter, and may be reminded.
    pub to_remind: i64,
    /// Registered, and neither admitted nor waiting.
    pub to_admit: i64,
}

impl Counts {
    /// How many of the invited have neither registered nor declined.
    #[must_use]
    pub fn may_answer(&self) -> i64 {
        self.invited - self.registered - self.declined
    }
}

#[derive(sqlx::FromRow)]
struct CountsRow {
    role: Side,
    #[sqlx(flatten)]
    counts: Counts,
}

/// How many stand where, by side.
pub(super) async fn counts(tx: &mut Tx, leave: &impl Leave<RoundId>) -> Answer<Vec<(Side, Counts)>> {
    let week_ago = tx.now().minus(super::WEEK);
    let rows = fetch_all!(
        tx,
        CountsRow,
        "select p.role,
                cast(count(*) as bigint) as chosen,
                cast(count(p.invited_at) as bigint) as invited,
                cast(count(p.opened_at) as bigint) as opened,
                cast(count(case when p.state in ('registered', 'admitted', 'waiting') then 1 end) as bigint) as registered,
                cast(count(case when p.state = 'admitted' then 1 end) as bigint) as admitted,
                cast(count(case when p.state = 'waiting' then 1 end) as bigint) as waiting,
                cast(count(case when p.state = 'declined' then 1 end) as bigint) as declined,
                cast(coalesce(sum(case when p.state = 'admitted' then p.capacity end), 0) as bigint) as places,
                cast(count(case when p.state = 'chosen' and people.email is not null then 1 end) as bigint) as to_invite,
                cast(count(case when p.state = 'chosen' and people.email is null then 1 end) as bigint) as unreachable,
                cast(count(case when p.state = 'invited' and p.opened_at is null and p.reminders < 2
                                 and coalesce(p.reminded_at, p.invited_at) <= $2 then 1 end) as bigint) as to_remind,
                cast(count(case when p.state = 'registered' then 1 end) as bigint) as to_admit
         from participants p join people on people.id = p.person_id
         where p.round_id = $1 and p.state <> 'withdrawn' group by p.role",
        leave.id(),
        week_ago,
    )?;
    Ok(rows.into_iter().map(|row| (row.role, row.counts)).collect())
}

/// A row of the table of people.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Listed {
    pub id: ParticipantId,
    pub name: String,
    pub title: Option<String>,
    pub department: Option<String>,
    pub location: Option<String>,
    pub email: Option<String>,
    pub role: Side,
    pub state: State,
    pub capacity: i64,
    pub chosen_at: Timestamp,
    pub invited_at: Option<Timestamp>,
    pub opened_at: Option<Timestamp>,
    pub reminded_at: Option<Timestamp>,
    pub reminders: i64,
    pub registered_at: Option<Timestamp>,
    pub admitted_at: Option<Timestamp>,
    pub waiting_at: Option<Timestamp>,
    pub declined_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
}

impl Listed {
    /// Position and place in one line.
    pub fn position(&self) -> String {
        [&self.title, &self.location].into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// Since when they stand where they stand.
    pub fn since(&self) -> Timestamp {
        let at = match self.state {
            State::Chosen => None,
            State::Invited => self.opened_at.or(self.invited_at),
            State::Registered => self.registered_at,
            State::Admitted => self.admitted_at,
            State::Waiting => self.waiting_at,
            State::Declined => self.declined_at,
            State::Withdrawn => self.withdrawn_at,
        };
        at.unwrap_or(self.chosen_at)
    }

    /// Whether another reminder may be written.
    pub fn may_be_reminded(&self) -> bool {
        self.state == State::Invited && self.reminders < super::MOST_REMINDERS && self.email.is_some()
    }
}

/// What the table shows: filters from the URL. Empty means any; without a state, those who were taken out are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filter {
    pub side: Option<Side>,
    pub state: Option<State>,
    pub find: String,
}

/// People of a round by name, `limit` of them from `offset` on.
pub(super) async fn list(
    tx: &mut Tx,
    leave: &impl Leave<RoundId>,
    filter: &Filter,
    limit: i64,
    offset: i64,
) -> Answer<Vec<Listed>> {
    let [first, second] = patterns(&filter.find);
    Ok(fetch_all!(
        tx,
        Listed,
        "select p.id, people.name, people.title, people.department, people.location, people.email,
                p.role, p.state, p.capacity, p.chosen_at, p.invited_at, p.opened_at, p.reminded_at, p.reminders,
                p.registered_at, p.admitted_at, p.waiting_at, p.declined_at, p.withdrawn_at
         from participants p join people on people.id = p.person_id
         where p.round_id = $1 and p.role = coalesce($2, p.role)
           and ((cast($3 as text) is null and p.state <> 'withdrawn') or p.state = $3)
           and people.sort_name || ' ' || coalesce(people.email, '') like $4 escape '!'
           and people.sort_name || ' ' || coalesce(people.email, '') like $5 escape '!'
         order by people.sort_name, p.id limit $6 offset $7",
        leave.id(),
        filter.side,
        filter.state,
        first,
        second,
        limit,
        offset,
    )?)
}

/// One participant as the table shows them.
pub(super) async fn listed(tx: &mut Tx, leave: &impl Leave<ParticipantId>) -> Answer<Listed> {
    let found = fetch_optional!(
        tx,
        Listed,
        "select p.id, people.name, people.title, people.department, people.location, people.email,
                p.role, p.state, p.capacity, p.chosen_at, p.invited_at, p.opened_at, p.reminded_at, p.reminders,
                p.registered_at, p.admitted_at, p.waiting_at, p.declined_at, p.withdrawn_at
         from participants p join people on people.id = p.person_id where p.id = $1",
        leave.id()
    )?;
    found.ok_or(Error::NotFound)
}

/// What was typed into the search box, as patterns for `like`: the first word, and the rest.
fn patterns(text: &str) -> [String; 2] {
    let text = text.trim().to_lowercase();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
    [first, rest.trim()].map(|word| format!("%{}%", word.replace('!', "!!").replace('%', "!%").replace('_', "!_")))
}
