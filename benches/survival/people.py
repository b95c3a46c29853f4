"""Invented people of a company, the same every time: whole days from hire to leaving or to the end of what is known, so that
many leave on the same day, as in real records.

Columns: `duration` in days, `event` (1: left), `entry` (days before which nobody watched; 0 for seven in ten),
`participant`, and `x1` to `x5`: age in tens of years, woman, grade, log salary, share of remote work.
"""
import numpy


def columns(people):
    dice = numpy.random.Generator(numpy.random.PCG64([20240607, people]))
    age = numpy.clip(dice.normal(3.6, 1.0, people), 1.8, 6.7).round(3)
    woman = (dice.random(people) < 0.48).astype(int)
    grade = dice.integers(1, 7, people)
    salary = (0.35 * (grade - 3.5) + dice.normal(0, 0.8, people)).round(4)
    remote = dice.beta(1.2, 1.6, people).round(3)
    chance = 1 / (1 + numpy.exp(0.9 + 0.25 * (age - 3.6) - 0.2 * woman - 0.1 * (grade - 3.5)))
    joined = (dice.random(people) < chance).astype(int)
    risk = -0.35 * joined - 0.12 * (age - 3.6) + 0.05 * woman - 0.10 * (grade - 3.5) - 0.20 * salary + 0.15 * remote
    leaves = (dice.exponential(1.0, people) / numpy.exp(risk)) ** (1 / 1.1) * 1400
    known = numpy.minimum(dice.uniform(30, 1500, people), 1095.0)
    days = numpy.maximum(1, numpy.ceil(numpy.minimum(leaves, known))).astype(int)
    entry = numpy.where(dice.random(people) < 0.7, 0, numpy.floor(dice.random(people) * days)).astype(int)
    return {
        "duration": days,
        "event": (leaves <= known).astype(int),
        "entry": numpy.minimum(entry, days - 1),
        "participant": joined,
        "x1": age,
        "x2": woman,
        "x3": grade,
        "x4": salary,
        "x5": remote,
    }


def write(path, people):
    found = columns(people)
    rows = zip(*(column.tolist() for column in found.values()))
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join(found) + "\n")
        file.writelines(",".join(map(str, row)) + "\n" for row in rows)
