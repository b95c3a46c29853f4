"""The engine's scores in numpy, as fast as one thread of it goes: what a rival has to do before it can solve.

Every comparison of a pair gives a small number (topic points 0..30, slots in common 0..4, ...). Together they are one
index into a table of all possible scores, so that a pair costs a few passes over bytes and one look-up. Blocks of mentees
keep the intermediate arrays in the cache. Shares, degrees and rounding are those of the engine's documentation.
"""
import json
import pathlib
import tomllib

import numpy as np

FULL = 10_000
FULL_TOPIC_POINTS = 30
IMPOSSIBLE = -1
BLOCK = 1 << 17  # pairs at once


class Instance:
    """The arrays of a folder: `mentor` and `mentee` by name."""

    def __init__(self, folder):
        folder = pathlib.Path(folder)
        self.meta = json.loads((folder / "meta.json").read_text())
        self.criteria = tomllib.loads((folder / "criteria.toml").read_text())
        self.mentor, self.mentee = {}, {}
        for side, people in (("mentor", self.mentor), ("mentee", self.mentee)):
            for file in folder.glob(f"{side}_*"):
                people[file.stem.removeprefix(f"{side}_")] = np.fromfile(file, "<" + file.suffix[1:])
        self.forbidden = np.fromfile(folder / "forbidden.i4", "<i4").reshape(-1, 2)

    def criterion(self, rule, field):
        """The one criterion with this rule on this field, or None."""
        found = [one for one in self.criteria["criterion"] if one["rule"] == rule and field in (one.get("field"), one.get("mentor_field"))]
        return found[0] if found else None


def rounded(part, whole):
    """part / whole, rounded half up."""
    return (2 * part + whole) // (2 * whole)


def shares(weights):
    """A full score split by weights: largest remainder, then position."""
    split = [FULL * weight // sum(weights) for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(FULL * weights[at] % sum(weights)), at))
    for at in by_remainder[:FULL - sum(split)]:
        split[at] += 1
    return split


def degrees(criterion):
    """The degree of each number that a comparison can give."""
    if criterion["compare"] == "offers_what_the_other_wants":
        whole = FULL_TOPIC_POINTS ** 2
        return [rounded(FULL * (whole - (FULL_TOPIC_POINTS - points) ** 2), whole) for points in range(FULL_TOPIC_POINTS + 1)]
    if criterion["compare"] == "different":
        return [0, FULL]
    by = criterion["by"]  # overlaps: members in common; complements: distance
    return [rounded(FULL * number, by) for number in range(by + 1)]


class Scorer:
    """Scores blocks of mentees against all mentors."""

    def __init__(self, instance):
        self.instance, self.mentor, self.mentee = instance, instance.mentor, instance.mentee
        self.wishes = [one for one in instance.criteria["criterion"] if one["rule"] == "prefer"]
        self.sizes = [len(degrees(wish)) for wish in self.wishes]
        self.table = self._table()
        self._lay_out_rules()
        self._lay_out_topics()

    def _table(self):
        """The score behind every index; index 0 is an impossible pair."""
        total = np.zeros(1, np.int64)
        for wish, share in zip(self.wishes, shares([wish["weight"] for wish in self.wishes])):
            points = [rounded(share * degree, FULL) for degree in degrees(wish)]
            total = (total[:, None] + np.array(points)).ravel()
        assert len(total) < 1 << 16, "the index has 16 bits"
        return np.concatenate([[IMPOSSIBLE], total]).astype(np.int16)

    def _lay_out_rules(self):
        """A bit for each level and each offset that mentors have; a mentee's bits are those that the rules refuse."""
        apart = self.instance.criterion("must", "level")["by"]
        near = self.instance.criterion("must", "utc_offset")
        levels, level = np.unique(self.mentor["level"].astype(int), return_inverse=True)
        offsets, offset = np.unique(self.mentor["utc_offset"].astype(int), return_inverse=True)
        assert len(levels) + len(offsets) <= 32, "a bit each"
        self.mentor_bits = (1 << level | 1 << (len(levels) + offset)).astype(np.uint32)
        too_near = np.abs(self.mentee["level"].astype(int)[:, None] - levels) < apart
        hours = np.abs(self.mentee["utc_offset"].astype(int)[:, None] - offsets) % near["wraps_at"]
        too_far = np.minimum(hours, near["wraps_at"] - hours) > near["by"]
        refused = np.concatenate([too_near, too_far], axis=1)
        self.refused_bits = (refused << np.arange(refused.shape[1])).sum(axis=1).astype(np.uint32)

    def _lay_out_topics(self):
        """Row `topic * 4 + priority` holds every mentor's level in the topic times the priority; at most 8 rows of 15 add up."""
        starts, mentors = self.mentor["topic_starts"], len(self.mentor["level"])
        person = np.repeat(np.arange(mentors), np.diff(starts.astype(np.int64)))
        self.topic_points = np.zeros((800, mentors), np.uint8)
        for priority in (1, 2, 3):
            self.topic_points[self.mentor["topics"].astype(int) * 4 + priority, person] = self.mentor["topic_numbers"] * np.uint8(priority)
        rows = self.mentee["topics"].astype(int) * 4 + self.mentee["topic_numbers"]
        self.wanted_rows = np.split(rows, self.mentee["topic_starts"][1:-1].astype(np.int64))

    def _topics(self, first, out):
        for at, points in enumerate(out):
            rows = self.wanted_rows[first + at]
            np.add(self.topic_points[rows[0]], self.topic_points[rows[1]], out=points)  # everybody wants two or more
            for row in rows[2:]:
                np.add(points, self.topic_points[row], out=points)

    def _compared(self, wish, first, out, most):
        """Writes the number that a comparison gives for each pair, as bytes. `most` is room for as many bytes."""
        if wish["compare"] == "offers_what_the_other_wants":
            self._topics(first, out)
            limit = FULL_TOPIC_POINTS
        else:
            field = wish["field"]
            mentor, mentee = self.mentor[field], self.mentee[field][first:first + len(out), None]
            if wish["compare"] == "different":
                np.not_equal(mentor, mentee, out=out.view(bool))
                return
            limit = wish["by"]
            if wish["compare"] == "overlaps":
                np.bitwise_count(mentor & mentee, out=out)
            else:
                np.subtract(mentor.view(np.int8), mentee.view(np.int8), out=out.view(np.int8))
                np.abs(out.view(np.int8), out=out.view(np.int8))
        most.fill(limit)  # numpy compares two whole arrays ten times as fast as an array and a number
        np.minimum(out, most, out=out)

    def block(self, first, out, room):
        """Writes the scores of the mentees from `first` on, a row each, without chain of command and forbidden pairs."""
        number, most, index, wide = (whole[:len(out)] for whole in room)
        mentees = slice(first, first + len(out))
        index.fill(0)
        for wish, size in zip(self.wishes, self.sizes):
            np.multiply(index, np.uint16(size), out=index)
            self._compared(wish, first, number, most)
            np.add(index, number, out=index)
        np.add(index, np.uint16(1), out=index)
        possible = (self.mentor_bits & self.refused_bits[mentees, None]) == 0
        possible &= (self.mentor["languages"] & self.mentee["languages"][mentees, None]) != 0
        np.multiply(index, possible, out=wide)
        np.take(self.table, wide, out=out, mode="clip")

    def matrix(self):
        """All scores, a row a mentee, as 16-bit numbers; -1 where the rules forbid the pair."""
        mentors, mentees = len(self.mentor["level"]), len(self.mentee["level"])
        scores = np.empty((mentees, mentors), np.int16)
        step = max(1, BLOCK // mentors)
        room = [np.empty((step, mentors), kind) for kind in (np.uint8, np.uint8, np.uint16, np.intp)]
        for first in range(0, mentees, step):
            self.block(first, scores[first:first + step], room)
        self._chain_of_command(scores)
        scores[self.instance.forbidden[:, 1], self.instance.forbidden[:, 0]] = IMPOSSIBLE
        return scores

    def _chain_of_command(self, scores):
        """In Euler order the mentors below a mentee are neighbors. No mentor has anybody below."""
        boss, manager = self.mentor["manager"], self.mentee["manager"]
        own = np.bincount(boss, minlength=len(manager))
        below = own.copy()
        for mentee in range(len(manager) - 1, 0, -1):
            below[manager[mentee]] += below[mentee]
        enter, free = [0] * len(manager), own.tolist()
        for mentee in range(1, len(manager)):  # managers come before their reports
            enter[mentee] = free[manager[mentee]]
            free[manager[mentee]] += below[mentee]
            free[mentee] += enter[mentee]
        rank = np.array(enter)[boss]
        order = np.argsort(rank, kind="stable")
        for mentee in np.flatnonzero(below):
            scores[mentee, order[enter[mentee]:enter[mentee] + below[mentee]]] = IMPOSSIBLE
