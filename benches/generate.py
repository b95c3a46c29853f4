#!/usr/bin/env python3
"""Invented data for the benchmarks, the same for the same seed.

generate.py directory ROWS > people.csv            a people file as an HR system exports it
generate.py participants MENTORS MENTEES > p.csv   the file of `counterflow match`
"""
import csv
import random
import sys

FIRST = ["Ana", "Bolanle", "Chidi", "Dina", "Emre", "Fatima", "Greta", "Hugo", "Ifeoma", "Jun Wei", "Karim", "Larissa"]
LAST = ["Adeyemi", "Barbosa", "Çelik", "Desjardins", "Eze", "Farah", "Goh", "Haddad", "Ito", "Jansen", "Köhler", "Lim"]
DEPARTMENTS = [f"Department {n}" for n in range(1, 13)]
OFFICES = ["Berlin", "Hamburg", "Lagos", "Abuja", "Singapore", "Toronto", "Montréal", "São Paulo"]
TOPICS = ["AI at work", "data", "social media", "automation", "security", "accessibility", "early careers", "design"]
LANGUAGES = ["English", "German", "French", "Portuguese", "Yoruba", "Mandarin"]


def directory(rows, out):
    table = csv.writer(out)
    table.writerow(["Employee ID", "First Name", "Last Name", "Work Email", "Job Title", "Job Level", "Department",
                    "Office", "Manager ID", "Hire Date", "Employment Status"])
    for n in range(rows):
        manager = f"E{(n - 1) // 8:06}" if n else ""
        table.writerow([f"E{n:06}", random.choice(FIRST), random.choice(LAST), f"person{n}@bench.example", "Analyst",
                        random.randint(1, 9), random.choice(DEPARTMENTS), random.choice(OFFICES), manager,
                        f"20{random.randint(10, 24)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}", "Active"])


def topics(least, most, numbers):
    chosen = random.sample(TOPICS, random.randint(least, most))
    return ";".join(f"{topic}:{random.randint(*numbers)}" for topic in chosen)


def participants(mentors, mentees, out):
    table = csv.writer(out)
    table.writerow(["id", "name", "role", "capacity", "level", "department", "location", "languages", "offers", "wants"])
    for role, count, levels in [("mentor", mentors, (1, 5)), ("mentee", mentees, (5, 10))]:
        for n in range(count):
            mentor = role == "mentor"
            table.writerow([f"{role[3]}{n:06}", f"{random.choice(FIRST)} {random.choice(LAST)}", role, 1,
                            random.randint(*levels), random.choice(DEPARTMENTS), random.choice(OFFICES),
                            ";".join(random.sample(LANGUAGES, random.randint(1, 3))),
                            topics(2, 6, (1, 5)) if mentor else "", "" if mentor else topics(1, 4, (1, 3))])


if __name__ == "__main__":
    random.seed(1)
    kind, *sizes = sys.argv[1:]
    {"directory": directory, "participants": participants}[kind](*map(int, sizes), sys.stdout)
