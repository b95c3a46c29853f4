#!/usr/bin/env python3
"""The transport layer beside other solvers: `oracles.py` makes assignment and transportation problems from a seed, has the
example `assign` solve them and prove its answers, and fails at the first optimum that differs, leaving the file behind.

Run it in the virtual environment of `requirements.txt`. Assignments: SciPy. Places and bonuses: OR-Tools' min cost flow, and
on some problems HiGHS (the one within SciPy), which solves them as linear programs.
"""
import argparse
import os
import pathlib
import subprocess
import sys

import numpy as np
from ortools.graph.python import min_cost_flow
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import coo_array, vstack
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

ROOT = pathlib.Path(__file__).resolve().parent.parent


class Assignment:
    """Costs from `rows` to `columns`; the same arc may stand twice."""

    def __init__(self, size, rows, columns, costs):
        self.size, self.rows, self.columns, self.costs = size, rows, columns, costs

    def text(self):
        """DIMACS, or the OR-Library's form for a full matrix."""
        row_by_row = np.arange(self.size ** 2)
        if self.size % 2 and np.array_equal(self.rows * self.size + self.columns, row_by_row):
            return f"{self.size}\n" + "\n".join(" ".join(map(str, row)) for row in self.costs.reshape(self.size, -1)) + "\n"
        nodes = "".join(f"n {node + 1}\n" for node in range(self.size))
        arcs = zip(self.rows + 1, self.columns + 1 + self.size, self.costs)
        return f"c from a seed\np asn {2 * self.size} {len(self.rows)}\n{nodes}" + "".join("a %d %d %d\n" % arc for arc in arcs)

    def optimum(self):
        cheapest = np.lexsort((self.costs, self.columns, self.rows))
        rows, columns, costs = self.rows[cheapest], self.columns[cheapest], self.costs[cheapest]
        first = np.ones(len(rows), bool)
        first[1:] = (rows[1:] != rows[:-1]) | (columns[1:] != columns[:-1])
        rows, columns, costs = rows[first], columns[first], costs[first]
        if self.size == 0:
            return 0
        try:
            if self.size <= 300:
                matrix = np.full((self.size, self.size), np.inf)
                matrix[rows, columns] = costs
                chosen = linear_sum_assignment(matrix)
                return int(matrix[chosen].sum())
            shift = 1 - costs.min()  # an explicit 0 would be no arc
            matrix = coo_array(((costs + shift).astype(float), (rows, columns)), (self.size, self.size)).tocsr()
            chosen = min_weight_full_bipartite_matching(matrix)
            return int(np.asarray(matrix[chosen]).sum()) - int(shift) * self.size
        except ValueError:
            return None


class Transport:
    """Places, bonuses for the first of them, and what arcs are worth; what is chosen may be anything that fits."""

    def __init__(self, places, firsts, bonus, rows, columns, worths):
        self.places, self.firsts, self.bonus = places, firsts, bonus
        self.rows, self.columns, self.worths = rows, columns, worths

    def text(self):
        lines = ["p transport %d %d %d %d" % (len(self.places[0]), len(self.places[1]), len(self.rows), self.bonus)]
        for kind, places, firsts in zip("rk", self.places, self.firsts):
            lines += ["%s %d %d %d" % (kind, at + 1, *node) for at, node in enumerate(zip(places, firsts))]
        lines += ["a %d %d %d" % arc for arc in zip(self.rows + 1, self.columns + 1, self.worths)]
        return "\n".join(lines) + "\n"

    def optimum(self):
        """A source, the two sides and a sink, and a way past all arcs. The first place of a node is an arc of its own."""
        count = [len(places) for places in self.places]
        nodes = [np.arange(count[0]), count[0] + np.arange(count[1])]
        source, sink = sum(count), sum(count) + 1
        ends = [(np.full(count[0], source), nodes[0]), (nodes[1], np.full(count[1], sink))]
        arcs = [(self.rows, self.columns + count[0], np.ones(len(self.rows), int), -(self.worths + self.bonus))]
        for (tails, heads), places, firsts in zip(ends, self.places, self.firsts):
            arcs.append((tails, heads, np.minimum(places, 1), -firsts))
            arcs.append((tails, heads, np.maximum(places - 1, 0), np.zeros(len(places), int)))
        supply = int(self.places[0].sum())
        arcs.append((np.array([source]), np.array([sink]), np.array([supply]), np.array([0])))
        tails, heads, capacities, costs = (np.concatenate(part) for part in zip(*arcs))
        solver = min_cost_flow.SimpleMinCostFlow()
        solver.add_arcs_with_capacity_and_unit_cost(tails.astype(np.int32), heads.astype(np.int32), capacities, costs)
        solver.set_nodes_supplies(np.array([source, sink], np.int32), np.array([supply, -supply]))
        assert solver.solve() == solver.OPTIMAL, "OR-Tools found no optimum"
        return -solver.optimal_cost()

    def optimum_by_linear_program(self):
        """A variable for each arc and for each node that has a first place filled; both between 0 and 1."""
        arcs, limits, most = np.arange(len(self.rows)), [], []
        if not len(arcs):
            return 0
        gain = np.concatenate([self.worths + self.bonus, *self.firsts])
        for side, ends in enumerate((self.rows, self.columns)):
            count = len(self.places[side])
            chosen = coo_array((np.ones(len(arcs)), (ends, arcs)), (count, len(gain)))
            first = len(arcs) + side * len(self.places[0]) + np.arange(count)
            filled = coo_array((np.ones(count), (np.arange(count), first)), (count, len(gain)))
            limits += [chosen, filled - chosen]  # no more arcs than places, no first place without an arc
            most += [self.places[side], np.zeros(count)]
        answer = linprog(-gain.astype(float), A_ub=vstack(limits), b_ub=np.concatenate(most), bounds=(0, 1), method="highs")
        assert answer.status == 0, answer.message
        return -round(answer.fun)


def some_arcs(random, rows, columns, share):
    """Each possible arc with this probability."""
    chosen = np.flatnonzero(random.random(rows * columns) < share)
    random.shuffle(chosen)
    return chosen // max(columns, 1), chosen % max(columns, 1)


def numbers(random, count, negative):
    """From all alike to 32 bits."""
    most = int(random.choice([0, 1, 3, 10, 100, 10_000, 2**31 - 1]))
    return random.integers(-most if negative else 0, most + 1, count)


def assignment(random, largest):
    size = int(random.integers(0, largest + 1))
    share = random.choice([1.0, 0.7, 4 / max(size, 4), 2 / max(size, 2)])
    rows, columns = some_arcs(random, size, size, share)
    if random.random() < 0.7:  # one that has an answer
        rows, columns = np.append(rows, np.arange(size)), np.append(columns, random.permutation(size))
    if share == 1:
        rows, columns = np.repeat(np.arange(size), size), np.tile(np.arange(size), size)
    if random.random() < 0.2:  # what many solvers find hard
        costs = (rows + 1) * (columns + 1)
    else:
        costs = numbers(random, len(rows), random.random() < 0.5)
    return Assignment(size, rows, columns, costs)


def transport(random, largest):
    count = random.integers(0, largest + 1, 2)
    places = [random.integers(0, random.choice([2, 4, 9]), size) for size in count]
    firsts = [random.choice([0, 0, 5, 100_000]) * random.integers(0, 2, size) for size in count]
    rows, columns = some_arcs(random, *count, random.choice([1.0, 0.5, 5 / max(count[1], 5)]))
    worths = numbers(random, len(rows), random.random() < 0.3)
    bonus = int(random.choice([0, 0, 1, 50, 1_000_000]))
    return Transport(places, firsts, bonus, rows, columns, worths)


def ours(binary, path):
    answer = subprocess.run([binary, path], capture_output=True, text=True, check=False)
    lines = answer.stdout.split("\n")
    if answer.returncode == 0 and lines[0].startswith("no perfect assignment") and lines[1].startswith("proof"):
        return None
    if answer.returncode != 0 or not lines[0].startswith("optimum ") or lines[1] != "certificate valid":
        sys.exit(f"{path}: {answer.stdout}{answer.stderr}")
    return int(lines[0].split()[1])


def compare(problem, binary, path, by_program=False):
    path.write_text(problem.text(), encoding="ascii")
    found, expected = ours(binary, path), problem.optimum()
    if found != expected:
        sys.exit(f"{path}: ours is {found}, theirs {expected}")
    if by_program and (program := problem.optimum_by_linear_program()) != expected:
        sys.exit(f"{path}: flow {expected}, linear program {program}")
    return found


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--small", type=int, default=3000, help="so many problems of up to 8 nodes a side, of each kind")
    options.add_argument("--medium", type=int, default=150, help="so many problems of up to 300 nodes a side, of each kind")
    options.add_argument("--large", type=int, default=5, help="so many assignments of up to 2,000 nodes a side")
    options = options.parse_args()
    subprocess.run(["cargo", "build", "--quiet", "--release", "-p", "matching", "--example", "assign"], cwd=ROOT, check=True)
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    binary, path = target / "release/examples/assign", target / "bench/oracle.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(options.seed)
    for name, count, largest in (("small", options.small, 8), ("medium", options.medium, 300), ("large", options.large, 2000)):
        found = [compare(assignment(random, largest), binary, path) for _ in range(count)]
        print(f"{name}: {count} assignments alike, {found.count(None)} of them without an answer", flush=True)
        if name != "large":
            values = [compare(transport(random, largest), binary, path, at % 10 == 0) for at in range(count)]
            print(f"{name}: {count} transportation problems alike, {values.count(0)} of them worth nothing", flush=True)
    path.unlink()


if __name__ == "__main__":
    main()
