"""Durable writes, and other requests beside a long job."""

import shutil
import sys
import time
from pathlib import Path

from load import latencies
from processes import output
from report import at_least, at_most

GRANTS = 100_000


def writes(bench):
    """Installations of 250 entities in turns, as the bare loop writes them."""
    paths = [f"/api/entities/{entity}/installation" for entity in bench.world.many.entities[:250]]
    port = bench.latchkey.port
    sides = [lambda: bench.load(port, paths, 64, "PUT").rate,
             lambda: bench.load(port, paths, 1, "PUT").rate]
    loop, why = compiled(bench)
    if loop:
        # On the same disk.
        database = str(bench.latchkey.data / "commits.sqlite")
        sides.append(lambda: float(output([loop, database, str(bench.load.seconds)])))
    many, one, *bare = bench.load.in_turns(*sides)
    target = at_least(0.5, 0.7)
    if loop:
        bench.report.compare("durable writes, 64 clients", many, "bare loop in C", bare[0], target)
    else:
        bench.report.absent("durable writes, 64 clients", target, why)
    bench.report.compare("durable writes, 64 clients", many, "1 client", one, at_least(3))


def compiled(bench):
    """The program of commits.c, or nothing, and why."""
    source, program = Path(__file__).with_name("commits.c"), bench.processes.folder / "commits"
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler or not Path("/usr/include/sqlite3.h").exists():
        return None, f"needs {'sqlite3.h' if compiler else 'a C compiler'}"
    output([compiler, "-O2", "-Wall", "-Werror", "-o", str(program), str(source), "-lsqlite3"])
    return str(program), None


def offboard(bench):
    """Compares other requests while a user with 100,000 grants is offboarded with the same requests
    before and after. Two clients at a time, so that the processors have time for both."""
    user = user_with_grants(bench)
    port, entity = bench.latchkey.port, f"/api/entities/{bench.entity}"
    loads = {"a read": lambda: bench.load(port, f"{entity}/publishers/me", 2),
             "a write": lambda: bench.load(port, f"{entity}/installation", 2, "PUT")}
    calm = {name: latencies(load() for _ in range(bench.load.rounds))
            for name, load in loads.items()}
    during, text = offboarding(bench, user, loads)
    for name, values in during.items():
        calm[name] += latencies(loads[name]() for _ in range(bench.load.rounds))
        bench.report.compare(f"99th percentile of {name} while offboarding", values, "calm",
                             calm[name], at_most(2), "ms")
    bench.report.note(text)


def user_with_grants(bench):
    user = bench.latchkey.call("POST", "/api/users", {
        "email": "leaving@example.com", "username": "leaving", "displayName": "Leaving"})["id"]
    ids = [f"ent_04{i:024}" for i in range(GRANTS)]
    bench.latchkey.stop("entities")
    bench.latchkey.insert(
        "entities", "INSERT INTO entities (id, name, slug, type, owner_id, created_at, updated_at,"
        " search_text) VALUES (?1, 'Granted', 'granted-' || ?1, 'app', 'usr_bench', 0, 0,"
        " 'granted')", ((each,) for each in ids))
    bench.latchkey.insert(
        "entities", "INSERT INTO publishers (user_id, entity_id, added_by, added_at)"
        " VALUES ('usr_bench', ?, 'usr_bench', 0)", ((each,) for each in ids))
    bench.latchkey.insert(
        "entities", "INSERT INTO shares VALUES ('shr' || substr(?1, 4), ?1, ?2, 'usr_bench', 0)",
        ((each, user) for each in ids))
    bench.latchkey.start("entities")
    return user


def offboarding(bench, user, loads):
    """The 99th percentiles by load while the user is offboarded, and how long it took, as text."""
    begin = time.monotonic()
    operation = bench.latchkey.call("DELETE", f"/api/users/{user}/access")["operationId"]
    during = {name: [] for name in loads}

    def state():
        return bench.latchkey.call("GET", f"/api/operations/{operation}")

    for name, load in [*loads.items()] * 2 * bench.load.rounds:
        value = load().p99
        if state()["state"] == "running":
            during[name].append(value)
    busy, beside = time.monotonic() - begin, state()["removed"]["shares"]
    while state()["state"] == "running":
        time.sleep(1)
    seconds, removed = time.monotonic() - begin, state()["removed"]["shares"]
    if removed != GRANTS or not all(during.values()):
        sys.exit(f"offboarded too fast to measure, or not all: {removed} in {seconds:.0f} s")
    return during, (f"{beside:,} grants were revoked in {busy:.0f} s beside the load, "
                    f"the others in {seconds - busy:.0f} s without")
