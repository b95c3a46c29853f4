#!/usr/bin/env python3
"""The engine beside other solvers, on thousands of problems from a seed: `oracles.py`, run by `bin/bench oracles`.

The transport layer: the example `assign` solves problems of `problems.py`, from a file each. Whole instances: the example
`drafts` makes people and criteria, finds drafts and prints both; `drafts.py` finds their value again. Both examples prove
their answers. Fails at the first optimum that differs, and leaves the problem behind.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys

import numpy as np

import drafts
import problems

ROOT = pathlib.Path(__file__).resolve().parent.parent
LEFT_BEHIND = ROOT / "target" / "bench" / "oracle.txt"


def optimum_of(binary, path):
    """What the example `assign` finds and proves; None if it proves that there is no perfect assignment."""
    answer = subprocess.run([binary, path], capture_output=True, text=True, check=False)
    lines = answer.stdout.split("\n")
    if answer.returncode == 0 and lines[0].startswith("no perfect assignment") and lines[1].startswith("proof"):
        return None
    if answer.returncode != 0 or not lines[0].startswith("optimum ") or lines[1] != "certificate valid":
        sys.exit(f"{path}: {answer.stdout}{answer.stderr}")
    return int(lines[0].split()[1])


def compare_problem(problem, binary, by_program=False):
    LEFT_BEHIND.write_text(problem.text(), encoding="ascii")
    found, expected = optimum_of(binary, LEFT_BEHIND), problem.optimum()
    if found != expected:
        sys.exit(f"{LEFT_BEHIND}: ours is {found}, theirs {expected}")
    if by_program and (program := problem.optimum_by_linear_program()) != expected:
        sys.exit(f"{LEFT_BEHIND}: flow {expected}, linear program {program}")
    return found


def compare_problems(binary, options):
    random = np.random.default_rng(options.seed)
    for name, count, largest in (("small", options.small, 8), ("medium", options.medium, 300), ("large", options.large, 2000)):
        found = [compare_problem(problems.assignment(random, largest), binary) for _ in range(count)]
        print(f"{name}: {count} assignments alike, {found.count(None)} of them without an answer", flush=True)
        if name != "large":
            values = [compare_problem(problems.transport(random, largest), binary, at % 10 == 0) for at in range(count)]
            print(f"{name}: {count} transportation problems alike, {values.count(0)} of them worth nothing", flush=True)


def compare_drafts(binary, name, first, count, most, program_every):
    """So many instances of up to `most` people a side; every so many of them by HiGHS too."""
    kinds, alike = collections.Counter(), collections.Counter()
    with subprocess.Popen([binary, str(first), str(count), str(most)], stdout=subprocess.PIPE, text=True) as ours:
        for line in ours.stdout:
            found = json.loads(line)
            try:
                solvers = drafts.check(found, by_program=found["seed"] % program_every == 0)
            except drafts.Different as different:
                LEFT_BEHIND.write_text(line, encoding="ascii")
                ours.kill()
                sys.exit(f"{LEFT_BEHIND}: seed {found['seed']}, {different}")
            kinds.update([found["kind"]])
            kinds.update(word for word in ("forbidden", "pinned") if found[word])
            alike.update(solvers)
    if ours.returncode or kinds.total() == 0:
        sys.exit(f"{binary} ended with {ours.returncode}")
    words = [f"{kinds[kind]} with {said}" for kind, said in drafts.KINDS.items()]
    print(f"{name}: {count} instances alike: {', '.join(words)}; forbidden pairs in {kinds['forbidden']}, pinned ones in {kinds['pinned']}")
    for (aim, solver), times in sorted(alike.items()):
        print(f"    {aim:8} {times:6} by {solver}", flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--small", type=int, default=3000, help="so many problems of up to 8 nodes a side, of each kind")
    options.add_argument("--medium", type=int, default=150, help="so many problems of up to 300 nodes a side, of each kind")
    options.add_argument("--large", type=int, default=5, help="so many assignments of up to 2,000 nodes a side")
    options.add_argument("--small-drafts", type=int, default=6000, help="so many instances of up to 8 people a side")
    options.add_argument("--medium-drafts", type=int, default=300, help="so many instances of up to 60 people a side")
    options = options.parse_args()
    build = ["cargo", "build", "--quiet", "--release", "-p", "matching", "--example", "assign", "--example", "drafts"]
    subprocess.run(build, cwd=ROOT, check=True)
    examples = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release" / "examples"
    LEFT_BEHIND.parent.mkdir(parents=True, exist_ok=True)
    first = options.seed * 1_000_000
    compare_drafts(examples / "drafts", "small", first, options.small_drafts, 8, 4)
    compare_drafts(examples / "drafts", "medium", first, options.medium_drafts, 60, 10)
    compare_problems(examples / "assign", options)
    LEFT_BEHIND.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
