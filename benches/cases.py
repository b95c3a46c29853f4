"""The instances of the benchmark by name, each with the peers that are compared on it."""
from dataclasses import dataclass

SQUARE = ["scipy", "lapjvs", "lapjvr", "fastlap", "ortools_lsa", "ortools_mcf", "lemon"]
UNEQUAL = ["scipy", "lapjvs", "lapjvr", "ortools_mcf", "lemon"]
CAPACITIES = ["ortools_mcf", "lemon"]


@dataclass
class Case:
    """An instance, and who solves it beside the engine."""

    mentors: int
    mentees: int
    peers: tuple | list = ()
    ties: bool = False
    capacities: bool = False


CASES = {
    "ordinary": Case(40, 46, ["scipy", "ortools_mcf"]),
    "d500": Case(500, 500, ["scipy", "ortools_lsa", "ortools_mcf"]),
    "d1k": Case(1_000, 1_000, SQUARE),
    "d2k": Case(2_000, 2_000, SQUARE),
    "t2k": Case(2_000, 2_000, SQUARE, ties=True),
    "r2k1k-cap": Case(2_000, 1_000, CAPACITIES, capacities=True),
    "d5k": Case(5_000, 5_000, SQUARE),
    "t5k": Case(5_000, 5_000, SQUARE, ties=True),
    "s2k10k": Case(2_000, 10_000, UNEQUAL),
    "d10k": Case(10_000, 10_000, ["scipy", "lapjvs", "fastlap", "ortools_lsa"]),
    "d10k-cap": Case(10_000, 10_000, ["lemon"], capacities=True),
    "t10k": Case(10_000, 10_000, ["fastlap", "ortools_lsa"], ties=True),
    "r20k4k": Case(20_000, 4_000, UNEQUAL),
    "r20k4k-cap": Case(20_000, 4_000, CAPACITIES, capacities=True),
    "d20k": Case(20_000, 20_000),
    "s10k50k-cap": Case(10_000, 50_000, capacities=True),
    "r100k20k-cap": Case(100_000, 20_000, capacities=True),
    "t100k20k": Case(100_000, 20_000, ties=True),
    "d100k": Case(100_000, 100_000),
    "d100k-cap": Case(100_000, 100_000, capacities=True),
    "r1m100k-cap": Case(1_000_000, 100_000, capacities=True),
}
QUICK = ["ordinary", "d500", "d2k"]
ALL = ["d10k", "r20k4k-cap", "r100k20k-cap", "d100k", "d100k-cap", "r1m100k-cap"]
CHECKED = {
    "check300": Case(300, 300),
    "check1k": Case(1_000, 1_000),
    "check1k-ties": Case(1_000, 1_000, ties=True),
    "check1k-cap": Case(1_200, 900, capacities=True),
}
