"""Assignment and transportation problems from a seed, and their optimum by other solvers.

Assignments: SciPy. Places and bonuses: OR-Tools' min cost flow, or HiGHS (the one within SciPy), which solves them as
linear programs.
"""
import numpy as np
from ortools.graph.python import min_cost_flow
from scipy.optimize import linear_sum_assignment, linprog
from scipy.sparse import coo_array, vstack
from scipy.sparse.csgraph import min_weight_full_bipartite_matching


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
