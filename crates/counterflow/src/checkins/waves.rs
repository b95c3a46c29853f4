//! The days on which a round asks everybody at once. Baselines have none: they follow the pairs' own beginnings.

use super::{Occasion, wave_store as store};
use crate::{
    kernel::{
        clock::Day,
        db::Tx,
        error::Answer,
        guard::{Access, ByServer},
        ids::RoundId,
    },
    programs::{Dates, Round},
};

/// The endline is asked so many days before the round ends, while people still meet.
const ENDLINE_DAYS: i32 = 7;

/// When a round asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waves {
    /// Halfway.
    pub midpoint: Day,
    /// At the end.
    pub endline: Day,
}

impl Waves {
    /// The rule: in the middle, and a week before the end.
    #[must_use]
    pub fn by_rule(dates: Dates) -> Self {
        let middle = dates.starts_on.plus_days(dates.ends_on.days_since(dates.starts_on) / 2);
        Self { midpoint: middle, endline: dates.ends_on.plus_days(-ENDLINE_DAYS).max(middle) }
    }

    /// The rule, but for what was chosen. A day that the round has lost, because its dates were changed, moves inside.
    fn chosen(dates: Dates, chosen: &[(Occasion, Day)]) -> Self {
        let rule = Self::by_rule(dates);
        let day = |occasion, rule| {
            let found = chosen.iter().find(|(on, _)| *on == occasion).map(|(_, day)| *day);
            found.map_or(rule, |day| day.clamp(dates.starts_on, dates.ends_on))
        };
        let midpoint = day(Occasion::Midpoint, rule.midpoint);
        Self { midpoint, endline: day(Occasion::Endline, rule.endline).max(midpoint) }
    }
}

/// When a round asks.
///
/// # Errors
/// When the database fails.
pub async fn waves(tx: &mut Tx, round: &Round) -> Answer<Waves> {
    let chosen = store::chosen(tx, &ByServer(round.id)).await?;
    Ok(Waves::chosen(round.dates(), &chosen))
}

/// Chooses when a round asks. What is as the rule says follows it again when the round's dates change.
///
/// # Errors
/// When the database fails.
pub async fn set_waves(tx: &mut Tx, access: &Access<RoundId>, dates: Dates, waves: Waves) -> Answer<()> {
    let rule = Waves::by_rule(dates);
    for (occasion, day, by_rule) in
        [(Occasion::Midpoint, waves.midpoint, rule.midpoint), (Occasion::Endline, waves.endline, rule.endline)]
    {
        store::choose(tx, access, occasion, (day != by_rule).then_some(day)).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn a_chosen_day_stays_inside_the_round_and_in_order() {
        let dates = Dates { enroll_until: day("2026-01-30"), starts_on: day("2026-02-16"), ends_on: day("2026-08-15") };
        let check = |chosen: &[(Occasion, &str)], midpoint: &str, endline: &str| {
            let chosen: Vec<_> = chosen.iter().map(|(on, text)| (*on, day(text))).collect();
            let expected = Waves { midpoint: day(midpoint), endline: day(endline) };
            assert_eq!(Waves::chosen(dates, &chosen), expected, "{chosen:?}");
        };
        check(&[], "2026-05-17", "2026-08-08");
        check(&[(Occasion::Midpoint, "2026-04-01")], "2026-04-01", "2026-08-08");
        check(&[(Occasion::Endline, "2026-12-24")], "2026-05-17", "2026-08-15");
        check(&[(Occasion::Midpoint, "2026-08-12")], "2026-08-12", "2026-08-12");
        check(&[(Occasion::Midpoint, "2025-01-01"), (Occasion::Endline, "2026-03-01")], "2026-02-16", "2026-03-01");
    }

    #[test]
    fn a_short_round_asks_in_order_too() {
        let dates = Dates { enroll_until: day("2026-01-30"), starts_on: day("2026-02-16"), ends_on: day("2026-02-20") };
        assert_eq!(Waves::by_rule(dates), Waves { midpoint: day("2026-02-18"), endline: day("2026-02-18") });
    }
}
