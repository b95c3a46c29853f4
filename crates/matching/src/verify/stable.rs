//! Would any two people rather have each other than keep to the draft?
//!
//! Who gave a list would have the people on it who come before the least liked partner; with all lists at hand, these
//! wishes are looked through one by one. Where neither of two people gave a list, their score has to be better for both
//! than that of their least liked partners, which is a question for the search through all pairs.

use super::draft::{Draft, Judge};
use super::pairs::{Ask, Claim, Limit, Search};
use super::rules::At;
use super::score::Scorer;
use super::{How, Violation};
use crate::certificate::Certificate;
use crate::objective::FULL_SCORE;
use crate::profile::{Side, Sides};

/// Refuses pairs that somebody did not choose, and pairs outside the draft that both would rather have.
pub(super) fn prove(how: How, draft: &Draft, scorer: &Scorer, certificate: &Certificate) -> Result<(), Violation> {
    let Certificate { prices, rents, bounds, .. } = certificate;
    if !(prices.mentors.is_empty() && prices.mentees.is_empty() && rents.is_empty() && bounds.is_empty()) {
        return Err(Violation::Priced);
    }
    let wishes = Wishes::read(draft)?;
    wishes.check_lists(&mut Judge::new(draft.rules, scorer))?;
    let ask = wishes.ask(scorer.columns);
    let nobody_asks = ask.rows.iter().all(Option::is_none) || ask.columns.iter().all(|&at| at == ask.limit.closed());
    if nobody_asks { Ok(()) } else { Search::new(&ask, &wishes, scorer).run(how) }
}

/// Whom everybody would rather have.
struct Wishes<'d> {
    draft: &'d Draft<'d>,
    takes: Sides<Vec<Takes>>,
    /// The pairs that people with lists would rather have, in order.
    listed: Sides<Vec<At>>,
}

/// Whom a person would take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Takes {
    /// Those who are wished for by list.
    Listed,
    Anybody,
    Nobody,
    /// Somebody with a better score, or with an equal one and a smaller position.
    Better {
        score: u32,
        position: u32,
    },
}

impl<'d> Wishes<'d> {
    fn read(draft: &'d Draft<'d>) -> Result<Self, Violation> {
        let nothing = Sides::from_fn(|side| vec![Takes::Anybody; draft.compiled.people(side).len()]);
        let mut wishes = Self { draft, takes: nothing, listed: Sides::default() };
        for side in Side::BOTH {
            // Who is paired with whom, at what score.
            let own = |(pair, score): (At, u32)| (turned(side, pair), score);
            let mut partners: Vec<(At, u32)> = draft.pairs.iter().copied().map(own).collect();
            partners.sort_unstable();
            let mut rest = partners.as_slice();
            for person in 0..draft.compiled.people(side).len() {
                let count = rest.iter().take_while(|((owner, _), _)| *owner as usize == person).count();
                let (own, others) = rest.split_at(count);
                rest = others;
                let takes = wishes.of_person(side, person, own)?;
                wishes.takes.of_mut(side)[person] = takes;
            }
            wishes.listed.of_mut(side).sort_unstable();
        }
        Ok(wishes)
    }

    /// Whom a person would take, who has these partners.
    fn of_person(&mut self, side: Side, person: usize, partners: &[(At, u32)]) -> Result<Takes, Violation> {
        let is_pinned = |partner: u32| self.draft.rules.is_pinned(turned(side, (person as u32, partner)));
        let chosen = partners.iter().map(|&((_, partner), score)| (partner, score)).filter(|&(at, _)| !is_pinned(at));
        let chosen: Vec<(u32, u32)> = chosen.collect();
        let has_place = (partners.len() as u32) < self.draft.compiled.people(side).capacity(person);
        if self.draft.compiled.people(side).choices().has(person) {
            self.add_listed(side, person, partners, &chosen, has_place)?;
            return Ok(Takes::Listed);
        }
        let least = chosen.into_iter().min_by_key(|&(position, score)| (score, std::cmp::Reverse(position)));
        Ok(match least {
            _ if has_place => Takes::Anybody,
            Some((position, score)) => Takes::Better { score, position },
            None => Takes::Nobody,
        })
    }

    /// Notes whom a person with a list would rather have than the least liked of those who were chosen for them.
    fn add_listed(
        &mut self,
        side: Side,
        person: usize,
        partners: &[(At, u32)],
        chosen: &[(u32, u32)],
        has_place: bool,
    ) -> Result<(), Violation> {
        let list: Vec<u32> = self.draft.compiled.people(side).choices().of(person).collect();
        let mut reach = if has_place { list.len() } else { 0 };
        for &(partner, _) in chosen {
            let pair = turned(side, (person as u32, partner));
            let rank = list.iter().position(|&choice| choice == partner);
            let rank = rank.ok_or_else(|| Violation::NotChosen { pair: self.draft.ids(pair), side })?;
            reach = reach.max(rank);
        }
        let partner = |choice: &u32| partners.iter().any(|((_, partner), _)| partner == choice);
        let wished = list[..reach].iter().filter(|choice| !partner(choice));
        let wished = wished.map(|&choice| turned(side, (person as u32, choice)));
        self.listed.of_mut(side).extend(wished);
        Ok(())
    }

    /// Whether both of a pair would take the other.
    fn is_mutual(&self, pair: At, score: u32) -> bool {
        Side::BOTH.into_iter().all(|side| {
            let (person, other) = turned(side, pair);
            match self.takes.of(side)[person as usize] {
                Takes::Anybody => true,
                Takes::Nobody => false,
                Takes::Listed => self.listed.of(side).binary_search(&pair).is_ok(),
                Takes::Better { score: least, position } => score > least || score == least && other < position,
            }
        })
    }

    /// Looks for two people who want each other among the wishes of people with lists.
    fn check_lists(&self, judge: &mut Judge) -> Result<(), Violation> {
        for &pair in self.listed.mentors.iter().chain(&self.listed.mentees) {
            // Most wishes are idle whatever the pair scores.
            if self.is_mutual(pair, FULL_SCORE) && judge.score(pair).is_some_and(|score| self.is_mutual(pair, score)) {
                return Err(Violation::Blocking { pair: self.draft.ids(pair) });
            }
        }
        Ok(())
    }

    /// What has to be asked of all pairs of people without lists.
    fn ask(&self, columns: Side) -> Ask {
        let limit = Limit::Smaller;
        let number = |takes: &Takes| match takes {
            Takes::Listed | Takes::Nobody => None,
            Takes::Anybody => Some(i64::from(FULL_SCORE) + 1),
            Takes::Better { score, .. } => Some(i64::from(FULL_SCORE - score) + 1),
        };
        let column = |takes: &Takes| number(takes).unwrap_or(limit.closed());
        Ask {
            limit,
            rows: self.takes.of(columns.other()).iter().map(number).collect(),
            columns: self.takes.of(columns).iter().map(column).collect(),
        }
    }
}

/// Nobody outside the draft would rather have each other.
impl Claim for Wishes<'_> {
    fn excuses(&self, pair: At, deficit: u32) -> bool {
        let in_draft = || self.draft.score(pair).is_some();
        !self.is_mutual(pair, FULL_SCORE - deficit) || in_draft() || self.draft.rules.are_apart(pair)
    }

    fn refuted_by(&self, pair: At, _: u32) -> Violation {
        Violation::Blocking { pair: self.draft.ids(pair) }
    }
}

/// The person of a side first, from mentor and mentee; or the other way round.
fn turned(side: Side, (first, second): At) -> At {
    match side {
        Side::Mentor => (first, second),
        Side::Mentee => (second, first),
    }
}
