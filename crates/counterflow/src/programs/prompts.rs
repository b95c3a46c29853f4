//! What a sponsor is asked to say at three moments of a round: when its pairs begin, at half time, and when it closes.
//! A sponsor's few words there do more than any reminder, and nobody thinks of them by themselves.

use askama::Template;
use jiff::tz::TimeZone;

use super::{
    Direction, Program, ProgramRole, Round, Stage,
    prompt_store::{self as store, Prompt},
    role_store::{self, Addressee},
    template::fill,
};
use crate::{
    kernel::{
        app::App,
        clock::Day,
        db::Tx,
        error::{Answer, Error},
        event::Event,
        guard::{Access, ByServer},
        ids::RoundId,
        words,
    },
    mail::{self, Letter},
    words,
};

words! {
    /// When a sponsor is asked for a few words.
    Moment {
        /// The pairs begin.
        Kickoff = "kickoff",
        /// Half of the round is over.
        Midpoint = "midpoint",
        /// The round closes.
        Close = "close",
    }
}

impl Moment {
    /// The moment in which a round is on a day, if it is one.
    fn of(round: &Round, today: Day) -> Option<Self> {
        let half = round.ends_on.days_since(round.starts_on) / 2;
        match round.stage {
            Stage::Launch => Some(Self::Kickoff),
            Stage::Run if today >= round.starts_on.plus_days(half) => Some(Self::Midpoint),
            Stage::Run => Some(Self::Kickoff),
            Stage::Close => Some(Self::Close),
            _ => None,
        }
    }

    /// Words that a sponsor can make their own.
    fn suggestion(self, direction: Direction, round: &Round) -> String {
        fill(&self.words(direction), &round.placeholders())
    }

    /// The same with its placeholders.
    fn words(self, direction: Direction) -> String {
        let key = match (self, direction) {
            (Self::Kickoff, Direction::Reverse) => "kickoff_reverse",
            (Self::Kickoff, _) => "kickoff",
            (Self::Midpoint, _) => "midpoint",
            (Self::Close, Direction::Reverse) => "close_reverse",
            (Self::Close, _) => "close",
        };
        words::say("prompt", key, &[])
    }
}

/// Something that a sponsor is asked to say.
#[derive(Debug, Clone)]
pub struct Asked {
    /// When.
    pub moment: Moment,
    /// Words to make their own.
    pub suggestion: String,
    /// Whether they said that it is done.
    pub is_done: bool,
}

/// What the viewer was asked to say in a round, the latest first. What was not said at an earlier moment has had its time.
///
/// # Errors
/// When the database fails.
pub async fn asked(tx: &mut Tx, access: &Access<RoundId>, round: &Round) -> Answer<Vec<Asked>> {
    let prompts = store::prompts(tx, access, access.viewer.person).await?;
    let direction = super::program_of(tx, round).await?.direction;
    let asked = |prompt: Prompt| Asked {
        moment: prompt.occasion,
        suggestion: prompt.occasion.suggestion(direction, round),
        is_done: prompt.done_at.is_some(),
    };
    let has_its_time = |(at, prompt): &(usize, Prompt)| *at == 0 || prompt.done_at.is_some();
    Ok(prompts.into_iter().enumerate().filter(has_its_time).map(|(_, prompt)| asked(prompt)).collect())
}

/// Notes that a sponsor has said it. The same again changes nothing.
///
/// # Errors
/// [`Error::NotFound`] if they were not asked, or when the database fails.
pub async fn said(tx: &mut Tx, access: &Access<RoundId>, moment: Moment) -> Answer<()> {
    let prompts = store::prompts(tx, access, access.viewer.person).await?;
    let prompt = prompts.iter().find(|prompt| prompt.occasion == moment).ok_or(Error::NotFound)?;
    if prompt.done_at.is_none() {
        store::set_done(tx, access, access.viewer.person, moment).await?;
        let round = super::round(tx, access).await?;
        Event::by(&access.viewer, "sponsor.spoke")
            .program(round.program_id)
            .round(round.id)
            .on(round.id)
            .record(tx)
            .await?;
    }
    Ok(())
}

/// The job `programs.prompt_sponsors`: asks every sponsor of a round that has come to one of its moments, once.
///
/// # Errors
/// When the database fails. Each round is a transaction of its own.
pub async fn prompt_sponsors(app: App) -> Answer<()> {
    let rounds = store::under_way(&mut app.db.read().await?).await?;
    for id in rounds {
        let mut tx = app.db.write().await?;
        let organization = app.organization(&mut tx).await?;
        let today = tx.now().day_in(&TimeZone::get(&organization.time_zone).unwrap_or(TimeZone::UTC));
        let round = super::round(&mut tx, &ByServer(id)).await?;
        if let Some(moment) = Moment::of(&round, today) {
            ask(&mut tx, &app, &round, moment).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

async fn ask(tx: &mut Tx, app: &App, round: &Round, moment: Moment) -> Answer<()> {
    let program = super::program_of(tx, round).await?;
    for sponsor in role_store::addressees(tx, &round.program_leave(), ProgramRole::Sponsor).await? {
        if store::insert(tx, round.id, sponsor.id, moment).await? {
            let key = format!("sponsor-prompt:{}:{moment}:{}", round.id, sponsor.id);
            mail::write(tx, app, letter(app, &program, key, round, moment, &sponsor)?).await?;
        }
    }
    Ok(())
}

#[derive(Template)]
#[template(path = "programs/mail_prompt.txt")]
struct Text<'a> {
    moment: Moment,
    name: &'a str,
    round: &'a Round,
    suggestion: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "programs/mail_prompt.html")]
struct Html<'a> {
    moment: Moment,
    name: &'a str,
    round: &'a Round,
    suggestion: &'a str,
    link: &'a str,
}

fn letter(app: &App, program: &Program, key: String, round: &Round, moment: Moment, to: &Addressee) -> Answer<Letter> {
    let labels = &program.labels();
    let link = &app.link(&format!("{}/sponsor", round.href()));
    let suggestion = &labels.over(|| moment.suggestion(program.direction, round));
    let name = &to.name;
    let text = Text { moment, name, round, suggestion, link };
    let html = Html { moment, name, round, suggestion, link };
    Letter::from_templates(labels, key, to.id, &to.email, &text, &html)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suggestion_fills_every_placeholder() {
        for (moment, direction) in
            Moment::ALL.iter().flat_map(|moment| Direction::ALL.iter().map(move |to| (*moment, *to)))
        {
            let words = moment.words(direction);
            let known = |name: &str| super::super::template::PLACEHOLDERS.iter().any(|(known, _)| *known == name);
            for rest in words.split('{').skip(1) {
                let name = rest.split('}').next().unwrap_or_default();
                assert!(known(name), "{moment}: {{{name}}}");
            }
        }
    }
}
