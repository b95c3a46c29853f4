#!/usr/bin/env python3
"""An instance solved by others: `peers.py FOLDER SOLVER` prints one JSON line. `peers.py FOLDER check SCORES PAIRS` compares
what the engine exported (`--dump-scores`, `--dump-pairs`) with the numpy scores, and fails if anything differs.

The aim is the highest total: an impossible pair counts 0 and is no pair. Everything runs on one thread. Scoring (numpy),
building the peer's own form of input, and solving are timed apart; loading Python packages and reading files are not.
"""
import os

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[threads] = "1"  # before numpy is loaded

import importlib
import json
import sys
import time

import numpy as np

import scoring


class Problem:
    """Scores (a row a mentee) and places."""

    def __init__(self, scores, mentee_places, mentor_places):
        self.scores = scores
        self.mentee_places, self.mentor_places = mentee_places.astype(np.int64), mentor_places.astype(np.int64)
        self.square = scores.shape[0] == scores.shape[1]

    def total(self, mentees, mentors):
        """Number of pairs and sum of scores of an assignment, which may hold impossible pairs as fillers."""
        chosen = self.scores[mentees, mentors]
        assert len(set(mentees)) == len(mentees) and len(set(mentors)) == len(mentors), "not an assignment"
        return int((chosen >= 0).sum()), int(np.maximum(chosen, 0).sum(dtype=np.int64))

    def costs(self, kind):
        """What a minimizer of a dense matrix takes."""
        return (int(self.scores.max()) - np.maximum(self.scores, 0)).astype(kind)


# Each takes the problem, builds its input and returns the function that solves it, which returns (pairs, total).


def scipy(problem, module):
    worth = np.maximum(problem.scores, 0).astype(np.float64)
    return lambda: problem.total(*module.linear_sum_assignment(worth, maximize=True))


def lapjvs(problem, module):
    costs = problem.costs(np.float32)  # in which its kernel works, and which holds these numbers exactly
    return lambda: problem.total(*module.lapjvs(costs, return_cost=False))


def lapjvr(problem, module):
    costs = problem.costs(np.float64)
    return lambda: problem.total(*module.lapjvr(costs, extend_cost=True, return_cost=False))


def fastlap(problem, module):
    costs = problem.costs(np.float64)

    def solve():
        _, chosen, _ = module.solve_lap(costs, algorithm="auction")
        chosen = np.array([-1 if one is None else one for one in chosen])
        rows = np.flatnonzero(chosen >= 0)
        return problem.total(rows, chosen[rows])

    return solve


def ortools_lsa(problem, module):
    """It needs a perfect matching, so an impossible pair is an arc worth nothing."""
    mentees, mentors = problem.scores.shape
    solver = module.SimpleLinearSumAssignment()
    step = max(1, scoring.BLOCK // mentors)  # in blocks, so that its input needs no room beside what it keeps
    for first in range(0, mentees, step):
        block = problem.scores[first:first + step]
        left = np.repeat(np.arange(first, first + len(block), dtype=np.int32), mentors)
        right = np.tile(np.arange(mentors, dtype=np.int32), len(block))
        solver.add_arcs_with_cost(left, right, -np.maximum(block, 0).ravel().astype(np.int64))

    def solve():
        if solver.solve() != solver.OPTIMAL:
            raise SystemExit("OR-Tools found no optimum")
        return problem.total(np.arange(mentees), np.array([solver.right_mate(row) for row in range(mentees)]))

    return solve


def network(problem):
    """Source, mentees, mentors, sink, and a way past all pairs: arcs as (tails, heads, capacities, costs), by tail, pairs first."""
    count_mentees, count_mentors = problem.scores.shape
    worth_something = problem.scores > 0  # a pair worth nothing is as good as none
    mentees = np.repeat(np.arange(count_mentees, dtype=np.int32), worth_something.sum(axis=1))
    mentors = np.nonzero(worth_something.ravel())[0] - mentees * np.int64(count_mentors)
    all_mentees, all_mentors = np.arange(count_mentees), count_mentees + np.arange(count_mentors)
    source, sink = count_mentees + count_mentors, count_mentees + count_mentors + 1
    supply = int(min(problem.mentee_places.sum(), problem.mentor_places.sum()))
    tails = np.concatenate([mentees, all_mentors, np.full(count_mentees + 1, source)], dtype=np.int32)
    heads = np.concatenate([mentors + count_mentees, np.full(count_mentors, sink), all_mentees, [sink]], dtype=np.int32, casting="same_kind")
    capacities = np.concatenate([np.ones(len(mentees), np.int64), problem.mentor_places, problem.mentee_places, [supply]])
    costs = np.zeros(len(tails), np.int64)
    costs[:len(mentees)] = -problem.scores[worth_something].astype(np.int64)
    return len(mentees), source, sink, supply, (tails, heads, capacities, costs)


def ortools_mcf(problem, module):
    pairs, source, sink, supply, arcs = network(problem)
    solver = module.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(*arcs)
    solver.set_nodes_supplies(np.array([source, sink], np.int32), np.array([supply, -supply], np.int64))
    del arcs

    def solve():
        if solver.solve() != solver.OPTIMAL:
            raise SystemExit("OR-Tools found no optimum")
        return int(solver.flows(np.arange(pairs, dtype=np.int32)).sum()), -solver.optimal_cost()

    return solve


def lemon(problem, module):
    pairs, source, sink, supply, (tails, heads, capacities, costs) = network(problem)
    most = int(-costs.min())  # every unit passes either one pair or the way past all: so no cost is below 0
    costs[:pairs] += most
    costs[-1] += most
    graph = module.Graph(sink + 1, tails, heads)
    supplies = np.zeros(sink + 1, np.int64)
    supplies[source], supplies[sink] = supply, -supply
    graph.set_node_supply(supplies)
    graph.set_edge_capacities(capacities)
    graph.set_edge_costs(costs)
    del tails, heads, capacities, costs

    def solve():
        graph.solve()
        return int(np.asarray(graph.result())[:pairs].sum()), most * supply - graph.total_cost()

    return solve


SOLVERS = {  # name: (how, module, whether it takes unequal sides, whether it takes capacities)
    "scipy": (scipy, "scipy.optimize", True, False),
    "lapjvs": (lapjvs, "lap", True, False),
    "lapjvr": (lapjvr, "lap", True, False),
    "fastlap": (fastlap, "fastlap", False, False),
    "ortools_lsa": (ortools_lsa, "ortools.graph.python.linear_sum_assignment", False, False),
    "ortools_mcf": (ortools_mcf, "ortools.graph.python.min_cost_flow", True, True),
    "lemon": (lemon, "pylmcf", True, True),
}


def timed(work, *inputs):
    began = time.perf_counter()
    result = work(*inputs)
    return result, time.perf_counter() - began


def most_memory_gib():
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) / 1_048_576 for line in status if line.startswith("VmHWM"))


def run(instance, solver):
    build, module, unequal, capacities = SOLVERS[solver]
    module = importlib.import_module(module)
    if instance.meta["capacities"] and not capacities or instance.meta["mentors"] != instance.meta["mentees"] and not unequal:
        raise SystemExit(f"{solver} has no form for this instance")
    cpu = time.process_time()
    scores, score_s = timed(lambda: scoring.Scorer(instance).matrix())
    problem = Problem(scores, instance.mentee["capacity"], instance.mentor["capacity"])
    solve, build_s = timed(build, problem, module)
    (pairs, total), solve_s = timed(solve)
    return {
        "instance": instance.meta["name"], "solver": solver, "total": total, "pairs": pairs, "score_s": score_s,
        "build_s": build_s, "solve_s": solve_s, "total_s": score_s + build_s + solve_s,
        "cpu_s": time.process_time() - cpu, "rss_gib": most_memory_gib(), "load": os.getloadavg()[0],
    }


def check(instance, scores_file, pairs_file):
    """The engine's scores are the numpy scores, and its draft keeps all places and adds up."""
    scores = scoring.Scorer(instance).matrix()
    theirs = np.fromfile(scores_file, "<i2").reshape(scores.shape)
    different = np.argwhere(scores != theirs)
    if len(different):
        mentee, mentor = different[0]
        raise SystemExit(f"{len(different)} scores differ, first mentor {mentor} mentee {mentee}: "
                         f"numpy {scores[mentee, mentor]}, engine {theirs[mentee, mentor]}")
    mentors, mentees, given = np.loadtxt(pairs_file, dtype=np.int64, delimiter=",", ndmin=2).T
    if len(np.unique(mentors * scores.shape[0] + mentees)) != len(mentors):
        raise SystemExit("a pair stands twice in the draft")
    if (scores[mentees, mentors] != given).any() or (given < 0).any():
        raise SystemExit("the draft holds an impossible pair, or a wrong score")
    for side, chosen in ((instance.mentor, mentors), (instance.mentee, mentees)):
        if (np.bincount(chosen, minlength=len(side["capacity"])) > side["capacity"]).any():
            raise SystemExit("somebody has more partners than places")
    return {"instance": instance.meta["name"], "scores": scores.size, "possible": int((scores >= 0).sum()),
            "pairs": len(given), "total": int(given.sum())}


if __name__ == "__main__":
    folder, what, *files = sys.argv[1:]
    loaded = scoring.Instance(folder)
    print(json.dumps(check(loaded, *files) if what == "check" else run(loaded, what)))
