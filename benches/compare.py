#!/usr/bin/env python3
"""The engine beside its peers: compare.py RUNNER [all | quick | NAME...]; RUNNER is the program of the package `benches`.

Every run is a process of its own. Runs take turns, three times each; one that took longer than half a minute is not
repeated. The medians are shown, and left in target/bench/results; at the end, how many times as long each peer takes as the
engine. Ends with an error if any run fails (the engine's does if its draft is not verified), or if two exact values differ.
First it checks, on small instances, that engine and numpy agree on every score.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

import instances
from cases import ALL, CASES, CHECKED, QUICK

HERE = pathlib.Path(__file__).resolve().parent
BENCH = HERE.parent / "target" / "bench"
REPEATS, LONG = 3, 30  # seconds
THREADS = [1, 2]  # of the engine; each number is a row of the table
LEAST_CPU = 0.05  # seconds; it is counted in hundredths, and no ratio is made of less
OR_TOOLS_ARC = 130  # bytes, measured with SimpleMinCostFlow
WITHOUT_LEMON = "No module named 'pylmcf'"


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
        folder = instances.write_case(name, case, seed)
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
    """The medians of all runs of a solver; Failed if it did not always find the same total."""
    if len({one["total"] for one in results}) > 1:
        return Failed(f"its totals differ: {[one['total'] for one in results]}")
    keys = ("prepare_s", "compile_s", "solve_cpu_s", "certificate_s", "verify_s", "score_s", "build_s", "solve_s", "total_s",
            "cpu_s", "rss_gib", "prepared_gib", "load")
    return results[0] | {key: median(results, key) for key in keys if key in results[0]} | {"repeats": len(results)}


def seconds(value):
    return f"{value:9.4f}" if value < 0.1 else f"{value:9.3f}"


def table(rows):
    """One line a solver; a peer's "in all" is scoring, building and solving."""
    print(f"{'solver':14} {'total score':>15} {'score':>8} {'build':>8} {'solve':>8} {'in all':>8} {'CPU s':>8} {'GiB':>6} {'load':>5}")
    for name, row in rows.items():
        if isinstance(row, Failed):
            print(f"{name:14} {row}")
            continue
        times = "".join(seconds(row[key]) if key in row else f"{'':9}" for key in ("score_s", "build_s", "solve_s", "total_s"))
        print(f"{name:14} {row['total']:15,}{times}{row['cpu_s']:9.2f}{row['rss_gib']:7.2f}{row['load']:6.2f}")


RATIOS = {  # what of a peer is divided by what of the engine
    "in all": ("total_s", "total_s"),
    "CPU": ("cpu_s", "cpu_s"),
    "solve alone": ("solve_s", "total_s"),
}


def ratios(tables):
    """How many times as long peers take as the engine: the fastest of them, then each. `tables` is {case: its rows}."""
    print("\n== times as long as the engine, by the fastest peer and by each. In all: from end to end; CPU: the same in CPU seconds;\n"
          "   solve alone: the peer's solving beside the engine's \"in all\"")
    for name, rows in tables.items():
        solved = {solver: row for solver, row in rows.items() if not isinstance(row, Failed)}
        peers = {solver: row for solver, row in solved.items() if not is_ours(row)}
        if not peers:
            continue
        for solver, own in solved.items():
            if is_ours(own):
                for what, keys in RATIOS.items():
                    print(f"{name:12} {solver:14} {what:12}{ratio_line(own, peers, *keys)}")


def ratio_line(own, peers, their_key, own_key):
    if own_key == "cpu_s" and own[own_key] < LEAST_CPU:
        return "  the engine took too little to measure"
    times = {peer: row[their_key] / own[own_key] for peer, row in peers.items()}
    fastest = min(times, key=times.get)
    return f"{times[fastest]:9.2f}  {f'({fastest})':14}" + "".join(f"{peer:>13}{ratio:8.2f}" for peer, ratio in times.items())


def is_ours(row):
    return "prepare_s" in row


def describe(name, case):
    pairs = case.mentors * case.mentees
    words = [f"{case.mentors:,} mentors x {case.mentees:,} mentees = {pairs:,} pairs"]
    words += ["capacities 1 to 3 and 1 to 2"] * case.capacities + ["heavy ties"] * case.ties
    print(f"\n== {name}: {', '.join(words)}")
    if not case.peers:
        sizes = [f"{pairs * width / 1e9:,.1f} GB as {what}" for width, what in ((2, "16-bit scores"), (8, "doubles"), (OR_TOOLS_ARC, "arcs of OR-Tools"))]
        print(f"   no peer: it would need {', '.join(sizes)}")


def compare(runner, name, case, args):
    """Runs one case and prints its table. Returns its rows."""
    describe(name, case)
    folder = instances.write_case(name, case, args.seed)
    threads = [] if args.without_engine else THREADS
    runs = {f"counterflow {n}": lambda n=n: engine(runner, folder, n, args.timeout) for n in threads}
    for peer in case.peers:
        runs[peer] = lambda peer=peer: run([sys.executable, HERE / "peers.py", folder, peer], args.timeout)
    rows = {solver: found if isinstance(found, Failed) else summary(found) for solver, found in take_turns(runs).items()}
    table(rows)
    for row in rows.values():
        if not isinstance(row, Failed) and is_ours(row):
            print(f"   {row['solver']}: compile{seconds(row['compile_s'])}, certificate{seconds(row['certificate_s'])},"
                  f" verify{seconds(row['verify_s'])} s; CPU of solving {row['solve_cpu_s']:.2f} s;"
                  f" {row['judged_pairs']:,} pairs judged, {row['value']['pairs']:,} in the draft; preparing {row['prepare_s']:.3f} s and {row['prepared_gib']:.2f} GiB")
    write_results(name, rows)
    return rows


def what_is_wrong(name, rows):
    """Runs that failed, and totals that differ. LEMON's module is optional."""
    failed = {solver: row for solver, row in rows.items() if isinstance(row, Failed)}
    wrong = [f"{name}: {solver}: {row}" for solver, row in failed.items() if WITHOUT_LEMON not in str(row)]
    totals = {solver: row["total"] for solver, row in rows.items() if solver not in failed}
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
    parser.add_argument("--without-engine", action="store_true", help="the peers only")
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
    tables = {name: compare(args.runner, name, CASES[name], args) for name in names}
    if not args.without_engine:
        ratios(tables)
    wrong = [words for name, rows in tables.items() for words in what_is_wrong(name, rows)]
    if wrong:
        raise SystemExit("\n".join(["", *wrong]))


if __name__ == "__main__":
    main()
