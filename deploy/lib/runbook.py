"""Plays the recipes of deploy/Runbook.md against deploy/up: each on a system with the trouble that it
is for, its commands as they stand there."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import stack

text = (stack.root / "deploy/Runbook.md").read_text()


class System:
    def __init__(self, folder, environment, port):
        self.folder, self.port = Path(folder), port
        self.data = self.folder / ".data"
        self.environment = environment
        for name in ("backups", "safe", "elsewhere"):
            Path(folder, name).mkdir()
        shutil.copy(self.data / "encryption-secret", self.folder / "safe")
        self.token = (self.data / "admin-token").read_text().strip()

    def run(self, script, expected=0, **settings):
        """What the commands print, on both streams."""
        # Where the recipes have the places of a machine, these are folders of this test.
        script = re.sub(r"(?<![\w.])/(backups|safe|elsewhere)\b", rf"{self.folder}/\1", script)
        script = re.sub(r"(?<![\w./])deploy/", f"{stack.root}/deploy/", script)
        script = re.sub(r"\b808([0-5])\b", lambda m: str(self.port + int(m[1])), script)
        run = subprocess.run(
            ["bash", "-c", "set -eu\n" + script], cwd=self.folder,
            env={**self.environment, **settings}, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=120)
        if run.returncode != expected:
            raise Wrong(f"exited with {run.returncode}:\n{run.stdout}")
        return run.stdout

    def call(self, method, path, body=None, token=None):
        """The status and the decoded body."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {token or self.token}",
                     "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=20) as response:
                return response.status, json.loads(response.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def create(self, name):
        status, entity = self.call("POST", "/api/entities", {"name": name, "type": "app"})
        require(status == 201, entity)
        return entity["id"]

    def has(self, entity):
        return self.call("GET", f"/api/entities/{entity}")[0] == 200

    def pid(self, service):
        return int((self.data / f"run/{service}.pid").read_text())


class Wrong(Exception):
    pass


def require(condition, what):
    if not condition:
        raise Wrong(str(what))


def first_look(system, play):
    system.create("Looked at")
    output = play()
    require(output.count('"status":"ok"') == 5, output)
    require(re.search(r'"route":"/api/me"', output), output)


def a_service_does_not_start(system, play):
    system.run("deploy/down")
    system.run("deploy/up --detach", expected=1, LATCHKEY_LOG_LEVEL="loud")
    require("LATCHKEY_LOG_LEVEL must be" in play(), "the log must name the setting")
    require(system.call("GET", "/api/me")[0] == 200, "it must run again")


def disk_full(system, play):
    # That writes are refused and go on by themselves: DiskTests.
    play()
    require((system.data / "log/gateway.log").stat().st_size < 1_000, "logs must be empty")
    system.create("After the disk was full")


def corrupt_database(system, play):
    entity = system.create("Backed up")
    system.run("deploy/backup /backups")
    system.run("deploy/down")
    with open(system.data / "entities.sqlite", "r+b") as file:
        file.seek(8 * 4096)
        file.write(os.urandom(40 * 4096))
    require("malformed" in system.run("deploy/up --detach", expected=1), "it must not start")
    output = play()
    require("DAMAGED" in output, output)
    require("DAMAGED" not in output[output.rindex("ready "):], output)
    require(system.has(entity), "what was backed up must be there")
    require(list(system.data.glob("damaged-*")), "the damaged files must be kept")


def lost_machine(system, play):
    entity = system.create("Kept")
    system.run("deploy/backup /backups")
    system.run("deploy/down")
    shutil.rmtree(system.data)
    require("DAMAGED" not in play(), "the databases must be whole")
    require(system.has(entity), "what was backed up must be there")


def a_service_does_not_respond(system, play):
    pid = system.pid("entities")
    os.kill(pid, signal.SIGSTOP)
    # It hangs until somebody has looked at it, and ends when it is told to.
    timer = threading.Timer(7, os.kill, (pid, signal.SIGCONT))
    timer.start()
    output = play()
    timer.join()
    require("(stopped)" in output, output)
    system.create("After the restart")


def overload(system, play):
    for _ in range(30):
        system.call("GET", "/api/me")
    output = play()
    require(re.search(r'\b[23]\d "userId":"usr_', output), output)
    require("latchkey_connections" in output, output)


def out_at_once(system, play):
    status, bob = system.call(
        "POST", "/api/users",
        {"email": "bob@example.com", "username": "bob", "displayName": "Bob"})
    require(status in (201, 409), bob)
    play()
    status, found = system.call("GET", "/api/users?search=bob%40example.com")
    require(status == 200 and not found["items"][0]["suspended"], found)


def stuck_queues(system, play):
    output = play()
    require("invitations" in output and "entities" in output, output)


def upgrade_and_rollback(system, play):
    entity = system.create("Before the upgrade")
    play()
    require(system.has(entity), "an upgrade must keep everything")


def moving_to_another_machine(system, play):
    play()
    moved = system.folder / "elsewhere/.data"
    for name in ("gateway", "entities", "organizations", "integrations", "invitations"):
        require((moved / f"{name}.sqlite").stat().st_size > 4096, f"{name} must have moved")
    system.run("deploy/up --detach")


def what_grows(system, play):
    require("gateway.sqlite|" in play(), "tables must be listed")


def main():
    plays = {
        name.replace("_", " "): function for name, function in globals().items()
        if callable(function) and getattr(function, "__code__", None)
        and function.__code__.co_varnames[:2] == ("system", "play")}
    failures = played = 0
    with stack.running("latchkey-runbook-") as arguments:
        system = System(*arguments)
        for section in re.split(r"\n## ", text)[1:]:
            title = section.splitlines()[0]
            script = "\n".join(re.findall(r"```sh\n(.*?)\n```", section, re.S))
            if not script:
                continue
            try:
                require(title.lower() in plays, "it has commands, and no play in runbook.py")
                plays[title.lower()](system, lambda: system.run(script))
                played += 1
            except Wrong as wrong:
                failures += 1
                print(f"Runbook.md, {title}: {wrong}")
    print(f"runbook: {played} recipes played, {failures} failed")
    return 1 if failures else 0


sys.exit(main())
