#!/usr/bin/env python3
"""Times `counterflow match` (reading, scoring, solving, certificate and reasons) against peers that are given the scores.

Each runs three times in a process of its own, in turns; the medians are shown. The optima have to be equal.
"""
import json
import pathlib
import statistics
import subprocess
import sys
import time

counterflow, folder = sys.argv[1], pathlib.Path(sys.argv[2])
here = pathlib.Path(__file__).parent
people, scores = folder / "participants.csv", folder / "scores.csv"


def ours():
    began = time.perf_counter()
    command = [counterflow, "match", str(people), "--criteria", str(here / "criteria.toml"), "--format", "json"]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    if answer["status"] != "optimal" or not answer["certificate"]["valid"]:
        raise SystemExit("our own draft is not proven")
    return answer["objective"], time.perf_counter() - began


def peer(name):
    command = [sys.executable, str(here / "peers.py"), str(scores), name]
    answer = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return answer["objective"], answer["solve_s"]


runs = {"counterflow": ours, "scipy": lambda: peer("scipy"), "ortools": lambda: peer("ortools")}
results = {name: [] for name in runs}
for _ in range(3):
    for name, run in runs.items():
        results[name].append(run())
objectives = {name: {objective for objective, _ in rows} for name, rows in results.items()}
pairs = sum(1 for _ in scores.open()) - 1
base = statistics.median(seconds for _, seconds in results["counterflow"])
print(f"{pairs} possible pairs")
for name, rows in results.items():
    seconds = statistics.median(seconds for _, seconds in rows)
    what = "from the file to the reasons" if name == "counterflow" else "building and solving, scores given"
    print(f"{name:12} optimum {rows[0][0]:>9}  {seconds:7.3f} s  {seconds / base:5.2f} of ours  ({what})")
if len(set.union(*objectives.values())) != 1:
    raise SystemExit(f"the optima differ: {objectives}")
