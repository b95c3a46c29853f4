//! Whether circles are what they say they are. Shares with the search how one pair is scored, and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use super::{CircleStatus, Circles};
use crate::compiled::CompiledInstance;
use crate::instance::PairIds;
use crate::profile::{Side, Sides};

/// What is wrong with circles.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CircleViolation {
    /// A circle with too many or too few people; circles are named by their positions, from 0.
    #[error("circle {circle} is not of the shape")]
    Shape {
        /// Which circle.
        circle: usize,
    },
    /// Somebody who does not exist.
    #[error("there is no {side} {person}")]
    UnknownPerson {
        /// The side.
        side: Side,
        /// The id.
        person: String,
    },
    /// Somebody who is in two places, or nowhere.
    #[error("{side} {person} is not in exactly one circle or among the unplaced")]
    NotOnce {
        /// The side.
        side: Side,
        /// The id.
        person: String,
    },
    /// Two people in one circle who cannot meet.
    #[error("mentor {} and mentee {} are in one circle, but cannot meet", .0.mentor, .0.mentee)]
    Inadmissible(PairIds),
    /// A circle's score is not the sum of the scores of its pairs.
    #[error("circle {circle} has a score of {score}, not of {claimed}")]
    Score {
        /// Which circle.
        circle: usize,
        /// What it says.
        claimed: u32,
        /// What it is.
        score: u32,
    },
    /// The total is not the sum of the circles' scores.
    #[error("the total is {total}, not {claimed}")]
    Total {
        /// What is said.
        claimed: i64,
        /// What it is.
        total: i64,
    },
    /// A price that cannot prove anything.
    #[error("the price of {side} {person} is {price}; it has to be 0 or more")]
    Price {
        /// The side.
        side: Side,
        /// The id.
        person: String,
        /// The price.
        price: i64,
    },
    /// The number of people does not prove that there can be no more circles than this.
    #[error("people suffice for at most {most} circles, not for {claimed}")]
    Most {
        /// What is said.
        claimed: u32,
        /// What people, and scarce ones among them, suffice for.
        most: u32,
    },
    /// The prices prove another bound.
    #[error("the prices prove a bound of {bound}, not of {claimed}")]
    Bound {
        /// What is said.
        claimed: i64,
        /// What they prove.
        bound: i64,
    },
    /// The status says something else than circles and bound.
    #[error("the status has to be {expected:?}")]
    Status {
        /// What follows from circles and bound.
        expected: CircleStatus,
    },
}

/// Checks that circles keep every rule, that their scores are right, and that nothing is better than the bound says.
///
/// # Errors
/// The first thing that is wrong.
pub fn verify_circles(compiled: &CompiledInstance, circles: &Circles) -> Result<(), CircleViolation> {
    check_places(compiled, circles)?;
    check_scores(compiled, circles)?;
    let table = able(compiled, circles);
    let most = Side::BOTH.map(|side| table.of(side).len() / circles.shape.of(side));
    let most = most[0].min(most[1]).min(scarcity(compiled, circles, &table)?) as u32;
    if circles.proof.most != most {
        return Err(CircleViolation::Most { claimed: circles.proof.most, most });
    }
    let bound = proven_bound(compiled, circles, &table)?;
    if circles.bound != bound {
        return Err(CircleViolation::Bound { claimed: circles.bound, bound });
    }
    let more = most - circles.circles.len() as u32;
    let expected = match (more, bound - circles.total) {
        (0, 0) => CircleStatus::Exact,
        (circles, total) => CircleStatus::Gap { circles, total },
    };
    if circles.status == expected { Ok(()) } else { Err(CircleViolation::Status { expected }) }
}

fn check_places(compiled: &CompiledInstance, circles: &Circles) -> Result<(), CircleViolation> {
    for (at, circle) in circles.circles.iter().enumerate() {
        let sizes = (circle.mentors.len(), circle.mentees.len());
        if sizes != (circles.shape.of(Side::Mentor), circles.shape.of(Side::Mentee)) {
            return Err(CircleViolation::Shape { circle: at });
        }
    }
    for side in Side::BOTH {
        let members = circles.circles.iter().flat_map(|circle| match side {
            Side::Mentor => &circle.mentors,
            Side::Mentee => &circle.mentees,
        });
        let mut left: BTreeSet<&str> = compiled.people(side).ids().collect();
        for person in members.chain(circles.unplaced.of(side)) {
            if !left.remove(person.as_str()) {
                return Err(match compiled.position(side, person) {
                    None => CircleViolation::UnknownPerson { side, person: person.clone() },
                    Some(_) => CircleViolation::NotOnce { side, person: person.clone() },
                });
            }
        }
        if let Some(person) = left.first() {
            return Err(CircleViolation::NotOnce { side, person: (*person).to_owned() });
        }
    }
    Ok(())
}

fn check_scores(compiled: &CompiledInstance, circles: &Circles) -> Result<(), CircleViolation> {
    let mut total = 0;
    for (at, circle) in circles.circles.iter().enumerate() {
        let mut score = 0;
        for mentor in &circle.mentors {
            for mentee in &circle.mentees {
                let pair = compiled.position(Side::Mentor, mentor).zip(compiled.position(Side::Mentee, mentee));
                let admissible = pair.and_then(|(mentor, mentee)| compiled.score(mentor, mentee));
                score += admissible.ok_or_else(|| CircleViolation::Inadmissible(PairIds::new(mentor, mentee)))?;
            }
        }
        if score != circle.score {
            return Err(CircleViolation::Score { circle: at, claimed: circle.score, score });
        }
        total += i64::from(score);
    }
    if total == circles.total { Ok(()) } else { Err(CircleViolation::Total { claimed: circles.total, total }) }
}

/// The scores of each person's admissible partners, by positions.
type Partners = BTreeMap<usize, BTreeMap<usize, u32>>;

/// Who has enough admissible partners, counting only those who have enough themselves.
fn able(compiled: &CompiledInstance, circles: &Circles) -> Sides<Partners> {
    let mut table: Sides<Partners> = Sides::default();
    for mentor in 0..compiled.people(Side::Mentor).len() {
        for mentee in 0..compiled.people(Side::Mentee).len() {
            if let Some(score) = compiled.score(mentor, mentee) {
                table.mentors.entry(mentor).or_default().insert(mentee, score);
                table.mentees.entry(mentee).or_default().insert(mentor, score);
            }
        }
    }
    loop {
        let before = table.mentors.len() + table.mentees.len();
        for side in Side::BOTH {
            let needed = circles.shape.of(side.other());
            let few =
                |(&person, partners): (&usize, &BTreeMap<usize, u32>)| (partners.len() < needed).then_some(person);
            let gone: Vec<usize> = table.of(side).iter().filter_map(few).collect();
            for person in gone {
                for partner in table.of_mut(side).remove(&person).unwrap_or_default().keys() {
                    if let Some(partners) = table.of_mut(side.other()).get_mut(partner) {
                        partners.remove(&person);
                    }
                }
            }
        }
        if before == table.mentors.len() + table.mentees.len() {
            return table;
        }
    }
}

/// How many circles the scarce people leave possible.
fn scarcity(compiled: &CompiledInstance, circles: &Circles, table: &Sides<Partners>) -> Result<usize, CircleViolation> {
    let side = circles.proof.scarce;
    let mut scarce = BTreeSet::new();
    for person in &circles.proof.scarce_people {
        let unknown = || CircleViolation::UnknownPerson { side, person: person.clone() };
        scarce.insert(compiled.position(side, person).ok_or_else(unknown)?);
    }
    let (size, across) = (circles.shape.of(side), circles.shape.of(side.other()));
    let other_pairs =
        |partners: &BTreeMap<usize, u32>| size.min(partners.keys().filter(|partner| !scarce.contains(partner)).count());
    let pairs = scarce.len() * across + table.of(side.other()).values().map(other_pairs).sum::<usize>();
    Ok(pairs / (size * across))
}

fn proven_bound(
    compiled: &CompiledInstance,
    circles: &Circles,
    table: &Sides<Partners>,
) -> Result<i64, CircleViolation> {
    let (priced, choosing) = (circles.proof.side, circles.proof.side.other());
    let mut prices = BTreeMap::new();
    for (person, &price) in &circles.proof.prices {
        let unknown = || CircleViolation::UnknownPerson { side: priced, person: person.clone() };
        if price < 0 {
            return Err(CircleViolation::Price { side: priced, person: person.clone(), price });
        }
        prices.insert(compiled.position(priced, person).ok_or_else(unknown)?, price);
    }
    let sum = |partners: &BTreeMap<usize, u32>| {
        let gain = |(person, &score): (&usize, &u32)| i64::from(score) - prices.get(person).copied().unwrap_or(0);
        let mut gains: Vec<i64> = partners.iter().map(gain).collect();
        gains.sort_unstable();
        gains.iter().rev().take(circles.shape.of(priced)).sum::<i64>()
    };
    let mut sums: Vec<i64> = table.of(choosing).values().map(sum).collect();
    sums.sort_unstable();
    let per_circle = circles.shape.of(choosing);
    let least = circles.circles.len() * per_circle;
    let most = circles.proof.most as usize * per_circle;
    let chosen = sums.iter().rev().take(most).enumerate();
    let chosen: i64 = chosen.map(|(at, &sum)| if at < least { sum } else { sum.max(0) }).sum();
    Ok(chosen + per_circle as i64 * prices.values().sum::<i64>())
}
