"""The measurements of deploy/bench. Python's standard library, wrk and nginx."""

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

parser = argparse.ArgumentParser(prog="deploy/bench")
parser.add_argument("bin", help=argparse.SUPPRESS)
parser.add_argument("--seconds", type=int, default=4, help="of each load (4)")
parser.add_argument("--rounds", type=int, default=3, help="loads of each, taken in turns (3)")
parser.add_argument("--only", help="one of: constant, road, writes, memory, deep, start")
options = parser.parse_args()

work = Path(tempfile.mkdtemp(prefix="latchkey-bench-"))
children = []
results = []


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


gateway_port, internal_port, entities_port, constant_port, proxy_port = free_ports(5)


def start(command, environment=None):
    child = subprocess.Popen(
        command, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=open(work / "log", "a"))
    children.append(child)
    return child


def stop(child):
    child.send_signal(signal.SIGTERM)
    child.wait(15)
    children.remove(child)


def get_status(port, path):
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0


def wait_ready(port):
    begin = time.monotonic()
    while get_status(port, "/readyz") != 200:
        if time.monotonic() - begin > 30:
            sys.exit(f"not ready within 30 s:\n{(work / 'log').read_text()}")
        time.sleep(0.002)
    return time.monotonic() - begin


def service(name):
    environment = {
        "LATCHKEY_INTERNAL_SECRET": "bench-" + "0" * 32,
        "LATCHKEY_DATA_DIR": str(work / "data"),
        "LATCHKEY_ADMIN_TOKEN": token,
        "LATCHKEY_INTERNAL_PORT": str(internal_port),
        "LATCHKEY_GATEWAY_URL": f"http://127.0.0.1:{internal_port}",
        "LATCHKEY_ENTITIES_URL": f"http://127.0.0.1:{entities_port}",
        # As it is by default: a line for each request is part of what is measured.
        "LATCHKEY_LOG_LEVEL": os.environ.get("LATCHKEY_LOG_LEVEL", "info"),
        # On, so that what it costs is in the figures; never reached.
        "LATCHKEY_RATE_LIMIT": "1000000",
    }
    environment["LATCHKEY_PORT"] = str(gateway_port if name == "gateway" else entities_port)
    return start([f"{options.bin}/{name}"], environment)


def nginx():
    """As many workers as we have loops, kept-alive connections upstream, no log."""
    configuration = f"""
        daemon off; worker_processes {os.cpu_count()}; pid {work}/nginx.pid; error_log stderr error;
        events {{ worker_connections 4096; }}
        http {{
            access_log off; keepalive_requests 1000000000; default_type application/json;
            upstream constant {{ server 127.0.0.1:{constant_port}; keepalive 256;
                                 keepalive_requests 1000000000; }}
            server {{ listen 127.0.0.1:{constant_port} reuseport;
                      location / {{ return 200 '{{"isPublisher":true}}'; }} }}
            server {{ listen 127.0.0.1:{proxy_port} reuseport;
                      location / {{ proxy_pass http://constant; proxy_http_version 1.1;
                                    proxy_set_header Connection ""; }} }}
        }}"""
    (work / "nginx.conf").write_text(configuration)
    start(["/usr/sbin/nginx", "-p", str(work), "-c", str(work / "nginx.conf"), "-e", "stderr"])


def call(method, path, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", gateway_port, timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    response = connection.getresponse()
    answer = response.read()
    if response.status >= 300:
        sys.exit(f"{method} {path}: {response.status} {answer}")
    return json.loads(answer)


def wrk(port, path, connections=64, seconds=None, method="GET"):
    """Requests a second and the 99th percentile of latency in milliseconds."""
    script = work / "wrk.lua"
    script.write_text(f'wrk.method = "{method}"\nwrk.headers["Authorization"] = "Bearer {token}"\n')
    text = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds or options.seconds}s", "--latency",
         "-s", str(script), f"http://127.0.0.1:{port}{path}"],
        capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        sys.exit(f"the load on {path} failed:\n{text}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)", text).groups()
    return rate, float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def in_turns(ours, theirs):
    """Both, alternating, so that what else the machine does hits both; medians."""
    pairs = [(ours(), theirs()) for _ in range(options.rounds)]
    return [tuple(statistics.median(run[side][i] for run in pairs) for i in (0, 1))
            for side in (0, 1)]


def report(name, ours, other, ratio, wanted, holds):
    results.append(holds)
    print(f"{name:<52} {ours:>14} {other:>22} {ratio:>7} {wanted:>9}  {'ok' if holds else 'MISSED'}",
          flush=True)


def wanted(part):
    return options.only in (None, part)


def constant():
    ours, theirs = in_turns(
        lambda: wrk(entities_port, "/healthz"), lambda: wrk(constant_port, "/"))
    ratio = ours[0] / theirs[0]
    report("constant answer, 64 connections", f"{ours[0]:.0f}/s", f"nginx {theirs[0]:.0f}/s",
           f"{ratio:.2f}", ">= 0.8", ratio >= 0.8)


def road(entity):
    path = f"/api/entities/{entity}/publishers/me"
    ours, theirs = in_turns(lambda: wrk(gateway_port, path), lambda: wrk(proxy_port, "/"))
    ratio = ours[0] / theirs[0]
    report("gateway to entities, authenticated, from SQLite", f"{ours[0]:.0f}/s",
           f"nginx proxy {theirs[0]:.0f}/s", f"{ratio:.2f}", ">= 0.6", ratio >= 0.6)
    ratio = ours[1] / theirs[1]
    report("the same, 99th percentile", f"{ours[1]:.1f} ms", f"nginx proxy {theirs[1]:.1f} ms",
           f"{ratio:.2f}", "<= 3", ratio <= 3)


def writes(entity):
    path = f"/api/entities/{entity}/installation"
    many, one = in_turns(
        lambda: wrk(gateway_port, path, 64, method="PUT"),
        lambda: wrk(gateway_port, path, 1, method="PUT"))
    ratio = many[0] / one[0]
    report("durable writes, 64 clients against 1", f"{many[0]:.0f}/s", f"1 client {one[0]:.0f}/s",
           f"{ratio:.2f}", ">= 3", ratio >= 3)


def memory(child):
    clients = []
    for _ in range(1000):
        client = socket.create_connection(("127.0.0.1", entities_port))
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        clients.append(client)
    for client in clients:
        client.recv(4096)
    status = Path(f"/proc/{child.pid}/status").read_text()
    megabytes = int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
    report("memory of a service, 1,000 idle connections", f"{megabytes:.1f} MB", "", "",
           "<= 60 MB", megabytes <= 60)
    for client in clients:
        client.close()


def deep(entity, entities):
    """A page far down a list of a million shares, beside the first one."""
    stop(entities)
    count = 1_000_000
    database = sqlite3.connect(work / "data" / "entities.sqlite")
    database.executemany(
        "INSERT INTO shares VALUES (?, ?, ?, 'usr_bench', 0)",
        ((f"shr_{i:026}", entity, f"usr_{i:026}") for i in range(count)))
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    entities = service("entities")
    wait_ready(entities_port)

    def milliseconds(page):
        begin = time.monotonic()
        call("GET", f"/api/entities/{entity}/shares?page={page}")
        return (time.monotonic() - begin) * 1000

    pairs = [(milliseconds(1), milliseconds(count // 20)) for _ in range(7)]
    first, last = (statistics.median(pair[i] for pair in pairs) for i in (0, 1))
    report("the last page of 1,000,000 shares", f"{last:.0f} ms", f"the first {first:.0f} ms",
           f"{last / first:.2f}", "<= 10", last <= 10 * first)
    return entities


def cold_start(name, port, child):
    stop(child)
    times = []
    for _ in range(5):
        child = service(name)
        times.append(wait_ready(port) * 1000)
        stop(child)
    milliseconds = statistics.median(times)
    report(f"start of {name} to /readyz", f"{milliseconds:.0f} ms", "", "", "<= 300 ms",
           milliseconds <= 300)
    child = service(name)
    wait_ready(port)
    return child


def main():
    nginx()
    entities, gateway = service("entities"), service("gateway")
    wait_ready(entities_port)
    wait_ready(internal_port)
    entity = call("POST", "/api/entities", {"name": "Bench", "type": "app"})["id"]
    print(f"{'':<52} {'ours':>14} {'beside':>22} {'ratio':>7} {'wanted':>9}")
    if wanted("constant"):
        constant()
    if wanted("road"):
        road(entity)
    if wanted("writes"):
        writes(entity)
    if wanted("memory"):
        memory(entities)
    if wanted("deep"):
        entities = deep(entity, entities)
    if wanted("start"):
        entities = cold_start("entities", entities_port, entities)
        cold_start("gateway", internal_port, gateway)
    print("\ndisk:", flush_time())
    return 0 if all(results) else 1


def flush_time():
    """What COMMIT took, so that write rates can be read: a virtual disk's flush may be a fiction."""
    connection = http.client.HTTPConnection("127.0.0.1", entities_port, timeout=5)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    total, count = (
        float(re.search(rf"latchkey_sqlite_commit_duration_seconds_{part} ([\d.e-]+)", text).group(1))
        for part in ("sum", "count"))
    return f"{total / count * 1000:.2f} ms a commit" if count else "no commits"


token = subprocess.run(
    [f"{options.bin}/gateway", "--make-token"], capture_output=True, text=True, check=True
).stdout.strip()
try:
    code = main()
finally:
    for child in list(children):
        stop(child)
    shutil.rmtree(work, ignore_errors=True)
sys.exit(code)
