"""The best draft of a whole instance, found again by other solvers: SciPy's assignment where everybody has one place,
OR-Tools' min cost flow, and HiGHS (the one within SciPy) as an integer program.

The meaning of an aim is written here a second time. `total`: the highest total score. `coverage`: most people with a
partner, then most pairs, then the highest total. `fair`: as coverage, but before the total comes the worst pair that is not
pinned. Assignment and flow weigh people and pairs so that whatever comes first is worth more than all that comes after;
HiGHS maximizes one after the other, without such weights, and holds pins by limits of its variables.
"""
import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp
from scipy.sparse import coo_array, vstack

import problems

FULL = 10_000
KINDS = {"one_place": "one place each", "many_places": "up to dozens of places", "pins": "places and, by chance, pins"}


class Different(Exception):
    """What differs."""


class Instance:
    """Places of mentors and mentees, and the possible pairs: free ones and pinned ones, with positions and scores."""

    def __init__(self, found):
        self.one_place = found["kind"] == "one_place"
        self.places = [np.array(found[f"{side}_places"], int) for side in ("mentor", "mentee")]
        free, pinned = (np.array(found[name], int).reshape(-1, 3) for name in ("pairs", "pinned"))
        self.ends, self.scores = [free[:, 0], free[:, 1]], free[:, 2]
        self.pinned_ends, self.pinned_scores = [pinned[:, 0], pinned[:, 1]], pinned[:, 2]
        self.pins = [np.bincount(ends, minlength=len(places)) for ends, places in zip(self.pinned_ends, self.places)]
        most = int(min(places.sum() for places in self.places))
        # More pairs than there can be are worth less than one person, and all scores less than one pair.
        self.pair_weight = FULL * most + 1
        self.person_weight = self.pair_weight * (most + 1)

    def split(self, worth):
        """(people, pairs, total) of a sum with both weights."""
        people, rest = divmod(worth, self.person_weight)
        return people, *divmod(rest, self.pair_weight)

    def by_flow(self, person, pair, least=0):
        """The highest sum of scores, of `person` for each who has a partner, and of `pair` for each pair, among drafts
        whose pairs score at least `least` or are pinned."""
        kept = self.scores >= least
        left = [places - pins for places, pins in zip(self.places, self.pins)]
        firsts = [np.where(pins == 0, person, 0) for pins in self.pins]
        given = sum(int((pins > 0).sum()) for pins in self.pins) * person
        given += len(self.pinned_scores) * pair + int(self.pinned_scores.sum())
        if not kept.any():
            return given
        rows, columns = (ends[kept] for ends in self.ends)
        return given + problems.Transport(left, firsts, pair, rows, columns, self.scores[kept]).optimum()

    def by_assignment(self, person, pair, least=0):
        """The same, where everybody has one place: a pair then gives two people their partner. An entry that is no pair is worth 0."""
        kept = self.scores >= least
        worth = np.zeros([len(places) for places in self.places])
        worth[self.ends[0][kept], self.ends[1][kept]] = self.scores[kept] + 2 * person + pair
        return int(worth[linear_sum_assignment(worth, maximize=True)].sum())


def rank(instance, aim, optimum):
    """What the aim compares, of the best draft that `optimum(person, pair, least)` finds the worth of."""
    if aim == "total":
        return optimum(0, 0, 0)

    def best(least):
        return instance.split(optimum(instance.person_weight, instance.pair_weight, least))

    *reach, total = best(0)
    if aim == "coverage":
        return *reach, total
    if reach[1] == len(instance.pinned_scores):
        return *reach, None, total
    least = highest(np.unique(instance.scores), lambda least: list(best(least)[:2]) == reach)
    return *reach, least, best(least)[2]


def highest(thresholds, holds):
    """The last threshold that holds; the first one does, and after one that does not none does."""
    reached, beyond = 0, len(thresholds)
    while reached + 1 < beyond:
        middle = (reached + beyond) // 2
        if holds(thresholds[middle]):
            reached = middle
        else:
            beyond = middle
    return int(thresholds[reached])


class Program:
    """Integer variables: whether a pair is chosen (free, then pinned), whether a person has a partner; and the lowest score."""

    def __init__(self, instance):
        self.ends = [np.concatenate(both) for both in zip(instance.ends, instance.pinned_ends)]
        self.scores = np.concatenate([instance.scores, instance.pinned_scores])
        self.free, self.pairs = len(instance.scores), len(self.scores)
        self.people = sum(len(places) for places in instance.places)
        self.size = self.pairs + self.people + 1
        low = np.zeros(self.size)
        low[self.free:self.pairs] = 1
        high = np.ones(self.size)
        high[-1] = FULL
        self.variables = Bounds(low, high)
        self.limits = self._places(instance) + [self._lowest()]

    def _places(self, instance):
        """Nobody has more pairs than places, and who has a partner has a pair."""
        limits, before = [], self.pairs
        for ends, places in zip(self.ends, instance.places):
            count = len(places)
            chosen = coo_array((np.ones(self.pairs), (ends, np.arange(self.pairs))), (count, self.size))
            partner = coo_array((np.ones(count), (np.arange(count), before + np.arange(count))), (count, self.size))
            limits += [LinearConstraint(chosen, ub=places), LinearConstraint((chosen - partner).tocsr(), lb=0)]
            before += count
        return limits

    def _lowest(self):
        """The lowest score is at most that of every free pair that is chosen: lowest + FULL * chosen <= score + FULL."""
        at = np.arange(self.free)
        chosen = coo_array((np.full(self.free, FULL), (at, at)), (self.free, self.size))
        lowest = coo_array((np.ones(self.free), (at, np.full(self.free, self.size - 1))), (self.free, self.size))
        return LinearConstraint((chosen + lowest).tocsr(), ub=self.scores[:self.free] + FULL)

    def most(self, worth):
        """The highest sum of what variables are worth; every later draft has to reach it."""
        answer = milp(-worth, integrality=np.ones(self.size), bounds=self.variables, constraints=self.limits, options={"mip_rel_gap": 0})
        if answer.status != 0:
            raise Different(f"HiGHS: {answer.message}")
        best = -round(answer.fun)
        self.limits.append(LinearConstraint(worth[None, :], lb=best))
        return best

    def rank(self, aim):
        """What the aim compares."""
        people, pairs, total, lowest = np.zeros((4, self.size))
        people[self.pairs:-1], pairs[:self.pairs], lowest[-1] = 1, 1, 1
        total[:self.pairs] = self.scores
        if aim == "total":
            return self.most(total)
        reach = self.most(people), self.most(pairs)
        if aim == "coverage":
            return *reach, self.most(total)
        only_pinned = reach[1] == self.pairs - self.free
        return *reach, None if only_pinned else self.most(lowest), self.most(total)


def value_of(instance, pairs):
    """People, pairs, total and lowest score of a draft, which has to keep all places and hold all pinned pairs."""
    free = {(mentor, mentee): score for mentor, mentee, score in zip(*instance.ends, instance.scores)}
    pinned = {(mentor, mentee): score for mentor, mentee, score in zip(*instance.pinned_ends, instance.pinned_scores)}
    pairs = [tuple(pair) for pair in pairs]
    if len(set(pairs)) != len(pairs) or not set(pairs) <= free.keys() | pinned.keys() or not pinned.keys() <= set(pairs):
        raise Different("the draft holds a pair twice or an impossible one, or lacks a pinned one")
    used = [np.bincount(np.array([pair[side] for pair in pairs], int), minlength=len(instance.places[side])) for side in (0, 1)]
    if any((filled > places).any() for filled, places in zip(used, instance.places)):
        raise Different("somebody has more partners than places")
    scores = [free[pair] for pair in pairs if pair in free]
    total = sum(scores) + sum(pinned.values())
    return {"people": sum(int((filled > 0).sum()) for filled in used), "pairs": len(pairs), "total": int(total),
            "least": int(min(scores)) if scores else None}


def rank_of(aim, value):
    """What the aim compares, of a draft's value."""
    if aim == "total":
        return value["total"]
    names = ("people", "pairs", "total") if aim == "coverage" else ("people", "pairs", "least", "total")
    return tuple(value[name] for name in names)


def check(found, by_program):
    """Checks each draft of a line of the example; returns (aim, solver) for each answer that is the same."""
    instance, alike = Instance(found), []
    for draft in found["drafts"]:
        aim, value, bonus = draft["aim"], draft["value"], draft["bonus"]
        if (really := value_of(instance, draft["pairs"])) != value:
            raise Different(f"{aim}: the draft reaches {really}, the engine says {value}")
        solvers = {"OR-Tools": lambda: rank(instance, aim, instance.by_flow)}
        if instance.one_place:
            solvers["SciPy"] = lambda: rank(instance, aim, instance.by_assignment)
        if by_program:
            solvers["HiGHS"] = lambda: Program(instance).rank(aim)
        for name, solve in solvers.items():
            if (theirs := solve()) != rank_of(aim, value):
                raise Different(f"{aim}: ours is {rank_of(aim, value)}, that of {name} {theirs}")
            alike.append((aim, name))
        if aim != "fair":
            check_bonus(instance, value, bonus)
            alike.append((aim, "OR-Tools with the certificate's bonus"))
    return alike


def check_bonus(instance, value, bonus):
    """One sum with the bonus of the certificate has the same optimum, as `admissible_pairs` says."""
    theirs = instance.by_flow(bonus["first_place"], bonus["pair"])
    ours = bonus["first_place"] * value["people"] + bonus["pair"] * value["pairs"] + value["total"]
    if theirs != ours:
        raise Different(f"with the bonus of the certificate: ours is {ours}, theirs {theirs}")
