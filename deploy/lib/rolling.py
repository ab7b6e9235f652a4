"""Restarts every process under load, one after the other, again and again: a primary gateway with
two edge gateways before it, and the four services. Clients use the edge gateways as through a TCP
balancer with health checks (`Balancer`): no request may fail, none is sent twice, and every change
that was acknowledged must be there at the end.

rolling.py BIN [REQUESTS] [CLIENTS]
"""

import asyncio
import collections
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import stack

SERVICES = ("entities", "organizations", "integrations", "invitations")
GATEWAYS = ("edge-1", "edge-2")
TOKEN = "sk_live_" + "B" * 43 + "30PQWb"
# Milliseconds for which a stopping gateway says so before it refuses connections, and the seconds
# between health checks.
DRAIN = 400
CHECK = 0.1
# A response takes no longer while a process restarts.
LONGEST = 12


class System:
    """Seven processes on free ports."""

    def __init__(self, folder, binaries):
        self.folder, self.binaries = Path(folder), Path(binaries)
        base = stack.free_port()
        names = (*SERVICES, "gateway", "internal", *GATEWAYS)
        self.ports = {name: base + i for i, name in enumerate(names[:6])}
        base = next_free(base + 6)
        for i, name in enumerate(GATEWAYS):
            self.ports[name], self.ports[name + "-internal"] = base + 2 * i, base + 2 * i + 1
        internal = f"http://127.0.0.1:{self.ports['internal']}"
        self.environment = {
            **os.environ, "LATCHKEY_INTERNAL_SECRET": "rolling-" + "0" * 32,
            "LATCHKEY_DATA_DIR": f"{folder}/data", "LATCHKEY_ADMIN_TOKEN": TOKEN,
            "LATCHKEY_GATEWAY_URL": internal, "LATCHKEY_LOG_LEVEL": "warning",
            "LATCHKEY_RATE_LIMIT": "0", "LATCHKEY_DRAIN_DELAY": str(DRAIN),
            "LATCHKEY_INTERNAL_PORT": str(self.ports["internal"]),
            **{f"LATCHKEY_{name.upper()}_URL": f"http://127.0.0.1:{self.ports[name]}"
               for name in SERVICES}}
        self.children = {}

    @property
    def names(self):
        return (*SERVICES, "gateway", *GATEWAYS)

    def start(self, name):
        own = {"LATCHKEY_PORT": str(self.ports[name])}
        if name in GATEWAYS:
            own["LATCHKEY_PRIMARY_URL"] = self.environment["LATCHKEY_GATEWAY_URL"]
            own["LATCHKEY_INTERNAL_PORT"] = str(self.ports[name + "-internal"])
            own["LATCHKEY_DATA_DIR"] = f"{self.folder}/never"
        program = "gateway" if name in GATEWAYS else name
        with open(self.folder / f"{name}.log", "ab") as log:
            self.children[name] = subprocess.Popen(
                [self.binaries / program], env={**self.environment, **own},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def health(self, name):
        """The port of its /readyz."""
        other = {"gateway": "internal"} | {edge: edge + "-internal" for edge in GATEWAYS}
        return self.ports[other.get(name, name)]

    def ready(self, name):
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(
                        f"http://127.0.0.1:{self.health(name)}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.02)
        sys.exit(f"{name} is not ready: {self.log(name)}")

    def stop(self, name, number=signal.SIGTERM):
        child = self.children.pop(name)
        child.send_signal(number)
        return child.wait(30)

    def log(self, name):
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2_000:]

    def end(self):
        for name in reversed(self.names):
            if name in self.children:
                self.stop(name, signal.SIGKILL)


def next_free(base):
    """The first of four consecutive free ports from `base` on."""
    import socket
    while True:
        sockets = []
        try:
            for offset in range(4):
                sockets.append(socket.socket())
                sockets[-1].bind(("127.0.0.1", base + offset))
            return base
        except OSError:
            base += 4
        finally:
            for one in sockets:
                one.close()


class Balancer:
    """What a TCP balancer does for its clients: asks each gateway for its health, sends new
    connections to healthy ones in turn, and to the next if one refuses the connection."""

    def __init__(self, system):
        self.system, self.healthy, self.turn = system, set(GATEWAYS), 0

    async def watch(self):
        while True:
            for name in GATEWAYS:
                status = await self.status(name)
                (self.healthy.add if status == 200 else self.healthy.discard)(name)
            await asyncio.sleep(CHECK)

    async def status(self, name):
        try:
            reader, writer = await asyncio.wait_for(
                asyncio.open_connection("127.0.0.1", self.system.health(name)), 1)
            writer.write(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            line = await asyncio.wait_for(reader.readline(), 2)
            writer.close()
            return int(line.split()[1])
        except (OSError, asyncio.TimeoutError, IndexError, ValueError):
            return 0

    async def connect(self):
        self.turn += 1
        order = sorted(GATEWAYS, key=lambda name: (name not in self.healthy, self.turn % 2 ^ (
            GATEWAYS.index(name))))
        for name in order:
            try:
                return await asyncio.open_connection("127.0.0.1", self.system.ports[name])
            except OSError:
                continue
        raise OSError("no gateway accepts connections")


class Client:
    """Sends one request after the other on a kept connection."""

    def __init__(self, balancer):
        self.balancer, self.reader, self.writer = balancer, None, None

    async def call(self, method, path, body=None, token=TOKEN, fields=""):
        # Closed while idle: nothing was sent on it.
        if self.reader is not None and self.reader.at_eof():
            self.close()
        if self.reader is None:
            self.reader, self.writer = await self.balancer.connect()
        text = b"" if body is None else json.dumps(body).encode()
        self.writer.write(
            f"{method} {path} HTTP/1.1\r\nHost: rolling\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n{fields}\r\n"
            .encode() + text)
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), LONGEST)
        lines = head.decode("latin1").split("\r\n")
        pairs = [line.split(":", 1) for line in lines[1:] if line]
        values = {name.lower(): value.strip() for name, value in pairs}
        answer = await self.body(values)
        if values.get("connection") == "close":
            self.close()
        return int(lines[0].split()[1]), answer

    async def body(self, values):
        if values.get("transfer-encoding") == "chunked":
            text = b""
            while size := int(await self.reader.readline(), 16):
                text += await self.reader.readexactly(size)
                await self.reader.readline()
            await self.reader.readline()
            return text
        return await self.reader.readexactly(int(values.get("content-length", 0)))

    def close(self):
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Load:
    def __init__(self, system, requests):
        self.system, self.left = system, requests
        self.failures, self.counts = [], collections.Counter()
        self.longest, self.kept, self.restarted = 0.0, [], False

    async def prepare(self, client):
        """A user with a token, an entity of theirs, and one who has a share of it."""
        self.users = []
        for name in ("ada", "bob"):
            _, text = await client.call("POST", "/api/users", {
                "email": f"{name}@example.com", "username": name, "displayName": name,
                "externalId": name})
            user = json.loads(text)["id"]
            status, text = await client.call(
                "POST", "/api/tokens", {"name": "load", "userId": user, "scopes": ["*"]})
            assert status == 201, text
            self.users.append((user, json.loads(text)["token"]))
        self.entity = await self.created(client, "entity 0")
        status, text = await client.call(
            "POST", f"/api/entities/{self.entity}/shares", {"emails": ["bob@example.com"]},
            self.users[0][1])
        assert status in (200, 201), text

    async def created(self, client, name):
        status, text = await client.call(
            "POST", "/api/entities", {"name": name, "type": "app"}, self.users[0][1])
        assert status == 201, text
        return json.loads(text)["id"]

    def request(self, number):
        """One of the kinds: what it is, the request and the status that it must have."""
        (_, token), (_, bobs) = self.users
        entity = f"/api/entities/{self.entity}"
        kind = number % 20
        if kind < 8:
            return "read", ("GET", entity, None, token), 200
        if kind < 12:
            checks = {"checks": [{"entityId": self.entity}]}
            return "check", ("POST", "/api/access/check", checks, bobs), 200
        if kind < 14:
            return "install", ("PUT", f"{entity}/installation", {}, bobs), (200, 201, 204)
        if kind == 14:
            body = {"name": f"entity {number}", "type": "app"}
            return "create", ("POST", "/api/entities", body, token), 201
        if kind == 15:
            return "me", ("GET", "/api/me", None, token), 200
        if kind == 16:
            return "acting", ("GET", entity, None, TOKEN, "Latchkey-User: ext:ada\r\n"), 200
        if kind == 17:
            return "organizations", ("GET", "/api/organizations", None, token), 200
        if kind == 18:
            return "integrations", ("GET", "/api/integrations", None, token), 200
        if number % 40 == 19:
            return "people", ("GET", f"{entity}/people", None, token), 200
        return "token", ("POST", "/api/tokens", {"name": "one", "scopes": []}, token), 201

    async def run(self, client):
        # At least until every process has been restarted.
        while self.left > 0 or not self.restarted:
            self.left -= 1
            kind, request, wanted = self.request(self.left)
            begin = time.monotonic()
            try:
                status, text = await client.call(*request)
            except (OSError, EOFError, asyncio.TimeoutError, ValueError) as error:
                client.close()
                self.failures.append((kind, repr(error)))
                continue
            self.longest = max(self.longest, time.monotonic() - begin)
            self.counts[kind] += 1
            if status not in (wanted if isinstance(wanted, tuple) else (wanted,)):
                self.failures.append((kind, f"{status} {text.decode(errors='replace')}"))
            elif kind == "create":
                self.kept.append(json.loads(text)["id"])
            elif kind == "token":
                await self.revoke(client, json.loads(text))

    async def revoke(self, client, made):
        """A token that is used, revoked and used again, as a rule at another gateway each time."""
        self.left -= 3
        for method, path, token, wanted in (
                ("GET", "/api/me", made["token"], 200),
                ("DELETE", f"/api/tokens/{made['id']}", self.users[0][1], 204),
                ("GET", "/api/me", made["token"], 401)):
            client.close()
            try:
                status, text = await client.call(method, path, None, token)
            except (OSError, EOFError, asyncio.TimeoutError, ValueError) as error:
                return self.failures.append(("revoke", f"{method} {error!r}"))
            self.counts["revoke"] += 1
            if status != wanted:
                return self.failures.append(
                    ("revoke", f"{method} {path} {status} {text.decode(errors='replace')}"))


async def restart_all(system, load):
    """Restarts the processes in turns until the load is done, all of them once at least."""
    times, count = collections.defaultdict(list), 0
    loop = asyncio.get_running_loop()
    while load.left > 0 or not load.restarted:
        name = (*GATEWAYS, "gateway", *SERVICES)[count % len(system.names)]
        begin = time.monotonic()
        code = await loop.run_in_executor(None, system.stop, name)
        if code != 0:
            load.failures.append((name, f"exited with {code}: {system.log(name)}"))
        system.start(name)
        await loop.run_in_executor(None, system.ready, name)
        times[name].append(time.monotonic() - begin)
        count += 1
        load.restarted = count >= len(system.names)
        await asyncio.sleep(0.3)
    return count, times


async def main(binaries, requests, clients):
    with tempfile.TemporaryDirectory(prefix="latchkey-rolling-") as folder:
        system = System(folder, binaries)
        try:
            for name in system.names:
                system.start(name)
            for name in system.names:
                system.ready(name)
            balancer = Balancer(system)
            load = Load(system, requests)
            watching = asyncio.create_task(balancer.watch())
            await load.prepare(Client(balancer))
            begin = time.monotonic()
            restarting = asyncio.create_task(restart_all(system, load))
            await asyncio.gather(*(load.run(Client(balancer)) for _ in range(clients)))
            seconds = time.monotonic() - begin
            restarts, times = await restarting
            client = Client(balancer)
            lost = 0
            for entity in load.kept:
                status, _ = await client.call(
                    "GET", f"/api/entities/{entity}", None, load.users[0][1])
                lost += status != 200
            watching.cancel()
            report(load, restarts, times, seconds, lost)
            return 1 if load.failures or lost else 0
        finally:
            system.end()


def report(load, restarts, times, seconds, lost):
    total = load.counts.total()
    kinds = ", ".join(f"{count} {kind}" for kind, count in load.counts.most_common())
    print(f"{len(load.failures)} of {total} requests failed, {lost} of {len(load.kept)} entities "
          f"lost; {restarts} restarts in {seconds:.0f} s; the longest response took "
          f"{load.longest:.1f} s")
    print(f"  {kinds}")
    print("  restarts took, in seconds: " + ", ".join(
        f"{name} {max(taken):.1f}" for name, taken in times.items()))
    for kind, failure in load.failures[:10]:
        print(f"  failed: {kind}: {failure}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    numbers = [int(word) for word in sys.argv[2:]]
    sys.exit(asyncio.run(main(sys.argv[1], *(numbers + [4_000, 16][len(numbers):]))))
