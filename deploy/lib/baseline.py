"""Counts what a request costs in ways that don't depend on the machine's mood: instructions and
allocations (callgrind), and system calls (strace), of the gateway and the entities service together,
for requests that come one after the other. Compares them with deploy/baseline.json and fails beyond
its tolerance; `--write` writes the file, which is a change to explain in a commit. A read with a
JWT must cost what the same read by API token costs.

baseline.py BIN [--write]
"""

import collections
import http.client
import itertools
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import issuer
import stack

MEASURED = ("gateway", "entities")
OTHERS = ("organizations", "integrations", "invitations")
WARM_UP = 300
ROUNDS = 4
REQUESTS = 600
IDLE = 5
TOLERANCE = 1.05
LEAST = 0.8
# System calls also depend on how two processes take turns.
CALL_TOLERANCE = 1.10
# (operation, another one): the instructions of the first are at most those of the other, and this.
SAME = [("a read with a JWT", "a read")]
SAME_TOLERANCE = 1.05
FILE = stack.root / "deploy/baseline.json"
TOKEN = "sk_live_" + "B" * 43 + "30PQWb"
# Functions of the threads that serve requests, as the linker names them. What others do (polling,
# logs) depends on how long the requests take.
THREADS = ("$s9EventLoopAAC9runRounds", "$s6SQLite6WriterC6commit")
# Of threads that wait for each other and for timers.
WAITING = {"futex", "timerfd_settime", "epoll_ctl"}
ALLOCATIONS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"}


class System:
    """The five services on free ports, two of them under `tool`."""

    def __init__(self, folder, binaries, tool, provider):
        self.folder, self.binaries = Path(folder), binaries
        self.provider = provider
        base = stack.free_port()
        names = ("gateway", *OTHERS, "entities", "internal")
        self.ports = {name: base + i for i, name in enumerate(names)}
        self.environment = {
            **os.environ, "LATCHKEY_INTERNAL_SECRET": "baseline-" + "0" * 32,
            "LATCHKEY_DATA_DIR": f"{folder}/data", "LATCHKEY_ADMIN_TOKEN": TOKEN,
            "LATCHKEY_INTERNAL_PORT": str(self.ports["internal"]),
            "LATCHKEY_GATEWAY_URL": f"http://127.0.0.1:{self.ports['internal']}",
            "LATCHKEY_LOG_LEVEL": "info", "LATCHKEY_RATE_LIMIT": "1000000",
            # How often it looks for events depends on the machine.
            "LATCHKEY_SPIN": "0",
            "LATCHKEY_JWT_ISSUERS": f"{provider.url};audience=baseline",
            **{f"LATCHKEY_{name.upper()}_URL": f"http://127.0.0.1:{self.ports[name]}"
               for name in (*OTHERS, "entities")}}
        self.children = {
            name: self.start(name, tool(name) if name in MEASURED else [])
            for name in (*OTHERS, *MEASURED)}
        self.connection = http.client.HTTPConnection("127.0.0.1", self.ports["gateway"])

    def __enter__(self):
        try:
            self.wait()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self, name, command):
        return subprocess.Popen(
            [*command, f"{self.binaries}/{name}"], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=open(self.folder / f"{name}.log", "a"),
            env={**self.environment, "LATCHKEY_PORT": str(self.ports[name])})

    def wait(self):
        begin = time.monotonic()
        for name, port in self.ports.items():
            while name != "gateway":
                try:
                    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                    connection.request("GET", "/readyz")
                    if connection.getresponse().status == 200:
                        break
                except OSError:
                    pass
                if time.monotonic() - begin > 120:
                    sys.exit(f"{name} is not ready: {(self.folder / f'{name}.log').read_text()}")
                time.sleep(0.05)

    def call(self, method, path, body=None, token=TOKEN):
        text = json.dumps(body) if body is not None else None
        fields = {"Authorization": f"Bearer {token}"}
        if text is not None:
            fields["Content-Type"] = "application/json"
        self.connection.request(method, path, text, fields)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status >= 300:
            sys.exit(f"{method} {path}: {response.status} {answer}")
        return json.loads(answer) if answer else None

    def operations(self):
        entity = self.call("POST", "/api/entities", {"name": "Baseline", "type": "app"})["id"]
        path = f"/api/entities/{entity}"
        check = {"checks": [{"entityId": entity}]}
        # Each changes something.
        writes = itertools.cycle(("PUT", "DELETE"))
        # Of the same user.
        admin = self.call("GET", "/api/me")["id"]
        self.call("PATCH", f"/api/users/{admin}", {"externalId": "baseline"})
        jwt = self.provider.token("baseline", "baseline", scope="entities:write")
        return {
            "a read": lambda: self.call("GET", f"{path}/publishers/me"),
            "a read with a JWT": lambda: self.call("GET", f"{path}/publishers/me", token=jwt),
            "a check": lambda: self.call("POST", "/api/access/check", check),
            "a write": lambda: self.call(next(writes), f"{path}/installation"),
        }

    def __exit__(self, *_):
        self.connection.close()
        for child in self.children.values():
            child.send_signal(signal.SIGTERM)
        for child in self.children.values():
            try:
                child.wait(60)
            except subprocess.TimeoutExpired:
                child.kill()


def repeat(operation, count):
    for _ in range(count):
        operation()


def per_request(operation, count):
    """What `count` counts while `operation` runs, for one request: the least of several rounds, less
    what the services do by the clock all the while (polling, heartbeats).

    `count` returns numbers, and for how many seconds it counted."""
    repeat(operation, WARM_UP)
    idle, seconds = count(lambda: time.sleep(IDLE))
    rates = [n / seconds for n in idle]
    rounds = []
    for _ in range(ROUNDS):
        found, seconds = count(lambda: repeat(operation, REQUESTS))
        rounds.append([(n - rate * seconds) / REQUESTS for n, rate in zip(found, rates)])
    return [min(numbers) for numbers in zip(*rounds)]


def seconds_of(work):
    begin = time.monotonic()
    work()
    return time.monotonic() - begin


def count_instructions(binaries, folder, provider):
    """Instructions and allocations of a request, by operation."""
    def callgrind(name):
        return ["valgrind", "--tool=callgrind", "--instr-atstart=no", "-q", "--separate-threads=yes",
                f"--callgrind-out-file={folder}/{name}.callgrind"]

    with System(folder, binaries, callgrind, provider) as system:
        pids = [str(system.children[name].pid) for name in MEASURED]

        def count(work):
            control("--zero", *pids)
            control("--instr=on", *pids)
            # Without the commands to callgrind: they take longer than many requests.
            seconds = seconds_of(work)
            control("--instr=off", *pids)
            control("--dump", *pids)
            threads = [parse(text) for name in MEASURED for text in last_dump(folder, name)
                       if any(thread in text for thread in THREADS)]
            return [sum(numbers) for numbers in zip(*threads)] or [0, 0], seconds

        return {name: per_request(operation, count)
                for name, operation in system.operations().items()}


def last_dump(folder, service):
    """What callgrind wrote last of a service: a text for each thread."""
    dumps = collections.defaultdict(list)
    for path in Path(folder).glob(f"{service}.callgrind.*-*"):
        dumps[int(path.suffix[1:].split("-")[0])].append(path)
    return [path.read_text(errors="replace") for path in dumps[max(dumps)]]


def control(*arguments):
    subprocess.run(["callgrind_control", *arguments], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def parse(text):
    """The instructions of a callgrind file, and how often memory was allocated."""
    total = sum(int(n) for n in re.findall(r"^totals: (\d+)", text, re.M))
    names, callee, count = {}, None, 0
    for line in text.splitlines():
        if match := re.match(r"c?fn=\((\d+)\)(?: (.*))?$", line):
            if match[2]:
                names[match[1]] = match[2].split("'")[0]
            callee = names[match[1]] if line.startswith("c") else callee
        elif match := re.match(r"calls=(\d+)", line):
            if callee in ALLOCATIONS:
                count += int(match[1])
    return total, count


def count_calls(binaries, folder, provider, wanted=None):
    """System calls of a request, by operation; by default of all."""
    def strace(name):
        # -D: the process that is started becomes the service, not strace.
        return ["strace", "-D", "-f", "-q", "-o", f"{folder}/{name}.calls"]

    files = [Path(folder, f"{service}.calls") for service in MEASURED]

    def count(work):
        starts = [file.stat().st_size for file in files]
        seconds = seconds_of(work)
        texts = [file.read_bytes()[start:].decode(errors="replace")
                 for file, start in zip(files, starts)]
        calls = re.findall(r"^\d+ +(\w+)\(", "".join(texts), re.M)
        return [sum(call not in WAITING for call in calls)], seconds

    with System(folder, binaries, strace, provider) as system:
        return {name: per_request(operation, count)
                for name, operation in system.operations().items()
                if wanted is None or name in wanted}


def measure(binaries):
    with tempfile.TemporaryDirectory(prefix="latchkey-baseline-") as folder, \
            issuer.Issuer() as provider:
        for name in ("calls", "instructions"):
            os.mkdir(f"{folder}/{name}")
        calls = count_calls(binaries, f"{folder}/calls", provider)
        counts = count_instructions(binaries, f"{folder}/instructions", provider)
        return {name: {"instructions": round(instructions), "allocations": round(allocations, 1),
                       "system calls": round(calls[name][0], 1)}
                for name, (instructions, allocations) in counts.items()}


def holds(what, count, usual):
    tolerance = CALL_TOLERANCE if what == "system calls" else TOLERANCE
    # Far less is most likely a fault of the counting; otherwise write the new baseline.
    return usual * LEAST <= count <= usual * tolerance


def same(found):
    """How much the operations that should cost the same differ."""
    return [(name, other, found[name]["instructions"] / found[other]["instructions"])
            for name, other in SAME]


def main(binaries, *arguments):
    found = measure(binaries)
    if arguments == ("--write",):
        FILE.write_text(json.dumps(found, indent=2) + "\n")
    expected = json.loads(FILE.read_text())
    rows = [(name, what) for name, counts in expected.items() for what in counts]
    if not (all(holds(what, found[name][what], expected[name][what]) for name, what in rows)
            and all(ratio <= SAME_TOLERANCE for *_, ratio in same(found))):
        # Where other programs take the processors, the processes take turns differently, which
        # costs a little. A change for the worse is there the second time, too.
        again = measure(binaries)
        for name, what in rows:
            found[name][what] = min(found[name][what], again[name][what])
    failures = 0
    for name, what in rows:
        count, usual = found[name][what], expected[name][what]
        is_within = holds(what, count, usual)
        failures += not is_within
        print(f"{name}: {count:>9,} {what:<13} baseline {usual:>9,}"
              f"  {count / usual:.2f}{'' if is_within else '  NOT WITHIN BOUNDS'}")
    for name, other, ratio in same(found):
        failures += ratio > SAME_TOLERANCE
        print(f"{name}: {ratio:.3f} of the instructions of {other}"
              f"{'' if ratio <= SAME_TOLERANCE else '  NOT WITHIN BOUNDS'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
