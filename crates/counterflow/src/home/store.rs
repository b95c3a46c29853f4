//! What the other stations keep about one person: reads only, always by that person.

use crate::{
    enrollment, fetch_all, fetch_one,
    kernel::{
        clock::{Day, Timestamp},
        db::Tx,
        error::Answer,
        ids::{MeetingId, PairId, ParticipantId, PersonId, ProposalId, RoundId},
        labels::Labels,
    },
    pairs,
    programs::{Side, Stage},
};

/// A pair of mine.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct MyPair {
    pub id: PairId,
    pub round: String,
    pub program: String,
    pub side: Side,
    pub other: String,
    pub other_title: Option<String>,
    pub state: pairs::State,
    /// Proposes the times.
    pub leads: bool,
    pub held: i64,
    pub plan: i64,
    pub next_at: Option<Timestamp>,
    pub next_place: Option<String>,
    /// Times are proposed, and none is chosen.
    pub times_wait: bool,
    #[sqlx(flatten)]
    spoken: Spoken,
}

impl MyPair {
    /// What the program calls the viewer.
    pub fn role(&self) -> String {
        self.spoken.labels().say(if self.side == Side::Mentor { "[mentor]" } else { "[mentee]" })
    }
}

/// How a program speaks: a home has rows of several.
#[derive(Debug, sqlx::FromRow)]
struct Spoken {
    direction: String,
    design: String,
}

impl Spoken {
    /// Its words; the product's own if they cannot be read, because a home is shown whatever is wrong with one program.
    fn labels(&self) -> Labels {
        Labels::stored(&self.direction, &self.design).unwrap_or_default()
    }
}

pub(super) async fn pairs(tx: &mut Tx, me: PersonId) -> Answer<Vec<MyPair>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        MyPair,
        "select pairs.id, rounds.name as round, programs.name as program,
                case when pairs.mentor_id = $1 then 'mentor' else 'mentee' end as side,
                pair_leads.lead_id = $1 as leads,
                other.name as other, other.title as other_title, pairs.state, rounds.meetings as plan,
                (select count(*) from meetings m where m.pair_id = pairs.id and m.state = 'held') as held,
                coming.starts_at as next_at, coming.place as next_place,
                exists (select 1 from meetings m where m.pair_id = pairs.id and m.state = 'proposed'
                                                   and m.other_times_at is null) as times_wait,
                programs.direction, programs.design
         from pairs join pair_leads on pair_leads.pair_id = pairs.id
         join rounds on rounds.id = pairs.round_id join programs on programs.id = rounds.program_id
         join people other on other.id = case when pairs.mentor_id = $1 then pairs.mentee_id else pairs.mentor_id end
         left join meetings coming on coming.id = (select m.id from meetings m
                                                   where m.pair_id = pairs.id and m.state = 'planned' and m.starts_at >= $2
                                                   order by m.starts_at, m.id limit 1)
         where $1 in (pairs.mentor_id, pairs.mentee_id) and pairs.state in ('active', 'paused', 'completed')
           and programs.archived_at is null
         order by pairs.state = 'completed', coalesce(coming.starts_at, '9'), other.sort_name, pairs.id",
        me,
        now
    )?)
}

/// A round in which I take part and have no pair yet.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Part {
    pub round: String,
    pub program: String,
    pub role: Side,
    pub state: enrollment::State,
    pub enroll_until: Day,
    pub starts_on: Day,
    pub stage: Stage,
    /// The registration is at `/registrations/{participant}`.
    pub participant: ParticipantId,
    /// Where they stand in line, and how long it is, if they wait.
    pub nth: i64,
    pub of: i64,
    #[sqlx(flatten)]
    spoken: Spoken,
}

impl Part {
    /// The words of the program.
    pub fn labels(&self) -> Labels {
        self.spoken.labels()
    }
}

pub(super) async fn parts(tx: &mut Tx, me: PersonId) -> Answer<Vec<Part>> {
    Ok(fetch_all!(
        tx,
        Part,
        "select rounds.name as round, programs.name as program, p.role, p.state, rounds.enroll_until, rounds.starts_on,
                rounds.stage, p.id as participant,
                (select count(*) from waiting_entries w join participants q on q.id = w.participant_id
                 where q.round_id = p.round_id and q.role = p.role
                   and (w.since < mine.since or (w.since = mine.since and w.participant_id <= p.id))) as nth,
                (select count(*) from waiting_entries w join participants q on q.id = w.participant_id
                 where q.round_id = p.round_id and q.role = p.role) as of,
                programs.direction, programs.design
         from participants p
         left join waiting_entries mine on mine.participant_id = p.id
         join rounds on rounds.id = p.round_id join programs on programs.id = rounds.program_id
         where p.person_id = $1 and p.state in ('registered', 'admitted', 'waiting') and programs.archived_at is null
           and rounds.stage in ('enroll', 'match', 'launch', 'run')
           and not exists (select 1 from pairs where pairs.round_id = rounds.id and $1 in (pairs.mentor_id, pairs.mentee_id))
         order by rounds.starts_on, rounds.id",
        me
    )?)
}

/// A pair of a leader whose calendar I keep.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct LeadersPair {
    pub id: PairId,
    pub leader: String,
    /// The one across.
    pub lead: String,
    pub next_at: Option<Timestamp>,
    /// Times are proposed, and none is chosen.
    pub times_wait: bool,
}

pub(super) async fn leaders(tx: &mut Tx, me: PersonId) -> Answer<Vec<LeadersPair>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        LeadersPair,
        "select pairs.id, leader.name as leader, lead.name as lead,
                (select min(m.starts_at) from meetings m
                 where m.pair_id = pairs.id and m.state = 'planned' and m.starts_at >= $2) as next_at,
                exists (select 1 from meetings m where m.pair_id = pairs.id and m.state = 'proposed'
                                                   and m.other_times_at is null) as times_wait
         from calendar_keepers k join pair_leads on pair_leads.pair_id = k.pair_id join pairs on pairs.id = k.pair_id
         join people leader on leader.id = pair_leads.chooser_id
         join people lead on lead.id = pair_leads.lead_id
         where k.delegate_id = $1 order by leader.sort_name, lead.sort_name, pairs.id",
        me,
        now
    )?)
}

/// A round that I manage or back.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct MyRound {
    pub id: RoundId,
    pub program: String,
    pub round: String,
    pub stage: Stage,
    pub manages: bool,
    pub pairs: i64,
}

pub(super) async fn rounds(tx: &mut Tx, me: PersonId) -> Answer<Vec<MyRound>> {
    Ok(fetch_all!(
        tx,
        MyRound,
        "select rounds.id, programs.name as program, rounds.name as round, rounds.stage,
                exists (select 1 from program_roles r
                        where r.program_id = programs.id and r.person_id = $1 and r.role = 'manager') as manages,
                (select count(*) from pairs where pairs.round_id = rounds.id) as pairs
         from rounds join programs on programs.id = rounds.program_id
         where programs.archived_at is null
           and exists (select 1 from program_roles r where r.program_id = programs.id and r.person_id = $1)
         order by rounds.created_at desc, rounds.id desc",
        me
    )?)
}

/// A proposal that waits for my answer.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Proposal {
    pub id: ProposalId,
    pub program: String,
    pub expires_at: Timestamp,
}

pub(super) async fn proposals(tx: &mut Tx, me: PersonId) -> Answer<Vec<Proposal>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        Proposal,
        "select proposals.id, programs.name as program, proposals.expires_at
         from proposals
         join participants p on p.id in (proposals.mentor_id, proposals.mentee_id) and p.person_id = $1
         join rounds on rounds.id = proposals.round_id join programs on programs.id = rounds.program_id
         where proposals.expires_at > $2
           and ((proposals.state = 'proposed' and proposals.asked_first = p.role)
                or (proposals.state = 'accepted_by_first' and proposals.asked_first <> p.role))
         order by proposals.expires_at, proposals.id",
        me,
        now
    )?)
}

/// An agreement that I have not signed as it stands.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Unsigned {
    pub pair_id: PairId,
    pub other: String,
    /// The other side has signed.
    pub other_signed: bool,
}

pub(super) async fn unsigned(tx: &mut Tx, me: PersonId) -> Answer<Vec<Unsigned>> {
    Ok(fetch_all!(
        tx,
        Unsigned,
        "select pairs.id as pair_id, other.name as other,
                exists (select 1 from signatures s
                        where s.pair_id = pairs.id and s.person_id = other.id and s.version = a.version) as other_signed
         from pairs join agreements a on a.pair_id = pairs.id
         join people other on other.id = case when pairs.mentor_id = $1 then pairs.mentee_id else pairs.mentor_id end
         where $1 in (pairs.mentor_id, pairs.mentee_id) and pairs.state = 'active'
           and not exists (select 1 from signatures s
                           where s.pair_id = pairs.id and s.person_id = $1 and s.version = a.version)
         order by pairs.began_at, pairs.id",
        me
    )?)
}

/// Times from which I, or the leader whose calendar I keep, can choose.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Times {
    pub pair_id: PairId,
    pub meeting_id: MeetingId,
    pub lead: String,
    /// For whom, if it is not for me.
    pub leader: Option<String>,
}

pub(super) async fn times(tx: &mut Tx, me: PersonId) -> Answer<Vec<Times>> {
    Ok(fetch_all!(
        tx,
        Times,
        "select m.pair_id, m.id as meeting_id, lead.name as lead,
                case when leader.id <> $1 then leader.name end as leader
         from meetings m join pair_leads on pair_leads.pair_id = m.pair_id
         join people lead on lead.id = pair_leads.lead_id
         join people leader on leader.id = pair_leads.chooser_id
         where m.state = 'proposed' and m.other_times_at is null and pair_leads.state = 'active'
           and (leader.id = $1
                or pair_leads.pair_id in (select pair_id from calendar_keepers where delegate_id = $1))
         order by m.proposed_at, m.id",
        me
    )?)
}

/// A meeting for which I, who lead the pair, was asked to propose other times.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct OtherTimes {
    pub pair_id: PairId,
    pub meeting_id: MeetingId,
    pub other: String,
}

pub(super) async fn other_times(tx: &mut Tx, me: PersonId) -> Answer<Vec<OtherTimes>> {
    Ok(fetch_all!(
        tx,
        OtherTimes,
        "select m.pair_id, m.id as meeting_id, other.name as other
         from meetings m join pair_leads on pair_leads.pair_id = m.pair_id
         join people other on other.id = pair_leads.chooser_id
         where m.state = 'proposed' and m.other_times_at is not null and pair_leads.state = 'active'
           and pair_leads.lead_id = $1
         order by m.other_times_at, m.id",
        me
    )?)
}

/// A meeting of mine that is over, and nobody said whether it was held.
#[derive(Debug, sqlx::FromRow)]
pub(super) struct Unmarked {
    pub pair_id: PairId,
    pub meeting_id: MeetingId,
    pub other: String,
    pub starts_at: Timestamp,
}

/// Only the one who leads is asked: one question to both would be answered twice or not at all.
pub(super) async fn unmarked(tx: &mut Tx, me: PersonId) -> Answer<Vec<Unmarked>> {
    let now = tx.now();
    Ok(fetch_all!(
        tx,
        Unmarked,
        "select m.pair_id, m.id as meeting_id, other.name as other, m.starts_at
         from meetings m join pair_leads on pair_leads.pair_id = m.pair_id
         join people other on other.id = pair_leads.chooser_id
         where pair_leads.lead_id = $1 and m.state = 'planned' and m.starts_at < $2
         order by m.starts_at, m.id",
        me,
        now
    )?)
}

/// How many people are in the directory, and how many programs there are.
pub(super) async fn beginnings(tx: &mut Tx) -> Answer<(i64, i64)> {
    Ok(fetch_one!(
        tx,
        (i64, i64),
        "select (select count(*) from people) as people, (select count(*) from programs) as programs"
    )?)
}
