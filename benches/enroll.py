#!/usr/bin/env python3
"""The table of who stands where, over HTTP: a round of 10,000 people on SQLite, asked for with filters and orders.

enroll.py COUNTERFLOW FOLDER [PORT]

Prints the median and the 99th percentile of each kind of request, and fails if the 99th percentile of any is above the
limit. People, states and moments are invented, the same every time.
"""
import hashlib
import http.client
import pathlib
import random
import re
import sqlite3
import subprocess
import sys
import time
import uuid

LIMIT_MS = 150
PEOPLE = 10_000
TIMES = 150
SECRET = "b" * 64

ASKED = {
    "everybody by name": "",
    "one side": "side=mentor",
    "unopened, latest invitation first": "mail=unopened&sort=-invited",
    "registered, by state": "side=mentee&sort=state",
    "opened without an answer, by opening": "mail=opened&sort=opened",
    "letters that came back": "mail=bounced",
    "a name": "q=adeyemi&sort=waiting",
    "the last page": f"sort=-name&from={PEOPLE - 100}",
}


def moment(day, minute):
    return f"2026-{1 + day // 28:02}-{1 + day % 28:02}T{minute // 60:02}:{minute % 60:02}:00.000Z"


def seed(path):
    """A manager with a login, a round, and everybody who takes part, in every state and with their letters."""
    rng = random.Random(1)
    db = sqlite3.connect(path, timeout=30)
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    until = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 36000))
    db.execute("insert into organization values ('organization', 'Bench', 'Europe/Berlin', ?)", (now,))
    manager, program, round_ = (str(uuid.UUID(int=n, version=4)) for n in (1, 2, 3))
    person = "insert into people (id, email, name, sort_name, title, location, languages, attributes, status, theme, created_at, updated_at) values (?, ?, ?, ?, 'Analyst', 'Lagos', '[]', '{}', 'active', 'system', ?, ?)"
    db.execute(person, (manager, "ines@bench.example", "Ines Duarte", "ines duarte", now, now))
    db.execute("insert into programs (id, name, template, direction, design, version, created_at) values (?, 'Bench', 'digital-fluency', 'reverse', ?, 1, ?)", (program, design(), now))
    db.execute("insert into program_roles values (?, ?, 'manager', ?, null)", (program, manager, now))
    db.execute("insert into rounds (id, program_id, number, name, stage, enroll_until, starts_on, ends_on, meetings, rhythm_days, meeting_minutes, asking_order, answer_days, agreement_gate, minimum_reporting_size, eligibility, criteria, version, created_at) values (?, ?, 1, 'Round 1', 'enroll', '2099-01-01', '2099-02-01', '2099-08-01', 6, 28, 45, 'mentee_then_mentor', 7, 'required', 5, '{\"mentor\":[],\"mentee\":[]}', '', 1, ?)", (round_, program, now))
    db.execute("insert into logins (id_hash, person_id, created_at, seen_at, expires_at) values (?, ?, ?, ?, ?)", (hashlib.sha256(SECRET.encode()).hexdigest(), manager, now, now, until))
    first = ["Ana", "Bolanle", "Chidi", "Dina", "Emre", "Fatima", "Greta", "Hugo", "Ifeoma", "Karim"]
    last = ["Adeyemi", "Barbosa", "Desjardins", "Eze", "Farah", "Goh", "Haddad", "Ito", "Jansen", "Lim"]
    for n in range(PEOPLE):
        who, part = str(uuid.UUID(int=10 + n, version=4)), str(uuid.UUID(int=(1 << 64) + n, version=4))
        name, address = f"{rng.choice(first)} {rng.choice(last)}", f"person{n}@bench.example"
        db.execute(person, (who, address, name, name.lower(), now, now))
        state = rng.choices(["chosen", "invited", "registered", "admitted", "waiting", "declined", "withdrawn"], [20, 30, 8, 25, 10, 5, 2])[0]
        invited = moment(rng.randrange(100), rng.randrange(1440)) if state != "chosen" else None
        opened = invited if invited and (state != "invited" or rng.random() < 0.4) else None
        db.execute("insert into participants (id, round_id, person_id, role, state, capacity, chosen_at, invited_at, opened_at, reminders) values (?, ?, ?, ?, ?, 1, ?, ?, ?, 0)",
                   (part, round_, who, rng.choice(["mentor", "mentee"]), state, now, invited, opened))
        if state == "waiting":
            db.execute("insert into waiting_entries values (?, ?, 0)", (part, invited))
        if invited:
            letter = str(uuid.UUID(int=(2 << 64) + n, version=4))
            db.execute("insert into letters (id, key, person_id, address, subject, message_id, state, attempts, fence, send_at, maybe_twice, created_at) values (?, ?, ?, ?, 'Bench', ?, 'sent', 1, 1, ?, 0, ?)", (letter, letter, who, address, letter, invited, invited))
            if rng.random() < 0.03:
                db.execute("insert into bounces values (?, ?, '5.1.1', 'User unknown', ?)", (address, invited, letter))
    db.commit()
    db.close()
    return round_


def design():
    """The stored form of a program's design: what the template of the product becomes when a program starts."""
    import json
    import tomllib
    text = (pathlib.Path(__file__).parent.parent / "templates/programs/digital-fluency.toml").read_text()
    return json.dumps(tomllib.loads(text))


def ask(connection, round_, query):
    began = time.perf_counter()
    connection.request("GET", f"/rounds/{round_}/enroll?{query}", headers={"cookie": f"login={SECRET}"})
    reply = connection.getresponse()
    body = reply.read().decode()
    took = (time.perf_counter() - began) * 1000
    if reply.status != 200 or 'id="people"' not in body:
        raise SystemExit(f"{query!r} answers {reply.status}: {re.sub('<[^>]+>', ' ', body)[:500]}")
    return took, len(re.findall(r'<tr role="row" class="linked">', body))


def up(port):
    for _ in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/readyz")
            if connection.getresponse().read() is not None:
                return connection
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server did not start")


def main():
    binary, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    port = int(sys.argv[3]) if len(sys.argv) > 3 else 8089
    path = folder / "enroll.db"
    for old in folder.glob("enroll.db*"):
        old.unlink()
    command = [binary, "serve", "--database", f"sqlite://{path}", "--listen", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        connection = up(port)
        round_ = seed(path)
        worst = 0.0
        print(f"== the table of {PEOPLE:,} people on SQLite, {TIMES} requests each: p50 and p99 in ms")
        for words, query in ASKED.items():
            ask(connection, round_, query)
            times = sorted(ask(connection, round_, query)[0] for _ in range(TIMES))
            rows = ask(connection, round_, query)[1]
            p50, p99 = times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.99))]
            worst = max(worst, p99)
            print(f"{words:40} {p50:8.1f} {p99:8.1f}   ({rows} rows)")
    finally:
        server.terminate()
        server.wait()
    print(f"worst p99: {worst:.1f} ms, limit {LIMIT_MS} ms")
    if worst > LIMIT_MS:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
