//! The meaning of criteria and objectives, written a second time as plainly as possible: no tables, no prices.

use std::collections::BTreeMap;

use counterflow_matching::{
    Comparison, Complement, Criterion, Depth, Instance, Missing, Number, Objective, ObjectiveValue, Profile, Rule,
    Value,
};

/// `numerator / denominator` of 10,000, rounded half up, between 0 and 10,000.
fn basis_points(numerator: i128, denominator: i128) -> i128 {
    (numerator.clamp(0, denominator) * 20_000 + denominator) / (2 * denominator)
}

/// Whether the comparison is true, and how far; `None` if a value is missing.
fn judge(instance: &Instance, criterion: &Criterion, mentor: &Profile, mentee: &Profile) -> Option<(bool, i128)> {
    let (ours, theirs) = (mentor.value(&criterion.mentor_field)?, mentee.value(&criterion.mentee_field)?);
    let yes_or_no = |holds: bool| (holds, if holds { 10_000 } else { 0 });
    let thousandths = |number: Number| i128::from(number.thousandths());
    let around = |distance: i128, length: Option<Number>| match length.map(thousandths) {
        Some(length) => (distance % length).min(length - distance % length),
        None => distance,
    };
    Some(match (&criterion.compare, ours, theirs) {
        (Comparison::Same, ours, theirs) => yes_or_no(ours == theirs),
        (Comparison::Different, ours, theirs) => yes_or_no(ours != theirs),
        (Comparison::AtLeastApart { by, wraps_at }, Value::Number(a), Value::Number(b)) => {
            let distance = around((thousandths(*a) - thousandths(*b)).abs(), *wraps_at);
            (distance >= thousandths(*by), basis_points(distance, thousandths(*by)))
        }
        (Comparison::AtMostApart { by, wraps_at }, Value::Number(a), Value::Number(b)) => {
            let (distance, by) = (around((thousandths(*a) - thousandths(*b)).abs(), *wraps_at), thousandths(*by));
            (distance <= by, if distance <= by { 10_000 } else { basis_points(2 * by - distance, by.max(1)) })
        }
        (Comparison::Complements(Complement::Pairs(pairs)), Value::Category(a), Value::Category(b)) => {
            yes_or_no(pairs.iter().any(|[x, y]| (x == a && y == b) || (x == b && y == a)))
        }
        (Comparison::Complements(complement), Value::Number(a), Value::Number(b)) => {
            let span = match complement {
                Complement::Span(span) => thousandths(*span),
                _ => widest(instance, criterion),
            };
            let distance = (thousandths(*a) - thousandths(*b)).abs();
            let degree = if span == 0 { 0 } else { basis_points(distance, span) };
            (span > 0 && 2 * distance >= span, degree)
        }
        (Comparison::Complements(_), ours, theirs) => yes_or_no(ours != theirs),
        (Comparison::Overlaps { by }, ours, theirs) => {
            let (ours, theirs) = (members(ours), members(theirs));
            let common = ours.iter().filter(|word| theirs.contains(word)).count() as i128;
            (common >= i128::from(*by), basis_points(common, i128::from(*by)))
        }
        (Comparison::OffersWhatTheOtherWants { by }, Value::Offers(offers), Value::Wants(wants))
        | (Comparison::OffersWhatTheOtherWants { by }, Value::Wants(wants), Value::Offers(offers)) => {
            let met: Vec<i128> = wants
                .iter()
                .filter_map(|(topic, want)| Some((offers.get(topic)?, want)))
                .filter(|(level, want)| **level >= want.at_least)
                .map(|(level, want)| i128::from(*level) * i128::from(want.priority))
                .collect();
            let short = (30 - met.iter().sum::<i128>()).max(0);
            (met.len() >= *by as usize, basis_points(900 - short * short, 900))
        }
        other => panic!("the generator makes no such values: {other:?}"),
    })
}

fn members(value: &Value) -> Vec<String> {
    match value {
        Value::Set(words) => words.iter().cloned().collect(),
        Value::Category(word) => vec![word.clone()],
        other => panic!("not a set: {other:?}"),
    }
}

fn widest(instance: &Instance, criterion: &Criterion) -> i128 {
    let numbers = |people: &[Profile], field: &str| -> Vec<i128> {
        let values = people.iter().filter_map(|person| person.value(field));
        values.map(|value| if let Value::Number(n) = value { i128::from(n.thousandths()) } else { 0 }).collect()
    };
    let mut all = numbers(&instance.mentors, &criterion.mentor_field);
    all.extend(numbers(&instance.mentees, &criterion.mentee_field));
    all.iter().max().zip(all.iter().min()).map_or(0, |(most, least)| most - least)
}

fn in_chain_of_command(instance: &Instance, mentor: &str, mentee: &str) -> bool {
    let Some(chain) = instance.criteria.chain_of_command else { return false };
    let reach = |below: &str, above: &str| instance.org.managers_of(below).position(|manager| manager == above);
    let steps = reach(mentor, mentee).or_else(|| reach(mentee, mentor)).map(|position| position + 1);
    steps.is_some_and(|steps| match chain.depth {
        Depth::Any => true,
        Depth::Levels(levels) => steps <= levels as usize,
    })
}

fn names(pairs: &[counterflow_matching::PairIds], mentor: &str, mentee: &str) -> bool {
    pairs.iter().any(|pair| pair.mentor == mentor && pair.mentee == mentee)
}

/// The score of a pair, if a draft may have it.
pub fn score(instance: &Instance, mentor: &Profile, mentee: &Profile) -> Option<u32> {
    let broken = instance.criteria.list.iter().any(|criterion| {
        let found = judge(instance, criterion, mentor, mentee).map(|(holds, _)| holds);
        match criterion.rule {
            Rule::Must(missing) => !found.unwrap_or(missing == Missing::Allow),
            Rule::MustNot(missing) => found.unwrap_or(missing == Missing::Refuse),
            _ => false,
        }
    });
    let impossible = broken
        || mentor.id == mentee.id
        || names(&instance.forbidden, &mentor.id, &mentee.id)
        || in_chain_of_command(instance, &mentor.id, &mentee.id);
    if impossible && !names(&instance.pinned, &mentor.id, &mentee.id) {
        return None;
    }
    let list = &instance.criteria.list;
    let weights: Vec<i128> = list.iter().map(|c| c.rule.weight().map_or(0, |w| i128::from(w.get()))).collect();
    let all: i128 = weights.iter().sum();
    if all == 0 {
        return Some(10_000);
    }
    let points = list.iter().zip(shares(&weights, all)).map(|(criterion, share)| {
        let degree = match (criterion.rule, judge(instance, criterion, mentor, mentee)) {
            (Rule::Prefer(_), Some((_, degree))) => degree,
            (Rule::Avoid(_), Some((_, degree))) => 10_000 - degree,
            _ => 0,
        };
        (share * degree + 5_000) / 10_000
    });
    Some(points.sum::<i128>() as u32)
}

/// 10,000 by largest remainder, given out one by one.
fn shares(weights: &[i128], all: i128) -> Vec<i128> {
    let mut shares: Vec<i128> = weights.iter().map(|weight| 10_000 * weight / all).collect();
    let mut open: Vec<usize> = (0..weights.len()).collect();
    while shares.iter().sum::<i128>() < 10_000 {
        let remainder = |at: &usize| 10_000 * weights[*at] % all;
        let most = *open.iter().rev().max_by_key(|at| remainder(at)).expect("fewer points are left than weights");
        shares[most] += 1;
        open.retain(|&at| at != most);
    }
    shares
}

/// The value of the best draft, by trying all of them.
pub fn optimum(instance: &Instance, objective: Objective) -> ObjectiveValue {
    if objective != Objective::MaxMin {
        return best(instance, objective, 0).expect("pins leave at least one draft");
    }
    // The highest threshold at which as many people and pairs can be had as without any.
    let reach = |value: ObjectiveValue| (value.people, value.pairs);
    let most = optimum(instance, Objective::MaxCoverage);
    let pairs = instance.mentors.iter().flat_map(|mentor| instance.mentees.iter().map(move |mentee| (mentor, mentee)));
    let mut scores: Vec<u32> = pairs.filter_map(|(mentor, mentee)| score(instance, mentor, mentee)).collect();
    scores.sort_unstable();
    let at = |&least: &u32| best(instance, Objective::MaxCoverage, least).filter(|&value| reach(value) == reach(most));
    let found = scores.iter().rev().find_map(|least| Some((least, at(least)?)));
    let pinned = most.pairs == instance.pinned.iter().collect::<std::collections::BTreeSet<_>>().len() as u64;
    match found {
        Some((&least, value)) if !pinned => ObjectiveValue { least: Some(least), ..value },
        _ => most,
    }
}

/// The best draft of the pairs with at least some score, mentee by mentee, over the places that mentors have used.
fn best(instance: &Instance, objective: Objective, least: u32) -> Option<ObjectiveValue> {
    let key = |value: &ObjectiveValue| match objective {
        Objective::MaxCoverage | Objective::MaxMin => (value.people, value.pairs, value.total),
        Objective::MaxTotal => (0, 0, value.total),
        Objective::Stable { .. } => unreachable!("stable drafts have no value to compare"),
    };
    let better = |a: ObjectiveValue, b: ObjectiveValue| if key(&a) >= key(&b) { a } else { b };
    let mut drafts = BTreeMap::from([(vec![0; instance.mentors.len()], ObjectiveValue::default())]);
    for mentee in &instance.mentees {
        let enough = |mentor: &Profile, score: u32| score >= least || names(&instance.pinned, &mentor.id, &mentee.id);
        let score = |mentor| score(instance, mentor, mentee).filter(|&score| enough(mentor, score));
        let scores: Vec<Option<u32>> = instance.mentors.iter().map(score).collect();
        let mut next: BTreeMap<Vec<u32>, ObjectiveValue> = BTreeMap::new();
        for (used, value) in &drafts {
            for chosen in 0..1_u32 << instance.mentors.len() {
                if let Some((used, value)) = extend(instance, mentee, &scores, used, *value, chosen) {
                    next.entry(used).and_modify(|known| *known = better(*known, value)).or_insert(value);
                }
            }
        }
        drafts = next;
    }
    drafts.into_values().reduce(better)
}

fn extend(
    instance: &Instance,
    mentee: &Profile,
    scores: &[Option<u32>],
    used: &[u32],
    mut value: ObjectiveValue,
    chosen: u32,
) -> Option<(Vec<u32>, ObjectiveValue)> {
    let mut used = used.to_vec();
    for (at, mentor) in instance.mentors.iter().enumerate() {
        if chosen >> at & 1 == 0 {
            if names(&instance.pinned, &mentor.id, &mentee.id) {
                return None;
            }
            continue;
        }
        value.people += u64::from(used[at] == 0);
        value.pairs += 1;
        value.total += i64::from(scores[at]?);
        used[at] += 1;
        if used[at] > mentor.capacity {
            return None;
        }
    }
    value.people += u64::from(chosen > 0);
    (chosen.count_ones() <= mentee.capacity).then_some((used, value))
}
