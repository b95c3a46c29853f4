//! The statements behind the manager's pages: how many stand where, and the table of people.

use super::{
    State,
    table::{Filter, Shown},
};
use crate::{
    fetch_all, fetch_one, fetch_optional,
    kernel::{
        clock::Timestamp,
        db::Tx,
        error::{Answer, Error},
        guard::Leave,
        ids::{ParticipantId, RoundId},
    },
    people,
    programs::Side,
    words,
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
                cast(count(case when p.state = 'chosen' then (select people.email from people where people.id = p.person_id) end)
                    as bigint) as to_invite,
                cast(count(case when p.state = 'chosen' then 1 end)
                     - count(case when p.state = 'chosen' then (select people.email from people where people.id = p.person_id) end)
                    as bigint) as unreachable,
                cast(count(case when p.state = 'invited' and p.opened_at is null and p.reminders < 2
                                 and coalesce(p.reminded_at, p.invited_at) <= $2
                                 and exists (select 1 from people
                                             where people.id = p.person_id and people.status <> 'left'
                                               and people.email is not null
                                               and not exists (select 1 from bounces b where b.address = people.email))
                                then 1 end) as bigint) as to_remind,
                cast(count(case when p.state = 'registered'
                                 and not (p.role = 'mentor'
                                          and exists (select 1 from screenings s where s.round_id = p.round_id))
                                then 1 end) as bigint) as to_admit
         from participants p where p.round_id = $1 and p.state <> 'withdrawn' group by p.role",
        leave.id(),
        week_ago,
    )?;
    Ok(rows.into_iter().map(|row| (row.role, row.counts)).collect())
}

words! {
    /// What the table is sorted by.
    Order {
        /// The person's name.
        Name = "name",
        /// How far they have come.
        State = "state",
        /// When they were invited.
        Invited = "invited",
        /// When they opened their link.
        Opened = "opened",
        /// Since when they wait for a place.
        Waiting = "waiting",
    }
}

#[allow(clippy::derivable_impls, reason = "the macro that makes these enums takes no default")]
impl Default for Order {
    fn default() -> Self {
        Self::Name
    }
}

words! {
    /// What is asked of letters.
    Found {
        /// Invited, and the link is not opened.
        Unopened = "unopened",
        /// Opened, and neither registered nor declined.
        Opened = "opened",
        /// The last letter could not be delivered.
        Bounced = "bounced",
        /// The directory has no address.
        NoAddress = "no_address",
        /// Said no, and wants to be asked in the next round.
        NextTime = "next_time",
    }
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
    /// Since when they want a place; only of those who wait.
    pub waits_since: Option<Timestamp>,
    /// Came over from an earlier round with a place in line.
    pub carried_since: Option<Timestamp>,
    /// Said no, and wants to be asked in the next round.
    pub next_time: bool,
    /// What the mail server said of the last letter that came back.
    pub bounced: Option<String>,
    /// How the last letter stands: `queued`, `sending`, `sent` or `dead`.
    pub letter: Option<String>,
}

impl Listed {
    /// Position and place in one line.
    pub fn position(&self) -> String {
        people::position(&self.title, &self.location)
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

    /// Whether their last letter still waits to be sent.
    pub fn letter_waits(&self) -> bool {
        self.letter.as_deref() == Some("queued")
    }
}

/// How many people the table has in all.
pub(super) async fn count(tx: &mut Tx, leave: &impl Leave<RoundId>, filter: &Filter) -> Answer<i64> {
    let [first, second] = patterns(&filter.find);
    let (count,) = fetch_one!(
        tx,
        (i64,),
        "select count(*)
         from participants p join people on people.id = p.person_id
         where p.round_id = $1 and p.role = coalesce($2, p.role)
           and ((cast($3 as text) is null and p.state <> 'withdrawn') or p.state = $3)
           and (cast($4 as text) = '%%'
                or (people.sort_name || ' ' || coalesce(people.email, '') like $4 escape '!'
                    and people.sort_name || ' ' || coalesce(people.email, '') like $5 escape '!'))
           and case cast($6 as text)
               when 'unopened' then p.state = 'invited' and p.opened_at is null
               when 'opened' then p.state = 'invited' and p.opened_at is not null
               when 'bounced' then exists (select 1 from bounces b where b.address = people.email)
               when 'no_address' then people.email is null
               when 'next_time' then exists (select 1 from next_times n where n.participant_id = p.id)
               else true end",
        leave.id(),
        filter.side,
        filter.state,
        first,
        second,
        filter.found,
    )?;
    Ok(count)
}

/// People of a round, `limit` of them from `offset` on. Whoever has nothing to be sorted by comes last.
pub(super) async fn list(
    tx: &mut Tx,
    leave: &impl Leave<RoundId>,
    shown: &Shown,
    limit: i64,
    offset: i64,
) -> Answer<Vec<Listed>> {
    let filter = &shown.filter;
    let [first, second] = patterns(&filter.find);
    Ok(fetch_all!(
        tx,
        Listed,
        "select p.id, people.name, people.title, people.department, people.location, people.email,
                p.role, p.state, p.capacity, p.chosen_at, p.invited_at, p.opened_at, p.reminded_at, p.reminders,
                p.registered_at, p.admitted_at, p.waiting_at, p.declined_at, p.withdrawn_at, w.since as waits_since,
                (select c.since from carry_overs c
                 where c.to_round = $1 and c.person_id = p.person_id and c.role = p.role) as carried_since,
                exists (select 1 from next_times n where n.participant_id = p.id) as next_time,
                (select b.words from bounces b where b.address = people.email) as bounced,
                (select l.state from letters l
                 where l.key in (select 'invitation:' || i.token_hash from invitations i where i.participant_id = p.id)
                 order by l.created_at desc, l.id desc limit 1) as letter
         from (select * from (
                   select p.id, people.sort_name,
                          coalesce(case cast($7 as text)
                                   when 'state' then case p.state when 'chosen' then '0' when 'invited' then '1'
                                        when 'registered' then '2' when 'waiting' then '3' when 'admitted' then '4'
                                        when 'declined' then '5' else '6' end
                                   when 'invited' then p.invited_at
                                   when 'opened' then p.opened_at
                                   when 'waiting' then (select w.since from waiting_entries w where w.participant_id = p.id)
                                   else people.sort_name end,
                                   case when cast($8 as boolean) then '' else 'z' end) as sort_key
                   from participants p join people on people.id = p.person_id
                   where p.round_id = $1 and p.role = coalesce($2, p.role)
                     and ((cast($3 as text) is null and p.state <> 'withdrawn') or p.state = $3)
                     and (cast($4 as text) = '%%'
                          or (people.sort_name || ' ' || coalesce(people.email, '') like $4 escape '!'
                              and people.sort_name || ' ' || coalesce(people.email, '') like $5 escape '!'))
                     and case cast($6 as text)
                         when 'unopened' then p.state = 'invited' and p.opened_at is null
                         when 'opened' then p.state = 'invited' and p.opened_at is not null
                         when 'bounced' then exists (select 1 from bounces b where b.address = people.email)
                         when 'no_address' then people.email is null
                         when 'next_time' then exists (select 1 from next_times n where n.participant_id = p.id)
                         else true end) found
               order by case when cast($8 as boolean) then null else found.sort_key end,
                        case when cast($8 as boolean) then found.sort_key end desc, found.sort_name, found.id
               limit $9 offset $10) here
         join participants p on p.id = here.id join people on people.id = p.person_id
         left join waiting_entries w on w.participant_id = p.id
         order by case when cast($8 as boolean) then null else here.sort_key end,
                  case when cast($8 as boolean) then here.sort_key end desc, here.sort_name, here.id",
        leave.id(),
        filter.side,
        filter.state,
        first,
        second,
        filter.found,
        shown.order,
        shown.backwards,
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
                p.registered_at, p.admitted_at, p.waiting_at, p.declined_at, p.withdrawn_at, w.since as waits_since,
                (select c.since from carry_overs c
                 where c.to_round = p.round_id and c.person_id = p.person_id and c.role = p.role) as carried_since,
                exists (select 1 from next_times n where n.participant_id = p.id) as next_time,
                (select b.words from bounces b where b.address = people.email) as bounced,
                (select l.state from letters l
                 where l.key in (select 'invitation:' || i.token_hash from invitations i where i.participant_id = p.id)
                 order by l.created_at desc, l.id desc limit 1) as letter
         from participants p join people on people.id = p.person_id
         left join waiting_entries w on w.participant_id = p.id where p.id = $1",
        leave.id()
    )?;
    found.ok_or(Error::NotFound)
}

/// What was typed into the search box, as patterns for `like`: the first word, and the rest.
pub(super) fn patterns(text: &str) -> [String; 2] {
    let text = text.trim().to_lowercase();
    let (first, rest) = text.split_once(char::is_whitespace).unwrap_or((&text, ""));
    [first, rest.trim()].map(|word| format!("%{}%", word.replace('!', "!!").replace('%', "!%").replace('_', "!_")))
}
