"""Durable writes, and other requests beside a long job."""

import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from load import latencies
from processes import output
from report import at_least, at_most

GRANTS = 100_000
VERSIONS = ("1.0.0", "2.0.0")
# Milliseconds. What a disk with a cache that survives a loss of power, or a good one without, takes.
LEAST_FLUSH, SLOW_FLUSH = 0.5, 1


def writes(bench):
    """Versions of 250 installations, each another one than before, as the bare loop writes them; if
    flushes cost next to nothing here, both with slower ones, too."""
    lines = Lines(bench)
    flush = flush_time(bench.latchkey.data)
    if flush >= LEAST_FLUSH:
        bench.report.note(f"a flush to disk takes {flush:.2f} ms")
        return lines.compare({})
    slow = compiled(bench, "flush", "-shared", "-fPIC", "-ldl")
    if slow:
        many, _, bare = lines.measure({})
        many, bare = statistics.median(many), statistics.median(bare)
        bench.report.note(
            f"a flush to disk takes {flush:.2f} ms: {many:,.0f}/s, the bare loop {bare:,.0f}/s, "
            f"{many / bare:.2f}; from here on {SLOW_FLUSH} ms longer, for both")
    lines.compare({"LD_PRELOAD": slow, "FLUSH_MICROSECONDS": str(SLOW_FLUSH * 1000)} if slow else {})


class Lines:
    """The loads of the lines about writes."""

    def __init__(self, bench):
        self.bench = bench
        entities = bench.world.many.entities[:250]
        self.paths = [f"/api/entities/{entity}/installation" for entity in entities]
        self.bodies = [{"version": version} for version in VERSIONS for _ in entities]
        for version in VERSIONS:
            for entity in entities:
                bench.latchkey.call("POST", f"/api/entities/{entity}/versions", {
                    "version": version, "packageUrl": "https://example.com/package.tgz",
                    "sha256": "0" * 64})
        self.loop = compiled(bench, "commits", "-lsqlite3")
        self.groups = []

    def load_many(self):
        """The rate of 64 clients; notes how many of their writes were in a commit."""
        before = self.bench.latchkey.writes()
        rate = self.load(64)
        writes, commits = (b - a for a, b in zip(before, self.bench.latchkey.writes()))
        self.groups.append(writes / commits)
        return rate

    def load(self, connections):
        return self.bench.load(
            self.bench.latchkey.port, self.paths, connections, "PUT", self.bodies).rate

    def measure(self, environment):
        """Rates of 64 clients, of one, and of the loop, if it can be had; `environment` is that of
        what writes."""
        latchkey = self.bench.latchkey
        latchkey.restart("entities", **environment)
        sides = [self.load_many, lambda: self.load(1)]
        if self.loop:
            # On the same disk.
            command = [self.loop, str(latchkey.data / "commits.sqlite"),
                       str(self.bench.load.seconds)]
            sides.append(
                lambda: float(output(command, env={**os.environ, **environment})))
        self.groups = []
        rates = self.bench.load.in_turns(*sides)
        self.bench.report.note(
            f"64 clients: {statistics.median(self.groups):.0f} writes in a commit")
        return rates

    def compare(self, environment):
        report = self.bench.report
        many, one, *bare = self.measure(environment)
        target = at_least(0.5, 0.7)
        if bare:
            report.compare("durable writes, 64 clients", many, "bare loop in C", bare[0], target)
        else:
            report.absent("durable writes, 64 clients", target, "needs a C compiler and sqlite3.h")
        report.compare("durable writes, 64 clients", many, "1 client", one, at_least(3))


def flush_time(folder):
    """The median time of a flush in milliseconds."""
    times = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(200):
            os.pwrite(file.fileno(), os.urandom(4096), 0)
            begin = time.monotonic()
            os.fdatasync(file.fileno())
            times.append((time.monotonic() - begin) * 1000)
    return statistics.median(times)


def compiled(bench, name, *options):
    """The program or library of a file in C; nothing without a compiler or SQLite's header."""
    source, program = Path(__file__).with_name(f"{name}.c"), bench.processes.folder / name
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler or not Path("/usr/include/sqlite3.h").exists():
        return None
    if not program.exists():
        output([compiler, "-O2", "-Wall", "-Werror", "-o", str(program), str(source), *options])
    return str(program)


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
