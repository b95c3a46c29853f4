//! How a pair begins: an accepted proposal becomes a pair with a drafted agreement, and both are introduced.

use askama::Template;
use serde_json::Value;

use super::{Pair, Profile, Profiles, cards, pair, store, why};
use crate::{
    jobs,
    kernel::{
        app::App,
        db::Tx,
        error::Answer,
        event::Event,
        guard::ByServer,
        ids::{PairId, ProposalId},
    },
    mail::{self, Letter},
    matching::proposals,
    people::Card,
    programs::{
        self, Program, Round, Side, Stage,
        template::{Agenda, fill},
    },
};

/// The job `pairs.begin`: the payload is the accepted proposal. Doing it again does nothing. In a round that has closed by
/// then no pair begins: it would count as one that reached the end, and the two never met. They are told.
///
/// # Errors
/// When the payload is no id or the database fails.
pub async fn begin(app: App, payload: Value) -> Answer<()> {
    let proposal: ProposalId = jobs::id(&payload)?;
    let mut tx = app.db.write().await?;
    begin_from(&mut tx, &app, proposal).await?;
    tx.commit().await?;
    Ok(())
}

async fn begin_from(tx: &mut Tx, app: &App, proposal: ProposalId) -> Answer<()> {
    let id = PairId::new();
    // Whoever closes the round holds the same lock: the pair begins before, and is completed with it, or not at all.
    let round = proposals::proposal(tx, &ByServer(proposal)).await?.round_id;
    tx.lock(round).await?;
    let round = programs::round(tx, &ByServer(round)).await?;
    let program = programs::program_of(tx, &round).await?;
    if !store::insert(tx, id, proposal, program.direction.leads()).await? {
        if !store::has_begun(tx, proposal).await? {
            proposals::never_began(tx, app, proposal).await?;
        }
        return Ok(());
    }
    let pair = pair(tx, &ByServer(id)).await?;
    let words = draft(app, tx, &pair, &round, &program).await?;
    store::insert_agreement(tx, id, round.rhythm_days, round.meeting_minutes, &words).await?;
    Event::by_server("pair.began").program(round.program_id).round(round.id).pair(id).on(id).record(tx).await?;
    programs::begin_stage(tx, &ByServer(round.id), Stage::Run).await?;
    introduce(tx, app, &pair, &round, &program).await
}

/// The program's text with the names of these two in it.
async fn draft(app: &App, tx: &mut Tx, pair: &Pair, round: &Round, program: &Program) -> Answer<String> {
    let mut values = round.placeholders();
    values.extend([
        ("organization", app.organization(tx).await?.name),
        ("mentor", pair.mentor.clone()),
        ("mentee", pair.mentee.clone()),
        ("name", pair.mentee.clone()),
    ]);
    Ok(fill(program.design.texts.agreement.trim(), &values))
}

/// One of the two, as the letters show them.
struct Face<'a> {
    card: &'a Card,
    profile: &'a Profile,
    side: Side,
}

impl Face<'_> {
    fn is_mentor(&self) -> bool {
        self.side == Side::Mentor
    }
}

/// What both letters say; each is written from one side.
struct Introduction<'a> {
    me: Face<'a>,
    other: Face<'a>,
    why: Vec<String>,
    round: &'a Round,
    led_by: Side,
    agenda: Option<&'a Agenda>,
    link: String,
}

impl Introduction<'_> {
    fn gate(&self) -> bool {
        self.round.agreement_gate == "required"
    }
}

#[derive(Template)]
#[template(path = "pairs/mail_introduction.txt")]
struct IntroductionText<'a> {
    it: &'a Introduction<'a>,
}

#[derive(Template)]
#[template(path = "pairs/mail_introduction.html")]
struct IntroductionHtml<'a> {
    it: &'a Introduction<'a>,
}

/// Writes to both: who the other one is, why they were matched, what comes first.
async fn introduce(tx: &mut Tx, app: &App, pair: &Pair, round: &Round, program: &Program) -> Answer<()> {
    let profiles = Profiles::load(tx, pair, &program.design).await?;
    let (mentor, mentee) = cards(tx, pair).await?;
    let labels = program.labels();
    let face = |side: Side| Face {
        card: if side == Side::Mentor { &mentor } else { &mentee },
        profile: profiles.on(side),
        side,
    };
    for side in [Side::Mentor, Side::Mentee] {
        let it = Introduction {
            me: face(side),
            other: face(side.other()),
            why: labels.over(|| why(pair, &mentor, &mentee, side))?,
            round,
            led_by: pair.led_by,
            agenda: program.design.agendas.first(),
            link: app.link(&pair.href()),
        };
        let me = it.me.card;
        let Some(address) = &me.email else { continue };
        let key = format!("introduction:{}:{}", pair.id, me.id);
        let letter = Letter::from_templates(
            &labels,
            key,
            me.id,
            address,
            &IntroductionText { it: &it },
            &IntroductionHtml { it: &it },
        )?;
        mail::write(tx, app, letter).await?;
    }
    Ok(())
}
