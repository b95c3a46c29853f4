//! Stable matching, against trying every matching and against what theory says of it.

use std::cmp::Reverse;

use counterflow_matching::stable::{
    Choice, DeferredAcceptance, Market, MarketError, Objection, Preferences, Role, Room, blocking_pair,
    deferred_acceptance, deferred_acceptance_by,
};
use proptest::prelude::*;

use crate::random::Random;

type Pairs = Vec<(u32, u32)>;

fn lists(random: &mut Random, people: usize, across: usize, leave_out_one_in: usize) -> Vec<Vec<u32>> {
    let list = |random: &mut Random| {
        let mut list: Vec<u32> = (0..across as u32).filter(|_| !random.once_in(leave_out_one_in)).collect();
        random.shuffle(&mut list);
        list
    };
    (0..people).map(|_| list(random)).collect()
}

fn market(random: &mut Random, most: usize) -> Market {
    let (proposers, receivers) = (random.below(most + 1), random.below(most + 1));
    let among: &[u32] = if random.once_in(2) { &[1, 1, 1, 2] } else { &[0, 1, 1, 2, 2, 3, 9] };
    let places = |random: &mut Random, people| (0..people).map(|_| *random.pick(among)).collect();
    let one_in = *random.pick(&[4, 50]);
    let (left, mut right) = (lists(random, proposers, receivers, one_in), lists(random, receivers, proposers, one_in));
    if !random.once_in(3) {
        // The better somebody likes them, the less they like them back: the more stable matchings there are.
        let liked = |p: u32, r: u32| left[p as usize].iter().position(|&choice| choice == r);
        for (r, list) in (0..).zip(&mut right) {
            list.sort_by_key(|&p| Reverse(liked(p, r)));
        }
    }
    let (left_places, right_places) = (places(random, proposers), places(random, receivers));
    Market::new(left.into(), left_places, right.into(), right_places).expect("every choice exists, and only once")
}

fn rank(market: &Market, role: Role, person: u32, choice: u32) -> Option<usize> {
    market.preferences(role).of(person).iter().position(|&other| other == choice)
}

fn partners(pairs: &[(u32, u32)], role: Role, person: u32) -> Vec<u32> {
    let of = |&(proposer, receiver): &(u32, u32)| match role {
        Role::Proposer => (proposer == person).then_some(receiver),
        Role::Receiver => (receiver == person).then_some(proposer),
    };
    pairs.iter().filter_map(of).collect()
}

/// Would the person take the choice, as the definition says it?
fn would_take(market: &Market, pairs: &[(u32, u32)], role: Role, person: u32, choice: u32) -> bool {
    let Some(new) = rank(market, role, person, choice) else { return false };
    let now = partners(pairs, role, person);
    let places = market.places(role)[person as usize] as usize;
    now.len() < places || now.iter().any(|&partner| rank(market, role, person, partner) > Some(new))
}

fn everybody(market: &Market) -> Vec<(Role, u32)> {
    let of = |role: Role| (0..market.places(role).len() as u32).map(move |person| (role, person));
    of(Role::Proposer).chain(of(Role::Receiver)).collect()
}

fn acceptable(market: &Market) -> Pairs {
    let all = |proposer: u32| (0..market.places(Role::Receiver).len() as u32).map(move |receiver| (proposer, receiver));
    (0..market.places(Role::Proposer).len() as u32)
        .flat_map(all)
        .filter(|&(p, r)| rank(market, Role::Proposer, p, r).is_some() && rank(market, Role::Receiver, r, p).is_some())
        .collect()
}

fn is_stable_by_definition(market: &Market, pairs: &[(u32, u32)]) -> bool {
    let within = |&(role, person): &(Role, u32)| {
        partners(pairs, role, person).len() <= market.places(role)[person as usize] as usize
    };
    let blocks = |&(proposer, receiver): &(u32, u32)| {
        !pairs.contains(&(proposer, receiver))
            && would_take(market, pairs, Role::Proposer, proposer, receiver)
            && would_take(market, pairs, Role::Receiver, receiver, proposer)
    };
    everybody(market).iter().all(within) && !acceptable(market).iter().any(blocks)
}

/// Ranks of the partners, best first.
fn liking(market: &Market, pairs: &[(u32, u32)], role: Role, person: u32) -> Vec<usize> {
    let partners = partners(pairs, role, person);
    let mut ranks: Vec<usize> =
        partners.iter().map(|&partner| rank(market, role, person, partner).expect("they are acceptable")).collect();
    ranks.sort_unstable();
    ranks
}

fn subsets(pairs: &[(u32, u32)]) -> impl Iterator<Item = Pairs> {
    (0_u32..1 << pairs.len())
        .map(|set| pairs.iter().enumerate().filter(|(at, _)| set >> at & 1 == 1).map(|(_, &pair)| pair).collect())
}

#[test]
fn is_the_best_of_all_stable_matchings_for_every_proposer_and_the_worst_for_every_receiver() {
    let (mut several, mut shared) = (0, 0);
    for seed in 0..3_000 {
        let market = market(&mut Random::new(seed), 4);
        let possible = acceptable(&market);
        if possible.len() > 11 {
            continue;
        }
        let found = deferred_acceptance(&market);
        let mut stable = Vec::new();
        for pairs in subsets(&possible) {
            let by_definition = is_stable_by_definition(&market, &pairs);
            assert_eq!(blocking_pair(&market, &pairs).is_none(), by_definition, "seed {seed}: {market:?} {pairs:?}");
            if by_definition {
                stable.push(pairs);
            }
        }
        assert!(stable.contains(&found), "seed {seed}: {found:?} of {stable:?}");
        for other in &stable {
            for (role, person) in everybody(&market) {
                let (ours, theirs) = (liking(&market, &found, role, person), liking(&market, other, role, person));
                assert_eq!(ours.len(), theirs.len(), "seed {seed}: equally many places are filled");
                let at_least_as_good =
                    |better: &[usize], worse: &[usize]| better.iter().zip(worse).all(|(b, w)| b <= w);
                assert!(match role {
                    Role::Proposer => at_least_as_good(&ours, &theirs),
                    Role::Receiver => at_least_as_good(&theirs, &ours),
                });
                shared += u32::from(ours.len() > 1);
            }
        }
        several += u32::from(stable.len() > 1);
    }
    assert!(several > 20 && shared > 200, "too easy: {several} markets with a choice, {shared} shared people");
}

/// Lets proposers ask in a random order, several of them at a time, through the state itself.
fn in_some_order(market: &Market, seed: u64) -> Pairs {
    let mut random = Random::new(seed);
    let mut next = vec![0; market.places(Role::Proposer).len()];
    let mut state = DeferredAcceptance::new(market.places(Role::Proposer), market.places(Role::Receiver));
    loop {
        let mut batch: Vec<u32> = Vec::new();
        for _ in 0..=random.below(5) {
            batch.extend(state.next_waiting());
        }
        if batch.is_empty() {
            return state.into_pairs();
        }
        while !batch.is_empty() {
            let at = random.below(batch.len());
            let proposer = batch[at];
            let receiver = market.preferences(Role::Proposer).of(proposer).get(next[proposer as usize]).copied();
            let Some(receiver) = receiver.filter(|_| state.free_places(proposer) > 0) else {
                batch.swap_remove(at);
                continue;
            };
            next[proposer as usize] += 1;
            if let Some(rank) = rank(market, Role::Receiver, receiver, proposer) {
                let key = Reverse(rank);
                let accepts = state.accepts(proposer, receiver, &key);
                assert_eq!(state.propose(proposer, Choice { receiver, key }), accepts);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn nobody_would_rather_meet_somebody_else(seed in any::<u64>()) {
        let market = market(&mut Random::new(seed), 14);
        let pairs = deferred_acceptance(&market);
        prop_assert_eq!(blocking_pair(&market, &pairs), None);
        prop_assert!(is_stable_by_definition(&market, &pairs));
        prop_assert!(pairs.is_sorted());
    }

    #[test]
    fn the_order_of_proposals_changes_nothing(seed in any::<u64>(), order in any::<u64>()) {
        let market = market(&mut Random::new(seed), 14);
        prop_assert_eq!(in_some_order(&market, order), deferred_acceptance(&market));
    }

    #[test]
    fn whoever_asks_equally_many_places_are_filled(seed in any::<u64>()) {
        let market = market(&mut Random::new(seed), 14);
        let here = deferred_acceptance(&market);
        let mut there: Pairs = deferred_acceptance(&market.clone().turned()).iter().map(|&(r, p)| (p, r)).collect();
        there.sort_unstable();
        prop_assert_eq!(blocking_pair(&market, &there), None);
        for (role, person) in everybody(&market) {
            let (here, there) = (partners(&here, role, person), partners(&there, role, person));
            prop_assert_eq!(here.len(), there.len());
            if here.len() < market.places(role)[person as usize] as usize {
                prop_assert_eq!(here, there);
            }
        }
    }

    #[test]
    fn a_pair_more_or_less_is_noticed(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let market = market(&mut random, 10);
        let mut pairs = deferred_acceptance(&market);
        let possible = acceptable(&market);
        prop_assume!(!possible.is_empty());
        let changed = *random.pick(&possible);
        match pairs.iter().position(|&pair| pair == changed) {
            Some(at) => drop(pairs.remove(at)),
            None => pairs.push(changed),
        }
        // One pair less leaves a place for each of the two; one more is too many for somebody, or the pair would have blocked.
        prop_assert!(blocking_pair(&market, &pairs).is_some());
    }

    #[test]
    fn scores_need_no_lists(seed in any::<u64>()) {
        let mut random = Random::new(seed);
        let (proposers, receivers) = (1 + random.below(9), 1 + random.below(9));
        let score: Vec<Vec<u32>> =
            (0..proposers).map(|_| (0..receivers).map(|_| random.below(7) as u32).collect()).collect();
        let places = |random: &mut Random, people: usize| (0..people).map(|_| random.below(4) as u32).collect::<Vec<_>>();
        let (left, right) = (places(&mut random, proposers), places(&mut random, receivers));
        // A score of 0 is no pair. Equal scores go by position on both sides.
        let ranked = |count: usize, score: &dyn Fn(u32) -> u32| {
            let mut list: Vec<u32> = (0..count as u32).filter(|&at| score(at) > 0).collect();
            list.sort_by_key(|&at| (Reverse(score(at)), at));
            list
        };
        let row = |p: usize| ranked(receivers, &|r| score[p][r as usize]);
        let column = |r: usize| ranked(proposers, &|p| score[p as usize][r]);
        let market = Market::new(
            (0..proposers).map(row).collect(), left.clone(), (0..receivers).map(column).collect(), right.clone(),
        ).expect("sound");
        // A scan of the row after the last one asked, past all who would refuse.
        let mut last = vec![None; proposers];
        let lazy = deferred_acceptance_by(&left, &right, |p, now| {
            let row = &score[p as usize];
            let later = |r: &u32| last[p as usize].is_none_or(|last| (Reverse(row[*r as usize]), *r) > last);
            let open = |r: &u32| row[*r as usize] > 0 && later(r) && now.accepts(p, *r, &row[*r as usize]);
            let receiver = (0..receivers as u32).filter(open).min_by_key(|&r| (Reverse(row[r as usize]), r))?;
            last[p as usize] = Some((Reverse(row[receiver as usize]), receiver));
            Some(Choice { receiver, key: row[receiver as usize] })
        });
        prop_assert_eq!(lazy, deferred_acceptance(&market));
    }
}

fn small(proposers: &[&[u32]], receivers: &[&[u32]]) -> Result<Market, Vec<MarketError>> {
    let lists = |lists: &[&[u32]]| lists.iter().map(|list| list.iter().copied()).collect::<Preferences>();
    let (one, other) = (vec![1; proposers.len()], vec![1; receivers.len()]);
    Market::new(lists(proposers), one, lists(receivers), other)
}

#[test]
fn the_textbook_market_goes_to_whoever_asks() {
    let market = small(&[&[0, 1, 2], &[1, 2, 0], &[2, 0, 1]], &[&[1, 2, 0], &[2, 0, 1], &[0, 1, 2]]).expect("sound");
    assert_eq!(deferred_acceptance(&market), [(0, 0), (1, 1), (2, 2)]);
    assert_eq!(deferred_acceptance(&market.turned()), [(0, 1), (1, 2), (2, 0)]);
}

#[test]
fn without_people_lists_or_mutual_liking_there_are_no_pairs() {
    for (proposers, receivers) in [
        (&[][..], &[][..]),
        (&[&[][..], &[]], &[&[][..]]),
        (&[&[0]], &[&[]]),
        (&[&[]], &[&[0]]),
        (&[&[1], &[0]], &[&[0], &[1]]),
    ] {
        let market = small(proposers, receivers).expect("sound");
        assert_eq!(deferred_acceptance(&market), []);
        assert_eq!(blocking_pair(&market, &[]), None);
    }
}

#[test]
fn every_wrong_choice_is_named() {
    let errors = small(&[&[0, 2, 0], &[1, 1]], &[&[0, 1], &[7]]).expect_err("four choices are wrong");
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "proposer 0, choice 1: there is no receiver 2",
            "proposer 0, choice 2: receiver 0 is on the list already",
            "proposer 1, choice 1: receiver 1 is on the list already",
            "receiver 1, choice 0: there is no proposer 7",
        ]
    );
    let places = Market::new(vec![vec![]].into(), vec![], Preferences::new(), vec![1]).expect_err("both are wrong");
    let wrong = |role, lists, places| MarketError::Places { role, lists, places };
    assert_eq!(places, [wrong(Role::Proposer, 1, 0), wrong(Role::Receiver, 0, 1)]);
}

#[test]
fn every_objection_names_the_people() {
    let market = small(&[&[0, 1], &[0, 1]], &[&[1, 0], &[0]]).expect("sound");
    let stable = deferred_acceptance(&market);
    assert_eq!(stable, [(0, 1), (1, 0)]);
    let unacceptable = |proposer, receiver| Some(Objection::Unacceptable { proposer, receiver });
    assert_eq!(blocking_pair(&market, &[(1, 1)]), unacceptable(1, 1));
    assert_eq!(blocking_pair(&market, &[(0, 9)]), unacceptable(0, 9));
    assert_eq!(blocking_pair(&market, &[(9, 0)]), unacceptable(9, 0));
    let repeated = Some(Objection::Repeated { proposer: 0, receiver: 1 });
    assert_eq!(blocking_pair(&market, &[(0, 1), (0, 1)]), repeated);
    let crowded = Objection::TooManyPartners { role: Role::Receiver, person: 0, partners: 2, places: 1 };
    assert_eq!(blocking_pair(&market, &[(0, 0), (1, 0)]), Some(crowded));
    let blocking = Some(Objection::Blocking { proposer: 1, receiver: 0 });
    assert_eq!(blocking_pair(&market, &[(0, 0)]), blocking);
}

#[test]
fn room_only_gets_smaller() {
    let mut state = DeferredAcceptance::new(&[1, 1, 1], &[1, 0]);
    assert_eq!((state.room(0), state.room(1)), (Room::Free, Room::Closed));
    assert!(state.propose(1, Choice { receiver: 0, key: 5 }));
    assert_eq!(state.room(0), Room::Above { key: &5, proposer: 1 });
    assert!(!state.propose(2, Choice { receiver: 0, key: 5 }), "the smaller position is liked better");
    assert!(!state.propose(2, Choice { receiver: 1, key: 9 }));
    assert!(state.propose(0, Choice { receiver: 0, key: 5 }));
    assert_eq!((state.free_places(0), state.free_places(1)), (0, 1));
    assert_eq!(state.into_pairs(), [(0, 0)]);
}
