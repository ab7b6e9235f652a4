"""Plays two machines of a cell on one: each with an agent, Litestream and the five services, in
folders and on ports of its own; moto is the storage between them.

  python3 deploy/lib/replica.py FOLDER_OF_EXECUTABLES [--rounds 3] [--clients 8] [--seconds 3]

In each round under load, the machine that holds the lease is lost: killed with its disk (odd
rounds), or paused with all its processes and woken after the other has taken over (even rounds).
Then the storage goes away for a while. Fails if an acknowledged write is missing, if the standby
needs more than 10 s, or if a machine answers that has lost the lease.
"""

import argparse
import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import stack

root = Path(__file__).resolve().parents[2]
VENV = root / ".build/venv/bin"
SERVICES = ["entities", "organizations", "integrations", "invitations", "gateway"]
BUCKET, CELL = "cells", "cell-1"
LIMIT = 10.0


class Storage:
    """S3 on 127.0.0.1."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.log = open(f"{folder}/storage.log", "w")
        self.process = subprocess.Popen(
            [VENV / "moto_server", "-H", "127.0.0.1", "-p", str(self.port)], stdout=self.log,
            stderr=self.log, start_new_session=True)
        self.url = f"http://127.0.0.1:{self.port}"
        until(lambda: self.request("PUT", f"/{BUCKET}") == 200, "moto does not start", 30)

    def request(self, method, path):
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            connection.request(method, path)
            return connection.getresponse().status

    def stop(self):
        self.process.kill()
        self.process.wait()


def until(condition, failure, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise SystemExit(f"replica: {failure}")


class Machine:
    def __init__(self, name, folder, bin, base, storage, peers):
        self.name, self.bin, self.base = name, bin, base
        self.folder = f"{folder}/{name}"
        self.log = f"{folder}/log-{name}"
        os.makedirs(self.log, exist_ok=True)
        self.processes = []
        ports = {name: base + i for i, name in enumerate(SERVICES)}
        self.port, self.internal, self.agent = ports["gateway"], base + 5, base + 6
        self.ports = [base + i for i in range(6)]
        address = "http://127.0.0.1"
        self.environment = {
            "PATH": f"{VENV}:{os.environ['PATH']}", "HOME": folder,
            "LATCHKEY_DATA_DIR": f"{self.folder}/data", "LATCHKEY_CELL": f"{self.folder}/cell",
            "LATCHKEY_CELL_NAME": CELL, "LATCHKEY_CELL_PORT": str(self.agent),
            "LATCHKEY_REPLICA_ENDPOINT": storage.url, "LATCHKEY_REPLICA_BUCKET": BUCKET,
            "LATCHKEY_REPLICA_ACCESS_KEY_ID": "replica",
            "LATCHKEY_REPLICA_SECRET_ACCESS_KEY": "replica-secret",
            "LATCHKEY_INTERNAL_SECRET": "i" * 32, "LATCHKEY_ENCRYPTION_SECRET": "e" * 32,
            "LATCHKEY_ADMIN_EMAIL": "admin@example.com", "LATCHKEY_ADMIN_TOKEN": token(bin),
            "LATCHKEY_PUBLIC_URL": f"{address}:{self.port}", "LATCHKEY_LOG_LEVEL": "warning",
            "LATCHKEY_RATE_LIMIT": "0", "LATCHKEY_RATE_LIMIT_ADDRESS": "0",
            "LATCHKEY_QUOTA_ENTITIES": "0", "LATCHKEY_QUOTA_ORGANIZATIONS": "0",
            "LATCHKEY_QUOTA_INTEGRATIONS": "0", "LATCHKEY_QUOTA_WORKSPACES": "0",
            "LATCHKEY_INTERNAL_PORT": str(self.internal), "LATCHKEY_CELL_PEERS": peers,
            "LATCHKEY_GATEWAY_URL": f"{address}:{self.internal}",
            **{f"LATCHKEY_{n.upper()}_URL": f"{address}:{p}" for n, p in ports.items()
               if n != "gateway"}}
        self.of_service = ports

    def start(self):
        for folder in ("data", "cell"):
            os.makedirs(f"{self.folder}/{folder}", mode=0o700, exist_ok=True)
        self.processes = [self.run(["gateway", "cell"], "cell")]
        for name in SERVICES:
            self.processes.append(
                self.run([name], name, LATCHKEY_PORT=str(self.of_service[name])))

    def run(self, command, name, **more):
        with open(f"{self.log}/{name}.log", "a") as log:
            return subprocess.Popen(
                [f"{self.bin}/{command[0]}", *command[1:]], env={**self.environment, **more},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def signal(self, number):
        """To all processes, Litestream's included."""
        pids = [process.pid for process in self.processes if process.poll() is None]
        for pid in pids + [child for pid in pids for child in children(pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def lose(self):
        """The machine and its disk."""
        self.signal(signal.SIGKILL)
        for process in self.processes:
            process.wait()
        shutil.rmtree(self.folder)

    def ask(self, method, path, body=None, timeout=10, port=None):
        """Status and body; None if there is no response."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(
                "127.0.0.1", port or self.port, timeout=timeout)
            with contextlib.closing(connection):
                content = json.dumps(body) if body is not None else None
                connection.request(method, path, content, {
                    "Authorization": f"Bearer {self.environment['LATCHKEY_ADMIN_TOKEN']}",
                    "Content-Type": "application/json"})
                response = connection.getresponse()
                return response.status, response.read()
        return None

    def status(self, path, port):
        answer = self.ask("GET", path, port=port, timeout=2)
        return answer and answer[0]

    @property
    def is_ready(self):
        return self.status("/readyz", self.internal) == 200

    @property
    def follows(self):
        return all(
            os.path.exists(f"{self.folder}/data/{name}.sqlite-txid") for name in SERVICES)


def token(bin, made=[]):
    if not made:
        made.append(subprocess.run(
            [f"{bin}/gateway", "--make-token"], capture_output=True, text=True, check=True,
            env={**os.environ, "LATCHKEY_INTERNAL_SECRET": "i" * 32}).stdout.strip())
    return made[0]


def children(pid):
    with contextlib.suppress(OSError):
        return [int(child) for task in Path(f"/proc/{pid}/task").iterdir()
                for child in (task / "children").read_text().split()]
    return []


class Load:
    """Clients that create things in all contexts, at whichever machine responds."""

    KINDS = ["entities", "organizations", "integrations", "v2/workspaces", "users"]

    def __init__(self, machines, clients):
        self.machines = machines
        self.lock = threading.Lock()
        self.acknowledged = []  # (path, machine, time)
        self.refused = 0
        self.is_over = threading.Event()
        self.threads = [threading.Thread(target=self.work, args=(i,)) for i in range(clients)]
        for thread in self.threads:
            thread.start()

    def work(self, client):
        number, at = 0, 0
        while not self.is_over.is_set():
            number += 1
            kind = self.KINDS[number % len(self.KINDS)]
            machine = self.machines[at]
            answer = machine.ask(
                "POST", f"/api/{kind}", self.body(kind, client, number), timeout=2)
            if answer and answer[0] in (200, 201):
                made = json.loads(answer[1])
                path = f"/api/{kind}/{made['id']}"
                with self.lock:
                    self.acknowledged.append((path, machine.name, time.monotonic()))
            else:
                if answer and answer[0] not in (502, 503, 504, 409):
                    raise AssertionError((kind, answer))
                self.refused += 1
                at = 1 - at
                time.sleep(0.02)

    @staticmethod
    def body(kind, client, number):
        name = f"r{client}-{number}-{os.urandom(4).hex()}"
        if kind == "users":
            return {"email": f"{name}@example.com", "username": name, "displayName": name}
        return {"name": name, **({"type": "app"} if kind == "entities" else {})}

    def first_after(self, moment, machine):
        with self.lock:
            times = [t for _, name, t in self.acknowledged if name == machine and t > moment]
        return min(times, default=None)

    def stop(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join()


class Prober:
    """Asks a machine that has lost the lease, until told to stop, and keeps what it answers."""

    def __init__(self, machine):
        self.machine, self.answered, self.asked = machine, [], 0
        self.is_over = threading.Event()
        self.threads = [
            threading.Thread(target=self.work, args=(port, path)) for port, path in
            [(machine.port, "/api/users"), (machine.port, "/api/entities"),
             (machine.internal, "/readyz"), (machine.of_service["entities"], "/readyz")]]
        for thread in self.threads:
            thread.start()

    def work(self, port, path):
        while not self.is_over.is_set():
            answer = self.machine.ask("GET", path, port=port, timeout=2)
            self.asked += 1
            if answer and answer[0] != 503:
                self.answered.append((path, *answer))

    def stop(self):
        self.is_over.set()
        for thread in self.threads:
            thread.join()
        return self.answered


def missing(machine, acknowledged):
    """Those that the machine does not have."""
    lost, lock, rest = [], threading.Lock(), list(acknowledged)

    def work():
        while True:
            with lock:
                if not rest:
                    return
                path = rest.pop()
            # On a busy machine the lease can end again meanwhile: then it says nothing (503).
            for _ in range(60):
                answer = machine.ask("GET", path)
                if answer and answer[0] != 503:
                    break
                time.sleep(0.5)
            if not answer or answer[0] != 200:
                lost.append((path, answer))
    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return lost


def check_files(folder):
    """`integrity_check` of what Litestream restores by itself, for each database."""
    for path in sorted(Path(folder).glob("*.sqlite")):
        with contextlib.closing(sqlite3.connect(path)) as database:
            assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok", path


def restored(machine, storage, folder):
    """What `litestream restore` makes of the bucket, checked; nothing of ours takes part."""
    reign = max(int(path.stem.split("-")[1]) for path in
                Path(machine.folder, "cell").glob("litestream-*.yml"))
    os.makedirs(folder)
    for name in SERVICES:
        subprocess.run(
            [VENV / "litestream", "restore", "-config",
             f"{machine.folder}/cell/litestream-{reign}.yml", "-o", f"{folder}/{name}.sqlite",
             f"{machine.folder}/data/{name}.sqlite"],
            env={"LITESTREAM_ACCESS_KEY_ID": "replica",
                 "LITESTREAM_SECRET_ACCESS_KEY": "replica-secret"}, check=True)
    check_files(folder)
    return {name: rows(f"{folder}/{name}.sqlite") for name in SERVICES}


def rows(path):
    """How many rows each table has that a client's write fills."""
    tables = {"entities": "entities", "organizations": "organizations",
              "integrations": "integrations", "invitations": "workspaces", "gateway": "users"}
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        return database.execute(f"SELECT count(*) FROM {tables[Path(path).stem]}").fetchone()[0]


def round(number, holder, standby, load, seconds):
    """Returns how long nobody answered, and what the deposed machine answered."""
    until(lambda: standby.follows, f"{standby.name} does not follow", 30)
    time.sleep(seconds)
    answered, moment = [], time.monotonic()
    if number % 2:
        holder.lose()
    else:
        holder.signal(signal.SIGSTOP)
    # A new client, as one behind a balancer that asks /readyz.
    until(lambda: (standby.ask("POST", "/api/entities", Load.body("entities", "new", number))
                   or [0])[0] == 201, "nobody takes over", 60)
    gap = time.monotonic() - moment
    if number % 2:
        holder.start()
    else:
        prober = Prober(holder)
        time.sleep(0.2)
        woken = time.monotonic()
        holder.signal(signal.SIGCONT)
        until(lambda: holder.follows, f"{holder.name} does not follow anew", 30)
        answered = prober.stop()
        late = load.first_after(woken, holder.name)
        answered += [("a write", late)] if late else []
    return gap, answered


def without_storage(machine, storage, load):
    """Returns what reads and writes get while the storage is away, and how long after."""
    # The first list after a start may have to write a copy of other contexts' data.
    reading = ["/api/entities", "/api/organizations", "/api/users"]
    for path in reading:
        machine.ask("GET", path)
    storage.process.send_signal(signal.SIGSTOP)
    body = Load.body("entities", "x", 1)
    began = time.monotonic()
    write = machine.ask("POST", "/api/entities", body)
    took = time.monotonic() - began
    time.sleep(3)  # longer than the lease was believed in
    reads = [machine.ask("GET", path) for path in reading * 10]
    read = next((read for read in reads if not read or read[0] != 200), reads[0])
    storage.process.send_signal(signal.SIGCONT)
    back = time.monotonic()
    until(lambda: (machine.ask("POST", "/api/entities", Load.body("entities", "x", 2))
                   or [0])[0] == 201, "writes do not come back with the storage", 30)
    return write and write[0], took, read and read[0], time.monotonic() - back


def unknown_metrics(machine):
    """Metrics of the dashboard and the alerts that neither the agent nor a service has."""
    texts = [machine.ask("GET", "/metrics", port=port)[1].decode()
             for port in (machine.agent, machine.internal)]
    wanted = stack.replication_metrics()
    lacking = [name for name in wanted if not re.search(rf"^{name}[ {{]", "".join(texts), re.M)]
    if len(wanted) < 8:
        lacking.append(f"only {sorted(wanted)} are asked for")
    return [f"/metrics: {name}" for name in sorted(lacking)]


def play(arguments, folder):
    storage = Storage(folder)
    base = int(os.environ.get("REPLICA_PORT", "0")) or free_ports()
    machines = [
        Machine(name, folder, arguments.bin, base + 10 * i, storage,
                f"http://127.0.0.1:{base + 10 * (1 - i) + 6}")
        for i, name in enumerate(["one", "two"])]
    load, failures = None, []
    try:
        holder, standby = machines
        holder.start()
        until(lambda: holder.is_ready, "the first machine does not become ready", 30)
        standby.start()
        load = Load(machines, arguments.clients)
        gaps = []
        for number in range(1, arguments.rounds + 1):
            before = len(load.acknowledged)
            gap, answered = round(number, holder, standby, load, arguments.seconds)
            holder, standby = standby, holder
            kept = [path for path, _, _ in load.acknowledged]
            lost = missing(holder, kept)
            gaps.append(gap)
            how = "killed with its disk" if number % 2 else "paused and woken"
            print(f"round {number}: {how}; answering again after {gap:.1f} s; "
                  f"{len(kept) - before} writes acknowledged, {len(lost)} of {len(kept)} lost; "
                  f"{len(answered)} answers by the deposed", flush=True)
            if lost:
                failures.append(f"round {number} lost {lost[:3]}")
            if answered:
                failures.append(f"round {number}: the deposed answered {answered[:3]}")
            if gap > LIMIT:
                failures.append(f"round {number} took {gap:.1f} s")
        load.stop()
        failures += unknown_metrics(holder)
        found = restored(holder, storage, f"{folder}/restored")
        expected = {name: rows(f"{holder.folder}/data/{name}.sqlite") for name in SERVICES}
        if found != expected:
            failures.append(f"litestream restore has {found}, the holder {expected}")
        write, took, read, back = without_storage(holder, storage, load)
        print(f"storage away: a write {write} after {took:.1f} s, a read {read}; "
              f"back after {back:.1f} s")
        if (write, read) != (503, 200):
            failures.append("the storage's absence is not 503 for writes and 200 for reads")
        acknowledged = len(load.acknowledged)
        print(f"{arguments.rounds} rounds: {acknowledged} writes acknowledged, answering again "
              f"after {min(gaps):.1f} to {max(gaps):.1f} s, {load.refused} refused meanwhile")
    except BaseException:
        arguments.keep = True
        raise
    finally:
        if load:
            load.stop()
        storage.process.send_signal(signal.SIGCONT)
        for machine in machines:
            machine.signal(signal.SIGCONT)
            machine.signal(signal.SIGKILL)
        storage.stop()
    for failure in failures:
        print(f"replica: {failure}")
    if failures:
        arguments.keep = True
    return 1 if failures else 0


def free_ports():
    """The first of twenty consecutive free ports."""
    for base in range(23000, 60000, 20):
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            for offset in range(20):
                one = stack.enter_context(socket.socket())
                one.bind(("127.0.0.1", base + offset))
            return base
    raise SystemExit("replica: no twenty consecutive free ports")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("bin", help="folder of the executables")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=3, help="of load before each loss")
    parser.add_argument("--keep", action="store_true", help="keep the folder with all logs")
    arguments = parser.parse_args()
    missing_tools = [name for name in ("litestream", "moto_server") if not (VENV / name).exists()]
    if missing_tools or not shutil.which("setpriv"):
        print(f"replica: skipped, without {' and '.join(missing_tools or ['setpriv'])}")
        return 0
    folder = tempfile.mkdtemp(prefix="latchkey-replica-")
    try:
        return play(arguments, folder)
    finally:
        if arguments.keep:
            print(f"replica: logs in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
