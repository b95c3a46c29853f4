#!/usr/bin/env python3
"""Stable matching (hospital/residents) by us, by PyPI `matching`, and by a plain deferred acceptance in Python.

stable.py EXAMPLE FOLDER [RESIDENTS HOSPITALS CHOICES]    EXAMPLE: target/release/examples/stable

Writes a market into the folder and lets each find its matching in a process of its own; fails if the pairs differ.
Reading the market is not timed; building the solver's own form of it is. `matching` recurses as deep as the market is
large and is left out above 1,000 residents.
"""
import heapq
import json
import pathlib
import random
import subprocess
import sys
import threading
import time


def write_market(path, residents, hospitals, choices):
    chance = random.Random(1)
    lists = []
    for _ in range(residents):
        popular = {min(chance.randrange(hospitals), chance.randrange(hospitals)): None for _ in range(choices)}
        lists.append(list(popular))
    applicants = [[] for _ in range(hospitals)]
    for resident, ranked in enumerate(lists):
        for hospital in ranked:
            applicants[hospital].append(resident)
    with open(path, "w", encoding="utf-8") as file:
        print(residents, hospitals, file=file)
        for ranked in lists:
            print(1, *ranked, file=file)
        for ranked in applicants:
            chance.shuffle(ranked)
            print(chance.randint(1, 3), *ranked, file=file)


def read_market(path):
    with open(path, encoding="utf-8") as file:
        rows = [[int(number) for number in line.split()] for line in file]
    residents = rows[0][0]
    lists = [row[1:] for row in rows[1:residents + 1]]
    return lists, [row[1:] for row in rows[residents + 1:]], [row[0] for row in rows[residents + 1:]]


def by_matching(lists, applicants, places):
    from matching.games import HospitalResident

    residents = {resident: ranked for resident, ranked in enumerate(lists) if ranked}
    hospitals = {hospital: ranked for hospital, ranked in enumerate(applicants) if ranked}
    game = HospitalResident.create_from_dictionaries(residents, hospitals, {at: places[at] for at in hospitals})
    found = game.solve(optimal="resident")
    return sorted((int(str(resident)), int(str(hospital))) for hospital, held in found.items() for resident in held)


def by_plain_python(lists, applicants, places):
    ranks = [{resident: rank for rank, resident in enumerate(ranked)} for ranked in applicants]
    following, held, free = [0] * len(lists), [[] for _ in applicants], list(range(len(lists)))
    while free:
        resident = free.pop()
        if following[resident] == len(lists[resident]):
            continue
        hospital = lists[resident][following[resident]]
        following[resident] += 1
        heapq.heappush(held[hospital], (-ranks[hospital][resident], resident))
        if len(held[hospital]) > places[hospital]:
            free.append(heapq.heappop(held[hospital])[1])
    return sorted((resident, hospital) for hospital, kept in enumerate(held) for _, resident in kept)


PEERS = {"matching": by_matching, "plain Python": by_plain_python}


def peer(name, market, pairs):
    problem = read_market(market)
    began = time.perf_counter()
    found = PEERS[name](*problem)
    print(json.dumps({"seconds": time.perf_counter() - began}))
    with open(pairs, "w", encoding="utf-8") as file:
        file.writelines(f"{resident} {hospital}\n" for resident, hospital in found)


def ours(example, market, pairs):
    out = subprocess.run([example, str(market), str(pairs)], capture_output=True, check=True, text=True).stdout
    times = {words[0]: float(words[1]) for words in map(str.split, out.splitlines()) if words[-1] == "ms"}
    return (times["check"] + times["match"]) / 1000


def their(name, market, pairs):
    command = [sys.executable, __file__, "--peer", name, str(market), str(pairs)]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)["seconds"]


def main(example, folder, residents=20_000, hospitals=100_000, choices=50):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    market = folder / "market.txt"
    write_market(market, residents, hospitals, choices)
    names = [name for name in PEERS if name != "matching" or residents <= 1_000]
    found, base = {}, None
    for name in ["ours", *names]:
        pairs = folder / f"pairs-{name.replace(' ', '-')}.txt"
        seconds = ours(example, market, pairs) if name == "ours" else their(name, market, pairs)
        found[name] = pairs.read_text(encoding="utf-8")
        base = base or seconds
        print(f"{name:12} {found[name].count(chr(10)):>7} pairs  {seconds:9.4f} s  {seconds / base:8.1f} of ours")
    if len(set(found.values())) != 1:
        raise SystemExit("the pairs differ")


if __name__ == "__main__":
    if sys.argv[1] == "--peer":
        # `matching` copies its players recursively.
        sys.setrecursionlimit(200_000)
        threading.stack_size(512 * 1024 * 1024)
        worker = threading.Thread(target=peer, args=sys.argv[2:])
        worker.start()
        worker.join()
    else:
        main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
