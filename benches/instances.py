#!/usr/bin/env python3
"""An invented company for the matching benchmark: instances.py NAME [MENTORS MENTEES [--ties] [--capacities]] [--seed 1]

A NAME alone is one of `cases.py`. Writes target/bench/instances/NAME: little-endian arrays without headers, one a file, the
type in the file's name (`level.u1` is one byte without sign for each person), `criteria.toml`, and `meta.json` last. The same
arguments give the same bytes; an instance with --capacities has the same people as the one without. Juniors mentor seniors, as in reverse mentoring.

  level          mentors 0..7 and mentees 5..11, low ones more often
  utc_offset     of one of 30 offices in 5 regions, the first offices larger (Zipf)
  department     one of 20, the first larger
  languages      bits 0..15; nine of ten speak language 0, everybody one of their office, a quarter one more
  slots          bits 0..14, each with probability 0.4
  introversion   0..15, normal around 7.5
  groups         bits 0..15, each with probability 0.06
  topics         topic_starts[n] .. topic_starts[n + 1] are person n's entries in topics (0..199) and topic_numbers;
                 mentors offer 3 to 14 with a level 1..5, mentees want 2 to 8 with a priority 1..3 at any level
  capacity       1; with --capacities 1, 2, 3 for 60, 30, 10 % of mentors and 1, 2 for 80, 20 % of mentees
  manager        the position of a mentee, -1 for none: mentees form a tree of four each, mentors report to its lower half
  forbidden      pairs of positions, mentor and mentee; about as many as mentees
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil

import numpy as np

from cases import CASES

HERE = pathlib.Path(__file__).resolve().parent
INSTANCES = HERE.parent / "target" / "bench" / "instances"
TOPICS, DEPARTMENTS, OFFICES = 200, 20, 30
CHUNK = 8192  # people whose topics are drawn at once: 13 MB, however many there are


def zipf(count, exponent):
    weights = 1 / np.arange(1, count + 1) ** exponent
    return weights / weights.sum()


def bits(random, people, count, probability):
    """A number a person, in which each of the lowest bits is set by chance."""
    set_bits = np.zeros(people, np.uint16)
    for bit in range(count):
        set_bits |= (random.random(people, np.float32) < probability).astype(np.uint16) << np.uint16(bit)
    return set_bits


class Company:
    """What both sides share: where the offices are, and what each department talks about."""

    def __init__(self, seed):
        random = np.random.default_rng([seed, 0])
        region = random.integers(0, 5, OFFICES)
        self.offsets = (np.array([-6, 0, 1, 5, 9])[region] + random.integers(-1, 2, OFFICES)).astype(np.int8)
        self.languages = random.integers(1, 12, OFFICES)
        everywhere = random.permutation(zipf(TOPICS, 0.9))
        own = np.stack([random.permutation(zipf(TOPICS, 1.3)) for _ in range(DEPARTMENTS)])
        self.topics = (0.5 * everywhere + 0.5 * own).astype(np.float32)

    def people(self, random, count):
        office = random.choice(OFFICES, count, p=zipf(OFFICES, 0.8))
        languages = (random.random(count) < 0.9).astype(np.uint16)
        languages |= np.uint16(1) << self.languages[office].astype(np.uint16)
        more = np.uint16(1) << random.integers(1, 16, count).astype(np.uint16)
        languages |= np.where(random.random(count) < 0.25, more, 0).astype(np.uint16)
        return {
            "utc_offset": self.offsets[office],
            "department": random.choice(DEPARTMENTS, count, p=zipf(DEPARTMENTS, 0.7)).astype(np.uint8),
            "languages": languages,
            "slots": bits(random, count, 15, 0.4),
            "introversion": np.clip(np.round(random.normal(7.5, 3, count)), 0, 15).astype(np.uint8),
            "groups": bits(random, count, 16, 0.06),
        }

    def choose_topics(self, random, department, fewest, most):
        """Different topics by chance, weighted by department: (starts, topics)."""
        counts = random.integers(fewest, most + 1, len(department))
        starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.uint32)
        chosen = np.empty(starts[-1], np.uint8)
        for first in range(0, len(department), CHUNK):
            rows = slice(first, first + CHUNK)
            # The smallest of exponential times divided by weights are a weighted sample without repetition.
            times = random.standard_exponential((len(department[rows]), TOPICS), np.float32)
            times /= self.topics[department[rows]]
            soonest = np.argpartition(times, most, axis=1)[:, :most]
            order = np.argsort(np.take_along_axis(times, soonest, axis=1), axis=1)
            soonest = np.take_along_axis(soonest, order, axis=1).astype(np.uint8)
            kept = np.arange(most) < counts[rows, None]
            chosen[starts[first]:starts[min(first + CHUNK, len(department))]] = soonest[kept]
        return starts, chosen


def mentors_of(company, seed, count, mentees):
    random = np.random.default_rng([seed, 1])
    people = company.people(random, count)
    people["level"] = np.clip(random.geometric(0.45, count) - 1, 0, 7).astype(np.uint8)
    people["manager"] = random.integers(mentees // 2, mentees, count).astype(np.int32)
    people["topic_starts"], people["topics"] = company.choose_topics(random, people["department"], 3, 14)
    levels = random.choice(np.arange(1, 6, dtype=np.uint8), len(people["topics"]), p=[0.25, 0.3, 0.25, 0.15, 0.05])
    people["topic_numbers"] = levels
    return people


def mentees_of(company, seed, count):
    random = np.random.default_rng([seed, 2])
    people = company.people(random, count)
    people["level"] = np.clip(4 + random.geometric(0.5, count), 5, 11).astype(np.uint8)
    people["manager"] = np.where(np.arange(count) > 0, (np.arange(count) - 1) // 4, -1).astype(np.int32)
    people["topic_starts"], people["topics"] = company.choose_topics(random, people["department"], 2, 8)
    people["topic_numbers"] = random.integers(1, 4, len(people["topics"])).astype(np.uint8)
    return people


def make(mentors, mentees, seed, ties, capacities):
    """All arrays by file name."""
    company = Company(seed)
    sides = {"mentor": mentors_of(company, seed, mentors, mentees), "mentee": mentees_of(company, seed, mentees)}
    random = np.random.default_rng([seed, 3])
    places = {"mentor": random.choice([1, 2, 3], mentors, p=[0.6, 0.3, 0.1]), "mentee": random.choice([1, 2], mentees, p=[0.8, 0.2])}
    pairs = np.stack([random.integers(0, mentors, mentees), random.integers(0, mentees, mentees)], axis=1)
    arrays = {"forbidden": np.unique(pairs.astype(np.int32), axis=0)}
    for side, people in sides.items():
        people["capacity"] = places[side].astype(np.uint8) if capacities else np.ones(len(places[side]), np.uint8)
        if ties:
            people["topic_numbers"][:] = 3 if side == "mentor" else 2  # every level and every priority alike
        arrays |= {f"{side}_{name}": values for name, values in people.items()}
    return arrays


def write(name, mentors, mentees, seed=1, ties=False, capacities=False):
    """Writes the instance unless this very one is there already; returns its folder."""
    folder = INSTANCES / name
    criteria = HERE / ("criteria-ties.toml" if ties else "criteria.toml")
    maker = hashlib.sha256(pathlib.Path(__file__).read_bytes() + criteria.read_bytes()).hexdigest()[:16]
    meta = {"name": name, "mentors": mentors, "mentees": mentees, "seed": seed, "ties": ties, "capacities": capacities, "maker": maker}
    try:
        if json.loads((folder / "meta.json").read_text()) == meta:
            return folder
    except (OSError, ValueError):
        pass
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file, values in make(mentors, mentees, seed, ties, capacities).items():
        values.astype(values.dtype.newbyteorder("<"), copy=False).tofile(folder / f"{file}.{values.dtype.str[1:]}")
    shutil.copy(criteria, folder / "criteria.toml")
    (folder / "meta.json").write_text(json.dumps(meta) + "\n")
    return folder


def write_case(name, case, seed):
    """The same for an instance of `cases.py`; other seeds than the first have folders of their own."""
    name = name if seed == 1 else f"{name}-seed{seed}"
    return write(name, case.mentors, case.mentees, seed, case.ties, case.capacities)


def main():
    parser = argparse.ArgumentParser(description="Writes an instance for the matching benchmark and prints its folder.")
    parser.add_argument("name", help=f"of a new one, or alone {', '.join(CASES)}")
    parser.add_argument("mentors", type=int, nargs="?")
    parser.add_argument("mentees", type=int, nargs="?")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ties", action="store_true", help="coarse criteria, under which very many drafts are equally good")
    parser.add_argument("--capacities", action="store_true", help="up to 3 mentees a mentor and 2 mentors a mentee")
    args = parser.parse_args()
    if not re.fullmatch(r"\w[\w.-]*", args.name):
        parser.error(f"{args.name!r} has to be a name, of a folder in {INSTANCES}")
    if args.mentees is not None:
        folder = write(**vars(args))
    elif args.mentors is None and args.name in CASES and not args.ties and not args.capacities:
        folder = write_case(args.name, CASES[args.name], args.seed)
    else:
        parser.error(f"give the numbers of mentors and mentees, or one of these names alone: {', '.join(CASES)}")
    print(os.path.relpath(folder))


if __name__ == "__main__":
    main()
