"""Latchkey's five services."""

import http.client
import json
import os
import re
import sqlite3
import subprocess
import sys

from processes import free_ports

NAMES = ("gateway", "entities", "organizations", "integrations", "invitations")


class Latchkey:
    def __init__(self, processes, binaries, folder="data"):
        self.processes, self.binaries = processes, binaries
        self.data = processes.folder / folder
        *ports, self.internal_port = free_ports(len(NAMES) + 1)
        self.ports = dict(zip(NAMES, ports))
        # The ports of /readyz.
        self.ready_ports = {**self.ports, "gateway": self.internal_port}
        self.token = subprocess.run(
            [f"{binaries}/gateway", "--make-token"], capture_output=True, text=True, check=True
        ).stdout.strip()
        self.children = {}

    @property
    def port(self):
        return self.ports["gateway"]

    def environment(self, name):
        return {
            "LATCHKEY_PORT": str(self.ports[name]),
            "LATCHKEY_INTERNAL_SECRET": "bench-" + "0" * 32,
            "LATCHKEY_DATA_DIR": str(self.data),
            "LATCHKEY_ADMIN_TOKEN": self.token,
            "LATCHKEY_INTERNAL_PORT": str(self.internal_port),
            # The default: the log line of each request is part of the measurement.
            "LATCHKEY_LOG_LEVEL": os.environ.get("LATCHKEY_LOG_LEVEL", "info"),
            # Enabled, so that its cost is included, but never reached.
            "LATCHKEY_RATE_LIMIT": "1000000",
            **{f"LATCHKEY_{each.upper()}_URL": f"http://127.0.0.1:{port}"
               for each, port in self.ready_ports.items()}}

    def start(self, *names, **settings):
        """Starts services; by default all."""
        for name in names or NAMES:
            self.children[name] = self.processes.start(
                [f"{self.binaries}/{name}"], {**self.environment(name), **settings})
        return [self.wait(name) for name in names or NAMES]

    def wait(self, name):
        """Returns the seconds until a service is ready."""
        return self.processes.wait(
            lambda: status(self.ready_ports[name], "/readyz") == 200, name)

    def stop(self, *names):
        for name in names or NAMES:
            self.processes.stop(self.children.pop(name))

    def restart(self, name, **settings):
        self.stop(name)
        self.start(name, **settings)
        return self.children[name]

    def call(self, method, path, body=None, bearer=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        fields = {"Authorization": f"Bearer {bearer or self.token}",
                  "Content-Type": "application/json"}
        connection.request(method, path, json.dumps(body) if body else None, fields)
        response = connection.getresponse()
        answer = response.read()
        connection.close()
        if response.status >= 300:
            sys.exit(f"{method} {path}: {response.status} {answer}")
        return json.loads(answer)

    def insert(self, name, statement, rows):
        """Inserts rows into the database of a stopped service."""
        with sqlite3.connect(self.data / f"{name}.sqlite") as db:
            db.executemany(statement, rows)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.close()

    def insert_users(self, users):
        """Inserts users like the platform admin: of each its id and its name."""
        with sqlite3.connect(self.data / "gateway.sqlite") as db:
            columns = [row[1] for row in db.execute("PRAGMA table_info(users)")]
            template = dict(zip(columns, db.execute("SELECT * FROM users").fetchone()))
        db.close()
        self.insert(
            "gateway", f"INSERT INTO users VALUES ({','.join('?' * len(columns))})",
            ([*{**template, "id": user, "email": f"{name}@example.com", "username": name,
                "external_id": None, "search_text": f"{name}@example.com\n{name}\n{name}"
                }.values()] for user, name in users))

    def commit_time(self):
        """The mean time of COMMIT, to judge write rates."""
        total, count = self.metrics("latchkey_sqlite_commit_duration_seconds_sum",
                                    "latchkey_sqlite_commit_duration_seconds_count")
        return f"{total / count * 1000:.2f} ms per commit" if count else "no commits"

    def writes(self):
        """How many writes there were, and how many commits."""
        return self.metrics("latchkey_sqlite_writes_total", "latchkey_sqlite_commits_total")

    def metrics(self, *names):
        """Values of the entities service."""
        connection = http.client.HTTPConnection("127.0.0.1", self.ports["entities"], timeout=5)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        return [float(re.search(rf"^{name} ([\d.e-]+)$", text, re.M)[1]) for name in names]


def status(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()
