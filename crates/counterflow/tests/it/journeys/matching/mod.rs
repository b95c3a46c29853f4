//! From criteria to pairs: what a manager does, and what each side sees of it.

mod board;
mod closing;
mod criteria;
mod proposals;
mod races;
mod runs;
mod secrecy;
mod templates;

use counterflow::programs::Side;

use crate::support::{
    app::TestApp,
    matching::{Given, Matched, Someone},
};

/// Ruth and Gregor can be matched, Bernard with nobody: Ana and Elif are too near to him, and Tom to everybody.
pub struct Six {
    pub round: Matched,
    pub ruth: Someone,
    pub gregor: Someone,
    pub ana: Someone,
    pub elif: Someone,
    pub tom: Someone,
}

pub async fn six(app: &TestApp) -> Six {
    let round = app.round_to_match().await;
    let given = |level, department, topics| Given { level, department, topics, ..Given::default() };
    app.admit(&round, "Bernard Stone", Side::Mentee, given(5, "Logistics", &[("own-tools", 2)])).await;
    Six {
        ruth: app.admit(&round, "Ruth Okafor", Side::Mentee, given(9, "Finance", &[("ai-at-work", 3)])).await,
        gregor: app.admit(&round, "Gregor Maier", Side::Mentee, given(8, "Operations", &[("data", 3)])).await,
        ana: app.admit(&round, "Ana Lim", Side::Mentor, given(3, "Platform", &[("ai-at-work", 4), ("data", 2)])).await,
        elif: app.admit(&round, "Elif Kaya", Side::Mentor, given(4, "Analytics", &[("data", 3)])).await,
        tom: app.admit(&round, "Tom Whitaker", Side::Mentor, given(7, "Support", &[("social-media", 5)])).await,
        round,
    }
}
