#!/usr/bin/env python3
"""A people file as an HR system exports it, invented, the same every time: directory.py ROWS > people.csv"""
import csv
import random
import sys

FIRST = ["Ana", "Bolanle", "Chidi", "Dina", "Emre", "Fatima", "Greta", "Hugo", "Ifeoma", "Jun Wei", "Karim", "Larissa"]
LAST = ["Adeyemi", "Barbosa", "Çelik", "Desjardins", "Eze", "Farah", "Goh", "Haddad", "Ito", "Jansen", "Köhler", "Lim"]
DEPARTMENTS = [f"Department {n}" for n in range(1, 13)]
OFFICES = ["Berlin", "Hamburg", "Lagos", "Abuja", "Singapore", "Toronto", "Montréal", "São Paulo"]


def directory(rows, out):
    table = csv.writer(out)
    table.writerow(["Employee ID", "First Name", "Last Name", "Work Email", "Job Title", "Job Level", "Department",
                    "Office", "Manager ID", "Hire Date", "Employment Status"])
    for n in range(rows):
        manager = f"E{(n - 1) // 8:06}" if n else ""
        table.writerow([f"E{n:06}", random.choice(FIRST), random.choice(LAST), f"person{n}@bench.example", "Analyst",
                        random.randint(1, 9), random.choice(DEPARTMENTS), random.choice(OFFICES), manager,
                        f"20{random.randint(10, 24)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}", "Active"])


if __name__ == "__main__":
    random.seed(1)
    directory(int(sys.argv[1]), sys.stdout)
