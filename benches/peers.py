#!/usr/bin/env python3
"""The same scores, solved by others: `peers.py scores.csv scipy|ortools` prints one JSON line.

`scores.csv` is what `counterflow match --scores` writes: mentor_id,mentee_id,score, each possible pair once. Everybody has
one place. The aim is the highest total. Reading the file is timed apart from building the model and solving it.
"""
import csv
import json
import sys
import time

import numpy


def read(path):
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        arcs = [(mentor, mentee, int(score)) for mentor, mentee, score in rows]
    mentors = {one: at for at, one in enumerate(sorted({arc[0] for arc in arcs}))}
    mentees = {one: at for at, one in enumerate(sorted({arc[1] for arc in arcs}))}
    left = numpy.array([mentors[arc[0]] for arc in arcs])
    right = numpy.array([mentees[arc[1]] for arc in arcs])
    scores = numpy.array([arc[2] for arc in arcs])
    return len(mentors), len(mentees), left, right, scores


def scipy(n, m, left, right, scores):
    from scipy.optimize import linear_sum_assignment

    matrix = numpy.zeros((n, m))  # an impossible pair is worth nothing, as no pair is
    matrix[left, right] = scores
    rows, columns = linear_sum_assignment(matrix, maximize=True)
    return int(matrix[rows, columns].sum())


def ortools(n, m, left, right, scores):
    from ortools.graph.python import min_cost_flow

    flow = min_cost_flow.SimpleMinCostFlow()
    source, sink = n + m, n + m + 1
    flow.add_arcs_with_capacity_and_unit_cost(left, n + right, numpy.ones_like(left), -scores)
    flow.add_arcs_with_capacity_and_unit_cost(numpy.full(n, source), numpy.arange(n), numpy.ones(n, int), numpy.zeros(n, int))
    flow.add_arcs_with_capacity_and_unit_cost(n + numpy.arange(m), numpy.full(m, sink), numpy.ones(m, int), numpy.zeros(m, int))
    most = min(n, m)
    flow.add_arc_with_capacity_and_unit_cost(source, sink, most, 0)  # who is better left without a pair goes this way
    flow.set_node_supply(source, most)
    flow.set_node_supply(sink, -most)
    if flow.solve() != flow.OPTIMAL:
        raise SystemExit("OR-Tools found no optimum")
    return -flow.optimal_cost()


if __name__ == "__main__":
    path, peer = sys.argv[1:]
    began = time.perf_counter()
    problem = read(path)
    parsed = time.perf_counter()
    objective = {"scipy": scipy, "ortools": ortools}[peer](*problem)
    print(json.dumps({"peer": peer, "objective": objective, "read_s": round(parsed - began, 3),
                      "solve_s": round(time.perf_counter() - parsed, 3)}))
