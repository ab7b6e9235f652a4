"""The measurements of deploy/bench, with Python's standard library, wrk and nginx."""

import argparse
import concurrent.futures
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
import threading
import time
from pathlib import Path

from webhook_load import HangingReceiver, Receivers, certificate, fill

parser = argparse.ArgumentParser(prog="deploy/bench")
parser.add_argument("bin", help=argparse.SUPPRESS)
parser.add_argument("--seconds", type=int, default=4, help="duration of each load (default 4)")
parser.add_argument("--rounds", type=int, default=3, help="loads of each side, in turns (default 3)")
parser.add_argument("--only", help="only one of: constant, proxy, acting, external, access, people, writes, webhooks, offboard, memory, deep, start")
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


(gateway_port, internal_port, entities_port, organizations_port, integrations_port,
 invitations_port, constant_port, proxy_port) = free_ports(8)
ports = {"entities": entities_port, "organizations": organizations_port,
         "integrations": integrations_port, "invitations": invitations_port,
         "gateway": gateway_port}
# The ports of /readyz.
ready_ports = {**ports, "gateway": internal_port}


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


def service(name, **settings):
    environment = {
        "LATCHKEY_INTERNAL_SECRET": "bench-" + "0" * 32,
        "LATCHKEY_DATA_DIR": str(work / "data"),
        "LATCHKEY_ADMIN_TOKEN": token,
        "LATCHKEY_INTERNAL_PORT": str(internal_port),
        "LATCHKEY_GATEWAY_URL": f"http://127.0.0.1:{internal_port}",
        "LATCHKEY_ENTITIES_URL": f"http://127.0.0.1:{entities_port}",
        "LATCHKEY_ORGANIZATIONS_URL": f"http://127.0.0.1:{organizations_port}",
        "LATCHKEY_INTEGRATIONS_URL": f"http://127.0.0.1:{integrations_port}",
        "LATCHKEY_INVITATIONS_URL": f"http://127.0.0.1:{invitations_port}",
        # The default: the log line of each request is part of the measurement.
        "LATCHKEY_LOG_LEVEL": os.environ.get("LATCHKEY_LOG_LEVEL", "info"),
        # Enabled, so that its cost is included, but never reached.
        "LATCHKEY_RATE_LIMIT": "1000000",
    }
    environment["LATCHKEY_PORT"] = str(ports[name])
    environment.update(settings)
    return start([f"{options.bin}/{name}"], environment)


def start_all():
    """Starts all services and waits until they are ready; returns them by name."""
    services = {name: service(name) for name in ports}
    for port in ready_ports.values():
        wait_ready(port)
    return services


def nginx():
    """Starts nginx with as many workers as Latchkey has loops, upstream keep-alive, and no log."""
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


def call(method, path, body=None, bearer=None):
    connection = http.client.HTTPConnection("127.0.0.1", gateway_port, timeout=10)
    headers = {"Authorization": f"Bearer {bearer or token}", "Content-Type": "application/json"}
    connection.request(method, path, json.dumps(body) if body else None, headers)
    response = connection.getresponse()
    answer = response.read()
    if response.status >= 300:
        sys.exit(f"{method} {path}: {response.status} {answer}")
    return json.loads(answer)


def wrk(port, path, connections=64, seconds=None, method="GET", body=None, bearer=None, fields={}):
    """Requests a second and the 99th percentile of latency in milliseconds."""
    script = work / f"wrk-{method}{threading.get_ident()}.lua"
    text = f'wrk.method = "{method}"\nwrk.headers["Authorization"] = "Bearer {bearer or token}"\n'
    for name, value in fields.items():
        text += f'wrk.headers["{name}"] = "{value}"\n'
    if body is not None:
        text += f"wrk.headers['Content-Type'] = 'application/json'\nwrk.body = {json.dumps(json.dumps(body))}\n"
    script.write_text(text)
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
    """Runs both in turns, so that other work on the machine disturbs both; returns medians."""
    pairs = [(ours(), theirs()) for _ in range(options.rounds)]
    return [tuple(statistics.median(run[side][i] for run in pairs) for i in (0, 1))
            for side in (0, 1)]


def together(ours, theirs):
    """Runs both at the same time, so that both run under the same conditions; returns medians."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        pairs = [tuple(run.result() for run in [pool.submit(ours), pool.submit(theirs)])
                 for _ in range(options.rounds)]
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


def proxy(entity):
    path = f"/api/entities/{entity}/publishers/me"
    ours, theirs = in_turns(lambda: wrk(gateway_port, path), lambda: wrk(proxy_port, "/"))
    ratio = ours[0] / theirs[0]
    report("gateway to entities, authenticated, from SQLite", f"{ours[0]:.0f}/s",
           f"nginx proxy {theirs[0]:.0f}/s", f"{ratio:.2f}", ">= 0.6", ratio >= 0.6)
    ratio = ours[1] / theirs[1]
    report("the same, 99th percentile", f"{ours[1]:.1f} ms", f"nginx proxy {theirs[1]:.1f} ms",
           f"{ratio:.2f}", "<= 3", ratio <= 3)


def acting(entity):
    """A platform's token that acts for a user, beside the user's own token."""
    user = call("POST", "/api/users", {
        "email": "bench@example.com", "username": "bench", "displayName": "Bench",
        "externalId": "bench/1"})["id"]
    own = call("POST", "/api/tokens", {"name": "bench", "scopes": [], "userId": user})["token"]
    path = f"/api/entities/{entity}/publishers/me"
    for name, value in (("acting for a user", user), ("the same, by external id", "ext:bench%2F1")):
        ours, theirs = in_turns(
            lambda: wrk(gateway_port, path, fields={"Latchkey-User": value}),
            lambda: wrk(gateway_port, path, bearer=own))
        ratio = ours[0] / theirs[0]
        report(name, f"{ours[0]:.0f}/s", f"own token {theirs[0]:.0f}/s", f"{ratio:.2f}",
               ">= 0.95", ratio >= 0.95)


def external(entity):
    """What external ids cost: of a user, which the gateway resolves, and of the entity, too."""
    user = call("POST", "/api/users", {"email": "x@example.com", "username": "x",
                                       "displayName": "X", "externalId": "bench|1"})["id"]
    call("PATCH", f"/api/entities/{entity}", {"externalId": "bench|1"})
    access = f"/api/entities/{entity}/access?userId="
    for name, named, path in (
            ("a user by external id", f"{access}ext:bench%7C1", access + user),
            ("the same, and the entity",
             "/api/entities/ext:bench%7C1/access?userId=ext:bench%7C1", access + user),
            ("an entity by external id, from SQLite",
             "/api/entities/ext:bench%7C1/publishers/me", f"/api/entities/{entity}/publishers/me")):
        ours, theirs = in_turns(lambda: wrk(gateway_port, named), lambda: wrk(gateway_port, path))
        ratio = ours[0] / theirs[0]
        report(name, f"{ours[0]:.0f}/s", f"by id {theirs[0]:.0f}/s", f"{ratio:.2f}", ">= 0.95",
               ratio >= 0.95)


def access(services):
    """Access checks with 100,000 entities, 1,000 organizations and 10,000 users. The batch is mixed:
    a quarter each with access by a grant, by a store of the caller's organization, by a public
    store, and without access."""
    for child in services.values():
        stop(child)
    caller, own, theirs = load()
    services.update(start_all())
    batch = {"checks": [{"entityId": f"ent_01{i:024}"} for kind in own for i in kind]}
    answer = call("POST", "/api/access/check", batch)["results"]
    steps = [sum(r["via"] == via for r in answer)
             for via in ("publisher", "organization_store", "public_store", None)]
    if steps != [250, 250, 250, 250]:
        sys.exit(f"the batch has other results than expected: {steps}")
    rate, _ = statistics.median_low(
        [wrk(gateway_port, "/api/access/check", 8, method="POST", body=batch)
         for _ in range(options.rounds)])
    report("checks in batches of 1,000, mixed", f"{rate * 1000:.0f}/s", "", "", ">= 100000",
           rate >= 100)
    single = {"checks": [{"entityId": f"ent_01{theirs:024}"}]}
    path = f"/api/entities/ent_01{theirs:024}/publishers/me"
    check, me = together(
        lambda: wrk(gateway_port, "/api/access/check", 32, method="POST", body=single),
        lambda: wrk(gateway_port, path, 32))
    ratio = check[1] / me[1]
    report("one check by an organization's store, parallel p99", f"{check[1]:.1f} ms",
           f"publishers/me {me[1]:.1f} ms", f"{ratio:.2f}", "<= 2", ratio <= 2)
    check, me = in_turns(
        lambda: wrk(gateway_port, "/api/access/check", method="POST", body=single),
        lambda: wrk(gateway_port, path))
    print(f"  in turns, each saturating the machine: {check[0]:.0f}/s and {check[1]:.1f} ms, "
          f"publishers/me {me[0]:.0f}/s and {me[1]:.1f} ms")


def load():
    """Fills the databases of stopped services. Returns the caller's id, the batch by kind of access,
    and an entity that the caller can access by a store of their organization."""
    users, organizations, entities = 10_000, 1_000, 100_000
    with sqlite3.connect(work / "data" / "gateway.sqlite") as db:
        caller = db.execute("SELECT id FROM users").fetchone()[0]
        columns = [row[1] for row in db.execute("PRAGMA table_info(users)")]
        template = dict(zip(columns, db.execute("SELECT * FROM users").fetchone()))
        db.executemany(
            f"INSERT INTO users VALUES ({','.join('?' * len(columns))})",
            ([*({**template, "id": f"usr_01{i:024}", "email": f"u{i}@example.com",
                 "username": f"u{i}"}.values())] for i in range(users)))
    with sqlite3.connect(work / "data" / "entities.sqlite") as db:
        db.executemany(
            "INSERT INTO entities (id, name, slug, type, owner_id, created_at, updated_at, "
            "search_text) VALUES (?, 'Bench', ?, 'app', ?, 0, 0, 'bench')",
            ((f"ent_01{i:024}", f"bench-{i}", f"usr_01{i % users:024}") for i in range(entities)))
        db.executemany(
            "INSERT INTO publishers (user_id, entity_id, added_by, added_at) VALUES (?, ?, ?, 0)",
            ((f"usr_01{i % users:024}",) + (f"ent_01{i:024}",) + (f"usr_01{i % users:024}",)
             for i in range(entities)))
        db.executemany(
            "INSERT INTO publishers (user_id, entity_id, added_by, added_at) VALUES (?, ?, ?, 0)",
            ((caller, f"ent_01{i:024}", caller) for i in range(250)))
    with sqlite3.connect(work / "data" / "organizations.sqlite") as db:
        db.executemany(
            "INSERT INTO organizations (id, name, slug, created_at, search_text, npm_registry_key)"
            " VALUES (?, 'Bench', ?, 0, 'bench', x'00')",
            ((f"org_01{i:024}", f"bench-{i}") for i in range(organizations)))
        db.executemany(
            "INSERT INTO roles VALUES (?, ?, 'owner', 'owner', 'owner', '[\"*\"]')",
            ((f"rol_01{i:024}", f"org_01{i:024}") for i in range(organizations)))
        # Every user is in three; the caller is in the first ten.
        members = [(f"usr_01{i:024}", (i * 7 + k * 331) % organizations)
                   for i in range(users) for k in range(3)] + [(caller, o) for o in range(10)]
        db.executemany(
            "INSERT INTO memberships VALUES (?, ?, ?, ?, 0)",
            ((user, f"org_01{o:024}", f"mem_01{n:024}", f"rol_01{o:024}")
             for n, (user, o) in enumerate(members)))
        # Each entity is in one store; every tenth is public.
        db.executemany(
            "INSERT INTO publications VALUES (?, ?, ?, 'app', ?, ?, 0, 0)",
            ((f"ent_01{i:024}", f"org_01{i % organizations:024}", f"pub_01{i:024}", i % 10 == 5,
              f"usr_01{i % users:024}") for i in range(entities)))
    for name in ("gateway", "entities", "organizations"):
        with sqlite3.connect(work / "data" / f"{name}.sqlite") as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    rest = range(1_000, entities)
    store = [i for i in rest if i % organizations < 10 and i % 10 != 5][:250]
    public = [i for i in rest if i % organizations >= 10 and i % 10 == 5][:250]
    none = [i for i in rest if i % organizations >= 10 and i % 10 != 5][:250]
    return caller, (range(250), store, public, none), store[0]


def writes(entity):
    path = f"/api/entities/{entity}/installation"
    many, one = in_turns(
        lambda: wrk(gateway_port, path, 64, method="PUT"),
        lambda: wrk(gateway_port, path, 1, method="PUT"))
    ratio = many[0] / one[0]
    report("durable writes, 64 clients against 1", f"{many[0]:.0f}/s", f"1 client {one[0]:.0f}/s",
           f"{ratio:.2f}", ">= 3", ratio >= 3)


def offboard(services, entity):
    """Compares other requests while a user with 100,000 grants is offboarded with the same requests
    before and after. Two clients at a time, so that the processors have time for both."""
    count = 100_000
    user = call("POST", "/api/users", {"email": "leaving@example.com", "username": "leaving",
                                       "displayName": "Leaving"})["id"]
    stop(services["entities"])
    with sqlite3.connect(work / "data" / "entities.sqlite") as db:
        db.executemany(
            "INSERT INTO entities (id, name, slug, type, owner_id, created_at, updated_at, "
            "search_text) VALUES (?, 'Granted', ?, 'app', 'usr_bench', 0, 0, 'granted')",
            ((f"ent_02{i:024}", f"granted-{i}") for i in range(count)))
        db.executemany(
            "INSERT INTO publishers (user_id, entity_id, added_by, added_at)"
            " VALUES ('usr_bench', ?, 'usr_bench', 0)", ((f"ent_02{i:024}",) for i in range(count)))
        db.executemany(
            "INSERT INTO shares VALUES (?, ?, ?, 'usr_bench', 0)",
            ((f"shr_02{i:024}", f"ent_02{i:024}", user) for i in range(count)))
        db.commit()
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    services["entities"] = service("entities")
    wait_ready(ready_ports["entities"])

    loads = {
        "a read": lambda: wrk(gateway_port, f"/api/entities/{entity}/publishers/me", 2),
        "a write": lambda: wrk(gateway_port, f"/api/entities/{entity}/installation", 2,
                               method="PUT"),
    }
    calm = {name: [load()[1] for _ in range(options.rounds)] for name, load in loads.items()}
    begin = time.monotonic()
    operation = call("DELETE", f"/api/users/{user}/access")["operationId"]
    state = lambda: call("GET", f"/api/operations/{operation}")
    during = {name: [] for name in loads}
    for name, load in [*loads.items()] * 2 * options.rounds:
        value = load()[1]
        if state()["state"] == "running":
            during[name].append(value)
    busy, beside = time.monotonic() - begin, state()["removed"]["shares"]
    while state()["state"] == "running":
        time.sleep(1)
    seconds = time.monotonic() - begin
    removed = state()["removed"]["shares"]
    if removed != count or not all(during.values()):
        sys.exit(f"offboarded too fast to measure, or not all: {removed} in {seconds:.0f} s")
    for name, values in during.items():
        calm[name] += [loads[name]()[1] for _ in range(options.rounds)]
        value, usual = statistics.median(values), statistics.median(calm[name])
        ratio = value / usual
        report(f"99th percentile of {name} during an offboarding", f"{value:.1f} ms",
               f"calm {usual:.1f} ms", f"{ratio:.2f}", "<= 2", ratio <= 2)
    print(f"  {beside:,} grants were revoked in {busy:.0f} s beside the load, "
          f"the others in {seconds - busy:.0f} s without")


def webhooks(services):
    """Deliveries a second, as nginx receives them on 16 ports for four users, while another webhook
    of each of them hangs. The rate of a host is not limited; both sides are on this machine."""
    for scheme, count, least in (("http", 20_000, 1_000), ("https", 10_000, 500)):
        folder = work / f"{scheme}-receivers"
        pair = certificate(folder)
        receivers = Receivers(folder, scheme, free_ports(16), pair)
        receiver = start(receivers.command)
        hanging = HangingReceiver()
        settings = {"LATCHKEY_WEBHOOK_ALLOW_PRIVATE": "true", "LATCHKEY_WEBHOOK_HOST_RATE": "0",
                    "SSL_CERT_FILE": pair[0]}
        child = restart(services, "invitations", settings)
        targets = [webhooks_of(f"{scheme}{number}", receivers.urls[number::4] + [hanging.url(scheme)])
                   for number in range(4)]
        stop(child)
        fill(work / "data" / "invitations.sqlite", targets, count)
        child = services["invitations"] = service("invitations", **settings)
        received, seconds = receivers.wait(count)
        cost = [processor_seconds(process.pid) / count * 1e6 for process in (child, receiver)]
        status = Path(f"/proc/{child.pid}/status").read_text()
        threads, kilobytes = (
            int(re.search(rf"{field}:\s+(\d+)", status).group(1)) for field in ("Threads", "VmHWM"))
        restart(services, "invitations", {})
        stop(receiver)
        hanging.close()
        if received != count:
            sys.exit(f"{received} of {count} deliveries over {scheme} arrived in {seconds:.0f} s")
        rate = count / seconds
        report(f"webhook deliveries over {scheme}", f"{rate:.0f}/s", "", "", f">= {least}",
               rate >= least)
        print(f"  beside four receivers that hang; processor time of a delivery {cost[0]:.0f} µs, and "
              f"of the receivers {cost[1]:.0f} µs; at most {kilobytes / 1024:.0f} MB, {threads} threads")


def processor_seconds(pid):
    """Of a process and its children."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    own = sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")
    return own + sum(processor_seconds(child) for child in children)


def restart(services, name, settings):
    stop(services[name])
    services[name] = service(name, **settings)
    wait_ready(ready_ports[name])
    return services[name]


def webhooks_of(name, urls):
    """Creates a user with webhooks; returns their ids."""
    user = call("POST", "/api/users", {
        "email": f"{name}@example.com", "username": name, "displayName": name})["id"]
    bearer = call("POST", "/api/tokens", {
        "name": "bench", "userId": user, "scopes": ["webhooks:write"]})["token"]
    return user, [call("POST", "/api/v1/webhooks", {"url": url, "events": ["invitation.*"]}, bearer)["id"] for url in urls]


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


def deep(services, entity):
    """Compares the last page of a list of a million shares with the first."""
    integration = call("POST", "/api/integrations", {"name": "Bench"})["id"]
    count = 1_000_000
    far_down(services, "entities", f"/api/entities/{entity}/shares", count,
             "INSERT INTO shares VALUES (?, ?, ?, 'usr_bench', 0)",
             ((f"shr_{i:026}", entity, f"usr_{i:026}") for i in range(count)))
    far_down(services, "integrations", f"/api/integrations/{integration}/shares", count,
             "INSERT INTO shares (principal, integration_id, id, access_level, created_at,"
             " updated_at) VALUES (?, ?, ?, 1, 0, 0)",
             ((f"usr_{i:026}", integration, f"shr_{i:026}") for i in range(count)))


def far_down(services, name, path, count, statement, rows):
    stop(services[name])
    database = sqlite3.connect(work / "data" / f"{name}.sqlite")
    database.executemany(statement, rows)
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    services[name] = service(name)
    wait_ready(ready_ports[name])

    def milliseconds(page):
        begin = time.monotonic()
        call("GET", f"{path}?page={page}")
        return (time.monotonic() - begin) * 1000

    pairs = [(milliseconds(1), milliseconds(count // 20)) for _ in range(7)]
    first, last = (statistics.median(pair[i] for pair in pairs) for i in (0, 1))
    report(f"{name}: the last page of {count:,} shares", f"{last:.0f} ms",
           f"the first {first:.0f} ms", f"{last / first:.2f}", "<= 10", last <= 10 * first)


def people(services, entity):
    """The first page of the people of an entity: 100,000 by its shares, an organization's store and
    invitations, a tenth of them twice."""
    for name in ("gateway", "entities", "organizations", "invitations"):
        stop(services[name])
    count = 100_000
    users = [f"usr_02{i:024}" for i in range(count)]
    with sqlite3.connect(work / "data" / "gateway.sqlite") as db:
        columns = [row[1] for row in db.execute("PRAGMA table_info(users)")]
        template = dict(zip(columns, db.execute("SELECT * FROM users").fetchone()))
        db.executemany(
            f"INSERT INTO users VALUES ({','.join('?' * len(columns))})",
            ([*({**template, "id": user, "email": f"p{i}@example.com", "username": f"p{i}",
                 "external_id": None, "search_text": f"p{i}@example.com\np{i}\np{i}"}.values())]
             for i, user in enumerate(users)))
    with sqlite3.connect(work / "data" / "entities.sqlite") as db:
        db.executemany(
            "INSERT INTO shares VALUES (?, ?, ?, 'usr_bench', 0)",
            ((f"shr_02{i:024}", entity, user) for i, user in enumerate(users[:40_000])))
    with sqlite3.connect(work / "data" / "organizations.sqlite") as db:
        organization, role = (f"{kind}_02{0:024}" for kind in ("org", "rol"))
        db.execute(
            "INSERT INTO organizations (id, name, slug, created_at, search_text, npm_registry_key)"
            " VALUES (?, 'People', 'people', 0, 'people', x'00')", (organization,))
        db.execute("INSERT INTO roles VALUES (?, ?, 'owner', 'owner', 'owner', '[\"*\"]')",
                   (role, organization))
        db.executemany(
            "INSERT INTO memberships VALUES (?, ?, ?, ?, 0)",
            ((user, organization, f"mem_02{i:024}", role)
             for i, user in enumerate(users) if i >= 30_000 and i < 95_000))
        db.execute("INSERT INTO publications VALUES (?, ?, ?, 'app', 0, 'usr_bench', 0, 0)",
                   (entity, organization, f"pub_02{0:024}"))
    with sqlite3.connect(work / "data" / "invitations.sqlite") as db:
        db.executemany(
            "INSERT INTO collaborators VALUES (?, ?, 'collaborator', 'usr_bench', 0)",
            ((user, entity) for user in users[95_000:]))
    for name in ("gateway", "entities", "organizations", "invitations"):
        with sqlite3.connect(work / "data" / f"{name}.sqlite") as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        services[name] = service(name)
    for port in ready_ports.values():
        wait_ready(port)

    def milliseconds(query):
        begin = time.monotonic()
        page = call("GET", f"/api/entities/{entity}/people{query}")
        return (time.monotonic() - begin) * 1000, page

    # The first of all read the databases from the disk.
    print(f"  after the start: {milliseconds('')[0]:.0f} ms")
    first = [milliseconds("") for _ in range(21)]
    if any(len(page["items"]) != 20 or not page["next"] for _, page in first):
        sys.exit(f"the first page of people is not as expected: {first[0][1]}")
    median = statistics.median(time for time, _ in first)
    report("the first page of 100,000 people", f"{median:.0f} ms", "", "", "<= 50 ms",
           median <= 50)
    cursor, seen, times = "", 0, []
    while cursor is not None:
        took, page = milliseconds(f"?pageSize=100{cursor and '&cursor=' + cursor}")
        times.append(took)
        seen, cursor = seen + len(page["items"]), page["next"]
    # The owner is one of them.
    if seen != count + 1:
        sys.exit(f"{seen} people are on the pages, not {count + 1}")
    searched = statistics.median(milliseconds("?search=p99998")[0] for _ in range(5))
    print(f"  pages of 100: {statistics.median(times):.0f} ms, at most {max(times):.0f} ms; "
          f"a search that finds nobody in its first 10,000: {searched:.0f} ms")


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
    services = start_all()
    entity = call("POST", "/api/entities", {"name": "Bench", "type": "app"})["id"]
    print(f"{'':<52} {'Latchkey':>14} {'compared with':>22} {'ratio':>7} {'target':>9}")
    if wanted("constant"):
        constant()
    if wanted("proxy"):
        proxy(entity)
    if wanted("acting"):
        acting(entity)
    if wanted("external"):
        external(entity)
    if wanted("access"):
        access(services)
    if wanted("people"):
        people(services, entity)
    if wanted("writes"):
        writes(entity)
    if wanted("webhooks"):
        webhooks(services)
    if wanted("offboard"):
        offboard(services, entity)
    if wanted("memory"):
        memory(services["entities"])
    if wanted("deep"):
        deep(services, entity)
    if wanted("start"):
        for name, port in ready_ports.items():
            services[name] = cold_start(name, port, services[name])
    print("\ndisk:", flush_time())
    return 0 if all(results) else 1


def flush_time():
    """The mean time of COMMIT, to judge write rates: a virtual disk may not really flush."""
    connection = http.client.HTTPConnection("127.0.0.1", entities_port, timeout=5)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    total, count = (
        float(re.search(rf"latchkey_sqlite_commit_duration_seconds_{part} ([\d.e-]+)", text).group(1))
        for part in ("sum", "count"))
    return f"{total / count * 1000:.2f} ms per commit" if count else "no commits"


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
