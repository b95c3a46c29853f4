#!/usr/bin/env python3
"""Survival statistics beside their peers: compare.py EXAMPLES FOLDER [PEOPLE...]; EXAMPLES has the programs `timings`,
`comparators` and `guard` of the crate. 10,000, 100,000 and 1,000,000 people unless told.

Every run is a process of its own with one thread; runs take turns. First the results are compared: a peer that finds
something else is named, and the run fails. Then the medians are shown, how many times as long each peer takes, and the
memory above the input. Ends with an error where a figure to reach is missed at the largest size.
"""
import json
import math
import os
import pathlib
import shutil
import statistics
import subprocess
import sys

import people

HERE = pathlib.Path(__file__).resolve().parent
TASKS = ["km", "logrank", "rmst", "cox6", "cox6_trunc"]
SIZES = [10_000, 100_000, 1_000_000]
TURNS = 5
# Peers stop iterating by rules of their own; ours goes on until nothing changes. Coefficients are compared by the
# standard error, everything else by itself.
CLOSE = {"km": 1e-12, "logrank": 1e-9, "rmst": 1e-9, "cox6": 1e-3, "cox6_trunc": 1e-3}
SLOW = 40  # seconds; what takes longer has one turn
# How many times as long the peer takes, at least, with a million people. "best" is whichever peer is fastest.
REACH = {
    "km": {"best": 3},
    "logrank": {"best": 3},
    "rmst": {"best": 3},
    "cox6": {"lifelines": 3.9, "R": 15},
    "cox6_trunc": {"best": 4},
}
MEMORY_MB = 120
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")}


def runners(examples, folder):
    python = [sys.executable, HERE / "peers.py"]
    found = {"counterflow": [examples / "timings"], "lifelines": [*python, "lifelines"], "statsmodels": [*python, "statsmodels"]}
    r = shutil.which("Rscript")
    if r and subprocess.run([r, "-e", "library(survival); library(jsonlite)"], capture_output=True).returncode == 0:
        found["R"] = [r, HERE / "peer.R"]
    else:
        print("SKIPPED R, because it or its packages survival and jsonlite are not installed", file=sys.stderr)
    crate = folder / "survival-peer/release/survival-peer"
    if crate.exists():
        found["crate survival"] = [crate]
    else:
        print("SKIPPED the crate survival, because it was not built", file=sys.stderr)
    return found


def run(command, path, task):
    given = [str(part) for part in [*command, path, task, 1]]
    done = subprocess.run(given, capture_output=True, text=True, env={**os.environ, **ONE_THREAD})
    if done.returncode:
        raise SystemExit(f"{' '.join(given)}: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def difference(ours, theirs):
    """The largest difference of the figures that both give."""
    found = [abs(own - their) / error for own, their, error in zip(ours.get("coef", []), theirs.get("coef", []), ours.get("se", []))]
    for name in (ours.keys() & theirs.keys()) - {"coef"}:
        own, their = ours[name], theirs[name]
        pairs = zip(own, their) if isinstance(own, list) else [(own, their)]
        found += [abs(a - b) / max(abs(a), abs(b)) for a, b in pairs]
    return max(found)


def measure(found, path, task):
    """The runs of each program that has the task, by turns."""
    runs = {}
    for turn in range(TURNS):
        for name, command in found.items():
            before = runs.get(name, [])
            if turn and (not before or before[0]["wall_s"][0] > SLOW):
                continue
            said = run(command, path, task)
            if not said.get("unsupported"):
                runs.setdefault(name, []).append(said)
    return runs


def show(task, size, runs):
    """Prints the table of a task. Answers whether every peer found the same."""
    same = True
    ours = runs["counterflow"]
    own = statistics.median(run["wall_s"][0] for run in ours)
    for name, all_runs in runs.items():
        wall = statistics.median(run["wall_s"][0] for run in all_runs)
        memory = statistics.median(run["task_peak_mb"] for run in all_runs)
        if name == "counterflow":
            print(f"{task:11} {size:9,} {name:15} {wall * 1000:10.1f} ms {memory:7.0f} MB", flush=True)
            continue
        apart = difference(ours[0]["result"], all_runs[0]["result"])
        is_same = math.isfinite(apart) and apart <= CLOSE[task]
        same &= is_same
        words = f"{wall / own:9.1f} x   apart {apart:.0e}{'' if is_same else '  NOT THE SAME'}"
        print(f"{task:11} {size:9,} {name:15} {wall * 1000:10.1f} ms {memory:7.0f} MB {words}", flush=True)
    return same


def missed(task, runs):
    """The figures to reach that are not reached."""
    wall = {name: statistics.median(run["wall_s"][0] for run in all_runs) for name, all_runs in runs.items()}
    own, found = wall.pop("counterflow"), []
    for name, least in REACH[task].items():
        peer = min(wall.values()) if name == "best" else wall.get(name)
        if peer is not None and peer / own < least:
            found.append(f"{task}: {peer / own:.1f} of {least} times {'the best peer' if name == 'best' else name}")
    memory = statistics.median(run["task_peak_mb"] for run in runs["counterflow"])
    if task.startswith("cox6") and memory > MEMORY_MB:
        found.append(f"{task}: {memory:.0f} of {MEMORY_MB} MB")
    return found


def main():
    examples, folder = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    sizes = [int(size) for size in sys.argv[3:]] or SIZES
    found, short, same = runners(examples, folder), [], True
    for size in sizes:
        path = folder / f"retention-{size}.csv"
        if not path.exists():
            people.write(path, size)
        for task in TASKS:
            runs = measure(found, path, task)
            same &= show(task, size, runs)
            if size == max(SIZES):
                short += missed(task, runs)
    for example in ("comparators", "guard"):
        print(f"== {example}", flush=True)
        subprocess.run([examples / example], check=True)
    if not same:
        raise SystemExit("a peer found something else")
    if short:
        raise SystemExit("not reached: " + "; ".join(short))


if __name__ == "__main__":
    main()
