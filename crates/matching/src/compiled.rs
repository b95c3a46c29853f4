//! An instance laid out for scoring: which pairs are possible, and what each is worth.

use crate::criteria::{Criteria, Depth, HardRule, Missing, Rule, Weight};
use crate::degree;
use crate::instance::{Input, InstanceError, PairIds};
use crate::objective::{Bonus, FULL_SCORE, Objective};
use crate::org::Spot;
use crate::people::People;
use crate::profile::{Side, Sides};
use crate::table::{Table, Verdict};

/// A checked [`Instance`](crate::Instance). People stand in the order of their ids, and are spoken of by their positions inside the crate.
///
/// Takes memory for the people and their values, never for the pairs: a pair is judged when it is asked for, in
/// a tenth of a microsecond or so.
#[derive(Debug)]
pub struct CompiledInstance {
    instance: Input,
    tables: Vec<Table>,
    /// The points of a full score that each criterion can give; 0 for hard rules.
    shares: Vec<u32>,
    hard_rules: Vec<HardRule>,
    /// The criteria with points to give.
    weighted: Vec<usize>,
    spots: Sides<Vec<Option<Spot>>>,
    /// For each mentor, the mentee who is the same person.
    same_person: Vec<Option<usize>>,
    /// For each mentee, the forbidden mentors in order.
    forbidden: Vec<Vec<usize>>,
    /// For each mentee, the pinned mentors in order.
    pinned: Vec<Vec<usize>>,
}

/// A pinned pair that no draft would have without the pin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// The pair.
    pub pair: PairIds,
    /// The rules it breaks.
    pub rules: Vec<HardRule>,
}

/// A pair that may be in a draft, with its score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdmissiblePair<'a> {
    /// The mentor's id.
    pub mentor: &'a str,
    /// The mentee's id.
    pub mentee: &'a str,
    /// From 0 to 10,000.
    pub score: u32,
    /// Whether every draft has it.
    pub pinned: bool,
}

impl CompiledInstance {
    pub(crate) fn new(instance: Input) -> Result<Self, Vec<InstanceError>> {
        let mut errors = instance.problems();
        let list = &instance.criteria.list;
        let tables = list
            .iter()
            .enumerate()
            .map(|(at, criterion)| Table::build(at, criterion, &instance, &mut errors))
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let weights: Vec<u8> = list.iter().map(|criterion| criterion.rule.weight().map_or(0, |w| w.get())).collect();
        let shares = degree::shares(&weights);
        Ok(Self {
            hard_rules: hard_rules(&instance.criteria),
            weighted: (0..shares.len()).filter(|&at| shares[at] > 0).collect(),
            shares,
            tables,
            spots: Sides::from_fn(|side| instance.people.of(side).ids().map(|id| instance.org.spot(id)).collect()),
            same_person: same_person(&instance.people),
            forbidden: by_mentee(&instance, &instance.forbidden),
            pinned: by_mentee(&instance, &instance.pinned),
            instance,
        })
    }

    /// The same instance with one rule changed for everybody: dropped with a weight of 0, else turned into a preference.
    /// `None` where that means nothing: nobody can be their own mentor, a preference is no rule, and only a criterion can
    /// become a preference.
    pub(crate) fn relaxed(&self, rule: HardRule, weight: Weight) -> Option<Self> {
        let mut instance = self.instance.clone();
        match rule {
            HardRule::Criterion(at) => {
                let rule = &mut instance.criteria.list.get_mut(at)?.rule;
                *rule = match rule {
                    Rule::Must(_) => Rule::Prefer(weight),
                    Rule::MustNot(_) => Rule::Avoid(weight),
                    Rule::Prefer(_) | Rule::Avoid(_) => return None,
                };
            }
            HardRule::ChainOfCommand if weight.get() == 0 => instance.criteria.chain_of_command = None,
            HardRule::Forbidden if weight.get() == 0 => instance.forbidden.clear(),
            HardRule::ChainOfCommand | HardRule::Forbidden | HardRule::SamePerson => return None,
        }
        Self::new(instance).ok()
    }

    /// The criteria it was compiled with.
    pub fn criteria(&self) -> &Criteria {
        &self.instance.criteria
    }

    /// The people of one side, in the order of their ids.
    pub fn people(&self, side: Side) -> &People {
        self.instance.people.of(side)
    }

    /// The rules that pinned pairs override, for those that override any.
    pub fn overrides(&self) -> Vec<Override> {
        let mut overrides: Vec<Override> = self
            .pinned_pairs()
            .map(|(mentor, mentee)| Override {
                pair: self.ids(mentor, mentee),
                rules: self.broken_rules(mentor, mentee),
            })
            .filter(|pin| !pin.rules.is_empty())
            .collect();
        overrides.sort_by(|a, b| a.pair.cmp(&b.pair));
        overrides
    }

    /// The constants by which one sum expresses an objective here.
    pub fn bonus(&self, objective: Objective) -> Bonus {
        let people = |side| self.people(side).len() as u64;
        let places = |side: Side| {
            let places = |at| u64::from(self.people(side).capacity(at)).min(people(side.other()));
            (0..self.people(side).len()).map(places).sum::<u64>()
        };
        match objective {
            Objective::MaxTotal | Objective::Stable { .. } => Bonus::NONE,
            Objective::MaxCoverage => Bonus::beyond_scores_of(people(Side::Mentor).min(people(Side::Mentee))),
            Objective::MaxMin => Bonus::beyond_scores_of(places(Side::Mentor).min(places(Side::Mentee))),
        }
    }

    pub(crate) fn instance(&self) -> &Input {
        &self.instance
    }

    pub(crate) fn tables(&self) -> &[Table] {
        &self.tables
    }

    pub(crate) fn share(&self, criterion: usize) -> u32 {
        self.shares[criterion]
    }

    pub(crate) fn position(&self, side: Side, id: &str) -> Option<usize> {
        self.instance.position(side, id)
    }

    pub(crate) fn id(&self, side: Side, position: usize) -> &str {
        self.people(side).id(position)
    }

    pub(crate) fn ids(&self, mentor: usize, mentee: usize) -> PairIds {
        PairIds::new(self.id(Side::Mentor, mentor), self.id(Side::Mentee, mentee))
    }

    pub(crate) fn is_pinned(&self, mentor: usize, mentee: usize) -> bool {
        self.pinned[mentee].binary_search(&mentor).is_ok()
    }

    pub(crate) fn pinned_pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.pinned.iter().enumerate().flat_map(|(mentee, mentors)| mentors.iter().map(move |&mentor| (mentor, mentee)))
    }

    pub(crate) fn forbidden_pairs(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let mentors = self.forbidden.iter().enumerate();
        mentors.flat_map(|(mentee, mentors)| mentors.iter().map(move |&mentor| (mentor, mentee)))
    }

    /// People who are on both sides.
    pub(crate) fn same_people(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.same_person.iter().enumerate().filter_map(|(mentor, &mentee)| Some((mentor, mentee?)))
    }

    /// Where somebody stands in the org tree.
    pub(crate) fn spot(&self, side: Side, position: usize) -> Option<Spot> {
        self.spots.of(side)[position]
    }

    /// How many pins each person of one side has.
    pub(crate) fn pins(&self, side: Side) -> Vec<u32> {
        let mut pins = vec![0; self.people(side).len()];
        for (mentor, mentee) in self.pinned_pairs() {
            pins[match side {
                Side::Mentor => mentor,
                Side::Mentee => mentee,
            }] += 1;
        }
        pins
    }

    /// The hard rules in the order in which they are counted.
    pub(crate) fn hard_rules(&self) -> &[HardRule] {
        &self.hard_rules
    }

    pub(crate) fn breaks(&self, rule: HardRule, mentor: usize, mentee: usize) -> bool {
        match rule {
            HardRule::SamePerson => self.same_person[mentor] == Some(mentee),
            HardRule::Forbidden => {
                !self.forbidden[mentee].is_empty() && self.forbidden[mentee].binary_search(&mentor).is_ok()
            }
            HardRule::ChainOfCommand => self.in_chain_of_command(mentor, mentee),
            HardRule::Criterion(at) => breaks(self.criteria().list[at].rule, self.tables[at].verdict(mentor, mentee)),
        }
    }

    /// Whether a criterion is a rule rather than a preference.
    pub(crate) fn is_hard(&self, criterion: usize) -> bool {
        self.criteria().list[criterion].rule.weight().is_none()
    }

    /// Whether a criterion has any say: a rule, or a preference with a weight.
    pub(crate) fn decides(&self, criterion: usize) -> bool {
        self.is_hard(criterion) || self.shares[criterion] > 0
    }

    /// What a pair of this verdict lacks of the criterion's share; `u16::MAX` where it breaks a rule.
    pub(crate) fn deficit(&self, criterion: usize, verdict: Option<Verdict>) -> u16 {
        if self.is_hard(criterion) {
            return if breaks(self.criteria().list[criterion].rule, verdict) { u16::MAX } else { 0 };
        }
        (self.shares[criterion] - self.points_of(criterion, verdict)) as u16
    }

    /// The same for a pair.
    pub(crate) fn deficit_of(&self, criterion: usize, mentor: usize, mentee: usize) -> u16 {
        self.deficit(criterion, self.tables[criterion].verdict(mentor, mentee))
    }

    /// Whether a pair is kept apart by something else than the criteria.
    pub(crate) fn is_apart(&self, mentor: usize, mentee: usize) -> bool {
        let others = self.hard_rules.iter().take_while(|rule| !matches!(rule, HardRule::Criterion(_)));
        others.into_iter().any(|&rule| self.breaks(rule, mentor, mentee))
    }

    fn in_chain_of_command(&self, mentor: usize, mentee: usize) -> bool {
        let Some(chain) = self.criteria().chain_of_command else { return false };
        let (Some(a), Some(b)) = (self.spots.mentors[mentor], self.spots.mentees[mentee]) else { return false };
        a.relation(b).is_some_and(|relation| match chain.depth {
            Depth::Any => true,
            Depth::Levels(levels) => relation.levels() <= levels,
        })
    }

    /// For tests of whoever should notice it.
    #[cfg(test)]
    pub(crate) fn forget_reporting_lines(&mut self) {
        self.spots = Sides::from_fn(|side| vec![None; self.instance.people.of(side).len()]);
    }

    pub(crate) fn outside_org_tree(&self, side: Side) -> usize {
        self.spots.of(side).iter().filter(|spot| spot.is_none()).count()
    }

    pub(crate) fn broken_rules(&self, mentor: usize, mentee: usize) -> Vec<HardRule> {
        self.hard_rules.iter().copied().filter(|&rule| self.breaks(rule, mentor, mentee)).collect()
    }

    /// Whether a pair keeps all hard rules.
    pub(crate) fn is_admissible(&self, mentor: usize, mentee: usize) -> bool {
        !self.hard_rules.iter().any(|&rule| self.breaks(rule, mentor, mentee))
    }

    /// The score of a pair that may be in a draft; pinned pairs always may.
    pub(crate) fn score(&self, mentor: usize, mentee: usize) -> Option<u32> {
        let may = self.is_admissible(mentor, mentee) || self.is_pinned(mentor, mentee);
        may.then(|| self.worth(mentor, mentee))
    }

    /// The score of a pair whether or not it is admissible.
    pub(crate) fn worth(&self, mentor: usize, mentee: usize) -> u32 {
        if self.weighted.is_empty() {
            return FULL_SCORE;
        }
        self.weighted.iter().map(|&at| self.points(at, mentor, mentee)).sum()
    }

    /// What a criterion adds to a pair's score.
    pub(crate) fn points(&self, criterion: usize, mentor: usize, mentee: usize) -> u32 {
        self.points_of(criterion, self.tables[criterion].verdict(mentor, mentee))
    }

    fn points_of(&self, criterion: usize, verdict: Option<Verdict>) -> u32 {
        let Some(verdict) = verdict else { return 0 };
        let degree = match self.criteria().list[criterion].rule {
            Rule::Prefer(_) => verdict.degree,
            Rule::Avoid(_) => FULL_SCORE - verdict.degree,
            Rule::Must(_) | Rule::MustNot(_) => return 0,
        };
        degree::points(self.shares[criterion], degree)
    }
}

fn breaks(rule: Rule, verdict: Option<Verdict>) -> bool {
    match (rule, verdict) {
        (Rule::Must(missing) | Rule::MustNot(missing), None) => missing == Missing::Refuse,
        (Rule::Must(_), Some(verdict)) => !verdict.holds,
        (Rule::MustNot(_), Some(verdict)) => verdict.holds,
        (Rule::Prefer(_) | Rule::Avoid(_), _) => false,
    }
}

fn hard_rules(criteria: &Criteria) -> Vec<HardRule> {
    let chain = criteria.chain_of_command.map(|_| HardRule::ChainOfCommand);
    let hard = |at: &usize| criteria.list[*at].rule.weight().is_none();
    let list = (0..criteria.list.len()).filter(hard).map(HardRule::Criterion);
    [HardRule::SamePerson, HardRule::Forbidden].into_iter().chain(chain).chain(list).collect()
}

/// For each mentor, the mentee with the same id; both sides are in the order of ids.
fn same_person(people: &Sides<People>) -> Vec<Option<usize>> {
    let mut mentee = 0;
    let find = |id: &str| {
        while mentee < people.mentees.len() && people.mentees.id(mentee) < id {
            mentee += 1;
        }
        (mentee < people.mentees.len() && people.mentees.id(mentee) == id).then_some(mentee)
    };
    people.mentors.ids().map(find).collect()
}

fn by_mentee(instance: &Input, pairs: &[PairIds]) -> Vec<Vec<usize>> {
    let mut mentors = vec![Vec::new(); instance.people.mentees.len()];
    for pair in pairs {
        let found = instance.position(Side::Mentor, &pair.mentor).zip(instance.position(Side::Mentee, &pair.mentee));
        if let Some((mentor, mentee)) = found {
            mentors[mentee].push(mentor);
        }
    }
    for list in &mut mentors {
        list.sort_unstable();
        list.dedup();
    }
    mentors
}

/// All pairs that may be in a draft, in the order of mentor and mentee ids, each with its score.
///
/// With them anybody can check an optimum by another solver: choose pairs, each at most once and no person beyond
/// their capacity, with all pinned pairs among them, so that the sum of scores is the largest. Where the objective is
/// [`MaxCoverage`](crate::Objective::MaxCoverage), add [`Bonus::pair`](crate::Bonus) to each pair's score, and
/// [`Bonus::first_place`](crate::Bonus) for each person who has a partner: in a flow network, on the first unit of
/// the arc between the person and the source or sink. [`Certificate::bonus`](crate::Certificate) holds both numbers.
pub fn admissible_pairs(compiled: &CompiledInstance) -> impl Iterator<Item = AdmissiblePair<'_>> {
    let mentees = compiled.people(Side::Mentee);
    compiled.people(Side::Mentor).ids().enumerate().flat_map(move |(mentor, id)| {
        mentees.ids().enumerate().filter_map(move |(mentee, other)| {
            let score = compiled.score(mentor, mentee)?;
            Some(AdmissiblePair { mentor: id, mentee: other, score, pinned: compiled.is_pinned(mentor, mentee) })
        })
    })
}
