//! What a round is to show: its measures, what they can show with so many people, when people are asked, and what.
//!
//! The measures and the questions belong to the program, so that its rounds can be compared; the days of the waves and
//! the expected numbers belong to the round.

mod note;
pub mod pages;
pub mod question_pages;
mod questions;
mod rows;
mod store;

use crate::{
    checkins::{self, Waves},
    kernel::{db::Tx, error::Answer, guard::Access, ids::RoundId},
    programs::{self, Program, Round, Seen, template::Kpi},
};

/// How many percent of the pairs are expected to answer before and after, where nobody has said otherwise.
const ANSWERING: i64 = 80;
/// Pairs of a round of which nothing is known yet.
const PAIRS: i64 = 40;

/// With how many people a round is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Expected {
    /// Pairs; as many as leaders are in if nobody has said.
    pub pairs: Option<i64>,
    /// Percent of the pairs of which an answer before and after is expected.
    pub answering: i64,
}

impl Default for Expected {
    fn default() -> Self {
        Self { pairs: None, answering: ANSWERING }
    }
}

/// Everything that the page of the measures changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What will show whether it worked.
    pub kpis: Vec<Kpi>,
    /// When people are asked.
    pub waves: Waves,
    /// With how many people.
    pub expected: Expected,
}

/// How round and program stand.
#[derive(Debug)]
pub struct Standing {
    /// The round.
    pub round: Round,
    /// Its program.
    pub program: Program,
    /// What is stored.
    pub plan: Plan,
    /// Pairs that can be expected, if nobody says otherwise: the leaders who are in, or as many as a round often has.
    pub likely_pairs: i64,
    /// Whether anybody is in yet.
    pub is_counted: bool,
}

impl Standing {
    /// Reads it.
    ///
    /// # Errors
    /// [`crate::kernel::error::Error::NotFound`], or when the database fails.
    pub async fn read(tx: &mut Tx, access: &Access<RoundId>) -> Answer<Self> {
        let round = programs::round(tx, access).await?;
        let program = programs::program_of(tx, &round).await?;
        let (waves, leaders) = (checkins::waves(tx, &round).await?, store::leaders_in(tx, access).await?);
        let expected = store::expected(tx, access).await?.unwrap_or_default();
        let plan = Plan { kpis: program.design.kpis.clone(), waves, expected };
        let likely_pairs = if leaders > 0 { leaders } else { PAIRS };
        Ok(Self { round, program, plan, likely_pairs, is_counted: leaders > 0 })
    }

    /// The versions of what is stored.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen { round: self.round.version, program: self.program.version }
    }
}

/// Saves a plan that was made on the sight of two versions. What is stored already is not saved again.
///
/// # Errors
/// `archived`; `changed_meanwhile` if somebody else was faster; or when the database fails.
pub async fn save(tx: &mut Tx, access: &Access<RoundId>, plan: &Plan, seen: Seen) -> Answer<()> {
    let stored = Standing::read(tx, access).await?;
    programs::set_kpis(tx, access, seen.program, plan.kpis.clone()).await?;
    if (plan.waves, plan.expected) != (stored.plan.waves, stored.plan.expected) {
        programs::touch_round(tx, access, seen.round, "round.measures_changed").await?;
        checkins::set_waves(tx, access, stored.round.dates(), plan.waves).await?;
        store::expect(tx, access, plan.expected).await?;
    }
    Ok(())
}
