//! What everybody but the managers does: register, say yes or no, sign, meet, answer. Each act plans the next one, and
//! chance decides as it does in life: some are quick, some slow, and a few stop answering.

use jiff::{SignedDuration, tz::TimeZone};

use super::{
    acts::Act,
    past::{Past, last_working_day, moment, working_day},
    store,
};
use crate::{
    checkins,
    enrollment::{self, Participant, State},
    kernel::{
        clock::{Day, Timestamp},
        db::Tx,
        error::Answer,
        guard::{Access, ByServer},
        ids::{CheckinId, MeetingId, PairId, ParticipantId, PersonId, ProposalId},
        rights::Role,
    },
    matching::{
        DeclineReason,
        proposals::{self, Decline},
    },
    meetings::{self, Meeting, Proposal, Who},
    pairs::{self, Pair, agreement},
    programs::{self, Round, Side},
};

/// How a pair goes about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Temper {
    /// The pair of the story: nothing goes wrong, and their days are known.
    Story,
    Lively,
    Slow,
    /// Stops after a meeting or two.
    Stalls,
    /// One of the two never signs.
    NeverSigns,
}

/// Days before today on which the pair of the story meets.
const STORY_MEETINGS: [i32; 3] = [63, 32, 2];

fn role(side: Side) -> Role {
    match side {
        Side::Mentor => Role::Mentor,
        Side::Mentee => Role::Mentee,
    }
}

impl Past {
    fn is_of_the_story(&self, person: PersonId) -> bool {
        ["Ana Lim", "Ruth Okafor"].into_iter().any(|name| self.person(name).is_ok_and(|known| known == person))
    }

    /// Whether and when somebody who is invited will answer.
    pub fn expect_registration(&mut self, participant: &Participant) {
        let percent = match participant.role {
            Side::Mentee => 62,
            Side::Mentor => 36,
        };
        if participant.state != State::Invited {
            return;
        }
        if self.is_of_the_story(participant.person_id) || self.chance(percent) {
            self.in_days(0..=17, Act::Register(participant.id));
        } else if self.chance(18) {
            self.in_days(0..=9, Act::DeclineInvitation(participant.id));
        }
    }

    pub async fn register(&mut self, id: ParticipantId) -> Answer<()> {
        let mut tx = self.app.db.write().await?;
        let participant = enrollment::participant(&mut tx, &ByServer(id)).await?;
        let round = programs::round(&mut tx, &ByServer(participant.round_id)).await?;
        if participant.state != State::Invited || self.day() > round.enroll_until {
            return Ok(());
        }
        let program = programs::program_of(&mut tx, &round).await?;
        let person = self.profile(participant.person_id)?.clone();
        let answers = self.registration(&person, participant.role, &program.design);
        let access = self.access(&mut tx, person.id, id, &[role(participant.role)]).await?;
        let promise = enrollment::commitment(&program, &round, &person.name, &self.invented.organization);
        enrollment::register(&mut tx, &access, &answers, &promise).await?;
        tx.commit().await?;
        Ok(())
    }

    pub async fn decline_invitation(&mut self, id: ParticipantId) -> Answer<()> {
        let mut tx = self.app.db.write().await?;
        enrollment::decline(&mut tx, &ByServer(id)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// What has come since yesterday is planned.
    pub async fn look_around(&mut self) -> Answer<()> {
        let mut tx = self.app.db.read().await?;
        let awaited = store::awaited(&mut tx).await?;
        let pairs = store::pairs(&mut tx).await?;
        let checkins = store::open_checkins(&mut tx).await?;
        drop(tx);
        for (proposal, side, person) in awaited {
            let is_answered = self.is_of_the_story(person) || self.chance(93);
            if self.seen_proposals.insert((proposal, side)) && is_answered {
                self.in_days(0..=4, Act::AnswerProposal(proposal, person));
            }
        }
        for (pair, mentor, mentee) in pairs {
            if !self.tempers.contains_key(&pair) {
                self.meet_pair(pair, mentor, mentee);
            }
        }
        for (checkin, side, person) in checkins {
            let percent = if side == Side::Mentor { 84 } else { 66 };
            let waits_for_the_visitor = self.is_of_the_story(person) && self.today.days_since(self.day()) < 5;
            if self.seen_checkins.insert(checkin) && self.chance(percent) && !waits_for_the_visitor {
                self.in_days(0..=4, Act::AnswerCheckin(checkin, person));
            }
        }
        Ok(())
    }

    /// A pair that has just begun.
    fn meet_pair(&mut self, pair: PairId, mentor: PersonId, mentee: PersonId) {
        let temper = match self.random.u8(0..100) {
            _ if self.is_of_the_story(mentor) && self.is_of_the_story(mentee) => Temper::Story,
            0..70 => Temper::Lively,
            70..84 => Temper::Slow,
            84..96 => Temper::Stalls,
            _ => Temper::NeverSigns,
        };
        self.tempers.insert(pair, temper);
        self.in_days(0..=2, Act::Sign(pair, Side::Mentor));
        if temper != Temper::NeverSigns {
            self.in_days(1..=5, Act::Sign(pair, Side::Mentee));
        }
        match temper {
            Temper::Story => self.propose_on(pair, STORY_MEETINGS[0]),
            _ => self.in_days(4..=16, Act::Propose(pair)),
        }
    }

    /// The pair of the story proposes five days before it meets.
    fn propose_on(&mut self, pair: PairId, days_before_today: i32) {
        let meets = last_working_day(self.today.plus_days(-days_before_today));
        self.at(moment(meets.plus_days(-5), 8, 40), Act::Propose(pair));
    }

    pub async fn answer_proposal(&mut self, id: ProposalId, person: PersonId) -> Answer<()> {
        let says_yes = self.is_of_the_story(person) || self.chance(92);
        let words = self.random.choice(&self.invented.declines).cloned();
        let mut tx = self.app.db.write().await?;
        let access = self.access(&mut tx, person, id, &[Role::Mentor, Role::Mentee]).await?;
        if says_yes {
            proposals::accept(&mut tx, &self.app, &access).await?;
        } else {
            let no = Decline { reason: Some(DeclineReason::TooClose), words };
            proposals::decline(&mut tx, &access, &no).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    async fn pair(&self, tx: &mut Tx, id: PairId) -> Answer<Pair> {
        pairs::pair(tx, &ByServer(id)).await
    }

    async fn as_side(&self, tx: &mut Tx, id: PairId, side: Side) -> Answer<Access<PairId>> {
        let person = self.pair(tx, id).await?.person_on(side);
        self.access(tx, person, id, &[role(side)]).await
    }

    pub async fn sign(&mut self, id: PairId, side: Side) -> Answer<()> {
        let mut tx = self.app.db.write().await?;
        let access = self.as_side(&mut tx, id, side).await?;
        let seen = agreement::agreement(&mut tx, &access).await?.version;
        let name = access.viewer.name.clone();
        agreement::sign(&mut tx, &self.app, &access, seen, &name).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The mentor proposes three times, each at an hour at which both work.
    pub async fn propose(&mut self, id: PairId) -> Answer<()> {
        let mut tx = self.app.db.write().await?;
        let access = self.as_side(&mut tx, id, Side::Mentor).await?;
        let pair = self.pair(&mut tx, id).await?;
        let round = programs::round(&mut tx, &ByServer(pair.round_id)).await?;
        let agreed = agreement::agreement(&mut tx, &access).await?;
        let zones = [pair.mentor_id, pair.mentee_id].map(|person| self.zone(person));
        let first = first_day(&meetings::of_pair(&mut tx, &access).await?, &round, self.day());
        if !agreement::lets_them_meet(&agreed, &pair, &round) {
            if self.tempers.get(&id) != Some(&Temper::NeverSigns) {
                self.in_days(2..=4, Act::Propose(id));
            }
            return Ok(());
        }
        let mut times: Vec<Timestamp> = (0..3_i32)
            .map(|number| {
                let day = working_day(first.plus_days(number * 2));
                moment(day, hour_at_work(day, &zones), if number == 1 { 30 } else { 0 })
            })
            .collect();
        times.dedup();
        let place = format!("{}{}", self.invented.video_link, &id.to_string()[24..]);
        let proposal = Proposal { times, minutes: agreed.terms.meeting_minutes, place: Some(place) };
        let meeting = MeetingId::new();
        meetings::propose(&mut tx, &self.app, &access, meeting, &proposal).await?;
        tx.commit().await?;
        let story = self.tempers.get(&id) == Some(&Temper::Story);
        if story && STORY_MEETINGS.iter().all(|days| self.today.days_since(self.day()) <= *days) {
            return Ok(()); // waits for the visitor
        }
        let slow = self.tempers.get(&id) == Some(&Temper::Slow);
        self.in_days(1..=if slow { 5 } else { 2 }, Act::Choose(id, meeting));
        Ok(())
    }

    fn zone(&self, person: PersonId) -> TimeZone {
        let name = self.people.get(&person).map_or("UTC", |profile| profile.time_zone.as_str());
        TimeZone::get(name).unwrap_or(TimeZone::UTC)
    }

    /// The leader takes the first time that is still free; Ruth leaves that to Tunde.
    pub async fn choose(&mut self, id: PairId, meeting: MeetingId) -> Answer<()> {
        let mut tx = self.app.db.write().await?;
        let pair = self.pair(&mut tx, id).await?;
        let by_delegate = pair.mentee_id == self.person("Ruth Okafor")?;
        let person = if by_delegate { self.person("Tunde Bello")? } else { pair.mentee_id };
        let access = self.access(&mut tx, person, id, &[Role::Mentee, Role::Delegate]).await?;
        let mut chosen = None;
        for at in meetings::offered(&mut tx, &access, meeting).await? {
            if meetings::choose(&mut tx, &self.app, &access, meeting, at).await?.is_ok() {
                chosen = Some(at);
                break;
            }
        }
        tx.commit().await?;
        if let Some(at) = chosen {
            self.expect_meeting(id, meeting, at);
        }
        Ok(())
    }

    /// What will happen to a planned meeting.
    fn expect_meeting(&mut self, id: PairId, meeting: MeetingId, at: Timestamp) {
        let before = at.minus(SignedDuration::from_hours(self.random.i64(3..60))).max(self.now());
        let after = at.plus(SignedDuration::from_hours(self.random.i64(2..20)));
        match self.random.u8(0..100) {
            _ if self.tempers.get(&id) == Some(&Temper::Story) => self.at(after, Act::Record(id, meeting)),
            0..14 => self.at(before, Act::Move(id, meeting)),
            14..21 => self.at(before, Act::Cancel(id, meeting)),
            21..25 => self.at(after.plus(SignedDuration::from_hours(24 * 16)), Act::Propose(id)), // nobody says how it went
            _ => self.at(after, Act::Record(id, meeting)),
        }
    }

    fn a_side(&mut self) -> Side {
        if self.chance(65) { Side::Mentee } else { Side::Mentor }
    }

    pub async fn move_meeting(&mut self, id: PairId, meeting: MeetingId) -> Answer<()> {
        let side = self.a_side();
        let days = self.random.i32(2..=7);
        let mut tx = self.app.db.write().await?;
        let access = self.as_side(&mut tx, id, side).await?;
        let before = meetings::meeting(&mut tx, &access, meeting).await?;
        let Some(start) = before.starts_at.filter(|at| *at > tx.now()) else { return Ok(()) };
        let days = working_day(start.day_in(&TimeZone::UTC).plus_days(days)).days_since(start.day_in(&TimeZone::UTC));
        let to = start.plus(SignedDuration::from_hours(24 * i64::from(days)));
        let place = before.place.as_deref();
        let moved = meetings::move_to(&mut tx, &self.app, &access, meeting, before.sequence, (to, place)).await?;
        tx.commit().await?;
        let held = if moved.is_ok() { to } else { start };
        self.at(held.plus(SignedDuration::from_hours(3)), Act::Record(id, meeting));
        Ok(())
    }

    pub async fn cancel(&mut self, id: PairId, meeting: MeetingId) -> Answer<()> {
        let side = self.a_side();
        let mut tx = self.app.db.write().await?;
        let access = self.as_side(&mut tx, id, side).await?;
        let before = meetings::meeting(&mut tx, &access, meeting).await?;
        if before.starts_at.is_none_or(|at| at <= tx.now()) {
            return Ok(());
        }
        meetings::cancel(&mut tx, &self.app, &access, meeting, before.sequence).await?;
        tx.commit().await?;
        if self.tempers.get(&id) != Some(&Temper::Stalls) {
            self.in_days(1..=6, Act::Propose(id));
        }
        Ok(())
    }

    /// The mentor says how it went, and they look ahead.
    pub async fn record(&mut self, id: PairId, meeting: MeetingId) -> Answer<()> {
        let missed = self.tempers.get(&id) != Some(&Temper::Story) && self.chance(5);
        let minutes = *self.random.choice(&[30_i64, 40, 45, 45, 45, 50, 60]).unwrap_or(&45);
        let outcome = if missed { meetings::Outcome::Missed(Who::Mentee) } else { meetings::Outcome::Held(minutes) };
        let mut tx = self.app.db.write().await?;
        let access = self.as_side(&mut tx, id, Side::Mentor).await?;
        meetings::record(&mut tx, &access, meeting, None, outcome).await?;
        let all = meetings::of_pair(&mut tx, &access).await?;
        let pair = self.pair(&mut tx, id).await?;
        let round = programs::round(&mut tx, &ByServer(pair.round_id)).await?;
        tx.commit().await?;
        let held = all.iter().filter(|meeting| meeting.state == meetings::State::Held).count();
        self.plan_next(id, held, &all, i32::try_from(round.rhythm_days).unwrap_or(30));
        Ok(())
    }

    fn plan_next(&mut self, id: PairId, held: usize, all: &[Meeting], rhythm: i32) {
        match self.tempers.get(&id) {
            Some(Temper::Story) => match STORY_MEETINGS.get(held) {
                Some(days) => self.propose_on(id, *days),
                None => self.in_days(0..=0, Act::Propose(id)),
            },
            Some(Temper::Stalls) if held >= 1 && all.len() >= 2 => {}
            Some(Temper::Slow) => self.in_days(rhythm - 12..=rhythm, Act::Propose(id)),
            _ => self.in_days(2..=9, Act::Propose(id)),
        }
    }

    pub async fn answer_checkin(&mut self, id: CheckinId, person: PersonId) -> Answer<()> {
        let mut tx = self.app.db.write().await?;
        let access = self.access(&mut tx, person, id, &[Role::Mentor, Role::Mentee]).await?;
        let checkin = checkins::checkin(&mut tx, &access).await?;
        // People who are asked at the beginning are not as sure as later.
        let lowest = if checkin.occasion == checkins::Occasion::Baseline { 1 } else { 3 };
        let given = self.checkin(&checkin.questions.0, lowest);
        checkins::answer(&mut tx, &access, &given).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The first day on which to meet: four weeks after the last time, and not before next week.
fn first_day(meetings: &[Meeting], round: &Round, today: Day) -> Day {
    let last = meetings
        .iter()
        .filter(|meeting| meeting.state == crate::meetings::State::Held)
        .filter_map(|one| one.starts_at)
        .max();
    let due = last.map(|at| at.day_in(&TimeZone::UTC).plus_days(26));
    [due, Some(round.starts_on), Some(today.plus_days(5))].into_iter().flatten().max().unwrap_or(today)
}

/// An hour in UTC at which both work, or the one that is least bad for both: from eight to six, each on their clock.
fn hour_at_work(day: Day, zones: &[TimeZone; 2]) -> i8 {
    let outside = |hour: i8| -> i32 {
        let local = |zone: &TimeZone| i32::from(moment(day, hour, 0).jiff().to_zoned(zone.clone()).hour());
        zones.iter().map(|zone| (8 - local(zone)).max(local(zone) - 17).max(0)).sum()
    };
    (0..24).min_by_key(|hour| outside(*hour)).unwrap_or(12)
}
