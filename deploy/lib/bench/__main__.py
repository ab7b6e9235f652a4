"""The measurements of deploy/bench: which there are, and what they share."""

import argparse
import functools
import shutil
import signal
import sys
from pathlib import Path

# Modules that other scripts use, too.
sys.path.append(str(Path(__file__).resolve().parents[1]))

import growth
import measure_access
import measure_http
import measure_lists
import measure_webhooks
import measure_writes
import postgres
from latchkey import Latchkey
from load import Load
from processes import Processes
from proxies import Proxies
from report import Report
from world import World

COMPARED = {
    "constant": measure_http.constant, "proxy": measure_http.proxy, "calls": measure_http.calls,
    "checks": measure_access.checks, "writes": measure_writes.writes}
OTHERS = {
    "access": measure_access.access, "acting": measure_http.acting,
    "external": measure_http.external, "people": measure_lists.people,
    "webhooks": measure_webhooks.webhooks, "offboard": measure_writes.offboard,
    "memory": measure_http.memory, "deep": measure_lists.deep, "start": measure_http.start,
    "growth": growth.growth}


class Bench:
    """What measurements have in common."""

    def __init__(self, options, processes):
        self.options, self.processes, self.report = options, processes, Report()
        self.caddy, self.fga = (program(options.programs, name) for name in ("caddy", "fga"))
        self.has_postgres = postgres.can_run()
        self.proxies = Proxies(processes, self.caddy)
        self.report.peers.update(self.proxies.versions(self.caddy))
        self.latchkey = Latchkey(processes, options.bin)
        self.latchkey.start()
        self.load = Load(processes.folder, self.latchkey.token, options.seconds, options.rounds)
        self.entity = self.latchkey.call(
            "POST", "/api/entities", {"name": "Bench", "type": "app"})["id"]

    @functools.cached_property
    def world(self):
        """The data of the checks, which the services have from the first use on."""
        world = World()
        world.fill(self.latchkey)
        return world


def program(folder, name):
    """The path of a program that was installed for this, if it was."""
    path = Path(folder, name)
    return str(path) if path.exists() else shutil.which(name)


def parse():
    parser = argparse.ArgumentParser(
        prog="deploy/bench", description="Compares Latchkey with nginx, Caddy, PostgreSQL, OpenFGA "
        "and a bare loop in C, in turns. Takes about five minutes; --all over fifteen.")
    parser.add_argument("bin", help=argparse.SUPPRESS)
    parser.add_argument("programs", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, default=4,
                        help="duration of each load (default 4)")
    parser.add_argument("--rounds", type=int, default=3,
                        help="loads of each side, in turns (default 3)")
    parser.add_argument("--whole", action="store_true",
                        help="growth: with 1,000,000 entities, 10,000,000 shares (10 GB, and some "
                        "minutes), not a twentieth of them")
    parser.add_argument("--json", metavar="FILE", help="also write the results to this file")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true",
                       help=f"also measure what has no peer: {', '.join(OTHERS)}")
    which.add_argument("--only", metavar="NAME", choices=[*COMPARED, *OTHERS],
                       help=f"one of: {', '.join([*COMPARED, *OTHERS])}")
    return parser.parse_args()


def main():
    options = parse()
    # So that the processes are ended, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    wanted = {**COMPARED, **OTHERS} if options.all or options.only else COMPARED
    with Processes() as processes:
        bench = Bench(options, processes)
        for name, measure in wanted.items():
            if options.only in (None, name):
                measure(bench)
        bench.report.note(f"disk: {bench.latchkey.commit_time()}; load of the machine before "
                          f"{bench.report.load:.1f}")
        if options.json:
            bench.report.write(options.json, rounds=options.rounds, secondsEach=options.seconds)
    return 0 if bench.report.holds() else 1


sys.exit(main())
