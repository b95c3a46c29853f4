#!/usr/bin/env python3
"""The engine beside its peers: compare.py RUNNER [all | quick | NAME...]; RUNNER is the program of the package `benches`.

Every run is a process of its own. Runs take turns, three times each; one that took longer than half a minute is not
repeated. The medians are shown, and left in target/bench/results. Ends with an error if any run fails, or if two exact
values differ. First it checks, on small instances, that engine and numpy agree on every score.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
from dataclasses import dataclass

import instances

HERE = pathlib.Path(__file__).resolve().parent
BENCH = HERE.parent / "target" / "bench"
REPEATS, LONG = 3, 30  # seconds
THREADS = [1]  # of the engine; each number is a row of the table

SQUARE = ["scipy", "lapjvs", "lapjvr", "fastlap", "ortools_lsa", "ortools_mcf", "lemon"]
UNEQUAL = ["scipy", "lapjvs", "lapjvr", "ortools_mcf", "lemon"]
CAPACITIES = ["ortools_mcf", "lemon"]
OR_TOOLS_ARC = 130  # bytes, measured with SimpleMinCostFlow


@dataclass
class Case:
    """An instance, and who solves it beside the engine."""

    mentors: int
    mentees: int
    peers: tuple | list = ()
    ties: bool = False
    capacities: bool = False

    def write(self, name, seed):
        """The folder with the instance; other seeds than the first have folders of their own."""
        name = name if seed == 1 else f"{name}-seed{seed}"
        return instances.write(name, self.mentors, self.mentees, seed, self.ties, self.capacities)


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


class Failed(Exception):
    """A run that gave no proven draft."""


def run(command, timeout):
    """The JSON that a process prints."""
    try:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        raise Failed(f"not within {timeout} s") from None
    if done.returncode:
        raise Failed((done.stderr.strip().splitlines() or [f"ended with {done.returncode}"])[-1])
    return json.loads(done.stdout) if done.stdout else None


def engine(runner, folder, threads, timeout):
    found = run([runner, folder, "--threads", threads], timeout)
    if found["status"] != "optimal":
        raise Failed(f"the draft is {found['status']}")
    return found | {"solver": f"counterflow {threads}", "total": found["value"]["total"]}


def check_scores(runner, seed, timeout):
    """Engine and numpy agree on every score, and on the worth of the engine's draft."""
    for name, case in CHECKED.items():
        folder = case.write(name, seed)
        scores, pairs = BENCH / f"{name}.i2", BENCH / f"{name}.csv"
        run([runner, folder, "--dump-scores", scores], timeout)
        draft = run([runner, folder, "--dump-pairs", pairs], timeout)
        found = run([sys.executable, HERE / "peers.py", folder, "check", scores, pairs], timeout)
        if found["total"] != draft["value"]["total"]:
            raise SystemExit(f"{name}: the pairs add up to {found['total']}, the engine says {draft['value']['total']}")
        print(f"{name}: {found['scores']:,} scores are those of numpy, {found['possible']:,} pairs are possible, {found['pairs']} in the draft")


def take_turns(runs):
    """Each run REPEATS times, in turns; {name: results or Failed}."""
    results = {}
    for turn in range(REPEATS):
        for name, work in runs.items():
            before = results.get(name, [])
            if isinstance(before, Failed) or any(one["total_s"] > LONG for one in before):
                continue
            try:
                results[name] = before + [work()]
            except Failed as failed:
                results[name] = failed
    return results


def median(results, key):
    values = [one[key] for one in results if one.get(key) is not None]
    return statistics.median(values) if values else float("nan")


def summary(results):
    keys = ("prepare_s", "compile_s", "certificate_s", "verify_s", "score_s", "build_s", "solve_s", "total_s", "cpu_s", "rss_gib", "prepared_gib", "load")
    return results[0] | {key: median(results, key) for key in keys if key in results[0]} | {"repeats": len(results)}


def seconds(value):
    return f"{value:9.4f}" if value < 0.1 else f"{value:9.3f}"


def table(rows, ours):
    """One line a solver; a rival's total is scoring, building and solving."""
    head = f"{'solver':14} {'total score':>15} {'score':>8} {'build':>8} {'solve':>8} {'in all':>8} {'CPU s':>8} {'GiB':>6} {'load':>5} {'x ours':>7} {'solve/ours':>10}"
    print(head)
    for name, row in rows.items():
        if isinstance(row, Failed):
            print(f"{name:14} {row}")
            continue
        times = "".join(seconds(row[key]) if key in row else f"{'':9}" for key in ("score_s", "build_s", "solve_s", "total_s"))
        whole, alone = row["total_s"] / ours["total_s"], row["solve_s"] / ours["total_s"]
        ratios = f"{whole:8.2f}" + (f"{alone:11.2f}" if "score_s" in row else "")
        print(f"{name:14} {row['total']:15,}{times}{row['cpu_s']:9.2f}{row['rss_gib']:7.2f}{row['load']:6.2f}{ratios}")


def describe(name, case):
    pairs = case.mentors * case.mentees
    words = [f"{case.mentors:,} mentors x {case.mentees:,} mentees = {pairs:,} pairs"]
    words += ["capacities 1 to 3 and 1 to 2"] * case.capacities + ["heavy ties"] * case.ties
    print(f"\n== {name}: {', '.join(words)}")
    if not case.peers:
        sizes = [f"{pairs * width / 1e9:,.1f} GB as {what}" for width, what in ((2, "16-bit scores"), (8, "doubles"), (OR_TOOLS_ARC, "arcs of OR-Tools"))]
        print(f"   no peer: it would need {', '.join(sizes)}")


def compare(runner, name, case, args):
    """Runs one case and prints its table. Returns what went wrong."""
    describe(name, case)
    folder = case.write(name, args.seed)
    runs = {f"counterflow {n}": lambda n=n: engine(runner, folder, n, args.timeout) for n in THREADS}
    for peer in case.peers:
        runs[peer] = lambda peer=peer: run([sys.executable, HERE / "peers.py", folder, peer], args.timeout)
    if args.without_engine:
        runs = {peer: runs[peer] for peer in case.peers}
    rows = {solver: found if isinstance(found, Failed) else summary(found) for solver, found in take_turns(runs).items()}
    solved = [row for row in rows.values() if not isinstance(row, Failed)]
    own = [row for row in solved if "prepare_s" in row]
    table(rows, min(own or solved or [{}], key=lambda row: row.get("total_s", 0)))
    for row in own:
        print(f"   {row['solver']}: compile{seconds(row['compile_s'])}, certificate{seconds(row['certificate_s'])}, verify{seconds(row['verify_s'])} s;"
              f" {row['judged_pairs']:,} pairs judged, {row['value']['pairs']:,} in the draft; preparing {row['prepare_s']:.3f} s and {row['prepared_gib']:.2f} GiB")
    write_results(name, rows)
    # LEMON's module is optional.
    wrong = [f"{name}: {solver}: {row}" for solver, row in rows.items() if isinstance(row, Failed) and "pylmcf" not in str(row)]
    totals = {solver: row["total"] for solver, row in rows.items() if not isinstance(row, Failed)}
    return wrong + ([f"{name}: the totals differ: {totals}"] if len(set(totals.values())) > 1 else [])


def write_results(name, rows):
    folder = BENCH / "results"
    folder.mkdir(parents=True, exist_ok=True)
    found = {solver: {"failed": str(row)} if isinstance(row, Failed) else row for solver, row in rows.items()}
    (folder / f"{name}.json").write_text(json.dumps(found, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description="The matching engine beside its peers.")
    parser.add_argument("runner", type=lambda path: pathlib.Path(path).resolve())
    parser.add_argument("names", nargs="*", default=["quick"], help=f"quick, all, or of {', '.join(CASES)}")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--timeout", type=int, default=900, help="seconds for one run")
    parser.add_argument("--without-engine", action="store_true", help="the peers only; ratios are to the fastest of them")
    args = parser.parse_args()
    names = [one for name in args.names for one in {"quick": QUICK, "all": ALL}.get(name, [name])]
    unknown = [name for name in names if name not in CASES]
    if unknown:
        parser.error(f"no instance {', '.join(unknown)}; there are {', '.join(CASES)}")
    print(f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.2f}; seconds, medians of up to {REPEATS} runs; peers and numpy on one thread")
    if not args.without_engine:
        try:
            check_scores(args.runner, args.seed, args.timeout)
        except Failed as failed:
            raise SystemExit(f"the check of scores: {failed}") from None
    wrong = [words for name in names for words in compare(args.runner, name, CASES[name], args)]
    if wrong:
        raise SystemExit("\n".join(["", *wrong]))


if __name__ == "__main__":
    main()
